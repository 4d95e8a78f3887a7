package compress

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

// element is a literal, or with a length a match.
type element struct {
	literal          byte
	distance, length uint16 // length less minMatch
	matches          bool
}

// symbol gives the Huffman symbol of an element, and how many bits of its
// distance follow, [MS-XCA] 2.1.4.3.
func (e *element) symbol() (symbol, width int) {
	if !e.matches {
		return int(e.literal), 0
	}
	width = bits.Len16(e.distance) - 1
	return endSymbol + width<<4 + min(int(e.length), longestInClass), width
}

// appendHuffman appends data in LZ77+Huffman, [MS-XCA] 2.1.4: blocks of 64 KiB
// with a table of their own each. No match leaves its block.
func appendHuffman(out, data []byte) []byte {
	const window = 1<<16 - 1
	f := finder{data: data}
	list := make([]element, 0, min(len(data), blockSize))
	for n := 0; n < len(data); {
		list = list[:0]
		for end := min(n+blockSize, len(data)); n < end; {
			distance, length := f.match(n, window, min(end-n, longest))
			if length == 0 || distance == 1 && length == minMatch { // whose symbol would be that of the end
				list = append(list, element{literal: data[n]})
				n++
				continue
			}
			list = append(list, element{distance: uint16(distance), length: uint16(length - minMatch), matches: true})
			f.pass(n+1, n+length)
			n += length
		}
		out = appendBlock(out, list, n == len(data))
	}
	return out
}

// appendBlock appends the table of a block and its elements. The end symbol has a
// code in each block, and stands in the last.
func appendBlock(out []byte, list []element, last bool) []byte {
	var often [symbolCount]int
	often[endSymbol] = 1
	for i := range list {
		s, _ := list[i].symbol()
		often[s]++
	}
	lengths := codeLengths(&often)
	codes := codesOf(&lengths)
	for s := 0; s < symbolCount; s += 2 {
		out = append(out, lengths[s]|lengths[s+1]<<4)
	}
	w := startBits(out)
	for i := range list {
		e := &list[i]
		s, width := e.symbol()
		w.put(codes[s], int(lengths[s]))
		if e.matches && e.length >= longestInClass {
			w.out = appendLength(w.out, int(e.length), longestInClass)
		}
		w.put(e.distance&(1<<width-1), width)
	}
	if last {
		w.put(codes[endSymbol], int(lengths[endSymbol]))
	}
	return w.end()
}

// codeLengths gives the lengths of a Huffman code, [MS-XCA] 2.1.4.2. Where one
// is over longestCode the counts are flattened until none is.
func codeLengths(often *[symbolCount]int) (lengths [symbolCount]byte) {
	for !huffmanLengths(often, &lengths) {
		for s, n := range often {
			often[s] = (n + 1) / 2
		}
	}
	return lengths
}

// huffmanLengths joins the two rarest trees until one is left, and reports
// whether all leaves of that are near enough to its root.
func huffmanLengths(often *[symbolCount]int, lengths *[symbolCount]byte) bool {
	type node struct{ weight, up int }
	var leaves []int
	for s, n := range often {
		if n > 0 {
			leaves = append(leaves, s)
		}
	}
	slices.SortStableFunc(leaves, func(a, b int) int { return cmp.Compare(often[a], often[b]) })
	nodes := make([]node, len(leaves), 2*len(leaves))
	for i, s := range leaves {
		nodes[i].weight = often[s]
	}
	leaf, joint := 0, len(leaves) // the rarest of each kind that has no parent
	rarest := func() int {
		if leaf < len(leaves) && (joint == len(nodes) || nodes[leaf].weight <= nodes[joint].weight) {
			leaf++
			return leaf - 1
		}
		joint++
		return joint - 1
	}
	for range len(leaves) - 1 {
		a, b := rarest(), rarest()
		nodes[a].up, nodes[b].up = len(nodes), len(nodes)
		nodes = append(nodes, node{weight: nodes[a].weight + nodes[b].weight})
	}
	for i, s := range leaves {
		depth := 0
		for n := i; n < len(nodes)-1; n = nodes[n].up {
			depth++
		}
		if depth > longestCode {
			return false
		}
		lengths[s] = byte(depth)
	}
	return true
}

// codesOf gives the canonical codes of the lengths.
func codesOf(lengths *[symbolCount]byte) (codes [symbolCount]uint16) {
	code := uint16(0)
	for l := byte(1); l <= longestCode; l++ {
		for s, n := range lengths {
			if n == l {
				codes[s] = code
				code++
			}
		}
		code <<= 1
	}
	return codes
}

// bitWriter writes bits as bitReader reads them. Room for two words is kept in
// front of the bytes that are written besides.
type bitWriter struct {
	out   []byte
	slots [2]int // of the word under way, and of the next
	word  uint32
	count int // bits in word, which may be full
}

func startBits(out []byte) bitWriter {
	return bitWriter{out: append(out, 0, 0, 0, 0), slots: [2]int{len(out), len(out) + 2}}
}

// put writes the low n bits of v, at most 16.
func (w *bitWriter) put(v uint16, n int) {
	w.word = w.word<<n | uint32(v)
	if w.count += n; w.count > 16 {
		w.count -= 16
		binary.LittleEndian.PutUint16(w.out[w.slots[0]:], uint16(w.word>>w.count))
		w.slots = [2]int{w.slots[1], len(w.out)}
		w.out = append(w.out, 0, 0)
	}
}

func (w *bitWriter) end() []byte {
	binary.LittleEndian.PutUint16(w.out[w.slots[0]:], uint16(w.word<<(16-w.count)))
	return w.out
}
