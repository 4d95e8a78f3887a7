package server

import (
	"encoding/binary"
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/sd"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/cmd/smbpair/internal/wire"
)

// The POSIX extensions of SMB 3.1.1, as Samba and the Linux kernel speak them: a
// negotiate context, a create context with the mode, and information of class 100
// for files, directory entries and volumes.
const (
	classPosix = 100
	modeBits   = 0o7777

	posixFixed = 80 // bytes of the information before the owner
	posixSID   = 20 // bytes of a user or a group
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
	s := wire.Text(raw)
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
func (s *Server) posixContext(n *vfs.Node) []byte {
	var b wire.Buf
	b.U32(*n.Links)
	b.U32(reparseTag(n))
	b.U32(n.Mode & modeBits)
	user, group := s.owners(n)
	b.Bytes([]byte(user))
	b.Bytes([]byte(group))
	return b
}

// posixInfo is what class 100 tells of a file, and behind it its name.
func (s *Server) posixInfo(b *wire.Buf, n *vfs.Node, name string) {
	putTimes(b, nodeTimes(n))
	size := uint64(0)
	if n.Data != nil {
		size = uint64(n.Data.Size())
	}
	b.U64(size)
	b.U64(nodeAllocation(n))
	b.U32(attributes(n))
	b.U64(n.ID)
	b.U32(0)
	b.U32(0)
	b.U32(*n.Links)
	b.U32(reparseTag(n))
	b.U32(n.Mode & modeBits)
	user, group := s.owners(n)
	b.Bytes([]byte(user))
	b.Bytes([]byte(group))
	counted(b, name)
}

// posixVolume is class 100 of volumes.
func posixVolume(b *wire.Buf, total, free uint64, id uint64) {
	b.U32(1 << 20)
	b.U32(cluster)
	b.U64(total / cluster)
	b.U64(free / cluster)
	b.U64(free / cluster)
	b.U64(1 << 32)
	b.U64(1 << 32)
	b.U64(id)
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
