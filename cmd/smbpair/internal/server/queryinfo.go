package server

import (
	"hash/fnv"
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/smb2"
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
	var b wire.Buf
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
func (rq *request) fileInfo(q *smb2.QueryInfoRequest) (b wire.Buf, least int, st proto.Status) {
	o := rq.open
	f, n := o.file, o.file.node
	if attributesNeeded(q.Class) && o.access&proto.ReadAttributes == 0 {
		return nil, 0, proto.AccessDenied
	}
	switch q.Class {
	case 4:
		f.basic(&b)
		return b, 40, proto.OK
	case 5:
		f.standard(&b)
		return b, 24, proto.OK
	case 6:
		b.U64(n.ID)
	case 7:
		b.U32(eaSize(n.EAs))
	case 8:
		b.U32(o.access)
	case 14:
		b.U64(o.position)
	case 15:
		return rq.fullEA(q)
	case 16:
		b.U32(o.options & (proto.OptWriteThrough | proto.OptSequential | proto.OptNoBuffering | proto.OptSyncAlert | proto.OptSyncNonalert | proto.OptDeleteOnClose))
	case 17:
		b.U32(0)
	case 18:
		o.all(&b)
		return b, 104, proto.OK
	case 21:
		counted(&b, shortName(n))
		return b, 8, proto.OK
	case 22:
		f.streams(&b)
		return b, min(32, len(b)), proto.OK
	case 28:
		b.U64(f.size())
		b.Zero(8)
	case 34:
		putTimes(&b, f.times())
		b.U64(f.allocation())
		b.U64(f.size())
		b.U32(f.attributes())
		b.U32(0)
	case 35:
		b.U32(f.attributes())
		b.U32(reparseTag(n))
	case 48:
		if rq.c.dialect < smb2.Dialect311 {
			return nil, 0, proto.NotSupported
		}
		counted(&b, f.path())
		return b, 8, proto.OK
	case 59:
		b.U64(uint64(rq.c.srv.volumeID(o.tree)))
		b.U64(n.ID)
		b.U64(0)
	case classPosix:
		if !rq.c.posix {
			return nil, 0, proto.InvalidInfoClass
		}
		rq.c.srv.posixInfo(&b, n, n.Name)
	default:
		return nil, 0, proto.InvalidInfoClass
	}
	return b, len(b), proto.OK
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

// basic is FileBasicInformation, [MS-FSCC] 2.4.7.
func (f *file) basic(b *wire.Buf) {
	putTimes(b, f.times())
	b.U32(f.attributes())
	b.U32(0)
}

// standard is FileStandardInformation, [MS-FSCC] 2.4.41.
func (f *file) standard(b *wire.Buf) {
	b.U64(f.allocation())
	b.U64(f.size())
	links := *f.node.Links
	if f.deleting && links > 0 {
		links--
	}
	b.U32(links)
	b.U8(bit(f.deleting))
	b.U8(bit(f.dir()))
	b.U16(0)
}

func bit(v bool) uint8 {
	if v {
		return 1
	}
	return 0
}

// all is FileAllInformation, [MS-FSCC] 2.4.2.
func (o *open) all(b *wire.Buf) {
	f := o.file
	f.basic(b)
	f.standard(b)
	b.U64(f.node.ID)
	b.U32(eaSize(f.node.EAs))
	b.U32(o.access)
	b.U64(o.position)
	b.U32(0)
	b.U32(0)
	counted(b, `\`+f.path())
}

// counted writes a name after its length in bytes.
func counted(b *wire.Buf, s string) {
	name := wire.AppendText(nil, s)
	b.U32(uint32(len(name)))
	b.Bytes(name)
}

// streams is FileStreamInformation, [MS-FSCC] 2.4.44.
func (f *file) streams(b *wire.Buf) {
	last := -1
	add := func(name string, d vfs.Content) {
		if last >= 0 {
			b.Align(0, 8)
			b.Put32(last, uint32(len(*b)-last))
		}
		last = len(*b)
		text := wire.AppendText(nil, ":"+name+":$DATA")
		b.U32(0)
		b.U32(uint32(len(text)))
		b.U64(uint64(d.Size()))
		b.U64(roundUp(uint64(d.Size())))
		b.Bytes(text)
	}
	if f.node.Data != nil {
		add("", f.node.Data)
	}
	for _, s := range f.node.Streams {
		add(s.Name, s.Data)
	}
}

// fullEA is FileFullEaInformation, all of it or what the input names.
func (rq *request) fullEA(q *smb2.QueryInfoRequest) (b wire.Buf, least int, st proto.Status) {
	n := rq.open.file.node
	if rq.open.access&proto.ReadEA == 0 {
		return nil, 0, proto.AccessDenied
	}
	list := n.EAs
	if len(q.Input) >= 5 {
		list = nil
		for in := q.Input; len(in) >= 5; {
			next, size := int(wire.Read(in).U32()), int(in[4])
			if 5+size > len(in) {
				return nil, 0, proto.EAListInconsistent
			}
			list = append(list, findEA(n.EAs, string(in[5:5+size])))
			if next < 5 || next > len(in) {
				break
			}
			in = in[next:]
		}
	}
	if len(list) == 0 {
		return nil, 0, proto.NoEAsOnFile
	}
	appendEAs(&b, list)
	if len(b) > int(q.MaxOutput) {
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
