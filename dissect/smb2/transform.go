package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fTransform         = &field.Def{Name: "smb2.header.transform", Label: "SMB2 TRANSFORM_HEADER"}
	fTransformSign     = &field.Def{Name: "smb2.header.transform.signature", Label: "Signature", Kind: field.Bytes}
	fTransformNonce    = &field.Def{Name: "smb2.header.transform.nonce", Label: "Nonce", Kind: field.Bytes}
	fTransformSize     = &field.Def{Name: "smb2.header.transform.msg_size", Label: "OriginalMessageSize", Kind: field.Uint}
	fTransformReserved = &field.Def{Name: "smb2.header.transform.reserved", Label: "Reserved", Kind: field.Bytes}
	fTransformFlags    = &field.Def{Name: "smb2.header.transform.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.header.transform.flags.encrypted", Label: "ENCRYPTED", Mask: 0x1},
	}}
	fTransformData = &field.Def{Name: "smb2.header.transform.enc_data", Label: "Encrypted data", Kind: field.Bytes}

	fCompression = &field.Def{Name: "smb2.header.comp_transform", Label: "SMB2 COMPRESSION_TRANSFORM_HEADER"}
	fCompSize    = &field.Def{Name: "smb2.header.comp_transform.original_size", Label: "OriginalCompressedSegmentSize", Kind: field.Uint}
	fCompPart    = &field.Def{Name: "smb2.header.comp_transform.payload", Label: "Compression payload"}
	fCompKind    = &field.Def{Name: "smb2.header.comp_transform.comp_alg", Label: "CompressionAlgorithm", Kind: field.Enum, Values: compressionNames}
	fCompChained = &field.Def{Name: "smb2.header.comp_transform.flags", Label: "Flags", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "NONE"}, {V: CompressionChained, Name: "CHAINED"}}}
	fCompOffset   = &field.Def{Name: "smb2.header.comp_transform.offset", Label: "Offset", Kind: field.Hex}
	fCompLength   = &field.Def{Name: "smb2.header.comp_transform.length", Label: "Length", Kind: field.Hex}
	fCompOriginal = &field.Def{Name: "smb2.header.comp_transform.orig_payload_size", Label: "OriginalPayloadSize", Kind: field.Uint}
	fCompData     = &field.Def{Name: "smb2.header.comp_transform.data", Label: "Compressed data", Kind: field.Bytes}
	fCompPlain    = &field.Def{Name: "smb2.header.comp_transform.plain", Label: "Uncompressed data", Kind: field.Bytes}

	fPattern     = &field.Def{Name: "smb2.pattern_v1.pattern", Label: "Pattern", Kind: field.Hex}
	fPattern1    = &field.Def{Name: "smb2.pattern_v1.reserved1", Label: "Reserved1", Kind: field.Hex}
	fPattern2    = &field.Def{Name: "smb2.pattern_v1.reserved2", Label: "Reserved2", Kind: field.Hex}
	fRepetitions = &field.Def{Name: "smb2.pattern_v1.repetitions", Label: "Repetitions", Kind: field.Uint}
)

// CompressionChained is the flag of [MS-SMB2] 2.2.3.1.3 and 2.2.42.
const CompressionChained = 1

// The algorithms of [MS-SMB2] 2.2.3.1.3 that the walk must tell apart.
const (
	compressionNone    = 0
	compressionPattern = 4
)

// Transform is the header of a sealed PDU, [MS-SMB2] 2.2.41.
type Transform struct {
	Signature [16]byte // the tag
	Nonce     [16]byte
	Size      uint32 // OriginalMessageSize, bytes
	Flags     uint16 // or EncryptionAlgorithm
	SessionID uint64
}

// TransformEncrypted is the flag of a Transform that all have.
const TransformEncrypted = 1

func (h *Transform) walk(c *wire.Codec, _ *Facts) {
	c.Literal(fProtocolID, "\xfdSMB")
	c.Array(fTransformSign, &h.Signature)
	c.Array(fTransformNonce, &h.Nonce)
	wire.U32(c, fTransformSize, &h.Size)
	c.Bytes(fTransformReserved, 2)
	wire.U16(c, fTransformFlags, &h.Flags)
	wire.U64(c, fSessionID, &h.SessionID)
}

// WalkTransform walks the header of a sealed PDU and claims the ciphertext behind
// it as far as it is there.
func WalkTransform(c *wire.Codec) {
	c.Begin(fTransform)
	new(Transform).walk(c, nil)
	c.Rest(fTransformData)
	c.Finish()
}

// WalkCompression walks the headers of a compressed PDU, [MS-SMB2] 2.2.42, with
// the compressed bytes as they are.
func WalkCompression(c *wire.Codec) {
	c.Begin(fCompression)
	c.Bytes(fProtocolID, 4)
	c.Show32(fCompSize)
	p := c.Peek(4)
	if len(p) == 4 && p[2] == CompressionChained && p[3] == 0 {
		for c.Left() >= 8 {
			compressionPayload(c)
		}
	} else {
		c.Show16(fCompKind)
		c.Show16(fCompChained)
		n := int(c.Show32(fCompOffset))
		c.Bytes(fCompPlain, min(n, c.Left()))
		c.Rest(fCompData)
	}
	c.Finish()
}

// compressionPayload is [MS-SMB2] 2.2.42.2, with 2.2.42.2.2 for a pattern.
// Length counts OriginalPayloadSize, where that is there.
func compressionPayload(c *wire.Codec) {
	c.Begin(fCompPart)
	kind := c.Show16(fCompKind)
	c.Show16(fCompChained)
	n := int(c.Show32(fCompLength))
	switch kind {
	case compressionPattern:
		n = min(n, c.Left())
		c.BeginLen(fCompData, n, 0)
		c.Within(n, func(c *wire.Codec) {
			c.Show8(fPattern)
			c.Show8(fPattern1)
			c.Show16(fPattern2)
			c.Show32(fRepetitions)
		})
		c.Done()
	case compressionNone:
		c.Bytes(fCompData, n)
	default:
		c.Show32(fCompOriginal)
		c.Bytes(fCompData, max(0, n-4))
	}
	c.Finish()
}
