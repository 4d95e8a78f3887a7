package server

import (
	"encoding/binary"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/smb2"
)

// Parts of a reparse point, [MS-FSCC] 2.1.2.
const (
	tagMicrosoft = 0x80000000 // of tags without a GUID
	reparseHead  = 8          // tag, length, reserved
	reparseGUID  = 16
	maxReparse   = 16 << 10
)

// reparseTag is the tag of a node's reparse point, 0 for none.
func reparseTag(n *vfs.Node) uint32 {
	if n.Reparse == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(n.Reparse)
}

// readReparse takes the input of a control code apart and gives the tag.
func readReparse(in []byte) (tag uint32, data []byte, st proto.Status) {
	var m fscc.ReparsePoint
	if !fscc.Decode(in, &m) || len(in) > maxReparse {
		return 0, nil, proto.ReparseDataInvalid
	}
	head := reparseHead
	if m.Tag&tagMicrosoft == 0 {
		head += reparseGUID
	}
	if len(in) != head+len(m.Data) {
		return 0, nil, proto.ReparseDataInvalid
	}
	tag = m.Tag
	if tag&0x0fffffff <= 2 { // reserved ones
		return 0, nil, proto.ReparseTagInvalid
	}
	return tag, m.Data, proto.OK
}

// reparseIn reads what an open that may write sends as its reparse data.
func (o *open) reparseIn(in []byte) (tag uint32, data []byte, st proto.Status) {
	if o.access&(proto.WriteData|proto.WriteAttributes) == 0 {
		return 0, nil, proto.AccessDenied
	}
	return readReparse(in)
}

// setReparse is [MS-FSA] 2.1.5.10.37, deleteReparse 2.1.5.10.5.
func (rq *request) setReparse(in []byte) proto.Status {
	o := rq.open
	n := o.file.node
	tag, data, st := o.reparseIn(in)
	switch {
	case st != proto.OK:
		return st
	case tag == fscc.TagSymlink && !soundSymlink(data):
		return proto.ReparseDataInvalid
	case n.Reparse != nil && reparseTag(n) != tag:
		return proto.ReparseTagMismatch
	case n.Dir && !n.Empty():
		return proto.DirectoryNotEmpty
	case n.Parent == nil:
		return proto.AccessDenied
	}
	rq.changeReparse(append([]byte(nil), in...))
	return proto.OK
}

func (rq *request) deleteReparse(in []byte) proto.Status {
	o := rq.open
	n := o.file.node
	tag, data, st := o.reparseIn(in)
	switch {
	case st != proto.OK:
		return st
	case len(data) > 0:
		return proto.ReparseDataInvalid
	case n.Reparse == nil:
		return proto.NotAReparsePoint
	case reparseTag(n) != tag:
		return proto.ReparseTagMismatch
	}
	rq.changeReparse(nil)
	return proto.OK
}

func (rq *request) changeReparse(to []byte) {
	s, n := rq.c.srv, rq.open.file.node
	n.Reparse, n.Changed = to, s.Now()
	s.notify(rq.open.parentLease(), n, proto.NotifyAttributes, proto.ActionModified, "")
}

// getReparse is [MS-FSA] 2.1.5.10.14.
func (rq *request) getReparse(most int) ([]byte, proto.Status) {
	b := rq.open.file.node.Reparse
	switch {
	case b == nil:
		return nil, proto.NotAReparsePoint
	case most < reparseHead:
		return nil, proto.BufferTooSmall
	case most < len(b):
		return b[:most], proto.BufferOverflow
	}
	return b, proto.OK
}

// soundSymlink checks the data of a symbolic link.
func soundSymlink(data []byte) bool { return fscc.Decode(data, &fscc.Link{Symbolic: true}) }

// stopped answers an open that meets a reparse point, [MS-SMB2] 3.3.5.9: the client
// is told where a symbolic link goes, and how much of the path is behind it.
func (rq *request) stopped(t target) proto.Status {
	if reparseTag(t.node) != fscc.TagSymlink {
		return proto.ReparseNotHandled
	}
	var m smb2.SymlinkError
	fscc.Decode(t.node.Reparse, &m.Reparse)
	m.Reparse.Unparsed = uint16(t.rest)
	b := smb2.AppendData(nil, &m)
	if rq.c.dialect == smb2.Dialect311 {
		rq.answer(&smb2.ErrorResponse{Contexts: []smb2.ErrorContext{{Data: b}}})
	} else {
		rq.answer(&smb2.ErrorResponse{Data: b})
	}
	return proto.StoppedOnSymlink
}
