package server

import (
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/dissect/smb2"
)

// durable is what keeps an open beyond its connection, [MS-SMB2] 3.3.5.9.6 and
// 3.3.5.9.10.
type durable struct {
	v2      bool
	timeout uint32 // milliseconds
	flags   uint32
	guid    [16]byte
	user    string
	path    string
	client  [16]byte
}

const (
	durableTimeout    = 60 * time.Second
	maxDurableTimeout = 300 * time.Second
)

// context is the create context of the response.
func (d *durable) context() (string, smb2.Structure) {
	if !d.v2 {
		return "DHnQ", &smb2.DurableResponse{}
	}
	return "DH2Q", &smb2.DurableResponseV2{Timeout: d.timeout}
}

// makeDurable grants durability when the open caches its handle.
func (rq *request) makeDurable(o *open, cr *createRequest) {
	if cr.durable == nil || cr.duplicates || o.file.dir() || o.caches()&proto.LeaseHandle == 0 {
		return
	}
	if o.lease != nil && o.lease.breaking {
		return
	}
	d := *cr.durable
	d.user, d.path, d.client = o.ss.user, vfs.Fold(cr.name), rq.c.guid
	if d.timeout == 0 {
		d.timeout = uint32(durableTimeout / time.Millisecond)
	}
	d.timeout = min(d.timeout, uint32(maxDurableTimeout/time.Millisecond))
	o.durable = &d
}

// keeps reports whether the open may outlive its connection.
func (o *open) keeps() bool {
	return o.caches()&proto.LeaseHandle != 0 && !o.isBreaking() && !o.deleteOn && !o.file.deleting
}

// disconnect leaves a durable open without a connection.
func (s *Server) disconnect(o *open) {
	o.c = nil
	if s.closed {
		s.closeOpen(o)
		return
	}
	o.timer = time.AfterFunc(time.Duration(o.durable.timeout)*time.Millisecond, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if o.c == nil {
			s.closeOpen(o)
		}
	})
}

// dropDisconnected closes durable opens without a connection that stand in the
// way of another open.
func (s *Server) dropDisconnected(f *file, access uint32, cr *createRequest) {
	for _, o := range append([]*open(nil), f.opens...) {
		if o.c != nil {
			continue
		}
		if !shares(access, cr.share, o) || access&^accessStat != 0 && o.lease == nil {
			s.closeOpen(o)
			continue
		}
		if access&^accessStat != 0 && o.lease != nil && o.lease.id.key != cr.leaseKey() {
			s.closeOpen(o)
		}
	}
}

func (cr *createRequest) leaseKey() (k [16]byte) {
	if cr.lease != nil {
		k = cr.lease.Key
	}
	return k
}

// reconnectOpen is [MS-SMB2] 3.3.5.9.7 and 3.3.5.9.12.
func (rq *request) reconnectOpen(cr *createRequest) proto.Status {
	s, rc := rq.c.srv, cr.reconnect
	if cr.duplicates || rc.v2 && cr.durable != nil || cr.durable != nil && cr.durable.v2 {
		return proto.InvalidParameter
	}
	o := s.opens[rc.id()]
	if o == nil || o.c != nil || o.durable == nil || o.durable.user != rq.ss.user {
		return proto.ObjectNameNotFound
	}
	d := o.durable
	switch {
	case rc.v2 && d.guid != rc.CreateGUID:
		return proto.ObjectNameNotFound
	case o.lease != nil && (cr.lease == nil || cr.lease.Key != o.lease.id.key || o.lease.id.client != rq.c.guid || cr.lease.V2 != o.lease.v2):
		return proto.ObjectNameNotFound
	case o.lease == nil && cr.lease != nil:
		return proto.ObjectNameNotFound
	case o.lease != nil && vfs.Fold(cr.name) != d.path:
		return proto.InvalidParameter
	}
	o.stopTimer()
	o.ss, o.c, o.tree = rq.ss, rq.c, rq.tc
	x := contexts{lease: cr.lease}
	if o.lease != nil {
		x.lease = &smb2.Lease{}
	}
	rq.open = o
	rq.createBody(o, proto.Opened, &x)
	return proto.OK
}

// createID is what a CREATE is known by when it comes again.
type createID struct{ client, guid [16]byte }

// made is how an open came about, for when its CREATE comes again.
type made struct {
	id     createID
	path   string
	action uint32
	app    [16]byte // AppInstanceId
}

// createID gives the zero one for a CREATE that cannot come again.
func (rq *request) createID(cr *createRequest) createID {
	if cr.durable == nil || !cr.durable.v2 || rq.c.dialect < smb2.Dialect300 {
		return createID{}
	}
	return createID{rq.c.guid, cr.durable.guid}
}

// replaceInstance closes what an instance of an application has open that goes on
// in another client now, [MS-SMB2] 3.3.5.9.13.
func (rq *request) replaceInstance(cr *createRequest) {
	if cr.app == ([16]byte{}) || rq.createID(cr) == (createID{}) {
		return
	}
	for _, o := range rq.c.srv.opens {
		if o.made.app == cr.app && o.made.id.client != rq.c.guid && o.made.path == vfs.Fold(cr.name) && o.tree.share == rq.tc.share {
			rq.c.srv.closeOpen(o)
		}
	}
}

// replayed answers a CREATE that was already done, [MS-SMB2] 3.3.5.9.10.
func (rq *request) replayed(cr *createRequest) (proto.Status, bool) {
	if cr.durable == nil || !cr.durable.v2 || rq.c.dialect < smb2.Dialect300 {
		return proto.OK, false
	}
	if rq.c.srv.creating[rq.createID(cr)] {
		return proto.FileNotAvailable, true
	}
	for _, o := range rq.c.srv.opens {
		if o.made.id != rq.createID(cr) {
			continue
		}
		switch {
		case rq.h.Flags&smb2.FlagReplay == 0:
			return proto.DuplicateObjectID, true
		case o.c == nil:
			return proto.FileNotAvailable, true
		case o.ss != rq.ss || o.made.path != vfs.Fold(cr.name), (o.lease != nil) != (cr.lease != nil), cr.lease != nil && o.lease.id != rq.leaseOf(cr):
			return proto.AccessDenied, true
		}
		rq.open = o
		x := contexts{durable: o.durable, lease: cr.lease}
		rq.createBody(o, o.made.action, &x)
		return proto.OK, true
	}
	return proto.OK, false
}
