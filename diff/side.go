package diff

import (
	"math"
	"strings"

	"github.com/rivo/uniseg"

	"smbdiff/dissect/field"
)

// leastWidth is how narrow two sides beside each other may get.
const leastWidth = 40

// beside writes the rows that are to be listed with A to the left and B to the
// right of a mark.
func (t *textWriter) beside() {
	half := (t.width() - 3) / 2
	brief := func(row *Row) { t.halves(half, t.half(row, 0), mark(row), t.half(row, 1)) }
	t.each(func(row *Row) {
		brief(row)
		if row.A != 0 && row.B != 0 {
			t.fields(half, row)
		}
	}, brief)
}

// width gives the columns of the text, of which only two sides beside each
// other have a number.
func (t *textWriter) width() int {
	switch o := &t.r.options; {
	case !o.SideBySide:
		return math.MaxInt
	case o.Width <= 0:
		return 120
	default:
		return max(o.Width, leastWidth)
	}
}

// fold writes a text in as many lines as it needs, those behind the first
// indented.
func (t *textWriter) fold(s string) { t.folded("", s) }

// folded does so in a colour.
func (t *textWriter) folded(c tint, s string) {
	for indent := ""; s != ""; indent = "    " {
		var head string
		head, s = cut(indent+s, t.width())
		t.line(t.paint(c, head))
	}
}

// half gives the operation of one side on a line.
func (t *textWriter) half(row *Row, side int) string {
	a, b := t.r.pairOps(row)
	o := &a
	if side == 1 {
		o = &b
	}
	if o.Num == 0 {
		return ""
	}
	line := opNumber(o.Num) + " " + o.CommandName()
	if x := t.r.object(side, o); x != "" {
		line += " " + x
	}
	return line + "  " + string(o.AppendResult(nil))
}

func (t *textWriter) fields(half int, row *Row) {
	n, more := 0, 0
	for _, ch := range t.c.Compare(*row) {
		if ch.Masked != "" && !t.r.options.ShowMasked {
			continue
		}
		if n++; n > maxFields && t.r.options.Context >= 0 {
			more++
			continue
		}
		t.fold("     " + field.Safe(ch.Path))
		sign := t.sign(&ch)
		x, y := "", ""
		if ch.Op != "add" {
			x = "       " + orNone(ch.A)
		}
		if ch.Op != "remove" {
			y = "  " + orNone(ch.B)
		}
		if ch.Masked != "" {
			y += "  (masked: " + field.Safe(ch.Masked) + ")"
		}
		t.halves(half, x, sign, y)
		if mx, my := t.marks(half, &ch, x, y); mx != my {
			t.halves(half, mx, " ", my)
		}
	}
	if more > 0 {
		t.line("     ... ", number(more, "more field"))
	}
}

// marks gives what stands below two texts of a line each to mark what differs
// in them.
func (t *textWriter) marks(half int, ch *Change, x, y string) (below, besides string) {
	if ch.Op != "replace" || !ch.Text || max(uniseg.StringWidth(x), uniseg.StringWidth(y)) > half || min(len(ch.A), len(ch.B)) < caretLeast {
		return "", ""
	}
	mx, my := Marks(orNone(ch.A), orNone(ch.B))
	trim := func(s string) string { return strings.TrimRight(s, " ") }
	return trim("       " + caretsBelow(orNone(ch.A), mx)), trim("  " + caretsBelow(orNone(ch.B), my))
}

// halves writes two texts beside each other, in as many lines as they need.
func (t *textWriter) halves(half int, x, sign, y string) {
	var ca, cb tint
	if strings.Contains("≠!<>", sign) {
		ca, cb = tintA, tintB
	}
	for first := true; first || x != "" || y != ""; first = false {
		var l, r string
		l, x = cut(x, half)
		r, y = cut(y, half)
		if !first {
			sign = " "
		}
		gap := strings.Repeat(" ", half-uniseg.StringWidth(l)) + " "
		switch r = strings.TrimRight(r, " "); {
		case r == "" && sign == " ":
			t.line(t.paint(ca, strings.TrimRight(l, " ")))
		case r == "":
			t.line(t.paint(ca, l), gap, t.paint(tintOf(sign), sign))
		default:
			t.line(t.paint(ca, l), gap, t.paint(tintOf(sign), sign), " ", t.paint(cb, r))
		}
		if x != "" {
			x = "         " + x
		}
		if y != "" {
			y = "    " + y
		}
	}
}

// cut divides a text behind as many cells as there is room for, at a blank or
// behind a backslash where there is one in the second half of them.
func cut(s string, cells int) (head, rest string) {
	at, n, state := 0, 0, -1
	good := 0
	for rest = s; rest != ""; {
		var c string
		var w int
		c, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if n+w > cells {
			if c == " " || good == 0 {
				good = at
			}
			return strings.TrimRight(s[:good], " "), strings.TrimLeft(s[good:], " ")
		}
		at, n = at+len(c), n+w
		if (c == " " || c == `\`) && n > cells/2 {
			good = at
		}
	}
	return s, ""
}
