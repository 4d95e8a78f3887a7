package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/ntstatus"
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/wire"
)

var (
	fExtraInfo   = &field.Def{Name: "smb2.create.extrainfo", Label: "CreateContexts"}
	fChainOffset = &field.Def{Name: "smb2.create.chain_offset", Label: "Next", Kind: field.Hex}
	fTag         = &field.Def{Name: "smb2.tag", Label: "Name", Kind: field.Text}
	fTagGUID     = &field.Def{Name: "smb2.tag", Label: "Name", Kind: field.GUID}
	fTagName     = &field.Def{Name: "smb2.tag", Label: "Name", Kind: field.Known}
	fChainData   = &field.Def{Name: "smb2.create.chain_data", Label: "Data"}

	fDurableReserved = &field.Def{Name: "smb2.dhnq_buffer_reserved", Label: "Reserved", Kind: field.Hex}
	fDurableTimeout  = &field.Def{Name: "smb2.dh2x.timeout", Label: "Timeout", Kind: field.Uint}
	fDurableFlags    = &field.Def{Name: "smb2.dh2x.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.dh2x.flags.persistent_handle", Label: "PERSISTENT", Mask: 0x2},
	}}
	fDurableFlagsPlain = &field.Def{Name: "smb2.dh2x.flags", Label: "Flags", Kind: field.Hex}
	fDurableReserved2  = &field.Def{Name: "smb2.dh2x.reserved", Label: "Reserved", Kind: field.Hex}
	fCreateGUID        = &field.Def{Name: "smb2.dh2x.create_guid", Label: "CreateGuid", Kind: field.GUID}
	fTimeWarp          = &field.Def{Name: "smb2.twrp_timestamp", Label: "Timestamp", Kind: field.FileTime}
	fAccessTime        = &field.Def{Name: "smb2.mxac_timestamp", Label: "Timestamp", Kind: field.FileTime}
	fAccessStatus      = &field.Def{Name: "smb2.mxac_status", Label: "QueryStatus", Kind: field.Status, Lookup: ntstatus.Name, All: ntstatus.Values}
	fMaximalAccess     = &field.Def{Name: fscc.AccessMask.Name, Label: "MaximalAccess", Kind: field.Flags, Bits: fscc.AccessMask.Bits}
	fDiskID            = &field.Def{Name: "smb2.qfid_fid", Label: "DiskIDBuffer", Kind: field.Bytes}
	fDiskFile          = &field.Def{Name: "smb2.qfid_fid.file_id", Label: "DiskFileId", Kind: field.Hex}
	fDiskVolume        = &field.Def{Name: "smb2.qfid_fid.volume_id", Label: "VolumeId", Kind: field.Hex}

	fAppSize     = &field.Def{Name: "smb2.app_instance.struct_size", Label: "StructureSize", Kind: field.Uint}
	fAppReserved = &field.Def{Name: "smb2.app_instance.reserved", Label: "Reserved", Kind: field.Uint}
	fAppGUID     = &field.Def{Name: "smb2.app_instance.app_guid", Label: "AppInstanceId", Kind: field.GUID}

	fVersionSize     = &field.Def{Name: "smb2.app_instance_version.struct_size", Label: "StructureSize", Kind: field.Uint}
	fVersionReserved = &field.Def{Name: "smb2.app_instance_version.reserved", Label: "Reserved", Kind: field.Uint}
	fVersionPadding  = &field.Def{Name: "smb2.app_instance_version.padding", Label: "Padding", Kind: field.Hex}
	fVersionHigh     = &field.Def{Name: "smb2.app_instance_version.version.high", Label: "AppInstanceVersionHigh", Kind: field.Uint}
	fVersionLow      = &field.Def{Name: "smb2.app_instance_version.version.low", Label: "AppInstanceVersionLow", Kind: field.Uint}
)

const tagGUIDSize = 16

// The 16-byte names of contexts, those of [MS-SMB2] 2.2.13.2 and of POSIX extensions.
const (
	TagAppInstance = "\x45\xbc\xa6\x6a\xef\xa7\xf7\x4a\x90\x08\xfa\x46\x2e\x14\x4d\x74"
	TagAppVersion  = "\xb9\x82\xd0\xb7\x3b\x56\x07\x4f\xa0\x7b\x52\x4a\x81\x16\xa0\x10"
	TagSharedDisk  = "\x9c\xcb\xcf\x9e\x04\xc1\xe6\x43\x98\x0e\x15\x8d\xa1\xf6\xec\x83"
	TagPosix       = "\x93\xad\x25\x50\x9c\xb4\x11\xe7\xb4\x23\x83\xde\x96\x8b\xcd\x7c"
)

