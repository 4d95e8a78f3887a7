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
	most int // bits that all keys need
	seed uint64
}

// ranksBits bounds how large a table begins: work repeats, so that a small one
// often does.
const ranksBits = 12

// newRanks makes a table for n keys.
func newRanks(n int) *ranks {
	t := &ranks{seed: rand.Uint64(), most: bits.Len(uint(n + n/4 + 1))}
	t.resize(min(t.most, ranksBits))
	return t
}

func (t *ranks) resize(n int) {
	t.keys, t.rank, t.bits = make([]uint64, 1<<n), make([]uint32, 1<<n), n
}

// place gives where a key stands, or would.
func (t *ranks) place(k uint64) uint64 {
	mask := uint64(len(t.keys) - 1)
	h := mix(k, t.seed)
	at := h >> (64 - t.bits)
	for step := h | 1; t.rank[at] != 0 && t.keys[at] != k; at = (at + step) & mask {
	}
	return at
}

// of gives the rank of each key.
func (t *ranks) of(keys []uint64) []uint32 {
	out := make([]uint32, len(keys))
	for i, k := range keys {
		at := t.place(k)
		if t.rank[at] == 0 {
			if t.bits < t.most && int(t.next) >= len(t.keys)/4*3 {
				t.grow()
				at = t.place(k)
			}
			t.next++
			t.keys[at], t.rank[at] = k, t.next
		}
		out[i] = t.rank[at] - 1
	}
	return out
}

// grow makes room for all keys.
func (t *ranks) grow() {
	keys, rank := t.keys, t.rank
	t.resize(t.most)
	for i, r := range rank {
		if r != 0 {
			at := t.place(keys[i])
			t.keys[at], t.rank[at] = keys[i], r
		}
	}
}

// grams gives the longest rising run of pairs at which n keys in a row begin that
// stand so once on both sides of the area: work that repeats has no key of its
// own, but begins and ends somewhere.
func (m *matcher) grams(r area, n int32) []pairOf {
	rows := func(keys []uint32, from, to int32) []uint64 {
		out := make([]uint64, 0, max(0, to-from-n+1))
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
	unique := m.unique[:0]
	for i, k := range ra {
		if j := r.b0 + at[k]; na[k] == 1 && nb[k] == 1 && m.a[r.a0+int32(i)] == m.b[j] {
			unique = append(unique, pairOf{r.a0 + int32(i), j})
		}
	}
	m.unique = unique
	return longestRise(unique)
}
