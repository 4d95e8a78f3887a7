package state

import (
	"fmt"
	"strings"

	"smbdiff/dissect/op"
)

// Least size of the screen.
const (
	leastWidth  = 60
	leastHeight = 15
	leastList   = 5 // lines of the list
)

// twoLists is the width from which the diff view has two lists.
const twoLists = 100

// layout says where the panes stand: titles are line 0 and 1, then the list's
// heading, the list, the details' rule, the details, the key bar, the state.
type layout struct{ list, details int } // lines of each

func (s *State) layout(h int) layout {
	room := h - 6
	list := min(room*11/20, max(s.lines(), leastList)) // a short list leaves its room to the details
	switch {
	case s.zoomed && s.inDetails:
		list = 1
	case s.zoomed:
		list = room - 1
	default:
		list = max(1, min(list+s.split, room-1))
	}
	return layout{list, room - list}
}

// Lines gives the screen, h lines of w cells.
func (s *State) Lines(w, h int) []Line {
	s.width, s.height = w, h
	var out []Line
	if w < leastWidth || h < leastHeight {
		out = append(out, Line{{" make the window larger", Plain}}.fit(w, Plain))
		for len(out) < h {
			out = append(out, Line{}.fit(w, Plain))
		}
		return s.finish(out)
	}
	y := s.layout(h)
	hex, beside := 0, s.hexBeside(w)
	if s.hex && y.details > 3 && beside == 0 {
		hex = min(hexLines, y.details/2)
	}
	s.rows.height, s.detail.height = y.list, y.details-hex
	s.rows.clamp(s)
	s.look()
	s.detail.clamp()
	out = append(out, s.titleLine(w), s.verdictLine(w))
	out = append(out, s.listLines(w, y.list)...)
	out = append(out, s.detailRule(w))
	fieldsWide := w
	if beside > 0 {
		fieldsWide = w - beside - 3
	}
	var fields []Line
	for i := range y.details - hex {
		l := s.detailLine(s.detail.top+i, fieldsWide)
		if s.detail.top+i == s.detail.cur && len(s.detail.lines) > 0 {
			l = s.mark(l, s.inDetails)
		}
		fields = append(fields, l)
	}
	if at := s.facingAt(w); at > 0 {
		fields = s.facingLines(w, y.details-hex, at)
	}
	if beside > 0 {
		fields = s.beside(fields, beside)
	}
	out = append(out, fields...)
	if hex > 0 {
		out = append(out, s.hexRows(w, hex)...)
	}
	out = append(out, s.keymap.bar(s.barPlace(), w), s.stateLine(w))
	if f := s.front(); f != nil {
		s.overlay(f, out, w, h)
	}
	return s.finish(out)
}

// mark shows the cursor: the line inverse where the focus is, else a > alone.
func (s *State) mark(l Line, focus bool) Line {
	if len(l) > 0 && strings.HasPrefix(l[0].Text, " ") {
		l = append(Line{{">" + l[0].Text[1:], l[0].Style}}, l[1:]...)
	}
	if focus {
		return l.selected()
	}
	return l
}

func (s *State) finish(lines []Line) []Line {
	if s.cfg.ASCII {
		for i := range lines {
			lines[i] = lines[i].ascii()
		}
	}
	return lines
}

// listLines gives the heading of the list and its h lines.
func (s *State) listLines(w, h int) []Line {
	n := s.rowCount()
	numbers := digits(n, 4)
	var out []Line
	columns := singleColumns(w, n, s.wide, s.times)
	switch {
	case !s.diffing():
		out = append(out, columnTitles(columns).fit(w, Dim))
	default:
		out = append(out, s.diffRule(w))
	}
	count := s.lines()
	for i := s.rows.top; i < s.rows.top+h; i++ {
		e, ok := s.line(i)
		if !ok {
			l := Line{}
			if i == 0 {
				l = Line{{" " + s.emptyText(), Dim}}
			}
			out = append(out, l.fit(w, Plain))
			continue
		}
		var l Line
		switch {
		case e.fold > 0:
			l = foldLine(e.fold, w)
		case s.diffing():
			l = s.diffLine(e.row, w, numbers, i == s.rows.cur)
			out = append(out, l)
			continue
		default:
			d := s.sides[0]
			r, _ := d.Trace.Row(e.row + 1)
			o, _ := d.Trace.Op(e.row + 1)
			l = singleRow(&r, &o, s.timeText(&r, &o, e.row), columns).fit(w, Plain)
		}
		if i == s.rows.cur && count > 0 {
			l = s.mark(l, !s.inDetails)
		}
		out = append(out, l)
	}
	return out
}

func (s *State) emptyText() string {
	switch {
	case s.rows.job != nil:
		return "looking..."
	case s.loading():
		return "no operation yet"
	case !s.filter.Empty():
		return "no row matches the filter; Esc drops it"
	}
	return "no operation"
}

// diffRule is the heading of the lists: names, and how many rows of each mark.
func (s *State) diffRule(w int) Line {
	left := Line{{"A " + cut(baseName(s.sides[0].Name), w/4), SideA}}
	var counts Line
	if r := s.cmp.result; r != nil {
		counts = Line{{fmt.Sprintf(" %s: ", plural(len(r.Rows), "row")), Dim}}
		for g := equal; g < grades; g++ {
			if n := r.counts[g]; n > 0 {
				m := g.mark()
				counts = append(counts, Span{fmt.Sprint(n) + " ", Plain}, m, Span{"  ", Plain})
			}
		}
	}
	right := append(counts, Span{"B " + cut(baseName(s.sides[1].Name), w/4), SideB})
	return rule(left, right, w)
}

// sideRow reads an operation for the list.
func (s *State) sideRow(k int, num uint32) (*op.Row, *op.Op) {
	if num == 0 {
		return nil, nil
	}
	r, ok := s.sides[k].Trace.Row(num)
	if !ok {
		return nil, nil
	}
	o, _ := s.sides[k].Trace.Op(num)
	return &r, &o
}

// rowStyles gives the styles of both sides of a row.
func rowStyles(p pair) [2]Style {
	switch p.grade {
	case onlyA, onlyB, differs, outcome:
		return [2]Style{SideA, SideB}
	case masked, equal:
		return [2]Style{Plain, Plain}
	}
	return [2]Style{Plain, Plain}
}

func (s *State) diffLine(row uint32, w, numbers int, current bool) Line {
	ops, p := s.rowOps(row)
	var r [2]*op.Row
	var o [2]*op.Op
	for k := range ops {
		r[k], o[k] = s.sideRow(k, ops[k])
	}
	styles := rowStyles(p)
	focus := !s.inDetails
	marked := [2]bool{current, current && s.rows.other < 0 || s.rows.other == int64(row)}
	if w < twoLists || s.stacked {
		l := narrow(r, o, p.mark(), w, numbers, s.wide, styles)
		if marked[0] || marked[1] {
			l = s.mark(l, focus)
		}
		return l
	}
	each := (w - 4) / 2
	a := append(Line{{" ", Plain}}, half(r[0], o[0], each, numbers, s.wide, styles[0])...)
	b := half(r[1], o[1], w-each-4, numbers, s.wide, styles[1])
	if marked[0] {
		a = s.mark(a, focus)
	}
	if marked[1] && focus {
		b = b.selected()
	}
	gap := Span{" ", Plain}
	if marked[1] && s.rows.other >= 0 {
		gap = Span{">", Plain}
	}
	out := append(a, Span{" ", Plain}, p.mark(), gap)
	return append(out, b...).fit(w, Plain)
}
