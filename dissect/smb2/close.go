package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

var fCloseFlags = &field.Def{Name: "smb2.close.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
	{Name: "smb2.close.pq_attrib", Label: "POSTQUERY_ATTRIB", Mask: 0x1},
}}

// closeRequest is [MS-SMB2] 2.2.15.
func closeRequest(c *wire.Codec, f *Facts) {
	c.Show16(fBufferCode)
	c.Show16(fCloseFlags)
	c.Bytes(fReserved, 4)
	fileID(c, f)
}

// closeResponse is [MS-SMB2] 2.2.16.
func closeResponse(c *wire.Codec, f *Facts) {
	c.Show16(fBufferCode)
	c.Show16(fCloseFlags)
	c.Bytes(fReserved, 4)
	if c.Tree() == nil {
		return
	}
	times(c)
	c.Show64(fscc.AllocationSize)
	c.Show64(fscc.EndOfFile)
	c.Show32(fscc.Attributes)
}

// flushRequest is [MS-SMB2] 2.2.17.
func flushRequest(c *wire.Codec, f *Facts) {
	c.Show16(fBufferCode)
	c.Bytes(fUnknown, 6)
	fileID(c, f)
}
