package smb2

import (
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

// DurableRequest is the data of DHnQ, [MS-SMB2] 2.2.13.2.3.
type DurableRequest struct{}

func (x *DurableRequest) walk(c *wire.Codec, _ *Facts) {
	c.GUID(fFileID) // reserved
}

// DurableReconnect is the data of DHnC, [MS-SMB2] 2.2.13.2.4.
type DurableReconnect struct{ FileID [16]byte }

func (x *DurableReconnect) walk(c *wire.Codec, f *Facts) { fileID(c, f, &x.FileID) }

// DurableRequestV2 is the data of DH2Q, [MS-SMB2] 2.2.13.2.11.
type DurableRequestV2 struct {
	Timeout    uint32 // milliseconds
	Flags      uint32
	CreateGUID [16]byte
}

func (x *DurableRequestV2) walk(c *wire.Codec, _ *Facts) {
	wire.U32(c, fDurableTimeout, &x.Timeout)
	wire.U32(c, fDurableFlags, &x.Flags)
	c.Show64(fDurableReserved2)
	c.Array(fCreateGUID, &x.CreateGUID)
}

// DurableReconnectV2 is the data of DH2C, [MS-SMB2] 2.2.13.2.12.
type DurableReconnectV2 struct {
	FileID     [16]byte
	CreateGUID [16]byte
	Flags      uint32
}

func (x *DurableReconnectV2) walk(c *wire.Codec, f *Facts) {
	fileID(c, f, &x.FileID)
	c.Array(fCreateGUID, &x.CreateGUID)
	wire.U32(c, fDurableFlagsPlain, &x.Flags)
}

// DurableResponse is the data of DHnQ in a response, [MS-SMB2] 2.2.14.2.3.
type DurableResponse struct{}

func (x *DurableResponse) walk(c *wire.Codec, _ *Facts) { c.Show64(fDurableReserved) }

// DurableResponseV2 is the data of DH2Q in a response, [MS-SMB2] 2.2.14.2.12.
type DurableResponseV2 struct {
	Timeout uint32 // milliseconds
	Flags   uint32
}

func (x *DurableResponseV2) walk(c *wire.Codec, _ *Facts) {
	wire.U32(c, fDurableTimeout, &x.Timeout)
	wire.U32(c, fDurableFlagsPlain, &x.Flags)
}

// AllocationRequest is the data of AlSi, [MS-SMB2] 2.2.13.2.6.
type AllocationRequest struct{ Size uint64 }

func (x *AllocationRequest) walk(c *wire.Codec, _ *Facts) {
	wire.U64(c, fscc.AllocationSize, &x.Size)
}

// AccessRequest is the data of MxAc, [MS-SMB2] 2.2.13.2.5, which may be left out:
// a FILETIME.
type AccessRequest struct{ Timestamp uint64 }

func (x *AccessRequest) walk(c *wire.Codec, _ *Facts) { wire.U64(c, fAccessTime, &x.Timestamp) }

// AccessResponse is the data of MxAc in a response, [MS-SMB2] 2.2.14.2.5.
type AccessResponse struct {
	Status uint32
	Access uint32
}

func (x *AccessResponse) walk(c *wire.Codec, _ *Facts) {
	wire.U32(c, fAccessStatus, &x.Status)
	wire.U32(c, fMaximalAccess, &x.Access)
}

// TimeWarp is the data of TWrp, [MS-SMB2] 2.2.13.2.7: a FILETIME.
type TimeWarp struct{ Timestamp uint64 }

func (x *TimeWarp) walk(c *wire.Codec, _ *Facts) { wire.U64(c, fTimeWarp, &x.Timestamp) }

// DiskID is the data of QFid in a response, [MS-SMB2] 2.2.14.2.9.
type DiskID struct{ File, Volume uint64 }

func (x *DiskID) walk(c *wire.Codec, _ *Facts) {
	c.BeginLen(fDiskID, 32, 0)
	wire.U64(c, fDiskFile, &x.File)
	wire.U64(c, fDiskVolume, &x.Volume)
	c.Bytes(fReserved, 16)
	c.Done()
}

// Lease is the data of RqLs, [MS-SMB2] 2.2.13.2.8, 2.2.13.2.10, 2.2.14.2.10 and
// 2.2.14.2.11. V2 says that it has a parent key and an epoch.
type Lease struct {
	Key   [16]byte
	State uint32
	Flags uint32
	V2    bool

	ParentKey [16]byte
	Epoch     uint16
}

func (x *Lease) walk(c *wire.Codec, f *Facts) {
	leaseKey(c, f, &x.Key)
	wire.U32(c, fLeaseState, &x.State)
	wire.U32(c, fLeaseFlags, &x.Flags)
	c.Show64(fLeaseDuration)
	x.V2 = x.V2 || c.Left() >= 20
	if !x.V2 {
		return
	}
	c.Array(fParentLease, &x.ParentKey)
	wire.U16(c, fLeaseEpoch, &x.Epoch)
	c.Show16(fLeaseReserved)
}

// AppInstance is the data of SMB2_CREATE_APP_INSTANCE_ID, [MS-SMB2] 2.2.13.2.13.
type AppInstance struct{ ID [16]byte }

func (x *AppInstance) walk(c *wire.Codec, _ *Facts) {
	c.Const16(fAppSize, 20)
	c.Show16(fAppReserved)
	c.Array(fAppGUID, &x.ID)
}

// AppVersion is the data of SMB2_CREATE_APP_INSTANCE_VERSION, [MS-SMB2]
// 2.2.13.2.15.
type AppVersion struct{ High, Low uint64 }

func (x *AppVersion) walk(c *wire.Codec, _ *Facts) {
	c.Const16(fVersionSize, 24)
	c.Show16(fVersionReserved)
	c.Show32(fVersionPadding)
	wire.U64(c, fVersionHigh, &x.High)
	wire.U64(c, fVersionLow, &x.Low)
}

// PosixRequest is the data of SMB2_CREATE_POSIX, of the POSIX extensions.
type PosixRequest struct{ Mode uint32 }

func (x *PosixRequest) walk(c *wire.Codec, _ *Facts) { wire.U32(c, fscc.PosixPerms, &x.Mode) }
