package state

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
)

// builder makes the items of an operation or of a pair of them.
type builder struct {
	state  *State
	detail *detail
	part   int
	trees  [2]*field.Tree
	outer  [2]int32
	judge  judge
	shut   bool            // a message of this part could not be read in full
	mates  map[int32]int32 // nodes of B by nodes of A, where the comparison says so
	texts  [2][]byte
}

func (b *builder) build() {
	d := b.detail
	var have [2][parts]bool
	for k, side := range b.state.sides {
		for part, num := range d.parts[k] {
			have[k][part] = num != 0 && side.readers[part].Read(num)
		}
	}
	if d.side {
		b.judge = b.state.newJudge(d.ops)
	}
	for part := range parts {
		if !have[0][part] && !have[1][part] {
			continue
		}
		b.part = part
		b.trees, b.outer = [2]*field.Tree{}, [2]int32{}
		from, to := [2]int32{}, [2]int32{}
		it := item{kind: heading, part: uint8(part), nodes: [2]int32{-1, -1}, key: partNames[part]}
		for k, side := range b.state.sides {
			if have[k][part] {
				r := side.readers[part]
				b.trees[k], b.outer[k], to[k] = &r.Tree, int32(r.Outer), int32(len(r.Tree.Nodes))
				it.nodes[k] = 0
			}
		}
		b.mates = b.judge.matesOf(part, b.trees)
		b.shut = false
		for k, side := range b.state.sides {
			b.shut = b.shut || d.side && have[k][part] && shut(&side.readers[part].Message)
		}
		if b.shut {
			it.grade = unread
		}
		at := len(d.items)
		d.items = append(d.items, it)
		b.remarks(have)
		b.level(from, to, 1, it.key)
		b.close(at)
	}
	b.causes()
}

// whyKey is the key of the candidates' heading; theirs has a number behind it.
const whyKey = "why"

// causes adds, at the first divergence, the earlier differences that may
// explain it.
func (b *builder) causes() {
	r := b.state.cmp.result
	if r == nil || r.first < 0 || len(r.causes) == 0 {
		return
	}
	if p := r.Rows[r.first]; b.detail.ops != [2]uint32{p.A, p.B} {
		return
	}
	b.part = 0
	at := b.add(item{kind: heading, name: "Why here? Earlier differences that may explain it (Enter goes there)", nodes: [2]int32{-1, -1}, grade: unread, key: whyKey})
	for i := range r.causes {
		c := &r.causes[i]
		num := uint32(0)
		if c.Row >= 0 && c.Row < len(r.Rows) {
			if num = r.Rows[c.Row].A; num == 0 {
				num = r.Rows[c.Row].B
			}
		}
		b.add(item{kind: remark, depth: 1, name: fmt.Sprintf("op %d %s", num, c.Field), texts: [2]string{safe(c.A), safe(c.B) + "  " + safe(c.Why)}, grade: differs, key: whyKey + strconv.Itoa(i)})
	}
	b.detail.items[at].end = int32(len(b.detail.items))
}

// remarks adds what is said of the messages beside their fields.
func (b *builder) remarks(have [2][parts]bool) {
	for i := range b.judge.other {
		c := &b.judge.other[i]
		if c.Part != b.part {
			continue
		}
		b.add(item{kind: remark, depth: 1, name: c.Name, texts: [2]string{safe(c.A), safe(c.B)}, grade: changeGrade(c), key: partNames[b.part] + "/" + c.Name})
	}
	var found [2][]string
	for k, side := range b.state.sides {
		if have[k][b.part] {
			found[k] = side.readers[b.part].Message.Problems
		}
	}
	for k, problems := range found {
		for n, p := range problems {
			it := item{kind: remark, depth: 1, name: problemName, key: fmt.Sprint(partNames[b.part], "/", problemName, k, n)}
			it.texts[k] = safe(p)
			if b.detail.side {
				it.grade = [...]grade{onlyA, onlyB}[k]
			}
			if slices.Contains(found[1-k], p) {
				if k == 1 {
					continue
				}
				it.grade, it.texts[1] = equal, it.texts[0]
			}
			b.add(it)
		}
	}
}

func (b *builder) add(it item) int {
	it.part = uint8(b.part)
	it.end = int32(len(b.detail.items)) + 1
	b.detail.items = append(b.detail.items, it)
	return len(b.detail.items) - 1
}

// close ends item at; its grade becomes the worst of those below it.
func (b *builder) close(at int) {
	items := b.detail.items
	it := &items[at]
	it.end = int32(len(items))
	if !b.detail.side {
		return
	}
	if it.nodes[0] < 0 || it.nodes[1] < 0 {
		if it.grade == pending {
			it.grade = onlyA
		}
		if it.nodes[0] < 0 && it.grade == onlyA {
			it.grade = onlyB
		}
		return
	}
	if it.grade == pending {
		it.grade = equal
	}
	for i := int32(at) + 1; i < it.end; i = items[i].end {
		switch g := items[i].grade; {
		case g > masked:
			it.grade = max(it.grade, differs)
		case g == masked:
			it.grade = max(it.grade, masked)
		}
	}
}

