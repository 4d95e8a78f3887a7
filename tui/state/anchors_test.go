package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/dissect/capture"
)

func diffing(t *testing.T) *State {
	t.Helper()
	b := openSide(t, "missing.pcap", false)
	s := started(t, Config{A: openSide(t, "good.pcap", false), B: &b})
	s.Lines(120, 40)
	return s
}

// TestAnchor pairs operations by hand, exchanges the sides, and drops the pair.
func TestAnchor(t *testing.T) {
	s := diffing(t)
	press(s, "!", "d")
	if got := s.selectedOps(); got != [2]uint32{38, 37} {
		t.Fatalf("at %v", got)
	}
	press(s, "p")
	s.Wait()
	if got := s.selectedOps(); got != [2]uint32{38, 37} || s.rows.other >= 0 {
		t.Errorf("p: at %v", got)
	}
	if got := s.Flags(); got != "--anchor 38=37" {
		t.Errorf("flags %s", got)
	}
	press(s, "x")
	s.Wait()
	if got := s.selectedOps(); got != [2]uint32{37, 38} || !strings.Contains(s.titleLine(120).String(), "A missing.pcap") {
		t.Errorf("x: at %v: %s", got, s.titleLine(120))
	}
	press(s, "x", "P")
	s.Wait()
	if got := s.rowOfOp(0, 37); s.cmp.result.Rows[got].B != 37 || s.Flags() != "no flags are needed" {
		t.Errorf("P: A37 stands beside B%d; flags %s", s.cmp.result.Rows[got].B, s.Flags())
	}
}

// TestLayouts checks that values stand below each other, and that masked fields
// are shown, with the same field under the cursor.
func TestLayouts(t *testing.T) {
	s := diffing(t)
	name := s.fieldName()
	text := func() string {
		out := ""
		for _, l := range s.Lines(120, 40) {
			out += l.String() + "\n"
		}
		return out
	}
	press(s, "v")
	if got := text(); !strings.Contains(got, "A SUCCESS  0x00000000") || !strings.Contains(got, "B OBJECT_NAME_NOT_FOUND  0xc0000034") || s.fieldName() != name {
		t.Errorf("at %s:\n%s", s.fieldName(), got)
	}
	press(s, "v")
	before := len(s.detail.lines)
	if press(s, "~"); len(s.detail.lines) <= before {
		text()
		if len(s.detail.lines) <= before {
			t.Error("no masked field is shown")
		}
	}
	narrow := text()
	if press(s, ">", ">", ">", ">"); text() == narrow {
		t.Error("> changes nothing")
	}
}

// TestWriteFrames writes the packets of an operation.
func TestWriteFrames(t *testing.T) {
	s := diffing(t)
	press(s, "W")
	path := filepath.Join(t.TempDir(), "one.pcapng")
	if err := s.Answer(s.Prompt(), "B:"+path); err != nil {
		t.Fatal(err)
	}
	s.Wait()
	f, err := capture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sum, err := f.Scan(capture.Options{}, func(*capture.PDU) bool { return true })
	if err != nil || sum.Frames != 2 {
		t.Errorf("%+v, %v", sum, err)
	}
	if s.Answer(s.Prompt(), path) == nil {
		t.Error("a file is written over")
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
	if r := s.Do(Wireshark); r != DoCopy || !strings.Contains(s.Clip(), "-Y 'frame.number in {78, 79}'\n") {
		t.Errorf("%d: %s", r, s.Clip())
	}
}

// TestScroll moves a wide window sideways, and not beyond its text.
func TestScroll(t *testing.T) {
	s := diffing(t)
	wide := strings.Repeat("0123456789", 9)
	s.cfg.Statistics = func([]string) string { return wide + "漢字" }
	press(s, "S")
	s.Wait()
	for _, keys := range [][]string{nil, {"→"}, {"→"}, {"→"}, {"←", "←", "←"}} {
		press(s, keys...)
		for _, l := range s.Lines(80, 24) {
			if l.width() != 80 {
				t.Fatalf("%d cells: %q", l.width(), l)
			}
		}
	}
	if got := s.Lines(80, 24)[3].String(); !strings.Contains(got, "│ 0123") {
		t.Errorf("back at the left: %q", got)
	}
}
