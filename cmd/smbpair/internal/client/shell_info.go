package client

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

func infoVerbs() []verb {
	return []verb{
		{"allinfo", "FILE", 1, (*Shell).allinfo},
		{"altname", "FILE", 1, (*Shell).altname},
		{"df", "", 0, (*Shell).df},
		{"geteas", "FILE", 1, (*Shell).geteas},
		{"list", "DIR CLASS [PATTERN]", 2, (*Shell).list},
		{"query", "HANDLE|FILE CLASS [HEX [EXTRA]]", 2, (*Shell).query},
		{"set", "HANDLE|FILE CLASS HEX [EXTRA]", 3, (*Shell).set},
		{"setacl", "FILE ACE...", 2, (*Shell).setacl},
		{"setea", "FILE NAME [VALUE]", 2, (*Shell).setea},
		{"setmode", "FILE [+-]rhsa...", 2, (*Shell).setmode},
		{"showacls", "FILE", 1, (*Shell).showacls},
		{"snapshots", "FILE", 1, (*Shell).snapshots},
		{"streams", "FILE", 1, (*Shell).streams},
		{"utimes", "FILE CREATED ACCESSED WRITTEN CHANGED", 5, (*Shell).utimes},
		{"volume", "", 0, (*Shell).volume},
	}
}

// infoTypes are those of [MS-SMB2] 2.2.37.
const (
	infoFile     = 1
	infoSystem   = 2
	infoSecurity = 3
	infoQuota    = 4
)

// infoClass reads the name of a class, or TYPE/NUMBER.
func infoClass(name string) (kind, class uint8, err error) {
	if t, n, ok := strings.Cut(name, "/"); ok {
		a, err1 := strconv.ParseUint(t, 0, 8)
		b, err2 := strconv.ParseUint(n, 0, 8)
		return uint8(a), uint8(b), errors.Join(err1, err2)
	}
	switch strings.TrimSuffix(name, "Information") {
	case "Security":
		return infoSecurity, 0, nil
	case "Quota":
		return infoQuota, 0, nil
	}
	for _, v := range fscc.FileClassNames() {
		if strings.EqualFold(v.Name, name) || strings.EqualFold(v.Name, "File"+name+"Information") {
			return infoFile, uint8(v.V), nil
		}
	}
	for _, v := range fscc.SystemClassNames() {
		if strings.EqualFold(v.Name, name) || strings.EqualFold(v.Name, "File"+name+"Information") {
			return infoSystem, uint8(v.V), nil
		}
	}
	return 0, 0, fmt.Errorf("no information class %s", name)
}

// extra reads what a request of a class says beside it.
func extra(kind uint8, words []string) (uint32, error) {
	if len(words) > 0 {
		v, err := strconv.ParseUint(words[0], 0, 32)
		return uint32(v), err
	}
	if kind == infoSecurity {
		return proto.SecOwner | proto.SecGroup | proto.SecDACL, nil
	}
	return 0, nil
}

// query asks for a class of information, whichever.
func (s *Shell) query(args []string) error {
	kind, class, err := infoClass(args[1])
	if err != nil {
		return err
	}
	var in []byte
	if len(args) > 2 && args[2] != "-" {
		if in, err = hex.DecodeString(args[2]); err != nil {
			return err
		}
	}
	more, err := extra(kind, args[min(3, len(args)):])
	if err != nil {
		return err
	}
	return s.on(args[0], proto.ReadAttributes|proto.ReadEA|proto.ReadControl, func(f *File) error {
		b, err := f.Ask(kind, class, more, 65536, in)
		if err != nil {
			return err
		}
		return s.say("%s: %d bytes: %x", args[1], len(b), b[:min(len(b), 128)])
	})
}

// set sets a class of information, whichever.
func (s *Shell) set(args []string) error {
	kind, class, err := infoClass(args[1])
	if err != nil {
		return err
	}
	data, err := hex.DecodeString(args[2])
	if err != nil {
		return err
	}
	more, err := extra(kind, args[3:])
	if err != nil {
		return err
	}
	return s.on(args[0], proto.FileRead|proto.FileWrite|proto.Delete, func(f *File) error { return f.Set(kind, class, more, data) })
}

