package client

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/field"
)

// Shell runs commands as smbclient has them on one tree.
type Shell struct {
	Tree *Tree
	Out  io.Writer
	dir  string
}

// verb is one command: what it takes, and what it does.
type verb struct {
	name, args string
	least      int
	run        func(*Shell, []string) error
}

func verbs() []verb {
	return []verb{
		{"allinfo", "FILE", 1, (*Shell).allinfo},
		{"cat", "FILE", 1, (*Shell).cat},
		{"cd", "[DIR]", 0, (*Shell).cd},
		{"del", "FILE...", 1, (*Shell).del},
		{"df", "", 0, (*Shell).df},
		{"echo", "", 0, func(s *Shell, _ []string) error { return s.Tree.c.Echo() }},
		{"get", "FILE [LOCAL]", 1, (*Shell).get},
		{"lock", "FILE OFFSET LENGTH", 3, (*Shell).lock},
		{"ls", "[PATTERN]", 0, (*Shell).ls},
		{"mkdir", "DIR...", 1, (*Shell).mkdir},
		{"put", "LOCAL [FILE]", 1, (*Shell).put},
		{"rename", "FROM TO", 2, (*Shell).rename},
		{"rmdir", "DIR...", 1, (*Shell).rmdir},
		{"showacls", "FILE", 1, (*Shell).showacls},
		{"sleep", "DURATION", 1, (*Shell).sleep},
		{"text", "FILE WORDS", 1, (*Shell).text},
	}
}

// Help lists the commands.
func Help() string {
	var b strings.Builder
	for _, v := range verbs() {
		fmt.Fprintf(&b, "  %s %s\n", v.name, v.args)
	}
	return b.String()
}

// Run does one command. A status behind -> is the one that is wanted.
func (s *Shell) Run(line string) error {
	line, want, wanted := strings.Cut(line, "->")
	err := s.command(line)
	if !wanted {
		return err
	}
	want = "STATUS_" + strings.TrimPrefix(strings.TrimSpace(want), "STATUS_")
	var st *StatusError
	switch {
	case err == nil && want == "STATUS_SUCCESS":
		return nil
	case errors.As(err, &st) && strings.HasSuffix(err.Error(), ": "+want):
		return nil
	case err == nil:
		return fmt.Errorf("%s: no %s", strings.TrimSpace(line), want)
	}
	return fmt.Errorf("%w, wanted %s", err, want)
}

func (s *Shell) command(line string) error {
	words := strings.Fields(line)
	if len(words) == 0 {
		return nil
	}
	list := verbs()
	i := slices.IndexFunc(list, func(v verb) bool { return v.name == words[0] })
	if i < 0 {
		return fmt.Errorf("no command %q", words[0])
	}
	if len(words)-1 < list[i].least {
		return fmt.Errorf("%s wants %s", words[0], list[i].args)
	}
	return list[i].run(s, words[1:])
}

func (s *Shell) path(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	if !strings.HasPrefix(name, "/") {
		name = s.dir + "/" + name
	}
	return strings.Trim(path.Clean("/"+name), "/")
}

func (s *Shell) say(format string, args ...any) error {
	_, err := fmt.Fprintf(s.Out, format+"\n", args...)
	return err
}

const shareAll = proto.ShareRead | proto.ShareWrite | proto.ShareDelete

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

// ls lists a directory with FileIdBothDirectoryInformation, [MS-FSCC] 2.4.22.
func (s *Shell) ls(args []string) error {
	dir, pattern := s.dir, "*"
	if len(args) > 0 {
		dir, pattern = path.Split(s.path(args[0]))
	}
	f, err := s.Tree.Create(dir, Open{Access: proto.ReadData | proto.ReadAttributes, Share: shareAll, Disposition: proto.OpenExisting,
		Options: proto.OptDirectory})
	if err != nil {
		return err
	}
	defer f.Close()
	const class, fixed = 37, 104
	for first := true; ; first = false {
		b, err := f.List(pattern, class, first, 65536)
		if err != nil || b == nil {
			return err
		}
		for len(b) >= fixed {
			in := wire.Read(b)
			next := int(in.U32())
			in.Skip(20)
			written := wire.Time(in.U64())
			in.Skip(8)
			size := in.U64()
			in.Skip(8)
			attr, n := in.U32(), int64(in.U32())
			name, ok := wire.Range(b, fixed, n)
			if !ok {
				return errors.New("QUERY_DIRECTORY: the answer is damaged")
			}
			if err := s.say("  %-32s %6s %12d  %s", field.Safe(wire.Text(name)), attributes(attr), size, written.Format("2006-01-02 15:04:05")); err != nil {
				return err
			}
			if next < fixed || next > len(b) {
				break
			}
			b = b[next:]
		}
	}
}

