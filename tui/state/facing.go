package state

// facingFrom is the width from which a response stands beside its request.
const facingFrom = 100

// face changes whether it does.
func (s *State) face(on bool) {
	s.facing = on
	switch {
	case !on:
		s.note = "the response stands below the request"
	case s.width < facingFrom:
		s.note = "the response stands beside the request where there are 100 columns"
	case s.hexBeside(s.width) > 0:
		s.note = "the bytes stand there; H takes them away"
	default:
		s.note = "the response stands beside the request; v puts it below"
	}
}

// facingAt gives the line of the details with which what stands to the right
// begins; 0 where nothing does.
func (s *State) facingAt(w int) int {
	if s.diffing() || !s.facing || w < facingFrom || s.hexBeside(w) > 0 {
		return 0
	}
	d := &s.detail
	for i := 1; i < len(d.lines); i++ {
		if it := &d.items[d.lines[i].item]; it.kind == heading && it.name == "" && it.part > 0 {
			return i
		}
	}
	return 0
}

// half gives the lines of one side: those from from to end, of which the first
// shown is tops[k] behind from.
func (d *detail) half(k, at int) (from, end int) {
	from, end = 0, at
	if k == 1 {
		from, end = at, len(d.lines)
	}
	h, top := max(1, d.height), d.tops[k]
	if d.cur >= from && d.cur < end {
		top = max(min(top, d.cur-from), d.cur-from-h+1)
	}
	d.tops[k] = max(0, min(top, end-from-h))
	return from, end
}

// facingLines gives h lines of the details with the response beside the request.
func (s *State) facingLines(w, h, at int) []Line {
	d := &s.detail
	wide := (w - 3) / 2
	out := make([]Line, h)
	for k := range d.tops {
		from, end := d.half(k, at)
		cells := wide
		if k == 1 {
			cells = w - 3 - wide
		}
		for y := range out {
			l := Line{}.fit(cells, Plain)
			if i := from + d.tops[k] + y; i < end {
				if l = s.detailLine(i, cells); i == d.cur {
					l = s.mark(l, s.inDetails)
				}
			}
			if k == 1 {
				out[y] = append(out[y], Span{" │ ", Dim})
			}
			out[y] = append(out[y], l...)
		}
	}
	return out
}

// facingLine gives the line of the details at a place of the pane, -1 for none.
func (s *State) facingLine(x, y, at int) int {
	k := 0
	if x > (s.width-3)/2 {
		k = 1
	}
	from, end := s.detail.half(k, at)
	if i := from + s.detail.tops[k] + y; i < end {
		return i
	}
	return -1
}
