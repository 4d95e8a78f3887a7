package diff

import "math"

// pairing says which element of one sequence stands beside which of another.
// a[i] is the partner of element i, -1 for none; b is the reverse.
type pairing struct {
	a, b  []int32
	moved []bool // by element of a; nil when none moved
}

func newPairing(n, m int) *pairing {
	p := &pairing{a: make([]int32, n), b: make([]int32, m)}
	for i := range p.a {
		p.a[i] = -1
	}
	for i := range p.b {
		p.b[i] = -1
	}
	return p
}

func (p *pairing) set(i, j int32) { p.a[i], p.b[j] = j, i }

const (
	// alignSteps bounds the work of one alignment beyond what is linear: some
	// tenths of a second.
	alignSteps = 25_000_000
	// anchorDepth bounds how often a range is split at keys that are unique in
	// it.
	anchorDepth = 24
	// tryEach and tryMost bound the search for a shortest edit script that goes
	// before splitting at anchors: steps by element, and in all.
	tryEach = 16
	tryMost = 400_000
	// coarseWindow is how far the fallback looks for the next equal element.
	coarseWindow = 64
	// movedWindow is how many pairs a moved element may have passed.
	movedWindow = 32
)

// align pairs two sequences of keys in order: by the shortest edit script where
// that is quickly found, else split at keys that are unique on both sides. What
// has none is paired by the shortest edit script as long as the budget lasts,
// then by looking ahead a bounded number of elements.
func align(a, b []uint64) *pairing {
	p := newPairing(len(a), len(b))
	from, end := 0, 0 // of what both begin and end with
	for from < min(len(a), len(b)) && a[from] == b[from] {
		p.set(int32(from), int32(from))
		from++
	}
	for end < min(len(a), len(b))-from && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
		p.set(int32(len(a)-end), int32(len(b)-end))
	}
	a, b = a[from:len(a)-end], b[from:len(b)-end]
	if len(a) == 0 || len(b) == 0 {
		return p
	}
	m := &matcher{p: newPairing(len(a), len(b)), budget: alignSteps}
	m.rank(a, b)
	m.run()
	for i, j := range m.p.a {
		if j >= 0 {
			p.set(int32(i+from), j+int32(from))
		}
	}
	return p
}

// matcher aligns sequences of ranks.
type matcher struct {
	p      *pairing
	a, b   []uint32 // ranks
	na, nb []int32  // by rank: how often it occurs in the present range
	at     []int32  // by rank: place in b
	budget int
	v1, v2 []int32
	unique []pairOf // to be used again
}

// rank numbers the keys densely.
func (m *matcher) rank(a, b []uint64) {
	t := newRanks(len(a) + len(b))
	m.a, m.b = t.of(a), t.of(b)
	n := int(t.next)
	m.na, m.nb, m.at = make([]int32, n), make([]int32, n), make([]int32, n)
}

type area struct{ a0, a1, b0, b1, depth int32 }

// run pairs whole sequences.
func (m *matcher) run() {
	stack := []area{{0, int32(len(m.a)), 0, int32(len(m.b)), 0}}
	for len(stack) > 0 {
		r := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for r.a0 < r.a1 && r.b0 < r.b1 && m.a[r.a0] == m.b[r.b0] {
			m.p.set(r.a0, r.b0)
			r.a0, r.b0 = r.a0+1, r.b0+1
		}
		for r.a0 < r.a1 && r.b0 < r.b1 && m.a[r.a1-1] == m.b[r.b1-1] {
			r.a1, r.b1 = r.a1-1, r.b1-1
			m.p.set(r.a1, r.b1)
		}
		if r.a0 == r.a1 || r.b0 == r.b1 {
			continue
		}
		anchors, ia, ib := m.anchors(r)
		easy := m.easy(ia, ib)
		for _, n := range [...]int32{2, 8} {
			if len(anchors) == 0 && !easy && r.depth < anchorDepth {
				anchors = m.grams(r, n)
			}
		}
		if len(anchors) == 0 || easy {
			m.edit(ia, ib)
			continue
		}
		next := r
		for _, x := range anchors {
			m.p.set(x.a, x.b)
			if next.a0 < x.a && next.b0 < x.b {
				stack = append(stack, area{next.a0, x.a, next.b0, x.b, r.depth + 1})
			}
			next.a0, next.b0 = x.a+1, x.b+1
		}
		stack = append(stack, area{next.a0, r.a1, next.b0, r.b1, r.depth + 1})
	}
}

type pairOf struct{ a, b int32 }

