package state

import "slices"

// Do does one action. What only the screen can do is asked of it.
func (s *State) Do(a Action) Request {
	digits := s.digits
	s.note, s.digits = "", ""
	s.changed = true
	if f := s.front(); f != nil {
		return s.doWindow(f, a)
	}
	switch a {
	case Quit:
		return DoQuit
	case Redraw:
		return DoRedraw
	case Suspend:
		return DoSuspend
	case Help:
		s.open(&help{state: s, in: s.panes()})
	case Escape:
		s.escape()
	case ShowKeys:
		s.open(&keysWindow{state: s})
	case FindRow:
		return s.askFind()
	case NextMatch:
		s.hunt(1, false)
	case PrevMatch:
		s.hunt(-1, false)
	case EndFind:
		s.endFind()
	case GoTo:
		if digits == "" {
			s.move(First)
		} else if err := s.goToOp(digits); err != nil {
			s.note = err.Error()
		}
	case AskGoTo:
		return s.ask(Prompt{Label: "go to operation", Accept: s.goToOp})
	case SetMark:
		return s.ask(Prompt{Label: "mark", Accept: s.setMark, Letter: true})
	case GoToMark:
		return s.ask(Prompt{Label: "go to mark", Accept: s.goToMark, Letter: true})
	case Statistics:
		s.showStatistics()
	case ShowLog:
		s.showLog()
	case History:
		s.showHistory()
	case Export:
		return s.askExport()
	case ShowMasks:
		s.open(&maskWindow{state: s})
	case AskMask:
		return s.ask(Prompt{Label: "mask", Text: s.fieldName() + " drop in " + s.commandHere(), Accept: s.mask, Complete: completeField, Hint: maskHint})
	case UndoMask:
		s.undo()
	case StartFilter:
		return s.askFilter()
	case NextPane:
		s.inDetails = !s.inDetails
	case DetailDown:
		s.detail.move(1)
	case DetailUp:
		s.detail.move(-1)
	case Fold, Unfold:
		s.fold(a == Unfold)
	case Enter:
		s.enter()
	case NextTrouble:
		s.nextTrouble()
	case NextDiff, PrevDiff:
		s.jump(a)
	case Divergence:
		s.divergence()
	case NextField:
		s.nextField(1)
	case PrevField:
		s.nextField(-1)
	case NextRow:
		s.otherRow(1)
	case PrevRow:
		s.otherRow(-1)
	case CopyField:
		return s.copyField()
	case CopyOperation:
		return s.copyOperation()
	case Hex:
		s.hex = !s.hex
	case Zoom:
		s.zoomed = !s.zoomed
	case Grow:
		s.resize(1)
	case Shrink:
		s.resize(-1)
	case Anchor:
		s.anchor()
	case DropAnchors:
		s.dropAnchors()
	case Exchange:
		s.exchange()
	case ShowMasked:
		if s.showMasked = !s.showMasked; s.showMasked {
			s.note = "masked fields are shown"
		} else {
			s.note = "masked fields are folded"
		}
	case Stack:
		if !s.diffing() {
			s.face(!s.facing)
			break
		}
		s.stacked = !s.stacked
	case Wireshark:
		return s.wireshark()
	case Times:
		s.nextTimes()
	case WriteFrames:
		return s.askFrames()
	case Wider, Narrower:
		s.widen(a == Wider)
	case CommandLine:
		return s.askCommand()
	case NextA, PrevA, NextB, PrevB, Realign:
		s.free(a)
	case Ignore:
		if name := s.fieldName(); name != "" {
			return s.ignore(name)
		} else {
			s.note = "no field under the details cursor: b and n move it"
		}
	case Context:
		s.nextContext()
	default:
		s.move(a)
	}
	return Stay
}

// escape leaves what is innermost: the reading, a filter, the details.
func (s *State) escape() {
	switch {
	case s.loading():
		s.stop.Store(true)
		s.note = "reading stops"
	case !s.filter.Empty():
		s.SetFilter("")
	case s.inDetails:
		s.inDetails = false
	default:
		s.note = "nothing is read or hidden; q quits"
	}
}

// FilterText gives the filter in force.
func (s *State) FilterText() string { return s.filter.Text }

// SetFilter hides the rows that do not match. It gives an error when the text
// is no filter.
func (s *State) SetFilter(text string) error {
	f, err := ParseFilter(text)
	if err != nil {
		return err
	}
	if f.Text != s.filter.Text {
		s.remember(undoStep{what: undoFilter, filter: s.filter.Text})
	}
	s.filter, s.changed, s.note = f, true, ""
	s.rows.other = -1
	s.rebuild()
	return nil
}

// by gives how far a movement goes in a pane of this many lines.
func by(a Action, height int) int {
	page := max(1, height-1)
	switch a {
	case Up:
		return -1
	case Down:
		return 1
	case PageUp:
		return -page
	case PageDown:
		return page
	case HalfUp:
		return -max(1, height/2)
	case HalfDown:
		return max(1, height/2)
	case First:
		return -1 << 40
	case Last:
		return 1 << 40
	}
	return 0
}

func (s *State) move(a Action) {
	if s.inDetails {
		s.detail.move(by(a, s.detail.height))
		return
	}
	if s.rows.other >= 0 && (a == Up || a == Down) {
		s.moveBoth(by(a, s.rows.height))
		return
	}
	if n := by(a, s.rows.height); n != 0 {
		s.moveTo(max(0, s.rows.cur+n))
	}
}

