package vfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"time"
)

// disk is a local folder. Nothing outside of it is reached: os.Root sees to
// that for every name and link. Only regular files and directories exist.
type disk struct{ root *os.Root }

// NewFolder makes a volume of a local folder. What the folder cannot keep
// (attributes, streams, extended attributes, security descriptors) lives as long
// as the volume.
func NewFolder(dir string, limit int64, now func() time.Time) (*Volume, error) {
	r, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the share's folder: %w", err)
	}
	v := &Volume{Now: now, disk: &disk{root: r}}
	v.budget.limit = limit
	v.Root = v.node("", true)
	return v, nil
}

// local is the name in the folder of an entry of a directory.
func local(dir *Node, name string) string {
	return path.Join(".", strings.ReplaceAll(dir.Path(), `\`, "/"), name)
}

func (n *Node) local() string {
	if n.Parent == nil {
		return "."
	}
	return local(n.Parent, n.Name)
}

func plain(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.ContainsAny(name, "/\x00")
}

// refresh takes over what the folder has under a name.
func (d *disk) refresh(dir *Node, name string) {
	have := dir.children[Fold(name)]
	if have != nil {
		name = have.Name
	}
	if !plain(name) {
		return
	}
	info, err := d.root.Stat(local(dir, name))
	if errors.Is(err, fs.ErrNotExist) && have == nil {
		if m := d.written(dir); m.IsZero() || !m.Equal(dir.listed) {
			d.list(dir) // it may be there in another case
		}
		return
	}
	d.take(dir, name, info, err)
}

// take makes the entry of a directory what the folder says.
func (d *disk) take(dir *Node, name string, info fs.FileInfo, err error) {
	have := dir.children[Fold(name)]
	if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
		if have != nil {
			have.detach()
		}
		return
	}
	st, known := identify(info)
	if have != nil && (have.Dir != info.IsDir() || known && have.ID != st.number) {
		have.detach()
		have = nil
	}
	if have == nil {
		have = dir.vol.node(name, info.IsDir())
		d.fill(have, info)
		have.Created = have.Written
		dir.attach(have)
		return
	}
	if !info.ModTime().Equal(have.seen) {
		d.fill(have, info)
	}
}

func (d *disk) fill(n *Node, info fs.FileInfo) {
	n.seen, n.Written = info.ModTime(), info.ModTime()
	n.Accessed, n.Changed = n.Written, n.Written
	n.Mode = uint32(info.Mode().Perm())
	if st, known := identify(info); known {
		n.ID = st.number
		*n.Links = st.links
		n.Owner, n.Group = st.owner, st.group
		n.Accessed, n.Changed = st.accessed, st.changed
	}
	if n.Dir {
		*n.Links = 1
	} else if _, ok := n.Data.(*folderFile); !ok {
		n.Data = &folderFile{disk: d, node: n}
	}
}

// list takes over all entries of a directory.
func (d *disk) list(dir *Node) {
	f, err := d.root.Open(dir.local())
	if err != nil {
		return
	}
	defer f.Close()
	dir.listed = time.Time{}
	if info, err := f.Stat(); err == nil {
		dir.listed = info.ModTime()
	}
	names, _ := f.Readdirnames(-1)
	there := make(map[string]bool, len(names))
	for _, name := range names {
		key := Fold(name)
		if have := dir.children[key]; there[key] || !plain(name) || strings.Contains(name, `\`) || have != nil && have.Name != name && d.has(dir, have.Name) {
			continue
		}
		info, err := d.root.Stat(local(dir, name))
		d.take(dir, name, info, err)
		there[key] = err == nil
	}
	for key, c := range dir.children {
		if !there[key] && !d.has(dir, c.Name) {
			c.detach()
		}
	}
}

// written is when the names of a directory changed last.
func (d *disk) written(dir *Node) time.Time {
	info, err := d.root.Stat(dir.local())
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// changing runs what changes the names of a directory; that its names are all
// known stays so.
func (d *disk) changing(dir *Node, do func() error) error {
	whole := d.written(dir).Equal(dir.listed)
	err := do()
	if whole {
		dir.listed = d.written(dir)
	}
	return err
}

func (d *disk) has(dir *Node, name string) bool {
	_, err := d.root.Lstat(local(dir, name))
	return err == nil
}

func (d *disk) create(dir, c *Node) error {
	name := local(dir, c.Name)
	if !plain(c.Name) {
		return ErrDenied
	}
	err := d.changing(dir, func() error {
		if c.Dir {
			return d.root.Mkdir(name, 0o755)
		}
		f, err := d.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil {
			c.Data = &folderFile{disk: d, node: c, f: f}
		}
		return err
	})
	if err != nil {
		return err
	}
	info, err := d.root.Stat(name)
	if err != nil {
		return err
	}
	d.fill(c, info)
	return nil
}

func (d *disk) remove(n *Node) error {
	return d.changing(n.Parent, func() error { return d.root.Remove(n.local()) })
}

func (d *disk) rename(n, dir *Node, name string) error {
	if !plain(name) {
		return ErrDenied
	}
	return d.changing(n.Parent, func() error {
		return d.changing(dir, func() error { return d.root.Rename(n.local(), local(dir, name)) })
	})
}

func (d *disk) link(n, dir *Node, name string) error {
	if !plain(name) {
		return ErrDenied
	}
	return d.root.Link(n.local(), local(dir, name))
}

func (d *disk) times(n *Node) {
	if d.root.Chtimes(n.local(), n.Accessed, n.Written) == nil {
		n.seen = n.Written
	}
}

func (d *disk) space() (total, free uint64) {
	f, err := d.root.Open(".")
	if err != nil {
		return 0, 0
	}
	defer f.Close()
	return space(f)
}

func (d *disk) mode(n *Node) error { return d.root.Chmod(n.local(), fs.FileMode(n.Mode&0o777)) }

// identity is what systems know of a file besides fs.FileInfo.
type identity struct {
	number            uint64
	links             uint32
	owner, group      uint32
	allocated         int64
	accessed, changed time.Time
}

// folderFile is content in a local folder; the file is opened when needed.
type folderFile struct {
	disk *disk
	node *Node
	mu   sync.Mutex
	f    *os.File
}

// open gives the open file. A file that was exchanged for a pipe does not stop the
// server, see noWait.
func (c *folderFile) open() (*os.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.f != nil {
		return c.f, nil
	}
	name := c.node.local()
	f, err := c.disk.root.OpenFile(name, os.O_RDWR|noWait, 0)
	if errors.Is(err, fs.ErrPermission) {
		f, err = c.disk.root.OpenFile(name, os.O_RDONLY|noWait, 0)
	}
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, ErrDenied
	}
	c.f = f
	return f, nil
}

func (c *folderFile) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.f != nil {
		c.f.Close()
		c.f = nil
	}
}

func (c *folderFile) info() fs.FileInfo {
	c.mu.Lock()
	f := c.f
	c.mu.Unlock()
	if f != nil {
		if info, err := f.Stat(); err == nil {
			return info
		}
	}
	info, err := c.disk.root.Stat(c.node.local())
	if err != nil {
		return nil
	}
	return info
}

func (c *folderFile) Size() int64 {
	if info := c.info(); info != nil {
		return info.Size()
	}
	return 0
}

func (c *folderFile) Allocated() int64 {
	if info := c.info(); info != nil {
		if st, known := identify(info); known {
			return st.allocated
		}
		return info.Size()
	}
	return 0
}

func (c *folderFile) ReadAt(p []byte, off int64) (int, error) {
	f, err := c.open()
	if err != nil {
		return 0, err
	}
	return f.ReadAt(p, off)
}

func (c *folderFile) WriteAt(p []byte, off int64) (int, error) {
	f, err := c.open()
	if err != nil {
		return 0, err
	}
	return f.WriteAt(p, off)
}

func (c *folderFile) Truncate(size int64) error {
	f, err := c.open()
	if err != nil {
		return err
	}
	return f.Truncate(size)
}

func (c *folderFile) Sync() error {
	f, err := c.open()
	if err != nil {
		return err
	}
	return f.Sync()
}

func (c *folderFile) Zero(from, to int64) error {
	f, err := c.open()
	if err != nil {
		return err
	}
	if to = min(to, c.Size()); to <= from {
		return nil
	}
	if punch(f, from, to) == nil {
		return nil
	}
	zero := make([]byte, chunkSize)
	for from < to {
		n, err := f.WriteAt(zero[:min(int64(len(zero)), to-from)], from)
		if err != nil {
			return err
		}
		from += int64(n)
	}
	return nil
}

func (c *folderFile) Ranges(from, to int64) []Extent {
	f, err := c.open()
	if err != nil {
		return nil
	}
	var out []Extent
	to = min(to, c.Size())
	for from < to {
		start, end := nextData(f, from, to)
		if end <= start {
			break
		}
		out = append(out, Extent{start, end - start})
		from = end
	}
	return out
}

var _ io.ReaderAt = (*folderFile)(nil)
