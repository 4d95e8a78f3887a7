package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// Fields that several commands have.
var (
	fBufferCode = &field.Def{Name: "smb2.buffer_code", Label: "StructureSize", Kind: field.Uint, Bits: []field.Bit{
		{Name: "smb2.buffer_code.length", Label: "Fixed Part Length", Mask: 0xfffe},
		{Name: "smb2.buffer_code.dynamic", Label: "Dynamic Part", Mask: 0x1},
	}}
	fFileID    = &field.Def{Name: "smb2.fid", Label: "FileId", Kind: field.GUID}
	fOffset    = &field.Def{Name: "smb2.olb.offset", Label: "Offset", Kind: field.Hex}
	fLength    = &field.Def{Name: "smb2.olb.length", Label: "Length", Kind: field.Uint}
	fUnknown   = &field.Def{Name: "smb2.unknown", Label: "Reserved", Kind: field.Bytes}
	fOutputLen = &field.Def{Name: "smb2.output_buffer_len", Label: "OutputBufferLength", Kind: field.Uint}
	fFilePlace = &field.Def{Name: "smb2.file_offset", Label: "Offset", Kind: field.Uint}
	fRemaining = &field.Def{Name: "smb2.remaining_bytes", Label: "RemainingBytes", Kind: field.Uint}
	fSecMode   = &field.Def{Name: "smb2.sec_mode", Label: "SecurityMode", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.sec_mode.sign_enabled", Label: "SIGNING_ENABLED", Mask: 0x1},
		{Name: "smb2.sec_mode.sign_required", Label: "SIGNING_REQUIRED", Mask: 0x2},
	}}
	fDialect      = &field.Def{Name: "smb2.dialect", Label: "DialectRevision", Kind: field.Enum, Lookup: dialectName, All: dialectNames}
	fCapabilities = &field.Def{Name: "smb2.capabilities", Label: "Capabilities", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.capabilities.dfs", Label: "DFS", Mask: 0x1},
		{Name: "smb2.capabilities.leasing", Label: "LEASING", Mask: 0x2},
		{Name: "smb2.capabilities.large_mtu", Label: "LARGE_MTU", Mask: 0x4},
		{Name: "smb2.capabilities.multi_channel", Label: "MULTI_CHANNEL", Mask: 0x8},
		{Name: "smb2.capabilities.persistent_handles", Label: "PERSISTENT_HANDLES", Mask: 0x10},
		{Name: "smb2.capabilities.directory_leasing", Label: "DIRECTORY_LEASING", Mask: 0x20},
		{Name: "smb2.capabilities.encryption", Label: "ENCRYPTION", Mask: 0x40},
		{Name: "smb2.capabilities.notifications", Label: "NOTIFICATIONS", Mask: 0x80},
	}}
	fChannel = &field.Def{Name: "smb2.channel", Label: "Channel", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "NONE"}, {V: 1, Name: "RDMA_V1"}, {V: 2, Name: "RDMA_V1_INVALIDATE"}, {V: 3, Name: "RDMA_TRANSFORM"}}}
	fOplock = &field.Def{Name: "smb2.create.oplock", Label: "OplockLevel", Kind: field.Enum, Values: field.Values{
		{V: 0x00, Name: "NONE"}, {V: 0x01, Name: "LEVEL_II"}, {V: 0x08, Name: "EXCLUSIVE"}, {V: 0x09, Name: "BATCH"}, {V: 0xff, Name: "LEASE"}}}

	fChannelInfo    = &field.Def{Name: "smb2.channel_info_blob", Label: "ChannelInfo"}
	fRDMASize       = &field.Def{Name: "smb2.rdma_transform.structure_size", Label: "StructureSize", Kind: field.Uint}
	fRDMAPlace      = &field.Def{Name: "smb2.rdma_transform.descriptor_offset", Label: "RdmaDescriptorOffset", Kind: field.Hex}
	fRDMABytes      = &field.Def{Name: "smb2.rdma_transform.descriptor_length", Label: "RdmaDescriptorLength", Kind: field.Uint}
	fRDMATransforms = &field.Def{Name: "smb2.rdma_transform.count", Label: "TransformCount", Kind: field.Uint}
	fRDMAKind       = &field.Def{Name: "smb2.rdma_transform.type", Label: "TransformType", Kind: field.Enum, Values: field.Values{
		{V: 1, Name: "ENCRYPTION"}, {V: 2, Name: "SIGNING"}}}
	fRDMASignLength  = &field.Def{Name: "smb2.rdma_transform.signature_length", Label: "SignatureLength", Kind: field.Uint}
	fRDMANonceLength = &field.Def{Name: "smb2.rdma_transform.nonce_length", Label: "NonceLength", Kind: field.Uint}

	fRDMAOffset = &field.Def{Name: "smb2.buffer_descriptor.offset", Label: "Offset", Kind: field.Uint}
	fRDMAToken  = &field.Def{Name: "smb2.buffer_descriptor.token", Label: "Token", Kind: field.Hex}
	fRDMALength = &field.Def{Name: "smb2.buffer_descriptor.length", Label: "Length", Kind: field.Uint}
)

