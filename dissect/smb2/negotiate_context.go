package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// The types of [MS-SMB2] 2.2.3.1.
const (
	contextPreauth     = 0x0001
	contextEncryption  = 0x0002
	contextCompression = 0x0003
	contextNetname     = 0x0005
	contextTransport   = 0x0006
	contextRDMA        = 0x0007
	contextSigning     = 0x0008
	contextPosix       = 0x0100
)

var compressionNames = field.Values{
	{V: 0, Name: "NONE"}, {V: 1, Name: "LZNT1"}, {V: 2, Name: "LZ77"}, {V: 3, Name: "LZ77+Huffman"}, {V: 4, Name: "Pattern_V1"}, {V: 5, Name: "LZ4"}}

var (
	fContext     = &field.Def{Name: "smb2.negotiate_context", Label: "NegotiateContext"}
	fContextType = &field.Def{Name: "smb2.negotiate_context.type", Label: "ContextType", Kind: field.Enum, Values: field.Values{
		{V: contextPreauth, Name: "PREAUTH_INTEGRITY_CAPABILITIES"}, {V: contextEncryption, Name: "ENCRYPTION_CAPABILITIES"},
		{V: contextCompression, Name: "COMPRESSION_CAPABILITIES"}, {V: contextNetname, Name: "NETNAME_NEGOTIATE_CONTEXT_ID"},
		{V: contextTransport, Name: "TRANSPORT_CAPABILITIES"}, {V: contextRDMA, Name: "RDMA_TRANSFORM_CAPABILITIES"},
		{V: contextSigning, Name: "SIGNING_CAPABILITIES"}, {V: contextPosix, Name: "POSIX_EXTENSIONS_AVAILABLE"}}}
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

// contextList walks n contexts of [MS-SMB2] 2.2.3.1, each aligned to 8 bytes.
func contextList(c *wire.Codec, n int, f *Facts) {
	for i := 0; c.More(i, n, 8); i++ {
		if i > 0 {
			c.Align(8)
		}
		c.Begin(fContext)
		kind := c.Show16(fContextType)
		size := int(c.Show16(fContextLength))
		c.Bytes(fReserved, 4)
		c.Within(size, func(c *wire.Codec) {
			negotiateContext(c, kind, f)
			c.Rest(fUnknown)
		})
		c.Finish()
	}
}

// negotiateContext is [MS-SMB2] 2.2.3.1.1 to 2.2.3.1.7. Facts keep the first
// algorithm: the client's choice in a request, the server's in a response.
func negotiateContext(c *wire.Codec, kind uint16, f *Facts) {
	switch kind {
	case contextPreauth:
		n := int(c.Show16(fHashCount))
		salt := int(c.Show16(fSaltLength))
		list(c, fHash, n)
		c.Bytes(fSalt, salt)
	case contextEncryption:
		f.Cipher = Cipher(list(c, fCipher, int(c.Show16(fCipherCount))))
	case contextCompression:
		n := int(c.Show16(fCompCount))
		c.Bytes(fReserved, 2)
		f.Chained = c.Show32(fCompFlags)&compressionChained != 0
		f.Compression = c.Peek(2 * n)
		list(c, fCompAlgorithm, n)
	case contextNetname:
		c.Rest(fNetname)
	case contextTransport:
		c.Show32(fTransportFlags)
	case contextRDMA:
		n := int(c.Show16(fRDMACount))
		c.Show16(fRDMAReserved1)
		c.Show32(fRDMAReserved2)
		list(c, fRDMATransform, n)
	case contextSigning:
		n := int(c.Show16(fSigningCount))
		f.HasSigning = n > 0 && c.Left() >= 2
		f.Signing = SigningAlgorithm(list(c, fSigning, n))
	case contextPosix:
		c.Bytes(fPosixReserved, 16)
	}
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
