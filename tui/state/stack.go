package state

// stackedLine gives a line of the details where the values of B stand below
// those of A: a line each where they differ, one for both elsewhere.
func (s *State) stackedLine(it *item, l shown, label string, style Style, w int) Line {
	n := min(max(26, w/3), 44)
	k := 0
	if l.second || it.nodes[0] < 0 && it.kind != remark {
		k = 1
	}
	texts, styles := s.values(it)
	text, valueStyle := texts[k], styles[k]
	two := it.two(l.item)
	switch {
	case it.grade == equal || it.grade == masked && !two:
		style, valueStyle = Dim, Dim
	case it.kind == remark && it.texts[k] == "", it.kind != remark && it.nodes[k] < 0:
		text, valueStyle = "-", Dim
	case valueStyle == Plain && it.kind != heading:
		valueStyle = [...]Style{SideA, SideB}[k]
	}
	if l.second {
		label = ""
	}
	mark := it.grade.mark()
	if two && !l.second {
		mark = Span{"A", SideA}
	} else if two {
		mark = Span{"B", SideB}
	}
	value := Line{{text, valueStyle}}
	if two && it.changed() {
		a, b := s.markChanged(it, texts, [2]Style{valueStyle, valueStyle})
		value = [...]Line{a, b}[k]
	}
	return append(Line{{fit(label, n) + " ", style}, mark, {" ", valueStyle}}, value...).fit(w, Plain)
}

// widenMost bounds how far the column of results is changed.
const widenMost = 40

// widen makes the column of results wider or narrower.
func (s *State) widen(more bool) {
	step := -2
	if more {
		step = 2
	}
	s.wide = max(-widenMost, min(widenMost, s.wide+step))
}
