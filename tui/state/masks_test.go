package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/diff"
)

// TestMaskWindow takes a rule of the set out of force, makes rules, takes them
// back, and writes what package diff reads again.
func TestMaskWindow(t *testing.T) {
	b := openSide(t, "missing.pcap", false)
	s := started(t, Config{A: openSide(t, "good.pcap", false), B: &b})
	counts := s.cmp.result.counts
	press(s, "M")
	if got := text(s, 100, 30); !strings.Contains(got, "[x]  smb2.sesid") || !strings.Contains(got, "set: default") {
		t.Fatalf("no rules:\n%s", got)
	}
	press(s, "Space")
	if got := text(s, 100, 30); s.cmp.result.counts[differs] <= counts[differs] || !strings.Contains(got, "[ ]  smb2.sesid") {
		t.Errorf("without session ids %v differ, with them %v:\n%s", s.cmp.result.counts, counts, got)
	}
	press(s, "Space")
	if s.cmp.result.counts != counts {
		t.Errorf("back in force: %v, was %v", s.cmp.result.counts, counts)
	}
	for _, c := range []struct{ rule, want string }{
		{"smb2.filename shape in CREATE request", ""},
		{"smb2.nt_status within 2", ""},
		{"smb2.filename hide when cmd == CREATE", ""},
		{"smb2.filename frob", `how "frob" is unknown`},
		{"smb2.filename drop when cmd == == 1", "a field or value is missing"},
		{"", "which field"},
	} {
		err := answer(t, s, "n", c.rule)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.rule, err, c.want)
		}
	}
	if got := text(s, 120, 40); !strings.Contains(got, "hides the outcome") || !strings.Contains(got, "CREATE request") {
		t.Errorf("rules:\n%s", got)
	}
	path := filepath.Join(t.TempDir(), "m.toml")
	if err := answer(t, s, "s", path); err != nil {
		t.Fatal(err)
	}
	if err := answer(t, s, "s", path); !os.IsExist(err) {
		t.Errorf("writing over a file: %v", err)
	}
	if _, err := diff.LoadMasks([]string{path}, nil, nil); err != nil {
		t.Errorf("what was written is no mask file: %v", err)
	}
	press(s, "u", "u", "u", "u")
	if n := len(s.cmp.masks.rules); n != 1 || s.cmp.masks.rules[0].how != "keep" {
		t.Errorf("%d rules are left", n)
	}
}
