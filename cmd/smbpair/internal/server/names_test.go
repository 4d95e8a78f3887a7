package server

import "testing"

// TestMatches goes through the wildcards of [MS-FSA] 2.1.4.4.
func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"*", "", true}, {"*", "A.B", true}, {"A*", "AB", true}, {"A*", "BA", false},
		{"?", "A", true}, {"?", "", false}, {"??", "A", false},
		{"*.TXT", "A.B.TXT", true}, {"*.TXT", "A.TXTX", false},
		{"<.TXT", "A.B.TXT", true}, {"<.TXT", "A.B", false},
		{"A>>", "A", true}, {"A>>", "ABC", true}, {"A>>", "ABCD", false},
		{`A"`, "A", true}, {`A"B`, "A.B", true}, {`A"B`, "AB", false},
		{`<"*`, "A.B", true}, {`<"*`, "A", true}, {"*A*A*A*", "AAA", true}, {"*A*A*A*", "AA", false},
	} {
		if got := matches([]rune(c.pattern), []rune(c.name)); got != c.want {
			t.Errorf("%s on %q: %v", c.pattern, c.name, got)
		}
	}
}

// TestWindow holds that a MessageId counts once and within what was granted.
func TestWindow(t *testing.T) {
	w := window{high: 1}
	if !w.take(0, 1) || w.take(0, 1) || w.take(1, 1) {
		t.Fatal("the first message")
	}
	if n := w.grant(10, 4); n != 4 {
		t.Errorf("%d credits granted of 4", n)
	}
	if !w.take(3, 1) || !w.take(1, 2) || w.take(3, 1) || w.take(5, 1) || w.low != 4 || len(w.used) != 0 {
		t.Errorf("out of order: %+v", w)
	}
	if w.take(^uint64(0), 2) {
		t.Error("a MessageId that wraps")
	}
}

// TestRangeLocks holds what ranges meet, [MS-FSA] 2.1.4.10.
func TestRangeLocks(t *testing.T) {
	for _, c := range []struct {
		a, b rangeLock
		want bool
	}{
		{rangeLock{off: 0, length: 10}, rangeLock{off: 9, length: 1}, true},
		{rangeLock{off: 0, length: 10}, rangeLock{off: 10, length: 1}, false},
		{rangeLock{off: 5}, rangeLock{off: 5}, false},
		{rangeLock{off: 5}, rangeLock{off: 0, length: 10}, true},
		{rangeLock{off: 0}, rangeLock{off: 0, length: 10}, false},
		{rangeLock{off: ^uint64(0), length: 1}, rangeLock{off: 1 << 63, length: 1 << 63}, true},
	} {
		if c.a.meets(&c.b) != c.want || c.b.meets(&c.a) != c.want {
			t.Errorf("%+v and %+v: %v", c.a, c.b, !c.want)
		}
	}
}
