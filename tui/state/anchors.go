package state

import (
	"fmt"
	"slices"
)

// anchor makes the operations under the cursor a pair, whatever the comparison
// says, and compares anew.
func (s *State) anchor() {
	ops := s.selectedOps()
	switch {
	case s.cmp.result == nil:
		s.note = "not compared yet"
		return
	case ops[0] == 0 || ops[1] == 0:
		s.note = "one side has no operation here: d f j k move one side alone"
		return
	}
	s.remember(undoStep{what: undoAnchors, anchors: slices.Clone(s.cmp.anchors)})
	s.cmp.anchors = slices.DeleteFunc(s.cmp.anchors, func(x [2]uint32) bool { return x[0] == ops[0] || x[1] == ops[1] })
	s.cmp.anchors = append(s.cmp.anchors, ops)
	s.cmp.back = ops
	s.note = fmt.Sprintf("A%d and B%d are a pair (P drops all)", ops[0], ops[1])
	s.again()
}

func (s *State) dropAnchors() {
	if len(s.cmp.anchors) == 0 {
		s.note = "no pair was made by hand"
		return
	}
	s.remember(undoStep{what: undoAnchors, anchors: s.cmp.anchors})
	s.cmp.anchors = nil
	s.cmp.back = s.selectedOps()
	s.note = "pairs made by hand: dropped"
	s.again()
}

// again compares anew, with the cursor where it is.
func (s *State) again() {
	s.moved, s.cmp.bare = true, nil
	if !s.loading() {
		s.compare()
	}
}

// exchange makes A B, and B A.
func (s *State) exchange() {
	ops := s.selectedOps()
	turn := func(x *[2]uint32) { x[0], x[1] = x[1], x[0] }
	turn(&ops)
	for i := range s.cmp.anchors {
		turn(&s.cmp.anchors[i])
	}
	s.forgetSteps(undoAnchors) // they are of the other order
	for k, x := range s.marks {
		turn(&x)
		s.marks[k] = x
	}
	s.sides = []*side{s.sides[1], s.sides[0]} // others read the old ones
	s.forgetRows()
	s.cmp.back = ops
	s.rebuild()
	s.note = "A is now " + baseName(s.sides[0].Name)
	s.again()
}
