package diff

import (
	"fmt"
	"strings"
	"testing"
)

// side makes a list of operations of lines: session, name, then the start and
// end time for concurrent ones. A name is COMMAND:OBJECT:PART; o1 at the end of
// a line is the open, with a star when the operation makes it known.
func sideOf(src string) *list {
	l := new(list)
	for i, text := range strings.Split(strings.TrimSpace(src), "\n") {
		w := strings.Fields(text)
		var s, c, start, end, open int
		fmt.Sscanf(w[0], "%d/%d", &s, &c)
		parts := strings.SplitN(w[1]+"::", ":", 4)
		f := fact{session: uint32(s), conn: uint32(c), start: int64(i * 10), end: int64(i*10 + 5)}
		f.loose = hashText(parts[0])
		f.weak = mix(f.loose, hashText(parts[1]))
		f.strong = mix(f.weak, hashText(parts[2]))
		for _, x := range w[2:] {
			if n, _ := fmt.Sscanf(x, "%d-%d", &start, &end); n == 2 {
				f.start, f.end = int64(start), int64(end)
			}
			if n, _ := fmt.Sscanf(x, "o%d", &open); n == 1 {
				f.open, f.opens = uint32(open), strings.HasSuffix(x, "*")
			}
		}
		n := int32(len(l.facts))
		l.facts = append(l.facts, f)
		for len(l.conns) <= c {
			l.conns = append(l.conns, nil)
		}
		if s == 0 {
			l.conns[c] = append(l.conns[c], n)
			continue
		}
		for len(l.sessions) < s {
			l.sessions = append(l.sessions, sessionFacts{conn: uint32(c)})
		}
		x := &l.sessions[s-1]
		x.ops = append(x.ops, n)
		x.print = mix(x.print, f.strong)
		if parts[0] == "user" {
			x.user = hashText(parts[1])
		}
	}
	return l
}

