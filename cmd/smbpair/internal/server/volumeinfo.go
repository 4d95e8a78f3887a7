package server

import (
	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/sd"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/smb2"
)

// volumeInfo is the information of [MS-FSCC] 2.5.
func (rq *request) volumeInfo(q *smb2.QueryInfoRequest) (b wire.Buf, least int, st proto.Status) {
	s, t := rq.c.srv, rq.tc
	total, free := t.share.Volume.Space()
	switch q.Class {
	case 1: // FileFsVolumeInformation
		label := wire.AppendText(nil, t.share.Name)
		b.U64(wire.FileTime(s.started))
		b.U32(s.volumeID(t))
		b.U32(uint32(len(label)))
		b.U16(0)
		b.Bytes(label)
		return b, 24, proto.OK
	case 3: // FileFsSizeInformation
		b.U64(total / cluster)
		b.U64(free / cluster)
		b.U32(cluster / 512)
		b.U32(512)
	case 4: // FileFsDeviceInformation
		b.U32(7)
		b.U32(0x20)
	case 5: // FileFsAttributeInformation
		b.U32(0x000500cf) // case kept, Unicode, ACLs, sparse files, reparse points, streams
		b.U32(255)
		counted(&b, "NTFS")
		return b, 16, proto.OK
	case 6: // FileFsControlInformation
		b.Zero(24)
		b.U64(^uint64(0))
		b.U64(^uint64(0))
		b.U64(0)
	case 7: // FileFsFullSizeInformation
		b.U64(total / cluster)
		b.U64(free / cluster)
		b.U64(free / cluster)
		b.U32(cluster / 512)
		b.U32(512)
	case 8: // FileFsObjectIdInformation
		b.Bytes(s.guid[:12])
		b.U32(s.volumeID(t))
		b.Zero(48)
	case 11: // FileFsSectorSizeInformation
		for range 4 {
			b.U32(512)
		}
		b.U32(3)
		b.U32(0)
		b.U32(0)
	case classPosix:
		if !rq.c.posix {
			return nil, 0, proto.InvalidInfoClass
		}
		posixVolume(&b, total, free, uint64(s.volumeID(t)))
	default:
		return nil, 0, proto.InvalidInfoClass
	}
	return b, len(b), proto.OK
}

// securityInfo gives the parts of the descriptor that the client asks for,
// [MS-FSA] 2.1.5.14.
func (rq *request) securityInfo(q *smb2.QueryInfoRequest) (wire.Buf, proto.Status) {
	need := uint32(0)
	if q.Additional&(proto.SecOwner|proto.SecGroup|proto.SecDACL) != 0 {
		need |= proto.ReadControl
	}
	if q.Additional&proto.SecSACL != 0 {
		need |= proto.SystemSecurity
	}
	if rq.open.access&need != need {
		return nil, proto.AccessDenied
	}
	d := rq.c.srv.descriptor(rq.open.file.node)
	a := q.Additional
	return d.Append(nil, a&proto.SecOwner != 0, a&proto.SecGroup != 0, a&proto.SecDACL != 0, a&proto.SecSACL != 0), proto.OK
}

// setSecurity changes parts of the descriptor, [MS-FSA] 2.1.5.17.
func (rq *request) setSecurity(additional uint32, in []byte) proto.Status {
	o := rq.open
	need := uint32(0)
	if additional&(proto.SecOwner|proto.SecGroup) != 0 {
		need |= proto.WriteOwner
	}
	if additional&proto.SecDACL != 0 {
		need |= proto.WriteDAC
	}
	if additional&proto.SecSACL != 0 {
		need |= proto.SystemSecurity
	}
	if o.access&need != need {
		return proto.AccessDenied
	}
	given, ok := sd.Parse(in)
	if !ok {
		return proto.InvalidSecurityDescr
	}
	s := rq.c.srv
	d := s.descriptor(o.file.node)
	if additional&proto.SecOwner != 0 && given.Owner != "" {
		d.Owner = given.Owner
	}
	if additional&proto.SecGroup != 0 && given.Group != "" {
		d.Group = given.Group
	}
	if additional&proto.SecDACL != 0 {
		given.Effective()
		d.DACL, d.HasDACL = given.DACL, given.HasDACL
		d.Control &^= sd.AutoInherited | sd.Protected
		d.Control |= given.Control & sd.Protected
		if given.Control&(sd.AutoInherited|sd.AutoRequest) == sd.AutoInherited|sd.AutoRequest {
			d.Control |= sd.AutoInherited
		}
	}
	if additional&proto.SecSACL != 0 {
		d.SACL, d.HasSACL = given.SACL, given.HasSACL
	}
	setDescriptor(o.file.node, &d)
	if rq.c.posix && additional&proto.SecDACL != 0 {
		s.takeMode(o.file.node, &d)
	}
	o.file.node.Changed = s.Now()
	s.notify(o.parentLease(), o.file.node, proto.NotifySecurity, proto.ActionModified, "")
	return proto.OK
}
