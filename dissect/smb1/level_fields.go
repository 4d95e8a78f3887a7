package smb1

import "smbdiff/dissect/field"

// The information levels by the number that stands in the message, [MS-CIFS]
// 2.2.2.3.
var (
	fFindLevel = enum("smb.ff2_loi", "InformationLevel", field.Values{
		{V: 1, Name: "SMB_INFO_STANDARD"}, {V: 2, Name: "SMB_INFO_QUERY_EA_SIZE"}, {V: 3, Name: "SMB_INFO_QUERY_EAS_FROM_LIST"},
		{V: 0x101, Name: "SMB_FIND_FILE_DIRECTORY_INFO"}, {V: 0x102, Name: "SMB_FIND_FILE_FULL_DIRECTORY_INFO"}, {V: 0x103, Name: "SMB_FIND_FILE_NAMES_INFO"},
		{V: 0x104, Name: "SMB_FIND_FILE_BOTH_DIRECTORY_INFO"}, {V: 0x105, Name: "SMB_FIND_FILE_ID_FULL_DIRECTORY_INFO"},
		{V: 0x106, Name: "SMB_FIND_FILE_ID_BOTH_DIRECTORY_INFO"}, {V: 0x202, Name: "SMB_FIND_FILE_UNIX"}, {V: 0x20b, Name: "SMB_FIND_FILE_UNIX_INFO2"},
	})
	fQueryFSLevel = enum("smb.qfsi_loi", "InformationLevel", field.Values{
		{V: 1, Name: "SMB_INFO_ALLOCATION"}, {V: 2, Name: "SMB_INFO_VOLUME"}, {V: 0x101, Name: "SMB_QUERY_FS_LABEL_INFO"},
		{V: 0x102, Name: "SMB_QUERY_FS_VOLUME_INFO"},
		{V: 0x103, Name: "SMB_QUERY_FS_SIZE_INFO"}, {V: 0x104, Name: "SMB_QUERY_FS_DEVICE_INFO"}, {V: 0x105, Name: "SMB_QUERY_FS_ATTRIBUTE_INFO"},
		{V: 0x200, Name: "SMB_QUERY_CIFS_UNIX_INFO"}, {V: 0x201, Name: "SMB_QUERY_POSIX_FS_INFO"}, {V: 0x202, Name: "SMB_QUERY_POSIX_WHOAMI"}, {V: 1001, Name: "FileFsVolumeInformation"},
		{V: 1003, Name: "FileFsSizeInformation"}, {V: 1004, Name: "FileFsDeviceInformation"}, {V: 1005, Name: "FileFsAttributeInformation"},
		{V: 1006, Name: "FileFsControlInformation"}, {V: 1007, Name: "FileFsFullSizeInformation"}, {V: 1008, Name: "FileFsObjectIdInformation"},
		{V: 1011, Name: "FileFsSectorSizeInformation"},
	})
	fSetFSLevel = enum("smb.sfsi_loi", "InformationLevel", field.Values{
		{V: 0x200, Name: "SMB_SET_CIFS_UNIX_INFO"}, {V: 0x203, Name: "SMB_REQUEST_TRANSPORT_ENCRYPTION"}, {V: 1006, Name: "FileFsControlInformation"},
	})
	fReservedFID = hexNum("smb.fid", "FID")
	fQueryLevel  = enum("smb.qpi_loi", "InformationLevel", field.Values{
		{V: 1, Name: "SMB_INFO_STANDARD"}, {V: 2, Name: "SMB_INFO_QUERY_EA_SIZE"}, {V: 3, Name: "SMB_INFO_QUERY_EAS_FROM_LIST"},
		{V: 4, Name: "SMB_INFO_QUERY_ALL_EAS"}, {V: 6, Name: "SMB_INFO_IS_NAME_VALID"}, {V: 0x101, Name: "SMB_QUERY_FILE_BASIC_INFO"},
		{V: 0x102, Name: "SMB_QUERY_FILE_STANDARD_INFO"}, {V: 0x103, Name: "SMB_QUERY_FILE_EA_INFO"}, {V: 0x104, Name: "SMB_QUERY_FILE_NAME_INFO"},
		{V: 0x107, Name: "SMB_QUERY_FILE_ALL_INFO"}, {V: 0x108, Name: "SMB_QUERY_FILE_ALT_NAME_INFO"}, {V: 0x109, Name: "SMB_QUERY_FILE_STREAM_INFO"},
		{V: 0x10b, Name: "SMB_QUERY_FILE_COMPRESSION_INFO"}, {V: 0x200, Name: "SMB_QUERY_FILE_UNIX_BASIC"}, {V: 0x201, Name: "SMB_QUERY_FILE_UNIX_LINK"},
		{V: 0x204, Name: "SMB_QUERY_POSIX_ACL"}, {V: 0x205, Name: "SMB_QUERY_XATTR"}, {V: 0x206, Name: "SMB_QUERY_ATTR_FLAGS"},
		{V: 0x207, Name: "SMB_QUERY_POSIX_PERMISSION"}, {V: 0x208, Name: "SMB_QUERY_POSIX_LOCK"}, {V: 0x20b, Name: "SMB_QUERY_FILE_UNIX_INFO2"}, {V: 1004, Name: "FileBasicInformation"},
		{V: 1005, Name: "FileStandardInformation"}, {V: 1006, Name: "FileInternalInformation"}, {V: 1007, Name: "FileEaInformation"},
		{V: 1008, Name: "FileAccessInformation"}, {V: 1009, Name: "FileNameInformation"}, {V: 1014, Name: "FilePositionInformation"},
		{V: 1015, Name: "FileFullEaInformation"}, {V: 1016, Name: "FileModeInformation"}, {V: 1017, Name: "FileAlignmentInformation"},
		{V: 1018, Name: "FileAllInformation"}, {V: 1021, Name: "FileAlternateNameInformation"}, {V: 1022, Name: "FileStreamInformation"},
		{V: 1023, Name: "FilePipeInformation"}, {V: 1028, Name: "FileCompressionInformation"}, {V: 1029, Name: "FileObjectIdInformation"},
		{V: 1034, Name: "FileNetworkOpenInformation"}, {V: 1035, Name: "FileAttributeTagInformation"},
	})
	fSetLevel = enum("smb.spi_loi", "InformationLevel", field.Values{
		{V: 1, Name: "SMB_INFO_STANDARD"}, {V: 2, Name: "SMB_INFO_SET_EAS"}, {V: 0x101, Name: "SMB_SET_FILE_BASIC_INFO"},
		{V: 0x102, Name: "SMB_SET_FILE_DISPOSITION_INFO"}, {V: 0x103, Name: "SMB_SET_FILE_ALLOCATION_INFO"}, {V: 0x104, Name: "SMB_SET_FILE_END_OF_FILE_INFO"},
		{V: 0x200, Name: "SMB_SET_FILE_UNIX_BASIC"}, {V: 0x201, Name: "SMB_SET_FILE_UNIX_LINK"}, {V: 0x203, Name: "SMB_SET_FILE_UNIX_HLINK"},
		{V: 0x204, Name: "SMB_SET_POSIX_ACL"}, {V: 0x205, Name: "SMB_SET_XATTR"}, {V: 0x206, Name: "SMB_SET_ATTR_FLAGS"}, {V: 0x208, Name: "SMB_SET_POSIX_LOCK"}, {V: 0x209, Name: "SMB_POSIX_PATH_OPEN"},
		{V: 0x20a, Name: "SMB_POSIX_PATH_UNLINK"}, {V: 0x20b, Name: "SMB_SET_FILE_UNIX_INFO2"}, {V: 1004, Name: "FileBasicInformation"},
		{V: 1010, Name: "FileRenameInformation"}, {V: 1011, Name: "FileLinkInformation"}, {V: 1013, Name: "FileDispositionInformation"},
		{V: 1014, Name: "FilePositionInformation"}, {V: 1015, Name: "FileFullEaInformation"}, {V: 1016, Name: "FileModeInformation"},
		{V: 1019, Name: "FileAllocationInformation"}, {V: 1020, Name: "FileEndOfFileInformation"}, {V: 1023, Name: "FilePipeInformation"},
		{V: 1040, Name: "FileShortNameInformation"},
	})
)