// CreateContext is [MS-SMB2] 2.2.13.2. Data is one of the structures below, or
// what the name says.
type CreateContext struct{ Name, Data []byte }

// createContexts walks the list of contexts of a request or a response.
func createContexts(c *wire.Codec, r wire.Ref, list *[]CreateContext, response bool, f *Facts) {
	if len(*list) > 0 {
		c.Pad(8)
	}
	c.To(r, func(c *wire.Codec) {
		c.BeginLen(fExtraInfo, r.Len, 0)
		c.Entries(len(*list), 8, func(c *wire.Codec, i int) {
			x := wire.Nth(c, *list, i)
			x.walk(c, response, f)
			wire.Keep(c, list, x)
		})
		c.Done()
	})
}

func (x *CreateContext) walk(c *wire.Codec, response bool, f *Facts) {
	c.Show32(fChainOffset)
	var name, data wire.Ref
	c.Off16(fOffset, &name)
	if p := c.Peek(1); c.Writing() || len(p) == 1 && p[0] == tagGUIDSize {
		c.Len16(fLength, &name)
		c.Bytes(fReserved, 2)
	} else {
		name.Len = int(c.Show32(fLength)) & 0xffff // and Reserved
	}
	c.Off16(fOffset, &data)
	c.Len32(fLength, &data)
	x.walkName(c, name)
	c.Pad(8)
	c.PayloadAt(data, &x.Data, func(c *wire.Codec) {
		c.BeginLen(fChainData, data.Len, 0)
		c.SetBase(c.Pos())
		if response {
			responseContext(c, string(x.Name), f)
		} else {
			requestContext(c, string(x.Name), f)
		}
		c.Rest(fUnknown)
		c.Done()
	})
}

// walkName is the name of a context. The names of 16 bytes are GUIDs, which read
// better as the specification calls them.
func (x *CreateContext) walkName(c *wire.Codec, r wire.Ref) {
	if r.Len != tagGUIDSize || c.Tree() == nil {
		c.DataAt(fTag, r, &x.Name)
		return
	}
	b := c.BytesAt(nil, r)
	x.Name = b
	text := ""
	switch string(b) {
	case TagAppInstance:
		text = "SMB2_CREATE_APP_INSTANCE_ID"
	case TagAppVersion:
		text = "SMB2_CREATE_APP_INSTANCE_VERSION"
	case TagSharedDisk:
		text = "SVHDX_OPEN_DEVICE_CONTEXT"
	case TagPosix:
		text = "SMB2_CREATE_POSIX"
	default:
		c.BytesAt(fTagGUID, r)
		return
	}
	c.To(r, func(c *wire.Codec) {
		c.Skip(r.Len)
		c.Known(fTagName, r.Len, text)
	})
}

// requestContext is the data of [MS-SMB2] 2.2.13.2.1 to 2.2.13.2.15.
func requestContext(c *wire.Codec, tag string, f *Facts) {
	switch tag {
	case "ExtA":
		new(fscc.EAs).Walk(c)
	case "SecD":
		secdesc.Walk(c)
	case "DHnQ":
		new(DurableRequest).walk(c, f)
	case "DHnC":
		new(DurableReconnect).walk(c, f)
	case "DH2Q":
		new(DurableRequestV2).walk(c, f)
	case "DH2C":
		new(DurableReconnectV2).walk(c, f)
	case "AlSi":
		new(AllocationRequest).walk(c, f)
	case "MxAc":
		new(AccessRequest).walk(c, f)
	case "TWrp":
		new(TimeWarp).walk(c, f)
	case "RqLs":
		new(Lease).walk(c, f)
	case "AAPL":
		appleRequest(c)
	case TagAppInstance:
		new(AppInstance).walk(c, f)
	case TagAppVersion:
		new(AppVersion).walk(c, f)
	case TagSharedDisk:
		sharedDisk(c)
	case TagPosix:
		new(PosixRequest).walk(c, f)
	}
}

// responseContext is the data of [MS-SMB2] 2.2.14.2.
func responseContext(c *wire.Codec, tag string, f *Facts) {
	switch tag {
	case "DHnQ":
		new(DurableResponse).walk(c, f)
	case "DH2Q":
		new(DurableResponseV2).walk(c, f)
	case "MxAc":
		new(AccessResponse).walk(c, f)
	case "QFid":
		new(DiskID).walk(c, f)
	case "RqLs":
		new(Lease).walk(c, f)
	case "AAPL":
		appleResponse(c)
	case TagSharedDisk:
		sharedDisk(c)
	case TagPosix:
		new(PosixResponse).walk(c, f)
	}
}
