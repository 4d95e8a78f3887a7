// Package rpc answers DCE/RPC calls over named pipes, [MS-RPCE] with [C706]: as
// much of srvsvc, wkssvc, lsarpc and samr as clients ask for when they look at a
// server. It knows no SMB. Input is hostile: what cannot be read gets a fault.
package rpc

import (
	"encoding/binary"

	"smbdiff/cmd/smbpair/internal/raw"
)

// Share is a share as clients see it listed.
type Share struct {
	Name string
	Pipe bool
}

// Host is what the calls tell of.
type Host struct {
	Name    string
	User    string // who calls
	Users   []string
	Machine [3]uint32
	Shares  []Share
}

// Packet types, [C706] 12.6.4.
const (
	ptRequest  = 0
	ptResponse = 2
	ptFault    = 3
	ptBind     = 11
	ptBindAck  = 12
	ptAlter    = 14
	ptAlterAck = 15
)

// Fault codes, [MS-RPCE] 2.2.2.
const (
	faultOp  = 0x1c010002 // no such operation
	faultNDR = 0x000006f7 // the stub cannot be read
)

const (
	maxFragment = 4280
	maxCall     = 1 << 20
	headSize    = 16
)

var ndr32 = [16]byte{0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60}

// service is an interface that a pipe speaks.
type service struct {
	pipe string
	uuid [16]byte
	call func(h *Host, op uint16, in *reader, out *writer) bool
}

func services() []service {
	return []service{
		{"srvsvc", uuid("4b324fc8-1670-01d3-1278-5a47bf6ee188"), srvsvc},
		{"wkssvc", uuid("6bffd098-a112-3610-9833-46c3f87e345a"), wkssvc},
		{"lsarpc", uuid("12345778-1234-abcd-ef00-0123456789ab"), lsarpc},
		{"samr", uuid("12345778-1234-abcd-ef00-0123456789ac"), samr},
	}
}

// uuid gives a UUID as it stands on the wire.
func uuid(s string) (u [16]byte) {
	n := 0
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		default:
			continue
		}
		u[n/2] = u[n/2]<<4 | c
		n++
	}
	for _, r := range [...][2]int{{0, 3}, {1, 2}, {4, 5}, {6, 7}} {
		u[r[0]], u[r[1]] = u[r[1]], u[r[0]]
	}
	return u
}

// Pipe is one open of a named pipe.
type Pipe struct {
	host     Host
	service  service
	contexts map[uint16]bool
	in       []byte // bytes of PDUs that are not whole yet
	stub     []byte // of the call under way
	out      [][]byte
	max      int
}

// Open gives the pipe of a name, nil when there is none.
func Open(name string, h Host) *Pipe {
	for _, s := range services() {
		if s.pipe == name {
			return &Pipe{host: h, service: s, contexts: make(map[uint16]bool), max: maxFragment}
		}
	}
	return nil
}

// Write takes bytes from the client and reports whether they make sense.
func (p *Pipe) Write(b []byte) bool {
	if len(p.in)+len(b) > maxCall {
		return false
	}
	p.in = append(p.in, b...)
	for len(p.in) >= headSize {
		n := int(binary.LittleEndian.Uint16(p.in[8:]))
		if p.in[0] != 5 || n < headSize {
			return false
		}
		if len(p.in) < n {
			return true
		}
		if !p.packet(p.in[:n]) {
			return false
		}
		p.in = p.in[n:]
	}
	return true
}

// Read gives at most n bytes of the next answer; more says that bytes of it are
// left.
func (p *Pipe) Read(n int) (b []byte, more, ok bool) {
	if len(p.out) == 0 {
		return nil, false, false
	}
	b = p.out[0]
	if len(b) > n {
		p.out[0] = b[n:]
		return b[:n], true, true
	}
	p.out = p.out[1:]
	return b, false, true
}

