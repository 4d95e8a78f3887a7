package filter

import (
	"net/netip"
	"strconv"
	"time"
)

// Column gives the values of a name, as people read them. It is not changed once
// it is made and may be used by several goroutines, each with a Row of its own.
type Column struct {
	Name    string
	operand *operand
}

// NewColumn makes the column of a field or of a fact. The error is an *Error.
func NewColumn(name string) (*Column, error) {
	tokens, err := lex(name)
	if err != nil {
		return nil, err
	}
	p := parser{src: name, tokens: tokens, filter: &Filter{}}
	t := tokens[0]
	if len(tokens) != 2 || t.kind != word {
		return nil, &Error{Src: name, To: len(name), What: "the name of a field or of a fact is wanted"}
	}
	e := p.entry(t)
	if e == nil {
		p.unknown(t)
		return nil, p.err
	}
	if e.prefix != "" {
		return nil, &Error{Src: name, To: len(name), What: quote(name) + " has no value of its own"}
	}
	return &Column{Name: e.name, operand: p.operand()}, nil
}

// Append appends the values that a row has on its first side, each as text.
func (x *Column) Append(dst []string, r *Row) []string {
	for c := r.cursor(0, &r.A, x.operand); c.next(); {
		switch {
		case c.tree == nil:
			dst = append(dst, c.factText())
		case c.operand.targets[c.value.target].bit == nil:
			dst = append(dst, c.tree.Show(c.node))
		default:
			dst = append(dst, string(c.show()))
		}
	}
	return dst
}

// factText gives the value of a fact: times as in RFC 3339, durations in seconds.
func (c *cursor) factText() string {
	v := &c.value
	switch v.class {
	case boolean:
		return strconv.FormatBool(v.num != 0)
	case moment:
		return time.Unix(0, int64(v.num)).UTC().Format("2006-01-02T15:04:05.000000000Z")
	case duration:
		return strconv.FormatFloat(float64(int64(v.num))/1e9, 'f', 9, 64)
	case address:
		if a, ok := netip.AddrFromSlice(v.b); ok {
			return a.String()
		}
	}
	return string(c.show())
}
