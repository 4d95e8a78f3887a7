package conv

import (
	"math/rand/v2"
	"testing"
)

// TestClosed looks up handles after their end: the last ones stay known until
// their ids are given to other opens.
func TestClosed(t *testing.T) {
	id := func(n int) *[16]byte { return &[16]byte{byte(n)} }
	s := session{opens: map[[16]byte]open{}}
	for n := 1; n <= goneOpens+2; n++ {
		s.opened(id(n), open{num: uint32(n), path: 7})
	}
	s.closed(id(99))
	for n := 1; n <= goneOpens+2; n++ {
		s.closed(id(n))
		s.closed(id(n))
	}
	if p, ok := s.open(id(3)); !ok || p.num != 3 || p.path != 7 {
		t.Errorf("handle 3: %+v, %v", p, ok)
	}
	for _, n := range []int{1, 2, 99} {
		if p, ok := s.open(id(n)); ok {
			t.Errorf("handle %d: %+v", n, p)
		}
	}
	s.opened(id(3), open{num: 50})
	if p, _ := s.open(id(3)); p.num != 50 {
		t.Errorf("handle 3 given again: %+v", p)
	}
	if !s.isOpen(id(3)) || len(s.opens) != 0 {
		t.Errorf("%d opens beside the last", len(s.opens))
	}
}

// TestOpens compares the opens of a session with a map of them.
func TestOpens(t *testing.T) {
	s, want := session{opens: map[[16]byte]open{}}, map[[16]byte]open{}
	r := rand.New(rand.NewPCG(1, 2))
	for n := uint32(1); n < 100000; n++ {
		id := &[16]byte{byte(r.IntN(5))}
		switch r.IntN(3) {
		case 0:
			p := open{num: n}
			s.opened(id, p)
			want[*id] = p
		case 1:
			s.closed(id)
			delete(want, *id)
		}
		for k := range byte(5) {
			id := &[16]byte{k}
			p, ok := want[*id]
			if got, _ := s.open(id); s.isOpen(id) != ok || ok && got != p {
				t.Fatalf("step %d, handle %d: %+v, want %+v, %v", n, k, got, p, ok)
			}
			if r.IntN(2) == 0 {
				break
			}
		}
	}
}
