package capture

import (
	"encoding/binary"
	"net/netip"
)

const (
	// maxConns bounds the connections followed at once. Beyond it one that
	// was idle for long is given up for each new one.
	maxConns = 1 << 15
	// maxSMB bounds the list of connections with SMB.
	maxSMB      = 1 << 18
	recentConns = 256 // a power of two
)

const (
	flagFIN = 1
	flagSYN = 2
	flagRST = 4
	flagACK = 16
)

// tcpHeader is [RFC9293] 3.1.
type tcpHeader struct {
	src, dst uint16
	seq, ack uint32
	size     int
	flags    uint8
}

func (h *tcpHeader) parse(b []byte) bool {
	if len(b) < 20 {
		return false
	}
	h.src, h.dst = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	h.seq, h.ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	h.size, h.flags = int(b[12]>>4)*4, b[13]
	return h.size >= 20
}

// connKey names a connection whichever side sends: x is the smaller end.
type connKey struct {
	x, y   address
	xp, yp uint16
	v6     bool
}

// conn is a TCP connection being followed.
type conn struct {
	key       connKey
	swapped   bool // key.x is side B
	smb       bool
	likely    bool // its port is one that SMB is searched on
	client    Side
	reset     bool
	pieces    bool   // segments came in IP fragments
	index     uint32 // of File.Connections, when smb
	first     uint32 // frame
	last      uint32 // frame
	firstTime int64
	st        [2]stream // by who sends: A, B

	// What became of the bytes, both ways: see Summary.
	payload, passed, unframed uint64
}

func (c *conn) addr(dir int) netip.Addr {
	if (dir == 1) != c.swapped {
		return c.key.y.netip(c.key.v6)
	}
	return c.key.x.netip(c.key.v6)
}

func (c *conn) port(dir int) uint16 {
	if (dir == 1) != c.swapped {
		return c.key.yp
	}
	return c.key.xp
}

// tcp takes a TCP segment whose header is at off of the packet, with size
// bytes on the wire from there.
func (s *scanner) tcp(r *record, src, dst address, v6 bool, off, size int) {
	if off > len(r.data) {
		return
	}
	var h tcpHeader
	if !h.parse(r.data[off:]) || h.size > size {
		return
	}
	c, dir := s.lookup(r, src, dst, v6, &h)
	off += h.size
	size -= h.size
	var seg segment // filled where it is: a literal would be copied into place
	seg.seq, seg.len, seg.off, seg.frame, seg.time = h.seq, uint32(size), r.off+int64(off), s.sum.Frames, r.time
	var data []byte
	if off < int(r.cap) {
		seg.cap = uint32(min(int(r.cap)-off, size))
		if off < len(r.data) {
			data = r.data[off:]
			if len(data) > int(seg.cap) {
				data = data[:seg.cap]
			}
		}
	}
	s.segment(c, dir, &h, &seg, data)
	if s.packet != nil {
		s.seen(c, dir, &h, off-h.size, size)
	}
}

// recent is a connection found lately, and by what: the ends as a segment of its
// side dir has them.
type recent struct {
	src, dst address
	sp, dp   uint16
	v6       bool
	dir      uint8
	c        *conn
}

// lookup finds or makes the connection of a segment and says which side sent
// it.
func (s *scanner) lookup(r *record, src, dst address, v6 bool, h *tcpHeader) (*conn, int) {
	s.sum.TCPPackets++
	mix := (src.lo ^ dst.lo<<7 ^ uint64(h.src)<<16 ^ uint64(h.dst)) * 0x9e3779b97f4a7c15
	slot := &s.recent[mix>>56&(recentConns-1)]
	if slot.c == nil || h.flags&flagSYN != 0 || slot.sp != h.src || slot.dp != h.dst || slot.src != src || slot.dst != dst || slot.v6 != v6 {
		c, dir := s.find(r, src, dst, v6, h)
		*slot = recent{src: src, dst: dst, sp: h.src, dp: h.dst, v6: v6, dir: uint8(dir), c: c}
	}
	slot.c.last = s.sum.Frames
	return slot.c, int(slot.dir)
}

