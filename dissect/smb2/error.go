package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

// NT statuses that decide the form of a response.
const (
	statusBufferOverflow   = 0x80000005
	statusStoppedOnSymlink = 0x8000002d
	statusMoreProcessing   = 0xc0000016
	statusNotifyEnumDir    = 0x0000010c
	statusBufferTooSmall   = 0xc0000023
)

const (
	errorSize       = 9
	errorIDRedirect = 0x72645253
)

var (
	fErrorContexts = &field.Def{Name: "smb2.error.context_count", Label: "ErrorContextCount", Kind: field.Uint}
	fErrorReserved = &field.Def{Name: "smb2.error.reserved", Label: "Reserved", Kind: field.Hex}
	fErrorCount    = &field.Def{Name: "smb2.error.byte_count", Label: "ByteCount", Kind: field.Uint}
	fErrorData     = &field.Def{Name: "smb2.error.data", Label: "ErrorData", Kind: field.Bytes}
	fErrorContext  = &field.Def{Name: "smb2.error.context", Label: "ErrorContext", Kind: field.Bytes}
	fErrorLength   = &field.Def{Name: "smb2.error.context.length", Label: "ErrorDataLength", Kind: field.Uint}
	fErrorID       = &field.Def{Name: "smb2.error.context.id", Label: "ErrorId", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "ERROR_ID_DEFAULT"}, {V: errorIDRedirect, Name: "ERROR_ID_SHARE_REDIRECT"}}}
	fRequiredSize = &field.Def{Name: "smb2.required_size", Label: "MinimumBufferLength", Kind: field.Uint}
	fMinBuffer    = &field.Def{Name: "smb2.error.min_buf_length", Label: "MinimumBufferLength", Kind: field.Uint}

	fSymlink         = &field.Def{Name: "smb2.symlink_error_response", Label: "SymbolicLinkErrorResponse"}
	fSymlinkLength   = &field.Def{Name: "smb2.symlink.length", Label: "SymLinkLength", Kind: field.Uint}
	fSymlinkErrorTag = &field.Def{Name: "smb2.symlink.error_tag", Label: "SymLinkErrorTag", Kind: field.Hex}

	fRedirect      = &field.Def{Name: "smb2.error.share_redirect", Label: "ShareRedirectErrorContextResponse"}
	fRedirectSize  = &field.Def{Name: "smb2.error.share_redirect.struct_size", Label: "StructureSize", Kind: field.Uint}
	fRedirectType  = &field.Def{Name: "smb2.error.share_redirect.notif_type", Label: "NotificationType", Kind: field.Uint}
	fRedirectFlags = &field.Def{Name: "smb2.error.share_redirect.flags", Label: "Flags", Kind: field.Hex}
	fRedirectShare = &field.Def{Name: "smb2.error.share_redirect.target_type", Label: "TargetType", Kind: field.Uint}
	fRedirectCount = &field.Def{Name: "smb2.error.share_redirect.ip_count", Label: "IPAddrCount", Kind: field.Uint}
	fRedirectList  = &field.Def{Name: "smb2.error.share_redirect.ip_list", Label: "IPAddrMoveList"}
	fRedirectName  = &field.Def{Name: "smb2.error.share_redirect.res_name", Label: "ResourceName", Kind: field.UTF16}
	fMoveType      = &field.Def{Name: "smb2.error.share_redirect.ip_type", Label: "Type", Kind: field.Enum, Values: field.Values{
		{V: 1, Name: "MOVE_DST_IPADDR_V4"}, {V: 2, Name: "MOVE_DST_IPADDR_V6"}}}
	fMoveReserved = &field.Def{Name: "smb2.error.share_redirect.ip_reserved", Label: "Reserved", Kind: field.Hex}
	fMoveV4       = &field.Def{Name: "smb2.error.share_redirect.ipv4", Label: "IPv4Address", Kind: field.IPv4}
	fMoveV6       = &field.Def{Name: "smb2.error.share_redirect.ipv6", Label: "IPv6Address", Kind: field.IPv6}
)

