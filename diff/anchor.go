package diff

import (
	"cmp"
	"slices"
)

// anchor is a pair of operations that the user made, by index on both sides.
type anchor struct{ a, b int32 }

// newAnchors gives the anchors of a pairer: those of the user that name
// operations which are there, each operation once; later ones win.
func newAnchors(list [][2]uint32, ops [2]int, swapped bool) []anchor {
	var out []anchor
	for _, x := range list {
		if swapped {
			x[0], x[1] = x[1], x[0]
		}
		if x[0] == 0 || x[1] == 0 || int64(x[0]) > int64(ops[0]) || int64(x[1]) > int64(ops[1]) {
			continue
		}
		n := anchor{int32(x[0] - 1), int32(x[1] - 1)}
		out = slices.DeleteFunc(out, func(o anchor) bool { return o.a == n.a || o.b == n.b })
		out = append(out, n)
	}
	slices.SortFunc(out, func(x, y anchor) int { return cmp.Compare(x.a, y.a) })
	return out
}

// around aligns operations that belong together: those between two anchors
// with those between the same two. An anchor that crosses an earlier one
// parts nothing; it stands as moved.
func (u *pairer) around(ia, ib []int32) {
	if len(u.anchors) == 0 {
		u.stream(ia, ib)
		return
	}
	var held [2]map[int32]bool
	held[0], held[1] = map[int32]bool{}, map[int32]bool{}
	for _, x := range u.anchors {
		held[0][x.a], held[1][x.b] = true, true
	}
	free := func(side int, in []int32) []int32 {
		return slices.DeleteFunc(slices.Clone(in), func(i int32) bool { return held[side][i] })
	}
	fromA, fromB := 0, 0
	for _, x := range u.anchors {
		i, inA := slices.BinarySearch(ia, x.a)
		j, inB := slices.BinarySearch(ib, x.b)
		if !inA || !inB {
			continue
		}
		if j < fromB {
			u.crossed = append(u.crossed, x.a)
			continue
		}
		u.stream(free(0, ia[fromA:i]), free(1, ib[fromB:j]))
		fromA, fromB = i+1, j+1
	}
	u.stream(free(0, ia[fromA:]), free(1, ib[fromB:]))
}

// hold pairs the anchors, whatever else was found for their operations.
func (u *pairer) hold() {
	p := u.all
	for _, x := range u.anchors {
		if j := p.a[x.a]; j >= 0 {
			p.b[j] = -1
		}
		if i := p.b[x.b]; i >= 0 {
			p.a[i] = -1
		}
		p.set(x.a, x.b)
		if p.moved != nil {
			p.moved[x.a] = false
		}
	}
	for _, i := range u.crossed {
		if p.moved == nil {
			p.moved = make([]bool, len(p.a))
		}
		p.moved[i] = true
	}
}
