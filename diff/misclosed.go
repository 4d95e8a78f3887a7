package diff

// misclosed pairs CLOSEs of which one names a handle that is not its own: the
// other side's closes an open whose mate is never closed, or was never made.
func (u *pairer) misclosed(sessions *pairing) {
	p := u.all
	fa, fb := u.sides[0].facts, u.sides[1].facts
	stray := [2][]int32{loneCloses(fa, p.a), loneCloses(fb, p.b)}
	if len(stray[0]) == 0 && len(stray[1]) == 0 {
		return
	}
	m := closer{facts: [2][]fact{fa, fb}, mates: [2][]int32{p.a, p.b}}
	m.gather()
	for _, side := range []int{0, 1} {
		want := m.wanting(1 - side)
		for _, j := range stray[side] {
			y := &m.facts[side][j]
			if m.mates[side][j] >= 0 || m.wants(side, j) {
				continue
			}
			for n, i := range want {
				x := &m.facts[1-side][i]
				a, b := i, j
				if side == 0 {
					a, b = j, i
				}
				if x.loose != y.loose || !alongside(sessions, fa[a].session, fb[b].session) {
					continue
				}
				if old := m.mates[1-side][i]; old >= 0 {
					m.mates[side][old] = -1
				}
				p.set(a, b)
				if p.mark(int(a)); p.inPlace(int(a)) {
					p.moved[a] = false
				} else {
					m.exchange(p, a)
				}
				want = append(want[:n:n], want[n+1:]...)
				break
			}
		}
	}
}

// exchange gives a CLOSE that found its partner elsewhere the partner of another
// one if both stand in their place then: of two by one handle the first may be the
// wrong one.
func (m *closer) exchange(p *pairing, a int32) {
	tries := 0
	for i := range m.facts[0] {
		x, j := &m.facts[0][i], p.a[i]
		if !x.closes || x.looks || j < 0 || int32(i) == a || !p.moved[i] || x.loose != m.facts[0][a].loose || x.session != m.facts[0][a].session {
			continue
		}
		if tries++; tries > mostLone {
			return
		}
		old := p.a[a]
		if (int32(i) > a) == (j > old) {
			continue
		}
		p.set(a, j)
		p.set(int32(i), old)
		if p.inPlace(int(a)) && p.inPlace(i) {
			p.moved[a], p.moved[i] = false, false
			return
		}
		p.set(a, old)
		p.set(int32(i), j)
	}
}

// closer knows what closes which open, by side.
type closer struct {
	facts  [2][]fact
	mates  [2][]int32
	closed [2]map[uint32]bool
	opens  [2]map[uint32]uint32 // the mate of an open, 0 for one that was not made
}

func (m *closer) gather() {
	for side, facts := range m.facts {
		m.closed[side], m.opens[side] = map[uint32]bool{}, map[uint32]uint32{}
		for i := range facts {
			switch f := &facts[i]; {
			case f.open == 0:
			case f.closes:
				m.closed[side][f.open] = true
			case f.opens && m.mates[side][i] >= 0:
				m.opens[side][f.open] = m.facts[1-side][m.mates[side][i]].open
			}
		}
	}
}

// wanting gives the CLOSEs of a side that want another partner, or one.
func (m *closer) wanting(side int) (out []int32) {
	for i := range m.facts[side] {
		if len(out) < mostLone && m.wants(side, int32(i)) {
			out = append(out, int32(i))
		}
	}
	return out
}

// wants reports whether a CLOSE ends an open whose mate is never closed, and
// stands alone or beside that of an open which has no mate.
func (m *closer) wants(side int, i int32) bool {
	f := &m.facts[side][i]
	if !f.closes || f.looks || f.open == 0 {
		return false
	}
	mate, paired := m.opens[side][f.open]
	if !paired || mate != 0 && m.closed[1-side][mate] {
		return false
	}
	j := m.mates[side][i]
	if j < 0 {
		return true
	}
	_, other := m.opens[1-side][m.facts[1-side][j].open]
	return m.facts[1-side][j].open != 0 && !other
}

// loneCloses gives the CLOSEs that have no partner, but for those of looks.
func loneCloses(facts []fact, mates []int32) (out []int32) {
	for i, j := range mates {
		if f := &facts[i]; j < 0 && f.closes && !f.looks && len(out) < mostLone {
			out = append(out, int32(i))
		}
	}
	return out
}

// mostLone bounds the CLOSEs that are held against each other.
const mostLone = 256

// alongside reports whether two sessions, 0 for none, are a pair.
func alongside(sessions *pairing, a, b uint32) bool {
	if a == 0 || b == 0 {
		return a == b
	}
	return sessions.a[a-1] == int32(b-1)
}
