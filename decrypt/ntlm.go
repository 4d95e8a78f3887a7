package decrypt

import (
	"bytes"
	"crypto/des"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"unicode"
	"unicode/utf16"

	"golang.org/x/crypto/md4"
)

// Flags of [MS-NLMP] 2.2.2.5.
const (
	ntlmUnicode = 0x00000001
	ntlmESS     = 0x00080000 // extended session security
	ntlmKeyExch = 0x40000000
)

const (
	ntlmMark      = "NTLMSSP\x00"
	maxNTLMMarks  = 8
	maxNTLMField  = 64 << 10
	typeChallenge = 2
	typeAuth      = 3
)

// exchange is what an NTLM authentication shows on the wire, as far as a
// session key is made of it.
type exchange struct {
	challenge [8]byte
	flags     uint32
	user      []uint16
	domain    []uint16
	lm, nt    []byte
	encrypted []byte // EncryptedRandomSessionKey
}

// findNTLM looks for the CHALLENGE and the AUTHENTICATE message in the security
// buffers of one authentication. The messages may be wrapped in anything.
func findNTLM(tokens [][]byte) *exchange {
	var x *exchange
	challenged := false
	var challenge [8]byte
	for _, t := range tokens {
		for range maxNTLMMarks {
			i := bytes.Index(t, []byte(ntlmMark))
			if i < 0 {
				break
			}
			t = t[i:]
			if len(t) < 12 {
				break
			}
			switch binary.LittleEndian.Uint32(t[8:]) {
			case typeChallenge: // [MS-NLMP] 2.2.1.2
				if len(t) >= 32 {
					copy(challenge[:], t[24:32])
					challenged = true
				}
			case typeAuth:
				if a := parseAuth(t); a != nil && challenged {
					a.challenge = challenge
					x = a
				}
			}
			t = t[len(ntlmMark):]
		}
	}
	return x
}

// parseAuth reads an AUTHENTICATE message, [MS-NLMP] 2.2.1.3.
func parseAuth(m []byte) *exchange {
	if len(m) < 64 {
		return nil
	}
	ok := true
	field := func(at int) []byte {
		n, off := int(binary.LittleEndian.Uint16(m[at:])), int64(binary.LittleEndian.Uint32(m[at+4:]))
		if n == 0 {
			return nil
		}
		if off+int64(n) > int64(len(m)) || n > maxNTLMField {
			ok = false
			return nil
		}
		return bytes.Clone(m[off : off+int64(n)])
	}
	x := &exchange{lm: field(12), nt: field(20), encrypted: field(52), flags: binary.LittleEndian.Uint32(m[60:])}
	x.domain, x.user = x.text(field(28)), x.text(field(36))
	if !ok {
		return nil
	}
	return x
}

func (x *exchange) text(b []byte) []uint16 {
	if x.flags&ntlmUnicode == 0 {
		u := make([]uint16, len(b))
		for i, c := range b {
			u[i] = uint16(c)
		}
		return u
	}
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return u
}

func (x *exchange) account() string {
	d, u := string(utf16.Decode(x.domain)), string(utf16.Decode(x.user))
	if d == "" {
		return u
	}
	return d + `\` + u
}

func (x *exchange) anonymous() bool { return len(x.user) == 0 && len(x.nt) == 0 }

// anonymousKey gives the session key of an anonymous authentication, which
// rests on no secret, [MS-NLMP] 3.2.5.1.2.
func (x *exchange) anonymousKey() []byte { return x.exported(make([]byte, 16)) }

// sessionKey gives the session key that the NT hash leads to. It reports false
// when the hash is not the account's, which the response proves.
func (x *exchange) sessionKey(hash []byte) ([]byte, bool) {
	switch {
	case len(x.nt) > 24: // NTLMv2, [MS-NLMP] 3.3.2
		rk := ntowf2(hash, x.user, x.domain)
		proof := hmacMD5(rk, x.challenge[:], x.nt[16:])
		if !hmac.Equal(proof, x.nt[:16]) {
			return nil, false
		}
		return x.exported(hmacMD5(rk, proof)), true
	case len(x.nt) == 24: // NTLMv1, [MS-NLMP] 3.3.1
		base := md4Sum(hash)
		challenge, kek := x.challenge[:], base
		if x.flags&ntlmESS != 0 && len(x.lm) >= 8 {
			both := append(bytes.Clone(x.challenge[:]), x.lm[:8]...)
			sum := md5.Sum(both)
			challenge, kek = sum[:8], hmacMD5(base, both)
		}
		if !hmac.Equal(desl(hash, challenge), x.nt) {
			return nil, false
		}
		return x.exported(kek), true
	}
	return nil, false
}

// exported is ExportedSessionKey, [MS-NLMP] 3.1.5.1.2.
func (x *exchange) exported(kek []byte) []byte {
	if x.flags&ntlmKeyExch == 0 || len(x.encrypted) != 16 {
		return kek
	}
	c, err := rc4.NewCipher(kek)
	if err != nil {
		return kek
	}
	k := make([]byte, 16)
	c.XORKeyStream(k, x.encrypted)
	return k
}

// NTHash is the NT hash of a password, [MS-NLMP] 3.3.1 NTOWFv1.
func NTHash(password string) []byte { return md4Sum(utf16le(utf16.Encode([]rune(password)))) }

// ntowf2 is ResponseKeyNT, [MS-NLMP] 3.3.2 NTOWFv2.
func ntowf2(hash []byte, user, domain []uint16) []byte {
	name := make([]uint16, 0, len(user)+len(domain))
	for _, u := range user {
		if up := unicode.ToUpper(rune(u)); up <= 0xffff && !utf16.IsSurrogate(rune(u)) {
			u = uint16(up)
		}
		name = append(name, u)
	}
	return hmacMD5(hash, utf16le(append(name, domain...)))
}

func utf16le(u []uint16) []byte {
	b := make([]byte, 0, 2*len(u))
	for _, c := range u {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return b
}

func md4Sum(b []byte) []byte {
	h := md4.New()
	h.Write(b)
	return h.Sum(nil)
}

func hmacMD5(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// desl encrypts 8 bytes with the three DES keys in a hash, [MS-NLMP] 6 DESL.
func desl(hash, data []byte) []byte {
	var k [21]byte
	copy(k[:], hash)
	out := make([]byte, 24)
	for i := range 3 {
		c, err := des.NewCipher(desKey(k[7*i:]))
		if err != nil {
			return out
		}
		c.Encrypt(out[8*i:], data[:8])
	}
	return out
}

// desKey spreads 7 bytes over 8, the parity bits left at zero.
func desKey(k []byte) []byte {
	var v uint64
	for _, b := range k[:7] {
		v = v<<8 | uint64(b)
	}
	out := make([]byte, 8)
	for i := range out {
		out[i] = byte(v>>(49-7*i)) << 1
	}
	return out
}
