package smb1

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/wire"
)

// The levels of the UNIX extensions as LevelClass folds them. No document of
// Microsoft's has them; that of SNIA, "CIFS UNIX extensions", and what Samba
// and the Linux kernel send are their specification.
const (
	unixBasic     = 0x80
	unixLink      = 0x81
	unixWhoami    = 0x82
	unixHardLink  = 0x83
	posixACL      = 0x84
	unixAttribute = 0x86
	posixLock     = 0x88
	posixOpen     = 0x89
	posixUnlink   = 0x8a
	unixInfo2     = 0x8b
	posixFS       = 0x81
	fsEncryption  = 0x83
)

// fsClassPosix is FileFsPosixInformation: the same bytes under SMB2.
const fsClassPosix = 100

var (
	tLinkTarget = textDef("smb.unix.file.link_dest", "LinkDest")
	tHardLink   = textDef("smb.unix.file.name", "LinkTarget")

	fMapFlags     = hexNum("smb.unix.whoami.mapflags", "MappingFlags")
	fMapFlagsMask = hexNum("smb.unix.whoami.mapflags_mask", "MappingFlagsMask")
	fGroupCount   = num("smb.unix.whoami.num_gids", "NumGids")
	fSIDCount     = num("smb.unix.whoami.num_sids", "NumSids")
	fSIDBytes     = num("smb.unix.whoami.sids_buflen", "SidsLength")

	fACLVersion = num("smb.posix_acl.version", "Version")
	fFileACEs   = num("smb.posix_acl.num_file_aces", "NumFileAces")
	fDirACEs    = num("smb.posix_acl.num_def_aces", "NumDefaultAces")
	fACE        = &field.Def{Name: "smb.posix_acl.ace", Label: "ACE"}
	fACEType    = enum("smb.posix_acl.ace_type", "Type", field.Values{
		{V: 1, Name: "USER_OBJ"}, {V: 2, Name: "USER"}, {V: 4, Name: "GROUP_OBJ"}, {V: 8, Name: "GROUP"}, {V: 0x10, Name: "MASK"}, {V: 0x20, Name: "OTHER"},
	})
	fACEPerms = flags("smb.posix_acl.ace_perms", "Permissions",
		field.Bit{Name: "smb.posix_acl.ace_perms.execute", Label: "EXECUTE", Mask: 0x1},
		field.Bit{Name: "smb.posix_acl.ace_perms.write", Label: "WRITE", Mask: 0x2},
		field.Bit{Name: "smb.posix_acl.ace_perms.read", Label: "READ", Mask: 0x4})
	fOwnerUID = num("smb.posix_acl.ace_perms.owner_uid", "OwnerUid")
	fOwnerGID = num("smb.posix_acl.ace_perms.owner_gid", "OwnerGid")
	fACEUID   = num("smb.posix_acl.ace_perms.uid", "Uid")
	fACEGID   = num("smb.posix_acl.ace_perms.gid", "Gid")

	fPosix          = &field.Def{Name: "smb.unknown_data", Label: "POSIX data"}
	fPosixLockType  = enum("smb.posix_lock.type", "LockType", field.Values{{V: 0, Name: "READ"}, {V: 1, Name: "WRITE"}, {V: 2, Name: "UNLOCK"}})
	fPosixLockFlags = enum("smb.posix_lock.flags", "LockFlags", field.Values{{V: 0, Name: "NOWAIT"}, {V: 1, Name: "WAIT"}})
	fPosixLockPID   = num("smb.posix_lock.pid", "Pid")
	fPosixLockStart = num("smb.posix_lock.offset", "Start")
	fPosixLockSize  = num("smb.posix_lock.length", "Length")
	fPosixFlags     = flags("smb.posix_open.oplock", "OpenFlags",
		field.Bit{Name: "smb.posix_open.oplock.exclusive", Label: "REQUEST_OPLOCK", Mask: 0x2},
		field.Bit{Name: "smb.posix_open.oplock.batch", Label: "REQUEST_BATCH_OPLOCK", Mask: 0x4})
	fPosixMode = flags("smb.posix_open.flags", "PosixFlags",
		field.Bit{Name: "smb.posix_open.flags.access", Label: "access", Mask: 0x7, Values: field.Values{
			{V: 1, Name: "SMB_O_RDONLY"}, {V: 2, Name: "SMB_O_WRONLY"}, {V: 4, Name: "SMB_O_RDWR"}}},
		field.Bit{Name: "smb.posix_open.flags.creat", Label: "SMB_O_CREAT", Mask: 0x10},
		field.Bit{Name: "smb.posix_open.flags.excl", Label: "SMB_O_EXCL", Mask: 0x20},
		field.Bit{Name: "smb.posix_open.flags.trunc", Label: "SMB_O_TRUNC", Mask: 0x40},
		field.Bit{Name: "smb.posix_open.flags.append", Label: "SMB_O_APPEND", Mask: 0x80},
		field.Bit{Name: "smb.posix_open.flags.sync", Label: "SMB_O_SYNC", Mask: 0x100},
		field.Bit{Name: "smb.posix_open.flags.directory", Label: "SMB_O_DIRECTORY", Mask: 0x200},
		field.Bit{Name: "smb.posix_open.flags.nofollow", Label: "SMB_O_NOFOLLOW", Mask: 0x400},
		field.Bit{Name: "smb.posix_open.flags.direct", Label: "SMB_O_DIRECT", Mask: 0x800})
	fPosixOplock = enum("smb.posix_open.granted", "OplockGranted", field.Values{{V: 0, Name: "none"}, {V: 1, Name: "exclusive"}, {V: 2, Name: "batch"}})
	fPosixAction = fCreateAction
	fPosixLevel  = hexNum("smb.posix_open.level", "InformationLevel")
	fUnlinkType  = enum("smb.posix_unlink.type", "UnlinkType", field.Values{{V: 0, Name: "file"}, {V: 1, Name: "directory"}})
	fAttrFlags   = hexNum("smb.unix.attribute.flags", "FileFlags")
	fAttrMask    = hexNum("smb.unix.attribute.mask", "FileFlagsMask")
)

