package state

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"smbdiff/diff"
)

// saveMasks writes the rules in force to a new file.
func (s *State) saveMasks(path string) error {
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.WriteString(s.cmp.masks.fileText()); err != nil {
		return err
	}
	s.note = "masks written to " + safe(path)
	return f.Close()
}

// fileText gives the rules as a mask file has them.
func (m *maskSet) fileText() string {
	var names []string
	made, ignore, _ := m.base.Made()
	for _, n := range slices.Backward(made) { // in a file those named first count first
		if !slices.Contains(setNames(), n) {
			if abs, err := filepath.Abs(n); err == nil {
				n = abs
			}
		}
		names = append(names, strconv.Quote(n))
	}
	out := "extends = [" + strings.Join(names, ", ") + "]\n\n" + m.text()
	for _, g := range ignore {
		r := maskRule{field: g, how: "drop"}
		out += r.text() + "\n"
	}
	return out
}

// loadMasks makes a set or a file that of which the rules are in force, before
// which those of the session still count.
func (s *State) loadMasks(name string) error {
	if name = strings.TrimSpace(name); name == "" {
		return nil
	}
	if s.cfg.MaskPath != nil {
		name = s.cfg.MaskPath(name)
	}
	base, err := diff.LoadMasks([]string{name}, nil, nil)
	if err != nil {
		return err
	}
	m := &s.cmp.masks
	m.set(m.rules)
	m.base = base
	s.cmp.bare = nil
	s.note = "masks: " + safe(base.Name) + " (u: undo)"
	s.masked()
	return nil
}

func setNames() []string {
	var out []string
	for _, s := range diff.Sets() {
		out = append(out, s.Name)
	}
	return out
}

// completeSet completes the name of a set.
func completeSet(text string) string {
	for _, n := range setNames() {
		if strings.HasPrefix(n, text) {
			return n
		}
	}
	return completePath(text)
}

const (
	howHint   = "drop|shape|zero|length|hide|keep|any order|within 5x|alias X"
	scopeHint = "[in COMMAND] [request|response] [when EXPR]"
)

func maskHint(string) string { return "FIELD [" + howHint + "] " + scopeHint }

// completeField completes the name of a field.
func completeField(text string) string {
	if strings.Contains(text, " ") {
		return text
	}
	return CompleteFilter(text)
}
