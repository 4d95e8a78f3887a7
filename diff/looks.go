package diff

import (
	"cmp"
	"slices"
	"strings"

	"smbdiff/dissect"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
)

// ruleLook names what hides that a client looked again at what it knows: it
// keeps what it was told for a time, and how long the work took decides
// whether that is over.
const ruleLook = "looked again"

const (
	// lookAge is how long, in ns, a client may have known an object before
	// another look at it is one that time alone asked for.
	lookAge = 900_000_000
	// lookBack bounds the operations among which the last sight of an object is
	// searched, lookTries the looks of the other side that one is held against.
	lookBack, lookTries = 1024, 16
	// leastRestless is how many looks without a reason make a client one that
	// keeps nothing, looksMost how many are searched for them.
	leastRestless, looksMost = 3, 4096
)

// looked are the operations that one side alone has, or that took another way
// there, for a reason that is noise: the rule that hides that, by side.
type looked [2]map[uint32]string

// rule gives "" for an operation that has no such reason.
func (l *looked) rule(side int, num uint32) string {
	if l == nil {
		return ""
	}
	return l[side][num]
}

func (l *looked) has(side int, num uint32) bool { return l.rule(side, num) != "" }

func (l *looked) mark(side int, num uint32, n int, rule string) {
	if l[side] == nil {
		l[side] = map[uint32]string{}
	}
	for range n {
		l[side][num] = rule
		num++
	}
}

// look is a question about an object that changes nothing: the compound of
// CREATE, QUERY_INFO and CLOSE, a QUERY_INFO through a handle, or a Trans2
// QUERY_PATH_INFORMATION of the UNIX extensions.
type look struct {
	num uint32 // of its first operation
	of  int    // operations
}

func (l *look) ask() uint32 { return l.num + uint32(l.of)/2 }

// sight is what is looked at: a session, numbered as on side A, and a path.
type sight struct {
	session uint32
	path    string
}

// overlook hides looks that only one side has if the other side looked at the
// same object and was told the same.
func (r *Result) overlook() {
	if !r.options.Masks.lenient || r.Rows == nil {
		return
	}
	o := &overlooker{r: r, c: r.grader()}
	o.c.alias = nil
	if !o.candidates() {
		return
	}
	for side := range o.all {
		o.gather(side)
	}
	o.split()
	o.crossed()
	o.raced()
	for i := range r.Rows {
		switch row := &r.Rows[i]; {
		case row.Grade == Differs && row.A != 0 && row.B != 0:
			o.through(i)
			o.closed(i)
			o.other(i)
		case row.Grade == OnlyA:
			o.lonely(0, i)
		case row.Grade == OnlyB:
			o.lonely(1, i)
		}
	}
}

// lonely looks at an operation that only one side has.
func (o *overlooker) lonely(side, i int) {
	o.alone(side, i)
	o.reread(side, i)
	o.order(side, i)
	o.idle(side, i)
	o.reopened(side, i)
}

type overlooker struct {
	r     *Result
	c     *Comparer
	all   [2]map[sight][]look
	looks [2][]look             // in order
	lists [2]map[sight][]uint32 // answers that list a folder
	told  [2]map[sight][]uint32 // answers that tell of one object
	rows  [2][]int32            // by operation less one: its row, -1 for none

	pieces  [2]map[sight][]piece         // by offset
	reads   [2][]uint32                  // READs that worked
	creates [2]map[uint32]uint32         // the CREATE of an open
	closes  [2]map[uint32]uint32         // and its first CLOSE
	opens   [2]map[sight][]uint32        // CREATEs that worked
	sizing  [2]map[sight][]uint32        // what sets or tells the size of an object
	sizes   [2]map[sight]map[uint64]bool // by hadSize

	attributes [2]map[sight][]attributed
	called     [2]map[sight][]sight  // before and later
	arrived    [2]map[sight][]uint32 // when something was renamed to that
	orders     [2]map[sight][]uint32 // to set what is known of an object, in a compound

	second [2]*dissect.Reader // of two answers of one side
	within [2]*Comparer       // of two operations of one side
	rest   int                // restless: 1 yes, -1 no, 0 not known
	exact  *Comparer          // with regard to identifiers
}

