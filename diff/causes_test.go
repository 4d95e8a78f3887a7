package diff

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/dissect"
)

// TestCauses reads what is said of real pairs of which the cause is known.
func TestCauses(t *testing.T) {
	for _, c := range []struct {
		b, a            string // a: cause-base
		verdict         string
		first           string // what First.Text begins with, behind the numbers
		reason, suspect string
		causes          []string // fields, among the first three
		differ, equal   int      // at most, at least
		options         Options
	}{
		{b: "again", verdict: "same", equal: 52},
		{b: "missing", verdict: "differ", first: `CREATE docs\b.txt F13, STATUS_SUCCESS vs STATUS_OBJECT_NAME_NOT_FOUND`, reason: "status", suspect: "server",
			causes: []string{"smb2.find.id_both_directory_info"}, differ: 5, equal: 47},
		{b: "readonly", verdict: "differ", first: `CREATE new.txt F8, STATUS_SUCCESS vs STATUS_ACCESS_DENIED`, reason: "status", suspect: "server",
			causes: []string{"smb.access_mask"}, differ: 9, equal: 43},
		{b: "password", verdict: "differ", first: `SESSION_SETUP LAB\tester, STATUS_SUCCESS vs STATUS_LOGON_FAILURE`, reason: "status", suspect: "client", differ: 49, equal: 3},
		{b: "cipher", verdict: "differ", first: `NEGOTIATE 3.1.1 AES-128-GCM, smb2.negotiate_context.cipher_id AES-128-GCM (2) vs AES-256-CCM (3)`,
			reason: "negotiated", suspect: "client", differ: 1, equal: 51},
		{b: "dialect", verdict: "differ", first: `NEGOTIATE 3.1.1 AES-128-GCM, smb2.dialect 3.1.1 (0x0311) vs 3.0.2 (0x0302)`, reason: "negotiated", suspect: "client",
			differ: 4, equal: 50},
		{b: "extra", verdict: "differ", first: `CREATE more F13, only in B`, reason: "extra", suspect: "client", differ: 2, equal: 52},
		{b: "swapped", verdict: "differ", first: `CREATE docs\b.txt F11, only in B`, reason: "extra", suspect: "client", differ: 8, equal: 48},
		{b: "attribute", verdict: "differ", first: `QUERY_DIRECTORY docs F1 FileIdBothDirectoryInformation *, smb2.file_attribute NORMAL (0x00000080) vs HIDDEN (0x00000002)`,
			reason: "field", suspect: "server", differ: 3, equal: 49},
		{b: "denied", verdict: "differ", first: `CREATE docs\b.txt F13, STATUS_SUCCESS vs STATUS_ACCESS_DENIED`, reason: "status", suspect: "server", differ: 4, equal: 48},
		{b: "lost", verdict: "differ", first: `CREATE docs\a.txt F3, STATUS_SUCCESS vs no answer`, reason: "no_answer", suspect: "network", differ: 37, equal: 15},
		{b: "delayed", verdict: "same", equal: 52},
		{b: "delayed", verdict: "differ", first: `CREATE docs\a.txt F3, smb2.time 124µs vs 319.316ms`, reason: "field", suspect: "network", differ: 1, equal: 51,
			options: Options{Timing: true}},
		{b: "again", verdict: "same", equal: 52, options: Options{Timing: true}},
		{b: "delayed", verdict: "same", equal: 52, options: Options{Timing: true, Mask: "ci"}},
		{a: "leases", b: "noleases", verdict: "differ", first: `NEGOTIATE 3.1.1 AES-128-GCM, smb2.capabilities {LEASING} vs {}`, reason: "field", suspect: "server",
			differ: 3, equal: 40},
		{a: "write1", b: "write2", verdict: "differ", first: `WRITE w.bin F1 16384+16384, only in B`, reason: "extra", suspect: "consequence",
			causes: []string{"smb2.max_write_size"}, differ: 5, equal: 15},

		{a: "kbase", b: "kagain", verdict: "same", equal: 83},
		{a: "kbase", b: "kmissing", verdict: "differ", first: `CREATE docs\f2.txt F11, STATUS_SUCCESS vs STATUS_OBJECT_NAME_NOT_FOUND`, reason: "status",
			suspect: "server", differ: 6, equal: 74},
		{a: "kbase", b: "kdenied", verdict: "differ", first: `CREATE docs\f2.txt F12, STATUS_SUCCESS vs STATUS_ACCESS_DENIED`, reason: "status",
			suspect: "server", differ: 4, equal: 77},
		{a: "kbase", b: "kextra", verdict: "differ", first: `CREATE docs\extra, only in B`, reason: "extra", suspect: "client", differ: 8, equal: 83},
		{a: "kbase", b: "klost", verdict: "differ", first: `NEGOTIATE 3.1.1 AES-128-GCM, only in B`, reason: "extra", suspect: "network", differ: 7, equal: 84},
		{a: "kbase", b: "kchannels", verdict: "differ", first: `NEGOTIATE 3.1.1 AES-128-GCM, only in B`, reason: "extra", suspect: "client",
			causes: []string{"smb2.capabilities"}, differ: 4, equal: 85},
		{a: "kbase", b: "ksigned", verdict: "differ", first: `CREATE (root) F1, smb2.flags 0x00000000 vs SIGNED (0x00000008)`, reason: "negotiated",
			suspect: "consequence", causes: []string{"smb2.sec_mode"}, differ: 4, equal: 79},
		{a: "kbase", b: "ksealed", verdict: "differ", first: `TREE_CONNECT \\127.0.0.1\IPC$, smb2.header.transform none vs 52 bytes`, reason: "negotiated",
			suspect: "consequence", causes: []string{"smb2.session_flags"}, differ: 3, equal: 77},
		{a: "kbase", b: "knoleases", verdict: "differ", first: `READ seed.txt F6 7+1048576, only in B`, reason: "extra", suspect: "consequence",
			causes: []string{"smb2.capabilities"}, differ: 19, equal: 71},
		{a: "kbase", b: "kreadonly", verdict: "differ", first: `CREATE new F7, STATUS_SUCCESS vs STATUS_ACCESS_DENIED`, reason: "status", suspect: "server",
			causes: []string{"smb.access_mask"}, differ: 31, equal: 54},
		{a: "klist", b: "kunlisted", verdict: "differ", first: `CREATE docs\f2.txt F12, STATUS_SUCCESS vs STATUS_OBJECT_NAME_NOT_FOUND`, reason: "status",
			suspect: "consequence", causes: []string{"smb2.find.id_both_directory_info"}, differ: 6, equal: 94},
		{a: "kwrite", b: "kcredits", verdict: "differ", first: `WRITE b.bin F7 65536+4464, only in B`, reason: "extra", suspect: "client",
			causes: []string{"smb2.credits.granted"}, differ: 2, equal: 45},
		{a: "tlock", b: "tunlocked", verdict: "differ", first: `WRITE lock_rw_shared.dat F1 100+100, STATUS_FILE_LOCK_CONFLICT vs STATUS_SUCCESS`, reason: "status",
			suspect: "server", differ: 7, equal: 9},
		{a: "tlease", b: "tnolease", verdict: "differ", first: `CREATE lease_request.dat, only in A`, reason: "missing", suspect: "consequence",
			causes: []string{"smb2.capabilities"}, differ: 16, equal: 3},
		{a: "toplock", b: "tnooplock", verdict: "differ", first: `OPLOCK_BREAK oplock_test\test_batch2.dat F2, only in A`, reason: "missing", suspect: "server",
			causes: []string{"smb2.create.oplock"}, differ: 3, equal: 25},
		{a: "rpc", b: "rpcuser", verdict: "differ", first: `IOCTL samr F4 samr OpenUser, STATUS_SUCCESS vs STATUS_NO_SUCH_USER`, reason: "status", suspect: "client",
			differ: 5, equal: 41},
		{a: "rpc", b: "rpcextra", verdict: "differ", first: `CREATE lsarpc F6, only in B`, reason: "extra", suspect: "client", differ: 6, equal: 46},
		{a: "rpc", b: "rpcsealed", verdict: "differ", first: `TREE_CONNECT \\127.0.0.1\IPC$, smb2.header.transform none vs 52 bytes`, reason: "negotiated",
			suspect: "client", differ: 3, equal: 43},
		{a: "cbase", b: "csharing", verdict: "differ", first: `CREATE docs\f2.txt F10, STATUS_SUCCESS vs STATUS_SHARING_VIOLATION`, reason: "status",
			suspect: "server", differ: 25, equal: 36},
		{a: "cbase", b: "clocked", verdict: "differ", first: `READ docs\f1.txt F1 0+500, STATUS_SUCCESS vs STATUS_FILE_LOCK_CONFLICT`, reason: "status",
			suspect: "server", differ: 54, equal: 7},
		{a: "pbase", b: "pcut", verdict: "differ", first: `READ docs\f2.txt F5 0+2000, STATUS_SUCCESS vs no answer`, reason: "no_answer", suspect: "network",
			differ: 8, equal: 31},
		{a: "ibase", b: "iclose", verdict: "differ", first: `CLOSE docs\f1.txt F2, STATUS_SUCCESS vs STATUS_FILE_CLOSED`, reason: "status", suspect: "server",
			differ: 14, equal: 32},
		{a: "dbase", b: "dfull", verdict: "differ", first: `WRITE new\b.bin F5 0+20000, STATUS_SUCCESS vs STATUS_DISK_FULL`, reason: "status", suspect: "server",
			differ: 4, equal: 52},
		{a: "kdbase", b: "kdfull", verdict: "differ", first: `WRITE new\b.bin F10 0+60000, STATUS_SUCCESS vs STATUS_DISK_FULL`, reason: "status",
			suspect: "server", differ: 6, equal: 97},
		{a: "k1base", b: "k1full", verdict: "differ", first: `WRITE_ANDX /new/b.bin F4, STATUS_SUCCESS vs STATUS_DISK_FULL`, reason: "status",
			suspect: "server", differ: 3, equal: 49},
		{a: "qbase", b: "qquota", verdict: "differ", first: `WRITE new.txt F3 0+3000, STATUS_SUCCESS vs STATUS_QUOTA_EXCEEDED`, reason: "status",
			suspect: "server", differ: 2, equal: 44},
		{a: "qbase", b: "qdelayed", verdict: "same", equal: 46},
		{a: "qbase", b: "qdelayed", verdict: "differ", first: `READ docs\f2.txt F4 0+2292, smb2.time 111µs vs 301.237ms`, reason: "field", suspect: "network",
			differ: 1, equal: 45, options: Options{Timing: true}},
		{a: "bbase", b: "bsilent", verdict: "differ", first: `OPLOCK_BREAK, only in A`, reason: "missing", suspect: "client", differ: 3, equal: 45},
		{a: "bbase", b: "bsilent", verdict: "differ", first: `OPLOCK_BREAK, only in A`, reason: "missing", suspect: "client", differ: 5, equal: 43,
			options: Options{Timing: true}}, // the CREATE before it is answered after it, 35 s later in B
		{a: "wbase", b: "wmax", verdict: "differ", first: `WRITE w.bin F1 16384+16384, only in B`, reason: "extra", suspect: "consequence",
			causes: []string{"smb2.max_write_size"}, differ: 6, equal: 28},
	} {
		if c.a == "" {
			c.a = "base"
		}
		ta, tb := load(t, cause(c.a), true), load(t, cause(c.b), true)
		r := Traces(ta, tb, c.options)
		if r.Verdict != c.verdict {
			t.Errorf("%s: %s: %s", c.b, r.Verdict, r.Sentence())
			continue
		}
		if differ, equal := r.Differ(), r.Counts[Equal]+r.Counts[Masked]; differ > c.differ || equal < c.equal {
			t.Errorf("%s: %d rows differ, at most %d may; %d are equal, at least %d must be", c.b, differ, c.differ, equal, c.equal)
		}
		checkTurned(t, c.b, ta, tb, r, c.options)
		f := r.First
		if f == nil {
			continue
		}
		_, text, _ := strings.Cut(f.Text, "(B): ")
		if !strings.HasPrefix(text, c.first) || f.Reason != c.reason || f.Suspect != c.suspect {
			t.Errorf("%s %s: %s %s: %s", c.a, c.b, f.Reason, f.Suspect, f.Text)
		}
		for _, want := range c.causes {
			found := false
			for i := 0; i < min(3, len(r.Causes)); i++ {
				found = found || r.Causes[i].Field == want
			}
			if !found {
				t.Errorf("%s: causes %+v lack %s", c.b, r.Causes, want)
			}
		}
	}
}

