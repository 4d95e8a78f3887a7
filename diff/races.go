package diff

import (
	"slices"

	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// ruleRace names what hides that of two clients which open one file another one
// came first: it gets the better lease, and the break.
const ruleRace = "who came first"

// racesMost bounds the CREATEs that are read for their leases.
const racesMost = 1 << 16

// leased is a lease by its key: whose it is, and of what.
type leased struct {
	sight
	ack bool // of a break: the answer to it
}

// races knows the leases of both sides, and the files of which clients share
// leases.
type races struct {
	o      *overlooker
	keys   [2]map[string]sight
	owners [2]map[string][]uint32 // by path: the sessions that get leases, one for each CREATE
	best   [2]map[string]uint64   // and the best that one of them got
	breaks [2]map[uint32]leased   // breaks, and their acknowledgments, in rows that differ
	open   [2]map[sight]int       // breaks that one side has and that want an answer, less those answers
	same   map[string]bool        // by shared
}

// raced looks at breaks of leases, and at leases, that hang on which of several
// clients came first.
func (o *overlooker) raced() {
	x := &races{o: o, same: map[string]bool{}}
	if o.r.options.PairBy != PairAuto || !x.gather() {
		return
	}
	x.pair()
	x.count()
	for i := range o.r.Rows {
		row := &o.r.Rows[i]
		a, b := o.r.pairOps(row)
		switch {
		case row.Grade == OnlyA && x.lost(0, &a):
			o.mark(0, &look{num: a.Num, of: 1}, ruleRace)
		case row.Grade == OnlyB && x.lost(1, &b):
			o.mark(1, &look{num: b.Num, of: 1}, ruleRace)
		case row.Grade == Differs && opensAgain(&a) && opensAgain(&b):
			x.granted(row, &a, &b)
		}
	}
}

// breaking reports whether an operation is a break, or answers one.
func breaking(p *op.Op) bool {
	return p.Num != 0 && p.Proto == op.SMB2 && smb2.Command(p.Command) == smb2.OplockBreak
}

// gather reads the leases, if a row with a break differs.
func (x *races) gather() bool {
	r, found := x.o.r, false
	for i := range r.Rows {
		a, b := r.pairOps(&r.Rows[i])
		found = found || r.Rows[i].Grade.Shows() && (breaking(&a) || breaking(&b))
	}
	if !found {
		return false
	}
	for side, t := range r.traces {
		x.keys[side], x.owners[side], x.best[side] = map[string]sight{}, map[string][]uint32{}, map[string]uint64{}
		n := 0
		each(t, func(p *op.Op) {
			if opensAgain(p) && n < racesMost {
				n++
				x.lease(side, p)
			}
		})
		x.breaks[side] = map[uint32]leased{}
	}
	for i := range r.Rows {
		a, b := r.pairOps(&r.Rows[i])
		for side, p := range []*op.Op{&a, &b} {
			if r.Rows[i].Grade.Shows() && breaking(p) {
				x.broken(side, p)
			}
		}
	}
	return true
}

// lease notes what a CREATE asks for and gets.
func (x *races) lease(side int, p *op.Op) {
	key := string(bytesOf(x.o.c.readers[side], p.Request, nameLeaseKey))
	if key == "" {
		return
	}
	k := x.o.sight(side, p)
	x.keys[side][key] = k
	if state, ok := x.o.number(side, p.Response, nameLeaseState); ok {
		x.owners[side][k.path] = append(x.owners[side][k.path], k.session)
		x.best[side][k.path] |= state
	}
}

// broken notes whose lease a break is about.
func (x *races) broken(side int, p *op.Op) {
	num := p.Response
	if p.Request != 0 {
		num = p.Request
	}
	if k, ok := x.keys[side][string(bytesOf(x.o.c.readers[side], num, nameLeaseKey))]; ok {
		x.breaks[side][p.Num] = leased{k, p.Request != 0}
	}
}

// pair puts breaks of one lease beside each other.
func (x *races) pair() {
	r := x.o.r
	free := map[leased][]uint32{}
	var order []uint32
	for num := range x.breaks[1] {
		order = append(order, num)
	}
	slices.Sort(order)
	for _, num := range order {
		k := x.breaks[1][num]
		free[k] = append(free[k], num)
	}
	mates, taken := map[uint32]uint32{}, map[uint32]bool{}
	order = order[:0]
	for num := range x.breaks[0] {
		order = append(order, num)
	}
	slices.Sort(order)
	for _, num := range order {
		if q := free[x.breaks[0][num]]; len(q) > 0 {
			mates[num], taken[q[0]], free[x.breaks[0][num]] = q[0], true, q[1:]
		}
	}
	var out []Row
	for _, row := range r.Rows {
		_, inA := x.breaks[0][row.A]
		_, inB := x.breaks[1][row.B]
		if !inA && !inB {
			out = append(out, row)
			continue
		}
		if row.A != 0 {
			own := Row{A: row.A, B: mates[row.A], Grade: OnlyA}
			if own.B != 0 {
				own.Moved = own.B != row.B
				r.grader().row(&own)
			}
			out = append(out, own)
		}
		if row.B != 0 && !taken[row.B] {
			out = append(out, Row{B: row.B, Grade: OnlyB})
		}
	}
	r.relist(out)
	x.o.index()
}

// count counts the breaks that one side alone has and the answers to them: a
// break that nobody answers is none of those that only come to another client.
func (x *races) count() {
	x.open = [2]map[sight]int{{}, {}}
	for i := range x.o.r.Rows {
		row := &x.o.r.Rows[i]
		for side, num := range []uint32{row.A, row.B} {
			k, ok := x.breaks[side][num]
			if !ok || row.A != 0 && row.B != 0 {
				continue
			}
			p, _ := x.o.r.traces[side].Op(num)
			if k.ack {
				x.open[side][k.sight]--
			} else if flags, ok := x.o.number(side, p.Response, "smb2.lease.lease_flags"); !ok || flags&ackRequired != 0 {
				x.open[side][k.sight]++
			}
		}
	}
}

// ackRequired is SMB2_NOTIFY_BREAK_LEASE_FLAG_ACK_REQUIRED, [MS-SMB2] 2.2.23.2.
const ackRequired = 1

// lost reports whether a break that one side alone has is of a file that
// several clients share, and answered if it is to be.
func (x *races) lost(side int, p *op.Op) bool {
	k, ok := x.breaks[side][p.Num]
	return ok && x.shared(k.path) && x.open[side][k.sight] == 0 && p.Status == 0 && x.bare(side, p)
}

// bare reports whether the headers of a break, or of what answers it, say no more
// than who signs.
func (x *races) bare(side int, p *op.Op) bool {
	for _, num := range []uint32{p.Request, p.Response} {
		if num == 0 {
			continue
		}
		flags, ok := x.o.number(side, num, "smb2.flags")
		if !ok || flags&^uint64(smb2.FlagSigned|smb2.FlagResponse) != 0 {
			return false
		}
	}
	return true
}

// shared reports whether, on both sides, the same several clients get as many
// leases of a file, and the best of them is the same.
func (x *races) shared(path string) bool {
	same, ok := x.same[path]
	if !ok {
		a, b := slices.Sorted(slices.Values(x.owners[0][path])), slices.Sorted(slices.Values(x.owners[1][path]))
		same = len(a) > 0 && a[0] != a[len(a)-1] && slices.Equal(a, b) && x.best[0][path] == x.best[1][path]
		x.same[path] = same
	}
	return same
}

const (
	nameLeaseKey   = "smb2.lease.lease_key"
	nameLeaseState = "smb2.lease.lease_state"
)

// granted hides that two CREATEs of a shared file got other leases.
func (x *races) granted(row *Row, a, b *op.Op) {
	o := x.o
	k := o.sight(0, a)
	if k != o.sight(1, b) || !x.shared(k.path) {
		return
	}
	if o.exact == nil {
		o.exact = o.r.grader()
	}
	for _, ch := range o.exact.Compare(*row) {
		if ch.Masked == "" && !leaseGrant(&ch) {
			return
		}
	}
	if o.exact.unread {
		return
	}
	o.both(row, ruleRace)
}

// leaseGrant reports whether a change is of the lease that a CREATE got.
func leaseGrant(ch *Change) bool {
	return ch.Part == PartResponse && ch.Name == nameLeaseState && ch.kind == field.Flags && ch.Op == "replace"
}
