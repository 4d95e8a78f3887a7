package state

import (
	"strings"
	"testing"
)

func TestSettings(t *testing.T) {
	s, err := ParseSettings("c.toml", []byte("preset = \"vi\"\n[keys]\nnext-difference = \"] F5\"\nbytes = \"B\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	m := s.keymap()
	for key, want := range map[string]Action{"F5": NextDiff, "]": NextDiff, "B": Hex, "H": None, "j": Down, "J": NextB, "/": FindRow, "F4": StartFilter} {
		if got := m.action(key, DiffList); got != want {
			t.Errorf("%s does %d, want %d", key, got, want)
		}
	}
}

// TestSettingsErrors checks that what is wrong in a file is told with its line.
func TestSettingsErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"preset = \"emacs\"", `c.toml:1: no preset "emacs"`},
		{"preset = \"vi\"\ntheme = \"dark\"", `c.toml:2: no theme "dark"`},
		{"# mine\n[keys]\nfrobnicate = \"x\"", `c.toml:3: no action "frobnicate"`},
		{"[keys]\nhelp = \"F1\"\nbytes = \"F1\"", "c.toml:3: key F1 means bytes and help (line 2)"},
		{"[keys]\nbytes = \"q\"", "c.toml:2: key q means bytes and quit (which the preset default gives it)"},
		{"colour = 1", "c.toml:1: unknown key colour"},
		{"[keys]\nhelp = 1", "c.toml:2: "},
		{"[keys\n", "c.toml:1: "},
	} {
		_, err := ParseSettings("c.toml", []byte(c.text))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}

// TestSmbcmpKeys checks that the ten keys of smbcmp do in its preset what they
// did there: both sides, one side, the details, the split, ignoring, leaving.
func TestSmbcmpKeys(t *testing.T) {
	b := openSide(t, "missing.pcap", false)
	s := started(t, Config{A: openSide(t, "good.pcap", false), B: &b, Settings: Settings{Preset: "smbcmp"}})
	press(s, "c", "1", "0", "g")
	at := func() [2]uint32 { return s.selectedOps() }
	for _, c := range []struct {
		keys string
		want [2]uint32
	}{{"↓", [2]uint32{11, 11}}, {"↑", [2]uint32{10, 10}}, {"d", [2]uint32{11, 10}}, {"f", [2]uint32{10, 10}}, {"j", [2]uint32{10, 11}}, {"k", [2]uint32{10, 10}}} {
		press(s, c.keys)
		if got := at(); got != c.want {
			t.Errorf("%s: at %v, want %v", c.keys, got, c.want)
		}
	}
	line := s.detail.cur
	press(s, "b")
	if s.detail.cur != line+1 {
		t.Errorf("b: line %d, was %d", s.detail.cur, line)
	}
	press(s, "n")
	if s.detail.cur != line {
		t.Errorf("n: line %d, was %d", s.detail.cur, line)
	}
	list := s.layout(40).list
	press(s, "PgUp")
	if got := s.layout(40).list; got != list-4 {
		t.Errorf("PgUp: list of %d lines, had %d", got, list)
	}
	if !strings.Contains(text(s, 120, 40), "Space and Ctrl-B page") {
		t.Error("what PgUp does is not told once")
	}
	press(s, "PgDn")
	if strings.Contains(text(s, 120, 40), "Space and Ctrl-B page") {
		t.Error("what PgUp does is told twice")
	}
	if got := s.layout(40).list; got != list {
		t.Errorf("PgDn: list of %d lines, had %d", got, list)
	}
	for range 60 {
		if s.fieldName() != "" {
			break
		}
		press(s, "b")
	}
	press(s, "a")
	if len(s.cmp.masks.rules) != 1 {
		t.Errorf("a ignores %q", s.cmp.masks.rules)
	}
	if m := keymapOf("smbcmp"); m.action("PgDn", HelpWindow) != PageDown || m.action("PgUp", HelpWindow) != PageUp {
		t.Error("PgDn and PgUp do not page in windows")
	}
	if s.Press("q") != DoQuit {
		t.Error("q does not quit")
	}
}
