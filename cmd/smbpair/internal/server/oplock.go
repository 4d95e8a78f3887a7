package server

import (
	"encoding/binary"

	"smbdiff/cmd/smbpair/internal/proto"
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

// context is what the RqLs response says.
func (l *lease) context() *smb2.Lease {
	x := &smb2.Lease{Key: l.id.key, State: l.state, V2: l.v2, Epoch: l.epoch}
	if l.breaking {
		x.Flags |= smb2.LeaseBreaking
	}
	if l.v2 && l.hasParent {
		x.Flags |= smb2.LeaseParentSet
		x.ParentKey = l.parent
	}
	return x
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

// parentLease names the lease of the directory, as who opened the file knows it;
// nobody's when none was named.
func (o *open) parentLease() leaseID {
	if o.lease == nil || !o.lease.hasParent {
		return leaseID{}
	}
	return leaseID{o.lease.id.client, o.lease.parent}
}

func (rq *request) parentLease(cr *createRequest) leaseID {
	if id := rq.leaseOf(cr); id == (leaseID{}) || !cr.lease.V2 || cr.lease.Flags&smb2.LeaseParentSet == 0 {
		return leaseID{}
	}
	return leaseID{rq.c.guid, cr.lease.ParentKey}
}

// leaseOf names the lease that a request belongs to.
func (rq *request) leaseOf(cr *createRequest) leaseID {
	if cr.oplock != proto.OplockLease || cr.lease == nil {
		return leaseID{}
	}
	return leaseID{rq.c.guid, cr.lease.Key}
}

// grantCache gives a new open an oplock or a lease, [MS-SMB2] 3.3.5.9 and
// [MS-FSA] 2.1.5.18.
func (rq *request) grantCache(o *open, cr *createRequest) {
	s, f := rq.c.srv, o.file
	leased := cr.oplock == proto.OplockLease
	if leased && (cr.lease == nil || rq.c.dialect == smb2.Dialect202 || f.dir() && (!cr.lease.V2 || rq.c.dialect < smb2.Dialect300)) {
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
		want = cr.lease.State & 7
		if f.dir() {
			want &^= proto.LeaseWrite
		}
	}
	if want&proto.LeaseRead == 0 || f.dir() && !leased {
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
func (s *Server) joinLease(o *open, id leaseID, r *smb2.Lease, want uint32, whole bool) {
	l := s.leases[id]
	if l == nil {
		l = &lease{id: id, v2: r.V2, file: o.file, epoch: r.Epoch}
		if r.Flags&smb2.LeaseParentSet != 0 && r.V2 {
			l.hasParent, l.parent = true, r.ParentKey
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
	s.unasked(o, &smb2.OplockBreakBody{Oplock: level, FileID: o.fileID()})
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
	m := smb2.LeaseBreak{Key: l.id.key, State: old, NewState: to}
	if l.v2 {
		m.Epoch = l.epoch
	}
	if ack {
		l.breaking, l.breakTo, l.required = true, to, to
		m.Flags = smb2.LeaseAckRequired
	} else {
		l.state = to
	}
	s.unasked(o, &m)
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
func (s *Server) unasked(o *open, m smb2.Structure) {
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
	ch.out = smb2.Append(ch.out, m)
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
	var m smb2.OplockBreakBody
	if !smb2.Decode(rq.msg, &m) {
		return proto.InvalidParameter
	}
	if st := rq.find(m.FileID); st != proto.OK {
		return st
	}
	o, level := rq.open, m.Oplock
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
	rq.answer(&smb2.OplockBreakBody{Oplock: level, FileID: o.fileID()})
	return proto.OK
}

func (rq *request) ackLease() proto.Status {
	var m smb2.LeaseAcknowledgment
	if !smb2.Decode(rq.msg, &m) {
		return proto.InvalidParameter
	}
	id, state := leaseID{rq.c.guid, m.Key}, m.State
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
	rq.answer(&smb2.LeaseAcknowledgment{Key: id.key, State: state})
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
