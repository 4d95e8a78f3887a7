package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fFunction   = &field.Def{Name: "smb2.ioctl.function", Label: "CtlCode", Kind: field.Enum, Lookup: fsctlName, All: FsctlNames, Bits: FunctionBits}
	fMaxInput   = &field.Def{Name: "smb2.max_ioctl_in_size", Label: "MaxInputResponse", Kind: field.Uint}
	fMaxOutput  = &field.Def{Name: "smb2.max_ioctl_out_size", Label: "MaxOutputResponse", Kind: field.Uint}
	fIoctlFlags = &field.Def{Name: "smb2.ioctl.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.ioctl.is_fsctl", Label: "IS_FSCTL", Mask: 0x1},
	}}
	fReplyReserved = &field.Def{Name: "smb2.flags", Label: "Flags", Kind: field.Hex}
	fInput         = &field.Def{Name: "smb2.ioctl.in", Label: "Input"}
	fOutput        = &field.Def{Name: "smb2.ioctl.out", Label: "Output"}
)

// FunctionBits are the parts of a control code, [MS-FSCC] 2.3.
var FunctionBits = []field.Bit{
	{Name: "smb2.ioctl.function.device", Label: "Device", Mask: 0xffff0000, Values: deviceNames},
	{Name: "smb2.ioctl.function.access", Label: "Access", Mask: 0xc000, Values: field.Values{
		{V: 0, Name: "FILE_ANY_ACCESS"}, {V: 1, Name: "FILE_READ_ACCESS"}, {V: 2, Name: "FILE_WRITE_ACCESS"}, {V: 3, Name: "FILE_READ_WRITE_ACCESS"}}},
	{Name: "smb2.ioctl.function.function", Label: "Function", Mask: 0x3ffc},
	{Name: "smb2.ioctl.function.method", Label: "Method", Mask: 0x3, Values: field.Values{
		{V: 0, Name: "METHOD_BUFFERED"}, {V: 1, Name: "METHOD_IN_DIRECT"}, {V: 2, Name: "METHOD_OUT_DIRECT"}, {V: 3, Name: "METHOD_NEITHER"}}},
}

var deviceNames = field.Values{
	{V: 0x06, Name: "DFS"}, {V: 0x09, Name: "FILE_SYSTEM"}, {V: 0x11, Name: "NAMED_PIPE"}, {V: 0x14, Name: "NETWORK_FILE_SYSTEM"},
	{V: 0x2d, Name: "MASS_STORAGE"},
}

// IoctlRequest is [MS-SMB2] 2.2.31. Output is only read.
type IoctlRequest struct {
	CtlCode   uint32
	FileID    [16]byte
	Input     []byte
	MaxInput  uint32 // bytes of input in the response
	MaxOutput uint32 // bytes
	Flags     uint32
}

// IoctlIsFsctl is the flag of [MS-SMB2] 2.2.31 that a control code of a file
// system has.
const IoctlIsFsctl = 1

func (m *IoctlRequest) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 57)
	c.Bytes(fReserved, 2)
	wire.U32(c, fFunction, &m.CtlCode)
	fileID(c, f, &m.FileID)
	in := c.Ref32(fOffset, fLength)
	wire.U32(c, fMaxInput, &m.MaxInput)
	out := c.Ref32(fOffset, fLength)
	wire.U32(c, fMaxOutput, &m.MaxOutput)
	wire.U32(c, fIoctlFlags, &m.Flags)
	c.Bytes(fReserved, 4)
	ioctlData(c, fInput, in, m.CtlCode, true, &m.Input)
	c.Fill(HeaderSize + 57)
	f.CtlCode, f.Data = m.CtlCode, m.Input
	if out != in && !c.Writing() {
		var data []byte
		ioctlData(c, fOutput, out, m.CtlCode, false, &data)
	}
}

// IoctlResponse is [MS-SMB2] 2.2.32.
type IoctlResponse struct {
	CtlCode uint32
	FileID  [16]byte
	Input   []byte
	Output  []byte
}

func (m *IoctlResponse) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 49)
	c.Bytes(fReserved, 2)
	wire.U32(c, fFunction, &m.CtlCode)
	fileID(c, f, &m.FileID)
	in := c.Ref32(fOffset, fLength)
	out := c.Ref32(fOffset, fLength)
	c.Show32(fReplyReserved)
	c.Bytes(fReserved, 4)
	if in != out {
		ioctlData(c, fInput, in, m.CtlCode, true, &m.Input)
	}
	ioctlData(c, fOutput, out, m.CtlCode, false, &m.Output)
	f.CtlCode, f.Data = m.CtlCode, m.Output
}

// ioctlData is the input or output of a control code.
func ioctlData(c *wire.Codec, d *field.Def, r wire.Ref, code uint32, in bool, data *[]byte) {
	c.PayloadAt(r, data, func(c *wire.Codec) {
		if c.Tree() == nil {
			return
		}
		c.BeginLen(d, r.Len, 0)
		c.SetBase(c.Pos())
		WalkControl(c, code, in)
		c.Rest(fUnknown)
		c.Done()
	})
}
