package smb1

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fCreateFlags = flags("smb.create_flags", "Flags",
		field.Bit{Name: "smb.nt.create.oplock", Label: "NT_CREATE_REQUEST_OPLOCK", Mask: 0x2},
		field.Bit{Name: "smb.nt.create.batch_oplock", Label: "NT_CREATE_REQUEST_OPBATCH", Mask: 0x4},
		field.Bit{Name: "smb.nt.create.dir", Label: "NT_CREATE_OPEN_TARGET_DIR", Mask: 0x8},
		field.Bit{Name: "smb.nt.create.ext", Label: "NT_CREATE_REQUEST_EXTENDED_RESPONSE", Mask: 0x10})
	fRootFID     = hexNum("smb.rfid", "RootDirectoryFID")
	fShareAccess = flags("smb.share_access", "ShareAccess",
		field.Bit{Name: "smb.share.access.read", Label: "FILE_SHARE_READ", Mask: 0x1},
		field.Bit{Name: "smb.share.access.write", Label: "FILE_SHARE_WRITE", Mask: 0x2},
		field.Bit{Name: "smb.share.access.delete", Label: "FILE_SHARE_DELETE", Mask: 0x4})
	fDisposition = enum("smb.create.disposition", "CreateDisposition", field.Values{
		{V: 0, Name: "FILE_SUPERSEDE"}, {V: 1, Name: "FILE_OPEN"}, {V: 2, Name: "FILE_CREATE"}, {V: 3, Name: "FILE_OPEN_IF"},
		{V: 4, Name: "FILE_OVERWRITE"}, {V: 5, Name: "FILE_OVERWRITE_IF"},
	})
	fCreateOptions = flags("smb.create_options", "CreateOptions",
		field.Bit{Name: "smb.nt.create_options.directory", Label: "FILE_DIRECTORY_FILE", Mask: 0x1},
		field.Bit{Name: "smb.nt.create_options.write_through", Label: "FILE_WRITE_THROUGH", Mask: 0x2},
		field.Bit{Name: "smb.nt.create_options.sequential_only", Label: "FILE_SEQUENTIAL_ONLY", Mask: 0x4},
		field.Bit{Name: "smb.nt.create_options.intermediate_buffering", Label: "FILE_NO_INTERMEDIATE_BUFFERING", Mask: 0x8},
		field.Bit{Name: "smb.nt.create_options.sync_io_alert", Label: "FILE_SYNCHRONOUS_IO_ALERT", Mask: 0x10},
		field.Bit{Name: "smb.nt.create_options.sync_io_nonalert", Label: "FILE_SYNCHRONOUS_IO_NONALERT", Mask: 0x20},
		field.Bit{Name: "smb.nt.create_options.non_directory", Label: "FILE_NON_DIRECTORY_FILE", Mask: 0x40},
		field.Bit{Name: "smb.nt.create_options.create_tree_connection", Label: "FILE_CREATE_TREE_CONNECTION", Mask: 0x80},
		field.Bit{Name: "smb.nt.create_options.complete_if_oplocked", Label: "FILE_COMPLETE_IF_OPLOCKED", Mask: 0x100},
		field.Bit{Name: "smb.nt.create_options.no_ea_knowledge", Label: "FILE_NO_EA_KNOWLEDGE", Mask: 0x200},
		field.Bit{Name: "smb.nt.create_options.eight_dot_three_only", Label: "FILE_OPEN_FOR_RECOVERY", Mask: 0x400},
		field.Bit{Name: "smb.nt.create_options.random_access", Label: "FILE_RANDOM_ACCESS", Mask: 0x800},
		field.Bit{Name: "smb.nt.create_options.delete_on_close", Label: "FILE_DELETE_ON_CLOSE", Mask: 0x1000},
		field.Bit{Name: "smb.nt.create_options.open_by_fileid", Label: "FILE_OPEN_BY_FILE_ID", Mask: 0x2000},
		field.Bit{Name: "smb.nt.create_options.backup_intent", Label: "FILE_OPEN_FOR_BACKUP_INTENT", Mask: 0x4000},
		field.Bit{Name: "smb.nt.create_options.no_compression", Label: "FILE_NO_COMPRESSION", Mask: 0x8000},
		field.Bit{Name: "smb.nt.create_options.reserve_opfilter", Label: "FILE_RESERVE_OPFILTER", Mask: 0x100000},
		field.Bit{Name: "smb.nt.create_options.open_reparse_point", Label: "FILE_OPEN_REPARSE_POINT", Mask: 0x200000},
		field.Bit{Name: "smb.nt.create_options.open_no_recall", Label: "FILE_OPEN_NO_RECALL", Mask: 0x400000},
		field.Bit{Name: "smb.nt.create_options.open_for_free_space_query", Label: "FILE_OPEN_FOR_FREE_SPACE_QUERY", Mask: 0x800000})
	fImpersonation = enum("smb.impersonation.level", "ImpersonationLevel", field.Values{
		{V: 0, Name: "SEC_ANONYMOUS"}, {V: 1, Name: "SEC_IDENTIFY"}, {V: 2, Name: "SEC_IMPERSONATE"}, {V: 3, Name: "SEC_DELEGATE"},
	})
	fSecurityFlags = flags("smb.security.flags", "SecurityFlags",
		field.Bit{Name: "smb.security.flags.context_tracking", Label: "SMB_SECURITY_CONTEXT_TRACKING", Mask: 0x1},
		field.Bit{Name: "smb.security.flags.effective_only", Label: "SMB_SECURITY_EFFECTIVE_ONLY", Mask: 0x2})
	fOplockLevel = enum("smb.oplock.level", "OpLockLevel", field.Values{
		{V: 0, Name: "No OpLock granted"}, {V: 1, Name: "Exclusive OpLock granted"}, {V: 2, Name: "Batch OpLock granted"}, {V: 3, Name: "Level II OpLock granted"},
	})
	fCreateAction = enum("smb.create.action", "CreateDisposition", field.Values{
		{V: 0, Name: "FILE_SUPERSEDED"}, {V: 1, Name: "FILE_OPENED"}, {V: 2, Name: "FILE_CREATED"}, {V: 3, Name: "FILE_OVERWRITTEN"},
		{V: 0x8001, Name: "FILE_OPENED with OpLock"}, {V: 0x8002, Name: "FILE_CREATED with OpLock"}, {V: 0x8003, Name: "FILE_OVERWRITTEN with OpLock"},
	})
	fVolumeGUID = &field.Def{Name: "smb.volume_guid", Label: "VolumeGUID", Kind: field.GUID}
	fFileID64   = hexNum("smb.create.file_id_64b", "FileId")

	fOpenFlags = flags("smb.open.flags", "Flags",
		field.Bit{Name: "smb.open.flags.add_info", Label: "REQ_ATTRIB", Mask: 0x1},
		field.Bit{Name: "smb.open.flags.ex_oplock", Label: "REQ_OPLOCK", Mask: 0x2},
		field.Bit{Name: "smb.open.flags.batch_oplock", Label: "REQ_OPLOCK_BATCH", Mask: 0x4},
		field.Bit{Name: "smb.open.flags.ealen", Label: "REQ_EASIZE", Mask: 0x8})
	fDesired      = flags("smb.access.desired", "AccessMode", accessBits...)
	fGranted      = flags("smb.access.granted", "AccessRights", accessBits...)
	fOpenFunction = flags("smb.open.function", "OpenMode",
		field.Bit{Name: "smb.open.function.open", Label: "FileExistsOpts", Mask: 0x3, Values: field.Values{
			{V: 0, Name: "fail if it exists"}, {V: 1, Name: "open if it exists"}, {V: 2, Name: "truncate if it exists"}}},
		field.Bit{Name: "smb.open.function.create", Label: "CreateFileOpts", Mask: 0x10})
	fOpenAction = flags("smb.open.action", "OpenResults",
		field.Bit{Name: "smb.open.action.open", Label: "OpenResult", Mask: 0x3, Values: field.Values{
			{V: 1, Name: "existed and was opened"}, {V: 2, Name: "created"}, {V: 3, Name: "truncated"}}},
		field.Bit{Name: "smb.open.action.lock", Label: "LockStatus", Mask: 0x8000})
	fServerFID = hexNum("smb.server_fid", "ServerFID")
)

