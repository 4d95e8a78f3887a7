package fault

import (
	"testing"
	"time"

	"smbdiff/dissect/smb2"
)

// TestRules holds whose turn it is.
func TestRules(t *testing.T) {
	r, err := Parse([]string{`create path=*.TXT nth=2 status=ACCESS_DENIED`, `READ delay=2s flip`, `* path=dir/* twice`})
	if err != nil {
		t.Fatal(err)
	}
	denied := Fault{Status: 0xc0000022}
	for i, c := range []struct {
		command smb2.Command
		name    string
		want    Fault
	}{
		{smb2.Create, `a\b.txt`, Fault{}},
		{smb2.Create, `c.bin`, Fault{}},
		{smb2.Create, `d.txt`, denied},
		{smb2.Create, `d.txt`, Fault{}},
		{smb2.Read, `x`, Fault{Delay: 2 * time.Second, Flip: true}},
		{smb2.Close, `DIR\x`, Fault{Twice: true}},
	} {
		if got := r.Answers().Find(c.command, c.name); got != c.want {
			t.Errorf("%d: %s %s: %+v, want %+v", i, c.command, c.name, got, c.want)
		}
	}
}

// TestBadRules holds that what cannot be meant is turned away.
func TestBadRules(t *testing.T) {
	for _, s := range []string{"", "NOPE drop", "READ", "READ status=NOPE", "READ nth=0 drop", "READ nth=x drop", "READ delay=x", "READ path=[ drop", "READ fall", "READ request status=ACCESS_DENIED", "READ maxio=5 drop", "READ nolease", "READ answer=x"} {
		if _, err := Parse([]string{s}); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}
