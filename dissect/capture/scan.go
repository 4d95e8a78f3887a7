package capture

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
)

// Scan reads the capture from its start and calls fn for each PDU and event
// of the connections with SMB, in the order in which they become complete;
// what the end of the capture leaves open comes last. It returns early when
// fn returns false. What cannot be read is listed in Summary.Damage; the
// error is for a capture that cannot be read at all. One Scan of a File can
// run at a time; it starts the list of connections anew.
func (f *File) Scan(o Options, fn func(*PDU) bool) (*Summary, error) {
	s := f.Steps(o)
	s.Next(nil, func(p *PDU) bool {
		if !fn(p) {
			s.Stop()
		}
		return true
	})
	return s.End()
}

// Steps is a Scan that its caller takes in steps. It may go from one goroutine
// to another between two of them.
type Steps struct {
	s    *scanner
	part int
	walk walker
	r    record
	err  error
}

// Steps begins to read the capture as Scan does.
func (f *File) Steps(o Options) *Steps {
	if o.HeadSize <= 0 {
		o.HeadSize = defaultHead
	}
	f.mu.Lock()
	f.conns = nil
	f.mu.Unlock()
	s := &scanner{f: f, w: newWindow(f), head: min(o.HeadSize, maxWindow), conns: make(map[connKey]*conn), wanted: o.Packet}
	s.ports = append([]uint16{139, 445}, o.Ports...)
	if o.Packet != nil {
		s.packet = new(Packet)
	}
	return &Steps{s: s, part: -1}
}

// Next reads on and calls fn for what Scan would call it for. Once fn has
// returned false it returns as soon as the packet is done with, for which fn may
// be called again. It reports whether there is more to read.
//
// room, when not nil, is memory of RoomSize bytes or more to read into. The heads
// of many PDUs then stay there until a later step is given the same room: see
// PDU.Stays. The step ends when the room is used up.
func (t *Steps) Next(room []byte, fn func(*PDU) bool) bool {
	s := t.s
	s.fn, s.paused = fn, false
	s.w.begin(room)
	for !s.paused {
		if t.walk == nil && !t.open() {
			return false
		}
		for !s.paused && t.walk != nil {
			t.record()
		}
	}
	return true
}

// record reads the next packet of the part, or finds its end.
func (t *Steps) record() {
	s := t.s
	if !s.sum.Stopped && t.walk.next(&t.r) {
		s.record(&t.r)
		if s.wanted != nil {
			s.report(t.walk, &t.r, s.wanted)
		}
		s.paused = s.paused || s.w.spent(t.r.off+int64(t.r.cap))
		return
	}
	t.close()
}

// open goes on to the next part. At the end of the last it brings all
// connections to theirs and reports false.
func (t *Steps) open() bool {
	s := t.s
	if t.part++; t.part < len(s.f.parts) && t.err == nil {
		p := &s.f.parts[t.part]
		s.w.end = p.base + p.size
		if t.walk = newWalker(s.w, s, p.base); t.walk == nil {
			t.close()
		}
		return true
	}
	if t.part == len(s.f.parts) && t.err == nil {
		s.finish()
	}
	return false
}

// close ends the part being read and notes what was wrong with it.
func (t *Steps) close() {
	t.walk = nil
	s, p := t.s, &t.s.f.parts[t.part]
	if err := s.w.err; err != nil {
		if s.sum.Frames == 0 {
			t.err = &Error{File: p.name, What: reason(err), Err: err}
			return
		}
		s.damaged(s.w.off, "reading failed after frame %d: %s", s.sum.Frames, reason(err))
		s.w.err = nil
	}
	if p.damage != "" {
		s.note(Damage{File: p.name, Frame: s.sum.Frames, Offset: p.size, Text: p.damage})
	}
}

// Stop ends the reading: fn is not called again.
func (t *Steps) Stop() { t.s.sum.Stopped = true }

// End tells what was seen, once Next has returned false or Stop was called.
func (t *Steps) End() (*Summary, error) {
	if t.err != nil {
		return nil, t.err
	}
	sum := t.s.sum
	return &sum, nil
}

// scanner is one pass over a capture.
type scanner struct {
	f         *File
	w         *window
	fn        func(*PDU) bool
	head      int
	ports     []uint16
	sum       Summary
	pdu       PDU
	link      linkLayers
	frags     fragments
	ip        datagram
	conns     map[connKey]*conn
	queues    map[queuePair]*roceHalf
	lonely    []*roceConn
	datagrams map[[2]netip.AddrPort]uint32
	quicTo    []quicServer
	all       []*conn // in the order of their first packets, until places are reused
	hand      int
	recent    [recentConns]recent
	free      []*assembly
	queued    int // segments in all queues
	held      int // extents of all PDUs in progress
	scratch   []byte
	small     [64]byte
	one       [1]Extent
	broken    bool // reading again failed, as reported
	unread    map[uint32]bool
	paused    bool    // fn has had enough for now
	packet    *Packet // what is found in the packet being read, when wanted
	wanted    func(*Packet)
}

