package fscc

import "smbdiff/dissect/wire"

// Basic is FileBasicInformation, [MS-FSCC] 2.4.7.
type Basic struct {
	Times      Times
	Attributes uint32
}

// Walk reads or writes the structure.
func (x *Basic) Walk(c *wire.Codec) {
	x.Times.Walk(c)
	wire.U32(c, Attributes, &x.Attributes)
	c.Trailer(Unknown, 4)
}

// Standard is FileStandardInformation, [MS-FSCC] 2.4.47.
type Standard struct {
	Allocation    uint64 // bytes
	EndOfFile     uint64 // bytes
	Links         uint32
	DeletePending uint8 // 0 or 1
	Directory     uint8 // 0 or 1
}

// Walk reads or writes the structure.
func (x *Standard) Walk(c *wire.Codec) {
	wire.U64(c, fAllocSize, &x.Allocation)
	wire.U64(c, fEnd, &x.EndOfFile)
	wire.U32(c, fLinkCount, &x.Links)
	wire.U8(c, fDeletePending, &x.DeletePending)
	wire.U8(c, fIsDirectory, &x.Directory)
	c.Trailer(Reserved, 2)
}

// All is FileAllInformation, [MS-FSCC] 2.4.2.
type All struct {
	Basic     Basic
	Standard  Standard
	Index     uint64
	EASize    uint32
	Access    uint32
	Position  uint64
	Mode      uint32
	Alignment uint32
	Name      []byte // UTF-16LE
}

// Walk reads or writes the structure. Its parts have other filter names here.
func (x *All) Walk(c *wire.Codec) {
	x.Basic.Times.Walk(c)
	wire.U32(c, Attributes, &x.Basic.Attributes)
	c.Bytes(Unknown, 4)
	wire.U64(c, AllocationSize, &x.Standard.Allocation)
	wire.U64(c, EndOfFile, &x.Standard.EndOfFile)
	wire.U32(c, Links, &x.Standard.Links)
	wire.U8(c, fPending, &x.Standard.DeletePending)
	wire.U8(c, fDirectory, &x.Standard.Directory)
	c.Bytes(Reserved, 2)
	wire.U64(c, fIndex64, &x.Index)
	wire.U32(c, fEASize, &x.EASize)
	wire.U32(c, AccessMask, &x.Access)
	wire.U64(c, fPositionIn, &x.Position)
	wire.U32(c, fModeIn, &x.Mode)
	wire.U32(c, fAlignmentIn, &x.Alignment)
	n := c.Const32(NameLength, uint32(len(x.Name)))
	name(c, FileName, int(n), &x.Name)
}

// NetworkOpen is FileNetworkOpenInformation, [MS-FSCC] 2.4.34.
type NetworkOpen struct {
	Times      Times
	Allocation uint64 // bytes
	EndOfFile  uint64 // bytes
	Attributes uint32
}

// Walk reads or writes the structure.
func (x *NetworkOpen) Walk(c *wire.Codec) {
	wire.U64(c, fCreated1, &x.Times.Creation)
	wire.U64(c, fAccessed1, &x.Times.LastAccess)
	wire.U64(c, fWritten1, &x.Times.LastWrite)
	wire.U64(c, fChanged1, &x.Times.Change)
	wire.U64(c, fAllocSize, &x.Allocation)
	wire.U64(c, fEnd, &x.EndOfFile)
	wire.U32(c, fAttributes1, &x.Attributes)
	c.Bytes(fReserved1, 4)
}

// NameInfo is a name behind its length: FileAlternateNameInformation,
// FileNameInformation, FileNormalizedNameInformation and FileShortNameInformation,
// [MS-FSCC] 2.4.5, 2.4.32, 2.4.35 and 2.4.46.
type NameInfo struct{ Name []byte } // UTF-16LE

// Walk reads or writes the structure.
func (x *NameInfo) Walk(c *wire.Codec) {
	n := int(c.Const32(fFileNameLen, uint32(len(x.Name))))
	name(c, fFileName, n, &x.Name)
}

// Rename is FileRenameInformation, FileLinkInformation and, with Ex, their
// extended forms, [MS-FSCC] 2.4.28.2, 2.4.42.2 and 2.4.43.
type Rename struct {
	Ex      bool
	Replace uint8  // 0 or 1
	Flags   uint32 // of the extended forms
	Rooted  bool   // RootDirectory is not zero; this is only read
	Name    []byte // UTF-16LE
}