// cause gives the path of one capture of a pair, which may be packed.
func cause(name string) string {
	path := pcap("cause-" + name)
	if _, err := os.Stat(path); err != nil {
		path += ".gz"
	}
	return path
}

// TestLearnNoise learns the noise of three runs; a real change is still found.
func TestLearnNoise(t *testing.T) {
	trace := func(n string) *dissect.Trace { return load(t, pcap(n), true) }
	runs := []*dissect.Trace{trace("noise-1"), trace("noise-2"), trace("noise-3")}
	if r := Traces(runs[0], runs[1], Options{}); r.Verdict != "differ" {
		t.Fatal(r.Sentence())
	}
	l, err := Learn(runs, nil, Options{})
	if err != nil || l.Left > 0 || l.Rules() == 0 || l.Pairs != 3 {
		t.Fatalf("%+v %v", l, err)
	}
	path := filepath.Join(t.TempDir(), "masks.toml")
	var text bytes.Buffer
	if err := l.Write(&text, filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := LoadMasks([]string{path}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range runs {
		for _, b := range runs[i+1:] {
			if r := Traces(a, b, Options{Masks: m}); r.Verdict != "same" {
				t.Error(r.Sentence())
			}
		}
	}
	r := Traces(runs[0], trace("noise-bad"), Options{Masks: m})
	if r.First == nil || r.First.Field != "smb2.file_attribute" {
		t.Errorf("%s", r.Sentence())
	}
	c := r.Comparer()
	for _, row := range r.Rows {
		if !row.Grade.Shows() {
			continue
		}
		for _, ch := range c.Compare(row) {
			if ch.Masked == "" && ch.Name != "smb2.file_attribute" && ch.Name != "smb2.mode_info" {
				t.Errorf("noise: %+v", ch)
			}
		}
	}
	if s := text.String(); !strings.Contains(s, "# READ response smb2.read.blob: 3 differences in 3 of 3 pairs") || strings.Contains(s, t.TempDir()) {
		t.Errorf("evidence:\n%s", s)
	}
}

// TestLearnAll learns, from nothing, all that two equal runs do not share.
func TestLearnAll(t *testing.T) {
	runs := []*dissect.Trace{load(t, pcap("good"), true), load(t, pcap("same"), true)}
	l, err := Learn(runs, []string{"none"}, Options{})
	if err != nil || l.Left > 0 {
		t.Errorf("%d rows left, %v", l.Left, err)
	}
}
