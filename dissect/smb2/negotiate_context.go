package smb2

import (
	"smbdiff/dissect/compress"
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// The types of [MS-SMB2] 2.2.3.1, and that of the POSIX extensions.
const (
	ContextPreauth     = 0x0001
	ContextEncryption  = 0x0002
	ContextCompression = 0x0003
	ContextNetname     = 0x0005
	ContextTransport   = 0x0006
	ContextRDMA        = 0x0007
	ContextSigning     = 0x0008
	ContextPosix       = 0x0100
)

var compressionNames = field.Values{
	{V: 0, Name: "NONE"}, {V: 1, Name: "LZNT1"}, {V: 2, Name: "LZ77"}, {V: 3, Name: "LZ77+Huffman"}, {V: 4, Name: "Pattern_V1"}, {V: 5, Name: "LZ4"}}

var (
	fContext     = &field.Def{Name: "smb2.negotiate_context", Label: "NegotiateContext"}
	fContextType = &field.Def{Name: "smb2.negotiate_context.type", Label: "ContextType", Kind: field.Enum, Values: field.Values{
		{V: ContextPreauth, Name: "PREAUTH_INTEGRITY_CAPABILITIES"}, {V: ContextEncryption, Name: "ENCRYPTION_CAPABILITIES"},
		{V: ContextCompression, Name: "COMPRESSION_CAPABILITIES"}, {V: ContextNetname, Name: "NETNAME_NEGOTIATE_CONTEXT_ID"},
		{V: ContextTransport, Name: "TRANSPORT_CAPABILITIES"}, {V: ContextRDMA, Name: "RDMA_TRANSFORM_CAPABILITIES"},
		{V: ContextSigning, Name: "SIGNING_CAPABILITIES"}, {V: ContextPosix, Name: "POSIX_EXTENSIONS_AVAILABLE"}}}
	fContextLength = &field.Def{Name: "smb2.negotiate_context.data_length", Label: "DataLength", Kind: field.Uint}

	fHashCount  = &field.Def{Name: "smb2.negotiate_context.hash_alg_count", Label: "HashAlgorithmCount", Kind: field.Uint}
	fSaltLength = &field.Def{Name: "smb2.negotiate_context.salt_length", Label: "SaltLength", Kind: field.Uint}
	fHash       = &field.Def{Name: "smb2.negotiate_context.hash_algorithm", Label: "HashAlgorithm", Kind: field.Enum, Values: field.Values{
		{V: 1, Name: "SHA-512"}}}
	fSalt        = &field.Def{Name: "smb2.negotiate_context.salt", Label: "Salt", Kind: field.Bytes}
	fCipherCount = &field.Def{Name: "smb2.negotiate_context.cipher_count", Label: "CipherCount", Kind: field.Uint}
	fCipher      = &field.Def{Name: "smb2.negotiate_context.cipher_id", Label: "CipherId", Kind: field.Enum, Lookup: cipherName, All: CipherNames}
	fCompCount   = &field.Def{Name: "smb2.negotiate_context.comp_alg_count", Label: "CompressionAlgorithmCount", Kind: field.Uint}
	fCompFlags   = &field.Def{Name: "smb2.negotiate_context.comp_alg_flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.negotiate_context.comp_alg_flags.chained", Label: "CHAINED", Mask: 0x1},
		{Name: "smb2.negotiate_context.comp_alg_flags.reserved", Label: "Reserved", Mask: 0xfffffffe},
	}}
	fCompAlgorithm  = &field.Def{Name: "smb2.negotiate_context.comp_alg_id", Label: "CompressionAlgorithmId", Kind: field.Enum, Values: compressionNames}
	fNetname        = &field.Def{Name: "smb2.negotiate_context.netname", Label: "NetName", Kind: field.UTF16}
	fTransportFlags = &field.Def{Name: "smb2.negotiate_context.transport_flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.negotiate_context.transport_flags.accept_transport_level_security", Label: "ACCEPT_TRANSPORT_LEVEL_SECURITY", Mask: 0x1},
	}}
	fRDMACount     = &field.Def{Name: "smb2.negotiate_context.rdma_transform_count", Label: "TransformCount", Kind: field.Uint}
	fRDMAReserved1 = &field.Def{Name: "smb2.negotiate_context.rdma_transform_reserved1", Label: "Reserved1", Kind: field.Hex}
	fRDMAReserved2 = &field.Def{Name: "smb2.negotiate_context.rdma_transform_reserved2", Label: "Reserved2", Kind: field.Hex}
	fRDMATransform = &field.Def{Name: "smb2.negotiate_context.rdma_transform_id", Label: "RDMATransformId", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "NONE"}, {V: 1, Name: "ENCRYPTION"}, {V: 2, Name: "SIGNING"}}}
	fSigningCount = &field.Def{Name: "smb2.negotiate_context.signing_alg_count", Label: "SigningAlgorithmCount", Kind: field.Uint}
	fSigning      = &field.Def{Name: "smb2.negotiate_context.signing_id", Label: "SigningAlgorithmId", Kind: field.Enum, Values: field.Values{
		{V: uint64(HMACSHA256), Name: "HMAC-SHA256"}, {V: uint64(AESCMAC), Name: "AES-CMAC"}, {V: uint64(AESGMAC), Name: "AES-GMAC"}}}
	fPosixReserved = &field.Def{Name: "smb2.negotiate_context.posix_reserved", Label: "POSIX Reserved", Kind: field.Bytes}
)

