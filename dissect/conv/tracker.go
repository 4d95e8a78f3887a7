package conv

import (
	"net/netip"
	"strconv"

	"smbdiff/dissect/dcerpc"
	"smbdiff/dissect/field"
	"smbdiff/dissect/ntlmssp"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// Tracker joins messages to operations and follows sessions, tree connects and
// opens. It is told of every message once, in capture order.
type Tracker struct {
	Ops      op.Table
	Names    op.Names
	Sessions []Session // by number, from 1; element 0 is unused
	Check    bool      // look for what messages may not be: see Findings
	Indexed  bool      // keep what Calls gives
	Named    bool      // tell messages the names of their path and tree, which they have by number

	// Whole gives a message of a pipe to its last byte where Message was not
	// given all of it, or nil. It may be nil itself.
	Whole func(*Message) *Message

	conns    []*connection
	sessions map[sessionKey]*session
	list     []*session
	trees    []uint32 // names of tree connects, by number less one
	opens    uint32
	messages uint32
	text     []byte
	found    map[uint32][]string // by number of the message
	joints   map[uint64]*joint   // by operation and direction
	earlier  map[uint32][]uint32 // see Earlier
	pipes    dcerpc.Pipes
	calls    calls
}

// Session is what is known of one session.
type Session struct {
	ID      uint64
	Conn    uint32 // where it was set up, or first seen
	User    uint32 // name
	Dialect smb2.Dialect
	Cipher  smb2.Cipher
}

// User gives the name of a session's user, by the session's number.
func (t *Tracker) User(session uint32) string {
	if int(session) >= len(t.Sessions) {
		return ""
	}
	return t.Names.Get(t.Sessions[session].User)
}

type sessionKey struct {
	id     uint64
	server uint32
}

type session struct {
	num   uint32
	ended bool
	trees map[uint32]tree
	opens map[[16]byte]open

	sealed bool      // SESSION_SETUP demanded it
	nonces [2]nonces // of client and server

	recent   open // looked up last, by recentID
	recentID [16]byte
	alone    bool // recent is not in opens: most are closed before another is asked for

	recentTree   tree // looked up last, by recentTreeID
	recentTreeID uint32

	gone   [goneOpens]open // closed last, by goneID
	goneID [goneOpens][16]byte
	next   int // place of the oldest of those
}

// tree finds the tree connect with this id.
func (s *session) tree(id uint32) (tree, bool) {
	if s.recentTree.num != 0 && s.recentTreeID == id {
		return s.recentTree, true
	}
	tr, ok := s.trees[id]
	if ok {
		s.recentTree, s.recentTreeID = tr, id
	}
	return tr, ok
}

// connected makes a tree connect known.
func (s *session) connected(id uint32, tr tree) {
	s.trees[id] = tr
	s.recentTree = tree{}
}

// disconnected forgets a tree connect.
func (s *session) disconnected(id uint32) {
	delete(s.trees, id)
	s.recentTree = tree{}
}

// goneOpens is how many closed opens of a session stay known.
const goneOpens = 8

// open finds the open with this FileId.
func (s *session) open(id *[16]byte) (open, bool) {
	if s.recent.num != 0 && s.recentID == *id {
		return s.recent, true
	}
	if p, ok := s.opens[*id]; ok {
		s.remember(id, p, false)
		return p, true
	}
	for i := range s.gone {
		if s.gone[i].num != 0 && s.goneID[i] == *id {
			return s.gone[i], true
		}
	}
	return open{}, false
}

// remember puts an open in the place of the one looked up last, which goes to the
// others.
func (s *session) remember(id *[16]byte, p open, alone bool) {
	if s.alone {
		s.opens[s.recentID] = s.recent
	}
	s.recent, s.recentID, s.alone = p, *id, alone
}

// opened makes an open known.
func (s *session) opened(id *[16]byte, p open) { s.remember(id, p, true) }

// isOpen reports whether the open with this FileId is known and not closed.
func (s *session) isOpen(id *[16]byte) bool {
	_, ok := s.opens[*id]
	return ok || s.alone && s.recentID == *id
}

// closed forgets an open but for the last ones: what is asked of a handle after
// its end still has an object.
func (s *session) closed(id *[16]byte) {
	p, ok := s.opens[*id]
	if s.recent.num != 0 && s.recentID == *id {
		p, ok = s.recent, true
		s.recent, s.alone = open{}, false
	}
	if ok {
		s.gone[s.next], s.goneID[s.next] = p, *id
		s.next = (s.next + 1) % len(s.gone)
		delete(s.opens, *id)
	}
}

type tree struct {
	num, name uint32
	pipe      bool
	sealed    bool // the share demands it
}

type open struct {
	num, path uint32
	pipe      bool
	directory bool
}

// connection is the state of one connection.
type connection struct {
	server   uint32 // number of the server's address
	dialect  smb2.Dialect
	cipher   smb2.Cipher
	waiting  waiting
	async    map[uint64]uint32 // AsyncId to operation
	one      map[uint64]uint32 // SMB1: MID and PID to operation
	recent   *session          // looked up last, by recentID
	recentID uint64
	last     *session // of the present compound
	lastTree uint32
	lastOpen open
	names    names
	ended    uint8  // directions that sent a FIN
	gaveUp   bool   // the client was the first
	user     uint32 // named by the latest authenticate message
	hole     uint64 // bytes missing since the last message
	negotiat uint32 // operation of an SMB1 NEGOTIATE that waits
	raw      uint32 // operation of a READ_RAW or WRITE_RAW whose data comes without a header

	counted bool      // the capture has shown all credits since the first
	granted uint64    // credits
	said    [2][]byte // by NEGOTIATE request and response, in the form that FSCTL_VALIDATE_NEGOTIATE_INFO repeats
}

// maxWaiting bounds the requests without an answer that one connection keeps.
const maxWaiting = 1 << 20

// Connect tells of a connection: its index and its server's address.
func (t *Tracker) Connect(conn uint32, server netip.AddrPort, servers map[netip.AddrPort]uint32) {
	for uint32(len(t.conns)) <= conn {
		t.conns = append(t.conns, &connection{async: map[uint64]uint32{}, one: map[uint64]uint32{}})
	}
	k, ok := servers[server]
	if !ok {
		k = uint32(len(servers))
		servers[server] = k
	}
	t.conns[conn].server = k
}

func (t *Tracker) conn(k uint32) *connection {
	if int(k) >= len(t.conns) {
		t.Connect(k, netip.AddrPort{}, map[netip.AddrPort]uint32{})
	}
	return t.conns[k]
}

// Message takes the next message and fills in what its conversation says.
func (t *Tracker) Message(m *Message) {
	t.messages++
	m.Num = t.messages
	m.RTT = -1
	m.Env = wire.Env{}
	m.Role = Request
	m.Op, m.Session, m.Tree, m.Open, m.Path, m.RequestFrame = 0, 0, 0, 0, 0, 0
	m.PathName = ""
	c := t.conn(m.Conn)
	if c.hole > 0 {
		m.Problems = append(m.Problems, strconv.FormatUint(c.hole, 10)+" bytes are not in the capture before this message")
		c.hole = 0
	}
	if m.Proto == op.SMB2 && len(m.Bytes) < smb2.HeaderSize {
		m.Env.Response = m.SMB2.Response()
		t.shut(m)
		return
	}
	switch m.Proto {
	case op.SMB2:
		m.Env.Dialect = uint16(c.dialect)
		m.Env.Response = m.SMB2.Response()
		m.Env.Status = m.SMB2.Status
		if m.Env.Response {
			t.response2(c, m)
		} else {
			t.request2(c, m)
		}
		if o := t.Ops.At(m.Op); t.Check && o != nil {
			t.check(c, m, o)
		}
	case op.SMB1:
		m.Env.Response = m.SMB1.Response()
		m.Env.Status = m.SMB1.Status
		if m.Env.Response {
			t.response1(c, m)
		} else {
			t.request1(c, m)
		}
	default:
		t.shut(m)
	}
	if o := t.Ops.At(m.Op); o != nil {
		o.State |= state(m)
		m.Session, m.Tree, m.Open, m.Path = o.Session, o.Tree, o.Open, o.Path
		m.PathName = t.told(m.Path)
		if o.Env&op.EnvPipe != 0 {
			t.pipe(m, o)
		}
	}
}

// told gives a name for a message.
func (t *Tracker) told(k uint32) string {
	if !t.Named {
		return ""
	}
	return t.Names.Get(k)
}

func state(m *Message) (s op.State) {
	if m.Sealed {
		s |= op.WasSealed
	}
	if m.Missing > 0 || (m.Sealed && !m.Seal.Opened) || m.Proto == op.Compressed {
		s |= op.Unread
	}
	if m.Signature == SignatureInvalid {
		s |= op.BadSignature
	}
	return s
}

// End tells that one side of a connection ended it. When both have, or one has
// reset it, what waits for an answer there gets none. A client that ends it first
// has waited in vain, which is no loss of the connection.
func (t *Tracker) End(m *Message) {
	c := t.conn(m.Conn)
	if c.ended == 0 {
		c.gaveUp = !m.FromServer && !m.Reset
	}
	c.ended |= 1 << (m.Dir & 1)
	if c.ended != 3 && !m.Reset {
		return
	}
	closed := func(num uint32) {
		if o := t.Ops.At(num); o != nil && !o.Done() && !c.gaveUp {
			o.State |= op.Closed
		}
	}
	c.waiting.each(closed)
	c.waiting = waiting{}
	for _, m := range []map[uint64]uint32{c.async, c.one} {
		for _, num := range m {
			closed(num)
		}
		clear(m)
	}
}

// Hole takes a run of bytes that the capture lacks: m.Missing of them.
func (t *Tracker) Hole(m *Message) {
	o := t.Ops.Add()
	o.Start, o.Conn, o.Proto, o.Of = m.Time, m.Conn, op.Hole, 1
	o.ReqFrame, o.Length = m.Frame, uint64(m.Missing)
	o.State = op.OneWay | op.Unread
	c := t.conn(m.Conn)
	c.hole += uint64(m.Missing)
	c.counted = false
}

// shut makes an operation of a PDU that stays shut, or whose header is cut.
func (t *Tracker) shut(m *Message) {
	if m.Proto == op.NBSS && m.NBSS[0] == 0 && t.raw(m) {
		return
	}
	o := t.add(m)
	o.State |= op.OneWay | state(m)
	if m.Proto == op.NBSS || m.Proto == op.Direct {
		return
	}
	t.conn(m.Conn).counted = false
	if s := t.sessions[sessionKey{m.Session64, t.conn(m.Conn).server}]; s != nil {
		o.Session = s.num
	}
}

// add makes a new operation that begins with m.
func (t *Tracker) add(m *Message) *op.Op {
	o := t.Ops.Add()
	o.Start, o.Conn, o.Proto, o.Command, o.Index, o.Of = m.Time, m.Conn, m.Proto, m.Command(), m.Index, m.Of
	m.Op = o.Num
	if m.Response() {
		o.Response, o.RespFrame = m.Num, m.Frame
		o.Status = m.Status()
		m.Role = Unasked
	} else {
		o.Request, o.ReqFrame = m.Num, m.Frame
		m.Role = Request
	}
	return o
}

// session finds the session with this id, or makes it known.
func (t *Tracker) session(c *connection, m *Message, id uint64) *session {
	if id == 0 || id == 1<<64-1 {
		return nil
	}
	if c.recent != nil && c.recentID == id {
		return c.recent
	}
	k := sessionKey{id, c.server}
	s := t.sessions[k]
	if s == nil {
		s = t.newSession(c, m, k)
	}
	c.recent, c.recentID = s, id
	return s
}

func (t *Tracker) newSession(c *connection, m *Message, k sessionKey) *session {
	if t.sessions == nil {
		t.sessions = make(map[sessionKey]*session)
	}
	if len(t.Sessions) == 0 {
		t.Sessions = append(t.Sessions, Session{})
	}
	s := &session{num: uint32(len(t.Sessions)), trees: map[uint32]tree{}, opens: map[[16]byte]open{}}
	t.Sessions = append(t.Sessions, Session{ID: k.id, Conn: m.Conn, Dialect: c.dialect, Cipher: c.cipher})
	t.sessions[k] = s
	for _, c := range t.conns {
		c.recent = nil
	}
	t.list = append(t.list, s)
	return s
}

// named interns UTF-16LE text.
func (t *Tracker) named(b []byte) uint32 {
	if len(b) == 0 {
		return 0
	}
	t.text = field.AppendUTF16(t.text[:0], b)
	return t.Names.Intern(t.text)
}

// authenticated notes the user that a security token names.
func (t *Tracker) authenticated(c *connection, token []byte) {
	if a, ok := ntlmssp.Identify(token); ok && a.Type == 3 {
		t.text = a.AppendUser(t.text[:0])
		c.user = t.Names.Intern(t.text)
	}
}

// MessageCount is the number of messages so far.
func (t *Tracker) MessageCount() uint32 { return t.messages }

// Dialect gives what a connection negotiated, 0 when unknown.
func (t *Tracker) Dialect(conn uint32) uint16 {
	if int(conn) < len(t.conns) {
		return uint16(t.conns[conn].dialect)
	}
	return 0
}

// TreeName gives the name of tree connect num, from 1, "" when unknown.
func (t *Tracker) TreeName(num uint32) string {
	if num == 0 || int(num) > len(t.trees) {
		return ""
	}
	return t.Names.Get(t.trees[num-1])
}

// newTree numbers a tree connect.
func (t *Tracker) newTree(name uint32, pipe bool) tree {
	t.trees = append(t.trees, name)
	return tree{num: uint32(len(t.trees)), name: name, pipe: pipe}
}
