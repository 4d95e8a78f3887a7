package diff

import (
	"slices"

	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
)

const (
	// lateAfter is how long, in ns, a handle lies unused before a close that
	// follows its last use directly counts as late.
	lateAfter = 500_000_000
	// lateNear is how many operations are looked at on each side of a close
	// that has another place to tell whether it is still in order.
	lateNear = 64
	// settleMost is how often a stream is aligned anew, each time with more late
	// closes known.
	settleMost = 3
)

// closing reports whether the operation ends an open.
func closing(o *op.Op) bool {
	return o.Proto == op.SMB2 && smb2.Command(o.Command) == smb2.Close || o.Proto == op.SMB1 && o.Command == smb1.Close
}

// ruleLate names what hides that a file had another size when it was closed at
// another time.
const ruleLate = "closed at another time"

// closedLate hides what the answer to a CLOSE tells of the file at that time,
// [MS-SMB2] 2.2.16.
func (c *Comparer) closedLate() {
	if !c.mask.lenient {
		return
	}
	for i := range c.changes {
		ch := &c.changes[i]
		if ch.Masked == "" && ch.Part == PartResponse && (ch.Name == "smb2.eof" || ch.Name == "smb2.allocation_size") {
			ch.Masked = ruleLate
		}
	}
}

// settle aligns anew where clients that close and look again when a time is
// over did so at other times. The close of an open stands beside the close of
// its mate, wherever other opens' operations stand, if it is the last on its
// open and came late on a side. What only asks for information stands beside
// each other where the rest leaves it room.
func (u *pairer) settle(p *pairing, ia, ib []int32, sa, sb []uint64) *pairing {
	fa, fb := u.sides[0].facts, u.sides[1].facts
	if !p.unsettled(fa, fb, ia, ib) {
		return p
	}
	looks := func(facts []fact, in []int32) bool {
		return slices.ContainsFunc(in, func(k int32) bool { return facts[k].looks })
	}
	some := looks(fa, ia) || looks(fb, ib)
	known := 0
	for round := range settleMost {
		ua, ub := usesOf(fa, ia), usesOf(fb, ib)
		late := lateCloses(p, ua, ub, fa, fb, ia, ib)
		if len(late) <= known && (round > 0 || !some) {
			break
		}
		p, known = u.beside(late, ua, ub, ia, ib, sa, sb), len(late)
	}
	return p
}

// beside aligns with late closes that stand beside each other already, and with
// looks left out of the order.
func (u *pairer) beside(late []pairOf, ua, ub *uses, ia, ib []int32, sa, sb []uint64) *pairing {
	fa, fb := u.sides[0].facts, u.sides[1].facts
	out := newPairing(len(ia), len(ib))
	for _, x := range late {
		out.set(x.a, x.b)
		out.mark(int(x.a))
	}
	left := func(facts []fact, in []int32, keys []uint64, mates []int32) (at []int32, rest []uint64) {
		at, rest = make([]int32, 0, len(keys)), make([]uint64, 0, len(keys))
		for i, k := range keys {
			if mates[i] < 0 && !facts[in[i]].looks {
				at, rest = append(at, int32(i)), append(rest, k)
			}
		}
		return at, rest
	}
	atA, restA := left(fa, ia, sa, out.a)
	atB, restB := left(fb, ib, sb, out.b)
	for i, j := range align(restA, restB).a {
		if j >= 0 {
			out.set(atA[i], atB[j])
		}
	}
	out.refine(sa, sb)
	late = append(late, out.leftCloses(ua, ub, fa, fb, ia, ib)...)
	for _, x := range late {
		if out.inPlace(int(x.a)) {
			out.moved[x.a] = false
		}
	}
	return out
}

// lateCloses pairs the late closes of opens whose creation stands beside each
// other.
func lateCloses(p *pairing, ua, ub *uses, fa, fb []fact, ia, ib []int32) (out []pairOf) {
	for i, j := range p.a {
		if j < 0 || !fa[ia[i]].opens {
			continue
		}
		x, y := ua.at(fa[ia[i]].open), ub.at(fb[ib[j]].open)
		if x != nil && y != nil && x.ends() && y.ends() && (x.late || y.late) {
			out = append(out, pairOf{x.close, y.close})
			x.close, y.close = -1, -1
		}
	}
	return out
}

