package client

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

func handleVerbs() []verb {
	return []verb{
		{"ack", "HANDLE [RWH]", 1, (*Shell).ack},
		{"breaks", "auto|manual", 1, (*Shell).breaks},
		{"close", "HANDLE...", 1, (*Shell).closeFiles},
		{"copychunk", "FROM-HANDLE TO-HANDLE [write]", 2, (*Shell).copychunk},
		{"flush", "HANDLE", 1, func(s *Shell, a []string) error { return s.with(a[0], (*File).Flush) }},
		{"fsctl", "HANDLE|FILE|none CODE [HEX [MOST]]", 2, (*Shell).fsctl},
		{"lock", "HANDLE|FILE OFFSET LENGTH [shared] [wait]", 3, (*Shell).lock},
		{"notify", "DIR|HANDLE [FILTER] [deep]", 1, (*Shell).notify},
		{"open", "HANDLE FILE [SETTING...]", 2, (*Shell).openFile},
		{"ranges", "HANDLE|FILE OFFSET LENGTH", 3, (*Shell).ranges},
		{"read", "HANDLE OFFSET LENGTH", 3, (*Shell).read},
		{"reopen", "HANDLE", 1, func(s *Shell, a []string) error {
			return s.with(a[0], func(f *File) error { return f.Reopen(s.treeOf(f)) })
		}},
		{"replay", "HANDLE", 1, func(s *Shell, a []string) error { return s.with(a[0], (*File).Replay) }},
		{"sparse", "HANDLE|FILE [off]", 1, (*Shell).sparse},
		{"truncate", "HANDLE|FILE SIZE", 2, (*Shell).truncate},
		{"unlock", "HANDLE OFFSET LENGTH", 3, (*Shell).unlock},
		{"write", "HANDLE OFFSET WORDS", 3, (*Shell).write},
		{"zero", "HANDLE|FILE OFFSET LENGTH", 3, (*Shell).zero},
	}
}

// with does something with a file that open opened.
func (s *Shell) with(name string, do func(*File) error) error {
	f, err := s.handle(name)
	if err != nil {
		return err
	}
	return do(f)
}

// openFile opens a file under a name for later commands.
func (s *Shell) openFile(args []string) error {
	if s.open.get(args[0]) != nil {
		return fmt.Errorf("%s is open", args[0])
	}
	o, err := parseOpen(args[0], args[2:])
	if err != nil {
		return err
	}
	f, err := s.Tree.Create(s.path(args[1]), o)
	if err != nil {
		return err
	}
	s.open.put(args[0], f)
	text := [...]string{"superseded", "opened", "created", "overwritten"}[f.Action&3]
	switch {
	case f.Lease != nil:
		text += ", lease " + leaseText(f.Lease.State)
	case f.Oplock != 0:
		text += fmt.Sprintf(", oplock 0x%02x", f.Oplock)
	}
	if f.Durable() {
		text += ", durable"
	}
	return s.say("%s: %s", args[0], text)
}

