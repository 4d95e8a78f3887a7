package diff

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"smbdiff/dissect"
	"smbdiff/dissect/field"
)

// written gives all reports of a comparison.
func written(t *testing.T, r *Result) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, write := range map[string]func(io.Writer) error{"text": r.WriteText, "json": r.WriteJSON, "ndjson": r.WriteNDJSON, "html": r.WriteHTML, "junit": r.WriteJUnit} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(name, err)
		}
		out[name] = b.String()
	}
	return out
}

func TestReports(t *testing.T) {
	a, b := load(t, pcap("good"), true), load(t, pcap("missing"), true)
	for name, want := range map[string][]string{
		"text": {"verdict: differ at op 37", "4 rows differ"},
		"ndjson": {`{"schema":"smbdiff/diff/1","record":"summary","verdict":"differ","exit":1,`,
			"\n" + `{"schema":"smbdiff/diff/1","record":"pair","row":37,"grade":"outcome","moved":false,"command":"CREATE","path":"archive\\plan.txt","side":"server",`},
		"html": {`<a href="#op-37">op 37 (A) / 37 (B): CREATE archive\plan.txt`, `<details class="outcome" id="op-37" open>`, `<div class="row only_a" id="op-38">`,
			`<td class="a">STATUS_SUCCESS</td><td class="b">STATUS_OBJECT_NAME_NOT_FOUND</td>`, "33 rows without a difference", "<p>Mask: default</p>", "<p><code>smbdiff diff a b</code></p>"},
		"junit": {`<testsuites tests="2" failures="1" errors="0">`, `<testcase classname="smbdiff" name="session S1 LAB\tester">`, `<failure type="status" message="differ at op 37`},
	} {
		got := written(t, Traces(a, b, Options{Context: 3, Command: "smbdiff diff a b"}))
		for _, w := range want {
			if !strings.Contains(got[name], w) {
				t.Errorf("%s lacks %q:\n%s", name, w, got[name])
			}
		}
	}
	side := written(t, Traces(a, b, Options{SideBySide: true, Width: 100}))["text"]
	if !strings.Contains(side, "\n37 CREATE archive\\plan.txt F10  STATUS_SUCCESS   ! 37 CREATE archive\\plan.txt") {
		t.Error(side)
	}
	for _, l := range strings.Split(side, "\n")[4:] {
		if len([]rune(l)) > 100 {
			t.Errorf("wider than asked for: %s", l)
		}
	}
	first := written(t, Traces(a, b, Options{First: true}))
	if n := strings.Count(first["text"], "@@ op"); n != 1 {
		t.Errorf("--first lists %d rows", n)
	}
	if n := strings.Count(first["json"], `"grade":`); n != 1 {
		t.Errorf("--first lists %d rows in JSON", n)
	}
}

// TestReportsStable checks that the same comparison gives the same bytes, and
// that the reports are what they say they are.
func TestReportsStable(t *testing.T) {
	once := written(t, Traces(load(t, pcap("good"), true), load(t, pcap("missing"), true), Options{Context: -1, ShowMasked: true}))
	again := written(t, Traces(load(t, pcap("good"), true), load(t, pcap("missing"), true), Options{Context: -1, ShowMasked: true}))
	for name := range once {
		if once[name] != again[name] {
			t.Errorf("%s is not the same twice", name)
		}
	}
	wellFormed(t, once)
}

