package fscc

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/wire"
)

// File walks what a file information class holds, [MS-FSCC] 2.4, up to the end
// that the codec has. It gives the new name of a rename or link. In SET_INFO
// requests set is true.
func File(c *wire.Codec, class uint8, set bool) (name []byte) {
	if !set && class == classRename {
		return nil
	}
	switch class {
	case classDirectory, classFullDirectory, classBothDirectory, classNames, classIDBothDirectory, classIDFullDirectory,
		classIDExtdDirectory, classIDExtdBoth, classIDGlobalTx, classID64Extd, classID64ExtdBoth, classIDAllExtd, classIDAllExtdBoth:
		Directory(c, class)
		return nil
	case classQuota:
		Quota(c)
		return nil
	}
	e, ok := entryOf(class)
	if !ok {
		return nil
	}
	c.BeginLen(e.def, c.Left(), 0)
	if e.walk != nil {
		e.walk(c)
	} else {
		name = rename(c, class == classRenameEx || class == classLinkEx)
	}
	c.Rest(Unknown)
	c.Done()
	return name
}

// entry is the subtree and walk of a class; classes without a walk hold the
// name of a rename or link.
type entry struct {
	def  *field.Def
	walk func(*wire.Codec)
}

func entryOf(class uint8) (entry, bool) {
	if class == classPosix {
		return entry{fPosix, posix}, true
	}
	if int(class) >= len(entries) || entries[class].def == nil {
		return entry{}, false
	}
	return entries[class], true
}

var entries = [...]entry{
	classBasic:           {fBasic, basic},
	classStandard:        {fStandard, standard},
	classInternal:        {fInternal, func(c *wire.Codec) { c.Show64(fIndexNumber) }},
	classEA:              {fEA, func(c *wire.Codec) { c.Show32(fEAList) }},
	classAccess:          {fAccess, func(c *wire.Codec) { c.Show32(AccessMask) }},
	className:            {fName, fileName},
	classRename:          {fRename, nil},
	classLink:            {fLink, nil},
	classDisposition:     {fDisposition, func(c *wire.Codec) { c.Show8(fDeleteOnClose) }},
	classPosition:        {fPosition, func(c *wire.Codec) { c.Show64(fOffset64) }},
	classFullEA:          {fFullEA, FullEA},
	classMode:            {fMode, func(c *wire.Codec) { c.Show32(fModeBits) }},
	classAlignment:       {fAlignment, func(c *wire.Codec) { c.Show32(fAlign) }},
	classAll:             {fAll, all},
	classAllocation:      {fAllocation, func(c *wire.Codec) { c.Show64(fAllocSize) }},
	classEndOfFile:       {fEndOfFile, func(c *wire.Codec) { c.Show64(fEnd) }},
	classAlternateName:   {fAlternateName, fileName},
	classStream:          {fStream, streams},
	classPipe:            {fPipe, pipe},
	classPipeLocal:       {fPipeLocal, pipeLocal},
	classPipeRemote:      {fPipeRemote, pipeRemote},
	classMailslotQuery:   {fMailslotQuery, mailslotQuery},
	classMailslotSet:     {fMailslotSet, mailslotSet},
	classCompression:     {fCompression, compression},
	classObjectID:        {fObjectID, objectIDs},
	classReparsePoint:    {fAttributeTag, reparsePoint},
	classNetworkOpen:     {fNetworkOpen, networkOpen},
	classAttributeTag:    {fAttributeTag, attributeTag},
	classTracking:        {fTracking, tracking},
	classSfioReserve:     {fSfio, sfioReserve},
	classHardLink:        {fHardLink, hardLinks},
	classStandardLink:    {fStdLink, standardLink},
	classStat:            {fStat, stat},
	classStatLx:          {fStatLx, statLx},
	classStorageReserve:  {fReserve, func(c *wire.Codec) { c.Show32(fReserveID) }},
	classValidDataLength: {fValidLength, func(c *wire.Codec) { c.Show64(fValidData) }},
	classShortName:       {fShortNameInfo, fileName},
	classNormalizedName:  {fNormalized, fileName},
	classID:              {fIDInfo, identity},
	classDispositionEx:   {fDisposition, func(c *wire.Codec) { c.Show32(fDeleteFlags) }},
	classRenameEx:        {fRename, nil},
	classCaseSensitive:   {fCaseSensitive, func(c *wire.Codec) { c.Show32(fCaseFlags) }},
	classLinkEx:          {fLink, nil},
}

// Times are the four times that open many structures of [MS-FSCC] 2.4 and of
// [MS-SMB2] 2.2, as FILETIMEs.
type Times struct{ Creation, LastAccess, LastWrite, Change uint64 }

// Walk reads or writes the times.
func (t *Times) Walk(c *wire.Codec) {
	wire.U64(c, CreationTime, &t.Creation)
	wire.U64(c, LastAccessTime, &t.LastAccess)
	wire.U64(c, LastWriteTime, &t.LastWrite)
	wire.U64(c, ChangeTime, &t.Change)
}

func times(c *wire.Codec) { new(Times).Walk(c) }

// basic is [MS-FSCC] 2.4.7.
func basic(c *wire.Codec) {
	times(c)
	c.Show32(Attributes)
	c.Bytes(Unknown, min(4, c.Left()))
}

