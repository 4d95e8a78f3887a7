package capture

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/zstd"
)

const formatHint = "smbdiff reads pcap and pcapng files, plain or packed with gzip or zstd"

// sniffLen is how many bytes the format is told from.
const sniffLen = 16

// maxZstdWindow bounds the memory that unpacking takes.
const maxZstdWindow = 128 << 20

func openAll(paths []string, stdin io.Reader) (*File, error) {
	if len(paths) == 0 {
		return nil, errors.New("no capture given")
	}
	f := &File{name: paths[0]}
	sorted := slices.Clone(paths)
	slices.SortStableFunc(sorted, baseLess)
	for _, path := range sorted {
		if err := f.open(path, stdin); err != nil {
			f.Close()
			return nil, err
		}
	}
	return f, nil
}

func (f *File) open(path string, stdin io.Reader) error {
	if path == "-" {
		return f.addSpooled("standard input", stdin)
	}
	file, err := os.Open(path)
	if err != nil {
		return osError(path, err)
	}
	st, err := file.Stat()
	switch {
	case err != nil:
		file.Close()
		return osError(path, err)
	case st.IsDir():
		file.Close()
		return f.addDir(path)
	case !st.Mode().IsRegular():
		defer file.Close()
		return f.addSpooled(path, file)
	}
	var head [sniffLen]byte
	n, err := file.ReadAt(head[:], 0)
	if err != nil && err != io.EOF {
		file.Close()
		return osError(path, err)
	}
	if packing(head[:n]) != plain {
		defer file.Close()
		return f.addSpooled(path, file)
	}
	if err := checkFormat(path, head[:n]); err != nil {
		file.Close()
		return err
	}
	f.add(part{name: path, file: file, size: st.Size()})
	return nil
}

func (f *File) add(p part) {
	p.base = f.size
	f.size += p.size
	f.parts = append(f.parts, p)
}

// addDir adds the captures of a directory by name and passes over all else.
func (f *File) addDir(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return osError(dir, err)
	}
	before := len(f.parts)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() || !looksRight(path) {
			continue
		}
		if err := f.open(path, nil); err != nil {
			return err
		}
	}
	if len(f.parts) == before {
		return &Error{File: dir, What: "a directory without captures", Hint: formatHint}
	}
	return nil
}

// looksRight reports whether a file of a directory is worth opening.
func looksRight(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	head := make([]byte, sniffLen)
	n, _ := io.ReadFull(file, head)
	head = head[:n]
	if packing(head) != plain {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return false
		}
		r, done, err := unpack(file, packing(head))
		if err != nil {
			return false
		}
		defer done()
		head = make([]byte, sniffLen)
		n, _ = io.ReadFull(r, head)
		head = head[:n]
	}
	return checkFormat(path, head) == nil
}

// addSpooled copies a stream, unpacked, to a temporary file without a name.
func (f *File) addSpooled(name string, r io.Reader) error {
	head := make([]byte, sniffLen)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return osError(name, err)
	}
	head = head[:n]
	r = io.MultiReader(bytes.NewReader(head), r)
	kind := packing(head)
	if kind != plain {
		u, done, err := unpack(r, kind)
		if err != nil {
			return &Error{File: name, What: "damaged " + kind.String() + " data", Err: err}
		}
		defer done()
		r = u
	}
	tmp, err := os.CreateTemp("", "smbdiff-*") // mode 0600
	if err != nil {
		return &Error{File: name, What: "no place to unpack to: " + reason(err), Hint: "set TMPDIR to a directory with room", Err: err}
	}
	os.Remove(tmp.Name())
	p := part{name: name, file: tmp}
	p.size, err = io.Copy(tmp, onlyReader{r})
	var perr *fs.PathError
	switch {
	case err == nil:
	case errors.As(err, &perr) && perr.Path == tmp.Name():
		tmp.Close()
		return &Error{File: name, What: "cannot unpack: " + reason(err), Hint: "set TMPDIR to a directory with room", Err: err}
	case kind != plain:
		p.damage = fmt.Sprintf("the %s data is damaged or cut after %d unpacked bytes", kind, p.size)
	default:
		p.damage = fmt.Sprintf("reading stopped after %d bytes: %s", p.size, reason(err))
	}
	n, err = tmp.ReadAt(head[:sniffLen:sniffLen], 0)
	if err != nil && err != io.EOF {
		tmp.Close()
		return osError(name, err)
	}
	if err := checkFormat(name, head[:n]); err != nil {
		tmp.Close()
		return err
	}
	f.add(p)
	return nil
}

// onlyReader hides the other methods of a reader, so that io.Copy copies in
// its usual pieces.
type onlyReader struct{ io.Reader }

type packKind uint8

const (
	plain packKind = iota
	gzipped
	zstandard
)

func (k packKind) String() string {
	switch k {
	case gzipped:
		return "gzip"
	case zstandard:
		return "zstd"
	}
	return "plain"
}

func packing(head []byte) packKind {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b, 0x08}):
		return gzipped
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return zstandard
	}
	return plain
}

func unpack(r io.Reader, kind packKind) (io.Reader, func(), error) {
	if kind == gzipped {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, nil, err
		}
		return z, func() { z.Close() }, nil
	}
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxZstdWindow))
	if err != nil {
		return nil, nil, err
	}
	return z, z.Close, nil
}

// osError words a failure of the operating system.
func osError(name string, err error) error {
	return &Error{File: name, What: reason(err), Err: err}
}

// reason is the error without the path, which the user is told already.
func reason(err error) string {
	var perr *fs.PathError
	if errors.As(err, &perr) {
		return perr.Err.Error()
	}
	return err.Error()
}

// checkFormat tells captures from other files by their first bytes.
func checkFormat(name string, head []byte) error {
	if len(head) == 0 {
		return &Error{File: name, What: "the file is empty", Hint: "nothing was captured, or the capture was not finished"}
	}
	if _, ok := pcapMagic(head); ok || bytes.HasPrefix(head, pcapngMagic) {
		return nil
	}
	return &Error{File: name, What: "not a capture: " + describe(head), Hint: formatHint}
}

// describe names what a file seems to be.
func describe(head []byte) string {
	for _, k := range []struct{ magic, name string }{
		{"\x89PNG", "a PNG image"},
		{"\xff\xd8\xff", "a JPEG image"},
		{"GIF8", "a GIF image"},
		{"%PDF", "a PDF document"},
		{"PK\x03\x04", "a ZIP archive"},
		{"\x7fELF", "an ELF program"},
		{"BZh", "bzip2 data"},
		{"\xfd7zXZ", "xz data"},
		{"7z\xbc\xaf", "a 7-Zip archive"},
		{"\x04\x22\x4d\x18", "LZ4 data"},
		{"\x1f\x8b", "packed twice"},
		{"snoop\x00", "a snoop capture"},
		{"GMBU", "a Network Monitor capture"},
		{"RTSS", "a Network Monitor capture"},
		{"TRSNIFF", "a Sniffer capture"},
		{"{", "JSON text"},
		{"<", "XML or HTML text"},
	} {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return k.name
		}
	}
	for _, b := range head {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' || b == 0x7f {
			return fmt.Sprintf("it starts with % x", head[:min(4, len(head))])
		}
	}
	return "text"
}
