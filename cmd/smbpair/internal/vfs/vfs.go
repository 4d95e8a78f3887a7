// Package vfs keeps the files of a share, in memory or in a local folder, with
// what NTFS knows of them: attributes, times, streams, extended attributes,
// security descriptors. It knows names and bytes; opens, share modes, locks and
// access checks are the server's. A volume is not safe for several goroutines
// at once, a Content is.
package vfs

import (
	"errors"
	"io/fs"
	"sort"
	"strings"
	"time"
	"unicode"
)

// What an operation may end with, besides errors of the local folder.
var (
	ErrExist    = errors.New("the name exists")
	ErrNotExist = errors.New("no such name")
	ErrNotDir   = errors.New("not a directory")
	ErrNotEmpty = errors.New("the directory is not empty")
	ErrFull     = errors.New("the volume is full")
	ErrDenied   = errors.New("the folder does not let it happen")
)

// Extent is a range of bytes.
type Extent struct{ Off, Len int64 }

// Content is the bytes of a stream.
type Content interface {
	Size() int64
	ReadAt(p []byte, off int64) (int, error)
	WriteAt(p []byte, off int64) (int, error)
	Truncate(size int64) error
	Zero(from, to int64) error
	Ranges(from, to int64) []Extent // bytes that are not holes
	Allocated() int64
	Sync() error
	Close() // nobody has it open
}

// EA is an extended attribute.
type EA struct {
	Name  string
	Flags uint8
	Value []byte
}

// Stream is a named data stream.
type Stream struct {
	Name string
	Data Content
}

// Node is a file or a directory.
type Node struct {
	ID       uint64
	Dir      bool
	Name     string
	Parent   *Node // nil for the root, and when the name is gone
	Attr     uint32
	Created  time.Time
	Accessed time.Time
	Written  time.Time
	Changed  time.Time
	SD       []byte
	EAs      []EA
	Streams  []*Stream
	Data     Content // nil for directories
	Links    *uint32 // how many names there are, shared by them
	Alloc    int64   // allocation that a client asked for
	Mode     uint32  // permissions, as POSIX has them
	Owner    uint32  // user and group numbers of the local folder
	Group    uint32
	Reparse  []byte // reparse point, with its tag and length; nil for none

	vol      *Volume
	children map[string]*Node
	seen     time.Time // what the local folder said of the last write
	listed   time.Time // of a directory, that at which all its names were taken over
}

// Volume is the tree of files of one share.
type Volume struct {
	Root   *Node
	Now    func() time.Time
	budget budget
	disk   *disk
	last   uint64
	count  int // of nodes and named streams
}

// NewMemory makes an empty volume in memory that holds at most limit bytes.
func NewMemory(limit int64, now func() time.Time) *Volume {
	v := &Volume{Now: now}
	v.budget.limit = limit
	v.Root = v.node("", true)
	return v
}

func (v *Volume) node(name string, dir bool) *Node {
	v.last++
	t := v.Now()
	n := &Node{ID: v.last, Dir: dir, Mode: 0o644, Name: name, vol: v, Created: t, Accessed: t, Written: t, Changed: t, Links: new(uint32)}
	*n.Links = 1
	if dir {
		n.children, n.Mode = make(map[string]*Node), 0o755
	} else {
		n.Data = newMemory(&v.budget)
	}
	return n
}

// Fold gives the form in which names are compared.
func Fold(name string) string { return strings.Map(unicode.ToUpper, name) }

