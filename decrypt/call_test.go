package decrypt

import (
	"encoding/binary"
	"testing"

	"smbdiff/dissect/wire"
	"smbdiff/keys"
)

// FuzzOpenCall gives tokens and a PDU of any bytes.
func FuzzOpenCall(f *testing.F) {
	challenge := make([]byte, 48)
	copy(challenge, ntlmMark)
	challenge[8] = typeChallenge
	auth := make([]byte, 72)
	copy(auth, ntlmMark)
	auth[8] = typeAuth
	binary.LittleEndian.PutUint32(auth[60:], ntlmUnicode|ntlmESS|ntlmKeyExch|ntlm128)
	f.Add(challenge, auth, make([]byte, 80), 24, 56, uint32(100), uint32(3))
	f.Fuzz(func(t *testing.T, a, b, pdu []byte, from, to int, bytes, count uint32) {
		o := NewOpener(&keys.Ring{Secrets: []keys.Secret{{User: "tester", Password: "Passw0rd!"}}})
		s := &wire.Seal{Exchange: &wire.Exchange{Tokens: [][]byte{a, b}}, Bytes: bytes % (1 << 20), Count: count % 1000}
		if plain := o.OpenCall(s, count&1 != 0, pdu, from, to); plain != nil && len(plain) != to-from {
			t.Errorf("%d bytes opened of %d", len(plain), to-from)
		}
	})
}
