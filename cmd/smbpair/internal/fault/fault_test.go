package fault

import (
	"testing"
	"time"

	"smbdiff/cmd/smbpair/internal/server"
	"smbdiff/dissect/smb2"
)

// TestRules holds whose turn it is.
func TestRules(t *testing.T) {
	r, err := Parse([]string{`create path=*.TXT nth=2 status=ACCESS_DENIED`, `READ delay=2s flip`, `* path=dir/* twice`})
	if err != nil {
		t.Fatal(err)
	}
	denied := server.Fault{Status: 0xc0000022}
	for i, c := range []struct {
		command smb2.Command
		name    string
		want    server.Fault
	}{
		{smb2.Create, `a\b.txt`, server.Fault{}},
		{smb2.Create, `c.bin`, server.Fault{}},
		{smb2.Create, `d.txt`, denied},
		{smb2.Create, `d.txt`, server.Fault{}},
		{smb2.Read, `x`, server.Fault{Delay: 2 * time.Second, Flip: true}},
		{smb2.Close, `DIR\x`, server.Fault{Twice: true}},
	} {
		if got := r.Request(c.command, c.name); got != c.want {
			t.Errorf("%d: %s %s: %+v, want %+v", i, c.command, c.name, got, c.want)
		}
	}
}

// TestBadRules holds that what cannot be meant is turned away.
func TestBadRules(t *testing.T) {
	for _, s := range []string{"", "NOPE drop", "READ", "READ status=NOPE", "READ nth=0 drop", "READ nth=x drop", "READ delay=x", "READ path=[ drop", "READ fall"} {
		if _, err := Parse([]string{s}); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}
