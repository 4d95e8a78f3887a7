package dissect

import (
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"

	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
)

// Options say how a capture is read.
type Options struct {
	Opener Opener // nil: nothing opens
	// Whole opens every PDU to its last byte and verifies tags and signatures.
	// Without it only the first bytes of large ones are read.
	Whole   bool
	Ports   []uint16          // TCP ports that are SMB whatever they show
	Tracker *conv.Tracker     // nil: a new one
	Lock    sync.Locker       // held while the tracker changes, when given
	Tracked func(*Batch)      // called in capture order, under Lock
	Format  func(int, *Batch) // called for batches side by side, by worker number, after Tracked
	Emit    func(*Batch) bool // called in capture order at the end; false stops
}

// Batch is a run of messages in capture order. It is reused: nothing of it may
// be kept after Emit.
type Batch struct {
	Messages []conv.Message
	Counts   Counts // of them
	Out      []byte // for Format and Emit

	room    []byte // for the capture to be read into
	pdus    []pdu
	heads   []byte // those that do not lie in room
	plain   []byte
	whole   []byte
	extents []capture.Extent
	bytes   int // what full counts

	olds []*conv.Legacy // of SMB1 messages: the first old of them are in use
	old  int
}

// pdu is a capture.PDU kept for a batch.
type pdu struct {
	capture.PDU
	lead       []byte // SMB Direct header, no longer counted in the PDU
	number     uint32 // SMB1: conv.Sequences
	fromServer bool
}

const (
	roomSize   = 192<<10 + capture.Spare // with its messages less than the second-level cache of a core
	batchPDUs  = 2048
	batchBytes = 128 << 10
	headSize   = 1024
	extentSize = 16
)

// spare is room behind a PDU.
const spare = "0123456789abcdef"

// newBatch makes a batch with room for what a run usually puts into one, so that
// it need not grow step by step.
func newBatch(room int) *Batch {
	return &Batch{
		room:     make([]byte, room),
		Messages: make([]conv.Message, 0, batchPDUs),
		pdus:     make([]pdu, 0, batchPDUs),
		heads:    make([]byte, 0, batchBytes+batchPDUs*SpareBytes),
		plain:    make([]byte, 0, batchBytes/8),
	}
}

func (b *Batch) reset() {
	b.Messages, b.Out, b.pdus, b.heads = b.Messages[:0], b.Out[:0], b.pdus[:0], b.heads[:0]
	b.plain, b.whole, b.extents, b.bytes = b.plain[:0], b.whole[:0], b.extents[:0], 0
	b.old, b.Counts = 0, Counts{}
}

func (b *Batch) add(p *capture.PDU) *pdu {
	if len(b.pdus) == cap(b.pdus) {
		b.pdus = append(b.pdus, pdu{})
	} else {
		b.pdus = b.pdus[:len(b.pdus)+1]
	}
	q := &b.pdus[len(b.pdus)-1]
	q.Kind, q.Conn, q.Dir, q.Reset, q.FirstFrame, q.Frame, q.Time = p.Kind, p.Conn, p.Dir, p.Reset, p.FirstFrame, p.Frame, p.Time
	q.Len, q.Lead, q.Missing, q.Pos, q.NBSS = p.Len, p.Lead, p.Missing, p.Pos, p.NBSS
	at := len(b.extents)
	b.extents = append(b.extents, p.Extents...)
	q.Extents = b.extents[at:len(b.extents):len(b.extents)]
	b.bytes += extentSize * len(p.Extents)
	if q.Head, q.Stays = p.Head, p.Stays; !p.Stays {
		at = len(b.heads)
		b.heads = append(append(b.heads, p.Head...), spare...) // to be opened in place
		q.Head = b.heads[at : at+len(p.Head) : len(b.heads)]
		b.bytes += len(p.Head)
	}
	q.split()
	return q
}

// split takes the header of SMB Direct off the PDU.
func (q *pdu) split() {
	n := min(int(q.Lead), len(q.Head))
	q.lead, q.Head, q.Len = q.Head[:n:n], q.Head[n:], q.Len-q.Lead
}

// full reports whether the batch is to be handed on. A batch that is opened
// whole is also bounded by the bytes it stands for.
func (b *Batch) full(whole bool, next *capture.PDU) bool {
	if whole && !next.Stays {
		b.bytes += int(next.Len)
	}
	return len(b.pdus) >= batchPDUs || b.bytes >= batchBytes
}

