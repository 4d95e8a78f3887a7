package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

// Control codes that have a walk.
const (
	ctlDFSReferrals      = 0x00060194
	ctlDFSReferralsEx    = 0x000601b0
	ctlPathname          = 0x0009002c
	ctlGetCompression    = 0x0009003c
	ctlFatBPB            = 0x00090058
	ctlStatistics        = 0x00090060
	ctlNTFSVolume        = 0x00090064
	ctlExtents           = 0x00090073
	ctlFindBySID         = 0x0009008f
	ctlSetObjectID       = 0x00090098
	ctlGetObjectID       = 0x0009009c
	ctlSetReparse        = 0x000900a4
	ctlGetReparse        = 0x000900a8
	ctlDeleteReparse     = 0x000900ac
	ctlExtendObjectID    = 0x000900bc
	ctlCreateObjectID    = 0x000900c0
	ctlSetSparse         = 0x000900c4
	ctlSetEncryption     = 0x000900d7
	ctlReadUSN           = 0x000900eb
	ctlCloseUSN          = 0x000900ef
	ctlSparing           = 0x00090138
	ctlOnDiskVolume      = 0x0009013c
	ctlGetIntegrity      = 0x0009027c
	ctlFileRegions       = 0x00090284
	ctlREFSVolume        = 0x000902d8
	ctlVirtualDisk       = 0x00090300
	ctlTunnel            = 0x00090304
	ctlQoS               = 0x00090350
	ctlAsyncTunnel       = 0x00090364
	ctlSetIntegrityEx    = 0x00090380
	ctlCountedExtents    = 0x000903d3
	ctlStreamSnapshot    = 0x00090440
	ctlAllocatedRanges   = 0x000940cf
	ctlOffloadRead       = 0x00094264
	ctlSetZeroData       = 0x000980c8
	ctlOffloadWrite      = 0x00098268
	ctlFileLevelTrim     = 0x00098208
	ctlDuplicateExtents  = 0x00098344
	ctlDuplicateEx       = 0x000983e8
	ctlSetCompression    = 0x0009c040
	ctlSetIntegrity      = 0x0009c280
	ctlPipeWait          = 0x00110018
	ctlPipePeek          = 0x0011400c
	ctlPipeTransceive    = 0x0011c017
	ctlResumeKey         = 0x00140078
	ctlResiliency        = 0x001401d4
	ctlInterfaces        = 0x001401fc
	ctlValidateNegotiate = 0x00140204
	ctlSnapshots         = 0x00144064
	ctlCopyChunk         = 0x001440f2
	ctlReadHash          = 0x001441bb
	ctlCopyChunkWrite    = 0x001480f2
)

// side is one direction of a control code.
type side struct {
	code uint32
	in   bool
}

