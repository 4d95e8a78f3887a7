package state

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"smbdiff/dissect/filter"
)

// filterFile keeps filters under names: a TOML file with a line NAME = "EXPR"
// each, which its user may edit. What is there is never written over.
type filterFile struct{ path string }

// load gives the filters by name; there are none without a file.
func (f filterFile) load() (map[string]string, error) {
	out := map[string]string{}
	text, err := os.ReadFile(f.path)
	if os.IsNotExist(err) {
		return out, nil
	}
	if err == nil {
		err = toml.Unmarshal(text, &out)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.path, err)
	}
	for name, text := range out {
		if safe(name) != name || safe(text) != text { // would disturb the screen
			delete(out, name)
		}
	}
	return out, nil
}

// add writes a filter behind the others.
func (f filterFile) add(name, text string) error {
	all, err := f.load()
	if err != nil {
		return err
	}
	if old, ok := all[name]; ok {
		return fmt.Errorf("%s is there already: %s", name, old)
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(f.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	line := fmt.Sprintf("%s = %q\n", name, text)
	if was, err := os.ReadFile(f.path); err == nil && len(was) > 0 && was[len(was)-1] != '\n' {
		line = "\n" + line
	}
	if _, err := out.WriteString(line); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// askName asks for the name under which a filter is kept, then goes on with the
// filter.
func (s *State) askName(text string) error {
	if s.cfg.Filters == "" {
		return fmt.Errorf("there is no directory for settings")
	}
	if f, err := ParseFilter(text); err != nil {
		return err
	} else if f.Empty() {
		return fmt.Errorf("there is no filter yet to save")
	}
	text = strings.TrimSpace(text)
	back := func() Request { return s.askFilterWith(text) }
	s.ask(Prompt{Label: "save filter as", back: back, Accept: func(name string) error {
		if name = strings.TrimPrefix(strings.TrimSpace(name), "$"); name == "" {
			s.asked = back()
			return nil
		}
		if strings.Trim(name, nameLetters) != "" {
			return fmt.Errorf("a name has letters, digits, - and _")
		}
		if err := (filterFile{s.cfg.Filters}).add(name, text); err != nil {
			return err
		}
		s.asked = back()
		s.prompt.told, s.prompt.toldOf = "saved: $"+name+" and Tab put it here again", text
		return nil
	}, Hint: func(string) string { return "then $ and its name, and Tab, put it into the filter" }})
	return nil
}

const nameLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// savedFilters gives the filters whose names begin with the last word of a text,
// which is then $ and a part of a name.
func (s *State) savedFilters(text string) []filter.Candidate {
	from := strings.LastIndexByte(text, '$')
	if from < 0 || from > 0 && !strings.ContainsRune(" (!&|", rune(text[from-1])) || s.cfg.Filters == "" || strings.Trim(text[from+1:], nameLetters) != "" {
		return nil
	}
	all, err := filterFile{s.cfg.Filters}.load()
	if err != nil {
		return nil
	}
	var out []filter.Candidate
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if strings.HasPrefix(name, text[from+1:]) {
			out = append(out, filter.Candidate{Text: "$" + name, Help: all[name], From: from})
		}
	}
	return out
}

// takeSaved puts a saved filter in the place of its name at the end of a text,
// or completes the name.
func takeSaved(text string, found []filter.Candidate) string {
	from := found[0].From
	for _, c := range found {
		if c.Text != text[from:] && len(found) > 1 {
			continue
		}
		if strings.TrimSpace(text[:from]) == "" {
			return c.Help
		}
		return text[:from] + "(" + c.Help + ")"
	}
	return completed(text, found)
}
