package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

var (
	fSecurityFlags   = &field.Def{Name: "smb2.create.security_flags", Label: "SecurityFlags", Kind: field.Hex}
	fRequestedOplock = &field.Def{Name: "smb2.create.oplock", Label: "RequestedOplockLevel", Kind: field.Enum, Values: fOplock.Values}
	fImpersonation   = &field.Def{Name: "smb2.impersonation.level", Label: "ImpersonationLevel", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "Anonymous"}, {V: 1, Name: "Identification"}, {V: 2, Name: "Impersonation"}, {V: 3, Name: "Delegate"}}}
	fCreateFlags = &field.Def{Name: "smb2.create_flags", Label: "SmbCreateFlags", Kind: field.Hex}
	fDesired     = &field.Def{Name: fscc.AccessMask.Name, Label: "DesiredAccess", Kind: field.Flags, Bits: fscc.AccessMask.Bits}
	fShareAccess = &field.Def{Name: "smb.share_access", Label: "ShareAccess", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb.share.access.read", Label: "FILE_SHARE_READ", Mask: 0x1},
		{Name: "smb.share.access.write", Label: "FILE_SHARE_WRITE", Mask: 0x2},
		{Name: "smb.share.access.delete", Label: "FILE_SHARE_DELETE", Mask: 0x4},
	}}
	fDisposition = &field.Def{Name: "smb2.create.disposition", Label: "CreateDisposition", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "FILE_SUPERSEDE"}, {V: 1, Name: "FILE_OPEN"}, {V: 2, Name: "FILE_CREATE"}, {V: 3, Name: "FILE_OPEN_IF"},
		{V: 4, Name: "FILE_OVERWRITE"}, {V: 5, Name: "FILE_OVERWRITE_IF"}}}
	fCreateOptions = &field.Def{Name: "smb.create_options", Label: "CreateOptions", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb.nt.create_options.directory", Label: "FILE_DIRECTORY_FILE", Mask: 0x1},
		{Name: "smb.nt.create_options.write_through", Label: "FILE_WRITE_THROUGH", Mask: 0x2},
		{Name: "smb.nt.create_options.sequential_only", Label: "FILE_SEQUENTIAL_ONLY", Mask: 0x4},
		{Name: "smb.nt.create_options.intermediate_buffering", Label: "FILE_NO_INTERMEDIATE_BUFFERING", Mask: 0x8},
		{Name: "smb.nt.create_options.sync_io_alert", Label: "FILE_SYNCHRONOUS_IO_ALERT", Mask: 0x10},
		{Name: "smb.nt.create_options.sync_io_nonalert", Label: "FILE_SYNCHRONOUS_IO_NONALERT", Mask: 0x20},
		{Name: "smb.nt.create_options.non_directory", Label: "FILE_NON_DIRECTORY_FILE", Mask: 0x40},
		{Name: "smb.nt.create_options.create_tree_connection", Label: "FILE_CREATE_TREE_CONNECTION", Mask: 0x80},
		{Name: "smb.nt.create_options.complete_if_oplocked", Label: "FILE_COMPLETE_IF_OPLOCKED", Mask: 0x100},
		{Name: "smb.nt.create_options.no_ea_knowledge", Label: "FILE_NO_EA_KNOWLEDGE", Mask: 0x200},
		{Name: "smb.nt.create_options.eight_dot_three_only", Label: "FILE_OPEN_REMOTE_INSTANCE", Mask: 0x400},
		{Name: "smb.nt.create_options.random_access", Label: "FILE_RANDOM_ACCESS", Mask: 0x800},
		{Name: "smb.nt.create_options.delete_on_close", Label: "FILE_DELETE_ON_CLOSE", Mask: 0x1000},
		{Name: "smb.nt.create_options.open_by_fileid", Label: "FILE_OPEN_BY_FILE_ID", Mask: 0x2000},
		{Name: "smb.nt.create_options.backup_intent", Label: "FILE_OPEN_FOR_BACKUP_INTENT", Mask: 0x4000},
		{Name: "smb.nt.create_options.no_compression", Label: "FILE_NO_COMPRESSION", Mask: 0x8000},
		{Name: "smb.nt.create_options.open_requiring_oplock", Label: "FILE_OPEN_REQUIRING_OPLOCK", Mask: 0x10000},
		{Name: "smb.nt.create_options.disallow_exclusive", Label: "FILE_DISALLOW_EXCLUSIVE", Mask: 0x20000},
		{Name: "smb.nt.create_options.reserve_opfilter", Label: "FILE_RESERVE_OPFILTER", Mask: 0x100000},
		{Name: "smb.nt.create_options.open_reparse_point", Label: "FILE_OPEN_REPARSE_POINT", Mask: 0x200000},
		{Name: "smb.nt.create_options.open_no_recall", Label: "FILE_OPEN_NO_RECALL", Mask: 0x400000},
		{Name: "smb.nt.create_options.open_for_free_space_query", Label: "FILE_OPEN_FOR_FREE_SPACE_QUERY", Mask: 0x800000},
	}}

	fReplyFlags = &field.Def{Name: "smb2.create.rep_flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.create.rep_flags.reparse_point", Label: "REPARSEPOINT", Mask: 0x1},
	}}
	fAction = &field.Def{Name: "smb2.create.action", Label: "CreateAction", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "FILE_SUPERSEDED"}, {V: 1, Name: "FILE_OPENED"}, {V: 2, Name: "FILE_CREATED"}, {V: 3, Name: "FILE_OVERWRITTEN"},
		{V: 4, Name: "FILE_EXISTS"}, {V: 5, Name: "FILE_DOES_NOT_EXIST"}}}
)

