package client

import (
	"errors"
	"fmt"
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/wire"
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
	in := r.Reader()
	var b Break
	switch size := in.U16(); size {
	case 24:
		b.Level = in.U8()
		in.Skip(5)
		b.id, b.Ack = in.GUID(), true
	case 44:
		b.lease, b.Epoch = true, in.U16()
		b.Ack = in.U32()&1 != 0
		b.id, b.From, b.To = in.GUID(), in.U32(), in.U32()
	default:
		return
	}
	s := c.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.Cut() || s.files[b.id] == nil && s.leases[b.id] == nil {
		if len(s.early) < maxBreaks && !in.Cut() {
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
	var m wire.Buf
	if b.lease {
		m.U16(36)
		m.Zero(6)
		m.Bytes(b.id[:])
		m.U32(keep)
		m.U64(0)
	} else {
		m.U16(24)
		m.U8(b.Level)
		m.Zero(5)
		m.Bytes(b.id[:])
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
	c.mu.Lock()
	defer c.mu.Unlock()
	var pdu wire.Buf
	r := &Request{Command: smb2.Cancel, Tree: k.Tree, Flags: smb2.FlagAsync, Body: wire.Buf{4, 0, 0, 0}}
	c.header(&pdu, r, false)
	c.next -= uint64(r.charge())
	pdu.Put16(6, 0)
	pdu.Put16(14, 0)
	pdu.Put64(24, k.id)
	pdu.Put64(32, k.async)
	pdu.Bytes(r.Body)
	return c.transmit(c.protect(r, pdu, false))
}
