package state

import (
	"strings"
	"testing"
)

func startedDiff(t *testing.T) *State {
	t.Helper()
	b := openSide(t, "missing.pcap", false)
	return started(t, Config{A: openSide(t, "good.pcap", false), B: &b, Ignore: []string{"ntlmssp.*"}})
}

func TestDiffMoves(t *testing.T) {
	s := startedDiff(t)
	const divergence = `37 CREATE archive\plan.txt F10 SUCCESS | 37 CREATE archive\plan.txt OBJECT_NAME_NOT_FOUND`
	for _, c := range []struct{ keys, want string }{
		{"", divergence},
		{"g", "- | -"}, // a fold
		{"!", divergence},
		{"]", `38 `},
		{"[", divergence},
		{"]", `38 `},
		{"[ [", divergence},
		{"d", "38 "},
		{"=", "38 "},
		{"f", `37 CREATE archive\plan.txt F10 SUCCESS | -`},
		{"=", divergence},
		{"j", `37 CREATE archive\plan.txt F10 SUCCESS | 38 `},
		{"=", divergence},
		{"k k", `37 CREATE archive\plan.txt F10 SUCCESS | 35 `},
		{"↓", "38 "},
		{"c g", "1 NEGOTIATE"},
		{"c !", divergence},
		{"c", divergence},
	} {
		press(s, strings.Fields(c.keys)...)
		if got := selected(t, s); !strings.HasPrefix(got, c.want) {
			t.Errorf("%q: on %q, want %q", c.keys, got, c.want)
		}
	}
	press(s, "g", "→")
	if got := selected(t, s); !strings.HasPrefix(got, "1 NEGOTIATE") {
		t.Errorf("unfolded: on %q", got)
	}
}

// TestIgnore checks that a ignores the field under the cursor, compares anew,
// and takes it back.
func TestIgnore(t *testing.T) {
	s := startedDiff(t)
	for range 100 {
		if s.fieldName() == "smb2.nt_status" {
			break
		}
		press(s, "b")
	}
	counts := s.cmp.result.counts
	if s.Press("a") != DoPrompt { // the outcome is masked on a yes alone
		t.Fatal("masking a status asks nothing")
	}
	if s.Prompt().Accept("n"); len(s.cmp.masks.rules) != 1 {
		t.Errorf("no means %v", s.cmp.masks.rules)
	}
	s.Prompt().Accept("y")
	press(s)
	s.Wait()
	if s.cmp.result.counts[outcome] != counts[outcome]-1 || s.cmp.job != nil {
		t.Errorf("ignoring %v: %v, was %v", s.cmp.masks.rules, s.cmp.result.counts, counts)
	}
	if !strings.Contains(text(s, 160, 40), "default + 2") {
		t.Error("the state line does not tell of it")
	}
	if got := s.fieldName(); got != "smb2.nt_status" || !strings.HasPrefix(selected(t, s), "37 ") {
		t.Errorf("on %s of %s", got, selected(t, s))
	}
	press(s, "a")
	if s.cmp.result.counts != counts || len(s.cmp.masks.rules) != 1 {
		t.Errorf("after undoing: %v, was %v", s.cmp.result.counts, counts)
	}
}

// TestCursorStays checks that a comparison that becomes ready leaves the
// cursor on the operation to which the user has moved it.
func TestCursorStays(t *testing.T) {
	b := openSide(t, "missing.pcap", false)
	gate := make(chan struct{})
	load := b.Load
	b.Load = func(progress func() bool) error {
		err := load(progress)
		<-gate
		return err
	}
	s := New(Config{A: openSide(t, "good.pcap", false), B: &b})
	s.Start()
	for !s.sides[0].Trace.Done() || !s.sides[1].Trace.Done() {
		s.Tick()
	}
	s.Lines(120, 40)
	s.Press("G")
	s.Press("↑")
	was := s.selectedOps()[0]
	close(gate)
	s.Wait()
	s.Lines(120, 40)
	row, _ := s.currentRow()
	ops, _ := s.rowOps(row)
	e, _ := s.line(s.rows.cur)
	if ops[0] != was || e.fold > 0 {
		t.Errorf("on A%d, folded %d, was on A%d", ops[0], e.fold, was)
	}
}

// TestDiffFilter checks that a row stays when either side matches.
func TestDiffFilter(t *testing.T) {
	s := startedDiff(t)
	if err := s.SetFilter("status == OBJECT_NAME_NOT_FOUND"); err != nil {
		t.Fatal(err)
	}
	s.Wait()
	if s.lines() != 1 || !strings.HasPrefix(selected(t, s), `37 CREATE archive\plan.txt`) {
		t.Errorf("%d rows, on %q", s.lines(), selected(t, s))
	}
	press(s, "Esc")
	if s.lines() < 5 {
		t.Errorf("%d rows without a filter", s.lines())
	}
}
