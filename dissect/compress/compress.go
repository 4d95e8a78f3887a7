// Package compress puts together what SMB2 compression transforms hold,
// [MS-SMB2] 2.2.42, with the algorithms of [MS-XCA] and LZ4, and makes such
// transforms, but for LZ4.
//
// It knows the two transform headers and the algorithms; what was negotiated it
// is told. It must not know of conversations, of field trees, or of what the
// plaintext means. Its input is hostile: whatever the bytes, it neither panics
// nor allocates more than the size they announce, MaxSize at most.
package compress

import (
	"encoding/binary"
	"slices"
)

// MaxSize is the most that one PDU may become, in bytes.
const MaxSize = 16 << 20

// The compression algorithms, [MS-SMB2] 2.2.3.1.3.
const (
	algNone        = 0
	algLZNT1       = 1
	algLZ77        = 2
	algLZ77Huffman = 3
	algPatternV1   = 4
	algLZ4         = 5
)

// Lengths and offsets within the transform headers, in bytes.
const (
	unchainedLen  = 16 // [MS-SMB2] 2.2.42.1
	chainedLen    = 8  // [MS-SMB2] 2.2.42.2
	payloadLen    = 8  // [MS-SMB2] 2.2.42.2.1, without OriginalPayloadSize
	patternLen    = 8  // [MS-SMB2] 2.2.42.2.2
	flagsOffset   = 10
	flagIsChained = 0x0001
)

// Why says why a PDU could not be put together.
type Why uint8

// The reasons. None is success.
const (
	None             Why = iota
	NotCompressed        // no compression transform header at its start
	Truncated            // a header or a payload goes beyond the bytes there are
	UnknownAlgorithm     // an algorithm that is not known, or not possible there
	TooLarge             // it would become more than MaxSize
	Corrupt              // the compressed bytes contradict themselves
	TooShort             // it becomes less than announced
	TooLong              // it becomes more than announced
)

// String says it in words.
func (w Why) String() string {
	switch w {
	case None:
		return "none"
	case NotCompressed:
		return "no compression transform header"
	case Truncated:
		return "compressed data cut short"
	case UnknownAlgorithm:
		return "compression algorithm unknown"
	case TooLarge:
		return "decompressed size over the limit"
	case Corrupt:
		return "compressed data corrupt"
	case TooShort:
		return "decompressed size less than announced"
	case TooLong:
		return "decompressed size more than announced"
	}
	return "reason unknown"
}

// Decompress puts together what a compression transform PDU holds, chained or
// unchained, [MS-SMB2] 2.2.42. The PDU has 0xFC 'S' 'M' 'B' at its start, and
// integers in it are little endian. The plaintext is appended to dst. With any
// reason but None, plain has dst's length, and only its capacity may differ.
func Decompress(dst, pdu []byte) (plain []byte, why Why) {
	if len(pdu) < 4 || string(pdu[:4]) != "\xfcSMB" {
		return dst, NotCompressed
	}
	if len(pdu) < flagsOffset+2 {
		return dst, Truncated
	}
	if binary.LittleEndian.Uint16(pdu[flagsOffset:])&flagIsChained != 0 {
		return chained(dst, pdu)
	}
	return unchained(dst, pdu)
}

// unchained reads SMB2_COMPRESSION_TRANSFORM_HEADER_UNCHAINED, [MS-SMB2]
// 2.2.42.1: Offset bytes as they are, then one compressed segment.
func unchained(dst, pdu []byte) ([]byte, Why) {
	if len(pdu) < unchainedLen {
		return dst, Truncated
	}
	size := int64(binary.LittleEndian.Uint32(pdu[4:]))
	alg := binary.LittleEndian.Uint16(pdu[8:])
	offset := int64(binary.LittleEndian.Uint32(pdu[12:]))
	in := pdu[unchainedLen:]
	switch {
	case !hasOriginalSize(alg):
		return dst, UnknownAlgorithm
	case offset+size > MaxSize:
		return dst, TooLarge
	case offset > int64(len(in)):
		return dst, Truncated
	}
	whole, out := grow(dst, int(offset+size))
	copy(out, in[:offset])
	if why := expand(out[offset:], in[offset:], alg); why != None {
		return whole[:len(dst)], why
	}
	return whole, None
}