// side remembers which side of a connection is the server.
type side struct {
	known     bool
	serverDir uint8
}

// Run reads the capture once. Each worker fills a batch with PDUs, opens them,
// hands their messages to the tracker, formats and emits them. It reads, tracks
// and emits when its batch's turn has come, so that all three see capture order,
// and opens and formats beside the others. A batch stays on one core throughout.
func Run(f *capture.File, o Options) (*capture.Summary, error) {
	if o.Opener == nil {
		o.Opener = shutOpener{}
	}
	if o.Tracker == nil {
		o.Tracker = &conv.Tracker{Check: true, Named: true}
	}
	r := &run{file: f, o: o, servers: map[netip.AddrPort]uint32{}}
	r.calls = callOpenersOf(o.Opener)
	r.again = again{worker: worker{file: f, opener: o.Opener, whole: true}}
	if o.Tracker.Whole == nil {
		o.Tracker.Whole = r.again.whole
	}
	r.steps = f.Steps(capture.Options{HeadSize: headSize, Ports: o.Ports})
	var pool sync.WaitGroup
	for i := range Workers() {
		pool.Go(func() { r.work(i) })
	}
	pool.Wait()
	return r.steps.End()
}

// Workers is how many workers Run has: Format gets a number below it. With one a
// core none of them moves to another, away from where its batch is cached.
func Workers() int { return runtime.GOMAXPROCS(0) }

type run struct {
	file *capture.File
	o    Options

	// reading is held by the worker that reads.
	reading sync.Mutex
	steps   *capture.Steps
	ended   bool
	batches int64 // handed out
	hs      conv.Handshakes
	numbers conv.Sequences
	sides   []side
	buf     []byte

	// Of the worker whose turn it is to track.
	tracking turns
	seen     []bool // connections that the tracker knows
	servers  map[netip.AddrPort]uint32
	again    again // reads messages of pipes whole, while one is tracked
	calls    callOpeners

	emitting turns
	stopped  atomic.Bool
}

// turns lets batches pass one at a time, in their order.
type turns struct {
	next atomic.Int64
	mu   sync.Mutex
	wait map[int64]chan struct{}
}

// patience is how often a worker looks whether it may go on before it sleeps: most
// waits are shorter than it takes to wake a core.
const patience = 1000

// patient waits for ready, and reports false when that takes long.
func patient(ready func() bool) bool {
	for range patience {
		if ready() {
			return true
		}
		runtime.Gosched()
	}
	return false
}

// take waits for the turn of batch n.
func (t *turns) take(n int64) {
	if patient(func() bool { return t.next.Load() == n }) {
		return
	}
	t.mu.Lock()
	if t.next.Load() == n {
		t.mu.Unlock()
		return
	}
	if t.wait == nil {
		t.wait = map[int64]chan struct{}{}
	}
	c := make(chan struct{})
	t.wait[n] = c
	t.mu.Unlock()
	<-c
}

// pass gives the turn to the batch that follows.
func (t *turns) pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.next.Add(1)
	if c := t.wait[n]; c != nil {
		delete(t.wait, n)
		close(c)
	}
}

// read fills the batch with the PDUs that come next and tells its number.
func (r *run) read(b *Batch) (n int64, ok bool) {
	if !patient(r.reading.TryLock) {
		r.reading.Lock()
	}
	defer r.reading.Unlock()
	if r.stopped.Load() {
		r.steps.Stop()
	}
	if r.ended {
		return 0, false
	}
	b.reset()
	r.ended = !r.steps.Next(b.room, func(p *capture.PDU) bool {
		r.take(b, p)
		return !b.full(r.o.Whole, p)
	})
	r.batches++
	return r.batches - 1, len(b.pdus) > 0
}

// take adds a PDU to the batch. What a handshake tells is given to the opener
// before anything later is opened.
func (r *run) take(b *Batch, p *capture.PDU) {
	q := b.add(p)
	q.fromServer = r.direction(&q.PDU)
	if len(q.Head) > 0 && q.Head[0] == 0xff && q.Kind.Carries() {
		q.number = r.numbers.Number(q.Conn, q.Head, q.fromServer)
	}
	if q.Kind.Carries() && r.hs.Wants(q.Head) && q.Missing == 0 {
		msg := q.Head
		if int(q.Len) > len(msg) {
			r.buf, _ = r.file.ReadPDU(r.buf[:0], p.Extents)
			msg = r.buf[len(q.lead):]
		}
		if s := r.hs.Message(p.Conn, msg); s != nil {
			r.o.Opener.Setup(s)
			r.numbers.Start(p.Conn)
		}
	}
}

