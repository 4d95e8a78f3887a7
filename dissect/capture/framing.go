package capture

import (
	"bytes"
	"encoding/binary"
)

// streamMode says how a stream's bytes are looked at.
type streamMode uint8

const (
	modeProbe  streamMode = iota // for a message at the start of a segment
	modeSearch                   // for a message anywhere
	modeFrame                    // as NBSS packets, one after the other
	modeRDMA                     // as MPA units, one after the other
)

const (
	nbssHeader = 4
	// magicLen is how many bytes SMB is recognised by: an NBSS header and a
	// protocol identifier.
	magicLen = 8
	// maxRaw is the longest session message without a protocol identifier:
	// the data of SMB1's raw reads and writes ([MS-CIFS] 2.2.4.22).
	maxRaw = 1<<17 - 1
	// maxControl is the longest NBSS packet that is no message: a session
	// request with two encoded names and scopes ([RFC1002] 4.3.2).
	maxControl = 1 << 10
	// maxExtents bounds the places noted of one PDU, maxHeld those of all.
	maxExtents  = 1 << 18
	maxHeld     = 1 << 21
	keepExtents = 1 << 13
	searchStep  = 64 << 10
)

// assembly is a PDU that continues in the next segment.
type assembly struct {
	head    []byte
	ext     []Extent
	nbss    [4]byte
	kind    EventKind
	at      int64 // PDU.Pos
	closed  bool  // a byte is missing: no more head, no more extents
	len     uint32
	missing uint32
	first   uint32 // frame
	ulpdu   uint32 // bytes of an MPA unit that are not framing
}

// tail holds the last bytes searched, in which a message may start that the
// next segment continues.
type tail struct {
	b     [magicLen - 1]byte
	off   [magicLen - 1]int64
	frame [magicLen - 1]uint32
	n     int
}

// startsMessage reports whether b starts with an SMB message in its NBSS
// framing: type 0, a length that holds the header, a protocol identifier
// ([MS-SMB2] 2.1, 2.2.1, 2.2.41, 2.2.42; [MS-CIFS] 2.2.3.1).
func startsMessage(b []byte) bool {
	if len(b) < magicLen || b[0] != 0 || b[5] != 'S' || b[6] != 'M' || b[7] != 'B' {
		return false
	}
	least := uint32(0)
	switch b[4] {
	case 0xfe:
		least = 64
	case 0xfd:
		least = 52
	case 0xfc:
		least = 16
	case 0xff:
		least = 32
	default:
		return false
	}
	return binary.BigEndian.Uint32(b) >= least
}

// startsSession reports whether b starts with a NetBIOS session request: two
// names of 32 letters A to P ([RFC1002] 4.3.2, [RFC1001] 14.1).
func startsSession(b []byte) bool {
	if len(b) < magicLen || b[0] != 0x81 || b[1] > 1 || b[4] != 0x20 {
		return false
	}
	for _, x := range b[5:magicLen] {
		if x < 'A' || x > 'P' {
			return false
		}
	}
	return true
}

// startsControl reports whether a segment of size bytes that starts with b is
// one answer to a session request, or a keep-alive ([RFC1002] 4.3.3 to 4.3.6).
func startsControl(b []byte, size uint32) bool {
	if len(b) < nbssHeader || b[0] < 0x82 || b[0] > 0x85 {
		return false
	}
	body := [...]uint32{0, 1, 6, 0}[b[0]-0x82]
	return binary.BigEndian.Uint32(b)&0xffffff == body && size == nbssHeader+body
}

// peek returns n bytes of a segment from pos on, fewer at the end of what the
// file has of it. data holds its first bytes; the others are read.
func (s *scanner) peek(g *segment, data []byte, pos, n uint32) []byte {
	n = min(n, g.cap-pos)
	if int(pos)+int(n) <= len(data) {
		return data[pos : pos+n]
	}
	if cap(s.scratch) < int(n) {
		s.scratch = make([]byte, max(int(n), minWindow))
	}
	b := s.scratch[:n]
	if k, err := s.f.ReadAt(b, g.off+int64(pos)); err != nil {
		clear(b[k:])
		if !s.broken {
			s.broken = true
			s.damaged(g.off+int64(pos), "reading again failed in frame %d: %s", g.frame, reason(err))
		}
	}
	return b
}

