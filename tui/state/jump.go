package state

import (
	"slices"
	"strconv"
	"strings"
)

// divergence goes to the first divergence; from there to what may explain it,
// most likely first, and back.
func (s *State) divergence() {
	r := s.cmp.result
	if r == nil {
		s.note = "not compared yet"
		return
	}
	if r.first < 0 {
		s.note = "no divergence"
		return
	}
	stops := []int{r.first}
	for i := range r.causes {
		if row := r.causes[i].Row; !slices.Contains(stops, row) {
			stops = append(stops, row)
		}
	}
	row, _ := s.currentRow()
	at := slices.Index(stops, int(row))
	next := stops[(at+1)%len(stops)]
	s.note = ""
	s.visit(uint32(next))
	switch {
	case s.note != "":
	case at+1 < len(stops) && at >= 0:
		s.note = "may explain it: " + safe(r.causes[s.causeOf(next)].Why)
	case at > 0:
		s.note = "back at the divergence"
	}
}

// follow goes to the row of the cause under the details cursor; it reports
// whether there is one.
func (s *State) follow() bool {
	i := -1
	if key, ok := strings.CutPrefix(s.detail.key(), whyKey); ok {
		if n, err := strconv.Atoi(key); err == nil {
			i = n
		}
	}
	r := s.cmp.result
	if r == nil || i < 0 || i >= len(r.causes) {
		return false
	}
	s.visit(uint32(r.causes[i].Row))
	return true
}

// causeOf gives the cause that a row is listed for.
func (s *State) causeOf(row int) int {
	for i := range s.cmp.result.causes {
		if s.cmp.result.causes[i].Row == row {
			return i
		}
	}
	return 0
}

// nextField goes to the next or previous field that differs, in this row or
// else in the next one that does.
func (s *State) nextField(step int) {
	s.look()
	d := &s.detail
	for i := d.cur + step; i >= 0 && i < len(d.lines); i += step {
		it := &d.items[d.lines[i].item]
		if it.grade > masked && it.kind != heading && !d.lines[i].second && (it.end == d.lines[i].item+1 || !d.open(it)) {
			d.cur = i
			d.clamp()
			return
		}
	}
	a := NextDiff
	if step < 0 {
		a = PrevDiff
	}
	s.jump(a)
	if s.note == "" {
		s.look()
		if step < 0 {
			d.cur = len(d.lines)
			s.lastField()
		}
	}
}

// lastField goes to the last field of the row that differs.
func (s *State) lastField() {
	d := &s.detail
	for i := len(d.lines) - 1; i >= 0; i-- {
		if it := &d.items[d.lines[i].item]; it.grade > masked && it.kind != heading && it.end == d.lines[i].item+1 && !d.lines[i].second {
			d.cur = i
			break
		}
	}
	d.clamp()
}

// otherRow goes to the next or previous row from any pane.
func (s *State) otherRow(step int) { s.moveTo(max(0, s.rows.cur+step)) }

// resize gives the list a tenth of the screen more, or less.
func (s *State) resize(step int) {
	s.setList(s.layout(s.height).list + step*max(1, s.height/10))
	if s.preset == "smbcmp" && !s.hinted {
		s.hinted, s.note = true, "PgUp and PgDn move the split, as in smbcmp; Space and Ctrl-B page"
	}
}

// setList gives the list that many lines, as far as the screen allows.
func (s *State) setList(lines int) {
	s.zoomed, s.split = false, 0
	own := s.layout(s.height).list
	s.split = max(1, min(lines, s.height-7)) - own
}
