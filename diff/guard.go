package diff

import (
	"slices"
	"strings"

	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// ruleGuard names what hides that all of a session is signed or sealed on one
// side alone, but for where that is seen first.
const ruleGuard = "signed or sealed as its session is"

// guard says of the messages of an operation which are signed or sealed on one
// side alone.
type guard uint8

// The bits of a guard for the request; those for the response are the upper four.
const (
	guardSignedA guard = 1 << iota
	guardSignedB
	guardSealedA
	guardSealedB

	guardBits      = 8
	guardResponses = 4 // how far those of the response are shifted
	guardSeals     = (guardSealedA | guardSealedB) * (1<<guardResponses + 1)
)

// signedSMB1 is SMB_FLAGS2_SMB_SECURITY_SIGNATURE and that it is required,
// [MS-SMB] 2.2.3.1.
const signedSMB1 = 0x0014

// guardOf gives the bit of a change that says no more than that a message is
// signed or sealed on one side alone, else 0. async says that only one side
// answered at once, which counts for nothing.
func guardOf(ch *Change, async bool) (g guard) {
	flags := ch.val[0] ^ ch.val[1]
	if async {
		flags &^= uint64(smb2.FlagAsync)
	}
	switch {
	case ch.Name == "smb2.flags" && ch.kind == field.Flags && flags == uint64(smb2.FlagSigned),
		ch.Name == "smb.flags2" && ch.kind == field.Flags && flags&^signedSMB1 == 0:
		if g = guardSignedA; ch.val[1]&flags != 0 {
			g = guardSignedB
		}
	case ch.Name == "smb2.header.transform" && strings.HasSuffix(ch.Path, "/outer/smb2.header.transform"):
		switch ch.Op {
		case "remove":
			g = guardSealedA
		case "add":
			g = guardSealedB
		}
	}
	if ch.Part != PartRequest {
		g <<= guardResponses
	}
	return g
}

// guard is guardOf for the pair at hand: what stands inside a compound has the
// seal of its first element.
func (c *Comparer) guard(ch *Change) guard {
	g := guardOf(ch, c.async)
	if c.ops[0].State&c.ops[1].State&op.WasSealed != 0 {
		g &^= guardSeals
	}
	return g
}

// guards tell of sessions of which one side alone signs or seals (nearly) all.
type guards map[uint32]guarded // by session of A

type guarded struct {
	bits  guard
	first uint32 // operation of A where it is seen first
	mate  uint32 // the session of B that stands for it
}

// leastGuarded is how many operations of a session must be signed or sealed
// alike, mostOf and partOf how many of all: nine of ten.
const (
	leastGuarded       = 4
	mostGuard, ofGuard = 9, 10
)

// findGuards looks for them in the rows.
func (r *Result) findGuards() guards {
	if !r.options.Masks.lenient || !slices.ContainsFunc(r.Rows, func(x Row) bool { return x.guard != 0 }) {
		return nil
	}
	type count struct{ all, bits [guardBits]int }
	counts := map[uint32]*count{}
	for i := range r.Rows {
		s, inside := r.guardedSession(&r.Rows[i])
		if s == 0 {
			continue
		}
		x := counts[s]
		if x == nil {
			x = new(count)
			counts[s] = x
		}
		for k := range x.bits {
			if b := guard(1) << k; !inside || b&guardSeals == 0 {
				x.all[k]++
			}
			x.bits[k] += int(r.Rows[i].guard >> k & 1)
		}
	}
	out := guards{}
	for s, x := range counts {
		g := guarded{mate: uint32(r.sessions.a[s-1]) + 1}
		for k, n := range x.bits {
			if n >= leastGuarded && n*ofGuard >= x.all[k]*mostGuard {
				g.bits |= 1 << k
			}
		}
		if g.bits != 0 {
			out[s] = g
		}
	}
	if len(out) == 0 {
		return out
	}
	for _, i := range slices.Backward(r.order()) { // the same one whichever side comes first
		s, _ := r.guardedSession(&r.Rows[i])
		if g := out[s]; g.bits&r.Rows[i].guard != 0 {
			g.first = r.Rows[i].A
			out[s] = g
		}
	}
	return out
}

// guardedSession gives the session of a pair that belongs to one, 0 for none, and
// whether the pair stands inside compounds, whose first element tells of the seal.
func (r *Result) guardedSession(row *Row) (session uint32, inside bool) {
	if row.A == 0 || row.B == 0 {
		return 0, false
	}
	a, b := r.pairOps(row)
	if establishes(&a) {
		return 0, false
	}
	n, m := r.root(0, a.Session), r.root(1, b.Session)
	if n < 0 || m < 0 || r.sessions.a[n] != m {
		return 0, false
	}
	return uint32(n + 1), a.Index > 0 && b.Index > 0
}

// hide hides what tells no more than that a session is signed or sealed.
func (g guards) hide(session, mate, num uint32, changes []Change, async bool) {
	x, ok := g[session]
	if !ok || x.mate != mate || x.first == num {
		return
	}
	for i := range changes {
		if ch := &changes[i]; ch.Masked == "" && guardOf(ch, async)&x.bits != 0 {
			ch.Masked = ruleGuard
		}
	}
}