// fsctls are the walks of input and output. The cursor and the base stand at
// the data's first byte.
var fsctls = map[side]func(*wire.Codec){
	{ctlDFSReferrals, true}:       dfsRequest,
	{ctlDFSReferrals, false}:      dfsResponse,
	{ctlDFSReferralsEx, true}:     dfsRequestEx,
	{ctlDFSReferralsEx, false}:    dfsResponse,
	{ctlGetCompression, false}:    func(c *wire.Codec) { new(CompressionState).walk(c, nil) },
	{ctlSetCompression, true}:     func(c *wire.Codec) { new(CompressionState).walk(c, nil) },
	{ctlSetObjectID, true}:        objectID,
	{ctlGetObjectID, false}:       objectID,
	{ctlCreateObjectID, false}:    objectID,
	{ctlSetReparse, true}:         reparse,
	{ctlGetReparse, false}:        reparse,
	{ctlDeleteReparse, true}:      reparse,
	{ctlSetSparse, true}:          func(c *wire.Codec) { c.Show8(fSetSparse) },
	{ctlGetIntegrity, false}:      getIntegrity,
	{ctlSetIntegrity, true}:       setIntegrity,
	{ctlFileRegions, true}:        regionInput,
	{ctlFileRegions, false}:       regionOutput,
	{ctlVirtualDisk, false}:       virtualDisk,
	{ctlAllocatedRanges, true}:    func(c *wire.Codec) { new(Ranges).walk(c, nil) },
	{ctlAllocatedRanges, false}:   func(c *wire.Codec) { new(Ranges).walk(c, nil) },
	{ctlSetZeroData, true}:        func(c *wire.Codec) { new(ZeroData).walk(c, nil) },
	{ctlOffloadRead, true}:        offloadReadInput,
	{ctlOffloadRead, false}:       offloadReadOutput,
	{ctlOffloadWrite, true}:       offloadWriteInput,
	{ctlOffloadWrite, false}:      offloadWriteOutput,
	{ctlDuplicateExtents, true}:   duplicateExtents,
	{ctlDuplicateEx, true}:        duplicateExtentsEx,
	{ctlFileLevelTrim, true}:      trim,
	{ctlFileLevelTrim, false}:     trimmed,
	{ctlSetIntegrityEx, true}:     setIntegrityEx,
	{ctlPathname, true}:           pathname,
	{ctlFatBPB, false}:            func(c *wire.Codec) { c.Rest(fBootSector) },
	{ctlStatistics, false}:        statistics,
	{ctlNTFSVolume, false}:        ntfsVolume,
	{ctlREFSVolume, false}:        refsVolume,
	{ctlExtents, true}:            extentsInput,
	{ctlExtents, false}:           extents,
	{ctlCountedExtents, true}:     extentsInput,
	{ctlCountedExtents, false}:    countedExtents,
	{ctlSetEncryption, true}:      encryption,
	{ctlReadUSN, true}:            usnVersions,
	{ctlReadUSN, false}:           usnRecord,
	{ctlCloseUSN, false}:          func(c *wire.Codec) { c.Show64(fUSN) },
	{ctlSparing, false}:           sparing,
	{ctlOnDiskVolume, false}:      onDiskVolume,
	{ctlFindBySID, true}:          findBySID,
	{ctlFindBySID, false}:         foundBySID,
	{ctlExtendObjectID, true}:     func(c *wire.Codec) { c.Bytes(fExtendedInfo, 48) },
	{ctlStreamSnapshot, true}:     snapshotRequest,
	{ctlStreamSnapshot, false}:    snapshotReply,
	{ctlTunnel, true}:             tunnel,
	{ctlTunnel, false}:            tunnel,
	{ctlAsyncTunnel, true}:        tunnel,
	{ctlAsyncTunnel, false}:       tunnel,
	{ctlQoS, true}:                qosRequest,
	{ctlQoS, false}:               qosResponse,
	{ctlReadHash, true}:           readHash,
	{ctlReadHash, false}:          readHashReply,
	{ctlPipeWait, true}:           pipeWait,
	{ctlPipePeek, false}:          pipePeek,
	{ctlPipeTransceive, true}:     pipeInput,
	{ctlPipeTransceive, false}:    pipeOutput,
	{ctlResumeKey, false}:         func(c *wire.Codec) { new(ResumeKey).walk(c, nil) },
	{ctlResiliency, true}:         func(c *wire.Codec) { new(Resiliency).walk(c, nil) },
	{ctlInterfaces, false}:        func(c *wire.Codec) { new(NetworkInterfaces).walk(c, nil) },
	{ctlValidateNegotiate, true}:  func(c *wire.Codec) { new(ValidateRequest).walk(c, nil) },
	{ctlValidateNegotiate, false}: func(c *wire.Codec) { new(ValidateResponse).walk(c, nil) },
	{ctlSnapshots, false}:         func(c *wire.Codec) { new(Snapshots).walk(c, nil) },
	{ctlCopyChunk, true}:          func(c *wire.Codec) { new(CopyChunkRequest).walk(c, nil) },
	{ctlCopyChunk, false}:         func(c *wire.Codec) { new(CopyChunkResponse).walk(c, nil) },
	{ctlCopyChunkWrite, true}:     func(c *wire.Codec) { new(CopyChunkRequest).walk(c, nil) },
	{ctlCopyChunkWrite, false}:    func(c *wire.Codec) { new(CopyChunkResponse).walk(c, nil) },
}

// WalkControl walks the input or output of a control code, [MS-FSCC] 2.3 and
// [MS-SMB2] 2.2.31. What it does not know it leaves.
func WalkControl(c *wire.Codec, code uint32, in bool) {
	if walk := fsctls[side{code, in}]; walk != nil {
		walk(c)
	}
}