// list lists a directory with any class.
func (s *Shell) list(args []string) error {
	kind, class, err := infoClass(args[1])
	if err != nil || kind != infoFile {
		return errors.Join(err, fmt.Errorf("%s is none of directories", args[1]))
	}
	pattern := "*"
	if len(args) > 2 {
		pattern = args[2]
	}
	return s.on(args[0], proto.ReadData|proto.ReadAttributes, func(f *File) error {
		for first := true; ; first = false {
			b, err := f.List(pattern, class, first, 65536)
			if err != nil || b == nil {
				return err
			}
			if err := s.say("%s: %d bytes", args[1], len(b)); err != nil {
				return err
			}
		}
	})
}

// allinfo asks in one compound for FileAllInformation, [MS-FSCC] 2.4.2.
func (s *Shell) allinfo(args []string) error {
	b, err := s.Tree.Stat(s.path(args[0]))
	if err != nil {
		return err
	}
	var m fscc.All
	if !fscc.Decode(b, &m) {
		return damagedInfo()
	}
	const layout = "2006-01-02 15:04:05.0000000"
	t := m.Basic.Times
	for _, x := range [...]struct {
		what string
		at   uint64
	}{{"create_time", t.Creation}, {"access_time", t.LastAccess}, {"write_time", t.LastWrite}, {"change_time", t.Change}} {
		if err := s.say("%s: %s", x.what, wire.Time(x.at).Format(layout)); err != nil {
			return err
		}
	}
	attr := m.Basic.Attributes
	return s.say("attributes: %s (0x%x)\nsize: %d", attributes(attr), attr, m.Standard.EndOfFile)
}

func damagedInfo() error { return errors.New("QUERY_INFO: the answer is damaged") }

// altname asks for FileAlternateNameInformation, [MS-FSCC] 2.4.5.
func (s *Shell) altname(args []string) error {
	return s.on(args[0], proto.ReadAttributes, func(f *File) error {
		b, err := f.Query(infoFile, 21, 0, 1024)
		if err != nil {
			return err
		}
		var m fscc.NameInfo
		if !fscc.Decode(b, &m) {
			return damagedInfo()
		}
		return s.say("%s", field.Safe(wire.UTF16(m.Name)))
	})
}

// streams asks for FileStreamInformation, [MS-FSCC] 2.4.49.
func (s *Shell) streams(args []string) error {
	return s.on(args[0], proto.ReadAttributes, func(f *File) error {
		b, err := f.Query(infoFile, 22, 0, 65536)
		var m fscc.Streams
		if err == nil && !fscc.Decode(b, &m) {
			return damagedInfo()
		}
		for _, e := range m.List {
			if err == nil {
				err = s.say("%s %d bytes", field.Safe(wire.UTF16(e.Name)), e.Size)
			}
		}
		return err
	})
}

// onRoot asks for a class of the file system.
func (s *Shell) onRoot(class uint8, m fscc.Structure) error {
	f, err := s.Tree.Create("", Open{Access: proto.ReadAttributes, Share: shareAll, Disposition: proto.OpenExisting, Options: proto.OptDirectory})
	if err != nil {
		return err
	}
	b, err := f.Query(infoSystem, class, 0, 1024)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if !fscc.Decode(b, m) {
		return damagedInfo()
	}
	return nil
}

// df asks for FileFsSizeInformation.
func (s *Shell) df([]string) error {
	var m fscc.Size
	if err := s.onRoot(3, &m); err != nil {
		return err
	}
	return s.say("%d units of %d bytes, %d free", m.Units, uint64(m.UnitSectors)*uint64(m.SectorBytes), m.Free)
}

// volume asks for FileFsVolumeInformation.
func (s *Shell) volume([]string) error {
	var m fscc.Volume
	if err := s.onRoot(1, &m); err != nil {
		return err
	}
	return s.say("volume %s, serial number 0x%08x", field.Safe(wire.UTF16(m.Label)), m.Serial)
}