// unixQuery walks what a query of a level of the UNIX extensions returns. It
// reports false when it does not know the level.
func unixQuery(c *wire.Codec, f *Facts) bool {
	switch f.InfoClass {
	case unixBasic, unixInfo2:
		unixFile(c, f.InfoClass)
	case unixLink:
		tLinkTarget.here(c, f)
	case posixACL:
		posixEntries(c)
	case unixAttribute:
		posixNode(c, attributeFlags)
	case posixLock:
		posixNode(c, lockRequestPosix)
	default:
		return false
	}
	return true
}

// unixSet walks what a level of the UNIX extensions sets.
func unixSet(c *wire.Codec, f *Facts) bool {
	switch f.InfoClass {
	case unixHardLink:
		tHardLink.here(c, f)
	case posixOpen:
		posixNode(c, posixOpenRequest)
	case posixUnlink:
		posixNode(c, func(c *wire.Codec) { c.Show16(fUnlinkType) })
	default:
		return unixQuery(c, f)
	}
	return true
}

// posixNode puts what walk reads into one node.
func posixNode(c *wire.Codec, walk func(*wire.Codec)) {
	c.BeginLen(fPosix, c.Left(), 0)
	walk(c)
	c.Done()
}

func lockRequestPosix(c *wire.Codec) {
	c.Show16(fPosixLockType)
	c.Show16(fPosixLockFlags)
	c.Show32(fPosixLockPID)
	c.Show64(fPosixLockStart)
	c.Show64(fPosixLockSize)
}

func posixOpenRequest(c *wire.Codec) {
	c.Show32(fPosixFlags)
	c.Show32(fPosixMode)
	c.Show64(fUnixPerms)
	c.Show16(fPosixLevel)
}

// posixOpened is the answer to a POSIX open, with what the level asked for
// tells of the file.
func posixOpened(c *wire.Codec, f *Facts) {
	c.BeginLen(fPosix, c.Left(), 0)
	c.Show16(fPosixOplock)
	f.fid(c)
	c.Show32(fPosixAction)
	level := LevelClass(c.Show16(fPosixLevel))
	c.Bytes(fReserved, 2)
	if level == unixBasic || level == unixInfo2 {
		unixFile(c, level)
	}
	c.Done()
}

func attributeFlags(c *wire.Codec) {
	c.Show64(fAttrFlags)
	c.Show64(fAttrMask)
}

// posixEntries is a POSIX ACL with its file and its default entries.
func posixEntries(c *wire.Codec) {
	const size = 10
	c.Show16(fACLVersion)
	n := int(c.Show16(fFileACEs))
	if m := int(c.Show16(fDirACEs)); m != 0xffff { // that stands for none given
		n += m
	}
	for i := 0; i < n && c.Left() >= size; i++ {
		c.Begin(fACE)
		kind := c.Show8(fACEType)
		c.Show8(fACEPerms)
		switch kind {
		case 1:
			c.Show32(fOwnerUID)
		case 2:
			c.Show32(fACEUID)
		case 4:
			c.Show32(fOwnerGID)
		case 8:
			c.Show32(fACEGID)
		default:
			c.Bytes(fReserved, 4)
		}
		c.Bytes(fReserved, 4)
		c.Finish()
	}
}

// whoami tells who the server takes the client for.
func whoami(c *wire.Codec) {
	c.Show32(fMapFlags)
	c.Show32(fMapFlagsMask)
	c.Show64(fUnixUID)
	c.Show64(fUnixGID)
	groups := int(c.Show32(fGroupCount))
	sids := int(c.Show32(fSIDCount))
	c.Show32(fSIDBytes)
	c.Bytes(fReserved, 4)
	for i := 0; c.More(i, groups, 8); i++ {
		c.Show64(fUnixGID)
	}
	for i := 0; c.More(i, sids, 8); i++ {
		secdesc.SID(c)
	}
}

// posixSystem walks SMB_QUERY_POSIX_FS_INFO.
func posixSystem(c *wire.Codec) {
	posixNode(c, func(c *wire.Codec) { fscc.System(c, fsClassPosix) })
}

// here reads a text that ends with its NUL or with the data, in data that need
// not begin at an even place.
func (t *text) here(c *wire.Codec, f *Facts) {
	if f.Unicode {
		c.CString16(t.unicode)
	} else {
		c.CString8(t.octets)
	}
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
