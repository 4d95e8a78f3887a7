// Package decrypt knows how SMB is sealed and signed: key derivation, ciphers,
// signatures, those of SMB1 too, and session keys of NTLM and Kerberos from
// secrets and captured tokens.
// Its Opener proves what the user supplied against what the wire shows. It must
// not know captures, field trees or how key files are written, and it puts no
// secret into any text.
package decrypt

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"

	"smbdiff/dissect/smb2"
)

// KDF is SP 800-108 in counter mode with HMAC-SHA256 and a 32-bit counter, one
// block, [MS-SMB2] 3.1.4.2. The label's and the context's own NUL belong to
// them.
func KDF(ki, label, context []byte, size int) []byte {
	h := hmac.New(sha256.New, ki)
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], 1)
	h.Write(n[:])
	h.Write(label)
	h.Write([]byte{0})
	h.Write(context)
	binary.BigEndian.PutUint32(n[:], uint32(size)*8)
	h.Write(n[:])
	return h.Sum(nil)[:min(size, sha256.Size)]
}

// SessionKeys are what an authentication's key gives for a session.
type SessionKeys struct {
	Signing, Application []byte // 16 bytes
	C2S, S2C             []byte // 16 or 32 bytes, by cipher
}

// Derive gives a session's keys, [MS-SMB2] 3.2.5.3.1. The preauth hash counts
// for 3.1.1 only. Below 3.0 the session key signs itself and nothing seals.
func Derive(d smb2.Dialect, c smb2.Cipher, session []byte, preauth []byte) SessionKeys {
	short := first16(session)
	full := short
	if keySize(c) == 32 {
		full = session
	}
	switch {
	case d == smb2.Dialect311:
		return SessionKeys{
			Signing:     KDF(short, []byte("SMBSigningKey\x00"), preauth, 16),
			Application: KDF(short, []byte("SMBAppKey\x00"), preauth, 16),
			C2S:         KDF(full, []byte("SMBC2SCipherKey\x00"), preauth, keySize(c)),
			S2C:         KDF(full, []byte("SMBS2CCipherKey\x00"), preauth, keySize(c)),
		}
	case d == smb2.Dialect300 || d == smb2.Dialect302:
		return SessionKeys{
			Signing:     KDF(short, []byte("SMB2AESCMAC\x00"), []byte("SmbSign\x00"), 16),
			Application: KDF(short, []byte("SMB2APP\x00"), []byte("SmbRpc\x00"), 16),
			C2S:         KDF(full, []byte("SMB2AESCCM\x00"), []byte("ServerIn \x00"), keySize(c)),
			S2C:         KDF(full, []byte("SMB2AESCCM\x00"), []byte("ServerOut\x00"), keySize(c)),
		}
	}
	return SessionKeys{Signing: short, Application: short}
}

// first16 is Session.SessionKey: the first 16 bytes, filled up with zeros.
func first16(key []byte) []byte {
	k := make([]byte, 16)
	copy(k, key)
	return k
}

// keySize is the cipher's key size in bytes.
func keySize(c smb2.Cipher) int {
	if c == smb2.AES256CCM || c == smb2.AES256GCM {
		return 32
	}
	return 16
}
