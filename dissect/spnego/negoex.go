package spnego

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

const (
	negoexSignature  = "NEGOEXTS"
	negoexHeaderSize = 40
)

// The message types of [MS-NEGOEX] 2.2.6.1.
const (
	negoexInitiator = 0
	negoexAcceptor  = 1
	negoexVerify    = 6
	negoexAlert     = 7
)

var (
	fNegoex          = &field.Def{Name: "negoex", Label: "NEGOEX message"}
	fNegoexSignature = &field.Def{Name: "negoex.message.sig", Label: "Signature", Kind: field.Text}
	fNegoexType      = &field.Def{Name: "negoex.message.type", Label: "MessageType", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "INITIATOR_NEGO"}, {V: 1, Name: "ACCEPTOR_NEGO"}, {V: 2, Name: "INITIATOR_META_DATA"}, {V: 3, Name: "ACCEPTOR_META_DATA"},
		{V: 4, Name: "CHALLENGE"}, {V: 5, Name: "AP_REQUEST"}, {V: 6, Name: "VERIFY"}, {V: 7, Name: "ALERT"},
	}}
	fNegoexNumber       = &field.Def{Name: "negoex.message.seq_num", Label: "SequenceNum", Kind: field.Uint}
	fNegoexHeader       = &field.Def{Name: "negoex.header.len", Label: "cbHeaderLength", Kind: field.Uint}
	fNegoexLength       = &field.Def{Name: "negoex.message.len", Label: "cbMessageLength", Kind: field.Uint}
	fNegoexConversation = &field.Def{Name: "negoex.message.conv_id", Label: "ConversationId", Kind: field.GUID}
	fNegoexRandom       = &field.Def{Name: "negoex.message.random", Label: "Random", Kind: field.Bytes}
	fNegoexVersion      = &field.Def{Name: "negoex.proto_version", Label: "ProtocolVersion", Kind: field.Uint}
	fNegoexScheme       = &field.Def{Name: "negoex.auth_scheme", Label: "AuthScheme", Kind: field.GUID}
	fNegoexSchemesAt    = &field.Def{Name: "negoex.auth_scheme_array_offset", Label: "AuthSchemeArrayOffset", Kind: field.Uint}
	fNegoexSchemes      = &field.Def{Name: "negoex.auth_scheme_array_count", Label: "AuthSchemeCount", Kind: field.Uint}
	fNegoexSchemesPad   = &field.Def{Name: "negoex.auth_scheme_array_pad", Label: "AuthSchemePad", Kind: field.Bytes}
	fNegoexExtension    = &field.Def{Name: "negoex.extension", Label: "Extension", Kind: field.Bytes}
	fNegoexExtensionsAt = &field.Def{Name: "negoex.extension_array_offset", Label: "ExtensionArrayOffset", Kind: field.Uint}
	fNegoexExtensions   = &field.Def{Name: "negoex.extension_array_count", Label: "ExtensionCount", Kind: field.Uint}
	fNegoexExtensionPad = &field.Def{Name: "negoex.extension_pad", Label: "ExtensionPad", Kind: field.Bytes}
	fNegoexExchangeAt   = &field.Def{Name: "negoex.exchange_vec_offset", Label: "ExchangeOffset", Kind: field.Uint}
	fNegoexExchangeLen  = &field.Def{Name: "negoex.exchange_vec_byte_count", Label: "ExchangeByteCount", Kind: field.Uint}
	fNegoexExchange     = &field.Def{Name: "negoex.exchange", Label: "Exchange", Kind: field.Bytes}
	fNegoexSumScheme    = &field.Def{Name: "negoex.checksum_scheme", Label: "ChecksumScheme", Kind: field.Uint}
	fNegoexSumType      = &field.Def{Name: "negoex.checksum_type", Label: "ChecksumType", Kind: field.Uint}
	fNegoexSumAt        = &field.Def{Name: "negoex.checksum_vec_offset", Label: "ChecksumOffset", Kind: field.Uint}
	fNegoexSumLen       = &field.Def{Name: "negoex.checksum_vec_count", Label: "ChecksumByteCount", Kind: field.Uint}
	fNegoexSum          = &field.Def{Name: "negoex.checksum", Label: "ChecksumValue", Kind: field.Bytes}
	fNegoexError        = &field.Def{Name: "negoex.errorcode", Label: "ErrorCode", Kind: field.Hex}
	fNegoexData         = &field.Def{Name: "negoex.data", Label: "Data", Kind: field.Bytes}
)

// negoex walks the messages of [MS-NEGOEX] 2.2.6, one behind the other.
func negoex(c *wire.Codec) {
	for string(c.Peek(len(negoexSignature))) == negoexSignature && c.Left() >= negoexHeaderSize {
		b := c.Peek(negoexHeaderSize)
		size := int(uint32(b[20]) | uint32(b[21])<<8 | uint32(b[22])<<16 | uint32(b[23])<<24)
		if size < negoexHeaderSize || size > c.Left() {
			c.Problem("cbMessageLength points outside the token")
			size = c.Left()
		}
		c.BeginLen(fNegoex, size, 0)
		c.Within(size, negoexMessage)
		c.Done()
	}
	c.Rest(fNegoexData)
}

// negoexMessage is one message; its offsets count from its start.
func negoexMessage(c *wire.Codec) {
	c.SetBase(c.Pos())
	c.Bytes(fNegoexSignature, 8)
	kind := c.Show32(fNegoexType)
	c.Show32(fNegoexNumber)
	c.Show32(fNegoexHeader)
	c.Show32(fNegoexLength)
	c.GUID(fNegoexConversation)
	switch kind {
	case negoexInitiator, negoexAcceptor: // [MS-NEGOEX] 2.2.6.3
		c.Bytes(fNegoexRandom, 32)
		c.Show64(fNegoexVersion)
		schemes := wire.Ref{Off: int(c.Show32(fNegoexSchemesAt)), Len: 16 * int(c.Show16(fNegoexSchemes))}
		c.Bytes(fNegoexSchemesPad, 2)
		extensions := wire.Ref{Off: int(c.Show32(fNegoexExtensionsAt)), Len: 12 * int(c.Show16(fNegoexExtensions))}
		c.Bytes(fNegoexExtensionPad, 2)
		c.To(schemes, func(c *wire.Codec) {
			for c.Left() >= 16 {
				c.GUID(fNegoexScheme)
			}
		})
		c.BytesAt(fNegoexExtension, extensions)
	case negoexVerify: // [MS-NEGOEX] 2.2.6.5
		c.GUID(fNegoexScheme)
		c.Show32(fNegoexHeader)
		c.Show32(fNegoexSumScheme)
		c.Show32(fNegoexSumType)
		c.BytesAt(fNegoexSum, c.Ref32(fNegoexSumAt, fNegoexSumLen))
	case negoexAlert: // [MS-NEGOEX] 2.2.6.6
		c.GUID(fNegoexScheme)
		c.Show32(fNegoexError)
		c.Rest(fNegoexData)
	default: // [MS-NEGOEX] 2.2.6.4
		c.GUID(fNegoexScheme)
		c.BytesAt(fNegoexExchange, c.Ref32(fNegoexExchangeAt, fNegoexExchangeLen))
	}
}
