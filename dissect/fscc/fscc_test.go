package fscc

import (
	"fmt"
	"strings"
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

func show(b string, status uint32, walk func(*wire.Codec)) string {
	var tr field.Tree
	var c wire.Codec
	tr.Reset([]byte(b), len(b))
	c.Env.Status = status
	c.Reset([]byte(b), &tr)
	walk(&c)
	tr.Cover()
	var out strings.Builder
	for i := range tr.Nodes {
		if n := &tr.Nodes[i]; n.Def.Kind != field.Struct {
			fmt.Fprintf(&out, "%s=%s|", n.Def.Name, tr.Show(i))
		}
	}
	return out.String()
}

func file(class uint8) func(*wire.Codec) {
	return func(c *wire.Codec) { File(c, class, false) }
}

const zeros = "\x00\x00\x00\x00\x00\x00\x00\x00"

// TestClasses has the classes that samples of SMB2 traffic seldom show.
func TestClasses(t *testing.T) {
	for _, test := range []struct {
		name string
		b    string
		walk func(*wire.Codec)
		want string
	}{
		{"pipe", "\x01\x00\x00\x00\x00\x00\x00\x00", file(classPipe),
			"smb2.pipe.read_mode=FILE_PIPE_MESSAGE_MODE (1)|smb2.pipe.completion_mode=FILE_PIPE_QUEUE_OPERATION (0)|"},
		{"identity", "\x02\x00\x00\x00\x00\x00\x00\x00" + zeros + "\x01" + zeros[1:], file(classID),
			"smb2.volume_serial=0x0000000000000002|smb2.file_id_128=00000000000000000100000000000000|"},
		{"posix disposition", "\x03\x00\x00\x00", file(classDispositionEx),
			"smb2.disposition.flags=FILE_DISPOSITION_DELETE|FILE_DISPOSITION_POSIX_SEMANTICS (0x00000003)|"},
		{"attribute tag", "\x00\x04\x00\x00\x0c\x00\x00\xa0", file(classAttributeTag), "smb.attribute=0x00000400|smb.reparse_tag=SYMLINK (0xa000000c)|"},
		{"unknown class", "\x01\x02", file(250), "smbdiff.unparsed=0102|"},
		{"sector size", "\x00\x02\x00\x00\x00\x10\x00\x00\x00\x10\x00\x00\x00\x10\x00\x00\x03" + zeros + "\x00\x00\x00", func(c *wire.Codec) { System(c, systemSectorSize) },
			"smb2.fs_sector.logical=512|smb2.fs_sector.physical_atomicity=4096|smb2.fs_sector.physical_performance=4096|" +
				"smb2.fs_sector.effective_atomicity=4096|smb2.fs_sector.flags=0x00000003|smb2.fs_sector.alignment=0|smb2.fs_sector.partition_alignment=0|"},
		{"names", "\x10\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00a\x00\x00\x00" + zeros + "\x02\x00\x00\x00b\x00", func(c *wire.Codec) { Directory(c, classNames) },
			"smb2.next_offset=16|smb2.file_index=0x00000000|smb2.filename.len=2|smb2.filename=a|" +
				"smb2.next_offset=0|smb2.file_index=0x00000000|smb2.filename.len=2|smb2.filename=b|smbdiff.padding=0000|"},
		{"notify", "\x00\x00\x00\x00\x05\x00\x00\x00\x02\x00\x00\x00n\x00", new(Changes).Walk,
			"smb2.notify.next_offset=0x00000000|smb2.notify.action=FILE_ACTION_RENAMED_NEW_NAME (5)|smb2.filename.len=2|smb2.filename=n|"},
		{"character device", "\x14\x00\x00\x80\x10\x00\x00\x00CHR\x00\x00\x00\x00\x00\x08\x00\x00\x00\x01\x00\x00\x00", Reparse,
			"smb2.reparse_tag=NFS (0x80000014)|smb2.reparse_data_length=16|smb2.reserved=0000|smb2.nfs.type=NFS_SPECFILE_CHR (0x0000000000524843)|" +
				"smb2.nfs.char.major=0x00000008|smb2.nfs.char.minor=0x00000001|"},
	} {
		if got := show(test.b, 0, test.walk); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}

// TestOverflow checks that a name may be cut when the status says so, and is a
// finding otherwise.
func TestOverflow(t *testing.T) {
	const b = "\x08\x00\x00\x00a\x00b\x00"
	if got := show(b, statusBufferOverflow, file(classAlternateName)); got != "smb.file_name_len=8|smb.file=ab|" {
		t.Error(got)
	}
	if got := show(b, 0, file(classAlternateName)); !strings.Contains(got, "smbdiff.problem=") {
		t.Error(got)
	}
}

func TestRenameGivesName(t *testing.T) {
	b := "\x01" + zeros + zeros[:7] + "\x04\x00\x00\x00a\x00b\x00"
	var c wire.Codec
	c.Reset([]byte(b), nil)
	if got := string(field.AppendUTF16(nil, File(&c, classRename, true))); got != "ab" || !Names(classRename) || Names(classAll) {
		t.Errorf("got %q", got)
	}
}

func TestNameTables(t *testing.T) {
	for _, list := range []field.Values{fileClasses, systemClasses, reparseTags, nfsTypes, alignments, CompressionFormats} {
		for i := 1; i < len(list); i++ {
			if list[i].V <= list[i-1].V {
				t.Errorf("%s does not come after %s", list[i].Name, list[i-1].Name)
			}
		}
	}
	if FileClassName(18) != "FileAllInformation" || SystemClassName(5) != "FileFsAttributeInformation" || FileClassName(0) != "" {
		t.Error("class names")
	}
}
