package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const goodID, goodSession = "cd65a45700000000", "3c6d86a599272a70272a6f7e0db97d66"

// checkResult is what keys check --format json says.
type checkResult struct {
	Exit, Sealed, Opened int
	Sessions             []struct {
		SessionID      string `json:"session_id"`
		WireID         string `json:"wire_id"`
		Open           bool
		Sealed, Opened int
		Why, What      string
		Hint           string
		SwappedID      bool `json:"swapped_id"`
	}
	Unused []struct{ Source string }
}

func keysCheck(t *testing.T, args ...string) checkResult {
	t.Helper()
	code, out, stderr := run(t, append([]string{"keys", "check", "--format", "json"}, args...)...)
	var r checkResult
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v: %q %s", err, out, stderr)
	}
	if code != r.Exit {
		t.Errorf("exit %d, says %d", code, r.Exit)
	}
	return r
}

// lines are the records that keys export writes for a capture of testdata.
func exported(t *testing.T, args ...string) []string {
	t.Helper()
	code, out, stderr := run(t, append([]string{"keys", "export", "--for", "wireshark"}, args...)...)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	return strings.Split(strings.TrimSpace(out), "\n")
}

// patched calls fn for each frame of a pcap file and puts together what it makes
// of them.
func patched(t *testing.T, name string, fn func(n int, frame []byte) []byte) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(traces, name))
	if err != nil {
		t.Fatal(err)
	}
	out := bytes.Clone(b[:24])
	for n, b := 1, b[24:]; len(b) >= 16; n++ {
		size := int(binary.LittleEndian.Uint32(b[8:]))
		frame := fn(n, bytes.Clone(b[16:16+size]))
		head := bytes.Clone(b[:16])
		binary.LittleEndian.PutUint32(head[8:], uint32(len(frame)))
		out, b = append(append(out, head...), frame...), b[16+size:]
	}
	return written(t, name, out)
}

