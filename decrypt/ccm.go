package decrypt

import (
	"crypto/cipher"
	"encoding/binary"
	"math"
	"sync"
)

const (
	blockSize = 16
	tagSize   = 16
	ccmNonce  = 11 // so that the length field has 4 bytes, RFC 3610 2.1
)

// ccm is AES-CCM with an 11-byte nonce and a 16-byte tag, RFC 3610. The counter
// stream is GCM's: with the nonce 03 || N both count the same blocks, so the
// GCM code of the standard library, which is fast and needs no state, serves
// from the second block on.
type ccm struct {
	block   cipher.Block
	gcm     cipher.AEAD
	scratch sync.Pool // *ccmScratch
}

// ccmScratch is memory of one call that the cipher calls would otherwise put on
// the heap.
type ccmScratch struct {
	nonce [12]byte
	mac   [blockSize]byte
	key   [blockSize]byte
}

func newCCM(b cipher.Block) (*ccm, error) {
	g, err := cipher.NewGCM(b)
	if err != nil {
		return nil, err
	}
	c := &ccm{block: b, gcm: g}
	c.scratch.New = func() any { return new(ccmScratch) }
	return c, nil
}

func (c *ccm) get(nonce []byte) *ccmScratch {
	s := c.scratch.Get().(*ccmScratch)
	s.nonce[0] = 3
	copy(s.nonce[1:], nonce[:ccmNonce])
	return s
}

// counter makes the key stream block of a counter value, RFC 3610 2.3.
func (c *ccm) counter(s *ccmScratch, i uint32) {
	copy(s.key[:], s.nonce[:])
	binary.BigEndian.PutUint32(s.key[12:], i)
	c.block.Encrypt(s.key[:], s.key[:])
}

// stream turns ciphertext into plaintext and back. The text lies in buf[:n],
// and buf has room for tagSize bytes more, which are overwritten.
func (c *ccm) stream(s *ccmScratch, buf []byte, n int) {
	if n == 0 {
		return
	}
	c.counter(s, 1)
	m := min(n, blockSize)
	for i := range m {
		buf[i] ^= s.key[i]
	}
	if n > m {
		c.gcm.Seal(buf[m:m], s.nonce[:], buf[m:n], nil)
	}
}

// sum makes the tag, CBC-MAC and its encryption, into s.mac, RFC 3610 2.2.
func (c *ccm) sum(s *ccmScratch, plain, aad []byte) {
	s.mac = [blockSize]byte{}
	s.mac[0] = 0x40 | (tagSize-2)/2<<3 | 3
	copy(s.mac[1:], s.nonce[1:])
	binary.BigEndian.PutUint32(s.mac[12:], uint32(len(plain)))
	c.block.Encrypt(s.mac[:], s.mac[:])

	var head [blockSize]byte
	binary.BigEndian.PutUint16(head[:], uint16(len(aad)))
	n := copy(head[2:], aad)
	xor(&s.mac, head[:])
	c.block.Encrypt(s.mac[:], s.mac[:])
	chain(c.block, &s.mac, aad[n:])
	chain(c.block, &s.mac, plain)

	c.counter(s, 0)
	xor(&s.mac, s.key[:])
}

// chain runs CBC-MAC over data; a last part block is filled up with zeros.
func chain(b cipher.Block, mac *[blockSize]byte, data []byte) {
	for len(data) >= blockSize {
		xor(mac, data)
		b.Encrypt(mac[:], mac[:])
		data = data[blockSize:]
	}
	if len(data) > 0 {
		for i, v := range data {
			mac[i] ^= v
		}
		b.Encrypt(mac[:], mac[:])
	}
}

// xor adds a block; b has at least blockSize bytes.
func xor(mac *[blockSize]byte, b []byte) {
	_ = b[15]
	lo := binary.LittleEndian.Uint64(mac[:8]) ^ binary.LittleEndian.Uint64(b)
	hi := binary.LittleEndian.Uint64(mac[8:]) ^ binary.LittleEndian.Uint64(b[8:])
	binary.LittleEndian.PutUint64(mac[:8], lo)
	binary.LittleEndian.PutUint64(mac[8:], hi)
}

const maxCCM = math.MaxUint32 - 2*tagSize
