package smb1

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/wire"
)

// Access masks of ACEs: the lower bits mean one thing for a file and another
// for a directory, [MS-SMB] 2.2.1.4.
var (
	fFileRights = secdesc.Rights([]field.Bit{
		{Name: "smb.file.accessmask.read_data", Label: "FILE_READ_DATA", Mask: 0x1},
		{Name: "smb.file.accessmask.write_data", Label: "FILE_WRITE_DATA", Mask: 0x2},
		{Name: "smb.file.accessmask.append_data", Label: "FILE_APPEND_DATA", Mask: 0x4},
		{Name: "smb.file.accessmask.read_ea", Label: "FILE_READ_EA", Mask: 0x8},
		{Name: "smb.file.accessmask.write_ea", Label: "FILE_WRITE_EA", Mask: 0x10},
		{Name: "smb.file.accessmask.execute", Label: "FILE_EXECUTE", Mask: 0x20},
		{Name: "smb.file.accessmask.read_attribute", Label: "FILE_READ_ATTRIBUTES", Mask: 0x80},
		{Name: "smb.file.accessmask.write_attribute", Label: "FILE_WRITE_ATTRIBUTES", Mask: 0x100},
	})
	fDirRights = secdesc.Rights([]field.Bit{
		{Name: "smb.dir.accessmask.list", Label: "FILE_LIST_DIRECTORY", Mask: 0x1},
		{Name: "smb.dir.accessmask.add_file", Label: "FILE_ADD_FILE", Mask: 0x2},
		{Name: "smb.dir.accessmask.add_subdir", Label: "FILE_ADD_SUBDIRECTORY", Mask: 0x4},
		{Name: "smb.dir.accessmask.read_ea", Label: "FILE_READ_EA", Mask: 0x8},
		{Name: "smb.dir.accessmask.write_ea", Label: "FILE_WRITE_EA", Mask: 0x10},
		{Name: "smb.dir.accessmask.traverse", Label: "FILE_TRAVERSE", Mask: 0x20},
		{Name: "smb.dir.accessmask.delete_child", Label: "FILE_DELETE_CHILD", Mask: 0x40},
		{Name: "smb.dir.accessmask.read_attribute", Label: "FILE_READ_ATTRIBUTES", Mask: 0x80},
		{Name: "smb.dir.accessmask.write_attribute", Label: "FILE_WRITE_ATTRIBUTES", Mask: 0x100},
	})
)

// descriptor walks the security descriptor of a file or directory.
func descriptor(c *wire.Codec) {
	if c.Env.Directory {
		secdesc.WalkRights(c, fDirRights)
	} else {
		secdesc.WalkRights(c, fFileRights)
	}
}
