package decrypt

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/smb2"
)

// vector is one block of a file in testdata/vectors.
type vector map[string][]string

func (v vector) text(key string) string {
	if len(v[key]) == 0 {
		return ""
	}
	return v[key][0]
}

func (v vector) hex(t testing.TB, key string) []byte {
	t.Helper()
	b, err := hex.DecodeString(v.text(key))
	if err != nil {
		t.Fatalf("%s: %s: %v", v.text("name"), key, err)
	}
	return b
}

func (v vector) dialect() smb2.Dialect {
	return map[string]smb2.Dialect{"2.1": smb2.Dialect210, "3.0": smb2.Dialect300, "3.1.1": smb2.Dialect311}[v.text("dialect")]
}

func (v vector) cipher() smb2.Cipher {
	for c := smb2.AES128CCM; c <= smb2.AES256GCM; c++ {
		if c.String() == v.text("cipher") {
			return c
		}
	}
	return 0
}

func (v vector) algorithm() smb2.SigningAlgorithm {
	switch alg := v.text("alg"); {
	case strings.Contains(alg, "CMAC"):
		return smb2.AESCMAC
	case strings.Contains(alg, "GMAC"):
		return smb2.AESGMAC
	}
	return smb2.HMACSHA256
}

// setup runs the vector's handshake and gives what it told.
func (v vector) setup(t testing.TB) *conv.Setup {
	t.Helper()
	var hs conv.Handshakes
	for _, m := range append(v["handshake"], v["session_setup_final"]...) {
		b, err := hex.DecodeString(m)
		if err != nil {
			t.Fatal(err)
		}
		if s := hs.Message(1, b); s != nil {
			return s
		}
	}
	return nil
}

func (v vector) sessionID(t testing.TB) uint64 {
	if b := v.hex(t, "c2s_wire"); b != nil {
		return binary.LittleEndian.Uint64(b[sealSession:])
	}
	return binary.LittleEndian.Uint64(v.hex(t, "signed_c2s")[headSession:])
}

func readVectors(t testing.TB, name string) []vector {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "vectors", name))
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	for block := range strings.SplitSeq(string(b), "\n\n") {
		v := vector{}
		for line := range strings.Lines(block) {
			if key, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && key[0] != '#' {
				v[key] = append(v[key], value)
			}
		}
		if v.text("name") != "" {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		t.Fatalf("%s: no vectors", name)
	}
	return list
}

func equal(t *testing.T, v vector, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s: %s: got %x, want %x", v.text("name"), what, got, want)
	}
}

func TestKDF(t *testing.T) {
	for _, v := range readVectors(t, "kdf.txt") {
		equal(t, v, "key", KDF(v.hex(t, "ki"), v.hex(t, "label"), v.hex(t, "context"), 16), v.hex(t, "out"))
	}
}

func TestPreauthVectors(t *testing.T) {
	for _, v := range readVectors(t, "preauth.txt") {
		hash := v["hash"][len(v["hash"])-1]
		preauth, err := hex.DecodeString(hash)
		if err != nil {
			t.Fatal(err)
		}
		k := Derive(smb2.Dialect311, smb2.AES128GCM, v.hex(t, "session_key"), preauth)
		equal(t, v, "signing key", k.Signing, v.hex(t, "signing_key"))
	}
}

