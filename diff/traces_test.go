package diff

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
	"smbdiff/keys"
)

const captures = "../testdata/traces"

// load reads a capture, with the keys beside it when asked for.
func load(t testing.TB, path string, with bool) *dissect.Trace {
	t.Helper()
	f, err := capture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	k := ""
	if with {
		k = keys.Beside(path)
	}
	return loaded(t, f, k)
}

// loadKeys loads a capture with the keys of another one.
func loadKeys(t testing.TB, path, other string) *dissect.Trace {
	t.Helper()
	f, err := capture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return loaded(t, f, keys.Beside(other))
}

func loaded(t testing.TB, f *capture.File, k string) *dissect.Trace {
	tr, _ := loadedBy(t, f, k)
	return tr
}

func loadedBy(t testing.TB, f *capture.File, k string) (*dissect.Trace, *decrypt.Opener) {
	t.Helper()
	t.Cleanup(func() { f.Close() })
	ring := new(keys.Ring)
	if k != "" {
		if err := ring.AddFile(k); err != nil {
			t.Fatal(err)
		}
	}
	o := decrypt.NewOpener(ring)
	tr := dissect.NewTrace(f, o)
	if err := tr.Load(nil, nil); err != nil {
		t.Fatal(err)
	}
	return tr, o
}

// opened gives what has opened a capture with the keys beside it.
func opened(t testing.TB, path string) *decrypt.Opener {
	t.Helper()
	f, err := capture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	_, o := loadedBy(t, f, keys.Beside(path))
	return o
}

func pcap(name string) string { return filepath.Join(captures, name+".pcap") }

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		a, b           string
		keysA, keysB   bool
		options        Options
		verdict        string
		exit           int
		reason, who    string
		command, words string
	}{
		{a: "good", b: "same", keysA: true, keysB: true, verdict: "same", words: "equal: 57 of 57 pairs"},
		{a: "good", b: "good", keysA: true, keysB: true, verdict: "same", words: "equal: 57 of 57 pairs", options: Options{Mask: "none"}},
		{a: "good", b: "same", keysA: true, keysB: true, verdict: "same", options: Options{Mask: "ci"}},
		{a: "good", b: "good-segments", keysA: true, keysB: true, verdict: "same", options: Options{Mask: "two-sided"}},
		{a: "good", b: "same", keysA: true, keysB: true, verdict: "differ", exit: 1, reason: "field", options: Options{Mask: "two-sided"}},
		{a: "good", b: "same", keysA: true, keysB: true, verdict: "differ", exit: 1, reason: "field", options: Options{Mask: "strict"}},
		{a: "good", b: "same", keysA: true, keysB: true, verdict: "differ", exit: 1, reason: "field", options: Options{Mask: "none"}},
		{a: "good", b: "same", keysA: true, keysB: true, verdict: "same", options: Options{StatusesOnly: true}},
		{a: "good", b: "missing", keysA: true, keysB: true, verdict: "differ", exit: 1, reason: "status", who: "server", command: "CREATE",
			words: "STATUS_SUCCESS vs STATUS_OBJECT_NAME_NOT_FOUND"},
		{a: "missing", b: "good", keysA: true, keysB: true, verdict: "differ", exit: 1, reason: "status", who: "server", command: "CREATE",
			words: "STATUS_OBJECT_NAME_NOT_FOUND vs STATUS_SUCCESS"},
		{a: "good", b: "missing", keysA: true, keysB: true, verdict: "differ", exit: 1, reason: "status", command: "CREATE", options: Options{StatusesOnly: true}},
		{a: "good", b: "missing", keysA: true, keysB: true, verdict: "differ", exit: 1, reason: "missing", command: "QUERY_INFO",
			who: "client", options: Options{Ignore: []string{"smb2.nt_status"}}},
		{a: "good", b: "missing", keysA: true, keysB: true, verdict: "differ", exit: 1, reason: "missing", who: "client", command: "QUERY_INFO",
			options: Options{Only: []string{"smb2.cmd"}}},
		{a: "good", b: "good-segments", keysA: true, keysB: true, verdict: "same"},
		{a: "good", b: "good-outoforder", keysA: true, keysB: true, verdict: "same"},
		{a: "good", b: "good-retrans", keysA: true, keysB: true, verdict: "same"},
		{a: "good", b: "good-lost", keysA: true, keysB: true, verdict: "incomplete", exit: 2, words: "incomplete: "},
		{a: "good", b: "good-midstream", keysA: true, keysB: true, verdict: "incomplete", exit: 2, words: "no handshake in capture"},
		{a: "good", b: "good", verdict: "incomplete", exit: 2, words: "no key"},
		{a: "good", b: "good", verdict: "incomplete", options: Options{AllowSealed: true}},
		{a: "good", b: "same", keysA: true, verdict: "incomplete", exit: 2},
		{a: "sc-SMB3_11-meta-seal-AES-128-GCM", b: "sc-SMB3_11-meta-seal-AES-256-GCM", keysA: true, keysB: true, verdict: "differ", exit: 1,
			reason: "negotiated", command: "NEGOTIATE", words: "AES-128-GCM (2) vs AES-256-GCM (4)"},
		{a: "sc-SMB3_11-multi-sign-AES-128-CMAC", b: "sc-SMB3_11-multi-sign-HMAC-SHA256", keysA: true, keysB: true, verdict: "differ", exit: 1,
			reason: "negotiated", command: "NEGOTIATE"},
	} {
		r := Traces(load(t, pcap(c.a), c.keysA), load(t, pcap(c.b), c.keysB), c.options)
		name := c.a + " " + c.b
		if r.Verdict != c.verdict || r.Exit != c.exit || !strings.Contains(r.Sentence(), c.words) {
			t.Errorf("%s %+v: %s, exit %d: %s", name, c.options, r.Verdict, r.Exit, r.Sentence())
			continue
		}
		if (r.First != nil) != (c.verdict == "differ") {
			t.Errorf("%s: first %+v", name, r.First)
		}
		if f := r.First; f != nil && (c.reason != f.Reason || c.who != "" && c.who != f.Suspect || c.command != "" && c.command != f.Command) {
			t.Errorf("%s %+v: %+v", name, c.options, f)
		}
	}
}

