package smb2

import "smbdiff/dissect/wire"

// ValidateRequest is the input of FSCTL_VALIDATE_NEGOTIATE_INFO, [MS-SMB2]
// 2.2.31.4: what the NEGOTIATE request said.
type ValidateRequest struct {
	Capabilities uint32
	ClientGUID   [16]byte
	SecurityMode uint8
	Dialects     []Dialect
}

func (x *ValidateRequest) walk(c *wire.Codec, _ *Facts) {
	wire.U32(c, fCapabilities, &x.Capabilities)
	c.Array(fClientGUID, &x.ClientGUID)
	wire.U8(c, fSecMode, &x.SecurityMode)
	c.Bytes(fReserved, 1)
	n := int(c.Const16(fDialectCount, uint16(len(x.Dialects))))
	wire.List(c, fDialect, n, &x.Dialects)
}

// ValidateResponse is its output, [MS-SMB2] 2.2.32.6: what the NEGOTIATE response
// said.
type ValidateResponse struct {
	Capabilities uint32
	ServerGUID   [16]byte
	SecurityMode uint8
	Dialect      Dialect
}

func (x *ValidateResponse) walk(c *wire.Codec, _ *Facts) {
	wire.U32(c, fCapabilities, &x.Capabilities)
	c.Array(fServerGUID, &x.ServerGUID)
	wire.U8(c, fSecMode, &x.SecurityMode)
	c.Bytes(fReserved, 1)
	wire.U16(c, fDialect, &x.Dialect)
}

// ResumeKey is the output of FSCTL_SRV_REQUEST_RESUME_KEY, [MS-SMB2] 2.2.32.3.
type ResumeKey struct{ Key [24]byte }

func (x *ResumeKey) walk(c *wire.Codec, _ *Facts) {
	walkKey(c, &x.Key)
	c.Bytes(fReserved, min(4, c.Left())) // ContextLength
	c.Fill(resumeKeySize)
}

// resumeKeySize is the size of what servers give: key, ContextLength of 0, and
// room for a context.
const resumeKeySize = 32

func walkKey(c *wire.Codec, key *[24]byte) {
	b := key[:]
	c.Data(fResumeKey, len(key), &b)
	copy(key[:], b)
}

// CopyChunkRequest is the input of FSCTL_SRV_COPYCHUNK and
// FSCTL_SRV_COPYCHUNK_WRITE, [MS-SMB2] 2.2.31.1.
type CopyChunkRequest struct {
	Source [24]byte // ResumeKey of the file that is copied
	Chunks []Chunk
}

// Chunk is SRV_COPYCHUNK, [MS-SMB2] 2.2.31.1.1.
type Chunk struct {
	Source, Target uint64 // offsets
	Length         uint32 // bytes
}

func (x *CopyChunkRequest) walk(c *wire.Codec, _ *Facts) {
	walkKey(c, &x.Source)
	n := int(c.Const32(fChunkCount, uint32(len(x.Chunks))))
	c.Bytes(fReserved, 4)
	for i := 0; c.More(i, n, 24); i++ {
		e := wire.Nth(c, x.Chunks, i)
		c.BeginLen(fChunk, 24, 0)
		wire.U64(c, fChunkSource, &e.Source)
		wire.U64(c, fChunkTarget, &e.Target)
		wire.U32(c, fChunkLength, &e.Length)
		c.Bytes(fReserved, 4)
		c.Done()
		wire.Keep(c, &x.Chunks, e)
	}
}

// CopyChunkResponse is their output, [MS-SMB2] 2.2.32.1; with
// STATUS_INVALID_PARAMETER it holds the limits of the server.
type CopyChunkResponse struct {
	Chunks     uint32 // written, or the most of a request
	ChunkBytes uint32 // of the chunk that was written in part, or the most of one
	TotalBytes uint32 // written, or the most of a request
}

