package state

import (
	"fmt"
	"strings"
	"sync/atomic"
)

// finding is a search for rows that leaves the others in their place.
type finding struct {
	filter Filter
	open   bool // n and N go to matches
	job    *hunt
	found  bool // the cursor stands on a match
}

// hunt looks for the next match on a goroutine.
type hunt struct{ stop atomic.Bool }

// askFind asks what to look for.
func (s *State) askFind() Request {
	return s.ask(Prompt{Label: "find", Text: s.find.filter.Text, Accept: s.Find, Complete: s.completeFilter, Key: s.filterKey, Filter: true})
}

// Find goes to the next row that matches, from the one under the cursor on.
func (s *State) Find(text string) error {
	f, err := ParseFilter(text)
	if err != nil {
		return err
	}
	s.find.filter, s.find.open = f, !f.Empty()
	if s.find.open {
		s.hunt(1, true)
	}
	return nil
}

// endFind gives n and N back what they do elsewhere.
func (s *State) endFind() {
	if s.find.job != nil {
		s.find.job.stop.Store(true)
	}
	s.find.open, s.find.job = false, nil
}

// hunt goes to the next match in a direction, round the end of the list. With
// here the present row counts too.
func (s *State) hunt(step int, here bool) {
	if s.find.filter.Empty() {
		s.note = "nothing to find yet: Ctrl-F asks"
		return
	}
	s.find.open = true
	if s.find.job != nil {
		s.find.job.stop.Store(true)
	}
	h := &hunt{}
	s.find.job, s.find.found = h, false
	from, _ := s.currentRow()
	count := s.rowCount()
	w := s.newWalk(s.find.filter)
	s.run(func() func() {
		row, ok := h.look(w, from, count, step, here)
		return func() { s.hunted(h, row, ok, from, step) }
	})
}

// look gives the first matching row behind from, round the end.
func (h *hunt) look(w *walk, from uint32, count, step int, here bool) (uint32, bool) {
	first := step
	if here {
		first = 0
	}
	for i := range count {
		if i%256 == 0 && h.stop.Load() {
			return 0, false
		}
		at := (int(from) + first + i*step) % count
		if at < 0 {
			at += count
		}
		if ops, p, ok := w.row(uint32(at)); ok && w.matcher.match(ops, p) {
			return uint32(at), true
		}
	}
	return 0, false
}

func (s *State) hunted(h *hunt, row uint32, ok bool, from uint32, step int) {
	if s.find.job != h {
		return
	}
	s.find.job, s.find.found = nil, ok
	if !ok {
		s.note = "not found: " + safe(s.find.filter.Text)
		return
	}
	s.note = ""
	s.visit(row)
	if s.note == "" && (step > 0 && row < from || step < 0 && row > from) {
		s.note = "found round the end of the list"
	}
}

// findText is what the state line says of the search.
func (s *State) findText() string {
	if !s.find.open {
		return ""
	}
	text := "find: " + safe(s.find.filter.Text)
	if s.find.job != nil {
		text += " (looking...)"
	}
	return text + " (n N, Esc ends)"
}

// goToOp goes to the row of an operation: 14, or A14 and B14 where there are
// two captures.
func (s *State) goToOp(text string) error {
	k := 0
	digits := strings.TrimLeft(text, " ")
	if s.diffing() && len(digits) > 0 {
		switch digits[0] {
		case 'a', 'A':
			digits = digits[1:]
		case 'b', 'B':
			k, digits = 1, digits[1:]
		}
	}
	var num int
	if _, err := fmt.Sscanf(digits, "%d", &num); err != nil || num < 1 {
		return fmt.Errorf("%q is no operation's number", text)
	}
	num = min(num, s.sides[k].Trace.Len())
	if num > 0 {
		s.visit(s.rowOfOp(k, uint32(num)))
	}
	return nil
}

// goToFrame goes to the operation of the first message at or behind a frame.
func (s *State) goToFrame(k int, frame uint32) error {
	num := s.sides[k].Trace.FrameOp(frame)
	if num == 0 {
		return fmt.Errorf("no message at or behind frame %d", frame)
	}
	s.visit(s.rowOfOp(k, num))
	return nil
}

// rowOfOp gives the row of operation num of side k.
func (s *State) rowOfOp(k int, num uint32) uint32 {
	if r := s.cmp.result; r != nil && int(num) <= len(r.rowOf[k]) {
		return r.rowOf[k][num-1]
	}
	return num - 1
}

// setMark remembers the row under the cursor by a letter.
func (s *State) setMark(letter string) error {
	row, ok := s.currentRow()
	if len(letter) != 1 || !ok {
		return fmt.Errorf("a mark is one letter")
	}
	ops, _ := s.rowOps(row)
	if s.marks == nil {
		s.marks = make(map[string][2]uint32)
	}
	s.marks[letter] = ops
	s.note = "mark " + safe(letter) + " set"
	return nil
}

// goToMark goes back to a mark.
func (s *State) goToMark(letter string) error {
	ops, ok := s.marks[letter]
	if !ok {
		return fmt.Errorf("no mark %q", letter)
	}
	for k, num := range ops {
		if num > 0 && k < len(s.sides) {
			s.visit(s.rowOfOp(k, num))
			return nil
		}
	}
	return nil
}
