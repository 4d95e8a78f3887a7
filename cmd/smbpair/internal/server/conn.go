package server

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"sync/atomic"

	"smbdiff/dissect/compress"
	"smbdiff/dissect/smb2"
)

const (
	frameSize   = 4
	prefix      = frameSize + smb2.TransformSize // room before the first header of an answer
	maxQueue    = 64 << 20                       // bytes waiting to be sent before reading stops
	maxStranger = 256 << 10                      // bytes of a PDU before anybody has logged on
	maxKept     = 2 << 20                        // bytes of a buffer that is kept from PDU to PDU
)

// conn is a connection, [MS-SMB2] 3.3.1.7.
type conn struct {
	srv  *Server
	nc   net.Conn
	in   *bufio.Reader
	buf  []byte        // of the PDU being handled, for who reads
	room []byte        // of what it held when it was compressed
	done chan struct{} // closed when the connection ends

	out struct {
		sync.Mutex
		ready sync.Cond
		queue [][]byte
		size  int
		count int    // PDUs that were queued
		held  []byte // behind the next one
		ended bool
	}

	known atomic.Bool // somebody logged on

	// Under the server's mutex.
	dialect  smb2.Dialect
	cipher   smb2.Cipher
	signing  smb2.SigningAlgorithm
	codec    *compress.Codec // nil when nothing is compressed
	posix    bool            // POSIX extensions
	guid     [16]byte
	caps     uint32
	mode     uint8
	limit    uint32         // of READ and WRITE, for a fault; 0 for none
	dialects []smb2.Dialect // as the client offered them
	preauth  [64]byte
	asked    bool // an SMB1 negotiate was answered
	window   window
	sessions map[uint64]*session
	ghost    *channel // of a session that ended when somebody could not authenticate again
	ghostID  uint64
	number   uint64              // connections count up
	pending  map[uint64]*request // by AsyncId
	held     int                 // bytes of buffers that they keep
	stopped  bool
	left     bool // this side ends the connection
}

func newConn(s *Server, nc net.Conn) *conn {
	c := &conn{srv: s, nc: nc, number: s.id(), in: bufio.NewReaderSize(nc, 128<<10), done: make(chan struct{}),
		sessions: make(map[uint64]*session), pending: make(map[uint64]*request)}
	c.out.ready.L = &c.out.Mutex
	c.window.high = 1
	return c
}

// loop reads and handles PDUs. A request that has to wait hands the reading over
// to another goroutine, see request.wait.
func (c *conn) loop() {
	defer c.srv.wait.Done()
	for {
		pdu, err := c.read()
		if err != nil {
			break
		}
		if pdu == nil {
			continue
		}
		keep, handed := c.handle(pdu)
		c.srv.leaveTurn()
		if handed {
			return
		}
		if !keep {
			c.left = true
			break
		}
		if cap(c.buf) > maxKept {
			c.buf = nil
		}
		if cap(c.room) > maxKept {
			c.room = nil
		}
		c.throttle()
	}
	c.end()
}