// anchors gives the longest rising run of pairs whose key is unique on both
// sides of the area, and the elements whose key the other side has too.
func (m *matcher) anchors(r area) (rising []pairOf, ia, ib []int32) {
	for i := r.a0; i < r.a1; i++ {
		m.na[m.a[i]]++
	}
	for j := r.b0; j < r.b1; j++ {
		m.nb[m.b[j]]++
		m.at[m.b[j]] = j
	}
	if r.depth < anchorDepth {
		unique := m.unique[:0]
		for i := r.a0; i < r.a1; i++ {
			if k := m.a[i]; m.na[k] == 1 && m.nb[k] == 1 {
				unique = append(unique, pairOf{i, m.at[k]})
			}
		}
		rising, m.unique = longestRise(unique), unique
	}
	ia, ib = make([]int32, 0, r.a1-r.a0), make([]int32, 0, r.b1-r.b0)
	for i := r.a0; i < r.a1; i++ {
		if m.nb[m.a[i]] > 0 {
			ia = append(ia, i)
		}
	}
	for j := r.b0; j < r.b1; j++ {
		if m.na[m.b[j]] > 0 {
			ib = append(ib, j)
		}
	}
	for i := r.a0; i < r.a1; i++ {
		m.na[m.a[i]] = 0
	}
	for j := r.b0; j < r.b1; j++ {
		m.nb[m.b[j]] = 0
	}
	return rising, ia, ib
}

