package state

import (
	"testing"

	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

func TestFilter(t *testing.T) {
	names := []string{"", `docs\My Report.DOCX`, "Ünïcode.txt"}
	name := func(k uint32) string { return names[k] }
	create := op.Op{Num: 7, Proto: op.SMB2, Command: uint16(smb2.Create), Request: 1, Response: 2, Path: 1, ReqFrame: 20, RespFrame: 23, Status: 0xc0000034}
	closing := op.Op{Num: 8, Proto: op.SMB2, Command: uint16(smb2.Close), Request: 3, Path: 2, ReqFrame: 30}
	for _, c := range []struct {
		text            string
		create, closing bool
	}{
		{"", true, true},
		{"create", true, false},
		{"CREATE report", true, false},
		{"report close", false, false},
		{"cmd:create", true, false},
		{"cmd:report", false, false},
		{`path:"my report"`, true, false},
		{`path:ünï`, false, true},
		{"status:not_found", true, false},
		{"status:answer", false, true},
		{"!status:success", true, true},
		{"!cmd:close", true, false},
		{"frame:20", true, false},
		{"frame:21", false, false},
		{"frame:22-30", true, true},
		{"op:8", false, true},
		{"op:1-100 close", false, true},
		{"a:b", false, false},
	} {
		f, err := ParseFilter(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		m := matcher{filter: f, name: name}
		if got := m.match(&create); got != c.create {
			t.Errorf("%q on CREATE: %v", c.text, got)
		}
		if got := m.match(&closing); got != c.closing {
			t.Errorf("%q on CLOSE: %v", c.text, got)
		}
	}
	for _, bad := range []string{"frame:", "frame:x", "op:3-", "op:-3", "frame:99999999999"} {
		if _, err := ParseFilter(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}
