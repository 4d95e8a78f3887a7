package decrypt

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"
)

func units(s string) []uint16 { return utf16.Encode([]rune(s)) }

// [MS-NLMP] 4.2.2 to 4.2.4.
func TestNTLMVectors(t *testing.T) {
	for _, v := range readVectors(t, "ntlm.txt") {
		hash := NTHash(v.text("password"))
		if v.text("nt_hash") != "" {
			equal(t, v, "NT hash", hash, v.hex(t, "nt_hash"))
		}
		x := &exchange{user: units(v.text("user")), domain: units(v.text("domain"))}
		copy(x.challenge[:], v.hex(t, "server_challenge"))
		want := v.hex(t, "session_base_key")
		switch v.text("name") {
		case "ms-nlmp-4.2.4-ntlmv2":
			equal(t, v, "NTOWFv2", ntowf2(hash, x.user, x.domain), v.hex(t, "ntowfv2"))
			x.nt = append(v.hex(t, "nt_proof_str"), v.hex(t, "temp")...)
		case "ms-nlmp-4.2.2-ntlmv1":
			x.nt = v.hex(t, "ntlmv1_response")
		case "ms-nlmp-4.2.3-ntlm2session":
			x.nt, x.lm, x.flags = v.hex(t, "nt_response"), v.hex(t, "lm_response"), ntlmESS
			want = v.hex(t, "key_exchange_key")
		}
		k, ok := x.sessionKey(hash)
		if !ok {
			t.Errorf("%s: the password is not proved", v.text("name"))
		}
		equal(t, v, "session key", k, want)
		if e := v.hex(t, "encrypted_random_session_key"); len(e) > 0 {
			x.flags, x.encrypted = x.flags|ntlmKeyExch, e
			k, _ = x.sessionKey(hash)
			equal(t, v, "exported session key", k, v.hex(t, "exported_session_key"))
		}
		if _, ok := x.sessionKey(NTHash("password")); ok {
			t.Errorf("%s: a wrong password is proved", v.text("name"))
		}
	}
}

// The session keys of recorded sessions come out of the password.
func TestNTLMFromWire(t *testing.T) {
	for _, file := range []string{"seal.txt", "sign.txt"} {
		for _, v := range readVectors(t, file) {
			s := v.setup(t)
			if s == nil {
				continue
			}
			x := findNTLM(s.Tokens)
			if x == nil {
				t.Errorf("%s: no NTLM found", v.text("name"))
				continue
			}
			if x.account() != `WORKGROUP\tester` && x.account() != `LAB\tester` {
				t.Errorf("%s: account %q", v.text("name"), x.account())
			}
			k, ok := x.sessionKey(NTHash(v.text("password")))
			if !ok {
				t.Errorf("%s: the password is not proved", v.text("name"))
			}
			equal(t, v, "session key", k, v.hex(t, "session_key"))
		}
	}
}

func TestDESKey(t *testing.T) {
	for _, b := range desKey([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}) {
		if b != 0xfe {
			t.Errorf("got %#x, want 0xfe", b)
		}
	}
}

func TestParseAuthBounds(t *testing.T) {
	m := make([]byte, 72)
	copy(m, ntlmMark)
	binary.LittleEndian.PutUint32(m[8:], typeAuth)
	for _, at := range []int{12, 20, 28, 36, 52} {
		bad := append([]byte{}, m...)
		binary.LittleEndian.PutUint16(bad[at:], 9)
		binary.LittleEndian.PutUint32(bad[at+4:], 0xfffffff8)
		if parseAuth(bad) != nil {
			t.Errorf("field at %d lies outside and is taken", at)
		}
	}
	if parseAuth(m) == nil || parseAuth(m[:63]) != nil {
		t.Error("wrong length taken")
	}
}
