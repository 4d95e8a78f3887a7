package state

import "strings"

// Clip gives the text that DoCopy hands to the terminal's clipboard.
func (s *State) Clip() string { return s.clip }

// ShowClip shows that text in a window, for a terminal without a clipboard: there
// it can be selected.
func (s *State) ShowClip() {
	s.changed = true
	if s.clip == "" {
		s.note = "nothing was copied yet: y copies a field, Y an operation"
		return
	}
	s.open(&textWindow{"Copied text (Shift and the mouse select)", LogWindow, func(int) []Line {
		var out []Line
		for l := range strings.Lines(s.clip) {
			out = append(out, Line{{safe(strings.TrimRight(l, "\n")), Plain}})
		}
		return out
	}})
}

// copyField takes the field under the details cursor: its name and its values.
func (s *State) copyField() Request {
	s.look()
	d := &s.detail
	name := s.fieldName()
	if name == "" {
		s.note = "no field under the details cursor: b and n move it"
		return Stay
	}
	it := &d.items[d.lines[d.cur].item]
	var parts []string
	for k := range s.sides {
		if text, _ := s.value(it, k); text != "" {
			parts = append(parts, text)
		}
	}
	if len(parts) == 2 && parts[0] == parts[1] {
		parts = parts[:1]
	}
	return s.copied(name + " " + strings.Join(parts, " / "))
}

// copyOperation takes the operation under the cursor with all details that are
// on the screen.
func (s *State) copyOperation() Request {
	s.look()
	const width = 160
	lines := []string{s.detailRule(width).String()}
	for i := range s.detail.lines {
		lines = append(lines, strings.TrimRight(s.detailLine(i, width).String(), " "))
	}
	return s.copied(strings.Join(lines, "\n") + "\n")
}

func (s *State) copied(text string) Request {
	s.clip = text
	first, _, more := strings.Cut(text, "\n")
	if more {
		first = strings.Trim(first, "─ ")
	}
	s.note = "copied: " + cut(first, 60)
	return DoCopy
}
