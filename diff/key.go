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

// fact is what alignment needs to know of one operation.
type fact struct {
	strong     uint64 // command, object, part of the object
	weak       uint64 // command, object
	loose      uint64 // command
	object     uint64
	start, end int64  // ns
	session    uint32 // 0: it belongs to its connection
	conn       uint32
	open       uint32
	process    uint32 // of the client that asks, 0 for none
	frame      uint32
	opens      bool // its answer makes the open known
	connects   bool // its answer makes a tree known
	closes     bool // it ends the open
	looks      bool // it only asks for information, or is one of a compound that does
	member     bool // it belongs to the compound of looks that began before it
	free       bool // the server sends it when it likes
	failed     bool // its answer is an error, or not right, or missing
	related    bool // it takes its handle from the one before it
}

// compare puts facts that have the same keys in an order.
func (f *fact) compare(o *fact) int {
	return cmp.Or(cmp.Compare(f.start, o.start), cmp.Compare(f.end, o.end), cmp.Compare(f.session, o.session), cmp.Compare(f.conn, o.conn),
		cmp.Compare(f.open, o.open), cmp.Compare(f.process, o.process), cmp.Compare(f.frame, o.frame))
}

// sessionFacts is what is known of one session.
type sessionFacts struct {
	user  uint64
	share uint64 // of the first tree connect
	kind  uint64 // dialect
	conn  uint32
	print uint64 // of all its operations in order
	least sketch // of what its operations are
	left  bool   // the client has left it, or its share, with its last operation
	ops   []int32
}

// sketch is the least of many hashes, in rising order: two sets that share many
// share many of these.
type sketch struct {
	list [24]uint64
	n    int
}

func (s *sketch) add(h uint64) { s.put(mix(h, 0)) }

// join adds what another one holds.
func (s *sketch) join(o *sketch) {
	for _, h := range o.list[:o.n] {
		s.put(h)
	}
}

func (s *sketch) put(h uint64) {
	if s.n == len(s.list) && h >= s.list[s.n-1] {
		return
	}
	i, ok := slices.BinarySearch(s.list[:s.n], h)
	if ok {
		return
	}
	s.n = min(s.n+1, len(s.list))
	copy(s.list[i+1:s.n], s.list[i:])
	s.list[i] = h
}

// shared counts the hashes that two sketches have in common.
func (s *sketch) shared(o *sketch) (n int) {
	for i, j := 0, 0; i < s.n && j < o.n; {
		switch {
		case s.list[i] == o.list[j]:
			i, j, n = i+1, j+1, n+1
		case s.list[i] < o.list[j]:
			i++
		default:
			j++
		}
	}
	return n
}

// list is the operations of one trace.
type list struct {
	facts    []fact         // by number less one
	sessions []sessionFacts // by number less one
	conns    [][]int32      // operations that belong to a connection
	connects []connected
	names    map[uint32]uint64 // hashes by number
	edges    *edges
	torn     []uint32          // operations that lack their request or their response
	folders  map[uint64]uint64 // of objects, but for those of a share itself
	members  bool              // some operations belong to the compounds of looks
	process  uint32            // that asked last
	programs bool              // several processes ask
}

// connected is a tree that a session made, and what share it is of.
type connected struct {
	session, tree uint32
	share         uint64
}

// mix folds v into the hash h.
func mix(h, v uint64) uint64 {
	h = (h ^ v) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

func hashText(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h, uint64(len(s)))
}

// shareOf gives the share of a tree's path: hosts have other names elsewhere.
func shareOf(path string) string {
	if i := strings.LastIndexByte(path, '\\'); i >= 0 && strings.HasPrefix(path, `\\`) {
		return path[i+1:]
	}
	return path
}

// gatherChunk is how many operations are copied at a time.
const gatherChunk = 4096

// gather reads the facts of all operations. Names that are not among those of the
// other side, if they are given, count as patterns.
func gather(t *dissect.Trace, other map[uint64]bool) *list {
	g := gatherer{list: &list{edges: new(edges), names: map[uint32]uint64{}, folders: map[uint64]uint64{}}, trace: t, trees: map[uint32]uint64{}, refused: map[uint32]uint64{}, other: other, patterns: map[uint32]uint64{}}
	l := g.list
	for _, s := range t.Sessions() {
		l.sessions = append(l.sessions, sessionFacts{user: g.name(s.User), kind: uint64(s.Dialect), conn: s.Conn})
	}
	l.facts = make([]fact, 0, t.Len())
	each(t, g.add)
	return l
}

// each calls f for all operations of a trace.
func each(t *dissect.Trace, f func(*op.Op)) {
	buf := make([]op.Op, gatherChunk)
	for num := uint32(1); ; {
		ops := t.Ops(buf, num)
		if len(ops) == 0 {
			return
		}
		num += uint32(len(ops))
		for i := range ops {
			f(&ops[i])
		}
	}
}

type gatherer struct {
	*list
	trace    *dissect.Trace
	trees    map[uint32]uint64 // hashes of shares by tree connect
	refused  map[uint32]uint64 // by session: that of the last one that made no tree
	other    map[uint64]bool   // hashes of the names of the other side; nil: those are not known
	patterns map[uint32]uint64 // hashes of patterns by number

	before [2]op.Op // the two operations before this one
}

func (g *gatherer) name(k uint32) uint64 {
	if k == 0 {
		return 0
	}
	h, ok := g.names[k]
	if !ok {
		name := g.trace.Name(k)
		h = hashText(name)
		g.names[k] = h
		if up := folder(name); strings.Trim(up, `\/`) != "" {
			g.folders[h] = hashText(up)
		}
	}
	return h
}

