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

// ioctlRequest is [MS-SMB2] 2.2.31.
func ioctlRequest(c *wire.Codec, f *Facts) {
	c.Show16(fBufferCode)
	c.Bytes(fReserved, 2)
	wire.U32(c, fFunction, &f.CtlCode)
	fileID(c, f)
	in := c.Ref32(fOffset, fLength)
	c.Show32(fMaxInput)
	out := c.Ref32(fOffset, fLength)
	c.Show32(fMaxOutput)
	c.Show32(fIoctlFlags)
	c.Bytes(fReserved, 4)
	f.Data = ioctlData(c, fInput, in, f.CtlCode, true)
	if out != in {
		ioctlData(c, fOutput, out, f.CtlCode, false)
	}
}

// ioctlResponse is [MS-SMB2] 2.2.32.
func ioctlResponse(c *wire.Codec, f *Facts) {
	c.Show16(fBufferCode)
	c.Bytes(fReserved, 2)
	wire.U32(c, fFunction, &f.CtlCode)
	fileID(c, f)
	in := c.Ref32(fOffset, fLength)
	out := c.Ref32(fOffset, fLength)
	c.Show32(fReplyReserved)
	c.Bytes(fReserved, 4)
	if in != out {
		ioctlData(c, fInput, in, f.CtlCode, true)
	}
	f.Data = ioctlData(c, fOutput, out, f.CtlCode, false)
}

// ioctlData walks the input or output of a control code.
func ioctlData(c *wire.Codec, d *field.Def, r wire.Ref, code uint32, in bool) (data []byte) {
	c.To(r, func(c *wire.Codec) {
		data = c.Peek(r.Len)
		if c.Tree() == nil {
			return
		}
		c.BeginLen(d, r.Len, 0)
		c.SetBase(c.Pos())
		WalkControl(c, code, in)
		c.Rest(fUnknown)
		c.Done()
	})
	return data
}
