package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/spnego"
	"smbdiff/dissect/wire"
)

var (
	fSetupFlags = &field.Def{Name: "smb2.ses_req_flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.ses_req_flags.session_binding", Label: "BINDING", Mask: 0x1},
	}}
	fPrevious     = &field.Def{Name: "smb2.previous_sesid", Label: "PreviousSessionId", Kind: field.Hex}
	fSessionFlags = &field.Def{Name: "smb2.session_flags", Label: "SessionFlags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.ses_flags.guest", Label: "IS_GUEST", Mask: 0x1},
		{Name: "smb2.ses_flags.null", Label: "IS_NULL", Mask: 0x2},
		{Name: "smb2.ses_flags.encrypt", Label: "ENCRYPT_DATA", Mask: 0x4},
	}}
	fSecurityBlob = &field.Def{Name: "smb2.security_blob", Label: "Buffer", Kind: field.Bytes}
)

// sessionSetupRequest is [MS-SMB2] 2.2.5.
func sessionSetupRequest(c *wire.Codec, f *Facts) {
	var flags uint8
	c.Show16(fBufferCode)
	wire.U8(c, fSetupFlags, &flags)
	c.Show8(fSecMode)
	wire.U32(c, fCapabilities, &f.Caps)
	c.Show32(fChannel)
	blob := c.Ref16(fOffset, fLength)
	c.Show64(fPrevious)
	f.Flags = uint32(flags)
	securityBlob(c, blob, f)
}

// sessionSetupResponse is [MS-SMB2] 2.2.6.
func sessionSetupResponse(c *wire.Codec, f *Facts) {
	var flags uint16
	c.Show16(fBufferCode)
	wire.U16(c, fSessionFlags, &flags)
	f.Flags = uint32(flags)
	securityBlob(c, c.Ref16(fOffset, fLength), f)
}

// securityBlob walks the token that r names: SPNEGO, or a bare mechanism.
func securityBlob(c *wire.Codec, r wire.Ref, f *Facts) {
	c.To(r, func(c *wire.Codec) {
		f.Token = c.Peek(r.Len)
		if c.Tree() == nil {
			return
		}
		c.BeginLen(fSecurityBlob, r.Len, 0)
		spnego.Walk(c)
		c.Done()
	})
}