func (g *gatherer) add(o *op.Op) {
	g.edges.add(o)
	if torn(o) {
		g.torn = append(g.torn, o.Num)
	}
	f := fact{session: o.Session, conn: o.Conn, open: o.Open, process: o.Process, start: o.Start, end: o.Start + max(0, o.RTT), frame: max(o.ReqFrame, o.RespFrame)}
	object, tree := g.object(o.Path), g.trees[o.Tree]
	if o.Tree == 0 {
		tree = g.refused[o.Session]
	}
	joins := connects(o)
	if joins {
		object, tree = hashText(shareOf(g.trace.Name(o.Path))), 0
		if o.Tree != 0 {
			g.trees[o.Tree] = object
			g.connects = append(g.connects, connected{o.Session, o.Tree, object})
		} else if o.Session != 0 {
			g.refused[o.Session] = object
		}
	}
	f.object = object
	if f.process != 0 {
		g.programs = g.programs || g.process != 0 && g.process != f.process
		g.process = f.process
	}
	if establishes(o) || int(o.Session) > len(g.sessions) {
		f.session = 0
	}
	f.opens = o.Proto == op.SMB2 && smb2.Command(o.Command) == smb2.Create ||
		o.Proto == op.SMB1 && smb1.Opens(uint8(o.Command))
	f.connects, f.closes, f.free = joins, closing(o), o.State&op.Unsolicited != 0
	f.related = o.State&op.Related != 0
	f.failed = o.Response != 0 && o.Status>>30 == severityError && o.Status != statusMore || o.Response == 0 && o.State&op.OneWay == 0 || o.State&op.BadSignature != 0
	f.loose = mix(mix(uint64(o.Proto)<<16|uint64(o.Command), uint64(o.State&op.Unsolicited)), uint64(o.InfoType))
	if o.Proto > op.SMB2 && o.Request != 0 {
		f.loose++
	}
	class, code := uint64(o.InfoClass), uint64(o.Code)
	if f.opens || joins || o.Proto == op.SMB2 && smb2.Command(o.Command) == smb2.Negotiate || f.free {
		class, code = 0, 0 // those come from the answer
	}
	f.loose = mix(mix(f.loose, class), code)
	f.looks = looks1(o) || looks2(o) && o.Of <= 1
	f.weak = mix(mix(f.loose, object), tree)
	f.strong = mix(mix(f.weak, o.Offset), g.object(o.Detail))
	n := int32(len(g.facts))
	g.facts = append(g.facts, f)
	if o.Of > 1 && o.Index == o.Of-1 {
		g.compound(int(o.Of), o.Of == 3 && compoundLook(&g.before[0], &g.before[1], o))
	}
	g.before[0], g.before[1] = g.before[1], *o
	if f.session == 0 {
		for int(o.Conn) >= len(g.conns) {
			g.conns = append(g.conns, nil)
		}
		g.conns[o.Conn] = append(g.conns[o.Conn], n)
		return
	}
	s := &g.sessions[f.session-1]
	s.ops = append(s.ops, n)
	s.print = mix(s.print, f.strong)
	s.least.add(mix(mix(mix(f.loose, object), o.Offset), g.object(o.Detail))) // whatever the tree: its connect may have failed
	s.left = quits(o)
	if joins && s.share == 0 {
		s.share = object
	}
}

// compound has the keys of the last n operations, the elements of a compound,
// say what they stand together with.
func (g *gatherer) compound(n int, looks bool) {
	if n > len(g.facts) {
		return
	}
	g.members = g.members || looks
	last := g.facts[len(g.facts)-n:]
	if last[0].frame != last[n-1].frame || last[0].conn != last[n-1].conn {
		return
	}
	whole := uint64(n)
	for i := range last {
		whole = mix(whole, last[i].loose)
	}
	for i := range last {
		last[i].strong = mix(last[i].strong, whole)
		last[i].looks, last[i].member = looks, looks && i > 0
	}
	if looks {
		last[0].loose = mix(last[0].loose, whole)
		if !last[0].failed { // one that fails may stand for the CREATE of the same object that it saves
			last[0].weak = mix(last[0].weak, whole)
		}
	}
}

// severityError is the severity of a status that says that nothing was done,
// [MS-ERREF] 2.3.
const severityError = 3

// statusMore is STATUS_MORE_PROCESSING_REQUIRED, which says that all is well.
const statusMore = 0xc0000016

// establishes reports whether the operation makes a session, and so belongs to
// its connection.
func establishes(o *op.Op) bool {
	if o.Proto == op.SMB2 {
		return smb2.Command(o.Command) <= smb2.SessionSetup
	}
	return o.Proto == op.SMB1 && (o.Command == smb1.Negotiate || o.Command == smb1.SessionSetup)
}

// quits reports whether the operation ends a session, or what it has of a share.
func quits(o *op.Op) bool {
	if o.Proto == op.SMB2 {
		return smb2.Command(o.Command) == smb2.Logoff || smb2.Command(o.Command) == smb2.TreeDisconnect
	}
	return o.Proto == op.SMB1 && (o.Command == smb1.Logoff || o.Command == smb1.TreeDisconnect)
}

func connects(o *op.Op) bool {
	if o.Proto == op.SMB2 {
		return smb2.Command(o.Command) == smb2.TreeConnect
	}
	return o.Proto == op.SMB1 && o.Command == smb1.TreeConnect
}
