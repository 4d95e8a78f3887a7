package diff

import (
	"strconv"
	"strings"

	"smbdiff/dissect/field"
	"smbdiff/dissect/smb2"
)

// differ appends the fields of one message that differ.
func (c *Comparer) differ(part int, ra, rb *message) {
	c.part = part
	c.diffs = 0
	path := partNames[part]
	before := len(c.changes)
	c.level(ra.tree, rb.tree, span{0, ra.outer}, span{0, rb.outer}, path+"/outer")
	c.level(ra.tree, rb.tree, span{ra.outer, len(ra.tree.Nodes)}, span{rb.outer, len(rb.tree.Nodes)}, path)
	if c.mask.lenient && part == PartResponse && c.ops[0].Status != c.ops[1].Status && failed(ra) != failed(rb) {
		c.otherBody(c.changes[before:])
	}
}

// ruleBody names what hides that a failure has another body than a success.
const ruleBody = "body of another status"

// failed reports whether a response has the body of a failure,
// [MS-SMB2] 2.2.2 and [MS-CIFS] 2.2.3.
func failed(m *message) bool {
	if m.tree.Find("smb2.error.byte_count", m.outer) >= 0 {
		return true
	}
	i := m.tree.Find("smb.wct", m.outer)
	return i >= 0 && m.tree.Nodes[i].Val == 0
}

func (c *Comparer) otherBody(changes []Change) {
	for i := range changes {
		ch := &changes[i]
		if ch.Masked == "" && !strings.HasPrefix(ch.Path, "response/header/") && !strings.HasPrefix(ch.Path, "response/outer/") {
			ch.Masked = ruleBody
		}
	}
}

// level compares the fields of one level and those below.
func (c *Comparer) level(ta, tb *field.Tree, sa, sb span, path string) {
	if sa.from >= sa.to && sb.from >= sb.to {
		return
	}
	c.pairLists(ta, tb, sa, sb, c.parent, path)
}

// pairLists compares two runs of nodes below parent. The lists of children are
// kept by depth to be used again.
func (c *Comparer) pairLists(ta, tb *field.Tree, sa, sb span, parent, path string) {
	if c.depth == len(c.kids) {
		c.kids = append(c.kids, [2][]child{})
	}
	k := c.depth
	la, lb := c.children(c.kids[k][0][:0], ta, sa, parent), c.children(c.kids[k][1][:0], tb, sb, parent)
	c.kids[k] = [2][]child{la, lb}
	c.depth++
	c.lists(ta, tb, la, lb, path)
	c.depth--
}

func (c *Comparer) lists(ta, tb *field.Tree, la, lb []child, path string) {
	same := len(la) == len(lb)
	for i := 0; same && i < len(la); i++ {
		same = la[i].name == lb[i].name && la[i].key == lb[i].key
	}
	if same || oneKey(ta, tb, la, lb) {
		for i := range la {
			c.entry(ta, tb, &la[i], &lb[i], path)
		}
		return
	}
	c.mates([2]*field.Tree{ta, tb}, [2][]child{la, lb}, path)
}

// mates compares two lists whose entries are not the same, in the order of the
// leading side.
func (c *Comparer) mates(t [2]*field.Tree, l [2][]child, path string) {
	lead := c.lead
	here, there := l[lead], l[1-lead]
	at := make(map[entryID]int, len(there))
	for j := range there {
		at[there[j].id()] = j
	}
	used := make([]bool, len(there))
	mate := make([]int, len(here))
	for i := range here {
		mate[i] = -1
		if j, ok := at[here[i].id()]; ok {
			mate[i], used[j] = j, true
		}
	}
	c.order(l, mate, path)
	next := 0
	upTo := func(end int) {
		for ; next < end; next++ {
			if !used[next] {
				c.alone(t[1-lead], there, next, 1-lead, path)
			}
		}
	}
	for i := range here {
		if mate[i] < 0 {
			c.alone(t[lead], here, i, lead, path)
			continue
		}
		upTo(mate[i])
		x := [2]*child{&here[i], &there[mate[i]]}
		c.entry(t[0], t[1], x[lead], x[1-lead], path)
	}
	upTo(len(there))
}

