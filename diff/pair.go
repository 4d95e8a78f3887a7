package diff

import (
	"cmp"
	"slices"
	"sync"
)

// paired is what stands beside what: operations, connections and sessions.
type paired struct {
	all, conns, sessions *pairing
	roots                [2][]int32 // of sessions: the one that each goes on
	turned               bool       // the sides are exchanged
}

// PairBy says what makes two operations a pair.
type PairBy uint8

// The ways. Sessions and connections are matched in each.
const (
	PairAuto  PairBy = iota // what they do
	PairOrder               // their place: the first with the first, and so on
	PairNone                // anchors alone
)

// String gives the word for it.
func (p PairBy) String() string { return [...]string{"auto", "order", "none"}[p] }

// pairUp puts the operations of both sides beside each other: sessions first,
// then connections, then operations inside those that belong together. It
// exchanges the sides, or not, by what they hold alone, so that what is paired
// does not hang on which is A. Anchors are pairs that the user made.
func pairUp(a, b *list, by PairBy, anchors [][2]uint32) *paired {
	p := &paired{turned: before(b, a)}
	if p.turned {
		a, b = b, a
	}
	u := &pairer{sides: [2]*list{a, b}, by: by, anchors: newAnchors(anchors, [2]int{len(a.facts), len(b.facts)}, p.turned)}
	p.roots = chains(a, b)
	p.conns, p.sessions = u.pair(p.roots)
	p.all = u.all
	return p
}

// turn exchanges the sides.
func (p *paired) turn() {
	p.turned = !p.turned
	p.roots[0], p.roots[1] = p.roots[1], p.roots[0]
	p.all.turn()
	p.conns.turn()
	p.sessions.turn()
}

// pairingOf gives the pairing of rows.
func pairingOf(rows []Row) *pairing {
	n, m := uint32(0), uint32(0)
	for i := range rows {
		n, m = max(n, rows[i].A), max(m, rows[i].B)
	}
	p := newPairing(int(n), int(m))
	for i := range rows {
		r := &rows[i]
		if r.A == 0 || r.B == 0 {
			continue
		}
		p.set(int32(r.A)-1, int32(r.B)-1)
		if r.Moved {
			if p.moved == nil {
				p.moved = make([]bool, n)
			}
			p.moved[r.A-1] = true
		}
	}
	return p
}

// before puts two traces in an order that hangs on what they hold alone.
func before(a, b *list) bool {
	if n, m := len(a.facts), len(b.facts); n != m {
		return n < m
	}
	for i := range a.facts {
		if x, y := a.facts[i].strong, b.facts[i].strong; x != y {
			return x < y
		}
	}
	for i := range a.facts {
		if n := a.facts[i].compare(&b.facts[i]); n != 0 {
			return n < 0
		}
	}
	return false
}

// turn changes the sides.
func (p *pairing) turn() {
	if p.moved != nil {
		moved := make([]bool, len(p.b))
		for j, i := range p.b {
			moved[j] = i >= 0 && p.moved[i]
		}
		p.moved = moved
	}
	p.a, p.b = p.b, p.a
}

// pair pairs everything.
func (u *pairer) pair(roots [2][]int32) (conns, sessions *pairing) {
	a, b := u.sides[0], u.sides[1]
	u.all = newPairing(len(a.facts), len(b.facts))
	wholeA, atA := joined(a, roots[0])
	wholeB, atB := joined(b, roots[1])
	whole := matchSessions(wholeA, wholeB)
	sessions = spread(whole, atA, atB, roots)
	conns = matchConns(a, b, sessions)
	for i, j := range conns.a {
		if j >= 0 {
			u.around(a.conns[i], b.conns[j])
		}
	}
	for i, j := range whole.a {
		if j >= 0 {
			u.around(wholeA[i].ops, wholeB[j].ops)
		}
	}
	u.misclosed(sessions)
	u.hold()
	return conns, sessions
}

type pairer struct {
	sides [2]*list
	all   *pairing
	by    PairBy

	anchors []anchor
	crossed []int32 // anchors of the first side that cross an earlier one
}

// matchSessions pairs sessions: those with the same work first, then by what
// they have in common, at last by order.
func matchSessions(a, b []sessionFacts) *pairing {
	whole := func(s *sessionFacts) uint64 { return mix(mix(mix(s.user, s.kind), s.share), s.print) }
	keys := func(l []sessionFacts, key func(*sessionFacts) uint64) []uint64 {
		out := make([]uint64, len(l))
		for i := range l {
			out[i] = key(&l[i])
		}
		return out
	}
	p := align(keys(a, whole), keys(b, whole))
	p.alike(a, b)
	for _, key := range []func(*sessionFacts) uint64{
		func(s *sessionFacts) uint64 { return mix(mix(s.user, s.kind), s.share) },
		func(s *sessionFacts) uint64 { return mix(s.user, s.share) },
		func(s *sessionFacts) uint64 { return mix(s.user, s.kind) },
		func(s *sessionFacts) uint64 { return s.user },
		func(s *sessionFacts) uint64 { return s.share },
		func(*sessionFacts) uint64 { return 1 },
	} {
		p.inOrder(keys(a, key), keys(b, key))
	}
	return p
}