// feed takes the next bytes of a stream.
func (s *scanner) feed(c *conn, dir int, g *segment, data []byte) {
	st := &c.st[dir]
	pos := uint32(0)
	for pos < g.cap && !s.sum.Stopped {
		switch st.mode {
		case modeFrame, modeRDMA:
			if st.left == 0 {
				if st.mode == modeFrame {
					pos = s.header(c, dir, g, data, pos)
				} else {
					pos = s.unit(c, dir, g, data, pos)
				}
				continue
			}
			n := min(st.left, g.cap-pos)
			st.left -= n
			if st.asm != nil {
				s.extend(c, st.asm, g, data, pos, n)
			} else {
				c.passed += uint64(n)
			}
			pos += n
			if st.left == 0 {
				s.complete(c, dir)
			}
		case modeProbe:
			pos = s.probe(c, dir, g, data)
		default:
			pos = s.search(c, dir, g, data, pos)
		}
	}
	if g.cap < g.len {
		if cut := g.len - g.cap; st.left > cut && st.asm != nil && st.asm.first == g.frame {
			// Its first frame is cut: the others add nothing that follows.
			st.asm.missing += st.left
			s.complete(c, dir)
		}
		s.absent(c, dir, g.len-g.cap)
	}
}

// header reads an NBSS header at pos and what the segment has of its PDU
// ([RFC1002] 4.3.1; the length has 24 bits as in [MS-SMB2] 2.1).
func (s *scanner) header(c *conn, dir int, g *segment, data []byte, pos uint32) uint32 {
	st := &c.st[dir]
	first := g.frame
	start := pos
	if st.hdrN == 0 && g.cap-pos >= nbssHeader {
		copy(st.hdr[:], s.peek(g, data, pos, nbssHeader))
		pos += nbssHeader
	} else {
		if st.hdrN == 0 {
			st.hdrFrame = g.frame
		}
		n := copy(st.hdr[st.hdrN:], s.peek(g, data, pos, nbssHeader-uint32(st.hdrN)))
		st.hdrN += uint8(n)
		pos += uint32(n)
		if st.hdrN < nbssHeader {
			return pos
		}
		first = min(st.hdrFrame, g.frame)
		st.hdrN = 0
	}
	size := binary.BigEndian.Uint32(st.hdr[:]) & 0xffffff
	have := min(size, g.cap-pos)
	kind := PDUMessage
	sound := true
	switch t := st.hdr[0]; {
	case t == 0 && size > maxRaw && have >= 4:
		b := s.peek(g, data, pos, 4)
		sound = b[0] >= 0xfc && b[1] == 'S' && b[2] == 'M' && b[3] == 'B'
	case t >= 0x81 && t <= 0x85:
		kind, sound = PDUSession, size <= maxControl
	case t != 0:
		sound = false
	}
	switch {
	case !sound:
		st.mode = modeSearch
		if st.tail != nil {
			st.tail.n = 0
		}
		if pos-start < nbssHeader {
			c.unframed += uint64(nbssHeader - (pos - start))
			return start // part of the header came before this segment
		}
		return start
	case size == 0 && kind == PDUMessage:
		c.unframed += nbssHeader
	case have == size:
		s.one[0] = Extent{Off: g.off + int64(pos), Len: size}
		p := &s.pdu // filled where it is: a literal would be copied into place
		p.Kind, p.Conn, p.Dir, p.Reset = kind, c.index, uint8(dir), false
		p.FirstFrame, p.Frame, p.Time = first, st.frame, st.time
		p.Len, p.Lead, p.Missing, p.NBSS, p.Pos = size, 0, 0, st.hdr, st.at-int64(g.len-pos)
		n := min(size, uint32(s.head))
		p.Head = s.peek(g, data, pos, n)
		p.Stays = s.w.stays && int(pos)+int(n) <= len(data)
		s.w.shown = s.w.shown || p.Stays
		p.Extents = s.one[:1]
		if size == 0 {
			p.Extents = nil
		}
		s.emit()
	default:
		st.left = size - have
		st.asm = s.begun(kind, st.hdr, size, first)
		st.asm.at = st.at - int64(g.len-pos)
		s.extend(c, st.asm, g, data, pos, have)
	}
	return pos + have
}

