package decrypt

import (
	"encoding/binary"
	"encoding/hex"
	"testing"
	"unicode/utf16"
)

func text16(s string) []uint16 { return utf16.Encode([]rune(s)) }

func first(k [][]byte) ([]byte, bool) {
	if len(k) == 0 {
		return nil, false
	}
	return k[0], true
}

// [MS-NLMP] 4.2.2 to 4.2.4.
func TestNTLMVectors(t *testing.T) {
	for _, v := range readVectors(t, "ntlm.txt") {
		hash := NTHash(v.text("password"))
		if v.text("nt_hash") != "" {
			equal(t, v, "NT hash", hash, v.hex(t, "nt_hash"))
		}
		x := &exchange{user: text16(v.text("user")), domain: text16(v.text("domain"))}
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
		k, ok := first(x.sessionKeys(&secret{hash: hash}))
		if !ok {
			t.Errorf("%s: the password is not proved", v.text("name"))
		}
		equal(t, v, "session key", k, want)
		if e := v.hex(t, "encrypted_random_session_key"); len(e) > 0 {
			x.flags, x.encrypted = x.flags|ntlmKeyExch, e
			k, _ = first(x.sessionKeys(&secret{hash: hash}))
			equal(t, v, "exported session key", k, v.hex(t, "exported_session_key"))
		}
		if _, ok := first(x.sessionKeys(&secret{hash: NTHash("password")})); ok {
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
			k, ok := first(x.sessionKeys(&secret{hash: NTHash(v.text("password"))}))
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

// The LM forms, [MS-NLMP] 4.2.2.1 to 4.2.2.3 and 4.2.4.2.1.
func TestLM(t *testing.T) {
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	v := vector{"name": {"MS-NLMP"}}
	s := &secret{hash: NTHash("Password"), lm: lmHash("Password")}
	equal(t, v, "LMOWFv1", s.lm, unhex("e52cac67419a9a224a3b108f3fa6cb6d"))
	lm, nt := unhex("98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13"), unhex("67c43011f30298a2ad35ece64f16331c44bdbed927841f94")
	base, half := unhex("d87262b0cde4b1cb7499becccdf10784"), unhex("e52cac67419a9a220000000000000000")
	both := unhex("b09e379f7fbecb1eaf0afdcb0383c8a0")
	challenge := [8]byte(unhex("0123456789abcdef"))
	for _, c := range []struct {
		name  string
		x     exchange
		wants [][]byte
	}{
		{"NTLMv1", exchange{nt: nt, lm: lm}, [][]byte{base}},
		{"LM_KEY", exchange{nt: nt, lm: lm, flags: ntlmLMKey}, [][]byte{base, both}},
		{"NON_NT_SESSION_KEY", exchange{nt: nt, lm: lm, flags: ntlmNonNT}, [][]byte{base, half}},
		{"LM alone", exchange{lm: lm}, [][]byte{half}},
		{"LMv2 alone", exchange{lm: unhex("86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"), user: text16("User"), domain: text16("Domain")},
			[][]byte{hmacMD5(ntowf2(s.hash, text16("User"), text16("Domain")), unhex("86c35097ac9cec102554764a57cccc19"))}},
	} {
		c.x.challenge = challenge
		got := c.x.sessionKeys(s)
		if len(got) != len(c.wants) {
			t.Errorf("%s: %d keys", c.name, len(got))
			continue
		}
		for i := range got {
			equal(t, vector{"name": {c.name}}, "session key", got[i], c.wants[i])
		}
		if c.x.sessionKeys(&secret{hash: NTHash("other"), lm: lmHash("other")}) != nil {
			t.Errorf("%s: a wrong password is proved", c.name)
		}
	}
	if lmHash("more than fourteen") != nil || lmHash("süß") != nil {
		t.Error("an LM hash of a password that has none")
	}
}
