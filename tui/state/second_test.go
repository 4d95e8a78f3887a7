package state

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDiffCommand turns the view of one capture into a comparison, and puts
// another capture in the place of B.
func TestDiffCommand(t *testing.T) {
	opened := ""
	s := started(t, Config{A: openSide(t, "good.pcap", false), Open: func(name string) (Side, error) {
		if name == "nothing" {
			return Side{}, errors.New("nothing: no such file")
		}
		opened = name
		return openSide(t, name, false), nil
	}})
	run := func(text string) error {
		err := s.Command(text)
		s.Wait()
		return err
	}
	if err := run("diff nothing"); err == nil || s.diffing() {
		t.Errorf("what cannot be opened: %v", err)
	}
	if err := run("diff"); err == nil {
		t.Error("diff wants no file")
	}
	if err := run("diff missing.pcap"); err != nil || opened != "missing.pcap" {
		t.Fatal(err)
	}
	if got := text(s, 160, 40); !strings.Contains(got, "B missing.pcap") || !strings.HasPrefix(selected(t, s), "37 CREATE archive") {
		t.Errorf("on %s:\n%s", selected(t, s), got)
	}
	press(s, "g", "p", "x")
	s.Wait()
	if err := run("diff same.pcap"); err != nil {
		t.Fatal(err)
	}
	if got := text(s, 160, 40); !strings.Contains(got, "A missing.pcap") || !strings.Contains(got, "B same.pcap") || s.cmp.result.first < 0 {
		t.Errorf("in place of B:\n%s", got)
	}
	if got := s.names(); len(got) != 2 || filepath.Base(got[1]) != "same.pcap" {
		t.Errorf("captures %v", got)
	}
}

// TestFrames checks that the cursor begins at the frames of the call.
func TestFrames(t *testing.T) {
	s := started(t, Config{A: openSide(t, "good.pcap", false), Frames: [2]uint32{79, 0}})
	if got := selected(t, s); !strings.HasPrefix(got, "37 ") {
		t.Errorf("on %s", got)
	}
	b := openSide(t, "missing.pcap", false)
	s = started(t, Config{A: openSide(t, "good.pcap", false), B: &b, Frames: [2]uint32{79, 40}})
	s.Wait()
	if got := s.selectedOps(); got != [2]uint32{37, 18} {
		t.Errorf("on %v", got)
	}
	s = started(t, Config{A: openSide(t, "good.pcap", false), Frames: [2]uint32{99999, 0}})
	if !strings.Contains(text(s, 120, 40), "no message at or behind frame 99999") {
		t.Error("a frame that is not there is not told")
	}
}

// TestCompletePath completes names of files.
func TestCompletePath(t *testing.T) {
	dir := t.TempDir() + string(filepath.Separator)
	for _, n := range []string{"good.pcap", "good.keys", "bad.pcap", ".hidden", "x\x1b[2J"} {
		if err := os.WriteFile(dir+n, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(dir+"traces", 0o700); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"g": "good.", "good.": "good.keys", "good.p": "good.pcap", "t": "traces" + string(filepath.Separator), "z": "z", "x": "x", ".h": ".hidden"} {
		if got := completePath(dir + text); got != dir+want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if got := completeLast("diff " + dir + "b"); got != "diff "+dir+"bad.pcap" {
		t.Errorf("last word: %q", got)
	}
	if got := completePath("/nowhere/at/all"); got != "/nowhere/at/all" {
		t.Errorf("no directory: %q", got)
	}
}
