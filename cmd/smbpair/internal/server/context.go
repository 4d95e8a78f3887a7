package server

import (
	"bytes"
	"encoding/binary"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/dissect/fscc"
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
	lease      *smb2.Lease
	duplicates bool
	app        [16]byte // AppInstanceId, zero for none
	posix      bool
	mode       uint32 // of what is created, with posix
}

// reconnect is DHnC or DH2C.
type reconnect struct {
	smb2.DurableReconnectV2
	v2 bool
}

// id is what the server knows the open by.
func (r *reconnect) id() uint64 { return binary.LittleEndian.Uint64(r.FileID[:]) }

const maxContexts = 64

// parseContexts takes the contexts of a request apart.
func parseContexts(list []smb2.CreateContext) (x contexts, st proto.Status) {
	if len(list) > maxContexts {
		return x, proto.InvalidParameter
	}
	for _, e := range list {
		if len(e.Name) < 4 {
			return x, proto.InvalidParameter
		}
		if st := x.context(string(e.Name), e.Data); st != proto.OK {
			return x, st
		}
	}
	return x, proto.OK
}

func (x *contexts) context(name string, data []byte) proto.Status {
	ok := true
	switch name {
	case "ExtA":
		var st proto.Status
		x.eas, st = parseEAs(data)
		return st
	case "SecD":
		x.sd = data
	case "MxAc":
		x.maximal = true
		ok = len(data) == 0 || len(data) == 8
	case "QFid":
		x.diskID = true
	case "AlSi":
		var m smb2.AllocationRequest
		ok = smb2.DecodeData(data, &m)
		x.alloc = m.Size
	case "TWrp":
		var m smb2.TimeWarp
		ok = smb2.DecodeData(data, &m)
		x.timeWarp = m.Timestamp != 0
	case "DHnQ", "DH2Q":
		ok = x.durableRequest(name, data)
	case "DHnC", "DH2C":
		ok = x.durableReconnect(name, data)
	case smb2.TagAppInstance:
		var m smb2.AppInstance
		ok = smb2.DecodeData(data, &m)
		x.app = m.ID
	case smb2.TagPosix:
		var m smb2.PosixRequest
		ok = smb2.DecodeData(data, &m)
		x.posix, x.mode = ok, m.Mode&modeBits
	case "RqLs":
		l := new(smb2.Lease)
		ok = (len(data) == leaseSize || len(data) == leaseSizeV2) && smb2.DecodeData(data, l)
		if !l.V2 {
			l.Flags = 0
		}
		x.lease = l
	}
	if !ok {
		return proto.InvalidParameter
	}
	return proto.OK
}

// Sizes of the data of RqLs.
const (
	leaseSize   = 32
	leaseSizeV2 = 52
)

func (x *contexts) durableRequest(name string, data []byte) bool {
	x.duplicates = x.duplicates || x.durable != nil
	if name == "DHnQ" {
		x.durable = &durable{}
		return len(data) == 16 && smb2.DecodeData(data, &smb2.DurableRequest{})
	}
	var m smb2.DurableRequestV2
	ok := smb2.DecodeData(data, &m)
	x.durable = &durable{v2: true, timeout: m.Timeout, flags: m.Flags, guid: m.CreateGUID}
	return ok
}

func (x *contexts) durableReconnect(name string, data []byte) bool {
	x.duplicates = x.duplicates || x.reconnect != nil
	x.reconnect = &reconnect{v2: name == "DH2C"}
	var ok bool
	if x.reconnect.v2 {
		ok = smb2.DecodeData(data, &x.reconnect.DurableReconnectV2)
	} else {
		var m smb2.DurableReconnect
		ok = smb2.DecodeData(data, &m)
		x.reconnect.FileID = m.FileID
	}
	return ok
}

// parseEAs reads a list of extended attributes.
func parseEAs(b []byte) (list []vfs.EA, st proto.Status) {
	var m fscc.EAs
	if !fscc.Decode(b, &m) {
		return nil, proto.EAListInconsistent
	}
	for _, e := range m.List {
		list = append(list, vfs.EA{Flags: e.Flags, Name: string(e.Name), Value: bytes.Clone(e.Value)})
	}
	return list, proto.OK
}

// createBody answers CREATE.
func (rq *request) createBody(o *open, action uint32, x *contexts) {
	s := rq.c.srv
	m := smb2.CreateResponse{Oplock: o.level(), Action: action, Attributes: proto.AttrNormal, FileID: o.fileID()}
	add := func(name string, data smb2.Structure) {
		m.Contexts = append(m.Contexts, smb2.CreateContext{Name: []byte(name), Data: smb2.AppendData(nil, data)})
	}
	if x.lease != nil && o.lease != nil {
		add("RqLs", o.lease.context())
	}
	if x.maximal {
		add("MxAc", &smb2.AccessResponse{Access: s.maximal(rq.ss, o.file.node)})
	}
	if x.diskID {
		add("QFid", &smb2.DiskID{File: o.file.node.ID, Volume: uint64(s.volumeID(o.tree))})
	}
	if x.durable != nil && o.durable != nil {
		add(o.durable.context())
	}
	if n := len(rq.context); n > 0 && n > int(rq.context[0]) {
		cut := 1 + int(rq.context[0])
		m.Contexts = append(m.Contexts, smb2.CreateContext{Name: []byte(rq.context[1:cut]), Data: []byte(rq.context[cut:])})
	}
	if x.posix && rq.c.posix && o.file != nil {
		add(smb2.TagPosix, s.posixContext(o.file.node))
	}
	if o.file != nil {
		m.Times, m.Allocation, m.EndOfFile, m.Attributes = o.file.times(), o.file.allocation(), o.file.size(), o.file.attributes()
	}
	rq.answer(&m)
}
