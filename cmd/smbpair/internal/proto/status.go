// Package proto holds the values of SMB2 that both halves of the live pair
// write and compare: statuses, access rights, options, info classes, control
// codes. It holds no state and no layout.
package proto

// Status is an NT status, [MS-ERREF] 2.3.1.
type Status uint32

// The statuses in use.
const (
	OK                       Status = 0
	Pending                  Status = 0x00000103
	NotifyCleanup            Status = 0x0000010B
	NotifyEnumDir            Status = 0x0000010C
	BufferOverflow           Status = 0x80000005
	NoMoreFiles              Status = 0x80000006
	NoMoreEntries            Status = 0x8000001A
	StoppedOnSymlink         Status = 0x8000002D
	EAListInconsistent       Status = 0x80000014
	InvalidEAName            Status = 0x80000013
	Unsuccessful             Status = 0xC0000001
	InvalidInfoClass         Status = 0xC0000003
	InfoLengthMismatch       Status = 0xC0000004
	InvalidHandle            Status = 0xC0000008
	InvalidParameter         Status = 0xC000000D
	NoSuchFile               Status = 0xC000000F
	InvalidDeviceRequest     Status = 0xC0000010
	EndOfFile                Status = 0xC0000011
	MoreProcessing           Status = 0xC0000016
	AccessDenied             Status = 0xC0000022
	BufferTooSmall           Status = 0xC0000023
	ObjectNameInvalid        Status = 0xC0000033
	ObjectNameNotFound       Status = 0xC0000034
	ObjectNameCollision      Status = 0xC0000035
	ObjectPathNotFound       Status = 0xC000003A
	ObjectPathSyntaxBad      Status = 0xC000003B
	SharingViolation         Status = 0xC0000043
	EAsNotSupported          Status = 0xC000004F
	EATooLarge               Status = 0xC0000050
	NonexistentEAEntry       Status = 0xC0000051
	FileLockConflict         Status = 0xC0000054
	LockNotGranted           Status = 0xC0000055
	DeletePending            Status = 0xC0000056
	PrivilegeNotHeld         Status = 0xC0000061
	LogonFailure             Status = 0xC000006D
	RangeNotLocked           Status = 0xC000007E
	DiskFull                 Status = 0xC000007F
	InsufficientResources    Status = 0xC000009A
	MediaWriteProtected      Status = 0xC00000A2
	PipeNotAvailable         Status = 0xC00000AC
	PipeBusy                 Status = 0xC00000AE
	IllegalFunction          Status = 0xC00000AF
	PipeDisconnected         Status = 0xC00000B0
	PipeEmpty                Status = 0xC00000D9
	FileIsADirectory         Status = 0xC00000BA
	NotSupported             Status = 0xC00000BB
	NetworkNameDeleted       Status = 0xC00000C9
	BadDeviceType            Status = 0xC00000CB
	BadNetworkName           Status = 0xC00000CC
	RequestNotAccepted       Status = 0xC00000D0
	NoEAsOnFile              Status = 0xC0000052
	InvalidViewSize          Status = 0xC000001F
	OplockNotGranted         Status = 0xC00000E2
	InvalidOplockProtocol    Status = 0xC00000E3
	InternalError            Status = 0xC00000E5
	DirectoryNotEmpty        Status = 0xC0000101
	NotADirectory            Status = 0xC0000103
	TooManyOpenedFiles       Status = 0xC000011F
	Cancelled                Status = 0xC0000120
	CannotDelete             Status = 0xC0000121
	FileDeleted              Status = 0xC0000123
	FileClosed               Status = 0xC0000128
	InvalidLevel             Status = 0xC0000148
	PipeBroken               Status = 0xC000014B
	TooManySessions          Status = 0xC00000CE
	InvalidLockRange         Status = 0xC00001A1
	NotFound                 Status = 0xC0000225
	PathNotCovered           Status = 0xC0000257
	UserSessionDeleted       Status = 0xC0000203
	NetworkSessionExpired    Status = 0xC000035C
	FileNotAvailable         Status = 0xC0000467
	HashNotSupported         Status = 0xC000A100
	ServerUnavailable        Status = 0xC0000466
	NoPreauthOverlap         Status = 0xC05D0000
	NotAReparsePoint         Status = 0xC0000275
	ReparseTagInvalid        Status = 0xC0000276
	ReparseTagMismatch       Status = 0xC0000277
	ReparseDataInvalid       Status = 0xC0000278
	ReparseNotHandled        Status = 0xC0000279
	DuplicateObjectID        Status = 0xC000022A
	ObjectIDNotFound         Status = 0xC00002F0
	InvalidSecurityDescr     Status = 0xC0000079
	InvalidOwner             Status = 0xC000005A
	NoneMapped               Status = 0xC0000073
	InvalidNetworkResponse   Status = 0xC00000C3
	ConnectionDisconnected   Status = 0xC000020C
	RequestOutOfSequence     Status = 0xC000042A
	InvalidSignature         Status = 0xC000A000
	SMBNoPreauthHashOverlap  Status = 0xC05D0000
	InvalidDeviceState       Status = 0xC0000184
	FSDriverRequired         Status = 0xC000019C
	OffloadReadNotSupported  Status = 0xC000A2A1
	OffloadWriteNotSupported Status = 0xC000A2A2
)

// Failed reports whether the response carries an error body, [MS-SMB2] 3.3.4.4.
func (s Status) Failed() bool { return s>>30 == 3 || s>>30 == 2 && s != BufferOverflow }