var (
	fEA            = &field.Def{Name: "smb.ea", Label: "Extended attribute"}
	fEAFlags       = hexNum("smb.ea.flags", "ExtendedAttributeFlag")
	fEANameLength  = num("smb.ea.name_length", "AttributeNameLengthInBytes")
	fEADataLength  = num("smb.ea.data_length", "AttributeValueLengthInBytes")
	fEAName        = &field.Def{Name: "smb.ea.name", Label: "AttributeName", Kind: field.Text}
	fEAData        = octets("smb.ea.data", "AttributeValue")
	fLinks         = num("smb.link_count", "NumberOfLinks")
	fDeletePending = num("smb.delete_pending", "DeletePending")
	fDelete        = num("smb.marked_for_deletion", "DeletePending")
	fDispose       = num("smb.disposition.delete_on_close", "DeletePending")
	fReplace       = num("smb.replace", "ReplaceIfExists")
	fRootHandle    = hexNum("smb.root_dir_handle", "RootDirectory")
	fTargetNameLen = num("smb.target_name_len", "FileNameLength")
	fTargetName    = &field.Def{Name: "smb.target_name", Label: "FileName", Kind: field.UTF16}
	fStream        = &field.Def{Name: "smb.stream", Label: "Stream"}
	fStreamNameLen = num("smb.stream_name_len", "StreamNameLength")
	fStreamSize    = num("smb.stream_size", "StreamSize")
	fStreamName    = &field.Def{Name: "smb.stream_name", Label: "StreamName", Kind: field.UTF16}

	fFSID         = num("smb.fs_id", "idFileSystem")
	fSectors      = num("smb.fs_sector_per_unit", "SectorsPerAllocationUnit")
	fFSUnits      = num("smb.fs_units", "cUnit")
	fAvailable    = num("smb.avail.units", "cUnitAvailable")
	fSectorSize   = num("smb.fs_bytes_per_sector", "BytesPerSector")
	fSerial       = hexNum("smb.volume.serial", "SerialNumber")
	fLabelLength  = num("smb.volume.label.len", "VolumeLabelSize")
	fFreeAlloc    = num("smb.free_alloc_units", "TotalFreeAllocationUnits")
	fCallerFree   = num("smb.caller_free_alloc_units", "CallerAvailableAllocationUnits")
	fActualFree   = num("smb.actual_free_alloc_units", "ActualAvailableAllocationUnits")
	fMaxNameLen   = num("smb.fs_max_name_len", "MaxFileNameLengthInBytes")
	fFSNameLen    = num("smb.fs_name.len", "LengthOfFileSystemName")
	fFSName       = &field.Def{Name: "smb.fs_name", Label: "FileSystemName", Kind: field.UTF16}
	fDeviceType   = enum("smb.device.type", "DeviceType", field.Values{{V: 2, Name: "FILE_DEVICE_CD_ROM"}, {V: 7, Name: "FILE_DEVICE_DISK"}, {V: 0x11, Name: "FILE_DEVICE_NAMED_PIPE"}})
	fFSAttributes = flags("smb.fs_attr", "FileSystemAttributes",
		field.Bit{Name: "smb.fs_attr.css", Label: "FILE_CASE_SENSITIVE_SEARCH", Mask: 0x1},
		field.Bit{Name: "smb.fs_attr.cpn", Label: "FILE_CASE_PRESERVED_NAMES", Mask: 0x2},
		field.Bit{Name: "smb.fs_attr.uod", Label: "FILE_UNICODE_ON_DISK", Mask: 0x4},
		field.Bit{Name: "smb.fs_attr.pacls", Label: "FILE_PERSISTENT_ACLS", Mask: 0x8},
		field.Bit{Name: "smb.fs_attr.fc", Label: "FILE_FILE_COMPRESSION", Mask: 0x10},
		field.Bit{Name: "smb.fs_attr.vq", Label: "FILE_VOLUME_QUOTAS", Mask: 0x20},
		field.Bit{Name: "smb.fs_attr.ssf", Label: "FILE_SUPPORTS_SPARSE_FILES", Mask: 0x40},
		field.Bit{Name: "smb.fs_attr.srp", Label: "FILE_SUPPORTS_REPARSE_POINTS", Mask: 0x80},
		field.Bit{Name: "smb.fs_attr.srs", Label: "FILE_SUPPORTS_REMOTE_STORAGE", Mask: 0x100},
		field.Bit{Name: "smb.fs_attr.sla", Label: "0x00004000", Mask: 0x4000},
		field.Bit{Name: "smb.fs_attr.vis", Label: "FILE_VOLUME_IS_COMPRESSED", Mask: 0x8000},
		field.Bit{Name: "smb.fs_attr.soids", Label: "FILE_SUPPORTS_OBJECT_IDS", Mask: 0x10000},
		field.Bit{Name: "smb.fs_attr.se", Label: "FILE_SUPPORTS_ENCRYPTION", Mask: 0x20000},
		field.Bit{Name: "smb.fs_attr.ns", Label: "FILE_NAMED_STREAMS", Mask: 0x40000},
		field.Bit{Name: "smb.fs_attr.rov", Label: "FILE_READ_ONLY_VOLUME", Mask: 0x80000},
		field.Bit{Name: "smb.fs_attr.swo", Label: "FILE_SEQUENTIAL_WRITE_ONCE", Mask: 0x100000},
		field.Bit{Name: "smb.fs_attr.st", Label: "FILE_SUPPORTS_TRANSACTIONS", Mask: 0x200000},
		field.Bit{Name: "smb.fs_attr.shl", Label: "FILE_SUPPORTS_HARD_LINKS", Mask: 0x400000},
		field.Bit{Name: "smb.fs_attr.sis", Label: "FILE_SUPPORT_INTEGRITY_STREAMS", Mask: 0x4000000},
		field.Bit{Name: "smb.fs_attr.sbr", Label: "FILE_SUPPORTS_BLOCK_REFCOUNTING", Mask: 0x8000000},
		field.Bit{Name: "smb.fs_attr.ssv", Label: "FILE_SUPPORTS_SPARSE_VDL", Mask: 0x10000000})
	fDevice = flags("smb.device", "DeviceCharacteristics",
		field.Bit{Name: "smb.device.removable", Label: "FILE_REMOVABLE_MEDIA", Mask: 0x1},
		field.Bit{Name: "smb.device.read_only", Label: "FILE_READ_ONLY_DEVICE", Mask: 0x2},
		field.Bit{Name: "smb.device.floppy", Label: "FILE_FLOPPY_DISKETTE", Mask: 0x4},
		field.Bit{Name: "smb.device.write_once", Label: "FILE_WRITE_ONCE_MEDIA", Mask: 0x8},
		field.Bit{Name: "smb.device.remote", Label: "FILE_REMOTE_DEVICE", Mask: 0x10},
		field.Bit{Name: "smb.device.mounted", Label: "FILE_DEVICE_IS_MOUNTED", Mask: 0x20},
		field.Bit{Name: "smb.device.virtual", Label: "FILE_VIRTUAL_VOLUME", Mask: 0x40},
		field.Bit{Name: "smb.device.secure_open", Label: "FILE_DEVICE_SECURE_OPEN", Mask: 0x100},
		field.Bit{Name: "smb.device.ts", Label: "FILE_CHARACTERISTIC_TS_DEVICE", Mask: 0x1000},
		field.Bit{Name: "smb.device.webdav", Label: "FILE_CHARACTERISTIC_WEBDAV_DEVICE", Mask: 0x2000},
		field.Bit{Name: "smb.device.portable", Label: "FILE_PORTABLE_DEVICE", Mask: 0x4000},
		field.Bit{Name: "smb.device.aat", Label: "FILE_DEVICE_ALLOW_APPCONTAINER_TRAVERSAL", Mask: 0x20000})

	fUnixMajor   = num("smb.unix.major_version", "MajorVersionNumber")
	fUnixMinor   = num("smb.unix.minor_version", "MinorVersionNumber")
	fUnixCaps    = hexNum("smb.unix.capability", "Capability")
	fUnixCapsLow = flags("smb.unix.capability.low", "Capability, lower half",
		field.Bit{Name: "smb.unix.capability.fcntl", Label: "CIFS_UNIX_FCNTL_LOCKS_CAP", Mask: 0x1},
		field.Bit{Name: "smb.unix.capability.posix_acl", Label: "CIFS_UNIX_POSIX_ACLS_CAP", Mask: 0x2},
		field.Bit{Name: "smb.unix.capability.ea", Label: "CIFS_UNIX_XATTR_CAP", Mask: 0x4},
		field.Bit{Name: "smb.unix.capability.attr", Label: "CIFS_UNIX_EXTATTR_CAP", Mask: 0x8},
		field.Bit{Name: "smb.unix.capability.posix_paths", Label: "CIFS_UNIX_POSIX_PATHNAMES_CAP", Mask: 0x10},
		field.Bit{Name: "smb.unix.capability.posix_path_ops", Label: "CIFS_UNIX_POSIX_PATH_OPERATIONS_CAP", Mask: 0x20},
		field.Bit{Name: "smb.unix.capability.large_read", Label: "CIFS_UNIX_LARGE_READ_CAP", Mask: 0x40},
		field.Bit{Name: "smb.unix.capability.large_write", Label: "CIFS_UNIX_LARGE_WRITE_CAP", Mask: 0x80},
		field.Bit{Name: "smb.unix.capability.encryption", Label: "CIFS_UNIX_TRANSPORT_ENCRYPTION_CAP", Mask: 0x100},
		field.Bit{Name: "smb.unix.capability.mandatory_crypto", Label: "CIFS_UNIX_TRANSPORT_ENCRYPTION_MANDATORY_CAP", Mask: 0x200},
		field.Bit{Name: "smb.unix.capability.proxy", Label: "CIFS_UNIX_PROXY_CAP", Mask: 0x400})
	fUnixSize      = num("smb.unix.file.size", "EndOfFile")
	fUnixBytes     = num("smb.unix.file.num_bytes", "NumOfBytes")
	fUnixStatus    = times("smb.unix.file.stime", "LastStatusChange")
	fUnixAccess    = times("smb.unix.file.atime", "LastAccessTime")
	fUnixModified  = times("smb.unix.file.mtime", "LastModificationTime")
	fUnixCreated   = times("smb.unix.file.crtime", "CreationTime")
	fUnixUID       = num("smb.unix.file.uid", "Uid")
	fUnixGID       = num("smb.unix.file.gid", "Gid")
	fUnixDevMajor  = hexNum("smb.unix.file.dev_major", "DevMajor")
	fUnixDevMinor  = hexNum("smb.unix.file.dev_minor", "DevMinor")
	fUnixID        = hexNum("smb.unix.file.unique_id", "UniqueId")
	fUnixPerms     = hexNum("smb.unix.file.perms", "Permissions")
	fUnixLinks     = num("smb.unix.file.num_links", "Nlinks")
	fUnixFlags     = flags("smb.unix_info2.file.flags", "FileFlags", unixFlagBits...)
	fUnixFlagsMask = flags("smb.unix_info2.file.flags_mask", "FileFlagsMask", unixFlagBits...)
	fUnixType      = enum("smb.unix.file.file_type", "Type", field.Values{
		{V: 0, Name: "UNIX_FILE"}, {V: 1, Name: "UNIX_DIR"}, {V: 2, Name: "UNIX_SYMLINK"}, {V: 3, Name: "UNIX_CHARDEV"}, {V: 4, Name: "UNIX_BLOCKDEV"},
		{V: 5, Name: "UNIX_FIFO"}, {V: 6, Name: "UNIX_SOCKET"},
	})

	tLabel = textDef("smb.volume.label", "VolumeLabel")
)

var unixFlagBits = []field.Bit{
	{Name: "smb.unix_info2.file.flags.secure_delete", Label: "EXT_SECURE_DELETE", Mask: 0x1},
	{Name: "smb.unix_info2.file.flags.enable_undelete", Label: "EXT_ENABLE_UNDELETE", Mask: 0x2},
	{Name: "smb.unix_info2.file.flags.synchronous", Label: "EXT_SYNCHRONOUS", Mask: 0x4},
	{Name: "smb.unix_info2.file.flags.immutable", Label: "EXT_IMMUTABLE", Mask: 0x8},
	{Name: "smb.unix_info2.file.flags.append_only", Label: "EXT_OPEN_APPEND_ONLY", Mask: 0x10},
	{Name: "smb.unix_info2.file.flags.do_not_backup", Label: "EXT_DO_NOT_BACKUP", Mask: 0x20},
	{Name: "smb.unix_info2.file.flags.no_update_atime", Label: "EXT_NO_UPDATE_ATIME", Mask: 0x40},
	{Name: "smb.unix_info2.file.flags.hidden", Label: "EXT_HIDDEN", Mask: 0x80},
}