// candidates reports whether some operation without a partner may be a look, or
// two looks at two objects stand beside each other.
func (o *overlooker) candidates() bool {
	r, found := o.r, false
	for i := range r.Rows {
		switch g := r.Rows[i].Grade; g {
		case OnlyA, OnlyB:
			a, b := r.pairOps(&r.Rows[i])
			found = found || asks(&a) || asks(&b) || reads(&a) || reads(&b) || sets(&a) || sets(&b) || opensAgain(&a) || opensAgain(&b)
		case Differs, Outcome:
			a, b := r.pairOps(&r.Rows[i])
			found = found || asks(&a) && asks(&b) || reads(&a) && reads(&b) || closing(&a) && closing(&b) || sets(&a) && sets(&b)
		}
		if g := r.Rows[i].Grade; g.Shows() {
			a, b := r.pairOps(&r.Rows[i])
			found = found || breaking(&a) || breaking(&b)
		}
	}
	if found {
		o.index()
	}
	return found
}

// index notes where the operations stand.
func (o *overlooker) index() {
	r := o.r
	for side, t := range r.traces {
		o.rows[side] = slices.Repeat([]int32{-1}, t.Len())
	}
	for i := range r.Rows {
		if n := r.Rows[i].A; n != 0 {
			o.rows[0][n-1] = int32(i)
		}
		if n := r.Rows[i].B; n != 0 {
			o.rows[1][n-1] = int32(i)
		}
	}
}

// split parts pairs of looks at two objects of which the other side has looks
// too, and of READs of two files that caches may save: those are no more than at
// another time.
func (o *overlooker) split() {
	r := o.r
	var out []Row
	parted := map[[2]uint32]bool{}
	for i := range r.Rows {
		row := r.Rows[i]
		pair := [2]uint32{row.A, row.B}
		if row.A != 0 && row.B != 0 && (row.Grade == Differs || row.Grade == Outcome) {
			if a, b := r.pairOps(&row); o.parts(&a, &b) {
				for n := range uint32(max(1, a.Of)) { // a look is a compound, or stands alone
					parted[[2]uint32{row.A + n, row.B + n}] = true
				}
				if out == nil {
					out = append(make([]Row, 0, len(r.Rows)+8), r.Rows[:i]...)
				}
			}
		}
		switch {
		case parted[pair]:
			out = append(out, Row{A: row.A, Grade: OnlyA}, Row{B: row.B, Grade: OnlyB})
		case out != nil:
			out = append(out, row)
		}
	}
	if out != nil {
		r.relist(out)
		o.index()
	}
}

// parts reports whether two looks are at two objects, of which the other side
// knows what they found.
func (o *overlooker) parts(a, b *op.Op) bool {
	ka, kb := o.sight(0, a), o.sight(1, b)
	if ka == kb {
		return false
	}
	if reads(a) && reads(b) {
		return o.cached(0, a) && o.cached(1, b) && !o.samePiece(a, b)
	}
	x, y := o.head(0, ka, a.Num), o.head(1, kb, b.Num)
	if x == nil || y == nil || x.of != y.of {
		return false
	}
	if found, _ := o.answered(0, ka, x); !found {
		return false
	}
	found, _ := o.answered(1, kb, y)
	return found
}

// head gives the look that begins with an operation, nil for none.
func (o *overlooker) head(side int, k sight, num uint32) *look {
	list := o.all[side][k]
	if i, ok := slices.BinarySearchFunc(list, num, func(l look, num uint32) int { return cmp.Compare(l.num, num) }); ok {
		return &list[i]
	}
	return nil
}

// asks reports whether an operation is one of a look.
func asks(p *op.Op) bool {
	if p.Proto == op.SMB1 {
		return looks1(p)
	}
	return p.Proto == op.SMB2 && (p.Of == 3 || looks2(p))
}

// looks1 reports whether the operation asks for SMB_QUERY_FILE_UNIX_BASIC or
// its second form.
func looks1(p *op.Op) bool {
	return p.Proto == op.SMB1 && p.Command == smb1.Transaction2 && smb1.UnixQuery(p.Code, p.InfoClass)
}

