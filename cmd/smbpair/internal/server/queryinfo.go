package server

import (
	"encoding/binary"
	"hash/fnv"
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// Info types, [MS-SMB2] 2.2.37.
const (
	infoFile       = 1
	infoFilesystem = 2
	infoSecurity   = 3
)

// queryInfo is [MS-SMB2] 3.3.5.20.
func (rq *request) queryInfo() proto.Status {
	var q smb2.QueryInfoRequest
	whole := smb2.Decode(rq.msg, &q)
	if st := rq.find(q.FileID); st != proto.OK {
		return st
	}
	if !whole || q.MaxOutput > rq.c.maxIO() {
		return proto.InvalidParameter
	}
	var b []byte
	var least int
	var st proto.Status
	switch {
	case rq.open.file == nil:
		b, least, st = rq.pipeInfo(&q)
	case q.InfoType == infoFile:
		b, least, st = rq.fileInfo(&q)
	case q.InfoType == infoFilesystem:
		b, least, st = rq.volumeInfo(&q)
	case q.InfoType == infoSecurity:
		b, st = rq.securityInfo(&q)
		if st == proto.OK && len(b) > int(q.MaxOutput) {
			return rq.tooSmall(len(b))
		}
	default:
		st = proto.InvalidParameter
	}
	if st.Failed() {
		return st
	}
	if int(q.MaxOutput) < least {
		return proto.InfoLengthMismatch
	}
	if len(b) > int(q.MaxOutput) {
		b, st = b[:q.MaxOutput], proto.BufferOverflow
	}
	rq.answer(&smb2.QueryInfoResponse{Data: b})
	return st
}

// tooSmall says how much room the answer needs.
func (rq *request) tooSmall(n int) proto.Status {
	data := smb2.AppendData(nil, &smb2.RequiredSize{Bytes: uint32(n)})
	if rq.c.dialect == smb2.Dialect311 {
		rq.answer(&smb2.ErrorResponse{Contexts: []smb2.ErrorContext{{Data: data}}})
	} else {
		rq.answer(&smb2.ErrorResponse{Data: data})
	}
	return proto.BufferTooSmall
}

// fileInfo is the information of [MS-FSCC] 2.4. least is how much room its fixed
// part needs.
func (rq *request) fileInfo(q *smb2.QueryInfoRequest) (b []byte, least int, st proto.Status) {
	o := rq.open
	f, n := o.file, o.file.node
	if attributesNeeded(q.Class) && o.access&proto.ReadAttributes == 0 {
		return nil, 0, proto.AccessDenied
	}
	var m fscc.Structure
	switch q.Class {
	case 4:
		m = f.basic()
	case 5:
		m = f.standard()
	case 6:
		m = &fscc.Internal{Index: n.ID}
	case 7:
		m = &fscc.EASize{Bytes: eaSize(n.EAs)}
	case 8:
		m = &fscc.Access{Mask: o.access}
	case 14:
		m = &fscc.Position{Offset: o.position}
	case 15:
		return rq.fullEA(q)
	case 16:
		m = &fscc.Mode{Bits: o.options & (proto.OptWriteThrough | proto.OptSequential | proto.OptNoBuffering | proto.OptSyncAlert | proto.OptSyncNonalert | proto.OptDeleteOnClose)}
	case 17:
		m = &fscc.Alignment{}
	case 18:
		m, least = o.all(), 104
	case 21:
		m, least = &fscc.NameInfo{Name: wire.AppendUTF16(nil, shortName(n))}, 8
	case 22:
		b = fscc.Append(nil, f.streams())
		return b, min(32, len(b)), proto.OK
	case 28:
		m = &fscc.Compression{Size: f.size()}
	case 34:
		m = &fscc.NetworkOpen{Times: f.times(), Allocation: f.allocation(), EndOfFile: f.size(), Attributes: f.attributes()}
	case 35:
		m = &fscc.AttributeTag{Attributes: f.attributes(), Tag: reparseTag(n)}
	case 48:
		if rq.c.dialect < smb2.Dialect311 {
			return nil, 0, proto.NotSupported
		}
		m, least = &fscc.NameInfo{Name: wire.AppendUTF16(nil, f.path())}, 8
	case 59:
		m = &fscc.Identity{Volume: uint64(rq.c.srv.volumeID(o.tree)), File: wideID(n)}
	case fscc.ClassPosix:
		if !rq.c.posix {
			return nil, 0, proto.InvalidInfoClass
		}
		m = rq.c.srv.posixInfo(n, n.Name)
	default:
		return nil, 0, proto.InvalidInfoClass
	}
	b = fscc.Append(nil, m)
	if least == 0 {
		least = len(b)
	}
	return b, least, proto.OK
}

// wideID is the id of a file in 16 bytes.
func wideID(n *vfs.Node) (id [16]byte) {
	binary.LittleEndian.PutUint64(id[:], n.ID)
	return id
}

// attributesNeeded tells the classes for which FILE_READ_ATTRIBUTES is needed,
// [MS-FSA] 2.1.5.12.
func attributesNeeded(class uint8) bool {
	switch class {
	case 4, 18, 34, 35:
		return true
	}
	return false
}

func (f *file) basic() *fscc.Basic { return &fscc.Basic{Times: f.times(), Attributes: f.attributes()} }

func (f *file) standard() *fscc.Standard {
	links := *f.node.Links
	if f.deleting && links > 0 {
		links--
	}
	return &fscc.Standard{Allocation: f.allocation(), EndOfFile: f.size(), Links: links, DeletePending: bit(f.deleting), Directory: bit(f.dir())}
}

func bit(v bool) uint8 {
	if v {
		return 1
	}
	return 0
}

func (o *open) all() *fscc.All {
	f := o.file
	return &fscc.All{Basic: *f.basic(), Standard: *f.standard(), Index: f.node.ID, EASize: eaSize(f.node.EAs), Access: o.access,
		Position: o.position, Name: wire.AppendUTF16(nil, `\`+f.path())}
}

func (f *file) streams() *fscc.Streams {
	var m fscc.Streams
	add := func(name string, d vfs.Content) {
		size := uint64(d.Size())
		m.List = append(m.List, fscc.Stream{Size: size, Allocation: roundUp(size), Name: wire.AppendUTF16(nil, ":"+name+":$DATA")})
	}
	if f.node.Data != nil {
		add("", f.node.Data)
	}
	for _, s := range f.node.Streams {
		add(s.Name, s.Data)
	}
	return &m
}

// fullEA is FileFullEaInformation, all of it or what the input names.
func (rq *request) fullEA(q *smb2.QueryInfoRequest) (b []byte, least int, st proto.Status) {
	n := rq.open.file.node
	if rq.open.access&proto.ReadEA == 0 {
		return nil, 0, proto.AccessDenied
	}
	list := n.EAs
	const one = 5 // bytes of a name without characters
	if len(q.Input) >= one {
		var m fscc.EANames
		if !fscc.Decode(q.Input, &m) {
			return nil, 0, proto.EAListInconsistent
		}
		list = nil
		for _, name := range m.List {
			list = append(list, findEA(n.EAs, string(name)))
		}
	}
	if len(list) == 0 {
		return nil, 0, proto.NoEAsOnFile
	}
	var m fscc.EAs
	for _, e := range list {
		m.List = append(m.List, fscc.EA{Flags: e.Flags, Name: []byte(e.Name), Value: e.Value})
	}
	if b = fscc.Append(nil, &m); len(b) > int(q.MaxOutput) {
		return nil, 0, proto.BufferOverflow
	}
	return b, 0, proto.OK
}

func findEA(list []vfs.EA, name string) vfs.EA {
	for _, e := range list {
		if strings.EqualFold(e.Name, name) {
			return e
		}
	}
	return vfs.EA{Name: name}
}

// shortName is an 8.3 name, [MS-FSCC] 2.1.5.2.1; one that does not fit gets a
// number made of the name.
func shortName(n *vfs.Node) string {
	base, ext := vfs.Fold(n.Name), ""
	if i := strings.LastIndexByte(base, '.'); i > 0 {
		base, ext = base[:i], base[i+1:]
	}
	clean := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r <= ' ' || r > '~' || strings.ContainsRune(`.+,;=[]`, r) {
				return -1
			}
			return r
		}, s)
	}
	b, e := clean(base), clean(ext)
	if b == base && e == ext && len(b) <= 8 && len(e) <= 3 && b != "" {
		return n.Name
	}
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	tail := []byte{'~', 0, 0, 0, 0, 0}
	h := fnv.New64a()
	h.Write([]byte(vfs.Fold(n.Name)))
	for i, v := 5, h.Sum64(); i > 0; i-- {
		tail[i], v = digits[v%36], v/36
	}
	s := b[:min(2, len(b))] + string(tail)
	if e = e[:min(3, len(e))]; e != "" {
		s += "." + e
	}
	return s
}
