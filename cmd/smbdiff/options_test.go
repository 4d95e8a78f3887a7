package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// pair gives the paths of two checked-in captures that differ.
func pair() (a, b string) {
	return filepath.Join(traces, "good.pcap"), filepath.Join(traces, "missing.pcap")
}

// TestSideFilters chooses rows by one side of a comparison, and operations of
// one capture of stats.
func TestSideFilters(t *testing.T) {
	a, b := pair()
	for _, c := range []struct{ side, both []string }{
		{[]string{"--filter-a", "cmd == READ"}, []string{"--filter", "a.cmd == READ"}},
		{[]string{"--filter-b", "status == STATUS_OBJECT_NAME_NOT_FOUND"}, []string{"-Y", "b.status == STATUS_OBJECT_NAME_NOT_FOUND"}},
		{[]string{"--filter-b", "plan", "--filter-a", "cmd == CREATE", "--filter-a", "path ~ plan"}, []string{"-Y", `b.path ~ plan && a.cmd == CREATE && a.path ~ plan`}},
		{[]string{"--filter-a", "cmd == CREATE", "-Y", "differs"}, []string{"-Y", "differs && a.cmd == CREATE"}},
	} {
		wantCode, want, _ := run(t, append([]string{"diff", a, b}, c.both...)...)
		if code, got, _ := run(t, append([]string{"diff", a, b}, c.side...)...); code != wantCode || got != want {
			t.Errorf("%q: exit %d\n%s\n%q: exit %d\n%s", c.side, code, got, c.both, wantCode, want)
		}
	}
	_, got, _ := run(t, "stats", a, b, "--filter-a", "cmd == READ", "--filter-b", "cmd == CLOSE")
	if !strings.Contains(got, "READ") || !strings.Contains(got, "CLOSE") || strings.Contains(got, "CREATE") {
		t.Errorf("stats of READ in A and CLOSE in B:\n%s", got)
	}
	for _, args := range [][]string{{"diff", a, b, "--filter-a", "cmd = READ"}, {a, "--filter-b", "cmd == READ"}, {"stats", a, "--filter-a", "READ"}, {"dump", a, "--filter-a", "READ"}} {
		if code, _, stderr := run(t, args...); code != exitTrouble || !strings.Contains(stderr, "hint: ") {
			t.Errorf("%q: exit %d, %s", args[2:], code, stderr)
		}
	}
}
