package server

import (
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/vfs"
)

const (
	accessRead  = proto.ReadData | proto.Execute
	accessWrite = proto.WriteData | proto.AppendData
	accessData  = accessRead | accessWrite | proto.Delete

	accessStat      = proto.Synchronize | proto.ReadAttributes | proto.WriteAttributes
	accessLeaseStat = accessStat | proto.ReadControl
)

// shares reports whether two opens go together, [MS-FSA] 2.1.5.1.2.2.
func shares(access, share uint32, o *open) bool {
	if access&accessData == 0 || o.access&accessData == 0 {
		return true
	}
	for _, p := range [...]struct{ a, s uint32 }{{accessRead, proto.ShareRead}, {accessWrite, proto.ShareWrite}, {proto.Delete, proto.ShareDelete}} {
		if access&p.a != 0 && o.share&p.s == 0 || o.access&p.a != 0 && share&p.s == 0 {
			return false
		}
	}
	return true
}

// conflict reports whether an open of the file, or a delete of its streams,
// stands against the request.
func (s *Server) conflict(f *file, access, share uint32) bool {
	for _, o := range f.opens {
		if !shares(access, share, o) {
			return true
		}
	}
	if f.stream != nil || access&proto.Delete == 0 || f.node.Dir {
		return false
	}
	for _, st := range f.node.Streams {
		if g := s.files[fileKey{f.node, st}]; g != nil {
			for _, o := range g.opens {
				if o.access&accessData != 0 && o.share&proto.ShareDelete == 0 {
					return true
				}
			}
		}
	}
	return false
}

// conflicts checks share modes and breaks the caches that stand against the
// open. wait says that the request has to look again when something changed.
func (rq *request) conflicts(cr *createRequest, f *file, access uint32, overwrites, first bool) (st proto.Status, wait bool) {
	s := rq.c.srv
	s.dropDisconnected(f, access, cr)
	bad := s.conflict(f, access, cr.share)
	stat := access&^accessStat == 0
	if stat && !overwrites {
		return proto.OK, false
	}
	mask := uint32(proto.LeaseWrite)
	if bad {
		mask = proto.LeaseHandle
	}
	wait = s.contend(f, rq.leaseOf(cr), mask, overwrites, first, access)
	switch {
	case wait:
		return proto.OK, true
	case bad:
		return proto.SharingViolation, false
	}
	return proto.OK, false
}

// contend breaks what others cache of the file and reports whether the request
// has to wait for one of them.
func (s *Server) contend(f *file, mine leaseID, mask uint32, overwrites, first bool, access uint32) (wait bool) {
	seen := make(map[*lease]bool)
	for _, o := range f.opens {
		if l := o.lease; l != nil {
			if seen[l] || l.id == mine || access&^accessLeaseStat == 0 && !overwrites {
				continue
			}
			seen[l] = true
		}
		cur := o.caches()
		to := cur &^ mask
		if overwrites {
			to &^= proto.LeaseHandle | proto.LeaseRead
		}
		if to == cur {
			wait = wait || o.isBreaking() && (cur&mask != 0 || !first)
			continue
		}
		if overwrites {
			to = 0
		}
		wait = wait || cur&mask != 0 || o.isBreaking() && !first
		s.breakCache(o, to)
	}
	return wait
}

// contendRead takes the read caches of others away, as a change of the data
// does, [MS-FSA] 2.1.4.12. Leases of the open's own key stay.
func (s *Server) contendRead(f *file, self *open) {
	seen := make(map[*lease]bool)
	for _, o := range f.opens {
		if l := o.lease; l != nil {
			if seen[l] || self != nil && self.lease == l {
				continue
			}
			seen[l] = true
		} else if o == self && o.oplock != proto.OplockII {
			continue
		}
		if o.caches()&proto.LeaseRead != 0 {
			s.breakCache(o, 0)
		}
	}
}

// contendDirectory takes the leases of a directory away when what it lists
// changes, [MS-FSA] 2.1.4.12, but for that of who changed it. Nobody waits for it.
func (s *Server) contendDirectory(by leaseID, dir *vfs.Node) {
	f := s.files[fileKey{dir, nil}]
	if f == nil {
		return
	}
	seen := make(map[*lease]bool)
	for _, o := range f.opens {
		if l := o.lease; l == nil || seen[l] || l.id == by || l.state == 0 {
			continue
		}
		seen[o.lease] = true
		s.breakCache(o, 0)
	}
}

// contendHandle takes handle caches of others away and reports whether the
// request has to wait, as before a rename or a delete.
func (s *Server) contendHandle(f *file, self *open) (wait bool) {
	seen := make(map[*lease]bool)
	for _, o := range f.opens {
		l := o.lease
		if l == nil || seen[l] || self != nil && self.lease == l || o == self {
			continue
		}
		seen[l] = true
		if cur := o.caches(); cur&proto.LeaseHandle != 0 {
			s.breakCache(o, cur&^proto.LeaseHandle)
			wait = true
		}
	}
	return wait
}

// breakTimeout is how long a client may take to answer a break.
const breakTimeout = 35 * time.Second
