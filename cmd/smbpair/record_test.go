package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
	"smbdiff/keys"
)

// seen is what a capture holds.
type seen struct {
	messages, shut, bad, sealed, problems int
	statuses                              map[uint32]int
}

// look reads a capture with the keys beside it.
func look(t *testing.T, name string) seen {
	t.Helper()
	f, err := capture.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ring := new(keys.Ring)
	if p := keys.Beside(name); p != "" {
		if err := ring.AddFile(p); err != nil {
			t.Fatal(err)
		}
	}
	s := seen{statuses: make(map[uint32]int)}
	sum, err := dissect.Run(f, dissect.Options{Opener: decrypt.NewOpener(ring), Whole: true, Emit: func(b *dissect.Batch) bool {
		for i := range b.Messages {
			m := &b.Messages[i]
			if !m.Event.Carries() {
				continue
			}
			s.messages++
			s.problems += len(m.Problems)
			if m.Proto == op.Sealed {
				s.shut++
			}
			if m.Sealed {
				s.sealed++
			}
			if m.Signature == conv.SignatureInvalid {
				s.bad++
			}
			if m.Response() {
				s.statuses[m.Status()]++
			}
		}
		return true
	}})
	if err != nil || len(sum.Damage) > 0 {
		t.Fatal(err, sum)
	}
	return s
}

// TestServeRecords holds that what the server records can be read, with every seal and
// every signature.
func TestServeRecords(t *testing.T) {
	peer(t, "smbclient")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "x.pcapng")
	port, stop := serveShare(t, "mem:", "--record", file)
	for _, p := range protections() {
		smbclient(t, dir, port, "put a; get a b; ls; del a", p...)
	}
	stop()
	s := look(t, file)
	if s.messages < 300 || s.sealed < 100 || s.shut+s.bad+s.problems > 0 {
		t.Errorf("the capture holds %+v", s)
	}
}

// TestProxy holds that a relay passes all on and records it.
func TestProxy(t *testing.T) {
	peer(t, "smbclient")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "x.pcapng")
	accounts := filepath.Join(dir, "users")
	if err := os.WriteFile(accounts, []byte("# accounts\ntester:Passw0rd!\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server, _ := serveShare(t, "mem:", "--seal", "required")
	port, stop := start(t, "proxy", "--listen", "127.0.0.1:0", "--to", "127.0.0.1:"+server, "--user", "@"+accounts, "--record", file)
	smbclient(t, dir, port, "put a; get a b; ls")
	stop()
	if s := look(t, file); s.messages < 30 || s.sealed < 20 || s.shut+s.bad+s.problems > 0 {
		t.Errorf("the capture holds %+v", s)
	}
}

// TestFault holds that the operation of a rule goes wrong, and that one alone.
func TestFault(t *testing.T) {
	peer(t, "smbclient")
	dir := t.TempDir()
	for _, name := range []string{"a.txt", "b.txt", "c.txt", "d.bin"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "x.pcapng")
	port, stop := serveShare(t, "mem:", "--record", file, "--fault", "CREATE path=*.txt nth=2 status=DISK_FULL")
	ctx := t.Context()
	out, _ := commandOutput(ctx, dir, "smbclient", "-s", "/dev/null", "//127.0.0.1/data", "-p", port, "-U", "tester%Passw0rd!", "-c", "put a.txt; put d.bin; put b.txt; put c.txt; ls")
	stop()
	if !strings.Contains(out, "DISK_FULL opening remote file \\b.txt") || !strings.Contains(out, "c.txt ") || strings.Contains(out, " b.txt ") {
		t.Errorf("smbclient says\n%s", out)
	}
	if s := look(t, file); s.statuses[0xc000007f] != 1 || s.bad+s.shut > 0 {
		t.Errorf("the capture holds %+v", s)
	}
}
