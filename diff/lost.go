package diff

import (
	"slices"

	"smbdiff/dissect"
	"smbdiff/dissect/op"
)

// lookAround is how many operations a hole may be away from what it swallowed.
const lookAround = 1024

// edges says where what can be read of each connection begins and breaks off:
// by connection, the first operation with a request, and the operations that are
// holes or were not read.
type edges struct {
	first []uint32
	holes [][]uint32
}

func (e *edges) add(o *op.Op) {
	for int(o.Conn) >= len(e.first) {
		e.first, e.holes = append(e.first, 0), append(e.holes, nil)
	}
	if o.Proto == op.Hole || o.State&op.Unread != 0 {
		e.holes[o.Conn] = append(e.holes[o.Conn], o.Num)
	} else if o.Request != 0 && e.first[o.Conn] == 0 {
		e.first[o.Conn] = o.Num
	}
}

// findEdges looks at all operations of a trace.
func findEdges(t *dissect.Trace) *edges {
	e := new(edges)
	each(t, e.add)
	return e
}

// hole reports whether there is a hole from operation from to operation to.
func (e *edges) hole(conn, from, to uint32) bool {
	if int(conn) >= len(e.holes) {
		return false
	}
	i, _ := slices.BinarySearch(e.holes[conn], from)
	return i < len(e.holes[conn]) && e.holes[conn][i] <= to
}

// late reports whether the operation's request may have been sent before the
// capture began, or may lie in a hole of it.
func (e *edges) late(o *op.Op) bool {
	if o.Request != 0 || o.State&op.Unsolicited != 0 || int(o.Conn) >= len(e.first) {
		return false
	}
	first := e.first[o.Conn]
	return first == 0 || first > o.Num || e.hole(o.Conn, o.Num-min(o.Num, lookAround), o.Num)
}

// lost reports whether the operation's answer may lie in a hole of the capture.
func (e *edges) lost(o *op.Op) bool {
	return o.Response == 0 && e.hole(o.Conn, o.Num, o.Num+lookAround)
}

// dark reports whether what the operation is cannot be told.
func (r *Result) dark(side int, num uint32) bool {
	o, _ := r.traces[side].Op(num)
	return o.State&op.Unread != 0 || o.Proto > op.SMB2 || o.State&op.Orphan != 0 && r.edges[side].late(&o)
}

// nearRows is how many compared rows may stand between something unreadable and
// what it makes doubtful.
const nearRows = 3

// doubt takes operations without a partner as not comparable where something
// unreadable of the same connection stands near them: the partner may be in it.
func (r *Result) doubt() {
	dark := make(map[int]bool)
	lone := false
	for i := range r.Rows {
		switch row := &r.Rows[i]; row.Grade {
		case OnlyA:
			if lone = true; r.dark(0, row.A) {
				dark[i] = true
			}
		case OnlyB:
			if lone = true; r.dark(1, row.B) {
				dark[i] = true
			}
		case Unread:
			dark[i] = true
		}
	}
	if len(dark) == 0 || !lone {
		return
	}
	type run struct {
		lone []int // rows without a partner that may be doubtful
		last int   // place of the last row that was not compared
		dark bool
	}
	runs := map[uint32]*run{}
	place := map[uint32]int{}
	side := 0 // that pairing began with
	if r.turned {
		side = 1
	}
	for _, i := range r.order() {
		conn := r.connBy(side, &r.Rows[i])
		place[conn]++
		g := r.Rows[i].Grade
		if g != OnlyA && g != OnlyB && g != Unread {
			continue
		}
		x := runs[conn]
		if x == nil {
			x = new(run)
			runs[conn] = x
		}
		if place[conn]-x.last > nearRows+1 {
			x.lone, x.dark = x.lone[:0], false
		}
		x.last = place[conn]
		if x.dark = x.dark || dark[i]; g != Unread {
			x.lone = append(x.lone, i)
		}
		if x.dark {
			for _, k := range x.lone {
				r.Rows[k].Grade = Unread
			}
			x.lone = x.lone[:0]
		}
	}
}

// conn gives the connection of a row: that of A, or one that only B has.
func (r *Result) conn(row *Row) uint32 { return r.connBy(0, row) }

// connBy is conn with the sides' names exchanged for side 1.
func (r *Result) connBy(side int, row *Row) uint32 {
	a, b := r.pairOps(row)
	here, there, mates := &a, &b, r.conns.b
	if side == 1 {
		here, there, mates = &b, &a, r.conns.a
	}
	if here.Num != 0 {
		return here.Conn
	}
	if int(there.Conn) < len(mates) && mates[there.Conn] >= 0 {
		return uint32(mates[there.Conn])
	}
	return 1<<31 | there.Conn
}
