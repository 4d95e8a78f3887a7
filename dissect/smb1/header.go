// Package smb1 describes the messages of SMB1, [MS-CIFS] and [MS-SMB] 2.2, with
// Wireshark's filter names, and the session service packets around them. It
// knows single messages only: what belongs to a conversation comes in through
// wire.Env and goes out through Facts. Transactions that span several messages
// are walked message by message.
package smb1

import (
	"encoding/binary"

	"smbdiff/dissect/field"
	"smbdiff/dissect/ntstatus"
	"smbdiff/dissect/wire"
)

// HeaderSize is the size of the message header, [MS-CIFS] 2.2.3.1.
const HeaderSize = 32

// Flags of the header, [MS-CIFS] 2.2.3.1.
const (
	FlagResponse   = 0x80
	Flags2Signed   = 0x0004
	Flags2Status   = 0x4000 // Status is an NT status, else a DOS class and code
	Flags2Unicode  = 0x8000
	protocolString = "\xffSMB"
)

// Header is the message header, [MS-CIFS] 2.2.3.1.
type Header struct {
	Command uint8
	Status  uint32 // NT status; a DOS error as the NT status that it stands for
	Flags   uint8
	Flags2  uint16
	TID     uint16
	UID     uint16
	MID     uint16
	PID     uint32 // high and low part
}

// Response reports whether the server sent the message.
func (h *Header) Response() bool { return h.Flags&FlagResponse != 0 }

// ParseHeader reads the header at the start of b without a tree. It reports
// false when b is too short or does not start with 0xFF 'S' 'M' 'B'.
func ParseHeader(b []byte, h *Header) bool {
	if len(b) < HeaderSize || string(b[:4]) != protocolString {
		return false
	}
	le := binary.LittleEndian
	*h = Header{Command: b[4], Status: le.Uint32(b[5:]), Flags: b[9], Flags2: le.Uint16(b[10:]), TID: le.Uint16(b[24:]),
		UID: le.Uint16(b[28:]), MID: le.Uint16(b[30:]), PID: uint32(le.Uint16(b[12:]))<<16 | uint32(le.Uint16(b[26:]))}
	if h.Flags2&Flags2Status == 0 {
		h.Status = statusOf(b[5], le.Uint16(b[7:]))
	}
	return true
}

// Signed reports whether a message bears a signature, which stands at byte 14 of
// the header. Before there is a key some send "BSRSPYL " or zeros in its place.
func Signed(b []byte) bool {
	if len(b) < HeaderSize || b[10]&Flags2Signed == 0 {
		return false
	}
	s := string(b[14:22])
	return s != "BSRSPYL " && s != "BSRSPYL\x00" && s != "\x00\x00\x00\x00\x00\x00\x00\x00"
}

var (
	fHeader     = &field.Def{Name: "smb.header", Label: "SMB Header"}
	fProtocol   = &field.Def{Name: "smb.server_component", Label: "Protocol", Kind: field.Hex}
	fCommand    = &field.Def{Name: "smb.cmd", Label: "Command", Kind: field.Enum, Values: commandNames}
	fStatus     = &field.Def{Name: "smb.nt_status", Label: "Status", Kind: field.Status, Lookup: ntstatus.Name, All: ntstatus.Values}
	fErrorClass = &field.Def{Name: "smb.error_class", Label: "ErrorClass", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "SUCCESS"}, {V: 1, Name: "ERRDOS"}, {V: 2, Name: "ERRSRV"}, {V: 3, Name: "ERRHRD"}, {V: 0xff, Name: "ERRCMD"},
	}}
	fErrorCode = &field.Def{Name: "smb.error_code", Label: "ErrorCode", Kind: field.Uint}
	fFlags     = &field.Def{Name: "smb.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb.flags.lock", Label: "LOCK_AND_READ_OK", Mask: 0x01},
		{Name: "smb.flags.receive_buffer", Label: "BUF_AVAIL", Mask: 0x02},
		{Name: "smb.flags.caseless", Label: "CASE_INSENSITIVE", Mask: 0x08},
		{Name: "smb.flags.canon", Label: "CANONICALIZED_PATHS", Mask: 0x10},
		{Name: "smb.flags.oplock", Label: "OPLOCK", Mask: 0x20},
		{Name: "smb.flags.notify", Label: "OPBATCH", Mask: 0x40},
		{Name: "smb.flags.response", Label: "REPLY", Mask: 0x80},
	}}
	fFlags2 = &field.Def{Name: "smb.flags2", Label: "Flags2", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb.flags2.long_names_allowed", Label: "LONG_NAMES", Mask: 0x0001},
		{Name: "smb.flags2.ea", Label: "EAS", Mask: 0x0002},
		{Name: "smb.flags2.sec_sig", Label: "SMB_SECURITY_SIGNATURE", Mask: 0x0004},
		{Name: "smb.flags2.compressed", Label: "COMPRESSED", Mask: 0x0008},
		{Name: "smb.flags2.sec_sig_required", Label: "SMB_SECURITY_SIGNATURE_REQUIRED", Mask: 0x0010},
		{Name: "smb.flags2.long_names_used", Label: "IS_LONG_NAME", Mask: 0x0040},
		{Name: "smb.flags2.reparse_path", Label: "REPARSE_PATH", Mask: 0x0400},
		{Name: "smb.flags2.esn", Label: "EXTENDED_SECURITY", Mask: 0x0800},
		{Name: "smb.flags2.dfs", Label: "DFS", Mask: 0x1000},
		{Name: "smb.flags2.roe", Label: "PAGING_IO", Mask: 0x2000},
		{Name: "smb.flags2.nt_error", Label: "NT_STATUS", Mask: 0x4000},
		{Name: "smb.flags2.string", Label: "UNICODE", Mask: 0x8000},
	}}
	fPIDHigh   = &field.Def{Name: "smb.pid.high", Label: "PIDHigh", Kind: field.Uint}
	fSignature = &field.Def{Name: "smb.signature", Label: "SecuritySignature", Kind: field.Bytes}
	fTID       = &field.Def{Name: "smb.tid", Label: "TID", Kind: field.Uint}
	fTree      = &field.Def{Name: "smb.tree", Label: "Tree", Kind: field.Known}
	fPID       = &field.Def{Name: "smb.pid", Label: "PIDLow", Kind: field.Uint}
	fUID       = &field.Def{Name: "smb.uid", Label: "UID", Kind: field.Uint}
	fMID       = &field.Def{Name: "smb.mid", Label: "MID", Kind: field.Uint}
)

