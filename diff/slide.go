package diff

// mostAgain bounds the operations that are asked again together.
const mostAgain = 8

// slide moves runs of operations without a partner so that they begin with what
// opens something, not end with it: of a block that repeats, what is extra is
// the one that the operations in it belong to. What failed and is asked again
// stands beside the other side's, and what is extra is that it is asked again.
func (u *pairer) slide(p *pairing, ia, ib []int32, sa, sb []uint64) {
	fa, fb := u.sides[0].facts, u.sides[1].facts
	a := slider{mates: p.a, keys: sa, facts: fa, in: ia, again: func(from, to int) bool {
		if p.isMoved(from) {
			return false
		}
		j := p.a[from]
		p.a[from] = -1
		p.set(int32(to), j)
		return true
	}}
	b := slider{mates: p.b, keys: sb, facts: fb, in: ib, again: func(from, to int) bool {
		i := p.b[from]
		if p.isMoved(int(i)) {
			return false
		}
		p.b[from] = -1
		p.set(i, int32(to))
		return true
	}}
	a.slide()
	b.slide()
	opens := [2]map[uint32]uint32{{}, {}} // opens of each side: those of the other
	for i, j := range p.a {
		if j < 0 || !fa[ia[i]].opens {
			continue
		}
		if x, y := fa[ia[i]].open, fb[ib[j]].open; x != 0 && y != 0 {
			opens[0][x], opens[1][y] = y, x
		}
	}
	a.grip(opens[0], func(j int32) uint32 { return fb[ib[j]].open })
	b.grip(opens[1], func(i int32) uint32 { return fa[ia[i]].open })
}

// slider moves the runs of one side. again gives the partner of one element to
// another.
type slider struct {
	mates []int32
	keys  []uint64
	facts []fact
	in    []int32
	again func(from, to int) bool
}

func (s *slider) fact(i int) *fact { return &s.facts[s.in[i]] }

func (s *slider) begins(i int) bool { f := s.fact(i); return f.opens || f.connects }

// runs calls f for each run of elements without a partner; f gives where to go on.
func (s *slider) runs(f func(from, end int) (next int)) {
	for from := 0; from < len(s.mates); from++ {
		if s.mates[from] >= 0 {
			continue
		}
		end := from
		for end < len(s.mates) && s.mates[end] < 0 {
			end++
		}
		from = f(from, end)
	}
}

func (s *slider) slide() {
	s.runs(func(from, end int) int {
		next := end
		for from > 0 && s.mates[from-1] >= 0 && s.keys[from-1] == s.keys[end-1] && s.begins(end-1) && !s.fact(from-1).failed && s.again(from-1, end-1) {
			from, end = from-1, end-1
		}
		if end == next {
			if next = s.down(from, end); next == end {
				s.up(from, end)
			}
		}
		return next
	})
}

// grip gives the partner of what stands before or behind a run to the element in
// it that is on the same open, if the one that has it is on another one.
func (s *slider) grip(opens map[uint32]uint32, open func(mate int32) uint32) {
	s.runs(func(from, end int) int {
		for _, has := range []int{from - 1, end} {
			if has < 0 || has == len(s.mates) || s.mates[has] < 0 || s.fact(has).open == 0 || s.fact(has).opens {
				continue
			}
			want := open(s.mates[has])
			if want == 0 || opens[s.fact(has).open] == want {
				continue
			}
			for x := from; x < min(end, from+mostAgain); x++ {
				if s.keys[x] == s.keys[has] && opens[s.fact(x).open] == want {
					s.again(has, x)
					break
				}
			}
		}
		return end
	})
}

// up moves a run that does not begin with what opens something to where it
// does, if all that stands there is the same as what it ends with.
func (s *slider) up(from, end int) {
	for n := 1; n <= min(from, end-from, mostAgain) && !s.begins(from); n++ {
		if s.mates[from-n] < 0 || s.keys[from-n] != s.keys[end-n] || s.fact(from-n).failed {
			return
		}
		if !s.begins(from - n) {
			continue
		}
		for i := 1; i <= n; i++ {
			if !s.again(from-i, end-i) {
				return
			}
		}
		return
	}
}

// down gives what failed in a run, and is asked again behind the run, the
// partner of what is asked again, with those of its compound, and gives where
// the run ends then.
func (s *slider) down(from, end int) int {
	for n := 1; n <= min(end-from, mostAgain); {
		k := 0
		for k < n && end+k < len(s.mates) && s.mates[end+k] >= 0 && s.keys[end-n+k] == s.keys[end+k] {
			k++
		}
		if k == 0 || !s.fact(end-n).failed {
			n++
			continue
		}
		for i := range k {
			if !s.again(end+i, end-n+i) {
				return end
			}
		}
		from, end, n = end, end+k, 1
	}
	return end
}
