package compress

import (
	"encoding/binary"
	"math/bits"
)

// lz77 fills out with what plain LZ77 data become, [MS-XCA] 2.4.4. Flag words
// of 32 bits tell, from the high bit on, which of the next 32 elements are
// matches; a match where the bytes end is the end.
func lz77(out, in []byte) Why {
	var (
		n, at  int
		flags  uint32
		left   int // flags left in the word
		shared int // where the byte stands whose high half is the next length, 0 if none
	)
	for {
		if left == 0 {
			if at == len(in) {
				return full(out, n)
			}
			if len(in)-at < 4 {
				return Truncated
			}
			flags, left = binary.LittleEndian.Uint32(in[at:]), 32
			at += 4
		}
		if run := min(bits.LeadingZeros32(flags), left); run > 0 {
			flags, left = flags<<run, left-run
			run = min(run, len(in)-at)
			if run > len(out)-n {
				return TooLong
			}
			copy(out[n:n+run], in[at:])
			n, at = n+run, at+run
			continue
		}
		flags, left = flags<<1, left-1
		if at == len(in) {
			return full(out, n)
		}
		if len(in)-at < 2 {
			return Truncated
		}
		word := int(binary.LittleEndian.Uint16(in[at:]))
		at += 2
		distance, length := word>>3+1, word&7
		if length == 7 {
			var half int
			switch {
			case shared != 0:
				half, shared = int(in[shared]>>4), 0
			case at == len(in):
				return Truncated
			default:
				half, shared = int(in[at]&15), at
				at++
			}
			length += half
			if half == 15 {
				var why Why
				if length, at, why = longLength(in, at, length); why != None {
					return why
				}
			}
		}
		length += 3
		if distance > n {
			return Corrupt
		}
		if length > len(out)-n {
			return TooLong
		}
		n = match(out, n, distance, length)
	}
}

// longLength reads the length of a match, less 3, that the bits before could
// not hold: they hold most. A byte has what is over; 255 stands for 16 bits
// with all of it, and these being zero for 32 bits, [MS-XCA] 2.2.4 and 2.4.4.
func longLength(in []byte, at, most int) (length, next int, why Why) {
	if at >= len(in) {
		return 0, at, Truncated
	}
	length = int(in[at])
	at++
	if length < 255 {
		return most + length, at, None
	}
	if len(in)-at < 2 {
		return 0, at, Truncated
	}
	length = int(binary.LittleEndian.Uint16(in[at:]))
	at += 2
	if length == 0 {
		if len(in)-at < 4 {
			return 0, at, Truncated
		}
		wide := binary.LittleEndian.Uint32(in[at:])
		at += 4
		if wide > MaxSize {
			return 0, at, TooLong
		}
		length = int(wide)
	}
	if length < most {
		return 0, at, Corrupt
	}
	return length, at, None
}
