package decrypt

import (
	"bytes"
	"crypto/des"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"slices"
	"unicode"
	"unicode/utf16"

	"golang.org/x/crypto/md4"
)

// Flags of [MS-NLMP] 2.2.2.5.
const (
	ntlmUnicode = 0x00000001
	ntlmLMKey   = 0x00000080
	ntlmESS     = 0x00080000 // extended session security
	ntlmNonNT   = 0x00400000 // request a session key that is not NT's
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

// secret is what may be an account's: its NT hash, and its LM hash where it is
// known.
type secret struct {
	hash, lm []byte
	user     string // "" when not said
	source   string
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

func (x *exchange) text(b []byte) []uint16 { return units(b, x.flags&ntlmUnicode != 0) }

// units gives text as UTF-16; without unicode it has a byte a character.
func units(b []byte, unicode bool) []uint16 {
	if !unicode {
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

// sessionKeys gives what the session key may be when the secret is the account's,
// which a response proves: nothing when it is not.
func (x *exchange) sessionKeys(s *secret) [][]byte {
	switch {
	case len(x.nt) > 24: // NTLMv2, [MS-NLMP] 3.3.2
		for _, domain := range x.domains() {
			rk := ntowf2(s.hash, x.user, domain)
			proof := hmacMD5(rk, x.challenge[:], x.nt[16:])
			if hmac.Equal(proof, x.nt[:16]) {
				return [][]byte{x.exported(hmacMD5(rk, proof))}
			}
		}
	case len(x.nt) == 24: // NTLMv1, [MS-NLMP] 3.3.1
		challenge, base := x.challenge[:], md4Sum(s.hash)
		if x.flags&ntlmESS != 0 && len(x.lm) >= 8 {
			both := append(bytes.Clone(x.challenge[:]), x.lm[:8]...)
			sum := md5.Sum(both)
			if hmac.Equal(desl(s.hash, sum[:8]), x.nt) {
				return [][]byte{x.exported(hmacMD5(base, both))}
			}
		}
		if hmac.Equal(desl(s.hash, challenge), x.nt) {
			return x.exportedAll(x.exchangeKeys(base, s.lm))
		}
	case len(x.lm) == 24:
		return x.lmKeys(s)
	}
	return nil
}

// lmKeys is sessionKeys where the client sent an LM response alone.
func (x *exchange) lmKeys(s *secret) [][]byte {
	for _, domain := range x.domains() { // LMv2, [MS-NLMP] 3.3.2
		rk := ntowf2(s.hash, x.user, domain)
		if hmac.Equal(hmacMD5(rk, x.challenge[:], x.lm[16:]), x.lm[:16]) {
			return [][]byte{x.exported(hmacMD5(rk, x.lm[:16]))}
		}
	}
	if s.lm != nil && hmac.Equal(desl(s.lm, x.challenge[:]), x.lm) {
		return x.exportedAll(x.exchangeKeys(append(bytes.Clone(s.lm[:8]), make([]byte, 8)...), s.lm))
	}
	return nil
}

// domains lists how the domain may enter NTOWFv2: as sent, else in upper case or
// left out, as servers also accept it.
func (x *exchange) domains() [][]uint16 {
	upper := make([]uint16, len(x.domain))
	for i, u := range x.domain {
		upper[i] = upperUnit(u)
	}
	list := [][]uint16{x.domain}
	if len(x.domain) == 0 {
		return list
	}
	if !slices.Equal(upper, x.domain) {
		list = append(list, upper)
	}
	return append(list, nil)
}

// exchangeKeys is KeyExchangeKey of NTLMv1 without extended session security,
// [MS-NLMP] 3.4.5.1: by what was negotiated, and the plain key, which some use
// all the same.
func (x *exchange) exchangeKeys(base, lm []byte) [][]byte {
	list := [][]byte{base}
	if lm == nil {
		return list
	}
	switch {
	case x.flags&ntlmLMKey != 0 && len(x.lm) >= 8:
		second := append(bytes.Clone(lm[7:8]), 0xbd, 0xbd, 0xbd, 0xbd, 0xbd, 0xbd)
		list = append(list, append(desBlock(lm[:7], x.lm[:8]), desBlock(second, x.lm[:8])...))
	case x.flags&ntlmNonNT != 0:
		list = append(list, append(bytes.Clone(lm[:8]), make([]byte, 8)...))
	}
	return list
}

func (x *exchange) exportedAll(list [][]byte) [][]byte {
	for i := range list {
		list[i] = x.exported(list[i])
	}
	return list
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
		name = append(name, upperUnit(u))
	}
	return hmacMD5(hash, utf16le(append(name, domain...)))
}

func upperUnit(u uint16) uint16 {
	if up := unicode.ToUpper(rune(u)); up <= 0xffff && !utf16.IsSurrogate(rune(u)) {
		return uint16(up)
	}
	return u
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
	out := make([]byte, 0, 24)
	for i := range 3 {
		out = append(out, desBlock(k[7*i:7*i+7], data)...)
	}
	return out
}

// desBlock encrypts 8 bytes under a DES key of 7.
func desBlock(key, data []byte) []byte {
	out := make([]byte, 8)
	if c, err := des.NewCipher(desKey(key)); err == nil {
		c.Encrypt(out, data[:8])
	}
	return out
}

// lmHash is the LM hash of a password, [MS-NLMP] 3.3.1 LMOWFv1: nil when the
// password has none, being too long or not of ASCII characters.
func lmHash(password string) []byte {
	var k [14]byte
	if len(password) > len(k) {
		return nil
	}
	for i, c := range []byte(password) {
		if c >= 0x80 {
			return nil
		}
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		k[i] = c
	}
	const magic = "KGS!@#$%"
	return append(desBlock(k[:7], []byte(magic)), desBlock(k[7:], []byte(magic))...)
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

// NTOWFv2 is ResponseKeyNT of an account, [MS-NLMP] 3.3.2; names are UTF-16.
func NTOWFv2(hash []byte, user, domain []uint16) []byte { return ntowf2(hash, user, domain) }
