// Package auth authenticates with NTLMv2, raw or inside SPNEGO, on either side
// of a connection. It knows tokens and session keys; sessions, signatures of SMB
// and where accounts are kept are not its business.
package auth

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"strings"
	"time"
	"unicode/utf16"

	"smbdiff/cmd/smbpair/internal/raw"
	"smbdiff/decrypt"
	"smbdiff/dissect/wire"
)

// Flags of [MS-NLMP] 2.2.2.5.
const (
	flagUnicode    = 0x00000001
	flagTarget     = 0x00000004
	flagSign       = 0x00000010
	flagSeal       = 0x00000020
	flagNTLM       = 0x00000200
	flagAnonymous  = 0x00000800
	flagAlways     = 0x00008000
	flagServer     = 0x00020000
	flagESS        = 0x00080000
	flagTargetInfo = 0x00800000
	flagVersion    = 0x02000000
	flag128        = 0x20000000
	flagKeyExch    = 0x40000000
	flag56         = 0x80000000
)

// AV pairs of [MS-NLMP] 2.2.2.1.
const (
	avEnd          = 0
	avNBComputer   = 1
	avNBDomain     = 2
	avDNSComputer  = 3
	avDNSDomain    = 4
	avFlags        = 6
	avTimestamp    = 7
	avTarget       = 9
	flagMICPresent = 2
)

const mark = "NTLMSSP\x00"

var version = []byte{10, 0, 0x61, 0x4a, 0, 0, 0, 15} // Windows 10 build 19041, NTLM revision 15

// kind tells the type of an NTLM message, 0 when b is none.
func kind(b []byte) uint32 {
	if len(b) < 12 || string(b[:8]) != mark {
		return 0
	}
	return binary.LittleEndian.Uint32(b[8:])
}

// challenge is CHALLENGE_MESSAGE, [MS-NLMP] 2.2.1.2.
func challenge(name string, nonce [8]byte, asked uint32, now time.Time) []byte {
	name = strings.ToUpper(name)
	flags := uint32(flagUnicode | flagTarget | flagNTLM | flagServer | flagESS | flagTargetInfo | flagVersion)
	flags |= asked & (flagSign | flagSeal | flagAlways | flag128 | flagKeyExch | flag56)
	var info raw.Buf
	pair := func(id uint16, v []byte) {
		info.U16(id)
		info.U16(uint16(len(v)))
		info.Bytes(v)
	}
	text := wire.AppendUTF16(nil, name)
	pair(avNBDomain, text)
	pair(avNBComputer, text)
	pair(avDNSDomain, nil)
	pair(avDNSComputer, wire.AppendUTF16(nil, strings.ToLower(name)))
	pair(avTimestamp, binary.LittleEndian.AppendUint64(nil, wire.FileTime(now)))
	pair(avEnd, nil)

	const fixed = 56
	b := raw.Buf(mark)
	b.U32(2)
	b.U16(uint16(len(text)))
	b.U16(uint16(len(text)))
	b.U32(fixed)
	b.U32(flags)
	b.Bytes(nonce[:])
	b.Zero(8)
	b.U16(uint16(len(info)))
	b.U16(uint16(len(info)))
	b.U32(uint32(fixed + len(text)))
	b.Bytes(version)
	b.Bytes(text)
	b.Bytes(info)
	return b
}

// authMessage is AUTHENTICATE_MESSAGE, [MS-NLMP] 2.2.1.3.
type authMessage struct {
	lm, nt       []byte
	domain, user string
	key          []byte // EncryptedRandomSessionKey
	flags        uint32
	mic          int // place of the MIC
}

func parseAuth(b []byte) (m authMessage, ok bool) {
	if len(b) < 64 || kind(b) != 3 {
		return m, false
	}
	ok = true
	field := func(at int) []byte {
		n, off := int64(binary.LittleEndian.Uint16(b[at:])), int64(binary.LittleEndian.Uint32(b[at+4:]))
		if n == 0 {
			return nil
		}
		v, good := raw.Range(b, off, n)
		ok = ok && good
		return v
	}
	m.flags = binary.LittleEndian.Uint32(b[60:])
	text := func(v []byte) string {
		if m.flags&flagUnicode != 0 {
			return wire.UTF16(v)
		}
		return string(v)
	}
	m.lm, m.nt, m.key = field(12), field(20), field(52)
	m.domain, m.user = text(field(28)), text(field(36))
	m.mic = 64
	if m.flags&flagVersion != 0 {
		m.mic = 72
	}
	return m, ok
}

// proves reports whether the response is one of the account's, and gives the
// base key, [MS-NLMP] 3.3.2.
func (m *authMessage) proves(hash []byte, nonce [8]byte) ([]byte, bool) {
	if len(m.nt) < 44 {
		return nil, false
	}
	user := utf16.Encode([]rune(m.user))
	for _, d := range []string{m.domain, strings.ToUpper(m.domain), ""} {
		rk := decrypt.NTOWFv2(hash, user, utf16.Encode([]rune(d)))
		proof := hmacMD5(rk, nonce[:], m.nt[16:])
		if hmac.Equal(proof, m.nt[:16]) {
			return hmacMD5(rk, proof), true
		}
	}
	return nil, false
}

// exported is ExportedSessionKey, [MS-NLMP] 3.2.5.1.2.
func (m *authMessage) exported(base []byte) []byte {
	if m.flags&flagKeyExch == 0 || len(m.key) != 16 {
		return base
	}
	return rc4Bytes(base, m.key)
}

// wantsMIC reports whether the response says that the message has a MIC.
func (m *authMessage) wantsMIC() bool {
	if len(m.nt) < 44 {
		return false
	}
	for p := m.nt[44:]; len(p) >= 4; {
		id, n := binary.LittleEndian.Uint16(p), int(binary.LittleEndian.Uint16(p[2:]))
		if id == avEnd || n > len(p)-4 {
			return false
		}
		if id == avFlags && n == 4 {
			return binary.LittleEndian.Uint32(p[4:])&flagMICPresent != 0
		}
		p = p[4+n:]
	}
	return false
}

// signature is the NTLM signature of a text under extended session security,
// [MS-NLMP] 3.4.4.2. It is used once for each direction, with sequence 0.
func signature(key []byte, flags uint32, fromClient bool, text []byte) []byte {
	side := "server-to-client"
	if fromClient {
		side = "client-to-server"
	}
	sign := md5.Sum(append(bytes.Clone(key), "session key to "+side+" signing key magic constant\x00"...))
	part := key
	switch {
	case flags&flag128 != 0:
	case flags&flag56 != 0:
		part = key[:7]
	default:
		part = key[:5]
	}
	seal := md5.Sum(append(bytes.Clone(part), "session key to "+side+" sealing key magic constant\x00"...))
	sum := hmacMD5(sign[:], make([]byte, 4), text)[:8]
	if flags&flagKeyExch != 0 {
		sum = rc4Bytes(seal[:], sum)
	}
	out := append([]byte{1, 0, 0, 0}, sum...)
	return append(out, 0, 0, 0, 0)
}

func hmacMD5(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

func rc4Bytes(key, b []byte) []byte {
	out := make([]byte, len(b))
	if c, err := rc4.NewCipher(key); err == nil {
		c.XORKeyStream(out, b)
	}
	return out
}
