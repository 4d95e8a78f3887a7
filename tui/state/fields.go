package state

import (
	"fmt"
	"strings"

	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
)

// showMost bounds how many bytes of a value are put on a line.
const showMost = 2048

// value gives what side k shows for an item, and its style.
func (s *State) value(it *item, k int) (string, Style) {
	if it.kind == remark {
		return it.texts[k], Bad
	}
	if it.nodes[k] < 0 || it.name != "" {
		return "", Dim
	}
	r := s.sides[k].readers[it.part]
	if it.kind == heading {
		return messageText(&r.Message), Dim
	}
	i := int(it.nodes[k])
	if i >= len(r.Tree.Nodes) {
		return "", Dim
	}
	n := &r.Tree.Nodes[i]
	if it.kind == bit {
		b := &n.Def.Bits[it.bit]
		style := Plain
		if n.Val&b.Mask == 0 {
			style = Dim
		}
		return string(field.AppendBit(nil, b, n.Val)), style
	}
	text := r.Tree.AppendShow(nil, i)
	if len(text) > showMost {
		text = text[:showMost]
	}
	switch n.Def.Kind {
	case field.Note:
		return safe(string(text)), Bad
	case field.Status:
		return shortStatus(safe(string(text))) + fmt.Sprintf("  0x%08x", n.Val), statusStyle(n.Val)
	case field.Struct:
		return s.summary(it, k), Dim
	}
	return safe(string(text)), Plain
}

// summary says in a few words what a folded structure holds.
func (s *State) summary(it *item, k int) string {
	t := &s.sides[k].readers[it.part].Tree
	n := &t.Nodes[it.nodes[k]]
	if !isHeader(n.Def.Name) {
		return ""
	}
	var out []string
	for _, name := range []string{"smb2.cmd", "smb.cmd", "smb2.nt_status", "smb.nt_status"} {
		if i := t.Find(name, int(it.nodes[k])); i >= 0 && i < int(n.End) {
			out = append(out, shortStatus(safe(t.Show(i))))
		}
	}
	return strings.Join(out, "  ")
}

// label gives what a line calls its item.
func (s *State) label(it *item) string {
	if it.kind == heading && it.name != "" {
		return it.name
	}
	if it.kind == heading {
		return partNames[it.part]
	}
	if it.kind == remark {
		return remarkLabel(it.name)
	}
	d := s.def(it)
	if d == nil {
		return ""
	}
	if it.kind == bit {
		return d.Bits[it.bit].Label
	}
	return d.Label
}

func remarkLabel(name string) string {
	switch name {
	case problemName:
		return "Problem"
	case "smbdiff.answer":
		return "Answer"
	case "smbdiff.interim":
		return "Interim response"
	case "smbdiff.signature":
		return "Signature"
	}
	return name
}

// def gives the definition of an item's field.
func (s *State) def(it *item) *field.Def {
	if it.kind == heading || it.kind == remark {
		return nil
	}
	for k := range s.sides {
		t := &s.sides[k].readers[it.part].Tree
		if i := it.nodes[k]; i >= 0 && int(i) < len(t.Nodes) {
			return t.Nodes[i].Def
		}
	}
	return nil
}

// fieldName gives the filter name of the field under the details cursor.
func (s *State) fieldName() string {
	d := &s.detail
	if d.cur >= len(d.lines) || d.lines[d.cur].run > 0 {
		return ""
	}
	return s.itemName(&d.items[d.lines[d.cur].item])
}

// itemName gives the filter name of an item's field, "" where it has none.
func (s *State) itemName(it *item) string {
	def := s.def(it)
	switch {
	case it.kind == remark:
		return it.name
	case def == nil:
		return ""
	case it.kind == bit:
		return def.Bits[it.bit].Name
	}
	return def.Name
}

