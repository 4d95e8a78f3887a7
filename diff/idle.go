package diff

import (
	"slices"

	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// ruleIdle names what hides that a client set the size of a file to what it was.
const ruleIdle = "set to what it was"

// size notes what sets or tells the size of an object.
func (o *overlooker) size(side int, p *op.Op) {
	if p.Proto != op.SMB2 || p.Status != 0 || p.Response == 0 {
		return
	}
	switch smb2.Command(p.Command) {
	case smb2.Create, smb2.Write, smb2.Ioctl:
	case smb2.QueryInfo:
		if !looks2(p) {
			return
		}
	case smb2.SetInfo:
		if !sets(p) || p.InfoClass == fileBasic {
			return
		}
	default:
		return
	}
	k := o.sight(side, p)
	o.sizing[side][k] = append(o.sizing[side][k], p.Num)
}

// idle looks at an order that only one side has: to give a file the size that it
// has. A client which does not remember that the server knows it says it again.
func (o *overlooker) idle(side, i int) {
	r := o.r
	p := o.of(side, i)
	if !sets(p) || p.InfoClass != fileEnd || p.Of > 1 || p.Status != 0 || r.Rows[i].Grade == Masked {
		return
	}
	size, ok := o.number(side, p.Request, "smb.end_of_file")
	k := o.sight(side, p)
	if ok && o.sized(side, k, p.Num, size) && o.hadSize(1-side, k, size) && o.plain(side, p) {
		o.mark(side, &look{num: p.Num, of: 1}, ruleIdle)
	}
}

// number gives the number that a message has in a field.
func (o *overlooker) number(side int, num uint32, name string) (uint64, bool) {
	rd := o.c.readers[side]
	if !rd.Read(num) || shut(&rd.Message) {
		return 0, false
	}
	if at := rd.Tree.Find(name, 0); at >= 0 {
		return rd.Tree.Nodes[at].Val, true
	}
	return 0, false
}

// sized reports whether an object has a size before an operation, by what this
// side was told and did last.
func (o *overlooker) sized(side int, k sight, before uint32, size uint64) bool {
	written := uint64(0)
	list := o.sizing[side][k]
	end, _ := slices.BinarySearch(list, before)
	for _, num := range slices.Backward(list[max(0, end-lookBack):end]) {
		p, _ := o.r.traces[side].Op(num)
		if smb2.Command(p.Command) == smb2.Write {
			written = max(written, p.Offset+p.Length)
			continue
		}
		had, ok := o.sizeOf(side, &p)
		return ok && max(had, written) == size
	}
	return false
}

// sizeOf gives the size of an object that an operation tells or sets.
func (o *overlooker) sizeOf(side int, p *op.Op) (uint64, bool) {
	switch smb2.Command(p.Command) {
	case smb2.Create, smb2.QueryInfo:
		return o.number(side, p.Response, "smb2.eof")
	case smb2.SetInfo:
		if p.InfoClass == fileEnd {
			return o.number(side, p.Request, "smb.end_of_file")
		}
	}
	return 0, false
}

// hadSize reports whether a side was told, or made, that an object has a size.
func (o *overlooker) hadSize(side int, k sight, size uint64) bool {
	if had, ok := o.sizes[side][k]; ok {
		return had[size]
	}
	had := map[uint64]bool{}
	list := o.sizing[side][k]
	for _, num := range list[:min(len(list), lookBack)] {
		p, _ := o.r.traces[side].Op(num)
		if smb2.Command(p.Command) == smb2.Write {
			had[p.Offset+p.Length] = true
		} else if n, ok := o.sizeOf(side, &p); ok {
			had[n] = true
		}
	}
	o.sizes[side][k] = had
	return had[size]
}

// plain reports whether the headers of an operation say no more than those of
// the CREATE of its handle.
func (o *overlooker) plain(side int, p *op.Op) bool {
	q, ok := o.r.traces[side].Op(o.creates[side][p.Open])
	if !ok {
		return false
	}
	for _, x := range [][2]uint32{{p.Request, q.Request}, {p.Response, q.Response}} {
		own, ok1 := o.number(side, x[0], "smb2.flags")
		its, ok2 := o.number(side, x[1], "smb2.flags")
		if !ok1 || !ok2 || (own^its)&^uint64(smb2.FlagRelated|smb2.FlagAsync) != 0 {
			return false
		}
	}
	extra, ok := o.number(side, p.Request, "smb2.getsetinfo_additional")
	return ok && extra == 0
}
