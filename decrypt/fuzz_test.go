package decrypt

import (
	"bytes"
	"testing"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/smb2"
	"smbdiff/keys"
)

// FuzzUnseal gives the Opener bytes as PDU, as clear message and as tokens of an
// authentication.
func FuzzUnseal(f *testing.F) {
	for _, v := range readVectors(f, "seal.txt") {
		f.Add(v.hex(f, "c2s_wire"), false)
		f.Add(v.hex(f, "s2c_wire"), true)
		if s := v.setup(f); s != nil {
			f.Add(bytes.Join(s.Tokens, nil), false)
		}
	}
	for _, v := range readVectors(f, "sign.txt") {
		f.Add(v.hex(f, "signed_c2s"), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, fromServer bool) {
		r := &keys.Ring{
			Keys:     []keys.Key{{AnyID: true, Session: make([]byte, 16), Source: "a"}, {SessionID: 1, C2S: make([]byte, 32), Source: "b"}},
			Secrets:  []keys.Secret{{Password: "x", Source: "c"}},
			Kerberos: []keys.Kerberos{{EType: 18, Key: make([]byte, 32), Source: "d"}, {EType: 17, Key: make([]byte, 16), Ticket: true, Source: "e"}},
		}
		o := NewOpener(r)
		o.Setup(&conv.Setup{SessionID: 1, Dialect: smb2.Dialect311, Cipher: smb2.AES256CCM, Tokens: [][]byte{data}})
		o.Setup(&conv.Setup{SessionID: 1, Dialect: smb2.Dialect311, Tokens: [][]byte{append(gssRequest, data...), append(gssReply, data...)}})
		dst := []byte("kept")
		out, seal := o.Unseal(dst, data, fromServer)
		if !bytes.HasPrefix(out, dst) || seal.Opened == (len(out) == len(dst)) && len(data) > sealHeader {
			t.Fatalf("%d bytes out, opened %v", len(out), seal.Opened)
		}
		if seal.Opened && len(out)-len(dst) > len(data)-sealHeader {
			t.Fatal("more plaintext than ciphertext")
		}
		if out, _, _ := o.UnsealPrefix(dst, data, fromServer); !bytes.HasPrefix(out, dst) {
			t.Fatal("what was before is lost")
		}
		o.Verify(0, data, fromServer)
		o.Setup(&conv.Setup{SMB1: true, Logon: &conv.Logon{Challenge: data[:min(8, len(data))], LM: data, NT: data, User: data, Unicode: fromServer}})
		o.VerifySMB1(0, data, 2)
		o.Sessions()
		o.Keys()
	})
}
