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

// ErrorResponse is [MS-SMB2] 2.2.2. With contexts, ErrorData is a list of them;
// otherwise Data is what the status wants to have there.
type ErrorResponse struct {
	Data     []byte
	Contexts []ErrorContext
}

// ErrorContext is [MS-SMB2] 2.2.2.1.
type ErrorContext struct {
	ID   uint32
	Data []byte
}

func (m *ErrorResponse) walk(c *wire.Codec, _ *Facts) { m.walkOf(c, &Header{}) }

func errorResponse(c *wire.Codec, h *Header) {
	if !c.Skims() {
		new(ErrorResponse).walkOf(c, h)
	}
}

// walkOf walks the response of a command.
func (m *ErrorResponse) walkOf(c *wire.Codec, h *Header) {
	var data wire.Ref
	c.Const16(fBufferCode, errorSize)
	contexts := int(c.Const8(fErrorContexts, uint8(len(m.Contexts))))
	c.Show8(fErrorReserved)
	c.Len32(fErrorCount, &data)
	if c.Writing() {
		c.To(data, func(c *wire.Codec) { m.walkData(c, h, contexts) })
		c.Fill(HeaderSize + errorSize)
		return
	}
	n := data.Len
	if n == 0 { // one byte stands there all the same
		c.Bytes(fErrorData, min(1, c.Left()))
		return
	}
	if n > c.Left() {
		c.Problem("ByteCount points outside the message")
		n = c.Left()
	}
	c.BeginLen(fErrorData, n, 0)
	c.Within(n, func(c *wire.Codec) { m.walkData(c, h, contexts) })
	c.Done()
}

func (m *ErrorResponse) walkData(c *wire.Codec, h *Header, contexts int) {
	if contexts == 0 {
		c.Payload(c.Left(), &m.Data, func(c *wire.Codec) { errorData(c, h) })
		return
	}
	start := c.Pos()
	c.SetBase(start)
	for i := 0; i < contexts && (c.Left() >= 8 || c.Writing()); i++ {
		c.Align(8)
		x := wire.Nth(c, m.Contexts, i)
		x.walkOf(c, h)
		wire.Keep(c, &m.Contexts, x)
	}
}

// walkOf walks a context in the response of a command.
func (x *ErrorContext) walkOf(c *wire.Codec, h *Header) {
	n := len(x.Data)
	if !c.Writing() {
		p := c.Peek(4)
		if len(p) < 4 {
			return
		}
		n = int(p[0]) | int(p[1])<<8 | int(p[2])<<16 | int(p[3])<<24
	}
	c.BeginLen(fErrorContext, 8+n, 0)
	c.Const32(fErrorLength, uint32(n))
	wire.U32(c, fErrorID, &x.ID)
	c.Payload(n, &x.Data, func(c *wire.Codec) {
		if x.ID == errorIDRedirect {
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
		new(RequiredSize).walk(c, nil)
	case h.Status == statusBufferTooSmall:
		c.Show32(fMinBuffer)
	case h.Status == statusStoppedOnSymlink:
		new(SymlinkError).walk(c, nil)
	}
}

// SymlinkError is the data of STATUS_STOPPED_ON_SYMLINK, [MS-SMB2] 2.2.2.2.1.
type SymlinkError struct{ Reparse fscc.ReparsePoint }

const symlinkErrorTag = 0x4c4d5953

func (x *SymlinkError) walk(c *wire.Codec, _ *Facts) {
	x.Reparse.InError = true
	var rest wire.Ref
	c.Begin(fSymlink)
	c.Len32(fSymlinkLength, &rest)
	if c.Writing() {
		c.To(rest, x.walkRest)
	} else {
		x.walkRest(c)
	}
	c.Finish()
}

func (x *SymlinkError) walkRest(c *wire.Codec) {
	c.Const32(fSymlinkErrorTag, symlinkErrorTag)
	x.Reparse.Walk(c)
}

// RequiredSize is the data of STATUS_BUFFER_TOO_SMALL, [MS-SMB2] 2.2.2.2.3: how
// many bytes the response needs.
type RequiredSize struct{ Bytes uint32 }

func (x *RequiredSize) walk(c *wire.Codec, _ *Facts) { wire.U32(c, fRequiredSize, &x.Bytes) }

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
