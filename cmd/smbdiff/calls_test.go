package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/keys"
)

// TestSealedCalls opens calls that NTLM seals inside of SMB: the password opens
// them in the dump and through the index, and a wrong one does not.
func TestSealedCalls(t *testing.T) {
	for name, want := range map[string]int{"rpc-sealed-ntlm": 6, "rpc-sealed-spnego": 4} {
		file := filepath.Join(traces, name+".pcap")
		_, out, stderr := run(t, "dump", file)
		if n := strings.Count(out, `"buffer":"unsealed"`); n < 20*want {
			t.Errorf("%s: %d fields of opened calls\n%s", name, n, stderr)
		}
		if n := strings.Count(out, `"name":"dcerpc.encrypted_stub_data"`); n != want {
			t.Errorf("%s: %d sealed stubs, want %d", name, n, want)
		}
		if n := opened(t, file, "password tester Passw0rd!\n"); n != want {
			t.Errorf("%s: the index opens %d calls, want %d", name, n, want)
		}
		if n := opened(t, file, "password tester wrong\n"); n != 0 {
			t.Errorf("%s: a wrong password opens %d calls", name, n)
		}
	}
}

// opened counts the messages with opened calls that a reader shows.
func opened(t *testing.T, file, secrets string) (n int) {
	t.Helper()
	list := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(list, []byte(secrets), 0o600); err != nil {
		t.Fatal(err)
	}
	ring := new(keys.Ring)
	if err := ring.AddFile(list); err != nil {
		t.Fatal(err)
	}
	f, err := capture.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	trace := dissect.NewTrace(f, decrypt.NewOpener(ring))
	if err := trace.Load(nil, nil); err != nil {
		t.Fatal(err)
	}
	r := trace.NewReader()
	for num := uint32(1); r.Read(num); num++ {
		for _, b := range r.Tree.Bufs {
			if b.Name == "unsealed" {
				n++
			}
		}
	}
	return n
}
