package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

func fileVerbs() []verb {
	return []verb{
		{"cat", "FILE", 1, (*Shell).cat},
		{"cd", "[DIR]", 0, (*Shell).cd},
		{"del", "FILE...", 1, (*Shell).del},
		{"deltree", "DIR", 1, (*Shell).deltree},
		{"fill", "FILE BYTES [WORDS]", 2, (*Shell).fill},
		{"get", "FILE [LOCAL]", 1, (*Shell).get},
		{"hardlink", "FILE NEW", 2, (*Shell).hardlink},
		{"ls", "[PATTERN]", 0, (*Shell).ls},
		{"mget", "PATTERN", 1, (*Shell).mget},
		{"mkdir", "DIR...", 1, (*Shell).mkdir},
		{"mput", "LOCAL-PATTERN", 1, (*Shell).mput},
		{"put", "LOCAL [FILE]", 1, (*Shell).put},
		{"pwd", "", 0, func(s *Shell, _ []string) error { return s.say("%s", field.Safe(s.Tree.Name+`\`+clean(s.dir))) }},
		{"readlink", "FILE", 1, (*Shell).readlink},
		{"rename", "FROM TO", 2, (*Shell).rename},
		{"rmdir", "DIR...", 1, (*Shell).rmdir},
		{"scopy", "FROM TO", 2, (*Shell).scopy},
		{"symlink", "TARGET FILE", 2, (*Shell).symlink},
		{"text", "FILE WORDS", 1, (*Shell).text},
	}
}

func (s *Shell) cd(args []string) error {
	dir := ""
	if len(args) > 0 {
		dir = s.path(args[0])
	}
	f, err := s.Tree.Create(dir, Open{Access: proto.ReadAttributes, Share: shareAll, Disposition: proto.OpenExisting, Options: proto.OptDirectory})
	if err != nil {
		return err
	}
	s.dir = dir
	return f.Close()
}

// entry is one of a directory.
type entry struct {
	name    string
	attr    uint32
	size    uint64
	written time.Time
}

// ls lists a directory.
func (s *Shell) ls(args []string) error {
	dir, pattern := s.dir, "*"
	if len(args) > 0 {
		dir, pattern = path.Split(s.path(args[0]))
	}
	return s.scan(dir, pattern, func(e entry) error {
		return s.say("  %-32s %6s %12d  %s", field.Safe(e.name), attributes(e.attr), e.size, e.written.Format("2006-01-02 15:04:05"))
	})
}

// scan goes through a directory with FileIdBothDirectoryInformation, [MS-FSCC]
// 2.4.22.
func (s *Shell) scan(dir, pattern string, do func(entry) error) (err error) {
	f, err := s.Tree.Create(dir, Open{Access: proto.ReadData | proto.ReadAttributes, Share: shareAll, Disposition: proto.OpenExisting,
		Options: proto.OptDirectory})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	const class = 37 // FileIdBothDirectoryInformation
	for first := true; ; first = false {
		b, err := f.List(pattern, class, first, 65536)
		if err != nil || b == nil {
			return err
		}
		m := fscc.Listing{Class: class}
		if !fscc.Decode(b, &m) {
			return errors.New("QUERY_DIRECTORY: the answer is damaged")
		}
		for _, e := range m.Entries {
			x := entry{written: wire.Time(e.Times.LastWrite), size: e.EndOfFile, attr: e.Attributes, name: wire.UTF16(e.Name)}
			if err := do(x); err != nil {
				return err
			}
		}
	}
}

// letters are those of attributes as smbclient has them.
func letters() []struct {
	bit    uint32
	letter string
} {
	return []struct {
		bit    uint32
		letter string
	}{{proto.AttrReadonly, "R"}, {proto.AttrHidden, "H"}, {proto.AttrSystem, "S"}, {proto.AttrArchive, "A"}, {proto.AttrDirectory, "D"}}
}

func attributes(a uint32) string {
	out := ""
	for _, x := range letters() {
		if a&x.bit != 0 {
			out += x.letter
		}
	}
	if out == "" {
		return "N"
	}
	return out
}

func (s *Shell) openPath(name string, access, disposition uint32) (*File, error) {
	return s.Tree.Create(s.path(name), Open{Access: access, Share: shareAll, Disposition: disposition, Attributes: proto.AttrNormal,
		Options: proto.OptNonDirectory})
}

func (s *Shell) cat(args []string) error {
	f, err := s.openPath(args[0], proto.FileRead, proto.OpenExisting)
	if err != nil {
		return err
	}
	_, err = f.Get(s.Out)
	return errors.Join(err, f.Close())
}

func (s *Shell) get(args []string) error {
	local := path.Base(s.path(args[0]))
	if len(args) > 1 {
		local = args[1]
	}
	f, err := s.openPath(args[0], proto.FileRead, proto.OpenExisting)
	if err != nil {
		return err
	}
	n, err := f.GetFile(local)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return s.say("%s: %d bytes", field.Safe(local), n)
}

func (s *Shell) put(args []string) error {
	name := filepath.Base(args[0])
	if len(args) > 1 {
		name = args[1]
	}
	in, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer in.Close()
	return s.store(name, in)
}

// mget gets the files that match.
func (s *Shell) mget(args []string) error {
	dir, pattern := path.Split(s.path(args[0]))
	var names []string
	err := s.scan(dir, pattern, func(e entry) error {
		if e.attr&proto.AttrDirectory == 0 && filepath.IsLocal(e.name) && !strings.ContainsAny(e.name, `/\`) {
			names = append(names, e.name)
		}
		return nil
	})
	for _, name := range names {
		if err == nil {
			err = s.get([]string{"/" + dir + name, name})
		}
	}
	return err
}

// mput puts the local files that match.
func (s *Shell) mput(args []string) error {
	names, err := filepath.Glob(args[0])
	for _, name := range names {
		if st, e := os.Stat(name); err == nil && e == nil && st.Mode().IsRegular() {
			err = s.put([]string{name})
		}
	}
	return err
}

// text stores words as a file.
func (s *Shell) text(args []string) error {
	return s.store(args[0], strings.NewReader(strings.Join(args[1:], " ")+"\n"))
}

// maxFill bounds what fill makes, in bytes.
const maxFill = 1 << 30

// fill stores so many bytes of words that repeat, or of counted lines, as a file.
func (s *Shell) fill(args []string) error {
	n, err := strconv.ParseInt(args[1], 0, 64)
	if err != nil || n < 0 || n > maxFill {
		return fmt.Errorf("fill: %s is no size", args[1])
	}
	line := func(i int) string { return fmt.Sprintf("line %d\n", i) }
	if len(args) > 2 {
		text := strings.Join(args[2:], " ")
		line = func(int) string { return text }
	}
	b := make([]byte, 0, n+int64(len(line(0))))
	for i := 0; int64(len(b)) < n; i++ {
		b = append(b, line(i)...)
	}
	return s.store(args[0], bytes.NewReader(b[:n]))
}

func (s *Shell) store(name string, in io.Reader) error {
	f, err := s.openPath(name, proto.FileWrite|proto.ReadAttributes, proto.OverwriteIf)
	if err != nil {
		return err
	}
	n, err := f.Put(in)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return s.say("%s: %d bytes", field.Safe(name), n)
}

func (s *Shell) mkdir(args []string) error {
	for _, a := range args {
		f, err := s.Tree.Create(s.path(a), Open{Access: proto.ReadAttributes, Share: shareAll, Disposition: proto.CreateNew,
			Attributes: proto.AttrDirectory, Options: proto.OptDirectory})
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Shell) rmdir(args []string) error { return s.remove(args, proto.OptDirectory) }

func (s *Shell) del(args []string) error { return s.remove(args, proto.OptNonDirectory) }

// remove opens with access to delete and sets FileDispositionInformation. Of a
// symbolic link it is the link that goes.
func (s *Shell) remove(args []string, option uint32) error {
	for _, a := range args {
		f, err := s.Tree.Create(s.path(a), Open{Access: proto.Delete | proto.ReadAttributes, Share: shareAll, Disposition: proto.OpenExisting,
			Options: option | proto.OptReparsePoint})
		if err != nil {
			return err
		}
		if err := errors.Join(f.Set(1, 13, 0, []byte{1}), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// deltree deletes a directory and what is in it.
func (s *Shell) deltree(args []string) error {
	dir := s.path(args[0])
	var list []entry
	if err := s.scan(dir, "*", func(e entry) error {
		if e.name != "." && e.name != ".." {
			list = append(list, e)
		}
		return nil
	}); err != nil {
		return err
	}
	for _, e := range list {
		name := []string{"/" + dir + "/" + e.name}
		do := s.del
		if e.attr&proto.AttrDirectory != 0 {
			do = s.deltree
		}
		if err := do(name); err != nil {
			return err
		}
	}
	return s.rmdir([]string{"/" + dir})
}

// rename sets FileRenameInformation, [MS-FSCC] 2.4.42.2.
func (s *Shell) rename(args []string) error {
	return s.on(args[0], proto.Delete|proto.ReadAttributes, func(f *File) error { return f.Set(1, 10, 0, s.newName(args[1])) })
}

// hardlink sets FileLinkInformation, [MS-FSCC] 2.4.27.2.
func (s *Shell) hardlink(args []string) error {
	return s.on(args[0], proto.WriteAttributes|proto.ReadAttributes, func(f *File) error { return f.Set(1, 11, 0, s.newName(args[1])) })
}

func (s *Shell) newName(to string) []byte {
	return fscc.Append(nil, &fscc.Rename{Name: wire.AppendUTF16(nil, clean(s.path(to)))})
}

// scopy has the server copy a file.
func (s *Shell) scopy(args []string) error {
	from, err := s.openPath(args[0], proto.FileRead, proto.OpenExisting)
	if err != nil {
		return err
	}
	to, err := s.openPath(args[1], proto.FileRead|proto.FileWrite, proto.OverwriteIf)
	if err != nil {
		return errors.Join(err, from.Close())
	}
	n, err := from.CopyTo(to, proto.FsctlCopyChunk)
	if err := errors.Join(err, to.Close(), from.Close()); err != nil {
		return err
	}
	return s.say("%s: %d bytes", field.Safe(args[1]), n)
}

// symlink makes a file a symbolic link. A target that does not
// begin with a slash is relative.
func (s *Shell) symlink(args []string) error {
	target := wire.AppendUTF16(nil, strings.ReplaceAll(args[0], "/", `\`))
	m := fscc.Link{Symbolic: true, Flags: fscc.LinkRelative, Substitute: target, Print: target}
	if strings.HasPrefix(args[0], "/") {
		m.Flags = 0
	}
	b := fscc.Append(nil, &fscc.ReparsePoint{Tag: fscc.TagSymlink, Data: fscc.Append(nil, &m)})
	f, err := s.openPath(args[1], proto.FileRead|proto.FileWrite|proto.Delete, proto.CreateNew)
	if err != nil {
		return err
	}
	_, err = f.Ioctl(proto.FsctlSetReparse, b, 0)
	return errors.Join(err, f.Close())
}

// readlink tells where a symbolic link leads.
func (s *Shell) readlink(args []string) error {
	f, err := s.Tree.Create(s.path(args[0]), Open{Access: proto.ReadAttributes, Share: shareAll, Disposition: proto.OpenExisting,
		Options: proto.OptReparsePoint})
	if err != nil {
		return err
	}
	b, err := f.Ioctl(proto.FsctlGetReparse, nil, 16384)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	var point fscc.ReparsePoint
	m := fscc.Link{Symbolic: true}
	if !fscc.Decode(b, &point) || point.Tag != fscc.TagSymlink || !fscc.Decode(point.Data, &m) {
		return fmt.Errorf("%s is no symbolic link", field.Safe(args[0]))
	}
	return s.say("%s", field.Safe(wire.UTF16(m.Substitute)))
}