// TestSelf compares every capture with itself: nothing may differ under any
// set, and what is readable is equal.
func TestSelf(t *testing.T) {
	list, _ := filepath.Glob(filepath.Join(captures, "*.pcap*"))
	if len(list) < 30 {
		t.Fatalf("%d captures", len(list))
	}
	for _, path := range list {
		a, b := load(t, path, true), load(t, path, true)
		for _, set := range []string{"none", "default"} {
			r := Traces(a, b, Options{Mask: set})
			if r.First != nil || r.Counts[Masked] > 0 {
				t.Errorf("%s: %s", path, r.Sentence())
			}
			for i := range r.Rows {
				if r.Rows[i].A != r.Rows[i].B || r.Rows[i].Moved {
					t.Errorf("%s: row %d: %+v", path, i, r.Rows[i])
					break
				}
			}
		}
	}
}

func TestJSON(t *testing.T) {
	a, b := load(t, pcap("good"), true), load(t, pcap("missing"), true)
	write := func(o Options) string {
		var out bytes.Buffer
		if err := Traces(a, b, o).WriteJSON(&out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	text := write(Options{Context: 3})
	var got struct {
		Schema, Verdict string
		Exit            int
		A, B            struct {
			File                                 string
			Messages, Operations, Sealed, Opened int
		}
		First struct {
			Row                                  int
			Reason, Command, Path, Suspect, Text string
			A, B                                 struct{ Op int }
		}
		Rows []struct {
			Row    int
			Grade  string
			A, B   *struct{ Frames []int }
			Fields []struct {
				Name, Path, Op string
				A, B, Masked   *string
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if got.Schema != "smbdiff/diff/1" || got.Verdict != "differ" || got.Exit != 1 || got.A.Operations != 57 || got.B.Operations != 54 ||
		got.A.File != "../testdata/traces/good.pcap" || got.First.Row != 37 || got.First.Path != `archive\plan.txt` || len(got.Rows) != 4 {
		t.Errorf("%+v", got)
	}
	row := got.Rows[0]
	found := false
	for _, f := range row.Fields {
		if f.Masked != nil {
			t.Errorf("masked field listed: %+v", f)
		}
		found = found || f.Path == "response/header/smb2.nt_status" && f.Op == "replace" && *f.A == "STATUS_SUCCESS" && *f.B == "STATUS_OBJECT_NAME_NOT_FOUND"
	}
	if !found || row.Grade != "outcome" || len(row.A.Frames) != 2 || got.Rows[1].B != nil {
		t.Errorf("%+v", got.Rows)
	}
	if text != write(Options{Context: 3}) {
		t.Error("not the same twice")
	}
	all := write(Options{Context: -1})
	if n := strings.Count(all, `"row":`); n != 58 || !strings.Contains(all, `"masked":"time"`) {
		t.Errorf("%d rows\n", n)
	}
	if s := write(Options{ShowMasked: true}); !strings.Contains(s, `"grade":"masked"`) || strings.Contains(s, `"grade":"equal"`) {
		t.Error("masked rows")
	}
}

func TestText(t *testing.T) {
	a, b := load(t, pcap("good"), true), load(t, pcap("missing"), true)
	write := func(o Options) string {
		var out bytes.Buffer
		if err := Traces(a, b, o).WriteText(&out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	full := write(Options{Context: 1})
	for _, want := range []string{
		"--- ../testdata/traces/good.pcap   57 ops, SMB 3.1.1 AES-128-GCM, 106/106 sealed messages open\n+++ ",
		"verdict: differ at op 37 (A) / 37 (B): CREATE archive\\plan.txt F10, STATUS_SUCCESS vs STATUS_OBJECT_NAME_NOT_FOUND\nsuspect: server (requests equal)\n",
		"\n = op 36 / 36  CLOSE docs\\report.txt F9  STATUS_SUCCESS\n@@ op 37 / 37  CREATE archive\\plan.txt F10  frames 78,79 / 78,79 @@\n   response\n",
		"!    header/smb2.nt_status               - STATUS_SUCCESS + STATUS_OBJECT_NAME_NOT_FOUND\n",
		"@@ op 38 / -  QUERY_INFO archive\\plan.txt F10 FileAllInformation  frames 80,81 / - @@\n<    only in A: STATUS_SUCCESS\n",
		"4 rows differ; 21 differ only in masked fields (mask: default); 0 not compared\n",
	} {
		if !strings.Contains(full, want) {
			t.Errorf("lacks %q:\n%s", want, full)
		}
	}
	if s := write(Options{Brief: true}); strings.Contains(s, "@@") || strings.Count(s, "\n") > 6 {
		t.Error(s)
	}
	if s := write(Options{Context: 0}); strings.Contains(s, "\n = ") {
		t.Error(s)
	}
	if s := write(Options{Context: -1}); strings.Count(s, "\n = ")+strings.Count(s, "\n ~ ") != 53 {
		t.Error(s)
	}
	if s := write(Options{ShowMasked: true}); !strings.Contains(s, "(masked: time)") {
		t.Error(s)
	}
}

// TestStop checks that Progress rises to the number of rows and stops the work.
func TestStop(t *testing.T) {
	a, b := load(t, pcap("good"), true), load(t, pcap("same"), true)
	last := 0
	r := Traces(a, b, Options{Progress: func(done, total int) bool {
		if done <= last || total != 57 {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last = done
		return true
	}})
	if r == nil || last != 57 {
		t.Errorf("ended at %d", last)
	}
	if Traces(a, b, Options{Progress: func(int, int) bool { return false }}) != nil {
		t.Error("not stopped")
	}
}

// TestSealedOrClear checks that the same traffic in the clear is a difference,
// told once.
func TestSealedOrClear(t *testing.T) {
	a, b := load(t, pcap("sc-SMB3_11-meta-sign-AES-128-GMAC"), true), load(t, pcap("sc-SMB3_11-meta-seal-AES-128-GCM"), true)
	for set, most := range map[string]int{"default": 1, "strict": 1000} {
		r := Traces(a, b, Options{Mask: set})
		c := r.Comparer()
		all, told := 0, 0
		for _, row := range r.Rows {
			for _, ch := range c.Compare(row) {
				if ch.Path != "request/outer/smb2.header.transform" || ch.Op != "add" {
					continue
				}
				if all++; ch.Masked == "" {
					told++
				} else if ch.Masked != ruleGuard {
					t.Errorf("%s: hidden by %s", set, ch.Masked)
				}
			}
		}
		if all < 90 || told != min(all, most) {
			t.Errorf("%s: %d rows are seen to be sealed on one side alone, %d are told", set, all, told)
		}
	}
}

// TestQuickAllocates checks that equal messages are compared without
// allocation.
func TestQuickAllocates(t *testing.T) {
	a, b := load(t, pcap("good"), true), load(t, pcap("same"), true)
	c := NewComparer(a, b, Options{})
	c.meet = new(meetings)
	c.meet.reset()
	c.load(Row{A: 22, B: 22})
	for k, r := range c.readers {
		r.Read(c.ops[k].Response)
	}
	c.quick(PartResponse, &c.readers[0].Tree, &c.readers[1].Tree)
	if n := testing.AllocsPerRun(100, func() {
		if _, ok := c.quick(PartResponse, &c.readers[0].Tree, &c.readers[1].Tree); !ok {
			t.Error("not quick")
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestExplain plants differences in one real trace and reads what is said of
// them.
func TestExplain(t *testing.T) {
	type plant struct {
		command uint16
		role    conv.Role
		nth     int // which message of that command and role
		name    string
		value   []byte
	}
	lease := plant{0, conv.Final, 1, "smb2.capabilities", []byte{0x05}}
	denied := plant{5, conv.Final, 0, "smb2.nt_status", []byte{0x22, 0, 0, 0xc0}}
	wish := plant{5, conv.Request, 1, "smb2.create.disposition", []byte{3}}
	action := plant{5, conv.Final, 0, "smb2.create.action", []byte{3}}
	name := plant{5, conv.Request, 2, "smb2.filename", []byte("Q")}
	denied1 := plant{5, conv.Final, 1, "smb2.nt_status", []byte{0x22, 0, 0, 0xc0}}
	for _, c := range []struct {
		name            string
		plants          []plant
		reason, suspect string
		command, cause  string
	}{
		{"status", []plant{denied}, "status", "server", "CREATE", ""},
		{"status after capabilities", []plant{lease, denied}, "status", "server", "CREATE", "smb2.capabilities negotiated on this connection"},
		{"capabilities", []plant{lease}, "field", "server", "NEGOTIATE", ""},
		{"request", []plant{wish}, "field", "client", "CREATE", ""},
		{"request after answer", []plant{action, wish}, "field", "server", "CREATE", ""},
		{"consequence", []plant{action, wish, denied1}, "status", "consequence", "CREATE", ""},
		{"own wish", []plant{wish, denied1}, "status", "client", "CREATE", ""},
		{"other file", []plant{name}, "field", "client", "CREATE", ""},
	} {
		path := pcap("sc-SMB2_10-links-plain")
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		good := load(t, path, false)
		rd := good.NewReader()
		seen := map[[2]uint16]int{}
		done := 0
		for num := uint32(1); rd.Read(num); num++ {
			m := &rd.Message
			k := [2]uint16{m.Command(), uint16(m.Role)}
			for _, p := range c.plants {
				if m.Proto != op.SMB2 || p.command != k[0] || uint16(p.role) != k[1] || p.nth != seen[k] {
					continue
				}
				if i := rd.Tree.Find(p.name, rd.Outer); i >= 0 {
					copy(whole[bytes.Index(whole, m.Bytes)+int(rd.Tree.Nodes[i].Off):], p.value)
					done++
				}
			}
			seen[k]++
		}
		if done != len(c.plants) {
			t.Errorf("%s: %d planted", c.name, done)
			continue
		}
		file := filepath.Join(t.TempDir(), "x.pcap")
		if err := os.WriteFile(file, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		r := Traces(good, load(t, file, false), Options{})
		f := r.First
		if f == nil {
			t.Errorf("%s: %s", c.name, r.Sentence())
			continue
		}
		cause := ""
		if len(r.Causes) > 0 {
			cause = r.Causes[0].Field + " " + r.Causes[0].Why
		}
		if f.Reason != c.reason || f.Suspect != c.suspect || f.Command != c.command || !strings.HasPrefix(cause, c.cause) {
			t.Errorf("%s: %+v, cause %s", c.name, f, cause)
		}
	}
}
