package conv

import "testing"

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
	if len(s.opens) != 1 {
		t.Errorf("%d opens", len(s.opens))
	}
}