// leftCloses pairs closes that are left over in order, late ones of one object
// and those of no known open: one of two may name a handle that is not its own.
func (p *pairing) leftCloses(ua, ub *uses, fa, fb []fact, ia, ib []int32) (out []pairOf) {
	late := func(u *uses, f *fact) bool {
		x := u.at(f.open)
		return x != nil && x.late
	}
	for _, known := range []bool{true, false} {
		left := map[uint64][]int32{}
		key := func(f *fact) uint64 {
			if known {
				return f.strong
			}
			return f.loose
		}
		for j, i := range p.b {
			if f := &fb[ib[j]]; i < 0 && f.closes && !f.looks && (late(ub, f) || !known && f.open == 0) {
				left[key(f)] = append(left[key(f)], int32(j))
			}
		}
		for i, j := range p.a {
			f := &fa[ia[i]]
			q := left[key(f)]
			if j >= 0 || !f.closes || f.looks || len(q) == 0 || !late(ua, f) && (known || f.open != 0) {
				continue
			}
			left[key(f)] = q[1:]
			p.set(int32(i), q[0])
			p.mark(i)
			out = append(out, pairOf{int32(i), q[0]})
		}
	}
	return out
}

// unsettled reports whether something stands alone, or a CLOSE beside that of
// an open that is not its mate.
func (p *pairing) unsettled(fa, fb []fact, ia, ib []int32) bool {
	if !p.complete() {
		return true
	}
	var mates []uint32 // by open of A less the least
	least := least(fa, ia)
	for i, j := range p.a {
		f := &fa[ia[i]]
		switch {
		case f.open == 0 || f.open-least > maxUses(len(ia)):
		case f.opens:
			for len(mates) <= int(f.open-least) {
				mates = append(mates, 0)
			}
			mates[f.open-least] = fb[ib[j]].open
		case f.closes && int(f.open-least) < len(mates) && mates[f.open-least] != fb[ib[j]].open:
			return true
		}
	}
	return false
}

// use is what a stream does with one open.
type use struct {
	close int32 // place in the stream of its only CLOSE, -1 for none
	last  int32 // of what else was done with it last
	seen  bool
	after bool // it was used or closed after its CLOSE
	late  bool // its CLOSE came late
}

// ends reports whether one CLOSE is the last that is done with the open.
func (x *use) ends() bool { return x.close >= 0 && !x.after }

// uses tells by open, less the least, what a stream does with it.
type uses struct {
	least uint32
	list  []use
}

// least gives the least number of an open that a stream uses.
func least(facts []fact, in []int32) uint32 {
	out := ^uint32(0)
	for _, k := range in {
		if n := facts[k].open; n != 0 {
			out = min(out, n)
		}
	}
	return out
}

// maxUses bounds the opens that are looked at by the operations of a stream.
func maxUses(ops int) uint32 { return uint32(4*ops + 64) }

func (u *uses) at(open uint32) *use {
	if open < u.least || int64(open-u.least) >= int64(len(u.list)) || !u.list[open-u.least].seen {
		return nil
	}
	return &u.list[open-u.least]
}

func usesOf(facts []fact, in []int32) *uses {
	u := &uses{least: least(facts, in)}
	for i, k := range in {
		f := &facts[k]
		if f.open == 0 || f.open-u.least > maxUses(len(in)) {
			continue
		}
		for len(u.list) <= int(f.open-u.least) {
			u.list = append(u.list, use{})
		}
		x := &u.list[f.open-u.least]
		if !x.seen {
			*x = use{close: -1, last: int32(i), seen: true}
		}
		switch {
		case !f.closes:
			x.after = x.after || x.close >= 0
			x.last = int32(i)
		case x.close >= 0:
			x.after = true
		default:
			x.close = int32(i)
			last := &facts[in[x.last]]
			x.late = int32(i) > x.last+1 && f.start > last.start || f.start-last.end > lateAfter
		}
	}
	return u
}

// mark says that an element of a changed its place.
func (p *pairing) mark(i int) {
	if p.moved == nil {
		p.moved = make([]bool, len(p.a))
	}
	p.moved[i] = true
}

// inPlace reports whether the pair of an element stands in the order of the
// pairs around it.
func (p *pairing) inPlace(i int) bool {
	for k := i - 1; k >= max(0, i-lateNear); k-- {
		if p.a[k] >= 0 && !p.moved[k] {
			if p.a[k] > p.a[i] {
				return false
			}
			break
		}
	}
	for k := i + 1; k < min(len(p.a), i+lateNear); k++ {
		if p.a[k] >= 0 && !p.moved[k] {
			return p.a[k] > p.a[i]
		}
	}
	return i+lateNear >= len(p.a)
}