// level adds the fields of one level: those of both sides, paired by name.
func (b *builder) level(from, to [2]int32, depth int, path string) {
	if from[0] >= to[0] && from[1] >= to[1] {
		return
	}
	pairs := pairChildren(b.trees, from, to, b.mates)
	names := map[*field.Def]int{}
	for _, p := range pairs {
		k := 0
		if p[0] < 0 {
			k = 1
		}
		n := &b.trees[k].Nodes[p[k]]
		key := path + "/" + n.Def.Name
		if c := names[n.Def]; c > 0 {
			key += "[" + strconv.Itoa(c) + "]"
		}
		names[n.Def]++
		b.node(p, n, depth, key)
	}
}

func (b *builder) node(p [2]int32, n *field.Node, depth int, key string) {
	it := item{kind: node, depth: uint8(min(depth, 40)), nodes: p, key: key}
	size := int32(0)
	var from, to [2]int32
	for k := range p {
		if p[k] < 0 {
			continue
		}
		from[k], to[k] = p[k]+1, b.trees[k].Nodes[p[k]].End
		size = max(size, to[k]-from[k])
		it.outer = it.outer || p[k] < b.outer[k]
	}
	it.status = n.Def.Kind == field.Status
	it.shut = it.outer && depth == 1 || size > 400 || depth == 1 && isHeader(n.Def.Name)
	if b.detail.side {
		it.grade = b.grade(p)
	}
	at := b.add(it)
	if n.Def.Kind == field.Flags && len(n.Def.Bits) > 0 {
		b.detail.items[at].shut, b.detail.items[at].flags = true, true
		b.bits(p, n.Def, depth+1, key)
	}
	b.level(from, to, depth+1, key)
	b.close(at)
}

func isHeader(name string) bool { return name == "smb2.header" || name == "smb.header" }

func (b *builder) bits(p [2]int32, d *field.Def, depth int, key string) {
	for i := range d.Bits {
		it := item{kind: bit, depth: uint8(min(depth, 40)), nodes: p, bit: int16(i), key: key + "/" + d.Bits[i].Name}
		if b.detail.side {
			switch {
			case b.shut:
				it.grade = unread
			case p[0] < 0:
				it.grade = onlyB
			case p[1] < 0:
				it.grade = onlyA
			default:
				m := d.Bits[i].Mask
				it.grade = equal
				if b.trees[0].Nodes[p[0]].Val&m != b.trees[1].Nodes[p[1]].Val&m {
					it.grade = max(masked, b.judge.value(b.part, p, false))
				}
			}
		}
		b.add(it)
	}
}

// grade compares the values of two fields that stand for each other.
func (b *builder) grade(p [2]int32) grade {
	if b.shut {
		return unread
	}
	if p[0] < 0 || p[1] < 0 {
		return b.judge.alone(b.part, p)
	}
	na, nb := &b.trees[0].Nodes[p[0]], &b.trees[1].Nodes[p[1]]
	same := na.Def.Kind == nb.Def.Kind
	switch na.Def.Kind {
	case field.Struct:
	case field.Bytes, field.Unparsed:
		same = same && bytes.Equal(b.trees[0].Bytes(int(p[0])), b.trees[1].Bytes(int(p[1])))
	default:
		b.texts[0] = b.trees[0].AppendShow(b.texts[0][:0], int(p[0]))
		b.texts[1] = b.trees[1].AppendShow(b.texts[1][:0], int(p[1]))
		same = same && bytes.Equal(b.texts[0], b.texts[1])
	}
	return b.judge.value(b.part, p, same)
}

// shut reports whether a message could not be read in full: it cannot be
// compared.
func shut(m *conv.Message) bool {
	return m.Sealed && !m.Seal.Opened || m.Proto > op.SMB2 || m.Missing > 0 || len(m.Bytes) < m.Size
}

// pairChildren pairs the children of two subtrees: those that are mates, then
// the nth of a name with the nth of that name. What has no partner stands where
// its own side has it.
func pairChildren(trees [2]*field.Tree, from, to [2]int32, mates map[int32]int32) [][2]int32 {
	var kids [2][]int32
	for k, t := range trees {
		if t == nil {
			continue
		}
		for i := from[k]; i < to[k]; i = max(t.Nodes[i].End, i+1) {
			kids[k] = append(kids[k], i)
		}
	}
	partner := make([]int, len(kids[0]))
	taken := make([]bool, len(kids[1]))
	for k, i := range kids[0] {
		partner[k] = -1
		if mate, ok := mates[i]; ok {
			if j, found := slices.BinarySearch(kids[1], mate); found && !taken[j] {
				partner[k], taken[j] = j, true
			}
		}
	}
	queue := map[string][]int{}
	for j, i := range kids[1] {
		if !taken[j] {
			name := trees[1].Nodes[i].Def.Name
			queue[name] = append(queue[name], j)
		}
	}
	for k, i := range kids[0] {
		name := trees[0].Nodes[i].Def.Name
		if q := queue[name]; len(q) > 0 && partner[k] < 0 {
			partner[k], queue[name] = q[0], q[1:]
			taken[q[0]] = true
		}
	}
	out := make([][2]int32, 0, max(len(kids[0]), len(kids[1])))
	next := 0
	flush := func(end int) {
		for ; next < end; next++ {
			if !taken[next] {
				out = append(out, [2]int32{-1, kids[1][next]})
			}
		}
	}
	for k, i := range kids[0] {
		if partner[k] < 0 {
			out = append(out, [2]int32{i, -1})
			continue
		}
		flush(partner[k])
		out = append(out, [2]int32{i, kids[1][partner[k]]})
	}
	flush(len(kids[1]))
	return out
}
