package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSavedFilters keeps a filter under a name, goes on with it, and puts it back
// in another run.
func TestSavedFilters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "smbdiff", "filters.toml")
	s := started(t, Config{A: openSide(t, "good.pcap", false), Filters: path})
	save := func(text, name string) error {
		s.Press("/")
		filter := s.Prompt()
		if got, ok := filter.Key("Ctrl-S", text); got != text || !ok {
			t.Fatalf("Ctrl-S: %q, %v", got, ok)
		}
		if s.Prompt() == filter {
			return filter.trouble
		}
		if err := s.Answer(s.Prompt(), name); err != nil {
			return err
		}
		if s.Asked() != DoPrompt || !s.Prompt().Filter || s.Prompt().Text != text {
			t.Errorf("the filter is not asked again: %+v", s.Prompt())
		}
		return nil
	}
	for _, c := range []struct{ text, name, want string }{
		{`cmd == CREATE && path ~ "a\.b$"`, "made", ""},
		{"rtt > 5ms", "slow", ""},
		{"rtt > 9ms", "slow", "slow is there already: rtt > 5ms"},
		{"rtt > 9ms", "a b", "a name has letters"},
		{"rtt >", "x", "rtt >"},
		{"", "x", "there is no filter yet"},
	} {
		switch err := save(c.text, c.name); {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && err == nil:
			t.Errorf("%s of %q: no error, want %s", c.name, c.text, c.want)
		case c.want != "" && c.text != "rtt >" && !strings.HasPrefix(err.Error(), c.want):
			t.Errorf("%s of %q: %v, want %s", c.name, c.text, err, c.want)
		}
	}
	again := started(t, Config{A: openSide(t, "good.pcap", false), Filters: path})
	again.Press("/")
	for text, want := range map[string]string{
		"$m":             `cmd == CREATE && path ~ "a\.b$"`,
		"op == 1 && !$s": "op == 1 && !(rtt > 5ms)",
		"$":              "$made",
		`path ~ "x$`:     `path ~ "x$`,
		"$other":         "$other",
	} {
		if got := again.Prompt().Complete(text); got != want {
			t.Errorf("Tab behind %q: %q, want %q", text, got, want)
		}
	}
	_, below := again.PromptLines("$", nil, 100, 40)
	if got := linesText(below); !strings.Contains(got, "$slow  rtt > 5ms") {
		t.Errorf("not offered:\n%s", got)
	}
	again.Prompt().Key("Ctrl-S", "op == 1")
	if again.Left() != DoPrompt || again.Prompt().Text != "op == 1" {
		t.Errorf("leaving the name loses the filter: %+v", again.Prompt())
	}
}

// TestSavedFiltersFile checks that what the user has written in the file stays.
func TestSavedFiltersFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "filters.toml")
	mine := "# mine\nsmall = 'op < 3'"
	if err := os.WriteFile(path, []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	f := filterFile{path}
	if err := f.add("big", "op > 3"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if want := mine + "\nbig = \"op > 3\"\n"; err != nil || string(got) != want {
		t.Errorf("%q, want %q", got, want)
	}
	if err := os.WriteFile(path, []byte("small ="), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.add("big", "op > 3"); err == nil {
		t.Error("a damaged file is written to")
	}
}

func linesText(lines []Line) string {
	var out strings.Builder
	for _, l := range lines {
		out.WriteString(l.String() + "\n")
	}
	return out.String()
}
