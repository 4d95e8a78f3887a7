package compress

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// encode is the encoder of an algorithm; that of LZ4 is the tests' own.
func encode(alg uint16, data []byte) []byte {
	switch alg {
	case algLZNT1:
		return appendLZNT1(nil, data)
	case algLZ77:
		return appendLZ77(nil, data)
	case algLZ77Huffman:
		return appendHuffman(nil, data)
	case algLZ4:
		return encodeLZ4(data)
	}
	return data
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
	f := finder{data: data}
	for n < len(data) {
		distance, length := f.match(n, 65535, len(data))
		if length < 4 {
			literals = append(literals, data[n])
			n++
			continue
		}
		head(length - 4)
		out = binary.LittleEndian.AppendUint16(out, uint16(distance))
		more(length - 4)
		f.pass(n+1, n+length)
		n += length
	}
	head(0)
	return out
}

// TestEncodeVectors wants the bytes of [MS-XCA] 3.1 and 3.2 for their texts; the
// matches of 3.3 are better ones.
func TestEncodeVectors(t *testing.T) {
	for _, v := range vectors(t) {
		if !strings.HasPrefix(v.name, "MS-XCA-3.1") && !strings.HasPrefix(v.name, "MS-XCA-3.2") {
			continue
		}
		if got := encode(v.alg, v.plain); !bytes.Equal(got, v.compressed) {
			t.Errorf("%s: %d bytes, want %d\n%x\n%x", v.name, len(got), len(v.compressed), got, v.compressed)
		}
	}
}
