package diff

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// maskOf writes a mask file and loads it.
func maskOf(t *testing.T, name, text string) (*Masks, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return LoadMasks([]string{path}, nil, nil)
}

func TestMaskFileErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"extends = \"default\"\n[[mask]]\nfield = \"x\"\n", `m.toml:2: a rule needs how = "..."`},
		{"\n[[mask]]\nhow = \"drop\"\n", `m.toml:2: a rule needs field = "..."`},
		{"[[mask]]\nfield = \"x\"\nhow = \"dorp\"\n", `m.toml:3: how "dorp" is unknown`},
		{"[[mask]]\nfield = \"x\"\nhow = \"drop all\"\n", `m.toml:3: how "drop all": nothing can follow drop`},
		{"[[mask]]\nfield = \"x\"\nhow = \"within far\"\n", `m.toml:3: within "far" is not a factor (5x), a time (2s) or a number`},
		{"[[mask]]\nfield = \"x\"\nhow = \"drop\"\nmessage = \"answer\"\n", `m.toml:4: message "answer" is unknown`},
		{"[[mask]]\nfield = \"x\"\nhow = \"drop\"\nscope = \"answer\"\n", `m.toml:4: unknown key mask.scope`},
		{"[[mask]]\nfield = \"x\nhow = \"drop\"\n", `m.toml:2: `},
		{"[[mask]]\nfield = \"smb2.nt_status\"\nhow = \"drop\"\n", `m.toml:1: smb2.nt_status is an outcome: hiding it needs the word status = true`},
		{"[[mask]]\nfield = \"response/header/smb2.nt_status\"\nhow = \"hide\"\n", `status = true`},
		{"\n[[mask]]\nfield = \"smb2.create.oplock_level\"\nhow = \"drop\"\n", `m.toml:2: no field is called smb2.create.oplock_level; did you mean smb2.create.oplock?`},
		{"[[mask]]\nfield = \"reponse/header/smb2.tid\"\nhow = \"drop\"\n", `m.toml:1: no path begins with reponse; did you mean response?`},
		{"[[mask]]\nfield = \"smb2.create.context[RqLs]\"\nhow = \"hide\"\n", `with a key it is a path, */smb2.create.context[RqLs]`},
		{"[[mask]]\nfield = \"smb2.tid\"\nhow = \"drop\"\ncommand = [\"close\", \"creat\"]\n", `m.toml:1: no operation is called CREAT; did you mean CREATE?`},
		{"extends = \"defualt\"\n", `defualt: no such file or directory; did you mean default?`},
		{"[[mask]]\nfield = \"smb2.tid\"\nhow = \"drop\"\nstatus = \"yes\"\n", `m.toml:4: status has a value of another kind: true or false`},
		{"[[mask]]\nfield = \"smb2.tid\"\nhow = \"drop\"\nvalues = \"1\"\n", `m.toml:4: values has a value of another kind: a list of texts`},
		{"mask = 5\n", `m.toml:1: mask has a value of another kind: [[mask]] begins a rule`},
		{"\n[mask]\nfield = \"smb2.tidd\"\nhow = \"drop\"\n", `m.toml:2: no field is called smb2.tidd`},
		{"extends = [\"m.toml\"]\n", `extends too many files`},
	} {
		_, err := maskOf(t, "m.toml", c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}

// TestKnownFields checks the globs of the command line and those that are
// shipped: each is for something.
func TestKnownFields(t *testing.T) {
	for glob, want := range map[string]string{
		"smb2.filenam":                  "--ignore smb2.filenam: no field is called smb2.filenam; did you mean smb2.filename?",
		"smb2.creat.*":                  "no field is called smb2.creat.*",
		"response/header/smb2.tidd":     "did you mean smb2.tid?",
		"smb2.create.*":                 "",
		"smbdiff.problem":               "",
		"smb2.flags.signature":          "",
		"response":                      "no field is called response",
		"request/*":                     "",
		"*/smb2.create.context[RqLs]":   "",
		"*/find.*[a/b]/smb2.end_of_fil": "",
		"response/x\x1bx":               "no field is called x",
	} {
		_, err := LoadMasks(nil, []string{glob}, nil)
		if got := fmt.Sprint(err); (want == "") != (err == nil) || want != "" && !strings.Contains(got, want) || strings.Contains(got, "\x1b") {
			t.Errorf("%s: %s, want %s", glob, got, want)
		}
	}
	if _, err := LoadMasks(nil, nil, []string{"smb2.sesid", "smb2.sesidd"}); err == nil || !strings.HasPrefix(err.Error(), "--only smb2.sesidd: ") {
		t.Errorf("--only: %v", err)
	}
	for _, r := range rules() {
		if err := knownField(r.glob); err != nil {
			t.Errorf("%s (%s): %v", r.glob, r.name, err)
		}
	}
}

// TestMaskActions compares the real pair of runs in which one file is gone,
// under one rule each.
func TestMaskActions(t *testing.T) {
	a, b := load(t, pcap("good"), true), load(t, pcap("missing"), true)
	none := Traces(a, b, Options{Mask: "none"})
	changes := func(o Options) (shown, hidden map[string]int) {
		r := Traces(a, b, o)
		c := r.Comparer()
		shown, hidden = map[string]int{}, map[string]int{}
		for _, row := range r.Rows {
			for _, ch := range c.Compare(row) {
				k := partNames[ch.Part] + " " + ch.Name
				if ch.Masked != "" {
					hidden[k+" "+ch.Masked]++
				} else {
					shown[k]++
				}
			}
		}
		return shown, hidden
	}
	before, _ := changes(Options{Mask: "none"})
	for _, c := range []struct {
		rule, field    string
		shown, hidden  int
		ruleOf         string
		sameRowsAsNone bool
	}{
		{rule: `field = "smb2.create.time"` + "\nhow = \"drop\"", field: "response smb2.create.time", shown: 1, hidden: before["response smb2.create.time"] - 1, ruleOf: "m.toml:2"},
		{rule: `field = "smb2.create.time"` + "\nhow = \"shape\"\nname = \"when made\"", field: "response smb2.create.time", shown: 1, hidden: before["response smb2.create.time"] - 1, ruleOf: "when made"},
		{rule: `field = "smb2.create.time"` + "\nhow = \"within 1ns\"", field: "response smb2.create.time", shown: before["response smb2.create.time"]},
		{rule: `field = "smb2.create.time"` + "\nhow = \"within 9000h\"", field: "response smb2.create.time", shown: 1, hidden: before["response smb2.create.time"] - 1, ruleOf: "m.toml:2"},
		{rule: `field = "smb2.create.time"` + "\nhow = \"drop\"\ncommand = \"CLOSE\"", field: "response smb2.create.time", shown: before["response smb2.create.time"]},
		{rule: `field = "smb2.create.time"` + "\nhow = \"drop\"\ncommand = [\"create\", \"query_*\"]\nmessage = \"request\"", field: "response smb2.create.time", shown: before["response smb2.create.time"]},
		{rule: `field = "smb2.create.time"` + "\nhow = \"hide\"", field: "response smb2.create.time"},
		{rule: `field = "*/smb2.sesid"` + "\nhow = \"alias S\"", field: "response smb2.sesid"},
		{rule: `field = "smb2.header.transform.nonce"` + "\nhow = \"length\"", field: "request smb2.header.transform.nonce", hidden: before["request smb2.header.transform.nonce"], ruleOf: "m.toml:2"},
		{rule: `field = "*"` + "\nhow = \"hide\"", field: "response smb2.nt_status", shown: before["response smb2.nt_status"]},
		{rule: `field = "smb2.nt_status"` + "\nhow = \"drop\"\nstatus = true", field: "response smb2.nt_status", hidden: before["response smb2.nt_status"], ruleOf: "m.toml:2"},
		{rule: `field = "smb2.nt_status"` + "\nhow = \"drop\"\nstatus = true\nvalues = [\"STATUS_SUCCESS\", \"STATUS_ACCESS_DENIED\"]", field: "response smb2.nt_status",
			shown: before["response smb2.nt_status"]},
		{rule: `field = "smb2.nt_status"` + "\nhow = \"drop\"\nstatus = true\nvalues = [\"STATUS_SUCCESS\", \"STATUS_OBJECT_NAME_NOT_FOUND\"]", field: "response smb2.nt_status",
			hidden: before["response smb2.nt_status"], ruleOf: "m.toml:2"},
	} {
		m, err := maskOf(t, "m.toml", "extends = \"none\"\n[[mask]]\n"+c.rule+"\n")
		if err != nil {
			t.Errorf("%s: %v", c.rule, err)
			continue
		}
		if before[c.field] == 0 {
			t.Fatalf("%s does not differ", c.field)
		}
		shown, hidden := changes(Options{Masks: m})
		if shown[c.field] != c.shown || hidden[c.field+" "+c.ruleOf] != c.hidden {
			t.Errorf("%s: %d shown, want %d; hidden %v, want %d", c.rule, shown[c.field], c.shown, hidden, c.hidden)
		}
	}
	if len(none.Rows) == 0 {
		t.Error("no rows")
	}
}

// TestValueWords lets values be called by name or by number, texts by
// themselves alone.
func TestValueWords(t *testing.T) {
	for _, c := range []struct {
		word, shown string
		number      bool
		want        bool
	}{
		{"STATUS_ACCESS_DENIED", "STATUS_ACCESS_DENIED", true, true},
		{"ACCESS_DENIED", "STATUS_ACCESS_DENIED", true, true},
		{"DENIED", "STATUS_ACCESS_DENIED", true, false},
		{"LEASE", "LEASE (255)", true, true},
		{"LEASE (255)", "LEASE (255)", true, true},
		{"255", "LEASE (255)", true, true},
		{"0xff", "LEASE (255)", true, true},
		{"5", "LEASE (255)", true, false},
		{"READ_CACHING", "READ_CACHING|HANDLE_CACHING (0x00000003)", true, false},
		{"0x3", "READ_CACHING|HANDLE_CACHING (0x00000003)", true, true},
		{"456", "456", true, true},
		{"report", "report (1)", false, false},
		{"1", "report (1)", false, false},
		{"", "", true, true},
	} {
		d := &decision{values: []string{"other", c.word}}
		if got := d.allows("other", c.shown, c.number); got != c.want {
			t.Errorf("%q for %q: %v", c.word, c.shown, got)
		}
	}
}

// TestMaskOrder checks which rule counts first.
func TestMaskOrder(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"base.toml": "extends = \"default\"\n[[mask]]\nfield = \"smb2.eof\"\nhow = \"drop\"\n",
		"top.toml":  "extends = \"base.toml\"\n[[mask]]\nfield = [\"smb2.eof\", \"smb2.create.time\"]\nhow = \"keep\"\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	base, top := filepath.Join(dir, "base.toml"), filepath.Join(dir, "top.toml")
	for _, c := range []struct {
		names []string
		want  string
	}{
		{[]string{base}, "base.toml:2"},
		{[]string{top}, ""},
		{[]string{top, base}, "base.toml:2"},
		{[]string{"strict"}, ""},
	} {
		m, err := LoadMasks(c.names, nil, nil)
		if err != nil {
			t.Error(err)
			continue
		}
		if d := newMask(m).named("smb2.eof", 1); d.name != c.want && d.how != keep || c.want == "" && d.how != keep {
			t.Errorf("%v: %+v", c.names, d)
		}
	}
	if m, _ := LoadMasks([]string{top}, nil, nil); newMask(m).named("smb2.credits.granted", 1).how != drop {
		t.Error("what is extended has no effect")
	}
	if m, err := LoadMasks(nil, nil, nil); err != nil || m.Name != "default" || len(m.List()) < 60 {
		t.Error(m, err)
	}
}

// FuzzMaskFile reads anything as a mask file.
func FuzzMaskFile(f *testing.F) {
	f.Add("extends = \"default\"\n[[mask]]\nfield = \"x\"\nhow = \"within 5x\"\nwhen = 'path ~ \"a\"'\n")
	f.Add("[[mask]]\nfield = [\"x\", \"y/z\"]\nhow = \"alias Q\"\ncommand = \"CREATE\"\nmessage = \"request\"\nvalues = [\"1\"]\nstatus = true\n")
	f.Fuzz(func(t *testing.T, text string) {
		m := new(Masks)
		if err := m.file("", []byte(text), maxExtends-1); err == nil {
			newMask(m).decide(defs()["smb2.eof"])
			m.List()
		}
	})
}
