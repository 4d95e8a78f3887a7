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

// TestMaskHits checks that the editor tells what the rule under the cursor does,
// and that what it says comes true.
func TestMaskHits(t *testing.T) {
	b := openSide(t, "missing.pcap", false)
	s := started(t, Config{A: openSide(t, "good.pcap", false), B: &b})
	counts := s.cmp.result.counts
	counted := func() string {
		text(s, 120, 40)
		s.Wait()
		return text(s, 120, 40)
	}
	press(s, "M")
	got := counted()
	for _, want := range []string{"hits A / B", "without this rule 51 more rows would differ; the verdict would move to op 3"} {
		if !strings.Contains(got, want) {
			t.Errorf("the editor lacks %q:\n%s", want, got)
		}
	}
	press(s, "Space")
	if n := s.cmp.result.counts[differs] - counts[differs]; n != 51 {
		t.Errorf("without the rule %d more rows differ", n)
	}
	if got := counted(); !strings.Contains(got, "this rule is off") {
		t.Errorf("the rule is not said to be off:\n%s", got)
	}
}

// TestMaskEdit edits rules of the user's and of the set, and loads a set.
func TestMaskEdit(t *testing.T) {
	b := openSide(t, "missing.pcap", false)
	s := started(t, Config{A: openSide(t, "good.pcap", false), B: &b})
	press(s, "M")
	for _, c := range []struct{ key, answer, want string }{
		{"n", "smb2.filename drop", "smb2.filename drop"},
		{"h", "shape", "smb2.filename shape"},
		{"o", "in CREATE request", "smb2.filename shape in CREATE request"},
		{"o", "when path ~ \"x y\"", `smb2.filename shape when path ~ "x y"`},
		{"o", "", "smb2.filename shape"},
		{"Enter", "smb2.filename length in READ", "smb2.filename length in READ"},
	} {
		if err := answer(t, s, c.key, c.answer); err != nil {
			t.Fatalf("%s %q: %v", c.key, c.answer, err)
		}
		if r := s.cmp.masks.rules; len(r) != 1 || r[0].typed() != c.want {
			t.Errorf("%s %q: %+v, want %s", c.key, c.answer, r, c.want)
		}
	}
	if answer(t, s, "h", "frob") == nil {
		t.Error("any word is a way to treat a field")
	}
	press(s, "↓")
	if err := answer(t, s, "h", "drop"); err != nil || s.cmp.masks.rules[0].typed() != "smb2.sesid drop" || len(s.cmp.masks.rules) != 2 {
		t.Errorf("a rule of the set: %v, %+v", err, s.cmp.masks.rules)
	}
	if err := answer(t, s, "l", "strict"); err != nil || s.cmp.masks.base.Name != "strict" || len(s.cmp.masks.rules) != 2 {
		t.Errorf("loading: %v, %s", err, s.cmp.masks.base.Name)
	}
	if got := s.Flags(); !strings.HasPrefix(got, "--mask strict --ignore smb2.sesid") {
		t.Errorf("flags: %s", got)
	}
	if answer(t, s, "l", "no such set") == nil {
		t.Error("any name is a set")
	}
	press(s, "u")
	if s.cmp.masks.base.Name != "default" {
		t.Errorf("after undoing: %s", s.cmp.masks.base.Name)
	}
}

// TestOnlyDifference checks that the only difference of a row is masked on a yes
// alone, once, and that the verdict then says how many rows are equal by that.
func TestOnlyDifference(t *testing.T) {
	b := openSide(t, "noise-2.pcap", false)
	s := started(t, Config{A: openSide(t, "noise-1.pcap", false), B: &b})
	if got := s.fieldName(); got != "smb2.filename" {
		t.Fatalf("on %s", got)
	}
	if s.Press("a") != DoPrompt || !strings.Contains(s.Prompt().Label, "all that differs in this row") {
		t.Fatalf("masking all of a row asks %+v", s.Prompt())
	}
	s.Prompt().Accept("n")
	if len(s.cmp.masks.rules) != 0 {
		t.Error("no means yes")
	}
	before := len(s.cmp.result.diffs)
	s.Press("a")
	s.Prompt().Accept("y")
	s.Wait()
	n := before - len(s.cmp.result.diffs)
	if n < 1 || s.thanks() != n {
		t.Errorf("%d rows fewer differ, %d are told", n, s.thanks())
	}
	if got := text(s, 200, 40); !strings.Contains(got, "equal only by masks of this session") {
		t.Errorf("the verdict does not tell:\n%s", got)
	}
	press(s, "u")
	if s.Press("a") != Stay || len(s.cmp.masks.rules) != 1 {
		t.Error("it asks again")
	}
}
