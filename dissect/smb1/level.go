package smb1

import (
	"encoding/binary"

	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

// passThrough is where information levels begin that carry the native classes
// of [MS-FSCC], [MS-SMB] 2.2.2.3.5.
const passThrough = 1000

// LevelClass folds a Trans2 information level into a byte: those below 0x40,
// from 0x100, from 0x200 and from 1000 take a quarter each, other ones are 0.
func LevelClass(level uint16) uint8 {
	switch {
	case level < 0x40:
		return uint8(level)
	case level >= 0x100 && level < 0x140:
		return uint8(level-0x100) | 0x40
	case level >= 0x200 && level < 0x240:
		return uint8(level-0x200) | 0x80
	case level >= passThrough && level < passThrough+0x40:
		return uint8(level-passThrough) | 0xc0
	}
	return 0
}

// level reads an information level.
func (f *Facts) level(c *wire.Codec, d *field.Def) { f.InfoClass = LevelClass(c.Show16(d)) }

// The bytes of LevelClass that are the same level in two forms, [MS-CIFS]
// 2.2.2.3, or that have no native form.
const (
	passClass      = 0xc0 // and up: pass-through levels
	infoStandard   = 0x01
	infoEASize     = 0x02
	infoEAsFrom    = 0x03
	infoAllEAs     = 0x04
	fsAllocation   = 0x01
	fsVolume       = 0x02
	classBasic     = 4
	classStandard  = 5
	classEA        = 7
	className      = 9
	classRename    = 10
	classDispose   = 13
	classAll       = 18
	classAllocate  = 19
	classEndOfFile = 20
	classAltName   = 21
	classStream    = 22
	fsClassVolume  = 1
	fsClassLabel   = 2
	fsClassSize    = 3
	fsClassDevice  = 4
	fsClassAttr    = 5
	fsClassFull    = 7
)

// native gives the [MS-FSCC] class of a folded level: the number of a
// pass-through level, and what table says of the levels from 0x100.
func native(level uint8, table *[16]uint8) uint8 {
	switch {
	case level >= passClass:
		return level & 0x3f
	case level >= 0x40 && level < 0x50:
		return table[level&15]
	}
	return 0
}

var (
	queryClasses = [16]uint8{1: classBasic, 2: classStandard, 3: classEA, 4: className, 7: classAll, 8: classAltName, 9: classStream, 11: 28}
	setClasses   = [16]uint8{1: classBasic, 2: classDispose, 3: classAllocate, 4: classEndOfFile}
	fsClasses    = [16]uint8{1: fsClassLabel, 2: fsClassVolume, 3: fsClassSize, 4: fsClassDevice, 5: fsClassAttr}
)

// nativeAll reports whether what follows is FileAllInformation, [MS-FSCC]
// 2.4.2: some servers send SMB_QUERY_FILE_ALL_INFO under its number, where the
// length of the name stands earlier.
func nativeAll(c *wire.Codec) bool {
	const lengthAt = 68 // in SMB_QUERY_FILE_ALL_INFO
	b := c.Peek(c.Left())
	return len(b) < lengthAt+4 || lengthAt+4+int(binary.LittleEndian.Uint32(b[lengthAt:])) != len(b)
}

// fileInfo walks the classes that queries and sets share.
func fileInfo(c *wire.Codec, class uint8) bool {
	switch class {
	case classBasic:
		basic(c)
	case classAllocate:
		c.Show64(fAlloc64)
	case classEndOfFile:
		c.Show64(fEndOfFile)
	default:
		return false
	}
	return true
}

func basic(c *wire.Codec) {
	fourTimes(c)
	c.Show32(fExtAttributes)
}

func standard(c *wire.Codec) {
	c.Show64(fAlloc64)
	c.Show64(fEndOfFile)
	c.Show32(fLinks)
	c.Show8(fDeletePending)
	c.Show8(fDirectory)
}

func nameInfo(c *wire.Codec) { c.Bytes(tFile.unicode, int(c.Show32(fNameLength))) }

// queryLevel walks the data of QUERY_PATH_INFORMATION and
// QUERY_FILE_INFORMATION, [MS-CIFS] 2.2.8.3.
func queryLevel(c *wire.Codec, f *Facts) {
	switch f.InfoClass {
	case infoStandard, infoEASize:
		threeTimes(c)
		c.Show32(fDataSize)
		c.Show32(fAllocation)
		c.Show16(fFileAttributes)
		if f.InfoClass == infoEASize {
			c.Show32(fEALength)
		}
		return
	case infoEAsFrom, infoAllEAs:
		eaList(c)
		return
	}
	if unixQuery(c, f) {
		return
	}
	class := native(f.InfoClass, &queryClasses)
	if fileInfo(c, class) {
		return
	}
	switch class {
	case 0:
	case classStandard:
		standard(c)
	case classEA:
		c.Show32(fEALength)
	case className, classAltName:
		nameInfo(c)
	case classAll:
		if f.InfoClass >= passClass && nativeAll(c) {
			fscc.File(c, class, false)
			return
		}
		basic(c)
		c.Bytes(fReserved, 4)
		standard(c)
		c.Bytes(fReserved, 2)
		c.Show32(fEALength)
		nameInfo(c)
	case classStream:
		c.Chain(func(c *wire.Codec) {
			c.Begin(fStream)
			c.Show32(fNextEntry)
			n := int(c.Show32(fStreamNameLen))
			c.Show64(fStreamSize)
			c.Show64(fAlloc64)
			c.Bytes(fStreamName, n)
			c.Finish()
		})
	default:
		fscc.File(c, class, false)
	}
}

// setLevel walks the data of SET_PATH_INFORMATION and SET_FILE_INFORMATION,
// [MS-CIFS] 2.2.8.4.
func setLevel(c *wire.Codec, f *Facts) {
	switch f.InfoClass {
	case infoStandard:
		threeTimes(c)
		return
	case infoEASize, infoAllEAs:
		eaList(c)
		return
	}
	if unixSet(c, f) {
		return
	}
	class := native(f.InfoClass, &setClasses)
	if fileInfo(c, class) {
		return
	}
	switch class {
	case 0:
	case classDispose:
		if f.InfoClass >= passClass {
			c.Show8(fDispose)
		} else {
			c.Show8(fDelete)
		}
	case classRename:
		c.Show32(fReplace)
		c.Show32(fRootHandle)
		c.Bytes(fTargetName, int(c.Show32(fTargetNameLen)))
	default:
		fscc.File(c, class, true)
	}
}

// queryFSLevel walks the data of QUERY_FS_INFORMATION, [MS-CIFS] 2.2.8.2.
func queryFSLevel(c *wire.Codec, f *Facts) {
	switch f.InfoClass {
	case fsAllocation:
		c.Show32(fFSID)
		c.Show32(fSectors)
		c.Show32(fFSUnits)
		c.Show32(fAvailable)
		c.Show16(fSectorSize)
		return
	case fsVolume:
		c.Show32(fSerial)
		c.Show8(fLabelLength)
		tLabel.sized(c, f, c.Left())
		return
	case unixBasic:
		unixVersion(c)
		return
	case unixWhoami:
		whoami(c)
		return
	case posixFS:
		posixSystem(c)
		return
	}
	switch class := native(f.InfoClass, &fsClasses); class {
	case 0:
	case fsClassVolume:
		c.Show64(fCreateTime)
		c.Show32(fSerial)
		n := int(c.Show32(fLabelLength))
		c.Bytes(fReserved, 2)
		c.Bytes(tLabel.unicode, n)
	case fsClassLabel:
		c.Bytes(tLabel.unicode, int(c.Show32(fLabelLength)))
	case fsClassSize:
		c.Show64(fAlloc64)
		c.Show64(fFreeAlloc)
		c.Show32(fSectors)
		c.Show32(fSectorSize)
	case fsClassDevice:
		c.Show32(fDeviceType)
		c.Show32(fDevice)
	case fsClassAttr:
		c.Show32(fFSAttributes)
		c.Show32(fMaxNameLen)
		c.Bytes(fFSName, int(c.Show32(fFSNameLen)))
	case fsClassFull:
		c.Show64(fAlloc64)
		c.Show64(fCallerFree)
		c.Show64(fActualFree)
		c.Show32(fSectors)
		c.Show32(fSectorSize)
	default:
		fscc.System(c, class)
	}
}

// setFSLevel walks the data of SET_FS_INFORMATION, [MS-SMB] 2.2.6.4.
func setFSLevel(c *wire.Codec, f *Facts) {
	switch class := native(f.InfoClass, &fsClasses); {
	case f.InfoClass == unixBasic:
		posixNode(c, unixVersion)
	case f.InfoClass == fsEncryption:
		securityBlob(c, f, c.Left())
	case class != 0:
		fscc.System(c, class)
	}
}

// unixVersion is the version of the UNIX extensions and what of them is there.
func unixVersion(c *wire.Codec) {
	c.Show16(fUnixMajor)
	c.Show16(fUnixMinor)
	if b := c.Peek(8); len(b) == 8 {
		c.BeginLen(fUnixCaps, 8, binary.LittleEndian.Uint64(b))
		c.Show32(fUnixCapsLow)
		c.Bytes(fReserved, 4)
		c.Done()
	}
}

// unixFile walks the UNIX extensions' basic and second file information.
func unixFile(c *wire.Codec, level uint8) {
	c.Show64(fUnixSize)
	c.Show64(fUnixBytes)
	c.Show64(fUnixStatus)
	c.Show64(fUnixAccess)
	c.Show64(fUnixModified)
	c.Show64(fUnixUID)
	c.Show64(fUnixGID)
	c.Show32(fUnixType)
	c.Show64(fUnixDevMajor)
	c.Show64(fUnixDevMinor)
	c.Show64(fUnixID)
	c.Show64(fUnixPerms)
	c.Show64(fUnixLinks)
	if level == unixInfo2 {
		c.Show64(fUnixCreated)
		c.Show32(fUnixFlags)
		c.Show32(fUnixFlagsMask)
	}
}
