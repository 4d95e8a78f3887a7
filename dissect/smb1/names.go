package smb1

import "smbdiff/dissect/field"

// The commands of [MS-CIFS] 2.2.2.1 that conversations tell apart.
const (
	Open             = 0x02
	Create           = 0x03
	Close            = 0x04
	Rename           = 0x07
	Read             = 0x0a
	Write            = 0x0b
	ReadRaw          = 0x1a
	WriteRaw         = 0x1d
	WriteComplete    = 0x20
	Locking          = 0x24
	Transaction      = 0x25
	OpenAndX         = 0x2d
	ReadAndX         = 0x2e
	WriteAndX        = 0x2f
	Transaction2     = 0x32
	TreeDisconnect   = 0x71
	Negotiate        = 0x72
	SessionSetup     = 0x73
	Logoff           = 0x74
	TreeConnect      = 0x75
	NTTransaction    = 0xa0
	NTCreate         = 0xa2
	NTCancel         = 0xa4
	transSecondary   = 0x26
	trans2Secondary  = 0x33
	nttransSecondary = 0xa1
	noAndX           = 0xff
)

// Secondary reports whether a command carries more of a transaction that an
// earlier request began.
func Secondary(code uint8) bool {
	return code == transSecondary || code == trans2Secondary || code == nttransSecondary
}

// Opens reports whether a command opens a file, whose id its response gives.
func Opens(code uint8) bool {
	switch code {
	case Open, Create, 0x0e, 0x0f, OpenAndX, NTCreate, 0xc0:
		return true
	}
	return false
}

// CommandName gives the specification's name of a command without SMB_COM_, ""
// when there is none.
func CommandName(code uint8) string { return commandNames.Name(uint64(code)) }

// CommandNames gives the names of all commands.
func CommandNames() field.Values { return commandNames }

