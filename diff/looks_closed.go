package diff

import (
	"cmp"
	"slices"

	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

const nameAttributes = "smb2.file_attribute"

// attributed is a message that says which attributes an object has, or is to have.
type attributed struct{ num, op uint32 }

// closed looks at a pair of CLOSEs that tell of other attributes. Those are of
// two times if, on each side, what was said last before says the same.
func (o *overlooker) closed(i int) {
	r := o.r
	row := &r.Rows[i]
	a, b := r.pairOps(row)
	k := o.sight(0, &a)
	if !closing(&a) || k != o.sight(1, &b) {
		return
	}
	if o.exact == nil {
		o.exact = r.grader()
	}
	other := false
	for _, ch := range o.exact.Compare(*row) {
		if ch.Masked != "" {
			continue
		}
		if ch.Name != nameAttributes || ch.Part != PartResponse || ch.Op != "replace" {
			return
		}
		val := ch.val
		if !o.had(0, k, a.Num, val[0]) || !o.had(1, k, b.Num, val[1]) {
			return
		}
		other = true
	}
	if !other || o.exact.unread {
		return
	}
	o.both(row, ruleLook)
}

// had reports whether the last answer, or order, before an operation says that
// an object has some attributes.
func (o *overlooker) had(side int, k sight, before uint32, attributes uint64) bool {
	rd := o.c.readers[side]
	list := o.attributes[side][k]
	end, _ := slices.BinarySearchFunc(list, before, func(x attributed, before uint32) int { return cmp.Compare(x.op, before) })
	for _, x := range slices.Backward(list[max(0, end-lookBack):end]) {
		if !rd.Read(x.num) || shut(&rd.Message) {
			return false
		}
		at := rd.Tree.Find(nameAttributes, 0)
		if at >= 0 && rd.Tree.Nodes[at].Val == 0 && !rd.Message.Response() {
			continue // an order that leaves them
		}
		return at >= 0 && rd.Tree.Nodes[at].Val == attributes
	}
	return false
}

// attributing notes what says which attributes an object has, or is to have.
func (o *overlooker) attributing(side int, p *op.Op) {
	if p.Proto != op.SMB2 || p.Status != 0 || p.Response == 0 {
		return
	}
	num := p.Response
	switch {
	case smb2.Command(p.Command) == smb2.Create, looks2(p):
	case sets(p) && p.InfoClass == fileBasic:
		num = p.Request
	default:
		return
	}
	k := o.sight(side, p)
	o.attributes[side][k] = append(o.attributes[side][k], attributed{num, p.Num})
}
