package diff

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"

	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
)

// maxFields bounds the fields listed of one row, unless all is asked for.
const maxFields = 24

// WriteText writes the comparison for people: the two captures, the verdict,
// the suspicion, then the rows that differ, field by field.
func (r *Result) WriteText(out io.Writer) error {
	w := bufio.NewWriter(out)
	t := textWriter{Writer: w, r: r}
	if r.options.ASCII {
		t.signs = plainSigns()
	}
	t.side("---", &r.A)
	t.side("+++", &r.B)
	t.verdict()
	if !r.options.Brief {
		t.c = r.Comparer()
		if r.options.SideBySide {
			t.beside()
		} else {
			t.rows()
		}
		t.rest()
	}
	return w.Flush()
}

type textWriter struct {
	*bufio.Writer
	r     *Result
	c     *Comparer
	signs *strings.Replacer // nil: as they are
}

func (t *textWriter) line(parts ...string) {
	for _, p := range parts {
		if t.signs != nil {
			p = t.signs.Replace(p)
		}
		t.WriteString(p)
	}
	t.WriteByte('\n')
}

func (t *textWriter) side(mark string, s *Side) {
	line := mark + " " + field.Safe(s.File) + "   " + number(s.Operations, "op")
	if s.Dialect != "" {
		line += ", SMB " + s.Dialect
		if s.Cipher != "" {
			line += " " + s.Cipher
		}
	}
	if s.Sealed > 0 {
		line += ", " + strconv.Itoa(s.Opened) + "/" + strconv.Itoa(s.Sealed) + " sealed messages open"
	}
	t.folded(map[string]tint{"---": tintA, "+++": tintB}[mark], line)
}

func (t *textWriter) verdict() {
	r := t.r
	f := r.First
	if f == nil {
		t.fold("verdict: " + r.Sentence())
		return
	}
	lead := "verdict: "
	if n := r.unreadBefore(); n > 0 {
		lead += "incomplete: " + number(n, "row") + " before it not compared; "
	}
	t.folded(tintRow, lead+"differ at "+f.Text)
	line := "suspect: " + f.suspicion()
	for i := range r.Causes {
		if i == 0 {
			line += "; related: "
		} else {
			line += ", "
		}
		line += r.causeText(&r.Causes[i])
		if i == 1 {
			break
		}
	}
	t.fold(line)
	if r.FirstAny != f.Row {
		t.line("first difference: op ", r.opOf(r.FirstAny))
	}
	if s := r.follows(); s != "" {
		t.fold("follows: " + s)
	}
}

// causeText gives a cause in a few words.
func (r *Result) causeText(c *Cause) string {
	row := &r.Rows[c.Row]
	a, b := r.pairOps(row)
	o := &a
	if row.A == 0 {
		o = &b
	}
	part, _, _ := strings.Cut(c.Path, "/")
	s := "op " + r.opOf(c.Row) + " " + o.CommandName() + " " + part
	x, y := flagDelta(c.A, c.B)
	if strings.HasPrefix(x, "{") {
		switch {
		case y == "{}":
			return s + " lacks " + strings.Trim(x, "{}") + " in B"
		case x == "{}":
			return s + " lacks " + strings.Trim(y, "{}") + " in A"
		}
	}
	return s + " " + c.Field + " " + shorten(orNone(x)) + " vs " + shorten(orNone(y))
}

func shorten(s string) string {
	r := []rune(s)
	if len(r) > 100 {
		return string(r[:99]) + "…"
	}
	return s
}

// rows writes the rows that are to be listed, with equal ones around them.
func (t *textWriter) rows() {
	t.each(t.row, t.brief)
}

// each writes rows, and a mark where some are left out between them.
func (t *textWriter) each(full, brief func(*Row)) {
	begun, gap := false, false
	t.r.listing(func(what listKind, i int) {
		if what == listedGap {
			gap = begun && t.r.options.Context > 0
			return
		}
		if gap {
			t.line("...")
		}
		begun, gap = true, false
		if what == listedFull {
			full(&t.r.Rows[i])
		} else {
			brief(&t.r.Rows[i])
		}
	})
}

func mark(row *Row) string {
	switch row.Grade {
	case Masked:
		return "~"
	case Differs:
		return "≠"
	case Outcome:
		return "!"
	case OnlyA:
		return "<"
	case OnlyB:
		return ">"
	case Unread:
		return "#"
	}
	if row.Moved {
		return "⇄"
	}
	return "="
}

// brief writes a row on one line.
func (t *textWriter) brief(row *Row) {
	o := t.op(row)
	t.line(" ", t.paint(tintOf(mark(row)), mark(row)), " op ", opNumber(row.A), " / ", opNumber(row.B), "  ", t.r.title(row), "  ", string(o.AppendResult(nil)))
}

func (t *textWriter) op(row *Row) op.Op {
	a, b := t.r.pairOps(row)
	if row.A == 0 {
		return b
	}
	return a
}

