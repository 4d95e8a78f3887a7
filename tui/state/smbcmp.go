package state

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// smbcmpKeys are the actions by the names that smbcmp's settings give them.
func smbcmpKeys() map[string]Action {
	return map[string]Action{"key_lwin_next": NextA, "key_lwin_prev": PrevA, "key_rwin_next": NextB, "key_rwin_prev": PrevB,
		"key_top_next": Down, "key_top_prev": Up, "key_bwin_next": DetailDown, "key_bwin_prev": DetailUp, "key_vsplit_up": Shrink,
		"key_vsplit_down": Grow, "key_toggle_ignore": Ignore}
}

// cursesKeys are the names of keys by those of ncurses.
func cursesKeys() map[string]string {
	return map[string]string{"KEY_UP": "↑", "KEY_DOWN": "↓", "KEY_LEFT": "←", "KEY_RIGHT": "→", "KEY_PPAGE": "PgUp", "KEY_NPAGE": "PgDn",
		"KEY_SPREVIOUS": "Shift-PgUp", "KEY_SNEXT": "Shift-PgDn", "KEY_HOME": "Home", "KEY_END": "End", "KEY_IC": "Ins", "KEY_DC": "Del",
		"KEY_BACKSPACE": "Backspace", "KEY_ENTER": "Enter", "KEY_BTAB": "Shift-Tab"}
}

// cursesKey gives the name of a key that ncurses calls name.
func cursesKey(name string) (string, bool) {
	if k, ok := cursesKeys()[name]; ok {
		return k, true
	}
	if n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, "KEY_F("), ")")); err == nil && strings.HasPrefix(name, "KEY_F(") {
		return fmt.Sprintf("F%d", n), n >= 1 && n <= 12
	}
	if len(name) == 2 && name[0] == '^' && name[1] >= 'A' && name[1] <= 'Z' {
		return "Ctrl-" + name[1:], true
	}
	return name, len([]rune(name)) == 1 && safe(name) == name
}

// ImportSmbcmp makes a settings file of one of smbcmp's, which is INI. The notes
// tell, a line each, what was not taken over and which action lost its key to
// one that was.
func ImportSmbcmp(file string, text []byte) (out string, notes []string, err error) {
	s := Settings{Preset: "smbcmp", file: file}
	note := func(line int, f string, args ...any) {
		notes = append(notes, fmt.Sprintf("%s:%d: ", file, line)+fmt.Sprintf(f, args...))
	}
	n, section := 0, ""
	for l := range strings.Lines(string(text)) {
		n++
		l = strings.TrimSpace(l)
		if l == "" || l[0] == '#' || l[0] == ';' {
			continue
		}
		if l[0] == '[' {
			section = strings.Trim(l, "[]")
			continue
		}
		at := strings.IndexAny(l, "=:")
		if at < 0 || section == "" {
			return "", nil, &SettingsError{File: file, Line: n, What: "no setting", Hint: "smbcmp's file has the section [global] and lines NAME = VALUE"}
		}
		if section != "global" {
			continue
		}
		name, value := strings.ToLower(strings.TrimSpace(l[:at])), strings.TrimSpace(l[at+1:])
		action, known := smbcmpKeys()[name]
		key, ok := cursesKey(value)
		switch {
		case name == "tshark_path":
			note(n, "tshark_path: none is needed")
		case !known:
			note(n, "%s: nothing like it here", safe(name))
		case !ok:
			note(n, "%s: no key %q; %s keeps its own", name, value, action)
		default:
			s.take(action, key, n)
		}
	}
	s.keepArrows()
	lost, err := s.give()
	if err != nil {
		return "", nil, err
	}
	return s.fileText(), append(notes, lost...), nil
}

// take gives an action a key, unless it has it: then that of the preset holds.
func (s *Settings) take(a Action, key string, line int) {
	s.keys = slices.DeleteFunc(s.keys, func(k setKey) bool { return k.action == a })
	if keymapOf(s.Preset).has(a, key) {
		return
	}
	s.keys = append(s.keys, setKey{a, key, line})
}

// has reports whether a key does a wherever some key does.
func (m keymap) has(a Action, key string) bool {
	for _, b := range m.list {
		if b.action == a && !slices.Contains(strings.Fields(b.keys), key) {
			return false
		}
	}
	return true
}

// keepArrows leaves an arrow to a movement that was given another key, which
// counts in windows too, unless something else was given the arrow.
func (s *Settings) keepArrows() {
	for i, k := range s.keys {
		arrow := map[Action]string{Up: "↑", Down: "↓"}[k.action]
		if arrow != "" && !slices.ContainsFunc(s.keys, func(o setKey) bool { return o.keys == arrow }) {
			s.keys[i].keys += " " + arrow
		}
	}
}

// give takes the keys that were set from the actions which the preset has given
// them, and tells of those.
func (s *Settings) give() (notes []string, err error) {
	for range len(bindings()) {
		m := s.keymap()
		key, a, b := m.twice()
		if key == "" {
			return notes, nil
		}
		if s.keyLine(b) > 0 {
			a, b = b, a
		}
		if s.keyLine(b) > 0 {
			return nil, s.clash(m)
		}
		left := m.without(b, key)
		s.keys = slices.DeleteFunc(s.keys, func(k setKey) bool { return k.action == b })
		s.keys = append(s.keys, setKey{b, left, 0})
		has := left
		if has == "" {
			has = "no key"
		}
		notes = append(notes, fmt.Sprintf("key %s now means %s: %s has %s", key, a, b, has))
	}
	return nil, s.clash(s.keymap())
}

// without gives the keys of an action but one: at the places where it has that
// one, or else anywhere.
func (m keymap) without(a Action, key string) string {
	var here, elsewhere []string
	for _, b := range m.list {
		if b.action != a {
			continue
		}
		keys := strings.Fields(b.keys)
		at := &elsewhere
		if slices.Contains(keys, key) {
			at = &here
		}
		for _, k := range keys {
			if k != key && !slices.Contains(*at, k) {
				*at = append(*at, k)
			}
		}
	}
	if len(here) == 0 {
		here = elsewhere
	}
	return strings.Join(here, " ")
}

// fileText gives the settings as their file has them.
func (s *Settings) fileText() string {
	out := fmt.Sprintf("# from %s\npreset = %q\n", filepath.Base(s.file), s.Preset)
	if len(s.keys) > 0 {
		out += "\n[keys]\n"
	}
	for _, k := range s.keys {
		out += fmt.Sprintf("%s = %q\n", k.action, k.keys)
	}
	return out
}
