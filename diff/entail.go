package diff

import (
	"slices"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
)

// ruleEntailed names what hides findings about messages that are the same on
// both sides: what they are measured against was said before, and differs.
const ruleEntailed = "follows from an earlier operation"

// ground is what an operation rests on, by side and number.
type ground struct {
	kind groundKind
	side uint8
	num  uint32
}

type groundKind uint8

const (
	groundConn groundKind = iota
	groundSession
	groundTree
	groundPipe
)

// signs says of the messages of an operation how their signatures are, by side.
type signs uint8

const (
	signHoldsA signs = 1 << iota
	signHoldsB
	signBadA
	signBadB
)

func signsOf(a, b *conv.Message) (s signs) {
	for side, m := range []*conv.Message{a, b} {
		switch m.Signature {
		case conv.SignatureValid:
			s |= signHoldsA << side
		case conv.SignatureInvalid:
			s |= signBadA << side
		}
	}
	return s
}

// finding reports whether a change is found about a message and is no field.
func (ch *Change) finding() bool {
	return ch.Name == nameProblem || ch.Name == nameSignature || ch.shut
}

// broken gives the sessions, by side and number, of which no signature holds:
// their key is not that of the other side's, which is told once.
func (r *Result) broken() map[ground]bool {
	out, holds := map[ground]bool{}, map[ground]bool{}
	for i := range r.Rows {
		s := r.Rows[i].signs
		if s == 0 {
			continue
		}
		a, b := r.pairOps(&r.Rows[i])
		for side, o := range []*op.Op{&a, &b} {
			g := ground{groundSession, uint8(side), o.Session}
			holds[g] = holds[g] || s&(signHoldsA<<side) != 0
			if s&(signBadA<<side) != 0 && o.Session != 0 {
				out[g] = true
			}
		}
	}
	for g := range out {
		if holds[g] {
			delete(out, g)
		}
	}
	return out
}

// entail hides rows in which nothing but findings differ where the operation
// that set up the connection, the session or the tree is told to differ, or an
// earlier one of the same pipe. Signatures follow where none of the session
// holds: its key derives from how it was set up.
func (r *Result) entail() {
	if !r.options.Masks.lenient {
		return
	}
	told, broken := map[ground]bool{}, map[ground]bool(nil)
	if !slices.ContainsFunc(r.Rows, func(x Row) bool { return x.findings }) {
		return
	}
	for _, i := range r.order() {
		row := &r.Rows[i]
		if row.A == 0 || row.B == 0 || !row.Grade.Shows() {
			continue
		}
		var all []ground
		a, b := r.pairOps(row)
		all = append(grounds(all, 0, &a), grounds(nil, 1, &b)...)
		spoilt := row.signs&(signBadA|signBadB) != 0
		if spoilt && broken == nil {
			broken = r.broken()
		}
		if row.findings && rests(told, all) && (!spoilt || rests(broken, all)) {
			if spoilt {
				r.spoilt++
			}
			row.Grade, row.Request, row.Response = Masked, false, false
			if r.entailed == nil {
				r.entailed = map[uint32]bool{}
			}
			r.entailed[row.A] = true
			continue
		}
		for _, g := range all {
			switch {
			case g.kind == groundConn && (establishes(&a) || establishes(&b)), g.kind == groundTree && (connects(&a) || connects(&b)), g.kind == groundPipe, broken[g]:
				told[g] = true
			}
		}
	}
}

// grounds appends what an operation of a side rests on.
func grounds(out []ground, side uint8, o *op.Op) []ground {
	out = append(out, ground{groundConn, side, o.Conn})
	if o.Session != 0 {
		out = append(out, ground{groundSession, side, o.Session})
	}
	if o.Tree != 0 {
		out = append(out, ground{groundTree, side, o.Tree})
	}
	if o.Open != 0 && o.Env&op.EnvPipe != 0 {
		out = append(out, ground{groundPipe, side, o.Open})
	}
	return out
}

func rests(told map[ground]bool, all []ground) bool {
	for _, g := range all {
		if told[g] {
			return true
		}
	}
	return false
}

// shutStub tells of a call that opens, or is known, on one side alone: on A when
// a is set.
func (c *Comparer) shutStub(i, j int, name, path string, a bool) {
	ch := Change{Name: name, Path: path, Op: "replace", A: "known", B: "not known", NodeA: i, NodeB: j, shut: true}
	if name == nameSealedStub {
		ch.A, ch.B = "opens", "does not open"
	}
	if !a {
		ch.A, ch.B = ch.B, ch.A
	}
	c.diffs++
	c.put(ch)
}

// otherPipe reports whether the operation is told to go to another pipe: what
// is called there is taken for another call.
func (c *Comparer) otherPipe() bool {
	for i := range c.changes {
		if ch := &c.changes[i]; ch.alias && ch.Masked == "" && (ch.Name == "smb2.fid" || ch.Name == "smb.fid") {
			return true
		}
	}
	return false
}

// follows says what of the signatures follows from how a session was set up.
func (r *Result) follows() string {
	if r.spoilt == 0 {
		return ""
	}
	return "signatures of " + number(r.spoilt, "operation") + " do not hold, their key derives from what differs"
}
