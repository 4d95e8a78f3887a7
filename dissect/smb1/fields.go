package smb1

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
)

// Fields that several commands have.
var (
	fFID          = hexNum("smb.fid", "FID")
	fBufferFormat = enum("smb.buffer_format", "BufferFormat", field.Values{
		{V: 1, Name: "Data Buffer"}, {V: 2, Name: "Dialect"}, {V: 3, Name: "Path"}, {V: 4, Name: "ASCII"}, {V: 5, Name: "Variable Block"},
	})
	fDataLength     = num("smb.data_len", "DataLength")
	fFileData       = octets("smb.file_data", "Data")
	fUnknownData    = octets("smb.unknown_data", "Data")
	fCapabilities   = flags("smb.server_cap", "Capabilities", capabilityBits...)
	fMaxMpx         = num("smb.max_mpx_count", "MaxMpxCount")
	fSessionKey     = hexNum("smb.session_key", "SessionKey")
	fFileAttributes = flags("smb.file_attribute", "FileAttributes", attributeBits[:6]...)
	fExtAttributes  = flags("smb.file_attribute", "ExtFileAttributes", attributeBits...)
	fSearch         = flags("smb.search.attribute", "SearchAttributes",
		field.Bit{Name: "smb.search.attribute.read_only", Label: "READONLY", Mask: 0x1},
		field.Bit{Name: "smb.search.attribute.hidden", Label: "HIDDEN", Mask: 0x2},
		field.Bit{Name: "smb.search.attribute.system", Label: "SYSTEM", Mask: 0x4},
		field.Bit{Name: "smb.search.attribute.volume", Label: "VOLUME", Mask: 0x8},
		field.Bit{Name: "smb.search.attribute.directory", Label: "DIRECTORY", Mask: 0x10},
		field.Bit{Name: "smb.search.attribute.archive", Label: "ARCHIVE", Mask: 0x20})
	fAccessMask  = fscc.AccessMask
	fCreateTime  = times("smb.create.time", "CreationTime")
	fAccessTime  = times("smb.access.time", "LastAccessTime")
	fWriteTime   = times("smb.last_write.time", "LastWriteTime")
	fChangeTime  = times("smb.change.time", "LastChangeTime")
	fCreateUTime = &field.Def{Name: "smb.create.time", Label: "CreationTime", Kind: field.UnixTime}
	fWriteUTime  = &field.Def{Name: "smb.last_write.time", Label: "LastTimeModified", Kind: field.UnixTime}
	fAllocation  = num("smb.alloc_size", "AllocationSize")
	fAlloc64     = num("smb.alloc_size64", "AllocationSize")
	fEndOfFile   = num("smb.end_of_file", "EndOfFile")
	fFileSize    = num("smb.file_size", "FileSize")
	fDataSize    = num("smb.data_size", "FileDataSize")
	fDirectory   = num("smb.is_directory", "Directory")
	fFileType    = enum("smb.file_type", "ResourceType", field.Values{
		{V: 0, Name: "FileTypeDisk"}, {V: 1, Name: "FileTypeByteModePipe"}, {V: 2, Name: "FileTypeMessageModePipe"},
		{V: 3, Name: "FileTypePrinter"}, {V: 4, Name: "FileTypeCommDevice"}, {V: 0xffff, Name: "FileTypeUnknown"},
	})
	fPipeState = flags("smb.ipc_state", "NMPipeStatus",
		field.Bit{Name: "smb.ipc_state.nonblocking", Label: "Nonblocking", Mask: 0x8000, Values: field.Values{
			{V: 0, Name: "blocking"}, {V: 1, Name: "nonblocking"}}},
		field.Bit{Name: "smb.ipc_state.endpoint", Label: "Endpoint", Mask: 0x4000, Values: field.Values{
			{V: 0, Name: "client end"}, {V: 1, Name: "server end"}}},
		field.Bit{Name: "smb.ipc_state.pipe_type", Label: "NMPipeType", Mask: 0x0c00, Values: field.Values{
			{V: 0, Name: "byte mode"}, {V: 1, Name: "message mode"}}},
		field.Bit{Name: "smb.ipc_state.read_mode", Label: "ReadMode", Mask: 0x0300, Values: field.Values{
			{V: 0, Name: "byte mode"}, {V: 1, Name: "message mode"}}},
		field.Bit{Name: "smb.ipc_state.icount", Label: "ICount", Mask: 0x00ff})
	fAllotted    = num("smb.timeout", "Timeout")
	fNameLength  = num("smb.file_name_len", "FileNameLength")
	fEAError     = num("smb.ea.error_offset", "EaErrorOffset")
	fEALength    = num("smb.ea.list_length", "SizeOfListInBytes")
	fNextEntry   = num("smb.next_entry_offset", "NextEntryOffset")
	fRemaining   = num("smb.remaining", "Remaining")
	fCount       = num("smb.count", "Count")
	fStart       = num("smb.offset", "Offset")
	fStartHigh   = num("smb.offset_high", "OffsetHigh")
	fDataOffset  = num("smb.data_offset", "DataOffset")
	fDataLenLow  = num("smb.data_len_low", "DataLength")
	fDataLenHigh = num("smb.data_len_high", "DataLengthHigh")
	fSearchID    = hexNum("smb.search_id", "SID")

	tFile    = textDef("smb.file", "FileName")
	tOldFile = textDef("smb.old_file", "OldFileName")
	tDirName = textDef("smb.dir_name", "DirectoryName")
)

