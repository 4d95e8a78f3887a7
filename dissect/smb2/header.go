// Package smb2 describes the messages of SMB2 and SMB3, [MS-SMB2] section 2.2:
// one walk per structure, in the order of its bytes, with Wireshark's filter
// names. It knows single messages only: what belongs to a conversation comes in
// through wire.Env and goes out through Facts.
package smb2

import (
	"encoding/binary"

	"smbdiff/dissect/field"
	"smbdiff/dissect/ntstatus"
	"smbdiff/dissect/wire"
)

// HeaderSize is the size of the packet header, [MS-SMB2] 2.2.1.
const HeaderSize = 64

// TransformSize is the size of the transform header, [MS-SMB2] 2.2.41.
const TransformSize = 52

// Command is the code of an SMB2 message, [MS-SMB2] 2.2.1.
type Command uint16

// The commands of [MS-SMB2] 2.2.1.
const (
	Negotiate Command = iota
	SessionSetup
	Logoff
	TreeConnect
	TreeDisconnect
	Create
	Close
	Flush
	Read
	Write
	Lock
	Ioctl
	Cancel
	Echo
	QueryDirectory
	ChangeNotify
	QueryInfo
	SetInfo
	OplockBreak
	Notification
)

var commandNames = field.Values{
	{V: 0, Name: "NEGOTIATE"}, {V: 1, Name: "SESSION_SETUP"}, {V: 2, Name: "LOGOFF"}, {V: 3, Name: "TREE_CONNECT"},
	{V: 4, Name: "TREE_DISCONNECT"}, {V: 5, Name: "CREATE"}, {V: 6, Name: "CLOSE"}, {V: 7, Name: "FLUSH"}, {V: 8, Name: "READ"},
	{V: 9, Name: "WRITE"}, {V: 10, Name: "LOCK"}, {V: 11, Name: "IOCTL"}, {V: 12, Name: "CANCEL"}, {V: 13, Name: "ECHO"},
	{V: 14, Name: "QUERY_DIRECTORY"}, {V: 15, Name: "CHANGE_NOTIFY"}, {V: 16, Name: "QUERY_INFO"}, {V: 17, Name: "SET_INFO"},
	{V: 18, Name: "OPLOCK_BREAK"}, {V: 19, Name: "SERVER_TO_CLIENT_NOTIFICATION"},
}

// String gives the command's name as the specification has it, "" when there
// is none.
func (c Command) String() string {
	if int(c) < len(commandNames) { // which has no gaps
		return commandNames[c].Name
	}
	return ""
}

// CommandNames gives the names of all commands.
func CommandNames() field.Values { return commandNames }

// The header's flags, [MS-SMB2] 2.2.1.2.
const (
	FlagResponse uint32 = 0x00000001
	FlagAsync    uint32 = 0x00000002
	FlagRelated  uint32 = 0x00000004
	FlagSigned   uint32 = 0x00000008
	FlagPriority uint32 = 0x00000070 // a number, not a bit
	FlagReplay   uint32 = 0x20000000
)

// Header is the packet header, [MS-SMB2] 2.2.1.1 and 2.2.1.2. TreeID is 0 in
// the asynchronous form, AsyncID 0 in the other.
type Header struct {
	Command     Command
	Status      uint32 // of a response; channel sequence in a request
	Flags       uint32
	NextCommand uint32
	MessageID   uint64
	AsyncID     uint64
	TreeID      uint32
	Process     uint32 // of the client that asks, where it tells
	SessionID   uint64
	Charge      uint16
	Credits     uint16
}

// Response reports whether the server sent the message.
func (h *Header) Response() bool { return h.Flags&FlagResponse != 0 }

// Async reports whether the header has the asynchronous form.
func (h *Header) Async() bool { return h.Flags&FlagAsync != 0 }

// minHeader is where the flags end: with less, not even command and direction
// of a message are known.
const minHeader = 20

// ParseHeader reads the header at the start of b without a tree. What a cut
// message lacks of it is zero. It reports false when b is too short to tell
// command and direction, or does not start with 0xFE 'S' 'M' 'B'.
func ParseHeader(b []byte, h *Header) bool {
	if len(b) < minHeader || binary.BigEndian.Uint32(b) != 0xfe534d42 {
		return false
	}
	if len(b) < HeaderSize {
		var whole [HeaderSize]byte
		copy(whole[:], b)
		b = whole[:]
	}
	le := binary.LittleEndian
	b = b[:HeaderSize]
	h.Charge, h.Status, h.Command, h.Credits = le.Uint16(b[6:]), le.Uint32(b[8:]), Command(le.Uint16(b[12:])), le.Uint16(b[14:])
	h.Flags, h.NextCommand, h.MessageID, h.SessionID = le.Uint32(b[16:]), le.Uint32(b[20:]), le.Uint64(b[24:]), le.Uint64(b[40:])
	if h.Async() {
		h.AsyncID, h.Process, h.TreeID = le.Uint64(b[32:]), 0, 0
	} else {
		h.AsyncID, h.Process, h.TreeID = 0, le.Uint32(b[32:]), le.Uint32(b[36:])
	}
	return true
}

