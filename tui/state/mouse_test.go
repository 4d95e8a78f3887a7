package state

import (
	"strings"
	"testing"
)

// at gives the place of a text on a line of the screen, in cells.
func at(t *testing.T, s *State, line int, text string) int {
	t.Helper()
	before, _, ok := strings.Cut(s.Lines(120, 40)[line].String(), text)
	if !ok {
		t.Fatalf("line %d lacks %q: %s", line, text, s.Lines(120, 40)[line])
	}
	return Width(before)
}

// TestClickBars clicks the key bar, the state line and the verdict.
func TestClickBars(t *testing.T) {
	s := startedDiff(t)
	s.Lines(120, 40)
	s.Click(at(t, s, 38, "? help"), 38)
	if s.front() == nil || s.front().place() != HelpWindow {
		t.Fatal("a click on ? help does not open it")
	}
	s.Click(at(t, s, 38, "Esc close")+5, 38)
	if s.front() != nil {
		t.Error("a click on Esc close does not close it")
	}
	row, _ := s.currentRow()
	s.Click(at(t, s, 38, "]/["), 38)
	s.Click(at(t, s, 38, "]/[")+2, 38)
	if got, _ := s.currentRow(); got != row {
		t.Errorf("[ and ] lead from row %d to %d", row, got)
	}
	s.Click(at(t, s, 38, "]/["), 38)
	if got, _ := s.currentRow(); got == row {
		t.Error("a click on ] does nothing")
	}
	s.Click(3, 1)
	if got, _ := s.currentRow(); got != row {
		t.Error("a click on the verdict does not lead to the divergence")
	}
	s.Click(at(t, s, 39, "masks: "), 39)
	if s.front() == nil || s.front().place() != MaskWindow {
		t.Error("a click on the masks does not open them")
	}
	s.Click(0, 0)
	if s.front() != nil {
		t.Error("a click beside a window does not close it")
	}
	s.Click(at(t, s, 39, "context 3"), 39)
	if s.cmp.context != -1 {
		t.Error("a click on the context does not change it")
	}
	if r := s.Click(at(t, s, 38, "/ filter"), 38); r != DoPrompt {
		t.Errorf("a click on / filter asks %d", r)
	}
	for x := range 130 {
		for _, y := range []int{38, 39} {
			s.Click(x, y)
			for s.front() != nil {
				s.shut()
			}
		}
	}
}

// TestDrag moves the border between the panes.
func TestDrag(t *testing.T) {
	s := startedDiff(t)
	s.Lines(120, 40)
	border := 3 + s.layout(40).list
	if !s.Grab(border) || s.Grab(border+1) || s.Grab(border-1) {
		t.Fatal("the border is not where it is shown")
	}
	for _, y := range []int{border + 5, 10, -3, 90} {
		s.Drag(y)
		got := 3 + s.layout(40).list
		if want := max(4, min(y, 36)); got != want {
			t.Errorf("dragged to %d it is on %d, want %d", y, got, want)
		}
		for i, l := range s.Lines(120, 40) {
			if l.width() != 120 {
				t.Fatalf("line %d has %d cells", i, l.width())
			}
		}
	}
}

// TestUndo takes back masks, pairs and filters in their order.
func TestUndo(t *testing.T) {
	s := startedDiff(t)
	counts := s.cmp.result.counts
	if err := s.mask("smb2.filename drop"); err != nil {
		t.Fatal(err)
	}
	s.Wait()
	press(s, "c", "5", "g", "p")
	s.Wait()
	if err := s.SetFilter("cmd == READ"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetFilter("cmd == CREATE"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		filter         string
		anchors, rules int
	}{{"cmd == READ", 1, 2}, {"", 1, 2}, {"", 0, 2}, {"", 0, 1}, {"", 0, 1}} {
		press(s, "u")
		s.Wait()
		if s.FilterText() != want.filter || len(s.cmp.anchors) != want.anchors || len(s.cmp.masks.rules) != want.rules {
			t.Errorf("filter %q, %d anchors, %d rules, want %+v", s.FilterText(), len(s.cmp.anchors), len(s.cmp.masks.rules), want)
		}
	}
	if s.cmp.result.counts != counts {
		t.Errorf("in the end %v, were %v", s.cmp.result.counts, counts)
	}
}

// TestTimes goes through the forms of times.
func TestTimes(t *testing.T) {
	s := started(t, Config{A: openSide(t, "good.pcap", false)})
	for _, want := range []string{"delta", "time UTC", " time "} {
		press(s, "t")
		got := text(s, 160, 40)
		if !strings.Contains(got, want) {
			t.Errorf("no %q:\n%s", want, got)
		}
		for i, l := range s.Lines(160, 40) {
			if l.width() != 160 {
				t.Errorf("line %d has %d cells", i, l.width())
			}
		}
	}
}

// TestSearchHelp leaves out the keys that do not say what is looked for.
func TestSearchHelp(t *testing.T) {
	s := startedDiff(t)
	press(s, "?")
	if err := answer(t, s, "/", "Mark"); err != nil {
		t.Fatal(err)
	}
	got := text(s, 120, 40)
	if !strings.Contains(got, "set a mark") || strings.Contains(got, "suspend") || !strings.Contains(got, "lines with: Mark") {
		t.Errorf("help:\n%s", got)
	}
	if err := answer(t, s, "/", "no such word"); err != nil || !strings.Contains(text(s, 120, 40), "no key says that") {
		t.Errorf("%v:\n%s", err, text(s, 120, 40))
	}
}

// TestFollowHandle goes from a file id to all operations on it.
func TestFollowHandle(t *testing.T) {
	s := started(t, Config{A: openSide(t, "good.pcap", false)})
	if err := s.Command("op 36"); err != nil {
		t.Fatal(err)
	}
	s.Lines(120, 40)
	press(s, "Tab")
	for range 40 {
		if s.fieldName() == "smb2.fid" {
			break
		}
		press(s, "↓")
	}
	press(s, "Enter")
	if s.front() == nil || s.front().place() != HistoryWindow {
		t.Errorf("Enter on %s opens no history", s.fieldName())
	}
}

// TestFreeBoth moves sides that stand apart, each by one.
func TestFreeBoth(t *testing.T) {
	s := startedDiff(t)
	press(s, "c", "1", "0", "g", "j", "j", "↓")
	if got := s.selectedOps(); got != [2]uint32{11, 13} {
		t.Errorf("on %v", got)
	}
	press(s, "↑", "↑")
	if got := s.selectedOps(); got != [2]uint32{9, 11} {
		t.Errorf("on %v", got)
	}
	press(s, "=")
	if got := s.selectedOps(); got != [2]uint32{9, 9} {
		t.Errorf("after = on %v", got)
	}
}
