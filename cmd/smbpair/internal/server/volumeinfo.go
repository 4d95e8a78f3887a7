package server

import (
	"encoding/binary"
	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/sd"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// volumeInfo is the information of [MS-FSCC] 2.5.
func (rq *request) volumeInfo(q *smb2.QueryInfoRequest) (b []byte, least int, st proto.Status) {
	s, t := rq.c.srv, rq.tc
	total, free := t.share.Volume.Space()
	const sector = 512 // bytes
	var m fscc.Structure
	switch q.Class {
	case 1:
		m, least = &fscc.Volume{Created: wire.FileTime(s.started), Serial: s.volumeID(t), Label: wire.AppendUTF16(nil, t.share.Name)}, 24
	case 3:
		m = &fscc.Size{Units: total / cluster, Free: free / cluster, UnitSectors: cluster / sector, SectorBytes: sector}
	case 4:
		m = &fscc.Device{Type: 7, Characteristics: 0x20} // a disk, mounted
	case 5:
		const attributes = 0x000500cf // case kept, Unicode, ACLs, sparse files, reparse points, object ids, streams
		m, least = &fscc.SystemAttributes{Attributes: attributes, MaxName: 255, Name: wire.AppendUTF16(nil, "NTFS")}, 16
	case 6:
		m = &fscc.Control{DefaultQuotaThreshold: ^uint64(0), DefaultQuotaLimit: ^uint64(0)}
	case 7:
		m = &fscc.FullSize{Units: total / cluster, CallerFree: free / cluster, Free: free / cluster, UnitSectors: cluster / sector, SectorBytes: sector}
	case 8:
		id := s.guid
		binary.LittleEndian.PutUint32(id[12:], s.volumeID(t))
		m = &fscc.ObjectIDs{Object: id}
	case 11:
		const aligned = 3 // the device and its partition
		m = &fscc.SectorSize{Logical: sector, PhysicalAtomic: sector, PhysicalPerformance: sector, EffectiveAtomic: sector, Flags: aligned}
	case fscc.ClassPosix:
		if !rq.c.posix {
			return nil, 0, proto.InvalidInfoClass
		}
		const files = 1 << 32
		m = &fscc.SystemPosix{Transfer: 1 << 20, Block: cluster, Blocks: total / cluster, Free: free / cluster, UserFree: free / cluster,
			Files: files, FreeFiles: files, ID: uint64(s.volumeID(t))}
	default:
		return nil, 0, proto.InvalidInfoClass
	}
	b = fscc.Append(nil, m)
	if least == 0 {
		least = len(b)
	}
	return b, least, proto.OK
}

// securityInfo gives the parts of the descriptor that the client asks for,
// [MS-FSA] 2.1.5.14.
func (rq *request) securityInfo(q *smb2.QueryInfoRequest) ([]byte, proto.Status) {
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