func dialectName(v uint64) string { return Dialect(v).String() }

func dialectNames() field.Values {
	var out field.Values
	for _, d := range [...]Dialect{Dialect202, Dialect210, DialectWildcard, Dialect300, Dialect302, Dialect311} {
		out = append(out, field.Value{V: uint64(d), Name: d.String()})
	}
	return out
}

// fileID is a 16-byte FileId, [MS-SMB2] 2.2.14.1.
func fileID(c *wire.Codec, f *Facts, id *[16]byte) {
	f.HasFileID = c.Array(fFileID, id)
	f.FileID = *id
}

// EmptyBody is the body of messages that say nothing more: both of LOGOFF,
// TREE_DISCONNECT, CANCEL and ECHO, and the responses of FLUSH and LOCK, [MS-SMB2]
// 2.2.7 to 2.2.30.
type EmptyBody struct{}

func (m *EmptyBody) walk(c *wire.Codec, _ *Facts) { empty(c, fReserved) }

func empty(c *wire.Codec, reserved *field.Def) {
	c.Const16(fBufferCode, 4)
	c.Bytes(reserved, 2)
}

// short is the walk of an empty body, whose reserved word has several names.
func short(reserved *field.Def) body {
	return func(c *wire.Codec, _ *Facts) { empty(c, reserved) }
}

// channelInfo walks SMB_DIRECT_BUFFER_DESCRIPTOR_V1 elements, [MS-SMBD] 2.2.3.1,
// which READ and WRITE requests name for RDMA.
func channelInfo(c *wire.Codec, channel uint32, r wire.Ref) {
	if c.Tree() == nil || r.Len == 0 {
		return
	}
	c.To(r, func(c *wire.Codec) {
		c.BeginLen(fChannelInfo, r.Len, 0)
		if channel == channelTransform && string(c.Peek(4)) == "\xfbSMB" {
			rdmaTransform(c)
		} else if channel > 0 && channel <= channelTransform {
			descriptors(c)
		}
		c.Rest(fUnknown)
		c.Done()
	})
}

// channelTransform is SMB2_CHANNEL_RDMA_TRANSFORM, [MS-SMB2] 2.2.19.
const channelTransform = 3

func descriptors(c *wire.Codec) {
	for c.Left() >= 16 {
		c.Show64(fRDMAOffset)
		c.Show32(fRDMAToken)
		c.Show32(fRDMALength)
	}
}

// rdmaTransform is SMB2_RDMA_TRANSFORM, [MS-SMB2] 2.2.43, with the transforms
// of 2.2.43.1.
func rdmaTransform(c *wire.Codec) {
	c.SetBase(c.Pos())
	c.Bytes(fProtocolID, 4)
	c.Show16(fRDMASize)
	at := int(c.Show16(fRDMAPlace))
	r := wire.Ref{Off: at, Len: int(c.Show32(fRDMABytes))}
	c.Show32(fChannel)
	n := int(c.Show16(fRDMATransforms))
	c.Bytes(fReserved, 6)
	for i := 0; c.More(i, n, 8); i++ {
		c.Show16(fRDMAKind)
		sign := int(c.Show16(fRDMASignLength))
		nonce := int(c.Show16(fRDMANonceLength))
		c.Bytes(fReserved, 2)
		c.Bytes(fTransformSign, sign)
		c.Bytes(fTransformNonce, nonce)
		c.Align(8)
	}
	c.To(r, descriptors)
	c.Seek(max(c.Pos(), c.Base()+r.Off+r.Len))
}