func (x *CopyChunkResponse) walk(c *wire.Codec, _ *Facts) {
	wire.U32(c, fChunksWritten, &x.Chunks)
	wire.U32(c, fChunkBytes, &x.ChunkBytes)
	wire.U32(c, fChunkTotal, &x.TotalBytes)
}

// Resiliency is the input of FSCTL_LMR_REQUEST_RESILIENCY, [MS-SMB2] 2.2.31.3.
type Resiliency struct{ Timeout uint32 } // milliseconds

func (x *Resiliency) walk(c *wire.Codec, _ *Facts) {
	wire.U32(c, fResilience, &x.Timeout)
	c.Show32(fResilienceReserved)
}

// Snapshots is the output of FSCTL_SRV_ENUMERATE_SNAPSHOTS, [MS-SMB2] 2.2.32.2.
// Names stand behind one another in UTF-16LE, a NUL after each and one more at the
// end; Size is that of all, of which there may be no room for any.
type Snapshots struct {
	Count    uint32
	Returned uint32
	Size     uint32 // bytes
	Names    []byte
}

func (x *Snapshots) walk(c *wire.Codec, _ *Facts) {
	wire.U32(c, fSnapshotCount, &x.Count)
	wire.U32(c, fSnapshotReturned, &x.Returned)
	wire.U32(c, fSnapshotSize, &x.Size)
	c.Payload(int(x.Size), &x.Names, func(c *wire.Codec) {
		for c.Left() >= 2 {
			if p := c.Peek(2); p[0]|p[1] == 0 {
				return
			}
			c.CString16(fSnapshot)
		}
	})
}

// NetworkInterfaces is the output of FSCTL_QUERY_NETWORK_INTERFACE_INFO, [MS-SMB2]
// 2.2.32.5.
type NetworkInterfaces struct{ List []NetworkInterface }

// NetworkInterface is NETWORK_INTERFACE_INFO with the SOCKADDR_STORAGE of
// 2.2.32.5.1.
type NetworkInterface struct {
	Index        uint32
	Capabilities uint32
	Speed        uint64 // bits a second
	Family       uint16
	Address      []byte // 4 bytes or 16
}

// The families of [MS-SMB2] 2.2.32.5.1.
const (
	FamilyIPv4 = 0x02
	FamilyIPv6 = 0x17
)

// addressSize is the size of SOCKADDR_STORAGE.
const addressSize = 128

func (x *NetworkInterfaces) walk(c *wire.Codec, _ *Facts) {
	c.Entries(len(x.List), 8, func(c *wire.Codec, i int) {
		e := wire.Nth(c, x.List, i)
		c.BeginLen(fInterface, c.Left(), 0)
		c.Show32(fInterfaceNext)
		wire.U32(c, fInterfaceNum, &e.Index)
		wire.U32(c, fInterfaceCaps, &e.Capabilities)
		c.Show32(fInterfaceQueues)
		wire.U64(c, fInterfaceSpeed, &e.Speed)
		c.Fixed(addressSize, e.walkAddress)
		c.Done()
		wire.Keep(c, &x.List, e)
	})
}

// walkAddress is [MS-SMB2] 2.2.32.5.1: numbers in network order, but Family.
func (x *NetworkInterface) walkAddress(c *wire.Codec) {
	wire.U16(c, fFamily, &x.Family)
	c.ShowBE(fPort, 2)
	switch x.Family {
	case FamilyIPv4:
		c.Data(fIPv4, 4, &x.Address)
		c.Bytes(fReserved, 8)
	case FamilyIPv6:
		c.Show32(fFlow)
		c.Data(fIPv6, 16, &x.Address)
		c.Show32(fZone)
	}
	c.Rest(fUnknown)
}

// CompressionState is the data of FSCTL_GET_COMPRESSION and FSCTL_SET_COMPRESSION,
// [MS-FSCC] 2.3; 0 stands for none.
type CompressionState struct{ Format uint16 }

func (x *CompressionState) walk(c *wire.Codec, _ *Facts) { wire.U16(c, fCompressionFormat, &x.Format) }
