package fscc

import (
	"strconv"

	"smbdiff/dissect/field"
)

// Subtrees of the file information classes.
var (
	fBasic         = &field.Def{Name: "smb2.file_basic_info", Label: "FileBasicInformation"}
	fStandard      = &field.Def{Name: "smb2.file_standard_info", Label: "FileStandardInformation"}
	fInternal      = &field.Def{Name: "smb2.file_internal_info", Label: "FileInternalInformation"}
	fEA            = &field.Def{Name: "smb2.file_ea_info", Label: "FileEaInformation"}
	fAccess        = &field.Def{Name: "smb2.file_access_info", Label: "FileAccessInformation"}
	fName          = &field.Def{Name: "smb2.file_name_info", Label: "FileNameInformation"}
	fRename        = &field.Def{Name: "smb2.file_rename_info", Label: "FileRenameInformation"}
	fLink          = &field.Def{Name: "smb2.file_link_info", Label: "FileLinkInformation"}
	fDisposition   = &field.Def{Name: "smb2.file_disposition_info", Label: "FileDispositionInformation"}
	fPosition      = &field.Def{Name: "smb2.file_position_info", Label: "FilePositionInformation"}
	fFullEA        = &field.Def{Name: "smb2.file_full_ea_info", Label: "FileFullEaInformation"}
	fMode          = &field.Def{Name: "smb2.file_mode_info", Label: "FileModeInformation"}
	fAlignment     = &field.Def{Name: "smb2.file_alignment_info", Label: "FileAlignmentInformation"}
	fAll           = &field.Def{Name: "smb2.file_all_info", Label: "FileAllInformation"}
	fAllocation    = &field.Def{Name: "smb2.file_allocation_info", Label: "FileAllocationInformation"}
	fEndOfFile     = &field.Def{Name: "smb2.file_endoffile_info", Label: "FileEndOfFileInformation"}
	fAlternateName = &field.Def{Name: "smb2.file_alternate_name_info", Label: "FileAlternateNameInformation"}
	fStream        = &field.Def{Name: "smb2.file_stream_info", Label: "FileStreamInformation"}
	fPipe          = &field.Def{Name: "smb2.file_pipe_info", Label: "FilePipeInformation"}
	fPipeLocal     = &field.Def{Name: "smb2.file_pipe_local_info", Label: "FilePipeLocalInformation"}
	fPipeRemote    = &field.Def{Name: "smb2.file_pipe_remote_info", Label: "FilePipeRemoteInformation"}
	fCompression   = &field.Def{Name: "smb2.file_compression_info", Label: "FileCompressionInformation"}
	fObjectID      = &field.Def{Name: "smb2.FILE_OBJECTID_BUFFER", Label: "FILE_OBJECTID_BUFFER"}
	fNetworkOpen   = &field.Def{Name: "smb2.file_network_open_info", Label: "FileNetworkOpenInformation"}
	fAttributeTag  = &field.Def{Name: "smb2.file_attribute_tag_info", Label: "FileAttributeTagInformation"}
	fValidLength   = &field.Def{Name: "smb2.file_valid_data_length_info", Label: "FileValidDataLengthInformation"}
	fShortNameInfo = &field.Def{Name: "smb2.file_short_name_info", Label: "FileShortNameInformation"}
	fNormalized    = &field.Def{Name: "smb2.file_normalized_name_info", Label: "FileNormalizedNameInformation"}
	fIDInfo        = &field.Def{Name: "smb2.file_id_info", Label: "FileIdInformation"}
	fCaseSensitive = &field.Def{Name: "smb2.file_case_sensitive_info", Label: "FileCaseSensitiveInformation"}
	fPosix         = &field.Def{Name: "smb2.find.posix_info", Label: "FilePosixInformation"}
)

