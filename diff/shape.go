package diff

import (
	"math"
	"strings"

	"smbdiff/dissect/field"
)

const (
	// partedBy is how far apart, in ns, two times must be that are one on the
	// other side: clocks of file systems tick coarsely, and work takes its time.
	partedBy = 2_000_000_000
	// mostTimes bounds how far from each other the times of one structure stand.
	mostTimes = 8
)

// shapeOf tells the values of a time apart that mean no time, [MS-FSCC] 2.4.7.
func shapeOf(v uint64, n uint32) int {
	if n < 8 && n > 0 && v == 1<<(8*n)-1 {
		return 2
	}
	switch v {
	case 0:
		return 1
	case ^uint64(0):
		return 2
	case ^uint64(1):
		return 3
	}
	return 0
}

// times are those of one structure, by their distance from the one that is judged.
type times struct {
	trees [2]*field.Tree
	nodes [2]int
	list  [2 * mostTimes]int
	n     int
}

// parted reports whether a time is the same as one beside it on one side, and
// clearly another one on the other side. Of two that part it is the one that parts
// from more of them, else the later one. Who looked at a file last is no matter of
// its other times.
func parted(ta, tb *field.Tree, i, j int) bool {
	x := times{trees: [2]*field.Tree{ta, tb}, nodes: [2]int{i, j}}
	if !x.has(0) {
		return false
	}
	for _, step := range [2]int{-1, 1} {
		for k := step; k > -mostTimes && k < mostTimes && x.stands(k); k += step {
			if x.has(k) {
				x.list[x.n] = k
				x.n++
			}
		}
	}
	own := x.parts(0)
	for _, k := range x.list[:x.n] {
		if n := x.parts(k); x.split(0, k) && (n > own || n == own && k > 0) {
			return false
		}
	}
	return own > 0
}

// stands reports whether there is a time of the same kind at a distance, on both
// sides.
func (x *times) stands(k int) bool {
	for side, t := range x.trees {
		at := x.nodes[side]
		if at+k < 0 || at+k >= len(t.Nodes) || t.Nodes[at+k].Depth != t.Nodes[at].Depth || t.Nodes[at+k].Def.Kind != t.Nodes[at].Def.Kind {
			return false
		}
	}
	return x.node(0, k).Def == x.node(1, k).Def
}

func (x *times) node(side, k int) *field.Node { return &x.trees[side].Nodes[x.nodes[side]+k] }

// has reports whether the time at a distance is one, on both sides, and not that
// of the last access.
func (x *times) has(k int) bool {
	for side := range x.trees {
		n := x.node(side, k)
		if n.Def.Kind != field.FileTime && n.Def.Kind != field.UnixTime || shapeOf(n.Val, n.Len) != 0 || strings.Contains(n.Def.Name, "access") || strings.HasSuffix(n.Def.Name, "atime") {
			return false
		}
	}
	return true
}

// split reports whether two of the times are one on one side alone.
func (x *times) split(k, m int) bool {
	a, b := distance(x.node(0, k), x.node(0, m)), distance(x.node(1, k), x.node(1, m))
	return min(a, b) == 0 && max(a, b) > partedBy
}

func distance(n, m *field.Node) float64 { return math.Abs(inNanoseconds(n) - inNanoseconds(m)) }

// parts counts the times that one is split from.
func (x *times) parts(k int) (n int) {
	if x.split(k, 0) {
		n++
	}
	for _, m := range x.list[:x.n] {
		if x.split(k, m) {
			n++
		}
	}
	return n
}