// accessBits are [MS-CIFS] 2.2.4.3.1.
var accessBits = []field.Bit{
	{Name: "smb.access.mode", Label: "AccessMode", Mask: 0x7, Values: field.Values{
		{V: 0, Name: "read"}, {V: 1, Name: "write"}, {V: 2, Name: "read and write"}, {V: 3, Name: "execute"}}},
	{Name: "smb.access.sharing", Label: "SharingMode", Mask: 0x70, Values: field.Values{
		{V: 0, Name: "compatibility"}, {V: 1, Name: "deny all"}, {V: 2, Name: "deny write"}, {V: 3, Name: "deny read"}, {V: 4, Name: "deny none"}}},
	{Name: "smb.access.locality", Label: "ReferenceLocality", Mask: 0x700, Values: field.Values{
		{V: 0, Name: "unknown"}, {V: 1, Name: "sequential"}, {V: 2, Name: "random"}, {V: 3, Name: "random with locality"}}},
	{Name: "smb.access.caching", Label: "no caching", Mask: 0x1000},
	{Name: "smb.access.writethrough", Label: "write through", Mask: 0x4000},
}

// ntCreateRequest is [MS-CIFS] 2.2.4.64.1.
func ntCreateRequest(c *wire.Codec, f *Facts) {
	length := 0
	parameters(c, func(c *wire.Codec, words int) {
		andx(c, f)
		c.Bytes(fReserved, 1)
		length = int(c.Show16(fNameLength))
		c.Show32(fCreateFlags)
		c.Show32(fRootFID)
		c.Show32(fAccessMask)
		c.Show64(fAlloc64)
		c.Show32(fExtAttributes)
		c.Show32(fShareAccess)
		c.Show32(fDisposition)
		c.Show32(fCreateOptions)
		c.Show32(fImpersonation)
		c.Show8(fSecurityFlags)
	})
	data(c, func(c *wire.Codec) {
		if f.Unicode {
			even(c)
		}
		f.name(tFile.ended(c, f, length))
	})
}