// detailLine gives line i of the details, w cells wide.
func (s *State) detailLine(i, w int) Line {
	d := &s.detail
	if i >= len(d.lines) {
		return Line{}.fit(w, Plain)
	}
	l := d.lines[i]
	it := &d.items[l.item]
	indent := strings.Repeat("  ", int(it.depth))
	if l.run > 0 {
		return Line{{" " + indent + "▸ " + d.runText(l), Dim}}.fit(w, Dim)
	}
	sign := "  "
	if it.end > l.item+1 {
		sign = "▸ "
		if d.open(it) {
			sign = "▾ "
		}
	}
	label := " " + indent + sign + s.label(it)
	style := Plain
	if it.kind == heading {
		style = Title
	}
	if !d.side {
		text, valueStyle := s.value(it, 0)
		if it.end > l.item+1 && it.kind == node && d.open(it) && valueStyle == Dim {
			text = ""
		}
		n := min(max(30, w/3), w/2)
		return Line{{fit(label, n) + " ", style}, {text, valueStyle}}.fit(w, Plain)
	}
	if it.kind == heading && it.name != "" {
		return Line{{label, Title}}.fit(w, Plain)
	}
	if d.stack {
		return s.stackedLine(it, l, label, style, w)
	}
	n := min(max(26, w/4), 44)
	each := (w - n - 1 - 3) / 2
	mark := it.grade.mark()
	if it.grade == equal || it.grade == masked {
		style = Dim
	}
	text, styles := s.values(it)
	for k := range text {
		switch {
		case it.kind == remark && it.texts[k] == "", it.kind != remark && it.nodes[k] < 0:
			text[k], styles[k] = "-", Dim
		case it.grade == equal || it.grade == masked:
			styles[k] = Dim
		case styles[k] == Plain && it.kind != heading:
			styles[k] = [...]Style{SideA, SideB}[k]
		}
	}
	text[0], text[1] = both(text[0], text[1], each)
	text[0], text[1] = cut(text[0], each), cut(text[1], each)
	a, b := Line{{text[0], styles[0]}}, Line{{text[1], styles[1]}}
	if it.changed() {
		a, b = s.markChanged(it, text, styles)
	}
	out := append(Line{{fit(label, n) + " ", style}}, a.fit(each+1, styles[0])...)
	out = append(out, mark, Span{" ", styles[1]})
	return append(out, b...).fit(w, Plain)
}

// runText says what a run of fields without a difference holds.
func (d *detail) runText(l shown) string {
	var n [2]int
	for k := l.item; k < l.run; k = d.items[k].end {
		if d.items[k].grade == masked {
			n[1]++
		} else {
			n[0]++
		}
	}
	switch {
	case n[1] == 0:
		return plural(n[0], "equal field")
	case n[0] == 0:
		return plural(n[1], "masked field")
	}
	return fmt.Sprintf("%d equal, %d masked fields", n[0], n[1])
}

// both shortens two values to w cells; where both start alike for longer than
// that, the place where they part is kept in sight.
func both(a, b string, w int) (string, string) {
	if a == b || w < 12 || Width(a) <= w && Width(b) <= w {
		return a, b
	}
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] && a[n] < 0x80 {
		n++
	}
	if n < w-6 {
		return a, b
	}
	n -= w / 3
	tail := func(s string) string {
		for n < len(s) && n > 0 && s[n] >= 0x80 && s[n] < 0xc0 {
			n--
		}
		return "…" + s[n:]
	}
	return tail(a), tail(b)
}

// detailRule is the line above the details: which operation, which field.
func (s *State) detailRule(w int) Line {
	d := &s.detail
	var left Line
	styles := [...]Style{SideA, SideB}
	var rows [2]string
	for k, side := range s.sides {
		if o, ok := side.Trace.Op(d.ops[k]); ok {
			rows[k] = fmt.Sprintf("op %d  %s  %s", o.Num, o.CommandName(), objectText(&o, side.Trace.Name))
		}
	}
	switch {
	case !d.side:
		left = Line{{rows[0], Title}}
	case rows[0] == rows[1]:
		left = Line{{rows[0], Title}}
	default:
		for k, r := range rows {
			if r != "" {
				left = append(left, Span{[...]string{"A ", "B "}[k] + cut(r, (w-20)/2) + "  ", styles[k]})
			}
		}
	}
	name := s.fieldName()
	if name != "" && left.width()+len(name)+12 > w {
		left = left.fit(max(10, w-len(name)-12), Dim)
	}
	style := Dim
	if s.inDetails {
		style = Title
	}
	var right Line
	if text := d.gradeText(); text != "" && left.width()+Width(text)+len(name)+16 < w {
		right = Line{{text + "  ", Plain}}
	}
	if name != "" {
		right = append(right, Span{name, style})
	}
	return rule(left, right, w)
}

// gradeText says how the fields of the messages compare: "response: 1 differs, 3
// only in A".
func (d *detail) gradeText() string {
	if !d.side || d.ops[0] == 0 || d.ops[1] == 0 {
		return ""
	}
	var counts [parts][grades]int
	for i := range d.items {
		it := &d.items[i]
		leaf := it.flags || it.kind == node && it.end == int32(i)+1
		if leaf && !it.outer {
			counts[it.part][it.grade]++
		}
	}
	var out []string
	for part := range counts {
		c := &counts[part]
		var words []string
		for _, x := range []struct {
			n    int
			word string
		}{{c[masked], "masked"}, {c[differs] + c[outcome], "differ"}, {c[onlyA], "only in A"}, {c[onlyB], "only in B"}, {c[unread], "not compared"}} {
			if x.n == 1 && x.word == "differ" {
				x.word = "differs"
			}
			if x.n > 0 {
				words = append(words, fmt.Sprintf("%d %s", x.n, x.word))
			}
		}
		if len(words) > 0 {
			out = append(out, partNames[part]+": "+strings.Join(words, ", "))
		}
	}
	return strings.Join(out, "  ")
}

func objectText(o *op.Op, name func(uint32) string) string {
	return string(o.AppendObject(nil, name))
}
