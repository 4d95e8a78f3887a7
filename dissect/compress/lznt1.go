package compress

import "encoding/binary"

// Parts of an LZNT1 chunk, [MS-XCA] 2.5.
const (
	chunkSize         = 4096   // plain bytes in a chunk, at most
	chunkLengthMask   = 0x0FFF // length of the chunk's data in bytes, less 1
	chunkSignature    = 0x3000
	chunkSignMask     = 0x7000
	chunkIsCompressed = 0x8000
)

// lznt1 fills out with what LZNT1 data become, [MS-XCA] 2.5: chunks with a
// 16-bit header each; a header of zero ends them before the bytes do.
func lznt1(out, in []byte) Why {
	n := 0
	for len(in) >= 2 {
		head := binary.LittleEndian.Uint16(in)
		if head == 0 {
			break
		}
		length := int(head&chunkLengthMask) + 1
		in = in[2:]
		if head&chunkSignMask != chunkSignature {
			return Corrupt
		}
		if length > len(in) {
			return Truncated
		}
		room := out[n:min(len(out), n+chunkSize)]
		m, why := length, None
		if head&chunkIsCompressed != 0 {
			m, why = lznt1Chunk(room, in[:length])
		} else if length > len(room) {
			why = TooLong
		} else {
			copy(room, in[:length])
		}
		if why != None {
			return why
		}
		n, in = n+m, in[length:]
	}
	return full(out, n)
}

// lznt1Chunk fills the start of out with what the data of a compressed chunk
// become, and tells how many bytes that is, [MS-XCA] 2.5. A flag byte tells,
// from its low bit on, which of the next eight elements are matches.
func lznt1Chunk(out, in []byte) (int, Why) {
	n, at := 0, 0
	for at < len(in) {
		flags := in[at]
		at++
		for i := 0; i < 8 && at < len(in); i, flags = i+1, flags>>1 {
			if flags&1 == 0 {
				if n == len(out) {
					return 0, TooLong
				}
				out[n] = in[at]
				n, at = n+1, at+1
				continue
			}
			if at+2 > len(in) {
				return 0, Truncated
			}
			word := int(binary.LittleEndian.Uint16(in[at:]))
			at += 2
			bits := lengthBits(n)
			distance := word>>bits + 1
			length := word&(1<<bits-1) + 3
			if distance > n {
				return 0, Corrupt
			}
			if length > len(out)-n {
				return 0, TooLong
			}
			n = match(out, n, distance, length)
		}
	}
	return n, None
}

// lengthBits is how many low bits of a match are its length when n bytes of
// the chunk stand before it; the others, 4 to 12, are its displacement.
func lengthBits(n int) int {
	bits := 12
	for bits > 4 && n > 1<<(16-bits) {
		bits--
	}
	return bits
}