// read gives the next PDU without its frame; nil for a keepalive.
func (c *conn) read() ([]byte, error) {
	var head [frameSize]byte
	if _, err := io.ReadFull(c.in, head[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(head[:]) & 0xffffff)
	switch head[0] {
	case 0:
	case 0x81: // session request of NetBIOS: accepted as it is
		if _, err := c.in.Discard(n); err != nil {
			return nil, err
		}
		c.send([]byte{0x82, 0, 0, 0})
		return nil, nil
	case 0x85: // keepalive
		_, err := c.in.Discard(n)
		return nil, err
	default:
		return nil, io.ErrUnexpectedEOF
	}
	if n > c.mostBytes() {
		return nil, io.ErrUnexpectedEOF
	}
	const spare = 16 // for what opens the PDU in its place
	if cap(c.buf) < frameSize+n+spare {
		c.buf = make([]byte, frameSize+n+spare)
	}
	b := c.buf[:frameSize+n]
	copy(b, head[:])
	if _, err := io.ReadFull(c.in, b[frameSize:]); err != nil {
		return nil, err
	}
	c.srv.enter(0)
	if r := c.srv.Record; r != nil {
		r.Data(c.srv.Now(), c.nc.RemoteAddr(), c.nc.LocalAddr(), b)
	}
	return b[frameSize:], nil
}

// mostBytes is how long a PDU may be.
func (c *conn) mostBytes() int {
	n := int(c.srv.MaxIO) + 1<<16
	if !c.known.Load() {
		n = min(n, maxStranger)
	}
	return n
}

// send queues bytes, frame included.
func (c *conn) send(b []byte) {
	c.out.Lock()
	defer c.out.Unlock()
	if c.out.ended {
		return
	}
	if c.srv.Serial {
		c.note(b)
	}
	c.out.queue = append(c.out.queue, b)
	c.out.count++
	if late := c.out.held; late != nil {
		c.out.held = nil
		if c.srv.Serial {
			c.note(late)
		}
		c.out.queue = append(c.out.queue, late)
		c.out.size += len(late)
		c.out.count++
	}
	c.out.size += len(b)
	c.out.ready.Broadcast()
}

// throttle waits while the client does not take its answers.
func (c *conn) throttle() {
	c.out.Lock()
	defer c.out.Unlock()
	for c.out.size > maxQueue && !c.out.ended {
		c.out.ready.Wait()
	}
}

// write sends what is queued.
func (c *conn) write() {
	defer c.srv.wait.Done()
	c.out.Lock()
	defer c.out.Unlock()
	for {
		for len(c.out.queue) == 0 && !c.out.ended {
			c.out.ready.Wait()
		}
		if len(c.out.queue) == 0 {
			return
		}
		batch, size := c.out.queue, c.out.size
		c.out.queue = nil
		c.out.Unlock()
		err := c.flush(batch)
		c.out.Lock()
		c.out.size -= size
		c.out.ready.Broadcast()
		if err != nil {
			c.out.ended, c.out.queue = true, nil
			c.nc.Close()
			return
		}
	}
}

func (c *conn) flush(batch [][]byte) error {
	if !c.srv.Serial {
		for _, b := range batch {
			c.note(b)
		}
	}
	buffers := net.Buffers(append([][]byte(nil), batch...))
	_, err := buffers.WriteTo(c.nc)
	for _, b := range batch {
		c.srv.release(b)
	}
	return err
}

// note records what is sent.
func (c *conn) note(b []byte) {
	if r := c.srv.Record; r != nil {
		r.Data(c.srv.Now(), c.nc.LocalAddr(), c.nc.RemoteAddr(), b)
	}
}

// stop ends the connection; the server's mutex is held.
func (c *conn) stop() {
	if c.stopped {
		return
	}
	c.stopped = true
	close(c.done)
	c.nc.Close()
	c.out.Lock()
	c.out.ended = true
	c.out.ready.Broadcast()
	c.out.Unlock()
}

// end lets all state of the connection go, [MS-SMB2] 3.3.7.1.
func (c *conn) end() {
	s := c.srv
	s.enter(0)
	defer s.leaveTurn()
	s.mu.Lock()
	defer s.mu.Unlock()
	c.stop()
	delete(s.conns, c)
	for _, ss := range c.sessions {
		delete(ss.channels, c)
		if len(ss.channels) == 0 {
			s.endSession(ss, true)
		}
	}
	if s.Record != nil {
		first, other := c.nc.RemoteAddr(), c.nc.LocalAddr()
		if c.left {
			first, other = other, first
		}
		s.Record.End(s.Now(), first, other)
		s.Record.End(s.Now(), other, first)
	}
}

// window is which MessageIds the client may use, [MS-SMB2] 3.3.1.1: those from
// low on, below high, that are not used yet.
type window struct {
	low, high uint64
	used      map[uint64]bool
}

// take uses n ids from id on and reports whether the client may.
func (w *window) take(id uint64, n int) bool {
	last := id + uint64(n)
	if id < w.low || last > w.high || last < id {
		return false
	}
	if id == w.low && len(w.used) == 0 {
		w.low = last
		return true
	}
	if w.used == nil {
		w.used = make(map[uint64]bool)
	}
	for i := id; i < last; i++ {
		if w.used[i] {
			return false
		}
	}
	for i := id; i < last; i++ {
		w.used[i] = true
	}
	for w.used[w.low] {
		delete(w.used, w.low)
		w.low++
	}
	return true
}

// grant lets the client have some of the credits it asks for.
func (w *window) grant(asked uint16, limit int) uint16 {
	room := uint64(limit) - min(uint64(limit), w.high-w.low)
	n := min(uint64(max(asked, 1)), room)
	w.high += n
	return uint16(n)
}
