package server

import (
	"encoding/binary"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/smb2"
)

// contexts is what the create contexts of a request ask for, [MS-SMB2]
// 2.2.13.2.
type contexts struct {
	maximal    bool
	diskID     bool
	eas        []vfs.EA
	sd         []byte
	alloc      uint64
	timeWarp   bool
	durable    *durable // DHnQ or DH2Q
	reconnect  *reconnect
	lease      *leaseRequest
	duplicates bool
}

// reconnect is DHnC or DH2C.
type reconnect struct {
	id   uint64
	v2   bool
	guid [16]byte
}

// leaseRequest is RqLs in either version.
type leaseRequest struct {
	key, parent [16]byte
	state       uint32
	flags       uint32
	epoch       uint16
	v2          bool
}

const maxContexts = 64

// parseContexts reads the list.
func parseContexts(b []byte) (x contexts, st proto.Status) {
	for range maxContexts {
		if len(b) == 0 {
			return x, proto.OK
		}
		r := wire.Read(b)
		next := int64(r.U32())
		nameOff, nameLen := r.U16(), r.U16()
		r.Skip(2)
		dataOff, dataLen := r.U16(), r.U32()
		entry := b
		if next != 0 {
			if next%8 != 0 || next >= int64(len(b)) || next < 16 {
				return x, proto.InvalidParameter
			}
			entry, b = b[:next], b[next:]
		} else {
			b = nil
		}
		name, ok := wire.Range(entry, int64(nameOff), int64(nameLen))
		if r.Cut() || !ok || nameLen < 4 {
			return x, proto.InvalidParameter
		}
		data, ok := wire.Range(entry, int64(dataOff), int64(dataLen))
		if dataLen == 0 {
			data, ok = nil, true
		}
		if !ok {
			return x, proto.InvalidParameter
		}
		if st := x.context(string(name), data); st != proto.OK {
			return x, st
		}
	}
	return x, proto.InvalidParameter
}

func (x *contexts) context(name string, data []byte) (st proto.Status) {
	r := wire.Read(data)
	switch name {
	case "ExtA":
		x.eas, st = parseEAs(data)
		return st
	case "SecD":
		x.sd = data
	case "MxAc":
		x.maximal = true
		if len(data) != 0 && len(data) != 8 {
			return proto.InvalidParameter
		}
	case "QFid":
		x.diskID = true
	case "AlSi":
		x.alloc = r.U64()
	case "TWrp":
		x.timeWarp = r.U64() != 0
	case "DHnQ":
		if len(data) != 16 {
			return proto.InvalidParameter
		}
		x.duplicates = x.duplicates || x.durable != nil
		x.durable = &durable{}
	case "DHnC":
		x.duplicates = x.duplicates || x.reconnect != nil
		x.reconnect = &reconnect{id: r.U64()}
		r.U64()
	case "DH2Q":
		x.duplicates = x.duplicates || x.durable != nil
		x.durable = &durable{v2: true, timeout: r.U32(), flags: r.U32()}
		r.U64()
		x.durable.guid = r.GUID()
	case "DH2C":
		x.duplicates = x.duplicates || x.reconnect != nil
		x.reconnect = &reconnect{v2: true, id: r.U64()}
		r.U64()
		x.reconnect.guid = r.GUID()
		r.U32()
	case "RqLs":
		if len(data) != 32 && len(data) != 52 {
			return proto.InvalidParameter
		}
		l := &leaseRequest{key: r.GUID(), state: r.U32(), flags: r.U32()}
		r.U64()
		if l.v2 = len(data) == 52; l.v2 {
			l.parent, l.epoch = r.GUID(), r.U16()
		} else {
			l.flags = 0
		}
		x.lease = l
		return proto.OK
	}
	if r.Cut() {
		return proto.InvalidParameter
	}
	return proto.OK
}

// parseEAs reads FILE_FULL_EA_INFORMATION entries, [MS-FSCC] 2.4.15.
func parseEAs(b []byte) (list []vfs.EA, st proto.Status) {
	for len(b) >= 8 {
		next := int64(binary.LittleEndian.Uint32(b))
		nameLen, valueLen := int64(b[5]), int64(binary.LittleEndian.Uint16(b[6:]))
		all, ok := wire.Range(b, 8, nameLen+1+valueLen)
		if !ok {
			return nil, proto.EAListInconsistent
		}
		list = append(list, vfs.EA{Flags: b[4], Name: string(all[:nameLen]), Value: append([]byte(nil), all[nameLen+1:]...)})
		if next == 0 {
			return list, proto.OK
		}
		if next < 8 || next > int64(len(b)) {
			return nil, proto.EAListInconsistent
		}
		b = b[next:]
	}
	return list, proto.OK
}

// answer writes the contexts of the response, [MS-SMB2] 2.2.14.2.
type answer struct {
	b    wire.Buf
	last int
	any  bool
}

func (a *answer) add(name string, data []byte) {
	if a.any {
		a.b.Align(0, 8)
		a.b.Put32(a.last, uint32(len(a.b)-a.last))
	}
	a.last, a.any = len(a.b), true
	a.b.U32(0)
	a.b.U16(16)
	a.b.U16(uint16(len(name)))
	a.b.U16(0)
	a.b.U16(24)
	a.b.U32(uint32(len(data)))
	a.b.Bytes([]byte(name))
	a.b.Zero(8 - len(name))
	a.b.Bytes(data)
}

// createBody is CREATE Response, [MS-SMB2] 2.2.14.
func (rq *request) createBody(o *open, action uint32, x *contexts) {
	s := rq.c.srv
	var a answer
	if x.lease != nil && o.lease != nil {
		a.add("RqLs", o.lease.context())
	}
	if x.maximal {
		var b wire.Buf
		b.U32(0)
		b.U32(s.maximal(rq.ss, o.file.node))
		a.add("MxAc", b)
	}
	if x.diskID {
		var b wire.Buf
		b.U64(o.file.node.ID)
		b.U64(uint64(s.volumeID(o.tree)))
		b.Zero(16)
		a.add("QFid", b)
	}
	if x.durable != nil && o.durable != nil {
		a.add(o.durable.context())
	}
	b := &rq.out
	b.U16(89)
	b.U8(o.level())
	b.U8(0)
	b.U32(action)
	if o.file != nil {
		o.file.times(b)
		b.U64(o.file.allocation())
		b.U64(o.file.size())
		b.U32(o.file.attributes())
	} else {
		b.Zero(48)
		b.U32(proto.AttrNormal)
	}
	b.U32(0)
	b.U64(o.id)
	b.U64(o.id)
	if !a.any {
		b.U64(0)
		return
	}
	b.U32(smb2.HeaderSize + 88)
	b.U32(uint32(len(a.b)))
	b.Bytes(a.b)
}
