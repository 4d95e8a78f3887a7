package compress

import (
	"encoding/binary"
	"slices"
)

// Algorithm is a compression algorithm, [MS-SMB2] 2.2.3.1.3.
type Algorithm uint16

// The algorithms that messages are compressed with.
const (
	LZNT1       Algorithm = algLZNT1
	LZ77        Algorithm = algLZ77
	LZ77Huffman Algorithm = algLZ77Huffman
	PatternV1   Algorithm = algPatternV1
)

// String gives the name of [MS-SMB2] 2.2.3.1.3.
func (a Algorithm) String() string {
	switch a {
	case LZNT1:
		return "LZNT1"
	case LZ77:
		return "LZ77"
	case LZ77Huffman:
		return "LZ77+Huffman"
	case PatternV1:
		return "Pattern_V1"
	}
	return ""
}

// Codec is what the two sides of a connection have agreed on, [MS-SMB2]
// 2.2.3.1.3: algorithms, best first, and whether transforms are chained.
type Codec struct {
	Algorithms []Algorithm
	Chained    bool
}

const (
	minRun = 32  // bytes of a run that make a Pattern_V1 payload
	minLZ  = 256 // bytes that are worth an algorithm
)

// best gives the algorithm that data are compressed with, 0 for none.
func (c *Codec) best() Algorithm {
	for _, a := range c.Algorithms {
		if a != PatternV1 {
			return a
		}
	}
	return 0
}

// Pack appends the compression transform of a message to dst, [MS-SMB2] 3.1.4.4.
// The first head bytes of the message stay as they are. It reports false, and dst
// stays, when the transform would not be smaller than the message.
func (c *Codec) Pack(dst, msg []byte, head int) ([]byte, bool) {
	if len(msg) > MaxSize {
		return dst, false
	}
	head = min(head, len(msg))
	out := append(dst, 0xfc, 'S', 'M', 'B')
	if c.Chained {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(msg)))
		out = c.packChain(out, msg, head)
	} else {
		if c.best() == 0 {
			return dst, false
		}
		out = binary.LittleEndian.AppendUint32(out, uint32(len(msg)-head))
		out = binary.LittleEndian.AppendUint16(out, uint16(c.best()))
		out = binary.LittleEndian.AppendUint16(out, 0)
		out = binary.LittleEndian.AppendUint32(out, uint32(head))
		out = append(out, msg[:head]...)
		out = appendPacked(out, msg[head:], c.best())
	}
	if len(out)-len(dst) >= len(msg) {
		return dst, false
	}
	return out, true
}

// packChain appends the payloads of a chained transform, [MS-SMB2] 2.2.42.2.1:
// bytes as they are, a run, packed bytes, a run; what is not there is left out.
func (c *Codec) packChain(out, msg []byte, head int) []byte {
	flags := uint16(flagIsChained) // on the first payload alone
	add := func(alg Algorithm, data []byte) {
		out = appendPayload(out, data, alg, flags)
		flags = 0
	}
	front, back := head, len(msg)
	if slices.Contains(c.Algorithms, PatternV1) {
		front, back = runs(msg, head)
	}
	middle := c.best()
	if back-front < minLZ {
		middle = algNone
	}
	if front == head && middle == algNone { // no payload lies between
		head, front = back, back
	}
	if head > 0 {
		add(algNone, msg[:head])
	}
	if front > head {
		add(PatternV1, msg[head:front])
	}
	if back > front {
		add(middle, msg[front:back])
	}
	if len(msg) > back {
		add(PatternV1, msg[back:])
	}
	return out
}

// runs gives the ends of the run of one byte that msg has from head on, and the
// start of that at its end.
func runs(msg []byte, head int) (front, back int) {
	front, back = head, len(msg)
	for front < len(msg) && msg[front] == msg[head] {
		front++
	}
	if front-head < minRun {
		front = head
	}
	for back > front && msg[back-1] == msg[len(msg)-1] {
		back--
	}
	if len(msg)-back < minRun {
		back = len(msg)
	}
	return front, back
}

// appendPayload appends one payload with its header, [MS-SMB2] 2.2.42.2.1. Data
// that would not become smaller stay as they are.
func appendPayload(out, data []byte, alg Algorithm, flags uint16) []byte {
	at := len(out)
	out = append(out, make([]byte, payloadLen)...)
	switch alg {
	case algNone:
		out = append(out, data...)
	case PatternV1:
		out = append(out, data[0], 0, 0, 0)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
	default:
		out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
		if out = appendPacked(out, data, alg); len(out)-at-payloadLen >= len(data) {
			alg, out = algNone, append(out[:at+payloadLen], data...)
		}
	}
	binary.LittleEndian.PutUint16(out[at:], uint16(alg))
	binary.LittleEndian.PutUint16(out[at+2:], flags)
	binary.LittleEndian.PutUint32(out[at+4:], uint32(len(out)-at-payloadLen))
	return out
}

// appendPacked appends what an algorithm makes of data.
func appendPacked(out, data []byte, alg Algorithm) []byte {
	switch alg {
	case LZNT1:
		return appendLZNT1(out, data)
	case LZ77:
		return appendLZ77(out, data)
	default:
		return appendHuffman(out, data)
	}
}

// Unpack is Decompress for a transform that has to be as agreed: with none but
// those algorithms, chained or not, and of at most most bytes, [MS-SMB2]
// 3.3.5.2.13.
func (c *Codec) Unpack(dst, pdu []byte, most int) ([]byte, Why) {
	if len(pdu) < flagsOffset+2 || string(pdu[:4]) != "\xfcSMB" {
		return dst, NotCompressed
	}
	size := int64(binary.LittleEndian.Uint32(pdu[4:]))
	if chained := binary.LittleEndian.Uint16(pdu[flagsOffset:])&flagIsChained != 0; chained != c.Chained {
		return dst, NotCompressed
	}
	algorithms := pdu[8:]
	if !c.Chained {
		if len(pdu) < unchainedLen {
			return dst, Truncated
		}
		size += int64(binary.LittleEndian.Uint32(pdu[12:]))
		algorithms = pdu[8:10]
	}
	if size > int64(most) {
		return dst, TooLarge
	}
	for len(algorithms) >= 2 {
		a := Algorithm(binary.LittleEndian.Uint16(algorithms))
		if a != algNone && !slices.Contains(c.Algorithms, a) {
			return dst, UnknownAlgorithm
		}
		if len(algorithms) < payloadLen {
			break
		}
		next := int64(payloadLen) + int64(binary.LittleEndian.Uint32(algorithms[4:]))
		algorithms = algorithms[min(next, int64(len(algorithms))):]
	}
	return Decompress(dst, pdu)
}
