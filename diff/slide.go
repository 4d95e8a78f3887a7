package diff

// slide moves runs of operations without a partner so that they begin with what
// opens something, not end with it: of a block that repeats, what is extra is
// the one that the operations in it belong to.
func (u *pairer) slide(p *pairing, ia, ib []int32, sa, sb []uint64) {
	begins := func(side int, in []int32) func(int) bool {
		return func(i int) bool { f := &u.sides[side].facts[in[i]]; return f.opens || f.connects }
	}
	slideRuns(p.a, sa, begins(0, ia), func(from, to int) bool {
		if p.isMoved(from) {
			return false
		}
		j := p.a[from]
		p.a[from] = -1
		p.set(int32(to), j)
		return true
	})
	slideRuns(p.b, sb, begins(1, ib), func(from, to int) bool {
		i := p.b[from]
		if p.isMoved(int(i)) {
			return false
		}
		p.b[from] = -1
		p.set(i, int32(to))
		return true
	})
}

// slideRuns finds the runs in what one side is paired with; again moves the
// partner of one element to another.
func slideRuns(mates []int32, keys []uint64, begins func(int) bool, again func(from, to int) bool) {
	for from := 0; from < len(mates); from++ {
		if mates[from] >= 0 {
			continue
		}
		end := from
		for end < len(mates) && mates[end] < 0 {
			end++
		}
		next := end
		for from > 0 && mates[from-1] >= 0 && keys[from-1] == keys[end-1] && begins(end-1) && again(from-1, end-1) {
			from, end = from-1, end-1
		}
		from = next
	}
}
