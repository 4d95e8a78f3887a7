package op

import (
	"encoding/binary"
	"strconv"

	"smbdiff/dissect/field"
	"smbdiff/dissect/ntstatus"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
)

// CommandName gives the name of the operation's command.
func (o *Op) CommandName() string {
	name := ""
	switch o.Proto {
	case SMB2:
		name = smb2.Command(o.Command).String()
	case SMB1:
		name = smb1.CommandName(uint8(o.Command))
	case Sealed:
		return "(sealed)"
	case Compressed:
		return "(compressed)"
	case Hole:
		return "(missing)"
	case NBSS:
		return "(session)"
	case Direct:
		return "(direct)"
	}
	if name == "" {
		name = "0x" + strconv.FormatUint(uint64(o.Command), 16)
	}
	return name
}

// AppendObject appends what the operation works on: the path, the open, the
// part of it. name gives the text of a name's number. Captured text is made
// safe for a terminal.
func (o *Op) AppendObject(dst []byte, name func(uint32) string) []byte {
	start := len(dst)
	word := func() {
		if len(dst) > start {
			dst = append(dst, ' ')
		}
	}
	if p := name(o.Path); p != "" {
		dst = field.AppendSafe(dst, p)
	} else if o.Proto == SMB2 && smb2.Command(o.Command) == smb2.Create && o.Request != 0 {
		dst = append(dst, "(root)"...)
	}
	if o.Open != 0 {
		word()
		dst = append(dst, 'F')
		dst = appendUint(dst, uint64(o.Open))
	}
	if o.Env&EnvPipe != 0 && o.Detail != 0 { // a call
		word()
		return field.AppendSafe(dst, name(o.Detail))
	}
	if o.Proto == SMB1 {
		if o.Code != 0 {
			if s := smb1.SubCommandName(uint8(o.Command), uint16(o.Code)); s != "" {
				word()
				dst = append(dst, s...)
			}
		}
		if s := smb1.LevelName(uint8(o.Command), uint16(o.Code), o.InfoClass); s != "" {
			word()
			dst = append(dst, s...)
		}
		return dst
	}
	if o.Proto == Hole {
		dst = appendUint(dst, o.Length)
		return append(dst, " bytes are not in the capture"...)
	}
	if o.Proto != SMB2 {
		return dst
	}
	switch smb2.Command(o.Command) {
	case smb2.Negotiate:
		if o.Code != 0 {
			word()
			dst = append(dst, smb2.Dialect(o.Code).String()...)
			if c := smb2.Cipher(o.Code >> 16).String(); c != "" {
				dst = append(append(dst, ' '), c...)
			}
		}
	case smb2.Read, smb2.Write, smb2.Lock:
		word()
		dst = appendUint(dst, o.Offset)
		dst = append(dst, '+')
		dst = appendUint(dst, o.Length)
	case smb2.Ioctl:
		word()
		if s := smb2.FsctlName(o.Code); s != "" {
			dst = append(dst, s...)
		} else {
			dst = field.AppendHex32(dst, o.Code)
		}
	case smb2.QueryInfo, smb2.SetInfo, smb2.QueryDirectory:
		word()
		t := o.InfoType
		if smb2.Command(o.Command) == smb2.QueryDirectory {
			t = 1
		}
		if s := smb2.InfoClassName(t, o.InfoClass); s != "" {
			dst = append(dst, s...)
		} else {
			dst = strconv.AppendUint(dst, uint64(o.InfoClass), 10)
		}
		if d := name(o.Detail); d != "" {
			dst = append(dst, ' ')
			dst = field.AppendSafe(dst, d)
		}
	}
	return dst
}

// AppendResult appends the outcome: the status, or why there is none.
func (o *Op) AppendResult(dst []byte) []byte {
	switch {
	case o.Proto == Sealed, o.Proto == Compressed, o.Proto >= Hole, o.Proto == NBSS:
		return append(dst, '-')
	case o.State&Unsolicited != 0, o.State&OneWay != 0 && o.Response == 0:
		return append(dst, '-')
	case o.Response == 0 && o.State&Pending != 0:
		return append(dst, "STATUS_PENDING"...)
	case o.Response == 0:
		return append(dst, "no answer"...)
	}
	if o.Status == 0 { // most are
		return append(dst, "STATUS_SUCCESS"...)
	}
	if s := ntstatus.Name(uint64(o.Status)); s != "" {
		return append(dst, s...)
	}
	return field.AppendHex32(dst, o.Status)
}

// AppendSeconds appends ns as seconds with micro-second digits.
func AppendSeconds(dst []byte, ns int64) []byte {
	dst, us := appendSign(dst, ns)
	dst = appendUint(dst, us/1e6)
	x := (eightDigits(us%1e6) | '0'*everyByte) >> 16
	return putEight(dst, '.'|x<<8|' '<<56, 7)
}

// AppendMillis appends ns as milliseconds with three digits behind the point.
func AppendMillis(dst []byte, ns int64) []byte {
	dst, us := appendSign(dst, ns)
	dst = appendUint(dst, us/1000)
	x := (eightDigits(us%1000) | '0'*everyByte) >> 40
	return putEight(dst, '.'|x<<8|blanks>>32<<32, 4)
}

// appendSign appends the sign of ns and gives its micro-seconds.
func appendSign(dst []byte, ns int64) ([]byte, uint64) {
	if ns < 0 {
		return append(dst, '-'), uint64(-ns) / 1000
	}
	return dst, uint64(ns) / 1000
}

