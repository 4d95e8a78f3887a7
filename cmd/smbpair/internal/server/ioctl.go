package server

import (
	"encoding/binary"
	"net/netip"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/smb2"
)

// control is IOCTL Request, [MS-SMB2] 2.2.31.
type control struct {
	code                 uint32
	persistent, volatile uint64
	in                   []byte
	max                  int // bytes of output that the client takes
}

// ioctl is [MS-SMB2] 3.3.5.15.
func (rq *request) ioctl() proto.Status {
	r := rq.reader()
	r.Skip(4)
	x := control{code: r.U32(), persistent: r.U64(), volatile: r.U64()}
	at, n := r.U32(), r.U32()
	r.Skip(12)
	x.max = int(min(r.U32(), 1<<24))
	flags := r.U32()
	var ok bool
	if x.in, ok = rq.bytes(at, n); !ok || r.Cut() || uint32(x.max) > rq.c.maxIO() {
		return proto.InvalidParameter
	}
	if flags != 1 {
		return proto.NotSupported
	}
	var out wire.Buf
	var st proto.Status
	switch x.code {
	case proto.FsctlValidate:
		out, st = rq.validate(&x)
	case proto.FsctlInterfaces:
		out, st = rq.interfaces(&x)
	case proto.FsctlDFSReferrals, proto.FsctlDFSReferralsEx:
		st = proto.NotFound
	case proto.FsctlPipeWait:
		st = proto.OK
	default:
		if st = rq.find(x.persistent, x.volatile); st == proto.OK {
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
func (rq *request) openControl(x *control) (out wire.Buf, st proto.Status) {
	o := rq.open
	if o.pipe != nil {
		return rq.pipeControl(x)
	}
	if st := rq.channelSequence(o); st != proto.OK {
		return nil, st
	}
	switch x.code {
	case proto.FsctlResumeKey:
		if x.max < 32 {
			return nil, proto.InvalidParameter
		}
		out.U64(o.id)
		out.U64(o.id)
		out.Zero(16)
		return out, proto.OK
	case proto.FsctlCopyChunk, proto.FsctlCopyChunkWrite:
		return rq.copyChunk(x)
	case proto.FsctlSetSparse:
		return nil, rq.setSparse(x.in)
	case proto.FsctlSetZeroData:
		return nil, rq.zeroData(x.in)
	case proto.FsctlAllocatedRanges:
		return rq.ranges(x)
	case proto.FsctlEnumSnapshots:
		if x.max < 16 {
			return nil, proto.InvalidParameter
		}
		out.U32(0)
		out.U32(0)
		out.U32(2)
		out.U32(0)
		return out, proto.OK
	case proto.FsctlGetCompression:
		out.U16(0)
		return out, proto.OK
	case proto.FsctlSetCompression:
		if len(x.in) < 2 {
			return nil, proto.InvalidParameter
		}
		if x.in[0]|x.in[1] != 0 {
			return nil, proto.NotSupported
		}
		return nil, proto.OK
	case proto.FsctlGetReparse, proto.FsctlDeleteReparse:
		return nil, proto.NotAReparsePoint
	case proto.FsctlCreateObjectID, proto.FsctlGetObjectID:
		if x.max < 64 {
			return nil, proto.InvalidParameter
		}
		out.U64(o.file.node.ID)
		out.U64(uint64(rq.c.srv.volumeID(o.tree)))
		out.Bytes(rq.c.srv.guid[:])
		out.U64(o.file.node.ID)
		out.Zero(24)
		return out, proto.OK
	}
	return nil, proto.InvalidDeviceRequest
}

// controlBody is IOCTL Response, [MS-SMB2] 2.2.32.
func (rq *request) controlBody(x *control, out []byte) {
	b := &rq.out
	b.U16(49)
	b.U16(0)
	b.U32(x.code)
	b.U64(x.persistent)
	b.U64(x.volatile)
	if rq.open != nil {
		b.Put64(len(*b)-16, rq.open.id)
		b.Put64(len(*b)-8, rq.open.id)
	}
	b.U32(smb2.HeaderSize + 48)
	b.U32(0)
	b.U32(smb2.HeaderSize + 48)
	b.U32(uint32(len(out)))
	b.U32(0)
	b.U32(0)
	b.Bytes(out)
	if len(out) == 0 {
		b.U8(0)
	}
}

// validate is [MS-SMB2] 3.3.5.15.12: the connection ends when somebody changed
// the negotiation.
func (rq *request) validate(x *control) (out wire.Buf, st proto.Status) {
	c := rq.c
	r := wire.Read(x.in)
	caps, guid, mode := r.U32(), r.GUID(), r.U16()
	list := r.Bytes(2 * int(r.U16()))
	if r.Cut() || x.max < 24 {
		return nil, proto.InvalidParameter
	}
	if c.dialect == smb2.Dialect311 || caps != c.caps || guid != c.guid || mode != c.mode || string(list) != string(c.dialects) {
		rq.cut = true
		return nil, proto.AccessDenied
	}
	out.U32(c.serverCaps())
	out.Bytes(c.srv.guid[:])
	out.U16(c.securityMode())
	out.U16(uint16(c.dialect))
	return out, proto.OK
}

// interfaces tells the address of the connection, [MS-SMB2] 2.2.32.5.
func (rq *request) interfaces(x *control) (out wire.Buf, st proto.Status) {
	a, err := netip.ParseAddrPort(rq.c.nc.LocalAddr().String())
	if err != nil || rq.c.dialect < smb2.Dialect300 {
		return nil, proto.InvalidDeviceRequest
	}
	if x.max < 152 {
		return nil, proto.BufferTooSmall
	}
	out.U32(0)
	out.U32(1)
	out.U32(0)
	out.U32(0)
	out.U64(1_000_000_000)
	if ip := a.Addr().Unmap(); ip.Is4() {
		out.U16(2)
		out.U16(0)
		out.Bytes(ip.AsSlice())
	} else {
		out.U16(0x17)
		out.U16(0)
		out.U32(0)
		out.Bytes(ip.AsSlice())
	}
	out.Zero(152 - len(out))
	return out, proto.OK
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
	rq.c.srv.notify(n, proto.NotifyAttributes, proto.ActionModified, "")
	return proto.OK
}

// zeroData is [MS-FSA] 2.1.5.10.37.
func (rq *request) zeroData(in []byte) proto.Status {
	r := wire.Read(in)
	from, to := r.U64(), r.U64()
	o := rq.open
	d := o.file.data()
	switch {
	case o.access&proto.WriteData == 0:
		return proto.AccessDenied
	case r.Cut() || d == nil || from > to || to > 1<<62:
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
func (rq *request) ranges(x *control) (out wire.Buf, st proto.Status) {
	r := wire.Read(x.in)
	from, n := r.U64(), r.U64()
	o := rq.open
	d := o.file.data()
	switch {
	case o.access&proto.ReadData == 0:
		return nil, proto.AccessDenied
	case r.Cut() || d == nil || from > 1<<62 || n > 1<<62:
		return nil, proto.InvalidParameter
	case n == 0 || from >= uint64(d.Size()):
		return nil, proto.OK
	}
	list := d.Ranges(int64(from), int64(from+n))
	if o.file.node.Attr&proto.AttrSparse == 0 {
		list = list[:0]
		out.U64(from)
		out.U64(min(n, uint64(d.Size())-from))
	}
	for _, e := range list {
		out.U64(uint64(e.Off))
		out.U64(uint64(e.Len))
	}
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
func (rq *request) copyChunk(x *control) (out wire.Buf, st proto.Status) {
	s, o := rq.c.srv, rq.open
	r := wire.Read(x.in)
	key := r.U64()
	r.Skip(16)
	n := int(r.U32())
	r.Skip(4)
	if r.Cut() || x.max < 12 {
		return nil, proto.InvalidParameter
	}
	src := s.opens[key]
	if src == nil || src.ss != rq.ss || src.file == nil || r.Left() < 24*min(n, maxChunks) {
		return nil, proto.ObjectNameNotFound
	}
	limits := func() (wire.Buf, proto.Status) {
		var b wire.Buf
		b.U32(maxChunks)
		b.U32(maxChunkSize)
		b.U32(maxCopy)
		return b, proto.InvalidParameter
	}
	switch {
	case n > maxChunks:
		return limits()
	case src.file.dir() || o.file.dir():
		return nil, proto.InvalidDeviceRequest
	case src.access&(proto.ReadData) == 0, o.access&accessWrite == 0, x.code == proto.FsctlCopyChunk && o.access&proto.ReadData == 0:
		return nil, proto.AccessDenied
	}
	var done, total uint32
	sum := uint64(0)
	for i := range n {
		size := uint64(binary.LittleEndian.Uint32(x.in[32+24*i+16:]))
		if sum += size; size == 0 || size > maxChunkSize || sum > maxCopy {
			return limits()
		}
	}
	for range n {
		from, to, size := r.U64(), r.U64(), r.U32()
		r.Skip(4)
		if st = rq.copyRange(src, from, to, size); st != proto.OK {
			break
		}
		done++
		total += size
	}
	out.U32(done)
	out.U32(0)
	out.U32(total)
	return out, st
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
