package filter

import (
	"net/netip"

	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/op"
)

// Looker makes operations of a trace the sides of rows, and reads their
// messages when a filter asks for more than the facts. It belongs to one
// goroutine.
type Looker struct {
	trace   *dissect.Trace
	readers [3]*dissect.Reader
	op      op.Op
	start   int64
	conns   []capture.Connection
}

// NewLooker looks at the operations of t.
func NewLooker(t *dissect.Trace) *Looker { return &Looker{trace: t} }

// Look makes s operation num, from 1, and reports whether there is one.
func (l *Looker) Look(s *Side, num uint32) bool {
	var ok bool
	if l.op, ok = l.trace.Op(num); !ok {
		s.SetOp(nil)
		return false
	}
	if l.start == 0 {
		if first, ok := l.trace.Op(1); ok {
			l.start = first.Start
		}
	}
	if s.Loader != l {
		s.Name, s.User, s.Ends, s.Loader = l.trace.Name, l.trace.User, l.ends, l
	}
	s.Start = l.start
	s.SetOp(&l.op)
	return true
}

// Load reads the messages of the operation.
func (l *Looker) Load(s *Side) {
	for i, num := range [...]uint32{l.op.Request, l.op.Interim, l.op.Response} {
		if num == 0 {
			continue
		}
		r := l.readers[i]
		if r == nil {
			r = l.trace.NewReader()
			l.readers[i] = r
		}
		if r.Read(num) {
			s.Looks[i] = Look{&r.Message, &r.Tree}
		}
	}
}

// ends gives the sides of a connection, that first which spoke first.
func (l *Looker) ends(conn uint32) (a, b netip.AddrPort) {
	if int(conn) >= len(l.conns) {
		l.conns = l.trace.File.Connections()
	}
	if int(conn) >= len(l.conns) {
		return a, b
	}
	return l.conns[conn].A, l.conns[conn].B
}
