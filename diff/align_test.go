package diff

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func letters(s string) []uint64 {
	out := make([]uint64, len(s))
	for i := range len(s) {
		out[i] = uint64(s[i])
	}
	return out
}

// picture draws rows: . a pair, < only in A, > only in B, M a moved pair.
func picture(p *pairing) string {
	var b strings.Builder
	for _, r := range p.rows(false) {
		switch {
		case r.B == 0:
			b.WriteByte('<')
		case r.A == 0:
			b.WriteByte('>')
		case r.Moved:
			b.WriteByte('M')
		default:
			b.WriteByte('.')
		}
	}
	return b.String()
}

func TestAlign(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"", "", ""},
		{"abc", "", "<<<"},
		{"", "abc", ">>>"},
		{"abc", "abc", "..."},
		{"abcd", "abd", "..<."},
		{"abd", "abcd", "..>."},
		{"abcd", "abxd", "..<>."},
		{"aaaa", "aaa", "...<"},
		{"aaa", "baaa", ">..."},
		{"ababab", "bababa", "<.....>"},
		{"abcabcabc", "abcabc", "......<<<"},
		{"xaybzc", "abc", "<.<.<."},
		{"onetwothree", "onethree", "....<<<...."},
		{"qrqrqr", "rrr", "<.<.<."},
		{"abcdefg", "xbcyefz", "<>..<>..<>"},
	} {
		if got := picture(align(letters(c.a), letters(c.b))); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

func TestMove(t *testing.T) {
	for _, c := range []struct {
		a, b, want string
		free       bool
	}{
		{"abcd", "acbd", ".M..", true},
		{"abcd", "acbd", ".<.>.", false},
		{"abcd", "dabc", "...M", true},
		{"ab", "ba", "M.", true},
		{"abx", "bay", "M.<>", true},
		{"a" + strings.Repeat("-", 2*movedWindow) + "b", "b" + strings.Repeat("-", 2*movedWindow) + "a",
			"<>" + strings.Repeat(".", 2*movedWindow) + "<>", true},
	} {
		a, b := letters(c.a), letters(c.b)
		p := align(a, b)
		p.move(a, b, func(int32, int32) bool { return c.free })
		if got := picture(p); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

// TestRefine pairs what is left by lower case, between the pairs there are.
func TestRefine(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"aXb", "axb", "..."},
		{"aXYb", "ayb", ".<.."},
		{"XaY", "yax", "<>.<>"},
		{"A", "a", "."},
		{"A.B", "-b", "<<>."},
	} {
		p := align(letters(c.a), letters(c.b))
		low := func(s string) []uint64 {
			k := letters(strings.ToLower(s))
			for i := range k {
				if k[i] == '-' {
					k[i] = 0
				}
			}
			return k
		}
		p.refine(low(c.a), low(c.b))
		if got := picture(p); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

// cases are large sequences of every kind.
func cases(n int) map[string][2][]uint64 {
	r := rand.New(rand.NewPCG(1, 2))
	base := make([]uint64, n)
	for i := range base {
		base[i] = r.Uint64()
	}
	work := make([]uint64, n) // a few files, the same work on each
	for i := range work {
		work[i] = uint64(i%17) + uint64(i/1700)<<32
	}
	change := func(in []uint64, percent float64) []uint64 {
		out := make([]uint64, 0, n)
		for _, k := range in {
			switch x := r.Float64() * 300; {
			case x < percent:
			case x < 2*percent:
				out = append(out, r.Uint64(), k)
			case x < 3*percent:
				out = append(out, r.Uint64())
			default:
				out = append(out, k)
			}
		}
		return out
	}
	few := func(kinds uint64) []uint64 {
		out := make([]uint64, n)
		for i := range out {
			out[i] = r.Uint64N(kinds)
		}
		return out
	}
	same := make([]uint64, n)
	return map[string][2][]uint64{
		"same":          {base, base},
		"1 percent":     {base, change(base, 1)},
		"20 percent":    {base, change(base, 20)},
		"work 1":        {work, change(work, 1)},
		"work 20":       {work, change(work, 20)},
		"all repeat":    {same, same[:n-n/10]},
		"nothing":       {base, change(base, 300)},
		"few kinds":     {few(2), few(2)},
		"ten kinds":     {few(10), few(10)},
		"many kinds":    {few(1000), few(1000)},
		"pairs of keys": {few(uint64(n / 2)), few(uint64(n / 2))},
		"turned":        {base, turned(base)},
	}
}

func turned(in []uint64) []uint64 {
	out := make([]uint64, len(in))
	for i, k := range in {
		out[len(in)-1-i] = k
	}
	return out
}

// TestAlignLarge checks that pairs have equal keys and keep their order,
// whatever is aligned.
func TestAlignLarge(t *testing.T) {
	for name, c := range cases(20000) {
		p := align(c[0], c[1])
		last, n := int32(-1), 0
		for i, j := range p.a {
			if j < 0 {
				continue
			}
			n++
			if j <= last || c[0][i] != c[1][j] || p.b[j] != int32(i) {
				t.Fatalf("%s: %d beside %d after %d", name, i, j, last)
			}
			last = j
		}
		least := map[string]int{"same": 20000, "1 percent": 19800, "20 percent": 16500, "work 1": 19700, "work 20": 16000, "all repeat": 18000,
			"few kinds": 12000}[name]
		if n < least {
			t.Errorf("%s: %d pairs, at least %d expected", name, n, least)
		}
	}
}

func BenchmarkAlign(b *testing.B) {
	for name, c := range cases(200000) {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			for b.Loop() {
				align(c[0], c[1])
			}
		})
	}
}

// run makes one session of operations on a few files; percent of them are left
// out, or work on another file.
func run(n int, seed uint64, percent float64) *list {
	l := &list{edges: new(edges), sessions: make([]sessionFacts, 1)}
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range n {
		file, what := uint64(i/1700), uint64(i%17)
		switch x := r.Float64() * 200; {
		case x < percent:
			continue
		case x < 2*percent:
			file = r.Uint64()
		}
		loose := mix(what, 1)
		f := fact{loose: loose, weak: mix(loose, file), session: 1, start: int64(i), end: int64(i), open: uint32(i/17 + 1), opens: what == 0, closes: what == 16}
		f.strong = mix(f.weak, 1)
		l.sessions[0].ops = append(l.sessions[0].ops, int32(len(l.facts)))
		l.facts = append(l.facts, f)
	}
	return l
}

// BenchmarkPairUp pairs one session of 200,000 operations a side: the same work,
// and such of which the finer keys match worse than the coarser ones.
func BenchmarkPairUp(b *testing.B) {
	const n = 200000
	for _, percent := range []float64{0, 1, 20} {
		x, y := run(n, 1, 0), run(n, 2, percent)
		b.Run(fmt.Sprintf("work_%g", percent), func(b *testing.B) {
			for b.Loop() {
				pairUp(x, y, PairAuto, nil)
			}
		})
	}
	for _, c := range []struct {
		name                string
		strong, weak, loose uint64 // how many kinds there are; 0: none is on both sides
	}{{"all_repeat", 1, 1, 1}, {"nothing", 0, 0, 0}, {"ten_kinds", 10, 10, 10}, {"ten_coarse", 0, 10, 4}, {"two_loose", 0, 0, 2}, {"steps", 0, 1000, 30}} {
		side := func(seed uint64) *list {
			r := rand.New(rand.NewPCG(seed, 1))
			key := func(kinds uint64) uint64 {
				if kinds == 0 {
					return r.Uint64() | 1
				}
				return 1 + r.Uint64N(kinds)
			}
			l := &list{edges: new(edges), sessions: make([]sessionFacts, 1)}
			for i := range n {
				l.facts = append(l.facts, fact{strong: key(c.strong), weak: key(c.weak), loose: key(c.loose), session: 1, start: int64(i), end: int64(i)})
				l.sessions[0].ops = append(l.sessions[0].ops, int32(i))
			}
			return l
		}
		x, y := side(1), side(2)
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				pairUp(x, y, PairAuto, nil)
			}
		})
	}
}
