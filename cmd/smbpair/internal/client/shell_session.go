package client

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
)

func sessionVerbs() []verb {
	return []verb{
		{"cancel", "TASK", 1, (*Shell).cancel},
		{"channel", "", 0, (*Shell).channel},
		{"drop", "", 0, (*Shell).drop},
		{"echo", "", 0, func(s *Shell, _ []string) error { return s.Conn.Echo() }},
		{"interfaces", "", 0, (*Shell).interfaces},
		{"logoff", "", 0, (*Shell).logoff},
		{"reauth", "", 0, func(s *Shell, _ []string) error { return s.Conn.Again() }},
		{"reconnect", "", 0, (*Shell).reconnect},
		{"sleep", "DURATION", 1, (*Shell).sleep},
		{"start", "TASK COMMAND", 2, (*Shell).start},
		{"tcon", "SHARE", 1, (*Shell).tcon},
		{"tdis", "", 0, (*Shell).tdis},
		{"use", "CHANNEL", 1, (*Shell).use},
		{"wait", "TASK", 1, (*Shell).wait},
	}
}

// tcon connects to another share and uses it, or goes back to one.
func (s *Shell) tcon(args []string) error {
	for _, t := range s.trees {
		if strings.EqualFold(t.Share, args[0]) {
			s.Tree = t
			return nil
		}
	}
	t, err := s.Conn.Connect(args[0])
	if err != nil {
		return err
	}
	s.Tree, s.trees = t, append(s.trees, t)
	return nil
}

// tdis leaves the share; the one before it is used again.
func (s *Shell) tdis([]string) error {
	if err := s.Tree.Disconnect(); err != nil {
		return err
	}
	s.open.drop(func(_ string, f *File) bool { return f.t == s.Tree })
	for i, t := range s.trees {
		if t == s.Tree {
			s.trees = append(s.trees[:i:i], s.trees[i+1:]...)
			break
		}
	}
	if n := len(s.trees); n > 0 {
		s.Tree = s.trees[n-1]
	}
	return nil
}

func (s *Shell) logoff([]string) error {
	err := s.Conn.Logoff()
	if err == nil {
		s.trees = nil
		s.open.drop(func(string, *File) bool { return true })
		s.Conn.session = 0
	}
	return err
}

// drop breaks the connections off without a word.
func (s *Shell) drop([]string) error {
	for _, c := range s.all {
		c.Close()
	}
	return nil
}

// reconnect makes a new connection and session in the place of the old one, and
// connects to the same shares. Durable handles are got back by reopen.
func (s *Shell) reconnect([]string) error {
	c, err := s.all[0].Replacement(s.ctx)
	if err != nil {
		return err
	}
	for _, old := range s.all {
		old.Close()
	}
	trees := s.trees
	s.Conn, s.all, s.trees = c, []*Conn{c}, nil
	for _, t := range trees {
		n, err := c.Connect(t.Share)
		if err != nil {
			return err
		}
		if s.trees = append(s.trees, n); s.Tree == t {
			s.Tree = n
		}
	}
	s.open.drop(func(_ string, f *File) bool { return !f.Durable() })
	return nil
}

// channel binds another connection to the session and uses it.
func (s *Shell) channel([]string) error {
	c, err := s.all[0].Channel(s.ctx)
	if err != nil {
		return err
	}
	s.all = append(s.all, c)
	s.turn(c)
	return s.say("channel %d", len(s.all))
}

// use has commands go over a channel, counted from 1.
func (s *Shell) use(args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil || n < 1 || n > len(s.all) {
		return fmt.Errorf("no channel %s", args[0])
	}
	s.turn(s.all[n-1])
	return nil
}

func (s *Shell) turn(c *Conn) {
	s.Conn = c
	for _, t := range s.trees {
		t.c = c
	}
}

// interfaces asks for the addresses of the server, [MS-SMB2] 2.2.32.5.
func (s *Shell) interfaces([]string) error {
	const size = 152
	b, err := s.Tree.Ioctl(proto.FsctlInterfaces, nil, 65536)
	if err != nil {
		return err
	}
	return s.say("%d interfaces", (len(b)+size-1)/size)
}

func (s *Shell) sleep(args []string) error {
	d, err := time.ParseDuration(args[0])
	if err != nil {
		return err
	}
	s.Conn.pause(d)
	return nil
}

// task is a command that runs beside the others.
type task struct {
	line string
	k    *call // what it waits for, when the server said so
	done chan error
}

// start runs a command beside the others. It goes on when the command has ended
// or the server has said that it takes time.
func (s *Shell) start(args []string) error {
	if s.tasks[args[0]] != nil {
		return fmt.Errorf("%s runs", args[0])
	}
	c := s.Conn
	for len(c.async) > 0 {
		<-c.async // of tasks that ended
	}
	t := &task{line: strings.Join(args[1:], " "), done: make(chan error, 1)}
	s.tasks[args[0]] = t
	side := *s
	go func() { t.done <- side.command(quote(args[1:])) }()
	select {
	case t.k = <-c.async:
	case err := <-t.done:
		t.done <- err
	}
	return nil
}

// quote puts words together so that split takes them apart again.
func quote(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		if out[i] = w; strings.ContainsAny(w, " \t") || w == "" {
			out[i] = `"` + w + `"`
		}
	}
	return strings.Join(out, " ")
}

// wait waits for a task and ends as it does.
func (s *Shell) wait(args []string) error {
	t := s.tasks[args[0]]
	if t == nil {
		return fmt.Errorf("nothing runs as %q", args[0])
	}
	delete(s.tasks, args[0])
	return <-t.done
}

// cancel asks the server to give a task up.
func (s *Shell) cancel(args []string) error {
	t := s.tasks[args[0]]
	if t == nil {
		return fmt.Errorf("nothing runs as %q", args[0])
	}
	if t.k == nil {
		return errors.New("CANCEL: it does not wait")
	}
	return t.k.Tree.c.cancel(t.k)
}
