package state

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"smbdiff/dissect/field"
)

// Style says what a piece of text means; the screen gives it a colour.
type Style uint8

// The styles. Changed and Selected may be added to any of them.
const (
	Plain    Style = iota
	Title                 // the program's name, headings
	SideA                 // what belongs to the first capture
	SideB                 // what belongs to the second
	Dim                   // less important: rules, masked fields, equal things
	Bad                   // failures, outcomes that differ
	Differs               // values that differ
	Unread                // not compared
	Key                   // a key in the key bar
	Typed                 // what the user types
	Alarm                 // the mark of an outcome that differs
	Changed  Style = 0x40 // the part of a value that differs
	Selected Style = 0x80
)

// Span is a piece of a line. Its text is safe for a terminal.
type Span struct {
	Text  string
	Style Style
}

// Line is one line of the screen.
type Line []Span

// String gives the text of the line alone.
func (l Line) String() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Width is the number of cells that s takes.
func Width(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return uniseg.StringWidth(s)
		}
	}
	return len(s)
}

func (l Line) width() int {
	n := 0
	for _, s := range l {
		n += Width(s.Text)
	}
	return n
}

// cut shortens s to w cells; what was cut shows as an ellipsis.
func cut(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if len(s) <= w || Width(s) <= w {
		return s
	}
	end, used, state, rest := 0, 0, -1, s
	for len(rest) > 0 {
		var c string
		var n int
		c, rest, n, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used+n > w-1 {
			break
		}
		used += n
		end += len(c)
	}
	return s[:end] + "…"
}

// fit makes s exactly w cells wide.
func fit(s string, w int) string {
	s = cut(s, w)
	if n := w - Width(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// fitRight makes s exactly w cells wide, aligned to the right.
func fitRight(s string, w int) string {
	s = cut(s, w)
	if n := w - Width(s); n > 0 {
		return strings.Repeat(" ", n) + s
	}
	return s
}

// fit makes the line exactly w cells wide; style fills the rest.
func (l Line) fit(w int, fill Style) Line {
	used := 0
	for i, s := range l {
		n := Width(s.Text)
		if used+n > w {
			if w > used {
				return append(l[:i:i], Span{cut(s.Text, w-used), s.Style})
			}
			return l[:i:i]
		}
		used += n
	}
	if used < w {
		l = append(l, Span{strings.Repeat(" ", w-used), fill})
	}
	return l
}

// from gives the line without its first n cells.
func (l Line) from(n int) Line {
	if n <= 0 {
		return l
	}
	var out Line
	for _, s := range l {
		text, state := s.Text, -1
		for n > 0 && len(text) > 0 {
			var wide int
			_, text, wide, state = uniseg.FirstGraphemeClusterInString(text, state)
			if n -= wide; n < 0 { // half of a wide one
				text, n = strings.Repeat(" ", -n)+text, 0
			}
		}
		if text != "" {
			out = append(out, Span{text, s.Style})
		}
	}
	return out
}

// selected gives the line as the one under the cursor.
func (l Line) selected() Line {
	out := make(Line, len(l))
	for i, s := range l {
		out[i] = Span{s.Text, s.Style | Selected}
	}
	return out
}

// rule is a heading between two panes: left, a line, right.
func rule(left, right Line, w int) Line {
	out := Line{{"── ", Dim}}
	out = append(out, left...)
	room := w - out.width() - right.width() - 6
	if len(right) == 0 || room < 1 {
		out = append(out, Span{" ", Dim})
		if n := w - out.width(); n > 0 {
			out = append(out, Span{strings.Repeat("─", n), Dim})
		}
		return out.fit(w, Dim)
	}
	out = append(out, Span{" " + strings.Repeat("─", room+1) + " ", Dim})
	out = append(out, right...)
	return append(out, Span{" ──", Dim}).fit(w, Dim)
}

// asciiFor has the plain characters for those that the screens use.
const asciiFor = "─-│|┌+┐+└+┘+├+┤+▸+▾-≠x⇄m·.…~↑^↓v←<→>"

// ascii gives s in printable ASCII, with as many cells.
func ascii(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] < utf8.RuneSelf
	}
	if plain {
		return s
	}
	var b strings.Builder
	state, rest := -1, s
	for len(rest) > 0 {
		var c string
		var n int
		c, rest, n, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if len(c) == 1 {
			b.WriteString(c)
		} else if i := strings.Index(asciiFor, c); i >= 0 {
			b.WriteByte(asciiFor[i+len(c)])
		} else {
			b.WriteString(strings.Repeat("?", n))
		}
	}
	return b.String()
}

func (l Line) ascii() Line {
	for i := range l {
		l[i].Text = ascii(l[i].Text)
	}
	return l
}

func safe(s string) string { return field.Safe(s) }

// shortStatus drops the prefix that all status names share.
func shortStatus(s string) string { return strings.TrimPrefix(s, "STATUS_") }
