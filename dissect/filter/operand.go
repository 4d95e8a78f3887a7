package filter

import (
	"slices"
	"strconv"
	"strings"

	"smbdiff/dissect/field"
)

// entry gives what a word names, nil for nothing.
func (p *parser) entry(t token) *entry {
	_, name := sideOf(t.text)
	c := names()
	if e := c.byName[name]; e != nil {
		return e
	}
	return c.byName[strings.ToLower(name)]
}

// sideOf takes a. or b. from a name.
func sideOf(s string) (side byte, name string) {
	if len(s) > 2 && s[1] == '.' && (s[0] == 'a' || s[0] == 'b') {
		return s[0], s[2:]
	}
	return 0, s
}

// side reads one side of a relation. Behind an operand, a word that its values
// can have is one, even if it is a name too: signature == sealed.
func (p *parser) side(left *operand) part {
	t := p.peek()
	out := part{from: t.from, to: t.to}
	switch {
	case t.kind == str:
		out.literal = p.take()
	case t.kind == open && p.arithmetic():
		p.take()
		out.operand = p.operand()
		p.take()
	case t.kind == word && p.tokens[p.at+1].kind == open && calls[strings.ToLower(t.text)] != plainCall:
		out.operand = p.call()
	case t.kind == word && p.tokens[p.at+1].kind == open:
		p.fail(t, "no function "+quote(t.text))
		p.err.Nearest = nearest(t.text, []string{"len", "count", "lower", "upper"})
	case t.kind == word && p.entry(t) != nil && !left.takes(t):
		out.operand = p.operand()
	case t.kind == word:
		out.literal = p.take()
		if p.at < 2 || p.relationAt(p.at-2) == exists { // nothing before it: a name that is none
			if first := t.text[0]; first >= '0' && first <= '9' {
				break
			}
			p.unknown(t)
		}
	default:
		p.fail(t, "a field or value is missing")
	}
	if p.at > 0 {
		out.to = p.tokens[p.at-1].to
	}
	return out
}

// takes reports whether a word is meant as a value of o.
func (o *operand) takes(t token) bool {
	if o == nil {
		return false
	}
	for i := range o.targets {
		if x := &o.targets[i]; x.class == text {
			return !strings.Contains(t.text, ".")
		} else if x.read(t).ok {
			return true
		}
	}
	return false
}

// unknown says that t names nothing, and why where that is known.
func (p *parser) unknown(t token) {
	for _, c := range t.text {
		if what, ok := unsupported[string(c)]; ok && strings.ContainsRune("@#$", c) {
			p.fail(t, what+": not part of this language")
			return
		}
	}
	p.fail(t, "no field "+quote(t.text))
	p.err.Nearest = p.nearestName(t.text)
}

// nearestName gives the name of a field or fact that s may have been meant to
// be.
func (p *parser) nearestName(s string) string {
	side, name := sideOf(s)
	n := nearest(name, names().names)
	if n != "" && side != 0 {
		return string(side) + "." + n
	}
	return n
}

// operand reads a name with slice and mask.
func (p *parser) operand() *operand {
	t := p.take()
	e := p.entry(t)
	if e == nil {
		p.unknown(t)
		return &operand{entry: &entry{}, targets: []target{{}}}
	}
	p.used = append(p.used, usedName{token: t, entry: e})
	o := &operand{entry: e, targets: slices.Clone(e.targets)}
	for i := range o.targets {
		o.targets[i].list = o.targets[i].values()
	}
	o.side, _ = sideOf(t.text)
	if e.fact == nil {
		p.filter.needs |= needTree | needMessage
	} else {
		p.filter.needs |= e.fact.needs
	}
	if p.peek().kind == openSlice {
		p.slice(o, t)
	}
	if p.peek().kind == maskSign {
		p.mask(o)
	}
	return o
}

// call reads len(x) and its like.
func (p *parser) call() *operand {
	name := p.take()
	p.take()
	t := p.peek()
	if t.kind != word {
		p.fail(t, "a field is missing")
		return nil
	}
	o := p.operand()
	if e := p.take(); e.kind != shut {
		p.fail(e, "a ) is missing")
	}
	o.call = calls[strings.ToLower(name.text)]
	switch o.call {
	case lenCall, countCall:
		for i := range o.targets {
			o.targets[i] = target{class: number}
		}
	default:
		for _, x := range o.targets {
			if x.class != text {
				p.fail(t, quote(t.text)+" is no text")
			}
		}
	}
	return o
}

// slice reads [from:length], [from-to], [from:], [:length] or [at].
func (p *parser) slice(o *operand, name token) {
	t := p.take()
	s := ""
	for p.peek().kind == word {
		s += p.take().text
	}
	if e := p.take(); e.kind != shutSlice {
		p.fail(e, "a ] is missing; several parts of a field cannot be taken at once")
		return
	}
	from, n, ok := readSlice(s)
	if !ok {
		p.fail(token{from: t.from, to: p.tokens[p.at-1].to}, "a slice is [from:length], [from-to] or [at]")
		return
	}
	o.sliced, o.cut = true, slice{from, n}
	for i := range o.targets {
		if c := o.targets[i].class; o.entry.fact != nil && c != text || o.entry.prefix != "" {
			p.fail(name, quote(name.text)+" has no octets")
		}
		o.targets[i] = target{class: octets}
	}
}

