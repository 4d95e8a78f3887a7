package filter

import (
	"bytes"
	"strings"

	"smbdiff/dissect/field"
)

// operand is a name with what is done to its values.
type operand struct {
	entry   *entry
	targets []target // as read: of a slice octets, of a length a number
	side    byte     // 'a' or 'b' when the name says so
	sliced  bool
	cut     slice
	masked  bool
	mask    []datum // by target
	call    call
}

// slice is a part of a value, in octets. Places below zero count from the end.
type slice struct{ from, n int }

// rest is the length of a slice that goes to the end.
const rest = 1 << 31

// call is a function.
type call uint8

const (
	plainCall call = iota
	lenCall
	countCall
	lowerCall
	upperCall
)

var calls = map[string]call{"len": lenCall, "count": countCall, "lower": lowerCall, "upper": upperCall}

// cursor goes through the occurrences of an operand.
type cursor struct {
	row     *Row
	side    *Side
	operand *operand
	buf     *[]byte
	value   value

	i    int // occurrence of a fact, node of a tree
	part int // tree
	tree *field.Tree
	node int // of the value, -1 of a fact
	done bool
}

// cursor makes one of the row's two cursors ready.
func (r *Row) cursor(k int, s *Side, o *operand) *cursor {
	c := &r.at[k]
	*c = cursor{row: r, side: s, operand: o, buf: &r.buf[k]}
	return c
}

// next goes to the next occurrence.
func (c *cursor) next() bool {
	if c.done {
		return false
	}
	o := c.operand
	if o.call == countCall {
		n := uint64(0)
		for c.step() {
			n++
		}
		c.done = true
		c.value = value{class: number, num: n}
		return true
	}
	if !c.step() {
		c.done = true
		return false
	}
	v := &c.value
	if o.masked {
		v.num &= o.mask[v.target].num
	}
	if o.sliced {
		c.slice()
	}
	switch o.call {
	case lenCall:
		if (v.class != text || v.known) && !o.sliced && c.tree != nil {
			v.b = c.tree.Bytes(c.node)
		}
		v.class, v.num = number, uint64(len(v.b))
	case lowerCall, upperCall:
		c.fold(o.call == upperCall)
	}
	return true
}

// step goes to the next occurrence as it stands.
func (c *cursor) step() bool {
	s := c.side
	switch c.operand.side {
	case 'a':
		s = &c.row.A
	case 'b':
		s = &c.row.B
	}
	e := c.operand.entry
	if e.fact != nil {
		c.value.target = 0
		c.value.b = (*c.buf)[:0]
		if !s.there() || !e.fact.get(c.row, s, c.i, &c.value) {
			return false
		}
		if v := &c.value; v.class == text || v.class == address {
			*c.buf = v.b
		}
		c.i++
		return true
	}
	s.load()
	for ; c.part < len(s.Looks); c.part, c.i = c.part+1, 0 {
		c.tree = s.Looks[c.part].Tree
		if c.tree == nil {
			continue
		}
		for c.i < len(c.tree.Nodes) {
			i := c.i
			c.i++
			if c.take(e, i) {
				return true
			}
		}
	}
	return false
}

// take makes node i the value when it is one of the operand's.
func (c *cursor) take(e *entry, i int) bool {
	n := &c.tree.Nodes[i]
	if e.prefix != "" {
		c.value = value{}
		return strings.HasPrefix(n.Def.Name, e.prefix)
	}
	for k := range e.targets {
		t := &e.targets[k]
		if t.def != n.Def {
			continue
		}
		c.node = i
		c.value = value{class: t.class, num: n.Val, target: k}
		switch {
		case t.bit != nil:
			c.value.num = n.Val & t.bit.Mask >> t.shift
		case t.big:
			c.value.num = bigEndian(c.tree.Bytes(i))
		case t.class == text && n.Def.Kind == field.SID:
			*c.buf = field.AppendSID((*c.buf)[:0], c.tree.Bytes(i))
			c.value.b = *c.buf
		case t.class == text:
			*c.buf = c.tree.AppendShow((*c.buf)[:0], i)
			c.value.b = *c.buf
			c.value.known = n.Def.Kind == field.Known
		case t.class == octets || t.class == guid || t.class == address:
			c.value.b = c.tree.Bytes(i)
		}
		return true
	}
	return false
}

// slice cuts the value; it becomes octets.
func (c *cursor) slice() {
	v := &c.value
	b := v.b
	if c.tree != nil && (v.class != text || v.known) {
		b = c.tree.Bytes(c.node)
	}
	from := c.operand.cut.from
	if from < 0 {
		from = max(0, from+len(b))
	}
	from = min(from, len(b))
	n := c.operand.cut.n
	if n < 0 {
		n = max(0, len(b)+n+1-from)
	}
	v.class, v.b = octets, b[from:min(len(b), from+n)]
}

func (c *cursor) fold(upper bool) {
	b := c.value.b
	for i, x := range b {
		switch {
		case x >= 0x80:
			if upper {
				b = bytes.ToUpper(b)
			} else {
				b = bytes.ToLower(b)
			}
			c.value.b = b
			return
		case upper && x >= 'a' && x <= 'z':
			b[i] = x - 'a' + 'A'
		case !upper && x >= 'A' && x <= 'Z':
			b[i] = x - 'A' + 'a'
		}
	}
}

// show gives the value as text or octets, to look into.
func (c *cursor) show() []byte {
	v := &c.value
	switch v.class {
	case text, octets:
		return v.b
	}
	if c.tree != nil && c.operand.call == plainCall {
		if t := &c.operand.entry.targets[v.target]; t.bit != nil {
			*c.buf = field.AppendBit((*c.buf)[:0], t.bit, c.tree.Nodes[c.node].Val)
		} else {
			*c.buf = c.tree.AppendShow((*c.buf)[:0], c.node)
		}
		return *c.buf
	}
	*c.buf = c.operand.targets[v.target].appendNumber((*c.buf)[:0], v)
	return *c.buf
}
