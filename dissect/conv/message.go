package conv

import (
	"smbdiff/dissect/capture"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// Role is a message's part in its operation.
type Role uint8

// The roles.
const (
	Request Role = iota
	Interim
	Final
	Unasked // a break or notification
	Data    // of READ_RAW or WRITE_RAW, without a header
)

// Message is one SMB message with all that is known of it: what its own bytes
// say, and, once a Tracker has seen it, what its conversation says. A PDU that
// stays shut is one Message too, of protocol op.Sealed or op.Compressed.
type Message struct {
	Num        uint32 // from 1, in capture order
	FirstFrame uint32
	Frame      uint32
	Time       int64 // ns since 1970 UTC
	Conn       uint32
	Dir        uint8 // 0 from the side that spoke first, 1 from the other
	FromServer bool

	Proto     op.Proto
	Index, Of uint8 // place in a compound
	Off       int   // place in the PDU's plaintext
	Size      int   // its length there
	Bytes     []byte
	Outer     []byte           // transform and compression headers, of the PDU's first message
	Extents   []capture.Extent // where the PDU lies in the file
	PDULen    uint32
	Pos       int64 // capture.PDU.Pos
	NBSS      [4]byte
	Lead      []byte            // SMB Direct header before it
	Event     capture.EventKind // of what is no message: start, end, hole
	Missing   uint32            // bytes of the PDU that the capture lacks
	Reset     bool              // of an end: the connection was reset

	Number    uint32 // SMB1: what the signature counts, by Sequences
	*Legacy          // of an SMB1 message; of others it says nothing
	SMB2      smb2.Header
	Facts     smb2.Facts
	Sealed    bool
	Seal      Seal
	Packed    bool // came compressed
	Signature Signature
	Session64 uint64 // session id of the transform header, or of the message

	// From the conversation.
	Role         Role
	Op           uint32
	Session      uint32
	Path         uint32
	Tree         uint32
	PathName     string
	Open         uint32 // not beside Tree: two of four bytes read as eight have to be in memory first
	SessionUser  string
	RequestFrame uint32
	RTT          int64 // ns, -1 when unknown
	Env          wire.Env
	Problems     []string
}

// Legacy is what an SMB1 message says. It stands apart because it is large, and
// most messages are none.
type Legacy struct {
	SMB1   smb1.Header
	Facts1 smb1.Facts
}

// Modern is the Legacy of a message that is not SMB1.
var Modern = &Legacy{}

// Response reports the direction that the message itself states.
func (m *Message) Response() bool {
	switch m.Proto {
	case op.SMB2:
		return m.SMB2.Response()
	case op.SMB1:
		return m.SMB1.Response()
	}
	return m.FromServer
}

// Command gives the command's code.
func (m *Message) Command() uint16 {
	switch m.Proto {
	case op.SMB2:
		return uint16(m.SMB2.Command)
	case op.SMB1:
		return uint16(m.SMB1.Command)
	}
	return 0xffff
}

// Status gives the NT status of a response.
func (m *Message) Status() uint32 {
	if m.Proto == op.SMB1 {
		return m.SMB1.Status
	}
	return m.SMB2.Status
}
