package fscc

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fVolumeInfo   = &field.Def{Name: "smb2.fs_volume_info", Label: "FileFsVolumeInformation"}
	fLabelInfo    = &field.Def{Name: "smb2.fs_label_info", Label: "FileFsLabelInformation"}
	fSizeInfo     = &field.Def{Name: "smb2.fs_size_info", Label: "FileFsSizeInformation"}
	fDeviceInfo   = &field.Def{Name: "smb2.fs_device_info", Label: "FileFsDeviceInformation"}
	fAttrInfo     = &field.Def{Name: "smb2.fs_attribute_info", Label: "FileFsAttributeInformation"}
	fControlInfo  = &field.Def{Name: "smb2.fs_control_info", Label: "FileFsControlInformation"}
	fFullSizeInfo = &field.Def{Name: "smb2.fs_full_size_info", Label: "FileFsFullSizeInformation"}
	fObjectInfo   = &field.Def{Name: "smb2.fs_objectid_info", Label: "FileFsObjectIdInformation"}
	fSectorInfo   = &field.Def{Name: "smb2.fs_sector_size_info", Label: "FileFsSectorSizeInformation"}
	fPosixInfo    = &field.Def{Name: "smb2.fs_posix_info", Label: "FileFsPosixInformation"}

	fSerial     = &field.Def{Name: "smb.volume.serial", Label: "VolumeSerialNumber", Kind: field.Hex}
	fLabelLen   = &field.Def{Name: "smb.volume.label.len", Label: "VolumeLabelLength", Kind: field.Uint}
	fLabel      = &field.Def{Name: "smb.volume.label", Label: "VolumeLabel", Kind: field.UTF16}
	fUnits      = &field.Def{Name: "smb.alloc_size64", Label: "TotalAllocationUnits", Kind: field.Uint}
	fFree       = &field.Def{Name: "smb.free_alloc_units", Label: "AvailableAllocationUnits", Kind: field.Uint}
	fCallerFree = &field.Def{Name: "smb.caller_free_alloc_units", Label: "CallerAvailableAllocationUnits", Kind: field.Uint}
	fActualFree = &field.Def{Name: "smb.actual_free_alloc_units", Label: "ActualAvailableAllocationUnits", Kind: field.Uint}
	fSectors    = &field.Def{Name: "smb.fs_sector_per_unit", Label: "SectorsPerAllocationUnit", Kind: field.Uint}
	fSectorSize = &field.Def{Name: "smb.fs_bytes_per_sector", Label: "BytesPerSector", Kind: field.Uint}
	fDeviceType = &field.Def{Name: "smb.device.type", Label: "DeviceType", Kind: field.Enum, Values: field.Values{
		{V: 2, Name: "FILE_DEVICE_CD_ROM"}, {V: 7, Name: "FILE_DEVICE_DISK"}, {V: 8, Name: "FILE_DEVICE_DISK_FILE_SYSTEM"},
		{V: 0x11, Name: "FILE_DEVICE_NAMED_PIPE"}, {V: 0x14, Name: "FILE_DEVICE_NETWORK_FILE_SYSTEM"}}}
	fDevice = &field.Def{Name: "smb.device", Label: "Characteristics", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb.device.removable", Label: "FILE_REMOVABLE_MEDIA", Mask: 0x1},
		{Name: "smb.device.read_only", Label: "FILE_READ_ONLY_DEVICE", Mask: 0x2},
		{Name: "smb.device.floppy", Label: "FILE_FLOPPY_DISKETTE", Mask: 0x4},
		{Name: "smb.device.write_once", Label: "FILE_WRITE_ONCE_MEDIA", Mask: 0x8},
		{Name: "smb.device.remote", Label: "FILE_REMOTE_DEVICE", Mask: 0x10},
		{Name: "smb.device.mounted", Label: "FILE_DEVICE_IS_MOUNTED", Mask: 0x20},
		{Name: "smb.device.virtual", Label: "FILE_VIRTUAL_VOLUME", Mask: 0x40},
		{Name: "smb.device.secure_open", Label: "FILE_DEVICE_SECURE_OPEN", Mask: 0x100},
		{Name: "smb.device.ts", Label: "FILE_CHARACTERISTIC_TS_DEVICE", Mask: 0x1000},
		{Name: "smb.device.webdav", Label: "FILE_CHARACTERISTIC_WEBDAV_DEVICE", Mask: 0x2000},
		{Name: "smb.device.portable", Label: "FILE_PORTABLE_DEVICE", Mask: 0x4000},
		{Name: "smb.device.aat", Label: "FILE_DEVICE_ALLOW_APPCONTAINER_TRAVERSAL", Mask: 0x20000},
	}}
	fFSAttributes = &field.Def{Name: "smb.fs_attr", Label: "FileSystemAttributes", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb.fs_attr.css", Label: "FILE_CASE_SENSITIVE_SEARCH", Mask: 0x1},
		{Name: "smb.fs_attr.cpn", Label: "FILE_CASE_PRESERVED_NAMES", Mask: 0x2},
		{Name: "smb.fs_attr.uod", Label: "FILE_UNICODE_ON_DISK", Mask: 0x4},
		{Name: "smb.fs_attr.pacls", Label: "FILE_PERSISTENT_ACLS", Mask: 0x8},
		{Name: "smb.fs_attr.fc", Label: "FILE_FILE_COMPRESSION", Mask: 0x10},
		{Name: "smb.fs_attr.vq", Label: "FILE_VOLUME_QUOTAS", Mask: 0x20},
		{Name: "smb.fs_attr.ssf", Label: "FILE_SUPPORTS_SPARSE_FILES", Mask: 0x40},
		{Name: "smb.fs_attr.srp", Label: "FILE_SUPPORTS_REPARSE_POINTS", Mask: 0x80},
		{Name: "smb.fs_attr.srs", Label: "FILE_SUPPORTS_REMOTE_STORAGE", Mask: 0x100},
		{Name: "smb.fs_attr.sla", Label: "FILE_SUPPORTS_LFN_APIS", Mask: 0x4000},
		{Name: "smb.fs_attr.vis", Label: "FILE_VOLUME_IS_COMPRESSED", Mask: 0x8000},
		{Name: "smb.fs_attr.soids", Label: "FILE_SUPPORTS_OBJECT_IDS", Mask: 0x10000},
		{Name: "smb.fs_attr.se", Label: "FILE_SUPPORTS_ENCRYPTION", Mask: 0x20000},
		{Name: "smb.fs_attr.ns", Label: "FILE_NAMED_STREAMS", Mask: 0x40000},
		{Name: "smb.fs_attr.rov", Label: "FILE_READ_ONLY_VOLUME", Mask: 0x80000},
		{Name: "smb.fs_attr.swo", Label: "FILE_SEQUENTIAL_WRITE_ONCE", Mask: 0x100000},
		{Name: "smb.fs_attr.st", Label: "FILE_SUPPORTS_TRANSACTIONS", Mask: 0x200000},
		{Name: "smb.fs_attr.shl", Label: "FILE_SUPPORTS_HARD_LINKS", Mask: 0x400000},
		{Name: "smb.fs_attr.sea", Label: "FILE_SUPPORTS_EXTENDED_ATTRIBUTES", Mask: 0x800000},
		{Name: "smb.fs_attr.obf", Label: "FILE_SUPPORTS_OPEN_BY_FILE_ID", Mask: 0x1000000},
		{Name: "smb.fs_attr.usn", Label: "FILE_SUPPORTS_USN_JOURNAL", Mask: 0x2000000},
		{Name: "smb.fs_attr.sis", Label: "FILE_SUPPORT_INTEGRITY_STREAMS", Mask: 0x4000000},
		{Name: "smb.fs_attr.sbr", Label: "FILE_SUPPORTS_BLOCK_REFCOUNTING", Mask: 0x8000000},
		{Name: "smb.fs_attr.ssv", Label: "FILE_SUPPORTS_SPARSE_VDL", Mask: 0x10000000},
	}}
	fMaxName   = &field.Def{Name: "smb.fs_max_name_len", Label: "MaximumComponentNameLength", Kind: field.Uint}
	fFSNameLen = &field.Def{Name: "smb.fs_name.len", Label: "FileSystemNameLength", Kind: field.Uint}
	fFSName    = &field.Def{Name: "smb.fs_name", Label: "FileSystemName", Kind: field.UTF16}

	fFilterStart     = &field.Def{Name: "smb2.fs_control.free_space_start_filtering", Label: "FreeSpaceStartFiltering", Kind: field.Uint}
	fFilterThreshold = &field.Def{Name: "smb2.fs_control.free_space_threshold", Label: "FreeSpaceThreshold", Kind: field.Uint}
	fFilterStop      = &field.Def{Name: "smb2.fs_control.free_space_stop_filtering", Label: "FreeSpaceStopFiltering", Kind: field.Uint}
	fControlFlags    = &field.Def{Name: "smb.quota.flags", Label: "FileSystemControlFlags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb.quota.flags.enabled", Label: "FILE_VC_QUOTA_TRACK", Mask: 0x1},
		{Name: "smb.quota.flags.deny_disk", Label: "FILE_VC_QUOTA_ENFORCE", Mask: 0x2},
		{Name: "smb.quota.flags.log_warning", Label: "FILE_VC_LOG_QUOTA_THRESHOLD", Mask: 0x10},
		{Name: "smb.quota.flags.log_limit", Label: "FILE_VC_LOG_QUOTA_LIMIT", Mask: 0x20},
	}}

	fLogicalSector  = &field.Def{Name: "smb2.fs_sector.logical", Label: "LogicalBytesPerSector", Kind: field.Uint}
	fPhysicalAtomic = &field.Def{Name: "smb2.fs_sector.physical_atomicity", Label: "PhysicalBytesPerSectorForAtomicity", Kind: field.Uint}
	fPhysicalPerf   = &field.Def{Name: "smb2.fs_sector.physical_performance", Label: "PhysicalBytesPerSectorForPerformance", Kind: field.Uint}
	fEffective      = &field.Def{Name: "smb2.fs_sector.effective_atomicity", Label: "FileSystemEffectivePhysicalBytesPerSectorForAtomicity", Kind: field.Uint}
	fSectorFlags    = &field.Def{Name: "smb2.fs_sector.flags", Label: "Flags", Kind: field.Hex}
	fSectorAligned  = &field.Def{Name: "smb2.fs_sector.alignment", Label: "ByteOffsetForSectorAlignment", Kind: field.Uint}
	fPartition      = &field.Def{Name: "smb2.fs_sector.partition_alignment", Label: "ByteOffsetForPartitionAlignment", Kind: field.Uint}

	fPosixTransfer = &field.Def{Name: "smb2.fs_posix.optimal_transfer_size", Label: "OptimalTransferSize", Kind: field.Uint}
	fPosixBlock    = &field.Def{Name: "smb2.fs_posix.block_size", Label: "BlockSize", Kind: field.Uint}
	fPosixTotal    = &field.Def{Name: "smb2.fs_posix.total_blocks", Label: "TotalBlocks", Kind: field.Uint}
	fPosixAvail    = &field.Def{Name: "smb2.fs_posix.blocks_available", Label: "BlocksAvail", Kind: field.Uint}
	fPosixUser     = &field.Def{Name: "smb2.fs_posix.user_blocks_available", Label: "UserBlocksAvail", Kind: field.Uint}
	fPosixNodes    = &field.Def{Name: "smb2.fs_posix.total_file_nodes", Label: "TotalFileNodes", Kind: field.Uint}
	fPosixFree     = &field.Def{Name: "smb2.fs_posix.free_file_nodes", Label: "FreeFileNodes", Kind: field.Uint}
	fPosixID       = &field.Def{Name: "smb2.fs_posix.identifier", Label: "FsIdentifier", Kind: field.Hex}
)