// Fields of FileAllInformation and directory entries.
var (
	Links       = &field.Def{Name: "smb2.nlinks", Label: "NumberOfLinks", Kind: field.Uint}
	fPending    = &field.Def{Name: "smb2.delete_pending", Label: "DeletePending", Kind: field.Uint}
	fDirectory  = &field.Def{Name: "smb2.is_directory", Label: "Directory", Kind: field.Uint}
	fIndex64    = &field.Def{Name: "smb2.file_id", Label: "IndexNumber", Kind: field.Hex}
	fEASize     = &field.Def{Name: "smb2.ea_size", Label: "EaSize", Kind: field.Uint}
	fPositionIn = &field.Def{Name: "smb2.position_info", Label: "CurrentByteOffset", Kind: field.Uint}
	fModeIn     = &field.Def{Name: "smb2.mode_info", Label: "Mode", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.mode.file_write_through", Label: "FILE_WRITE_THROUGH", Mask: 0x2},
		{Name: "smb2.mode.file_sequential_only", Label: "FILE_SEQUENTIAL_ONLY", Mask: 0x4},
		{Name: "smb2.mode.file_no_intermediate_buffering", Label: "FILE_NO_INTERMEDIATE_BUFFERING", Mask: 0x8},
		{Name: "smb2.mode.file_synchronous_io_alert", Label: "FILE_SYNCHRONOUS_IO_ALERT", Mask: 0x10},
		{Name: "smb2.mode.file_synchronous_io_nonalert", Label: "FILE_SYNCHRONOUS_IO_NONALERT", Mask: 0x20},
		{Name: "smb2.mode.file_delete_on_close", Label: "FILE_DELETE_ON_CLOSE", Mask: 0x1000},
	}}
	fAlignmentIn = &field.Def{Name: "smb2.alignment_info", Label: "AlignmentRequirement", Kind: field.Enum, Values: alignments}
)

var alignments = field.Values{
	{V: 0x0, Name: "FILE_BYTE_ALIGNMENT"}, {V: 0x1, Name: "FILE_WORD_ALIGNMENT"}, {V: 0x3, Name: "FILE_LONG_ALIGNMENT"},
	{V: 0x7, Name: "FILE_QUAD_ALIGNMENT"}, {V: 0xf, Name: "FILE_OCTA_ALIGNMENT"}, {V: 0x1f, Name: "FILE_32_BYTE_ALIGNMENT"},
	{V: 0x3f, Name: "FILE_64_BYTE_ALIGNMENT"}, {V: 0x7f, Name: "FILE_128_BYTE_ALIGNMENT"}, {V: 0xff, Name: "FILE_256_BYTE_ALIGNMENT"},
	{V: 0x1ff, Name: "FILE_512_BYTE_ALIGNMENT"},
}

