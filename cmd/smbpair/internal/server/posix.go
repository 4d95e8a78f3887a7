package server

import (
	"encoding/binary"
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/sd"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// The POSIX extensions of SMB 3.1.1, as Samba and the Linux kernel speak them: a
// negotiate context, a create context with the mode, and information of class 100
// for files, directory entries and volumes.
const (
	modeBits = 0o7777
	posixSID = 20 // bytes of a user or a group
)

// posixIDs are users, groups and modes as identifiers: S-1-5-88-1-UID, ...-2-GID and
// ...-3-MODE.
const (
	posixUser  = 1
	posixGroup = 2
	posixMode  = 3
)

func posixID(kind, n uint32) sd.SID {
	b := []byte{1, 3, 0, 0, 0, 0, 0, 5}
	for _, v := range []uint32{88, kind, n} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return sd.SID(b)
}

// ofPosix gives the number that an identifier of that kind stands for.
func ofPosix(s sd.SID, kind uint32) (uint32, bool) {
	if len(s) != posixSID || s[:posixSID-4] != posixID(kind, 0)[:posixSID-4] {
		return 0, false
	}
	return binary.LittleEndian.Uint32([]byte(s[posixSID-4:])), true
}

// pathText gives a path with backslashes; clients with POSIX extensions send slashes.
func (rq *request) pathText(raw []byte) string {
	s := wire.UTF16(raw)
	if rq.c.posix {
		s = strings.TrimPrefix(strings.ReplaceAll(s, "/", `\`), `\`)
	}
	return s
}

// owners gives user and group of a node: those that its descriptor was given, or
// the folder's.
func (s *Server) owners(n *vfs.Node) (user, group sd.SID) {
	user, group = posixID(posixUser, n.Owner), posixID(posixGroup, n.Group)
	if n.SD == nil {
		return user, group
	}
	d := s.descriptor(n)
	if _, ok := ofPosix(d.Owner, posixUser); ok {
		user = d.Owner
	}
	if _, ok := ofPosix(d.Group, posixGroup); ok {
		group = d.Group
	}
	return user, group
}

// posixContext is the create context of the response.
func (s *Server) posixContext(n *vfs.Node) *smb2.PosixResponse {
	user, group := s.owners(n)
	return &smb2.PosixResponse{Links: *n.Links, Tag: reparseTag(n), Mode: n.Mode & modeBits, Owner: []byte(user), Group: []byte(group)}
}

// posixInfo is what class 100 tells of a file, with the name that it goes by.
func (s *Server) posixInfo(n *vfs.Node, name string) *fscc.Posix {
	user, group := s.owners(n)
	m := &fscc.Posix{Times: nodeTimes(n), Allocation: nodeAllocation(n), Attributes: attributes(n), Inode: n.ID, Links: *n.Links,
		Tag: reparseTag(n), Mode: n.Mode & modeBits, Owner: []byte(user), Group: []byte(group), Name: wire.AppendUTF16(nil, name)}
	if n.Data != nil {
		m.EndOfFile = uint64(n.Data.Size())
	}
	return m
}

// takeMode makes permissions of a DACL that a client with POSIX extensions set: an
// entry for a mode says it, else what owner, group and all others are granted.
func (s *Server) takeMode(n *vfs.Node, d *sd.Descriptor) {
	for _, e := range d.DACL {
		if m, ok := ofPosix(e.SID, posixMode); ok {
			_ = n.SetMode(m & modeBits)
			return
		}
	}
	mode := uint32(0)
	for i, token := range [][]sd.SID{{d.Owner, d.Group, sd.Everyone}, {d.Group, sd.Everyone}, {sd.Everyone}} {
		got := d.Granted(token, proto.FileAll)
		for bit, right := range []uint32{proto.Execute, proto.WriteData, proto.ReadData} {
			if got&right != 0 {
				mode |= 1 << (bit + 3*(2-i))
			}
		}
	}
	_ = n.SetMode(n.Mode&^0o777 | mode)
}