func (s *Shell) closeFiles(args []string) error {
	for _, name := range args {
		f, err := s.handle(name)
		if err != nil {
			return err
		}
		s.open.drop(func(have string, _ *File) bool { return have == name })
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Shell) read(args []string) error {
	r, err := parseRange(args[1:])
	if err != nil {
		return err
	}
	return s.with(args[0], func(f *File) error {
		b, err := f.Read(r.Off, int(min(r.Len, 1<<30)))
		if err != nil {
			return err
		}
		return s.say("%s: %d bytes: %s", args[0], len(b), field.Safe(string(b[:min(len(b), 64)])))
	})
}

func (s *Shell) write(args []string) error {
	off, err := strconv.ParseUint(args[1], 0, 64)
	if err != nil {
		return err
	}
	return s.with(args[0], func(f *File) error {
		text := []byte(strings.Join(args[2:], " "))
		f.Size = max(f.Size, off+uint64(len(text)))
		return f.Write(off, text)
	})
}

func parseRange(args []string) (r Range, err error) {
	var err2 error
	r.Off, err = strconv.ParseUint(args[0], 0, 64)
	r.Len, err2 = strconv.ParseUint(args[1], 0, 64)
	return r, errors.Join(err, err2)
}

// lock takes a lock and, of a file that it opened itself, lets it go.
func (s *Shell) lock(args []string) error {
	r, err := parseRange(args[1:])
	if err != nil {
		return err
	}
	flags := uint32(LockExclusive | LockAtOnce)
	for _, a := range args[3:] {
		switch a {
		case "shared":
			flags = flags&^LockExclusive | LockShared
		case "wait":
			flags &^= LockAtOnce
		default:
			return fmt.Errorf("lock: no %q", a)
		}
	}
	own := s.open.get(args[0]) == nil
	return s.on(args[0], proto.FileRead|proto.FileWrite, func(f *File) error {
		err := f.Lock(flags, r)
		if err == nil && own {
			err = f.Lock(LockUnlock, r)
		}
		return err
	})
}

func (s *Shell) unlock(args []string) error {
	r, err := parseRange(args[1:])
	if err != nil {
		return err
	}
	return s.with(args[0], func(f *File) error { return f.Lock(LockUnlock, r) })
}

func (s *Shell) zero(args []string) error {
	r, err := parseRange(args[1:])
	if err != nil {
		return err
	}
	return s.on(args[0], proto.FileWrite, func(f *File) error { return f.Zero(r) })
}

func (s *Shell) ranges(args []string) error {
	r, err := parseRange(args[1:])
	if err != nil {
		return err
	}
	return s.on(args[0], proto.FileRead, func(f *File) error {
		list, err := f.Allocated(r)
		for _, x := range list {
			err = errors.Join(err, s.say("%d bytes from %d", x.Len, x.Off))
		}
		return err
	})
}

// sparse sets or clears FILE_ATTRIBUTE_SPARSE_FILE, [MS-FSCC] 2.3.81.
func (s *Shell) sparse(args []string) error {
	in := []byte{1}
	if len(args) > 1 && args[1] == "off" {
		in[0] = 0
	}
	return s.on(args[0], proto.FileWrite, func(f *File) error {
		_, err := f.Ioctl(proto.FsctlSetSparse, in, 0)
		return err
	})
}

// truncate sets FileEndOfFileInformation, [MS-FSCC] 2.4.14.
func (s *Shell) truncate(args []string) error {
	n, err := strconv.ParseUint(args[1], 0, 63)
	if err != nil {
		return err
	}
	b := fscc.Append(nil, &fscc.End{Bytes: n})
	return s.on(args[0], proto.FileWrite, func(f *File) error {
		f.Size = n
		return f.Set(1, 20, 0, b)
	})
}

// copychunk copies between open files.
func (s *Shell) copychunk(args []string) error {
	to, err := s.handle(args[1])
	if err != nil {
		return err
	}
	code := uint32(proto.FsctlCopyChunk)
	if len(args) > 2 {
		code = proto.FsctlCopyChunkWrite
	}
	return s.with(args[0], func(from *File) error {
		_, err := from.CopyTo(to, code)
		return err
	})
}

// fsctl sends any control code.
func (s *Shell) fsctl(args []string) error {
	code, err := fsctlCode(args[1])
	if err != nil {
		return err
	}
	var in []byte
	most := uint64(65536)
	if len(args) > 2 {
		if in, err = hex.DecodeString(args[2]); err != nil {
			return err
		}
	}
	if len(args) > 3 {
		if most, err = strconv.ParseUint(args[3], 0, 32); err != nil {
			return err
		}
	}
	say := func(out []byte, err error) error {
		if err != nil {
			return err
		}
		return s.say("%s: %d bytes: %x", args[1], len(out), out[:min(len(out), 64)])
	}
	if args[0] == "none" {
		return say(s.Tree.Ioctl(code, in, uint32(most)))
	}
	return s.on(args[0], proto.FileRead|proto.FileWrite, func(f *File) error { return say(f.Ioctl(code, in, uint32(most))) })
}

func fsctlCode(name string) (uint32, error) {
	if v, err := strconv.ParseUint(name, 0, 32); err == nil {
		return uint32(v), nil
	}
	want := "FSCTL_" + strings.TrimPrefix(strings.ToUpper(name), "FSCTL_")
	for _, v := range smb2.FsctlNames() {
		if v.Name == want {
			return uint32(v.V), nil
		}
	}
	return 0, fmt.Errorf("no control code %s", name)
}

// notifyAll are the changes that are waited for without a filter.
const notifyAll = 0xfff

// notify waits for one answer.
func (s *Shell) notify(args []string) error {
	filter, deep := uint64(notifyAll), false
	for _, a := range args[1:] {
		if deep = deep || a == "deep"; a == "deep" {
			continue
		}
		v, err := strconv.ParseUint(a, 0, 32)
		if err != nil {
			return err
		}
		filter = v
	}
	return s.on(args[0], proto.ReadData, func(f *File) error {
		b, err := f.Notify(uint32(filter), deep, 65536)
		if err == nil && b == nil {
			err = s.say("too many changes")
		}
		var m fscc.Changes
		if !fscc.Decode(b, &m) {
			return errors.New("CHANGE_NOTIFY: the answer is damaged")
		}
		for _, e := range m.List {
			if err == nil {
				err = s.say("%s %s", [...]string{"change", "added", "removed", "modified", "old name", "new name", "stream added",
					"stream removed", "stream modified"}[min(e.Action, 8)], field.Safe(wire.UTF16(e.Name)))
			}
		}
		return err
	})
}

func (s *Shell) breaks(args []string) error {
	if args[0] != "auto" && args[0] != "manual" {
		return fmt.Errorf("breaks: no %q", args[0])
	}
	s.Conn.Manual(args[0] == "manual")
	return nil
}

// ack waits for a break and, when breaks are manual, answers it.
func (s *Shell) ack(args []string) error {
	return s.with(args[0], func(f *File) error {
		b, err := f.Broken(f.t.c.cfg.Timeout)
		if err != nil {
			return err
		}
		to := fmt.Sprintf("oplock 0x%02x", b.Level)
		if b.lease {
			to = leaseText(b.From) + " to " + leaseText(b.To)
		}
		if err := s.say("%s: break: %s", args[0], to); err != nil {
			return err
		}
		if !f.t.c.byHand() || !b.Ack {
			return nil
		}
		keep := b.To
		if len(args) > 1 {
			if keep, err = leaseState(args[1]); err != nil {
				return err
			}
		}
		return f.Acknowledge(b, keep)
	})
}
