package state

import (
	"strings"
	"testing"
)

// TestFacing shows the response beside its request where there is room, with a
// cursor that goes through both and a mouse that finds each.
func TestFacing(t *testing.T) {
	s := started(t, Config{A: openSide(t, "missing.pcap", false)})
	s.Lines(140, 40)
	for s.Press("!"); ; s.Press("↓") {
		s.Lines(140, 40)
		if o, ok := s.sides[0].Trace.Op(s.selectedOps()[0]); !ok || o.Request != 0 && o.Response != 0 {
			break
		}
	}
	heading := func() (line int, both bool) {
		for i, l := range s.Lines(140, 40) {
			if x := l.String(); strings.Contains(x, "▾ request") {
				return i, strings.Contains(x, "▾ response")
			}
		}
		return -1, false
	}
	if _, both := heading(); both {
		t.Error("the response stands beside the request without being asked")
	}
	s.Press("Enter")
	line, both := heading()
	if !both || !s.inDetails {
		t.Fatalf("the response does not stand beside the request:\n%s", text(s, 140, 40))
	}
	part := func() int { return int(s.detail.items[s.detail.lines[s.detail.cur].item].part) }
	for x, response := range map[int]bool{5: false, 100: true} {
		if s.Click(x, line); part() > 0 != response {
			t.Errorf("a click at %d goes to part %d", x, part())
		}
		if !strings.HasPrefix(strings.TrimLeft(strings.Split(s.Lines(140, 40)[line].String(), "│")[map[bool]int{true: 1}[response]], " "), ">") {
			t.Errorf("no cursor at %d: %s", x, s.Lines(140, 40)[line])
		}
	}
	for range 200 {
		s.Press("b")
		s.Lines(140, 40)
	}
	if part() == 0 || s.detail.cur != len(s.detail.lines)-1 || !strings.Contains(text(s, 140, 40), ">") {
		t.Errorf("the cursor ends in part %d, line %d of %d", part(), s.detail.cur, len(s.detail.lines))
	}
	s.Click(100, 39-2) // below the response
	s.Press("v")
	if _, both := heading(); both {
		t.Error("v leaves the response beside the request")
	}
	s.Press("v")
	if s.Lines(80, 24); s.facingAt(80) != 0 || s.facingAt(140) == 0 {
		t.Error("there is room in 80 columns, or none in 140")
	}
}
