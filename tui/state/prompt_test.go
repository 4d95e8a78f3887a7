package state

import (
	"strings"
	"testing"
)

// TestPast checks that earlier answers come back, and keys do not.
func TestPast(t *testing.T) {
	s := New(Config{A: openSide(t, "missing.pcap", false)})
	s.Start()
	s.Wait()
	s.Press("/")
	p := s.Prompt()
	for _, text := range []string{"cmd == READ", "cmd == CLOSE", "cmd == CLOSE"} {
		if err := s.Answer(p, text); err != nil {
			t.Fatal(err)
		}
	}
	if s.Answer(p, "cmd ==") == nil {
		t.Error("no filter is taken")
	}
	got := ""
	for _, step := range []int{-1, -1, -1, 1, 1} {
		got = s.Past(got, step)
		t.Log(got)
	}
	if got != "" || s.Past("", -1) != "cmd == CLOSE" || s.Past("cmd == CLOSE", -1) != "cmd == READ" {
		t.Errorf("past answers: %q", s.past)
	}
	s.prompt = &Prompt{Label: "key", Secret: true, Accept: func(string) error { return nil }}
	if err := s.Answer(s.prompt, "0011"); err != nil || s.Past("", -1) != "" {
		t.Error("a key is kept")
	}
}

// TestFilterBar checks what the bar says of texts.
func TestFilterBar(t *testing.T) {
	s := New(Config{A: openSide(t, "missing.pcap", false)})
	s.Start()
	s.Wait()
	s.Press("/")
	for _, c := range []struct{ text, above, below string }{
		{"", "all 54 rows", "words, or tests"},
		{"cmd == WRITE", "of 54 rows", ""},
		{"cmd == ", "goes on", "NEGOTIATE"},
		{"stat", "of 54 rows", "NT status of the response"},
		{"cmd == CREATE && zzzz == 1", "wrong at character 18", strings.Repeat(" ", 18) + "^^^^"},
	} {
		s.PromptLines(c.text, nil, 120, 40)
		s.Wait()
		above, below := s.PromptLines(c.text, nil, 120, 40)
		text := ""
		for _, l := range append(above, below...) {
			if l.width() != 120 {
				t.Errorf("%q: line of %d cells: %q", c.text, l.width(), l)
			}
			text += l.String() + "\n"
		}
		if !strings.Contains(text, c.above) || !strings.Contains(text, c.below) {
			t.Errorf("%q:\n%s", c.text, text)
		}
	}
}
