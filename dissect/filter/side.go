package filter

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// usedName is a word of a filter, and where it stands: a name, one to search for
// where there is no entry, or a value.
type usedName struct {
	token
	entry  *entry
	value  bool
	num    uint64 // of a value that is the name of a number
	target int    // of the definitions that its name stands for, the one that takes the value
}

// OnSide gives a filter that looks at one side of a comparison alone, 'a' or
// 'b', or with 0 at both.
func OnSide(src string, side byte) (string, error) {
	p, err := new(Filter).parse(src)
	if err != nil {
		return "", err
	}
	if p == nil {
		return src, nil
	}
	before := ""
	if side != 0 {
		before = string(side) + "."
	}
	out, err := p.splice(func(n *usedName) (string, error) {
		if n.value {
			return src[n.from:n.to], nil
		}
		if n.entry != nil {
			_, name := sideOf(n.text)
			return before + name, nil
		}
		if side == 0 {
			return src[n.from:n.to], nil
		}
		re := strconv.Quote(regexp.QuoteMeta(n.text))
		return "(" + before + "command ~ " + re + " || " + before + "path ~ " + re + " || " + before + "status ~ " + re + ")", nil
	})
	if _, wrong := Parse(out); err == nil && wrong != nil { // a quantifier before a bare word
		err = errors.New("this filter cannot be bound to one side")
	}
	return out, err
}

// Sides tells which side all names of a filter are bound to, 0 when they are not
// bound to one.
func Sides(src string) byte {
	p, err := new(Filter).parse(src)
	if err != nil || p == nil {
		return 0
	}
	side := byte(0)
	for i := range p.used {
		n := &p.used[i]
		if n.value {
			continue
		}
		if n.entry == nil {
			return 0
		}
		s, _ := sideOf(n.text)
		if s == 0 || side != 0 && s != side {
			return 0
		}
		side = s
	}
	return side
}

// splice replaces what was used.
func (p *parser) splice(with func(n *usedName) (string, error)) (string, error) {
	var b strings.Builder
	at := 0
	slices.SortStableFunc(p.used, func(a, b usedName) int { return cmp.Compare(a.from, b.from) })
	for i := range p.used {
		n := &p.used[i]
		if n.from < at {
			continue
		}
		text, err := with(n)
		if err != nil {
			return "", err
		}
		b.WriteString(p.src[at:n.from])
		b.WriteString(text)
		at = n.to
	}
	b.WriteString(p.src[at:])
	return b.String(), nil
}