// showacls asks for the security descriptor.
func (s *Shell) showacls(args []string) error {
	return s.on(args[0], proto.ReadControl, func(f *File) error {
		b, err := f.Query(infoSecurity, 0, proto.SecOwner|proto.SecGroup|proto.SecDACL, 65536)
		if err != nil {
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
	})
}

// setacl sets the DACL.
func (s *Shell) setacl(args []string) error {
	d, err := parseACEs(args[1:])
	if err != nil {
		return err
	}
	return s.on(args[0], proto.WriteDAC|proto.ReadControl, func(f *File) error { return f.Set(infoSecurity, 0, proto.SecDACL, d) })
}

// setea sets an extended attribute, or takes it away without a value.
func (s *Shell) setea(args []string) error {
	value := ""
	if len(args) > 2 {
		value = args[2]
	}
	return s.on(args[0], proto.WriteEA|proto.ReadEA, func(f *File) error { return f.Set(infoFile, 15, 0, fullEA(args[1], []byte(value))) })
}

// geteas asks for FileFullEaInformation, [MS-FSCC] 2.4.16.
func (s *Shell) geteas(args []string) error {
	return s.on(args[0], proto.ReadEA, func(f *File) error {
		b, err := f.Query(infoFile, 15, 0, 65536)
		var m fscc.EAs
		if err == nil && !fscc.Decode(b, &m) {
			return damagedInfo()
		}
		for _, e := range m.List {
			if err == nil {
				err = s.say("%s: %s", field.Safe(string(e.Name)), field.Safe(string(bytes.TrimRight(e.Value, "\x00"))))
			}
		}
		return err
	})
}

// setmode changes attributes, and setBasic sets FileBasicInformation, [MS-FSCC]
// 2.4.7, in which zeros leave what is there.
func (s *Shell) setmode(args []string) error {
	return s.on(args[0], proto.ReadAttributes|proto.WriteAttributes, func(f *File) error {
		attr := f.Attr
		for _, a := range args[1:] {
			switch bits := parseAttributes(a); {
			case strings.HasPrefix(a, "+"):
				attr |= bits
			case strings.HasPrefix(a, "-"):
				attr &^= bits
			default:
				return fmt.Errorf("setmode: no %q", a)
			}
		}
		if attr &^= proto.AttrNormal; attr == 0 {
			attr = proto.AttrNormal
		}
		f.Attr = attr
		return f.setBasic(fscc.Times{}, attr)
	})
}

func (f *File) setBasic(times fscc.Times, attr uint32) error {
	return f.Set(infoFile, 4, 0, fscc.Append(nil, &fscc.Basic{Times: times, Attributes: attr}))
}

// utimes sets times; -1 leaves one as it is.
func (s *Shell) utimes(args []string) error {
	var times fscc.Times
	for i, v := range [...]*uint64{&times.Creation, &times.LastAccess, &times.LastWrite, &times.Change} {
		if args[1+i] == "-1" {
			continue
		}
		t, err := time.Parse(time.RFC3339, args[1+i])
		if err != nil {
			return err
		}
		*v = wire.FileTime(t)
	}
	return s.on(args[0], proto.ReadAttributes|proto.WriteAttributes, func(f *File) error { return f.setBasic(times, 0) })
}

// snapshots asks for the previous versions, [MS-SMB2] 2.2.32.2.
func (s *Shell) snapshots(args []string) error {
	return s.on(args[0], proto.FileRead, func(f *File) error {
		b, err := f.Ioctl(proto.FsctlEnumSnapshots, nil, 65536)
		if err != nil {
			return err
		}
		var m smb2.Snapshots
		if !smb2.DecodeData(b, &m) {
			return errors.New("IOCTL: the answer is damaged")
		}
		for _, name := range strings.Split(wire.UTF16(m.Names), "\x00") {
			if err == nil && name != "" {
				err = s.say("%s", field.Safe(name))
			}
		}
		return errors.Join(err, s.say("%d snapshots", m.Count))
	})
}
