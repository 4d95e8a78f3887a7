package fscc

import "smbdiff/dissect/field"

// The classes of [MS-FSCC] 2.4 that have a walk.
const (
	classDirectory       = 1
	classFullDirectory   = 2
	classBothDirectory   = 3
	classBasic           = 4
	classStandard        = 5
	classInternal        = 6
	classEA              = 7
	classAccess          = 8
	className            = 9
	classRename          = 10
	classLink            = 11
	classNames           = 12
	classDisposition     = 13
	classPosition        = 14
	classFullEA          = 15
	classMode            = 16
	classAlignment       = 17
	classAll             = 18
	classAllocation      = 19
	classEndOfFile       = 20
	classAlternateName   = 21
	classStream          = 22
	classPipe            = 23
	classPipeLocal       = 24
	classPipeRemote      = 25
	classMailslotQuery   = 26
	classMailslotSet     = 27
	classCompression     = 28
	classObjectID        = 29
	classQuota           = 32
	classReparsePoint    = 33
	classNetworkOpen     = 34
	classAttributeTag    = 35
	classTracking        = 36
	classIDBothDirectory = 37
	classIDFullDirectory = 38
	classValidDataLength = 39
	classShortName       = 40
	classSfioReserve     = 44
	classHardLink        = 46
	classNormalizedName  = 48
	classIDGlobalTx      = 50
	classStandardLink    = 54
	classID              = 59
	classIDExtdDirectory = 60
	classIDExtdBoth      = 63
	classDispositionEx   = 64
	classRenameEx        = 65
	classStat            = 68
	classStatLx          = 70
	classCaseSensitive   = 71
	classLinkEx          = 72
	classStorageReserve  = 74
	classID64Extd        = 78
	classID64ExtdBoth    = 79
	classIDAllExtd       = 80
	classIDAllExtdBoth   = 81
	ClassPosix           = 100
)

var fileClasses = field.Values{
	{V: 1, Name: "FileDirectoryInformation"}, {V: 2, Name: "FileFullDirectoryInformation"}, {V: 3, Name: "FileBothDirectoryInformation"},
	{V: 4, Name: "FileBasicInformation"}, {V: 5, Name: "FileStandardInformation"}, {V: 6, Name: "FileInternalInformation"},
	{V: 7, Name: "FileEaInformation"}, {V: 8, Name: "FileAccessInformation"}, {V: 9, Name: "FileNameInformation"},
	{V: 10, Name: "FileRenameInformation"}, {V: 11, Name: "FileLinkInformation"}, {V: 12, Name: "FileNamesInformation"},
	{V: 13, Name: "FileDispositionInformation"}, {V: 14, Name: "FilePositionInformation"}, {V: 15, Name: "FileFullEaInformation"},
	{V: 16, Name: "FileModeInformation"}, {V: 17, Name: "FileAlignmentInformation"}, {V: 18, Name: "FileAllInformation"},
	{V: 19, Name: "FileAllocationInformation"}, {V: 20, Name: "FileEndOfFileInformation"}, {V: 21, Name: "FileAlternateNameInformation"},
	{V: 22, Name: "FileStreamInformation"}, {V: 23, Name: "FilePipeInformation"}, {V: 24, Name: "FilePipeLocalInformation"},
	{V: 25, Name: "FilePipeRemoteInformation"}, {V: 26, Name: "FileMailslotQueryInformation"}, {V: 27, Name: "FileMailslotSetInformation"},
	{V: 28, Name: "FileCompressionInformation"}, {V: 29, Name: "FileObjectIdInformation"}, {V: 31, Name: "FileMoveClusterInformation"},
	{V: 32, Name: "FileQuotaInformation"}, {V: 33, Name: "FileReparsePointInformation"}, {V: 34, Name: "FileNetworkOpenInformation"},
	{V: 35, Name: "FileAttributeTagInformation"}, {V: 36, Name: "FileTrackingInformation"}, {V: 37, Name: "FileIdBothDirectoryInformation"},
	{V: 38, Name: "FileIdFullDirectoryInformation"}, {V: 39, Name: "FileValidDataLengthInformation"}, {V: 40, Name: "FileShortNameInformation"},
	{V: 44, Name: "FileSfioReserveInformation"}, {V: 45, Name: "FileSfioVolumeInformation"}, {V: 46, Name: "FileHardLinkInformation"},
	{V: 48, Name: "FileNormalizedNameInformation"}, {V: 50, Name: "FileIdGlobalTxDirectoryInformation"},
	{V: 54, Name: "FileStandardLinkInformation"}, {V: 59, Name: "FileIdInformation"}, {V: 60, Name: "FileIdExtdDirectoryInformation"},
	{V: 63, Name: "FileIdExtdBothDirectoryInformation"}, {V: 64, Name: "FileDispositionInformationEx"}, {V: 65, Name: "FileRenameInformationEx"},
	{V: 68, Name: "FileStatInformation"}, {V: 70, Name: "FileStatLxInformation"}, {V: 71, Name: "FileCaseSensitiveInformation"},
	{V: 72, Name: "FileLinkInformationEx"}, {V: 74, Name: "FileStorageReserveIdInformation"}, {V: 78, Name: "FileId64ExtdDirectoryInformation"},
	{V: 79, Name: "FileId64ExtdBothDirectoryInformation"}, {V: 80, Name: "FileIdAllExtdDirectoryInformation"},
	{V: 81, Name: "FileIdAllExtdBothDirectoryInformation"}, {V: 100, Name: "FilePosixInformation"},
}

// The classes of [MS-FSCC] 2.5.
const (
	systemVolume     = 1
	systemLabel      = 2
	systemSize       = 3
	systemDevice     = 4
	systemAttribute  = 5
	systemControl    = 6
	systemFullSize   = 7
	systemObjectID   = 8
	systemDriverPath = 9
	systemSectorSize = 11
	systemPosix      = 100
)

var systemClasses = field.Values{
	{V: systemVolume, Name: "FileFsVolumeInformation"}, {V: systemLabel, Name: "FileFsLabelInformation"},
	{V: systemSize, Name: "FileFsSizeInformation"}, {V: systemDevice, Name: "FileFsDeviceInformation"},
	{V: systemAttribute, Name: "FileFsAttributeInformation"}, {V: systemControl, Name: "FileFsControlInformation"},
	{V: systemFullSize, Name: "FileFsFullSizeInformation"}, {V: systemObjectID, Name: "FileFsObjectIdInformation"},
	{V: systemDriverPath, Name: "FileFsDriverPathInformation"}, {V: 10, Name: "FileFsVolumeFlagsInformation"},
	{V: systemSectorSize, Name: "FileFsSectorSizeInformation"}, {V: systemPosix, Name: "FileFsPosixInformation"},
}

// FileClassName gives the name of a file or directory information class,
// [MS-FSCC] 2.4, or "".
func FileClassName(class uint8) string { return fileClasses.Name(uint64(class)) }

// FileClassNames gives the names of all of them.
func FileClassNames() field.Values { return fileClasses }

// SystemClassNames gives the names of the classes of [MS-FSCC] 2.5.
func SystemClassNames() field.Values { return systemClasses }

// SystemClassName gives the name of a file system information class,
// [MS-FSCC] 2.5, or "".
func SystemClassName(class uint8) string { return systemClasses.Name(uint64(class)) }

// Names reports whether a file information class holds the name that a rename
// or link is to make.
func Names(class uint8) bool {
	return class == classRename || class == classLink || class == classRenameEx || class == classLinkEx
}