func (s *scanner) frame() uint32 { return s.sum.Frames }

func (s *scanner) damaged(off int64, format string, args ...any) {
	name, rel := s.f.place(off)
	s.note(Damage{File: name, Frame: s.sum.Frames, Offset: rel, Text: fmt.Sprintf(format, args...)})
}

func (s *scanner) note(d Damage) {
	if len(s.sum.Damage) < maxDamage {
		s.sum.Damage = append(s.sum.Damage, d)
	}
}

// emit hands s.pdu to the callback.
func (s *scanner) emit() {
	s.w.pdus++
	if !s.sum.Stopped && !s.fn(&s.pdu) {
		s.paused = true
	}
}

// record takes one packet.
func (s *scanner) record(r *record) {
	s.sum.Frames++
	if s.sum.FirstTime == 0 {
		s.sum.FirstTime = r.time
	}
	s.sum.LastTime = r.time
	if r.cap < r.wire {
		s.sum.SnapCut++
	}
	b := r.data
	if r.link == linkEthernet && len(b) >= 54 && b[12] == 8 && b[13] == 0 && b[14] == 0x45 && b[23] == protoTCP &&
		b[20]&0x3f == 0 && b[21] == 0 {
		total := int(binary.BigEndian.Uint16(b[16:]))
		if total >= 40 && total <= int(r.wire)-14 {
			src := address{lo: uint64(binary.BigEndian.Uint32(b[26:]))}
			dst := address{lo: uint64(binary.BigEndian.Uint32(b[30:]))}
			s.tcp(r, src, dst, false, 34, total-20)
			return
		}
	}
	s.anyRecord(r)
}

// anyRecord takes the packets that are not plain TCP over IPv4 over Ethernet.
func (s *scanner) anyRecord(r *record) {
	off, known, ok := s.link.ipOffset(r.link, r.data)
	if !known && !s.unread[r.link] {
		if s.unread == nil {
			s.unread = make(map[uint32]bool)
		}
		if len(s.unread) < maxPorts {
			s.unread[r.link] = true
			if r.link == noLink {
				s.damaged(r.off, "frame %d belongs to no interface described before it", s.sum.Frames)
			} else {
				s.damaged(r.off, "frames of link type %d are not read (first: frame %d)", r.link, s.sum.Frames)
			}
		}
	}
	d := &s.ip
	if !ok || !parseIP(d, r.data, off, int(r.wire)) {
		return
	}
	if d.fragment {
		caplen := min(max(int(r.cap)-d.off, 0), d.size)
		if list := s.frags.add(d, r.off+int64(d.off), caplen); list != nil {
			s.whole(r, d, list)
		}
		return
	}
	switch d.proto {
	case protoTCP:
		s.tcp(r, d.src, d.dst, d.v6, d.off, d.size)
	case protoUDP:
		s.udp(r, d)
	}
}

// whole takes a datagram put together from fragments: its TCP payload is a
// run of segments that arrive with the frame that completes it.
func (s *scanner) whole(r *record, d *datagram, list []fragment) {
	if d.proto != protoTCP {
		return
	}
	var head []byte
	for _, g := range list {
		n := min(g.cap, len(s.small)-len(head))
		part, err := s.f.ReadPDU(s.small[:len(head)], []Extent{{g.off, uint32(max(n, 0))}})
		if err != nil {
			return
		}
		head = part
		if g.cap < g.size || len(head) == len(s.small) {
			break
		}
	}
	var h tcpHeader
	if !h.parse(head) {
		return
	}
	c, dir := s.lookup(r, d.src, d.dst, d.v6, &h)
	if !c.pieces {
		c.pieces = true
		if c.smb {
			s.sum.Fragmented = append(s.sum.Fragmented, c.index)
		}
	}
	flags := h.flags
	for i, g := range list {
		skip := min(max(h.size-g.at, 0), g.size)
		seg := segment{
			seq: h.seq + uint32(g.at+skip-h.size), len: uint32(g.size - skip), cap: uint32(max(g.cap-skip, 0)),
			off: g.off + int64(skip), frame: s.sum.Frames, time: r.time,
		}
		h.flags = flags &^ (flagFIN | flagRST)
		if i == len(list)-1 {
			h.flags = flags
		}
		if seg.len > 0 || i == len(list)-1 {
			s.segment(c, dir, &h, &seg, nil)
		}
	}
}

// finish brings all connections to their end, in the order of their places.
func (s *scanner) finish() {
	for _, c := range s.all {
		if s.sum.Stopped {
			break
		}
		s.closeConn(c)
	}
	s.onlyQUIC()
	s.f.done.Store(s.f.size)
	slices.Sort(s.sum.Ports)
}

// unspoken notes the server's port of a connection without SMB.
func (s *scanner) unspoken(c *conn) {
	port := c.port(1)
	if c.client == SideB || c.client == SideUnknown && c.port(0) < port {
		port = c.port(0)
	}
	if len(s.sum.Ports) < maxPorts && !slices.Contains(s.sum.Ports, port) {
		s.sum.Ports = append(s.sum.Ports, port)
	}
}
