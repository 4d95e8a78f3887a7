package server

import (
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/sd"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/dissect/smb2"
)

// createRequest is a CREATE on its way.
type createRequest struct {
	oplock      uint8
	level       uint32 // impersonation
	access      uint32
	attributes  uint32
	share       uint32
	disposition uint32
	options     uint32
	name        string
	contexts
}

const (
	badImpersonation = proto.Status(0xC00000A5)

	optionsKnown = 0x00ffffff
	optionsNever = proto.OptByFileID | proto.OptReserveFilter | proto.OptTreeConnection | proto.OptRemoteInstance
	accessNever  = 0x0ce0fe00
)

// parseCreate gives what the request says, checked for itself.
func (rq *request) parseCreate() (cr createRequest, st proto.Status) {
	var m smb2.CreateRequest
	if !smb2.Decode(rq.msg, &m) || len(m.Name)%2 != 0 {
		return cr, proto.InvalidParameter
	}
	cr = createRequest{oplock: m.Oplock, level: m.Impersonation, access: m.Access, attributes: m.Attributes, share: m.ShareAccess,
		disposition: m.Disposition, options: m.Options, name: rq.pathText(m.Name)}
	if cr.contexts, st = parseContexts(m.Contexts); st != proto.OK {
		return cr, st
	}
	if rq.uncached {
		cr.oplock, cr.lease = proto.OplockNone, nil
	}
	return cr, cr.check()
}

// check is what [MS-SMB2] 3.3.5.9 and [MS-FSA] 2.1.5.1 say of the parameters.
func (cr *createRequest) check() proto.Status {
	switch {
	case cr.reconnect != nil: // which looks at nothing else
		return proto.OK
	case cr.level > 3:
		return badImpersonation
	case cr.access&accessNever != 0:
		return proto.AccessDenied
	case cr.options&^optionsKnown != 0, cr.disposition > proto.OverwriteIf, cr.share&^7 != 0:
		return proto.InvalidParameter
	case cr.options&optionsNever != 0:
		return proto.NotSupported
	case cr.options&proto.OptDirectory != 0 && cr.options&proto.OptNonDirectory != 0:
		return proto.InvalidParameter
	case cr.options&proto.OptDirectory != 0 && (cr.disposition == proto.Supersede || cr.disposition >= proto.Overwrite):
		return proto.InvalidParameter
	case cr.attributes&(0x48|0xffff0000) != 0:
		return proto.InvalidParameter
	case cr.access == 0:
		return proto.AccessDenied
	case cr.options&proto.OptDeleteOnClose != 0 && sd.Map(cr.access)&(proto.Delete|proto.MaximumAllowed) == 0:
		return proto.AccessDenied
	case cr.timeWarp:
		return proto.ObjectNameNotFound
	}
	return proto.OK
}

// create is [MS-SMB2] 3.3.5.9.
func (rq *request) create() proto.Status {
	rq.open = nil
	cr, st := rq.parseCreate()
	if st != proto.OK {
		return st
	}
	s := rq.c.srv
	if rq.tc.share == nil {
		return rq.createPipe(&cr)
	}
	if len(s.opens) >= s.Limits.Opens {
		return proto.InsufficientResources
	}
	if cr.reconnect != nil {
		return rq.reconnectOpen(&cr)
	}
	if st, done := rq.replayed(&cr); done {
		return st
	}
	rq.replaceInstance(&cr)
	deadline := time.Time{}
	for first := true; ; first = false {
		st, f := rq.tryCreate(&cr, first)
		if f == nil {
			return st
		}
		if st := rq.mayWait(); st != proto.OK {
			return st
		}
		if id := rq.createID(&cr); first && id != (createID{}) {
			s.creating[id] = true
			defer delete(s.creating, id)
		}
		if deadline.IsZero() {
			deadline = time.Now().Add(breakTimeout)
		}
		ok, late := rq.wait(f.changed, nil, time.Until(deadline))
		if late {
			s.expireBreaks(f)
			deadline = time.Time{}
		}
		if !ok || rq.tc != rq.ss.trees[rq.tc.id] {
			return proto.Cancelled
		}
	}
}