// attributes gives letters as smbclient does.
func attributes(a uint32) string {
	out := ""
	for _, x := range []struct {
		bit    uint32
		letter string
	}{{proto.AttrReadonly, "R"}, {proto.AttrHidden, "H"}, {proto.AttrSystem, "S"}, {proto.AttrArchive, "A"}, {proto.AttrDirectory, "D"}} {
		if a&x.bit != 0 {
			out += x.letter
		}
	}
	if out == "" {
		return "N"
	}
	return out
}

func (s *Shell) open(name string, access, disposition uint32) (*File, error) {
	return s.Tree.Create(s.path(name), Open{Access: access, Share: shareAll, Disposition: disposition, Attributes: proto.AttrNormal,
		Options: proto.OptNonDirectory})
}

func (s *Shell) cat(args []string) error {
	f, err := s.open(args[0], proto.FileRead, proto.OpenExisting)
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
	f, err := s.open(args[0], proto.FileRead, proto.OpenExisting)
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

// text stores words as a file.
func (s *Shell) text(args []string) error {
	return s.store(args[0], strings.NewReader(strings.Join(args[1:], " ")+"\n"))
}

func (s *Shell) store(name string, in io.Reader) error {
	f, err := s.open(name, proto.FileWrite|proto.ReadAttributes, proto.OverwriteIf)
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

// remove opens with access to delete and sets FileDispositionInformation.
func (s *Shell) remove(args []string, option uint32) error {
	for _, a := range args {
		f, err := s.Tree.Create(s.path(a), Open{Access: proto.Delete | proto.ReadAttributes, Share: shareAll, Disposition: proto.OpenExisting, Options: option})
		if err != nil {
			return err
		}
		if err := errors.Join(f.Set(1, 13, 0, []byte{1}), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// rename sets FileRenameInformation, [MS-FSCC] 2.4.42.2.
func (s *Shell) rename(args []string) error {
	f, err := s.Tree.Create(s.path(args[0]), Open{Access: proto.Delete | proto.ReadAttributes, Share: shareAll, Disposition: proto.OpenExisting})
	if err != nil {
		return err
	}
	name := wire.AppendText(nil, clean(s.path(args[1])))
	var b wire.Buf
	b.Zero(16)
	b.U32(uint32(len(name)))
	b.Bytes(name)
	return errors.Join(f.Set(1, 10, 0, b), f.Close())
}

// allinfo asks in one compound for FileAllInformation, [MS-FSCC] 2.4.2.
func (s *Shell) allinfo(args []string) error {
	b, err := s.Tree.Stat(s.path(args[0]))
	if err != nil {
		return err
	}
	in := wire.Read(b)
	const layout = "2006-01-02 15:04:05.0000000"
	for _, what := range []string{"create_time", "access_time", "write_time", "change_time"} {
		if err := s.say("%s: %s", what, wire.Time(in.U64()).Format(layout)); err != nil {
			return err
		}
	}
	attr := in.U32()
	in.Skip(12)
	return s.say("attributes: %s (0x%x)\nsize: %d", attributes(attr), attr, in.U64())
}

// df asks for FileFsSizeInformation, [MS-FSCC] 2.5.8.
func (s *Shell) df([]string) error {
	f, err := s.Tree.Create("", Open{Access: proto.ReadAttributes, Share: shareAll, Disposition: proto.OpenExisting, Options: proto.OptDirectory})
	if err != nil {
		return err
	}
	b, err := f.Query(2, 3, 0, 64)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	in := wire.Read(b)
	total, free := in.U64(), in.U64()
	unit := uint64(in.U32()) * uint64(in.U32())
	return s.say("%d units of %d bytes, %d free", total, unit, free)
}

// showacls asks for the security descriptor.
func (s *Shell) showacls(args []string) error {
	f, err := s.Tree.Create(s.path(args[0]), Open{Access: proto.ReadControl, Share: shareAll, Disposition: proto.OpenExisting})
	if err != nil {
		return err
	}
	b, err := f.Query(3, 0, proto.SecOwner|proto.SecGroup|proto.SecDACL, 65536)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if len(b) >= 20 {
		if at := binary.LittleEndian.Uint32(b[4:]); at > 0 && int(at) < len(b) {
			if err := s.say("owner: %s", field.AppendSID(nil, b[at:])); err != nil {
				return err
			}
		}
	}
	return s.say("%d bytes of security descriptor", len(b))
}

// lock takes an exclusive lock that fails at once, and lets it go.
func (s *Shell) lock(args []string) error {
	off, err1 := strconv.ParseUint(args[1], 0, 64)
	n, err2 := strconv.ParseUint(args[2], 0, 64)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	f, err := s.open(args[0], proto.FileRead|proto.FileWrite, proto.OpenExisting)
	if err != nil {
		return err
	}
	const exclusive, unlock, atOnce = 0x02, 0x04, 0x10
	err = f.Lock(off, n, exclusive|atOnce)
	if err == nil {
		err = f.Lock(off, n, unlock)
	}
	return errors.Join(err, f.Close())
}

func (s *Shell) sleep(args []string) error {
	d, err := time.ParseDuration(args[0])
	if err != nil {
		return err
	}
	time.Sleep(d)
	return nil
}
