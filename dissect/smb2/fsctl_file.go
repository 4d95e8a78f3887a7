package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

var (
	fCompressionFormat = &field.Def{Name: "smb2.compression_format", Label: "CompressionState", Kind: field.Enum, Values: fscc.CompressionFormats}
	fSetSparse         = &field.Def{Name: "smb2.fsctl.set_sparse", Label: "SetSparse", Kind: field.Uint}
	fChecksum          = &field.Def{Name: "smb2.checksum_algorithm", Label: "ChecksumAlgorithm", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "CHECKSUM_TYPE_NONE"}, {V: 1, Name: "CHECKSUM_TYPE_CRC32"}, {V: 2, Name: "CHECKSUM_TYPE_CRC64"}, {V: 0xffff, Name: "CHECKSUM_TYPE_UNCHANGED"}}}
	fIntegrityReserved = &field.Def{Name: "smb2.integrity_reserved", Label: "Reserved", Kind: field.Hex}
	fIntegrityFlags    = &field.Def{Name: "smb2.integrity_flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.integrity_flags_enforcement", Label: "FSCTL_INTEGRITY_FLAG_CHECKSUM_ENFORCEMENT_OFF", Mask: 0x1},
	}}
	fChecksumChunk = &field.Def{Name: "smb2.integrity_chunk_size", Label: "ChecksumChunkSizeInBytes", Kind: field.Uint}
	fClusterSize   = &field.Def{Name: "smb2.integrity_cluster_size", Label: "ClusterSizeInBytes", Kind: field.Uint}

	fRangeOffset = &field.Def{Name: "smb2.fsctl.range_offset", Label: "FileOffset", Kind: field.Uint}
	fRangeLength = &field.Def{Name: "smb2.fsctl.range_length", Label: "Length", Kind: field.Uint}
	fBeyond      = &field.Def{Name: "smb2.fsctl.range_length", Label: "BeyondFinalZero", Kind: field.Uint}

	fRegionLength = &field.Def{Name: "smb2.qfr_length", Label: "Length", Kind: field.Uint}
	fRegionUsage  = &field.Def{Name: "smb2.qfr_usage", Label: "DesiredUsage", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.qfr_usage.cached", Label: "FILE_REGION_USAGE_VALID_CACHED_DATA", Mask: 0x1},
		{Name: "smb2.qfr_usage.noncached", Label: "FILE_REGION_USAGE_VALID_NONCACHED_DATA", Mask: 0x2},
	}}
	fRegionFlags = &field.Def{Name: "smb2.qfr_flags", Label: "Flags", Kind: field.Hex}
	fRegionTotal = &field.Def{Name: "smb2.qfr_tot_region_entry_count", Label: "TotalRegionEntryCount", Kind: field.Uint}
	fRegionCount = &field.Def{Name: "smb2.qfr_region_entry_count", Label: "RegionEntryCount", Kind: field.Uint}

	fDiskSupport = &field.Def{Name: "smb2.ioctl.shared_virtual_disk.support", Label: "SharedVirtualDiskSupport", Kind: field.Hex}
	fDiskState   = &field.Def{Name: "smb2.ioctl.shared_virtual_disk.handle_state", Label: "SharedVirtualDiskHandleState", Kind: field.Hex}

	fODXSize     = &field.Def{Name: "smb2.fsctl.odx.size", Label: "Size", Kind: field.Uint}
	fODXFlags    = &field.Def{Name: "smb2.fsctl.odx.flags", Label: "Flags", Kind: field.Hex}
	fODXTTL      = &field.Def{Name: "smb2.fsctl.odx.token_ttl", Label: "TokenTimeToLive", Kind: field.Uint}
	fODXOffset   = &field.Def{Name: "smb2.fsctl.odx.file_offset", Label: "FileOffset", Kind: field.Uint}
	fODXLength   = &field.Def{Name: "smb2.fsctl.odx.copy_length", Label: "CopyLength", Kind: field.Uint}
	fODXTransfer = &field.Def{Name: "smb2.fsctl.odx.xfer_length", Label: "TransferLength", Kind: field.Uint}
	fODXPlace    = &field.Def{Name: "smb2.fsctl.odx.token_offset", Label: "TransferOffset", Kind: field.Uint}
	fODXType     = &field.Def{Name: "smb2.fsctl.odx.token.type", Label: "TokenType", Kind: field.Hex}
	fODXIDLength = &field.Def{Name: "smb2.fsctl.odx.token.idlen", Label: "TokenIdLength", Kind: field.Uint}
	fODXID       = &field.Def{Name: "smb2.fsctl.odx.token.id", Label: "TokenId", Kind: field.Bytes}

	fSourceOffset = &field.Def{Name: "smb2.fsctl.duplicate_extents.source_offset", Label: "SourceFileOffset", Kind: field.Uint}
	fTargetOffset = &field.Def{Name: "smb2.fsctl.duplicate_extents.target_offset", Label: "TargetFileOffset", Kind: field.Uint}
	fExtentLength = &field.Def{Name: "smb2.fsctl.duplicate_extents.byte_count", Label: "ByteCount", Kind: field.Uint}
)