func readSlice(s string) (from, n int, ok bool) {
	small := func(s string) (int, bool) {
		v, err := strconv.ParseInt(s, 10, 32)
		return int(v), err == nil && v > -rest && v < rest-1
	}
	if a, b, found := strings.Cut(s, ":"); found {
		okA, okB := true, true
		if a != "" {
			from, okA = small(a)
		}
		if n = rest; b != "" {
			n, okB = small(b)
			okB = okB && n > 0
		}
		return from, n, okA && okB && s != ":"
	}
	if i := strings.IndexByte(s[min(1, len(s)):], '-'); i >= 0 {
		from, okA := small(s[:i+1])
		to, okB := small(s[i+2:])
		if n = to - from + 1; to < 0 {
			n = to
		}
		return from, n, okA && okB && n != 0 && (from < 0 || to < 0 || n > 0)
	}
	from, ok = small(s)
	return from, 1, ok
}

// mask reads & and a number or name.
func (p *parser) mask(o *operand) {
	p.take()
	t := p.take()
	if t.kind != word && t.kind != str {
		p.fail(t, "a mask is missing")
		return
	}
	o.mask = p.literal(o, t, anyEq)
	o.masked = true
	for i := range o.targets {
		if c := o.targets[i].class; c != number && c != dosDate && c != dosClock {
			p.fail(t, o.entry.name+" is "+classNames[o.targets[i].class]+" and has no bits")
		}
	}
}

// set reads {a, b, 1..5}.
func (p *parser) set(n *node, left part) {
	if t := p.take(); t.kind != openSet {
		p.fail(t, "a { is missing")
		return
	}
	if left.operand == nil {
		p.fail(left.literal, "no field "+quote(left.literal.text))
		return
	}
	for p.err == nil {
		t := p.take()
		if t.kind != word && t.kind != str {
			p.fail(t, "a value is missing")
			return
		}
		s := span{from: p.literal(left.operand, t, anyEq)}
		if p.peek().kind == dots {
			p.take()
			s.wide, s.to = true, p.literal(left.operand, p.take(), anyEq)
		}
		n.set = append(n.set, s)
		switch t = p.take(); t.kind {
		case shutSet:
			return
		case comma:
		default:
			p.fail(t, "a , or } is missing")
		}
	}
}

// literal reads t for every target of o; one at least must take it.
func (p *parser) literal(o *operand, t token, r rel) []datum {
	out := make([]datum, len(o.targets))
	if t.kind != word && t.kind != str {
		p.fail(t, "a value is missing")
		return out
	}
	some := false
	for i := range o.targets {
		x := &o.targets[i]
		switch {
		case r == contains && x.opaque():
		case r == contains:
			if x.class != text && x.class != number || o.sliced {
				out[i].b, out[i].ok = readOctets(t)
			} else {
				out[i] = datum{ok: true, class: text, b: []byte(t.text)}
			}
		default:
			out[i] = x.read(t)
		}
		some = some || out[i].ok
	}
	switch {
	case some:
		for i := range out {
			if _, plain := readNumber(t.text); out[i].ok && out[i].class == number && !plain && r != contains {
				p.used = append(p.used, usedName{token: t, value: true, num: out[i].num, target: i})
				break
			}
		}
	case r == contains && o.targets[0].opaque():
		p.fail(t, quote(o.entry.name)+" is "+classNames[o.targets[0].class]+" and contains nothing")
	default:
		p.misfit(o, t)
	}
	return out
}

// opaque reports whether the values are numbers without names: there is
// nothing to look into.
func (t *target) opaque() bool {
	switch t.class {
	case text, octets, guid, address, nothing:
		return false
	}
	return len(t.list) == 0 && (t.def == nil || len(t.def.Bits) == 0) || t.class == letter
}

// misfit says why a literal is none of o's.
func (p *parser) misfit(o *operand, t token) {
	x := &o.targets[0]
	var list []string
	for i := range o.targets {
		for _, v := range o.targets[i].list {
			list = append(list, v.Name)
		}
		if d := o.targets[i].def; d != nil && o.targets[i].bit == nil {
			for k := range d.Bits {
				list = append(list, d.Bits[k].Label)
			}
		}
	}
	switch {
	case x.class == nothing:
		p.fail(t, quote(o.entry.name)+" has no value: it is there or not")
	case len(list) == 0 || x.class == letter:
		p.fail(t, quote(t.text)+" is not "+classNames[x.class])
	default:
		p.fail(t, o.entry.name+" has no value "+quote(t.text))
		p.err.Nearest = nearest(t.text, list)
	}
}

// unsupported are constructs of Wireshark that this language lacks.
var unsupported = map[string]string{"xor": "xor", "^^": "xor", "@": "raw bytes with @", "$": "macros", "+": "arithmetic", "-": "arithmetic", "*": "arithmetic",
	"/": "arithmetic", "%": "arithmetic", "#": "layer numbers"}

// explain adds what is known of the token t that does not belong where it is.
func (p *parser) explain(t token) {
	if p.err == nil || t.kind == end {
		return
	}
	if what, ok := unsupported[strings.ToLower(t.text)]; ok {
		p.err.What = what + ": not part of this language"
		return
	}
	if t.kind == word {
		p.err.Nearest = nearest(t.text, []string{"contains", "matches", "and", "or", "in", "eq", "ne"})
	}
	p.err.Hint = "tests are joined by && or ||"
}

// appendNumber appends a number of the target as people read it.
func (t *target) appendNumber(b []byte, v *value) []byte {
	if name := field.Values(t.list).Name(v.num); name != "" && t.class != letter {
		return append(b, name...)
	}
	if t.class == letter {
		b = append(b, t.list[0].Name...)
	}
	return strconv.AppendUint(b, v.num, 10)
}
