package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

var (
	fConnectFlags = &field.Def{Name: "smb2.tc.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.tc.cluster_reconnect", Label: "CLUSTER_RECONNECT", Mask: 0x1},
		{Name: "smb2.tc.redirect_to_owner", Label: "REDIRECT_TO_OWNER", Mask: 0x2},
		{Name: "smb2.tc.extension_present", Label: "EXTENSION_PRESENT", Mask: 0x4},
		{Name: "smb2.tc.reserved", Label: "Reserved", Mask: 0xfff8},
	}}
	fConnectOffset  = &field.Def{Name: "smb2.tree_connect_context.offset", Label: "TreeConnectContextOffset", Kind: field.Hex}
	fConnectCount   = &field.Def{Name: "smb2.tree_connect_context.count", Label: "TreeConnectContextCount", Kind: field.Uint}
	fConnectContext = &field.Def{Name: "smb2.tree_connect_context", Label: "TREE_CONNECT_CONTEXT"}
	fConnectType    = &field.Def{Name: "smb2.tree_connect_context.type", Label: "ContextType", Kind: field.Enum, Values: field.Values{
		{V: 1, Name: "REMOTED_IDENTITY_TREE_CONNECT_CONTEXT_ID"}}}
	fConnectLength = &field.Def{Name: "smb2.tree_connect_context.data_length", Label: "DataLength", Kind: field.Uint}
	fConnectData   = &field.Def{Name: "smb2.tree_connect_context.data", Label: "Data", Kind: field.Bytes}
	fTreePath      = &field.Def{Name: "smb2.tree", Label: "Path", Kind: field.UTF16}
	fShareType     = &field.Def{Name: "smb2.share_type", Label: "ShareType", Kind: field.Enum, Values: field.Values{
		{V: 1, Name: "DISK"}, {V: 2, Name: "PIPE"}, {V: 3, Name: "PRINT"}}}
	fShareFlags = &field.Def{Name: "smb2.share_flags", Label: "ShareFlags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.share_flags.dfs", Label: "DFS", Mask: 0x1},
		{Name: "smb2.share_flags.dfs_root", Label: "DFS_ROOT", Mask: 0x2},
		{Name: "smb2.share_flags.restrict_exclusive_opens", Label: "RESTRICT_EXCLUSIVE_OPENS", Mask: 0x100},
		{Name: "smb2.share_flags.force_shared_delete", Label: "FORCE_SHARED_DELETE", Mask: 0x200},
		{Name: "smb2.share_flags.allow_namespace_caching", Label: "ALLOW_NAMESPACE_CACHING", Mask: 0x400},
		{Name: "smb2.share_flags.access_based_dir_enum", Label: "ACCESS_BASED_DIRECTORY_ENUM", Mask: 0x800},
		{Name: "smb2.share_flags.force_levelii_oplock", Label: "FORCE_LEVELII_OPLOCK", Mask: 0x1000},
		{Name: "smb2.share_flags.enable_hash_v1", Label: "ENABLE_HASH_V1", Mask: 0x2000},
		{Name: "smb2.share_flags.enable_hash_v2", Label: "ENABLE_HASH_V2", Mask: 0x4000},
		{Name: "smb2.share_flags.encrypt_data", Label: "ENCRYPT_DATA", Mask: 0x8000},
		{Name: "smb2.share_flags.identity_remoting", Label: "IDENTITY_REMOTING", Mask: 0x40000},
		{Name: "smb2.share_flags.compress_data", Label: "COMPRESS_DATA", Mask: 0x100000},
		{Name: "smb2.share_flags.isolated_transport", Label: "ISOLATED_TRANSPORT", Mask: 0x200000},
		{Name: "smb2.share.caching", Label: "Caching", Mask: 0x30, Values: field.Values{
			{V: 0, Name: "MANUAL_CACHING"}, {V: 1, Name: "AUTO_CACHING"}, {V: 2, Name: "VDO_CACHING"}, {V: 3, Name: "NO_CACHING"}}},
	}}
	fShareCaps = &field.Def{Name: "smb2.share_caps", Label: "Capabilities", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.share_caps.dfs", Label: "DFS", Mask: 0x8},
		{Name: "smb2.share_caps.continuous_availability", Label: "CONTINUOUS_AVAILABILITY", Mask: 0x10},
		{Name: "smb2.share_caps.scaleout", Label: "SCALEOUT", Mask: 0x20},
		{Name: "smb2.share_caps.cluster", Label: "CLUSTER", Mask: 0x40},
		{Name: "smb2.share_caps.assymetric", Label: "ASYMMETRIC", Mask: 0x80},
		{Name: "smb2.share_caps.redirect_to_owner", Label: "REDIRECT_TO_OWNER", Mask: 0x100},
	}}
)

