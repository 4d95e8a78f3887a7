package diff

import (
	"cmp"
	"slices"
)

// mostRunning bounds the programs that are looked at as running together.
const mostRunning = 32

// parts divides the operations of a session on which programs ran together into
// those of programs that share no object: how those take turns is no property of
// theirs. It gives none where programs ran one behind another.
func (u *pairer) parts(ia, ib []int32) (out [][2][]int32) {
	if len(u.sides[0].folders) == 0 && len(u.sides[1].folders) == 0 {
		return nil
	}
	in := [2][]int32{ia, ib}
	var opens [2]map[uint32]bool
	together := false
	for side := range in {
		opens[side] = programs(u.sides[side].facts, in[side])
		together = together || runTogether(u.sides[side].facts, in[side], opens[side])
	}
	if !together {
		return nil
	}
	j := union{}
	for side, l := range u.sides {
		for object, folder := range l.folders {
			j.unite(node{object: object}, node{object: folder})
		}
		for _, k := range in[side] {
			if f := &l.facts[k]; f.opens && opens[side][f.process] && !f.looks {
				j.unite(node{object: f.object}, node{process: f.process, side: side})
			}
		}
	}
	at := map[node]int{}
	for side, l := range u.sides {
		for _, k := range in[side] {
			f := &l.facts[k]
			root := j.root(node{object: f.object})
			if opens[side][f.process] && !f.looks && !f.closes {
				root = j.root(node{process: f.process, side: side})
			}
			i, ok := at[root]
			if !ok {
				i = len(out)
				at[root] = i
				out = append(out, [2][]int32{})
			}
			out[i][side] = append(out[i][side], k)
		}
	}
	return out
}

// programs gives the processes that open something. What closes and writes alone
// is a thread of the client that tidies up.
func programs(facts []fact, in []int32) map[uint32]bool {
	out := map[uint32]bool{}
	last := uint32(0)
	for _, k := range in {
		if f := &facts[k]; f.process != last && f.opens && !f.looks && f.process != 0 {
			out[f.process], last = true, f.process
		}
	}
	return out
}

// runTogether reports whether two programs each did something between two things
// that the other did.
func runTogether(facts []fact, in []int32, opens map[uint32]bool) bool {
	if len(opens) < 2 {
		return false
	}
	last := map[uint32]int{} // element with which a program ends
	for i, k := range in {
		last[facts[k].process] = i
	}
	var running []uint32
	within := map[[2]uint32]bool{} // the first did something while the second ran
	for i, k := range in {
		p := facts[k].process
		if !opens[p] || facts[k].free {
			continue
		}
		running = slices.DeleteFunc(running, func(q uint32) bool { return last[q] < i })
		for _, q := range running {
			if q == p {
				continue
			}
			if within[[2]uint32{p, q}] = true; within[[2]uint32{q, p}] {
				return true
			}
		}
		if last[p] > i && len(running) < mostRunning && !slices.Contains(running, p) {
			running = append(running, p)
		}
	}
	return false
}

// node is an object of both sides, or a process of one.
type node struct {
	object  uint64
	process uint32
	side    int
}

// union joins nodes that belong together, each with the one it was union to.
type union map[node]node

func (j union) root(n node) node {
	for {
		up, ok := j[n]
		if !ok {
			return n
		}
		if next, ok := j[up]; ok {
			j[n] = next
		}
		n = up
	}
}

func (j union) unite(a, b node) {
	x, y := j.root(a), j.root(b)
	switch order := cmp.Or(cmp.Compare(x.object, y.object), cmp.Compare(x.process, y.process), cmp.Compare(x.side, y.side)); {
	case order < 0:
		j[y] = x
	case order > 0:
		j[x] = y
	}
}

// cross marks the pairs of a stream that stand in another order than most.
func (u *pairer) cross(ia []int32) {
	var all []pairOf
	for _, k := range ia {
		if j := u.all.a[k]; j >= 0 && !u.all.isMoved(int(k)) {
			all = append(all, pairOf{k, j})
		}
	}
	rising := longestRise(all)
	for _, x := range all {
		if len(rising) > 0 && rising[0] == x {
			rising = rising[1:]
			continue
		}
		u.all.mark(int(x.a))
	}
}