// System walks what a file system information class holds, [MS-FSCC] 2.5.
func System(c *wire.Codec, class uint8) {
	switch class {
	case systemVolume:
		within(c, fVolumeInfo, new(Volume).Walk)
	case systemLabel:
		within(c, fLabelInfo, label)
	case systemSize:
		within(c, fSizeInfo, new(Size).Walk)
	case systemDevice:
		within(c, fDeviceInfo, new(Device).Walk)
	case systemAttribute:
		within(c, fAttrInfo, new(SystemAttributes).Walk)
	case systemControl:
		within(c, fControlInfo, new(Control).Walk)
	case systemFullSize:
		within(c, fFullSizeInfo, new(FullSize).Walk)
	case systemObjectID:
		within(c, fObjectInfo, ObjectID)
	case systemDriverPath:
		within(c, fDriverPath, driverPath)
	case systemSectorSize:
		within(c, fSectorInfo, new(SectorSize).Walk)
	case systemPosix:
		within(c, fPosixInfo, new(SystemPosix).Walk)
	}
}

func within(c *wire.Codec, d *field.Def, walk func(*wire.Codec)) {
	c.BeginLen(d, c.Left(), 0)
	walk(c)
	c.Rest(Unknown)
	c.Done()
}

// label is [MS-FSCC] 2.5.5.
func label(c *wire.Codec) {
	n := int(c.Show32(fLabelLen))
	text(c, fLabel, n)
}
