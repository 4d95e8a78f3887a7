// Package raw reads and writes fields, little-endian, for what both halves of the
// live pair have encoders of their own: NTLMSSP, DCE/RPC and security descriptors,
// whose two directions differ. A read beyond the end gives zero and is remembered;
// nothing panics. It knows no protocol; messages of SMB2 are dissect/smb2's.
package raw

import (
	"encoding/binary"
)

// Reader is a cursor over the fixed part of a message.
type Reader struct {
	b   []byte
	at  int
	cut bool
}

// Read starts at the first byte of b.
func Read(b []byte) *Reader { return &Reader{b: b} }

// take claims n bytes, nil when they are not there.
func (r *Reader) take(n int) []byte {
	if n < 0 || n > len(r.b)-r.at {
		r.cut, r.at = true, len(r.b)
		return nil
	}
	b := r.b[r.at : r.at+n : r.at+n]
	r.at += n
	return b
}

// U8 reads a byte.
func (r *Reader) U8() uint8 {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

// U16 reads 2 bytes.
func (r *Reader) U16() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// U32 reads 4 bytes.
func (r *Reader) U32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// Bytes reads n bytes, nil when they are not there.
func (r *Reader) Bytes(n int) []byte { return r.take(n) }

// GUID reads 16 bytes.
func (r *Reader) GUID() (g [16]byte) {
	copy(g[:], r.take(16))
	return g
}

// Skip moves over n bytes.
func (r *Reader) Skip(n int) { r.take(n) }

// Cut reports whether something was read beyond the end.
func (r *Reader) Cut() bool { return r.cut }

// Range gives n bytes of b from off; false when they are not all there.
func Range(b []byte, off, n int64) ([]byte, bool) {
	if off < 0 || n < 0 || off > int64(len(b)) || n > int64(len(b))-off {
		return nil, false
	}
	return b[off : off+n : off+n], true
}

// Buf is a message being written.
type Buf []byte

// U8 writes a byte.
func (b *Buf) U8(v uint8) { *b = append(*b, v) }

// U16 writes 2 bytes.
func (b *Buf) U16(v uint16) { *b = binary.LittleEndian.AppendUint16(*b, v) }

// U32 writes 4 bytes.
func (b *Buf) U32(v uint32) { *b = binary.LittleEndian.AppendUint32(*b, v) }

// Bytes writes p.
func (b *Buf) Bytes(p []byte) { *b = append(*b, p...) }

// Zero writes n zero bytes.
func (b *Buf) Zero(n int) { *b = append(*b, make([]byte, n)...) }

// Align writes zeros up to a multiple of n, counted from base.
func (b *Buf) Align(base, n int) {
	if r := (len(*b) - base) % n; r > 0 {
		b.Zero(n - r)
	}
}

// Put16 changes 2 bytes at place at.
func (b Buf) Put16(at int, v uint16) { binary.LittleEndian.PutUint16(b[at:], v) }

// Put32 changes 4 bytes at place at.
func (b Buf) Put32(at int, v uint32) { binary.LittleEndian.PutUint32(b[at:], v) }
