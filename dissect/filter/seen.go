package filter

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// Seen counts the values that a name has in rows: what may be offered while a
// filter is being typed. It belongs to one goroutine.
type Seen struct {
	operand *operand
	counts  map[string]int
	needs   need
}

// SeenValue is a value as a filter takes it, and in how many rows it was seen.
type SeenValue struct {
	Text string
	Rows int
}

// Bounds of what is counted: different values, and the bytes of one.
const (
	mostSeen  = 2000
	seenBytes = 200
)

// NewSeen makes a Seen for a name. It gives nil for a word that names nothing,
// and for a name without values.
func NewSeen(name string) *Seen {
	p := parser{src: name, filter: &Filter{}}
	var err *Error
	if p.tokens, err = lex(name); err != nil || len(p.tokens) != 2 || p.tokens[0].kind != word {
		return nil
	}
	e := p.entry(p.tokens[0])
	if e == nil || e.prefix != "" || e.targets[0].class == nothing {
		return nil
	}
	return &Seen{operand: p.operand(), counts: map[string]int{}, needs: p.filter.needs}
}

// Shallow reports whether operations alone tell the values: no message has to be
// read.
func (s *Seen) Shallow() bool { return s.needs == 0 }

// Add counts the values of a row, each once.
func (s *Seen) Add(r *Row) {
	var row []string
	for _, side := range [...]*Side{&r.A, &r.B} {
		if !side.there() {
			continue
		}
		for c := r.cursor(0, side, s.operand); c.next(); {
			text, ok := c.literal()
			if !ok || slices.Contains(row, text) || len(row) > 100 {
				continue
			}
			row = append(row, text)
			if _, known := s.counts[text]; known || len(s.counts) < mostSeen {
				s.counts[text]++
			}
		}
	}
}

// Values gives what was seen, the most frequent first.
func (s *Seen) Values() []SeenValue {
	out := make([]SeenValue, 0, len(s.counts))
	for text, n := range s.counts {
		out = append(out, SeenValue{text, n})
	}
	slices.SortFunc(out, func(a, b SeenValue) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), strings.Compare(a.Text, b.Text))
	})
	return out
}

// literal gives the value as a filter takes it.
func (c *cursor) literal() (string, bool) {
	v := &c.value
	t := &c.operand.targets[v.target]
	switch {
	case v.class == boolean || t.bit != nil && t.bit.Values == nil && t.bit.Mask&(t.bit.Mask-1) == 0:
		return strconv.FormatBool(v.num != 0), true
	case v.class == number || v.class == letter:
		return string(t.appendNumber(nil, v)), true
	case v.class == text:
		b := v.b
		if v.known {
			if i := strings.IndexByte(string(b), ' '); i > 0 {
				b = b[:i]
			}
		}
		if len(b) == 0 || len(b) > seenBytes {
			return "", false
		}
		return literalText(string(b)), true
	case v.class == octets:
		return hex.EncodeToString(v.b), len(v.b) > 0 && len(v.b) <= seenBytes/2
	}
	b := c.show()
	return literalText(string(b)), len(b) > 0 && len(b) <= seenBytes
}

// literalText gives a text as one word where it is one, else between quotes.
func literalText(s string) string {
	if t, err := lex(s); err == nil && len(t) == 2 && t[0].kind == word && t[0].text == s && wordRelations[strings.ToLower(s)] == exists {
		switch strings.ToLower(s) {
		case "and", "or", "not", "any", "all":
		default:
			return s
		}
	}
	return strconv.Quote(s)
}

// Valued gives the name whose value stands, or may stand, at the end of src, and
// where that value begins; "" where a name or nothing is expected.
func Valued(src string) (name string, from int) {
	tokens, err := lex(src)
	if err != nil || len(src) > maxSource {
		return "", 0
	}
	i, from := len(tokens)-1, len(src)
	if i > 0 && tokens[i-1].kind == word && tokens[i-1].to == len(src) {
		i--
		from = tokens[i].from
	}
	p := parser{src: src, tokens: tokens, filter: &Filter{}}
	if e := p.valued(i); e != nil {
		return e.name, from
	}
	return "", 0
}
