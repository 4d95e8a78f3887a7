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

// grams gives the longest rising run of pairs at which n keys in a row begin that
// stand so once on both sides of the area: work that repeats has no key of its
// own, but begins and ends somewhere.
func (m *matcher) grams(r area, n int32) []pairOf {
	rows := func(keys []uint32, from, to int32) []uint64 {
		var out []uint64
		for i := from; i+n <= to; i++ {
			h := uint64(0)
			for _, k := range keys[i : i+n] {
				h = mix(h, uint64(k))
			}
			out = append(out, h)
		}
		return out
	}
	ka, kb := rows(m.a, r.a0, r.a1), rows(m.b, r.b0, r.b1)
	t := newRanks(len(ka) + len(kb))
	ra, rb := t.of(ka), t.of(kb)
	na, nb, at := make([]uint8, t.next), make([]uint8, t.next), make([]int32, t.next)
	for _, k := range ra {
		na[k] = min(na[k]+1, 2)
	}
	for j, k := range rb {
		nb[k], at[k] = min(nb[k]+1, 2), int32(j)
	}
	var unique []pairOf
	for i, k := range ra {
		if j := r.b0 + at[k]; na[k] == 1 && nb[k] == 1 && m.a[r.a0+int32(i)] == m.b[j] {
			unique = append(unique, pairOf{r.a0 + int32(i), j})
		}
	}
	return longestRise(unique)
}
