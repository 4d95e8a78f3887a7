package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fDialectCount  = &field.Def{Name: "smb2.dialect_count", Label: "DialectCount", Kind: field.Uint}
	fClientGUID    = &field.Def{Name: "smb2.client_guid", Label: "ClientGuid", Kind: field.GUID}
	fServerGUID    = &field.Def{Name: "smb2.server_guid", Label: "ServerGuid", Kind: field.GUID}
	fContextOffset = &field.Def{Name: "smb2.negotiate_context.offset", Label: "NegotiateContextOffset", Kind: field.Hex}
	fContextCount  = &field.Def{Name: "smb2.negotiate_context.count", Label: "NegotiateContextCount", Kind: field.Uint}
	fMaxTransact   = &field.Def{Name: "smb2.max_trans_size", Label: "MaxTransactSize", Kind: field.Uint}
	fMaxRead       = &field.Def{Name: "smb2.max_read_size", Label: "MaxReadSize", Kind: field.Uint}
	fMaxWrite      = &field.Def{Name: "smb2.max_write_size", Label: "MaxWriteSize", Kind: field.Uint}
	fSystemTime    = &field.Def{Name: "smb2.current_time", Label: "SystemTime", Kind: field.FileTime}
	fStartTime     = &field.Def{Name: "smb2.boot_time", Label: "ServerStartTime", Kind: field.FileTime}
)

// NegotiateRequest is [MS-SMB2] 2.2.3. Contexts are there when 3.1.1 is offered;
// the place of their offset holds ClientStartTime otherwise, which is to be zero.
type NegotiateRequest struct {
	SecurityMode uint8
	Capabilities uint32
	ClientGUID   [16]byte
	Dialects     []Dialect
	Contexts     []NegotiateContext
}

func (m *NegotiateRequest) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 36)
	f.Dialects = int(c.Const16(fDialectCount, uint16(len(m.Dialects))))
	wire.U8(c, fSecMode, &m.SecurityMode) // 2 bytes, of which one is used
	c.Bytes(fReserved, 1)
	c.Bytes(fReserved, 2)
	wire.U32(c, fCapabilities, &m.Capabilities)
	c.Array(fClientGUID, &m.ClientGUID)
	var at wire.Ref
	c.Off32(fContextOffset, &at)
	n := int(c.Const16(fContextCount, uint16(len(m.Contexts))))
	c.Bytes(fReserved, 2)
	f.Caps = m.Capabilities
	contexts := false
	for i := 0; c.More(i, f.Dialects, 2); i++ {
		d := wire.Nth(c, m.Dialects, i)
		wire.U16(c, fDialect, &d)
		wire.Keep(c, &m.Dialects, d)
		contexts = contexts || d == Dialect311
		f.Dialect = max(f.Dialect, d)
	}
	if contexts || at.Off >= c.Pos()-c.Base() {
		negotiateContexts(c, at, n, &m.Contexts, f)
	}
}

// NegotiateResponse is [MS-SMB2] 2.2.4. Times are FILETIMEs.
type NegotiateResponse struct {
	SecurityMode uint8
	Dialect      Dialect
	ServerGUID   [16]byte
	Capabilities uint32
	MaxTransact  uint32 // bytes
	MaxRead      uint32 // bytes
	MaxWrite     uint32 // bytes
	SystemTime   uint64
	StartTime    uint64
	Token        []byte
	Contexts     []NegotiateContext
}

func (m *NegotiateResponse) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 65)
	wire.U8(c, fSecMode, &m.SecurityMode)
	c.Bytes(fReserved, 1)
	wire.U16(c, fDialect, &m.Dialect)
	n := int(c.Const16(fContextCount, uint16(len(m.Contexts))))
	c.Array(fServerGUID, &m.ServerGUID)
	wire.U32(c, fCapabilities, &m.Capabilities)
	wire.U32(c, fMaxTransact, &m.MaxTransact)
	wire.U32(c, fMaxRead, &m.MaxRead)
	wire.U32(c, fMaxWrite, &m.MaxWrite)
	wire.U64(c, fSystemTime, &m.SystemTime)
	wire.U64(c, fStartTime, &m.StartTime)
	token := c.Ref16(fOffset, fLength)
	var at wire.Ref
	c.Off32(fContextOffset, &at)
	f.Dialect, f.Caps = m.Dialect, m.Capabilities
	securityBlob(c, token, &m.Token, f)
	if m.Dialect == Dialect311 {
		negotiateContexts(c, at, n, &m.Contexts, f)
	}
}

// negotiateContexts walks n contexts, which begin at a multiple of 8.
func negotiateContexts(c *wire.Codec, at wire.Ref, n int, list *[]NegotiateContext, f *Facts) {
	if n == 0 || at.Off == 0 {
		return
	}
	c.Pad(8)
	c.ToEnd(at, func(c *wire.Codec) { contextList(c, n, list, f) })
}
