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

// negotiateRequest is [MS-SMB2] 2.2.3. Contexts are there when 3.1.1 is
// offered; the place of their offset holds ClientStartTime otherwise, which is
// to be zero.
func negotiateRequest(c *wire.Codec, f *Facts) {
	c.Show16(fBufferCode)
	f.Dialects = int(c.Show16(fDialectCount))
	c.Show8(fSecMode) // 2 bytes, of which one is used
	c.Bytes(fReserved, 1)
	c.Bytes(fReserved, 2)
	wire.U32(c, fCapabilities, &f.Caps)
	c.GUID(fClientGUID)
	at := int(c.Show32(fContextOffset))
	n := int(c.Show16(fContextCount))
	c.Bytes(fReserved, 2)
	contexts := false
	for i := 0; c.More(i, f.Dialects, 2); i++ {
		var d Dialect
		wire.U16(c, fDialect, &d)
		contexts = contexts || d == Dialect311
		f.Dialect = max(f.Dialect, d)
	}
	if contexts || at >= c.Pos()-c.Base() {
		negotiateContexts(c, at, n, f)
	}
}

// negotiateResponse is [MS-SMB2] 2.2.4.
func negotiateResponse(c *wire.Codec, f *Facts) {
	c.Show16(fBufferCode)
	c.Show8(fSecMode)
	c.Bytes(fReserved, 1)
	wire.U16(c, fDialect, &f.Dialect)
	n := int(c.Show16(fContextCount))
	c.GUID(fServerGUID)
	wire.U32(c, fCapabilities, &f.Caps)
	c.Show32(fMaxTransact)
	c.Show32(fMaxRead)
	c.Show32(fMaxWrite)
	c.Show64(fSystemTime)
	c.Show64(fStartTime)
	blob := c.Ref16(fOffset, fLength)
	at := int(c.Show32(fContextOffset))
	securityBlob(c, blob, f)
	if f.Dialect == Dialect311 {
		negotiateContexts(c, at, n, f)
	}
}

func negotiateContexts(c *wire.Codec, at, n int, f *Facts) {
	if n == 0 || at == 0 {
		return
	}
	c.At(c.Base()+at, max(0, c.End()-c.Base()-at), func(c *wire.Codec) { contextList(c, n, f) })
}