// looks2 reports whether the operation asks for FileAllInformation.
func looks2(p *op.Op) bool {
	return p.Proto == op.SMB2 && smb2.Command(p.Command) == smb2.QueryInfo && p.InfoType == infoFile && p.InfoClass == fileAll
}

// [MS-SMB2] 2.2.37, [MS-FSCC] 2.4.
const infoFile, fileAll = 1, 18

// gather finds the looks of a side.
func (o *overlooker) gather(side int) {
	o.all[side], o.lists[side], o.told[side] = map[sight][]look{}, map[sight][]uint32{}, map[sight][]uint32{}
	o.pieces[side], o.creates[side], o.closes[side] = map[sight][]piece{}, map[uint32]uint32{}, map[uint32]uint32{}
	o.attributes[side], o.orders[side] = map[sight][]attributed{}, map[sight][]uint32{}
	o.called[side], o.arrived[side] = map[sight][]sight{}, map[sight][]uint32{}
	o.opens[side], o.sizing[side], o.sizes[side] = map[sight][]uint32{}, map[sight][]uint32{}, map[sight]map[uint64]bool{}
	t := o.r.traces[side]
	var before [2]op.Op
	each(t, func(p *op.Op) {
		o.telling(side, p)
		o.moving(side, p)
		o.size(side, p)
		o.attributing(side, p)
		o.renaming(side, p)
		switch l := (look{num: p.Num, of: 1}); {
		case looks1(p), looks2(p) && p.Of <= 1:
			o.add(side, t, p, l)
		case sets(p) && p.Of == 3 && p.Index == 1:
			o.orders[side][o.sight(side, p)] = append(o.orders[side][o.sight(side, p)], p.Num)
		case p.Of == 3 && p.Index == 2 && compoundLook(&before[0], &before[1], p):
			o.add(side, t, p, look{num: p.Num - 2, of: 3})
		}
		before[0], before[1] = before[1], *p
	})
	for _, list := range o.pieces[side] {
		slices.SortStableFunc(list, func(x, y piece) int { return cmp.Compare(x.offset, y.offset) })
	}
}

func compoundLook(create, query, end *op.Op) bool {
	return end.Proto == op.SMB2 && create.ReqFrame == end.ReqFrame && create.Index == 0 && query.Index == 1 &&
		smb2.Command(create.Command) == smb2.Create && smb2.Command(end.Command) == smb2.Close &&
		smb2.Command(query.Command) == smb2.QueryInfo && query.InfoType == infoFile
}

func (o *overlooker) add(side int, t *dissect.Trace, p *op.Op, l look) {
	k := o.sight(side, p)
	o.all[side][k] = append(o.all[side][k], l)
	o.looks[side] = append(o.looks[side], l)
}

func (o *overlooker) sight(side int, p *op.Op) sight {
	k := sight{session: p.Session, path: o.r.known(side, p.Path)}
	if root := o.r.root(side, p.Session); root >= 0 {
		if side == 1 {
			root = o.r.sessions.b[root]
		}
		k.session = uint32(root + 1)
	}
	return k
}

// of gives the operation of one side in a row.
func (o *overlooker) of(side, i int) *op.Op {
	a, b := o.r.pairOps(&o.r.Rows[i])
	if side == 1 {
		return &b
	}
	return &a
}

// alone looks at an operation that only one side has.
func (o *overlooker) alone(side, i int) {
	p := o.of(side, i)
	k := o.sight(side, p)
	l := o.head(side, k, p.Num)
	if l == nil || !o.free(side, l) {
		return
	}
	if found, alone := o.answered(side, k, l); found && (alone || o.due(side, p) || o.restless()) {
		o.mark(side, l, ruleLook)
	}
}

// free reports whether no operation of a look has a partner.
func (o *overlooker) free(side int, l *look) bool {
	for n := range l.of {
		if !o.lone(side, l.num+uint32(n)) {
			return false
		}
	}
	return true
}

func (o *overlooker) mark(side int, l *look, rule string) {
	for n := range l.of {
		o.r.Rows[o.rows[side][int(l.num)-1+n]].Grade = Masked
	}
	o.r.looked.mark(side, l.num, l.of, rule)
}

