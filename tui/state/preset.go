package state

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// String gives the name of an action in the settings file.
func (a Action) String() string { return actionNames[a] }

var actionNames = [...]string{Up: "up", Down: "down", PageUp: "page-up", PageDown: "page-down", First: "first", Last: "last",
	NextA: "next-a", PrevA: "previous-a", NextB: "next-b", PrevB: "previous-b", Realign: "realign", DetailDown: "detail-down",
	DetailUp: "detail-up", NextPane: "pane", Fold: "fold", Unfold: "unfold", Enter: "enter", NextDiff: "next-difference",
	PrevDiff: "previous-difference", Divergence: "divergence", NextTrouble: "failure", Ignore: "mask-field", Context: "context",
	StartFilter: "filter", Escape: "escape", Help: "help", Redraw: "redraw", Suspend: "suspend", ShowKeys: "keys", AddKey: "add-key", ShowMasks: "masks", Statistics: "statistics", ShowLog: "log", History: "history", Choose: "choose", Export: "export", AskMask: "mask", UndoMask: "undo", NewMask: "new-rule", Toggle: "toggle",
	Drop: "drop-rule", SaveMasks: "save-rules", ShowFlags: "flags", EditMask: "edit-rule", EditHow: "rule-how", EditScope: "rule-scope",
	LoadMasks: "load-rules", SearchHelp: "search-help", Times: "times", TryKey: "try-key", RereadKeys: "read-keys",
	ExportKeys: "export-keys", KeyDetails: "key-details",
	FindRow: "find", NextMatch: "next-match", PrevMatch: "previous-match", EndFind: "end-find", GoTo: "go", AskGoTo: "go-to",
	HalfUp: "half-page-up", HalfDown: "half-page-down", NextField: "next-field", PrevField: "previous-field", NextRow: "next-row",
	PrevRow: "previous-row", CopyField: "copy", CopyOperation: "copy-operation", Hex: "bytes", Zoom: "zoom", Grow: "grow", Shrink: "shrink",
	CommandLine: "command", Anchor: "anchor", DropAnchors: "drop-anchors", Exchange: "exchange", ShowMasked: "show-masked", Stack: "layout",
	Wireshark: "wireshark", WriteFrames: "write-frames", Wider: "wider", Narrower: "narrower", Reveal: "secrets", ScrollLeft: "left",
	ScrollRight: "right", SetMark: "mark", GoToMark: "go-to-mark", Quit: "quit"}

// change gives an action other keys at some places.
type change struct {
	action Action
	in     Place
	keys   string
}

// presets gives the key tables by name, as changes of the first one's. That of
// smbcmp has its keys to the letter: PgUp and PgDn move the split. In that of vi
// j and k move what has the focus.
func presets() map[string][]change {
	return map[string][]change{
		"default": nil,
		"smbcmp": {
			{PageUp, main, "Ctrl-B"}, {PageDown, main, "Space"}, {Grow, main, "PgDn +"}, {Shrink, main, "PgUp -"},
		},
		"vi": {
			{Up, lists, "↑ k"}, {Down, lists, "↓ j"}, {NextA, DiffList, "D"}, {PrevA, DiffList, "F"}, {NextB, DiffList, "J"},
			{PrevB, DiffList, "K"}, {ShowKeys, main, "F6"}, {HalfDown, all, "Ctrl-D d"}, {HalfUp, all, "Ctrl-U"},
			{PageDown, all &^ MaskWindow, "PgDn Space Ctrl-F"}, {FindRow, main, "/"}, {StartFilter, main, "F4"}, {NextMatch, main, "F3 n"},
			{PrevMatch, main, "Shift-F3 N"}, {NextMatch, FindOpen, ""}, {PrevMatch, FindOpen, ""}, {DetailDown, main, "Ctrl-E"},
			{DetailUp, main, "Ctrl-Y"},
		},
	}
}

// Presets lists the names of the key tables.
func Presets() []string { return []string{"default", "smbcmp", "vi"} }

// Settings is what the user's file says of the screen.
type Settings struct {
	Preset string
	Theme  string // "": the first of Themes
	file   string
	keys   []setKey

	presetLine, themeLine int // 0: the file does not say
}

// setKey is one line of the file's table keys.
type setKey struct {
	action Action
	keys   string
	line   int
}

// SettingsError is what is wrong in a settings file.
type SettingsError struct {
	File string
	Line int // 0 when it is about no line
	What string
	Hint string
	err  error
}

// Error gives place and fault in one line.
func (e *SettingsError) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.What
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.What)
}

// Unwrap gives the fault of the format, nil where there is none.
func (e *SettingsError) Unwrap() error { return e.err }