func rowsText(rows []Row) string {
	var out []string
	for _, r := range rows {
		s := fmt.Sprintf("%d-%d", r.A, r.B)
		if r.Moved {
			s += "m"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestPairUp(t *testing.T) {
	for _, c := range []struct{ name, a, b, want string }{
		{"equal", "0/0 neg\n1/0 x", "0/0 neg\n1/0 x", "1-1 2-2"},
		{"interleaved sessions", "1/0 user:ann\n2/0 user:bob\n1/0 p\n2/0 q\n1/0 r\n2/0 s", "2/0 user:bob\n1/0 user:ann\n2/0 q\n2/0 s\n1/0 p\n1/0 r",
			"1-2 2-1 3-5 4-3 5-6 6-4"},
		{"session without partner", "1/0 user:ann\n1/0 p", "1/0 user:ann\n1/0 p\n2/1 user:bob\n2/1 q", "1-1 2-2 0-3 0-4"},
		{"extra work", "1/0 a\n1/0 b\n1/0 d", "1/0 a\n1/0 b\n1/0 c\n1/0 d", "1-1 2-2 0-3 3-4"},
		{"replaced by its like", "1/0 a\n1/0 read:f:0\n1/0 z", "1/0 a\n1/0 read:f:1\n1/0 z", "1-1 2-2 3-3"},
		{"concurrent work turned", "1/0 a\n1/0 p 10-40\n1/0 q 20-30\n1/0 z 50-60", "1/0 a\n1/0 q 10-40\n1/0 p 20-30\n1/0 z 50-60", "1-1 2-3 3-2m 4-4"},
		{"work in turn turned", "1/0 a\n1/0 p\n1/0 q\n1/0 z", "1/0 a\n1/0 q\n1/0 p\n1/0 z", "1-1 0-2 2-3 3-0 4-4"},
		{"another file", "1/0 create:f o1*\n1/0 read:f o1\n1/0 query:f o1\n1/0 close:f o1", "1/0 create:g o7*\n1/0 read:g o7\n1/0 close:g o7",
			"1-1 2-2 3-0 4-3"},
		{"one more before the like", "1/0 create:f o1*\n1/0 read:f o1\n1/0 close:f o1",
			"1/0 create:f o7*\n1/0 write:f o7\n1/0 close:f o7\n1/0 create:f o8*\n1/0 read:f o8\n1/0 close:f o8", "0-1 0-2 0-3 1-4 2-5 3-6"},
		{"another file's handle", "1/0 a\n1/0 read:f o1\n1/0 z", "1/0 a\n1/0 read:g o2\n1/0 z", "1-1 2-2 3-3"},
		{"connections", "0/0 neg\n0/1 neg\n1/1 user:ann", "0/0 neg\n1/0 user:ann", "1-0 2-1 3-2"},
	} {
		rows := pairedRows(c.a, c.b, PairAuto, nil)
		if got := rowsText(rows); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func pairedRows(a, b string, by PairBy, anchors [][2]uint32) []Row {
	p := pairUp(sideOf(a), sideOf(b), by, anchors)
	turned := p.turned
	if turned {
		p.turn()
	}
	return p.all.rows(turned)
}

// TestPairBy pairs by place inside sessions, or not at all; anchors stand.
func TestPairBy(t *testing.T) {
	a, b := "1/0 a\n2/0 user:bob\n1/0 x\n1/0 p\n1/0 z", "1/0 a\n1/0 p\n2/0 user:bob\n1/0 z"
	for _, c := range []struct {
		by      PairBy
		anchors [][2]uint32
		want    string
	}{
		{PairOrder, nil, "1-1 2-3 3-2 4-4 5-0"},
		{PairOrder, [][2]uint32{{4, 2}}, "1-1 2-3 3-0 4-2 5-4"},
		{PairNone, nil, "0-1 0-2 0-3 0-4 1-0 2-0 3-0 4-0 5-0"},
		{PairNone, [][2]uint32{{4, 2}}, "0-1 1-0 2-0 3-0 4-2 0-3 0-4 5-0"},
	} {
		if got := rowsText(pairedRows(a, b, c.by, c.anchors)); got != c.want {
			t.Errorf("%d %v: %s, want %s", c.by, c.anchors, got, c.want)
		}
	}
}

// TestAnchors checks that pairs of the user's stand, and that what is around
// them is aligned on both sides of them, whichever side is A.
func TestAnchors(t *testing.T) {
	for _, c := range []struct {
		name, a, b string
		anchors    [][2]uint32
		want       string
	}{
		{"unlike", "1/0 a\n1/0 p\n1/0 z", "1/0 a\n1/0 q\n1/0 z", [][2]uint32{{2, 2}}, "1-1 2-2 3-3"},
		{"realign", "1/0 a\n1/0 x\n1/0 x\n1/0 z", "1/0 a\n1/0 x\n1/0 z", [][2]uint32{{3, 2}}, "1-1 2-0 3-2 4-3"},
		{"crossed", "1/0 a\n1/0 p\n1/0 q\n1/0 z", "1/0 a\n1/0 p\n1/0 q\n1/0 z", [][2]uint32{{2, 3}, {3, 2}}, "1-1 2-3 3-2m 4-4"},
		{"another session", "1/0 user:ann\n2/0 user:bob\n1/0 p", "1/0 user:ann\n2/0 user:bob\n2/0 p", [][2]uint32{{3, 3}}, "1-1 2-2 3-3"},
		{"nothing there", "1/0 a", "1/0 a", [][2]uint32{{0, 1}, {7, 1}, {1, 4294967295}}, "1-1"},
		{"the last one wins", "1/0 a\n1/0 p", "1/0 a\n1/0 q", [][2]uint32{{2, 1}, {2, 2}}, "1-1 2-2"},
	} {
		rows := pairedRows(c.a, c.b, PairAuto, c.anchors)
		if got := rowsText(rows); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		for i, x := range c.anchors {
			c.anchors[i] = [2]uint32{x[1], x[0]}
		}
		back := pairedRows(c.b, c.a, PairAuto, c.anchors)
		for _, r := range rows {
			found := false
			for _, o := range back {
				found = found || o.A == r.B && o.B == r.A
			}
			if !found {
				t.Errorf("%s: %d-%d is not paired the other way round: %s", c.name, r.A, r.B, rowsText(back))
			}
		}
	}
}
