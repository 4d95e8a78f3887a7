package diff

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"smbdiff/dissect"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
)

// Names of what is no field of a message.
const (
	nameAnswer    = "smbdiff.answer"
	nameRequest   = "smbdiff.request"
	nameInterim   = "smbdiff.interim"
	nameSignature = "smbdiff.signature"
	nameProblem   = "smbdiff.problem"
	nameTag       = "smb2.header.transform.signature"
	nameReserved  = "smb2.header.transform.reserved"
	// ciphertext of a call, with what it says below it where it opens
	nameSealedStub = "dcerpc.encrypted_stub_data"
	nameStub       = "dcerpc.stub_data"
	nameMessages   = "smbdiff.messages"  // how many carry an operation
	nameOperation  = "smbdiff.operation" // one that only one side has
	nameTime       = "smb2.time"         // from the request to its final response
)

// Comparer compares pairs of operations field by field. It belongs to one
// goroutine.
type Comparer struct {
	traces  [2]*dissect.Trace
	readers [2]*dissect.Reader
	options Options
	mask    *mask
	lookers *lookers // nil: no rule has a condition so far
	alias   *aliases
	meet    *meetings
	edges   [2]*edges // nil: not looked for yet
	joins   *joins    // nil: none
	parts   *[2]map[uint32]bool
	looked  *looked  // nil: none
	resumed *resumed // nil: no session goes on another one
	guards  guards
	slack   int64 // what response times may vary by, in ns
	// operations of A of which findings follow from earlier ones
	entailed map[uint32]bool
	signs    signs
	lead     int  // the side whose order of fields counts, of the message at hand
	torn     bool // one of the operations was put together
	late     bool // a CLOSE that stands elsewhere on the other side

	ops       [2]op.Op
	part      int
	frames    [2]uint32
	parent    string // name of the field whose level is compared
	keyed     keyed  // that it is below
	reordered bool
	async     bool // one side answered at once, the other after a while
	depth     int
	kids      [][2][]child // by depth
	diffs     int          // values that are not equal, masked or not
	changes   []Change
	unread    bool
	tally     *ruleTally // nil: what rules do is not counted
	red       *redactor  // nil: values as captured
}

// NewComparer makes a comparer of a and b. It takes identifiers as equal
// wherever both sides have one; Result.Comparer gives one that knows better.
func NewComparer(a, b *dissect.Trace, o Options) *Comparer {
	return &Comparer{traces: [2]*dissect.Trace{a, b}, readers: [2]*dissect.Reader{a.NewReader(), b.NewReader()}, options: o,
		mask: newMask(o.masks())}
}

// Compare gives the fields of a pair that differ, masked ones too, message by
// message in the order of one side, the same one whichever is A. What a side lacks altogether has no fields. The slice is reused.
func (c *Comparer) Compare(row Row) []Change {
	c.changes = c.changes[:0]
	switch {
	case row.A == 0 || row.B == 0:
		c.single(row)
	case c.load(row):
		c.pair(true)
	}
	return c.changes
}

func (c *Comparer) load(row Row) bool {
	var okA, okB bool
	c.ops[0], okA = c.traces[0].Op(row.A)
	c.ops[1], okB = c.traces[1].Op(row.B)
	c.torn, c.late = false, row.Moved && closing(&c.ops[0])
	if c.joins != nil {
		for k := range c.ops {
			if j, ok := c.joins[k][c.ops[k].Num]; ok {
				j.apply(&c.ops[k], c.traces[k])
				c.torn = true
			}
		}
	}
	return okA && okB
}

// row grades a row.
func (c *Comparer) row(r *Row) {
	if r.A == 0 || r.B == 0 {
		c.changes = c.changes[:0]
		if c.single(*r); len(c.changes) > 0 {
			r.Grade = Masked
		}
		return
	}
	if !c.load(*r) {
		r.Grade = Unread
		return
	}
	c.changes = c.changes[:0]
	masked := c.pair(false)
	r.Grade, r.Request, r.Response, r.guard = Equal, false, false, 0
	if masked {
		r.Grade = Masked
	}
	worst, fields := Equal, false
	for i := range c.changes {
		ch := &c.changes[i]
		if ch.Masked != "" {
			worst = max(worst, Masked)
			continue
		}
		worst = max(worst, Differs)
		r.guard |= c.guard(ch)
		fields = fields || !ch.finding()
		if ch.Part == PartRequest {
			r.Request = true
		} else {
			r.Response = true
		}
		if c.reason(ch) != "field" {
			worst = Outcome
		}
	}
	r.Grade = max(r.Grade, worst)
	r.findings, r.signs = worst >= Differs && !fields, c.signs
	if c.unread && r.Grade < Differs {
		r.Grade = Unread
	}
}