var commandNames = field.Values{
	{V: 0x00, Name: "CREATE_DIRECTORY"}, {V: 0x01, Name: "DELETE_DIRECTORY"}, {V: 0x02, Name: "OPEN"}, {V: 0x03, Name: "CREATE"},
	{V: 0x04, Name: "CLOSE"}, {V: 0x05, Name: "FLUSH"}, {V: 0x06, Name: "DELETE"}, {V: 0x07, Name: "RENAME"},
	{V: 0x08, Name: "QUERY_INFORMATION"}, {V: 0x09, Name: "SET_INFORMATION"}, {V: 0x0a, Name: "READ"}, {V: 0x0b, Name: "WRITE"},
	{V: 0x0c, Name: "LOCK_BYTE_RANGE"}, {V: 0x0d, Name: "UNLOCK_BYTE_RANGE"}, {V: 0x0e, Name: "CREATE_TEMPORARY"}, {V: 0x0f, Name: "CREATE_NEW"},
	{V: 0x10, Name: "CHECK_DIRECTORY"}, {V: 0x11, Name: "PROCESS_EXIT"}, {V: 0x12, Name: "SEEK"}, {V: 0x13, Name: "LOCK_AND_READ"},
	{V: 0x14, Name: "WRITE_AND_UNLOCK"}, {V: 0x1a, Name: "READ_RAW"}, {V: 0x1b, Name: "READ_MPX"}, {V: 0x1c, Name: "READ_MPX_SECONDARY"},
	{V: 0x1d, Name: "WRITE_RAW"}, {V: 0x1e, Name: "WRITE_MPX"}, {V: 0x1f, Name: "WRITE_MPX_SECONDARY"}, {V: 0x20, Name: "WRITE_COMPLETE"},
	{V: 0x21, Name: "QUERY_SERVER"}, {V: 0x22, Name: "SET_INFORMATION2"}, {V: 0x23, Name: "QUERY_INFORMATION2"}, {V: 0x24, Name: "LOCKING_ANDX"},
	{V: 0x25, Name: "TRANSACTION"}, {V: 0x26, Name: "TRANSACTION_SECONDARY"}, {V: 0x27, Name: "IOCTL"}, {V: 0x28, Name: "IOCTL_SECONDARY"},
	{V: 0x29, Name: "COPY"}, {V: 0x2a, Name: "MOVE"}, {V: 0x2b, Name: "ECHO"}, {V: 0x2c, Name: "WRITE_AND_CLOSE"}, {V: 0x2d, Name: "OPEN_ANDX"},
	{V: 0x2e, Name: "READ_ANDX"}, {V: 0x2f, Name: "WRITE_ANDX"}, {V: 0x30, Name: "NEW_FILE_SIZE"}, {V: 0x31, Name: "CLOSE_AND_TREE_DISC"},
	{V: 0x32, Name: "TRANSACTION2"}, {V: 0x33, Name: "TRANSACTION2_SECONDARY"}, {V: 0x34, Name: "FIND_CLOSE2"}, {V: 0x35, Name: "FIND_NOTIFY_CLOSE"},
	{V: 0x70, Name: "TREE_CONNECT"}, {V: 0x71, Name: "TREE_DISCONNECT"}, {V: 0x72, Name: "NEGOTIATE"}, {V: 0x73, Name: "SESSION_SETUP_ANDX"},
	{V: 0x74, Name: "LOGOFF_ANDX"}, {V: 0x75, Name: "TREE_CONNECT_ANDX"}, {V: 0x7e, Name: "SECURITY_PACKAGE_ANDX"},
	{V: 0x80, Name: "QUERY_INFORMATION_DISK"}, {V: 0x81, Name: "SEARCH"}, {V: 0x82, Name: "FIND"}, {V: 0x83, Name: "FIND_UNIQUE"},
	{V: 0x84, Name: "FIND_CLOSE"}, {V: 0xa0, Name: "NT_TRANSACT"}, {V: 0xa1, Name: "NT_TRANSACT_SECONDARY"}, {V: 0xa2, Name: "NT_CREATE_ANDX"},
	{V: 0xa4, Name: "NT_CANCEL"}, {V: 0xa5, Name: "NT_RENAME"}, {V: 0xc0, Name: "OPEN_PRINT_FILE"}, {V: 0xc1, Name: "WRITE_PRINT_FILE"},
	{V: 0xc2, Name: "CLOSE_PRINT_FILE"}, {V: 0xc3, Name: "GET_PRINT_QUEUE"}, {V: 0xd0, Name: "SEND_MESSAGE"}, {V: 0xd1, Name: "SEND_BROADCAST"},
	{V: 0xd2, Name: "FORWARD_USER_NAME"}, {V: 0xd3, Name: "CANCEL_FORWARD"}, {V: 0xd4, Name: "GET_MACHINE_NAME"}, {V: 0xd5, Name: "SEND_START_MB"},
	{V: 0xd6, Name: "SEND_END_MB"}, {V: 0xd7, Name: "SEND_TEXT_MB"}, {V: 0xd8, Name: "READ_BULK"}, {V: 0xd9, Name: "WRITE_BULK"},
	{V: 0xda, Name: "WRITE_BULK_DATA"}, {V: 0xfe, Name: "INVALID"}, {V: 0xff, Name: "NO_ANDX_COMMAND"},
}

// The functions of SMB_COM_TRANSACTION2, [MS-CIFS] 2.2.2.2.
const (
	trans2Open          = 0x00
	trans2FindFirst     = 0x01
	trans2FindNext      = 0x02
	trans2QueryFS       = 0x03
	trans2SetFS         = 0x04
	trans2QueryPath     = 0x05
	trans2SetPath       = 0x06
	trans2QueryFile     = 0x07
	trans2SetFile       = 0x08
	trans2NotifyFirst   = 0x0b
	trans2NotifyNext    = 0x0c
	trans2CreateDir     = 0x0d
	trans2GetReferral   = 0x10
	trans2Inconsistency = 0x11
)

