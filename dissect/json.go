package dissect

import (
	"net/netip"
	"strconv"
	"time"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/ntstatus"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
)

// CommandName gives the name of the message's command, "" when it has none.
func CommandName(m *conv.Message) string {
	switch m.Proto {
	case op.SMB2:
		if s := m.SMB2.Command.String(); s != "" {
			return s
		}
	case op.SMB1:
		if s := smb1.CommandName(m.SMB1.Command); s != "" {
			return s
		}
	default:
		return ""
	}
	return "0x" + strconv.FormatUint(uint64(m.Command()), 16)
}

// AppendJSON appends m as the object of the schema smbdiff/message/1, without a
// line end. src and dst are the ends of the packet; d holds m's tree.
func (d *Dissector) AppendJSON(b []byte, m *conv.Message, src, dst netip.AddrPort, raw bool) []byte {
	j := writer{b: b}
	j.b = append(j.b, `{"schema":"smbdiff/message/1"`...)
	j.uint("frame", uint64(m.Frame))
	j.b = append(j.b, `,"frames":[`...)
	j.b = strconv.AppendUint(j.b, uint64(m.FirstFrame), 10)
	j.b = append(j.b, ',')
	j.b = strconv.AppendUint(j.b, uint64(m.Frame), 10)
	j.b = append(j.b, `],"time":"`...)
	j.b = time.Unix(m.Time/1e9, m.Time%1e9).UTC().AppendFormat(j.b, "2006-01-02T15:04:05.000000000Z")
	j.b = append(j.b, '"')
	j.numbered("connection", 'C', m.Conn+1)
	j.b = append(j.b, `,"src":"`...)
	j.b = src.AppendTo(j.b)
	j.b = append(j.b, `","dst":"`...)
	j.b = dst.AppendTo(j.b)
	j.b = append(j.b, '"')
	j.text("protocol", m.Proto.String())
	switch m.Proto {
	case op.SMB2:
		j.smb2(m)
	case op.SMB1:
		j.smb1(m)
	default:
		j.b = append(j.b, `,"command":null,"command_code":null,"response":`...)
		j.b = strconv.AppendBool(j.b, m.FromServer)
		j.b = append(j.b, `,"status":null`...)
		j.hex("session_id", m.Session64)
		j.b = append(j.b, `,"tree_id":null,"async_id":null,"message_id":null`...)
	}
	j.b = append(j.b, `,"compound":{"index":`...)
	j.b = strconv.AppendUint(j.b, uint64(m.Index), 10)
	j.b = append(j.b, `,"of":`...)
	j.b = strconv.AppendUint(j.b, uint64(m.Of), 10)
	j.b = append(j.b, '}')
	j.bool("sealed", m.Sealed)
	j.bool("decrypted", m.Sealed && m.Seal.Opened)
	if c := m.Seal.Cipher.String(); c != "" {
		j.text("cipher", c)
	} else {
		j.null("cipher")
	}
	if m.Sealed && !m.Seal.Opened {
		j.text("why", m.Seal.Why.String())
	}
	j.text("signature", m.Signature.String())
	j.numbered("session", 'S', m.Session)
	j.numbered("tree", 'T', m.Tree)
	j.numbered("open", 'F', m.Open)
	if m.PathName != "" {
		j.b = append(j.b, `,"path":`...)
		j.b = field.AppendString(j.b, m.PathName)
	} else {
		j.null("path")
	}
	if m.RequestFrame != 0 {
		j.uint("request_frame", uint64(m.RequestFrame))
	} else {
		j.null("request_frame")
	}
	if m.RTT >= 0 {
		j.uint("rtt_ns", uint64(m.RTT))
	} else {
		j.null("rtt_ns")
	}
	j.uint("op", uint64(m.Op))
	j.problems(d, m)
	t := &d.Tree
	j.b = append(j.b, `,"outer":[`...)
	j.b = t.AppendJSON(j.b, 0, d.Outer, raw)
	j.b = append(j.b, `],"fields":[`...)
	j.b = t.AppendJSON(j.b, d.Outer, len(t.Nodes), raw)
	return append(j.b, "]}"...)
}

// writer appends members of an object.
type writer struct{ b []byte }

func (j *writer) key(k string) {
	j.b = append(j.b, ',', '"')
	j.b = append(j.b, k...)
	j.b = append(j.b, '"', ':')
}

func (j *writer) null(k string) {
	j.key(k)
	j.b = append(j.b, "null"...)
}

func (j *writer) uint(k string, v uint64) {
	j.key(k)
	j.b = strconv.AppendUint(j.b, v, 10)
}

func (j *writer) bool(k string, v bool) {
	j.key(k)
	j.b = strconv.AppendBool(j.b, v)
}

// text appends a string of our own, which needs no escapes.
func (j *writer) text(k, v string) {
	j.key(k)
	j.b = append(j.b, '"')
	j.b = append(j.b, v...)
	j.b = append(j.b, '"')
}

func (j *writer) hex(k string, v uint64) {
	j.key(k)
	j.b = append(j.b, '"')
	j.b = field.AppendHex64(j.b, v)
	j.b = append(j.b, '"')
}

// numbered appends S1 and the like; 0 is null.
func (j *writer) numbered(k string, letter byte, n uint32) {
	if n == 0 {
		j.null(k)
		return
	}
	j.key(k)
	j.b = append(j.b, '"', letter)
	j.b = strconv.AppendUint(j.b, uint64(n), 10)
	j.b = append(j.b, '"')
}

func (j *writer) head(m *conv.Message) {
	j.text("command", CommandName(m))
	j.uint("command_code", uint64(m.Command()))
	j.bool("response", m.Response())
	if !m.Response() {
		j.null("status")
		return
	}
	if s := ntstatus.Name(uint64(m.Status())); s != "" {
		j.text("status", s)
		return
	}
	j.key("status")
	j.b = append(j.b, '"')
	j.b = field.AppendHex32(j.b, m.Status())
	j.b = append(j.b, '"')
}

func (j *writer) smb2(m *conv.Message) {
	j.head(m)
	h := &m.SMB2
	j.hex("session_id", h.SessionID)
	if h.Flags&smb2.FlagAsync != 0 {
		j.null("tree_id")
		j.hex("async_id", h.AsyncID)
	} else {
		j.uint("tree_id", uint64(h.TreeID))
		j.null("async_id")
	}
	j.hex("message_id", h.MessageID)
}

func (j *writer) smb1(m *conv.Message) {
	j.head(m)
	h := &m.SMB1
	j.hex("session_id", uint64(h.UID))
	j.uint("tree_id", uint64(h.TID))
	j.null("async_id")
	j.hex("message_id", uint64(h.MID))
}

// problems appends what is wrong with the message: what its conversation says
// and what its tree notes.
func (j *writer) problems(d *Dissector, m *conv.Message) {
	j.b = append(j.b, `,"problems":[`...)
	n := 0
	for _, list := range [2][]string{m.Problems, d.Tree.Notes} {
		for _, p := range list {
			if n > 0 {
				j.b = append(j.b, ',')
			}
			j.b = field.AppendString(j.b, p)
			n++
		}
	}
	j.b = append(j.b, ']')
}
