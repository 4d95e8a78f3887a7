package diff

import (
	"slices"

	"smbdiff/dissect/op"
)

// ruleResumed names what hides that a request says that its connection is not
// the first, [MS-SMB2] 2.2.1.2.
const ruleResumed = "connected again"

// chains says of each session which one it goes on, itself if none: a client
// that has lost its connection makes another session of its user and goes on
// where it was, without having left the first. That is looked for only where
// the sides have not as many sessions of the user.
func chains(a, b *list) (roots [2][]int32) {
	count := map[uint64]int{}
	for side, l := range []*list{a, b} {
		for i := range l.sessions {
			if s := &l.sessions[i]; len(s.ops) > 0 {
				count[mix(s.user, s.kind)] += 1 - 2*side
			}
		}
	}
	for side, l := range []*list{a, b} {
		last := map[uint64]int32{}
		for i := range l.sessions {
			s := &l.sessions[i]
			roots[side] = append(roots[side], int32(i))
			k := mix(s.user, s.kind)
			if s.user == 0 || len(s.ops) == 0 || count[k] == 0 {
				continue
			}
			if p, ok := last[k]; ok && !l.sessions[p].left && l.sessions[p].conn != s.conn && l.start(p, -1) < l.start(int32(i), 0) {
				roots[side][i] = roots[side][p]
			}
			last[k] = int32(i)
		}
	}
	return roots
}

// start gives when the nth operation of a session began, -1 for its last.
func (l *list) start(session int32, n int) int64 {
	ops := l.sessions[session].ops
	if n < 0 {
		n += len(ops)
	}
	return l.facts[ops[n]].start
}

// joined gives the sessions with those that go them on, and their numbers less
// one.
func joined(l *list, roots []int32) (out []sessionFacts, at []int32) {
	place := make([]int32, len(roots))
	for i, root := range roots {
		s := &l.sessions[i]
		if int(root) == i {
			place[i] = int32(len(out))
			out, at = append(out, *s), append(at, int32(i))
			continue
		}
		place[i] = place[root]
		x := &out[place[i]]
		l.facts[x.ops[len(x.ops)-1]].failed = true // it is done again, or for nothing
		x.ops = append(slices.Clone(x.ops), s.ops...)
		x.print = mix(x.print, s.print)
		x.least.join(&s.least)
		if x.share == 0 {
			x.share = s.share
		}
	}
	return out, at
}

// spread gives the pairing of sessions from that of those joined.
func spread(p *pairing, atA, atB []int32, roots [2][]int32) *pairing {
	out := newPairing(len(roots[0]), len(roots[1]))
	for i, j := range p.a {
		if j >= 0 {
			out.set(atA[i], atB[j])
		}
	}
	for i, root := range roots[0] {
		out.a[i] = out.a[root]
	}
	for j, root := range roots[1] {
		out.b[j] = out.b[root]
	}
	return out
}

// resumed tells of sessions that go on another one, by side: by number, the
// first session of their row, and the tree that a tree of the same share stands
// for.
type resumed struct {
	sessions, trees [2]map[uint32]uint32
	conns           [2]map[uint32]bool // of sessions that go on another one
}

// newResumed gives nil when no session goes on another one and each share is
// connected as often on both sides.
func (r *Result) newResumed(lists [2]*list) *resumed {
	out := &resumed{trees: [2]map[uint32]uint32{{}, {}}}
	for side, roots := range r.roots {
		for i, root := range roots {
			if int(root) == i {
				continue
			}
			if out.sessions[side] == nil {
				out.sessions[side], out.conns[side] = map[uint32]uint32{}, map[uint32]bool{}
			}
			out.sessions[side][uint32(i)+1], out.sessions[side][uint32(root)+1] = uint32(root)+1, uint32(root)+1
			out.conns[side][r.traces[side].Sessions()[i].Conn] = true
		}
	}
	out.connects(r, lists)
	if out.sessions[0] == nil && out.sessions[1] == nil && len(out.trees[0]) == 0 && len(out.trees[1]) == 0 {
		return nil
	}
	return out
}

// connects finds the trees of one share of sessions that do not connect it as
// often: one of them is as good as another one.
func (r *resumed) connects(of *Result, lists [2]*list) {
	type place struct {
		session int32 // of A, less one
		share   uint64
	}
	var made [2]map[place][]uint32
	for side, l := range lists {
		made[side] = map[place][]uint32{}
		for _, x := range l.connects {
			root := of.root(side, x.session)
			if root >= 0 && side == 1 {
				root = of.sessions.b[root]
			}
			if root >= 0 {
				k := place{root, x.share}
				made[side][k] = append(made[side][k], x.tree)
			}
		}
	}
	for k, a := range made[0] {
		b := made[1][k]
		if len(a) == len(b) || len(b) == 0 {
			continue
		}
		for side, trees := range [2][]uint32{a, b} {
			for _, t := range trees {
				r.trees[side][t] = trees[0]
			}
		}
	}
}

// later reports whether an operation belongs to a session that goes on another
// one, or makes it.
func (r *resumed) later(side int, o *op.Op) bool {
	if r == nil || r.conns[side] == nil {
		return false
	}
	if o.Session == 0 {
		return r.conns[side][o.Conn]
	}
	root, ok := r.sessions[side][o.Session]
	return ok && root != o.Session
}

// stands gives what a session or tree of an operation counts as, 0 for itself.
func (r *resumed) stands(class aliasClass, side int, o *op.Op) uint32 {
	switch {
	case r == nil:
	case class == aliasSession:
		return r.sessions[side][o.Session]
	case class == aliasTree:
		return r.trees[side][o.Tree]
	}
	return 0
}

// again hides that requests say that their connection is not the first.
func (r *resumed) again(changes []Change) {
	for i := range changes {
		if ch := &changes[i]; ch.Masked == "" && ch.Name == "smb2.channel_sequence" {
			ch.Masked = ruleResumed
		}
	}
}
