package state

import (
	"strings"
	"testing"
)

// TestFilter holds filters against the number of rows that they choose.
func TestFilter(t *testing.T) {
	s := started(t, Config{A: openSide(t, "missing.pcap", false)})
	defer s.Close()
	all := s.lines()
	for text, want := range map[string]int{
		"":                                all,
		"  ":                              all,
		"create plan":                     1,
		"PLAN":                            1,
		`"object_name_not"`:               1,
		"zzz":                             0,
		"!zzz":                            all,
		"cmd == tree_connect":             2,
		`path ~ "plan"`:                   1,
		`path == archive\plan.txt`:        1,
		"status == OBJECT_NAME_NOT_FOUND": 1,
		"frame == 79":                     1,
		"frame in {78..79}":               1,
		"op in {1..10}":                   10,
		"op in {1..10} && !(op == 3)":     9,
		`smb2.filename contains "plan"`:   1,
		`smb2.nt_status == 0xc0000034 || cmd == LOGOFF`: 1,
	} {
		if err := s.SetFilter(text); err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		s.Wait()
		if got := s.lines(); got != want {
			t.Errorf("%q: %d rows, want %d", text, got, want)
		}
	}
	for _, bad := range []string{"frame ==", "frame == x", "cmd:create", "op in 3-", "stauts == 1"} {
		if s.SetFilter(bad) == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

// TestFilterOfPairs filters by what a comparison says.
func TestFilterOfPairs(t *testing.T) {
	b := openSide(t, "missing.pcap", false)
	s := started(t, Config{A: openSide(t, "good.pcap", false), B: &b})
	defer s.Close()
	counts := s.cmp.result.counts
	for text, want := range map[string]int{
		"differs":                    counts[differs] + counts[outcome] + counts[onlyA] + counts[onlyB],
		"masked":                     counts[masked],
		"only == a":                  counts[onlyA],
		"grade == outcome":           1,
		"a.status != b.status":       1,
		"cmd == CREATE && !a.status": 0,
		"differs && b.path ~ plan":   1,
		"b.status == object_name_not_found && a.status == success": 1,
	} {
		if err := s.SetFilter(text); err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		s.Wait()
		if got := s.lines(); got != want {
			t.Errorf("%q: %d rows, want %d", text, got, want)
		}
	}
}

func TestCompleteFilter(t *testing.T) {
	for text, want := range map[string]string{
		"sta":                  "status",
		"cmd == cre":           "cmd == CREATE",
		"smb2.create.dispo":    "smb2.create.disposition",
		"stauts != SUCCESS":    "status != SUCCESS",
		"cmd == CREATE && pat": "cmd == CREATE && path",
		"zzz":                  "zzz",
		"smb2.create.dis":      "smb2.create.disposition",
	} {
		if got := CompleteFilter(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := FilterHint("cmd == READ && stat"); !strings.HasPrefix(got, "status") {
		t.Errorf("hint %q", got)
	}
}
