package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/decrypt"
	"smbdiff/diff"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/keys"
)

// twins are rules, and what the comparison of a recording with its twin says.
var twins = []struct {
	scenario, rule           string
	verdict, suspect, reason string
	sentence                 string // part of it
	command                  string
}{
	{"sealed", "CREATE path=*plan-old.txt nth=2 status=ACCESS_DENIED", "differ", "server", "status", "STATUS_SUCCESS vs STATUS_ACCESS_DENIED", "CREATE"},
	{"sealed", "READ path=docs/plan.txt status=DISK_CORRUPT_ERROR", "differ", "server", "status", "STATUS_SUCCESS vs STATUS_DISK_CORRUPT_ERROR", "READ"},
	{"sealed", "READ nth=1 drop", "differ", "server", "no_answer", "STATUS_SUCCESS vs no answer", "READ"},
	{"sealed", "READ nth=1 request drop", "differ", "client", "missing", "only in A", "READ"},
	{"sealed", "LOCK nth=1 cut", "differ", "network", "no_answer", "STATUS_SUCCESS vs no answer", "LOCK"},
	{"sealed", "LOCK nth=1 request cut", "differ", "client", "missing", "only in A", "LOCK"},
	{"sealed", "READ nth=1 flip", "differ", "server", "signature", "signature holds vs does not hold", "READ"},
	{"sealed", "READ nth=1 request flip", "differ", "client", "signature", "signature holds vs does not hold", "READ"},
	{"sealed", "READ nth=1 nonce", "differ", "server", "field", "nonce used before under the same key", "READ"},
	{"sealed", "READ nth=1 request nonce", "differ", "client", "field", "nonce used before under the same key", "READ"},
	{"sealed", "READ nth=1 twice", "differ", "server", "extra", "only in B", "READ"},
	{"sealed", "READ nth=1 delay=2s", "differ", "network", "field", "smb2.time 100µs vs 2.0001s", "READ"},
	{"sealed", "SESSION_SETUP nth=2 status=LOGON_FAILURE", "differ", "client", "status", "STATUS_SUCCESS vs STATUS_LOGON_FAILURE", "SESSION_SETUP"},
	{"sealed", "NEGOTIATE status=NOT_SUPPORTED", "differ", "server", "status", "STATUS_SUCCESS vs STATUS_NOT_SUPPORTED", "NEGOTIATE"},
	{"signed-2.1", "CLOSE nth=2 badsign", "differ", "server", "signature", "smbdiff.signature valid vs invalid", "CLOSE"},
	{"signed-2.1", "CLOSE nth=2 request badsign", "differ", "client", "signature", "smbdiff.signature valid vs invalid", "CLOSE"},
	{"signed-2.1", "CLOSE nth=2 flip", "differ", "server", "signature", "smbdiff.signature valid vs invalid", "CLOSE"},
	{"signed-2.1", "CLOSE nth=2 request flip", "differ", "client", "signature", "smbdiff.signature valid vs invalid", "CLOSE"},
	{"signed-2.1", "WRITE nth=1 request twice", "differ", "client", "missing", "only in A", "CLOSE"},
	{"pipelined", "READ nth=2 late", "same", "", "", "equal", ""},
	{"pipelined", "READ nth=2 request late", "differ", "client", "extra", "131072+65536, only in B", "READ"},
	{"pipelined", "NEGOTIATE maxio=16384", "differ", "consequence", "extra", "16384+16384, only in B", "WRITE"},
	{"pipelined", "NEGOTIATE request maxio=16384", "differ", "client", "extra", "16384+16384, only in B", "WRITE"},
	{"leases", "CREATE path=shared.txt nth=2 nolease", "differ", "consequence", "missing", "only in A", "OPLOCK_BREAK"},
	{"leases", "CREATE path=shared.txt nth=2 request nolease", "differ", "client", "missing", "only in A", "OPLOCK_BREAK"},
	{"notify", "CHANGE_NOTIFY nth=1 status=NOT_SUPPORTED", "differ", "server", "status", "STATUS_SUCCESS vs STATUS_NOT_SUPPORTED", "CHANGE_NOTIFY"},
}

// TestTwins records scenarios with every kind of fault on either half, and holds
// what the comparison says: where the two part first, and whose fault it is.
func TestTwins(t *testing.T) {
	for _, c := range twins {
		t.Run(c.scenario+" "+c.rule, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "x")
			recordScenario(t, filepath.Join("..", "..", "testdata", "scenarios", c.scenario+".txt"), "--seed", "9", "--twin", c.rule, "-o", out)
			r := diff.Traces(openRecording(t, out+".pcapng"), openRecording(t, out+"-twin.pcapng"), diff.Options{Timing: true})
			if string(r.Verdict) != c.verdict || !strings.Contains(r.Sentence(), c.sentence) {
				t.Errorf("verdict %s: %s", r.Verdict, r.Sentence())
			}
			if f := r.First; c.suspect != "" && (f == nil || f.Suspect != c.suspect || f.Reason != c.reason || f.Command != c.command) {
				t.Errorf("first: %+v", f)
			}
		})
	}
}

// openRecording opens a recording with the keys beside it.
func openRecording(t *testing.T, file string) *dissect.Trace {
	t.Helper()
	f, err := capture.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	ring := new(keys.Ring)
	name := keys.Beside(file)
	if st, err := os.Stat(name); err != nil || st.Size() > 0 { // nobody may have got in
		if err := ring.AddFile(name); err != nil {
			t.Fatal(err)
		}
	}
	trace := dissect.NewTrace(f, decrypt.NewOpener(ring))
	if err := trace.Load(nil, nil); err != nil {
		t.Fatal(err)
	}
	return trace
}
