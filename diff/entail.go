package diff

import "smbdiff/dissect/op"

// ruleEntailed names what hides findings about messages that are the same on
// both sides: what they are measured against was said before, and differs.
const ruleEntailed = "follows from an earlier operation"

// entail hides rows in which nothing but findings differ where the operation
// that set up the connection, the session or the tree is told to differ.
func (r *Result) entail() {
	if !r.options.Masks.lenient {
		return
	}
	var told []op.Op
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.A == 0 || row.B == 0 || !row.Grade.Shows() {
			continue
		}
		a, _ := r.pairOps(row)
		switch {
		case row.findings && founded(told, &a):
			row.Grade, row.Request, row.Response = Masked, false, false
			if r.entailed == nil {
				r.entailed = map[uint32]bool{}
			}
			r.entailed[row.A] = true
		case establishes(&a), connects(&a):
			told = append(told, a)
		}
	}
}

// founded reports whether an operation rests on one of the list.
func founded(list []op.Op, o *op.Op) bool {
	for i := range list {
		if x := &list[i]; x.Conn == o.Conn && (establishes(x) || x.Tree == o.Tree) {
			return true
		}
	}
	return false
}