// reason says what kind of divergence a change is.
func (c *Comparer) reason(ch *Change) string {
	switch ch.Name {
	case "smb2.nt_status", "smb.nt_status", "smb.error_code", "smb.error_class":
		if ch.Part == PartResponse && strings.HasPrefix(ch.Path, "response/header/") {
			return "status"
		}
	case nameAnswer:
		return "no_answer"
	case nameSignature:
		return "signature"
	case nameTag:
		if ch.NodeA < 0 && ch.NodeB < 0 {
			return "signature"
		}
	case "smb2.dialect", "smb2.negotiate_context.cipher_id", "smb2.negotiate_context.signing_id":
		if ch.Part == PartResponse && establishes(&c.ops[0]) {
			return "negotiated"
		}
	}
	if c.guard(ch) != 0 {
		return "negotiated"
	}
	if ch.Part == PartResponse && (ch.kind == field.Status || strings.HasSuffix(ch.Name, ".werror")) && strings.Contains(ch.Path, "/dcerpc.stub_data/") {
		return "status" // of the call
	}
	return "field"
}

// pair compares the messages of two operations. All changes are listed when
// asked for, else only those of messages that are not quickly seen as equal;
// masked says that those had masked differences.
func (c *Comparer) pair(list bool) (masked bool) {
	a, b := &c.ops[0], &c.ops[1]
	c.unread, c.depth, c.signs = false, 0, 0
	c.async = (a.Interim == 0) != (b.Interim == 0) && a.Proto == op.SMB2 && c.mask.lenient && !waits(a)
	if a.Proto == op.Direct && b.Proto == op.Direct {
		return false // credits of the transport
	}
	if a.Proto > op.SMB2 || b.Proto > op.SMB2 {
		c.unread = true
		return false
	}
	if c.swallowed(a, b) {
		c.unread = true
		return false
	}
	if c.options.StatusesOnly {
		c.statuses()
		return false
	}
	for part, nums := range [parts][2]uint32{{a.Request, b.Request}, {a.Interim, b.Interim}, {a.Response, b.Response}} {
		c.part, c.parent, c.reordered = part, "", false
		c.mask.enter(c, part)
		c.frames = [2]uint32{}
		switch {
		case nums[0] == 0 && nums[1] == 0:
		case nums[0] != 0 && nums[1] != 0:
			masked = c.messages(part, nums, list) || masked
		case part == PartInterim:
			c.lone(nameInterim, part, nums[0] == 0)
		case part == PartResponse:
			c.lone(nameAnswer, part, nums[0] == 0)
		default:
			c.lone(nameRequest, part, nums[0] == 0)
		}
	}
	if (a.State|b.State)&op.Parts != 0 && !c.torn {
		masked = c.pieces(a, b, list) || masked
	}
	if c.torn {
		c.strays()
	}
	if c.options.Timing {
		c.time()
	}
	if c.late {
		c.closedLate()
	}
	if len(c.guards) > 0 {
		session := [2]uint32{a.Session, b.Session}
		for k := range session {
			if n := c.resumed.stands(aliasSession, k, &c.ops[k]); n != 0 {
				session[k] = n
			}
		}
		c.guards.hide(session[0], session[1], a.Num, c.changes, c.async)
	}
	if c.mask.lenient && c.resumed.later(0, a) != c.resumed.later(1, b) {
		c.resumed.again(c.changes)
	}
	if c.looked.has(0, a.Num) && c.looked.has(1, b.Num) {
		c.lookedOther()
	}
	for i := range c.changes {
		if ch := &c.changes[i]; ch.Masked == "" && ch.finding() && c.entailed[a.Num] {
			ch.Masked = ruleEntailed
		}
	}
	return masked
}

// swallowed reports whether one side lacks a message that its capture may have
// missed.
func (c *Comparer) swallowed(a, b *op.Op) bool {
	request, response := (a.Request == 0) != (b.Request == 0), (a.Response == 0) != (b.Response == 0)
	if !request && !response {
		return false
	}
	for k := range c.edges {
		if c.edges[k] == nil {
			c.edges[k] = findEdges(c.traces[k])
		}
	}
	ea, eb := c.edges[0], c.edges[1]
	return request && (ea.late(a) || eb.late(b)) || response && (ea.lost(a) || eb.lost(b))
}

// rulePending names what hides that an answer took so long that the server sent
// an interim response first.
const rulePending = "pending first"

