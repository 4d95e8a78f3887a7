// Package fscc describes the structures of [MS-FSCC] that SMB2 carries: file,
// file system and directory information classes, reparse points, quota and
// change notifications. It knows no message: the class comes from the caller.
package fscc

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// attributeBits are those of a file attribute mask, [MS-FSCC] 2.6.
var attributeBits = []field.Bit{
	{Name: "smb2.file_attribute.read_only", Label: "READONLY", Mask: 0x1},
	{Name: "smb2.file_attribute.hidden", Label: "HIDDEN", Mask: 0x2},
	{Name: "smb2.file_attribute.system", Label: "SYSTEM", Mask: 0x4},
	{Name: "smb2.file_attribute.directory", Label: "DIRECTORY", Mask: 0x10},
	{Name: "smb2.file_attribute.archive", Label: "ARCHIVE", Mask: 0x20},
	{Name: "smb2.file_attribute.normal", Label: "NORMAL", Mask: 0x80},
	{Name: "smb2.file_attribute.temporary", Label: "TEMPORARY", Mask: 0x100},
	{Name: "smb2.file_attribute.sparse", Label: "SPARSE_FILE", Mask: 0x200},
	{Name: "smb2.file_attribute.reparse", Label: "REPARSE_POINT", Mask: 0x400},
	{Name: "smb2.file_attribute.compressed", Label: "COMPRESSED", Mask: 0x800},
	{Name: "smb2.file_attribute.offline", Label: "OFFLINE", Mask: 0x1000},
	{Name: "smb2.file_attribute.not_content_indexed", Label: "NOT_CONTENT_INDEXED", Mask: 0x2000},
	{Name: "smb2.file_attribute.encrypted", Label: "ENCRYPTED", Mask: 0x4000},
	{Name: "smb2.file_attribute.integrity_stream", Label: "INTEGRITY_STREAM", Mask: 0x8000},
	{Name: "smb2.file_attribute.no_scrub_data", Label: "NO_SCRUB_DATA", Mask: 0x20000},
}

var accessBits = []field.Bit{
	{Name: "smb.access.read", Label: "FILE_READ_DATA", Mask: 0x1},
	{Name: "smb.access.write", Label: "FILE_WRITE_DATA", Mask: 0x2},
	{Name: "smb.access.append", Label: "FILE_APPEND_DATA", Mask: 0x4},
	{Name: "smb.access.read_ea", Label: "FILE_READ_EA", Mask: 0x8},
	{Name: "smb.access.write_ea", Label: "FILE_WRITE_EA", Mask: 0x10},
	{Name: "smb.access.execute", Label: "FILE_EXECUTE", Mask: 0x20},
	{Name: "smb.access.delete_child", Label: "FILE_DELETE_CHILD", Mask: 0x40},
	{Name: "smb.access.read_attributes", Label: "FILE_READ_ATTRIBUTES", Mask: 0x80},
	{Name: "smb.access.write_attributes", Label: "FILE_WRITE_ATTRIBUTES", Mask: 0x100},
	{Name: "smb.access.delete", Label: "DELETE", Mask: 0x10000},
	{Name: "smb.access.read_control", Label: "READ_CONTROL", Mask: 0x20000},
	{Name: "smb.access.write_dac", Label: "WRITE_DAC", Mask: 0x40000},
	{Name: "smb.access.write_owner", Label: "WRITE_OWNER", Mask: 0x80000},
	{Name: "smb.access.synchronize", Label: "SYNCHRONIZE", Mask: 0x100000},
	{Name: "smb.access.system_security", Label: "ACCESS_SYSTEM_SECURITY", Mask: 0x1000000},
	{Name: "smb.access.maximum_allowed", Label: "MAXIMUM_ALLOWED", Mask: 0x2000000},
	{Name: "smb.access.generic_all", Label: "GENERIC_ALL", Mask: 0x10000000},
	{Name: "smb.access.generic_execute", Label: "GENERIC_EXECUTE", Mask: 0x20000000},
	{Name: "smb.access.generic_write", Label: "GENERIC_WRITE", Mask: 0x40000000},
	{Name: "smb.access.generic_read", Label: "GENERIC_READ", Mask: 0x80000000},
}

// Fields that messages outside this package show too.
var (
	Attributes     = &field.Def{Name: "smb2.file_attribute", Label: "FileAttributes", Kind: field.Flags, Bits: attributeBits}
	AccessMask     = &field.Def{Name: "smb.access_mask", Label: "AccessMask", Kind: field.Flags, Bits: accessBits}
	CreationTime   = &field.Def{Name: "smb2.create.time", Label: "CreationTime", Kind: field.FileTime}
	LastAccessTime = &field.Def{Name: "smb2.last_access.time", Label: "LastAccessTime", Kind: field.FileTime}
	LastWriteTime  = &field.Def{Name: "smb2.last_write.time", Label: "LastWriteTime", Kind: field.FileTime}
	ChangeTime     = &field.Def{Name: "smb2.last_change.time", Label: "ChangeTime", Kind: field.FileTime}
	AllocationSize = &field.Def{Name: "smb2.allocation_size", Label: "AllocationSize", Kind: field.Uint}
	EndOfFile      = &field.Def{Name: "smb2.eof", Label: "EndOfFile", Kind: field.Uint}
	FileName       = &field.Def{Name: "smb2.filename", Label: "FileName", Kind: field.UTF16}
	NameLength     = &field.Def{Name: "smb2.filename.len", Label: "FileNameLength", Kind: field.Uint}
	Reserved       = &field.Def{Name: "smb2.reserved", Label: "Reserved", Kind: field.Bytes}
	Unknown        = &field.Def{Name: "smb2.unknown", Label: "Unknown", Kind: field.Bytes}
	NextEntry      = &field.Def{Name: "smb2.next_offset", Label: "NextEntryOffset", Kind: field.Uint}
	FileID64       = &field.Def{Name: "smb2.file_id", Label: "FileId", Kind: field.Hex}
)

// text reads n bytes of text. A response that says of itself that it is cut
// may lack some of them.
func text(c *wire.Codec, d *field.Def, n int) []byte {
	if n > c.Left() && c.Env.Status == statusBufferOverflow {
		n = c.Left() &^ 1
	}
	return c.Bytes(d, n)
}

// name is text of n bytes: read as text does, or all of v written.
func name(c *wire.Codec, d *field.Def, n int, v *[]byte) {
	if c.Writing() {
		c.Data(d, n, v)
		return
	}
	*v = text(c, d, n)
}

// Structure is an information class, or a list in one, that can be read and
// written by one walk. Each structure of this package names its section.
type Structure interface {
	Walk(c *wire.Codec)
}

// Append appends a structure to b. Entries are aligned from its start.
func Append(b []byte, m Structure) []byte { return wire.Append(b, len(b), m.Walk) }

// Decode reads b into m. It reports whether all that m names is there; slices
// point into b.
func Decode(b []byte, m Structure) bool { return wire.Decode(b, 0, m.Walk) }

// statusBufferOverflow is STATUS_BUFFER_OVERFLOW, [MS-ERREF] 2.3.
const statusBufferOverflow = 0x80000005