func wellFormed(t *testing.T, reports map[string]string) {
	t.Helper()
	if !json.Valid([]byte(reports["json"])) {
		t.Error("no JSON")
	}
	for _, l := range strings.Split(strings.TrimSpace(reports["ndjson"]), "\n") {
		if !json.Valid([]byte(l)) {
			t.Errorf("no JSON: %s", l)
		}
	}
	d := xml.NewDecoder(strings.NewReader(reports["junit"]))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Errorf("no XML: %v", err)
			break
		}
	}
	page := reports["html"]
	for _, tag := range []string{"details", "table", "tr", "td", "div", "summary", "span", "mark", "code", "p", "a"} {
		if x, y := strings.Count(page, "<"+tag+" ")+strings.Count(page, "<"+tag+">"), strings.Count(page, "</"+tag+">"); x != y {
			t.Errorf("%d of <%s>, %d of </%s>", x, tag, y, tag)
		}
	}
	for _, bad := range []string{"<script", "http:", "https:", "src=", "url(", "@import", "<link", "<img", "<iframe"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	for name, s := range reports {
		for _, r := range s {
			if field.Hostile(r) && r != '\n' {
				t.Errorf("%s holds %q", name, r)
				break
			}
		}
	}
}

// hostile makes a capture in which a file is called like markup with an escape
// and a mark that turns the direction of text.
func hostile(t *testing.T, name string) *dissect.Trace {
	t.Helper()
	path := pcap("sc-SMB2_10-links-plain")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rd := load(t, path, false).NewReader()
	var text []byte
	for _, u := range utf16.Encode([]rune(name)) {
		text = append(text, byte(u), byte(u>>8))
	}
	done := 0
	for num := uint32(1); rd.Read(num); num++ {
		if i := rd.Tree.Find("smb2.filename", rd.Outer); i >= 0 && !rd.Message.Response() && int(rd.Tree.Nodes[i].Len) >= len(text) {
			copy(whole[bytes.Index(whole, rd.Message.Bytes)+int(rd.Tree.Nodes[i].Off):], text)
			done++
		}
	}
	if done == 0 {
		t.Fatal("no name to change")
	}
	file := filepath.Join(t.TempDir(), "<b>[red]\x1b[31m\u202e.pcap")
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	return load(t, file, false)
}

// TestHostileNames checks that names from the wire stay text in every report.
func TestHostileNames(t *testing.T) {
	good := load(t, pcap("sc-SMB2_10-links-plain"), false)
	for _, name := range []string{"<b>\u202e", "\x1b[31m", "&\"'\x07"} {
		for _, o := range []Options{{}, {Context: -1, ShowMasked: true}, {SideBySide: true}} {
			r := Traces(good, hostile(t, name), o)
			if r.Verdict != "differ" {
				t.Fatal(r.Sentence())
			}
			got := written(t, r)
			wellFormed(t, got)
			if strings.Contains(got["html"], "<b>[") || strings.Contains(got["html"], "<b>\\") {
				t.Error("markup from the wire is markup in the page")
			}
		}
	}
}

// TestNoKeys checks that no report holds a byte of a key, whatever is listed.
func TestNoKeys(t *testing.T) {
	for _, pair := range [][2]string{{"good", "missing"}, {"sc-SMB3_11-meta-seal-AES-256-CCM", "sc-SMB3_11-meta-seal-AES-128-GCM"}} {
		var secrets []string
		for _, n := range pair {
			text, err := os.ReadFile(strings.TrimSuffix(pcap(n), ".pcap") + ".keys")
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range strings.FieldsFunc(string(text), func(r rune) bool { return strings.ContainsRune(",\n\" #", r) }) {
				if len(w) >= 32 {
					secrets = append(secrets, w[:16])
				}
			}
		}
		if len(secrets) < 2 {
			t.Fatal("no keys")
		}
		for name, s := range written(t, Traces(load(t, pcap(pair[0]), true), load(t, pcap(pair[1]), true), Options{Mask: "none", Context: -1, ShowMasked: true})) {
			for _, k := range secrets {
				if strings.Contains(strings.ToLower(s), k) {
					t.Errorf("%s holds a key", name)
				}
			}
		}
	}
}

