package smb2

import (
	"encoding/binary"
	"strings"
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// response puts a header of a response before body.
func response(command Command, status uint32, body string) []byte {
	msg := make([]byte, HeaderSize, HeaderSize+len(body))
	copy(msg, "\xfeSMB\x40\x00")
	binary.LittleEndian.PutUint32(msg[8:], status)
	binary.LittleEndian.PutUint16(msg[12:], uint16(command))
	msg[16] = byte(FlagResponse)
	return append(msg, body...)
}

// symlink is [MS-SMB2] 2.2.2.2.1 for the target b\x with the print name x.
const symlink = "\x26\x00\x00\x00SYML\x0c\x00\x00\xa0\x1a\x00\x04\x00" +
	"\x00\x00\x06\x00\x06\x00\x02\x00\x01\x00\x00\x00" + "b\x00\\\x00x\x00" + "x\x00" + "\x00\x00\x00\x00\x00\x00"

func TestErrorForms(t *testing.T) {
	for _, test := range []struct {
		name    string
		command Command
		status  uint32
		env     wire.Env
		body    string
		want    []string // NAME=SHOW
	}{
		{"symbolic link", Create, statusStoppedOnSymlink, wire.Env{}, "\x09\x00\x00\x00\x2a\x00\x00\x00" + symlink,
			[]string{"smb2.error.byte_count=42", "smb2.symlink.length=38", "smb2.reparse_tag=SYMLINK (0xa000000c)", "smb2.symlink.unparsed_path_length=4",
				`smb2.symlink.substitute_name=b\x`, "smb2.symlink.print_name=x", "smb2.symlink.flags=SYMLINK_FLAG_RELATIVE (1)"}},
		{"symbolic link in a context", Create, statusStoppedOnSymlink, wire.Env{},
			"\x09\x00\x01\x00\x32\x00\x00\x00" + "\x2a\x00\x00\x00\x00\x00\x00\x00" + symlink,
			[]string{"smb2.error.context_count=1", "smb2.error.context.length=42", "smb2.error.context.id=ERROR_ID_DEFAULT (0)", `smb2.symlink.substitute_name=b\x`}},
		{"share redirect", TreeConnect, 0xc00000cc, wire.Env{},
			"\x09\x00\x01\x00\x40\x00\x00\x00" + "\x38\x00\x00\x00SRdr" + "\x38\x00\x00\x00\x03\x00\x00\x00\x30\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00" +
				"\x01\x00\x00\x00" + "\x01\x00\x00\x00\x00\x00\x00\x00\x0a\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "s\x00v\x00" + "\x00\x00\x00\x00",
			[]string{"smb2.error.context.id=ERROR_ID_SHARE_REDIRECT (0x72645253)", "smb2.error.share_redirect.ip_count=1",
				"smb2.error.share_redirect.ipv4=10.0.0.2", "smb2.error.share_redirect.res_name=sv"}},
		{"buffer too small", Ioctl, statusBufferTooSmall, wire.Env{}, "\x09\x00\x00\x00\x04\x00\x00\x00\x2c\x01\x00\x00",
			[]string{"smb2.error.byte_count=4", "smb2.error.min_buf_length=300"}},
		{"buffer too small, query", QueryInfo, statusBufferTooSmall, wire.Env{InfoType: infoFile, InfoClass: 18}, "\x09\x00\x00\x00\x04\x00\x00\x00\x2c\x01\x00\x00",
			[]string{"smb2.class=SMB2_0_INFO_FILE (1)", "smb2.required_size=300"}},
		{"overflow keeps the query's form", QueryInfo, statusBufferOverflow, wire.Env{InfoType: infoFile, InfoClass: 21},
			"\x09\x00\x48\x00\x06\x00\x00\x00" + "\x08\x00\x00\x00a\x00", []string{"smb2.olb.length=6", "smb.file_name_len=8", "smb.file=a"}},
		{"no more files", QueryDirectory, 0x80000006, wire.Env{InfoClass: 37}, "\x09\x00\x00\x00\x00\x00\x00\x00\x00", []string{"smb2.error.data=00"}},
		{"pending", Read, 0x103, wire.Env{}, "\x09\x00\x00\x00\x00\x00\x00\x00\x21", []string{"smb2.error.byte_count=0", "smb2.error.data=21"}},
		{"enumerate", ChangeNotify, statusNotifyEnumDir, wire.Env{}, "\x09\x00\x48\x00\x00\x00\x00\x00", []string{"smb2.olb.offset=0x0048"}},
		{"copychunk limits", Ioctl, 0xc000000d, wire.Env{},
			"\x31\x00\x00\x00\xf2\x40\x14\x00" + strings.Repeat("\x11", 16) + "\x70\x00\x00\x00\x00\x00\x00\x00" + "\x70\x00\x00\x00\x0c\x00\x00\x00" +
				"\x00\x00\x00\x00\x00\x00\x00\x00" + "\x00\x01\x00\x00\x00\x00\x10\x00\x00\x00\x00\x01",
			[]string{"smb2.ioctl.function=FSCTL_SRV_COPYCHUNK (0x001440f2)", "smb2.fsctl.cchunk.chunks_written=256", "smb2.fsctl.cchunk.total_written=16777216"}},
		{"session setup goes on", SessionSetup, statusMoreProcessing, wire.Env{}, "\x09\x00\x01\x00\x48\x00\x00\x00", []string{"smb2.session_flags=IS_GUEST (0x0001)"}},
		{"session closed", Notification, 0, wire.Env{}, "\x04\x00\x00\x00\x00\x00\x00\x00", []string{"smb2.notification.type=SMB2_NOTIFY_SESSION_CLOSED (0)"}},
	} {
		var w walker
		var tr field.Tree
		msg := response(test.command, test.status, test.body)
		w.walk(&tr, test.env, msg)
		check(t, &tr, test.name)
		have := map[string]bool{}
		for i := range tr.Nodes {
			have[tr.Nodes[i].Def.Name+"="+tr.Show(i)] = true
			if tr.Nodes[i].Def == field.NoteDef {
				t.Errorf("%s: problem: %s", test.name, tr.Show(i))
			}
		}
		for _, x := range test.want {
			if !have[x] {
				t.Errorf("%s: no %s in %v", test.name, x, have)
			}
		}
	}
}

func TestNames(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{InfoClassName(1, 18), "FileAllInformation"}, {InfoClassName(1, 37), "FileIdBothDirectoryInformation"},
		{InfoClassName(2, 3), "FileFsSizeInformation"}, {InfoClassName(3, 0), "SecurityInformation"}, {InfoClassName(4, 0), "FileQuotaInformation"},
		{InfoClassName(1, 200), ""}, {InfoClassName(9, 1), ""},
		{FsctlName(0x00140204), "FSCTL_VALIDATE_NEGOTIATE_INFO"}, {FsctlName(0x001401fc), "FSCTL_QUERY_NETWORK_INTERFACE_INFO"}, {FsctlName(1), ""},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
	for _, list := range []field.Values{fsctlNames, compressionNames, deviceNames, fContextType.Values, fOplock.Values, fErrorID.Values} {
		for i := 1; i < len(list); i++ {
			if list[i].V <= list[i-1].V {
				t.Errorf("%s does not come after %s", list[i].Name, list[i-1].Name)
			}
		}
	}
}
