package diff

import (
	"bytes"
	"slices"

	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// ruleReopen names what hides that a client opened a file again for which the
// other one still had a handle that it may keep.
const ruleReopen = "opened again"

// What lets a client keep a handle and give it to whoever opens the file next,
// [MS-SMB2] 2.2.14 and 2.2.14.2.10.
const (
	oplockBatch   = 0x09
	handleCaching = 2
)

// opensAgain reports whether an operation is a CREATE of its own that worked.
func opensAgain(p *op.Op) bool {
	return p.Proto == op.SMB2 && smb2.Command(p.Command) == smb2.Create && p.Of <= 1 && p.Status == 0 && p.Response != 0 && p.Open != 0
}

// reopened looks at a CREATE that only one side has. It opens anew what the other
// side still held, by the same CREATE, in a handle that a client may keep: how
// long it does is a matter of time. What is done through either is the same.
func (o *overlooker) reopened(side, i int) {
	p := o.of(side, i)
	if !opensAgain(p) || o.r.Rows[i].Grade == Masked || !o.modest(side, p.Request, ^uint64(0)) {
		return
	}
	for _, num := range o.held(side, p) {
		q, _ := o.r.traces[1-side].Op(num)
		if !o.keepsHandle(1-side, &q) {
			continue
		}
		if same := o.tellsSame(side, p, num) || o.asBefore(side, p, num); same && o.ownKey(side, p) {
			o.mark(side, &look{num: p.Num, of: 1}, ruleReopen)
		} else if len(o.carriers(side, p)) == 0 {
			continue // the CREATE says enough where it is not the same
		}
		o.reclosed(side, p)
		o.each(side, p, func(i int, x, y *op.Op) {
			if y.Open == q.Open && !o.gone(1-side, y.Open, y.Num) {
				o.carried(i)
			}
		})
		return
	}
}

// ownKey reports whether a CREATE asks for the lease of other CREATEs of that
// object, if there are some.
func (o *overlooker) ownKey(side int, p *op.Op) bool {
	rd, found := o.c.readers[side], false
	own := bytes.Clone(bytesOf(rd, p.Request, nameLeaseKey))
	for n, num := range o.opens[side][o.sight(side, p)] {
		if n == lookTries {
			break
		}
		if q, _ := o.r.traces[side].Op(num); num != p.Num {
			if found = true; bytes.Equal(own, bytesOf(rd, q.Request, nameLeaseKey)) {
				return true
			}
		}
	}
	return !found
}

// held gives the CREATEs of the other side's handles that may stand for an open:
// of those that do what that does, of any of the object if nothing is done.
func (o *overlooker) held(side int, p *op.Op) []uint32 {
	out := o.carriers(side, p)
	if len(out) == 0 {
		out = o.opens[1-side][o.sight(side, p)]
	}
	return out[:min(len(out), lookTries)]
}

// carriers gives the CREATEs of the handles through which the other side does
// what is done through an open.
func (o *overlooker) carriers(side int, p *op.Op) (out []uint32) {
	k := o.sight(side, p)
	o.each(side, p, func(_ int, x, y *op.Op) {
		if num := o.creates[1-side][y.Open]; num != 0 && o.sight(1-side, y) == k && !slices.Contains(out, num) {
			out = append(out, num)
		}
	})
	return out
}

// each calls f with the rows in which something is done through an open, and
// the operations of this side and of the other.
func (o *overlooker) each(side int, p *op.Op, f func(i int, x, y *op.Op)) {
	last := o.closes[side][p.Open]
	if last == 0 {
		last = uint32(len(o.rows[side])) + 1
	}
	for num := p.Num + 1; num < min(last, p.Num+lookBack); num++ {
		i := int(o.rows[side][num-1])
		if i < 0 {
			continue
		}
		x, y := o.r.pairOps(&o.r.Rows[i])
		if side == 1 {
			x, y = y, x
		}
		if x.Open == p.Open && y.Open != 0 {
			f(i, &x, &y)
		}
	}
}

// keepsHandle reports whether a CREATE gave leave to keep the handle.
func (o *overlooker) keepsHandle(side int, p *op.Op) bool {
	rd := o.c.readers[side]
	if !rd.Read(p.Response) || shut(&rd.Message) {
		return false
	}
	t := &rd.Tree
	if at := t.Find("smb2.create.oplock", 0); at < 0 || t.Nodes[at].Val == oplockBatch {
		return at >= 0
	}
	at := t.Find(nameLeaseState, 0)
	return at >= 0 && t.Nodes[at].Val&handleCaching != 0
}

// tellsSame reports whether an operation is the same as one of the other side,
// but for what its answer tells of the object: that the other side was told
// otherwise.
func (o *overlooker) tellsSame(side int, p *op.Op, num uint32) bool {
	row := Row{A: p.Num, B: num}
	if side == 1 {
		row.A, row.B = row.B, row.A
	}
	other := false
	for _, ch := range o.c.Compare(row) {
		if ch.Masked != "" {
			continue
		}
		if ch.Part != PartResponse || !slices.Contains(toldBy(), ch.Name) {
			return false
		}
		other = true
	}
	if o.c.unread {
		return false
	}
	k := o.sight(side, p)
	return !other || o.known(side, k, &look{num: p.Num, of: 1}) || o.tells(side, p.Response, o.answers(1-side, k), "")
}

// asBefore reports whether an operation is the same as the one of its own side
// that stands for one of the other, however those two differ.
func (o *overlooker) asBefore(side int, p *op.Op, num uint32) bool {
	i := o.rows[1-side][num-1]
	if i < 0 {
		return false
	}
	mate := [2]uint32{o.r.Rows[i].A, o.r.Rows[i].B}[side]
	if mate == 0 {
		return false
	}
	c := o.inside(side)
	row := Row{A: p.Num, B: mate}
	c.row(&row)
	return row.Grade <= Masked
}

// reclosed takes the CLOSE of an open that only one side has for one that time
// asked for, if the other side closes that object too.
func (o *overlooker) reclosed(side int, p *op.Op) {
	num := o.closes[side][p.Open]
	if num == 0 || !o.lone(side, num) {
		return
	}
	q, _ := o.r.traces[side].Op(num)
	for n, create := range o.opens[1-side][o.sight(side, p)] {
		if n == lookTries {
			break
		}
		x, _ := o.r.traces[1-side].Op(create)
		if end := o.closes[1-side][x.Open]; end != 0 && q.Of <= 1 && q.Status == 0 && o.tellsSame(side, &q, end) {
			o.mark(side, &look{num: num, of: 1}, ruleReopen)
			return
		}
	}
}

// carried takes a pair of which each went through a handle of its own to the
// same. A lock belongs to its handle.
func (o *overlooker) carried(i int) {
	row := &o.r.Rows[i]
	a, _ := o.r.pairOps(row)
	if row.Grade != Differs || smb2.Command(a.Command) == smb2.Lock {
		return
	}
	for _, ch := range o.c.Compare(*row) {
		if ch.Masked == "" && ch.Name != "smb2.fid" && ch.Name != namePosition {
			return
		}
	}
	if o.c.unread {
		return
	}
	o.both(row, ruleReopen)
}
