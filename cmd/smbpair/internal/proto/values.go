package proto

// Access rights, [MS-SMB2] 2.2.13.1.
const (
	ReadData        = 0x00000001 // FILE_LIST_DIRECTORY
	WriteData       = 0x00000002 // FILE_ADD_FILE
	AppendData      = 0x00000004 // FILE_ADD_SUBDIRECTORY
	ReadEA          = 0x00000008
	WriteEA         = 0x00000010
	Execute         = 0x00000020 // FILE_TRAVERSE
	DeleteChild     = 0x00000040
	ReadAttributes  = 0x00000080
	WriteAttributes = 0x00000100
	Delete          = 0x00010000
	ReadControl     = 0x00020000
	WriteDAC        = 0x00040000
	WriteOwner      = 0x00080000
	Synchronize     = 0x00100000
	SystemSecurity  = 0x01000000
	MaximumAllowed  = 0x02000000
	GenericAll      = 0x10000000
	GenericExecute  = 0x20000000
	GenericWrite    = 0x40000000
	GenericRead     = 0x80000000

	FileAll     = 0x001f01ff
	FileRead    = 0x00120089
	FileWrite   = 0x00120116
	FileExecute = 0x001200a0
)

// ShareAccess, [MS-SMB2] 2.2.13.
const (
	ShareRead   = 1
	ShareWrite  = 2
	ShareDelete = 4
)

// CreateDisposition, [MS-SMB2] 2.2.13.
const (
	Supersede = iota
	OpenExisting
	CreateNew
	OpenIf
	Overwrite
	OverwriteIf
)

// CreateAction, [MS-SMB2] 2.2.14.
const (
	Superseded = iota
	Opened
	Created
	Overwritten
)

// CreateOptions, [MS-SMB2] 2.2.13.
const (
	OptDirectory      = 0x00000001
	OptWriteThrough   = 0x00000002
	OptSequential     = 0x00000004
	OptNoBuffering    = 0x00000008
	OptSyncAlert      = 0x00000010
	OptSyncNonalert   = 0x00000020
	OptNonDirectory   = 0x00000040
	OptTreeConnection = 0x00000080
	OptIfOplocked     = 0x00000100
	OptNoEAKnowledge  = 0x00000200
	OptRemoteInstance = 0x00000400
	OptRandom         = 0x00000800
	OptDeleteOnClose  = 0x00001000
	OptByFileID       = 0x00002000
	OptBackup         = 0x00004000
	OptNoCompression  = 0x00008000
	OptRequireOplock  = 0x00010000
	OptDisallowExcl   = 0x00020000
	OptReserveFilter  = 0x00100000
	OptReparsePoint   = 0x00200000
	OptNoRecall       = 0x00400000
	OptFreeSpace      = 0x00800000
)

// FileAttributes, [MS-FSCC] 2.6.
const (
	AttrReadonly   = 0x0001
	AttrHidden     = 0x0002
	AttrSystem     = 0x0004
	AttrDirectory  = 0x0010
	AttrArchive    = 0x0020
	AttrNormal     = 0x0080
	AttrTemporary  = 0x0100
	AttrSparse     = 0x0200
	AttrReparse    = 0x0400
	AttrCompressed = 0x0800
	AttrOffline    = 0x1000
	AttrNotIndexed = 0x2000
	AttrEncrypted  = 0x4000

	// AttrSettable is what a client may set.
	AttrSettable = AttrReadonly | AttrHidden | AttrSystem | AttrArchive | AttrTemporary | AttrOffline | AttrNotIndexed
)

// Oplock levels, [MS-SMB2] 2.2.13.
const (
	OplockNone      = 0x00
	OplockII        = 0x01
	OplockExclusive = 0x08
	OplockBatch     = 0x09
	OplockLease     = 0xff
)

// Lease states, [MS-SMB2] 2.2.13.2.8.
const (
	LeaseRead   = 1
	LeaseHandle = 2
	LeaseWrite  = 4
)

// Capabilities, [MS-SMB2] 2.2.3 and 2.2.4.
const (
	CapDFS         = 0x01
	CapLeasing     = 0x02
	CapLargeMTU    = 0x04
	CapMultiChan   = 0x08
	CapPersistent  = 0x10
	CapDirLeasing  = 0x20
	CapEncryption  = 0x40
	SigningEnabled = 0x01
	SigningReqd    = 0x02
)

// Session flags, [MS-SMB2] 2.2.6.
const (
	SessionGuest   = 1
	SessionNull    = 2
	SessionEncrypt = 4
)

// Share types and flags, [MS-SMB2] 2.2.10.
const (
	ShareDisk        = 1
	SharePipe        = 2
	ShareEncryptData = 0x00008000
	ShareManualCache = 0
)

// Control codes, [MS-SMB2] 2.2.31 and [MS-FSCC] 2.3.
const (
	FsctlDFSReferrals      = 0x00060194
	FsctlDFSReferralsEx    = 0x000601B0
	FsctlPipePeek          = 0x0011400C
	FsctlPipeWait          = 0x00110018
	FsctlPipeTransceive    = 0x0011C017
	FsctlCopyChunk         = 0x001440F2
	FsctlCopyChunkWrite    = 0x001480F2
	FsctlEnumSnapshots     = 0x00144064
	FsctlResumeKey         = 0x00140078
	FsctlReadHash          = 0x001441BB
	FsctlResiliency        = 0x001401D4
	FsctlInterfaces        = 0x001401FC
	FsctlSetReparse        = 0x000900A4
	FsctlGetReparse        = 0x000900A8
	FsctlDeleteReparse     = 0x000900AC
	FsctlValidate          = 0x00140204
	FsctlCreateObjectID    = 0x000900C0
	FsctlGetObjectID       = 0x0009009C
	FsctlGetCompression    = 0x0009003C
	FsctlSetCompression    = 0x0009C040
	FsctlSetSparse         = 0x000900C4
	FsctlSetZeroData       = 0x000980C8
	FsctlAllocatedRanges   = 0x000940CF
	FsctlDuplicateExtents  = 0x00098344
	FsctlFileLevelTrim     = 0x00098208
	FsctlOffloadRead       = 0x00094264
	FsctlOffloadWrite      = 0x00098268
	FsctlIsPathnameValid   = 0x0009002C
	FsctlGetIntegrity      = 0x0009027C
	FsctlSetIntegrity      = 0x0009C280
	FsctlQueryOnDiskVolume = 0x0009013C
)

// Filter of CHANGE_NOTIFY and the actions it reports, [MS-SMB2] 2.2.35 and
// [MS-FSCC] 2.7.1.
const (
	NotifyFileName    = 0x001
	NotifyDirName     = 0x002
	NotifyAttributes  = 0x004
	NotifySize        = 0x008
	NotifyLastWrite   = 0x010
	NotifyLastAccess  = 0x020
	NotifyCreation    = 0x040
	NotifyEA          = 0x080
	NotifySecurity    = 0x100
	NotifyStreamName  = 0x200
	NotifyStreamSize  = 0x400
	NotifyStreamWrite = 0x800

	ActionAdded          = 1
	ActionRemoved        = 2
	ActionModified       = 3
	ActionRenamedOld     = 4
	ActionRenamedNew     = 5
	ActionAddedStream    = 6
	ActionRemovedStream  = 7
	ActionModifiedStream = 8
)

// Security information, [MS-DTYP] 2.4.7.
const (
	SecOwner = 1
	SecGroup = 2
	SecDACL  = 4
	SecSACL  = 8
)