// oneKey reports whether the lists have the same layout and all keys but one in
// common: nothing has moved. What is known by another key on each side is known
// by its place then.
func oneKey(ta, tb *field.Tree, la, lb []child) bool {
	if len(la) != len(lb) {
		return false
	}
	other := 0
	for i := range la {
		na, nb := &ta.Nodes[la[i].node], &tb.Nodes[lb[i].node]
		if la[i].name != lb[i].name || na.Off != nb.Off || na.Len != nb.Len {
			return false
		}
		if la[i].key != lb[i].key {
			other++
		}
	}
	if other != 1 {
		return false
	}
	for i := range la {
		if x, y := &la[i], &lb[i]; x.id() != y.id() {
			x.place(la[:i])
			y.place(lb[:i])
		}
	}
	return true
}

// order notes lists whose entries stand in another order. mate gives the entries
// of the other side that stand for those of the leading one.
func (c *Comparer) order(l [2][]child, mate []int, path string) {
	lead := c.lead
	last := map[string]int{}
	told := map[string]bool{}
	for i := range l[lead] {
		x := &l[lead][i]
		if mate[i] < 0 || x.key == "" {
			continue
		}
		before, seen := last[x.name]
		last[x.name] = mate[i]
		if !seen || mate[i] > before || told[x.name] {
			continue
		}
		told[x.name] = true
		rule := ""
		if x.free {
			rule = x.rule
			c.reordered = true
			c.hid(x.by)
		}
		c.diffs++
		nodes := [2]int{x.node, l[1-lead][mate[i]].node}
		c.put(Change{Name: x.name, Path: path + "/" + x.name, Op: "replace", A: c.orderText(l[0], x.name), B: c.orderText(l[1], x.name), Masked: rule,
			NodeA: nodes[lead], NodeB: nodes[1-lead], order: true})
	}
}

func (c *Comparer) orderText(l []child, name string) string {
	var out []string
	for i := range l {
		if l[i].name == name {
			out = append(out, c.key(&l[i]))
		}
	}
	return strings.Join(out, " ")
}

// entry compares two entries that stand for each other.
func (c *Comparer) entry(ta, tb *field.Tree, x, y *child, path string) {
	if x.name == contextName {
		keyed := c.keyed
		if x.at > 0 {
			c.keyed = c.byKey(x, y, path)
		}
		c.pairLists(ta, tb, x.span, y.span, contextName, path+"/"+c.segment(x, false))
		c.keyed = keyed
		return
	}
	i, j := x.node, y.node
	na, nb := &ta.Nodes[i], &tb.Nodes[j]
	inner := int(na.End) > i+1 || int(nb.End) > j+1
	equal := na.Def.Kind == nb.Def.Kind && sameValue(ta, tb, i, j)
	at, def := i, na.Def // of one name, and most often the same ones
	if c.lead == 1 {
		at, def = j, nb.Def
	}
	d := *c.mask.at(at, def)
	if equal && !inner && d.how != alias {
		return
	}
	leaf := ""
	if d.paths {
		leaf = path + "/" + c.segment(x, true)
		d = c.mask.byPath(d, def.Name, def.Kind, append(c.keyed.paths(leaf), leaf)...)
	}
	if d.how == alias && na.Def.Kind == nb.Def.Kind {
		if !equal {
			c.diffs++
			c.hid(d.nth)
		}
		if !c.sameIdentity(d.class, c.part, ta, tb, i, j) {
			c.diffs++
			c.put(Change{Name: x.name, Path: path + "/" + c.segment(x, true), Op: "replace", A: c.named(0, d.class, ta, i), B: c.named(1, d.class, tb, j),
				NodeA: i, NodeB: j, alias: true})
		}
		return
	}
	if d.whole && inner {
		if !bytesEqual(ta, tb, i, j) {
			c.value(ta, tb, x, y, path, d.name)
			c.hid(d.nth)
		}
		return
	}
	below := holdsBytes(na.Def.Kind) && holdsBytes(nb.Def.Kind) && inner
	if !equal && !below {
		c.judge(ta, tb, x, y, path, &d)
	}
	if !inner {
		return
	}
	if known := int(na.End) > i+1; (x.name == nameSealedStub || x.name == nameStub && c.mask.lenient && na.Len == nb.Len) && known != (int(nb.End) > j+1) {
		c.shutStub(i, j, x.name, path+"/"+c.segment(x, true), known)
		return
	}
	before, parent, keyed := c.diffs, c.parent, c.keyed
	c.parent = na.Def.Name
	if x.at > 0 {
		c.keyed = c.byKey(x, y, path)
	}
	c.level(ta, tb, span{i + 1, int(na.End)}, span{j + 1, int(nb.End)}, path+"/"+c.segment(x, false))
	c.parent, c.keyed = parent, keyed
	if below && !equal && c.diffs == before {
		c.judge(ta, tb, x, y, path, &d)
	}
}

