package fscc

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	Tag         = &field.Def{Name: "smb2.reparse_tag", Label: "ReparseTag", Kind: field.Enum, Values: reparseTags}
	fDataLength = &field.Def{Name: "smb2.reparse_data_length", Label: "ReparseDataLength", Kind: field.Uint}
	fData       = &field.Def{Name: "smb2.reparse_data_buffer", Label: "ReparseDataBuffer"}
	fGUID       = &field.Def{Name: "smb2.reparse_guid", Label: "ReparseGuid", Kind: field.GUID}
	fUnparsed   = &field.Def{Name: "smb2.symlink.unparsed_path_length", Label: "UnparsedPathLength", Kind: field.Uint}
	fOffset     = &field.Def{Name: "smb2.olb.offset", Label: "Offset", Kind: field.Hex}
	fLength     = &field.Def{Name: "smb2.olb.length", Label: "Length", Kind: field.Uint}
	fSubstitute = &field.Def{Name: "smb2.symlink.substitute_name", Label: "SubstituteName", Kind: field.UTF16}
	fPrint      = &field.Def{Name: "smb2.symlink.print_name", Label: "PrintName", Kind: field.UTF16}
	fLinkFlags  = &field.Def{Name: "smb2.symlink.flags", Label: "Flags", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "ABSOLUTE"}, {V: 1, Name: "SYMLINK_FLAG_RELATIVE"}}}

	fLxVersion = &field.Def{Name: "smb2.lx_symlink.version", Label: "Version", Kind: field.Uint}
	fLxTarget  = &field.Def{Name: "smb2.lx_symlink.target", Label: "Target", Kind: field.Text}

	fNFSType    = &field.Def{Name: "smb2.nfs.type", Label: "Type", Kind: field.Enum, Values: nfsTypes}
	fNFSTarget  = &field.Def{Name: "smb2.nfs.symlink.target", Label: "Target", Kind: field.UTF16}
	fCharMajor  = &field.Def{Name: "smb2.nfs.char.major", Label: "Major", Kind: field.Hex}
	fCharMinor  = &field.Def{Name: "smb2.nfs.char.minor", Label: "Minor", Kind: field.Hex}
	fBlockMajor = &field.Def{Name: "smb2.nfs.block.major", Label: "Major", Kind: field.Hex}
	fBlockMinor = &field.Def{Name: "smb2.nfs.block.minor", Label: "Minor", Kind: field.Hex}
)

// The tags of [MS-FSCC] 2.1.2.1 that have a walk.
const (
	tagMountPoint = 0xa0000003
	TagSymlink    = 0xa000000c
	tagNFS        = 0x80000014
	tagLxSymlink  = 0xa000001d

	microsoft = 0x80000000 // a tag of Microsoft's: no GUID follows
)

const (
	nfsChar    = 0x524843
	nfsBlock   = 0x4b4c42
	nfsSymlink = 0x14b4e4c
)

var nfsTypes = field.Values{
	{V: nfsBlock, Name: "NFS_SPECFILE_BLK"}, {V: nfsChar, Name: "NFS_SPECFILE_CHR"}, {V: nfsSymlink, Name: "NFS_SPECFILE_LNK"},
	{V: 0x4b434f53, Name: "NFS_SPECFILE_SOCK"}, {V: 0x4f464946, Name: "NFS_SPECFILE_FIFO"},
}

