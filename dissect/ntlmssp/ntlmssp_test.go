package ntlmssp

import (
	"strings"
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/internal/golden"
	"smbdiff/dissect/wire"
)

func walk(_ string, b []byte) *field.Tree {
	var (
		t field.Tree
		c wire.Codec
	)
	t.Reset(b, len(b))
	c.Reset(b, &t)
	Walk(&c)
	t.Cover()
	return &t
}

func TestIdentify(t *testing.T) {
	for _, s := range golden.Samples(t) {
		for _, before := range []string{"", "\xa1\x82\x01\x9a0\x82"} {
			a, ok := Identify([]byte(before + string(s.Msg)))
			if !ok {
				t.Errorf("%s: not found", s.Head)
			}
			user := string(a.AppendUser(nil))
			if a.Type == Authenticate && strings.HasPrefix(s.Head, "sc-SMB2_10-links-plain") {
				if user != `WORKGROUP\tester` || string(field.AppendUTF16(nil, a.Host)) != "VM" {
					t.Errorf("%s: %s at %q", s.Head, user, a.Host)
				}
			}
			if a.Type != Authenticate && user != "" {
				t.Errorf("%s: user %q", s.Head, user)
			}
		}
	}
}

func TestIdentifyHostile(t *testing.T) {
	for _, s := range []string{"", "NTLMSSP", signature, signature + "\x03\x00\x00\x00", signature + "\x09\x00\x00\x00",
		signature + "\x03\x00\x00\x00" + strings.Repeat("\xff", 60)} {
		a, ok := Identify([]byte(s))
		if ok && a.Type != Authenticate || len(a.User) > 0 {
			t.Errorf("Identify(%q) = %v, %v", s, a, ok)
		}
	}
}

func TestIdentifyAllocates(t *testing.T) {
	msg := golden.Samples(t)[0].Msg
	if n := testing.AllocsPerRun(100, func() { Identify(msg) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
