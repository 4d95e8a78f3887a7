package compress

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

var algorithms = []struct {
	name string
	id   uint16
}{{"LZNT1", algLZNT1}, {"LZ77", algLZ77}, {"LZ77Huffman", algLZ77Huffman}, {"LZ4", algLZ4}}

// vectorFile has the examples of [MS-XCA] 3.1 to 3.3, and LZ4 blocks that the
// reference compressor made.
//
//go:embed testdata/vectors.txt
var vectorFile string

type vector struct {
	name              string
	alg               uint16
	compressed, plain []byte
}

func vectors(tb testing.TB) []vector {
	var out []vector
	for line := range strings.Lines(vectorFile) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Fields(line)
		alg, err := strconv.Atoi(f[1])
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, vector{f[0], uint16(alg), unhex(tb, f[2]), unhex(tb, f[3])})
	}
	// What Windows makes of 65537 zeros: one block, whose match goes beyond 64 KiB.
	zeros := make([]byte, tableLen, tableLen+7)
	zeros[0], zeros[128], zeros[135] = 0x02, 0x02, 0x10
	zeros = append(zeros, 0x00, 0x98, 0x00, 0x00, 0xff, 0xfd, 0xff)
	return append(out, vector{"huffman-zeros", algLZ77Huffman, zeros, make([]byte, 65537)})
}

func unhex(tb testing.TB, s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		out := make([]byte, len(v.plain))
		if why := expand(out, v.compressed, v.alg); why != None || !bytes.Equal(out, v.plain) {
			t.Errorf("%s: %v, got %.60x want %.60x", v.name, why, out, v.plain)
		}
		if why := expand(make([]byte, len(v.plain)+1), v.compressed, v.alg); why != TooShort {
			t.Errorf("%s: one byte more announced: %v", v.name, why)
		}
		if why := expand(make([]byte, len(v.plain)-1), v.compressed, v.alg); why == TooShort {
			t.Errorf("%s: one byte less announced: %v", v.name, why)
		}
		for n := range v.compressed[:max(0, len(v.compressed)-8)] {
			if why := expand(out, v.compressed[:n], v.alg); why != Truncated && why != TooShort {
				t.Errorf("%s: cut to %d bytes: %v", v.name, n, why)
			}
		}
	}
}

func samples() map[string][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 70000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	var text []byte
	words := strings.Fields("lorem ipsum dolor sit amet consectetur adipiscing elit share oplock packet dialect")
	for len(text) < 200000 {
		text = append(text, words[r.IntN(len(words))]...)
		text = append(text, ' ')
	}
	mixed := bytes.Join([][]byte{text[:70000], make([]byte, 150000), noise[:5000], text[:30000], noise[:5000]}, nil)
	return map[string][]byte{
		"empty": {}, "one": {7}, "three": {7, 7, 7}, "text": text, "noise": noise, "mixed": mixed,
		"zeros": make([]byte, 300000), "block": text[:blockSize], "chunk": text[:chunkSize], "chunk+1": text[:chunkSize+1],
	}
}

func TestRoundTrip(t *testing.T) {
	for name, data := range samples() {
		for _, a := range algorithms {
			packed := encode(a.id, data)
			out := make([]byte, len(data))
			if why := expand(out, packed, a.id); why != None || !bytes.Equal(out, data) {
				t.Errorf("%s %s: %v, equal %v", name, a.name, why, bytes.Equal(out, data))
			}
		}
	}
}

func header(size int, rest ...uint16) []byte {
	b := binary.LittleEndian.AppendUint32([]byte("\xfcSMB"), uint32(size))
	for _, v := range rest {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}

// link is one payload of a chain; size is its OriginalPayloadSize, below zero
// where it has none.
func link(alg, flags uint16, size int, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, alg)
	b = binary.LittleEndian.AppendUint16(b, flags)
	if size < 0 {
		return append(binary.LittleEndian.AppendUint32(b, uint32(len(data))), data...)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)+4))
	return append(binary.LittleEndian.AppendUint32(b, uint32(size)), data...)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// abc300 is the second example of [MS-XCA] 3.1, 300 bytes.
var abc300 = []byte{0xff, 0xff, 0xff, 0x1f, 'a', 'b', 'c', 0x17, 0x00, 0x0f, 0xff, 0x26, 0x01}

