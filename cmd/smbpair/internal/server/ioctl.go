package server

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/smb2"
)

// control is a control code on its way.
type control struct {
	smb2.IoctlRequest
	max int // bytes of output that the client takes
}

// ioctl is [MS-SMB2] 3.3.5.15.
func (rq *request) ioctl() proto.Status {
	var x control
	if !smb2.Decode(rq.msg, &x.IoctlRequest) || min(x.MaxOutput, 1<<24) > rq.c.maxIO() {
		return proto.InvalidParameter
	}
	x.max = int(x.MaxOutput)
	if x.Flags != smb2.IoctlIsFsctl {
		return proto.NotSupported
	}
	var out []byte
	var st proto.Status
	switch x.CtlCode {
	case proto.FsctlValidate:
		out, st = rq.validate(&x)
	case proto.FsctlInterfaces:
		out, st = rq.interfaces(&x)
	case proto.FsctlDFSReferrals, proto.FsctlDFSReferralsEx:
		st = proto.NotFound
	case proto.FsctlPipeWait:
		st = proto.OK
	default:
		if st = rq.find(x.FileID); st == proto.OK {
			out, st = rq.openControl(&x)
		}
	}
	if rq.cut {
		return st
	}
	if st.Failed() && len(out) == 0 {
		return st
	}
	rq.controlBody(&x, out)
	return st
}

// openControl is a control code for an open.
func (rq *request) openControl(x *control) (out []byte, st proto.Status) {
	o := rq.open
	if o.pipe != nil {
		return rq.pipeControl(x)
	}
	if st := rq.channelSequence(o); st != proto.OK {
		return nil, st
	}
	switch x.CtlCode {
	case proto.FsctlResumeKey:
		if x.max < 32 {
			return nil, proto.InvalidParameter
		}
		return smb2.AppendData(nil, &smb2.ResumeKey{Key: o.resumeKey()}), proto.OK
	case proto.FsctlCopyChunk, proto.FsctlCopyChunkWrite:
		return rq.copyChunk(x)
	case proto.FsctlSetSparse:
		return nil, rq.setSparse(x.Input)
	case proto.FsctlSetZeroData:
		return nil, rq.zeroData(x.Input)
	case proto.FsctlAllocatedRanges:
		return rq.ranges(x)
	case proto.FsctlEnumSnapshots:
		if x.max < 16 {
			return nil, proto.InvalidParameter
		}
		return smb2.AppendData(nil, &smb2.Snapshots{Size: 2, Names: make([]byte, 4)}), proto.OK
	case proto.FsctlGetCompression:
		return smb2.AppendData(nil, &smb2.CompressionState{}), proto.OK
	case proto.FsctlSetCompression:
		var m smb2.CompressionState
		if !smb2.DecodeData(x.Input, &m) {
			return nil, proto.InvalidParameter
		}
		if m.Format != 0 {
			return nil, proto.NotSupported
		}
		return nil, proto.OK
	case proto.FsctlGetReparse:
		return rq.getReparse(x.max)
	case proto.FsctlSetReparse:
		return nil, rq.setReparse(x.Input)
	case proto.FsctlDeleteReparse:
		return nil, rq.deleteReparse(x.Input)
	case proto.FsctlCreateObjectID, proto.FsctlGetObjectID:
		if x.max < 64 {
			return nil, proto.InvalidParameter
		}
		id := wideID(o.file.node)
		m := fscc.ObjectIDs{Object: id, BirthVolume: rq.c.srv.guid, BirthObject: id}
		binary.LittleEndian.PutUint32(m.Object[8:], rq.c.srv.volumeID(o.tree))
		return fscc.Append(nil, &m), proto.OK
	}
	return nil, proto.InvalidDeviceRequest
}

// controlBody answers IOCTL.
func (rq *request) controlBody(x *control, out []byte) {
	m := smb2.IoctlResponse{CtlCode: x.CtlCode, FileID: x.FileID, Output: out}
	if rq.open != nil {
		m.FileID = rq.open.fileID()
	}
	rq.answer(&m)
}

// validate is [MS-SMB2] 3.3.5.15.12: the connection ends when somebody changed
// the negotiation.
func (rq *request) validate(x *control) (out []byte, st proto.Status) {
	c := rq.c
	var m smb2.ValidateRequest
	if !smb2.DecodeData(x.Input, &m) || x.max < 24 {
		return nil, proto.InvalidParameter
	}
	if c.dialect == smb2.Dialect311 || m.Capabilities != c.caps || m.ClientGUID != c.guid || m.SecurityMode != c.mode || !slices.Equal(m.Dialects, c.dialects) {
		rq.cut = true
		return nil, proto.AccessDenied
	}
	return smb2.AppendData(nil, &smb2.ValidateResponse{Capabilities: c.serverCaps(), ServerGUID: c.srv.guid,
		SecurityMode: c.securityMode(), Dialect: c.dialect}), proto.OK
}

// interfaces tells the address of the connection, [MS-SMB2] 2.2.32.5.
func (rq *request) interfaces(x *control) (out []byte, st proto.Status) {
	a, err := netip.ParseAddrPort(rq.c.nc.LocalAddr().String())
	if err != nil || rq.c.dialect < smb2.Dialect300 {
		return nil, proto.InvalidDeviceRequest
	}
	if x.max < 152 {
		return nil, proto.BufferTooSmall
	}
	ip := a.Addr().Unmap()
	n := smb2.NetworkInterface{Index: 1, Speed: 1_000_000_000, Family: smb2.FamilyIPv4, Address: ip.AsSlice()}
	if !ip.Is4() {
		n.Family = smb2.FamilyIPv6
	}
	return smb2.AppendData(nil, &smb2.NetworkInterfaces{List: []smb2.NetworkInterface{n}}), proto.OK
}