// longestRise gives the longest run of pairs, which rise in a, that rises in b.
func longestRise(all []pairOf) []pairOf {
	if len(all) == 0 {
		return nil
	}
	tails := make([]int32, 0, len(all)) // by length: index of the pair with the least b
	before := make([]int32, len(all))
	for i, x := range all {
		lo, hi := 0, len(tails)
		if hi > 0 && all[tails[hi-1]].b < x.b { // most rise
			lo = hi
		}
		for lo < hi {
			mid := (lo + hi) / 2
			if all[tails[mid]].b < x.b {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		before[i] = -1
		if lo > 0 {
			before[i] = tails[lo-1]
		}
		if lo == len(tails) {
			tails = append(tails, int32(i))
		} else {
			tails[lo] = int32(i)
		}
	}
	out := make([]pairOf, len(tails))
	for i, k := len(tails)-1, tails[len(tails)-1]; i >= 0; i-- {
		out[i] = all[k]
		k = before[k]
	}
	return out
}

// edit pairs two lists of elements by the shortest edit script, divided at its
// middle so that memory stays linear.
func (m *matcher) edit(a, b []int32) {
	for len(a) > 0 && len(b) > 0 && m.a[a[0]] == m.b[b[0]] {
		m.p.set(a[0], b[0])
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && m.a[a[len(a)-1]] == m.b[b[len(b)-1]] {
		m.p.set(a[len(a)-1], b[len(b)-1])
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) == 0 || len(b) == 0 {
		return
	}
	if len(a) == 1 || len(b) == 1 {
		m.single(a, b)
		return
	}
	x, y, ok := m.middle(a, b, m.budget)
	switch {
	case !ok:
		m.coarse(a, b)
	case x+y > 0 && x+y < len(a)+len(b):
		m.edit(a[:x], b[:y])
		m.edit(a[x:], b[y:])
	}
}

// easy reports whether the shortest edit script of two lists is quickly found.
func (m *matcher) easy(a, b []int32) bool {
	for len(a) > 0 && len(b) > 0 && m.a[a[0]] == m.b[b[0]] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && m.a[a[len(a)-1]] == m.b[b[len(b)-1]] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) < 2 || len(b) < 2 {
		return true
	}
	_, _, ok := m.middle(a, b, min(tryMost, tryEach*(len(a)+len(b))))
	return ok
}

// single pairs lists of which one has one element.
func (m *matcher) single(a, b []int32) {
	for _, i := range a {
		for _, j := range b {
			if m.a[i] == m.b[j] {
				m.p.set(i, j)
				return
			}
		}
	}
}

// middle finds a place that the shortest edit script passes, by searching from
// both ends at once [Myers 1986, section 4b]. It reports false when that takes
// more than limit steps.
func (m *matcher) middle(a, b []int32, limit int) (x, y int, ok bool) {
	n, k := len(a), len(b)
	limit = min(limit, m.budget)
	defer func(before int) { m.budget -= before - limit }(limit)
	most := (n + k + 1) / 2
	size := 2*most + 2
	if cap(m.v1) < size {
		m.v1, m.v2 = make([]int32, size), make([]int32, size)
	}
	v1, v2 := m.v1[:size], m.v2[:size]
	v1[most+1], v2[most+1] = 0, 0
	delta := n - k
	odd := delta&1 != 0
	lo1, hi1, lo2, hi2 := 0, 0, 0, 0 // diagonals that left the field
	for d := 0; d < most; d++ {
		if limit -= 2*d + 2; limit < 0 {
			return 0, 0, false
		}
		for e := -d + lo1; e <= d-hi1; e += 2 {
			var px int
			if e == -d || e != d && v1[most+e-1] < v1[most+e+1] {
				px = int(v1[most+e+1])
			} else {
				px = int(v1[most+e-1]) + 1
			}
			py := px - e
			from := px
			for px < n && py < k && m.a[a[px]] == m.b[b[py]] {
				px, py = px+1, py+1
			}
			limit -= px - from
			v1[most+e] = int32(px)
			switch {
			case px > n:
				hi1 += 2
			case py > k:
				lo1 += 2
			case odd:
				f := delta - e
				if f >= -(d-1)+lo2 && f <= d-1-hi2 && px >= n-int(v2[most+f]) {
					return px, py, true
				}
			}
		}
		for e := -d + lo2; e <= d-hi2; e += 2 {
			var px int
			if e == -d || e != d && v2[most+e-1] < v2[most+e+1] {
				px = int(v2[most+e+1])
			} else {
				px = int(v2[most+e-1]) + 1
			}
			py := px - e
			from := px
			for px < n && py < k && m.a[a[n-1-px]] == m.b[b[k-1-py]] {
				px, py = px+1, py+1
			}
			limit -= px - from
			v2[most+e] = int32(px)
			switch {
			case px > n:
				hi2 += 2
			case py > k:
				lo2 += 2
			case !odd:
				f := delta - e
				if f >= -d+lo1 && f <= d-hi1 && int(v1[most+f]) >= n-px {
					x = int(v1[most+f])
					return x, x - f, true
				}
			}
		}
	}
	return 0, 0, true
}

// coarse pairs what equals within a window that moves along both lists: a
// bounded look-ahead for what is too different to be worth more.
func (m *matcher) coarse(a, b []int32) {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if m.a[a[i]] == m.b[b[j]] {
			m.p.set(a[i], b[j])
			i, j = i+1, j+1
			continue
		}
		best, ni, nj := math.MaxInt, 0, 0
		for d := range coarseWindow {
			if d >= best {
				break
			}
			if i+d < len(a) && m.a[a[i+d]] == m.b[b[j]] {
				best, ni, nj = d, i+d, j
			} else if j+d < len(b) && m.a[a[i]] == m.b[b[j+d]] {
				best, ni, nj = d, i, j+d
			}
		}
		if best == math.MaxInt {
			i, j = i+1, j+1
			continue
		}
		i, j = ni, nj
	}
}

// move pairs elements that order left without a partner but that stand near on
// the other side: concurrent work may finish in any order. free says whether
// such a pair may have changed places.
func (p *pairing) move(a, b []uint64, free func(i, j int32) bool) {
	type waiting struct{ list, pairs []int32 }
	left := map[uint64]*waiting{}
	pairs := int32(0)
	for j, i := range p.b {
		if i >= 0 {
			pairs++
			continue
		}
		w := left[b[j]]
		if w == nil {
			w = new(waiting)
			left[b[j]] = w
		}
		w.list, w.pairs = append(w.list, int32(j)), append(w.pairs, pairs)
	}
	if len(left) == 0 {
		return
	}
	pairs = 0
	for i, j := range p.a {
		if j >= 0 {
			if !p.isMoved(i) {
				pairs++
			}
			continue
		}
		w := left[a[i]]
		if w == nil {
			continue
		}
		for len(w.list) > 0 && pairs-w.pairs[0] > movedWindow {
			w.list, w.pairs = w.list[1:], w.pairs[1:]
		}
		if len(w.list) == 0 || w.pairs[0]-pairs > movedWindow || !free(int32(i), w.list[0]) {
			continue
		}
		p.set(int32(i), w.list[0])
		if p.moved == nil {
			p.moved = make([]bool, len(p.a))
		}
		p.moved[i] = true
		w.list, w.pairs = w.list[1:], w.pairs[1:]
	}
}

func (p *pairing) isMoved(i int) bool { return p.moved != nil && p.moved[i] }

// refine pairs by other keys what has no partner yet, between the pairs that
// are there. Key 0 equals nothing.
func (p *pairing) refine(a, b []uint64) { p.between(a, b, math.MaxInt) }

// between is refine for gaps that have at most so many elements on each side.
func (p *pairing) between(a, b []uint64, most int) {
	var ia, ib []int32
	flush := func() {
		if len(ia) > 0 && len(ib) > 0 && max(len(ia), len(ib)) <= most {
			p.gap(a, b, ia, ib)
		}
		ia, ib = ia[:0], ib[:0]
	}
	j := 0
	upTo := func(end int) {
		for ; j < end; j++ {
			if p.b[j] < 0 && b[j] != 0 {
				ib = append(ib, int32(j))
			}
		}
	}
	for i := range p.a {
		switch k := p.a[i]; {
		case k >= 0 && !p.isMoved(i):
			upTo(int(k))
			flush()
			j = max(j, int(k)+1)
		case k < 0 && a[i] != 0:
			ia = append(ia, int32(i))
		}
	}
	upTo(len(p.b))
	flush()
}

// gap pairs the elements ia and ib of one gap.
func (p *pairing) gap(a, b []uint64, ia, ib []int32) {
	if len(ia) == 1 && len(ib) == 1 {
		if a[ia[0]] == b[ib[0]] {
			p.set(ia[0], ib[0])
		}
		return
	}
	ka, kb := make([]uint64, len(ia)), make([]uint64, len(ib))
	for i, x := range ia {
		ka[i] = a[x]
	}
	for i, x := range ib {
		kb[i] = b[x]
	}
	for i, j := range align(ka, kb).a {
		if j >= 0 {
			p.set(ia[i], ib[j])
		}
	}
}
