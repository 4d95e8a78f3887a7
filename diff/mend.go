package diff

import (
	"slices"

	"smbdiff/dissect"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
)

const (
	// mendRun bounds the operations without a partner that are looked at
	// together; mendNear how many rows an answer may stand from its request.
	mendRun  = 64
	mendNear = 8
	// likePart is how much of two messages must be the same for them to be one
	// message with a field that differs: seven of ten bytes.
	likePart, likeOf = 7, 10
	// mendMost bounds how many messages are held against each other, mendShut
	// how many that stay shut are looked at: with more, keys are missing.
	mendMost, mendShut = 1 << 14, 64
)

// join is an operation put together again from two: one damaged field, an id or
// a command, had torn them apart.
type join struct {
	request, interim, response uint32 // messages
	proto                      op.Proto
	from, pends                uint32 // the operations that gave the other message and the interim response
}

// joins are the operations that were put together, by side and number.
type joins [2]map[uint32]join

// rulePart names what hides the rest of an operation that was torn apart.
const rulePart = "part of another operation"

// mend pairs what alignment left over but what is nearly the same byte for byte,
// and puts operations together that one field tore apart. It reports whether it
// made other pairs.
func (r *Result) mend() bool {
	m := &mender{r: r, left: mendMost}
	shut := 0
	for i := range m.readers {
		m.readers[i] = r.traces[i].NewReader()
		c := r.traces[i].Counts()
		shut += c.Sealed - c.Opened
	}
	m.shut = shut > 0 && shut <= mendShut
	m.settled()
	m.shifts()
	m.left = mendMost
	m.pairs()
	m.swaps()
	m.answers()
	return m.mended
}

type mender struct {
	r       *Result
	mended  bool // some pairs are not those of alignment
	readers [2]*dissect.Reader
	left    int   // of mendMost
	shut    bool  // a few messages stay shut
	lones   []int // rows of operations without a partner
}

// first gives the message with which an operation begins.
func first(o *op.Op) uint32 {
	if o.Request != 0 {
		return o.Request
	}
	return o.Response
}

// like tells how many bytes two messages have in common if they are the same but
// for a few bytes, else 0.
func (m *mender) like(a, b uint32) (same int) {
	if m.left--; m.left < 0 || a == 0 || b == 0 || !m.readers[0].Read(a) || !m.readers[1].Read(b) {
		return 0
	}
	ma, mb := &m.readers[0].Message, &m.readers[1].Message
	if ma.Missing+mb.Missing > 0 {
		return 0
	}
	if ma.Sealed && mb.Sealed && (ma.Proto == op.Sealed) != (mb.Proto == op.Sealed) {
		if m.shut && ma.PDULen == mb.PDULen && ma.Of <= 1 && mb.Of <= 1 {
			return 1
		}
		return 0
	}
	x, y := ma.Bytes, mb.Bytes
	if v, w := seals(ma, mb); v != nil {
		x, y = v, w
	}
	if len(x) != len(y) {
		return 0
	}
	for i := range x {
		if x[i] == y[i] {
			same++
		}
	}
	if same*likeOf < len(x)*likePart {
		return 0
	}
	return same
}

// seals gives the headers with which two messages of one size begin, one of which
// is sealed and the other one read as something else, for it has another protocol
// id; nil for others.
func seals(a, b *conv.Message) (x, y []byte) {
	head := func(sealed, other *conv.Message) []byte {
		n := len(sealed.Outer)
		if !sealed.Sealed || other.Sealed || other.Proto != op.Compressed || sealed.PDULen != other.PDULen || n < 4 || len(other.Bytes) < n {
			return nil
		}
		return other.Bytes[:n]
	}
	if y = head(a, b); y != nil {
		return a.Outer, y
	}
	if x = head(b, a); x != nil {
		return x, b.Outer
	}
	return nil, nil
}

// pairs looks at runs of rows without partners.
func (m *mender) pairs() {
	rows := m.r.Rows
	gone := map[int]bool{}
	for i := 0; i < len(rows); {
		end := i
		for end < len(rows) && end-i < 2*mendRun && (rows[end].A == 0 || rows[end].B == 0) {
			end++
		}
		if end > i+1 {
			m.run(i, end, gone)
		}
		i = max(end, i+1)
	}
	if len(gone) == 0 {
		return
	}
	m.mended = true
	kept := rows[:0]
	for i := range rows {
		if !gone[i] {
			kept = append(kept, rows[i])
		}
	}
	m.r.Rows = kept
}

