package client

import (
	"errors"
	"fmt"
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/smb2"
)

// unasked is the MessageId of what the server sends of its own accord.
const unasked = 1<<64 - 1

// Lease is a caching state that all opens with one key have in common,
// [MS-SMB2] 3.2.1.5.
type Lease struct {
	Key    [16]byte
	Parent [16]byte // of the directory's lease, in version 2
	State  uint32
	Epoch  uint16
	V2     bool

	breaks chan Break
}

// Break is the server's wish that a cache be given up in part, [MS-SMB2] 2.2.23.
type Break struct {
	id    [16]byte // FileId or lease key
	lease bool
	Level uint8  // of the oplock that may stay
	From  uint32 // lease states
	To    uint32
	Epoch uint16
	Ack   bool // it waits for an answer
}

// maxBreaks bounds the breaks of one cache, or of unknown ones, that are kept.
const maxBreaks = 16

// broken takes a break: whose it is may be known only when the answer to CREATE
// is looked at.
func (c *Conn) broken(r *Response) {
	var b Break
	var oplock smb2.OplockBreakBody
	var lease smb2.LeaseBreak
	switch r.form() {
	case smb2.OplockBreakSize:
		if r.decode(&oplock) != nil {
			return
		}
		b = Break{id: oplock.FileID, Level: oplock.Oplock, Ack: true}
	case smb2.LeaseBreakSize:
		if r.decode(&lease) != nil {
			return
		}
		b = Break{id: lease.Key, lease: true, From: lease.State, To: lease.NewState, Epoch: lease.Epoch, Ack: lease.Flags&smb2.LeaseAckRequired != 0}
	default:
		return
	}
	s := c.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files[b.id] == nil && s.leases[b.id] == nil {
		if len(s.early) < maxBreaks {
			s.early = append(s.early, b)
		}
		return
	}
	c.deliver(b)
}

// deliver hands a break to what it concerns; the mutex of the session is held.
func (c *Conn) deliver(b Break) {
	s := c.shared
	var to chan Break
	var t *Tree
	if l := s.leases[b.id]; b.lease && l != nil {
		to = l.breaks
		for _, f := range s.files {
			if f.Lease == l {
				t = f.t
			}
		}
	} else if f := s.files[b.id]; f != nil {
		b.Ack = f.Oplock != proto.OplockII
		to, t = f.breaks, f.t
	}
	select {
	case to <- b:
	default:
	}
	if !s.manual && b.Ack && t != nil {
		s.acks++
		go func() {
			_ = c.acknowledge(t, b, b.To) // nobody waits for what comes of it
			s.mu.Lock()
			s.acks--
			s.mu.Unlock()
		}()
	}
}

// keep makes a file known to those who hear of breaks.
func (c *Conn) keep(f *File) {
	s := c.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	f.breaks = make(chan Break, maxBreaks)
	s.files[f.id] = f
	if l := f.Lease; l != nil {
		if have := s.leases[l.Key]; have != nil {
			have.State, have.Epoch, f.Lease = l.State, l.Epoch, have
		} else {
			l.breaks = make(chan Break, maxBreaks)
			s.leases[l.Key] = l
		}
	}
	early := s.early
	s.early = nil
	for _, b := range early {
		if b.id == f.id || f.Lease != nil && b.id == f.Lease.Key {
			c.deliver(b)
		} else {
			s.early = append(s.early, b)
		}
	}
}

// forget is for files that are closed.
func (c *Conn) forget(f *File) {
	s := c.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.files, f.id)
	if f.Lease == nil {
		return
	}
	for _, other := range s.files {
		if other.Lease == f.Lease {
			return
		}
	}
	delete(s.leases, f.Lease.Key)
}

// Manual has breaks wait until Acknowledge is called.
func (c *Conn) Manual(on bool) {
	c.shared.mu.Lock()
	c.shared.manual = on
	c.shared.mu.Unlock()
}

func (c *Conn) byHand() bool {
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	return c.shared.manual
}

// Broken waits for a break of the file's oplock or lease.
func (f *File) Broken(timeout time.Duration) (Break, error) {
	from := f.breaks
	if f.Lease != nil {
		from = f.Lease.breaks
	}
	select {
	case b := <-from:
		return b, nil
	case <-time.After(timeout):
		return Break{}, fmt.Errorf("OPLOCK_BREAK %s: none came within %v", f.path, timeout)
	}
}

// Acknowledge answers a break: of a lease with the state that is kept, of an
// oplock with its level.
func (f *File) Acknowledge(b Break, keep uint32) error { return f.t.c.acknowledge(f.t, b, keep) }

// acknowledge is [MS-SMB2] 2.2.24.
func (c *Conn) acknowledge(t *Tree, b Break, keep uint32) error {
	var m smb2.Structure = &smb2.OplockBreakBody{Oplock: b.Level, FileID: b.id}
	if b.lease {
		m = &smb2.LeaseAcknowledgment{Key: b.id, State: keep}
	}
	_, err := c.Do(&Request{Command: smb2.OplockBreak, Tree: t, Body: m})
	s := c.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.leases[b.id]; b.lease && l != nil {
		l.State, l.Epoch = keep, b.Epoch
	} else if f := s.files[b.id]; f != nil {
		f.Oplock = b.Level
	}
	return err
}

// Cancel takes back what the last request waits for that the server has answered
// for the time being, [MS-SMB2] 3.2.4.24.
func (c *Conn) cancel(k *call) error {
	if k.async == 0 {
		return errors.New("CANCEL: nothing waits")
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	r := &Request{Command: smb2.Cancel, Tree: k.Tree, Body: &smb2.EmptyBody{}}
	h := smb2.Header{Command: smb2.Cancel, Flags: smb2.FlagAsync, MessageID: k.id, AsyncID: k.async, SessionID: c.session}
	pdu := smb2.Append(smb2.AppendHeader(nil, &h), r.Body)
	return c.transmit(c.protect(r, pdu, false))
}