func TestPDU(t *testing.T) {
	abc := strings.Repeat("abc", 100)
	tests := []struct {
		name, want string
		why        Why
		pdu        []byte
	}{
		{"empty", "", NotCompressed, nil},
		{"plain", "", NotCompressed, []byte("\xfeSMB....................")},
		{"sealed", "", NotCompressed, []byte("\xfdSMB....................")},
		{"short", "", Truncated, header(0, 2)},
		{"unchained", abc, None, join(header(300, 2, 0, 0, 0), abc300)},
		{"offset", "head" + abc, None, join(header(300, 2, 0, 4, 0), []byte("head"), abc300)},
		{"offset alone", "head", None, join(header(0, 2, 0, 4, 0), []byte("head"))},
		{"unchained header cut", "", Truncated, header(300, 2, 0, 0)},
		{"offset beyond", "", Truncated, join(header(300, 2, 0, 14, 0), abc300)},
		{"offset wraps", "", TooLarge, join(header(300, 2, 0, 0xffff, 0xffff), abc300)},
		{"bomb", "", TooLarge, join(header(MaxSize+1, 2, 0, 0, 0), abc300)},
		{"unchained none", "", UnknownAlgorithm, join(header(3, 0, 0, 0, 0), []byte("abc"))},
		{"unchained pattern", "", UnknownAlgorithm, join(header(3, 4, 0, 0, 0), []byte("abc"))},
		{"unchained unknown", "", UnknownAlgorithm, join(header(3, 6, 0, 0, 0), []byte("abc"))},
		{"size less", "", TooLong, join(header(299, 2, 0, 0, 0), abc300)},
		{"size more", "", TooShort, join(header(301, 2, 0, 0, 0), abc300)},
		{"far back", "", Corrupt, join(header(300, 2, 0, 0, 0), []byte{0, 0, 0, 0x80, 0, 0})},

		{"chained", "head" + abc + "zzzzz", None, join(header(309), link(0, 1, -1, []byte("head")...),
			link(2, 0, 300, abc300...), link(4, 0, -1, 'z', 0, 0, 0, 5, 0, 0, 0))},
		{"chained none", "head", None, join(header(4), link(0, 1, -1, []byte("head")...))},
		{"no repetition", "head", None, join(header(4), link(0, 1, -1, []byte("head")...), link(4, 0, -1, 'z', 0, 0, 0, 0, 0, 0, 0))},
		{"chained bomb", "", TooLarge, join(header(MaxSize+1), link(0, 1, -1, []byte("head")...))},
		{"repetitions", "", TooLong, join(header(4), link(4, 1, -1, 'z', 0, 0, 0, 255, 255, 255, 255))},
		{"pattern cut", "", Truncated, join(header(4), link(4, 1, -1, 'z', 0, 0, 0, 4, 0, 0))},
		{"no size", "", Truncated, join(header(4), link(2, 1, -1, 1, 0, 0))},
		{"chain short", "", TooShort, join(header(5), link(0, 1, -1, []byte("head")...))},
		{"chain long", "", TooLong, join(header(3), link(0, 1, -1, []byte("head")...))},
		{"chain cut", "", Truncated, join(header(4), link(0, 1, -1, []byte("head")...), []byte{0, 0, 0})},
		{"payload cut", "", Truncated, join(header(4), link(0, 1, -1, []byte("head")...)[:11])},
		{"chain unknown", "", UnknownAlgorithm, join(header(4), link(9, 1, -1, []byte("head")...))},
		{"back over a payload", "", Corrupt, join(header(307), link(0, 1, -1, []byte("head")...),
			link(2, 0, 303, 0, 0, 0, 0x80, 0, 0))},
	}
	for _, tt := range tests {
		got, why := Decompress([]byte("before"), tt.pdu)
		if why != tt.why || string(got) != "before"+tt.want {
			t.Errorf("%s: %v %.40q, want %v %.40q", tt.name, why, got, tt.why, tt.want)
		}
	}
}

// Corrupt ones, each with the announced size 16.
func TestCorrupt(t *testing.T) {
	tree := func(pairs map[int]byte, rest ...byte) []byte {
		b := make([]byte, tableLen)
		for i, v := range pairs {
			b[i] = v
		}
		return append(b, rest...)
	}
	tests := []struct {
		name string
		alg  uint16
		in   []byte
		want Why
	}{
		{"signature", algLZNT1, []byte{0, 0x80, 'a'}, Corrupt},
		{"chunk length", algLZNT1, []byte{0x05, 0xb0, 0, 'a'}, Truncated},
		{"end mark", algLZNT1, []byte{0, 0x30, 'a', 0, 0, 'b'}, TooShort},
		{"far back", algLZNT1, []byte{0x03, 0xb0, 2, 'a', 0x00, 0x10}, Corrupt},
		{"half a match", algLZNT1, []byte{0x02, 0xb0, 2, 'a', 0}, Truncated},
		{"length below what is had", algLZ77, []byte{0, 0, 0, 0x40, 'a', 7, 0, 15, 255, 21, 0}, Corrupt},
		{"wide length", algLZ77, []byte{0, 0, 0, 0x40, 'a', 7, 0, 15, 255, 0, 0, 255, 255, 255, 255}, TooLong},
		{"no code", algLZ77Huffman, tree(nil, 0, 0, 0, 0), Corrupt},
		{"code incomplete", algLZ77Huffman, tree(map[int]byte{0: 1}, 0, 0, 0, 0), Corrupt},
		{"code too full", algLZ77Huffman, tree(map[int]byte{0: 0x11, 1: 1}, 0, 0, 0, 0), Corrupt},
		{"end in between", algLZ77Huffman, tree(map[int]byte{0: 1, 128: 1}, 0, 0x40, 0, 0), TooShort},
		{"bits spent", algLZ77Huffman, tree(map[int]byte{0: 0x11}, 0, 0)[:tableLen+1], Truncated},
		{"distance 0", algLZ4, []byte{0x10, 'a', 0, 0}, Corrupt},
		{"far back", algLZ4, []byte{0x10, 'a', 2, 0}, Corrupt},
		{"length unended", algLZ4, []byte{0xf0, 0}, Truncated},
		{"length unbounded", algLZ4, append([]byte{0x1f, 'a', 1, 0}, bytes.Repeat([]byte{255}, 1000)...), TooLong},
	}
	for _, tt := range tests {
		if why := expand(make([]byte, 16), tt.in, tt.alg); why != tt.want {
			t.Errorf("%d %s: %v, want %v", tt.alg, tt.name, why, tt.want)
		}
	}
}

