package client

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/sd"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// OpenHelp lists the settings of open.
const OpenHelp = `settings of open, each NAME or NAME=VALUE:
  access=read,write,delete,control,all,max,NUMBER   disp=open|create|openif|overwrite|overwriteif|supersede
  share=rwd|none   opt=dir,file,through,nobuffer,deleteonclose,NUMBER   attr=rhsa
  oplock=ii|exclusive|batch   lease=RWH[:KEY]   lease2=RWH[:KEY[:PARENT]]   durable   durable2[=MS]   persistent
  maxaccess   diskid   alloc=BYTES   timewarp=TIME   ea=NAME:VALUE   sd=ACE[+ACE...]   app=NAME   appversion=HIGH.LOW
  apple   posix=MODE   context=NAME:HEX   an ACE is allow|deny:SID:RIGHTS`

// parseOpen reads the settings of a file that gets a name.
func parseOpen(name string, words []string) (Open, error) {
	o := Open{Access: proto.FileRead, Share: shareAll, Disposition: proto.OpenExisting}
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		if err := o.word(name, key, value); err != nil {
			return o, fmt.Errorf("open: %s: %w", w, err)
		}
	}
	return o, nil
}

// word takes one setting.
func (o *Open) word(name, key, value string) (err error) {
	switch key {
	case "access":
		o.Access, err = sum(value, accessWords())
	case "disp":
		o.Disposition, err = sum(value, map[string]uint32{"open": proto.OpenExisting, "create": proto.CreateNew, "openif": proto.OpenIf,
			"overwrite": proto.Overwrite, "overwriteif": proto.OverwriteIf, "supersede": proto.Supersede})
	case "share":
		o.Share = 0
		for i, l := range "rwd" {
			if strings.ContainsRune(value, l) && value != "none" {
				o.Share |= 1 << i
			}
		}
	case "opt":
		o.Options, err = sum(value, map[string]uint32{"dir": proto.OptDirectory, "file": proto.OptNonDirectory, "through": proto.OptWriteThrough,
			"nobuffer": proto.OptNoBuffering, "deleteonclose": proto.OptDeleteOnClose, "reparse": proto.OptReparsePoint})
	case "attr":
		o.Attributes = parseAttributes(value)
	case "oplock":
		level, err := sum(value, map[string]uint32{"none": 0, "ii": proto.OplockII, "exclusive": proto.OplockExclusive, "batch": proto.OplockBatch})
		o.Oplock = uint8(level)
		return err
	case "lease", "lease2":
		o.Lease, err = parseLease(name, value, key == "lease2")
	case "durable":
		o.Durable = 1
	case "durable2":
		o.Durable = 2
		if value != "" {
			o.Timeout, err = sum(value, nil)
		}
	case "persistent":
		o.Durable, o.Persistent = 2, true
	default:
		return o.context(key, value)
	}
	return err
}

func accessWords() map[string]uint32 {
	return map[string]uint32{"read": proto.FileRead, "write": proto.FileWrite, "delete": proto.Delete, "control": proto.ReadControl | proto.WriteDAC,
		"all": proto.FileAll, "max": proto.MaximumAllowed, "attributes": proto.ReadAttributes | proto.WriteAttributes}
}

// sum adds up words and numbers.
func sum(list string, words map[string]uint32) (out uint32, err error) {
	for _, w := range strings.Split(list, ",") {
		v, ok := words[w]
		if !ok {
			n, err := strconv.ParseUint(w, 0, 32)
			if err != nil {
				return 0, fmt.Errorf("no %q", w)
			}
			v = uint32(n)
		}
		out |= v
	}
	return out, nil
}

func parseAttributes(s string) (a uint32) {
	for _, x := range letters() {
		if strings.Contains(strings.ToUpper(s), x.letter) {
			a |= x.bit
		}
	}
	return a
}

// parseLease reads RWH[:KEY[:PARENT]]; the name of the handle is the key of one
// without.
func parseLease(name, value string, v2 bool) (*Lease, error) {
	state, rest, _ := strings.Cut(value, ":")
	key, parent, _ := strings.Cut(rest, ":")
	if key == "" {
		key = name
	}
	l := &Lease{V2: v2}
	copy(l.Key[:], key)
	copy(l.Parent[:], parent)
	var err error
	l.State, err = leaseState(state)
	return l, err
}

