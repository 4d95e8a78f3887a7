package filter

import (
	"bytes"
	"regexp"
	"strings"

	"smbdiff/dissect"
	"smbdiff/dissect/field"
	"smbdiff/dissect/ntstatus"
)

// rel is how an operand is held against a value.
type rel uint8

const (
	exists rel = iota
	anyEq
	allEq
	allNe
	anyNe
	gt
	lt
	ge
	le
	contains
	matches
	in
)

// holds tells whether an order, negative, zero or positive, is what r asks for.
func (r rel) holds(order int) bool {
	switch r {
	case anyEq, allEq:
		return order == 0
	case allNe, anyNe:
		return order != 0
	case gt:
		return order > 0
	case lt:
		return order < 0
	case ge:
		return order >= 0
	case le:
		return order <= 0
	}
	return false
}

type nodeKind uint8

const (
	always nodeKind = iota
	and
	or
	not
	test
	search
)

// node is a part of a filter. Nodes are not changed once they are made.
type node struct {
	kind  nodeKind
	kids  []*node
	rel   rel
	all   bool // every occurrence must hold
	left  *operand
	right *operand // when the right side is an operand too
	data  []datum  // the literal, by target of left
	set   []span
	re    *regexp.Regexp
	word  []byte // of a search, in lower case
}

// span is an element of a set: from alone, or from and to.
type span struct {
	from, to []datum // by target
	wide     bool
}

// eval tells whether n holds for side s of r.
func (n *node) eval(r *Row, s *Side) bool {
	switch n.kind {
	case and:
		for _, k := range n.kids {
			if !k.eval(r, s) {
				return false
			}
		}
		return true
	case or:
		for _, k := range n.kids {
			if k.eval(r, s) {
				return true
			}
		}
		return false
	case not:
		return !n.kids[0].eval(r, s)
	case test:
		return n.test(r, s)
	case search:
		return n.search(r, s)
	}
	return true
}

// test goes through the occurrences of the left operand.
func (n *node) test(r *Row, s *Side) bool {
	c := r.cursor(0, s, n.left)
	seen := false
	for c.next() {
		seen = true
		if n.holds(c, r, s) != n.all {
			return !n.all
		}
	}
	return n.all && seen
}

func (n *node) holds(c *cursor, r *Row, s *Side) bool {
	v := &c.value
	switch {
	case n.rel == exists:
		return v.num != 0 || v.class != boolean && !n.left.masked
	case n.rel == matches:
		return n.re.Match(c.show())
	case n.right != nil:
		return n.pair(c, r, s)
	case n.rel == contains:
		return n.data[v.target].ok && bytes.Contains(c.show(), n.data[v.target].b)
	case n.rel == in:
		for i := range n.set {
			e := &n.set[i]
			if e.wide && v.is(ge, &e.from[v.target]) && v.is(le, &e.to[v.target]) || !e.wide && v.is(anyEq, &e.from[v.target]) {
				return true
			}
		}
		return false
	}
	return v.is(n.rel, &n.data[v.target])
}

// pair holds an occurrence against those of the right operand.
func (n *node) pair(c *cursor, r *Row, s *Side) bool {
	o := r.cursor(1, s, n.right)
	seen := false
	for o.next() {
		seen = true
		var ok bool
		if n.rel == contains {
			ok = bytes.Contains(c.show(), o.show())
		} else if order, same := c.value.order(&o.value); same {
			ok = n.rel.holds(order)
		}
		if ok != n.all {
			return !n.all
		}
	}
	return n.all && seen
}

// search looks for a word in command, object and status, whatever the case.
func (n *node) search(r *Row, s *Side) bool {
	b := r.buf[0][:0]
	if m := s.message; m != nil {
		b = append(append(b, dissect.CommandName(m)...), ' ')
		b = append(append(b, m.PathName...), ' ')
		if status, ok := s.status(); ok {
			if name := ntstatus.Name(uint64(status)); name != "" {
				b = append(b, name...)
			} else {
				b = field.AppendHex32(b, status)
			}
		}
	} else {
		b = append(append(b, s.op.CommandName()...), ' ')
		b = append(s.op.AppendObject(b, s.name), ' ')
		b = s.op.AppendResult(b)
	}
	r.buf[0] = b
	return containsFold(b, n.word)
}

// containsFold reports whether b holds the lower-case text, whatever b's case.
func containsFold(b, lower []byte) bool {
	for i, c := range b {
		if c >= 0x80 {
			return strings.Contains(strings.ToLower(string(b)), string(lower))
		}
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return bytes.Contains(b, lower)
}