func bytesEqual(ta, tb *field.Tree, i, j int) bool {
	return ta.Nodes[i].Len == tb.Nodes[j].Len && string(ta.Bytes(i)) == string(tb.Bytes(j))
}

// judge notes two values that are not equal, as the rules say.
func (c *Comparer) judge(ta, tb *field.Tree, x, y *child, path string, d *decision) {
	if c.reordered && x.name == "smb2.create.chain_offset" {
		d = &decision{how: drop, name: "any order"}
	}
	switch c.verdict(d, ta, tb, x, y) {
	case verdictDiffers:
		rule := ""
		if c.async && x.name == "smb2.flags" && (ta.Nodes[x.node].Val^tb.Nodes[y.node].Val)&^uint64(smb2.FlagAsync) == 0 {
			rule = rulePending
		}
		if rule == "" && c.mask.lenient && x.name == "smb2.flags" && c.priority(ta.Nodes[x.node].Val^tb.Nodes[y.node].Val) {
			rule = rulePriority
		}
		c.value(ta, tb, x, y, path, rule)
	case verdictMasked:
		c.value(ta, tb, x, y, path, d.name)
		c.hid(d.nth)
	case verdictHidden:
		c.diffs++
		c.hid(d.nth)
	}
}

// rulePriority names what hides a priority that one side's dialect does not
// have, [MS-SMB2] 2.2.1.
const rulePriority = "priority, of 3.1.1 alone"

const priorityMask = 0x70 // in the flags of the header

func (c *Comparer) priority(changed uint64) bool {
	a, b := c.readers[0].Message.Env.Dialect, c.readers[1].Message.Env.Dialect
	return changed&^priorityMask == 0 && a != 0 && b != 0 && (smb2.Dialect(a) == smb2.Dialect311) != (smb2.Dialect(b) == smb2.Dialect311)
}

// verdict is what the rules make of two values that are not equal.
func (c *Comparer) verdict(d *decision, ta, tb *field.Tree, x, y *child) verdict {
	v := d.judge(ta, tb, x.node, y.node)
	switch {
	case d.how == follows && c.fits(0, ta, x.node) && c.fits(1, tb, y.node):
		return verdictHidden
	case v != verdictDiffers && len(d.values) > 0 && !d.allows(show(ta, x), show(tb, y), numeric(ta.Nodes[x.node].Def)):
		return verdictDiffers
	}
	return v
}

// numeric reports whether a field is a number.
func numeric(d *field.Def) bool {
	switch d.Kind {
	case field.Uint, field.Hex, field.Enum, field.Flags, field.Status:
		return true
	}
	return false
}

// fits reports whether a size says how long the message around it is.
func (c *Comparer) fits(side int, t *field.Tree, i int) bool {
	return t.Nodes[i].Val == uint64(c.readers[side].Message.PDULen)-smb2.TransformSize
}