const (
	connectExtension = 0x4
	connectIdentity  = 1 // SMB2_REMOTED_IDENTITY_TREE_CONNECT_CONTEXT_ID
)

// TreeConnectRequest is [MS-SMB2] 2.2.9, of which the extension is only read.
type TreeConnectRequest struct {
	Flags uint16
	Path  []byte // UTF-16LE
}

func (m *TreeConnectRequest) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 9)
	wire.U16(c, fConnectFlags, &m.Flags)
	path := c.Ref16(fOffset, fLength)
	if m.Flags&connectExtension != 0 {
		connectContexts(c)
	}
	c.DataAt(fTreePath, path, &m.Path)
	f.Flags, f.Name = uint32(m.Flags), m.Path
}

// connectContexts walks the extension of [MS-SMB2] 2.2.9.1: tree connect
// contexts.
func connectContexts(c *wire.Codec) {
	if c.Tree() == nil {
		return
	}
	off := int(c.Show32(fConnectOffset))
	n := int(c.Show16(fConnectCount))
	c.Bytes(fReserved, 10)
	if n == 0 {
		return
	}
	at := connectPlace(c, off)
	c.At(at, max(0, c.End()-at), func(c *wire.Codec) {
		c.SetBase(at)
		for i := 0; c.More(i, n, 8); i++ {
			c.Align(8)
			c.Begin(fConnectContext)
			kind := c.Show16(fConnectType)
			size := int(c.Show16(fConnectLength))
			c.Bytes(fReserved, 4)
			c.BeginLen(fConnectData, size, 0)
			c.Within(size, func(c *wire.Codec) {
				if kind == connectIdentity {
					remotedIdentity(c)
				}
				c.Rest(fUnknown)
			})
			c.Done()
			c.Finish()
		}
	})
}

// connectPlace is where the contexts begin. Their offset counts "from the start
// of the SMB2 TREE_CONNECT request", which is taken for the header or for the
// body: the context that must stand there decides.
func connectPlace(c *wire.Codec, off int) int {
	pos := c.Pos()
	defer c.Seek(pos)
	for _, base := range [...]int{0, HeaderSize} {
		if at := c.Base() + base + off; at >= pos && at <= c.End() {
			c.Seek(at)
			if p := c.Peek(8); len(p) == 8 && p[0] <= connectIdentity && p[1] == 0 && int(p[2])|int(p[3])<<8 <= c.Left()-8 {
				return at
			}
		}
	}
	return c.Base() + off
}

// TreeConnectResponse is [MS-SMB2] 2.2.10.
type TreeConnectResponse struct {
	ShareType    uint8
	ShareFlags   uint32
	Capabilities uint32
	Access       uint32 // MaximalAccess
}

func (m *TreeConnectResponse) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 16)
	wire.U8(c, fShareType, &m.ShareType)
	c.Bytes(fReserved, 1)
	wire.U32(c, fShareFlags, &m.ShareFlags)
	wire.U32(c, fShareCaps, &m.Capabilities)
	wire.U32(c, fscc.AccessMask, &m.Access)
	f.ShareType, f.Flags = m.ShareType, m.ShareFlags
}