// chained reads SMB2_COMPRESSION_TRANSFORM_HEADER_CHAINED, [MS-SMB2] 2.2.42.2:
// payloads with a header each, whose plaintexts follow one another.
func chained(dst, pdu []byte) ([]byte, Why) {
	size := int64(binary.LittleEndian.Uint32(pdu[4:]))
	if size > MaxSize {
		return dst, TooLarge
	}
	whole, out := grow(dst, int(size))
	for in := pdu[chainedLen:]; len(in) > 0; {
		if len(in) < payloadLen {
			return whole[:len(dst)], Truncated
		}
		alg := binary.LittleEndian.Uint16(in)
		length := int64(binary.LittleEndian.Uint32(in[4:]))
		in = in[payloadLen:]
		if length > int64(len(in)) {
			return whole[:len(dst)], Truncated
		}
		n, why := payload(out, in[:length], alg)
		if why != None {
			return whole[:len(dst)], why
		}
		in, out = in[length:], out[n:]
	}
	if len(out) > 0 {
		return whole[:len(dst)], TooShort
	}
	return whole, None
}

// payload puts one payload of a chain at the start of out, and tells how many
// bytes it became, [MS-SMB2] 2.2.42.2.1.
func payload(out, in []byte, alg uint16) (int, Why) {
	size := int64(len(in))
	switch {
	case alg == algPatternV1:
		if len(in) < patternLen {
			return 0, Truncated
		}
		size = int64(binary.LittleEndian.Uint32(in[4:]))
	case hasOriginalSize(alg):
		if len(in) < 4 {
			return 0, Truncated
		}
		size = int64(binary.LittleEndian.Uint32(in))
		in = in[4:]
	}
	if size > int64(len(out)) {
		return 0, TooLong
	}
	return int(size), expand(out[:size], in, alg)
}

// hasOriginalSize reports whether a payload of the algorithm states its
// OriginalPayloadSize. Only these algorithms stand in unchained transforms.
func hasOriginalSize(alg uint16) bool {
	return alg == algLZNT1 || alg == algLZ77 || alg == algLZ77Huffman || alg == algLZ4
}

// expand fills out, to its last byte, with what in becomes.
func expand(out, in []byte, alg uint16) Why {
	switch alg {
	case algNone:
		copy(out, in)
		return None
	case algLZNT1:
		return lznt1(out, in)
	case algLZ77:
		return lz77(out, in)
	case algLZ77Huffman:
		return lz77Huffman(out, in)
	case algPatternV1:
		repeat(out, in[0])
		return None
	case algLZ4:
		return lz4(out, in)
	}
	return UnknownAlgorithm
}

// grow makes room for n bytes behind dst, and returns both all of it and the
// room alone. The room is not cleared.
func grow(dst []byte, n int) (whole, room []byte) {
	whole = slices.Grow(dst, n)[:len(dst)+n]
	return whole, whole[len(dst):]
}

// full is the verdict at the end of the compressed bytes, when the first n
// bytes of out are filled.
func full(out []byte, n int) Why {
	if n < len(out) {
		return TooShort
	}
	return None
}

// repeat fills out with one byte.
func repeat(out []byte, b byte) {
	if len(out) == 0 {
		return
	}
	out[0] = b
	match(out, 1, 1, len(out)-1)
}

// match copies length bytes from distance bytes back to out[n:]; source and
// target may overlap. The result is the new n.
func match(out []byte, n, distance, length int) int {
	from, end := n-distance, n+length
	for n < end {
		n += copy(out[n:end], out[from:n])
	}
	return n
}