// TestFailures is the table of what keeps sealed messages shut: each case has a
// reason of its own, says what lies behind it and what to do.
func TestFailures(t *testing.T) {
	good, krb := bareCopy(t, "good.pcap"), bareCopy(t, "krb5-SMB3_11-AES-256-GCM.pcap")
	keytab := filepath.Join(traces, "krb5.keytab")
	pair := strings.Split(exported(t, filepath.Join(traces, "good.pcap"))[0], ",")
	krbPair := strings.Split(exported(t, krb, "-k", keytab)[0], ",")
	_, derived, _ := run(t, "keys", "derive", "--reveal", krb, "-k", keytab)
	full := regexp.MustCompile(`session key +([0-9a-f]{64})`).FindStringSubmatch(derived)[1]
	wrong := strings.Repeat("ab", 16)
	file := func(text string) string { return written(t, "f.keys", []byte(text)) }
	sealedOnly := patched(t, "good.pcap", func(n int, f []byte) []byte {
		if i := bytes.Index(f, []byte("\xfdSMB")); i > 0 {
			return f[:i+90]
		}
		return f
	})
	cipher := patched(t, "good.pcap", func(n int, f []byte) []byte {
		// The encryption context of the NEGOTIATE response: one cipher, AES-128-GCM.
		if i := bytes.Index(f, []byte("\x01\x00\x02\x00")); bytes.Contains(f, []byte("\xfeSMB@\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x01")) && i > 200 {
			f[i+2] = 0x99
		}
		return f
	})
	flags := patched(t, "good.pcap", func(n int, f []byte) []byte {
		if i := bytes.Index(f, []byte("\xfdSMB")); i > 0 {
			f[i+42] = 9
		}
		return f
	})
	// The third connection binds both sessions, which the first two made.
	channel := patched(t, "rec-bind-seal.pcap", func(n int, f []byte) []byte {
		const client = 35372
		if len(f) > 38 && binary.BigEndian.Uint16(f[34:]) != client && binary.BigEndian.Uint16(f[36:]) != client {
			return f[:34]
		}
		return f
	})
	r := keysCheck(t, channel, "-k", file("password tester Passw0rd!\n"))
	for _, s := range r.Sessions {
		if r.Exit != exitDiffer || len(r.Sessions) != 2 || s.Why != "channel binding incomplete" || !strings.Contains(s.What, "binding of a channel alone") {
			t.Errorf("channel: exit %d %+v", r.Exit, s)
		}
	}
	number := "0x00000000" + "57a465cd"
	for _, c := range []struct {
		name, capture, key string
		why, what, hint    string
	}{
		{"no key", good, "", "no key", "no key was given", `the password of LAB\tester opens it`},
		{"no key, Kerberos", krb, "", "no key", "no key was given", "the keytab of cifs/files.smbdiff.test@SMBDIFF.TEST (etype 18, kvno 2) opens it"},
		{"wrong key", good, goodID + "," + wrong, "tag mismatch", "no tag fits the key from key", "printed when this very session was set up"},
		{"wrong pair", good, goodID + `,"",` + wrong + "," + wrong, "tag mismatch", "no tag fits the key from key", "printed when this very session"},
		{"wrong password", good, file("password tester nonsense\n"), "no key", `no password or NT hash given is that of LAB\tester`, "check the account"},
		{"password of a Kerberos login", krb, file("password tester nonsense\n"), "no key", "the login was by Kerberos", "give the keytab of cifs/files"},
		{"16 of 32 bytes", krb, krbPair[0] + "," + full[:32], "AES-256 needs full key", "has 16 bytes; AES-256-GCM needs all 32", "newer kernels print it"},
		{"16 of 32 bytes, pair", krb, krbPair[0] + `,"",` + krbPair[2][:32] + "," + krbPair[3][:32], "AES-256 needs full key", "has 16 bytes", "32-byte pair"},
		{"no handshake", bareCopy(t, "good-midstream.pcap"), goodID + "," + goodSession, "no handshake in capture", "starts after NEGOTIATE and SESSION_SETUP", "start the capture before"},
		{"no handshake, password", bareCopy(t, "good-midstream.pcap"), file("password tester Passw0rd!\n"), "no handshake in capture", "lacks the SESSION_SETUP", "derived pair"},
		{"cut frames", sealedOnly, goodID + "," + goodSession, "frame cut", "bytes of the sealed messages are missing", "tcpdump -s 0"},
		{"unknown cipher", cipher, goodID + "," + goodSession, "cipher unknown", "cipher 0x0099 was negotiated", "check the NEGOTIATE response"},
		{"unknown cipher, no handshake", bareCopy(t, "good-midstream.pcap"), goodID + `,"",` + wrong + "," + wrong, "cipher unknown", "lacks the NEGOTIATE", "printed when this very session"},
		{"one direction", good, goodID + `,"",` + pair[2] + `,""`, "no key", "the client-to-server key is not there", "give both of the pair"},
		{"other direction", good, goodID + `,"","",` + pair[3], "no key", "the server-to-client key is not there", "give both of the pair"},
		{"key of another session", good, "1122334455667788," + wrong, "no key", "of other sessions: 0x8877665544332211 (key)", "printed when this very session"},
		{"wrong id", good, "1122334455667788," + goodSession, "no key", "opens it, but is given for session 0x8877665544332211", goodID},
		{"damaged header", flags, goodID + "," + goodSession, "transform header damaged", "2.2.41", "dump --format text"},
	} {
		args := []string{c.capture}
		if c.key != "" {
			args = append(args, "-k", c.key)
		}
		r := keysCheck(t, args...)
		if r.Exit != exitDiffer || len(r.Sessions) != 1 || r.Sessions[0].Open {
			t.Errorf("%s: exit %d, %+v", c.name, r.Exit, r.Sessions)
			continue
		}
		s := r.Sessions[0]
		if !strings.HasPrefix(s.Why, c.why) || !strings.Contains(s.What, c.what) || !strings.Contains(s.Hint, c.hint) {
			t.Errorf("%s: %q\n what %q, want %q\n hint %q, want %q", c.name, s.Why, s.What, c.what, s.Hint, c.hint)
		}
		code, out, _ := run(t, append([]string{"keys", "check"}, args...)...)
		if code != exitDiffer || !strings.Contains(out, "stays shut: "+c.why) || !strings.Contains(out, c.what) || !strings.Contains(out, c.hint) {
			t.Errorf("%s: text %s", c.name, out)
		}
	}
	if _, _, stderr := run(t, good, "-k", goodID+","+goodSession); !strings.Contains(stderr, "shows in the list of processes") || strings.Count(stderr, "\n") != 2 {
		t.Errorf("a typed key: %q", stderr)
	}
	for how, key := range map[string]string{"number": "0x" + goodID + "," + goodSession, "wire order": number[2:] + "," + goodSession,
		"log": file("Session Id: 00 00 00 00 57 a4 65 cd\nSession Key: " + strings.TrimSpace(regexp.MustCompile("..").ReplaceAllString(goodSession, "$0 ")) + "\n")} {
		r := keysCheck(t, good, "-k", key)
		if r.Exit != exitDone || r.Opened != r.Sealed || !r.Sessions[0].SwappedID {
			t.Errorf("swapped id, %s: %+v", how, r)
		}
		if _, out, _ := run(t, "keys", "check", good, "-k", key); !strings.Contains(out, "other byte order; Wireshark and Samba write "+goodID) {
			t.Errorf("swapped id, %s: %s", how, out)
		}
	}
}

