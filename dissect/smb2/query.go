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

// queryDirectoryRequest is [MS-SMB2] 2.2.33.
func queryDirectoryRequest(c *wire.Codec, f *Facts) {
	c.Show16(fBufferCode)
	wire.U8(c, fFindLevel, &f.InfoClass)
	c.Show8(fFindFlags)
	c.Show32(fFileIndex)
	fileID(c, f)
	name := c.Ref16(fOffset, fLength)
	c.Show32(fOutputLen)
	f.Name = c.BytesAt(fFindPattern, name)
}

// queryDirectoryResponse is [MS-SMB2] 2.2.34.
func queryDirectoryResponse(c *wire.Codec, f *Facts) {
	if c.Tree() == nil {
		return
	}
	c.Show16(fBufferCode)
	at := int(c.Show16(fOffset))
	r := wire.Ref{Off: at, Len: int(c.Show32(fLength))}
	c.To(r, func(c *wire.Codec) {
		c.BeginLen(fFindData, r.Len, 0)
		fscc.Directory(c, c.Env.InfoClass)
		c.Done()
	})
}

// changeNotifyRequest is [MS-SMB2] 2.2.35.
func changeNotifyRequest(c *wire.Codec, f *Facts) {
	c.Show16(fBufferCode)
	c.Show16(fNotifyFlags)
	c.Show32(fOutputLen)
	fileID(c, f)
	c.Show32(fFilter)
	c.Bytes(fReserved, 4)
}

// changeNotifyResponse is [MS-SMB2] 2.2.36.
func changeNotifyResponse(c *wire.Codec, f *Facts) {
	if c.Tree() == nil {
		return
	}
	c.Show16(fBufferCode)
	at := int(c.Show16(fOffset))
	r := wire.Ref{Off: at, Len: int(c.Show32(fLength))}
	c.To(r, func(c *wire.Codec) {
		c.BeginLen(fNotifyData, r.Len, 0)
		fscc.Notify(c)
		c.Done()
	})
}

func fileClassName(v uint64) string { return fscc.FileClassName(uint8(v)) }
