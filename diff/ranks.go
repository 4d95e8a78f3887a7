package diff

import (
	"math/bits"
	"math/rand/v2"
)

// ranks numbers keys by first appearance, in a table with open addressing. The
// seed keeps captures that were made for it from filling one part of the table;
// numbers do not hang on it.
type ranks struct {
	keys []uint64
	rank []uint32 // more one; 0: the place is free
	next uint32
	bits int
	seed uint64
}

// newRanks makes room for n keys.
func newRanks(n int) *ranks {
	b := bits.Len(uint(n + n/4 + 1))
	return &ranks{keys: make([]uint64, 1<<b), rank: make([]uint32, 1<<b), bits: b, seed: rand.Uint64()}
}

// of gives the rank of each key.
func (t *ranks) of(keys []uint64) []uint32 {
	out := make([]uint32, len(keys))
	mask := uint64(len(t.keys) - 1)
	for i, k := range keys {
		h := mix(k, t.seed)
		at := h >> (64 - t.bits)
		for step := h | 1; ; at = (at + step) & mask {
			r := t.rank[at]
			if r == 0 {
				t.next++
				t.keys[at], t.rank[at], out[i] = k, t.next, t.next-1
				break
			}
			if t.keys[at] == k {
				out[i] = r - 1
				break
			}
		}
	}
	return out
}
