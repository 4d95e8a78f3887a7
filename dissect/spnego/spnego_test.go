package spnego

import (
	"strings"
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/internal/golden"
	"smbdiff/dissect/wire"
)

var fAll = &field.Def{Name: "token", Label: "Token", Kind: field.Bytes}

// walk walks a token, or a PAC where the head says so.
func walk(head string, b []byte) *field.Tree {
	var (
		t field.Tree
		c wire.Codec
	)
	t.Reset(b, len(b))
	c.Reset(b, &t)
	c.BeginLen(fAll, len(b), 0)
	if strings.HasPrefix(head, "pac") {
		pac(&c)
	} else {
		Walk(&c)
	}
	c.Done()
	t.Cover()
	return &t
}

func TestOID(t *testing.T) {
	for content, want := range map[string]string{
		oidNTLM:                    "1.3.6.1.4.1.311.2.2.10",
		oidKerberos:                "1.2.840.113554.1.2.2",
		"\x88\x37\x03":             "2.999.3",
		"\x2a\x86":                 "1.2",
		"":                         "",
		"\xff\xff\xff\xff\xff":     "",
		"\x2b\x06\x01\x05\x05\x02": "1.3.6.1.5.5.2",
	} {
		if got := string(appendOID(nil, []byte(content))); got != want {
			t.Errorf("%x: %s, want %s", content, got, want)
		}
	}
}

func TestDeepNesting(t *testing.T) {
	for _, unit := range []string{"\xa0\x84\x00\x00\xff\xff", "\x60\x84\x00\x00\xff\xff", "\xa1\x80", "\x30\x84\xff\xff\xff\xff", "\x60\x0a\x06\x00"} {
		b := []byte(strings.Repeat(unit, 500))
		golden.Check(t, walk("", b), len(b))
	}
}
