package server

import (
	"encoding/binary"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/smb2"
)

// leaseID is what a lease is known by, [MS-SMB2] 3.3.1.11.
type leaseID struct{ client, key [16]byte }

// lease is the caching state of all opens with one key.
type lease struct {
	id        leaseID
	state     uint32
	breaking  bool
	breakTo   uint32
	required  uint32 // what the break has to end at, which may be less than breakTo
	epoch     uint16
	v2        bool
	hasParent bool
	parent    [16]byte
	file      *file
	opens     int
}

// context is the data of the RqLs response, [MS-SMB2] 2.2.14.2.10 and .11.
func (l *lease) context() []byte {
	var b wire.Buf
	b.Bytes(l.id.key[:])
	b.U32(l.state)
	flags := uint32(0)
	if l.breaking {
		flags |= 2
	}
	if l.v2 && l.hasParent {
		flags |= 4
	}
	b.U32(flags)
	b.U64(0)
	if l.v2 {
		if l.hasParent {
			b.Bytes(l.parent[:])
		} else {
			b.Zero(16)
		}
		b.U16(l.epoch)
		b.U16(0)
	}
	return b
}

// caches is what the open lets its client cache, as lease state.
func (o *open) caches() uint32 {
	if o.lease != nil {
		return o.lease.state
	}
	switch o.oplock {
	case proto.OplockII:
		return proto.LeaseRead
	case proto.OplockExclusive:
		return proto.LeaseRead | proto.LeaseWrite
	case proto.OplockBatch:
		return proto.LeaseRead | proto.LeaseWrite | proto.LeaseHandle
	}
	return 0
}

func (o *open) isBreaking() bool {
	if o.lease != nil {
		return o.lease.breaking
	}
	return o.breaks
}

// level is OplockLevel of the CREATE response.
func (o *open) level() uint8 {
	if o.lease != nil {
		return proto.OplockLease
	}
	return o.oplock
}

// leaseOf names the lease that a request belongs to.
func (rq *request) leaseOf(cr *createRequest) leaseID {
	if cr.oplock != proto.OplockLease || cr.lease == nil {
		return leaseID{}
	}
	return leaseID{rq.c.guid, cr.lease.key}
}

// grantCache gives a new open an oplock or a lease, [MS-SMB2] 3.3.5.9 and
// [MS-FSA] 2.1.5.18.
func (rq *request) grantCache(o *open, cr *createRequest) {
	s, f := rq.c.srv, o.file
	leased := cr.oplock == proto.OplockLease
	if leased && (cr.lease == nil || rq.c.dialect == smb2.Dialect202 || f.dir()) {
		return
	}
	want := uint32(0)
	switch cr.oplock {
	case proto.OplockII:
		want = proto.LeaseRead
	case proto.OplockExclusive:
		want = proto.LeaseRead | proto.LeaseWrite
	case proto.OplockBatch:
		want = proto.LeaseRead | proto.LeaseWrite | proto.LeaseHandle
	case proto.OplockLease:
		want = cr.lease.state & 7
	}
	if want&proto.LeaseRead == 0 || f.dir() {
		want = 0
	}
	got := f.limit(o, want, leased, rq.leaseOf(cr))
	if leased {
		s.joinLease(o, rq.leaseOf(cr), cr.lease, got, got == want)
		return
	}
	switch {
	case got&proto.LeaseHandle != 0 && got&proto.LeaseWrite != 0:
		o.oplock = proto.OplockBatch
	case got&proto.LeaseWrite != 0:
		o.oplock = proto.OplockExclusive
	case got != 0:
		o.oplock = proto.OplockII
	}
}

// limit takes off what other opens of the file do not allow.
func (f *file) limit(self *open, want uint32, leased bool, id leaseID) uint32 {
	for _, o := range f.opens {
		if o == self || leased && o.lease != nil && o.lease.id == id {
			continue
		}
		if len(f.locks) > 0 && !leased {
			want = 0
		}
		cur := o.caches()
		if o.access&^accessStat == 0 && cur == 0 {
			continue
		}
		want &^= proto.LeaseWrite
		if cur&proto.LeaseWrite != 0 {
			want = 0
		}
		if leased && o.lease == nil && o.oplock != 0 {
			want &^= proto.LeaseHandle
		}
		if !leased && cur&proto.LeaseHandle != 0 {
			want = 0
		}
	}
	if !leased && want&proto.LeaseWrite == 0 {
		want &= proto.LeaseRead
	}
	return want
}

// joinLease puts an open under a lease, which is made, kept or, when the client
// gets all it asks for, extended.
func (s *Server) joinLease(o *open, id leaseID, r *leaseRequest, want uint32, whole bool) {
	l := s.leases[id]
	if l == nil {
		l = &lease{id: id, v2: r.v2, file: o.file, epoch: r.epoch}
		if r.flags&4 != 0 && r.v2 {
			l.hasParent, l.parent = true, r.parent
		}
		s.leases[id] = l
		l.state = want
		l.epoch++
	} else if whole && !l.breaking && l.state&^want == 0 && l.state != want {
		l.state = want
		l.epoch++
	}
	l.opens++
	o.lease = l
}

// dropLease ends the caching of an open that closes.
func (s *Server) dropLease(o *open) {
	o.oplock, o.breaks = 0, false
	l := o.lease
	if l == nil {
		return
	}
	o.lease = nil
	if l.opens--; l.opens == 0 {
		delete(s.leases, l.id)
	}
}

