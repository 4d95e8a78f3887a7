package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// signedMessage is a message of a dump whose signature holds.
type signedMessage struct {
	signature []byte
	length    int
	fixed     bool // nothing in it tells later messages how to be read
}

// TestFlippedBits changes bits of signed messages, by each algorithm: the
// signature is then invalid, or, where the bit says how messages are read, at
// least not valid.
func TestFlippedBits(t *testing.T) {
	password := "password:@" + written(t, "pw", []byte("Passw0rd!\n"))
	for _, c := range []struct{ name, file, field string }{
		{"HMAC-SHA256, 2.1", "torture-compound-210.pcap", "smb2.signature"},
		{"HMAC-SHA256, 3.1.1", "sc-SMB3_11-multi-sign-HMAC-SHA256.pcap", "smb2.signature"},
		{"AES-CMAC, 3.0.2", "rec-signed302.pcap", "smb2.signature"},
		{"AES-CMAC, 3.1.1", "sc-SMB3_11-multi-sign-AES-128-CMAC.pcap", "smb2.signature"},
		{"AES-GMAC", "sc-SMB3_11-meta-sign-AES-128-GMAC.pcap", "smb2.signature"},
		{"MD5", "rpcclient-wkssvc-NT1.pcap", "smb.signature"},
	} {
		b, err := os.ReadFile(filepath.Join(traces, c.file))
		if err != nil {
			t.Fatal(err)
		}
		_, out, _ := run(t, "dump", "--raw", written(t, c.file, b), "-k", password)
		before := tallyText(t, out)
		var messages []signedMessage
		for l := range strings.Lines(out) {
			if m, ok := findSigned(t, l, c.field); ok && bytes.Count(b, m.signature) == 1 {
				messages = append(messages, m)
			}
		}
		if len(messages) < 5 {
			t.Errorf("%s: %d signed messages", c.name, len(messages))
			continue
		}
		at, size := 48, 64 // of the signature and of the header
		if c.field == "smb.signature" {
			at, size = 14, 32
		}
		for i := 0; i < 16; i++ {
			m := messages[i*7%len(messages)]
			start := bytes.Index(b, m.signature) - at
			bit := i * 1237 % (8 * m.length)
			bad := bytes.Clone(b)
			bad[start+bit/8] ^= 1 << (bit % 8)
			_, out, _ := run(t, "dump", written(t, c.file, bad), "-k", password)
			after := tallyText(t, out)
			inSignature := bit/8 >= at && bit/8 < size-(size-at)/2 && c.field == "smb2.signature"
			switch {
			case after["valid"] >= before["valid"]:
				t.Errorf("%s: byte %d of %d changed: still valid", c.name, bit/8, m.length)
			case m.fixed && (bit/8 >= size || inSignature) && (after["invalid"] != before["invalid"]+1 || after["valid"] != before["valid"]-1):
				t.Errorf("%s: byte %d of %d changed: %v, was %v", c.name, bit/8, m.length, after, before)
			}
		}
	}
}

func tallyText(t *testing.T, out string) map[string]int {
	t.Helper()
	n := map[string]int{}
	for l := range strings.Lines(out) {
		var m struct{ Signature string }
		if err := json.Unmarshal([]byte(l), &m); err != nil {
			t.Fatal(err)
		}
		n[m.Signature]++
	}
	return n
}

// findSigned gives the signature of a message of a dump, when it is valid.
func findSigned(t *testing.T, line, name string) (signedMessage, bool) {
	t.Helper()
	var m struct {
		Signature, Command string
		Compound           *struct{ Of int }
		Fields             []json.RawMessage
	}
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		t.Fatal(err)
	}
	if m.Signature != "valid" {
		return signedMessage{}, false
	}
	mark := `"name":"` + name + `"`
	i := strings.Index(line, mark)
	if i < 0 {
		return signedMessage{}, false
	}
	raw := line[i+strings.Index(line[i:], `"raw":"`)+7:]
	sig, err := hex.DecodeString(raw[:strings.IndexByte(raw, '"')])
	if err != nil {
		t.Fatal(err)
	}
	return signedMessage{signature: sig, length: lengthOf(t, m.Fields), fixed: m.Command != "SESSION_SETUP" && m.Command != "NEGOTIATE" && m.Command != "SESSION_SETUP_ANDX"}, true
}

// lengthOf is the end of the last field of a message.
func lengthOf(t *testing.T, fields []json.RawMessage) int {
	end := 0
	for _, f := range fields {
		var x struct {
			Offset, Length int
			Buffer         string
			Children       []json.RawMessage
		}
		if err := json.Unmarshal(f, &x); err != nil {
			t.Fatal(err)
		}
		if x.Buffer != "" {
			continue
		}
		end = max(end, x.Offset+x.Length, lengthOf(t, x.Children))
	}
	return end
}
