package state

import (
	"strings"
	"testing"
)

// answer types into the question that a key asked.
func answer(t *testing.T, s *State, key, text string) error {
	t.Helper()
	if s.Press(key) != DoPrompt {
		t.Fatalf("%s asks nothing", key)
	}
	err := s.Prompt().Accept(text)
	s.Wait()
	s.Lines(120, 40)
	return err
}

// TestFind goes from match to match, round the end, and leaves all rows.
func TestFind(t *testing.T) {
	s := started(t, Config{A: openSide(t, "missing.pcap", false)})
	if err := answer(t, s, "Ctrl-F", "status == OBJECT_NAME_NOT_FOUND"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ key, want, note string }{
		{"", "37 CREATE", ""},
		{"n", "37 CREATE", ""},
		{"g", "1 NEGOTIATE", ""},
		{"N", "37 CREATE", "round the end"},
		{"F3", "37 CREATE", ""},
		{"Esc", "37 CREATE", ""},
	} {
		press(s, strings.Fields(c.key)...)
		if got := selected(t, s); !strings.HasPrefix(got, c.want) || !strings.Contains(s.note, c.note) {
			t.Errorf("%s: on %q, %q", c.key, got, s.note)
		}
	}
	if s.find.open || s.lines() != 54 {
		t.Errorf("the search is open: %v, %d rows", s.find.open, s.lines())
	}
	if err := answer(t, s, "Ctrl-F", "status == == 1"); err == nil {
		t.Error("no complaint")
	}
	if answer(t, s, "Ctrl-F", `path ~ "no such"`); !strings.Contains(s.note, "not found") {
		t.Errorf("note %q", s.note)
	}
}

func TestGoTo(t *testing.T) {
	s := startedDiff(t)
	press(s, "c") // all rows
	for _, c := range []struct{ keys, want string }{
		{"1 4 g", "14 "}, {"g", "1 NEGOTIATE"}, {"9 9 9 g", "57 "}, {"F7", "56 "}, {"F8", "57 "},
	} {
		press(s, strings.Fields(c.keys)...)
		if got := selected(t, s); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: on %q", c.keys, got)
		}
	}
	for _, c := range []struct{ key, text, want string }{
		{"Ctrl-G", "A12", "12 "}, {"Ctrl-G", "B38", "41 "}, {"m", "x", "41 "}, {"Ctrl-G", "3", "3 "}, {"'", "x", "41 "},
		{":", "frame 79", "37 "}, {":", "op 5", "5 "}, {":", "44", "44 "}, {":", "frame B:81", "41 "}, {":", "filt path ~ docs", "41 "},
	} {
		if err := answer(t, s, c.key, c.text); err != nil {
			t.Errorf("%s %s: %v", c.key, c.text, err)
		}
		if got := selected(t, s); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s %s: on %q", c.key, c.text, got)
		}
	}
	for _, c := range [][2]string{{"'", "y"}, {"m", ""}, {"Ctrl-G", "x"}, {":", "nonsense"}, {":", "f"}, {":", "frame x"}, {":", "frame 99999"}, {":", "ignore"}} {
		if err := answer(t, s, c[0], c[1]); err == nil {
			t.Errorf("%s %q: no complaint", c[0], c[1])
		}
	}
}

// TestCopy checks what reaches the clipboard, and that no escape sequence does.
func TestCopy(t *testing.T) {
	s := startedDiff(t)
	if s.Press("y") != DoCopy || s.Clip() != "smb2.nt_status SUCCESS  0x00000000 / OBJECT_NAME_NOT_FOUND  0xc0000034" {
		t.Errorf("copied %q", s.Clip())
	}
	if s.Press("Y") != DoCopy || !strings.Contains(s.Clip(), "archive\\plan.txt") || strings.Contains(s.Clip(), "\x1b") {
		t.Errorf("copied %q", s.Clip())
	}
}

func TestHex(t *testing.T) {
	s := startedDiff(t)
	press(s, "H")
	if got := text(s, 120, 40); !strings.Contains(got, "field at 8, 4 bytes") || !strings.Contains(got, "0008  34 00 00 c0") {
		t.Errorf("no bytes:\n%s", got)
	}
	press(s, "H", "z")
	if l := s.layout(40); l.details != 1 {
		t.Errorf("zoomed list leaves %d lines", l.details)
	}
	press(s, "Tab")
	if l := s.layout(40); l.list != 1 {
		t.Errorf("zoomed details leave %d lines", l.list)
	}
	press(s, "z", "Tab")
	was := s.layout(40).list
	press(s, "-", "-", "+")
	if got := s.layout(40).list; got != was-4 {
		t.Errorf("list of %d lines, had %d", got, was)
	}
}

// TestFlags gives what is on the screen as flags of a report.
func TestFlags(t *testing.T) {
	s := startedDiff(t)
	if err := s.SetFilter(`path ~ "it's"`); err != nil {
		t.Fatal(err)
	}
	if got, want := s.Flags(), `--ignore 'ntlmssp.*' --filter 'path ~ "it'\''s"'`; got != want {
		t.Errorf("flags %s, want %s", got, want)
	}
}

// TestFields goes through the fields that differ, over rows.
func TestFields(t *testing.T) {
	s := startedDiff(t)
	press(s, "!")
	first := s.fieldName()
	press(s, "}")
	if got := s.fieldName() + selected(t, s); first != "smb2.nt_status" || got == first+selected(t, s) {
		t.Errorf("from %s to %s", first, got)
	}
	for range 5 {
		press(s, "}")
	}
	for range 20 {
		press(s, "{")
	}
	if s.note != "no difference before this row" {
		t.Errorf("note %q, on %q", s.note, selected(t, s))
	}
}
