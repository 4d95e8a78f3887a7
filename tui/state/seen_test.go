package state

import (
	"strings"
	"testing"
)

// barText gives the lines around a filter that is typed.
func barText(s *State, text string) string {
	var b strings.Builder
	s.PromptLines(text, nil, 160, 45)
	s.Wait()
	above, below := s.PromptLines(text, nil, 160, 45)
	for _, l := range append(above, below...) {
		b.WriteString(l.String() + "\n")
	}
	return b.String()
}

// TestSeenHere checks that the filter bar offers the values that the captures
// have, the most frequent first.
func TestSeenHere(t *testing.T) {
	b := openSide(t, "missing.pcap", false)
	s := started(t, Config{A: openSide(t, "good.pcap", false), B: &b})
	s.Press("/")
	for _, c := range []struct{ text, want string }{
		{"stat", "NT status of the response  seen here: SUCCESS 51 · "},
		{"cmd == CREATE && stat", "seen here: SUCCESS 51 · "},
		{"status == ", "STATUS_OBJECT_NAME_NOT_FOUND"},
		{"status == OBJ", "in 1 row"},
		{"path == ", `archive\plan.txt`},
		{"smb2.create.disposition", "seen here: FILE_OPEN "},
	} {
		if got := barText(s, c.text); !strings.Contains(got, c.want) {
			t.Errorf("%q lacks %q:\n%s", c.text, c.want, got)
		}
	}
	for text, want := range map[string]string{
		"path == arch":            `path == archive`,
		"status == OBJ":           "status == STATUS_OBJECT_NAME_NOT_FOUND",
		"stat":                    "status",
		"smb2.create.disposition": "smb2.create.disposition",
	} {
		barText(s, text)
		if got := s.completeFilter(text); !strings.HasPrefix(got, want) {
			t.Errorf("Tab on %q: %q, want %q", text, got, want)
		}
	}
	s.Closed()
	if s.seen != nil {
		t.Error("counting goes on behind the closed bar")
	}
}

// TestFilterSides checks the keys that bind a filter to one side, and that it
// then shows what that side has.
func TestFilterSides(t *testing.T) {
	b := openSide(t, "missing.pcap", false)
	s := started(t, Config{A: openSide(t, "good.pcap", false), B: &b})
	s.Press("/")
	key := s.Prompt().Key
	text := "status == OBJECT_NAME_NOT_FOUND"
	for _, c := range []struct{ key, want, title string }{
		{"Alt-A", "a.status == OBJECT_NAME_NOT_FOUND", "rows of which A matches"},
		{"Alt-B", "b.status == OBJECT_NAME_NOT_FOUND", "rows of which B matches"},
		{"Alt-B", "status == OBJECT_NAME_NOT_FOUND", "rows of which A or B match"},
		{"Ctrl-T", "status == OBJECT_NAME_NOT_FOUND", "in Wireshark: smb2.nt_status == 0xc0000034"},
	} {
		var ok bool
		if text, ok = key(c.key, text); !ok || text != c.want {
			t.Errorf("%s gives %q, want %q", c.key, text, c.want)
		}
		if got := barText(s, text); !strings.Contains(got, c.title) {
			t.Errorf("%s: the bar lacks %q:\n%s", c.key, c.title, got)
		}
	}
	if got := barText(s, text+" "); strings.Contains(got, "in Wireshark") {
		t.Errorf("another text is still shown as Wireshark's:\n%s", got)
	}
	if got, ok := key("Alt-A", "cmd =="); !ok || got != "cmd ==" || !strings.Contains(barText(s, got), "missing") {
		t.Errorf("half a filter: %q", got)
	}
	if _, ok := key("Ctrl-X", text); ok {
		t.Error("any key is known")
	}
	shown := map[string]int{}
	for _, f := range []string{"a.cmd == READ", "b.cmd == READ", "cmd == READ"} {
		if err := s.SetFilter(f); err != nil {
			t.Fatal(err)
		}
		s.Wait()
		shown[f] = s.lines()
	}
	if shown["b.cmd == READ"] >= shown["a.cmd == READ"] || shown["cmd == READ"] != shown["a.cmd == READ"] {
		t.Errorf("rows: %v", shown)
	}
}
