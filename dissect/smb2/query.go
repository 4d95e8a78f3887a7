package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

var (
	fFindLevel = &field.Def{Name: "smb2.find.infolevel", Label: "FileInformationClass", Kind: field.Enum, Lookup: fileClassName, All: fscc.FileClassNames}
	fFindFlags = &field.Def{Name: "smb2.find.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.find.restart_scans", Label: "RESTART_SCANS", Mask: 0x1},
		{Name: "smb2.find.single_entry", Label: "RETURN_SINGLE_ENTRY", Mask: 0x2},
		{Name: "smb2.find.index_specified", Label: "INDEX_SPECIFIED", Mask: 0x4},
		{Name: "smb2.find.reopen", Label: "REOPEN", Mask: 0x10},
	}}
	fFileIndex   = &field.Def{Name: "smb2.file_index", Label: "FileIndex", Kind: field.Hex}
	fFindPattern = &field.Def{Name: "smb2.find.pattern", Label: "SearchPattern", Kind: field.UTF16}
	fFindData    = &field.Def{Name: "smb2.find.info_blob", Label: "Buffer", Kind: field.Bytes}

	fNotifyFlags = &field.Def{Name: "smb2.notify.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.notify.watch_tree", Label: "WATCH_TREE", Mask: 0x1},
	}}
	fFilter = &field.Def{Name: "smb.nt.notify.completion_filter", Label: "CompletionFilter", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb.nt.notify.file_name", Label: "FILE_NAME", Mask: 0x1},
		{Name: "smb.nt.notify.dir_name", Label: "DIR_NAME", Mask: 0x2},
		{Name: "smb.nt.notify.attributes", Label: "ATTRIBUTES", Mask: 0x4},
		{Name: "smb.nt.notify.size", Label: "SIZE", Mask: 0x8},
		{Name: "smb.nt.notify.last_write", Label: "LAST_WRITE", Mask: 0x10},
		{Name: "smb.nt.notify.last_access", Label: "LAST_ACCESS", Mask: 0x20},
		{Name: "smb.nt.notify.creation", Label: "CREATION", Mask: 0x40},
		{Name: "smb.nt.notify.ea", Label: "EA", Mask: 0x80},
		{Name: "smb.nt.notify.security", Label: "SECURITY", Mask: 0x100},
		{Name: "smb.nt.notify.stream_name", Label: "STREAM_NAME", Mask: 0x200},
		{Name: "smb.nt.notify.stream_size", Label: "STREAM_SIZE", Mask: 0x400},
		{Name: "smb.nt.notify.stream_write", Label: "STREAM_WRITE", Mask: 0x800},
	}}
	fNotifyData = &field.Def{Name: "smb2.notify.out", Label: "Buffer"}
)

// QueryDirectoryRequest is [MS-SMB2] 2.2.33.
type QueryDirectoryRequest struct {
	Class     uint8
	Flags     uint8
	Index     uint32
	FileID    [16]byte
	MaxOutput uint32 // bytes
	Pattern   []byte // UTF-16LE
}

func (m *QueryDirectoryRequest) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 33)
	wire.U8(c, fFindLevel, &m.Class)
	wire.U8(c, fFindFlags, &m.Flags)
	wire.U32(c, fFileIndex, &m.Index)
	fileID(c, f, &m.FileID)
	pattern := c.Ref16(fOffset, fLength)
	wire.U32(c, fOutputLen, &m.MaxOutput)
	c.DataAt(fFindPattern, pattern, &m.Pattern)
	c.Fill(HeaderSize + 33)
	f.InfoClass, f.Name = m.Class, m.Pattern
}

// QueryDirectoryResponse is [MS-SMB2] 2.2.34: entries of [MS-FSCC] 2.4.
type QueryDirectoryResponse struct{ Data []byte }

func (m *QueryDirectoryResponse) walk(c *wire.Codec, _ *Facts) {
	output(c, &m.Data, func(c *wire.Codec) {
		c.BeginLen(fFindData, c.Left(), 0)
		fscc.Directory(c, c.Env.InfoClass)
		c.Done()
	})
}

// output is the body of the responses that hold one buffer and nothing else.
func output(c *wire.Codec, data *[]byte, walk func(*wire.Codec)) {
	if c.Skims() {
		return
	}
	var r wire.Ref
	c.Const16(fBufferCode, 9)
	c.Off16(fOffset, &r)
	c.Len32(fLength, &r)
	c.PayloadAt(r, data, walk)
}

// ChangeNotifyRequest is [MS-SMB2] 2.2.35.
type ChangeNotifyRequest struct {
	Flags     uint16
	MaxOutput uint32 // bytes
	FileID    [16]byte
	Filter    uint32 // CompletionFilter
}

func (m *ChangeNotifyRequest) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 32)
	wire.U16(c, fNotifyFlags, &m.Flags)
	wire.U32(c, fOutputLen, &m.MaxOutput)
	fileID(c, f, &m.FileID)
	wire.U32(c, fFilter, &m.Filter)
	c.Bytes(fReserved, 4)
}

// ChangeNotifyResponse is [MS-SMB2] 2.2.36: entries of [MS-FSCC] 2.7.1.
type ChangeNotifyResponse struct{ Data []byte }

func (m *ChangeNotifyResponse) walk(c *wire.Codec, _ *Facts) {
	output(c, &m.Data, func(c *wire.Codec) {
		c.BeginLen(fNotifyData, c.Left(), 0)
		new(fscc.Changes).Walk(c)
		c.Done()
	})
}

func fileClassName(v uint64) string { return fscc.FileClassName(uint8(v)) }
