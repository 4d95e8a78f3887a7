package capture

import (
	"encoding/binary"
	"net/netip"
)

// RoCEv2: the InfiniBand transport over UDP ([IBTA] 1.4, annex A17; base
// transport header in 9.2).
const (
	rocePort    = 4791
	roceHeader  = 12
	roceTrailer = 4 // invariant CRC
)

// The operations of a reliable connection that send a message, [IBTA] 9.2.1.
const (
	sendFirst     = 0x00
	sendMiddle    = 0x01
	sendLast      = 0x02
	sendLastData  = 0x03 // with immediate data
	sendOnly      = 0x04
	sendOnlyData  = 0x05
	sendLastClose = 0x16 // with invalidate
	sendOnlyClose = 0x17
	immediateSize = 4
	maxQueuePairs = 1 << 12
)

// queuePair names where packets go.
type queuePair struct {
	src, dst netip.Addr
	num      uint32
}

// roceConn is two queue pairs that talk to each other.
type roceConn struct {
	index uint32
	smb   bool
	from  netip.Addr // of direction 0
	to    netip.Addr
	frame uint32
	time  int64
	has   [2]bool
}

// roceHalf is one direction of a roceConn.
type roceHalf struct {
	direct
	conn *roceConn
	dir  uint8
}

// roce takes a UDP packet to port 4791 whose payload starts at off of the
// record, with size bytes on the wire.
func (s *scanner) roce(r *record, d *datagram, off, size int) {
	if size < roceHeader+roceTrailer || off+roceHeader > len(r.data) {
		return
	}
	b := r.data[off:]
	code, pad := b[0], int(b[1]>>4&3)
	skip := roceHeader
	switch code {
	case sendFirst, sendMiddle, sendLast, sendOnly:
	case sendLastData, sendOnlyData, sendLastClose, sendOnlyClose:
		skip += immediateSize
	default:
		return
	}
	n := size - skip - pad - roceTrailer
	if n < 0 {
		return
	}
	h := s.half(queuePair{d.src.netip(d.v6), d.dst.netip(d.v6), binary.BigEndian.Uint32(b[4:]) & 0xffffff}, r.time)
	if h == nil {
		return
	}
	psn := binary.BigEndian.Uint32(b[8:]) & 0xffffff
	switch code {
	case sendFirst, sendOnly, sendOnlyData, sendOnlyClose:
		if h.open && psn == h.psn {
			return // sent again
		}
		h.send.reset(s.sum.Frames)
	default:
		if !h.open || psn != (h.psn+1)&0xffffff {
			return // sent again, or its start is missing
		}
	}
	h.open, h.psn = true, psn
	have := min(max(int(r.cap)-off-skip, 0), n)
	head := r.data[min(off+skip, len(r.data)):min(off+skip+n, len(r.data))]
	h.send.add(head, []Extent{{r.off + int64(off+skip), uint32(have)}}, uint32(n), uint32(n-have), s.head+directAnswer)
	if h.send.len > maxDirect {
		h.open = false
		return
	}
	if code != sendFirst && code != sendMiddle {
		c := h.conn
		s.received(&h.direct, h.dir, r.time, func() (uint32, bool) { return s.recogniseQueues(c) }, c.smb)
	}
}

// half finds the direction that goes to a queue pair. The first packets of both
// sides make a connection: they name only where they go.
func (s *scanner) half(q queuePair, time int64) *roceHalf {
	if h := s.queues[q]; h != nil {
		return h
	}
	if len(s.queues) >= maxQueuePairs {
		return nil
	}
	if s.queues == nil {
		s.queues = make(map[queuePair]*roceHalf)
	}
	h := &roceHalf{}
	for _, c := range s.lonely {
		if !c.has[1] && c.from == q.dst && c.to == q.src {
			h.conn, h.dir = c, 1
			break
		}
	}
	if h.conn == nil {
		h.conn = &roceConn{from: q.src, to: q.dst, frame: s.sum.Frames, time: time}
		s.lonely = append(s.lonely, h.conn)
	}
	h.conn.has[h.dir] = true
	s.queues[q] = h
	return h
}

func (s *scanner) recogniseQueues(c *roceConn) (uint32, bool) {
	if !c.smb {
		if s.sum.SMBConnections >= maxSMB {
			return 0, false
		}
		c.smb = true
		s.sum.SMBConnections++
		c.index = s.f.addConnection(Connection{A: netip.AddrPortFrom(c.from, rocePort), B: netip.AddrPortFrom(c.to, rocePort),
			FirstFrame: c.frame, FirstTime: c.time})
	}
	return c.index, true
}
