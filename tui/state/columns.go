package state

import (
	"slices"
	"strings"
)

// keyCells is how wide the keys stand before what they do.
const keyCells = 16

// leastColumns is the width from which the help has two columns.
const leastColumns = 100

// columns puts groups of lines, with an empty line between them, into two columns
// of about the same height, where there is room.
func columns(lines []Line, w int) []Line {
	if w < leastColumns {
		return lines
	}
	col := (w - 2) / 2
	var out []Line
	for _, l := range lines {
		out = append(out, l.wrap(col)...)
	}
	at, best := 0, len(out)
	for i, l := range out {
		if h := max(i, len(out)-i-1); len(l) == 0 && h < best {
			at, best = i, h
		}
	}
	if at == 0 {
		return lines
	}
	left, right := out[:at], out[at+1:]
	both := make([]Line, max(len(left), len(right)))
	for i := range both {
		var a, b Line
		if i < len(left) {
			a = left[i]
		}
		if i < len(right) {
			b = right[i]
		}
		both[i] = append(a.fit(col+2, Plain), b...)
	}
	return both
}

// wrap breaks a line whose last span is too long for w cells between words, and
// goes on below where that span begins.
func (l Line) wrap(w int) []Line {
	if l.width() <= w {
		return []Line{l}
	}
	last, before := l[len(l)-1], l[:len(l)-1]
	if len(before) == 0 {
		before = Line{{" ", Plain}}
	}
	hang := before.width()
	var out []Line
	for i, text := range wrap(last.Text, w-hang) {
		if i > 0 {
			before = Line{{strings.Repeat(" ", hang), Plain}}
		}
		out = append(out, append(slices.Clone(before), Span{text, last.Style}))
	}
	return out
}
