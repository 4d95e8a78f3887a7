package server

import (
	"strings"
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// setInfo is [MS-SMB2] 3.3.5.21.
func (rq *request) setInfo() proto.Status {
	var m smb2.SetInfoRequest
	whole := smb2.Decode(rq.msg, &m)
	if st := rq.find(m.FileID); st != proto.OK {
		return st
	}
	if !whole {
		return proto.InvalidParameter
	}
	st := proto.InvalidParameter
	switch {
	case rq.open.file == nil:
		st = proto.InvalidDeviceRequest
	case m.InfoType == infoFile:
		st = rq.setFileInfo(m.Class, m.Data)
	case m.InfoType == infoSecurity:
		st = rq.setSecurity(m.Additional, m.Data)
	case m.InfoType == infoFilesystem:
		st = proto.AccessDenied
	}
	if st == proto.OK {
		rq.answer(&smb2.SetInfoResponse{})
	}
	return st
}

// setFileInfo is [MS-FSA] 2.1.5.15.
func (rq *request) setFileInfo(class uint8, in []byte) proto.Status {
	o := rq.open
	need := map[uint8]struct {
		size   int
		access uint32
	}{
		4: {40, proto.WriteAttributes}, 10: {20, proto.Delete}, 13: {1, proto.Delete}, 14: {8, 0}, 15: {0, proto.WriteEA},
		16: {4, 0}, 19: {8, proto.WriteData}, 20: {8, proto.WriteData}, 11: {20, 0}, 39: {8, proto.WriteData}, 64: {4, proto.Delete}, 65: {20, proto.Delete}, 72: {20, 0},
	}
	want, known := need[class]
	switch {
	case !known:
		return proto.InvalidInfoClass
	case len(in) < want.size:
		return proto.InfoLengthMismatch
	case want.access != 0 && o.access&want.access == 0:
		return proto.AccessDenied
	}
	if st := rq.channelSequence(o); st != proto.OK {
		return st
	}
	switch class {
	case 10, 65:
		return rq.rename(class, in)
	case 11, 72:
		return rq.hardLink(class, in)
	case 15:
		return rq.setFullEA(in)
	}
	return rq.setValues(class, in)
}

// setValues sets what classes of a fixed size hold.
func (rq *request) setValues(class uint8, in []byte) proto.Status {
	var (
		basic       fscc.Basic
		disposition fscc.Disposition
		extended    fscc.DispositionEx
		position    fscc.Position
		mode        fscc.Mode
		allocation  fscc.Allocation
		end         fscc.End
	)
	switch m := map[uint8]fscc.Structure{4: &basic, 13: &disposition, 64: &extended, 14: &position, 16: &mode, 19: &allocation, 20: &end}[class]; {
	case m == nil:
		return proto.OK
	case !fscc.Decode(in, m):
		return proto.InfoLengthMismatch
	}
	switch class {
	case 4:
		return rq.setBasic(&basic)
	case 13:
		return rq.setDisposition(disposition.Delete != 0)
	case 64:
		return rq.setDisposition(extended.Flags&1 != 0)
	case 14:
		rq.open.position = position.Offset
	case 16:
		if mode.Bits&^0x3a != 0 || mode.Bits&0x30 == 0x30 {
			return proto.InvalidParameter
		}
	case 19:
		return rq.setAllocation(allocation.Bytes)
	case 20:
		return rq.setSize(end.Bytes)
	}
	return proto.OK
}

// setBasic is [MS-FSA] 2.1.5.15.2. 0 leaves a time as it is, -1 and -2 say
// whether writes may change it.
func (rq *request) setBasic(m *fscc.Basic) proto.Status {
	o, s := rq.open, rq.c.srv
	n := o.file.node
	v := [...]uint64{m.Times.Creation, m.Times.LastAccess, m.Times.LastWrite, m.Times.Change}
	for _, t := range v {
		if int64(t) < -2 {
			return proto.InvalidParameter
		}
	}
	a := m.Attributes
	if a != 0 {
		if a&proto.AttrDirectory != 0 && !n.Dir || a&proto.AttrTemporary != 0 && n.Dir {
			return proto.InvalidParameter
		}
	}
	change := uint32(0)
	for i, p := range [...]struct {
		t    *time.Time
		flag uint32
	}{{&n.Created, proto.NotifyCreation}, {&n.Accessed, proto.NotifyLastAccess}, {&n.Written, proto.NotifyLastWrite}, {&n.Changed, 0}} {
		switch int64(v[i]) {
		case 0:
		case -2:
			o.sticky = o.sticky && i != 2
		case -1:
			o.sticky = o.sticky || i == 2
		default:
			*p.t = wire.Time(v[i])
			change |= p.flag
			o.sticky = o.sticky || i == 2
		}
	}
	if v[3] == 0 {
		n.Changed = s.Now()
	}
	if a != 0 {
		if n.Attr&(proto.AttrSettable) != a&proto.AttrSettable {
			change |= proto.NotifyAttributes
		}
		n.Attr = n.Attr&^proto.AttrSettable | a&proto.AttrSettable
	}
	if change&(proto.NotifyLastWrite|proto.NotifyLastAccess) != 0 {
		n.Keep()
	}
	if change != 0 {
		s.notify(o.parentLease(), n, change, proto.ActionModified, "")
	}
	return proto.OK
}

// setDisposition is [MS-FSA] 2.1.5.15.3.
func (rq *request) setDisposition(del bool) proto.Status {
	s, f := rq.c.srv, rq.open.file
	if !del {
		f.deleting = false
		return proto.OK
	}
	switch {
	case f.node.Parent == nil && f.stream == nil:
		return proto.AccessDenied
	case f.node.Attr&proto.AttrReadonly != 0:
		return proto.CannotDelete
	case f.dir() && !f.node.Empty():
		return proto.DirectoryNotEmpty
	}
	for s.contendHandle(f, rq.open) {
		if st := rq.settle(f); st != proto.OK {
			return st
		}
	}
	s.markDelete(f)
	return proto.OK
}

// settle waits until something changes about a file.
func (rq *request) settle(f *file) proto.Status {
	o := rq.open
	ok, late := rq.wait(f.changed, nil, breakTimeout)
	if late {
		rq.c.srv.expireBreaks(f)
	}
	switch {
	case !ok:
		return proto.Cancelled
	case o.done:
		return proto.FileClosed
	}
	return proto.OK
}

// setSize is [MS-FSA] 2.1.5.15.4.
func (rq *request) setSize(size uint64) proto.Status {
	s, o := rq.c.srv, rq.open
	f := o.file
	d := f.data()
	if d == nil {
		return proto.InvalidParameter
	}
	if int64(size) < 0 || size > 1<<44 {
		return proto.InvalidParameter
	}
	old := uint64(d.Size())
	if size == old {
		s.contendRead(f, o)
		return proto.OK
	}
	if !f.mayTransfer(o, min(size, old), max(size, old)-min(size, old), true) {
		return proto.FileLockConflict
	}
	s.contendRead(f, o)
	if err := d.Truncate(int64(size)); err != nil {
		return statusOf(err)
	}
	f.node.Alloc = 0
	s.changed(o)
	return proto.OK
}

// changed notes that the data of an open changed its size.
func (s *Server) changed(o *open) {
	o.written = true
	if !o.sticky {
		s.touch(o.file)
	}
	if o.file.stream != nil {
		s.notify(o.parentLease(), o.file.node, proto.NotifyStreamSize, proto.ActionModifiedStream, ":"+o.file.stream.Name)
		return
	}
	s.notify(o.parentLease(), o.file.node, proto.NotifySize|proto.NotifyLastWrite, proto.ActionModified, "")
}

// setAllocation is [MS-FSA] 2.1.5.15.1.
func (rq *request) setAllocation(size uint64) proto.Status {
	f := rq.open.file
	if f.data() == nil || int64(size) < 0 || size > 1<<44 {
		return proto.InvalidParameter
	}
	rq.c.srv.contendRead(f, rq.open)
	if size < f.size() {
		return rq.setSize(size)
	}
	f.node.Alloc = int64(size)
	return proto.OK
}

// setFullEA is [MS-FSA] 2.1.5.15.5.
func (rq *request) setFullEA(in []byte) proto.Status {
	n := rq.open.file.node
	list, st := parseEAs(in)
	if st != proto.OK {
		return st
	}
	for _, e := range list {
		if e.Name == "" || strings.ContainsAny(e.Name, "\"*+,/:;<=>?[\\]|") {
			return proto.InvalidEAName
		}
	}
	after := setEAs(n.EAs, list)
	if eaSize(after) > 1<<16 {
		return proto.EATooLarge
	}
	n.EAs, n.Changed = after, rq.c.srv.Now()
	rq.c.srv.notify(rq.open.parentLease(), n, proto.NotifyEA, proto.ActionModified, "")
	return proto.OK
}