// CreateRequest is [MS-SMB2] 2.2.13.
type CreateRequest struct {
	Oplock        uint8
	Impersonation uint32
	Access        uint32 // DesiredAccess
	Attributes    uint32
	ShareAccess   uint32
	Disposition   uint32
	Options       uint32
	Name          []byte // UTF-16LE
	Contexts      []CreateContext
}

func (m *CreateRequest) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 57)
	c.Show8(fSecurityFlags)
	wire.U8(c, fRequestedOplock, &m.Oplock)
	wire.U32(c, fImpersonation, &m.Impersonation)
	c.Show64(fCreateFlags)
	c.Bytes(fReserved, 8)
	wire.U32(c, fDesired, &m.Access)
	wire.U32(c, fscc.Attributes, &m.Attributes)
	wire.U32(c, fShareAccess, &m.ShareAccess)
	wire.U32(c, fDisposition, &m.Disposition)
	wire.U32(c, fCreateOptions, &m.Options)
	name := c.Ref16(fOffset, fLength)
	contexts := c.Ref32(fOffset, fLength)
	c.DataAt(fscc.FileName, name, &m.Name)
	if name.Len == 0 { // the root of the share
		c.Mark(fscc.FileName, c.Pos(), 0, 0)
	}
	c.Fill(HeaderSize + 57)
	f.Oplock, f.Disposition, f.Name = m.Oplock, m.Disposition, m.Name
	createContexts(c, contexts, &m.Contexts, false, f)
}

// CreateResponse is [MS-SMB2] 2.2.14.
type CreateResponse struct {
	Oplock     uint8
	Flags      uint8
	Action     uint32
	Times      fscc.Times
	Allocation uint64 // bytes
	EndOfFile  uint64 // bytes
	Attributes uint32
	FileID     [16]byte
	Contexts   []CreateContext
}

func (m *CreateResponse) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 89)
	wire.U8(c, fOplock, &m.Oplock)
	wire.U8(c, fReplyFlags, &m.Flags)
	wire.U32(c, fAction, &m.Action)
	m.Times.Walk(c)
	wire.U64(c, fscc.AllocationSize, &m.Allocation)
	wire.U64(c, fscc.EndOfFile, &m.EndOfFile)
	wire.U32(c, fscc.Attributes, &m.Attributes)
	c.Bytes(fReserved, 4)
	fileID(c, f, &m.FileID)
	f.Oplock, f.Flags = m.Oplock, m.Action
	createContexts(c, c.Ref32(fOffset, fLength), &m.Contexts, true, f)
}
