package fscc

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fDirectoryEntry = &field.Def{Name: "smb2.find.file_directory_info", Label: "FileDirectoryInformation"}
	fFullEntry      = &field.Def{Name: "smb2.find.full_directory_info", Label: "FileFullDirectoryInformation"}
	fBothEntry      = &field.Def{Name: "smb2.find.both_directory_info", Label: "FileBothDirectoryInformation"}
	fNamesEntry     = &field.Def{Name: "smb2.find.both_directory_info", Label: "FileNamesInformation"}
	fIDBothEntry    = &field.Def{Name: "smb2.find.id_both_directory_info", Label: "FileIdBothDirectoryInformation"}
	fIDFullEntry    = &field.Def{Name: "smb2.find.id_both_directory_info", Label: "FileIdFullDirectoryInformation"}
	fIDExtdEntry    = &field.Def{Name: "smb2.find.id_extd_directory_info", Label: "FileIdExtdDirectoryInformation"}
	fIDExtdBoth     = &field.Def{Name: "smb2.find.id_extd_both_directory_info", Label: "FileIdExtdBothDirectoryInformation"}

	fFileIndex    = &field.Def{Name: "smb2.file_index", Label: "FileIndex", Kind: field.Hex}
	fShortNameLen = &field.Def{Name: "smb2.short_name_len", Label: "ShortNameLength", Kind: field.Uint}
	fShortName    = &field.Def{Name: "smb2.shortname", Label: "ShortName", Kind: field.UTF16}

	fNotify     = &field.Def{Name: "smb2.notify.info", Label: "FILE_NOTIFY_INFORMATION"}
	fNotifyNext = &field.Def{Name: "smb2.notify.next_offset", Label: "NextEntryOffset", Kind: field.Hex}
	fAction     = &field.Def{Name: "smb2.notify.action", Label: "Action", Kind: field.Enum, Values: field.Values{
		{V: 1, Name: "FILE_ACTION_ADDED"}, {V: 2, Name: "FILE_ACTION_REMOVED"}, {V: 3, Name: "FILE_ACTION_MODIFIED"},
		{V: 4, Name: "FILE_ACTION_RENAMED_OLD_NAME"}, {V: 5, Name: "FILE_ACTION_RENAMED_NEW_NAME"}, {V: 6, Name: "FILE_ACTION_ADDED_STREAM"},
		{V: 7, Name: "FILE_ACTION_REMOVED_STREAM"}, {V: 8, Name: "FILE_ACTION_MODIFIED_STREAM"}, {V: 9, Name: "FILE_ACTION_REMOVED_BY_DELETE"},
		{V: 10, Name: "FILE_ACTION_ID_NOT_TUNNELLED"}, {V: 11, Name: "FILE_ACTION_TUNNELLED_ID_COLLISION"}}}
)

// reparsePointAttribute is FILE_ATTRIBUTE_REPARSE_POINT, [MS-FSCC] 2.6.
const reparsePointAttribute = 0x400

// shortNameSize is the room that entries keep for a short name.
const shortNameSize = 24

// Directory walks the entries of a directory, [MS-FSCC] 2.4.
func Directory(c *wire.Codec, class uint8) {
	switch class {
	case classDirectory:
		entriesOf(c, fDirectoryEntry, class)
	case classFullDirectory:
		entriesOf(c, fFullEntry, class)
	case classBothDirectory:
		entriesOf(c, fBothEntry, class)
	case classNames:
		entriesOf(c, fNamesEntry, class)
	case classIDBothDirectory:
		entriesOf(c, fIDBothEntry, class)
	case classIDFullDirectory:
		entriesOf(c, fIDFullEntry, class)
	case classIDExtdDirectory:
		entriesOf(c, fIDExtdEntry, class)
	case classIDExtdBoth:
		entriesOf(c, fIDExtdBoth, class)
	case classIDGlobalTx:
		entriesOf(c, fGlobalTx, class)
	case classID64Extd:
		entriesOf(c, fID64Extd, class)
	case classID64ExtdBoth:
		entriesOf(c, fID64Both, class)
	case classIDAllExtd:
		entriesOf(c, fIDAllExtd, class)
	case classIDAllExtdBoth:
		entriesOf(c, fIDAllBoth, class)
	case ClassPosix:
		entriesOf(c, fPosix, class)
	case classObjectID, classReparsePoint: // of \$Extend\$ObjId and \$Extend\$Reparse
		File(c, class, false)
	}
}

func entriesOf(c *wire.Codec, d *field.Def, class uint8) {
	c.Chain(func(c *wire.Codec) {
		c.Begin(d)
		new(DirectoryEntry).walk(c, class)
		c.Finish()
	})
}

// Listing is entries of a directory in one of the classes of [MS-FSCC] 2.4.8,
// 2.4.10, 2.4.15, 2.4.18 to 2.4.25 and 2.4.33.
type Listing struct {
	Class   uint8
	Entries []DirectoryEntry
}