func (p *Pipe) packet(b []byte) bool {
	call := binary.LittleEndian.Uint32(b[12:])
	body := b[headSize:]
	if auth := int(binary.LittleEndian.Uint16(b[10:])); auth > 0 {
		if auth+8 > len(body) {
			return false
		}
		body = body[:len(body)-auth-8]
	}
	switch b[2] {
	case ptBind, ptAlter:
		return p.bind(b[2], call, body)
	case ptRequest:
		if len(body) < 8 {
			return false
		}
		if len(p.stub)+len(body) > maxCall {
			return false
		}
		p.stub = append(p.stub, body[8:]...)
		if b[3]&2 != 0 { // the last fragment
			stub := p.stub
			p.stub = nil
			p.request(call, binary.LittleEndian.Uint16(body[4:]), binary.LittleEndian.Uint16(body[6:]), stub)
		}
		return true
	}
	return true
}

// head writes the common header, [C706] 12.6.3.1; the length is put in later.
func head(kind, flags uint8, call uint32) raw.Buf {
	b := raw.Buf{5, 0, kind, flags, 0x10, 0, 0, 0, 0, 0, 0, 0}
	b.U32(call)
	return b
}

func (p *Pipe) send(b raw.Buf) {
	b.Put16(8, uint16(len(b)))
	p.out = append(p.out, b)
}

// bind is [C706] 12.6.4.3: one transfer syntax is spoken.
func (p *Pipe) bind(kind uint8, call uint32, body []byte) bool {
	r := raw.Read(body)
	transmit := int(r.U16())
	r.Skip(6)
	n := int(r.U8())
	r.Skip(3)
	if transmit >= 1024 {
		p.max = min(transmit, maxFragment)
	}
	b := head(kind+1, 3, call)
	b.U16(maxFragment)
	b.U16(maxFragment)
	b.U32(0x53f0)
	if kind == ptBind {
		name := `\PIPE\` + p.service.pipe + "\x00"
		b.U16(uint16(len(name)))
		b.Bytes([]byte(name))
	} else {
		b.U16(0)
	}
	b.Align(0, 4)
	b.U8(uint8(n))
	b.Zero(3)
	for range n {
		id, syntaxes := r.U16(), int(r.U16())
		iface := r.GUID()
		r.U32()
		good := false
		for range syntaxes & 0xff {
			s := r.GUID()
			good = good || s == ndr32 && r.U32() == 2
			if s != ndr32 {
				r.U32()
			}
		}
		if r.Cut() {
			return false
		}
		switch {
		case iface != p.service.uuid:
			b.U16(2)
			b.U16(1)
			b.Zero(20)
		case !good:
			b.U16(2)
			b.U16(2)
			b.Zero(20)
		default:
			p.contexts[id] = true
			b.U32(0)
			b.Bytes(ndr32[:])
			b.U32(2)
		}
	}
	p.send(b)
	return true
}

// request answers one call, in as many fragments as it takes.
func (p *Pipe) request(call uint32, context, op uint16, stub []byte) {
	code := uint32(0)
	var out writer
	in := &reader{b: stub}
	switch {
	case !p.contexts[context]:
		code = 0x1c010003
	case !p.service.call(&p.host, op, in, &out):
		code = faultOp
	case in.bad:
		code = faultNDR
	}
	if code != 0 {
		b := head(ptFault, 3, call)
		b.U32(32)
		b.U16(context)
		b.U16(0)
		b.U32(code)
		b.U32(0)
		p.send(b)
		return
	}
	rest, flags := []byte(out.Buf), uint8(1)
	for {
		n := min(len(rest), p.max-24)
		if n == len(rest) {
			flags |= 2
		}
		b := head(ptResponse, flags, call)
		b.U32(uint32(len(rest)))
		b.U16(context)
		b.U16(0)
		b.Bytes(rest[:n])
		p.send(b)
		if rest = rest[n:]; len(rest) == 0 {
			return
		}
		flags = 0
	}
}
