package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fReadPadding = &field.Def{Name: "smb2.read_padding", Label: "Padding", Kind: field.Hex}
	fReadFlags   = &field.Def{Name: "smb2.read_flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.read_flags.unbuffered", Label: "READ_UNBUFFERED", Mask: 0x1},
		{Name: "smb2.read_flags.compressed", Label: "REQUEST_COMPRESSED", Mask: 0x2},
	}}
	fReadLength    = &field.Def{Name: "smb2.read_length", Label: "Length", Kind: field.Uint}
	fNoBuffer      = &field.Def{Name: "smb2.read_buffer", Label: "Buffer", Kind: field.Bytes} // one byte without meaning
	fMinCount      = &field.Def{Name: "smb2.min_count", Label: "MinimumCount", Kind: field.Uint}
	fReadRemaining = &field.Def{Name: "smb2.read_remaining", Label: "DataRemaining", Kind: field.Uint}
	fReadData      = &field.Def{Name: "smb2.read.blob", Label: "Buffer", Kind: field.Bytes}

	fDataOffset  = &field.Def{Name: "smb2.data_offset", Label: "DataOffset", Kind: field.Hex}
	fWriteLength = &field.Def{Name: "smb2.write_length", Label: "Length", Kind: field.Uint}
	fWriteFlags  = &field.Def{Name: "smb2.write.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.write.flags.write_through", Label: "WRITE_THROUGH", Mask: 0x1},
		{Name: "smb2.write.flags.unbuffered", Label: "WRITE_UNBUFFERED", Mask: 0x2},
	}}
	fWriteData      = &field.Def{Name: "smb2.write_data", Label: "Buffer", Kind: field.Bytes}
	fWriteCount     = &field.Def{Name: "smb2.write.count", Label: "Count", Kind: field.Uint}
	fWriteRemaining = &field.Def{Name: "smb2.write.remaining", Label: "Remaining", Kind: field.Uint}
	fChannelOffset  = &field.Def{Name: "smb2.channel_info_offset", Label: "WriteChannelInfoOffset", Kind: field.Uint}
	fChannelLength  = &field.Def{Name: "smb2.channel_info_length", Label: "WriteChannelInfoLength", Kind: field.Uint}
)

// readRequest is [MS-SMB2] 2.2.19.
func readRequest(c *wire.Codec, f *Facts) {
	var length, channel uint32
	c.Show16(fBufferCode)
	c.Show8(fReadPadding)
	c.Show8(fReadFlags)
	wire.U32(c, fReadLength, &length)
	wire.U64(c, fFilePlace, &f.Offset)
	fileID(c, f)
	f.Length = uint64(length)
	c.Show32(fMinCount)
	wire.U32(c, fChannel, &channel)
	c.Show32(fRemaining)
	info := c.Ref16(fOffset, fLength)
	if info.Len == 0 {
		c.Bytes(fNoBuffer, min(1, c.Left()))
	}
	channelInfo(c, channel, info)
}

// readResponse is [MS-SMB2] 2.2.20. DataOffset has one byte.
func readResponse(c *wire.Codec, f *Facts) {
	c.Show16(fBufferCode)
	at := int(c.Show8(fOffset))
	c.Bytes(fReserved, 1)
	n := c.Show32(fLength)
	f.Length = uint64(n)
	c.Show32(fReadRemaining)
	c.Bytes(fReserved, 4)
	f.Data = readData(c, wire.Ref{Off: at, Len: int(n)})
}

// writeRequest is [MS-SMB2] 2.2.21.
func writeRequest(c *wire.Codec, f *Facts) {
	var channel uint32
	c.Show16(fBufferCode)
	at := int(c.Show16(fDataOffset))
	n := c.Show32(fWriteLength)
	f.Length = uint64(n)
	wire.U64(c, fFilePlace, &f.Offset)
	fileID(c, f)
	wire.U32(c, fChannel, &channel)
	c.Show32(fRemaining)
	info := c.Ref16(fOffset, fLength)
	c.Show32(fWriteFlags)
	channelInfo(c, channel, info)
	f.Data = writeData(c, wire.Ref{Off: at, Len: int(n)})
}

// writeResponse is [MS-SMB2] 2.2.22.
func writeResponse(c *wire.Codec, f *Facts) {
	c.Show16(fBufferCode)
	c.Bytes(fReserved, 2)
	f.Length = uint64(c.Show32(fWriteCount))
	c.Show32(fWriteRemaining)
	c.Show16(fChannelOffset)
	c.Show16(fChannelLength)
}
