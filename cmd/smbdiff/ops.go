package main

import (
	"net/netip"
	"strconv"
	"time"

	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
)

// teller is what is known of a capture beside one of its operations.
type teller struct {
	name    func(uint32) string
	session func(num uint32) (id uint64, user string, dialect smb2.Dialect)
	tree    func(num uint32) string
	ends    func(conn uint32) (a, b netip.AddrPort)
	start   int64 // of the first operation, ns since 1970 UTC
}

// line appends an operation in the form that is asked for.
func (t *teller) line(dst []byte, o *op.Op, format string) []byte {
	switch format {
	case "ops":
		return t.object(dst, o)
	case "zeek":
		return t.zeek(dst, o)
	}
	return o.AppendLine(dst, t.start, t.name)
}

func key(dst []byte, name string) []byte {
	if n := len(dst); n > 0 && dst[n-1] != '{' {
		dst = append(dst, ',')
	}
	return append(field.AppendString(dst, name), ':')
}

// text appends a text; an empty one is null.
func text(dst []byte, name, value string) []byte {
	dst = key(dst, name)
	if value == "" {
		return append(dst, "null"...)
	}
	return field.AppendString(dst, value)
}

// seconds appends ns as seconds with nine digits, null when unknown.
func seconds(dst []byte, name string, ns int64) []byte {
	dst = key(dst, name)
	if ns < 0 {
		return append(dst, "null"...)
	}
	dst = strconv.AppendInt(dst, ns/1e9, 10)
	frac := strconv.AppendInt(nil, 1e9+ns%1e9, 10)
	return append(append(dst, '.'), frac[1:]...)
}

func label(letter string, n uint32) string {
	if n == 0 {
		return ""
	}
	return letter + strconv.FormatUint(uint64(n), 10)
}

// object appends an operation as the object of the schema smbdiff/op/1.
func (t *teller) object(dst []byte, o *op.Op) []byte {
	id, user, dialect := t.session(o.Session)
	dst = append(dst, `{"schema":"smbdiff/op/1"`...)
	dst = strconv.AppendUint(key(dst, "op"), uint64(o.Num), 10)
	at := time.Unix(o.Start/1e9, o.Start%1e9).UTC()
	dst = append(at.AppendFormat(append(key(dst, "ts"), '"'), "2006-01-02T15:04:05.000000000Z"), '"')
	dst = seconds(dst, "t", o.Start-t.start)
	dst = seconds(dst, "rtt", o.RTT)
	dst = text(dst, "conn", label("C", o.Conn+1))
	dst = text(dst, "session", label("S", o.Session))
	dst = text(dst, "tree", label("T", o.Tree))
	dst = text(dst, "user", user)
	dst = text(dst, "version", version2(o, dialect))
	dst = text(dst, "command", o.CommandName())
	dst = text(dst, "path", t.name(o.Path))
	dst = text(dst, "file", label("F", o.Open))
	dst = text(dst, "object", string(o.AppendObject(nil, t.name)))
	dst = text(dst, "status", t.status(o))
	dst = strconv.AppendBool(key(dst, "sealed"), o.State&op.WasSealed != 0)
	dst = strconv.AppendBool(key(dst, "opened"), o.State&op.WasSealed != 0 && o.Proto != op.Sealed)
	dst = append(key(dst, "frames"), '[')
	for i, n := range [2]uint32{o.ReqFrame, o.RespFrame} {
		if i > 0 {
			dst = append(dst, ',')
		}
		if n == 0 {
			dst = append(dst, "null"...)
			continue
		}
		dst = strconv.AppendUint(dst, uint64(n), 10)
	}
	dst = append(dst, ']')
	if o.Of > 1 {
		dst = append(key(dst, "compound"), `{"index":`...)
		dst = strconv.AppendUint(dst, uint64(o.Index), 10)
		dst = append(strconv.AppendUint(append(dst, `,"of":`...), uint64(o.Of), 10), '}')
	}
	if id != 0 {
		dst = append(field.AppendHex64(append(key(dst, "session_id"), '"'), id), '"')
	}
	return append(dst, '}', '\n')
}

// version2 gives the dialect as people name it.
func version2(o *op.Op, d smb2.Dialect) string {
	switch {
	case o.Proto == op.SMB1:
		return "1"
	case o.Proto == op.SMB2 && d != 0:
		return d.String()
	}
	return ""
}

func (t *teller) status(o *op.Op) string {
	s := string(o.AppendResult(nil))
	if s == "-" {
		return ""
	}
	return s
}

// zeek appends an operation as Zeek's log smb_cmd has it.
func (t *teller) zeek(dst []byte, o *op.Op) []byte {
	_, user, _ := t.session(o.Session)
	a, b := t.ends(o.Conn)
	dst = seconds(append(dst, '{'), "ts", o.Start)
	dst = text(dst, "uid", label("C", o.Conn+1))
	for i, side := range [2]netip.AddrPort{a, b} {
		who := [2]string{"orig", "resp"}[i]
		dst = text(dst, "id."+who+"_h", side.Addr().String())
		dst = strconv.AppendUint(key(dst, "id."+who+"_p"), uint64(side.Port()), 10)
	}
	dst = text(dst, "command", o.CommandName())
	if sub := subCommand(o); sub != "" {
		dst = text(dst, "sub_command", sub)
	}
	dst = text(dst, "argument", t.name(o.Path))
	dst = text(dst, "status", t.status(o))
	if o.RTT >= 0 {
		dst = seconds(dst, "rtt", o.RTT)
	}
	dst = text(dst, "version", o.Proto.String())
	dst = text(dst, "username", user)
	if tree := t.tree(o.Tree); tree != "" {
		dst = text(dst, "tree", tree)
		service := "DISK"
		if o.Env&op.EnvPipe != 0 {
			service = "PIPE"
		}
		dst = text(dst, "tree_service", service)
	}
	if o.Open != 0 {
		dst = text(dst, "referenced_file.name", t.name(o.Path))
	}
	return append(dst, '}', '\n')
}

func subCommand(o *op.Op) string {
	switch {
	case o.Proto == op.SMB1 && o.Code != 0:
		return smb1.SubCommandName(uint8(o.Command), uint16(o.Code))
	case o.Proto == op.SMB2 && smb2.Command(o.Command) == smb2.Ioctl:
		return smb2.FsctlName(o.Code)
	}
	return ""
}