// tryCreate opens or creates; it gives a file when it has to wait until that
// changes.
func (rq *request) tryCreate(cr *createRequest, first bool) (proto.Status, *file) {
	t, st := resolve(rq.tc.share.Volume, cr.name)
	switch {
	case st == proto.StoppedOnSymlink, st == proto.OK && t.node != nil && t.node.Reparse != nil && cr.options&proto.OptReparsePoint == 0:
		return rq.stopped(t), nil
	case st != proto.OK:
		return st, nil
	case rq.foreignLease(cr, t):
		return proto.InvalidParameter, nil
	case t.index && cr.options&proto.OptNonDirectory != 0:
		return proto.FileIsADirectory, nil
	case t.stream != "" && cr.options&proto.OptDirectory != 0:
		return proto.NotADirectory, nil
	case t.named && t.stream == "" && !t.index && t.node != nil && t.node.Dir:
		if cr.options&proto.OptDirectory != 0 {
			return proto.NotADirectory, nil
		}
		return proto.FileIsADirectory, nil
	case t.named && t.stream == "" && !t.index && cr.options&proto.OptDirectory != 0:
		return proto.NotADirectory, nil
	case t.node == nil || t.stream != "" && t.st == nil:
		return rq.createNew(cr, t), nil
	}
	return rq.openExisting(cr, t, first)
}

// foreignLease reports whether the key of the lease is in use for another file.
func (rq *request) foreignLease(cr *createRequest, t target) bool {
	l := rq.c.srv.leases[rq.leaseOf(cr)]
	if l == nil || cr.lease == nil {
		return false
	}
	same := t.node != nil && (l.file.node == t.node || l.file.node.ID == t.node.ID && l.file.share == rq.tc.share) // a hard link is the same file
	return !same || l.file.stream != t.st
}

// createNew makes what does not exist, [MS-FSA] 2.1.5.1.1.
func (rq *request) createNew(cr *createRequest, t target) proto.Status {
	s := rq.c.srv
	if cr.disposition == proto.OpenExisting || cr.disposition == proto.Overwrite {
		return proto.ObjectNameNotFound
	}
	dir := cr.options&proto.OptDirectory != 0
	if cr.attributes&proto.AttrReadonly != 0 && cr.options&proto.OptDeleteOnClose != 0 {
		return proto.CannotDelete
	}
	if cr.attributes&proto.AttrTemporary != 0 && dir {
		return proto.InvalidParameter
	}
	n := t.node
	if n == nil {
		if f := s.files[fileKey{t.parent, nil}]; f != nil && f.deleting {
			return proto.DeletePending
		}
		need := uint32(proto.WriteData)
		if dir {
			need = proto.AppendData
		}
		if s.maximal(rq.ss, t.parent)&need == 0 {
			return proto.AccessDenied
		}
		var err error
		if n, err = t.parent.Create(s.longName(t.parent, t.name), dir); err != nil {
			return statusOf(err)
		}
		rq.fill(n, cr)
	} else if f := s.files[fileKey{n, nil}]; f != nil && f.deleting {
		return proto.DeletePending
	} else if s.maximal(rq.ss, n)&proto.WriteData == 0 || n.Attr&proto.AttrReadonly != 0 {
		return proto.AccessDenied
	}
	if t.stream != "" {
		if t.st = n.AddStream(t.stream); t.st == nil {
			return proto.DiskFull
		}
		s.notify(rq.parentLease(cr), n, proto.NotifyStreamName, proto.ActionAddedStream, ":"+t.stream)
	}
	access := sd.Map(cr.access &^ (proto.MaximumAllowed | proto.SystemSecurity))
	if cr.access&proto.MaximumAllowed != 0 {
		access |= s.maximal(rq.ss, n)
	}
	if cr.access&proto.SystemSecurity != 0 {
		access |= proto.SystemSecurity
	}
	o := rq.newOpen(cr, s.fileOf(rq.tc.share, n, t.st), access)
	rq.grantCache(o, cr)
	rq.opened(o, proto.Created, cr)
	return proto.OK
}

// fill gives a new node what the request says of it.
func (rq *request) fill(n *vfs.Node, cr *createRequest) {
	n.Attr = cr.attributes & proto.AttrSettable
	if !n.Dir {
		n.Attr |= proto.AttrArchive
	}
	n.EAs = setEAs(nil, cr.eas)
	n.Alloc = int64(min(cr.alloc, 1<<62))
	if cr.posix && rq.c.posix {
		_ = n.SetMode(cr.mode) // a folder that keeps no modes is no reason to fail
	}
	rq.inherit(n, cr.sd)
	t := rq.c.srv.Now()
	n.Parent.Written, n.Parent.Changed = t, t
	rq.c.srv.notify(rq.parentLease(cr), n, filterOf(n), proto.ActionAdded, "")
}