var reparseTags = field.Values{
	{V: 0x00000000, Name: "RESERVED_ZERO"}, {V: 0x00000001, Name: "RESERVED_ONE"}, {V: 0x00000002, Name: "RESERVED_TWO"},
	{V: 0x80000005, Name: "DRIVE_EXTENDER"}, {V: 0x80000006, Name: "HSM2"}, {V: 0x80000007, Name: "SIS"}, {V: 0x80000008, Name: "WIM"},
	{V: 0x80000009, Name: "CSV"}, {V: 0x8000000a, Name: "DFS"}, {V: 0x8000000b, Name: "FILTER_MANAGER"}, {V: 0x80000012, Name: "DFSR"},
	{V: 0x80000013, Name: "DEDUP"}, {V: 0x80000014, Name: "NFS"}, {V: 0x80000015, Name: "FILE_PLACEHOLDER"}, {V: 0x80000016, Name: "DFM"},
	{V: 0x80000017, Name: "WOF"}, {V: 0x80000018, Name: "WCI"}, {V: 0x8000001b, Name: "APPEXECLINK"}, {V: 0x80000020, Name: "STORAGE_SYNC"},
	{V: 0x80000022, Name: "UNHANDLED"}, {V: 0x80000023, Name: "AF_UNIX"}, {V: 0x80000024, Name: "LX_FIFO"}, {V: 0x80000025, Name: "LX_CHR"},
	{V: 0x80000026, Name: "LX_BLK"}, {V: 0x9000001a, Name: "CLOUD"}, {V: 0x9000001c, Name: "PROJFS"}, {V: 0xa0000003, Name: "MOUNT_POINT"},
	{V: 0xa000000c, Name: "SYMLINK"}, {V: 0xa0000010, Name: "IIS_CACHE"}, {V: 0xa0000019, Name: "GLOBAL_REPARSE"},
	{V: 0xa000001d, Name: "LX_SYMLINK"}, {V: 0xa000001f, Name: "WCI_TOMBSTONE"}, {V: 0xa0000022, Name: "PROJFS_TOMBSTONE"},
	{V: 0xa0000027, Name: "WCI_LINK"}, {V: 0xc0000004, Name: "HSM"}, {V: 0xc0000014, Name: "APPXSTRM"},
}

// Reparse walks a reparse point, [MS-FSCC] 2.1.2.2 to 2.1.2.6.
func Reparse(c *wire.Codec) { new(ReparsePoint).Walk(c) }

// ReparsePoint is REPARSE_DATA_BUFFER and REPARSE_GUID_DATA_BUFFER, [MS-FSCC]
// 2.1.2.2 and 2.1.2.3. In a symbolic link error, [MS-SMB2] 2.2.2.2.1, its reserved
// word is the length of the path left unparsed.
type ReparsePoint struct {
	Tag      uint32
	InError  bool
	Unparsed uint16   // bytes, with InError
	GUID     [16]byte // of tags that are not Microsoft's
	Data     []byte
}

// Walk reads or writes the structure.
func (x *ReparsePoint) Walk(c *wire.Codec) {
	c.Begin(fData)
	wire.U32(c, Tag, &x.Tag)
	size := int(c.Const16(fDataLength, uint16(len(x.Data))))
	if x.InError {
		wire.U16(c, fUnparsed, &x.Unparsed)
	} else {
		c.Bytes(Reserved, 2)
	}
	if x.Tag&microsoft == 0 {
		c.Array(fGUID, &x.GUID)
	}
	c.Payload(size, &x.Data, func(c *wire.Codec) { reparseData(c, x.Tag, size) })
	c.Finish()
}

func reparseData(c *wire.Codec, tag uint32, size int) {
	if size == 0 { // of FSCTL_DELETE_REPARSE_POINT
		return
	}
	switch tag {
	case TagSymlink, tagMountPoint:
		l := Link{Symbolic: tag == TagSymlink}
		l.Walk(c)
	case tagNFS:
		nfs(c)
	case tagLxSymlink:
		c.Show32(fLxVersion)
		c.Rest(fLxTarget)
	}
	c.Rest(Unknown)
}

// LinkRelative is the flag of a symbolic link whose target is relative, [MS-FSCC]
// 2.1.2.4.
const LinkRelative = 1

// Link is the data of a symbolic link or a mount point, [MS-FSCC] 2.1.2.4 and
// 2.1.2.5. Names are UTF-16LE.
type Link struct {
	Symbolic   bool // which has flags
	Flags      uint32
	Substitute []byte
	Print      []byte
}

// Walk reads or writes the structure.
func (x *Link) Walk(c *wire.Codec) {
	substitute := c.Ref16(fOffset, fLength)
	print := c.Ref16(fOffset, fLength)
	if x.Symbolic {
		wire.U32(c, fLinkFlags, &x.Flags)
	}
	at := c.Pos()
	c.SetBase(at)
	c.DataAt(fSubstitute, substitute, &x.Substitute)
	c.DataAt(fPrint, print, &x.Print)
	c.Seek(max(at+substitute.Off+substitute.Len, at+print.Off+print.Len))
}

// nfs is [MS-FSCC] 2.1.2.6.
func nfs(c *wire.Codec) {
	switch c.Show64(fNFSType) {
	case nfsSymlink:
		c.Rest(fNFSTarget)
	case nfsChar:
		c.Show32(fCharMajor)
		c.Show32(fCharMinor)
	case nfsBlock:
		c.Show32(fBlockMajor)
		c.Show32(fBlockMinor)
	}
}
