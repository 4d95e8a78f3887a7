package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

// Create contexts of Apple's extensions, of shared virtual disks and of the
// POSIX extensions.
var (
	fAppleCode = &field.Def{Name: "smb2.aapl.command_code", Label: "CommandCode", Kind: field.Enum, Values: field.Values{
		{V: appleQuery, Name: "kAAPL_SERVER_QUERY"}, {V: appleResolve, Name: "kAAPL_RESOLVE_ID"}}}
	fAppleReserved = &field.Def{Name: "smb2.aapl.reserved", Label: "Reserved", Kind: field.Hex}
	fAppleBitmask  = &field.Def{Name: "smb2.aapl.query_bitmask", Label: "QueryBitmask", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.aapl.bitmask.server_caps", Label: "kAAPL_SERVER_CAPS", Mask: appleServerCaps},
		{Name: "smb2.aapl.bitmask.volume_caps", Label: "kAAPL_VOLUME_CAPS", Mask: appleVolumeCaps},
		{Name: "smb2.aapl.bitmask.model_info", Label: "kAAPL_MODEL_INFO", Mask: appleModel},
	}}
	fAppleCaps = &field.Def{Name: "smb2.aapl.caps", Label: "Capabilities", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.aapl.caps.supports_read_dir_addr", Label: "kAAPL_SUPPORTS_READ_DIR_ATTR", Mask: 0x1},
		{Name: "smb2.aapl.caps.supports_osx_copyfile", Label: "kAAPL_SUPPORTS_OSX_COPYFILE", Mask: 0x2},
		{Name: "smb2.aapl.caps.unix_based", Label: "kAAPL_UNIX_BASED", Mask: 0x4},
		{Name: "smb2.aapl.supports_nfs_ace", Label: "kAAPL_SUPPORTS_NFS_ACE", Mask: 0x8},
	}}
	fAppleVolume = &field.Def{Name: "smb2.aapl.volume_caps", Label: "VolumeCapabilities", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.aapl.volume_caps.supports_resolve_id", Label: "kAAPL_SUPPORT_RESOLVE_ID", Mask: 0x1},
		{Name: "smb2.aapl.volume_caps.case_sensitive", Label: "kAAPL_CASE_SENSITIVE", Mask: 0x2},
		{Name: "smb2.aapl.volume_caps.supports_full_sync", Label: "kAAPL_SUPPORTS_FULL_SYNC", Mask: 0x4},
	}}
	fAppleModel  = &field.Def{Name: "smb2.aapl.model_string", Label: "Model", Kind: field.Bytes}
	fAppleLength = &field.Def{Name: "smb2.aapl.length", Label: "Length", Kind: field.Uint}
	fAppleText   = &field.Def{Name: "smb2.aapl.text", Label: "Text", Kind: field.UTF16}
	fApplePath   = &field.Def{Name: "smb2.aapl.server_path", Label: "ServerPath", Kind: field.Bytes}

	fDiskVersion    = &field.Def{Name: "smb2.svhdx_open_device_context.version", Label: "Version", Kind: field.Uint}
	fDiskHasID      = &field.Def{Name: "smb2.svhdx_open_device_context.initiator_has_id", Label: "HasInitiatorId", Kind: field.Uint}
	fDiskReserved   = &field.Def{Name: "smb2.svhdx_open_device_context.reserved", Label: "Reserved", Kind: field.Bytes}
	fDiskInitiator  = &field.Def{Name: "smb2.svhdx_open_device_context.initiator_id", Label: "InitiatorId", Kind: field.GUID}
	fDiskFlags      = &field.Def{Name: "smb2.svhdx_open_device_context.flags", Label: "Flags", Kind: field.Hex}
	fDiskOriginator = &field.Def{Name: "smb2.svhdx_open_device_context.originator_flags", Label: "OriginatorFlags", Kind: field.Hex}
	fDiskRequest    = &field.Def{Name: "smb2.svhxd_open_device_context.open_request_id", Label: "OpenRequestId", Kind: field.Hex}
	fDiskHostLength = &field.Def{Name: "smb2.svhxd_open_device_context.initiator_host_name_len", Label: "InitiatorHostNameLength", Kind: field.Uint}
	fDiskHost       = &field.Def{Name: "smb2.svhdx_open_device_context.host_name", Label: "InitiatorHostName", Kind: field.UTF16}
	fDiskReady      = &field.Def{Name: "smb2.svhdx_open_device_context.virtual_disk_properties_initialized", Label: "VirtualDiskPropertiesInitialized", Kind: field.Uint}
	fDiskService    = &field.Def{Name: "smb2.svhdx_open_device_context.server_service_version", Label: "ServerServiceVersion", Kind: field.Hex}
	fDiskSector     = &field.Def{Name: "smb2.svhdx_open_device_context.virtual_sector_size", Label: "VirtualSectorSize", Kind: field.Uint}
	fDiskPhysical   = &field.Def{Name: "smb2.svhdx_open_device_context.physical_sector_size", Label: "PhysicalSectorSize", Kind: field.Uint}
	fDiskSize       = &field.Def{Name: "smb2.svhdx_open_device_context.virtual_size", Label: "VirtualSize", Kind: field.Uint}
)

