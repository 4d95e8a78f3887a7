package diff

import (
	"bytes"
	"cmp"
	"slices"

	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// aliasClass is a kind of identifier. Identifiers of one class are renamed
// together.
type aliasClass uint32

const (
	aliasSession aliasClass = iota
	aliasSessionWire
	aliasTree
	aliasOpen
	aliasOpenWire
	aliasMessage // joins messages to operations, which alignment has used already
	aliasLease
	aliasGUID
	aliasCreate
	aliasResume
	aliasHandle // of an RPC interface
	aliasGroup  // association of RPC bindings
	aliasCall   // of a call on a pipe
	aliasOwn    // the first of those that mask files name
)

// triple says that x on side A stood where y stood on side B.
type triple struct {
	class aliasClass
	x, y  uint64
}

type aliasKey struct {
	class aliasClass
	v     uint64
}

// aliases is the correspondence of identifiers: those stand for each other that
// met most often, of one value if that leaves a choice. It is not changed while rows are compared.
type aliases struct {
	ab, ba map[aliasKey]uint64
	once   map[triple]bool // those that met once, when one side does not know what the other does
}

// newAliases takes what a run of rows showed, in the order of rows.
func newAliases(met [][]meeting) *aliases {
	s := &aliases{ab: map[aliasKey]uint64{}, ba: map[aliasKey]uint64{}}
	at := map[triple]int{}
	var all []meeting
	for _, list := range met {
		for _, m := range list {
			if i, ok := at[m.triple]; ok {
				all[i].again(m.first, m.times)
				continue
			}
			at[m.triple] = len(all)
			all = append(all, m)
		}
	}
	if slices.ContainsFunc(all, func(m meeting) bool { return m.class&byUse != 0 }) {
		s.once = map[triple]bool{}
		for _, m := range all {
			if m.times == 1 {
				s.once[m.triple] = true
			}
		}
	}
	slices.SortStableFunc(all, func(a, b meeting) int {
		if a.times == b.times && a.same != b.same {
			if a.same {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.times, a.times), cmp.Compare(a.first, b.first))
	})
	for _, m := range all {
		s.learn(m.triple)
	}
	return s
}

// learn takes a correspondence unless one of the two belongs to another.
func (s *aliases) learn(t triple) {
	ka, kb := aliasKey{t.class, t.x}, aliasKey{t.class, t.y}
	_, okA := s.ab[ka]
	_, okB := s.ba[kb]
	if !okA && !okB {
		s.ab[ka], s.ba[kb] = t.y, t.x
	}
}

// holds reports whether the two stand for each other.
func (s *aliases) holds(t triple) bool {
	y, okA := s.ab[aliasKey{t.class, t.x}]
	x, okB := s.ba[aliasKey{t.class, t.y}]
	return okA && okB && y == t.y && x == t.x
}

// otherwise reports whether an identifier that both conversations know, as number
// m and n, is not met again while one of the two stands for another one: a server
// gave out a handle that is not the one it was used under.
func (s *aliases) otherwise(class aliasClass, x, y uint64, m, n uint32) bool {
	if !s.once[triple{class, mix(x, uint64(m)), mix(y, uint64(n))}] {
		return false
	}
	y2, ok := s.ab[aliasKey{class | byUse, mix(x, uint64(m))}]
	if ok && y2 != y && s.holds(triple{class | byBytes, x, y2}) {
		return true
	}
	x2, ok := s.ba[aliasKey{class | byUse, mix(y, uint64(n))}]
	return ok && x2 != x && s.holds(triple{class | byBytes, x2, y})
}

// special reports whether the value is not an identifier: all bits clear or all
// set.
func special(t *field.Tree, i int) (ones, ok bool) {
	n := &t.Nodes[i]
	switch n.Def.Kind {
	case field.Uint, field.Hex, field.Enum:
		if n.Val == 0 {
			return false, true
		}
		all := ^uint64(0)
		if n.Len < 8 {
			all = 1<<(8*n.Len) - 1
		}
		return true, n.Val == all
	}
	b := t.Bytes(i)
	if len(b) == 0 {
		return false, true
	}
	if b[0] != 0 && b[0] != 0xff {
		return false, false
	}
	for _, c := range b[1:] {
		if c != b[0] {
			return false, false
		}
	}
	return b[0] != 0, true
}

// byBytes marks the class of identifiers that are known by their bytes alone.
const byBytes aliasClass = 1 << 31

// byUse marks that of identifiers which one side's conversation knows, and the
// other's does not.
const byUse aliasClass = 1 << 30

// identity gives what an identifier is known by on its side: its bytes, and the
// number of what the conversation takes it for, 0 for nothing. Bytes are reused.
// What goes on another one is known as that.
func (c *Comparer) identity(class aliasClass, side, part int, t *field.Tree, i int) (as aliasClass, bytes uint64, num uint32) {
	o := &c.ops[side]
	if num = c.resumed.stands(class, side, o); num != 0 {
		return class, mix(uint64(class)+1, uint64(num)), num
	}
	switch class {
	case aliasSession:
		num = o.Session
	case aliasTree:
		num = o.Tree
	case aliasOpen:
		if o.Proto == op.SMB2 && smb2.Command(o.Command) == smb2.Create && part == PartRequest {
			class = aliasOpenWire
		} else {
			num = o.Open
		}
	}
	h := mix(uint64(class)+1, t.Nodes[i].Val)
	for _, c := range t.Bytes(i) {
		h = mix(h, uint64(c))
	}
	switch class {
	case aliasTree, aliasOpen:
		h = mix(h, uint64(o.Session))
	case aliasCall: // each pipe counts on its own
		h = mix(h, uint64(o.Open))
	}
	return class, h, num
}

// sameIdentity compares two identifiers. With known correspondences it holds
// them against those; else it notes that they met.
func (c *Comparer) sameIdentity(class aliasClass, part int, ta, tb *field.Tree, i, j int) bool {
	onesA, specialA := special(ta, i)
	onesB, specialB := special(tb, j)
	if class == aliasMessage { // 0 is a message's id like any other
		return (specialA && onesA) == (specialB && onesB)
	}
	if specialA || specialB {
		return specialA == specialB && onesA == onesB
	}
	if c.torn && sameValue(ta, tb, i, j) { // the conversation did not know it
		return true
	}
	ca, x, m := c.identity(class, 0, part, ta, i)
	cb, y, n := c.identity(class, 1, part, tb, j)
	if ca != cb {
		return false
	}
	t, known := triple{ca | byBytes, x, y}, m != 0 && n != 0
	if known {
		t = triple{ca, mix(x, uint64(m)), mix(y, uint64(n))}
	}
	switch {
	case c.meet != nil:
		c.meet.num = c.ops[c.meet.side].Num
		same := sameValue(ta, tb, i, j)
		if m != 0 && n == 0 {
			c.meet.add(triple{ca | byUse, mix(x, uint64(m)), y}, same)
		} else if m == 0 && n != 0 {
			c.meet.add(triple{ca | byUse, x, mix(y, uint64(n))}, same)
		}
		if c.meet.add(t, same) && t.class&byBytes == 0 {
			c.meet.add(triple{ca | byBytes, x, y}, same)
		}
	case c.alias != nil:
		if known && c.alias.otherwise(ca, x, y, m, n) {
			return false
		}
		// an answer may name its handle rightly where the request does not
		return c.alias.holds(t) || part == PartResponse && ca == aliasOpen && c.alias.holds(triple{ca | byBytes, x, y})
	}
	return true
}

// meeting is a correspondence and how often it was seen.
type meeting struct {
	triple
	times int
	same  bool   // both sides have one value
	first uint32 // operation, of the side that pairing began with, in which it was seen first
}

// again counts meetings, the first of which is in operation num.
func (m *meeting) again(num uint32, times int) {
	m.times, m.first = m.times+times, min(m.first, num)
}

// meetings are the correspondences that a run of rows shows, each once, in the
// order of their first appearance.
type meetings struct {
	side int            // that pairing began with
	num  uint32         // operation of that side which is compared
	seen map[triple]int // place in list
	list []meeting
	last int // place of the one met last, -1 for none
}

// add notes a meeting and reports whether it is a new one.
func (m *meetings) add(t triple, same bool) bool {
	if m.last >= 0 && m.list[m.last].triple == t {
		m.list[m.last].again(m.num, 1)
		return false
	}
	i, ok := m.seen[t]
	if !ok {
		i = len(m.list)
		m.seen[t] = i
		m.list = append(m.list, meeting{triple: t, same: same, first: m.num})
	}
	m.list[i].again(m.num, 1)
	m.last = i
	return !ok
}

func (m *meetings) reset() {
	if m.seen == nil {
		m.seen = map[triple]int{}
	}
	clear(m.seen)
	m.list, m.last = nil, -1
}

// sameValue compares the values of two fields of one kind, without those below
// them.
func sameValue(ta, tb *field.Tree, i, j int) bool {
	na, nb := &ta.Nodes[i], &tb.Nodes[j]
	switch na.Def.Kind {
	case field.Struct:
		return true
	case field.Uint, field.Hex, field.Enum, field.Flags, field.Status, field.FileTime, field.UnixTime:
		return na.Val == nb.Val
	case field.Note:
		return text(ta.Notes, na.Val) == text(tb.Notes, nb.Val)
	case field.Known:
		return text(ta.Texts, na.Val) == text(tb.Texts, nb.Val)
	}
	return na.Len == nb.Len && bytes.Equal(ta.Bytes(i), tb.Bytes(j))
}

func text(list []string, k uint64) string {
	if k < uint64(len(list)) {
		return list[k]
	}
	return ""
}