// setSparse is [MS-FSA] 2.1.5.10.36.
func (rq *request) setSparse(in []byte) proto.Status {
	o := rq.open
	if o.file.dir() {
		return proto.InvalidParameter
	}
	if o.access&(proto.WriteData|proto.WriteAttributes) == 0 {
		return proto.AccessDenied
	}
	n := o.file.node
	if len(in) > 0 && in[0] == 0 {
		n.Attr &^= proto.AttrSparse
	} else {
		n.Attr |= proto.AttrSparse
	}
	rq.c.srv.notify(o.parentLease(), n, proto.NotifyAttributes, proto.ActionModified, "")
	return proto.OK
}

// zeroData is [MS-FSA] 2.1.5.10.37.
func (rq *request) zeroData(in []byte) proto.Status {
	var m smb2.ZeroData
	whole := smb2.DecodeData(in, &m)
	from, to := m.From, m.Beyond
	o := rq.open
	d := o.file.data()
	switch {
	case o.access&proto.WriteData == 0:
		return proto.AccessDenied
	case !whole || d == nil || from > to || to > 1<<62:
		return proto.InvalidParameter
	case !o.file.mayTransfer(o, from, to-from, true):
		return proto.FileLockConflict
	}
	rq.c.srv.contendRead(o.file, o)
	if err := d.Zero(int64(from), int64(to)); err != nil {
		return statusOf(err)
	}
	rq.c.srv.changed(o)
	return proto.OK
}

// ranges is [MS-FSA] 2.1.5.10.22.
func (rq *request) ranges(x *control) (out []byte, st proto.Status) {
	var m smb2.Ranges
	smb2.DecodeData(x.Input, &m)
	o := rq.open
	d := o.file.data()
	switch {
	case o.access&proto.ReadData == 0:
		return nil, proto.AccessDenied
	case d == nil || len(m.List) == 0:
		return nil, proto.InvalidParameter
	}
	from, n := m.List[0].Offset, m.List[0].Length
	switch {
	case from > 1<<62 || n > 1<<62:
		return nil, proto.InvalidParameter
	case n == 0 || from >= uint64(d.Size()):
		return nil, proto.OK
	}
	var answer smb2.Ranges
	if o.file.node.Attr&proto.AttrSparse == 0 {
		answer.List = append(answer.List, smb2.Range{Offset: from, Length: min(n, uint64(d.Size())-from)})
	} else {
		for _, e := range d.Ranges(int64(from), int64(from+n)) {
			answer.List = append(answer.List, smb2.Range{Offset: uint64(e.Off), Length: uint64(e.Len)})
		}
	}
	out = smb2.AppendData(nil, &answer)
	if len(out) > x.max {
		if x.max < 16 {
			return nil, proto.BufferTooSmall
		}
		return out[:x.max&^15], proto.BufferOverflow
	}
	return out, proto.OK
}

// The limits of a server-side copy, [MS-SMB2] 3.3.3.
const (
	maxChunks    = 256
	maxChunkSize = 1 << 20
	maxCopy      = 16 << 20
)

// copyChunk is [MS-SMB2] 3.3.5.15.6.
func (rq *request) copyChunk(x *control) (out []byte, st proto.Status) {
	s, o := rq.c.srv, rq.open
	const fixed = 32 // bytes before the chunks
	if len(x.Input) < fixed || x.max < 12 {
		return nil, proto.InvalidParameter
	}
	var m smb2.CopyChunkRequest
	whole := smb2.DecodeData(x.Input, &m)
	src := s.opens[binary.LittleEndian.Uint64(m.Source[:])]
	if src == nil || src.ss != rq.ss || src.file == nil || !whole && len(m.Chunks) < maxChunks {
		return nil, proto.ObjectNameNotFound
	}
	limits := func() ([]byte, proto.Status) {
		return smb2.AppendData(nil, &smb2.CopyChunkResponse{Chunks: maxChunks, ChunkBytes: maxChunkSize, TotalBytes: maxCopy}), proto.InvalidParameter
	}
	switch {
	case len(m.Chunks) > maxChunks:
		return limits()
	case src.file.dir() || o.file.dir():
		return nil, proto.InvalidDeviceRequest
	case src.access&(proto.ReadData) == 0, o.access&accessWrite == 0, x.CtlCode == proto.FsctlCopyChunk && o.access&proto.ReadData == 0:
		return nil, proto.AccessDenied
	}
	sum := uint64(0)
	for _, e := range m.Chunks {
		if sum += uint64(e.Length); e.Length == 0 || e.Length > maxChunkSize || sum > maxCopy {
			return limits()
		}
	}
	var done smb2.CopyChunkResponse
	for _, e := range m.Chunks {
		if st = rq.copyRange(src, e.Source, e.Target, e.Length); st != proto.OK {
			break
		}
		done.Chunks++
		done.TotalBytes += e.Length
	}
	return smb2.AppendData(nil, &done), st
}

func (rq *request) copyRange(src *open, from, to uint64, size uint32) proto.Status {
	o := rq.open
	switch end := from + uint64(size); {
	case from > 1<<62 || to > 1<<62:
		return proto.InvalidParameter
	case end > src.file.size():
		return proto.InvalidViewSize
	case !src.file.mayTransfer(src, from, uint64(size), false), !o.file.mayTransfer(o, to, uint64(size), true):
		return proto.FileLockConflict
	}
	buf := make([]byte, size)
	if n, err := src.file.data().ReadAt(buf, int64(from)); n < len(buf) && err != nil {
		return statusOf(err)
	}
	return rq.put(o, buf, to)
}