// TestRedact checks that no name, address or payload is left.
func TestRedact(t *testing.T) {
	r := Traces(load(t, pcap("good"), true), load(t, pcap("missing"), true), Options{Mask: "none", Context: -1, ShowMasked: true, Redact: RedactAll, Command: "smbdiff secret"})
	for name, s := range written(t, r) {
		for _, word := range []string{"plan.txt", "report", "archive", "docs", "tester", "LAB", "127.0.0.1", "good.pcap", "secret", "LABSRV", "labsrv"} {
			if strings.Contains(s, word) {
				i := strings.Index(s, word)
				t.Errorf("%s holds %s: %s", name, word, s[max(0, i-80):min(len(s), i+40)])
			}
		}
		if !strings.Contains(s, "name-") {
			t.Errorf("%s: no words in place of names", name)
		}
	}
}

// TestRedactLevels checks what each level leaves.
func TestRedactLevels(t *testing.T) {
	words := map[string]Redaction{"plan.txt": RedactNames, "tester": RedactNames, "good.pcap": RedactNames, "own.toml": RedactNames, "f483c599": RedactData, "c4532f90": RedactAll}
	own := NewMasks("none", nil, nil)
	own.Name = "own.toml"
	for level := RedactNothing; level <= RedactAll; level++ {
		r := Traces(load(t, pcap("good"), true), load(t, pcap("missing"), true), Options{Masks: own, Context: -1, ShowMasked: true, Redact: level})
		for name, s := range written(t, r) {
			if name == "junit" {
				continue
			}
			for w, from := range words {
				if there := strings.Contains(s, w); there != (level < from) {
					t.Errorf("%s, %s: %s is there: %v", name, level, w, there)
				}
			}
		}
	}
}

// TestTimingFactor counts answers that took longer by more than a factor, and
// no others.
func TestTimingFactor(t *testing.T) {
	a, b := pcap("cause-base"), pcap("cause-delayed")
	rows := func(factor float64) int {
		return Traces(load(t, a, true), load(t, b, true), Options{Timing: true, Factor: factor}).Differ()
	}
	if one, all, none := rows(100), rows(1), rows(1e8); one < 1 || one >= all || none != 0 {
		t.Errorf("rows: %d with 100, %d with 1, %d with 1e8", one, all, none)
	}
}

// TestBreakable lets lines end between the parts of a value, inside marks too,
// and leaves markup of the capture without effect.
func TestBreakable(t *testing.T) {
	for _, c := range []struct {
		in    string
		marks []Span
		want  string
	}{
		{"A|B|C (0x7)", []Span{{2, 4}}, "A|<wbr><mark>B|<wbr></mark>C (0x7)"},
		{"a/b", nil, "a/<wbr>b"},
		{"<b>|&", []Span{{0, 3}}, "<mark>&lt;b&gt;</mark>|<wbr>&amp;"},
	} {
		if got := marked(c.in, c.marks); got != c.want {
			t.Errorf("%s: %s, want %s", c.in, got, c.want)
		}
	}
}

// TestMarks marks what changed inside a text.
func TestMarks(t *testing.T) {
	for _, c := range []struct{ a, b, x, y string }{
		{`docs\report.txt`, `docs\repart.txt`, "o", "a"},
		{`docs\report.txt`, `docs\report2.txt`, "", "2"},
		{"same", "same", "", ""},
		{"abcdef", "uvwxyz", "", ""},
		{"größe-1", "größe-2", "1", "2"},
		{"READ_DATA|WRITE_DATA|WRITE_EA|DELETE (0xab)", "READ_DATA|READ_EA|DELETE (0xbb)", "WRITE_DATA|WRITE_EA", "READ_EA"},
		{"DFS|LEASING (0x3)", "DFS|LEASING (0x80000003)", "", "8000000"},
	} {
		x, y := Marks(c.a, c.b)
		cut := func(s string, marks []Span) (out string) {
			for _, m := range marks {
				out += s[m.From:m.To]
			}
			return out
		}
		if got, and := cut(c.a, x), cut(c.b, y); got != c.x || and != c.y {
			t.Errorf("%s %s: %q %q", c.a, c.b, got, and)
		}
	}
}
