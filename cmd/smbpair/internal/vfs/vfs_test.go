package vfs

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func now() time.Time { return time.Unix(1_700_000_000, 0) }

// volumes are one of each kind.
func volumes(t *testing.T) map[string]*Volume {
	t.Helper()
	folder, err := NewFolder(t.TempDir(), 1<<20, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	return map[string]*Volume{"memory": NewMemory(1<<20, now), "folder": folder}
}

// TestNames goes through what happens to names.
func TestNames(t *testing.T) {
	for kind, v := range volumes(t) {
		dir, err := v.Root.Create("Dir", true)
		if err != nil {
			t.Fatal(kind, err)
		}
		f, err := dir.Create("File", false)
		if err != nil {
			t.Fatal(kind, err)
		}
		if got, err := dir.Child("fILE"); got != f || err != nil {
			t.Errorf("%s: the name in another case gives %v, %v", kind, got, err)
		}
		if _, err := dir.Create("FILE", false); !errors.Is(err, ErrExist) {
			t.Errorf("%s: making it again: %v", kind, err)
		}
		if err := dir.Remove(); !errors.Is(err, ErrNotEmpty) {
			t.Errorf("%s: removing a directory that is not empty: %v", kind, err)
		}
		if err := f.Rename(v.Root, "moved"); err != nil || f.Path() != "moved" || !dir.Empty() {
			t.Errorf("%s: renaming: %v, path %s", kind, err, f.Path())
		}
		if err := f.Link(dir, "other"); err != nil || *f.Links != 2 {
			t.Errorf("%s: linking: %v", kind, err)
		}
		if err := f.Remove(); err != nil {
			t.Errorf("%s: removing: %v", kind, err)
		}
		if _, err := dir.Child("other"); err != nil {
			t.Errorf("%s: the other name: %v", kind, err)
		}
	}
}

// TestContent writes, cuts and zeroes.
func TestContent(t *testing.T) {
	for kind, v := range volumes(t) {
		f, err := v.Root.Create("f", false)
		if err != nil {
			t.Fatal(err)
		}
		d := f.Data
		want := make([]byte, 3*chunkSize)
		copy(want[chunkSize+5:], "text")
		if _, err := d.WriteAt([]byte("text"), chunkSize+5); err != nil {
			t.Fatal(kind, err)
		}
		d.Truncate(int64(len(want)))
		got := make([]byte, len(want)+10)
		if n, err := d.ReadAt(got, 0); n != len(want) || err != nil && !errors.Is(err, io.EOF) || !bytes.Equal(got[:n], want) {
			t.Errorf("%s: reading back: %d, %v", kind, n, err)
		}
		if r := d.Ranges(0, int64(len(want))); len(r) != 1 || r[0].Off == 0 {
			t.Errorf("%s: ranges %v", kind, r)
		}
		d.Zero(chunkSize, 2*chunkSize)
		if _, err := d.ReadAt(got[:len(want)], 0); err != nil && !errors.Is(err, io.EOF) || !bytes.Equal(got[:len(want)], make([]byte, len(want))) {
			t.Errorf("%s: not all is zero: %v", kind, err)
		}
		d.Truncate(0)
		if n, _ := d.ReadAt(got, 0); n != 0 || d.Size() != 0 {
			t.Errorf("%s: %d bytes are left", kind, n)
		}
	}
}

// TestFull holds that memory has an end, and that what is removed comes back.
func TestFull(t *testing.T) {
	v := NewMemory(4*chunkSize, now)
	f, _ := v.Root.Create("f", false)
	if _, err := f.Data.WriteAt(make([]byte, 5*chunkSize), 0); !errors.Is(err, ErrFull) {
		t.Errorf("too much: %v", err)
	}
	f.Remove()
	if _, free := v.Space(); free != 4*chunkSize {
		t.Errorf("%d bytes are free after all", free)
	}
}

// TestFolderStaysInside holds that neither names nor links lead out of the
// folder, and that only files and directories are there.
func TestFolderStaysInside(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, to := range map[string]string{"file": filepath.Join(outside, "secret"), "dir": outside, "up": "..", "null": "/dev/null"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	v, err := NewFolder(dir, 1<<20, now)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	for _, name := range []string{"file", "dir", "up", "null", "..", "../" + filepath.Base(outside), "dir/secret"} {
		if n, err := v.Root.Child(name); err == nil {
			t.Errorf("%s leads to %+v", name, n)
		}
		if _, err := v.Root.Create(name+"/new", false); err == nil {
			t.Errorf("%s takes a file", name)
		}
	}
	if list := v.Root.Children(); len(list) != 0 {
		t.Errorf("%d names are listed, the first %s", len(list), list[0].Name)
	}
}

// TestFolderSeesChanges holds that what others do in the folder shows.
func TestFolderSeesChanges(t *testing.T) {
	dir := t.TempDir()
	v, err := NewFolder(dir, 1<<20, now)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	os.WriteFile(filepath.Join(dir, "a"), []byte("one"), 0o600)
	a, err := v.Root.Child("A")
	if err != nil || a.Data.Size() != 3 {
		t.Fatal(a, err)
	}
	os.Remove(filepath.Join(dir, "a"))
	if _, err := v.Root.Child("a"); !errors.Is(err, ErrNotExist) {
		t.Errorf("what went is there: %v", err)
	}
}
