package state

import (
	"fmt"
	"strings"
)

// openSecond compares with another capture: what was viewed alone becomes A,
// what was B goes away.
func (s *State) openSecond(name string) error {
	if name = strings.TrimSpace(name); name == "" {
		return fmt.Errorf("which capture? as in diff bad.pcapng")
	}
	if s.cfg.Open == nil {
		return fmt.Errorf("no other capture can be opened here")
	}
	from, err := s.cfg.Open(name)
	if err != nil {
		return err
	}
	if s.diffing() {
		s.sides[1].dropped.Store(true)
	}
	s.forgetRows()
	s.cmp.anchors, s.marks = nil, nil
	s.forgetSteps(undoAnchors)
	d := newSide(from)
	s.sides = append(s.sides[:1:1], d) // others read the old ones
	s.note = "comparing with " + baseName(name)
	s.stop.Store(false)
	s.read(d)
	s.rebuild()
	return nil
}

// forgetRows forgets all that is known of rows and of how the sides compare.
func (s *State) forgetRows() {
	if s.cmp.job != nil {
		s.cmp.job.stop.Store(true)
	}
	s.cmp.result, s.cmp.differ, s.cmp.job, s.cmp.bare = nil, nil, nil, nil
	s.stopHits()
	s.endFind()
	s.endSeen()
	s.detail.forget()
	s.rows.cancel()
	s.rows = listing{want: -1, other: -1, height: s.rows.height}
	s.moved = false
}

// firstRows gives the rows of the frames with which the program was called, once;
// none when the user has moved the cursor.
func (s *State) firstRows() (rows []uint32) {
	frames := s.cfg.Frames
	s.cfg.Frames = [2]uint32{}
	for k, frame := range frames {
		if s.moved || frame == 0 || k >= len(s.sides) {
			continue
		}
		num := s.sides[k].Trace.FrameOp(frame)
		if num == 0 {
			s.note = fmt.Sprintf("no message at or behind frame %d", frame)
			continue
		}
		rows = append(rows, s.rowOfOp(k, num))
	}
	return rows
}

// names gives the names of the captures in the order of the screen.
func (s *State) names() []string {
	var out []string
	for _, d := range s.sides {
		out = append(out, d.Name)
	}
	return out
}