// direction tells whether the server sent the PDU: by what the PDU says, by
// what was learnt before, or by the port.
func (r *run) direction(p *capture.PDU) bool {
	for int(p.Conn) >= len(r.sides) {
		r.sides = append(r.sides, side{})
	}
	s := &r.sides[p.Conn]
	if h := p.Head; p.Kind.Carries() && len(h) > 16 && !s.known {
		response := false
		switch h[0] {
		case 0xfe:
			s.known, response = true, h[16]&1 != 0
		case 0xff:
			s.known, response = true, h[9]&0x80 != 0
		}
		s.serverDir = p.Dir
		if !response {
			s.serverDir = 1 - p.Dir
		}
		if !s.known {
			c := r.file.Connections()[p.Conn]
			s.serverDir = 0
			if serverPort(c.B.Port(), c.A.Port()) {
				s.serverDir = 1
			}
		}
	}
	return s.serverDir == p.Dir
}

// serverPort reports whether a is more likely a server's port than b.
func serverPort(a, b uint16) bool {
	known := func(p uint16) bool { return p == 445 || p == 139 }
	if known(a) != known(b) {
		return known(a)
	}
	return a < b
}

// work takes batches through all that is done with them.
func (r *run) work(i int) {
	w := worker{file: r.file, opener: r.o.Opener, whole: r.o.Whole}
	room := roomSize
	if r.o.Whole {
		room = capture.RoomSize
	}
	b := newBatch(room)
	for {
		n, ok := r.read(b)
		if !ok {
			return
		}
		w.open(b)
		r.tracking.take(n)
		r.track(b)
		r.tracking.pass()
		if r.o.Format != nil {
			r.o.Format(i, b)
		}
		if r.o.Emit != nil {
			r.emitting.take(n)
			if !r.stopped.Load() && !r.o.Emit(b) {
				r.stopped.Store(true)
			}
			r.emitting.pass()
		}
	}
}

// track tells the tracker of the batch's messages.
func (r *run) track(b *Batch) {
	if r.o.Lock != nil {
		r.o.Lock.Lock()
		defer r.o.Lock.Unlock()
	}
	for i := range b.Messages {
		m := &b.Messages[i]
		r.connect(m)
		switch m.Event {
		case capture.EventEnd:
			r.o.Tracker.End(m)
		case capture.EventHole:
			r.o.Tracker.Hole(m)
		case capture.PDUMessage, capture.PDUSession, capture.PDUDatagram, capture.PDUDirect:
			r.o.Tracker.Message(m)
			r.calls.give(m)
		}
	}
	if r.o.Tracked != nil {
		r.o.Tracked(b)
	}
}

func (r *run) connect(m *conv.Message) {
	for int(m.Conn) >= len(r.seen) {
		r.seen = append(r.seen, false)
	}
	if r.seen[m.Conn] || !m.Event.Carries() {
		return
	}
	r.seen[m.Conn] = true
	c := r.file.Connections()[m.Conn]
	server := c.A
	if (m.Dir == 0) != m.FromServer {
		server = c.B
	}
	r.o.Tracker.Connect(m.Conn, server, r.servers)
}

// shutOpener opens nothing: it stands in where no keys are given.
type shutOpener struct{}

func (shutOpener) Setup(*conv.Setup) {}

func (shutOpener) Unseal(dst, pdu []byte, _ bool) ([]byte, conv.Seal) {
	return dst, conv.Seal{Why: conv.ReasonNoKey}
}

func (shutOpener) UnsealInPlace([]byte, bool) ([]byte, conv.Seal, bool) {
	return nil, conv.Seal{}, false
}

func (shutOpener) Opened(uint64, int) {}

func (shutOpener) UnsealPrefix(dst, head []byte, _ bool) ([]byte, conv.Seal, bool) {
	return dst, conv.Seal{Why: conv.ReasonNoKey}, true
}

func (shutOpener) Verify(uint32, []byte, bool) conv.Signature { return conv.SignatureUnverified }

func (shutOpener) VerifySMB1(uint32, []byte, uint32) conv.Signature { return conv.SignatureUnverified }