// Path gives the names from the root, joined by backslashes; "" for the root.
func (n *Node) Path() string {
	if n.Parent == nil {
		return ""
	}
	if p := n.Parent.Path(); p != "" {
		return p + `\` + n.Name
	}
	return n.Name
}

// Volume gives the volume that the node is in.
func (n *Node) Volume() *Volume { return n.vol }

// Child looks a name up, without regard to case.
func (n *Node) Child(name string) (*Node, error) {
	if !n.Dir {
		return nil, ErrNotDir
	}
	if n.vol.disk != nil {
		n.vol.disk.refresh(n, name)
	}
	if c := n.children[Fold(name)]; c != nil {
		return c, nil
	}
	return nil, ErrNotExist
}

// Children lists a directory, by name.
func (n *Node) Children() []*Node {
	if n.vol.disk != nil {
		n.vol.disk.list(n)
	}
	keys := make([]string, 0, len(n.children))
	for k := range n.children {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	out := make([]*Node, len(keys))
	for i, k := range keys {
		out[i] = n.children[k]
	}
	return out
}

// Empty reports whether a directory has no entries.
func (n *Node) Empty() bool {
	if n.vol.disk != nil {
		n.vol.disk.list(n)
	}
	return len(n.children) == 0
}

// Create makes a file or directory.
func (n *Node) Create(name string, dir bool) (*Node, error) {
	if _, err := n.Child(name); err == nil {
		return nil, ErrExist
	}
	if n.vol.count >= maxNodes {
		return nil, ErrFull
	}
	c := n.vol.node(name, dir)
	if d := n.vol.disk; d != nil {
		if err := d.create(n, c); err != nil {
			return nil, err
		}
	}
	n.attach(c)
	return c, nil
}

func (n *Node) attach(c *Node) {
	n.vol.count++
	c.Parent = n
	n.children[Fold(c.Name)] = c
}

func (n *Node) detach() {
	if p := n.Parent; p != nil {
		if p.children[Fold(n.Name)] == n {
			delete(p.children, Fold(n.Name))
		}
		n.Parent = nil
		n.vol.count--
	}
}

// Remove takes a name away and lets its content go.
func (n *Node) Remove() error {
	if n.Parent == nil {
		return ErrNotExist
	}
	if n.Dir && !n.Empty() {
		return ErrNotEmpty
	}
	if d := n.vol.disk; d != nil {
		if err := d.remove(n); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	n.detach()
	if *n.Links--; *n.Links > 0 {
		return nil
	}
	if m, ok := n.Data.(*memory); ok {
		m.free()
	}
	n.vol.count -= len(n.Streams)
	for _, s := range n.Streams {
		s.free()
	}
	n.Streams = nil
	return nil
}

// Rename moves a node; what has the name already goes first.
func (n *Node) Rename(dir *Node, name string) error {
	if n.vol.disk != nil {
		if err := n.vol.disk.rename(n, dir, name); err != nil {
			return err
		}
	}
	if old := dir.children[Fold(name)]; old != nil && old != n {
		old.detach()
		*old.Links--
	}
	n.detach()
	n.Name = name
	dir.attach(n)
	return nil
}

// Link gives a file another name. The two share bytes and number; what else is
// known of them each name keeps for itself.
func (n *Node) Link(dir *Node, name string) error {
	if n.vol.disk != nil {
		if err := n.vol.disk.link(n, dir, name); err != nil {
			return err
		}
	}
	c := *n
	c.Name = name
	if f, ok := n.Data.(*folderFile); ok {
		c.Data = &folderFile{disk: f.disk, node: &c}
	}
	*c.Links++
	dir.attach(&c)
	return nil
}

// Above reports whether n is a directory on the way to d, or d itself.
func (n *Node) Above(d *Node) bool {
	for ; d != nil; d = d.Parent {
		if d == n {
			return true
		}
	}
	return false
}

// Stream looks a named stream up, without regard to case.
func (n *Node) Stream(name string) *Stream {
	for _, s := range n.Streams {
		if Fold(s.Name) == Fold(name) {
			return s
		}
	}
	return nil
}

// maxNodes is how many nodes and named streams a volume may have, and maxStreams
// how many of these one node.
const (
	maxNodes   = 4 << 20
	maxStreams = 4096
)

// AddStream makes a named stream, nil when there are too many.
func (n *Node) AddStream(name string) *Stream {
	if n.vol.count >= maxNodes || len(n.Streams) >= maxStreams {
		return nil
	}
	n.vol.count++
	s := &Stream{Name: name, Data: newMemory(&n.vol.budget)}
	n.Streams = append(n.Streams, s)
	return s
}

// RemoveStream takes a named stream away.
func (n *Node) RemoveStream(s *Stream) {
	for i, have := range n.Streams {
		if have == s {
			n.Streams = append(n.Streams[:i:i], n.Streams[i+1:]...)
			n.vol.count--
			s.free()
			return
		}
	}
}

func (s *Stream) free() {
	if m, ok := s.Data.(*memory); ok {
		m.free()
	}
}

// Keep writes times that a client set to the local folder.
func (n *Node) Keep() {
	if d := n.vol.disk; d != nil {
		d.times(n)
	}
}

// SetMode changes the permissions, in the local folder too.
func (n *Node) SetMode(mode uint32) error {
	n.Mode = mode
	if d := n.vol.disk; d != nil {
		return d.mode(n)
	}
	return nil
}

// Space gives the volume's size and what is free of it, in bytes.
func (v *Volume) Space() (total, free uint64) {
	if v.disk != nil {
		return v.disk.space()
	}
	return uint64(v.budget.limit), uint64(max(0, v.budget.limit-v.budget.used.Load()))
}

// Close lets the local folder go.
func (v *Volume) Close() error {
	if v.disk != nil {
		return v.disk.root.Close()
	}
	return nil
}