// Fields of the smaller classes, which go by the names of SMB1's levels.
var (
	fAllocSize     = &field.Def{Name: "smb.alloc_size64", Label: "AllocationSize", Kind: field.Uint}
	fEnd           = &field.Def{Name: "smb.end_of_file", Label: "EndOfFile", Kind: field.Uint}
	fLinkCount     = &field.Def{Name: "smb.link_count", Label: "NumberOfLinks", Kind: field.Uint}
	fDeletePending = &field.Def{Name: "smb.delete_pending", Label: "DeletePending", Kind: field.Uint}
	fIsDirectory   = &field.Def{Name: "smb.is_directory", Label: "Directory", Kind: field.Uint}
	fFileReference = &field.Def{Name: "smb2.file_reference_number", Label: "FileReferenceNumber", Kind: field.Hex}
	fIndexNumber   = &field.Def{Name: "smb.index_number", Label: "IndexNumber", Kind: field.Hex}
	fEAList        = &field.Def{Name: "smb.ea.list_length", Label: "EaSize", Kind: field.Uint}
	fFileNameLen   = &field.Def{Name: "smb.file_name_len", Label: "FileNameLength", Kind: field.Uint}
	fFileName      = &field.Def{Name: "smb.file", Label: "FileName", Kind: field.UTF16}
	fReplace       = &field.Def{Name: "smb2.rename.replace_if", Label: "ReplaceIfExists", Kind: field.Uint}
	fRenameFlags   = &field.Def{Name: "smb2.rename.flags", Label: "Flags", Kind: field.Hex}
	fRandom        = &field.Def{Name: "smb2.reserved.random", Label: "Reserved", Kind: field.Bytes}
	fRoot          = &field.Def{Name: "smb2.root_directory", Label: "RootDirectory", Kind: field.Bytes}
	fDeleteOnClose = &field.Def{Name: "smb2.disposition.delete_on_close", Label: "DeletePending", Kind: field.Uint}
	fDeleteFlags   = &field.Def{Name: "smb2.disposition.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.disposition.flags.delete", Label: "FILE_DISPOSITION_DELETE", Mask: 0x1},
		{Name: "smb2.disposition.flags.posix_semantics", Label: "FILE_DISPOSITION_POSIX_SEMANTICS", Mask: 0x2},
		{Name: "smb2.disposition.flags.force_image_section_check", Label: "FILE_DISPOSITION_FORCE_IMAGE_SECTION_CHECK", Mask: 0x4},
		{Name: "smb2.disposition.flags.on_close", Label: "FILE_DISPOSITION_ON_CLOSE", Mask: 0x8},
		{Name: "smb2.disposition.flags.ignore_readonly", Label: "FILE_DISPOSITION_IGNORE_READONLY_ATTRIBUTE", Mask: 0x10},
	}}
	fOffset64     = &field.Def{Name: "smb.position", Label: "CurrentByteOffset", Kind: field.Uint}
	fModeBits     = &field.Def{Name: "smb.mode", Label: "Mode", Kind: field.Hex}
	fAlign        = &field.Def{Name: "smb.alignment", Label: "AlignmentRequirement", Kind: field.Enum, Values: alignments}
	fStreamNext   = &field.Def{Name: "smb.next_entry_offset", Label: "NextEntryOffset", Kind: field.Uint}
	fStreamLen    = &field.Def{Name: "smb.stream_name_len", Label: "StreamNameLength", Kind: field.Uint}
	fStreamSize   = &field.Def{Name: "smb.stream_size", Label: "StreamSize", Kind: field.Uint}
	fStreamName   = &field.Def{Name: "smb.stream_name", Label: "StreamName", Kind: field.UTF16}
	fCompSize     = &field.Def{Name: "smb.compressed.file_size", Label: "CompressedFileSize", Kind: field.Uint}
	fCompFormat   = &field.Def{Name: "smb.compressed.format", Label: "CompressionFormat", Kind: field.Enum, Values: CompressionFormats}
	fCompUnit     = &field.Def{Name: "smb.compressed.unit_shift", Label: "CompressionUnitShift", Kind: field.Uint}
	fCompChunk    = &field.Def{Name: "smb.compressed.chunk_shift", Label: "ChunkShift", Kind: field.Uint}
	fCompCluster  = &field.Def{Name: "smb.compressed.cluster_shift", Label: "ClusterShift", Kind: field.Uint}
	fReserved1    = &field.Def{Name: "smb.reserved", Label: "Reserved", Kind: field.Bytes}
	fCreated1     = &field.Def{Name: "smb.create.time", Label: "CreationTime", Kind: field.FileTime}
	fAccessed1    = &field.Def{Name: "smb.access.time", Label: "LastAccessTime", Kind: field.FileTime}
	fWritten1     = &field.Def{Name: "smb.last_write.time", Label: "LastWriteTime", Kind: field.FileTime}
	fChanged1     = &field.Def{Name: "smb.change.time", Label: "ChangeTime", Kind: field.FileTime}
	fAttribute1   = &field.Def{Name: "smb.attribute", Label: "FileAttributes", Kind: field.Hex}
	fReparseTag1  = &field.Def{Name: "smb.reparse_tag", Label: "ReparseTag", Kind: field.Enum, Values: reparseTags}
	fValidData    = &field.Def{Name: "smb2.valid_data_length", Label: "ValidDataLength", Kind: field.Uint}
	fVolumeSerial = &field.Def{Name: "smb2.volume_serial", Label: "VolumeSerialNumber", Kind: field.Hex}
	fID128        = &field.Def{Name: "smb2.file_id_128", Label: "FileId", Kind: field.Bytes}
	fCaseFlags    = &field.Def{Name: "smb2.case_sensitive.flags", Label: "Flags", Kind: field.Hex}
	fReadMode     = &field.Def{Name: "smb2.pipe.read_mode", Label: "ReadMode", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "FILE_PIPE_BYTE_STREAM_MODE"}, {V: 1, Name: "FILE_PIPE_MESSAGE_MODE"}}}
	fCompletionMode = &field.Def{Name: "smb2.pipe.completion_mode", Label: "CompletionMode", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "FILE_PIPE_QUEUE_OPERATION"}, {V: 1, Name: "FILE_PIPE_COMPLETE_OPERATION"}}}
	fPipeType     = &field.Def{Name: "smb2.pipe.type", Label: "NamedPipeType", Kind: field.Uint}
	fPipeConfig   = &field.Def{Name: "smb2.pipe.configuration", Label: "NamedPipeConfiguration", Kind: field.Uint}
	fPipeMax      = &field.Def{Name: "smb2.pipe.max_instances", Label: "MaximumInstances", Kind: field.Uint}
	fPipeCurrent  = &field.Def{Name: "smb2.pipe.current_instances", Label: "CurrentInstances", Kind: field.Uint}
	fPipeInQuota  = &field.Def{Name: "smb2.pipe.inbound_quota", Label: "InboundQuota", Kind: field.Uint}
	fPipeReadable = &field.Def{Name: "smb2.pipe.read_data_available", Label: "ReadDataAvailable", Kind: field.Uint}
	fPipeOutQuota = &field.Def{Name: "smb2.pipe.outbound_quota", Label: "OutboundQuota", Kind: field.Uint}
	fPipeWritable = &field.Def{Name: "smb2.pipe.write_quota_available", Label: "WriteQuotaAvailable", Kind: field.Uint}
	fPipeState    = &field.Def{Name: "smb2.pipe.state", Label: "NamedPipeState", Kind: field.Uint}
	fPipeEnd      = &field.Def{Name: "smb2.pipe.end", Label: "NamedPipeEnd", Kind: field.Uint}
	fCollectTime  = &field.Def{Name: "smb2.pipe.collect_data_time", Label: "CollectDataTime", Kind: field.Uint}
	fCollectMax   = &field.Def{Name: "smb2.pipe.maximum_collection_count", Label: "MaximumCollectionCount", Kind: field.Uint}
	fObject       = &field.Def{Name: "smb2.object_id", Label: "ObjectId", Kind: field.GUID}
	fBirthVolume  = &field.Def{Name: "smb2.birth_volume_id", Label: "BirthVolumeId", Kind: field.GUID}
	fBirthObject  = &field.Def{Name: "smb2.birth_object_id", Label: "BirthObjectId", Kind: field.GUID}
	fDomainID     = &field.Def{Name: "smb2.domain_id", Label: "DomainId", Kind: field.GUID}
	fInode        = &field.Def{Name: "smb2.inode", Label: "Inode", Kind: field.Hex}
	fPosixDevice  = &field.Def{Name: "smb2.posix_device", Label: "DeviceId", Kind: field.Hex}
	// PosixPerms is a mode, as stat has it.
	PosixPerms = &field.Def{Name: "smb2.posix_perms", Label: "POSIX perms", Kind: field.Status, Lookup: octal, All: noNames, Bits: []field.Bit{
		{Name: "smb2.posix_perms.type", Label: "S_IFMT", Mask: 0xf000, Values: field.Values{{V: 1, Name: "S_IFIFO"}, {V: 2, Name: "S_IFCHR"},
			{V: 4, Name: "S_IFDIR"}, {V: 6, Name: "S_IFBLK"}, {V: 8, Name: "S_IFREG"}, {V: 10, Name: "S_IFLNK"}, {V: 12, Name: "S_IFSOCK"}}},
		{Name: "smb2.posix_perms.setuid", Label: "S_ISUID", Mask: 0o4000},
		{Name: "smb2.posix_perms.setgid", Label: "S_ISGID", Mask: 0o2000},
		{Name: "smb2.posix_perms.sticky", Label: "S_ISVTX", Mask: 0o1000},
		{Name: "smb2.posix_perms.user_read", Label: "S_IRUSR", Mask: 0o400},
		{Name: "smb2.posix_perms.user_write", Label: "S_IWUSR", Mask: 0o200},
		{Name: "smb2.posix_perms.user_execute", Label: "S_IXUSR", Mask: 0o100},
		{Name: "smb2.posix_perms.group_read", Label: "S_IRGRP", Mask: 0o40},
		{Name: "smb2.posix_perms.group_write", Label: "S_IWGRP", Mask: 0o20},
		{Name: "smb2.posix_perms.group_execute", Label: "S_IXGRP", Mask: 0o10},
		{Name: "smb2.posix_perms.other_read", Label: "S_IROTH", Mask: 0o4},
		{Name: "smb2.posix_perms.other_write", Label: "S_IWOTH", Mask: 0o2},
		{Name: "smb2.posix_perms.other_execute", Label: "S_IXOTH", Mask: 0o1},
	}}
	fAttributes1 = &field.Def{Name: "smb.file_attribute", Label: "FileAttributes", Kind: field.Flags, Bits: attributeBits1}
)

