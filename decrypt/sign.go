package decrypt

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash"
	"sync"

	"smbdiff/dissect/smb2"
)

// The places of the SMB2 header, [MS-SMB2] 2.2.1.
const (
	headCommand   = 12
	headFlags     = 16
	headMessageID = 24
	headSession   = 40
	headSignature = 48
	headSize      = 64

	flagResponse = 0x1
	flagSigned   = 0x8
)

// Signer signs and verifies messages in the clear, [MS-SMB2] 3.1.4.1. It may be
// used by several goroutines at once.
type Signer struct {
	algorithm smb2.SigningAlgorithm
	block     cipher.Block // AES-CMAC
	k1, k2    [blockSize]byte
	gcm       cipher.AEAD // AES-GMAC
	scratch   sync.Pool   // *signScratch
}

type signScratch struct {
	hash  hash.Hash // HMAC-SHA256
	text  []byte    // the message without its signature, for GMAC
	nonce [gcmNonce]byte
	mac   [sha256.Size]byte
}

// NewSigner makes a Signer of a signing key of 16 bytes.
func NewSigner(a smb2.SigningAlgorithm, key []byte) (*Signer, error) {
	if len(key) != 16 || a > smb2.AESGMAC {
		return nil, fmt.Errorf("signing algorithm %d does not go with a key of %d bytes", a, len(key))
	}
	s := &Signer{algorithm: a}
	s.scratch.New = func() any { return new(signScratch) }
	if a == smb2.HMACSHA256 {
		key = append([]byte(nil), key...)
		s.scratch.New = func() any { return &signScratch{hash: hmac.New(sha256.New, key)} }
		return s, nil
	}
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	if a == smb2.AESGMAC {
		s.gcm, err = cipher.NewGCM(b)
		return s, err
	}
	s.block = b
	b.Encrypt(s.k1[:], s.k1[:])
	double(&s.k1)
	s.k2 = s.k1
	double(&s.k2)
	return s, nil
}

// Algorithm is the algorithm in use.
func (s *Signer) Algorithm() smb2.SigningAlgorithm { return s.algorithm }

// Verify reports whether the signature of one message holds. The message runs
// from its header to its NextCommand or the end, padding included.
func (s *Signer) Verify(msg []byte) bool {
	if len(msg) < headSize {
		return false
	}
	sc := s.scratch.Get().(*signScratch)
	s.sum(sc, msg)
	ok := subtle.ConstantTimeCompare(sc.mac[:tagSize], msg[headSignature:headSize]) == 1
	s.scratch.Put(sc)
	return ok
}

// Sign puts the signature into one message; the signed flag is the caller's.
func (s *Signer) Sign(msg []byte) {
	if len(msg) < headSize {
		return
	}
	sc := s.scratch.Get().(*signScratch)
	s.sum(sc, msg)
	copy(msg[headSignature:headSize], sc.mac[:])
	s.scratch.Put(sc)
}

// sum makes the signature into sc.mac, the field itself taken as zero.
func (s *Signer) sum(sc *signScratch, msg []byte) {
	switch s.algorithm {
	case smb2.HMACSHA256:
		sc.hash.Reset()
		sc.hash.Write(msg[:headSignature])
		clear(sc.mac[:])
		sc.hash.Write(sc.mac[:tagSize])
		sc.hash.Write(msg[headSize:])
		sc.hash.Sum(sc.mac[:0])
	case smb2.AESCMAC:
		mac := (*[blockSize]byte)(sc.mac[:])
		*mac = [blockSize]byte{}
		chain(s.block, mac, msg[:headSignature])
		if len(msg) > headSize {
			s.block.Encrypt(mac[:], mac[:])
			s.last(mac, msg[headSize:])
		} else {
			xor(mac, s.k1[:])
			s.block.Encrypt(mac[:], mac[:])
		}
	case smb2.AESGMAC:
		sc.text = append(sc.text[:0], msg...)
		clear(sc.text[headSignature:headSize])
		copy(sc.nonce[:8], msg[headMessageID:])
		x := uint32(msg[headFlags]) & flagResponse
		if x == 0 && binary.LittleEndian.Uint16(msg[headCommand:]) == uint16(smb2.Cancel) {
			x = 2
		}
		binary.LittleEndian.PutUint32(sc.nonce[8:], x)
		s.gcm.Seal(sc.mac[:0], sc.nonce[:], nil, sc.text)
	}
}

// last ends an AES-CMAC with data that is not empty, RFC 4493 2.4.
func (s *Signer) last(mac *[blockSize]byte, data []byte) {
	whole := (len(data) - 1) / blockSize * blockSize
	chain(s.block, mac, data[:whole])
	data = data[whole:]
	if len(data) == blockSize {
		xor(mac, s.k1[:])
	} else {
		xor(mac, s.k2[:])
		mac[len(data)] ^= 0x80
	}
	for i, v := range data {
		mac[i] ^= v
	}
	s.block.Encrypt(mac[:], mac[:])
}

// double multiplies by x in GF(2^128), RFC 4493 2.3.
func double(b *[blockSize]byte) {
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	carry := hi >> 63
	binary.BigEndian.PutUint64(b[:8], hi<<1|lo>>63)
	binary.BigEndian.PutUint64(b[8:], lo<<1^carry*0x87)
}
