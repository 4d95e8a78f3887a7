package filter

import (
	"errors"
	"testing"
	"unicode/utf8"
)

// FuzzParse checks that a filter is read or refused with a place in its source,
// and that what is read can be matched.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`cmd == CREATE && path ~ "a\.b" || !(smb2.flags & 0x1)`, `smb2.filename[0:4] == "\x41\102" and frame in {1..5, 7}`,
		`all len(smb2.ea.name) > 5ms`, `a.status != b.status report "denied"`, `1 < rtt <= 5 not in {`, `smb2.fid == 01020304-0506-0708-090a-0b0c0d0e0f10`,
		`time > "2026-05-04 10:11:12" ip.addr == 10.0.0.0/8`, `r"\" (((`, `smb2.signature[-4-1] == de:ad`, `any x`} {
		f.Add(s)
	}
	r := example()
	r.B.SetMessage(r.A.message)
	r.B.Looks = r.A.Looks
	r.Pair = &Pair{Grade: "differs"}
	f.Fuzz(func(t *testing.T, s string) {
		Complete(s)
		Valued(s)
		if seen := NewSeen(s); seen != nil {
			seen.Add(r)
			for _, v := range seen.Values() {
				if _, err := Parse(s + " == " + v.Text); err != nil {
					t.Fatalf("%s == %s: %v", s, v.Text, err)
				}
			}
		}
		filter, err := Parse(s)
		if err == nil {
			filter.Match(r)
			OnSide(s, 'b')
			Sides(s)
			Wireshark(s)
			return
		}
		var e *Error
		if !errors.As(err, &e) || e.From < 0 || e.From > e.To || e.To > len(e.Src) || e.What == "" {
			t.Fatalf("%q: %#v", s, err)
		}
		line, marks := e.Caret()
		if utf8.ValidString(s) && utf8.RuneCountInString(marks) > utf8.RuneCountInString(line)+1 {
			t.Fatalf("%q: marks %q beyond %q", s, marks, line)
		}
	})
}
