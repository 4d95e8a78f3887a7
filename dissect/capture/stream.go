package capture

import (
	"slices"
)

const (
	maxQueue    = 4096     // segments one stream has waiting
	maxQueued   = 1 << 17  // segments all streams have waiting
	maxSpan     = 16 << 20 // bytes from the first missing one to the last waiting one
	maxJump     = 64 << 20 // bytes; a stream that is off by more starts anew
	keepQueue   = 64       // segments of room that an empty queue keeps
	graceFrames = 8        // frames that a segment may be late after it was acknowledged
	graceTime   = 5e6      // and nanoseconds
	firstWrap   = 1 << 32  // added to sequence numbers, so that none before a stream's first is negative
)

// segment is a run of a stream's bytes: len on the wire, of which the first
// cap are in the file at off.
type segment struct {
	seq, len, cap, frame uint32
	off, time            int64
}

func (g *segment) end() uint32 { return g.seq + g.len }

// trim drops the first n bytes.
func (g *segment) trim(n uint32) {
	n = min(n, g.len)
	g.seq += n
	g.len -= n
	g.off += int64(min(n, g.cap))
	g.cap -= min(n, g.cap)
}

// stream is what one side of a connection sends.
type stream struct {
	mode  streamMode
	have  bool // next is known
	syn   bool
	fin   bool
	ended bool // EventEnd was given out
	lost  bool // the segments waited for were acknowledged: see lostFrame
	acks  bool // acked is known
	hdrN  uint8
	hdr   [4]byte
	next  uint32 // sequence number of the next byte to look at
	at    int64  // the same, unwrapped: it grows where next wraps
	isn   uint32
	acked uint32 // by the other side
	// The latest frame of the bytes looked at.
	frame uint32
	time  int64
	// Where the FIN stands and came.
	finSeq, finFrame uint32
	finTime          int64
	// Since when the other side has had bytes that are missing here.
	ackFrame, lostFrame uint32
	ackTime, lostTime   int64

	hdrFrame uint32 // of the first byte in hdr
	left     uint32 // bytes that the PDU in progress still wants
	asm      *assembly
	tail     *tail
	direct   *direct // over RDMA
	consumed uint64
	queue    []segment // waiting for the bytes before them, by sequence number
}

// start begins a stream at its first known sequence number.
func (st *stream) start(seq uint32) {
	st.have, st.next, st.at = true, seq, firstWrap+int64(seq)
}

// unwrap gives the place of the sequence number nearest to the next byte.
func (st *stream) unwrap(seq uint32) int64 {
	if !st.have {
		return firstWrap + int64(seq)
	}
	return st.at + int64(int32(seq-st.next))
}

// before compares sequence numbers, which wrap.
func before(a, b uint32) bool { return int32(a-b) < 0 }

// segment takes a TCP segment of side dir. data holds the start of its bytes.
func (s *scanner) segment(c *conn, dir int, h *tcpHeader, seg *segment, data []byte) {
	st, back := &c.st[dir], &c.st[1-dir]
	if h.flags&(flagACK|flagRST) == flagACK {
		if !back.acks || before(back.acked, h.ack) {
			back.acks, back.acked = true, h.ack
			back.ackFrame, back.ackTime = seg.frame, seg.time
		}
		if len(back.queue) > 0 {
			s.giveUp(c, 1-dir, seg, true)
		}
	}
	if h.flags&flagSYN != 0 {
		if !st.syn {
			st.syn, st.isn = true, seg.seq
			if !st.have {
				st.start(seg.seq + 1)
			}
		}
		seg.seq++
	}
	if seg.len > 0 {
		if st.have && seg.seq == st.next && len(st.queue) == 0 {
			s.consume(c, dir, seg, data)
		} else {
			s.arrange(c, dir, seg, data)
		}
	}
	if h.flags&flagFIN != 0 && !st.fin {
		st.fin, st.finSeq, st.finFrame, st.finTime = true, seg.end(), seg.frame, seg.time
		if !st.have {
			st.start(st.finSeq)
		}
	}
	if st.fin && !st.ended && st.next == st.finSeq {
		s.end(c, dir)
	}
	if h.flags&flagRST != 0 {
		s.abort(c, dir, seg)
	}
}

// end gives out a FIN that all bytes before it have been seen of.
func (s *scanner) end(c *conn, dir int) {
	st := &c.st[dir]
	st.ended = true
	if c.smb {
		s.pdu = PDU{Kind: EventEnd, Conn: c.index, Dir: uint8(dir), FirstFrame: st.finFrame, Frame: st.finFrame, Time: st.finTime}
		s.emit()
	}
}

// abort takes a RST.
func (s *scanner) abort(c *conn, dir int, seg *segment) {
	if c.reset {
		return
	}
	c.reset = true
	if dir == 1 && c.client == SideA && !c.st[1].syn && c.st[0].consumed == 0 {
		s.refused(c, seg)
	}
	s.flush(c, 0)
	s.flush(c, 1)
	if c.smb {
		s.pdu = PDU{Kind: EventEnd, Conn: c.index, Dir: uint8(dir), Reset: true, FirstFrame: seg.frame, Frame: seg.frame, Time: seg.time}
		s.emit()
	}
}

// consume takes the segment that continues the stream.
func (s *scanner) consume(c *conn, dir int, seg *segment, data []byte) {
	st := &c.st[dir]
	st.next += seg.len
	st.at += int64(seg.len)
	st.consumed += uint64(seg.len)
	c.payload += uint64(seg.cap)
	if seg.frame >= st.frame {
		st.frame, st.time = seg.frame, seg.time
	}
	s.feed(c, dir, seg, data)
}

