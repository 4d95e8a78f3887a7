package state

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPastFile checks that answers are there again in the next run, in a file of
// the user's alone, and that nothing that may be a key is in it.
func TestPastFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "smbdiff", "history")
	run := func() *State {
		s := started(t, Config{A: openSide(t, "good.pcap", false), History: path})
		s.sides[0].Keys = nil
		return s
	}
	s := run()
	const secret = "00112233445566778899aabbccddeeff"
	s.Press("/")
	for _, text := range []string{"cmd == READ", "path ~ \"a\\nb\"", "cmd == WRITE"} {
		if err := s.Answer(s.Prompt(), text); err != nil {
			t.Fatal(err)
		}
	}
	s.Do(CommandLine)
	for _, text := range []string{"op 3", "key " + secret, "k " + secret, "ke  " + secret, "  key " + secret} {
		s.Do(CommandLine)
		_ = s.Answer(s.Prompt(), text)
	}
	s.ask(Prompt{Label: "key", Secret: true, Accept: func(string) error { return nil }})
	if err := s.Answer(s.Prompt(), secret); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(got), secret) || !strings.Contains(string(got), "op 3") {
		t.Errorf("the file holds\n%s", got)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
	if st, err := os.Stat(filepath.Dir(path)); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
	s = run()
	s.Press("/")
	if got := s.Past("", -1); got != "cmd == WRITE" {
		t.Errorf("the next run offers %q", got)
	}
	s.Do(CommandLine)
	if got := s.Past("", -1); got != "op 3" {
		t.Errorf("the next run offers the command %q", got)
	}
}

// TestPastFileBounds checks that the file does not grow for ever, and that a
// damaged one does no harm.
func TestPastFileBounds(t *testing.T) {
	h := pastFile{path: filepath.Join(t.TempDir(), "history")}
	var b strings.Builder
	b.WriteString("garbage\n\"half\n\"a\" \n\"filter\" \"x\\x1b[2J\"\n")
	for i := range historyLines + 50 {
		fmt.Fprintf(&b, "\"filter\" \"op == %d\"\n", i)
	}
	if err := os.WriteFile(h.path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := h.load()["filter"]; len(got) != pastMost || got[pastMost-1] != fmt.Sprintf("op == %d", historyLines+49) || h.err != nil {
		t.Errorf("%d answers, %v", len(got), h.err)
	}
	text, _ := os.ReadFile(h.path)
	if n := strings.Count(string(text), "\n"); n != pastMost {
		t.Errorf("%d lines are left", n)
	}
	h = pastFile{path: filepath.Join(h.path, "no directory")}
	if h.add("filter", "x"); h.err == nil {
		t.Error("nothing is said of what cannot be written")
	}
}
