package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

var fCloseFlags = &field.Def{Name: "smb2.close.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
	{Name: "smb2.close.pq_attrib", Label: "POSTQUERY_ATTRIB", Mask: 0x1},
}}

// CloseRequest is [MS-SMB2] 2.2.15.
type CloseRequest struct {
	Flags  uint16
	FileID [16]byte
}

func (m *CloseRequest) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 24)
	wire.U16(c, fCloseFlags, &m.Flags)
	c.Bytes(fReserved, 4)
	fileID(c, f, &m.FileID)
}

// CloseResponse is [MS-SMB2] 2.2.16. What Flags does not announce is zero.
type CloseResponse struct {
	Flags      uint16
	Times      fscc.Times
	Allocation uint64 // bytes
	EndOfFile  uint64 // bytes
	Attributes uint32
}

func (m *CloseResponse) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 60)
	wire.U16(c, fCloseFlags, &m.Flags)
	c.Bytes(fReserved, 4)
	if c.Skims() {
		return
	}
	m.Times.Walk(c)
	wire.U64(c, fscc.AllocationSize, &m.Allocation)
	wire.U64(c, fscc.EndOfFile, &m.EndOfFile)
	wire.U32(c, fscc.Attributes, &m.Attributes)
}

// FlushRequest is [MS-SMB2] 2.2.17.
type FlushRequest struct{ FileID [16]byte }

func (m *FlushRequest) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 24)
	c.Bytes(fUnknown, 6)
	fileID(c, f, &m.FileID)
}