var (
	fPipeData = &field.Def{Name: "smb2.pipe.data", Label: "Pipe data", Kind: field.Bytes}

	fWaitTimeout  = &field.Def{Name: "smb2.fsctl.wait.timeout", Label: "Timeout", Kind: field.Uint}
	fWaitLength   = &field.Def{Name: "smb2.fsctl.wait.name_length", Label: "NameLength", Kind: field.Uint}
	fWaitGiven    = &field.Def{Name: "smb2.fsctl.wait.timeout_specified", Label: "TimeoutSpecified", Kind: field.Uint}
	fWaitName     = &field.Def{Name: "smb2.fsctl.wait.name", Label: "Name", Kind: field.UTF16}
	fPeekState    = &field.Def{Name: "smb2.fsctl.peek.state", Label: "NamedPipeState", Kind: field.Uint}
	fPeekReadable = &field.Def{Name: "smb2.fsctl.peek.read_data_available", Label: "ReadDataAvailable", Kind: field.Uint}
	fPeekMessages = &field.Def{Name: "smb2.fsctl.peek.number_of_messages", Label: "NumberOfMessages", Kind: field.Uint}
	fPeekLength   = &field.Def{Name: "smb2.fsctl.peek.message_length", Label: "MessageLength", Kind: field.Uint}

	fResumeKey     = &field.Def{Name: "smb2.fsctl.cchunk.resume_key", Label: "ResumeKey", Kind: field.Bytes}
	fChunkCount    = &field.Def{Name: "smb2.fsctl.cchunk.count", Label: "ChunkCount", Kind: field.Uint}
	fChunk         = &field.Def{Name: "smb2.fsctl.cchunk", Label: "SRV_COPYCHUNK"}
	fChunkSource   = &field.Def{Name: "smb2.fsctl.cchunk.src_offset", Label: "SourceOffset", Kind: field.Uint}
	fChunkTarget   = &field.Def{Name: "smb2.fsctl.cchunk.dst_offset", Label: "TargetOffset", Kind: field.Uint}
	fChunkLength   = &field.Def{Name: "smb2.fsctl.cchunk.xfer_len", Label: "Length", Kind: field.Uint}
	fChunksWritten = &field.Def{Name: "smb2.fsctl.cchunk.chunks_written", Label: "ChunksWritten", Kind: field.Uint}
	fChunkBytes    = &field.Def{Name: "smb2.fsctl.cchunk.bytes_written", Label: "ChunkBytesWritten", Kind: field.Uint}
	fChunkTotal    = &field.Def{Name: "smb2.fsctl.cchunk.total_written", Label: "TotalBytesWritten", Kind: field.Uint}

	fResilience         = &field.Def{Name: "smb2.ioctl.resiliency.timeout", Label: "Timeout", Kind: field.Uint}
	fResilienceReserved = &field.Def{Name: "smb2.ioctl.resiliency.reserved", Label: "Reserved", Kind: field.Uint}

	fSnapshotCount    = &field.Def{Name: "smb2.ioctl.enumerate_snapshots.num_snapshots", Label: "NumberOfSnapShots", Kind: field.Uint}
	fSnapshotReturned = &field.Def{Name: "smb2.ioctl.enumerate_snapshots.num_snapshots_returned", Label: "NumberOfSnapShotsReturned", Kind: field.Uint}
	fSnapshotSize     = &field.Def{Name: "smb2.ioctl.enumerate_snapshots.array_size", Label: "SnapShotArraySize", Kind: field.Uint}
	fSnapshot         = &field.Def{Name: "smb2.ioctl.enumerate_snapshots.snapshot", Label: "SnapShot", Kind: field.UTF16}

	fInterface     = &field.Def{Name: "smb2.ioctl.network_interface", Label: "NETWORK_INTERFACE_INFO"}
	fInterfaceNext = &field.Def{Name: "smb2.ioctl.network_interfaces.next_offset", Label: "Next", Kind: field.Hex}
	fInterfaceNum  = &field.Def{Name: "smb2.ioctl.network_interfaces.index", Label: "IfIndex", Kind: field.Uint}
	fInterfaceCaps = &field.Def{Name: "smb2.ioctl.network_interfaces.capabilities", Label: "Capability", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.ioctl.network_interfaces.capabilities.rss", Label: "RSS_CAPABLE", Mask: 0x1},
		{Name: "smb2.ioctl.network_interfaces.capabilities.rdma", Label: "RDMA_CAPABLE", Mask: 0x2},
	}}
	fInterfaceQueues = &field.Def{Name: "smb2.ioctl.network_interfaces.rss_queue_count", Label: "Reserved", Kind: field.Uint}
	fInterfaceSpeed  = &field.Def{Name: "smb2.ioctl.network_interfaces.link_speed", Label: "LinkSpeed", Kind: field.Uint}
	fFamily          = &field.Def{Name: "smb2.windows.sockaddr.family", Label: "Family", Kind: field.Enum, Values: field.Values{
		{V: FamilyIPv4, Name: "InterNetwork"}, {V: FamilyIPv6, Name: "InterNetworkV6"}}}
	fPort = &field.Def{Name: "smb2.windows.sockaddr.port", Label: "Port", Kind: field.Uint}
	fIPv4 = &field.Def{Name: "smb2.windows.sockaddr.in.addr", Label: "IPv4Address", Kind: field.IPv4}
	fFlow = &field.Def{Name: "smb2.windows.sockaddr.in6.flow_info", Label: "FlowInfo", Kind: field.Hex}
	fIPv6 = &field.Def{Name: "smb2.windows.sockaddr.in6.addr", Label: "IPv6Address", Kind: field.IPv6}
	fZone = &field.Def{Name: "smb2.windows.sockaddr.in6.scope_id", Label: "ScopeId", Kind: field.Uint}
)

func objectID(c *wire.Codec) { fscc.ObjectID(c) }

func reparse(c *wire.Codec) { fscc.Reparse(c) }

// pipeWait is [MS-FSCC] 2.3.49.
func pipeWait(c *wire.Codec) {
	c.Show64(fWaitTimeout)
	n := int(c.Show32(fWaitLength))
	c.Show8(fWaitGiven)
	c.Bytes(fReserved, 1)
	c.Bytes(fWaitName, n)
}

// pipePeek is [MS-FSCC] 2.3.46.
func pipePeek(c *wire.Codec) {
	c.Show32(fPeekState)
	c.Show32(fPeekReadable)
	c.Show32(fPeekMessages)
	c.Show32(fPeekLength)
	c.Rest(fPipeData)
}
