package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/wire"
)

// The InfoType values of [MS-SMB2] 2.2.37 and 2.2.39.
const (
	infoFile       = 1
	infoFileSystem = 2
	infoSecurity   = 3
	infoQuota      = 4
)

// classEA is FileFullEaInformation, whose query has a list of names as input.
const classEA = 15

var (
	fInfoType = &field.Def{Name: "smb2.class", Label: "InfoType", Kind: field.Enum, Values: field.Values{
		{V: infoFile, Name: "SMB2_0_INFO_FILE"}, {V: infoFileSystem, Name: "SMB2_0_INFO_FILESYSTEM"},
		{V: infoSecurity, Name: "SMB2_0_INFO_SECURITY"}, {V: infoQuota, Name: "SMB2_0_INFO_QUOTA"}}}
	fInfoClass     = &field.Def{Name: "smb2.infolevel", Label: "FileInfoClass", Kind: field.Hex}
	fFileClass     = &field.Def{Name: "smb2.file_info.infolevel", Label: "FileInfoClass", Kind: field.Enum, Lookup: fileClassName, All: fscc.FileClassNames}
	fSystemClass   = &field.Def{Name: "smb2.fs_info.infolevel", Label: "FileInfoClass", Kind: field.Enum, Lookup: systemClassName, All: fscc.SystemClassNames}
	fSecurityClass = &field.Def{Name: "smb2.sec_info.infolevel", Label: "FileInfoClass", Kind: field.Hex}

	fMaxResponse    = &field.Def{Name: "smb2.max_response_size", Label: "OutputBufferLength", Kind: field.Uint}
	fInputOffset    = &field.Def{Name: "smb2.getinfo_input_offset", Label: "InputBufferOffset", Kind: field.Hex}
	fInputLength    = &field.Def{Name: "smb2.getinfo_input_size", Label: "InputBufferLength", Kind: field.Uint}
	fAdditional     = &field.Def{Name: "smb2.getsetinfo_additional", Label: "AdditionalInformation", Kind: field.Hex}
	fAdditionalBits = &field.Def{Name: "smb2.getsetinfo_additionals", Label: "AdditionalInformation", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.getsetinfo_additional_secinfo.owner", Label: "OWNER_SECURITY_INFORMATION", Mask: 0x1},
		{Name: "smb2.getsetinfo_additional_secinfo.group", Label: "GROUP_SECURITY_INFORMATION", Mask: 0x2},
		{Name: "smb2.getsetinfo_additional_secinfo.dacl", Label: "DACL_SECURITY_INFORMATION", Mask: 0x4},
		{Name: "smb2.getsetinfo_additional_secinfo.sacl", Label: "SACL_SECURITY_INFORMATION", Mask: 0x8},
		{Name: "smb2.getsetinfo_additional_secinfo.label", Label: "LABEL_SECURITY_INFORMATION", Mask: 0x10},
		{Name: "smb2.getsetinfo_additional_secinfo.attribute", Label: "ATTRIBUTE_SECURITY_INFORMATION", Mask: 0x20},
		{Name: "smb2.getsetinfo_additional_secinfo.scope", Label: "SCOPE_SECURITY_INFORMATION", Mask: 0x40},
		{Name: "smb2.getsetinfo_additional_secinfo.backup", Label: "BACKUP_SECURITY_INFORMATION", Mask: 0x10000},
	}}
	fInfoFlags = &field.Def{Name: "smb2.getinfo_flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.getinfo_flags.restart_scan", Label: "SL_RESTART_SCAN", Mask: 0x1},
		{Name: "smb2.getinfo_flags.return_single_entry", Label: "SL_RETURN_SINGLE_ENTRY", Mask: 0x2},
		{Name: "smb2.getinfo_flags.index_specified", Label: "SL_INDEX_SPECIFIED", Mask: 0x4},
	}}
	fSetLength   = &field.Def{Name: "smb2.setinfo_size", Label: "BufferLength", Kind: field.Uint}
	fSetOffset   = &field.Def{Name: "smb2.setinfo_offset", Label: "BufferOffset", Kind: field.Hex}
	fSetReserved = &field.Def{Name: "smb2.setinfo_reserved", Label: "Reserved", Kind: field.Uint}
	fSecurity    = &field.Def{Name: "smb2.sec_info_00", Label: "SecurityDescriptor"}
)

func systemClassName(v uint64) string { return fscc.SystemClassName(uint8(v)) }

// InfoClassName gives the name of an information class, [MS-FSCC] 2.4 and 2.5,
// of QUERY_INFO, SET_INFO and, with infoType 1, QUERY_DIRECTORY.
func InfoClassName(infoType, class uint8) string {
	switch infoType {
	case infoFile:
		return fscc.FileClassName(class)
	case infoFileSystem:
		return fscc.SystemClassName(class)
	case infoSecurity:
		return "SecurityInformation"
	case infoQuota:
		return fscc.FileClassName(32)
	}
	return ""
}

