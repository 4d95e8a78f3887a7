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

// ReadPadding is the place of the data that a READ wants in the response: where
// its fixed part ends, [MS-SMB2] 2.2.19.
const ReadPadding = HeaderSize + 16

// ReadRequest is [MS-SMB2] 2.2.19. Channel info is only read.
type ReadRequest struct {
	Padding uint8
	Flags   uint8
	Length  uint32 // bytes
	Offset  uint64
	FileID  [16]byte
	Minimum uint32 // bytes
}

func (m *ReadRequest) walk(c *wire.Codec, f *Facts) {
	var channel uint32
	c.Const16(fBufferCode, 49)
	wire.U8(c, fReadPadding, &m.Padding)
	wire.U8(c, fReadFlags, &m.Flags)
	wire.U32(c, fReadLength, &m.Length)
	wire.U64(c, fFilePlace, &m.Offset)
	fileID(c, f, &m.FileID)
	f.Offset, f.Length = m.Offset, uint64(m.Length)
	wire.U32(c, fMinCount, &m.Minimum)
	wire.U32(c, fChannel, &channel)
	c.Show32(fRemaining)
	info := c.Ref16(fOffset, fLength)
	if info.Len == 0 {
		c.Bytes(fNoBuffer, min(1, c.Left()))
	}
	c.Fill(HeaderSize + 49)
	channelInfo(c, channel, info)
}

// ReadResponse is [MS-SMB2] 2.2.20.
type ReadResponse struct {
	Remaining uint32
	Data      []byte
}

func (m *ReadResponse) walk(c *wire.Codec, f *Facts) {
	var data wire.Ref
	c.Const16(fBufferCode, 17)
	c.Off8(fOffset, &data)
	c.Bytes(fReserved, 1)
	c.Len32(fLength, &data)
	wire.U32(c, fReadRemaining, &m.Remaining)
	c.Bytes(fReserved, 4)
	readData(c, data, &m.Data)
	f.Length, f.Data = uint64(data.Len), m.Data
}

// WriteRequest is [MS-SMB2] 2.2.21. Channel info is only read.
type WriteRequest struct {
	Offset uint64
	FileID [16]byte
	Flags  uint32
	Data   []byte
}

func (m *WriteRequest) walk(c *wire.Codec, f *Facts) {
	var data wire.Ref
	var channel uint32
	c.Const16(fBufferCode, 49)
	c.Off16(fDataOffset, &data)
	c.Len32(fWriteLength, &data)
	f.Length = uint64(data.Len)
	wire.U64(c, fFilePlace, &m.Offset)
	fileID(c, f, &m.FileID)
	wire.U32(c, fChannel, &channel)
	c.Show32(fRemaining)
	info := c.Ref16(fOffset, fLength)
	wire.U32(c, fWriteFlags, &m.Flags)
	channelInfo(c, channel, info)
	writeData(c, data, &m.Data)
	c.Fill(HeaderSize + 49)
	f.Offset, f.Data = m.Offset, m.Data
}

// WriteResponse is [MS-SMB2] 2.2.22.
type WriteResponse struct{ Count uint32 }

func (m *WriteResponse) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 17)
	c.Bytes(fReserved, 2)
	wire.U32(c, fWriteCount, &m.Count)
	f.Length = uint64(m.Count)
	c.Show32(fWriteRemaining)
	c.Show16(fChannelOffset)
	c.Show16(fChannelLength)
}
