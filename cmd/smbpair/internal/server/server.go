// Package server is an SMB2/3 server, [MS-SMB2] 3.3: negotiation, sessions, trees,
// opens and what is done with them. It keeps files in vfs volumes. One mutex
// guards all state but the bytes of files; handlers run under it and let go of it
// while they move bytes or wait.
package server

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"time"

	"smbdiff/cmd/smbpair/internal/fault"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/decrypt"
	"smbdiff/dissect/compress"
	"smbdiff/dissect/smb2"
)

// Share is a name under which clients find a volume.
type Share struct {
	Name   string
	Volume *vfs.Volume
	Seal   bool // only sealed requests are let in
}

// User is an account.
type User struct{ Name, Password string }

// Seal says what the server does about encryption.
type Seal int

// What the server does about encryption.
const (
	SealAllowed Seal = iota
	SealOff
	SealRequired
)

// Recorder takes the bytes of connections as they cross.
type Recorder interface {
	Connect(at time.Time, client, server net.Addr)
	Data(at time.Time, src, dst net.Addr, b []byte)
	End(at time.Time, src, dst net.Addr)
	Key(session uint64, key []byte)
}

// Limits bound what clients can make the server keep.
type Limits struct {
	Conns, Sessions, Opens, Trees int
	Credits                       int
	Stranger                      time.Duration // in which somebody has to log on to a connection
}

// Config is how a server is to be. Zero values are filled in by New.
type Config struct {
	Name     string
	Shares   []Share
	Users    []User
	Guest    bool // unknown users are guests
	Dialects []smb2.Dialect
	Ciphers  []smb2.Cipher  // best first
	Compress compress.Codec // what is agreed to; no algorithms for none
	Seal     Seal
	Sign     bool // required
	Random   io.Reader
	Now      func() time.Time
	Record   Recorder
	Faults   *fault.Half         // nil for none
	Pause    func(time.Duration) // nil: the clock's
	Limits   Limits
	MaxIO    uint32
	Serial   bool // one PDU after the other is handled, and recorded in that order
}

// Server serves until it is closed.
type Server struct {
	Config
	guid    [16]byte
	started time.Time

	turns    turns
	buffers  sync.Pool // *[]byte, of large answers
	mu       sync.Mutex
	conns    map[*conn]bool
	sessions map[uint64]*session
	opens    map[uint64]*open
	files    map[fileKey]*file
	leases   map[leaseID]*lease
	creating map[createID]bool  // that wait
	doomed   map[*vfs.Node]bool // deleted, but streams of theirs are open
	tunnel   map[tunnelKey]tunnelled
	watches  []*open // directories that are watched
	nextID   uint64
	closed   bool
	hashes   map[string][]byte // NT hashes by folded name
	wait     sync.WaitGroup
	listener net.Listener
}

// New makes a server.
func New(c Config) (*Server, error) {
	s := &Server{Config: c, conns: make(map[*conn]bool), sessions: make(map[uint64]*session), opens: make(map[uint64]*open),
		files: make(map[fileKey]*file), leases: make(map[leaseID]*lease), creating: make(map[createID]bool), doomed: make(map[*vfs.Node]bool),
		tunnel: make(map[tunnelKey]tunnelled), hashes: make(map[string][]byte), turns: newTurns(c.Serial)}
	if s.Name == "" {
		s.Name = "SMBPAIR"
	}
	if s.Random == nil {
		s.Random = rand.Reader
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if len(s.Dialects) == 0 {
		s.Dialects = []smb2.Dialect{smb2.Dialect202, smb2.Dialect210, smb2.Dialect300, smb2.Dialect302, smb2.Dialect311}
	}
	if len(s.Ciphers) == 0 {
		s.Ciphers = []smb2.Cipher{smb2.AES128GCM, smb2.AES128CCM, smb2.AES256GCM, smb2.AES256CCM}
	}
	if s.MaxIO == 0 {
		s.MaxIO = 8 << 20
	}
	l := &s.Limits
	l.Conns, l.Sessions, l.Opens, l.Trees = orElse(l.Conns, 1024), orElse(l.Sessions, 4096), orElse(l.Opens, 65536), orElse(l.Trees, 4096)
	l.Credits = orElse(l.Credits, 8192)
	if l.Stranger == 0 {
		l.Stranger = 45 * time.Second
	}
	for _, u := range c.Users {
		s.hashes[vfs.Fold(u.Name)] = decrypt.NTHash(u.Password)
	}
	if _, err := io.ReadFull(s.Random, s.guid[:]); err != nil {
		return nil, fmt.Errorf("making the server's id: %w", err)
	}
	s.started = s.Now()
	return s, nil
}

func orElse(v, d int) int {
	if v > 0 {
		return v
	}
	return d
}

// share finds a share by name.
func (s *Server) share(name string) *Share {
	for i := range s.Shares {
		if strings.EqualFold(s.Shares[i].Name, name) {
			return &s.Shares[i]
		}
	}
	return nil
}

// lookup is auth.Accounts.
func (s *Server) lookup(user, _ string) ([]byte, bool) {
	h, ok := s.hashes[vfs.Fold(user)]
	return h, ok
}

// Serve takes connections until the server is closed.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	s.listener = l
	closed := s.closed
	s.mu.Unlock()
	if closed {
		l.Close()
	}
	for {
		nc, err := l.Accept()
		if err != nil {
			s.mu.Lock()
			closed := s.closed
			s.mu.Unlock()
			if closed || errors.Is(err, net.ErrClosed) {
				return nil
			}
			if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ECONNABORTED) {
				time.Sleep(50 * time.Millisecond) // it passes
				continue
			}
			return fmt.Errorf("taking connections: %w", err)
		}
		s.accept(nc)
	}
}

func (s *Server) accept(nc net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.conns) >= s.Limits.Conns {
		nc.Close()
		return
	}
	c := newConn(s, nc)
	_ = nc.SetReadDeadline(time.Now().Add(s.Limits.Stranger))
	s.conns[c] = true
	if s.Record != nil {
		s.Record.Connect(s.Now(), nc.RemoteAddr(), nc.LocalAddr())
	}
	s.wait.Add(2)
	go c.write()
	go c.loop()
}

// Close ends all connections and waits until nothing runs any more.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	if s.listener != nil {
		s.listener.Close()
	}
	for c := range s.conns {
		c.stop()
	}
	for _, o := range s.opens {
		o.stopTimer()
	}
	for _, f := range s.files {
		f.stopTimers()
	}
	s.mu.Unlock()
	s.wait.Wait()
	return nil
}

// id gives a number that was not given before.
func (s *Server) id() uint64 {
	s.nextID++
	return s.nextID
}

// random64 gives a random number that is not 0.
func (s *Server) random64() uint64 {
	var b [8]byte
	_, _ = io.ReadFull(s.Random, b[:])
	return binary.LittleEndian.Uint64(b[:]) | 1
}
