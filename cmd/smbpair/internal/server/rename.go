package server

import (
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/dissect/fscc"
)

// renaming takes the new name of a rename or link.
func (rq *request) renaming(class uint8, in []byte) (name string, replace bool, st proto.Status) {
	m := fscc.Rename{Ex: class == 65 || class == 72} // FileRenameInformationEx, FileLinkInformationEx
	if !fscc.Decode(in, &m) || m.Rooted || len(m.Name) > maxPath {
		return "", false, proto.InvalidParameter
	}
	const replaces = 1 // FILE_RENAME_REPLACE_IF_EXISTS
	return strings.TrimPrefix(rq.pathText(m.Name), `\`), m.Replace != 0 || m.Flags&replaces != 0, proto.OK
}

// hardLink is [MS-FSA] 2.1.5.15.7.
func (rq *request) hardLink(class uint8, in []byte) proto.Status {
	s, n := rq.c.srv, rq.open.file.node
	name, replace, st := rq.renaming(class, in)
	if st != proto.OK {
		return st
	}
	if rq.open.file.dir() {
		return proto.FileIsADirectory
	}
	t, st := resolve(rq.tc.share.Volume, name)
	switch {
	case st != proto.OK:
		return st
	case t.parent == nil || t.named || rq.open.file.stream != nil:
		return proto.InvalidParameter
	case t.node != nil && !replace:
		return proto.ObjectNameCollision
	case t.node != nil:
		return proto.AccessDenied
	case s.maximal(rq.ss, t.parent)&proto.WriteData == 0:
		return proto.AccessDenied
	}
	if err := n.Link(t.parent, t.name); err != nil {
		return statusOf(err)
	}
	n.Changed, t.parent.Written = s.Now(), s.Now()
	s.notifyIn(rq.open.parentLease(), t.parent, filterOf(n), proto.ActionAdded, t.name)
	return proto.OK
}

// rename is [MS-FSA] 2.1.5.15.11.
func (rq *request) rename(class uint8, in []byte) proto.Status {
	s, o := rq.c.srv, rq.open
	name, replace, st := rq.renaming(class, in)
	if st != proto.OK {
		return st
	}
	f := o.file
	if strings.HasPrefix(name, ":") || f.stream != nil {
		return rq.renameStream(name, replace)
	}
	for s.contendHandle(f, o) {
		if st := rq.settle(f); st != proto.OK {
			return st
		}
	}
	if f.node.Parent == nil {
		return proto.InvalidParameter
	}
	t, st := resolve(rq.tc.share.Volume, name)
	if st != proto.OK {
		return st
	}
	return rq.renameTo(t, replace)
}

func (rq *request) renameTo(t target, replace bool) proto.Status {
	s, o := rq.c.srv, rq.open
	n := o.file.node
	switch {
	case t.parent == nil, t.named:
		return proto.InvalidParameter
	case n.Above(t.parent):
		return proto.AccessDenied
	case t.node == n && t.name == n.Name:
		return proto.OK
	case t.node != nil && t.node != n && !replace:
		return proto.ObjectNameCollision
	}
	if n.Dir && s.openBelow(n) {
		return proto.AccessDenied
	}
	for _, dir := range []*vfs.Node{n.Parent, t.parent} {
		if f := s.files[fileKey{dir, nil}]; f != nil && f.anyFor(proto.Delete) {
			return proto.SharingViolation
		}
	}
	for _, other := range o.file.opens {
		if other != o && other.access&accessData != 0 && other.share&proto.ShareDelete == 0 {
			return proto.SharingViolation
		}
	}
	if t.node != nil && t.node != n {
		if t.node.Dir || n.Dir || t.node.Attr&proto.AttrReadonly != 0 {
			return proto.AccessDenied
		}
		if f := s.files[fileKey{t.node, nil}]; f != nil && len(f.opens) > 0 {
			return proto.AccessDenied
		}
	}
	need := uint32(proto.WriteData)
	if n.Dir {
		need = proto.AppendData
	}
	if s.maximal(rq.ss, t.parent)&need == 0 {
		return proto.AccessDenied
	}
	return rq.move(t)
}

// anyFor reports whether an open has one of the rights.
func (f *file) anyFor(access uint32) bool {
	for _, o := range f.opens {
		if o.access&access != 0 {
			return true
		}
	}
	return false
}

// move renames and tells those who watch.
func (rq *request) move(t target) proto.Status {
	s, n := rq.c.srv, rq.open.file.node
	from, old := n.Parent, n.Name
	if t.node != nil && t.node != n {
		s.notify(rq.open.parentLease(), t.node, filterOf(t.node), proto.ActionRemoved, "")
	}
	if err := n.Rename(t.parent, t.name); err != nil {
		return statusOf(err)
	}
	now := s.Now()
	n.Changed, from.Written, t.parent.Written = now, now, now
	if !n.Dir {
		n.Attr |= proto.AttrArchive
	}
	if from == t.parent {
		s.notifyIn(rq.open.parentLease(), from, filterOf(n), proto.ActionRenamedOld, old)
		s.notifyIn(rq.open.parentLease(), from, filterOf(n), proto.ActionRenamedNew, n.Name)
		return proto.OK
	}
	s.notifyIn(rq.open.parentLease(), from, filterOf(n), proto.ActionRemoved, old)
	s.notifyIn(rq.open.parentLease(), t.parent, filterOf(n), proto.ActionAdded, n.Name)
	return proto.OK
}

// openBelow reports whether anything below a directory is open.
func (s *Server) openBelow(dir *vfs.Node) bool {
	for k, f := range s.files {
		if k.node != dir && dir.Above(k.node) && len(f.opens) > 0 {
			return true
		}
	}
	return false
}

// renameStream gives a stream another name.
func (rq *request) renameStream(name string, replace bool) proto.Status {
	f := rq.open.file
	parts := strings.Split(name, ":")
	if len(parts) < 2 || len(parts) > 3 || parts[0] != "" || len(parts) == 3 && !strings.EqualFold(parts[2], "$DATA") {
		return proto.InvalidParameter
	}
	if f.stream == nil || parts[1] == "" {
		return proto.InvalidParameter
	}
	if old := f.node.Stream(parts[1]); old != nil && old != f.stream {
		if !replace {
			return proto.ObjectNameCollision
		}
		f.node.RemoveStream(old)
	}
	f.stream.Name = parts[1]
	return proto.OK
}
