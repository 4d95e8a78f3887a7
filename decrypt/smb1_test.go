package decrypt

import (
	"bytes"
	"encoding/binary"
	"testing"

	"smbdiff/dissect/conv"
	"smbdiff/keys"
)

// one1 is an SMB1 message signed with a MAC key.
func one1(mac []byte, number uint32, body string) []byte {
	m := append([]byte("\xffSMB\x2b"), make([]byte, head1Size-5)...)
	m[head1Flags2] = flags2Signed
	m = append(m, body...)
	s := SignSMB1(mac, m, number)
	copy(m[head1Signature:], s[:])
	return m
}

func TestVerifySMB1(t *testing.T) {
	hash := NTHash("Passw0rd!")
	challenge := []byte("12345678")
	nt := desl(hash, challenge)
	mac := append(md4Sum(hash), nt...)
	logon := &conv.Setup{Conn: 3, SessionID: 100, SMB1: true, Logon: &conv.Logon{Challenge: challenge, NT: nt, User: []byte("tester")}}

	for how, text := range map[string]string{
		"password": "password tester Passw0rd!", "NT hash": "nthash tester " + hexText(hash),
		"session key": hexText(md4Sum(hash)), "session key by UID": "0x0000000000000064," + hexText(md4Sum(hash)),
	} {
		o := NewOpener(ring(t, text))
		o.Setup(logon)
		for n := uint32(2); n < 6; n++ {
			if got := o.VerifySMB1(3, one1(mac, n, "body"), n); got != conv.SignatureValid {
				t.Errorf("%s: number %d: %v", how, n, got)
			}
		}
		// Messages that the capture lacks.
		if got := o.VerifySMB1(3, one1(mac, 40, "body"), 6); got != conv.SignatureValid {
			t.Errorf("%s: behind a gap: %v", how, got)
		}
		good := one1(mac, 41, "body")
		if got := o.VerifySMB1(3, good, 7); got != conv.SignatureValid {
			t.Errorf("%s: after a gap: %v", how, got)
		}
		for i := range good {
			bad := bytes.Clone(good)
			bad[i] ^= 1
			if got := o.VerifySMB1(3, bad, 7); got != conv.SignatureInvalid {
				t.Errorf("%s: byte %d changed: %v", how, i, got)
			}
		}
		clear := bytes.Clone(good)
		binary.LittleEndian.PutUint16(clear[head1Flags2:], 0)
		if got := o.VerifySMB1(3, clear, 7); got != conv.SignatureUnsigned {
			t.Errorf("%s: flag off: %v", how, got)
		}
	}
	for how, text := range map[string]string{"wrong password": "password tester no", "nothing": ""} {
		r := &keys.Ring{}
		if text != "" {
			r = ring(t, text)
		}
		o := NewOpener(r)
		o.Setup(logon)
		if got := o.VerifySMB1(3, one1(mac, 2, ""), 2); got != conv.SignatureUnverified {
			t.Errorf("%s: %v", how, got)
		}
	}
}
