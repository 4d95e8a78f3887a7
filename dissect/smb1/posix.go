package smb1

import (
	"encoding/binary"

	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

// Levels of the UNIX extensions, folded by LevelClass.
const (
	posixFS   = 0x81 // of QUERY_FS_INFORMATION
	posixOpen = 0x89 // of SET_PATH_INFORMATION
)

// fsClassPosix is FileFsPosixInformation: the same bytes under SMB2.
const fsClassPosix = 100

var (
	fPosixAccess = flags("smb.posix_open.flags", "PosixOpenFlags",
		field.Bit{Name: "smb.posix_open.flags.wronly", Label: "SMB_O_WRONLY", Mask: 0x1},
		field.Bit{Name: "smb.posix_open.flags.rdwr", Label: "SMB_O_RDWR", Mask: 0x2},
		field.Bit{Name: "smb.posix_open.flags.creat", Label: "SMB_O_CREAT", Mask: 0x10},
		field.Bit{Name: "smb.posix_open.flags.excl", Label: "SMB_O_EXCL", Mask: 0x20},
		field.Bit{Name: "smb.posix_open.flags.trunc", Label: "SMB_O_TRUNC", Mask: 0x40},
		field.Bit{Name: "smb.posix_open.flags.append", Label: "SMB_O_APPEND", Mask: 0x80},
		field.Bit{Name: "smb.posix_open.flags.sync", Label: "SMB_O_SYNC", Mask: 0x100},
		field.Bit{Name: "smb.posix_open.flags.directory", Label: "SMB_O_DIRECTORY", Mask: 0x200},
		field.Bit{Name: "smb.posix_open.flags.nofollow", Label: "SMB_O_NOFOLLOW", Mask: 0x400},
		field.Bit{Name: "smb.posix_open.flags.direct", Label: "SMB_O_DIRECT", Mask: 0x800})
	fPosixOplock = hexNum("smb.posix_open.oplock", "OplockFlags")
	fPosixLevel  = hexNum("smb.posix_open.level", "Level")
)

// posixOpenRequest walks SMB_POSIX_PATH_OPEN, SNIA CIFS UNIX extensions. Its
// data stands below what other tools call unknown.
func posixOpenRequest(c *wire.Codec) {
	c.BeginLen(fUnknownData, c.Left(), 0)
	c.Show32(fPosixOplock)
	c.Show32(fPosixAccess)
	c.Show64(fUnixPerms)
	c.Show16(fPosixLevel)
	c.Done()
}

// posixOpenResponse walks the answer: the handle, and the level that was asked
// for.
func posixOpenResponse(c *wire.Codec, f *Facts) {
	c.BeginLen(fUnknownData, c.Left(), 0)
	c.Show16(fPosixOplock)
	f.fid(c)
	c.Show32(fCreateAction)
	level := LevelClass(c.Show16(fPosixLevel))
	c.Bytes(fReserved, 2)
	if level == unixBasic || level == unixInfo2 {
		unixFile(c, level)
	}
	c.Done()
}

// posixSystem walks SMB_QUERY_POSIX_FS_INFO.
func posixSystem(c *wire.Codec) {
	c.BeginLen(fUnknownData, c.Left(), 0)
	fscc.System(c, fsClassPosix)
	c.Done()
}

// PosixOpened gives the file id that the answer to a Trans2 request has when
// that was SMB_POSIX_PATH_OPEN.
func (f *Facts) PosixOpened(function uint32, class uint8) (fid uint16, ok bool) {
	if function != trans2SetPath || class != posixOpen || len(f.Data) < 4 {
		return 0, false
	}
	return binary.LittleEndian.Uint16(f.Data[2:]), true
}

// UnixQuery reports whether a Trans2 request asks for what the UNIX extensions
// tell of a file by its path.
func UnixQuery(function uint32, class uint8) bool {
	return function == trans2QueryPath && (class == unixBasic || class == unixInfo2)
}

// Trans2Changes reports whether a Trans2 function may change a file.
func Trans2Changes(function uint32) bool {
	switch function {
	case trans2Open, trans2SetPath, trans2SetFile, trans2CreateDir:
		return true
	}
	return false
}

// FindsFirst reports whether a Trans2 function begins a listing.
func FindsFirst(function uint32) bool { return function == trans2FindFirst }
