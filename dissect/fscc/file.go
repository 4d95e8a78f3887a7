package fscc

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// File walks what a file information class holds, [MS-FSCC] 2.4, up to the end
// that the codec has. It gives the new name of a rename or link. In SET_INFO
// requests set is true.
func File(c *wire.Codec, class uint8, set bool) (name []byte) {
	if !set && class == classRename {
		return nil
	}
	switch {
	case IsDirectory(class) && class != ClassPosix:
		Directory(c, class)
		return nil
	case class == classQuota:
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
		r := Rename{Ex: class == classRenameEx || class == classLinkEx}
		r.Walk(c)
		name = r.Name
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
	if class == ClassPosix {
		return entry{fPosix, func(c *wire.Codec) { new(Posix).Walk(c) }}, true
	}
	if int(class) >= len(entries) || entries[class].def == nil {
		return entry{}, false
	}
	return entries[class], true
}

var entries = [...]entry{
	classBasic:           {fBasic, func(c *wire.Codec) { new(Basic).Walk(c) }},
	classStandard:        {fStandard, func(c *wire.Codec) { new(Standard).Walk(c) }},
	classInternal:        {fInternal, func(c *wire.Codec) { new(Internal).Walk(c) }},
	classEA:              {fEA, func(c *wire.Codec) { new(EASize).Walk(c) }},
	classAccess:          {fAccess, func(c *wire.Codec) { new(Access).Walk(c) }},
	className:            {fName, func(c *wire.Codec) { new(NameInfo).Walk(c) }},
	classRename:          {fRename, nil},
	classLink:            {fLink, nil},
	classDisposition:     {fDisposition, func(c *wire.Codec) { new(Disposition).Walk(c) }},
	classPosition:        {fPosition, func(c *wire.Codec) { new(Position).Walk(c) }},
	classFullEA:          {fFullEA, func(c *wire.Codec) { new(EAs).Walk(c) }},
	classMode:            {fMode, func(c *wire.Codec) { new(Mode).Walk(c) }},
	classAlignment:       {fAlignment, func(c *wire.Codec) { new(Alignment).Walk(c) }},
	classAll:             {fAll, func(c *wire.Codec) { new(All).Walk(c) }},
	classAllocation:      {fAllocation, func(c *wire.Codec) { new(Allocation).Walk(c) }},
	classEndOfFile:       {fEndOfFile, func(c *wire.Codec) { new(End).Walk(c) }},
	classAlternateName:   {fAlternateName, func(c *wire.Codec) { new(NameInfo).Walk(c) }},
	classStream:          {fStream, func(c *wire.Codec) { new(Streams).Walk(c) }},
	classPipe:            {fPipe, func(c *wire.Codec) { new(Pipe).Walk(c) }},
	classPipeLocal:       {fPipeLocal, func(c *wire.Codec) { new(PipeLocal).Walk(c) }},
	classPipeRemote:      {fPipeRemote, pipeRemote},
	classMailslotQuery:   {fMailslotQuery, mailslotQuery},
	classMailslotSet:     {fMailslotSet, mailslotSet},
	classCompression:     {fCompression, func(c *wire.Codec) { new(Compression).Walk(c) }},
	classObjectID:        {fObjectID, objectIDs},
	classReparsePoint:    {fAttributeTag, reparsePoint},
	classNetworkOpen:     {fNetworkOpen, func(c *wire.Codec) { new(NetworkOpen).Walk(c) }},
	classAttributeTag:    {fAttributeTag, func(c *wire.Codec) { new(AttributeTag).Walk(c) }},
	classTracking:        {fTracking, tracking},
	classSfioReserve:     {fSfio, sfioReserve},
	classHardLink:        {fHardLink, hardLinks},
	classStandardLink:    {fStdLink, standardLink},
	classStat:            {fStat, stat},
	classStatLx:          {fStatLx, statLx},
	classStorageReserve:  {fReserve, func(c *wire.Codec) { c.Show32(fReserveID) }},
	classValidDataLength: {fValidLength, func(c *wire.Codec) { c.Show64(fValidData) }},
	classShortName:       {fShortNameInfo, func(c *wire.Codec) { new(NameInfo).Walk(c) }},
	classNormalizedName:  {fNormalized, func(c *wire.Codec) { new(NameInfo).Walk(c) }},
	classID:              {fIDInfo, func(c *wire.Codec) { new(Identity).Walk(c) }},
	classDispositionEx:   {fDisposition, func(c *wire.Codec) { new(DispositionEx).Walk(c) }},
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

// reparsePoint is [MS-FSCC] 2.4.44, an array, each aligned to 8 bytes.
func reparsePoint(c *wire.Codec) {
	for c.Left() >= 12 {
		c.Show64(fFileReference)
		c.Show32(fReparseTag1)
		c.Bytes(fReserved1, min(4, c.Left()))
	}
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

func objectID(c *wire.Codec) { new(ObjectIDs).Walk(c) }