func (c *Comparer) value(ta, tb *field.Tree, x, y *child, path, rule string) {
	c.diffs++
	na, nb := &ta.Nodes[x.node], &tb.Nodes[y.node]
	c.put(Change{Name: x.name, Path: path + "/" + c.segment(x, true), Op: "replace", A: c.show(ta, x), B: c.show(tb, y), Masked: rule,
		Text: isText(na.Def.Kind) && isText(nb.Def.Kind), NodeA: x.node, NodeB: y.node, kind: na.Def.Kind, val: [2]uint64{na.Val, nb.Val}, size: [2]uint32{na.Len, nb.Len}})
}

func isText(k field.Kind) bool { return k == field.UTF16 || k == field.Text || k == field.Known }

// alone notes entry k of a list, which only one side has.
func (c *Comparer) alone(t *field.Tree, list []child, k, side int, path string) {
	c.diffs++
	x := &list[k]
	leaf := path + "/" + c.segment(x, true)
	def := t.Nodes[x.node].Def
	d := c.mask.byPath(*c.mask.at(x.node, def), def.Name, def.Kind, append(c.keyed.paths(leaf), leaf)...)
	if x.name == contextName {
		d = c.mask.pseudo(x.name, leaf)
	}
	if d.how == hide {
		c.hid(d.nth)
		return
	}
	ch := Change{Name: x.name, Path: leaf, Op: "remove", NodeA: x.node, NodeB: -1}
	if ch.placed = leaf; x.key != "" {
		placed := *x
		placed.place(list[:k])
		ch.placed = path + "/" + c.segment(&placed, true)
	}
	switch {
	case d.how == drop && (d.whole || d.name == "padding") && len(d.values) == 0:
		ch.Masked = d.name
		c.hid(d.nth)
	case c.async && (x.name == "smb2.tid" || x.name == "smb2.aid"):
		ch.Masked = rulePending
	}
	if side == 1 {
		ch.Op, ch.NodeA, ch.NodeB, ch.B = "add", -1, x.node, c.show(t, x)
	} else {
		ch.A = c.show(t, x)
	}
	c.put(ch)
}

func (c *Comparer) put(ch Change) {
	ch.Part, ch.FrameA, ch.FrameB = c.part, c.frames[0], c.frames[1]
	if k := c.keyed.paths(ch.Path); k != nil {
		ch.sides = [2]string{k[0], k[1]}
	}
	c.changes = append(c.changes, ch)
}

// showMost bounds the text of a value.
const showMost = 4096

// show gives what a person reads for an entry, redacted when asked for.
func (c *Comparer) show(t *field.Tree, x *child) string {
	if x.key != "" {
		return c.key(x)
	}
	return c.red.value(t.Nodes[x.node].Def, show(t, x))
}

// show gives what a person reads for an entry.
func show(t *field.Tree, x *child) string {
	if x.key != "" {
		return x.key
	}
	n := &t.Nodes[x.node]
	s := t.Show(x.node)
	if len(s) > showMost {
		s = s[:showMost]
	}
	if s == "" && n.Def.Kind == field.Struct {
		var keys []string
		for i := x.node + 1; i < int(n.End) && len(keys) < 12; i = max(int(t.Nodes[i].End), i+1) {
			if k := t.Nodes[i].Def.Name; k == "smb2.tag" {
				keys = append(keys, t.Show(i))
			}
		}
		s = strings.Join(keys, " ")
		if s == "" {
			s = strconv.Itoa(int(n.Len)) + " bytes"
		}
	}
	return s
}

// named gives an identifier with the name that the conversation gives it.
func (c *Comparer) named(side int, class aliasClass, t *field.Tree, i int) string {
	s := c.red.value(t.Nodes[i].Def, t.Show(i))
	letter, o, v := "", &c.ops[side], uint32(0)
	switch class {
	case aliasSession:
		letter, v = "S", o.Session
	case aliasTree:
		letter, v = "T", o.Tree
	case aliasOpen:
		letter, v = "F", o.Open
	}
	if v == 0 {
		return s
	}
	return letter + strconv.FormatUint(uint64(v), 10) + " (" + s + ")"
}