func leaseState(s string) (v uint32, err error) {
	for _, r := range strings.ToUpper(s) {
		i := strings.IndexRune("RHW", r)
		if i < 0 && r != '-' {
			return 0, fmt.Errorf("a lease is made of R, W and H, or -")
		}
		if i >= 0 {
			v |= 1 << i
		}
	}
	return v, nil
}

func leaseText(v uint32) string {
	out := ""
	for i, r := range "RHW" {
		if v&(1<<i) != 0 {
			out += string(r)
		}
	}
	if out == "" {
		return "-"
	}
	return out
}

// context takes a setting that is a create context.
func (o *Open) context(key, value string) (err error) {
	var x smb2.CreateContext
	switch key {
	case "maxaccess":
		x = createContext("MxAc", nil)
	case "diskid":
		x = createContext("QFid", nil)
	case "alloc":
		var n uint64
		n, err = strconv.ParseUint(value, 0, 64)
		x = createContext("AlSi", &smb2.AllocationRequest{Size: n})
	case "timewarp":
		var at time.Time
		at, err = time.Parse(time.RFC3339, value)
		x = createContext("TWrp", &smb2.TimeWarp{Timestamp: wire.FileTime(at)})
	case "ea":
		ea, text, _ := strings.Cut(value, ":")
		x = smb2.CreateContext{Name: []byte("ExtA"), Data: fullEA(ea, []byte(text))}
	case "sd":
		x.Name = []byte("SecD")
		x.Data, err = parseACEs(strings.Split(value, "+"))
	case "app":
		var m smb2.AppInstance
		copy(m.ID[:], value)
		x = createContext(smb2.TagAppInstance, &m)
	case "appversion":
		high, low, _ := strings.Cut(value, ".")
		h, err1 := strconv.ParseUint(high, 10, 64)
		l, err2 := strconv.ParseUint(low, 10, 64)
		if err1 != nil || err2 != nil {
			return fmt.Errorf("HIGH.LOW")
		}
		x = createContext(smb2.TagAppVersion, &smb2.AppVersion{High: h, Low: l})
	case "apple":
		const all = 7 // of what there is to ask for
		x = createContext("AAPL", &smb2.AppleQuery{Wanted: all})
	case "posix":
		var mode uint64
		mode, err = strconv.ParseUint(value, 8, 32)
		x = createContext(smb2.TagPosix, &smb2.PosixRequest{Mode: uint32(mode)})
	case "context":
		name, text, _ := strings.Cut(value, ":")
		x.Name = []byte(name)
		x.Data, err = hex.DecodeString(text)
		if raw, e := hex.DecodeString(name); e == nil && len(raw) == 16 {
			x.Name = raw
		}
	default:
		return fmt.Errorf("no such setting")
	}
	o.Contexts = append(o.Contexts, x)
	return err
}

// fullEA is a list of one extended attribute.
func fullEA(name string, value []byte) []byte {
	return fscc.Append(nil, &fscc.EAs{List: []fscc.EA{{Name: []byte(name), Value: value}}})
}

// parseACEs makes a security descriptor of entries KIND:SID:RIGHTS.
func parseACEs(list []string) ([]byte, error) {
	d := sd.Descriptor{Control: sd.DACLPresent, HasDACL: true}
	for _, text := range list {
		part := strings.Split(text, ":")
		if len(part) != 3 || part[0] != "allow" && part[0] != "deny" {
			return nil, fmt.Errorf("an entry is allow:SID:RIGHTS or deny:SID:RIGHTS")
		}
		id, err := parseSID(part[1])
		if err != nil {
			return nil, err
		}
		rights, err := sum(part[2], accessWords())
		if err != nil {
			return nil, err
		}
		a := sd.ACE{Mask: rights, SID: id}
		if part[0] == "deny" {
			a.Type = sd.Deny
		}
		d.DACL = append(d.DACL, a)
	}
	return d.Append(nil, false, false, true, false), nil
}

// parseSID reads S-1-5-32-545.
func parseSID(s string) (sd.SID, error) {
	part := strings.Split(s, "-")
	if len(part) < 3 || part[0] != "S" || part[1] != "1" || len(part) > 18 {
		return "", fmt.Errorf("%s is no SID", s)
	}
	b := []byte{1, byte(len(part) - 3), 0, 0, 0, 0, 0, 0}
	for i, p := range part[2:] {
		n, err := strconv.ParseUint(p, 10, 32)
		if err != nil {
			return "", fmt.Errorf("%s is no SID", s)
		}
		if i == 0 {
			binary.BigEndian.PutUint32(b[4:], uint32(n))
			continue
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	return sd.SID(b), nil
}
