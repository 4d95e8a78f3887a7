package diff

import "smbdiff/dissect/op"

// object gives what an operation works on, safe for a terminal.
func (r *Result) object(side int, o *op.Op) string {
	return string(o.AppendObject(nil, r.name(side)))
}

// title names an operation and what it works on: as each side has it, where they
// are not the same.
func (r *Result) title(row *Row) string {
	a, b := r.pairOps(row)
	switch {
	case row.A == 0:
		return r.words(1, &b)
	case row.B == 0 || !r.otherNames(&a, &b):
		return r.words(0, &a)
	case a.CommandName() == b.CommandName() && r.object(1, &b) != "":
		return r.words(0, &a) + " / " + r.object(1, &b)
	}
	return r.words(0, &a) + " / " + r.words(1, &b)
}

func (r *Result) words(side int, o *op.Op) string {
	if x := r.object(side, o); x != "" {
		return o.CommandName() + " " + x
	}
	return o.CommandName()
}

// otherNames reports whether two operations do not have the same command or the
// same path.
func (r *Result) otherNames(a, b *op.Op) bool {
	return a.CommandName() != b.CommandName() || r.traces[0].Name(a.Path) != r.traces[1].Name(b.Path)
}

// command gives that of a row, of A if it has the operation.
func (r *Result) command(row *Row, a, b *op.Op) string {
	if row.A == 0 {
		return b.CommandName()
	}
	return a.CommandName()
}

// path gives what a row works on, as A knows it if it does.
func (r *Result) path(row *Row, a, b *op.Op) string {
	if s := r.name(0)(a.Path); row.A != 0 && s != "" {
		return s
	}
	if row.B == 0 {
		return ""
	}
	return r.name(1)(b.Path)
}