// arrange takes a segment that does not simply continue the stream: one that
// starts it, repeats or overlaps bytes, comes early or fills a gap.
func (s *scanner) arrange(c *conn, dir int, seg *segment, data []byte) {
	st := &c.st[dir]
	if !st.have {
		st.start(seg.seq)
	}
	ahead := int32(seg.seq - st.next)
	switch {
	case ahead > maxJump || ahead < -maxJump:
		s.restart(c, dir, seg)
		s.consume(c, dir, seg, data)
		return
	case ahead > 0:
		s.enqueue(st, seg)
		s.giveUp(c, dir, seg, false)
		return
	case int32(seg.end()-st.next) <= 0:
		return // all of it is known
	case ahead < 0:
		skip := uint32(-ahead)
		data = data[min(int(skip), len(data)):]
		seg.trim(skip)
	}
	s.consume(c, dir, seg, data)
	s.drain(c, dir)
}

// restart goes on at a segment so far off that the bytes between cannot be
// counted.
func (s *scanner) restart(c *conn, dir int, seg *segment) {
	s.flush(c, dir)
	st := &c.st[dir]
	st.at = st.unwrap(seg.seq)
	st.next, st.acks, st.fin, st.ended = seg.seq, false, false, false
	s.lose(c, dir, 0, seg.frame, seg.time)
}

// enqueue puts an early segment in its place.
func (s *scanner) enqueue(st *stream, seg *segment) {
	if len(st.queue) == 0 {
		st.lost = false
	}
	i := len(st.queue)
	for i > 0 && before(seg.seq, st.queue[i-1].seq) {
		i--
	}
	if i > 0 && !before(st.queue[i-1].end(), seg.end()) {
		return // all of it is known
	}
	st.queue = slices.Insert(st.queue, i, *seg)
	s.queued++
}

// drain takes the waiting segments that now continue the stream.
func (s *scanner) drain(c *conn, dir int) {
	st := &c.st[dir]
	n := 0
	for n < len(st.queue) && !before(st.next, st.queue[n].seq) {
		seg := st.queue[n]
		n++
		if before(st.next, seg.end()) {
			seg.trim(st.next - seg.seq)
			s.consume(c, dir, &seg, nil)
		}
	}
	s.queued -= n
	st.queue = slices.Delete(st.queue, 0, n)
	if len(st.queue) == 0 && cap(st.queue) > keepQueue {
		st.queue = nil
	}
	if n > 0 {
		st.lost = false
	}
}

// giveUp decides whether the bytes that a stream waits for will never come:
// too much waits behind them, or the other side has had them for a while, or
// has had all that waits and sends data itself (answer).
func (s *scanner) giveUp(c *conn, dir int, now *segment, answer bool) {
	st := &c.st[dir]
	for len(st.queue) > 0 {
		first, last := &st.queue[0], &st.queue[len(st.queue)-1]
		full := len(st.queue) >= maxQueue || s.queued >= maxQueued || last.end()-st.next > maxSpan
		if !full {
			if !st.acks || before(st.acked, first.seq) {
				return
			}
			if !st.lost {
				st.lost, st.lostFrame, st.lostTime = true, st.ackFrame, st.ackTime
			}
			late := now.frame-st.lostFrame >= graceFrames || now.time-st.lostTime >= graceTime
			answered := answer && now.len > 0 && !before(st.acked, last.end())
			if !late && !answered {
				return
			}
		}
		frame, lost := st.lostFrame, st.lostTime
		s.skip(c, dir)
		st.lostFrame, st.lostTime = frame, lost
		st.lost = !full
	}
}

// skip passes over the missing bytes before the first waiting segment.
func (s *scanner) skip(c *conn, dir int) {
	st := &c.st[dir]
	first := st.queue[0]
	n := first.seq - st.next
	st.next = first.seq
	st.at += int64(n)
	s.lose(c, dir, n, first.frame, first.time)
	s.drain(c, dir)
}

// lose reports n missing bytes, 0 when their number is unknown.
func (s *scanner) lose(c *conn, dir int, n, frame uint32, time int64) {
	if c.smb {
		st := &c.st[dir]
		s.sum.Holes++
		s.sum.HoleBytes += uint64(n)
		if frame < st.frame {
			frame, time = st.frame, st.time
		}
		first := st.frame
		if first == 0 {
			first = frame
		}
		s.pdu = PDU{Kind: EventHole, Conn: c.index, Dir: uint8(dir), FirstFrame: first, Frame: frame, Time: time, Len: n, Missing: n}
		s.emit()
	}
	s.absent(c, dir, n)
	if n == 0 {
		s.cutOff(c, dir)
	}
}

// flush gives out what a stream has waiting, missing bytes or not.
func (s *scanner) flush(c *conn, dir int) {
	st := &c.st[dir]
	for len(st.queue) > 0 && !s.sum.Stopped {
		s.skip(c, dir)
	}
	s.queued -= len(st.queue)
	st.queue = st.queue[:0]
	if st.have && c.smb {
		missing := int32(0)
		switch {
		case st.fin:
			missing = int32(st.finSeq - st.next)
		case st.acks:
			if missing = int32(st.acked - st.next); missing == 1 {
				missing = 0 // a FIN that was not captured
			}
		}
		if missing > 0 && missing < maxJump {
			frame, time := st.ackFrame, st.ackTime
			if st.fin {
				frame, time = st.finFrame, st.finTime
			}
			st.next += uint32(missing)
			st.at += int64(missing)
			s.lose(c, dir, uint32(missing), frame, time)
		}
	}
	s.cutOff(c, dir)
	if st.fin && !st.ended && st.next == st.finSeq {
		s.end(c, dir)
	}
}