// extendedWords is what an extended NT_CREATE_ANDX response gives as WordCount,
// though it has 50 words, [MS-SMB] 2.2.4.9.2.
const extendedWords = 42

// ntCreateResponse is [MS-CIFS] 2.2.4.64.2 and, longer, [MS-SMB] 2.2.4.9.2.
func ntCreateResponse(c *wire.Codec, f *Facts) {
	size := 0
	if b := c.Peek(1); len(b) > 0 && b[0] == extendedWords {
		size = 50
	}
	longParameters(c, size, func(c *wire.Codec, words int) {
		andx(c, f)
		c.Show8(fOplockLevel)
		f.fid(c)
		c.Show32(fCreateAction)
		created(c, f)
		if words >= extendedWords {
			c.GUID(fVolumeGUID)
			c.Show64(fFileID64)
			c.Show32(fAccessMask)
			c.Show32(fAccessMask)
		}
	})
	data(c, nothing)
}

// created is what both create responses tell of the file.
func created(c *wire.Codec, f *Facts) {
	fourTimes(c)
	c.Show32(fExtAttributes)
	c.Show64(fAlloc64)
	c.Show64(fEndOfFile)
	c.Show16(fFileType)
	c.Show16(fPipeState)
	f.Directory = c.Show8(fDirectory) != 0
}

func fourTimes(c *wire.Codec) {
	c.Show64(fCreateTime)
	c.Show64(fAccessTime)
	c.Show64(fWriteTime)
	c.Show64(fChangeTime)
}

// openAndXRequest is [MS-CIFS] 2.2.4.41.1.
func openAndXRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		andx(c, f)
		openMode(c)
		c.Show32(fAllotted)
		c.Bytes(fReserved, 4)
	})
	data(c, func(c *wire.Codec) { f.name(tFile.zero(c, f)) })
}

// openMode is how OPEN_ANDX and TRANS2_OPEN2 say what to open.
func openMode(c *wire.Codec) {
	c.Show16(fOpenFlags)
	c.Show16(fDesired)
	c.Show16(fSearch)
	c.Show16(fFileAttributes)
	c.Show32(fCreateUTime)
	c.Show16(fOpenFunction)
	c.Show32(fAllocation)
}

// openAndXResponse is [MS-CIFS] 2.2.4.41.2 and, longer, [MS-SMB] 2.2.4.1.2.
func openAndXResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		andx(c, f)
		f.fid(c)
		c.Show16(fFileAttributes)
		c.Show32(fWriteUTime)
		c.Show32(fFileSize)
		c.Show16(fGranted)
		c.Show16(fFileType)
		c.Show16(fPipeState)
		c.Show16(fOpenAction)
		c.Show32(fServerFID)
		c.Bytes(fReserved, 2)
		if words >= 19 {
			c.Show32(fAccessMask)
			c.Show32(fAccessMask)
		}
	})
	data(c, nothing)
}
