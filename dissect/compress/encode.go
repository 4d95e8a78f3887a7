package compress

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// minMatch is the length from which on matches exist in all algorithms of
// [MS-XCA].
const minMatch = 3

// longest bounds matches so that 16 bits hold their length less minMatch.
const longest = 1<<16 - 1 + minMatch

// finder finds earlier places of the bytes at a place: the last one with the
// same three bytes, no others, which is quick rather than best.
type finder struct {
	data []byte
	last [1 << finderBits]int32 // by hash: place + 1
}

const finderBits = 13

func (f *finder) slot(n int) *int32 {
	v := uint32(f.data[n]) | uint32(f.data[n+1])<<8 | uint32(f.data[n+2])<<16
	return &f.last[v*0x9E3779B1>>(32-finderBits)]
}

// match gives the match at place n, not longer than most and at most window
// bytes back; length 0 when there is none.
func (f *finder) match(n, window, most int) (distance, length int) {
	if n+minMatch > len(f.data) {
		return 0, 0
	}
	slot := f.slot(n)
	from := int(*slot) - 1
	*slot = int32(n + 1)
	if from < 0 || n-from > window {
		return 0, 0
	}
	length = common(f.data[from:], f.data[n:min(len(f.data), n+most)])
	if length < minMatch {
		return 0, 0
	}
	return n - from, length
}

// pass takes notice of the places inside a match.
func (f *finder) pass(from, to int) {
	for n := from; n < min(to, len(f.data)-minMatch+1); n++ {
		*f.slot(n) = int32(n + 1)
	}
}

// common counts the bytes that a and b, not longer than a, have in common at
// their start.
func common(a, b []byte) int {
	n := 0
	for n+8 <= len(b) {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
		n += 8
	}
	for n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// appendLZNT1 appends data in LZNT1, [MS-XCA] 2.5, chunk by chunk.
func appendLZNT1(out, data []byte) []byte {
	for chunk := range slices.Chunk(data, chunkSize) {
		at := len(out)
		out = appendChunk(append(out, 0, 0), chunk)
		head := chunkSignature | chunkIsCompressed
		if len(out)-at-2 >= len(chunk) {
			head, out = chunkSignature, append(out[:at+2], chunk...)
		}
		binary.LittleEndian.PutUint16(out[at:], uint16(head|(len(out)-at-3)))
	}
	return out
}

// appendChunk appends the elements of one chunk, eight under each flag byte.
func appendChunk(out, chunk []byte) []byte {
	f := finder{data: chunk}
	flags := 0
	for n, i := 0, 0; n < len(chunk); i++ {
		if i%8 == 0 {
			flags = len(out)
			out = append(out, 0)
		}
		width := lengthBits(n)
		distance, length := f.match(n, 1<<(16-width), 1<<width-1+minMatch)
		if length == 0 {
			out = append(out, chunk[n])
			n++
			continue
		}
		out[flags] |= 1 << (i % 8)
		out = binary.LittleEndian.AppendUint16(out, uint16((distance-1)<<width|(length-minMatch)))
		f.pass(n+1, n+length)
		n += length
	}
	return out
}

// appendLZ77 appends data in plain LZ77, [MS-XCA] 2.3.4.
func appendLZ77(out, data []byte) []byte {
	const window = 1 << 13
	f := finder{data: data}
	at, flags, count := len(out), uint32(0), 0
	shared := 0 // where the byte stands whose high half is free, 0 if none
	out = append(out, 0, 0, 0, 0)
	for n := 0; n < len(data); {
		distance, length := f.match(n, window, longest)
		flags <<= 1
		if length == 0 {
			out = append(out, data[n])
			n++
		} else {
			flags |= 1
			out, shared = appendMatch(out, distance, length-minMatch, shared)
			f.pass(n+1, n+length)
			n += length
		}
		if count++; count == 32 {
			binary.LittleEndian.PutUint32(out[at:], flags)
			at, flags, count = len(out), 0, 0
			out = append(out, 0, 0, 0, 0)
		}
	}
	flags = flags<<(32-count) | (1<<(32-count) - 1) // a match where the bytes end is the end
	binary.LittleEndian.PutUint32(out[at:], flags)
	return out
}

// appendMatch appends a match of plain LZ77. Two lengths that 3 bits do not hold
// share the byte with their next 4 bits.
func appendMatch(out []byte, distance, length, shared int) ([]byte, int) {
	const most = 7
	out = binary.LittleEndian.AppendUint16(out, uint16((distance-1)<<3|min(length, most)))
	if length < most {
		return out, shared
	}
	half := byte(min(length-most, 15))
	if shared == 0 {
		shared = len(out)
		out = append(out, half)
	} else {
		out[shared] |= half << 4
		shared = 0
	}
	if half == 15 {
		out = appendLength(out, length, most+15)
	}
	return out, shared
}

// appendLength appends what longLength reads.
func appendLength(out []byte, length, most int) []byte {
	if length-most < 255 {
		return append(out, byte(length-most))
	}
	return binary.LittleEndian.AppendUint16(append(out, 255), uint16(length))
}
