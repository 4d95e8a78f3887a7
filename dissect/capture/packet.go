package capture

// Packet is one captured packet with its place in a connection, for those who
// write the capture anew. It is reused between calls.
type Packet struct {
	Frame uint32
	Time  int64 // nanoseconds since 1970 UTC
	// Start and End bound its record or block in the file, Off is where its
	// first byte lies there. Cap bytes of it are in the file, Wire were on the
	// wire.
	Start, End, Off int64
	Cap, Wire       uint32
	// Link is the link type; it is no packet but a block with a frame number
	// when Block is set.
	Link  uint32
	Block bool

	// TCP says that it is a whole TCP segment, and of which connection: the
	// one whose Connection.FirstFrame is First, if that is one with SMB.
	TCP   bool
	First uint32
	Dir   uint8
	// Where the headers and the payload start in the packet, and how long the
	// payload was on the wire.
	IPOff, TCPOff, DataOff, DataLen int
	// Pos is where the payload's first byte stands in what Dir sends, Ack the
	// acknowledgement number's in what the other side sends: sequence numbers,
	// unwrapped.
	Pos, Ack int64
}

// seen notes the TCP segment of the packet being read, after it was taken.
func (s *scanner) seen(c *conn, dir int, h *tcpHeader, tcp, size int) {
	p := s.packet
	p.TCP, p.First, p.Dir = true, c.first, uint8(dir)
	p.TCPOff, p.DataOff, p.DataLen = tcp, tcp+h.size, size
	p.Pos, p.Ack = c.st[dir].unwrap(h.seq), c.st[1-dir].unwrap(h.ack)
	if h.flags&flagSYN != 0 {
		p.Pos++
	}
}

// report hands the packet just read to the caller.
func (s *scanner) report(w walker, r *record, fn func(*Packet)) {
	p := s.packet
	p.Frame, p.Time, p.Off, p.Cap, p.Wire, p.Link, p.Block = s.sum.Frames, r.time, r.off, r.cap, r.wire, r.link, r.link == notPacket
	p.Start, p.End = w.bounds()
	if p.TCP {
		p.IPOff, _, _ = s.link.ipOffset(r.link, r.data)
	}
	fn(p)
	p.TCP = false
}