// classDef gives the field of an information class by InfoType.
func classDef(infoType uint8) *field.Def {
	switch infoType {
	case infoFile:
		return fFileClass
	case infoFileSystem:
		return fSystemClass
	case infoSecurity:
		return fSecurityClass
	}
	return fInfoClass
}

func additionalDef(infoType uint8) *field.Def {
	if infoType == infoSecurity {
		return fAdditionalBits
	}
	return fAdditional
}

// QueryInfoRequest is [MS-SMB2] 2.2.37.
type QueryInfoRequest struct {
	InfoType   uint8
	Class      uint8
	MaxOutput  uint32 // bytes
	Additional uint32 // AdditionalInformation
	Flags      uint32
	FileID     [16]byte
	Input      []byte
}

func (m *QueryInfoRequest) walk(c *wire.Codec, f *Facts) {
	var in wire.Ref
	c.Const16(fBufferCode, 41)
	wire.U8(c, fInfoType, &m.InfoType)
	wire.U8(c, classDef(m.InfoType), &m.Class)
	wire.U32(c, fMaxResponse, &m.MaxOutput)
	c.Off16(fInputOffset, &in)
	c.Bytes(fReserved, 2)
	c.Len32(fInputLength, &in)
	wire.U32(c, additionalDef(m.InfoType), &m.Additional)
	wire.U32(c, fInfoFlags, &m.Flags)
	fileID(c, f, &m.FileID)
	f.InfoType, f.InfoClass = m.InfoType, m.Class
	if c.Skims() {
		return
	}
	c.PayloadAt(in, &m.Input, func(c *wire.Codec) {
		switch {
		case m.InfoType == infoQuota:
			fscc.QueryQuota(c)
		case m.InfoType == infoFile && m.Class == classEA:
			new(fscc.EANames).Walk(c)
		}
		c.Rest(fUnknown)
	})
}

// QueryInfoResponse is [MS-SMB2] 2.2.38: information of [MS-FSCC] 2.4 and 2.5, or
// a security descriptor.
type QueryInfoResponse struct{ Data []byte }

func (m *QueryInfoResponse) walk(c *wire.Codec, _ *Facts) {
	if c.Tree() != nil {
		requestedClass(c)
	}
	output(c, &m.Data, func(c *wire.Codec) { information(c, c.Env.InfoType, c.Env.InfoClass, false) })
}

// SetInfoRequest is [MS-SMB2] 2.2.39.
type SetInfoRequest struct {
	InfoType   uint8
	Class      uint8
	Additional uint32 // AdditionalInformation
	FileID     [16]byte
	Data       []byte
}

func (m *SetInfoRequest) walk(c *wire.Codec, f *Facts) {
	var data wire.Ref
	c.Const16(fBufferCode, 33)
	wire.U8(c, fInfoType, &m.InfoType)
	wire.U8(c, classDef(m.InfoType), &m.Class)
	c.Len32(fSetLength, &data)
	c.Off16(fSetOffset, &data)
	c.Show16(fSetReserved)
	wire.U32(c, additionalDef(m.InfoType), &m.Additional)
	fileID(c, f, &m.FileID)
	f.InfoType, f.InfoClass = m.InfoType, m.Class
	if c.Skims() && (m.InfoType != infoFile || !fscc.Names(m.Class)) {
		return
	}
	c.PayloadAt(data, &m.Data, func(c *wire.Codec) { f.Name = information(c, m.InfoType, m.Class, true) })
	c.Fill(HeaderSize + 33)
}

// SetInfoResponse is [MS-SMB2] 2.2.40.
type SetInfoResponse struct{}

func (m *SetInfoResponse) walk(c *wire.Codec, _ *Facts) {
	requestedClass(c)
	c.Const16(fBufferCode, 2)
}

// requestedClass shows the class of the request beside a response, which does
// not hold it.
func requestedClass(c *wire.Codec) {
	if c.Env.InfoType == 0 {
		return
	}
	c.Mark(fInfoType, c.Pos(), 1, uint64(c.Env.InfoType))
	c.Mark(classDef(c.Env.InfoType), c.Pos()+1, 1, uint64(c.Env.InfoClass))
}

// information walks what an information class holds. It gives the name in it
// that a rename or link is to make.
func information(c *wire.Codec, infoType, class uint8, set bool) (name []byte) {
	switch infoType {
	case infoFile:
		name = fscc.File(c, class, set)
	case infoFileSystem:
		fscc.System(c, class)
	case infoSecurity:
		n := c.Left()
		c.BeginLen(fSecurity, n, 0)
		c.Within(n, secdesc.Walk)
		c.Done()
	case infoQuota:
		fscc.Quota(c)
	}
	c.Rest(fUnknown)
	return name
}
