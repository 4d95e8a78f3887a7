package state

import "slices"

// undoKind says what a step has changed.
type undoKind uint8

const (
	undoMasks undoKind = iota
	undoAnchors
	undoFilter
)

// undoStep is what a change can be taken back with; what the masks were before
// is kept with them.
type undoStep struct {
	what    undoKind
	anchors [][2]uint32
	filter  string
}

// undoMost bounds how many steps are kept.
const undoMost = 1000

func (s *State) remember(u undoStep) {
	s.undone = append(s.undone, u)
	s.undone = s.undone[max(0, len(s.undone)-undoMost):]
}

// forgetSteps forgets all steps of a kind.
func (s *State) forgetSteps(what undoKind) {
	s.undone = slices.DeleteFunc(s.undone, func(u undoStep) bool { return u.what == what })
}

// undo takes back the last change of masks, pairs or filter.
func (s *State) undo() {
	n := len(s.undone)
	if n == 0 {
		s.note = "nothing to take back"
		return
	}
	u := s.undone[n-1]
	s.undone = s.undone[:n-1]
	switch u.what {
	case undoMasks:
		s.undoMask()
	case undoAnchors:
		s.cmp.anchors, s.cmp.back = u.anchors, s.selectedOps()
		s.again()
		s.note = "pairs: as before"
	case undoFilter:
		if err := s.SetFilter(u.filter); err != nil {
			s.note = safe(err.Error())
			return
		}
		s.undone = s.undone[:min(n-1, len(s.undone))] // without the step of taking it back
		s.note = "filter: as before"
	}
}

// undoLastMask takes back the last change of masks, whatever came after it.
func (s *State) undoLastMask() {
	for i := len(s.undone) - 1; i >= 0; i-- {
		if s.undone[i].what == undoMasks {
			s.undone = slices.Delete(s.undone, i, i+1)
			break
		}
	}
	s.undoMask()
}