const (
	appleQuery      = 1
	appleResolve    = 2
	appleServerCaps = 0x1
	appleVolumeCaps = 0x2
	appleModel      = 0x4
)

const diskHostSize = 126 // bytes of InitiatorHostName, [MS-RSVD] 2.2.4.12

func appleRequest(c *wire.Codec) {
	code := c.Show32(fAppleCode)
	c.Show32(fAppleReserved)
	switch code {
	case appleQuery:
		new(AppleQuery).walkRest(c)
	case appleResolve:
		c.Show64(fscc.FileID64)
	}
}

// AppleQuery is the data of AAPL that asks what the server has of Apple's
// extensions: kAAPL_SERVER_QUERY.
type AppleQuery struct{ Wanted, Capabilities uint64 }

func (x *AppleQuery) walk(c *wire.Codec, _ *Facts) {
	c.Const32(fAppleCode, appleQuery)
	c.Show32(fAppleReserved)
	x.walkRest(c)
}

func (x *AppleQuery) walkRest(c *wire.Codec) {
	wire.U64(c, fAppleBitmask, &x.Wanted)
	wire.U64(c, fAppleCaps, &x.Capabilities)
}

func appleResponse(c *wire.Codec) {
	code := c.Show32(fAppleCode)
	c.Show32(fAppleReserved)
	switch code {
	case appleQuery:
		mask := c.Show64(fAppleBitmask)
		if mask&appleServerCaps != 0 {
			c.Show64(fAppleCaps)
		}
		if mask&appleVolumeCaps != 0 {
			c.Show64(fAppleVolume)
		}
		if mask&appleModel != 0 {
			c.Skip(4)
			counted(c, fAppleModel)
		}
	case appleResolve:
		c.Show32(fStatus)
		counted(c, fApplePath)
	}
}

// counted reads text with a 4-byte length in front of it as one field.
func counted(c *wire.Codec, d *field.Def) {
	p := c.Peek(4)
	if len(p) < 4 {
		return
	}
	n := int(p[0]) | int(p[1])<<8 | int(p[2])<<16 | int(p[3])<<24
	c.BeginLen(d, 4+n, 0)
	c.Show32(fAppleLength)
	c.Bytes(fAppleText, n)
	c.Done()
}

// sharedDisk is [MS-RSVD] 2.2.4.12 and 2.2.4.32, and their responses.
func sharedDisk(c *wire.Codec) {
	version := c.Show32(fDiskVersion)
	c.Show8(fDiskHasID)
	c.Bytes(fDiskReserved, 3)
	c.GUID(fDiskInitiator)
	c.Show32(fDiskFlags)
	c.Show32(fDiskOriginator)
	c.Show64(fDiskRequest)
	c.Show16(fDiskHostLength)
	c.Bytes(fDiskHost, min(diskHostSize, c.Left()))
	if version != 2 {
		return
	}
	c.Show32(fDiskReady)
	c.Show32(fDiskService)
	c.Show32(fDiskSector)
	c.Show32(fDiskPhysical)
	c.Show64(fDiskSize)
}

// PosixResponse is the data of SMB2_CREATE_POSIX in a response. Owner and group
// are SIDs.
type PosixResponse struct {
	Links, Tag, Mode uint32
	Owner, Group     []byte
}

func (x *PosixResponse) walk(c *wire.Codec, _ *Facts) {
	wire.U32(c, fscc.Links, &x.Links)
	wire.U32(c, fscc.Tag, &x.Tag)
	wire.U32(c, fscc.PosixPerms, &x.Mode)
	for _, v := range [...]*[]byte{&x.Owner, &x.Group} {
		if c.Writing() || c.Left() >= 8 {
			fscc.SID(c, v)
		}
	}
}
