package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/decrypt"
	"smbdiff/keys"
)

// tallied is how the messages of a dump came: sealed, opened, and how many of
// each state of a signature.
type tallied struct {
	sealed, opened int
	signature      map[string]int
	why            map[string]int
}

func tallyDump(t *testing.T, args ...string) tallied {
	t.Helper()
	code, out, stderr := run(t, append([]string{"dump"}, args...)...)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	n := tallied{signature: map[string]int{}, why: map[string]int{}}
	for l := range strings.Lines(out) {
		var m struct {
			Sealed, Decrypted bool
			Signature, Why    string
		}
		if err := json.Unmarshal([]byte(l), &m); err != nil {
			t.Fatal(err)
		}
		if m.Sealed {
			n.sealed++
		}
		if m.Decrypted {
			n.opened++
		}
		n.signature[m.Signature]++
		n.why[m.Why]++
	}
	return n
}

// bare copies a capture to where no key file lies beside it.
func bareCopy(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(traces, name))
	if err != nil {
		t.Fatal(err)
	}
	return written(t, name, b)
}

func written(t *testing.T, name string, b []byte) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestSecrets opens captures by secrets that no session key was printed for.
func TestSecrets(t *testing.T) {
	password := "password:@" + written(t, "pw", []byte("Passw0rd!\n"))
	ntHash := "nthash:@" + written(t, "nt", []byte("FC525C9683E8FE067095BA2DDC971889\n"))
	keytab, ccache := filepath.Join(traces, "krb5.keytab"), filepath.Join(traces, "krb5.ccache")
	for _, c := range []struct {
		capture, key string
		sealed       int
		signatures   string
	}{
		{"krb5-SMB3_11-AES-256-GCM.pcap", keytab, 56, "map[sealed:56 unsigned:5 valid:1]"},
		{"krb5-SMB3_11-AES-256-GCM.pcap", ccache, 56, "map[sealed:56 unsigned:5 valid:1]"},
		{"krb5-NT1-signed.pcap", keytab, 0, "map[unsigned:3 valid:37]"},
		{"krb5-NT1-signed.pcap", password, 0, "map[unsigned:3 unverified:37]"},
		{"rpcclient-wkssvc-NT1.pcap", password, 0, "map[unsigned:5 valid:29]"},
		{"rpcclient-wkssvc-NT1.pcap", ntHash, 0, "map[unsigned:5 valid:29]"},
		{"rpcclient-wkssvc-NT1.pcap", keytab, 0, "map[unsigned:5 unverified:29]"},
		{"smb1-signed-session.pcap", password, 0, "map[unsigned:11 valid:34]"},
		{"sc-SMB3_11-meta-seal-AES-256-CCM.pcap", password, 208, "map[sealed:208 unsigned:7 valid:1]"},
		{"sc-SMB3_11-meta-seal-AES-256-CCM.pcap", ntHash, 208, "map[sealed:208 unsigned:7 valid:1]"},
	} {
		got := tallyDump(t, bareCopy(t, c.capture), "-k", c.key)
		if got.opened != c.sealed || got.sealed != c.sealed || fmt.Sprint(got.signature) != c.signatures {
			t.Errorf("%s with %s: %d of %d opened, %v; want %d, %s", c.capture, filepath.Base(c.key), got.opened, got.sealed, got.signature, c.sealed, c.signatures)
		}
	}
}

// TestBrokenTag changes a bit of one sealed message: it opens, its tag does not
// hold, and nothing says that it stays shut.
func TestBrokenTag(t *testing.T) {
	b := good(t)
	i := bytes.Index(b[20000:], []byte("\xfdSMB"))
	b[20000+i+60] ^= 1
	path := filepath.Join(t.TempDir(), "x.pcap")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{path}, {"diff", path, trace("good")}, {"stats", path}, {"keys", "check", path}} {
		_, out, stderr := run(t, append(args, "-k", strings.TrimSuffix(trace("good"), ".pcap")+".keys")...)
		want := "1 of 106 sealed messages opened though their tag does not hold"
		if args[0] == "keys" {
			want = "has 1 PDU whose tag does not hold"
		}
		if text := out + stderr; !strings.Contains(text, want) || strings.Contains(text, "could not be opened") || strings.Contains(text, "stays shut") {
			t.Errorf("%s: %s", args[0], stderr)
		}
	}
}

// TestUnused gives a session that was bound to two channels with a signing key
// each: none of the keys is left over.
func TestUnused(t *testing.T) {
	ring := &keys.Ring{Keys: []keys.Key{{Source: "x:1"}, {Source: "x:2"}, {Source: "x:3"}}}
	list := []checked{{SessionState: decrypt.SessionState{Source: "x:2", Others: []string{"x:1"}, Proved: true}}}
	if left := unused(ring, list); len(left) != 1 || left[0].Source != "x:3" {
		t.Errorf("left: %v", left)
	}
}