// openExisting is [MS-FSA] 2.1.5.1.2.
func (rq *request) openExisting(cr *createRequest, t target, first bool) (proto.Status, *file) {
	s, n := rq.c.srv, t.node
	f := s.fileOf(rq.tc.share, n, t.st)
	st, wait := rq.openFile(cr, f, first)
	if len(f.opens) == 0 && !f.gone {
		delete(s.files, f.key)
	}
	if wait {
		return st, f
	}
	return st, nil
}

func (rq *request) openFile(cr *createRequest, f *file, first bool) (st proto.Status, wait bool) {
	s, n := rq.c.srv, f.node
	base := s.files[fileKey{n, nil}]
	overwrites := cr.disposition == proto.Supersede || cr.disposition >= proto.Overwrite
	switch {
	case f.deleting || base != nil && base.deleting || s.doomed[n]:
		return proto.DeletePending, false
	case cr.disposition == proto.CreateNew:
		return proto.ObjectNameCollision, false
	case f.dir() && cr.options&proto.OptNonDirectory != 0:
		return proto.FileIsADirectory, false
	case !f.dir() && cr.options&proto.OptDirectory != 0:
		return proto.NotADirectory, false
	case f.dir() && overwrites:
		return proto.InvalidParameter, false
	}
	if overwrites && f.stream == nil && n.Attr&(proto.AttrHidden|proto.AttrSystem)&^cr.attributes != 0 {
		return proto.AccessDenied, false
	}
	if n.Attr&proto.AttrReadonly != 0 && overwrites && !f.dir() {
		return proto.AccessDenied, false
	}
	access, st := rq.grant(cr.access, n)
	if st != proto.OK {
		return st, false
	}
	if cr.options&proto.OptDeleteOnClose != 0 {
		if n.Attr&proto.AttrReadonly != 0 {
			return proto.CannotDelete, false
		}
		if f.dir() && !n.Empty() {
			return proto.DirectoryNotEmpty, false
		}
	}
	effective := access
	if overwrites {
		effective |= proto.WriteData
		if s.maximal(rq.ss, n)&proto.WriteData == 0 {
			return proto.AccessDenied, false
		}
	}
	if st, wait := rq.conflicts(cr, f, effective, overwrites, first); st != proto.OK || wait {
		return st, wait
	}
	o := rq.newOpen(cr, f, access)
	action := uint32(proto.Opened)
	if overwrites {
		if action = proto.Overwritten; cr.disposition == proto.Supersede {
			action = proto.Superseded
		}
		if st := rq.overwrite(o, cr); st != proto.OK {
			o.deleteOn = false
			s.closeOpen(o)
			return st, false
		}
	}
	rq.grantCache(o, cr)
	rq.opened(o, action, cr)
	return proto.OK, false
}

// overwrite empties a file, [MS-FSA] 2.1.5.1.2.
func (rq *request) overwrite(o *open, cr *createRequest) proto.Status {
	s, f := rq.c.srv, o.file
	if err := f.data().Truncate(0); err != nil {
		return statusOf(err)
	}
	t := s.Now()
	f.node.Written, f.node.Changed = t, t
	if f.stream == nil {
		if cr.disposition == proto.Supersede {
			f.node.EAs, f.node.Created = nil, t
		}
		f.node.EAs = setEAs(f.node.EAs, cr.eas)
		f.node.Attr = cr.attributes&proto.AttrSettable | proto.AttrArchive
		f.node.Alloc = int64(min(cr.alloc, 1<<62))
	}
	s.notify(rq.parentLease(cr), f.node, proto.NotifySize|proto.NotifyLastWrite|proto.NotifyAttributes, proto.ActionModified, "")
	return proto.OK
}

// newOpen makes an open.
func (rq *request) newOpen(cr *createRequest, f *file, access uint32) *open {
	s := rq.c.srv
	o := &open{id: s.id()<<8 | 0x5, ss: rq.ss, c: rq.c, tree: rq.tc, file: f, access: access, share: cr.share,
		options: cr.options, deleteOn: cr.options&proto.OptDeleteOnClose != 0, closed: make(chan struct{}),
		channel: uint16(rq.h.Status)}
	s.opens[o.id] = o
	if f != nil {
		f.opens = append(f.opens, o)
		if d := f.data(); d != nil {
			_, _ = d.ReadAt(nil, 0) // a file of a folder is opened while its name cannot change
		}
	}
	return o
}

// opened ends a CREATE that succeeded.
func (rq *request) opened(o *open, action uint32, cr *createRequest) {
	rq.makeDurable(o, cr)
	if id := rq.createID(cr); id != (createID{}) {
		o.made = made{id, vfs.Fold(cr.name), action, cr.app}
	}
	rq.open = o
	rq.createBody(o, action, &cr.contexts)
}
