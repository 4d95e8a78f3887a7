package server

import (
	"net"
	"time"
)

// turns has PDUs handled one at a time, in the order in which they are recorded,
// so that a run whose clients ask in turn gives the same bytes each time. What a
// PDU has set free goes on before the next is looked at, the oldest first.
type turns struct {
	on bool
	mu chan struct{} // holds one token; taken before the server's mutex
}

// turnPause is how long those wait whose turn it is not.
const turnPause = 20 * time.Microsecond

func newTurns(on bool) turns {
	t := turns{on: on}
	if on {
		t.mu = make(chan struct{}, 1)
	}
	return t
}

// enter waits until nothing that could go on is older than the asker, 0 for what
// comes from outside.
func (s *Server) enter(async uint64) {
	if !s.turns.on {
		return
	}
	for {
		s.turns.mu <- struct{}{}
		s.mu.Lock()
		free := !s.woken(async)
		s.mu.Unlock()
		if free {
			return
		}
		<-s.turns.mu
		time.Sleep(turnPause)
	}
}

// leaveTurn lets the next one in.
func (s *Server) leaveTurn() {
	if s.turns.on {
		<-s.turns.mu
	}
}

// woken reports whether a waiting request could go on: one older than async, any
// for 0.
func (s *Server) woken(async uint64) bool {
	for c := range s.conns {
		for id, p := range c.pending {
			if p.waits && (async == 0 || id < async) && p.mayGoOn() {
				return true
			}
		}
	}
	return false
}

// mayGoOn reports whether what the request waits for has come.
func (rq *request) mayGoOn() bool {
	select {
	case <-rq.ready:
	case <-rq.gone:
	case <-rq.cancel:
	case <-rq.c.done:
	default:
		return false
	}
	return true
}

// Sent is how many PDUs the connection of a client was sent, 0 when there is
// none.
func (s *Server) Sent(client net.Addr) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		if c.nc.RemoteAddr().String() == client.String() {
			c.out.Lock()
			defer c.out.Unlock()
			return c.out.count
		}
	}
	return 0
}
