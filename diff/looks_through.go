package diff

import (
	"strings"

	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// What the CREATE of a look may ask for, [MS-SMB2] 2.2.13: rights to read what
// is known of a file, and no deletion.
const (
	lookRights    = 0x00120088 // FILE_READ_EA, FILE_READ_ATTRIBUTES, READ_CONTROL, SYNCHRONIZE
	setRights     = 0x00000102 // FILE_WRITE_DATA, FILE_WRITE_ATTRIBUTES
	lookOpens     = 1          // FILE_OPEN
	deleteOnClose = 0x1000
)

// namePosition is CurrentByteOffset, [MS-FSCC] 2.4.40.
const namePosition = "smb2.position_info"

// [MS-FSCC] 2.4.
const fileBasic, fileRename, fileAllocation, fileEnd = 4, 10, 19, 20

// through takes a pair of questions, or of orders, of which one came by a
// compound and one through a handle that was open already as the same one:
// whether a client still has a handle is a matter of time.
func (o *overlooker) through(i int) {
	r := o.r
	row := &r.Rows[i]
	a, b := r.pairOps(row)
	if (a.Of == 3) == (b.Of == 3) || !looks2(&a) && !sets(&a) || sets(&a) != sets(&b) || looks2(&a) != looks2(&b) || o.sight(0, &a) != o.sight(1, &b) {
		return
	}
	side, p := 0, &a
	if b.Of == 3 {
		side, p = 1, &b
	}
	l := look{num: p.Num - 1, of: 3}
	if p.Index != 1 || !o.lone(side, p.Num-1) || !o.lone(side, p.Num+1) || !o.harmless(side, l.num) || !o.sameAsked(row) {
		return
	}
	o.mark(side, &l, ruleLook)
	r.looked.mark(1-side, [2]uint32{row.B, row.A}[side], 1, ruleLook)
}

// other looks at a pair of questions, or of orders, through two handles of one
// object. A client takes any that it still has: the other one is as good if, on
// a side, the handle that stands for it is closed by then.
func (o *overlooker) other(i int) {
	r := o.r
	row := &r.Rows[i]
	a, b := r.pairOps(row)
	if a.Of > 1 || b.Of > 1 || sets(&a) != sets(&b) || looks2(&a) != looks2(&b) || !sets(&a) && !looks2(&a) || o.sight(0, &a) != o.sight(1, &b) {
		return
	}
	if o.gone(0, a.Open, a.Num) || o.gone(1, b.Open, b.Num) {
		return
	}
	if !o.gone(0, o.mate(1, b.Open), a.Num) && !o.gone(1, o.mate(0, a.Open), b.Num) || !o.sameAsked(row) {
		return
	}
	o.both(row, ruleLook)
}

// both hides a pair by a rule.
func (o *overlooker) both(row *Row, rule string) {
	row.Grade = Masked
	o.r.looked.mark(0, row.A, 1, rule)
	o.r.looked.mark(1, row.B, 1, rule)
}

// mate gives the open of the other side that stands for one of this side, 0 for
// none.
func (o *overlooker) mate(side int, open uint32) uint32 {
	num := o.creates[side][open]
	if num == 0 || o.rows[side][num-1] < 0 {
		return 0
	}
	a, b := o.r.pairOps(&o.r.Rows[o.rows[side][num-1]])
	if side == 1 {
		return a.Open
	}
	return b.Open
}

// gone reports whether an open is closed before an operation.
func (o *overlooker) gone(side int, open, before uint32) bool {
	num := o.closes[side][open]
	return open != 0 && num != 0 && num < before
}

// order looks at an order through a handle that only one side has. It is the same
// as one by a compound that only the other side has.
func (o *overlooker) order(side, i int) {
	r := o.r
	p := o.of(side, i)
	if !sets(p) || p.Of > 1 || r.Rows[i].Grade == Masked {
		return
	}
	k := o.sight(side, p)
	list := o.orders[1-side][k]
	for n := 0; n < min(len(list), lookTries); {
		num := list[n]
		l := look{num: num - 1, of: 3}
		x := Row{A: p.Num, B: num}
		if side == 1 {
			x.A, x.B = x.B, x.A
		}
		switch {
		case !o.free(1-side, &l) || r.looked.has(1-side, num): // nor will it be later
			list = takenOut(list, n)
		case o.harmless(1-side, l.num) && o.sameAsked(&x):
			o.mark(1-side, &l, ruleLook)
			o.mark(side, &look{num: p.Num, of: 1}, ruleLook)
			o.orders[1-side][k] = takenOut(list, n)
			return
		default:
			n++
		}
	}
	o.orders[1-side][k] = list
}

// takenOut gives a list less one of its first elements. The list is changed.
func takenOut[T any](list []T, i int) []T {
	copy(list[1:i+1], list[:i])
	return list[1:]
}

// sets reports whether the operation sets FileBasicInformation,
// FileAllocationInformation or FileEndOfFileInformation.
func sets(p *op.Op) bool {
	if p.Proto != op.SMB2 || smb2.Command(p.Command) != smb2.SetInfo || p.InfoType != infoFile {
		return false
	}
	return p.InfoClass == fileBasic || p.InfoClass == fileAllocation || p.InfoClass == fileEnd
}

// sameAsked compares two QUERY_INFO of which one stands in a compound.
func (o *overlooker) sameAsked(x *Row) bool {
	for _, ch := range o.c.Compare(*x) {
		if ch.Masked == "" && !otherWay(&ch) {
			return false
		}
	}
	return !o.c.unread
}

// otherWay reports whether a change says no more than that another handle was
// used, or that one was made for the question. The position belongs to it.
func otherWay(ch *Change) bool {
	switch {
	case ch.Name == "smb2.flags":
		return (ch.val[0]^ch.val[1])&^uint64(smb2.FlagRelated|smb2.FlagSigned) == 0
	case ch.Name == "smb2.chain_offset", ch.Name == "smb2.fid", ch.Name == "smb.access_mask", ch.Name == namePosition:
		return true
	}
	return strings.HasPrefix(ch.Name, "smb2.header.transform") || strings.Contains(ch.Path, "/outer/")
}

// lookedOther hides what says no more than that both sides took another way to
// the same, or went it at another time.
func (c *Comparer) lookedOther() {
	rule := c.looked.rule(0, c.ops[0].Num)
	for i := range c.changes {
		switch ch := &c.changes[i]; {
		case ch.Masked != "":
		case rule == ruleRace:
			if leaseGrant(ch) {
				ch.Masked = rule
			}
		case closing(&c.ops[0]):
			if ch.Name == nameAttributes && ch.Part == PartResponse {
				ch.Masked = ruleLate
			}
		case otherWay(ch):
			ch.Masked = rule
		}
	}
}

// harmless reads whether the CREATE of a look asks for no more than a look, or
// that of an order for no more than that needs, and whether the answers agree.
func (o *overlooker) harmless(side int, num uint32) bool {
	t := o.r.traces[side]
	p, _ := t.Op(num)
	q, _ := t.Op(num + 1)
	end, _ := t.Op(num + 2)
	rights := uint64(lookRights)
	if sets(&q) {
		rights |= setRights
	}
	if p.Status != q.Status || p.Status != end.Status || p.Status == 0 && !sets(&q) && !o.agreed(side, p.Response, q.Response) {
		return false
	}
	return o.modest(side, p.Request, rights)
}

// agreed reports whether two answers of one compound tell the same of an object,
// times as well.
func (o *overlooker) agreed(side int, x, y uint32) bool {
	if o.second[side] == nil {
		o.second[side] = o.r.traces[side].NewReader()
	}
	a, b := o.c.readers[side], o.second[side]
	if !a.Read(x) || !b.Read(y) || shut(&a.Message) || shut(&b.Message) {
		return false
	}
	for _, name := range []string{"smb2.create.time", "smb2.last_access.time", "smb2.last_write.time", "smb2.last_change.time"} {
		if i, j := a.Tree.Find(name, 0), b.Tree.Find(name, 0); i >= 0 && j >= 0 && a.Tree.Nodes[i].Val != b.Tree.Nodes[j].Val {
			return false
		}
	}
	return agree(&a.Tree, 0, len(a.Tree.Nodes), &b.Tree)
}

// modest reads whether a CREATE request opens what is there, with no other
// rights, and deletes nothing.
func (o *overlooker) modest(side int, request uint32, rights uint64) bool {
	rd := o.c.readers[side]
	if !rd.Read(request) || shut(&rd.Message) {
		return false
	}
	t := &rd.Tree
	val := func(name string) uint64 {
		if i := t.Find(name, 0); i >= 0 && t.Nodes[i].Def.Kind != field.Struct {
			return t.Nodes[i].Val
		}
		return ^uint64(0)
	}
	return val("smb.access_mask")&^rights == 0 && val("smb2.create.disposition") == lookOpens && val("smb.create_options")&deleteOnClose == 0
}
