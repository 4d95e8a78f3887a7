package op

import (
	"hash/maphash"
	"strings"
)

// Names are texts by number, each kept once. Number 0 is "".
type Names struct {
	chunks []*[nameChunk]string // they never move
	n      uint32               // names so far, number 0 included
	slots  []slot               // a hash table, at most three quarters full
	seed   maphash.Seed
	room   strings.Builder // the latest names are parts of its text
}

// slot is a place of the table; number 0 says that it is free.
type slot struct{ hash, num uint32 }

const (
	fewNames  = 256
	nameChunk = 1024
	nameRoom  = 8 << 10 // bytes
	pageSlots = 4096 / 8
)

// Intern gives the number of the text b.
func (n *Names) Intern(b []byte) uint32 {
	if len(b) == 0 {
		return 0
	}
	if 4*int(n.n) >= 3*len(n.slots) {
		n.grow()
	}
	h := uint32(maphash.Bytes(n.seed, b))
	at := n.find(h, b)
	if n.slots[at].num == 0 {
		n.slots[at] = slot{h, n.n}
		n.add(n.keep(b))
	}
	return n.slots[at].num
}

// find gives the slot of the text b with this hash, or the free one that it may
// take. Texts are compared only where their hashes are the same.
func (n *Names) find(h uint32, b []byte) uint32 {
	mask := uint32(len(n.slots) - 1)
	at := h & mask
	for s := n.slots[at]; s.num != 0 && (s.hash != h || n.Get(s.num) != string(b)); s = n.slots[at] {
		at = (at + 1) & mask
	}
	return at
}

// grow makes the table twice as large.
func (n *Names) grow() {
	if n.slots == nil {
		n.seed = maphash.MakeSeed()
		n.add("")
	}
	old := n.slots
	n.slots = make([]slot, max(2*len(old), 2*fewNames))
	for i := 0; i < len(n.slots); i += pageSlots {
		n.slots[i] = slot{} // a page that is read before it is written costs two faults
	}
	mask := uint32(len(n.slots) - 1)
	for _, s := range old {
		if s.num == 0 {
			continue
		}
		at := s.hash & mask
		for n.slots[at].num != 0 {
			at = (at + 1) & mask
		}
		n.slots[at] = s
	}
}

// add gives the text the next number.
func (n *Names) add(s string) {
	if n.n%nameChunk == 0 {
		n.chunks = append(n.chunks, new([nameChunk]string))
	}
	n.chunks[n.n/nameChunk][n.n%nameChunk] = s
	n.n++
}

// keep copies a text behind the others, so that it needs no memory of its own.
func (n *Names) keep(b []byte) string {
	if n.room.Cap()-n.room.Len() < len(b) {
		n.room.Reset()
		n.room.Grow(max(nameRoom, len(b)))
	}
	at := n.room.Len()
	n.room.Write(b)
	return n.room.String()[at:]
}

// Get gives text k.
func (n *Names) Get(k uint32) string {
	if k < n.n {
		return n.chunks[k/nameChunk][k%nameChunk]
	}
	return ""
}
