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

// SessionSetupRequest is [MS-SMB2] 2.2.5.
type SessionSetupRequest struct {
	Flags        uint8
	SecurityMode uint8
	Capabilities uint32
	Previous     uint64 // PreviousSessionId
	Token        []byte
}

func (m *SessionSetupRequest) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 25)
	wire.U8(c, fSetupFlags, &m.Flags)
	wire.U8(c, fSecMode, &m.SecurityMode)
	wire.U32(c, fCapabilities, &m.Capabilities)
	c.Show32(fChannel)
	token := c.Ref16(fOffset, fLength)
	wire.U64(c, fPrevious, &m.Previous)
	f.Flags, f.Caps = uint32(m.Flags), m.Capabilities
	securityBlob(c, token, &m.Token, f)
}

// SessionSetupResponse is [MS-SMB2] 2.2.6.
type SessionSetupResponse struct {
	Flags uint16
	Token []byte
}

func (m *SessionSetupResponse) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 9)
	wire.U16(c, fSessionFlags, &m.Flags)
	f.Flags = uint32(m.Flags)
	securityBlob(c, c.Ref16(fOffset, fLength), &m.Token, f)
}

// securityBlob is the token that r names: SPNEGO, or a bare mechanism.
func securityBlob(c *wire.Codec, r wire.Ref, token *[]byte, f *Facts) {
	c.PayloadAt(r, token, func(c *wire.Codec) {
		if c.Tree() == nil {
			return
		}
		c.BeginLen(fSecurityBlob, r.Len, 0)
		spnego.Walk(c)
		c.Done()
	})
	f.Token = *token
}