// attributeBits are those of a file attribute mask: [MS-CIFS] 2.2.1.2.4 in the
// first six, 2.2.1.2.3 in all.
var attributeBits = []field.Bit{
	{Name: "smb.file_attribute.read_only", Label: "READONLY", Mask: 0x1},
	{Name: "smb.file_attribute.hidden", Label: "HIDDEN", Mask: 0x2},
	{Name: "smb.file_attribute.system", Label: "SYSTEM", Mask: 0x4},
	{Name: "smb.file_attribute.volume", Label: "VOLUME", Mask: 0x8},
	{Name: "smb.file_attribute.directory", Label: "DIRECTORY", Mask: 0x10},
	{Name: "smb.file_attribute.archive", Label: "ARCHIVE", Mask: 0x20},
	{Name: "smb.file_attribute.device", Label: "DEVICE", Mask: 0x40},
	{Name: "smb.file_attribute.normal", Label: "NORMAL", Mask: 0x80},
	{Name: "smb.file_attribute.temporary", Label: "TEMPORARY", Mask: 0x100},
	{Name: "smb.file_attribute.sparse", Label: "SPARSE", Mask: 0x200},
	{Name: "smb.file_attribute.reparse", Label: "REPARSE_POINT", Mask: 0x400},
	{Name: "smb.file_attribute.compressed", Label: "COMPRESSED", Mask: 0x800},
	{Name: "smb.file_attribute.offline", Label: "OFFLINE", Mask: 0x1000},
	{Name: "smb.file_attribute.not_content_indexed", Label: "NOT_CONTENT_INDEXED", Mask: 0x2000},
	{Name: "smb.file_attribute.encrypted", Label: "ENCRYPTED", Mask: 0x4000},
}

// capabilityBits are [MS-CIFS] 2.2.4.52.2 and [MS-SMB] 2.2.4.5.2.1.
var capabilityBits = []field.Bit{
	{Name: "smb.server_cap.raw_mode", Label: "CAP_RAW_MODE", Mask: 0x1},
	{Name: "smb.server_cap.mpx_mode", Label: "CAP_MPX_MODE", Mask: 0x2},
	{Name: "smb.server_cap.unicode", Label: "CAP_UNICODE", Mask: 0x4},
	{Name: "smb.server_cap.large_files", Label: "CAP_LARGE_FILES", Mask: 0x8},
	{Name: "smb.server_cap.nt_smbs", Label: "CAP_NT_SMBS", Mask: 0x10},
	{Name: "smb.server_cap.rpc_remote_apis", Label: "CAP_RPC_REMOTE_APIS", Mask: 0x20},
	{Name: "smb.server_cap.nt_status", Label: "CAP_STATUS32", Mask: 0x40},
	{Name: "smb.server_cap.level_2_oplocks", Label: "CAP_LEVEL_II_OPLOCKS", Mask: 0x80},
	{Name: "smb.server_cap.lock_and_read", Label: "CAP_LOCK_AND_READ", Mask: 0x100},
	{Name: "smb.server_cap.nt_find", Label: "CAP_NT_FIND", Mask: 0x200},
	{Name: "smb.server_cap.dfs", Label: "CAP_DFS", Mask: 0x1000},
	{Name: "smb.server_cap.infolevel_passthru", Label: "CAP_INFOLEVEL_PASSTHRU", Mask: 0x2000},
	{Name: "smb.server_cap.large_readx", Label: "CAP_LARGE_READX", Mask: 0x4000},
	{Name: "smb.server_cap.large_writex", Label: "CAP_LARGE_WRITEX", Mask: 0x8000},
	{Name: "smb.server_cap.lwio", Label: "CAP_LWIO", Mask: 0x10000},
	{Name: "smb.server_cap.unix", Label: "CAP_UNIX", Mask: 0x800000},
	{Name: "smb.server_cap.compressed_data", Label: "CAP_COMPRESSED_DATA", Mask: 0x2000000},
	{Name: "smb.server_cap.dynamic_reauth", Label: "CAP_DYNAMIC_REAUTH", Mask: 0x20000000},
	{Name: "smb.server_cap.extended_security", Label: "CAP_EXTENDED_SECURITY", Mask: 0x80000000},
}
