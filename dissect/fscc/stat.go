package fscc

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// Classes that few servers answer, and the newer ones.
var (
	fHardLink    = &field.Def{Name: "smb2.file_hard_link_info", Label: "FileHardLinkInformation"}
	fLinkEntry   = &field.Def{Name: "smb2.file_hard_link_info.entry", Label: "FILE_LINK_ENTRY_INFORMATION"}
	fLinkNeeded  = &field.Def{Name: "smb2.file_hard_link_info.bytes_needed", Label: "BytesNeeded", Kind: field.Uint}
	fLinkEntries = &field.Def{Name: "smb2.file_hard_link_info.entries_returned", Label: "EntriesReturned", Kind: field.Uint}
	fLinkParent  = &field.Def{Name: "smb2.file_hard_link_info.parent_file_id", Label: "ParentFileId", Kind: field.Hex}
	fLinkChars   = &field.Def{Name: "smb2.file_hard_link_info.name_chars", Label: "FileNameLength", Kind: field.Uint}

	fStat        = &field.Def{Name: "smb2.file_stat_info", Label: "FileStatInformation"}
	fStatLx      = &field.Def{Name: "smb2.file_stat_lx_info", Label: "FileStatLxInformation"}
	fStatAccess  = &field.Def{Name: AccessMask.Name, Label: "EffectiveAccess", Kind: field.Flags, Bits: accessBits}
	fLxFlags     = &field.Def{Name: "smb2.file_stat_lx_info.flags", Label: "LxFlags", Kind: field.Hex}
	fLxUID       = &field.Def{Name: "smb2.file_stat_lx_info.uid", Label: "LxUid", Kind: field.Uint}
	fLxGID       = &field.Def{Name: "smb2.file_stat_lx_info.gid", Label: "LxGid", Kind: field.Uint}
	fLxMode      = &field.Def{Name: "smb2.file_stat_lx_info.mode", Label: "LxMode", Kind: field.Hex}
	fLxMajor     = &field.Def{Name: "smb2.file_stat_lx_info.device_major", Label: "LxDeviceIdMajor", Kind: field.Uint}
	fLxMinor     = &field.Def{Name: "smb2.file_stat_lx_info.device_minor", Label: "LxDeviceIdMinor", Kind: field.Uint}
	fStdLink     = &field.Def{Name: "smb2.file_standard_link_info", Label: "FileStandardLinkInformation"}
	fLinksUsable = &field.Def{Name: "smb2.file_standard_link_info.accessible", Label: "NumberOfAccessibleLinks", Kind: field.Uint}
	fLinksTotal  = &field.Def{Name: "smb2.file_standard_link_info.total", Label: "TotalNumberOfLinks", Kind: field.Uint}

	fMailslotQuery = &field.Def{Name: "smb2.file_mailslot_query_info", Label: "FileMailslotQueryInformation"}
	fMailslotSet   = &field.Def{Name: "smb2.file_mailslot_set_info", Label: "FileMailslotSetInformation"}
	fMailslotMax   = &field.Def{Name: "smb2.mailslot.maximum_message_size", Label: "MaximumMessageSize", Kind: field.Uint}
	fMailslotQuota = &field.Def{Name: "smb2.mailslot.quota", Label: "MailslotQuota", Kind: field.Uint}
	fMailslotNext  = &field.Def{Name: "smb2.mailslot.next_message_size", Label: "NextMessageSize", Kind: field.Uint}
	fMailslotCount = &field.Def{Name: "smb2.mailslot.messages_available", Label: "MessagesAvailable", Kind: field.Uint}
	fMailslotWait  = &field.Def{Name: "smb2.mailslot.read_timeout", Label: "ReadTimeout", Kind: field.Uint}

	fTracking    = &field.Def{Name: "smb2.file_tracking_info", Label: "FileTrackingInformation"}
	fTrackFile   = &field.Def{Name: "smb2.tracking.destination_file", Label: "DestinationFile", Kind: field.Hex}
	fTrackLength = &field.Def{Name: "smb2.tracking.object_length", Label: "ObjectInformationLength", Kind: field.Uint}
	fTrackObject = &field.Def{Name: "smb2.tracking.object", Label: "ObjectInformation", Kind: field.Bytes}

	fSfio        = &field.Def{Name: "smb2.file_sfio_reserve_info", Label: "FileSfioReserveInformation"}
	fSfioNumbers = [...]*field.Def{
		{Name: "smb2.sfio.requests_per_period", Label: "RequestsPerPeriod", Kind: field.Uint},
		{Name: "smb2.sfio.period", Label: "Period", Kind: field.Uint},
	}
	fSfioRetry   = &field.Def{Name: "smb2.sfio.retry_failures", Label: "RetryFailures", Kind: field.Uint}
	fSfioDiscard = &field.Def{Name: "smb2.sfio.discardable", Label: "Discardable", Kind: field.Uint}
	fSfioSize    = &field.Def{Name: "smb2.sfio.request_size", Label: "RequestSize", Kind: field.Uint}
	fSfioCount   = &field.Def{Name: "smb2.sfio.outstanding_requests", Label: "NumOutstandingRequests", Kind: field.Uint}

	fReserve   = &field.Def{Name: "smb2.file_storage_reserve_id_info", Label: "FileStorageReserveIdInformation"}
	fReserveID = &field.Def{Name: "smb2.storage_reserve_id", Label: "StorageReserveId", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "StorageReserveIdNone"}, {V: 1, Name: "StorageReserveIdHard"}, {V: 2, Name: "StorageReserveIdSoft"},
		{V: 3, Name: "StorageReserveIdUpdateScratch"}}}

	fGlobalTx   = &field.Def{Name: "smb2.find.id_global_tx_directory_info", Label: "FileIdGlobalTxDirectoryInformation"}
	fLockingTx  = &field.Def{Name: "smb2.locking_transaction_id", Label: "LockingTransactionId", Kind: field.GUID}
	fTxFlags    = &field.Def{Name: "smb2.tx_info_flags", Label: "TxInfoFlags", Kind: field.Hex}
	fID64Extd   = &field.Def{Name: "smb2.find.id_64_extd_directory_info", Label: "FileId64ExtdDirectoryInformation"}
	fID64Both   = &field.Def{Name: "smb2.find.id_64_extd_both_directory_info", Label: "FileId64ExtdBothDirectoryInformation"}
	fIDAllExtd  = &field.Def{Name: "smb2.find.id_all_extd_directory_info", Label: "FileIdAllExtdDirectoryInformation"}
	fIDAllBoth  = &field.Def{Name: "smb2.find.id_all_extd_both_directory_info", Label: "FileIdAllExtdBothDirectoryInformation"}
	fDriverPath = &field.Def{Name: "smb2.fs_driver_path_info", Label: "FileFsDriverPathInformation"}
	fDriverIn   = &field.Def{Name: "smb2.fs_driver_path_info.driver_in_path", Label: "DriverInPath", Kind: field.Uint}
	fDriverLen  = &field.Def{Name: "smb2.fs_driver_path_info.name_length", Label: "DriverNameLength", Kind: field.Uint}
	fDriverName = &field.Def{Name: "smb2.fs_driver_path_info.name", Label: "DriverName", Kind: field.UTF16}
)