// standard is [MS-FSCC] 2.4.47.
func standard(c *wire.Codec) {
	c.Show64(fAllocSize)
	c.Show64(fEnd)
	c.Show32(fLinkCount)
	c.Show8(fDeletePending)
	c.Show8(fIsDirectory)
	c.Bytes(Reserved, min(2, c.Left()))
}

// all is [MS-FSCC] 2.4.2.
func all(c *wire.Codec) {
	times(c)
	c.Show32(Attributes)
	c.Bytes(Unknown, 4)
	c.Show64(AllocationSize)
	c.Show64(EndOfFile)
	c.Show32(Links)
	c.Show8(fPending)
	c.Show8(fDirectory)
	c.Bytes(Reserved, 2)
	c.Show64(fIndex64)
	c.Show32(fEASize)
	c.Show32(AccessMask)
	c.Show64(fPositionIn)
	c.Show32(fModeIn)
	c.Show32(fAlignmentIn)
	n := c.Show32(NameLength)
	text(c, FileName, int(n))
}

// fileName is [MS-FSCC] 2.4.5, 2.4.32, 2.4.35 and 2.4.46.
func fileName(c *wire.Codec) {
	n := int(c.Show32(fFileNameLen))
	text(c, fFileName, n)
}

// rename is [MS-FSCC] 2.4.28.2, 2.4.42.2 and 2.4.43.
func rename(c *wire.Codec, flags bool) []byte {
	if flags {
		c.Show32(fRenameFlags)
		c.Bytes(Reserved, 4)
	} else {
		c.Show8(fReplace)
		c.Bytes(fRandom, 7)
	}
	c.Bytes(fRoot, 8)
	n := int(c.Show32(NameLength))
	return text(c, FileName, n)
}

// streams is [MS-FSCC] 2.4.49.
func streams(c *wire.Codec) {
	c.Chain(func(c *wire.Codec) {
		c.Show32(fStreamNext)
		n := int(c.Show32(fStreamLen))
		c.Show64(fStreamSize)
		c.Show64(fAllocSize)
		text(c, fStreamName, n)
	})
}

// compression is [MS-FSCC] 2.4.9.
func compression(c *wire.Codec) {
	c.Show64(fCompSize)
	c.Show16(fCompFormat)
	c.Show8(fCompUnit)
	c.Show8(fCompChunk)
	c.Show8(fCompCluster)
	c.Bytes(fReserved1, 3)
}

// networkOpen is [MS-FSCC] 2.4.34.
func networkOpen(c *wire.Codec) {
	c.Show64(fCreated1)
	c.Show64(fAccessed1)
	c.Show64(fWritten1)
	c.Show64(fChanged1)
	c.Show64(fAllocSize)
	c.Show64(fEnd)
	c.Show32(fAttributes1)
	c.Bytes(fReserved1, 4)
}

// attributeTag is [MS-FSCC] 2.4.6.
func attributeTag(c *wire.Codec) {
	c.Show32(fAttribute1)
	c.Show32(fReparseTag1)
}

// reparsePoint is [MS-FSCC] 2.4.44, an array, each aligned to 8 bytes.
func reparsePoint(c *wire.Codec) {
	for c.Left() >= 12 {
		c.Show64(fFileReference)
		c.Show32(fReparseTag1)
		c.Bytes(fReserved1, min(4, c.Left()))
	}
}

// identity is [MS-FSCC] 2.4.26.
func identity(c *wire.Codec) {
	c.Show64(fVolumeSerial)
	c.Bytes(fID128, 16)
}

// pipe is [MS-FSCC] 2.4.37.
func pipe(c *wire.Codec) {
	c.Show32(fReadMode)
	c.Show32(fCompletionMode)
}

// pipeLocal is [MS-FSCC] 2.4.38.
func pipeLocal(c *wire.Codec) {
	c.Show32(fPipeType)
	c.Show32(fPipeConfig)
	c.Show32(fPipeMax)
	c.Show32(fPipeCurrent)
	c.Show32(fPipeInQuota)
	c.Show32(fPipeReadable)
	c.Show32(fPipeOutQuota)
	c.Show32(fPipeWritable)
	c.Show32(fPipeState)
	c.Show32(fPipeEnd)
}

// pipeRemote is [MS-FSCC] 2.4.39.
func pipeRemote(c *wire.Codec) {
	c.Show64(fCollectTime)
	c.Show32(fCollectMax)
}

// ObjectID is FILE_OBJECTID_BUFFER, [MS-FSCC] 2.1.3.1.
func ObjectID(c *wire.Codec) {
	c.Begin(fObjectID)
	objectID(c)
	c.Finish()
}

// objectIDs is [MS-FSCC] 2.4.36.1, an array.
func objectIDs(c *wire.Codec) {
	for c.Left() >= 8 {
		c.Show64(fFileReference)
		objectID(c)
	}
}

func objectID(c *wire.Codec) {
	c.GUID(fObject)
	c.GUID(fBirthVolume)
	c.GUID(fBirthObject)
	c.GUID(fDomainID)
}

// posix is the information class of the POSIX extensions.
func posix(c *wire.Codec) {
	times(c)
	c.Show64(EndOfFile)
	c.Show64(AllocationSize)
	c.Show32(Attributes)
	c.Show64(fInode)
	c.Show32(fPosixDevice)
	c.Bytes(Reserved, 4)
	c.Show32(Links)
	c.Show32(Tag)
	c.Show32(PosixPerms)
	secdesc.SID(c)
	secdesc.SID(c)
	n := int(c.Show32(NameLength))
	text(c, FileName, n)
}
