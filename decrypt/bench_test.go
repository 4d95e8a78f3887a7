package decrypt

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"fmt"
	"sync"
	"testing"

	"smbdiff/dissect/smb2"
	"smbdiff/keys"
)

// sealed gives an Opener that has proved its keys, and a PDU of n bytes.
func sealed(t testing.TB, c smb2.Cipher, n int) (*Opener, []byte) {
	key := bytes.Repeat([]byte{3}, keySize(c))
	s, err := NewSealer(c, key)
	if err != nil {
		t.Fatal(err)
	}
	plain := append([]byte{0xfe, 'S', 'M', 'B'}, make([]byte, n-4)...)
	pdu := s.Seal(nil, []byte("0123456789abcdef"), plain, 77)
	o := NewOpener(&keys.Ring{Keys: []keys.Key{{SessionID: 77, C2S: key, S2C: key, Source: "test"}}})
	if _, seal := o.Unseal(nil, pdu, false); !seal.Opened {
		t.Fatal(seal.Why)
	}
	return o, pdu
}

func signed(t testing.TB, a smb2.SigningAlgorithm, n int) (*Opener, []byte) {
	key := bytes.Repeat([]byte{3}, 16)
	s, err := NewSigner(a, key)
	if err != nil {
		t.Fatal(err)
	}
	msg := append([]byte{0xfe, 'S', 'M', 'B'}, make([]byte, n-4)...)
	msg[headFlags], msg[headSession] = flagSigned, 77
	s.Sign(msg)
	o := NewOpener(&keys.Ring{Keys: []keys.Key{{SessionID: 77, Signing: key, Source: "test"}}})
	if got := o.Verify(1, msg, false); got != 1 {
		t.Fatal(got)
	}
	return o, msg
}

func BenchmarkUnseal(b *testing.B) {
	for _, c := range []smb2.Cipher{smb2.AES128GCM, smb2.AES256GCM, smb2.AES128CCM, smb2.AES256CCM} {
		for _, n := range []int{200, 1500, 65536, 1 << 20} {
			b.Run(fmt.Sprintf("%v/%d", c, n), func(b *testing.B) {
				o, pdu := sealed(b, c, n)
				buf := make([]byte, 0, n+64)
				b.SetBytes(int64(n))
				b.ReportAllocs()
				for b.Loop() {
					o.Unseal(buf[:0], pdu, false)
				}
			})
		}
	}
}

// BenchmarkUnsealBaseline is what the standard library takes for the same: GCM's
// Open, and for CCM its CTR and a CBC-MAC of single blocks.
func BenchmarkUnsealBaseline(b *testing.B) {
	for _, c := range []smb2.Cipher{smb2.AES128GCM, smb2.AES256GCM, smb2.AES128CCM, smb2.AES256CCM} {
		for _, n := range []int{200, 65536} {
			block, err := aes.NewCipher(make([]byte, keySize(c)))
			if err != nil {
				b.Fatal(err)
			}
			gcm, err := cipher.NewGCM(block)
			if err != nil {
				b.Fatal(err)
			}
			nonce, aad, plain := make([]byte, 12), make([]byte, 32), make([]byte, n)
			sealed := gcm.Seal(nil, nonce, plain, aad)
			b.Run(fmt.Sprintf("%v/%d", c, n), func(b *testing.B) {
				buf := make([]byte, n+16)
				b.SetBytes(int64(n))
				for b.Loop() {
					if c == smb2.AES128GCM || c == smb2.AES256GCM {
						if _, err := gcm.Open(buf[:0], nonce, sealed, aad); err != nil {
							b.Fatal(err)
						}
						continue
					}
					var iv, mac [16]byte
					cipher.NewCTR(block, iv[:]).XORKeyStream(buf, plain)
					for at := 0; at+16 <= n; at += 16 {
						subtle.XORBytes(mac[:], mac[:], buf[at:at+16])
						block.Encrypt(mac[:], mac[:])
					}
				}
			})
		}
	}
}

func BenchmarkUnsealPrefix(b *testing.B) {
	for _, c := range []smb2.Cipher{smb2.AES128GCM, smb2.AES128CCM} {
		b.Run(c.String(), func(b *testing.B) {
			o, pdu := sealed(b, c, 65536)
			buf := make([]byte, 0, 1024)
			b.ReportAllocs()
			for b.Loop() {
				o.UnsealPrefix(buf[:0], pdu[:sealHeader+128], false)
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, a := range []smb2.SigningAlgorithm{smb2.HMACSHA256, smb2.AESCMAC, smb2.AESGMAC} {
		for _, n := range []int{200, 65536} {
			b.Run(fmt.Sprintf("%d/%d", a, n), func(b *testing.B) {
				o, msg := signed(b, a, n)
				b.SetBytes(int64(n))
				b.ReportAllocs()
				for b.Loop() {
					o.Verify(1, msg, false)
				}
			})
		}
	}
}

// forgetful reports whether pools drop what is put into them, as they do under
// the race detector.
func forgetful() bool {
	pool := sync.Pool{New: func() any { return new([64]byte) }}
	return testing.AllocsPerRun(10, func() {
		for range 100 {
			pool.Put(pool.Get())
		}
	}) > 10
}

func TestNoAllocations(t *testing.T) {
	if forgetful() {
		return // under the race detector there is nothing to measure
	}
	buf := make([]byte, 0, 4096)
	for c := smb2.AES128CCM; c <= smb2.AES256GCM; c++ {
		o, pdu := sealed(t, c, 500)
		if n := testing.AllocsPerRun(200, func() { o.Unseal(buf, pdu, false) }); n >= 1 {
			t.Errorf("%v: Unseal makes %v allocations", c, n)
		}
		if n := testing.AllocsPerRun(200, func() { o.UnsealPrefix(buf, pdu[:200], false) }); n >= 1 {
			t.Errorf("%v: UnsealPrefix makes %v allocations", c, n)
		}
	}
	for a := smb2.HMACSHA256; a <= smb2.AESGMAC; a++ {
		o, msg := signed(t, a, 500)
		if n := testing.AllocsPerRun(200, func() { o.Verify(1, msg, false) }); n >= 1 {
			t.Errorf("algorithm %d: Verify makes %v allocations", a, n)
		}
	}
}