func (d *detail) move(n int) {
	d.cur += n
	d.clamp()
}

// fold folds or unfolds the field under the details cursor; on a line that
// stands for rows it unfolds those.
func (s *State) fold(open bool) {
	if e, ok := s.line(s.rows.cur); ok && open && e.fold > 0 && !s.inDetails {
		s.openRows()
		return
	}
	s.look()
	if !s.detail.fold(open, false) {
		s.note = "nothing to fold here"
	}
}

// openRows unfolds the rows under the cursor.
func (s *State) openRows() {
	e, _ := s.line(s.rows.cur)
	if s.rows.job != nil {
		return
	}
	s.unfoldRows(s.rows.cur, e.row)
	s.moved = true
	s.detail.forget()
}

func (s *State) enter() {
	if s.inDetails {
		s.look()
		if s.follow() {
			return
		}
		switch s.fieldName() {
		case "smb2.fid", "smb.fid":
			s.showHistory()
			return
		}
		if !s.detail.fold(false, true) {
			s.note = "nothing to fold here"
		}
		return
	}
	if e, ok := s.line(s.rows.cur); ok && e.fold > 0 {
		s.openRows()
		return
	}
	s.inDetails = true
	if !s.diffing() {
		s.face(true)
	}
}

func (s *State) nextTrouble() {
	row, _ := s.currentRow()
	num := s.sides[0].tally.next(row + 1)
	if num == 0 {
		s.note = "no failure, no missing answer, no bad signature"
		return
	}
	s.visit(num - 1)
}

// visit goes to a row; when the filter hides it, says so.
func (s *State) visit(row uint32) {
	s.moved = true
	s.goTo(row)
	if e, ok := s.line(s.rows.cur); ok && s.rows.want < 0 && e.row != row {
		s.note = "that row is hidden by the filter"
	}
}

func (s *State) jump(a Action) {
	r := s.cmp.result
	if r == nil {
		s.note = "not compared yet"
		return
	}
	row, _ := s.currentRow()
	goal := -1
	switch a {
	case NextDiff:
		goal = r.nextDiff(row, false)
		s.note = "no difference behind this row"
	case PrevDiff:
		goal = r.nextDiff(row, true)
		s.note = "no difference before this row"
	}
	if goal >= 0 {
		s.note = ""
		s.visit(uint32(goal))
	}
}

// free moves one side alone, or puts the sides together again.
func (s *State) free(a Action) {
	if a == Realign {
		if s.rows.other < 0 {
			s.note = "B stands beside A: d f j k move one side alone"
		}
		s.rows.other = -1
		return
	}
	k, step := 0, 1
	if a == NextB || a == PrevB {
		k = 1
	}
	if a == PrevA || a == PrevB {
		step = -1
	}
	row, ok := s.currentRow()
	if !ok {
		return
	}
	other := row
	if s.rows.other >= 0 {
		other = uint32(s.rows.other)
	}
	from := row
	if k == 1 {
		from = other
	}
	next, ok := s.nextOf(k, from, step)
	if !ok {
		return
	}
	s.moved = true
	if k == 0 {
		s.goTo(next)
	} else {
		other = next
		s.reveal(other)
	}
	row, _ = s.currentRow()
	s.rows.other = int64(other)
	if row == other {
		s.rows.other = -1
	}
}

// moveBoth moves sides that stand apart, each to its own next operation.
func (s *State) moveBoth(step int) {
	row, ok := s.currentRow()
	other := uint32(s.rows.other)
	a, okA := s.nextOf(0, row, step)
	b, okB := s.nextOf(1, other, step)
	if !ok || !okA && !okB {
		return
	}
	if okB {
		other = b
	}
	if okA {
		s.goTo(a)
	}
	s.moved = true
	s.reveal(other)
	if row, _ = s.currentRow(); row != other {
		s.rows.other = int64(other)
	} else {
		s.rows.other = -1
	}
}

// nextOf gives the row of the next operation of side k behind or before a row.
func (s *State) nextOf(k int, from uint32, step int) (uint32, bool) {
	ops, _ := s.rowOps(from)
	r := s.cmp.result
	if r == nil {
		next := int64(from) + int64(step)
		return uint32(next), next >= 0 && next < int64(s.sides[k].Trace.Len())
	}
	num := int64(ops[k])
	if num == 0 { // this row has none: look for the nearest one
		for i := int64(from) + int64(step); i >= 0 && i < int64(len(r.Rows)); i += int64(step) {
			if o, _ := s.rowOps(uint32(i)); o[k] != 0 {
				return uint32(i), true
			}
		}
		return 0, false
	}
	num += int64(step)
	if num < 1 || num > int64(len(r.rowOf[k])) {
		return 0, false
	}
	return r.rowOf[k][num-1], true
}

// nextContext goes from a few equal rows around differences to all of them, to
// none, and back.
func (s *State) nextContext() {
	order := []int{contextRows, -1, 0}
	i := slices.Index(order, s.cmp.context)
	s.cmp.context = order[(i+1)%len(order)]
	s.detail.forget()
	if s.cmp.result != nil && s.filter.Empty() {
		s.rebuild()
	}
}

// commandHere gives the command of the operation under the cursor.
func (s *State) commandHere() string {
	ops := s.selectedOps()
	for k, d := range s.sides {
		if o, ok := d.Trace.Op(ops[k]); ok {
			return o.CommandName()
		}
	}
	return ""
}