// begun starts a PDU that needs more than one segment.
func (s *scanner) begun(kind EventKind, nbss [4]byte, size, first uint32) *assembly {
	var a *assembly
	if n := len(s.free); n > 0 {
		a = s.free[n-1]
		s.free = s.free[:n-1]
	} else {
		a = &assembly{head: make([]byte, 0, s.head)}
	}
	*a = assembly{head: a.head[:0], ext: a.ext[:0], nbss: nbss, kind: kind, len: size, first: first}
	return a
}

// extend adds n bytes of a segment from pos on to a PDU.
func (s *scanner) extend(c *conn, a *assembly, g *segment, data []byte, pos, n uint32) {
	a.first = min(a.first, g.frame)
	if a.closed || n == 0 {
		return
	}
	if len(a.ext) >= maxExtents || s.held >= maxHeld {
		a.closed = true
		a.missing += n
		c.passed += uint64(n)
		return
	}
	if room := uint32(s.head - len(a.head)); room > 0 {
		a.head = append(a.head, s.peek(g, data, pos, min(n, room))...)
	}
	before := len(a.ext)
	a.ext = appendExtent(a.ext, g.off+int64(pos), n)
	s.held += len(a.ext) - before
}

// complete gives out the PDU in progress, unless that was done before its end.
func (s *scanner) complete(c *conn, dir int) {
	st := &c.st[dir]
	a := st.asm
	if a == nil {
		return
	}
	st.asm = nil
	if a.kind >= kindSetup {
		s.fpdu(c, dir, a)
	} else if c.smb {
		s.pdu = PDU{
			Kind: a.kind, Conn: c.index, Dir: uint8(dir), FirstFrame: a.first, Frame: st.frame, Time: st.time,
			Len: a.len, Head: a.head, Extents: a.ext, Missing: a.missing, NBSS: a.nbss, Pos: a.at,
		}
		s.emit()
	}
	s.held -= len(a.ext)
	if cap(a.ext) > keepExtents {
		a.ext = nil
	}
	s.free = append(s.free, a)
}

// absent passes over n bytes that are not in the capture. A PDU that goes on
// behind them keeps its place; otherwise the next message is searched for.
func (s *scanner) absent(c *conn, dir int, n uint32) {
	st := &c.st[dir]
	if st.tail != nil {
		st.tail.n = 0
	}
	if st.left > 0 {
		m := min(n, st.left)
		st.left -= m
		n -= m
		if st.asm != nil {
			st.asm.missing += m
			st.asm.closed = true
		}
		if st.left == 0 {
			s.complete(c, dir)
		}
	}
	if n > 0 && st.mode >= modeFrame {
		c.unframed += uint64(st.hdrN)
		st.hdrN = 0
		st.mode = modeSearch
	}
}

// cutOff ends the PDU in progress where the stream stops.
func (s *scanner) cutOff(c *conn, dir int) {
	st := &c.st[dir]
	if st.left > 0 {
		s.absent(c, dir, st.left)
	}
	if st.mode >= modeFrame {
		c.unframed += uint64(st.hdrN)
		st.hdrN = 0
		st.mode = modeSearch
	}
	if st.tail != nil {
		st.tail.n = 0
	}
}

// probe looks for SMB at the start of a segment of a connection that has
// shown none.
func (s *scanner) probe(c *conn, dir int, g *segment, data []byte) uint32 {
	st := &c.st[dir]
	b := s.peek(g, data, 0, magicLen)
	if startsMessage(b) || startsSession(b) {
		if s.recognise(c, dir) {
			st.mode = modeFrame
			return 0
		}
	}
	if mpaStart(s.peek(g, data, 0, mpaSetup)) > 0 {
		st.mode = modeRDMA
		return 0
	}
	if c.port(dir) == kerberosPort && g.cap > 4 { // behind the length, [RFC4120] 7.2.2
		s.kerberos(g.time, s.peek(g, data, 4, maxAnswer))
	}
	if c.likely {
		st.mode = modeSearch
		return 0
	}
	if st.tail != nil && st.tail.n > 0 && s.spans(c, dir, g, b) {
		return 0
	}
	if g.cap < magicLen {
		st.keep(b, g)
	} else if st.tail != nil {
		st.tail.n = 0
	}
	c.skipped(g.cap)
	return g.cap
}

