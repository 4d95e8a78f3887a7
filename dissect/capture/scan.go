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
	if o.HeadSize <= 0 {
		o.HeadSize = defaultHead
	}
	f.mu.Lock()
	f.conns = nil
	f.mu.Unlock()
	w := newWindow(f)
	s := &scanner{f: f, w: w, fn: fn, head: min(o.HeadSize, maxWindow), conns: make(map[connKey]*conn)}
	s.ports = append([]uint16{139, 445}, o.Ports...)
	if o.Packet != nil {
		s.packet = new(Packet)
	}
	var r record
	for i := range f.parts {
		p := &f.parts[i]
		w.end = p.base + p.size
		walk := newWalker(w, s, p.base)
		for walk != nil && !s.sum.Stopped && walk.next(&r) {
			s.record(&r)
			if o.Packet != nil {
				s.report(walk, &r, o.Packet)
			}
		}
		if w.err != nil {
			if s.sum.Frames == 0 {
				return nil, &Error{File: p.name, What: reason(w.err), Err: w.err}
			}
			s.damaged(w.off, "reading failed after frame %d: %s", s.sum.Frames, reason(w.err))
			w.err = nil
		}
		if p.damage != "" {
			s.note(Damage{File: p.name, Frame: s.sum.Frames, Offset: p.size, Text: p.damage})
		}
	}
	s.finish()
	sum := s.sum
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
	recent    [recentConns]*conn
	free      []*assembly
	queued    int // segments in all queues
	held      int // extents of all PDUs in progress
	scratch   []byte
	small     [64]byte
	one       [1]Extent
	broken    bool // reading again failed, as reported
	unread    map[uint32]bool
	packet    *Packet // what is found in the packet being read, when wanted
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
		s.sum.Stopped = true
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
	if c == nil {
		return
	}
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
