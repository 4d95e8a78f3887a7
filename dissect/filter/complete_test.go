package filter

import (
	"fmt"
	"strings"
	"testing"
)

func TestComplete(t *testing.T) {
	for src, want := range map[string]string{
		"sta":                             "0 status status.class",
		"smb2.cmd == CRE":                 "12 CREATE",
		"cmd in {READ, wri":               "14 WRITE",
		"cmd in {READ, WRITE} && sess":    "24 session session_id",
		"frame > 5 && status != access_d": "23 STATUS_ACCESS_DENIED",
		"b.smb2.nt_st":                    "0 b.smb2.nt_status",
		"sealed == ":                      "10 true false",
		"smb2.flags & ASY":                "13 ASYNC_COMMAND",
		"frame == 5 smb2.create.dispo":    "11 smb2.create.disposition",
		"signature == ":                   "13 unsigned valid invalid",
		`path == "x`:                      "",
		"protocol not in {SMB2-T":         "17 SMB2-TRANSFORM",
	} {
		var got strings.Builder
		for i, c := range Complete(src) {
			if i == 0 {
				fmt.Fprint(&got, c.From)
			}
			got.WriteString(" " + c.Text)
		}
		if s := got.String(); s != want && !strings.HasPrefix(s, want+" ") {
			t.Errorf("%q: %.100s, want %s", src, s, want)
		}
	}
	if n := len(Complete("")); n != mostCandidates {
		t.Errorf("%d candidates for nothing", n)
	}
}
