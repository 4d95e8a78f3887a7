package state

// statePart is one part of the state line, and what a click on it does.
type statePart struct {
	text   string
	action Action
}

// Click does what the mouse points at: it puts the cursor there, or does what a
// key of the key bar or a part of the state line stands for.
func (s *State) Click(x, y int) Request {
	l := s.layout(s.height)
	s.changed = true
	switch {
	case y == s.height-2:
		if key := s.barKeyAt(x); key != "" {
			return s.Press(key)
		}
		return Stay
	case s.front() != nil:
		s.clickWindow(y)
		return Stay
	case y == s.height-1:
		if a := s.statePartAt(x); a != None {
			return s.Do(a)
		}
		return Stay
	}
	s.note = ""
	switch {
	case y == 1 && s.diffing():
		return s.Do(Divergence)
	case y == 1:
		return s.Do(NextTrouble)
	case y >= 3 && y < 3+l.list:
		s.inDetails = false
		if i := s.rows.top + y - 3; i < s.lines() {
			s.moveTo(i)
		}
	case y >= 4+l.list && y < 4+l.list+l.details:
		s.inDetails = true
		i := s.detail.top + y - 4 - l.list
		if at := s.facingAt(s.width); at > 0 {
			i = s.facingLine(x, y-4-l.list, at)
		}
		if i >= 0 && i < len(s.detail.lines) {
			s.detail.cur = i
		}
	}
	return Stay
}

// clickWindow chooses a line of the window in front; beside its lines it closes
// the window.
func (s *State) clickWindow(y int) {
	f := s.front()
	head := 0
	if p, ok := f.window.(header); ok {
		head = p.header()
	}
	if p, ok := f.window.(picker); ok {
		if first, last := p.choices(); y-3 >= head && f.top+f.below+y-3 >= first && f.top+f.below+y-3 < last {
			f.cur = f.top + f.below + y - 3
			return
		}
	}
	if y <= 2 || y >= 3+head+f.height {
		s.shut()
	}
}

// Wheel moves the pane under the mouse.
func (s *State) Wheel(y, by int) {
	s.changed = true
	switch {
	case s.front() != nil:
		s.front().move(by)
	case y >= 4+s.layout(s.height).list:
		s.detail.move(by)
	default:
		s.moveTo(max(0, s.rows.cur+by))
	}
}

// Grab reports whether line y is the border between the panes, which Drag can
// move.
func (s *State) Grab(y int) bool { return s.front() == nil && y == 3+s.layout(s.height).list }

// Drag puts the border between the panes on line y.
func (s *State) Drag(y int) {
	s.changed = true
	s.setList(y - 3)
}

// barKeyAt gives the key that the key bar shows at x, "" where it shows none:
// of two keys the one that is pointed at, behind them the first.
func (s *State) barKeyAt(x int) string {
	at, key := 0, ""
	for _, span := range s.keymap.bar(s.barPlace(), s.width) {
		n := Width(span.Text)
		if span.Style == Key {
			keys := barKeys(span.Text)
			if key = keys[0]; len(keys) == 2 && x >= at+n-Width(keys[1]) && x < at+n {
				key = keys[1]
			}
		}
		if x < at+n {
			if span.Style != Key && span.Text == " " {
				return ""
			}
			return key
		}
		at += n
	}
	return ""
}

// statePartAt gives what a click on the state line does.
func (s *State) statePartAt(x int) Action {
	at := 1
	for _, p := range s.stateParts() {
		n := Width(p.text) + len(" │ ") - 2 // the line is three bytes and one cell
		if x >= at && x < at+n {
			return p.action
		}
		at += n
	}
	return None
}