// hardLinks is [MS-FSCC] 2.4.17: the length of a name counts characters.
func hardLinks(c *wire.Codec) {
	c.Show32(fLinkNeeded)
	c.Show32(fLinkEntries)
	c.Chain(func(c *wire.Codec) {
		c.BeginLen(fLinkEntry, c.Left(), 0)
		c.Show32(NextEntry)
		c.Show64(fLinkParent)
		n := int(c.Show32(fLinkChars))
		text(c, FileName, 2*min(n, 1<<16))
		c.Done()
	})
}

// stat is FILE_STAT_INFORMATION of the Windows driver kit: [MS-FSCC] 2.4 does
// not have it.
func stat(c *wire.Codec) {
	c.Show64(FileID64)
	times(c)
	c.Show64(AllocationSize)
	c.Show64(EndOfFile)
	c.Show32(Attributes)
	c.Show32(Tag)
	c.Show32(Links)
	c.Show32(fStatAccess)
}

// statLx is FILE_STAT_LX_INFORMATION, from there as well.
func statLx(c *wire.Codec) {
	stat(c)
	for _, d := range [...]*field.Def{fLxFlags, fLxUID, fLxGID, fLxMode, fLxMajor, fLxMinor} {
		c.Show32(d)
	}
}

// standardLink is [MS-FSCC] 2.4.48.
func standardLink(c *wire.Codec) {
	c.Show32(fLinksUsable)
	c.Show32(fLinksTotal)
	c.Show8(fDeletePending)
	c.Show8(fIsDirectory)
	c.Bytes(Reserved, min(2, c.Left()))
}

// mailslotQuery is [MS-FSCC] 2.4.29, mailslotSet is 2.4.30.
func mailslotQuery(c *wire.Codec) {
	for _, d := range [...]*field.Def{fMailslotMax, fMailslotQuota, fMailslotNext, fMailslotCount} {
		c.Show32(d)
	}
	mailslotSet(c)
}

func mailslotSet(c *wire.Codec) { c.Show64(fMailslotWait) }

// tracking is FILE_TRACKING_INFORMATION of the Windows driver kit.
func tracking(c *wire.Codec) {
	c.Show64(fTrackFile)
	c.Bytes(fTrackObject, min(int(c.Show32(fTrackLength)), c.Left()))
}

// sfioReserve is [MS-FSCC] 2.4.45.
func sfioReserve(c *wire.Codec) {
	for _, d := range fSfioNumbers {
		c.Show32(d)
	}
	c.Show8(fSfioRetry)
	c.Show8(fSfioDiscard)
	c.Bytes(Reserved, 2)
	c.Show32(fSfioSize)
	c.Show32(fSfioCount)
}

// driverPath is [MS-FSCC] 2.5.3.
func driverPath(c *wire.Codec) {
	c.Show8(fDriverIn)
	c.Bytes(Reserved, 3)
	n := int(c.Show32(fDriverLen))
	text(c, fDriverName, n)
}
