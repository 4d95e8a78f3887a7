package dissect

import (
	"net/netip"
	"runtime"
	"sync"

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
	Out      []byte // for Format and Emit

	pdus   []pdu
	heads  []byte
	plain  []byte
	whole  []byte
	places []byte // extents in compact form
	bytes  int
	opened chan struct{}
	done   chan struct{}
}

// pdu is a capture.PDU kept for a batch.
type pdu struct {
	capture.PDU
	place      []byte // its extents
	fromServer bool
}

const (
	batchPDUs  = 768
	batchBytes = 128 << 10
	headSize   = 1024
)

func (b *Batch) reset() {
	b.Messages, b.Out, b.pdus, b.heads = b.Messages[:0], b.Out[:0], b.pdus[:0], b.heads[:0]
	b.plain, b.whole, b.places, b.bytes = b.plain[:0], b.whole[:0], b.places[:0], 0
	b.opened, b.done = make(chan struct{}), make(chan struct{})
}

func (b *Batch) add(p *capture.PDU, fromServer bool) {
	q := pdu{PDU: *p, fromServer: fromServer}
	at := len(b.heads)
	b.heads = append(b.heads, p.Head...)
	q.Head = b.heads[at:len(b.heads):len(b.heads)]
	at = len(b.places)
	b.places = capture.AppendExtents(b.places, p.Extents)
	q.place, q.Extents = b.places[at:len(b.places):len(b.places)], nil
	b.pdus = append(b.pdus, q)
	b.bytes += len(p.Head) + len(q.place)
}

// full reports whether the batch is to be handed on. A batch that is opened
// whole is also bounded by the bytes it stands for.
func (b *Batch) full(whole bool, next uint32) bool {
	if whole {
		b.bytes += int(next)
	}
	return len(b.pdus) >= batchPDUs || b.bytes >= batchBytes
}

// side remembers which side of a connection is the server.
type side struct {
	known     bool
	serverDir uint8
}

// Run reads the capture once: frames to PDUs on one goroutine, opening and
// header parsing on all cores by batches, conversations in capture order, then
// formatting on all cores and output in capture order.
func Run(f *capture.File, o Options) (*capture.Summary, error) {
	if o.Opener == nil {
		o.Opener = shutOpener{}
	}
	if o.Tracker == nil {
		o.Tracker = new(conv.Tracker)
	}
	r := &run{file: f, o: o, servers: map[netip.AddrPort]uint32{}}
	workers := max(2, runtime.GOMAXPROCS(0))
	inFlight := workers + 3
	r.free = make(chan *Batch, inFlight)
	for range inFlight {
		r.free <- new(Batch)
	}
	r.toOpen = make(chan *Batch, inFlight)
	r.toTrack = make(chan *Batch, inFlight)
	r.toFormat = make(chan *Batch, inFlight)
	r.toEmit = make(chan *Batch, inFlight)
	r.stop = make(chan struct{})

	var pool sync.WaitGroup
	for i := range workers {
		pool.Add(1)
		go func() {
			defer pool.Done()
			r.work(i)
		}()
	}
	tail := make(chan struct{})
	go r.track()
	go func() {
		defer close(tail)
		r.emit()
	}()
	sum, err := r.scan()
	close(r.toOpen)
	close(r.toTrack)
	<-tail
	pool.Wait()
	return sum, err
}

type run struct {
	file    *capture.File
	o       Options
	hs      conv.Handshakes
	sides   []side
	seen    []bool // connections that the tracker knows
	servers map[netip.AddrPort]uint32
	buf     []byte

	free, toOpen, toTrack, toFormat, toEmit chan *Batch
	stop                                    chan struct{}
}

// scan finds PDUs and fills batches with them. What a handshake tells is given
// to the opener before anything later is queued.
func (r *run) scan() (*capture.Summary, error) {
	var b *Batch
	send := func() {
		if b != nil {
			r.toTrack <- b
			r.toOpen <- b
			b = nil
		}
	}
	sum, err := r.file.Scan(capture.Options{HeadSize: headSize, Ports: r.o.Ports}, func(p *capture.PDU) bool {
		select {
		case <-r.stop:
			return false
		default:
		}
		if b == nil {
			b = <-r.free
			b.reset()
		}
		fromServer := r.direction(p)
		b.add(p, fromServer)
		if p.Kind == capture.PDUMessage && r.hs.Wants(p.Head) && p.Missing == 0 {
			msg := p.Head
			if int(p.Len) > len(msg) {
				r.buf, _ = r.file.ReadPDU(r.buf[:0], p.Extents)
				msg = r.buf
			}
			if s := r.hs.Message(p.Conn, msg); s != nil {
				r.o.Opener.Setup(s)
			}
		}
		if b.full(r.o.Whole, p.Len) {
			send()
		}
		return true
	})
	send()
	return sum, err
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

// work opens batches and formats them, whichever is there.
func (r *run) work(i int) {
	w := worker{file: r.file, opener: r.o.Opener, whole: r.o.Whole}
	open, format := r.toOpen, r.toFormat
	for open != nil || format != nil {
		select {
		case b, ok := <-open:
			if !ok {
				open = nil
				continue
			}
			w.open(b)
			close(b.opened)
		case b, ok := <-format:
			if !ok {
				format = nil
				continue
			}
			r.o.Format(i, b)
			close(b.done)
		}
	}
}

// track tells the tracker of messages in capture order.
func (r *run) track() {
	for b := range r.toTrack {
		<-b.opened
		if r.o.Lock != nil {
			r.o.Lock.Lock()
		}
		for i := range b.Messages {
			m := &b.Messages[i]
			r.connect(m)
			switch m.Event {
			case capture.EventEnd:
				r.o.Tracker.End(m)
			case capture.EventHole:
				r.o.Tracker.Hole(m)
			case capture.PDUMessage, capture.PDUSession, capture.PDUDatagram:
				r.o.Tracker.Message(m)
			}
		}
		if r.o.Tracked != nil {
			r.o.Tracked(b)
		}
		if r.o.Lock != nil {
			r.o.Lock.Unlock()
		}
		if r.o.Format == nil {
			close(b.done)
		} else {
			r.toFormat <- b
		}
		if r.o.Emit == nil {
			<-b.done
			r.free <- b
		} else {
			r.toEmit <- b
		}
	}
	close(r.toFormat)
	close(r.toEmit)
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

// emit hands batches out in capture order.
func (r *run) emit() {
	stopped := false
	for b := range r.toEmit {
		<-b.done
		if !stopped && !r.o.Emit(b) {
			stopped = true
			close(r.stop)
		}
		r.free <- b
	}
}

// shutOpener opens nothing: it stands in where no keys are given.
type shutOpener struct{}

func (shutOpener) Setup(*conv.Setup) {}

func (shutOpener) Unseal(dst, pdu []byte, _ bool) ([]byte, conv.Seal) {
	return dst, conv.Seal{Why: conv.ReasonNoKey}
}

func (shutOpener) UnsealPrefix(dst, head []byte, _ bool) ([]byte, conv.Seal, bool) {
	return dst, conv.Seal{Why: conv.ReasonNoKey}, true
}

func (shutOpener) Verify(uint32, []byte, bool) conv.Signature { return conv.SignatureUnverified }
