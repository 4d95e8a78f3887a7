package state

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Themes lists the names of the colour themes; the first one is that of the
// terminal's own sixteen colours.
func Themes() []string { return []string{"ansi", "dark256", "light256", "classic", "mono"} }

// Theme gives the name of the colour theme in force.
func (s *State) Theme() string { return s.theme }

// settingWords are the settings that the command line knows, with their values.
func settingWords() map[string][]string {
	return map[string][]string{"keys": Presets(), "theme": Themes()}
}

func settingHelp() string {
	var out []string
	words := settingWords()
	for _, name := range sortedKeys(words) {
		out = append(out, name+" "+strings.Join(words[name], "|"))
	}
	return strings.Join(out, ", ")
}

// set changes a setting until the program ends.
func (s *State) set(arg string) (Request, error) {
	name, value, _ := strings.Cut(arg, " ")
	value = strings.TrimSpace(value)
	if !slices.Contains(settingWords()[name], value) {
		return Stay, fmt.Errorf("set %s", settingHelp())
	}
	switch name {
	case "keys":
		again := s.cfg.Settings
		again.Preset = value
		m := again.keymap()
		if err := again.clash(m); err != nil {
			return Stay, err
		}
		s.keymap, s.preset = m, value
	case "theme":
		s.theme = value
	}
	s.note = name + ": " + value
	return Stay, nil
}

func completeSetting(text string) string {
	name, value, has := strings.Cut(text, " ")
	words := settingWords()
	if !has {
		for _, w := range sortedKeys(words) {
			if strings.HasPrefix(w, name) {
				return w + " "
			}
		}
		return text
	}
	for _, w := range words[name] {
		if strings.HasPrefix(w, value) {
			return name + " " + w
		}
	}
	return text
}

func sortedKeys(m map[string][]string) []string { return slices.Sorted(maps.Keys(m)) }
