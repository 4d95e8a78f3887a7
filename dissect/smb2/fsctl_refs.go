package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/wire"
)

// Control codes of few file systems: snapshots of ReFS streams, UDF volumes,
// owners on NTFS.
var (
	fExtendedInfo = &field.Def{Name: "smb2.fsctl.object_id.extended_info", Label: "ExtendedInfo", Kind: field.Bytes}

	fFindRestart = number("find_by_sid.restart", "Restart")
	fFoundLength = number("find_by_sid.name_length", "FileNameLength")

	fUDFDirectories = number("on_disk_volume.directory_count", "DirectoryCount")
	fUDFFiles       = number("on_disk_volume.file_count", "FileCount")
	fUDFMajor       = number("on_disk_volume.major_version", "FsFormatMajVersion")
	fUDFMinor       = number("on_disk_volume.minor_version", "FsFormatMinVersion")
	fUDFName        = &field.Def{Name: "smb2.fsctl.on_disk_volume.format_name", Label: "FsFormatName", Kind: field.UTF16}
	fUDFFormatted   = &field.Def{Name: "smb2.fsctl.on_disk_volume.format_time", Label: "FormatTime", Kind: field.FileTime}
	fUDFUpdated     = &field.Def{Name: "smb2.fsctl.on_disk_volume.last_update_time", Label: "LastUpdateTime", Kind: field.FileTime}
	fUDFTexts       = [...]*field.Def{
		{Name: "smb2.fsctl.on_disk_volume.copyright", Label: "CopyrightInfo", Kind: field.UTF16},
		{Name: "smb2.fsctl.on_disk_volume.abstract", Label: "AbstractInfo", Kind: field.UTF16},
		{Name: "smb2.fsctl.on_disk_volume.formatting_implementation", Label: "FormattingImplementationInfo", Kind: field.UTF16},
		{Name: "smb2.fsctl.on_disk_volume.modifying_implementation", Label: "LastModifyingImplementationInfo", Kind: field.UTF16},
	}

	fRefsOperation = &field.Def{Name: "smb2.refs.snapshot.mgmt.op", Label: "Operation", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "REFS_STREAM_SNAPSHOT_OPERATION_INVALID"}, {V: 1, Name: "REFS_STREAM_SNAPSHOT_OPERATION_CREATE"},
		{V: 2, Name: "REFS_STREAM_SNAPSHOT_OPERATION_LIST"}, {V: refsDeltas, Name: "REFS_STREAM_SNAPSHOT_OPERATION_QUERY_DELTAS"},
		{V: 4, Name: "REFS_STREAM_SNAPSHOT_OPERATION_REVERT"}, {V: 5, Name: "REFS_STREAM_SNAPSHOT_OPERATION_SET_SHADOW_BTREE"},
		{V: 6, Name: "REFS_STREAM_SNAPSHOT_OPERATION_CLEAR_SHADOW_BTREE"}}}
	fRefsNameLength  = &field.Def{Name: "smb2.refs.snapshot.mgmt.namelen", Label: "SnapshotNameLength", Kind: field.Uint}
	fRefsInputLength = &field.Def{Name: "smb2.refs.snapshot.mgmt.input_buffer_len", Label: "OperationInputBufferLength", Kind: field.Uint}
	fRefsName        = &field.Def{Name: "smb2.refs.snapshot.mgmt.name", Label: "SnapshotName", Kind: field.UTF16}
	fRefsVCN         = &field.Def{Name: "smb2.refs.snapshot.query_deltas.vcn", Label: "StartingVcn", Kind: field.Uint}
	fRefsFlags       = &field.Def{Name: "smb2.refs.snapshot.query_deltas.flags", Label: "Flags", Kind: field.Hex}
	fRefsReply       = &field.Def{Name: "smb2.refs.snapshot.reply", Label: "Output of a snapshot operation", Kind: field.Bytes}
)

const refsDeltas = 3 // REFS_STREAM_SNAPSHOT_OPERATION_QUERY_DELTAS

// findBySID is FIND_BY_SID_DATA, [MS-FSCC] 2.3.15.
func findBySID(c *wire.Codec) {
	c.Show32(fFindRestart)
	secdesc.SID(c)
}

// foundBySID is an array of FILE_NAME_INFORMATION, [MS-FSCC] 2.3.16, each
// aligned to 8 bytes.
func foundBySID(c *wire.Codec) {
	for c.Left() >= 4 {
		c.Bytes(fscc.FileName, min(int(c.Show32(fFoundLength)), c.Left()))
		c.Align(8)
	}
}

// onDiskVolume is [MS-FSCC] 2.3.58.
func onDiskVolume(c *wire.Codec) {
	c.Show64(fUDFDirectories)
	c.Show64(fUDFFiles)
	c.Show16(fUDFMajor)
	c.Show16(fUDFMinor)
	c.Bytes(fUDFName, 24)
	c.Show64(fUDFFormatted)
	c.Show64(fUDFUpdated)
	for _, d := range fUDFTexts {
		c.Bytes(d, 68)
	}
}

// snapshotRequest is REFS_STREAM_SNAPSHOT_MANAGEMENT_INPUT_BUFFER, [MS-FSCC]
// 2.3.65, with the input of 2.3.65.1.
func snapshotRequest(c *wire.Codec) {
	op := c.Show32(fRefsOperation)
	name := int(c.Show16(fRefsNameLength))
	n := int(c.Show16(fRefsInputLength))
	c.Bytes(fReserved, 16)
	c.Bytes(fRefsName, name)
	if n == 0 {
		return
	}
	c.Align(8)
	c.Within(n, func(c *wire.Codec) {
		if op == refsDeltas {
			c.Show64(fRefsVCN)
			c.Show32(fRefsFlags)
			c.Bytes(fReserved, 4)
		}
		c.Rest(fUnknown)
	})
}

// snapshotReply is [MS-FSCC] 2.3.66, whose form only the request's operation
// tells.
func snapshotReply(c *wire.Codec) { c.Rest(fRefsReply) }

// refsDefs gives the fields of this file.
func refsDefs() []*field.Def {
	return append([]*field.Def{
		fExtendedInfo, fFindRestart, fFoundLength, fUDFDirectories, fUDFFiles, fUDFMajor, fUDFMinor, fUDFName, fUDFFormatted, fUDFUpdated,
		fRefsOperation, fRefsNameLength, fRefsInputLength, fRefsName, fRefsVCN, fRefsFlags, fRefsReply,
	}, fUDFTexts[:]...)
}
