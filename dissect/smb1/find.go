package smb1

import (
	"encoding/binary"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fEntry        = &field.Def{Name: "smb.find_entry", Label: "Entry"}
	fFileIndex    = num("smb.file_index", "FileIndex")
	fShortNameLen = num("smb.short_file_name_len", "ShortNameLength")
	fShortName    = &field.Def{Name: "smb.short_file", Label: "ShortName", Kind: field.UTF16}
	fEntryID      = hexNum("smb.index_number", "FileId")
	fUnixNext     = num("smb.unix.find_file.next_offset", "NextEntryOffset")
	fUnixResume   = num("smb.unix.find_file.resume_key", "ResumeKey")
	fUnixNameLen  = num("smb.unix.file.name_length", "NameLength")

	tUnixName = textDef("smb.unix.file.name", "Name")
)

// The levels of FIND_FIRST2 and FIND_NEXT2 as LevelClass folds them, [MS-CIFS]
// 2.2.2.3.1 and [MS-SMB] 2.2.2.3.1.
const (
	findDirectory = 0x41
	findFull      = 0x42
	findNames     = 0x43
	findBoth      = 0x44
	findIDFull    = 0x45
	findIDBoth    = 0x46
	findUnix      = 0x82
	findUnixInfo2 = 0x8b
)

// findLevel walks the entries of a FIND response, [MS-CIFS] 2.2.8.1.
func findLevel(c *wire.Codec, f *Facts) {
	switch f.InfoClass {
	case infoStandard, infoEASize, infoEAsFrom, infoStandard | findKeys, infoEASize | findKeys, infoEAsFrom | findKeys:
		for at := -1; c.Left() > 0 && c.Pos() > at; {
			at = c.Pos()
			c.Begin(fEntry)
			oldEntry(c, f)
			c.Finish()
		}
	case findDirectory, findFull, findNames, findBoth, findIDFull, findIDBoth:
		c.Chain(func(c *wire.Codec) {
			c.BeginLen(fEntry, c.Left(), 0)
			entry(c, f)
			c.Done()
		})
	case findUnix, findUnixInfo2:
		c.Chain(func(c *wire.Codec) {
			c.BeginLen(fEntry, c.Left(), 0)
			c.Show32(fUnixNext)
			c.Show32(fUnixResume)
			if f.InfoClass == findUnix {
				unixFile(c, unixBasic)
				tUnixName.zero(c, f)
			} else {
				unixFile(c, unixInfo2)
				tUnixName.sized(c, f, int(c.Show32(fUnixNameLen)))
			}
			c.Done()
		})
	}
}

// oldEntry is an entry of SMB_INFO_STANDARD, SMB_INFO_QUERY_EA_SIZE and
// SMB_INFO_QUERY_EAS_FROM_LIST, [MS-CIFS] 2.2.8.1.1 to 2.2.8.1.3.
func oldEntry(c *wire.Codec, f *Facts) {
	if f.InfoClass&findKeys != 0 {
		c.Show32(fResume)
	}
	threeTimes(c)
	c.Show32(fDataSize)
	c.Show32(fAllocation)
	c.Show16(fFileAttributes)
	switch f.InfoClass &^ findKeys {
	case infoEASize:
		c.Show32(fEALength)
	case infoEAsFrom:
		if b := c.Peek(4); len(b) == 4 {
			c.Within(int(min(binary.LittleEndian.Uint32(b), 0xffff)), eaList)
		}
	}
	n := int(c.Show8(fNameLength))
	if f.InfoClass&^findKeys != infoStandard { // one zero, also behind UTF-16LE
		tFile.sized(c, f, n)
		c.Bytes(fPadding, min(1, c.Left()))
		return
	}
	tFile.ended(c, f, n)
}

func entry(c *wire.Codec, f *Facts) {
	c.Show32(fNextEntry)
	c.Show32(fFileIndex)
	level := f.InfoClass
	if level != findNames {
		fourTimes(c)
		c.Show64(fEndOfFile)
		c.Show64(fAlloc64)
		c.Show32(fExtAttributes)
	}
	n := int(c.Show32(fNameLength))
	if level != findNames && level != findDirectory {
		c.Show32(fEALength)
	}
	if level == findBoth || level == findIDBoth {
		c.Show8(fShortNameLen)
		c.Bytes(fReserved, 1)
		c.Bytes(fShortName, 24)
	}
	switch level {
	case findIDFull:
		c.Bytes(fReserved, 4)
		c.Show64(fEntryID)
	case findIDBoth:
		c.Bytes(fReserved, 2)
		c.Show64(fEntryID)
	}
	tFile.sized(c, f, n)
}