// CompressionFormats are the names of [MS-FSCC] 2.3.18 and 2.4.9.
var CompressionFormats = field.Values{
	{V: 0, Name: "COMPRESSION_FORMAT_NONE"}, {V: 1, Name: "COMPRESSION_FORMAT_DEFAULT"}, {V: 2, Name: "COMPRESSION_FORMAT_LZNT1"}}

var attributeBits1 = []field.Bit{
	{Name: "smb.file_attribute.read_only", Label: "READONLY", Mask: 0x1},
	{Name: "smb.file_attribute.hidden", Label: "HIDDEN", Mask: 0x2},
	{Name: "smb.file_attribute.system", Label: "SYSTEM", Mask: 0x4},
	{Name: "smb.file_attribute.volume", Label: "VOLUME", Mask: 0x8},
	{Name: "smb.file_attribute.directory", Label: "DIRECTORY", Mask: 0x10},
	{Name: "smb.file_attribute.archive", Label: "ARCHIVE", Mask: 0x20},
	{Name: "smb.file_attribute.device", Label: "DEVICE", Mask: 0x40},
	{Name: "smb.file_attribute.normal", Label: "NORMAL", Mask: 0x80},
	{Name: "smb.file_attribute.temporary", Label: "TEMPORARY", Mask: 0x100},
	{Name: "smb.file_attribute.sparse", Label: "SPARSE_FILE", Mask: 0x200},
	{Name: "smb.file_attribute.reparse", Label: "REPARSE_POINT", Mask: 0x400},
	{Name: "smb.file_attribute.compressed", Label: "COMPRESSED", Mask: 0x800},
	{Name: "smb.file_attribute.offline", Label: "OFFLINE", Mask: 0x1000},
	{Name: "smb.file_attribute.not_content_indexed", Label: "NOT_CONTENT_INDEXED", Mask: 0x2000},
	{Name: "smb.file_attribute.encrypted", Label: "ENCRYPTED", Mask: 0x4000},
}

// octal is how a mode reads.
func octal(v uint64) string { return "0" + strconv.FormatUint(v, 8) }

func noNames() field.Values { return nil }
