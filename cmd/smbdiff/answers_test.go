package main

import (
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/dissect"
	"smbdiff/dissect/capture"
)

// TestAnswersByRequest reads answers of SMB1 that only their request explains,
// in the dump and through the index: of remote administration by its
// descriptors, of a query by its level, of an open by what it opened.
func TestAnswersByRequest(t *testing.T) {
	for _, c := range []struct {
		capture, field string
		frame          uint32
		show           string
	}{
		{"rap-NT1", "lanman.share.comment", 33, ""},
		{"rap-NT1", "lanman.entry_count", 33, "3"},
		{"print-NT1", "smb_pipe.string_param", 28, "print"},
		{"posix-NT1", "smb.unix.whoami.num_sids", 25, "7"},
		{"posix-NT1", "smb.posix_acl.ace_type", 37, "USER_OBJ (1)"},
		{"posix-NT1", "smb.posix_open.granted", 39, "none (0)"},
		{"posix-NT1", "smb.unix.file.link_dest", 51, "p.txt"},
		{"smb1-raw.rename", "smb.file", 26, "test_nttransrename_2.dat"},
		{"smb1-raw.search", "smb.ea.name", 37, "SECOND EA"},
	} {
		file := filepath.Join(traces, c.capture+".pcap")
		_, out, _ := run(t, "dump", file)
		if !strings.Contains(out, `"name":"`+c.field+`"`) {
			t.Errorf("%s: %s is not in the dump", c.capture, c.field)
		}
		f, err := capture.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		trace := dissect.NewTrace(f, nil)
		if err := trace.Load(nil, nil); err != nil {
			t.Fatal(err)
		}
		r, found := trace.NewReader(), false
		for num := uint32(1); r.Read(num); num++ {
			if i := r.Tree.Find(c.field, 0); r.Message.Frame == c.frame && i >= 0 {
				found = true
				if got := r.Tree.Show(i); got != c.show {
					t.Errorf("%s frame %d: %s shows %q, want %q", c.capture, c.frame, c.field, got, c.show)
				}
			}
		}
		if !found {
			t.Errorf("%s frame %d: %s is not there", c.capture, c.frame, c.field)
		}
		f.Close()
	}
}

// TestOpensOfTransactions names what is opened by a transaction where its file
// id stands alone.
func TestOpensOfTransactions(t *testing.T) {
	_, out, _ := run(t, filepath.Join(traces, "posix-NT1.pcap"))
	if !strings.Contains(out, "/pp.txt F2 SET_PATH_INFORMATION") {
		t.Errorf("the POSIX open of pp.txt has no number:\n%s", out)
	}
}