var trans2Names = field.Values{
	{V: 0x00, Name: "OPEN2"}, {V: 0x01, Name: "FIND_FIRST2"}, {V: 0x02, Name: "FIND_NEXT2"}, {V: 0x03, Name: "QUERY_FS_INFORMATION"},
	{V: 0x04, Name: "SET_FS_INFORMATION"}, {V: 0x05, Name: "QUERY_PATH_INFORMATION"}, {V: 0x06, Name: "SET_PATH_INFORMATION"},
	{V: 0x07, Name: "QUERY_FILE_INFORMATION"}, {V: 0x08, Name: "SET_FILE_INFORMATION"}, {V: 0x09, Name: "FSCTL"}, {V: 0x0a, Name: "IOCTL2"},
	{V: 0x0b, Name: "FIND_NOTIFY_FIRST"}, {V: 0x0c, Name: "FIND_NOTIFY_NEXT"}, {V: 0x0d, Name: "CREATE_DIRECTORY"}, {V: 0x0e, Name: "SESSION_SETUP"},
	{V: 0x10, Name: "GET_DFS_REFERRAL"}, {V: 0x11, Name: "REPORT_DFS_INCONSISTENCY"},
}

// The functions of SMB_COM_NT_TRANSACT, [MS-CIFS] 2.2.2.2.
const (
	ntCreate        = 1
	ntIoctl         = 2
	ntSetSecurity   = 3
	ntNotify        = 4
	ntRename        = 5
	ntQuerySecurity = 6
	ntQueryQuota    = 7
	ntSetQuota      = 8
)

var ntNames = field.Values{
	{V: 1, Name: "CREATE"}, {V: 2, Name: "IOCTL"}, {V: 3, Name: "SET_SECURITY_DESC"}, {V: 4, Name: "NOTIFY_CHANGE"}, {V: 5, Name: "RENAME"},
	{V: 6, Name: "QUERY_SECURITY_DESC"}, {V: 7, Name: "QUERY_QUOTA"}, {V: 8, Name: "SET_QUOTA"},
}

var pipeNames = field.Values{
	{V: 0x01, Name: "SET_NMPIPE_STATE"}, {V: 0x11, Name: "RAW_READ_NMPIPE"}, {V: 0x21, Name: "QUERY_NMPIPE_STATE"}, {V: 0x22, Name: "QUERY_NMPIPE_INFO"},
	{V: 0x23, Name: "PEEK_NMPIPE"}, {V: 0x26, Name: "TRANSACT_NMPIPE"}, {V: 0x31, Name: "RAW_WRITE_NMPIPE"}, {V: 0x36, Name: "READ_NMPIPE"},
	{V: 0x37, Name: "WRITE_NMPIPE"}, {V: 0x53, Name: "WAIT_NMPIPE"}, {V: 0x54, Name: "CALL_NMPIPE"},
}

// LevelName gives the name of the level of a transaction's function that
// LevelClass folded; "" when there is none.
func LevelName(command uint8, sub uint16, class uint8) string {
	if command != Transaction2 {
		return ""
	}
	level := uint64(class & 0x3f)
	switch class >> 6 {
	case 1:
		level |= 0x100
	case 2:
		level |= 0x200
	case 3:
		level += passThrough
	}
	switch sub {
	case trans2FindFirst, trans2FindNext:
		if class < 0x40 {
			level &^= findKeys
		}
		return fFindLevel.NameOf(level)
	case trans2QueryFS:
		return fQueryFSLevel.NameOf(level)
	case trans2SetFS:
		return fSetFSLevel.NameOf(level)
	case trans2QueryPath, trans2QueryFile:
		return fQueryLevel.NameOf(level)
	case trans2SetPath, trans2SetFile:
		return fSetLevel.NameOf(level)
	}
	return ""
}

// SubCommandName gives the name of a transaction's function, [MS-CIFS] 2.2.2.2,
// as the command has it; "" when there is none.
func SubCommandName(command uint8, sub uint16) string {
	switch command {
	case Transaction, transSecondary:
		if sub >= rapFunction {
			return rapValues.Name(uint64(sub &^ rapFunction))
		}
		return pipeNames.Name(uint64(sub))
	case Transaction2, trans2Secondary:
		return trans2Names.Name(uint64(sub))
	case NTTransaction, nttransSecondary:
		return ntNames.Name(uint64(sub))
	}
	return ""
}