func TestWhy(t *testing.T) {
	seen := map[string]bool{}
	for w := None; w <= TooLong+1; w++ {
		if seen[w.String()] {
			t.Errorf("%d: %q twice", w, w)
		}
		seen[w.String()] = true
	}
}

func TestAllocs(t *testing.T) {
	text := samples()["text"]
	dst := make([]byte, 0, len(text))
	for _, a := range algorithms {
		pdu := append(header(len(text), a.id, 0, 0, 0), encode(a.id, text)...)
		if n := testing.AllocsPerRun(2, func() { dst, _ = Decompress(dst[:0], pdu) }); n != 0 {
			t.Errorf("%s: %v allocations", a.name, n)
		}
	}
}

func FuzzDecompress(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(append(header(len(v.plain), v.alg, 0, 0, 0), v.compressed...))
		f.Add(append(header(len(v.plain)), link(v.alg, 1, len(v.plain), v.compressed...)...))
	}
	f.Add(join(header(309), link(0, 1, -1, []byte("head")...), link(2, 0, 300, abc300...), link(4, 0, -1, 'z', 0, 0, 0, 5, 0, 0, 0)))
	f.Fuzz(func(t *testing.T, pdu []byte) {
		if len(pdu) >= 8 && binary.LittleEndian.Uint32(pdu[4:]) > 1<<20 {
			return
		}
		a, why := Decompress(nil, pdu)
		if why != None && len(a) != 0 || len(a) > MaxSize {
			t.Fatalf("%v with %d bytes", why, len(a))
		}
		dirty := bytes.Repeat([]byte{0xa5}, len(a)+64)
		b, again := Decompress(dirty[:3], pdu)
		if again != why || string(b[:3]) != "\xa5\xa5\xa5" || !bytes.Equal(b[3:], a) {
			t.Fatalf("%v, then %v: what the buffer held shows", why, again)
		}
	})
}

// fuzzCodec has one codec read any bytes: it fills its output, whatever that held,
// in one way alone or says why not.
func fuzzCodec(f *testing.F, alg uint16, codec func(out, in []byte) Why) {
	for _, v := range vectors(f) {
		if v.alg == alg {
			f.Add(v.compressed, uint16(len(v.plain)))
		}
	}
	f.Add([]byte{0x11, 'a', 1, 0}, uint16(9))
	f.Fuzz(func(t *testing.T, in []byte, n uint16) {
		a, b := make([]byte, n), bytes.Repeat([]byte{0xa5}, int(n))
		why, again := codec(a, in), codec(b, in)
		if why != again || why == None && !bytes.Equal(a, b) {
			t.Fatalf("%v, then %v: what the buffer held shows", why, again)
		}
	})
}

func FuzzLZNT1(f *testing.F)       { fuzzCodec(f, algLZNT1, lznt1) }
func FuzzLZ77(f *testing.F)        { fuzzCodec(f, algLZ77, lz77) }
func FuzzLZ77Huffman(f *testing.F) { fuzzCodec(f, algLZ77Huffman, lz77Huffman) }
func FuzzLZ4(f *testing.F)         { fuzzCodec(f, algLZ4, lz4) }
func FuzzPattern(f *testing.F) {
	fuzzCodec(f, algPatternV1, func(out, in []byte) Why {
		n, why := payload(out, in, algPatternV1)
		if why == None && n < len(out) {
			clear(out[n:])
		}
		return why
	})
}

func BenchmarkDecompress(b *testing.B) {
	data := samples()
	for _, kind := range []string{"text", "mixed"} {
		for _, a := range algorithms {
			b.Run(fmt.Sprintf("%s/%s", a.name, kind), func(b *testing.B) {
				plain := data[kind]
				benchmark(b, len(plain), append(header(len(plain), a.id, 0, 0, 0), encode(a.id, plain)...))
			})
		}
	}
	b.Run("PatternV1", func(b *testing.B) {
		benchmark(b, 1<<18, join(header(1<<18), link(4, 1, -1, 'z', 0, 0, 0, 0, 0, 4, 0)))
	})
}

func benchmark(b *testing.B, size int, pdu []byte) {
	b.SetBytes(int64(size))
	b.ReportAllocs()
	var dst []byte
	for b.Loop() {
		var why Why
		if dst, why = Decompress(dst[:0], pdu); why != None {
			b.Fatal(why)
		}
	}
}