func TestSealVectors(t *testing.T) {
	for _, v := range readVectors(t, "seal.txt") {
		name := v.text("name")
		preauth := v.hex(t, "preauth_hash")
		if s := v.setup(t); s != nil {
			equal(t, v, "preauth hash", s.Preauth[:], preauth)
		}
		k := Derive(v.dialect(), v.cipher(), v.hex(t, "session_key"), preauth)
		equal(t, v, "client to server key", k.C2S, v.hex(t, "c2s_key"))
		equal(t, v, "server to client key", k.S2C, v.hex(t, "s2c_key"))
		if v.text("application_key") != "" {
			equal(t, v, "application key", k.Application, v.hex(t, "application_key"))
			equal(t, v, "signing key", k.Signing, v.hex(t, "signing_key"))
		}
		for side, key := range map[string][]byte{"c2s": k.C2S, "s2c": k.S2C} {
			wire, plain := v.hex(t, side+"_wire"), v.hex(t, side+"_plain")
			s, err := NewSealer(v.cipher(), key)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := s.Open([]byte("before"), wire)
			if !ok {
				t.Errorf("%s: %s does not open", name, side)
				continue
			}
			equal(t, v, side, got, append([]byte("before"), plain...))
			for _, n := range []int{sealHeader, sealHeader + 1, sealHeader + 16, sealHeader + 17, sealHeader + 40, len(wire)} {
				equal(t, v, "prefix", s.Prefix(nil, wire[:n]), plain[:n-sealHeader])
			}
			for i := range wire {
				bad := bytes.Clone(wire)
				bad[i] ^= 0x40
				past := i >= sealNonce+ccmNonce && i < sealSize
				if got, ok := s.Open(nil, bad); ok || len(got) != 0 {
					t.Errorf("%s: %s opens with byte %d changed (nonce padding %v)", name, side, i, past)
				}
			}
			sealed := s.Seal(nil, wire[sealNonce:sealSize], plain, binary.LittleEndian.Uint64(wire[sealSession:]))
			if bytes.Equal(sealed[sealNonce:], wire[sealNonce:]) {
				equal(t, v, "sealed", sealed, wire)
			} else if back, ok := s.Open(nil, sealed); !ok || !bytes.Equal(back, plain) {
				t.Errorf("%s: what was sealed does not open", name)
			}
		}
	}
}

func TestSignVectors(t *testing.T) {
	for _, v := range readVectors(t, "sign.txt") {
		var messages [][]byte
		if v.text("message") != "" {
			messages = [][]byte{v.hex(t, "message")}
		} else {
			messages = [][]byte{v.hex(t, "signed_c2s"), v.hex(t, "signed_s2c")}
		}
		k := Derive(v.dialect(), 0, v.hex(t, "session_key"), v.hex(t, "preauth_hash"))
		if v.text("signing_key") != "" {
			equal(t, v, "signing key", k.Signing, v.hex(t, "signing_key"))
		}
		s, err := NewSigner(v.algorithm(), k.Signing)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			if !s.Verify(m) {
				t.Errorf("%s: signature does not hold", v.text("name"))
			}
			again := bytes.Clone(m)
			clear(again[headSignature:headSize])
			s.Sign(again)
			equal(t, v, "signed", again, m)
			for i := range m {
				bad := bytes.Clone(m)
				bad[i] ^= 1
				if s.Verify(bad) {
					t.Errorf("%s: signature holds with byte %d changed", v.text("name"), i)
				}
			}
		}
	}
}

// The examples of RFC 4493 4.
func TestCMAC(t *testing.T) {
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	s, err := NewSigner(smb2.AESCMAC, unhex("2b7e151628aed2a6abf7158809cf4f3c"))
	if err != nil {
		t.Fatal(err)
	}
	v := vector{"name": {"RFC 4493"}}
	equal(t, v, "K1", s.k1[:], unhex("fbeed618357133667c85e08f7236a8de"))
	equal(t, v, "K2", s.k2[:], unhex("f7ddac306ae266ccf90bc11ee46d513b"))
	data := unhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
		"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710")
	for n, want := range map[int]string{16: "070a16b46b4d4144f79bdd9dd04a287c", 40: "dfa66747de9ae63030ca32611497c827", 64: "51f0bebf7e3b9d92fc49741779363cfe"} {
		var mac [blockSize]byte
		s.last(&mac, data[:n])
		equal(t, v, "MAC", mac[:], unhex(want))
	}
}

// Sizes around block and header borders, against what the same code seals.
func TestSealSizes(t *testing.T) {
	for c := smb2.AES128CCM; c <= smb2.AES256GCM; c++ {
		s, err := NewSealer(c, bytes.Repeat([]byte{7}, keySize(c)))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 1, 15, 16, 17, 31, 32, 33, 4096, 70001} {
			plain := bytes.Repeat([]byte{0xa5}, n)
			wire := s.Seal(nil, []byte("0123456789abcdef"), plain, 9)
			if got, ok := s.Open(nil, wire); !ok || !bytes.Equal(got, plain) {
				t.Errorf("%v: %d bytes do not come back", c, n)
			}
			if got := s.Prefix(nil, wire[:sealHeader+n/2]); !bytes.Equal(got, plain[:n/2]) {
				t.Errorf("%v: prefix of %d bytes differs", c, n)
			}
		}
	}
}
