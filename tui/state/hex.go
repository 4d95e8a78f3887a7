package state

import (
	"fmt"
	"strings"
)

// hexLines is the height of the bytes pane, with its heading.
const hexLines = 9

// Widths of the bytes beside the fields: from which screen on, what the fields
// keep, and the bytes with their text and without.
const (
	besideFrom  = 116
	besideLeast = 62
	hexText     = 6 + 16*4
	hexPlain    = 6 + 16*3
)

// hexBeside gives the width of the bytes beside the fields, 0 where they stand
// below them or are not shown.
func (s *State) hexBeside(w int) int {
	if !s.hex || s.diffing() || w < besideFrom {
		return 0
	}
	if w-besideLeast < hexText {
		return hexPlain
	}
	return hexText
}

// beside puts the bytes to the right of the fields.
func (s *State) beside(fields []Line, hw int) []Line {
	bytes := s.hexOf(0, hw, len(fields))
	for i := range fields {
		l := append(fields[i], Span{" │ ", Dim})
		fields[i] = append(l, bytes[i].fit(hw, Plain)...)
	}
	return fields
}

// hexRows gives h lines of the bytes around the field under the details cursor,
// of one capture or of both beside each other.
func (s *State) hexRows(w, h int) []Line {
	cols := len(s.sides)
	each := (w - 1) / cols
	var sides [][]Line
	for k := range s.sides {
		sides = append(sides, s.hexOf(k, each-1, h))
	}
	out := make([]Line, h)
	for i := range out {
		l := Line{{" ", Plain}}
		for k := range sides {
			l = append(l, sides[k][i].fit(each, Plain)...)
		}
		out[i] = l.fit(w, Plain)
	}
	return out
}

// hexOf gives the bytes of one side in lines of at most w cells.
func (s *State) hexOf(k, w, h int) []Line {
	out := make([]Line, h)
	d := &s.detail
	if d.cur >= len(d.lines) || d.ops[k] == 0 {
		return out
	}
	it := &d.items[d.lines[d.cur].item]
	t := &s.sides[k].readers[it.part].Tree
	buf, off, n := uint16(0), 0, 0
	if i := it.nodes[k]; i >= 0 && int(i) < len(t.Nodes) {
		node := &t.Nodes[i]
		buf, off, n = node.Buf, int(node.Off), int(node.Len)
	}
	if int(buf) >= len(t.Bufs) {
		return out
	}
	b := t.Bufs[buf].Bytes
	name := t.Bufs[buf].Name
	if name == "" {
		name = "message"
	}
	out[0] = Line{{fmt.Sprintf("%s %s, %d bytes; field at %d, %d bytes", partNames[it.part], safe(name), len(b), off, n), Dim}}
	per, text := 16, w != hexPlain
	if w < hexText && text {
		per = 8
	}
	first := off / per * per
	if n == 0 {
		first = 0
	}
	first = max(0, min(first-per, (len(b)-1)/per*per-(h-2)*per))
	for i := 1; i < h && first < len(b); i++ {
		out[i] = hexLine(b, first, per, off, off+n, text)
		first += per
	}
	return out
}

// hexLine shows per bytes from at on, with their text; those in [from, to) stand
// out.
func hexLine(b []byte, at, per, from, to int, withText bool) Line {
	l := Line{{fmt.Sprintf("%04x  ", at), Dim}}
	var text strings.Builder
	put := func(s string, in bool) {
		style := Plain
		if in {
			style = Plain | Selected
		}
		if n := len(l); n > 1 && l[n-1].Style == style {
			l[n-1].Text += s
			return
		}
		l = append(l, Span{s, style})
	}
	for i := at; i < at+per; i++ {
		if i >= len(b) {
			put("   ", false)
			continue
		}
		put(fmt.Sprintf("%02x", b[i]), i >= from && i < to)
		put(" ", i >= from && i+1 < to && i+1 < at+per)
		if c := b[i]; c >= 0x20 && c < 0x7f {
			text.WriteByte(c)
		} else {
			text.WriteByte('.')
		}
	}
	if !withText {
		return l
	}
	return append(l, Span{" " + text.String(), Dim})
}
