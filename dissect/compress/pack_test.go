package compress

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// codecs are all that can be agreed on with one algorithm.
func codecs() (out []Codec) {
	for _, a := range []Algorithm{LZNT1, LZ77, LZ77Huffman} {
		out = append(out, Codec{[]Algorithm{a}, false}, Codec{[]Algorithm{a}, true}, Codec{[]Algorithm{PatternV1, a}, true})
	}
	return append(out, Codec{[]Algorithm{PatternV1}, true})
}

func TestPack(t *testing.T) {
	head := make([]byte, 80)
	for i := range head {
		head[i] = byte(i)
	}
	for name, data := range samples() {
		msg := join(head, data)
		for _, c := range codecs() {
			pdu, ok := c.Pack([]byte("before"), msg, len(head))
			if !ok {
				if name == "zeros" || name == "text" && c.best() != 0 {
					t.Errorf("%s %v: does not become smaller", name, c)
				}
				continue
			}
			if !bytes.HasPrefix(pdu, []byte("before\xfcSMB")) || !bytes.Contains(pdu, head) || len(pdu)-6 >= len(msg) {
				t.Errorf("%s %v: %d bytes %.20q", name, c, len(pdu), pdu)
			}
			got, why := c.Unpack(nil, pdu[6:], len(msg))
			if why != None || !bytes.Equal(got, msg) {
				t.Errorf("%s %v: %v, equal %v", name, c, why, bytes.Equal(got, msg))
			}
			if _, why := c.Unpack(nil, pdu[6:], len(msg)-1); why != TooLarge {
				t.Errorf("%s %v: with one byte too many: %v", name, c, why)
			}
		}
	}
}

// TestUnpackForeign refuses what was not agreed on.
func TestUnpackForeign(t *testing.T) {
	msg := join(make([]byte, 10), samples()["text"], make([]byte, 100))
	holds := func(all, some Codec) bool {
		for _, a := range some.Algorithms {
			if !slices.Contains(all.Algorithms, a) {
				return false
			}
		}
		return all.Chained == some.Chained
	}
	for _, c := range codecs() {
		pdu, ok := c.Pack(nil, msg, 10)
		if !ok {
			continue
		}
		for _, other := range codecs() {
			if _, why := other.Unpack(nil, pdu, MaxSize); (why == None) != holds(other, c) {
				t.Errorf("%v by %v: %v", c, other, why)
			}
		}
	}
}

// FuzzPack packs any bytes, and has them come back.
func FuzzPack(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.plain, 3)
	}
	f.Add(join([]byte("head"), make([]byte, 100), []byte("middle"), make([]byte, 40)), 4)
	f.Fuzz(func(t *testing.T, msg []byte, head int) {
		for _, c := range codecs() {
			pdu, ok := c.Pack(nil, msg, max(0, head))
			if !ok {
				continue
			}
			if got, why := c.Unpack(nil, pdu, len(msg)); why != None || !bytes.Equal(got, msg) {
				t.Fatalf("%v: %v, equal %v", c, why, bytes.Equal(got, msg))
			}
		}
		for _, a := range []uint16{algLZNT1, algLZ77, algLZ77Huffman} {
			out := make([]byte, len(msg))
			if why := expand(out, encode(a, msg), a); why != None || !bytes.Equal(out, msg) {
				t.Fatalf("%d: %v, equal %v", a, why, bytes.Equal(out, msg))
			}
		}
	})
}

// TestSkewed has counts that grow like powers of two, so that codes would become
// longer than they may.
func TestSkewed(t *testing.T) {
	var data []byte
	for i := range 24 {
		data = append(data, bytes.Repeat([]byte{byte(i)}, 1<<min(i, 13))...)
	}
	r := rand.New(rand.NewPCG(3, 4))
	r.Shuffle(len(data), func(i, j int) { data[i], data[j] = data[j], data[i] })
	out := make([]byte, len(data))
	if why := expand(out, encode(algLZ77Huffman, data), algLZ77Huffman); why != None || !bytes.Equal(out, data) {
		t.Errorf("%v, equal %v", why, bytes.Equal(out, data))
	}
	var often [symbolCount]int
	for i := range 25 {
		often[i] = 1 << i
	}
	lengths, full := codeLengths(&often), 0
	for _, l := range lengths {
		if l > 0 {
			full += 1 << (longestCode - int(l))
		}
	}
	if full != 1<<longestCode {
		t.Errorf("the code is not complete: %v", lengths[:25])
	}
}

func BenchmarkPack(b *testing.B) {
	data := samples()
	for _, c := range codecs() {
		for _, kind := range []string{"text", "noise"} {
			b.Run(fmt.Sprintf("%v/%s", c, kind), func(b *testing.B) {
				b.SetBytes(int64(len(data[kind])))
				var dst []byte
				for b.Loop() {
					dst, _ = c.Pack(dst[:0], data[kind], 80)
				}
			})
		}
	}
}
