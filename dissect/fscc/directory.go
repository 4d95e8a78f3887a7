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
	case classPosix:
		entriesOf(c, fPosix, class)
	case classObjectID, classReparsePoint: // of \$Extend\$ObjId and \$Extend\$Reparse
		File(c, class, false)
	}
}

func entriesOf(c *wire.Codec, d *field.Def, class uint8) {
	c.Chain(func(c *wire.Codec) {
		c.Begin(d)
		c.Show32(NextEntry)
		c.Show32(fFileIndex)
		if class == classPosix {
			posix(c)
		} else {
			directoryEntry(c, class)
		}
		c.Finish()
	})
}

// directoryEntry is [MS-FSCC] 2.4.8, 2.4.10, 2.4.15, 2.4.18 to 2.4.25 and
// 2.4.33, behind FileIndex: the classes differ in what stands before the name.
func directoryEntry(c *wire.Codec, class uint8) {
	if class != classNames {
		times(c)
		c.Show64(EndOfFile)
		c.Show64(AllocationSize)
		c.Show32(Attributes)
	}
	n := int(c.Show32(NameLength))
	if class != classNames && class != classDirectory && class != classIDGlobalTx {
		c.Show32(fEASize)
	}
	switch class {
	case classBothDirectory:
		shortName(c)
	case classIDBothDirectory:
		shortName(c)
		c.Bytes(Reserved, 2)
		c.Show64(FileID64)
	case classIDFullDirectory:
		c.Bytes(Reserved, 4)
		c.Show64(FileID64)
	case classIDExtdDirectory:
		c.Show32(Tag)
		c.Bytes(fID128, 16)
	case classIDExtdBoth:
		c.Show32(Tag)
		c.Bytes(fID128, 16)
		shortName(c)
	case classIDGlobalTx:
		c.Show64(FileID64)
		c.GUID(fLockingTx)
		c.Show32(fTxFlags)
	case classID64Extd, classID64ExtdBoth, classIDAllExtd, classIDAllExtdBoth:
		c.Show32(Tag)
		c.Show64(FileID64)
		if class == classIDAllExtd || class == classIDAllExtdBoth {
			c.Bytes(fID128, 16)
		}
		if class == classID64ExtdBoth || class == classIDAllExtdBoth {
			shortName(c)
		}
	}
	text(c, FileName, n)
}

func shortName(c *wire.Codec) {
	n := int(c.Show8(fShortNameLen))
	c.Bytes(Reserved, 1)
	c.Within(min(shortNameSize, c.Left()), func(c *wire.Codec) { text(c, fShortName, n) })
}

// Notify walks a list of changes, [MS-FSCC] 2.7.1.
func Notify(c *wire.Codec) {
	c.Chain(func(c *wire.Codec) {
		c.BeginLen(fNotify, c.Left(), 0)
		c.Show32(fNotifyNext)
		c.Show32(fAction)
		n := int(c.Show32(NameLength))
		text(c, FileName, n)
		c.Done()
	})
}
