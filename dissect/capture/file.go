package capture

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
)

// Error says why a file cannot be read as a capture. Its text has no program
// name before it; Hint, when not empty, says what to do.
type Error struct {
	File, What, Hint string
	Err              error
}

func (e *Error) Error() string { return e.File + ": " + e.What }

func (e *Error) Unwrap() error { return e.Err }

// File is a capture: one file, or the files of a set read as one. Its offsets
// are in the unpacked bytes of all its files, one after the other. ReadAt,
// ReadPDU, Connections and Progress may be called while Scan runs.
type File struct {
	name  string
	parts []part
	size  int64
	done  atomic.Int64

	mu    sync.Mutex
	conns []Connection
}

// part is one file of the set.
type part struct {
	name   string
	file   *os.File
	base   int64 // of its first byte in the joined space
	size   int64 // unpacked
	damage string
}

// Name is what the user calls the capture: the path given, or the first one
// of several.
func (f *File) Name() string { return f.name }

// Size is the number of unpacked bytes.
func (f *File) Size() int64 { return f.size }

// Progress says how many of the bytes Scan has passed. It is safe for use by
// several goroutines.
func (f *File) Progress() (done, size int64) { return f.done.Load(), f.size }

// Part is one file of a capture: its bytes in the joined space.
type Part struct {
	Name       string
	Start, End int64
}

// Parts lists the files in the order in which they are read.
func (f *File) Parts() []Part {
	var list []Part
	for i := range f.parts {
		p := &f.parts[i]
		list = append(list, Part{Name: p.name, Start: p.base, End: p.base + p.size})
	}
	return list
}

// Close closes the files.
func (f *File) Close() error {
	var first error
	for _, p := range f.parts {
		if err := p.file.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// ReadAt reads unpacked bytes of the joined files, as io.ReaderAt does.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, io.EOF
	}
	i := f.partAt(off)
	n := 0
	for n < len(p) && i < len(f.parts) {
		pt := &f.parts[i]
		rel := off + int64(n) - pt.base
		want := min(int64(len(p)-n), pt.size-rel)
		if want > 0 {
			k, err := pt.file.ReadAt(p[n:n+int(want)], rel)
			n += k
			if err != nil && int64(k) < want {
				return n, err
			}
		}
		i++
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *File) partAt(off int64) int {
	return sort.Search(len(f.parts), func(i int) bool { return off < f.parts[i].base+f.parts[i].size })
}

// place turns an offset of the joined space into a file's name and an offset
// in it.
func (f *File) place(off int64) (string, int64) {
	i := min(f.partAt(off), len(f.parts)-1)
	return f.parts[i].name, off - f.parts[i].base
}

// ReadPDU appends the bytes of the extents to dst.
func (f *File) ReadPDU(dst []byte, ext []Extent) ([]byte, error) {
	for _, e := range ext {
		if e.Off < 0 || e.Off > f.size || int64(e.Len) > f.size-e.Off {
			return dst, io.ErrUnexpectedEOF
		}
		start := len(dst)
		dst = slices.Grow(dst, int(e.Len))[:start+int(e.Len)]
		if n, err := f.ReadAt(dst[start:], e.Off); err != nil {
			return dst[:start+n], err
		}
	}
	return dst, nil
}

// Connections lists the connections with SMB found so far, by index.
func (f *File) Connections() []Connection {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.conns[:len(f.conns):len(f.conns)]
}

func (f *File) addConnection(c Connection) uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.conns = append(f.conns, c)
	return uint32(len(f.conns) - 1)
}

// Open opens a capture: a file, "-" for standard input, a directory of
// captures, or several files that are one ring buffer set. The files of a set
// are read in the order of their names.
func Open(paths ...string) (*File, error) {
	return openAll(paths, os.Stdin)
}

func baseLess(a, b string) int {
	x, y := filepath.Base(a), filepath.Base(b)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