// WalkHeader walks the message header, [MS-CIFS] 2.2.3.1.
func WalkHeader(c *wire.Codec, h *Header) {
	b := c.Peek(HeaderSize)
	c.Begin(fHeader)
	c.Show32(fProtocol)
	wire.U8(c, fCommand, &h.Command)
	if len(b) >= 12 && binary.LittleEndian.Uint16(b[10:])&Flags2Status == 0 {
		class := c.Show8(fErrorClass)
		c.Show8(fReserved)
		h.Status = statusOf(class, c.Show16(fErrorCode))
	} else {
		wire.U32(c, fStatus, &h.Status)
	}
	wire.U8(c, fFlags, &h.Flags)
	wire.U16(c, fFlags2, &h.Flags2)
	high := c.Show16(fPIDHigh)
	c.Bytes(fSignature, 8)
	c.Bytes(fReserved, 2)
	wire.U16(c, fTID, &h.TID)
	c.Known(fTree, 2, c.Env.Tree)
	h.PID = uint32(high)<<16 | uint32(c.Show16(fPID))
	wire.U16(c, fUID, &h.UID)
	wire.U16(c, fMID, &h.MID)
	c.Finish()
}

// dosErrors are the NT statuses behind the DOS errors of [MS-CIFS] 2.2.2.4, by
// class << 16 | code.
var dosErrors = map[uint32]uint32{
	1<<16 | 1: 0xc0000002, 1<<16 | 2: 0xc0000034, 1<<16 | 3: 0xc000003a, 1<<16 | 4: 0xc000011f, 1<<16 | 5: 0xc0000022, 1<<16 | 6: 0xc0000008,
	1<<16 | 8: 0xc000009a, 1<<16 | 12: 0xc0000022, 1<<16 | 13: 0xc000009c, 1<<16 | 15: 0xc0000039, 1<<16 | 16: 0xc0000121, 1<<16 | 17: 0xc00000d4,
	1<<16 | 18: 0x80000006, 1<<16 | 31: 0xc0000001, 1<<16 | 32: 0xc0000043, 1<<16 | 33: 0xc0000055, 1<<16 | 38: 0xc0000011, 1<<16 | 50: 0xc00000bb,
	1<<16 | 64: 0xc00000c9, 1<<16 | 66: 0xc00000cb, 1<<16 | 67: 0xc00000cc, 1<<16 | 80: 0xc0000035, 1<<16 | 87: 0xc000000d, 1<<16 | 109: 0xc000014b,
	1<<16 | 111: 0xc0000106, 1<<16 | 112: 0xc000007f, 1<<16 | 122: 0xc0000023, 1<<16 | 123: 0xc0000033, 1<<16 | 124: 0xc0000148,
	1<<16 | 145: 0xc0000101, 1<<16 | 158: 0xc000007e, 1<<16 | 183: 0xc0000035, 1<<16 | 230: 0xc00000ad, 1<<16 | 231: 0xc00000ae,
	1<<16 | 232: 0xc00000b1, 1<<16 | 233: 0xc00000b0, 1<<16 | 234: 0x80000005, 1<<16 | 254: 0x80000013, 1<<16 | 255: 0x80000014,
	1<<16 | 259: 0x8000001a, 1<<16 | 267: 0xc0000103, 1<<16 | 1022: 0x0000010c,
	2<<16 | 1: 0xc0000001, 2<<16 | 2: 0xc000006a, 2<<16 | 4: 0xc0000022, 2<<16 | 5: 0xc00000c9, 2<<16 | 6: 0xc00000cc, 2<<16 | 7: 0xc00000cb,
	2<<16 | 22: 0xc0000002, 2<<16 | 64: 0xc0000002, 2<<16 | 91: 0xc0000203, 2<<16 | 2239: 0xc0000072, 2<<16 | 2240: 0xc0000070,
	2<<16 | 2241: 0xc000006f, 2<<16 | 2242: 0xc0000071,
	3<<16 | 19: 0xc00000a2, 3<<16 | 21: 0xc0000013, 3<<16 | 23: 0xc000003f, 3<<16 | 31: 0xc0000001, 3<<16 | 34: 0xc0000012, 3<<16 | 39: 0xc000007f,
}

// statusOf gives the NT status behind a DOS error. One without such stands as
// 0xF1000000 | class << 16 | code, which is no NT status.
func statusOf(class uint8, code uint16) uint32 {
	if class == 0 && code == 0 {
		return 0
	}
	k := uint32(class)<<16 | uint32(code)
	if s, ok := dosErrors[k]; ok {
		return s
	}
	return 0xf1000000 | k
}
