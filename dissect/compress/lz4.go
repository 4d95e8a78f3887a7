package compress

import "encoding/binary"

// lz4 fills out with what an LZ4 block becomes, without a frame around it:
// algorithm LZ4 of [MS-SMB2] 2.2.3.1.3, the LZ4 block format. It is sequences
// of literals and a match; the last has literals alone.
func lz4(out, in []byte) Why {
	n := 0
	for at := 0; at < len(in); {
		token := int(in[at])
		length, at2, why := lz4Length(in, at+1, token>>4, len(out))
		if why != None {
			return why
		}
		at = at2
		if length > len(in)-at {
			return Truncated
		}
		if length > len(out)-n {
			return TooLong
		}
		copy(out[n:n+length], in[at:])
		n, at = n+length, at+length
		if at == len(in) {
			break
		}
		if len(in)-at < 2 {
			return Truncated
		}
		distance := int(binary.LittleEndian.Uint16(in[at:]))
		if length, at, why = lz4Length(in, at+2, token&15, len(out)); why != None {
			return why
		}
		length += 4
		if distance == 0 || distance > n {
			return Corrupt
		}
		if length > len(out)-n {
			return TooLong
		}
		n = match(out, n, distance, length)
	}
	return full(out, n)
}

// lz4Length reads what a length of 15 in the token is longer, up to the most
// that is of use: bytes to add, to the first that is not 255.
func lz4Length(in []byte, at, length, most int) (int, int, Why) {
	if length < 15 {
		return length, at, None
	}
	for length <= most {
		if at == len(in) {
			return 0, at, Truncated
		}
		b := in[at]
		length, at = length+int(b), at+1
		if b != 255 {
			return length, at, None
		}
	}
	return 0, at, TooLong
}