// breakCache tells the client that holds a cache to give part of it up,
// [MS-SMB2] 3.3.4.6 and 3.3.4.7.
func (s *Server) breakCache(o *open, to uint32) {
	if o.lease != nil {
		s.breakLease(o, to)
		return
	}
	if o.breaks {
		return
	}
	level := uint8(proto.OplockNone)
	if to&proto.LeaseRead != 0 && o.oplock != proto.OplockII {
		level = proto.OplockII
	}
	if o.oplock == proto.OplockII {
		o.oplock = proto.OplockNone
	} else {
		o.breaks, o.breaking = true, level
	}
	var b wire.Buf
	b.U16(24)
	b.U8(level)
	b.U8(0)
	b.U32(0)
	b.U64(o.id)
	b.U64(o.id)
	s.unasked(o, b)
}

func (s *Server) breakLease(o *open, to uint32) {
	l := o.lease
	if l.breaking {
		l.required &= to
		return
	}
	to &= l.state
	old := l.state
	ack := old&(proto.LeaseWrite|proto.LeaseHandle) != 0
	l.epoch++
	var b wire.Buf
	b.U16(44)
	if l.v2 {
		b.U16(l.epoch)
	} else {
		b.U16(0)
	}
	if ack {
		l.breaking, l.breakTo, l.required = true, to, to
		b.U32(1)
	} else {
		l.state = to
		b.U32(0)
	}
	b.Bytes(l.id.key[:])
	b.U32(old)
	b.U32(to)
	b.Zero(12)
	s.unasked(o, b)
}

// firstOf gives the oldest connection of a client.
func (s *Server) firstOf(client [16]byte) (first *conn) {
	for c := range s.conns {
		if c.guid == client && len(c.sessions) > 0 && !c.stopped && (first == nil || c.number < first.number) {
			first = c
		}
	}
	return first
}

// unasked sends a message that answers nothing: MessageId is all ones.
func (s *Server) unasked(o *open, body []byte) {
	c := o.c
	sealed := o.ss.seal || o.tree.seal
	if o.lease != nil && !sealed {
		c = s.firstOf(o.lease.id.client)
	}
	if c == nil || c.stopped {
		return
	}
	ch := &chain{c: c}
	if sealed {
		ch.sealer = o.ss
	}
	ch.begin()
	h := smb2.Header{Command: smb2.OplockBreak, MessageID: ^uint64(0)}
	ch.header(h, proto.OK, 0, 0, nil)
	ch.out.Put32(len(ch.out)-64+32, 0)
	ch.out.Bytes(body)
	ch.parts = append(ch.parts, part{at: prefix})
	ch.flush()
}

// oplockBreak is [MS-SMB2] 3.3.5.22.
func (rq *request) oplockBreak() proto.Status {
	if len(rq.body) < 2 {
		return proto.InvalidParameter
	}
	switch binary.LittleEndian.Uint16(rq.body) {
	case 24:
		return rq.ackOplock()
	case 36:
		return rq.ackLease()
	}
	return proto.InvalidParameter
}

func (rq *request) ackOplock() proto.Status {
	r := rq.reader()
	r.Skip(2)
	level := r.U8()
	r.Skip(5)
	if st := rq.find(r.U64(), r.U64()); st != proto.OK {
		return st
	}
	o := rq.open
	if o.lease != nil || o.file == nil || level == proto.OplockLease {
		return proto.InvalidParameter
	}
	if !o.breaks {
		return proto.InvalidOplockProtocol
	}
	o.breaks = false
	if level != proto.OplockNone && level != proto.OplockII || level > o.breaking {
		o.oplock = proto.OplockNone
		o.file.wake()
		return proto.InvalidOplockProtocol
	}
	o.oplock = level
	o.file.wake()
	b := &rq.out
	b.U16(24)
	b.U8(level)
	b.Zero(5)
	b.U64(o.id)
	b.U64(o.id)
	return proto.OK
}

func (rq *request) ackLease() proto.Status {
	r := rq.reader()
	r.Skip(8)
	id := leaseID{rq.c.guid, r.GUID()}
	state := r.U32()
	s := rq.c.srv
	l := s.leases[id]
	if l == nil {
		return proto.ObjectNameNotFound
	}
	if !l.breaking {
		return proto.Unsuccessful
	}
	if state&^l.breakTo != 0 {
		return proto.RequestNotAccepted
	}
	l.breaking, l.state = false, state
	if l.state&^l.required != 0 {
		s.breakAgain(l)
	}
	l.file.wake()
	b := &rq.out
	b.U16(36)
	b.U16(0)
	b.U32(0)
	b.Bytes(id.key[:])
	b.U32(state)
	b.U64(0)
	return proto.OK
}

// breakAgain goes on with a break that has to end lower than it was asked for,
// step by step: reading goes last.
func (s *Server) breakAgain(l *lease) {
	to := l.required
	if l.state&^proto.LeaseRead != 0 {
		to |= proto.LeaseRead
	}
	final, epoch := l.required, l.epoch
	l.epoch-- // it is the same break
	for _, o := range l.file.opens {
		if o.lease == l {
			s.breakLease(o, to)
			l.required, l.epoch = final, epoch
			return
		}
	}
}

// expireBreaks ends the breaks of a file that took too long.
func (s *Server) expireBreaks(f *file) {
	for _, o := range f.opens {
		if l := o.lease; l != nil && l.breaking {
			l.breaking, l.state = false, 0
		} else if o.breaks {
			o.breaks, o.oplock = false, proto.OplockNone
		}
	}
	f.wake()
}