// find is lookup for connections that were not found lately, and for SYNs.
func (s *scanner) find(r *record, src, dst address, v6 bool, h *tcpHeader) (*conn, int) {
	key := connKey{x: src, y: dst, xp: h.src, yp: h.dst, v6: v6}
	swapped := dst.less(src) || dst == src && h.dst < h.src
	if swapped {
		key = connKey{x: dst, y: src, xp: h.dst, yp: h.src, v6: v6}
	}
	c := s.conns[key]
	if c != nil && h.flags&flagSYN != 0 && c.reused(swapped, h) {
		s.closeConn(c)
		s.forget(c) // it may now be the other side that is A
		c.renew(key, swapped)
		s.begin(r, c, h)
	}
	if c == nil {
		c = s.place()
		c.renew(key, swapped)
		s.conns[key] = c
		s.begin(r, c, h)
	}
	if swapped != c.swapped {
		return c, 1
	}
	return c, 0
}

// forget drops a connection from those found lately.
func (s *scanner) forget(c *conn) {
	for i := range s.recent {
		if s.recent[i].c == c {
			s.recent[i].c = nil
		}
	}
}

// reused reports whether a SYN starts a new connection between the same ends.
func (c *conn) reused(swapped bool, h *tcpHeader) bool {
	dir := 0
	if swapped != c.swapped {
		dir = 1
	}
	st, back := &c.st[dir], &c.st[1-dir]
	if st.syn {
		return st.isn != h.seq // else repeated
	}
	if h.flags&flagACK != 0 && back.syn && h.ack == back.isn+1 {
		return false // the answer to a SYN
	}
	return st.have || back.consumed != 0
}

// begin counts a new connection.
func (s *scanner) begin(r *record, c *conn, h *tcpHeader) {
	s.sum.TCPConnections++
	c.first, c.firstTime = s.sum.Frames, r.time
	for _, p := range s.ports {
		if h.src == p || h.dst == p {
			c.likely = true
		}
	}
	if h.flags&flagSYN != 0 {
		c.client = SideA
		if h.flags&flagACK != 0 {
			c.client = SideB
		}
	}
}

func (c *conn) renew(key connKey, swapped bool) {
	queues := [2][]segment{c.st[0].queue[:0], c.st[1].queue[:0]}
	*c = conn{key: key, swapped: swapped}
	c.st[0].queue, c.st[1].queue = queues[0], queues[1]
}

// place finds room for a connection.
func (s *scanner) place() *conn {
	if len(s.all) < maxConns {
		c := &conn{}
		s.all = append(s.all, c)
		return c
	}
	oldest := s.all[s.hand]
	for range 8 {
		s.hand = (s.hand + 1) % len(s.all)
		if c := s.all[s.hand]; c.last < oldest.last {
			oldest = c
		}
	}
	s.closeConn(oldest)
	delete(s.conns, oldest.key)
	s.forget(oldest)
	oldest.st[0].queue, oldest.st[1].queue = nil, nil
	return oldest
}

// closeConn gives out what is left of a connection.
func (s *scanner) closeConn(c *conn) {
	s.flush(c, 0)
	s.flush(c, 1)
	if !c.smb {
		s.unspoken(c)
		return
	}
	s.sum.Payload += c.payload
	s.sum.Passed += c.passed
	s.sum.Unframed += c.unframed
}

// recognise makes a connection one with SMB, found in direction dir.
func (s *scanner) recognise(c *conn, dir int) bool {
	if c.smb {
		return true
	}
	if s.sum.SMBConnections >= maxSMB {
		return false
	}
	c.smb = true
	s.sum.SMBConnections++
	c.index = s.f.addConnection(Connection{
		A: netip.AddrPortFrom(c.addr(0), c.port(0)), B: netip.AddrPortFrom(c.addr(1), c.port(1)),
		FirstFrame: c.first, FirstTime: c.firstTime, Client: c.client,
	})
	if c.pieces {
		s.sum.Fragmented = append(s.sum.Fragmented, c.index)
	}
	if other := &c.st[1-dir]; other.mode == modeProbe {
		other.mode = modeSearch
		if other.syn && other.consumed == 0 {
			other.mode = modeFrame
		}
	}
	s.pdu = PDU{Kind: EventStart, Conn: c.index, FirstFrame: c.first, Frame: c.first, Time: c.firstTime}
	if c.client == SideB {
		s.pdu.Dir = 1
	}
	s.emit()
	return true
}