func cipherName(v uint64) string { return Cipher(v).String() }

// CipherNames gives the names of all ciphers.
func CipherNames() field.Values {
	var out field.Values
	for c := AES128CCM; c <= AES256GCM; c++ {
		out = append(out, field.Value{V: uint64(c), Name: c.String()})
	}
	return out
}

// NegotiateContext is [MS-SMB2] 2.2.3.1. Data is one of the structures below, or
// what Type says.
type NegotiateContext struct {
	Type uint16
	Data []byte
}

// contextList walks n contexts, each aligned to 8 bytes.
func contextList(c *wire.Codec, n int, list *[]NegotiateContext, f *Facts) {
	for i := 0; c.More(i, n, 8); i++ {
		if i > 0 {
			c.Align(8)
		}
		x := wire.Nth(c, *list, i)
		x.walk(c, f)
		wire.Keep(c, list, x)
	}
}

func (x *NegotiateContext) walk(c *wire.Codec, f *Facts) {
	c.Begin(fContext)
	wire.U16(c, fContextType, &x.Type)
	n := int(c.Const16(fContextLength, uint16(len(x.Data))))
	c.Bytes(fReserved, 4)
	c.Payload(n, &x.Data, func(c *wire.Codec) {
		contextData(c, x.Type, f)
		c.Rest(fUnknown)
	})
	c.Finish()
}

// contextData is [MS-SMB2] 2.2.3.1.1 to 2.2.3.1.7. Facts keep the first
// algorithm: the client's choice in a request, the server's in a response.
func contextData(c *wire.Codec, kind uint16, f *Facts) {
	switch kind {
	case ContextPreauth:
		new(PreauthCapabilities).walk(c, f)
	case ContextEncryption:
		new(EncryptionCapabilities).walk(c, f)
	case ContextCompression:
		new(CompressionCapabilities).walk(c, f)
	case ContextNetname:
		c.Rest(fNetname)
	case ContextTransport:
		c.Show32(fTransportFlags)
	case ContextRDMA:
		n := int(c.Show16(fRDMACount))
		c.Show16(fRDMAReserved1)
		c.Show32(fRDMAReserved2)
		list(c, fRDMATransform, n)
	case ContextSigning:
		new(SigningCapabilities).walk(c, f)
	case ContextPosix:
		c.Bytes(fPosixReserved, 16)
	}
}

// PreauthCapabilities is [MS-SMB2] 2.2.3.1.1. The one hash is HashSHA512.
type PreauthCapabilities struct {
	Hashes []uint16
	Salt   []byte
}

// HashSHA512 is the hash of [MS-SMB2] 2.2.3.1.1.
const HashSHA512 = 1

func (x *PreauthCapabilities) walk(c *wire.Codec, _ *Facts) {
	n := int(c.Const16(fHashCount, uint16(len(x.Hashes))))
	salt := int(c.Const16(fSaltLength, uint16(len(x.Salt))))
	wire.List(c, fHash, n, &x.Hashes)
	c.Data(fSalt, salt, &x.Salt)
}

// EncryptionCapabilities is [MS-SMB2] 2.2.3.1.2.
type EncryptionCapabilities struct{ Ciphers []Cipher }

func (x *EncryptionCapabilities) walk(c *wire.Codec, f *Facts) {
	n := int(c.Const16(fCipherCount, uint16(len(x.Ciphers))))
	f.Cipher = wire.List(c, fCipher, n, &x.Ciphers)
}

// CompressionCapabilities is [MS-SMB2] 2.2.3.1.3.
type CompressionCapabilities struct {
	Flags      uint32
	Algorithms []compress.Algorithm
}

func (x *CompressionCapabilities) walk(c *wire.Codec, f *Facts) {
	n := int(c.Const16(fCompCount, uint16(len(x.Algorithms))))
	c.Bytes(fReserved, 2)
	wire.U32(c, fCompFlags, &x.Flags)
	f.Chained, f.Compression = x.Flags&CompressionChained != 0, c.Peek(2*n)
	wire.List(c, fCompAlgorithm, n, &x.Algorithms)
}

// SigningCapabilities is [MS-SMB2] 2.2.3.1.7.
type SigningCapabilities struct{ Algorithms []SigningAlgorithm }

func (x *SigningCapabilities) walk(c *wire.Codec, f *Facts) {
	n := int(c.Const16(fSigningCount, uint16(len(x.Algorithms))))
	f.HasSigning = n > 0 && c.Left() >= 2
	f.Signing = wire.List(c, fSigning, n, &x.Algorithms)
}

// list reads n 2-byte values and gives the first.
func list(c *wire.Codec, d *field.Def, n int) (first uint16) {
	for i := 0; c.More(i, n, 2); i++ {
		v := c.Show16(d)
		if i == 0 {
			first = v
		}
	}
	return first
}