// TestStrays gives the key of one session of a capture to another one.
func TestStrays(t *testing.T) {
	merged := bareCopy(t, "merged.pcapng")
	lines := exported(t, filepath.Join(traces, "merged.pcapng"))
	if len(lines) != 3 {
		t.Fatalf("%d sessions", len(lines))
	}
	a, b := strings.SplitN(lines[0], ",", 2), strings.SplitN(lines[1], ",", 2)
	r := keysCheck(t, merged, "-k", a[0]+","+b[1], "-k", lines[1], "-k", lines[2])
	if r.Exit != exitDiffer {
		t.Errorf("exit %d", r.Exit)
	}
	for _, s := range r.Sessions {
		if s.WireID == a[0] && (s.Open || !strings.Contains(s.What, "is of session 0x") && !strings.Contains(s.What, "no tag fits")) {
			t.Errorf("%+v", s)
		}
	}
}

// TestHidden greps what the verbs print for secrets that nobody asked for.
func TestHidden(t *testing.T) {
	capture, krb := filepath.Join(traces, "good.pcap"), filepath.Join(traces, "krb5-SMB3_11-AES-256-GCM.pcap")
	keytab := filepath.Join(traces, "krb5.keytab")
	_, revealed, _ := run(t, "keys", "derive", "--reveal", capture)
	_, krbRevealed, _ := run(t, "keys", "derive", "--reveal", krb, "-k", keytab)
	_, listed, _ := run(t, "keys", "list", "--reveal", capture, keytab)
	var secrets []string
	for l := range strings.Lines(revealed + krbRevealed) {
		if m := regexp.MustCompile(`key +([0-9a-f]{32,})$`).FindStringSubmatch(strings.TrimSpace(l)); m != nil {
			secrets = append(secrets, m[1])
		}
	}
	secrets = append(secrets, regexp.MustCompile(`\b[0-9a-f]{32,}\b`).FindAllString(listed, -1)...)
	secrets = append(secrets, hex.EncodeToString([]byte("Passw0rd!")))
	if len(secrets) < 12 {
		t.Fatalf("%d secrets", len(secrets))
	}
	wrongID := "1122334455667788," + goodSession
	password := written(t, "pw.keys", []byte("password tester Passw0rd!\nnthash tester "+goodSession+"\n"))
	for _, args := range [][]string{
		{"keys", "check", capture}, {"keys", "check", "--format", "json", capture}, {"keys", "list", capture, keytab, password}, {"keys", "list", "--format", "json", keytab},
		{"keys", "derive", capture}, {"keys", "derive", "--format", "json", capture}, {"keys", "check", krb, "-k", keytab}, {"keys", "derive", krb, "-k", keytab},
		{"keys", "check", bareCopy(t, "good.pcap"), "-k", wrongID}, {"keys", "check", bareCopy(t, "good.pcap"), "-k", password}, {capture}, {"dump", "--raw", capture},
		{"diff", "--format", "json", capture, capture}, {"keys", "check", capture, "-k", goodSession + "00"}, {"keys", "check", capture, "-k", goodID + "," + goodSession[:31] + "x"},
		{"keys", "frobnicate", goodSession}, {"keys", "check", capture, "-k", goodSession[:31]},
	} {
		_, out, stderr := run(t, args...)
		text := strings.ToLower(out + stderr)
		if strings.Contains(out+stderr, "Passw0rd!") {
			t.Errorf("%v shows the password", args)
		}
		for _, s := range secrets {
			for at := 0; at+16 <= len(s); at += 8 {
				if strings.Contains(text, s[at:at+16]) {
					t.Errorf("%v shows a secret", args[:2])
				}
			}
		}
	}
}