// lone notes a message that only one side has.
func (c *Comparer) lone(name string, part int, onlyB bool) {
	path := partNames[part]
	d := c.mask.pseudo(name, path)
	if d.how == hide {
		return
	}
	ch := Change{Name: name, Path: path, Op: "remove", NodeA: -1, NodeB: -1}
	for k := range c.ops {
		text := string(c.ops[k].AppendResult(nil))
		has := onlyB == (k == 1)
		switch {
		case part == PartInterim && has:
			text = "STATUS_PENDING first"
		case part == PartInterim:
			text = "answered at once"
		case part == PartRequest && has:
			text = "sent"
		case part == PartRequest:
			text = "not sent"
		}
		if k == 0 {
			ch.A = text
		} else {
			ch.B = text
		}
	}
	k := 0
	if onlyB {
		ch.Op, k = "add", 1
	}
	c.frames[k] = c.ops[k].RespFrame
	if part == PartRequest {
		c.frames[k] = c.ops[k].ReqFrame
	}
	if c.hidden(&ch, &d); ch.Masked == "" && part == PartInterim && c.async {
		ch.Masked = rulePending
	}
	c.put(ch)
}

// hidden names the rule that hides a change of what is no field.
func (c *Comparer) hidden(ch *Change, d *decision) {
	if d.how == drop && d.allows(ch.A, ch.B, true) {
		ch.Masked = d.name
		c.hid(d.nth)
	}
}

// messages compares one message of each side.
func (c *Comparer) messages(part int, nums [2]uint32, list bool) (masked bool) {
	for k, r := range c.readers {
		if !r.Read(nums[k]) {
			c.unread = true
			return false
		}
		c.frames[k] = r.Message.Frame
	}
	ra, rb := c.readers[0], c.readers[1]
	if c.unknown() {
		return false
	}
	if shut(&ra.Message) || shut(&rb.Message) {
		c.unread = true
		if part == PartResponse && !c.torn && c.ops[0].Status != c.ops[1].Status {
			c.status()
		}
		if c.torn {
			c.sealed(part)
		}
		return false
	}
	start := len(c.changes)
	c.findings(part)
	broken := ra.Message.Seal.Broken()
	torn := broken != rb.Message.Seal.Broken() && ra.Message.Sealed && rb.Message.Sealed
	if !list && !torn {
		if masked, ok := c.quick(part, &ra.Tree, &rb.Tree); ok {
			return masked
		}
	}
	if c.lead = 0; behind(ra, rb) {
		c.lead = 1
	}
	a, b := &message{&ra.Tree, ra.Outer, ra.Message.Frame}, &message{&rb.Tree, rb.Outer, rb.Message.Frame}
	c.fields([2]*field.Tree{a.tree, b.tree})
	c.differ(part, a, b)
	c.descend(start, a, b)
	c.follow(c.changes[start:], a, b)
	if torn {
		c.tag(partNames[part]+"/outer", broken, start)
	}
	return false
}

// behind puts two messages in an order that hangs on what they hold, and on how
// that reads, alone.
func behind(a, b *dissect.Reader) bool {
	x, y := &a.Message, &b.Message
	return cmp.Or(cmp.Compare(len(x.Bytes), len(y.Bytes)), bytes.Compare(x.Bytes, y.Bytes), cmp.Compare(x.PDULen, y.PDULen),
		slices.CompareFunc(a.Tree.Nodes, b.Tree.Nodes, func(n, m field.Node) int { return cmp.Compare(n.Def.Name, m.Def.Name) })) > 0
}

// shut reports whether the message could not be read in full.
func shut(m *conv.Message) bool {
	return m.Sealed && !m.Seal.Opened || m.Proto > op.SMB2 || m.Missing > 0 || len(m.Bytes) < m.Size
}

// findings compares what is known of the messages beyond their bytes.
func (c *Comparer) findings(part int) {
	ma, mb := &c.readers[0].Message, &c.readers[1].Message
	c.signs |= signsOf(ma, mb)
	bad := func(m *conv.Message) bool { return m.Signature == conv.SignatureInvalid }
	if bad(ma) != bad(mb) && !(ma.Sealed && mb.Sealed) {
		c.finding(nameSignature, part, "replace", ma.Signature.String(), mb.Signature.String())
	}
	if len(ma.Problems) == 0 && len(mb.Problems) == 0 {
		return
	}
	for _, p := range ma.Problems {
		if !checked(p) && !slices.Contains(mb.Problems, p) {
			c.finding(nameProblem, part, "remove", p, "")
		}
	}
	for _, p := range mb.Problems {
		if !checked(p) && !slices.Contains(ma.Problems, p) {
			c.finding(nameProblem, part, "add", "", p)
		}
	}
}

// checked are the findings that the state of a signature tells already.
func checked(p string) bool { return p == conv.FindSignature || p == conv.FindTag }

func (c *Comparer) finding(name string, part int, how, a, b string) {
	path := partNames[part] + "/" + name
	d := c.mask.pseudo(name, path)
	if d.how == hide {
		return
	}
	ch := Change{Name: name, Path: path, Op: how, A: a, B: b, NodeA: -1, NodeB: -1}
	c.hidden(&ch, &d)
	c.put(ch)
}

func number(n int, what string) string {
	s := strconv.Itoa(n) + " " + what
	if n != 1 {
		s += "s"
	}
	return s
}
