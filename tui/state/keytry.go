package state

import "strings"

// askTry asks for a key that is only tried.
func (s *State) askTry() Request {
	return s.ask(Prompt{Label: "key to try", Accept: s.tryKey, Complete: completePath, Secret: true,
		Hint: func(string) string { return "it is tried alone on all captures, and not kept" }})
}

// tryKey tells in a window what one key would open.
func (s *State) tryKey(text string) error {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	w := &textWindow{name: "What this key opens", in: LogWindow}
	var lines []string
	running := 0
	for i, d := range s.sides {
		if d.Keys == nil {
			continue
		}
		name := ""
		if s.diffing() {
			name = [...]string{"A  ", "B  "}[i]
		}
		ring, at := d.Keys, len(lines)
		lines = append(lines, name+"trying...")
		running++
		s.run(func() func() {
			got, err := ring.Try(text)
			if err != nil {
				got = err.Error()
			}
			return func() { lines[at] = name + got }
		})
	}
	if running == 0 {
		s.note = "keys cannot be tried here"
		return nil
	}
	w.text = func(w int) []Line {
		var out []Line
		for _, l := range lines {
			for _, part := range wrap(safe(l), w) {
				out = append(out, Line{{part, Plain}})
			}
		}
		return out
	}
	s.open(w)
	return nil
}

// reread reads the key files of all captures again, and the captures with them.
func (s *State) reread() {
	done := false
	for i, d := range s.sides {
		if d.Keys == nil || d.Again == nil {
			continue
		}
		if err := d.Keys.Reread(); err != nil {
			s.note = safe(err.Error())
			return
		}
		s.reload(i)
		done = true
	}
	if s.note = "no key files here"; done {
		s.note = "keys read again, reading the captures"
	}
}

// exportKeys tells the commands that write keys for Wireshark. They hold no key.
func (s *State) exportKeys() Request {
	var commands []string
	for _, d := range s.sides {
		if d.Trace.Counts().Sealed > 0 {
			commands = append(commands, "smbdiff keys export --for wireshark "+quoted(d.Name))
		}
	}
	if len(commands) == 0 {
		s.note = "nothing is sealed"
		return Stay
	}
	return s.copied(strings.Join(commands, "\n"))
}