func (m *mender) run(from, end int, gone map[int]bool) {
	rows := m.r.Rows
	for i := from; i < end; i++ {
		if rows[i].A == 0 {
			continue
		}
		a, _ := m.r.traces[0].Op(rows[i].A)
		for j := from; j < end; j++ {
			if rows[j].A != 0 || gone[j] {
				continue
			}
			b, _ := m.r.traces[1].Op(rows[j].B)
			if m.r.related(&a, &b) && !m.r.apart(&a, &b) && m.like(first(&a), first(&b)) > 0 {
				rows[i].B, rows[i].Grade = rows[j].B, Equal
				gone[j] = true
				break
			}
		}
	}
}

// related reports whether two operations may belong to one session: theirs are a
// pair, or one of them has no other.
func (r *Result) related(a, b *op.Op) bool {
	n, m := r.root(0, a.Session), r.root(1, b.Session)
	if n < 0 || m < 0 {
		return true
	}
	return r.sessions.a[n] == m || r.sessions.a[n] < 0 || r.sessions.b[m] < 0
}

// root gives the session that one goes on, by number less one, -1 for none.
func (r *Result) root(side int, session uint32) int32 {
	if k := int(session) - 1; k >= 0 && k < len(r.roots[side]) {
		return r.roots[side][k]
	}
	return -1
}

// apart reports whether two questions about two objects are put in two ways, or
// stand, as their ends do, in compounds that begin with that object.
func (r *Result) apart(a, b *op.Op) bool {
	inside := a.Of == 3 && b.Of == 3 && a.Index > 0 && a.Index == b.Index
	asks := looks2(a) && looks2(b)
	return (inside && (asks || closing(a)) || asks && (a.Of == 3) != (b.Of == 3)) && r.traces[0].Name(a.Path) != r.traces[1].Name(b.Path)
}

// answers looks at pairs of which one side lacks its request, its response or
// the interim response that the other side has.
func (m *mender) answers() {
	for i := range m.r.Rows {
		if m.lonely(i) {
			m.lones = append(m.lones, i)
		}
	}
	torn := m.torn()
	if len(m.lones) == 0 && torn[0] == nil && torn[1] == nil {
		return
	}
	near := 0 // of lones, the first that is not far behind
	for i := range m.r.Rows {
		for near < len(m.lones) && m.lones[near] < i-mendNear {
			near++
		}
		row := &m.r.Rows[i]
		if row.A == 0 || row.B == 0 || !torn.has(row) && (near == len(m.lones) || m.lones[near] > i+mendNear) {
			continue
		}
		a, b := m.r.pairOps(row)
		if m.turn(row, &a, &b) {
			continue
		}
		switch whole := a.Request != 0 && a.Response != 0; {
		case whole && (b.Request == 0 || b.Response == 0):
			m.answer(i, 1, &a, &b)
		case !whole && b.Request != 0 && b.Response != 0:
			m.answer(i, 0, &b, &a)
		}
		switch a, b := m.r.pairOps(row); {
		case a.Interim != 0 && b.Interim == 0:
			m.pending(i, 1, &a, &b)
		case b.Interim != 0 && a.Interim == 0:
			m.pending(i, 0, &b, &a)
		}
	}
}

// tornOps marks operations by side and number.
type tornOps [2][]bool

func (x *tornOps) has(row *Row) bool {
	return int(row.A) < len(x[0]) && x[0][row.A] || int(row.B) < len(x[1]) && x[1][row.B]
}

// torn marks operations that lack their request or their response.
func (m *mender) torn() (out tornOps) {
	for side, list := range m.r.torn {
		for _, num := range list {
			if out[side] == nil {
				out[side] = make([]bool, m.r.traces[side].Len()+1)
			}
			out[side][num] = true
		}
	}
	return out
}

// turn puts together operations of one message each that one side takes for a
// request and the other for a response, or that one side cannot open.
func (m *mender) turn(row *Row, a, b *op.Op) bool {
	if a.Request*a.Response != 0 || b.Request*b.Response != 0 || (a.Request != 0) == (b.Request != 0) && (a.Proto > op.SMB2) == (b.Proto > op.SMB2) ||
		m.like(first(a), first(b)) == 0 {
		return false
	}
	side, num, whole, msg := 1, row.B, a, first(b)
	if a.Proto > op.SMB2 {
		side, num, whole, msg = 0, row.A, b, first(a)
	}
	j := join{request: msg, proto: whole.Proto}
	if whole.Request == 0 {
		j = join{response: msg, proto: whole.Proto}
	}
	m.r.join(side, num, j)
	return true
}

