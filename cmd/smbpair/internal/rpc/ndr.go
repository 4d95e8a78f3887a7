package rpc

import (
	"unicode/utf8"

	"smbdiff/cmd/smbpair/internal/raw"
	"smbdiff/dissect/wire"
)

// reader reads NDR, [C706] 14: values are aligned to their size.
type reader struct {
	b   []byte
	at  int
	bad bool
}

func (r *reader) take(n, align int) []byte {
	at := (r.at + align - 1) &^ (align - 1)
	if at > len(r.b) || n > len(r.b)-at || n < 0 {
		r.bad, r.at = true, len(r.b)
		return nil
	}
	r.at = at + n
	return r.b[at:r.at]
}

func (r *reader) u16() uint16 { return raw.Read(r.take(2, 2)).U16() }
func (r *reader) u32() uint32 { return raw.Read(r.take(4, 4)).U32() }

// sid is a conformant RPC_SID, [MS-DTYP] 2.4.2.3.
func (r *reader) sid() (s sid) {
	r.u32()
	head := r.take(8, 4)
	if len(head) < 8 {
		return s
	}
	s.authority = head[7]
	for range min(head[1], 15) {
		s.subs = append(s.subs, r.u32())
	}
	return s
}

// counted is the fixed part of RPC_UNICODE_STRING, [MS-DTYP] 2.3.10; it reports
// whether its text follows later.
func (r *reader) counted() bool {
	r.take(4, 4)
	return r.u32() != 0
}

// names reads n RPC_UNICODE_STRINGs of an array.
func (r *reader) names(n uint32) (out []string) {
	there := make([]bool, 0, min(n, maxNames))
	for range min(n, maxNames) {
		there = append(there, r.counted())
	}
	for _, ok := range there {
		name := ""
		if ok {
			name = r.text()
		}
		out = append(out, name)
	}
	return out
}

// text is a conformant varying string.
func (r *reader) text() string {
	r.u32()
	r.u32()
	n := r.u32()
	b := r.take(int(min(n, 1<<20))*2, 1)
	s := wire.UTF16(b)
	for len(s) > 0 && s[len(s)-1] == 0 {
		s = s[:len(s)-1]
	}
	return s
}

// pointer is a unique pointer to a string.
func (r *reader) pointer() string {
	if r.u32() == 0 {
		return ""
	}
	return r.text()
}

// maxNames is how many names or identifiers one call may ask for.
const maxNames = 1000

// writer writes NDR.
type writer struct {
	raw.Buf
	refs uint32
}

func (w *writer) u16(v uint16) {
	w.Align(0, 2)
	w.U16(v)
}

func (w *writer) u32(v uint32) {
	w.Align(0, 4)
	w.U32(v)
}

// ref writes a pointer that is not null.
func (w *writer) ref() {
	w.refs++
	w.u32(0x00020000 + 4*w.refs)
}

// text writes a conformant varying string with its NUL.
func (w *writer) text(s string) {
	b := wire.AppendUTF16(nil, s)
	n := uint32(len(b)/2 + 1)
	w.u32(n)
	w.u32(0)
	w.u32(n)
	w.Bytes(b)
	w.U16(0)
}

// counted writes the fixed part of RPC_UNICODE_STRING, [MS-DTYP] 2.3.10.
func (w *writer) counted(s string) {
	n := uint16(len(wire.AppendUTF16(nil, s)))
	w.Align(0, 4)
	w.U16(n)
	w.U16(n)
	if s == "" || !utf8.ValidString(s) {
		w.u32(0)
		return
	}
	w.ref()
}

// chars writes what counted points to.
func (w *writer) chars(s string) {
	if s == "" || !utf8.ValidString(s) {
		return
	}
	b := wire.AppendUTF16(nil, s)
	w.u32(uint32(len(b) / 2))
	w.u32(0)
	w.u32(uint32(len(b) / 2))
	w.Bytes(b)
}

// sid writes a conformant RPC_SID.
func (w *writer) sid(s sid) {
	w.u32(uint32(len(s.subs)))
	w.Bytes([]byte{1, byte(len(s.subs)), 0, 0, 0, 0, 0, s.authority})
	for _, v := range s.subs {
		w.u32(v)
	}
}

// handle writes a context handle, [C706] 14.3.12, that says what it is of.
func (w *writer) handle(kind byte, rid uint32) {
	w.u32(0)
	w.Bytes([]byte{kind, 's', 'm', 'b', 'p', 'a', 'i', 'r', 0, 0, 0, 0})
	w.U32(rid)
}

// handle reads what writer.handle wrote.
func (r *reader) handle() (kind byte, rid uint32) {
	b := r.take(20, 4)
	if len(b) < 20 {
		return 0, 0
	}
	return b[4], raw.Read(b[16:]).U32()
}
