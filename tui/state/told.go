package state

import (
	"fmt"
	"path/filepath"
	"strings"
)

// SettingRow is one setting in force: its name and value, what it is about, and
// where it comes from.
type SettingRow struct{ Name, Value, About, From string }

// Rows gives the settings in force: the preset, the theme, and the keys of each
// action in the order of the key table, those that differ from place to place a
// row each.
func (s Settings) Rows() []SettingRow {
	if s.Preset == "" {
		s.Preset = "default"
	}
	theme := s.Theme
	if theme == "" {
		theme = Themes()[0]
	}
	out := []SettingRow{{"preset", s.Preset, "table of keys", s.from(s.presetLine)}, {"theme", theme, "colours", s.from(s.themeLine)}}
	at := map[SettingRow]int{} // index in out, of a row without its places
	var places []Place
	usual := newKeymap().list
	for i, b := range s.keymap().list {
		row := SettingRow{Name: b.action.String(), Value: b.keys, From: "built in"}
		if line := s.keyLine(b.action); line > 0 {
			row.From = s.from(line)
		} else if usual[i].keys != b.keys {
			row.From = "preset " + s.Preset
		}
		k, ok := at[row]
		if !ok {
			k = len(places)
			at[row], places = k, append(places, 0)
			out = append(out, row)
		}
		places[k] |= b.in
	}
	for k, in := range places {
		out[2+k].About = in.String()
	}
	return out
}

// from names the line of the file, or what holds without one.
func (s *Settings) from(line int) string {
	if line == 0 {
		return "built in"
	}
	return fmt.Sprintf("%s:%d", filepath.Base(s.file), line)
}

// keyLine gives the line of the file that gives an action its keys, 0 when none
// does.
func (s *Settings) keyLine(a Action) int {
	for _, k := range s.keys {
		if k.action == a {
			return k.line
		}
	}
	return 0
}

// String names places, several of them by one word where there is one.
func (p Place) String() string {
	var out []string
	for _, n := range []struct {
		in   Place
		name string
	}{
		{all, "everywhere"}, {main, "lists, details"}, {lists, "lists"}, {details, "details"}, {inDiff, "comparison"},
		{SingleList | SingleDetails, "one capture"}, {SingleList, "list of one capture"}, {SingleDetails, "details of one capture"},
		{DiffList, "lists of a comparison"}, {DiffDetails, "details of a comparison"}, {windows, "windows"}, {HelpWindow, "help"},
		{KeysWindow, "keys"}, {MaskWindow, "masks"}, {StatsWindow, "statistics"}, {LogWindow, "log"}, {HistoryWindow, "history"},
		{FindOpen, "open search"},
	} {
		if p&n.in == n.in {
			out = append(out, n.name)
			p &^= n.in
		}
	}
	return strings.Join(out, ", ")
}
