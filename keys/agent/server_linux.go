package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"sync"
	"time"
)

// Server is an agent.
type Server struct {
	dir     string
	entry   *os.File // locked
	socket  *net.UnixListener
	timeout time.Duration
	say     func(string)
	stop    context.CancelFunc

	mu   sync.Mutex
	held map[ID]*held
	size int
}

// held is a text and when it is to be forgotten.
type held struct {
	name  string
	text  []byte
	until time.Time
}

// Listen registers an agent in dir, which is made when it is not there. Texts
// are forgotten after the timeout. say is told what the user should know.
func Listen(dir string, timeout time.Duration, say func(string)) (*Server, error) {
	if err := secluded(); err != nil {
		return nil, fmt.Errorf("closing the key agent to other processes: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	if st, err := os.Lstat(dir); err != nil || !st.IsDir() || !owned(st) {
		return nil, fmt.Errorf("%s: not a folder that only this user can write", dir)
	}
	s := &Server{dir: dir, timeout: timeout, say: say, held: map[ID]*held{}}
	if err := s.register(); err != nil {
		if s.entry != nil {
			s.entry.Close()
		}
		return nil, err
	}
	return s, nil
}

// register takes the registration over from an agent that has died.
func (s *Server) register() error {
	path := filepath.Join(s.dir, entryName)
	if err := s.claim(path); err != nil {
		return err
	}
	b, err := io.ReadAll(io.LimitReader(s.entry, maxEntry))
	if err != nil {
		return err
	}
	if old, ok := parseEntry(string(b)); ok {
		s.say(fmt.Sprintf("takes over from the key agent that registered (pid %d) and is gone", old.pid))
	}
	e := entry{pid: os.Getpid(), socket: filepath.Join(s.dir, socketName)}
	if err := os.Remove(e.socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if s.socket, err = net.ListenUnix("unix", &net.UnixAddr{Name: e.socket, Net: "unix"}); err != nil {
		return err
	}
	if err = os.Chmod(e.socket, 0o600); err == nil {
		if err = s.entry.Truncate(0); err == nil {
			_, err = s.entry.WriteAt([]byte(e.String()), 0)
		}
	}
	if err != nil {
		s.socket.Close()
	}
	return err
}

// claim opens and locks the registration. It is another one when an agent that
// ended took it away meanwhile.
func (s *Server) claim(path string) error {
	for range 100 {
		f, err := openEntry(path, os.O_RDWR|os.O_CREATE)
		if err != nil {
			return err
		}
		ours, err := lock(f)
		if err != nil {
			f.Close()
			return err
		}
		if !ours {
			b, _ := io.ReadAll(io.LimitReader(f, maxEntry))
			f.Close()
			e, _ := parseEntry(string(b))
			return &RunningError{PID: e.pid}
		}
		there, err := os.Lstat(path)
		if st, e := f.Stat(); err == nil && e == nil && os.SameFile(st, there) {
			if !owned(st) {
				f.Close()
				return fmt.Errorf("%s: the registration of a key agent, but others can write it", path)
			}
			s.entry = f
			return nil
		}
		f.Close()
	}
	return errors.New("the registration of the key agent keeps changing")
}

// PID is the agent's.
func (s *Server) PID() int { return os.Getpid() }

// Serve answers until ctx ends or a client stops it. It then forgets all and
// takes the registration away.
func (s *Server) Serve(ctx context.Context) error {
	ctx, s.stop = context.WithCancel(ctx)
	defer s.stop()
	var clients sync.WaitGroup
	clients.Go(func() {
		<-ctx.Done()
		s.socket.Close()
	})
	clients.Go(func() { s.watch(ctx) })
	var failed error
	for {
		c, err := s.socket.AcceptUnix()
		if err != nil {
			if ctx.Err() == nil {
				failed = err
			}
			break
		}
		clients.Go(func() {
			defer c.Close()
			s.client(c)
		})
	}
	s.stop()
	clients.Wait()
	s.forget(time.Time{})
	os.Remove(filepath.Join(s.dir, socketName))
	os.Remove(filepath.Join(s.dir, entryName))
	if err := s.entry.Close(); failed == nil {
		failed = err
	}
	return failed
}

// watch forgets texts in time.
func (s *Server) watch(ctx context.Context) {
	tick := time.NewTicker(max(min(s.timeout/4, time.Minute), time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			s.forget(now)
		}
	}
}

// forget wipes the texts whose time is over, all of them at the zero time.
func (s *Server) forget(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, h := range s.held {
		if now.IsZero() || !now.Before(h.until) {
			s.drop(id)
		}
	}
}

func (s *Server) drop(id ID) {
	if h := s.held[id]; h != nil {
		s.size -= len(h.text)
		clear(h.text)
		delete(s.held, id)
	}
}

// client answers one request of a process of this user, and nothing to others.
func (s *Server) client(c *net.UnixConn) {
	uid, pid, err := peer(c)
	if err != nil || uid != os.Geteuid() {
		s.say(fmt.Sprintf("refused pid %d of user %d", pid, uid))
		return
	}
	if c.SetDeadline(time.Now().Add(patience)) != nil {
		return
	}
	r, err := readRequest(c)
	if err != nil {
		return
	}
	kind, body := s.answer(r, time.Now())
	writeAnswer(c, kind, body)
	clear(body)
	if r.op == askStop {
		s.stop()
	}
}

// answer gives a copy of what is held.
func (s *Server) answer(r *request, now time.Time) (kind byte, body []byte) {
	s.forget(now)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.op {
	case askGet:
		if h := s.held[r.id]; h != nil {
			return answerYes, append([]byte(nil), h.text...)
		}
	case askPut:
		s.drop(r.id)
		if len(s.held) < maxItems && s.size+len(r.text) <= maxHeld {
			s.held[r.id] = &held{name: r.name, text: r.text, until: now.Add(s.timeout)}
			s.size += len(r.text)
			return answerYes, nil
		}
	case askList:
		return answerYes, s.list(now)
	case askStop:
		return answerYes, nil
	}
	return answerNo, nil
}

// list is a line for each text: nanoseconds left and its name, quoted.
func (s *Server) list(now time.Time) []byte {
	var lines []string
	for _, h := range s.held {
		lines = append(lines, strconv.FormatInt(int64(h.until.Sub(now)), 10)+" "+strconv.Quote(h.name)+"\n")
	}
	sort.Strings(lines)
	var b []byte
	for _, l := range lines {
		b = append(b, l...)
	}
	return b
}
