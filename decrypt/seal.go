package decrypt

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"fmt"
	"slices"

	"smbdiff/dissect/smb2"
)

// The places of the transform header, [MS-SMB2] 2.2.41.
const (
	sealHeader  = 52
	sealTag     = 4  // Signature
	sealNonce   = 20 // Nonce; the authenticated part starts here
	sealSize    = 36 // OriginalMessageSize
	sealFlags   = 42 // Flags, or EncryptionAlgorithm
	sealSession = 44 // SessionId
	gcmNonce    = 12
)

// Sealer seals and opens the PDUs of one direction of a session, [MS-SMB2]
// 3.1.4.3. It may be used by several goroutines at once.
type Sealer struct {
	cipher smb2.Cipher
	gcm    cipher.AEAD
	ccm    *ccm // nil with GCM
}

// NewSealer makes a Sealer of a cipher key: 16 bytes for the 128-bit ciphers,
// 32 for the others.
func NewSealer(c smb2.Cipher, key []byte) (*Sealer, error) {
	if c < smb2.AES128CCM || c > smb2.AES256GCM || len(key) != keySize(c) {
		return nil, fmt.Errorf("cipher %d does not go with a key of %d bytes", c, len(key))
	}
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	s := &Sealer{cipher: c}
	if c == smb2.AES128CCM || c == smb2.AES256CCM {
		s.ccm, err = newCCM(b)
	} else {
		s.gcm, err = cipher.NewGCM(b)
	}
	return s, err
}

// Cipher is the cipher in use.
func (s *Sealer) Cipher() smb2.Cipher { return s.cipher }

// isSealed reports whether pdu starts with a whole transform header.
func isSealed(pdu []byte) bool {
	return len(pdu) >= sealHeader && pdu[0] == 0xfd && pdu[1] == 'S' && pdu[2] == 'M' && pdu[3] == 'B'
}

// Open verifies a whole PDU, transform header first, and appends its plaintext
// to dst. It reports false, and leaves dst as it was, when the tag does not hold.
func (s *Sealer) Open(dst, pdu []byte) ([]byte, bool) {
	if !isSealed(pdu) || uint64(len(pdu)) > maxCCM {
		return dst, false
	}
	at, n := len(dst), len(pdu)-sealHeader
	dst = slices.Grow(dst, n+tagSize)
	if buf := append(dst[at:], pdu[sealHeader:]...); !s.open(buf, pdu[:sealHeader]) {
		return dst[:at], false
	}
	return dst[:at+n], true
}

// OpenInPlace is Open where the PDU lies. Its capacity must have 16 bytes to
// spare, which are overwritten. When the tag does not hold, what stands behind
// the header is lost.
func (s *Sealer) OpenInPlace(pdu []byte) ([]byte, bool) {
	if !isSealed(pdu) || uint64(len(pdu)) > maxCCM {
		return nil, false
	}
	buf := pdu[sealHeader:]
	return buf, s.open(buf, pdu[:sealHeader])
}

// open turns the ciphertext in buf, whose capacity has room for the tag behind
// it, into plaintext and verifies it. When the tag does not hold, buf is lost.
func (s *Sealer) open(buf, header []byte) bool {
	tag, nonce, aad := header[sealTag:sealTag+tagSize], header[sealNonce:], header[sealNonce:sealHeader]
	if s.ccm == nil {
		_, err := s.gcm.Open(buf[:0], nonce[:gcmNonce], append(buf, tag...), aad)
		return err == nil
	}
	sc := s.ccm.get(nonce)
	s.ccm.stream(sc, buf[:len(buf)+tagSize], len(buf))
	s.ccm.sum(sc, buf, aad)
	ok := subtle.ConstantTimeCompare(sc.mac[:], tag) == 1
	s.ccm.scratch.Put(sc)
	if !ok {
		clear(buf)
	}
	return ok
}

// Prefix opens the first bytes of a PDU of which head is the beginning and
// appends them to dst. Nothing is verified.
func (s *Sealer) Prefix(dst, head []byte) []byte {
	if !isSealed(head) || uint64(len(head)) > maxCCM {
		return dst
	}
	at, n := len(dst), len(head)-sealHeader
	dst = slices.Grow(dst, n+tagSize)
	buf := append(dst[at:], head[sealHeader:]...)
	if s.ccm == nil {
		s.gcm.Seal(buf[:0], head[sealNonce:sealNonce+gcmNonce], buf, nil)
		return dst[:at+n]
	}
	sc := s.ccm.get(head[sealNonce:])
	s.ccm.stream(sc, buf[:n+tagSize], n)
	s.ccm.scratch.Put(sc)
	return dst[:at+n]
}

// Seal appends a sealed PDU to dst. The nonce has 16 bytes, of which the cipher
// takes the first 11 or 12; it must not repeat under one key.
func (s *Sealer) Seal(dst, nonce, plain []byte, sessionID uint64) []byte {
	at := len(dst)
	dst = slices.Grow(dst, sealHeader+len(plain)+tagSize)
	dst = append(dst, make([]byte, sealHeader)...)
	dst = append(dst, plain...)
	s.SealInPlace(dst[at:], nonce, sessionID)
	return dst
}

// SealInPlace seals a PDU where it lies: the transform header's room first, then
// the plaintext. Its capacity must have 16 bytes to spare, which are overwritten.
func (s *Sealer) SealInPlace(pdu, nonce []byte, sessionID uint64) {
	n := len(pdu) - sealHeader
	used := gcmNonce
	if s.ccm != nil {
		used = ccmNonce
	}
	t := smb2.Transform{Size: uint32(n), Flags: smb2.TransformEncrypted, SessionID: sessionID}
	copy(t.Nonce[:used], nonce)
	h := smb2.AppendData(pdu[:0], &t)
	buf := pdu[sealHeader : sealHeader+n+tagSize]
	if s.ccm == nil {
		s.gcm.Seal(buf[:0], h[sealNonce:sealNonce+gcmNonce], buf[:n], h[sealNonce:])
		copy(h[sealTag:], buf[n:])
		return
	}
	sc := s.ccm.get(h[sealNonce:])
	s.ccm.sum(sc, buf[:n], h[sealNonce:])
	copy(h[sealTag:], sc.mac[:tagSize])
	s.ccm.stream(sc, buf, n)
	s.ccm.scratch.Put(sc)
}
