package diff

// misclosed pairs CLOSEs that are left over, of which one names a handle that is
// not its own: the other side's closes an open whose mate is never closed.
func (u *pairer) misclosed(sessions *pairing) {
	p := u.all
	lone := [2][]int32{u.loneCloses(0, p.a), u.loneCloses(1, p.b)}
	if len(lone[0]) == 0 || len(lone[1]) == 0 {
		return
	}
	fa, fb := u.sides[0].facts, u.sides[1].facts
	closed := [2]map[uint32]bool{closedBy(fa), closedBy(fb)}
	mates := [2]map[uint32]uint32{{}, {}}
	for i, j := range p.a {
		if j >= 0 && fa[i].opens && fa[i].open != 0 && fb[j].open != 0 {
			mates[0][fa[i].open], mates[1][fb[j].open] = fb[j].open, fa[i].open
		}
	}
	misses := func(side int, open uint32) bool { // the other side never closes its mate
		mate := mates[side][open]
		return mate != 0 && !closed[1-side][mate]
	}
	for _, i := range lone[0] {
		for n, j := range lone[1] {
			x, y := &fa[i], &fb[j]
			if x.loose != y.loose || !alongside(sessions, x.session, y.session) || misses(0, x.open) == misses(1, y.open) {
				continue
			}
			p.set(i, j)
			if p.mark(int(i)); p.inPlace(int(i)) {
				p.moved[i] = false
			}
			lone[1] = append(lone[1][:n:n], lone[1][n+1:]...)
			break
		}
	}
}

// loneCloses gives the CLOSEs of a side that have no partner, but for those of
// looks.
func (u *pairer) loneCloses(side int, mates []int32) (out []int32) {
	for i, j := range mates {
		if f := &u.sides[side].facts[i]; j < 0 && f.closes && !f.looks && len(out) < mostLone {
			out = append(out, int32(i))
		}
	}
	return out
}

// mostLone bounds the CLOSEs that are held against each other.
const mostLone = 256

// closedBy gives the opens that are closed.
func closedBy(facts []fact) map[uint32]bool {
	out := map[uint32]bool{}
	for i := range facts {
		if f := &facts[i]; f.closes && f.open != 0 {
			out[f.open] = true
		}
	}
	return out
}

// alongside reports whether two sessions, 0 for none, are a pair.
func alongside(sessions *pairing, a, b uint32) bool {
	if a == 0 || b == 0 {
		return a == b
	}
	return sessions.a[a-1] == int32(b-1)
}