// search looks for the start of a message anywhere in a segment from pos on.
func (s *scanner) search(c *conn, dir int, g *segment, data []byte, pos uint32) uint32 {
	st := &c.st[dir]
	if pos == 0 && c.smb && g.len <= nbssHeader+6 && startsControl(s.peek(g, data, 0, nbssHeader), g.len) {
		st.mode = modeFrame
		return 0
	}
	if pos == 0 && st.tail != nil && st.tail.n > 0 && s.spans(c, dir, g, s.peek(g, data, 0, magicLen)) {
		return 0
	}
	for {
		b := s.peek(g, data, pos, searchStep)
		if i := findMessage(b); i >= 0 && s.recognise(c, dir) {
			c.skipped(uint32(i))
			st.mode = modeFrame
			return pos + uint32(i)
		}
		if pos+uint32(len(b)) >= g.cap {
			c.skipped(uint32(len(b)))
			st.keep(b, &segment{off: g.off + int64(pos), frame: g.frame})
			return g.cap
		}
		step := uint32(len(b)) - (magicLen - 1)
		c.skipped(step)
		pos += step
	}
}

// skipped counts bytes that belong to no PDU.
func (c *conn) skipped(n uint32) { c.unframed += uint64(n) }

// findMessage returns where in b a message starts, or -1.
func findMessage(b []byte) int {
	for at := 5; at < len(b); {
		i := bytes.Index(b[at:], []byte("SMB"))
		if i < 0 {
			return -1
		}
		if start := at + i - 5; startsMessage(b[start:]) {
			return start
		}
		at += i + 1
	}
	return -1
}

// keep remembers the last bytes of b, which is where g starts.
func (st *stream) keep(b []byte, g *segment) {
	if st.tail == nil {
		st.tail = &tail{}
	}
	t := st.tail
	drop := max(t.n+len(b)-len(t.b), 0)
	if drop >= t.n {
		t.n, drop = 0, max(len(b)-len(t.b), 0)
	} else if drop > 0 {
		copy(t.b[:], t.b[drop:t.n])
		copy(t.off[:], t.off[drop:t.n])
		copy(t.frame[:], t.frame[drop:t.n])
		t.n, drop = t.n-drop, 0
	}
	for i := drop; i < len(b); i++ {
		t.b[t.n], t.off[t.n], t.frame[t.n] = b[i], g.off+int64(i), g.frame
		t.n++
	}
}

// spans looks for a message that starts in the tail and whose identifier ends
// in the segment that starts with b, and takes what the tail has of it.
func (s *scanner) spans(c *conn, dir int, g *segment, b []byte) bool {
	st := &c.st[dir]
	t := st.tail
	var buf [2*magicLen - 1]byte
	n := copy(buf[:], t.b[:t.n])
	n += copy(buf[n:], b)
	i := findMessage(buf[:n])
	if i < 0 || i >= t.n || !s.recognise(c, dir) {
		return false
	}
	st.mode = modeFrame
	c.unframed -= uint64(t.n - i)
	st.hdrN = uint8(copy(st.hdr[:], t.b[i:t.n]))
	st.hdrFrame = t.frame[i]
	if st.hdrN == nbssHeader {
		st.hdrN = 0
		size := binary.BigEndian.Uint32(st.hdr[:]) & 0xffffff
		st.asm = s.begun(PDUMessage, st.hdr, size, t.frame[i])
		st.asm.at = st.at - int64(g.len) - int64(t.n-i-nbssHeader)
		for k := i + nbssHeader; k < t.n; k++ {
			s.extend(c, st.asm, &segment{off: t.off[k], cap: 1, frame: t.frame[k]}, t.b[k:k+1], 0, 1)
		}
		st.left = size - uint32(t.n-i-nbssHeader)
	}
	t.n = 0
	return true
}