// DirectoryEntry is an entry of any class. Each class has some of it.
type DirectoryEntry struct {
	Index      uint32
	Times      Times
	EndOfFile  uint64 // bytes
	Allocation uint64 // bytes
	Attributes uint32
	EASize     uint32 // or the tag, where its class has no place for one
	ShortName  []byte // UTF-16LE, 24 bytes at most
	FileID     uint64
	FileID128  [16]byte
	Tag        uint32 // of a reparse point
	Name       []byte // UTF-16LE
	Posix      Posix  // all of an entry of ClassPosix
}

// Walk reads or writes the entries.
func (x *Listing) Walk(c *wire.Codec) {
	c.Entries(len(x.Entries), 8, func(c *wire.Codec, i int) {
		e := wire.Nth(c, x.Entries, i)
		e.walk(c, x.Class)
		wire.Keep(c, &x.Entries, e)
	})
}

// walk is an entry: the classes differ in what stands before the name.
func (e *DirectoryEntry) walk(c *wire.Codec, class uint8) {
	c.Show32(NextEntry)
	wire.U32(c, fFileIndex, &e.Index)
	if class == ClassPosix {
		e.Posix.Walk(c)
		return
	}
	if class != classNames {
		e.Times.Walk(c)
		wire.U64(c, EndOfFile, &e.EndOfFile)
		wire.U64(c, AllocationSize, &e.Allocation)
		wire.U32(c, Attributes, &e.Attributes)
	}
	n := int(c.Const32(NameLength, uint32(len(e.Name))))
	if class != classNames && class != classDirectory && class != classIDGlobalTx {
		wire.U32(c, sizeOrTag(class, e.Attributes), &e.EASize)
	}
	switch class {
	case classBothDirectory:
		e.walkShort(c)
	case classIDBothDirectory:
		e.walkShort(c)
		c.Bytes(Reserved, 2)
		wire.U64(c, FileID64, &e.FileID)
	case classIDFullDirectory:
		c.Bytes(Reserved, 4)
		wire.U64(c, FileID64, &e.FileID)
	case classIDExtdDirectory:
		wire.U32(c, Tag, &e.Tag)
		c.Array(fID128, &e.FileID128)
	case classIDExtdBoth:
		wire.U32(c, Tag, &e.Tag)
		c.Array(fID128, &e.FileID128)
		e.walkShort(c)
	case classIDGlobalTx:
		wire.U64(c, FileID64, &e.FileID)
		c.GUID(fLockingTx)
		c.Show32(fTxFlags)
	case classID64Extd, classID64ExtdBoth, classIDAllExtd, classIDAllExtdBoth:
		wire.U32(c, Tag, &e.Tag)
		wire.U64(c, FileID64, &e.FileID)
		if class == classIDAllExtd || class == classIDAllExtdBoth {
			c.Array(fID128, &e.FileID128)
		}
		if class == classID64ExtdBoth || class == classIDAllExtdBoth {
			e.walkShort(c)
		}
	}
	name(c, FileName, n, &e.Name)
}

// sizeOrTag is the field EaSize, in which entries with a reparse point have its
// tag in the classes of [MS-FSCC] 2.4.8, 2.4.15, 2.4.22 and 2.4.24.
func sizeOrTag(class uint8, attributes uint32) *field.Def {
	switch class {
	case classFullDirectory, classBothDirectory, classIDBothDirectory, classIDFullDirectory:
		if attributes&reparsePointAttribute != 0 {
			return Tag
		}
	}
	return fEASize
}

func (e *DirectoryEntry) walkShort(c *wire.Codec) {
	n := int(c.Const8(fShortNameLen, uint8(len(e.ShortName))))
	c.Bytes(Reserved, 1)
	c.Fixed(shortNameSize, func(c *wire.Codec) { name(c, fShortName, n, &e.ShortName) })
}

// IsDirectory reports whether an information class is one of Listing.
func IsDirectory(class uint8) bool {
	switch class {
	case classDirectory, classFullDirectory, classBothDirectory, classNames, classIDBothDirectory, classIDFullDirectory, classIDExtdDirectory,
		classIDExtdBoth, classIDGlobalTx, classID64Extd, classID64ExtdBoth, classIDAllExtd, classIDAllExtdBoth, ClassPosix:
		return true
	}
	return false
}

// Changes is a list of changes in a directory, [MS-FSCC] 2.7.1.
type Changes struct{ List []Change }

// Change is FILE_NOTIFY_INFORMATION.
type Change struct {
	Action uint32
	Name   []byte // UTF-16LE
}

// Walk reads or writes the list. Inlined elsewhere it would have x on the heap.
//
//go:noinline
func (x *Changes) Walk(c *wire.Codec) {
	c.Entries(len(x.List), 4, func(c *wire.Codec, i int) {
		e := wire.Nth(c, x.List, i)
		c.BeginLen(fNotify, c.Left(), 0)
		c.Show32(fNotifyNext)
		wire.U32(c, fAction, &e.Action)
		n := int(c.Const32(NameLength, uint32(len(e.Name))))
		name(c, FileName, n, &e.Name)
		c.Done()
		wire.Keep(c, &x.List, e)
	})
}