// answered reports whether the other side has a look at the same object with
// the same answer, and whether that one has no partner either.
func (o *overlooker) answered(side int, k sight, l *look) (found, alone bool) {
	if l.of == 3 && !o.harmless(side, l.num) {
		return false, false
	}
	tries := 0
	for _, m := range o.all[1-side][k] {
		if tries++; tries > lookTries {
			break
		}
		if o.same(side, l, &m) {
			found, alone = true, alone || o.lone(1-side, m.num)
		}
	}
	return found || o.known(side, k, l) || o.repeats(side, k, l), alone
}

// repeats reports whether a look says what this side was told by one that the
// other side has too, whatever that was told.
func (o *overlooker) repeats(side int, k sight, l *look) bool {
	c := o.inside(side)
	for n, m := range o.all[side][k] {
		if n == lookTries {
			break
		}
		if m.num == l.num || m.of != l.of || !o.paired(side, &m) {
			continue
		}
		same := true
		for n := range uint32(l.of) {
			x := Row{A: l.num + n, B: m.num + n}
			c.row(&x)
			same = same && x.Grade <= Masked
		}
		if same {
			return true
		}
	}
	return false
}

// paired reports whether all operations of a look have a partner.
func (o *overlooker) paired(side int, l *look) bool {
	for n := range l.of {
		if o.lone(side, l.num+uint32(n)) {
			return false
		}
	}
	return true
}

// same compares two looks without regard to identifiers.
func (o *overlooker) same(side int, l, m *look) bool {
	row := func(x, y uint32) Row {
		if side == 1 {
			x, y = y, x
		}
		return Row{A: x, B: y}
	}
	if l.of != m.of {
		x := row(l.ask(), m.ask())
		return o.sameAsked(&x)
	}
	for n := range uint32(l.of) {
		x := row(l.num+n, m.num+n)
		if o.c.row(&x); x.Grade > Masked {
			return false
		}
	}
	return true
}

// due reports whether a client has a reason to look again: it has known the
// object for a while, or has changed it or something in it since.
func (o *overlooker) due(side int, p *op.Op) bool {
	t := o.r.traces[side]
	path := t.Name(p.Path)
	arrived := o.arrived[side][o.sight(side, p)]
	for n := p.Num - 1; n > 0 && p.Num-n < lookBack; n-- {
		if _, ok := slices.BinarySearch(arrived, n); ok {
			return true
		}
		q, _ := t.Op(n)
		if q.Session != p.Session || q.Proto != p.Proto {
			continue
		}
		name := t.Name(q.Path)
		if !strings.HasPrefix(name, path) {
			continue
		}
		switch {
		case (looks1(&q) || looks2(&q)) && name == path:
			return p.Start-q.Start-max(0, q.RTT) >= lookAge
		case changes(&q):
			return true
		}
	}
	return true
}

// restless reports whether the clients of both sides keep looking at what they
// have just been told: they keep nothing, whatever the time.
func (o *overlooker) restless() bool {
	if o.rest == 0 {
		o.rest = 1
		for side, t := range o.r.traces {
			n := 0
			for _, l := range o.looks[side][:min(len(o.looks[side]), looksMost)] {
				if p, _ := t.Op(l.num); !o.due(side, &p) {
					n++
				}
			}
			if n < leastRestless {
				o.rest = -1
			}
		}
	}
	return o.rest > 0
}

// changes reports whether an operation may change what is told of an object.
func changes(q *op.Op) bool {
	if q.Proto == op.SMB1 {
		return q.Command != smb1.Transaction2 || smb1.Trans2Changes(q.Code)
	}
	switch smb2.Command(q.Command) {
	case smb2.Create, smb2.Close:
		return q.Of != 3 // what stands between them tells
	case smb2.Write, smb2.SetInfo, smb2.Flush:
		return true
	}
	return false
}

func (o *overlooker) lone(side int, num uint32) bool {
	if num == 0 || int(num) > len(o.rows[side]) || o.rows[side][num-1] < 0 {
		return false
	}
	row := &o.r.Rows[o.rows[side][num-1]]
	return row.A == 0 || row.B == 0
}
