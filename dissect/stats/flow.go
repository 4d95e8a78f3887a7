package stats

import (
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
)

// maxWaiting bounds the requests in flight that are kept of a connection.
const maxWaiting = 1 << 16

// conn is what a connection has in flight.
type conn struct {
	waiting map[uint64]int // what a request cost, by MessageId, or MID and PID
	charged int            // all of them
	balance int            // credits granted and not used
	started bool           // the first grant is in the capture
}

// flows follows the requests in flight and the credits of the connection.
func (c *Counter) flows(m *conv.Message) {
	switch {
	case m.Event == capture.EventEnd || m.Event == capture.EventHole:
		if k := c.conns[m.Conn]; k != nil {
			k.clear()
		}
		return
	case !m.Event.Carries() || m.Proto != op.SMB1 && m.Proto != op.SMB2:
		return
	}
	k := c.conns[m.Conn]
	if k == nil {
		if c.conns == nil {
			c.conns = make(map[uint32]*conn)
		}
		k = &conn{waiting: make(map[uint64]int)}
		c.conns[m.Conn] = k
	}
	if m.Proto == op.SMB1 {
		c.flow1(k, m)
		return
	}
	h := &m.SMB2
	cost := max(1, int(h.Charge))
	if m.Response() {
		if k.answered(h.MessageID); h.Command == smb2.Negotiate && h.MessageID <= 1 {
			k.clear() // it may be the answer to NEGOTIATE of SMB1
			k.started = true
		}
		if k.balance += int(h.Credits); k.started && h.Credits > 0 {
			c.unused.add(k.balance)
		}
		return
	}
	if h.Command == smb2.Cancel {
		return
	}
	if k.balance -= cost; k.balance < 0 {
		k.balance = 0
	}
	k.sent(h.MessageID, cost)
	c.depth.add(len(k.waiting))
	c.credits.add(k.charged)
}

func (c *Counter) flow1(k *conn, m *conv.Message) {
	h := &m.SMB1
	id := uint64(h.MID) | uint64(h.PID)<<16
	switch {
	case m.Response():
		k.answered(id)
	case smb1.Secondary(h.Command) || h.Command == smb1.NTCancel:
	default:
		k.sent(id, 0)
		c.depth.add(len(k.waiting))
	}
}

// clear forgets what is in flight.
func (k *conn) clear() {
	clear(k.waiting)
	k.charged = 0
}

func (k *conn) sent(id uint64, cost int) {
	if len(k.waiting) >= maxWaiting {
		k.clear()
	}
	k.charged += cost - k.waiting[id]
	k.waiting[id] = cost
}

func (k *conn) answered(id uint64) {
	k.charged -= k.waiting[id]
	delete(k.waiting, id)
}

// spread counts how often each number was seen.
type spread struct {
	counts []int
	n      int
}

func (s *spread) add(v int) {
	v = min(max(v, 0), maxWaiting)
	for v >= len(s.counts) {
		s.counts = append(s.counts, 0)
	}
	s.counts[v]++
	s.n++
}

func (s *spread) close() Spread {
	if s.n == 0 {
		return Spread{}
	}
	return Spread{Count: s.n, Min: s.at(0), Median: s.at(rank(s.n, 50)), P95: s.at(rank(s.n, 95)), Max: len(s.counts) - 1}
}

// at gives the value in place i of all that were seen, in order.
func (s *spread) at(i int) int {
	for v, n := range s.counts {
		if i < n {
			return v
		}
		i -= n
	}
	return len(s.counts) - 1
}
