package diff

import (
	"bytes"

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

// aliases is the correspondence of identifiers: each was met first beside its
// partner. It is not changed while rows are compared.
type aliases struct{ ab, ba map[aliasKey]uint64 }

func newAliases() *aliases {
	return &aliases{ab: map[aliasKey]uint64{}, ba: map[aliasKey]uint64{}}
}

// learn takes the next correspondence in the order of rows. It reports false
// when the two belong to others.
func (s *aliases) learn(t triple) bool {
	ka, kb := aliasKey{t.class, t.x}, aliasKey{t.class, t.y}
	y, okA := s.ab[ka]
	x, okB := s.ba[kb]
	if !okA && !okB {
		s.ab[ka], s.ba[kb] = t.y, t.x
		return true
	}
	return okA && okB && y == t.y && x == t.x
}

// holds reports whether the two stand for each other.
func (s *aliases) holds(t triple) bool {
	y, okA := s.ab[aliasKey{t.class, t.x}]
	x, okB := s.ba[aliasKey{t.class, t.y}]
	return okA && okB && y == t.y && x == t.x
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

// identity gives the number by which an identifier is known on its side. What
// the conversation numbers is known by that number: bytes are reused.
func identity(class aliasClass, o *op.Op, part int, t *field.Tree, i int) (aliasClass, uint64) {
	num := uint32(0)
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
	if num != 0 {
		return class, uint64(num)
	}
	n := &t.Nodes[i]
	h := mix(uint64(class)+1, n.Val)
	for _, c := range t.Bytes(i) {
		h = mix(h, uint64(c))
	}
	if class == aliasTree || class == aliasOpen {
		h = mix(h, uint64(o.Session))
	}
	return class, h | 1<<63
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
	ca, x := identity(class, &c.ops[0], part, ta, i)
	cb, y := identity(class, &c.ops[1], part, tb, j)
	if ca != cb {
		return false
	}
	t := triple{ca, x, y}
	switch {
	case c.meet != nil:
		c.meet.add(t)
	case c.alias != nil:
		return c.alias.holds(t)
	}
	return true
}

// meetings are the correspondences that a run of rows shows, each once, in the
// order of their first appearance.
type meetings struct {
	seen map[triple]struct{}
	list []triple
	last triple
}

func (m *meetings) add(t triple) {
	if t == m.last {
		return
	}
	m.last = t
	if _, ok := m.seen[t]; ok {
		return
	}
	m.seen[t] = struct{}{}
	m.list = append(m.list, t)
}

func (m *meetings) reset() {
	if m.seen == nil {
		m.seen = map[triple]struct{}{}
	}
	clear(m.seen)
	m.list, m.last = nil, triple{}
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
