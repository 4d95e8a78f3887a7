package diff

import "smbdiff/dissect/op"

// ruleEntailed names what hides findings about messages that are the same on
// both sides: what they are measured against was said before, and differs.
const ruleEntailed = "follows from an earlier operation"

// entail hides rows in which nothing but findings differ where the operation
// that set up the connection, the session, the tree or the pipe's security is
// told to differ.
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
		case establishes(&a), connects(&a), a.Env&op.EnvPipe != 0 && a.Open != 0:
			told = append(told, a)
		}
	}
}

// founded reports whether an operation rests on one of the list: those set up
// its connection, its session or its tree, or came before on its pipe.
func founded(list []op.Op, o *op.Op) bool {
	for i := range list {
		if x := &list[i]; x.Conn == o.Conn && (establishes(x) || connects(x) && x.Tree == o.Tree || x.Open == o.Open && !connects(x)) {
			return true
		}
	}
	return false
}

// shutStub tells of the call in a sealed stub that opens on one side alone, on A
// when a is set.
func (c *Comparer) shutStub(i, j int, path string, a bool) {
	ch := Change{Name: nameSealedStub, Path: path, Op: "replace", A: "opens", B: "does not open", NodeA: i, NodeB: j, shut: true}
	if !a {
		ch.A, ch.B = ch.B, ch.A
	}
	c.diffs++
	c.put(ch)
}