// isError reports whether a response has the form of [MS-SMB2] 2.2.2. Four
// commands have responses of the same StructureSize: the statuses with which
// these keep their own form stand in [MS-SMB2] 3.3.4.4.
func isError(c *wire.Codec, h *Header) bool {
	b := c.Peek(8)
	if h.Status == 0 || len(b) < 2 || b[0] != errorSize || b[1] != 0 {
		return false
	}
	switch h.Command {
	case SessionSetup:
		// Without error data both forms have the same bytes.
		return h.Status != statusMoreProcessing && len(b) == 8 && b[2] > 0 && b[3] == 0 && b[4] > 0
	case QueryInfo, QueryDirectory:
		return h.Status != statusBufferOverflow
	case ChangeNotify:
		return h.Status != statusNotifyEnumDir
	}
	return true
}

// errorResponse is [MS-SMB2] 2.2.2.
func errorResponse(c *wire.Codec, h *Header) {
	if c.Tree() == nil {
		return
	}
	c.Show16(fBufferCode)
	contexts := int(c.Show8(fErrorContexts))
	c.Show8(fErrorReserved)
	n := int(c.Show32(fErrorCount))
	if n == 0 { // one byte stands there all the same
		c.Bytes(fErrorData, min(1, c.Left()))
		return
	}
	if n > c.Left() {
		c.Problem("ByteCount points outside the message")
		n = c.Left()
	}
	c.BeginLen(fErrorData, n, 0)
	c.Within(n, func(c *wire.Codec) {
		if contexts == 0 {
			errorData(c, h)
			return
		}
		start := c.Pos()
		c.SetBase(start)
		for i := 0; i < contexts && c.Left() >= 8; i++ {
			c.Align(8)
			errorContext(c, h)
		}
	})
	c.Done()
}

// errorContext is [MS-SMB2] 2.2.2.1.
func errorContext(c *wire.Codec, h *Header) {
	p := c.Peek(4)
	if len(p) < 4 {
		return
	}
	size := int(p[0]) | int(p[1])<<8 | int(p[2])<<16 | int(p[3])<<24
	c.BeginLen(fErrorContext, 8+size, 0)
	c.Show32(fErrorLength)
	id := c.Show32(fErrorID)
	c.Within(size, func(c *wire.Codec) {
		if id == errorIDRedirect {
			shareRedirect(c)
			return
		}
		errorData(c, h)
	})
	c.Done()
}

// errorData is [MS-SMB2] 2.2.2.2.
func errorData(c *wire.Codec, h *Header) {
	switch {
	case h.Status == statusBufferTooSmall && h.Command == QueryInfo:
		c.Show32(fRequiredSize)
	case h.Status == statusBufferTooSmall:
		c.Show32(fMinBuffer)
	case h.Status == statusStoppedOnSymlink:
		c.Begin(fSymlink)
		c.Show32(fSymlinkLength)
		c.Show32(fSymlinkErrorTag)
		fscc.SymlinkError(c)
		c.Finish()
	}
}

// shareRedirect is [MS-SMB2] 2.2.2.2.2.
func shareRedirect(c *wire.Codec) {
	start := c.Pos()
	c.SetBase(start)
	c.BeginLen(fRedirect, c.Left(), 0)
	c.Show32(fRedirectSize)
	c.Show32(fRedirectType)
	name := c.Ref32(fOffset, fLength)
	c.Show16(fRedirectFlags)
	c.Show16(fRedirectShare)
	n := int(c.Show32(fRedirectCount))
	c.Begin(fRedirectList)
	for i := 0; c.More(i, n, 24); i++ {
		kind := c.Show32(fMoveType)
		c.Show32(fMoveReserved)
		if kind == 1 {
			c.Bytes(fMoveV4, 4)
			c.Bytes(fReserved, 12)
		} else {
			c.Bytes(fMoveV6, 16)
		}
	}
	c.Finish()
	c.BytesAt(fRedirectName, name)
	c.Done()
}
