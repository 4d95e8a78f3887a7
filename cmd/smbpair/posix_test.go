package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/cmd/smbpair/internal/client"
	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

// symlink is a Symbolic Link Reparse Data Buffer, [MS-FSCC] 2.1.2.4, that goes to a
// path relative to its own.
func symlink(to string) []byte {
	name := wire.AppendUTF16(nil, to)
	return fscc.Append(nil, &fscc.ReparsePoint{Tag: fscc.TagSymlink, Data: fscc.Append(nil, &fscc.Link{Symbolic: true, Flags: fscc.LinkRelative, Substitute: name, Print: name})})
}

// TestReparsePoints sets, gets and deletes reparse points, and runs into them.
func TestReparsePoints(t *testing.T) {
	const set, get, del = 0x000900a4, 0x000900a8, 0x000900ac
	port, _ := serveShare(t, t.TempDir())
	tree := dial(t, port)
	open := func(path string, options uint32) (*client.File, error) {
		return tree.Create(path, client.Open{Access: soakAccess, Share: 7, Disposition: proto.OpenIf, Options: options})
	}
	want := func(err error, status string) {
		t.Helper()
		if status == "" && err != nil || status != "" && (err == nil || !strings.Contains(err.Error(), status)) {
			t.Errorf("%v, want %q", err, status)
		}
	}
	link, err := open("link", proto.OptReparsePoint)
	if err != nil {
		t.Fatal(err)
	}
	_, err = link.Ioctl(get, nil, 1000)
	want(err, "STATUS_NOT_A_REPARSE_POINT")
	data := symlink("target")
	for _, bad := range [][]byte{nil, data[:10], data[:len(data)-1], make([]byte, 8), append(symlink("x")[:14:14], 0xff, 0xff, 1, 0, 0, 0, 0, 0)} {
		if _, err := link.Ioctl(set, bad, 0); err == nil {
			t.Errorf("%x is taken", bad)
		}
	}
	_, err = link.Ioctl(set, data, 0)
	want(err, "")
	got, err := link.Ioctl(get, nil, 1000)
	if err != nil || string(got) != string(data) {
		t.Errorf("%x, %v, want %x", got, err, data)
	}
	if tag, err := link.Query(1, 35, 0, 8); err != nil || binary.LittleEndian.Uint32(tag)&0x400 == 0 || binary.LittleEndian.Uint32(tag[4:]) != 0xa000000c {
		t.Errorf("attributes and tag: %x, %v", tag, err)
	}
	for _, path := range []string{"link", "link/below/it"} {
		_, err = open(path, 0)
		want(err, "STATUS_STOPPED_ON_SYMLINK")
	}
	other := append([]byte{0x14, 0, 0, 0x80, 8, 0, 0, 0}, "LNK\x01\x00\x00\x00\x00"...)
	_, err = link.Ioctl(set, other, 0)
	want(err, "STATUS_IO_REPARSE_TAG_MISMATCH")
	_, err = link.Ioctl(del, other[:8], 0)
	want(err, "STATUS_IO_REPARSE_DATA_INVALID")
	_, err = link.Ioctl(del, []byte{0x0c, 0, 0, 0xa0, 0, 0, 0, 0}, 0)
	want(err, "")
	_, err = link.Ioctl(set, other, 0)
	want(err, "")
	_, err = open("link", 0)
	want(err, "STATUS_IO_REPARSE_TAG_NOT_HANDLED")
	link.Close()
}

// TestFolderStaysIn holds that neither names nor links lead out of a share's folder.
func TestFolderStaysIn(t *testing.T) {
	outside, inside := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"file": filepath.Join(outside, "secret"), "dir": outside, "up": "..", "dev": "/dev/zero"} {
		if err := os.Symlink(to, filepath.Join(inside, name)); err != nil {
			t.Fatal(err)
		}
	}
	port, _ := serveShare(t, inside)
	tree := dial(t, port)
	for _, path := range []string{"file", `dir\secret`, `up\secret`, `..\secret`, `x\..\..\secret`, "dev", `dir\..\secret`, "file::$DATA"} {
		f, err := tree.Create(path, client.Open{Access: 0x120089, Share: 7, Disposition: proto.OpenExisting})
		if err == nil {
			b, _ := f.Read(0, 100)
			t.Errorf("%s is open and holds %q", path, b)
		}
	}
	for _, path := range []string{`dir\new`, `up\new`, `..\new`, "dir"} {
		if _, err := tree.Create(path, client.Open{Access: soakAccess, Share: 7, Disposition: proto.CreateNew}); err == nil && path != "dir" {
			t.Errorf("%s is made", path)
		}
	}
	if list, err := os.ReadDir(outside); err != nil || len(list) != 1 {
		t.Errorf("outside of the share there is %v, %v", list, err)
	}
}
