package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/decrypt"
	"smbdiff/dissect/capture"
	"smbdiff/keys"
)

// materials lists what key material lies beside a capture: its kind and what -k
// takes.
func materials(c corpusCapture, password string) map[string]string {
	list := map[string]string{}
	base := strings.TrimSuffix(c.path, ".gz")
	base = strings.TrimSuffix(base, filepath.Ext(base))
	for _, kind := range []string{".keys", ".smbd.log", ".client.log", ".keytab"} {
		if st, err := os.Stat(base + kind); err == nil && st.Size() > 0 {
			list[kind] = base + kind
		}
	}
	if c.password != "" {
		list["password"] = "password:@" + password
	}
	return list
}

// TestCorpusKeys opens every capture of the corpus by each kind of key material
// that is there for it, alone: each must open all that any of them opens, and
// every signature that is checked must hold.
func TestCorpusKeys(t *testing.T) {
	password := written(t, "pw", []byte("Passw0rd!\n"))
	quiet := &app{stdout: io.Discard, stderr: io.Discard}
	total := map[string][2]int{}
	for _, c := range corpus(t) {
		name := filepath.Base(c.path)
		results := map[string]*counted{}
		best := 0
		for kind, spec := range materials(c, password) {
			ring := new(keys.Ring)
			if err := ring.AddSpec(spec); err != nil {
				t.Errorf("%s: %s: %v", name, kind, err)
				continue
			}
			file, err := capture.Open(c.path)
			if err != nil {
				t.Fatal(err)
			}
			n, err := quiet.count(&flags{}, &side{file: file, ring: ring, opener: decrypt.NewOpener(ring)})
			file.Close()
			if err != nil {
				t.Errorf("%s: %s: %v", name, kind, err)
				continue
			}
			results[kind] = n
			best = max(best, n.total.opened)
		}
		for kind, n := range results {
			x := n.total
			sum := total[kind]
			total[kind] = [2]int{sum[0] + x.opened, sum[1] + best}
			if x.opened < best && lacking[name+kind] == "" {
				t.Errorf("%s: %s opens %d of %d sealed PDUs, another material %d", name, kind, x.opened, x.sealed, best)
			}
			if x.invalid > 0 && wrongSignatures[name] == "" {
				t.Errorf("%s: %s: %d of %d signatures are invalid", name, kind, x.invalid, x.signed)
			}
			if x.valid+x.invalid < x.signed && lacking[name+kind]+lacking[name] == "" {
				t.Errorf("%s: %s: %d of %d signatures cannot be checked", name, kind, x.signed-x.valid-x.invalid, x.signed)
			}
		}
	}
	for kind, n := range total {
		t.Logf("%s: %d of %d sealed PDUs open", kind, n[0], n[1])
	}
}

// lacking lists captures whose material of one kind lacks some session, or which
// lack what is signed, with the reason.
var lacking = map[string]string{
	"x-midstream-c.pcappassword":              "the capture starts behind the SESSION_SETUP; 3.0 derives its keys from a session key without it",
	"x-snap96-1.pcappassword":                 "the signed message is cut",
	"torture-multichannel.pcap.keys":          "Samba prints no keys of channels that are bound to a session",
	"torture-multichannel.pcap.smbd.log":      "the same",
	"torture-session.pcap.keys":               "the same",
	"torture-session-sign.pcap.keys":          "the same",
	"sc-SMB3_11-multi-sign-AES-128-CMAC.pcap": "frame 65 answers STATUS_USER_SESSION_DELETED to session id ~0 behind a LOGOFF, with the signature of the request",
	"sc-SMB3_11-multi-sign-HMAC-SHA256.pcap":  "the same",
}

// wrongSignatures lists captures in which somebody signs wrongly, with the
// evidence.
var wrongSignatures = map[string]string{
	"imp-anon-SMB3_11.pcap": "no request of impacket 0.10 holds under the key that smbd logged: smbd refuses each with STATUS_ACCESS_DENIED, and its own answers hold",
	"imp-rpc-SMB3_11.pcap":  "the same",
	"torture-session.pcap": "8 answers STATUS_USER_SESSION_DELETED, from connections that the session is not bound to: " +
		"smbd sends the signature of the request back (frames 418 and 419)",
	"torture-session-sign.pcap": "the same",
}
