package capture

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// account scans a capture and holds what it counts together: every captured
// byte of the streams of SMB is in a PDU, was passed over behind a loss, or
// belongs to no PDU.
func account(t *testing.T, path string) uint64 {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		return 0 // cut inside the file's header
	}
	defer f.Close()
	var framed uint64
	sum, _ := f.Scan(Options{HeadSize: 16}, func(p *PDU) bool {
		if p.Kind == PDUMessage || p.Kind == PDUSession {
			framed += nbssHeader + uint64(p.Len) - uint64(p.Missing)
		}
		return true
	})
	if sum == nil {
		return 0
	}
	if sum.Payload != framed+sum.Passed+sum.Unframed {
		t.Errorf("%s: %d bytes of SMB streams, of which %d in PDUs, %d passed over, %d of no PDU: %d too many or too few", filepath.Base(path),
			sum.Payload, framed, sum.Passed, sum.Unframed, int64(sum.Payload)-int64(framed+sum.Passed+sum.Unframed))
	}
	return sum.Payload
}

// TestAccounts holds the checked-in captures, and those of SMBDIFF_CORPUS, and
// what is left of each when it is cut, against the identity of account.
func TestAccounts(t *testing.T) {
	paths, _ := filepath.Glob(filepath.Join("..", "..", "testdata", "traces", "*.pcap*"))
	cuts := 8
	if dir := os.Getenv("SMBDIFF_CORPUS"); dir != "" {
		cuts = 100
		for _, pattern := range []string{"*.pcap*", filepath.Join("public", "*cap*")} {
			more, _ := filepath.Glob(filepath.Join(dir, pattern))
			paths = append(paths, more...)
		}
	}
	if len(paths) == 0 {
		t.Fatal("no captures")
	}
	cut := filepath.Join(t.TempDir(), "cut")
	var all uint64
	for _, path := range paths {
		all += account(t, path)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, ".gz") {
			continue
		}
		cuts := cuts
		if len(b) < 4<<10 {
			cuts = len(b) // everywhere
		}
		for i := 1; i < cuts; i++ {
			n := len(b) * i / cuts
			if err := os.WriteFile(cut, b[:n], 0o600); err != nil {
				t.Fatal(err)
			}
			account(t, cut)
			if t.Failed() {
				t.Fatalf("%s cut at %d", filepath.Base(path), n)
			}
		}
	}
	t.Logf("%d captures, %d bytes", len(paths), all)
}