// ParseSettings reads a settings file, which is TOML:
//
//	preset = "vi"
//	theme = "dark256"
//	[keys]
//	next-difference = "] F5"
func ParseSettings(file string, text []byte) (Settings, error) {
	var raw struct {
		Preset string            `toml:"preset"`
		Theme  string            `toml:"theme"`
		Keys   map[string]string `toml:"keys"`
	}
	s := Settings{file: file}
	if err := toml.NewDecoder(strings.NewReader(string(text))).DisallowUnknownFields().Decode(&raw); err != nil {
		return s, tomlError(file, err)
	}
	if s.Theme = raw.Theme; raw.Theme != "" && !slices.Contains(Themes(), raw.Theme) {
		return s, &SettingsError{File: file, Line: lineOf(text, "theme"), What: fmt.Sprintf("no theme %q", raw.Theme),
			Hint: "there are " + strings.Join(Themes(), ", ")}
	}
	if s.Preset = raw.Preset; s.Preset == "" {
		s.Preset = "default"
	} else {
		s.presetLine = lineOf(text, "preset")
	}
	if raw.Theme != "" {
		s.themeLine = lineOf(text, "theme")
	}
	if !slices.Contains(Presets(), s.Preset) {
		return s, &SettingsError{File: file, Line: lineOf(text, "preset"), What: fmt.Sprintf("no preset %q", s.Preset),
			Hint: "there are " + strings.Join(Presets(), ", ")}
	}
	for name, keys := range raw.Keys {
		line := lineOf(text, name)
		a := slices.Index(actionNames[:], name)
		if a <= 0 {
			return s, &SettingsError{File: file, Line: line, What: fmt.Sprintf("no action %q", name),
				Hint: "there are " + strings.Join(actionNames[1:], ", ")}
		}
		s.keys = append(s.keys, setKey{Action(a), strings.Join(strings.Fields(keys), " "), line})
	}
	slices.SortFunc(s.keys, func(a, b setKey) int { return a.line - b.line })
	m := s.keymap()
	return s, s.clash(m)
}

func tomlError(file string, err error) error {
	out := &SettingsError{File: file, What: strings.TrimPrefix(err.Error(), "toml: "), err: err}
	var missing *toml.StrictMissingError
	var bad *toml.DecodeError
	switch {
	case errors.As(err, &missing) && len(missing.Errors) > 0:
		out.Line, _ = missing.Errors[0].Position()
		out.What = "unknown key " + strings.Join(missing.Errors[0].Key(), ".")
		out.Hint = "there are preset, theme and the table keys"
	case errors.As(err, &bad):
		out.Line, _ = bad.Position()
	}
	return out
}

// lineOf gives the line that sets a key, 0 when it is not found.
func lineOf(text []byte, key string) int {
	n := 0
	for l := range strings.Lines(string(text)) {
		n++
		if name, _, ok := strings.Cut(l, "="); ok && strings.Trim(strings.TrimSpace(name), `"'`) == key {
			return n
		}
	}
	return 0
}

// keymap gives the key table that the settings ask for.
func (s *Settings) keymap() keymap {
	m := keymapOf(s.Preset)
	for _, k := range s.keys {
		for i := range m.list {
			if m.list[i].action == k.action {
				m.list[i].keys = k.keys
			}
		}
	}
	return m
}

// keymapOf gives the key table of a preset.
func keymapOf(preset string) keymap {
	m := newKeymap()
	for _, c := range presets()[preset] {
		for i := range m.list {
			if b := &m.list[i]; b.action == c.action && b.in&c.in != 0 {
				b.keys = c.keys
			}
		}
	}
	return m
}

// clash tells of a key that would do two things at one place.
func (s *Settings) clash(m keymap) error {
	if key, a, b := m.twice(); key != "" {
		return s.clashError(key, a, b)
	}
	return nil
}

// twice finds a key that would do two things at one place; "" when none does.
func (m keymap) twice() (key string, first, second Action) {
	for in := SingleList; in&(all|FindOpen) != 0; in <<= 1 {
		seen := map[string]Action{}
		for _, b := range m.list {
			if b.in&in == 0 {
				continue
			}
			for key := range strings.FieldsSeq(b.keys) {
				if other, ok := seen[key]; ok && other != b.action {
					return key, other, b.action
				}
				seen[key] = b.action
			}
		}
	}
	return "", None, None
}

func (s *Settings) clashError(key string, a, b Action) error {
	line := s.keyLine
	if line(b) < line(a) {
		a, b = b, a
	}
	from := fmt.Sprintf("which the preset %s gives it", s.Preset)
	if n := line(a); n > 0 {
		from = fmt.Sprintf("line %d", n)
	}
	return &SettingsError{File: s.file, Line: line(b), What: fmt.Sprintf("key %s means %s and %s (%s)", key, b, a, from),
		Hint: "give one of them another key; ? lists those in force"}
}
