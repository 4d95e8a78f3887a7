package server

import (
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/smb2"
)

// listing is where an enumeration of a directory stands.
type listing struct {
	pattern string
	entries []dirEntry
	at      int
	begun   bool
}

type dirEntry struct {
	name string
	node *vfs.Node
}

// Flags of QUERY_DIRECTORY, [MS-SMB2] 2.2.33.
const (
	dirRestart = 1
	dirSingle  = 2
	dirIndex   = 4
	dirReopen  = 0x10
)

// queryDirectory is [MS-SMB2] 3.3.5.18.
func (rq *request) queryDirectory() proto.Status {
	var m smb2.QueryDirectoryRequest
	whole := smb2.Decode(rq.msg, &m)
	if st := rq.find(m.FileID); st != proto.OK {
		return st
	}
	class, flags, size := m.Class, m.Flags, m.MaxOutput
	o := rq.open
	switch {
	case !whole || size > rq.c.maxIO():
		return proto.InvalidParameter
	case o.file == nil || !o.file.dir():
		return proto.InvalidParameter
	case o.access&proto.ReadData == 0:
		return proto.AccessDenied
	case fixedSize(class) == 0, class == classPosix && !rq.c.posix:
		return proto.InvalidInfoClass
	case int(size) < fixedSize(class):
		return proto.InfoLengthMismatch
	}
	l := o.listing
	if l == nil || flags&dirReopen != 0 {
		pattern := wire.Text(m.Pattern)
		if pattern == "" {
			pattern = "*"
		}
		l = o.enumerate(pattern)
		o.listing = l
	} else if flags&dirRestart != 0 {
		pattern := wire.Text(m.Pattern)
		if pattern == "" {
			pattern = l.pattern
		}
		l = o.enumerate(pattern)
		o.listing = l
	}
	return rq.entries(l, class, int(size), flags&dirSingle != 0)
}

// enumerate makes a picture of the directory.
func (o *open) enumerate(pattern string) *listing {
	l := &listing{pattern: pattern}
	n := o.file.node
	p := []rune(vfs.Fold(pattern))
	add := func(name string, n *vfs.Node) {
		if pattern == "*" || matches(p, []rune(vfs.Fold(name))) {
			l.entries = append(l.entries, dirEntry{name, n})
		}
	}
	add(".", n)
	if n.Parent != nil {
		add("..", n.Parent)
	} else {
		add("..", n)
	}
	if !strings.ContainsAny(pattern, `*?<>"`) {
		if c, err := n.Child(pattern); err == nil {
			add(c.Name, c)
		}
		return l
	}
	for _, c := range n.Children() {
		add(c.Name, c)
	}
	return l
}

// entries writes as many entries as fit.
func (rq *request) entries(l *listing, class uint8, room int, single bool) proto.Status {
	var b wire.Buf
	last := -1
	for l.at < len(l.entries) {
		e := l.entries[l.at]
		if e.name != "." && e.name != ".." && (e.node.Parent == nil || e.node.Name != e.name) {
			l.at++ // it went since
			continue
		}
		start := (len(b) + 7) &^ 7
		name := wire.AppendText(nil, e.name)
		if start+fixedSize(class)+len(name) > room {
			break
		}
		b.Align(0, 8)
		if last >= 0 {
			b.Put32(last, uint32(start-last))
		}
		last = start
		rq.entry(&b, class, e, name)
		l.at++
		if single {
			break
		}
	}
	if last < 0 {
		if l.at < len(l.entries) {
			return proto.InfoLengthMismatch
		}
		if !l.begun {
			return proto.NoSuchFile
		}
		return proto.NoMoreFiles
	}
	l.begun = true
	rq.answer(&smb2.QueryDirectoryResponse{Data: b})
	return proto.OK
}

// fixedSize is the size of an entry without its name, [MS-FSCC] 2.4.
func fixedSize(class uint8) int {
	switch class {
	case 1: // FileDirectoryInformation
		return 64
	case 2: // FileFullDirectoryInformation
		return 68
	case 3: // FileBothDirectoryInformation
		return 94
	case 12: // FileNamesInformation
		return 12
	case 37: // FileIdBothDirectoryInformation
		return 104
	case 38: // FileIdFullDirectoryInformation
		return 80
	case 60: // FileIdExtdDirectoryInformation
		return 88
	case 63: // FileIdExtdBothDirectoryInformation
		return 114
	case 78: // FileId64ExtdDirectoryInformation
		return 80
	case 79: // FileId64ExtdBothDirectoryInformation
		return 106
	case 80: // FileIdAllExtdDirectoryInformation
		return 96
	case 81: // FileIdAllExtdBothDirectoryInformation
		return 122
	case classPosix:
		return 8 + posixFixed + 2*posixSID + 4
	}
	return 0
}

func (rq *request) entry(b *wire.Buf, class uint8, e dirEntry, name []byte) {
	n := e.node
	b.U32(0)
	b.U32(0)
	if class == classPosix {
		rq.c.srv.posixInfo(b, n, e.name)
		return
	}
	if class == 12 {
		b.U32(uint32(len(name)))
		b.Bytes(name)
		return
	}
	putTimes(b, nodeTimes(n))
	size := uint64(0)
	if n.Data != nil {
		size = uint64(n.Data.Size())
	}
	b.U64(size)
	b.U64(nodeAllocation(n))
	b.U32(attributes(n))
	b.U32(uint32(len(name)))
	if class != 1 {
		b.U32(eaSizeOrTag(n))
	}
	switch class {
	case 3:
		putShort(b, e)
	case 37:
		putShort(b, e)
		b.U16(0)
		b.U64(n.ID)
	case 38:
		b.U32(0)
		b.U64(n.ID)
	case 60, 63, 78, 79, 80, 81:
		b.U32(reparseTag(n))
		b.U64(n.ID)
		if class == 80 || class == 81 { // the number in 8 bytes, then in 16
			b.U64(n.ID)
		}
		if class != 78 && class != 79 {
			b.U64(0)
		}
		if class == 63 || class == 79 || class == 81 {
			putShort(b, e)
		}
	}
	b.Bytes(name)
}

// putShort writes the 8.3 name of an entry, none where the name is one.
func putShort(b *wire.Buf, e dirEntry) {
	short := []byte(nil)
	if s := shortName(e.node); s != e.node.Name && e.name != "." && e.name != ".." {
		short = wire.AppendText(nil, s)
	}
	b.U8(uint8(len(short)))
	b.U8(0)
	b.Bytes(short)
	b.Zero(24 - len(short))
}
