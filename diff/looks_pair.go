package diff

import "slices"

// stream aligns operations that belong together. The compound of a look is one
// thing until the rest stands.
func (u *pairer) stream(ia, ib []int32) {
	switch u.by {
	case PairOrder:
		for k := range min(len(ia), len(ib)) {
			u.all.set(ia[k], ib[k])
		}
		return
	case PairNone:
		return
	}
	a, b := u.sides[0], u.sides[1]
	ha, hb := ia, ib
	if a.members || b.members {
		ha, hb = heads(a.facts, ia), heads(b.facts, ib)
	}
	if len(ha) == 0 || len(hb) == 0 {
		return
	}
	var parts [][2][]int32
	if a.programs || b.programs {
		parts = u.parts(ha, hb)
	}
	for _, x := range parts {
		u.align(x[0], x[1])
	}
	if len(parts) > 0 {
		u.cross(ia)
	} else {
		u.align(ha, hb)
	}
	if a.members || b.members {
		u.questions(ia, ib)
	}
}

// heads leaves out what belongs to the compound of a look that began before it.
func heads(facts []fact, in []int32) []int32 {
	member := func(k int32) bool { return facts[k].member }
	if !slices.ContainsFunc(in, member) {
		return in
	}
	return slices.DeleteFunc(slices.Clone(in), member)
}

// questions pairs questions that are left over, of which one stands in the
// compound of a look and one does not.
func (u *pairer) questions(ia, ib []int32) {
	fa, fb := u.sides[0].facts, u.sides[1].facts
	free := [2]bool{
		slices.ContainsFunc(ia, func(k int32) bool { return fa[k].member && u.all.a[k] < 0 }),
		slices.ContainsFunc(ib, func(k int32) bool { return fb[k].member && u.all.b[k] < 0 }),
	}
	if !free[0] && !free[1] {
		return
	}
	p := newPairing(len(ia), len(ib))
	for i, k := range ia {
		j := u.all.a[k]
		if j < 0 {
			continue
		}
		at, _ := slices.BinarySearch(ib, j)
		p.set(int32(i), int32(at))
		if u.all.isMoved(int(k)) {
			p.mark(i)
		}
	}
	for side, key := range [2][2]func(*fact) uint64{{asksWithin, asksAlone}, {asksAlone, asksWithin}} {
		if free[side] {
			p.refine(keysOf(fa, ia, key[0]), keysOf(fb, ib, key[1]))
		}
	}
	for i, j := range p.a {
		if j >= 0 {
			u.all.set(ia[i], ib[j])
		}
	}
}

// asksWithin is the key of questions in the compound of a look, asksAlone that of those
// that stand alone.
func asksWithin(f *fact) uint64 {
	if !f.member || f.closes {
		return 0
	}
	return f.weak
}

func asksAlone(f *fact) uint64 {
	if f.member || f.opens || !f.looks {
		return 0
	}
	return f.weak
}
