package server

import (
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
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
	case rq.entrySize(class) == 0:
		return proto.InvalidInfoClass
	case int(size) < rq.entrySize(class):
		return proto.InfoLengthMismatch
	}
	l := o.listing
	if l == nil || flags&dirReopen != 0 {
		pattern := wire.UTF16(m.Pattern)
		if pattern == "" {
			pattern = "*"
		}
		l = o.enumerate(pattern)
		o.listing = l
	} else if flags&dirRestart != 0 {
		pattern := wire.UTF16(m.Pattern)
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
	m := fscc.Listing{Class: class}
	fixed, size := rq.entrySize(class), 0
	for l.at < len(l.entries) {
		e := l.entries[l.at]
		if e.name != "." && e.name != ".." && (e.node.Parent == nil || e.node.Name != e.name) {
			l.at++ // it went since
			continue
		}
		name := wire.AppendUTF16(nil, e.name)
		if size = (size+7)&^7 + fixed + len(name); size > room {
			break
		}
		m.Entries = append(m.Entries, rq.c.srv.describe(&e, class, name))
		l.at++
		if single {
			break
		}
	}
	if len(m.Entries) == 0 {
		if l.at < len(l.entries) {
			return proto.InfoLengthMismatch
		}
		if !l.begun {
			return proto.NoSuchFile
		}
		return proto.NoMoreFiles
	}
	l.begun = true
	rq.answer(&smb2.QueryDirectoryResponse{Data: fscc.Append(nil, &m)})
	return proto.OK
}

// entrySize is the size of an entry without its name, 0 for a class that the
// server does not list.
func (rq *request) entrySize(class uint8) int {
	switch class {
	case 1, 2, 3, 12, 37, 38, 60, 63, 78, 79, 80, 81:
	case fscc.ClassPosix:
		if !rq.c.posix {
			return 0
		}
	default:
		return 0
	}
	var e fscc.DirectoryEntry
	if class == fscc.ClassPosix {
		e.Posix.Owner, e.Posix.Group = []byte(posixID(posixUser, 0)), []byte(posixID(posixGroup, 0))
	}
	return len(fscc.Append(nil, &fscc.Listing{Class: class, Entries: []fscc.DirectoryEntry{e}}))
}

// describe is what a class tells of an entry.
func (s *Server) describe(e *dirEntry, class uint8, name []byte) fscc.DirectoryEntry {
	n := e.node
	if class == fscc.ClassPosix {
		return fscc.DirectoryEntry{Posix: *s.posixInfo(n, e.name)}
	}
	x := fscc.DirectoryEntry{Times: nodeTimes(n), Allocation: nodeAllocation(n), Attributes: attributes(n), EASize: eaSizeOrTag(n),
		FileID: n.ID, FileID128: wideID(n), Tag: reparseTag(n), Name: name}
	if n.Data != nil {
		x.EndOfFile = uint64(n.Data.Size())
	}
	if s := shortName(n); s != n.Name && e.name != "." && e.name != ".." {
		x.ShortName = wire.AppendUTF16(nil, s)
	}
	return x
}
