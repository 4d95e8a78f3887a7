package compress

import (
	"encoding/binary"
	"slices"
)

// element is a literal, or with a length a match.
type element struct {
	literal          byte
	distance, length int
}

// elements cuts data into literals and matches, greedily. A match starts at
// most window bytes back, and at the place n is at most longest(n) long.
func elements(data []byte, window int, longest func(n int) int) []element {
	var out []element
	last := map[[3]byte]int{}
	for n := 0; n < len(data); {
		e := element{literal: data[n]}
		if n+3 <= len(data) {
			if from, ok := last[[3]byte(data[n:])]; ok && n-from <= window {
				e.distance, e.length = n-from, 3
				for n+e.length < len(data) && e.length < longest(n) && data[from+e.length] == data[n+e.length] {
					e.length++
				}
			}
		}
		out = append(out, e)
		for end := n + max(e.length, 1); n < end; n++ {
			if n+3 <= len(data) {
				last[[3]byte(data[n:])] = n
			}
		}
	}
	return out
}

func encode(alg uint16, data []byte) []byte {
	switch alg {
	case algLZNT1:
		return encodeLZNT1(data)
	case algLZ77:
		return encodeLZ77(data)
	case algLZ77Huffman:
		return encodeHuffman(data)
	case algLZ4:
		return encodeLZ4(data)
	}
	return data
}

// encodeLZNT1 follows [MS-XCA] 2.5.
func encodeLZNT1(data []byte) []byte {
	var out []byte
	for chunk := range slices.Chunk(data, chunkSize) {
		var body []byte
		flags, n := 0, 0
		list := elements(chunk, chunkSize, func(n int) int { return 1<<lengthBits(n) + 2 })
		for i, e := range list {
			if i%8 == 0 {
				flags = len(body)
				body = append(body, 0)
			}
			if e.length == 0 {
				body = append(body, e.literal)
				n++
				continue
			}
			body[flags] |= 1 << (i % 8)
			body = binary.LittleEndian.AppendUint16(body, uint16((e.distance-1)<<lengthBits(n)|(e.length-3)))
			n += e.length
		}
		head := uint16(chunkIsCompressed | chunkSignature)
		if len(body) >= len(chunk) {
			head, body = chunkSignature, chunk
		}
		out = binary.LittleEndian.AppendUint16(out, head|uint16(len(body)-1))
		out = append(out, body...)
	}
	return out
}

// appendLong appends what a length, less 3, is over most.
func appendLong(out []byte, length, most int) []byte {
	switch {
	case length-most < 255:
		return append(out, byte(length-most))
	case length < 1<<16:
		return binary.LittleEndian.AppendUint16(append(out, 255), uint16(length))
	}
	return binary.LittleEndian.AppendUint32(append(out, 255, 0, 0), uint32(length))
}

// encodeLZ77 follows [MS-XCA] 2.3.4.
func encodeLZ77(data []byte) []byte {
	out := make([]byte, 4)
	at, word, count, shared := 0, uint32(0), 0, 0
	flag := func(bit uint32) {
		word, count = word<<1|bit, count+1
		if count == 32 {
			binary.LittleEndian.PutUint32(out[at:], word)
		}
	}
	for _, e := range elements(data, 8192, func(int) int { return 1 << 20 }) {
		if count == 32 {
			at, count = len(out), 0
			out = append(out, 0, 0, 0, 0)
		}
		if e.length == 0 {
			flag(0)
			out = append(out, e.literal)
			continue
		}
		flag(1)
		length := e.length - 3
		out = binary.LittleEndian.AppendUint16(out, uint16((e.distance-1)<<3|min(length, 7)))
		if length < 7 {
			continue
		}
		half := byte(min(length-7, 15))
		if shared == 0 {
			shared = len(out)
			out = append(out, half)
		} else {
			out[shared] |= half << 4
			shared = 0
		}
		if half == 15 {
			out = appendLong(out, length, 22)
		}
	}
	if count == 32 {
		return append(out, 255, 255, 255, 255)
	}
	for count < 32 {
		flag(1)
	}
	return out
}

// encodeHuffman follows [MS-XCA] 2.1.4, except that the lengths of the codes,
// which are complete and go from 2 to 15 bits, are not the best.
func encodeHuffman(data []byte) []byte {
	var out []byte
	list := elements(data, 65535, func(int) int { return 1 << 20 })
	for len(list) > 0 {
		n, count := 0, 0
		for count < len(list) && n < blockSize {
			n += max(list[count].length, 1)
			count++
		}
		out = encodeBlock(out, list[:count], count == len(list))
		list = list[count:]
	}
	return out
}

func symbolOf(e element) (symbol, width int) {
	if e.length == 0 {
		return int(e.literal), 0
	}
	for e.distance>>(width+1) > 0 {
		width++
	}
	return endSymbol + width<<4 + min(e.length-3, longestInClass), width
}

func encodeBlock(out []byte, list []element, final bool) []byte {
	var often, order, lengths, codes [symbolCount]int
	for _, e := range list {
		s, _ := symbolOf(e)
		often[s]++
	}
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order[:], func(a, b int) int { return often[b] - often[a] })
	head := []int{2, 2, 2, 12, 13, 14, 15, 15, 10, 10, 10, 10, 10, 10, 10}
	for rank, s := range order {
		lengths[s] = 11
		if rank < len(head) {
			lengths[s] = head[rank]
		}
	}
	code := 0
	for l := 1; l <= longestCode; l++ {
		for s := range codes {
			if lengths[s] == l {
				codes[s] = code >> (longestCode - l)
				code += 1 << (longestCode - l)
			}
		}
	}
	for s := 0; s < symbolCount; s += 2 {
		out = append(out, byte(lengths[s]|lengths[s+1]<<4))
	}
	slots := [2]int{len(out), len(out) + 2}
	out = append(out, 0, 0, 0, 0)
	word, free := 0, 16
	put := func(v, n int) {
		for n--; n >= 0; n-- {
			if free == 0 {
				binary.LittleEndian.PutUint16(out[slots[0]:], uint16(word))
				slots = [2]int{slots[1], len(out)}
				out = append(out, 0, 0)
				word, free = 0, 16
			}
			word, free = word<<1|v>>n&1, free-1
		}
	}
	for _, e := range list {
		s, width := symbolOf(e)
		put(codes[s], lengths[s])
		if s >= endSymbol && s&longestInClass == longestInClass {
			out = appendLong(out, e.length-3, longestInClass)
		}
		put(e.distance, width)
	}
	if final {
		put(codes[endSymbol], lengths[endSymbol])
	}
	binary.LittleEndian.PutUint16(out[slots[0]:], uint16(word<<free))
	return out
}

// encodeLZ4 follows the LZ4 block format.
func encodeLZ4(data []byte) []byte {
	var out, literals []byte
	more := func(n int) {
		for n -= 15; n >= 255; n -= 255 {
			out = append(out, 255)
		}
		if n >= 0 {
			out = append(out, byte(n))
		}
	}
	head := func(length int) {
		out = append(out, byte(min(len(literals), 15)<<4|min(length, 15)))
		more(len(literals))
		out = append(out, literals...)
		literals = literals[:0]
	}
	n := 0
	for _, e := range elements(data, 65535, func(int) int { return 1 << 20 }) {
		if e.length < 4 {
			literals = append(literals, data[n:n+max(e.length, 1)]...)
		} else {
			head(e.length - 4)
			out = binary.LittleEndian.AppendUint16(out, uint16(e.distance))
			more(e.length - 4)
		}
		n += max(e.length, 1)
	}
	head(0)
	return out
}