// row writes a row with its fields.
func (t *textWriter) row(row *Row) {
	o := t.op(row)
	a, b := t.r.pairOps(row)
	line := "@@ op " + opNumber(row.A) + " / " + opNumber(row.B) + "  " + t.r.title(row) + "  frames " + frames(&a) + " / " + frames(&b)
	if row.Moved {
		line += "  moved"
	}
	t.line(t.paint(tintRow, line+" @@"))
	if row.A == 0 || row.B == 0 {
		t.line(t.paint(tintOf(mark(row)), alone(row)+string(o.AppendResult(nil))), lonely(row, t.c))
		return
	}
	part, n, more := -1, 0, 0
	for _, ch := range t.c.Compare(*row) {
		if ch.Masked != "" && !t.r.options.ShowMasked {
			continue
		}
		if n++; n > maxFields && t.r.options.Context >= 0 {
			more++
			continue
		}
		if ch.Part != part {
			part = ch.Part
			t.line("   ", partNames[part])
		}
		t.change(&ch)
	}
	if more > 0 {
		t.line("     ... ", number(more, "more field"))
	}
}

// alone says on which side an operation has no partner.
func alone(row *Row) string {
	sign, side := mark(row), "A"
	if row.A == 0 {
		side = "B"
	}
	return sign + "    only in " + side + ": "
}

// lonely names the rule that hides an operation without a partner.
func lonely(row *Row, c *Comparer) string {
	if row.Grade == Masked {
		for _, ch := range c.Compare(*row) {
			return "  (masked: " + ch.Masked + ")"
		}
	}
	return ""
}

func frames(o *op.Op) string {
	if o.Num == 0 {
		return "-"
	}
	return string(o.AppendFrames(nil))
}

// sign gives the mark of a change.
func (t *textWriter) sign(ch *Change) string {
	switch {
	case ch.Masked != "":
		return "~"
	case t.c.reason(ch) != "field":
		return "!"
	case ch.Op == "remove":
		return "<"
	case ch.Op == "add":
		return ">"
	}
	return "≠"
}

func (t *textWriter) change(ch *Change) {
	sign := t.sign(ch)
	_, path, _ := strings.Cut(ch.Path, "/")
	if path == "" {
		path = ch.Name
	}
	line := sign + "    " + field.Safe(path)
	for k := len([]rune(line)); k < 40; k++ {
		line += " "
	}
	x, y := flagDelta(ch.A, ch.B)
	if strings.HasPrefix(x, "{") { // names that only one side has, then the whole
		x, y = ch.A, ch.B
	}
	x, y = shorten(orNone(x)), shorten(orNone(y))
	under := ""
	if ch.Op == "replace" && ch.Text {
		under = carets(line+" - ", x, " + ", y)
	}
	c, ca, cb := tintOf(sign), tintA, tintB
	if ch.Masked != "" {
		ca, cb = tintDim, tintDim
	}
	line = t.paint(c, sign) + line[len(sign):]
	if ch.Op != "add" {
		line += t.paint(ca, " - "+x)
	}
	if ch.Op != "remove" {
		line += t.paint(cb, " + "+y)
	}
	if ch.Masked != "" {
		line += "  (masked: " + field.Safe(ch.Masked) + ")"
	}
	t.line(line)
	if under != "" {
		t.line(under)
	}
}

// caretLeast is how long texts must be for carets to help.
const caretLeast = 6

// carets gives a line that marks what differs in x and y, where they stand in
// one line behind two other texts.
func carets(before, x, between, y string) string {
	if min(len(x), len(y)) < caretLeast {
		return ""
	}
	mx, my := Marks(x, y)
	if mx == nil && my == nil {
		return ""
	}
	under := strings.Repeat(" ", uniseg.StringWidth(before)) + caretsBelow(x, mx) + strings.Repeat(" ", uniseg.StringWidth(between)) + caretsBelow(y, my)
	return strings.TrimRight(under, " ")
}

func caretsBelow(s string, marks []Span) string {
	var out strings.Builder
	at := 0
	for _, m := range marks {
		out.WriteString(strings.Repeat(" ", uniseg.StringWidth(s[at:m.From])))
		out.WriteString(strings.Repeat("^", uniseg.StringWidth(s[m.From:m.To])))
		at = m.To
	}
	out.WriteString(strings.Repeat(" ", uniseg.StringWidth(s[at:])))
	return out.String()
}

// rest sums up what was not listed.
func (t *textWriter) rest() {
	r := t.r
	n := r.Differ()
	if r.Left > 0 {
		t.line(number(r.Left, "row"), " left out")
	}
	if r.Unlisted > 0 {
		t.line("... ", number(r.Unlisted, "more row"), verb(r.Unlisted))
	}
	t.fold(number(n, "row") + verb(n) + "; " + strconv.Itoa(r.Counts[Masked]) + verb(r.Counts[Masked]) + " only in masked fields (mask: " +
		field.Safe(r.Mask) + "); " + strconv.Itoa(r.Unread) + " not compared")
}

func verb(n int) string {
	if n == 1 {
		return " differs"
	}
	return " differ"
}