// getIntegrity is [MS-FSCC] 2.3.20.
func getIntegrity(c *wire.Codec) {
	c.Show16(fChecksum)
	c.Show16(fIntegrityReserved)
	c.Show32(fIntegrityFlags)
	c.Show32(fChecksumChunk)
	c.Show32(fClusterSize)
}

// setIntegrity is [MS-FSCC] 2.3.73.
func setIntegrity(c *wire.Codec) {
	c.Show16(fChecksum)
	c.Show16(fIntegrityReserved)
	c.Show32(fIntegrityFlags)
}

// Ranges is FILE_ALLOCATED_RANGE_BUFFER, [MS-FSCC] 2.3.51 and 2.3.52: one asked
// for, any number in the answer.
type Ranges struct{ List []Range }

// Range is a part of a file, in bytes.
type Range struct{ Offset, Length uint64 }

func (x *Ranges) walk(c *wire.Codec, _ *Facts) {
	for i := 0; c.Left() >= 16 || c.Writing() && i < len(x.List); i++ {
		r := wire.Nth(c, x.List, i)
		wire.U64(c, fRangeOffset, &r.Offset)
		wire.U64(c, fRangeLength, &r.Length)
		wire.Keep(c, &x.List, r)
	}
}

// ZeroData is FILE_ZERO_DATA_INFORMATION, [MS-FSCC] 2.3.85: places in a file.
type ZeroData struct{ From, Beyond uint64 }

func (x *ZeroData) walk(c *wire.Codec, _ *Facts) {
	wire.U64(c, fRangeOffset, &x.From)
	wire.U64(c, fBeyond, &x.Beyond)
}

// regionInput is [MS-FSCC] 2.3.55.
func regionInput(c *wire.Codec) {
	c.Show64(fFilePlace)
	c.Show64(fRegionLength)
	c.Show32(fRegionUsage)
	c.Bytes(fReserved, 4)
}

// regionOutput is [MS-FSCC] 2.3.56.
func regionOutput(c *wire.Codec) {
	c.Show32(fRegionFlags)
	c.Show32(fRegionTotal)
	n := int(c.Show32(fRegionCount))
	c.Bytes(fReserved, 4)
	for i := 0; c.More(i, n, 24); i++ {
		regionInput(c)
	}
}

// virtualDisk is [MS-RSVD] 2.2.4.2.
func virtualDisk(c *wire.Codec) {
	c.Show32(fDiskSupport)
	c.Show32(fDiskState)
}

// offloadReadInput is [MS-FSCC] 2.3.41.
func offloadReadInput(c *wire.Codec) {
	c.Show32(fODXSize)
	c.Show32(fODXFlags)
	c.Show32(fODXTTL)
	c.Bytes(fReserved, 4)
	c.Show64(fODXOffset)
	c.Show64(fODXLength)
}

// offloadReadOutput is [MS-FSCC] 2.3.42.
func offloadReadOutput(c *wire.Codec) {
	c.Show32(fODXSize)
	c.Show32(fODXFlags)
	c.Show64(fODXTransfer)
	token(c)
}

// offloadWriteInput is [MS-FSCC] 2.3.43.
func offloadWriteInput(c *wire.Codec) {
	c.Show32(fODXSize)
	c.Show32(fODXFlags)
	c.Show64(fODXOffset)
	c.Show64(fODXLength)
	c.Show64(fODXPlace)
	token(c)
}

// offloadWriteOutput is [MS-FSCC] 2.3.44.
func offloadWriteOutput(c *wire.Codec) {
	c.Show32(fODXSize)
	c.Show32(fODXFlags)
	c.Show64(fODXLength)
}

// token is STORAGE_OFFLOAD_TOKEN, [MS-FSCC] 2.1.11, in network order.
func token(c *wire.Codec) {
	c.ShowBE(fODXType, 4)
	c.Bytes(fReserved, 2)
	n := int(c.ShowBE(fODXIDLength, 2))
	c.Bytes(fODXID, n)
}

// duplicateExtents is [MS-FSCC] 2.3.7.
func duplicateExtents(c *wire.Codec) {
	c.GUID(fFileID)
	c.Show64(fSourceOffset)
	c.Show64(fTargetOffset)
	c.Show64(fExtentLength)
}