// Walk reads or writes the structure.
func (x *Rename) Walk(c *wire.Codec) {
	if x.Ex {
		wire.U32(c, fRenameFlags, &x.Flags)
		c.Bytes(Reserved, 4)
	} else {
		wire.U8(c, fReplace, &x.Replace)
		c.Bytes(fRandom, 7)
	}
	for _, b := range c.Bytes(fRoot, 8) {
		x.Rooted = x.Rooted || b != 0
	}
	n := int(c.Const32(NameLength, uint32(len(x.Name))))
	name(c, FileName, n, &x.Name)
}

// Streams is FileStreamInformation, [MS-FSCC] 2.4.49.
type Streams struct{ List []Stream }

// Stream is one entry of it.
type Stream struct {
	Size       uint64 // bytes
	Allocation uint64 // bytes
	Name       []byte // UTF-16LE, :NAME:$DATA
}

// Walk reads or writes the list.
func (x *Streams) Walk(c *wire.Codec) {
	c.Entries(len(x.List), 8, func(c *wire.Codec, i int) {
		e := wire.Nth(c, x.List, i)
		c.Show32(fStreamNext)
		n := int(c.Const32(fStreamLen, uint32(len(e.Name))))
		wire.U64(c, fStreamSize, &e.Size)
		wire.U64(c, fAllocSize, &e.Allocation)
		name(c, fStreamName, n, &e.Name)
		wire.Keep(c, &x.List, e)
	})
}

// Compression is FileCompressionInformation, [MS-FSCC] 2.4.9. Shifts are
// logarithms of sizes.
type Compression struct {
	Size         uint64 // bytes, compressed
	Format       uint16
	UnitShift    uint8
	ChunkShift   uint8
	ClusterShift uint8
}

// Walk reads or writes the structure.
func (x *Compression) Walk(c *wire.Codec) {
	wire.U64(c, fCompSize, &x.Size)
	wire.U16(c, fCompFormat, &x.Format)
	wire.U8(c, fCompUnit, &x.UnitShift)
	wire.U8(c, fCompChunk, &x.ChunkShift)
	wire.U8(c, fCompCluster, &x.ClusterShift)
	c.Bytes(fReserved1, 3)
}

// AttributeTag is FileAttributeTagInformation, [MS-FSCC] 2.4.6.
type AttributeTag struct{ Attributes, Tag uint32 }

// Walk reads or writes the structure.
func (x *AttributeTag) Walk(c *wire.Codec) {
	wire.U32(c, fAttribute1, &x.Attributes)
	wire.U32(c, fReparseTag1, &x.Tag)
}

// Identity is FileIdInformation, [MS-FSCC] 2.4.26.
type Identity struct {
	Volume uint64
	File   [16]byte
}

// Walk reads or writes the structure.
func (x *Identity) Walk(c *wire.Codec) {
	wire.U64(c, fVolumeSerial, &x.Volume)
	c.Array(fID128, &x.File)
}

// Pipe is FilePipeInformation, [MS-FSCC] 2.4.37.
type Pipe struct{ ReadMode, CompletionMode uint32 }

// Walk reads or writes the structure.
func (x *Pipe) Walk(c *wire.Codec) {
	wire.U32(c, fReadMode, &x.ReadMode)
	wire.U32(c, fCompletionMode, &x.CompletionMode)
}

// PipeLocal is FilePipeLocalInformation, [MS-FSCC] 2.4.38.
type PipeLocal struct {
	Type, Configuration             uint32
	MaximumInstances, Instances     uint32
	InboundQuota, ReadDataAvailable uint32 // bytes
	OutboundQuota, WriteQuotaLeft   uint32 // bytes
	State, End                      uint32
}

// Walk reads or writes the structure.
func (x *PipeLocal) Walk(c *wire.Codec) {
	wire.U32(c, fPipeType, &x.Type)
	wire.U32(c, fPipeConfig, &x.Configuration)
	wire.U32(c, fPipeMax, &x.MaximumInstances)
	wire.U32(c, fPipeCurrent, &x.Instances)
	wire.U32(c, fPipeInQuota, &x.InboundQuota)
	wire.U32(c, fPipeReadable, &x.ReadDataAvailable)
	wire.U32(c, fPipeOutQuota, &x.OutboundQuota)
	wire.U32(c, fPipeWritable, &x.WriteQuotaLeft)
	wire.U32(c, fPipeState, &x.State)
	wire.U32(c, fPipeEnd, &x.End)
}
