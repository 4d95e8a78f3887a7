package compress

import "encoding/binary"

// Sizes in LZ77+Huffman data, [MS-XCA] 2.1.4 and 2.2.4.
const (
	symbolCount    = 512 // 256 literals, 256 classes of matches
	tableLen       = symbolCount / 2
	blockSize      = 65536 // plain bytes after which a new table comes
	longestCode    = 15    // bits
	fastBits       = 10    // codes up to this long are looked up in one step
	endSymbol      = 256   // ends the data where the bytes end; else a match
	longestInClass = 15
)

// lz77Huffman fills out with what LZ77+Huffman data become, [MS-XCA] 2.2.4:
// blocks with a table of code lengths each.
func lz77Huffman(out, in []byte) Why {
	var codes huffman
	r := bitReader{in: in}
	for n := 0; n < len(out); {
		if len(in)-r.at < tableLen {
			return short(in, r.at)
		}
		if !codes.build(in[r.at : r.at+tableLen]) {
			return Corrupt
		}
		r.start(r.at + tableLen)
		for end := n + blockSize; n < end && n < len(out); {
			symbol := codes.next(&r)
			if r.spent() {
				return Truncated
			}
			if symbol < endSymbol {
				out[n] = byte(symbol)
				n++
				continue
			}
			if symbol == endSymbol && r.at >= len(in) {
				return TooShort
			}
			length := symbol & longestInClass
			if length == longestInClass {
				var why Why
				if length, r.at, why = longLength(in, r.at, length); why != None {
					return why
				}
			}
			length += 3
			width := (symbol - endSymbol) >> 4
			distance := 1<<width + r.peek(width)
			r.skip(width)
			if distance > n {
				return Corrupt
			}
			if length > len(out)-n {
				return TooLong
			}
			n = match(out, n, distance, length)
		}
	}
	return None
}

// short tells an end between blocks from one in the middle of a table.
func short(in []byte, at int) Why {
	if at >= len(in) {
		return TooShort
	}
	return Truncated
}

// bitReader takes bits from 16-bit little-endian words, the high bit first,
// [MS-XCA] 2.2.4. It is always between one and two words ahead, and the bytes
// of long lengths stand behind the words it has read. Beyond the end it reads
// zeros.
type bitReader struct {
	in   []byte
	at   int    // of the next word
	word uint32 // the next bits, from the high end
	over int    // bits in word beyond the first 16
}

func (r *bitReader) start(at int) {
	r.at = at
	r.word = r.read16() << 16
	r.word |= r.read16()
	r.over = 16
}

func (r *bitReader) read16() uint32 {
	at := r.at
	r.at += 2
	switch {
	case at+2 <= len(r.in):
		return uint32(binary.LittleEndian.Uint16(r.in[at:]))
	case at < len(r.in):
		return uint32(r.in[at])
	}
	return 0
}

// peek gives the next n bits, at most 16, without taking them.
func (r *bitReader) peek(n int) int { return int(r.word >> (32 - n)) }

// skip takes n bits, at most 16.
func (r *bitReader) skip(n int) {
	r.word <<= n
	r.over -= n
	if r.over < 0 {
		r.word |= r.read16() << -r.over
		r.over += 16
	}
}

// spent reports whether bits were taken that are beyond the end.
func (r *bitReader) spent() bool {
	return r.at > len(r.in) && (r.at-len(r.in))*8 > 16+r.over
}

// huffman is a canonical prefix code, [MS-XCA] 2.1.4.2 and 2.2.4.
type huffman struct {
	fast    [1 << fastBits]uint16 // symbol<<4 | length by the first bits, 0 where longer
	symbols [symbolCount]uint16   // in the order of their codes
	limit   [longestCode + 1]int  // by length: first 15-bit prefix beyond its codes
	base    [longestCode + 1]int  // by length: place in symbols, less the first code
}

// build makes the code from 512 lengths of 4 bits, the low half of a byte
// first. It reports whether they make a complete code.
func (h *huffman) build(table []byte) bool {
	var count, place [longestCode + 1]int
	for _, b := range table {
		count[b&15]++
		count[b>>4]++
	}
	code, at := 0, 0
	for l := 1; l <= longestCode; l++ {
		place[l] = at
		h.base[l] = at - code>>(longestCode-l)
		at += count[l]
		code += count[l] << (longestCode - l)
		h.limit[l] = code
	}
	if code != 1<<longestCode {
		return false
	}
	for i, b := range table {
		for s, l := range [2]byte{b & 15, b >> 4} {
			if l != 0 {
				h.symbols[place[l]] = uint16(2*i + s)
				place[l]++
			}
		}
	}
	clear(h.fast[h.quick(count[:]):])
	return true
}

// quick fills the table of short codes and tells how much of it.
func (h *huffman) quick(count []int) int {
	at, symbols := 0, h.symbols[:]
	for l := 1; l <= fastBits; l++ {
		for _, s := range symbols[:count[l]] {
			width := 1 << (fastBits - l)
			for i := range h.fast[at : at+width] {
				h.fast[at+i] = s<<4 | uint16(l)
			}
			at += width
		}
		symbols = symbols[count[l]:]
	}
	return at
}

// next takes one symbol.
func (h *huffman) next(r *bitReader) int {
	if e := h.fast[r.peek(fastBits)]; e != 0 {
		r.skip(int(e & 15))
		return int(e >> 4)
	}
	v, l := r.peek(longestCode), fastBits+1
	for v >= h.limit[l] {
		l++
	}
	r.skip(l)
	return int(h.symbols[h.base[l]+v>>(longestCode-l)])
}
