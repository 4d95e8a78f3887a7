package state

import (
	"strings"

	"github.com/rivo/uniseg"

	"smbdiff/diff"
	"smbdiff/dissect/field"
)

// changed reports whether an item has two values that differ.
func (it *item) changed() bool {
	return (it.kind == node || it.kind == bit) && it.name == "" && (it.grade == differs || it.grade == outcome) && it.nodes[0] >= 0 && it.nodes[1] >= 0
}

// values gives what both sides show for an item. Of flags that differ B's value
// begins with the names that came and went.
func (s *State) values(it *item) (text [2]string, styles [2]Style) {
	for k := range s.sides {
		text[k], styles[k] = s.value(it, k)
	}
	if it.kind != node || !it.changed() {
		return text, styles
	}
	d := s.def(it)
	if d.Kind != field.Flags {
		return text, styles
	}
	var v [2]uint64
	for k := range v {
		n := &s.sides[k].readers[it.part].Tree.Nodes[it.nodes[k]]
		if n.Def != d {
			return text, styles
		}
		v[k] = n.Val
	}
	if names := flagChange(d, v[0], v[1]); names != "" {
		text[1] = safe(names) + "  " + text[1]
	}
	return text, styles
}

// flagChange names the flags that b has more than a, and those that it lacks.
func flagChange(d *field.Def, a, b uint64) string {
	var out []string
	for i := range d.Bits {
		x := &d.Bits[i]
		if (a^b)&x.Mask == 0 {
			continue
		}
		if x.Mask&(x.Mask-1) != 0 { // a small number
			out = append(out, x.Label+"="+string(field.AppendBit(nil, x, b)))
			continue
		}
		sign := "-"
		if b&x.Mask != 0 {
			sign = "+"
		}
		out = append(out, sign+x.Label)
	}
	return strings.Join(out, " ")
}

// markChanged gives the values of an item with the parts that differ marked:
// whole names of flags, whole parts of a path, else single characters.
func (s *State) markChanged(it *item, text [2]string, styles [2]Style) (x, y Line) {
	var parts [2][]diff.Span
	switch d := s.def(it); {
	case d.Kind == field.Flags && it.kind == node:
		for k := range parts {
			parts[k] = otherWords(text[k], text[1-k], "| ")
		}
	default:
		parts[0], parts[1] = diff.Marks(text[0], text[1])
		for k := range parts {
			parts[k] = widen(text[k], parts[k], `\/`)
		}
	}
	return markParts(text[0], parts[0], styles[0]), markParts(text[1], parts[1], styles[1])
}

// otherWords gives the words of a that b lacks.
func otherWords(a, b, between string) []diff.Span {
	have := map[string]bool{}
	isBetween := func(r rune) bool { return strings.ContainsRune(between, r) }
	for _, word := range strings.FieldsFunc(b, isBetween) {
		have[word] = true
	}
	var out []diff.Span
	for at := 0; at < len(a); {
		n := strings.IndexFunc(a[at:], isBetween)
		if n < 0 {
			n = len(a) - at
		}
		if word := a[at : at+n]; n > 0 && !have[word] && !strings.Contains(word, "…") {
			out = append(out, diff.Span{From: at, To: at + n})
		}
		at += n + 1
	}
	return out
}

// widen makes parts of a text whole ones between separators, where it has any.
func widen(text string, parts []diff.Span, between string) []diff.Span {
	if !strings.ContainsAny(text, between) {
		return parts
	}
	for i := range parts {
		p := &parts[i]
		p.From = strings.LastIndexAny(text[:p.From], between) + 1
		if n := strings.IndexAny(text[p.To:], between); n >= 0 {
			p.To += n
		} else {
			p.To = len(text)
		}
	}
	return parts
}

// markParts marks parts of a text, each widened to whole characters as the
// terminal shows them.
func markParts(text string, parts []diff.Span, style Style) Line {
	if len(parts) == 0 {
		return Line{{text, style}}
	}
	var out Line
	rest, state, at := text, -1, 0
	for len(rest) > 0 {
		var c string
		c, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		end := at + len(c)
		for len(parts) > 0 && parts[0].To <= at {
			parts = parts[1:]
		}
		is := style
		if len(parts) > 0 && parts[0].From < end {
			is |= Changed
		}
		if n := len(out); n > 0 && out[n-1].Style == is {
			out[n-1].Text += c
		} else {
			out = append(out, Span{c, is})
		}
		at = end
	}
	return out
}
