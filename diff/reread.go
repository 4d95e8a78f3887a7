package diff

import (
	"bytes"
	"slices"

	"smbdiff/dissect"
	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// ruleReread names what hides that a client which may keep what it reads asked
// for bytes that it had, or that the other one kept.
const ruleReread = "read again"

// piecesMost bounds the pieces of a file that one READ is held against.
const piecesMost = 256

// piece is a READ, or a WRITE, that worked: what it says of a file from some
// offset on.
type piece struct {
	num         uint32
	write       bool
	offset, end uint64 // of what it asks for
}

// moves reports whether an operation carries bytes of a file, and in which
// direction.
func moves(p *op.Op) (moves, write bool) {
	if p.Proto != op.SMB2 || p.Status != 0 || p.Response == 0 || p.Request == 0 || p.Env&op.EnvPipe != 0 {
		return false, false
	}
	c := smb2.Command(p.Command)
	return c == smb2.Read || c == smb2.Write, c == smb2.Write
}

// reads reports whether an operation is a READ that worked.
func reads(p *op.Op) bool {
	ok, write := moves(p)
	return ok && !write
}

// moving notes what carries bytes of a file, and where opens begin and end.
func (o *overlooker) moving(side int, p *op.Op) {
	if ok, write := moves(p); ok {
		k := o.sight(side, p)
		o.pieces[side][k] = append(o.pieces[side][k], piece{p.Num, write, p.Offset, p.Offset + p.Length})
		if !write {
			o.reads[side] = append(o.reads[side], p.Num)
		}
	} else if p.Proto == op.SMB2 && smb2.Command(p.Command) == smb2.Create && p.Open != 0 {
		o.creates[side][p.Open] = p.Num
		if opensAgain(p) {
			k := o.sight(side, p)
			o.opens[side][k] = append(o.opens[side][k], p.Num)
		}
	} else if p.Proto == op.SMB2 && closing(p) && p.Open != 0 && o.closes[side][p.Open] == 0 {
		o.closes[side][p.Open] = p.Num
	}
}

// reread looks at an operation that only one side has.
func (o *overlooker) reread(side, i int) {
	r := o.r
	p := o.of(side, i)
	if !o.cached(side, p) {
		return
	}
	r.Rows[i].Grade = Masked
	r.looked.mark(side, p.Num, 1, ruleReread)
}

// cached reports whether a READ is no more than the state of a cache: the client
// may keep what it reads, another READ or a WRITE of the same file says the same
// bytes, and it is a READ like others.
func (o *overlooker) cached(side int, p *op.Op) bool {
	return reads(p) && o.keeps(side, p) && o.usual(side, p) && o.said(side, p)
}

// samePiece reports whether two READs, of files that may be copies of each
// other, ask for and are told the same: then one has the wrong handle.
func (o *overlooker) samePiece(a, b *op.Op) bool {
	return a.Offset == b.Offset && a.Length == b.Length && bytes.Equal(o.data(0, piece{num: a.Num}), o.data(1, piece{num: b.Num}))
}

// crossed puts two READs beside each other, of two files, each of which one side
// alone has, if they are told the same: one has the wrong handle. Each on its own
// could be taken for the state of a cache.
func (o *overlooker) crossed() {
	r := o.r
	if r.options.PairBy != PairAuto {
		return
	}
	type span struct{ offset, length uint64 }
	free := map[span][]int{} // of B
	for i := range r.Rows {
		if r.Rows[i].Grade == OnlyB {
			if p := o.of(1, i); reads(p) {
				k := span{p.Offset, p.Length}
				free[k] = append(free[k], i)
			}
		}
	}
	gone := map[int]bool{}
	for i := range r.Rows {
		if r.Rows[i].Grade != OnlyA {
			continue
		}
		a := o.of(0, i)
		list := free[span{a.Offset, a.Length}]
		for n, j := range list[:min(len(list), lookTries)] {
			b := o.of(1, j)
			if gone[j] || o.sight(0, a) == o.sight(1, b) || !o.cached(0, a) || !o.cached(1, b) || !o.samePiece(a, b) {
				continue
			}
			gone[j] = true
			free[span{a.Offset, a.Length}] = takenOut(list, n)
			r.Rows[i].B, r.Rows[i].Moved = b.Num, true
			r.grader().row(&r.Rows[i])
			break
		}
	}
	if len(gone) == 0 {
		return
	}
	n := -1
	r.relist(slices.DeleteFunc(r.Rows, func(Row) bool { n++; return gone[n] }))
	o.index()
}

// keeps reports whether the open of a READ came with an oplock or a lease,
// [MS-SMB2] 2.2.14.
func (o *overlooker) keeps(side int, p *op.Op) bool {
	q, ok := o.r.traces[side].Op(o.creates[side][p.Open])
	rd := o.c.readers[side]
	if !ok || p.Open == 0 || q.Response == 0 || !rd.Read(q.Response) || shut(&rd.Message) {
		return false
	}
	at := rd.Tree.Find("smb2.create.oplock", 0)
	return at >= 0 && rd.Tree.Nodes[at].Val != 0
}

// usual reports whether another READ, of the other side if it has one, differs in
// nothing but what is read. The only one there is must ask for nothing but bytes.
func (o *overlooker) usual(side int, p *op.Op) bool {
	found := false
	for _, s := range []int{1 - side, side} {
		for n, num := range o.reads[s] {
			if n == lookTries {
				break
			}
			if s == side && num == p.Num {
				continue
			}
			if found = true; o.alike(side, p.Num, s, num) {
				return true
			}
		}
		if found {
			return false
		}
	}
	return o.bare(side, p)
}

// bare reports whether a READ has no flags, least count, channel or what else it
// may, [MS-SMB2] 2.2.19 and 2.2.20.
func (o *overlooker) bare(side int, p *op.Op) bool {
	rd := o.c.readers[side]
	for num, names := range map[uint32][]string{p.Request: {"smb2.read_flags", "smb2.min_count", "smb2.channel", "smb2.remaining_bytes"}, p.Response: {"smb2.read_remaining"}} {
		if !rd.Read(num) || shut(&rd.Message) {
			return false
		}
		for _, name := range names {
			if at := rd.Tree.Find(name, 0); at < 0 || rd.Tree.Nodes[at].Val != 0 {
				return false
			}
		}
	}
	return true
}

// alike reports whether two READs, of one side or of two, differ in nothing but
// what is read.
func (o *overlooker) alike(side int, num uint32, other int, like uint32) bool {
	c := o.c
	if other == side {
		c = o.inside(side)
	}
	row := Row{A: num, B: like}
	if side == 1 && other == 0 {
		row = Row{A: like, B: num}
	}
	for _, ch := range c.Compare(row) {
		if ch.Masked == "" && !slices.Contains([]string{"smb2.file_offset", "smb2.read_length", "smb2.read.blob", "smb2.olb.length"}, ch.Name) {
			return false
		}
	}
	return !c.unread
}

// inside gives what compares two operations of one side.
func (o *overlooker) inside(side int) *Comparer {
	if o.within[side] == nil {
		o.within[side] = NewComparer(o.r.traces[side], o.r.traces[side], o.r.options)
	}
	return o.within[side]
}

// said reports whether other operations say all of the bytes that a READ was
// told.
func (o *overlooker) said(side int, p *op.Op) bool {
	k := o.sight(side, p)
	own := bytes.Clone(o.data(side, piece{num: p.Num}))
	pos, end := p.Offset, p.Offset+uint64(len(own))
	if end < pos {
		return false
	}
	tries := 0
	for moved := true; moved && pos < end; {
		moved = false
		for _, s := range []int{1 - side, side} {
			for _, x := range slices.Backward(o.over(s, k, pos)) {
				if s == side && x.num == p.Num || x.end <= pos {
					continue
				}
				if tries++; tries > piecesMost {
					return false
				}
				if n := o.agrees(s, x, own[pos-p.Offset:], pos); n > 0 {
					pos, moved = pos+n, true
				}
			}
		}
	}
	return pos >= end && len(own) > 0
}

// over gives the pieces of a file that begin last before a place of it, or there.
func (o *overlooker) over(side int, k sight, pos uint64) []piece {
	list := o.pieces[side][k]
	end, _ := slices.BinarySearchFunc(list, pos, func(x piece, pos uint64) int {
		if x.offset <= pos {
			return -1
		}
		return 1
	})
	return list[max(0, end-lookBack):end]
}

// agrees gives how many bytes of own, which stand at pos, a piece says, 0 if it
// says others.
func (o *overlooker) agrees(side int, x piece, own []byte, pos uint64) uint64 {
	data := o.data(side, x)
	if pos-x.offset >= uint64(len(data)) {
		return 0
	}
	data = data[pos-x.offset:]
	n := min(len(data), len(own))
	if !bytes.Equal(data[:n], own[:n]) {
		return 0
	}
	return uint64(n)
}

// data gives the bytes of a file that a READ or a WRITE carries, until the next
// message of that side is read.
func (o *overlooker) data(side int, x piece) []byte {
	q, _ := o.r.traces[side].Op(x.num)
	num, name := q.Response, "smb2.read.blob"
	if x.write {
		num, name = q.Request, "smb2.write_data"
	}
	return bytesOf(o.c.readers[side], num, name)
}

func bytesOf(rd *dissect.Reader, num uint32, name string) []byte {
	if !rd.Read(num) || shut(&rd.Message) {
		return nil
	}
	if i := rd.Tree.Find(name, 0); i >= 0 && rd.Tree.Nodes[i].Def.Kind != field.Struct {
		return rd.Tree.Bytes(i)
	}
	return nil
}