// likes is like for a message of the whole operation and one of the side that
// is torn.
func (m *mender) likes(side int, whole, torn uint32) int {
	if side == 0 {
		return m.like(torn, whole)
	}
	return m.like(whole, torn)
}

// answer puts the torn operation of a side together if what it lacks stands near
// and is like what the whole one has.
func (m *mender) answer(i, side int, whole, torn *op.Op) {
	j := join{request: torn.Request, interim: torn.Interim, response: torn.Response, proto: whole.Proto}
	if j.request == 0 && m.likes(side, whole.Request, j.response) > m.likes(side, whole.Response, j.response) { // taken for a response
		j.request, j.response = j.response, 0
	}
	at := &j.response
	want := whole.Response
	if j.response != 0 {
		at, want = &j.request, whole.Request
	}
	if *at, j.from = m.near(i, side, torn, want); j.from != 0 {
		if from, _ := m.r.traces[side].Op(j.from); j.interim == 0 {
			j.interim = from.Interim
		}
		m.r.join(side, torn.Num, j)
	}
}

// near gives a message near a row, of a side's operation without a partner, that
// is like one of the whole operation of the other side, and that operation.
func (m *mender) near(i, side int, torn *op.Op, want uint32) (msg, num uint32) {
	o := m.lone(i, side, torn, func(o *op.Op) bool {
		return (o.Request == 0 || o.Response == 0) && m.likes(side, want, first(o)) > 0
	})
	if o.Num == 0 {
		return 0, 0
	}
	return first(&o), o.Num
}

// lone gives an operation near a row that has no partner and is as it should be.
// Where few have none it may stand anywhere: some answers take their time.
func (m *mender) lone(i, side int, torn *op.Op, is func(*op.Op) bool) op.Op {
	from, _ := slices.BinarySearch(m.lones, i-mendNear)
	to, _ := slices.BinarySearch(m.lones, i+mendNear+1)
	if len(m.lones) <= mendRun {
		from, to = 0, len(m.lones)
	}
	for _, k := range m.lones[from:to] {
		num := m.r.Rows[k].B
		if side == 0 {
			num = m.r.Rows[k].A
		}
		if num == 0 || m.r.parts[side][num] {
			continue
		}
		if o, _ := m.r.traces[side].Op(num); o.Conn == torn.Conn && is(&o) {
			return o
		}
	}
	return op.Op{}
}

// pending puts the interim response of a side's operation in its place: it was
// taken for the final one, which stands alone then, or for a request, or stands
// alone itself.
func (m *mender) pending(i, side int, whole, torn *op.Op) {
	j, ok := m.r.joins[side][torn.Num]
	if !ok {
		j = join{request: torn.Request, response: torn.Response, proto: whole.Proto}
	}
	switch {
	case !ok && j.response == 0:
		o := m.lone(i, side, torn, func(o *op.Op) bool {
			return o.Request != 0 && m.likes(side, whole.Interim, o.Request) > 0 && m.likes(side, whole.Response, o.Response) > 0
		})
		j.interim, j.response, j.from = o.Request, o.Response, o.Num
	case !ok && m.likes(side, whole.Interim, j.response) > m.likes(side, whole.Response, j.response):
		j.interim = j.response
		j.response, j.from = m.near(i, side, torn, whole.Response)
	default:
		j.interim, j.pends = m.near(i, side, torn, whole.Interim)
	}
	if j.interim != 0 && (j.from|j.pends != 0 || whole.Response == 0) {
		m.r.join(side, torn.Num, j)
	}
}

func (r *Result) join(side int, num uint32, j join) {
	if r.joins[side] == nil {
		r.joins[side], r.parts[side] = map[uint32]join{}, map[uint32]bool{}
	}
	r.joins[side][num] = j
	for _, n := range []uint32{j.from, j.pends} {
		if n != 0 {
			r.parts[side][n] = true
		}
	}
}

// apply makes the operation whole.
func (j *join) apply(o *op.Op, t *dissect.Trace) {
	from, _ := t.Op(j.from)
	own := *o
	frame := func(msg uint32) uint32 {
		switch msg {
		case 0:
			return 0
		case own.Request:
			return own.ReqFrame
		case own.Response:
			return own.RespFrame
		case from.Request:
			return from.ReqFrame
		case from.Response:
			return from.RespFrame
		}
		return 0
	}
	o.Request, o.Interim, o.Response, o.Proto = j.request, j.interim, j.response, j.proto
	o.ReqFrame, o.RespFrame = frame(j.request), frame(j.response)
	if from.Response == j.response {
		o.Status = from.Status
	}
	o.State |= op.Answered
}
