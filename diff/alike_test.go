package diff

import (
	"strings"
	"testing"

	"smbdiff/dissect"
)

// TestPattern checks what is left of names of which parts are made up.
func TestPattern(t *testing.T) {
	for _, c := range [][2]string{
		{`tmp.25135\out.bin`, `tmp.#\out.bin`},
		{`run-7.log`, `run-#.log`},
		{`docs\f1.txt`, `docs\f#.txt`},
		{"reopen1_5jH1feHa.dat", "#_#.dat"},
		{"c1ec373a-cd33-47fb-b5a2-4421c513cde7", "#-#-#-#-#"},
		{"plan.txt", "plan.txt"},
		{"größe12", "größe#"},
		{"", ""},
	} {
		if got := pattern(c[0]); got != c[1] {
			t.Errorf("%q: %q, not %q", c[0], got, c[1])
		}
	}
}

// TestMadeUp learns from runs of the Linux client with names and contents of their
// own; a file that may not be opened is still found, with few rows beside it.
func TestMadeUp(t *testing.T) {
	path := func(name string) string { return pcap("noise-"+name) + ".gz" }
	a, b := load(t, path("k1"), true), load(t, path("k2"), true)
	l, err := Learn([]*dissect.Trace{a, b}, nil, Options{})
	if err != nil || l.Left > 0 || l.Rules() > 30 {
		t.Fatalf("%d rules, %d rows left, %v", l.Rules(), l.Left, err)
	}
	m, err := l.masks()
	if err != nil {
		t.Fatal(err)
	}
	r := Traces(a, load(t, path("kbad"), true), Options{Masks: m})
	if f := r.First; f == nil || !strings.HasSuffix(f.Text, "STATUS_SUCCESS vs STATUS_ACCESS_DENIED") || f.Path != `docs\f1.txt` || r.Differ() > 4 {
		t.Errorf("%d rows differ: %s", r.Differ(), r.Sentence())
	}
}
