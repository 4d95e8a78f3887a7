package fscc

import (
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/wire"
)

// Posix is what the class of the POSIX extensions tells of a file. Owner and group
// are SIDs.
type Posix struct {
	Times        Times
	EndOfFile    uint64 // bytes
	Allocation   uint64 // bytes
	Attributes   uint32
	Inode        uint64
	Device       uint32
	Links        uint32
	Tag          uint32 // of a reparse point
	Mode         uint32
	Owner, Group []byte
	Name         []byte // UTF-16LE
}

// Walk reads or writes the structure.
func (x *Posix) Walk(c *wire.Codec) {
	x.Times.Walk(c)
	wire.U64(c, EndOfFile, &x.EndOfFile)
	wire.U64(c, AllocationSize, &x.Allocation)
	wire.U32(c, Attributes, &x.Attributes)
	wire.U64(c, fInode, &x.Inode)
	wire.U32(c, fPosixDevice, &x.Device)
	c.Bytes(Reserved, 4)
	wire.U32(c, Links, &x.Links)
	wire.U32(c, Tag, &x.Tag)
	wire.U32(c, PosixPerms, &x.Mode)
	SID(c, &x.Owner)
	SID(c, &x.Group)
	n := int(c.Const32(NameLength, uint32(len(x.Name))))
	name(c, FileName, n, &x.Name)
}

// SID is a security identifier, [MS-DTYP] 2.4.2: read into v, or written from it.
func SID(c *wire.Codec, v *[]byte) {
	if c.Writing() {
		c.Data(nil, 0, v)
		return
	}
	at, rest := c.Pos(), c.Peek(c.Left())
	secdesc.SID(c)
	*v = rest[:c.Pos()-at]
}

// SystemPosix is what the class of the POSIX extensions tells of a volume.
type SystemPosix struct {
	Transfer       uint32 // best size of a transfer, bytes
	Block          uint32 // bytes
	Blocks         uint64
	Free, UserFree uint64 // blocks
	Files          uint64
	FreeFiles      uint64
	ID             uint64
}

// Walk reads or writes the structure.
func (x *SystemPosix) Walk(c *wire.Codec) {
	wire.U32(c, fPosixTransfer, &x.Transfer)
	wire.U32(c, fPosixBlock, &x.Block)
	wire.U64(c, fPosixTotal, &x.Blocks)
	wire.U64(c, fPosixAvail, &x.Free)
	wire.U64(c, fPosixUser, &x.UserFree)
	wire.U64(c, fPosixNodes, &x.Files)
	wire.U64(c, fPosixFree, &x.FreeFiles)
	wire.U64(c, fPosixID, &x.ID)
}