// mostAlike bounds the sessions that are held against each other.
const mostAlike = 256

// alike pairs free sessions of one user, dialect and share that do most of the
// same things: two clients may come in any order.
func (p *pairing) alike(a, b []sessionFacts) {
	type match struct{ shared, i, j int }
	var all []match
	free := func(mates []int32) (out []int) {
		for i, m := range mates {
			if m < 0 && len(out) < mostAlike {
				out = append(out, i)
			}
		}
		return out
	}
	fa, fb := free(p.a), free(p.b)
	if len(fa) < 2 && len(fb) < 2 {
		return
	}
	for _, i := range fa {
		for _, j := range fb {
			x, y := &a[i], &b[j]
			if n := x.least.shared(&y.least); n > 0 && x.user == y.user && x.kind == y.kind && x.share == y.share {
				all = append(all, match{n, i, j})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y match) int {
		return cmp.Or(cmp.Compare(y.shared, x.shared), cmp.Compare(x.i+x.j, y.i+y.j), cmp.Compare(max(x.i, x.j), max(y.i, y.j)), cmp.Compare(x.i, y.i))
	})
	for _, m := range all {
		if p.a[m.i] < 0 && p.b[m.j] < 0 {
			p.set(int32(m.i), int32(m.j))
		}
	}
}

// inOrder pairs the nth free element of a key with the nth of that key.
func (p *pairing) inOrder(a, b []uint64) {
	free := map[uint64][]int32{}
	for j, k := range b {
		if p.b[j] < 0 {
			free[k] = append(free[k], int32(j))
		}
	}
	for i, k := range a {
		if q := free[k]; p.a[i] < 0 && len(q) > 0 {
			p.set(int32(i), q[0])
			free[k] = q[1:]
		}
	}
}

// matchConns pairs connections: those on which paired sessions were set up,
// then the others in order.
func matchConns(a, b *list, sessions *pairing) *pairing {
	p := newPairing(len(a.conns), len(b.conns))
	for i, j := range sessions.a {
		if j < 0 {
			continue
		}
		ca, cb := a.sessions[i].conn, b.sessions[j].conn
		if int(ca) < len(p.a) && int(cb) < len(p.b) && p.a[ca] < 0 && p.b[cb] < 0 {
			p.set(int32(ca), int32(cb))
		}
	}
	used := func(conns [][]int32) []uint64 {
		out := make([]uint64, len(conns))
		for i, ops := range conns {
			if len(ops) > 0 {
				out[i] = 1
			}
		}
		return out
	}
	p.inOrder(used(a.conns), used(b.conns))
	return p
}

func keysOf(facts []fact, in []int32, key func(*fact) uint64) []uint64 {
	out := make([]uint64, len(in))
	for i, k := range in {
		out[i] = key(&facts[k])
	}
	return out
}

func strong(f *fact) uint64 { return f.strong }

func weak(f *fact) uint64 { return f.weak }

// align aligns operations, and the compounds of looks by their first.
func (u *pairer) align(ia, ib []int32) {
	fa, fb := u.sides[0].facts, u.sides[1].facts
	sa, sb := keysOf(fa, ia, strong), keysOf(fb, ib, strong)
	p := align(sa, sb)
	p = u.settle(p, ia, ib, sa, sb)
	if p.complete() {
		u.take(p, ia, ib)
		return
	}
	u.slide(p, ia, ib, sa, sb)
	ca := sync.OnceValue(func() []bool { return concurrent(fa, ia) })
	cb := sync.OnceValue(func() []bool { return concurrent(fb, ib) })
	p.move(sa, sb, func(i, j int32) bool { return (ca()[i] || cb()[j]) && !fa[ia[i]].looks })
	rest := restKeys{fa: fa, fb: fb, ia: ia, ib: ib, p: p}
	p.refine(rest.keys(weak, weak))
	p.refine(rest.keys(bare, bare))
	p.refine(rest.onMates())
	p.refine(rest.keys(unheld, used))
	p.refine(rest.keys(used, unheld))
	a, b := rest.keys(used, used)
	p.between(a, b, 1)
	u.take(p, ia, ib)
}

// restKeys gives keys of the operations of two streams that have no partner yet.
type restKeys struct {
	fa, fb []fact
	ia, ib []int32
	p      *pairing
	a, b   []uint64 // those of operations with a partner mean nothing
}

func (r *restKeys) keys(ka, kb func(*fact) uint64) (a, b []uint64) {
	if r.a == nil {
		r.a, r.b = make([]uint64, len(r.ia)), make([]uint64, len(r.ib))
	}
	for i, j := range r.p.a {
		if j < 0 {
			r.a[i] = ka(&r.fa[r.ia[i]])
		}
	}
	for j, i := range r.p.b {
		if i < 0 {
			r.b[j] = kb(&r.fb[r.ib[j]])
		}
	}
	return r.a, r.b
}

// onMates gives the keys of what is done with opens whose creation stands beside
// each other.
func (r *restKeys) onMates() (a, b []uint64) {
	opens := map[uint32]uint64{} // opens of B by number: those of A
	mates := map[uint32]bool{}
	for i, j := range r.p.a {
		if j < 0 {
			continue
		}
		if x, y := &r.fa[r.ia[i]], &r.fb[r.ib[j]]; x.opens && x.open != 0 && y.open != 0 {
			opens[y.open] = uint64(x.open)
			mates[x.open] = true
		}
	}
	return r.keys(func(f *fact) uint64 {
		if !mates[f.open] {
			return 0
		}
		return mix(f.loose, uint64(f.open))
	}, func(f *fact) uint64 {
		k, ok := opens[f.open]
		if !ok {
			return 0
		}
		return mix(f.loose, k)
	})
}

// unheld is the key of operations on no known open, used that of those on any:
// what names a handle that is closed, or never was one, is still what the
// other side did there.
func unheld(f *fact) uint64 {
	if f.open != 0 || f.opens || f.free || f.looks || f.related {
		return 0
	}
	return f.loose
}

func used(f *fact) uint64 {
	if f.opens || f.free || f.looks {
		return 0
	}
	return f.loose
}

// bare is the key of operations that need no open; another object makes them
// differ, not miss. A CREATE of a look is none of anything else.
func bare(f *fact) uint64 {
	if f.open != 0 && !f.opens {
		return 0
	}
	return f.loose
}

func (p *pairing) complete() bool {
	if len(p.a) != len(p.b) {
		return false
	}
	for _, j := range p.a {
		if j < 0 {
			return false
		}
	}
	return true
}

func (u *pairer) take(p *pairing, ia, ib []int32) {
	members := u.sides[0].members && u.sides[1].members
	for i, j := range p.a {
		if j < 0 {
			continue
		}
		x, y := ia[i], ib[j]
		u.all.set(x, y)
		if p.isMoved(i) {
			u.all.mark(int(x))
		}
		for n := int32(1); members && u.member(0, x+n) && u.member(1, y+n); n++ {
			u.all.set(x+n, y+n)
			if p.isMoved(i) {
				u.all.mark(int(x + n))
			}
		}
	}
}

// member reports whether an operation belongs to the compound of a look that
// began before it.
func (u *pairer) member(side int, k int32) bool {
	facts := u.sides[side].facts
	return int(k) < len(facts) && facts[k].member
}

// concurrent says which operations were under way together with another one,
// or came from the server unasked. Elements of one compound have an order.
func concurrent(facts []fact, in []int32) []bool {
	out := make([]bool, len(in))
	var last int64
	for i, k := range in {
		f := &facts[k]
		if f.free {
			out[i] = true
			continue
		}
		if f.start < last {
			out[i] = true
		}
		if i+1 < len(in) {
			if next := &facts[in[i+1]]; next.start < f.end && next.start > f.start {
				out[i] = true
			}
		}
		if i+1 < len(in) && facts[in[i+1]].start != f.start || i+1 == len(in) {
			for n := i; n >= 0 && facts[in[n]].start == f.start; n-- {
				last = max(last, facts[in[n]].end)
			}
		}
	}
	return out
}

// rows lists the pairs in the order of A. What only B has stands before the
// operation that follows it in B; of what stands alone between two pairs that of
// A comes first. With last set it comes last, and what only B has stands behind
// the operation that it follows: then B gives the rows in the order that A gives
// with the sides exchanged.
func (p *pairing) rows(last bool) []Row {
	n, m := len(p.a), len(p.b)
	// before[i] heads the list of what only B has before operation i of A.
	before := make([]int32, n+1)
	for i := range before {
		before[i] = -1
	}
	next := p.places(last)
	out := make([]Row, 0, max(n, m))
	for j := m - 1; j >= 0; j-- {
		if p.b[j] < 0 {
			place := next[j]
			next[j] = before[place]
			before[place] = int32(j)
		}
	}
	for i := 0; i <= n; i++ {
		for j := before[i]; j >= 0; j = next[j] {
			out = append(out, Row{B: uint32(j) + 1, Grade: OnlyB})
		}
		if i == n {
			break
		}
		r := Row{A: uint32(i) + 1, Grade: OnlyA}
		if j := p.a[i]; j >= 0 {
			r.B, r.Moved, r.Grade = uint32(j)+1, p.isMoved(i), Equal
		}
		out = append(out, r)
	}
	return out
}

// places gives, for what only B has, before which operation of A it stands.
func (p *pairing) places(last bool) []int32 {
	out := make([]int32, len(p.b))
	place := int32(len(p.a))
	if last {
		place = 0
	}
	for k := range p.b {
		j := len(p.b) - 1 - k
		if last {
			j = k
		}
		switch i := p.b[j]; {
		case i < 0:
			out[j] = place
		case p.isMoved(int(i)):
		case last:
			place = i + 1
		default:
			place = i
		}
	}
	return out
}