var (
	fHeader     = &field.Def{Name: "smb2.header", Label: "SMB2 Header"}
	fProtocolID = &field.Def{Name: "smb2.protocol_id", Label: "ProtocolId", Kind: field.Bytes}
	fHeaderLen  = &field.Def{Name: "smb2.header_len", Label: "StructureSize", Kind: field.Uint}
	fCharge     = &field.Def{Name: "smb2.credit.charge", Label: "CreditCharge", Kind: field.Uint}
	fStatus     = &field.Def{Name: "smb2.nt_status", Label: "Status", Kind: field.Status, Lookup: ntstatus.Name, All: ntstatus.Values}
	fChannelSeq = &field.Def{Name: "smb2.channel_sequence", Label: "ChannelSequence", Kind: field.Uint}
	fReserved   = &field.Def{Name: "smb2.reserved", Label: "Reserved", Kind: field.Bytes}
	fCommand    = &field.Def{Name: "smb2.cmd", Label: "Command", Kind: field.Enum, Values: commandNames}
	fRequested  = &field.Def{Name: "smb2.credits.requested", Label: "CreditRequest", Kind: field.Uint}
	fGranted    = &field.Def{Name: "smb2.credits.granted", Label: "CreditResponse", Kind: field.Uint}
	fFlags      = &field.Def{Name: "smb2.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.flags.response", Label: "SERVER_TO_REDIR", Mask: 0x1},
		{Name: "smb2.flags.async", Label: "ASYNC_COMMAND", Mask: 0x2},
		{Name: "smb2.flags.chained", Label: "RELATED_OPERATIONS", Mask: 0x4},
		{Name: "smb2.flags.signature", Label: "SIGNED", Mask: 0x8},
		{Name: "smb2.flags.priority_mask", Label: "PRIORITY", Mask: 0x70, Values: field.Values{
			{V: 0, Name: "PRIORITY_0"}, {V: 1, Name: "PRIORITY_1"}, {V: 2, Name: "PRIORITY_2"}, {V: 3, Name: "PRIORITY_3"},
			{V: 4, Name: "PRIORITY_4"}, {V: 5, Name: "PRIORITY_5"}, {V: 6, Name: "PRIORITY_6"}, {V: 7, Name: "PRIORITY_7"}}},
		{Name: "smb2.flags.dfs", Label: "DFS_OPERATIONS", Mask: 0x10000000},
		{Name: "smb2.flags.replay", Label: "REPLAY_OPERATION", Mask: 0x20000000},
	}}
	fNextCommand = &field.Def{Name: "smb2.chain_offset", Label: "NextCommand", Kind: field.Hex}
	fMessageID   = &field.Def{Name: "smb2.msg_id", Label: "MessageId", Kind: field.Uint}
	fProcessID   = &field.Def{Name: "smb2.pid", Label: "Process Id", Kind: field.Hex}
	fAsyncID     = &field.Def{Name: "smb2.aid", Label: "AsyncId", Kind: field.Hex}
	fTreeID      = &field.Def{Name: "smb2.tid", Label: "TreeId", Kind: field.Hex}
	fTree        = &field.Def{Name: "smb2.tree", Label: "Tree", Kind: field.Known}
	fSessionID   = &field.Def{Name: "smb2.sesid", Label: "SessionId", Kind: field.Hex}
	fSignature   = &field.Def{Name: "smb2.signature", Label: "Signature", Kind: field.Bytes}
)

// AppendHeader appends the packet header to b, without a signature. It has the form
// that the flags say.
func AppendHeader(b []byte, h *Header) []byte {
	return wire.Append(b, len(b), func(c *wire.Codec) {
		c.Env.Response = h.Response()
		WalkHeader(c, h)
	})
}

// SetNext has a message that was written name the place of the next one, counted
// from its own start.
func SetNext(msg []byte, next int) { binary.LittleEndian.PutUint32(msg[20:], uint32(next)) }

// SetSigned says of a message that was written that it is signed.
func SetSigned(msg []byte) { msg[16] |= byte(FlagSigned) }

// processID is what peers write where the process was named once. Notifications
// hold zero.
func (h *Header) processID() uint32 {
	if h.MessageID == 1<<64-1 {
		return 0
	}
	return 0xfeff
}

// WalkHeader walks the packet header, [MS-SMB2] 2.2.1.
func WalkHeader(c *wire.Codec, h *Header) {
	c.Begin(fHeader)
	c.Literal(fProtocolID, "\xfeSMB")
	if c.Const16(fHeaderLen, HeaderSize) != HeaderSize {
		c.Problem("StructureSize of the header is not 64")
	}
	wire.U16(c, fCharge, &h.Charge)
	if c.Env.Response {
		wire.U32(c, fStatus, &h.Status)
	} else {
		sequence := uint16(h.Status)
		wire.U16(c, fChannelSeq, &sequence)
		c.Bytes(fReserved, 2)
	}
	wire.U16(c, fCommand, &h.Command)
	if c.Env.Response {
		wire.U16(c, fGranted, &h.Credits)
	} else {
		wire.U16(c, fRequested, &h.Credits)
	}
	wire.U32(c, fFlags, &h.Flags)
	wire.U32(c, fNextCommand, &h.NextCommand)
	if tree := c.Tree(); h.NextCommand != 0 && tree != nil && int64(h.NextCommand) != int64(tree.Bufs[0].Size) {
		c.Problem("NextCommand does not point behind this message")
	}
	wire.U64(c, fMessageID, &h.MessageID)
	if h.Async() {
		wire.U64(c, fAsyncID, &h.AsyncID)
	} else {
		h.Process = c.Const32(fProcessID, h.processID())
		if b := c.Peek(4); len(b) == 4 && c.Env.Tree != "" {
			c.BeginLen(fTreeID, 4, uint64(binary.LittleEndian.Uint32(b)))
			wire.U32(c, nil, &h.TreeID)
			c.Known(fTree, 4, c.Env.Tree)
			c.Done()
		} else {
			wire.U32(c, fTreeID, &h.TreeID)
		}
	}
	wire.U64(c, fSessionID, &h.SessionID)
	c.Bytes(fSignature, 16)
	c.Finish()
}