const (
	everyByte = 0x0101_0101_0101_0101
	blanks    = uint64(' ' * everyByte)
)

// appendUint appends n in decimal digits. That there are few is found by
// comparing, which a processor foresees: what follows need not wait for the
// digits, as it does behind strconv.AppendUint.
func appendUint(dst []byte, n uint64) []byte {
	digits := 8
	switch {
	case n < 10:
		return append(dst, byte('0'+n))
	case n < 100:
		digits = 2
	case n < 1000:
		digits = 3
	case n < 1e4:
		digits = 4
	case n < 1e5:
		digits = 5
	case n < 1e6:
		digits = 6
	case n < 1e7:
		digits = 7
	case n >= 1e8:
		return strconv.AppendUint(dst, n, 10)
	}
	x := (eightDigits(n)|'0'*everyByte)>>(64-8*digits) | blanks<<(8*digits)
	return putEight(dst, x, digits)
}

// eightDigits gives the decimal digits of n, which has eight at most, as the bytes
// of a number, the first digit in the lowest.
func eightDigits(n uint64) uint64 {
	x := n/1e4 | n%1e4<<32
	q := x * 10486 >> 20 & 0x7f_0000_007f // of a hundred
	x = q | (x-q*100)<<16
	q = x * 103 >> 10 & 0x0f_000f_000f_000f // of ten
	return q | (x-q*10)<<8
}

// putEight appends the n lowest bytes of x. The others stand behind them.
func putEight(dst []byte, x uint64, n int) []byte {
	at := len(dst)
	dst = append(dst, "        "...)
	binary.LittleEndian.PutUint64(dst[at:], x)
	return dst[:at+n]
}

// AppendFrames appends the frames of request and response: 27,28.
func (o *Op) AppendFrames(dst []byte) []byte {
	if o.ReqFrame != 0 {
		dst = appendUint(dst, uint64(o.ReqFrame))
	} else {
		dst = append(dst, '-')
	}
	if o.RespFrame != 0 {
		dst = appendUint(append(dst, ','), uint64(o.RespFrame))
	}
	return dst
}

// Row is an operation as the columns of a list.
type Row struct {
	Op, Time, RTT, Session, Tree, Command, Object, Result, Frames string
}

// Row gives the columns; start is the time that counts as zero.
func (o *Op) Row(start int64, name func(uint32) string) Row {
	r := Row{Op: strconv.FormatUint(uint64(o.Num), 10), Time: string(AppendSeconds(nil, o.Start-start)), Command: o.CommandName(),
		Object: string(o.AppendObject(nil, name)), Result: string(o.AppendResult(nil)), Frames: string(o.AppendFrames(nil)),
		Session: "-", Tree: "-", RTT: "-"}
	if o.RTT >= 0 {
		r.RTT = string(AppendMillis(nil, o.RTT))
	}
	if o.Session != 0 {
		r.Session = "S" + strconv.FormatUint(uint64(o.Session), 10)
	}
	if o.Tree != 0 {
		r.Tree = "T" + strconv.FormatUint(uint64(o.Tree), 10)
	}
	if o.State&WasSealed != 0 {
		r.Command += " *"
	}
	if o.Of > 1 {
		switch {
		case o.Index == 0:
			r.Command = "┌" + r.Command
		case o.Index+1 == o.Of:
			r.Command = "└" + r.Command
		default:
			r.Command = "├" + r.Command
		}
	}
	return r
}

// blank is what AppendLine writes its columns on: most lines fit.
const blank = "                                                                                                                                "

// tab goes on to behind the column that ends at end, with one space between at
// least. What stands behind dst is blank up to place edge.
func tab(dst []byte, end, edge int) []byte {
	if len(dst) <= end && end < edge {
		return dst[:end+1]
	}
	return append(dst, blank...)[:max(len(dst), end)+1]
}

// AppendLine appends the operation as one line of text: frames, time in
// seconds since start, session, tree, command, object, status, response time in
// milliseconds.
func (o *Op) AppendLine(dst []byte, start int64, name func(uint32) string) []byte {
	edge := len(dst) + len(blank)
	dst = append(dst, blank...)[:len(dst)]
	dst = tab(o.AppendFrames(dst), len(dst)+13, edge)
	dst = tab(AppendSeconds(dst, o.Start-start), len(dst)+11, edge)
	dst = tab(appendNumbered(dst, 'S', o.Session), len(dst)+3, edge)
	dst = tab(appendNumbered(dst, 'T', o.Tree), len(dst)+3, edge)
	command := len(dst)
	switch {
	case o.Of < 2:
		dst = append(dst, ' ')
	case o.Index == 0:
		dst = append(dst, '(')
	case o.Index+1 == o.Of:
		dst = append(dst, ')')
	default:
		dst = append(dst, '|')
	}
	dst = append(dst, o.CommandName()...)
	if o.State&WasSealed != 0 {
		dst = append(dst, " *"...)
	}
	dst = tab(dst, command+18, edge)
	dst = tab(o.AppendObject(dst, name), len(dst)+44, edge)
	dst = tab(o.AppendResult(dst), len(dst)+24, edge)
	if o.RTT >= 0 {
		dst = AppendMillis(dst, o.RTT)
		dst = append(dst, "ms"...)
	} else {
		dst = append(dst, '-')
	}
	return append(dst, '\n')
}

func appendNumbered(dst []byte, letter byte, n uint32) []byte {
	if n == 0 {
		return append(dst, '-')
	}
	return appendUint(append(dst, letter), uint64(n))
}
