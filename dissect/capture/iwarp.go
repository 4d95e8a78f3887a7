package capture

import (
	"bytes"
	"encoding/binary"
)

// iWARP: MPA frames a TCP stream ([RFC5044] 4, 7.1), DDP places what they hold
// ([RFC5041] 4) and RDMAP says what it is ([RFC5040] 4).
const (
	mpaSetup   = 20 // request or reply frame before its private data
	mpaLength  = 2
	mpaTrailer = 4 // CRC
	mpaMarkers = 0x80
	untagged   = 18 // headers of an untagged message
)

// Kinds of an assembly that is no PDU.
const (
	kindSetup EventKind = 0x80 + iota
	kindFPDU
)

// mpaStart gives the size of the MPA request or reply frame that b starts with,
// 0 when it is none or wants markers in the stream, which SMB Direct does not.
func mpaStart(b []byte) uint32 {
	if len(b) < mpaSetup || !bytes.HasPrefix(b, []byte("MPA ID Re")) || b[16]&mpaMarkers != 0 ||
		string(b[9:16]) != "q Frame" && string(b[9:16]) != "p Frame" {
		return 0
	}
	return mpaSetup + uint32(binary.BigEndian.Uint16(b[18:]))
}

// unit begins the next unit of an MPA stream: the frame that sets it up, then
// FPDUs.
func (s *scanner) unit(c *conn, dir int, g *segment, data []byte, pos uint32) uint32 {
	st := &c.st[dir]
	if st.direct == nil {
		st.direct = &direct{}
		st.left = mpaStart(s.peek(g, data, pos, mpaSetup))
		st.asm = s.begun(kindSetup, st.hdr, st.left, g.frame)
		return pos
	}
	n := uint32(copy(st.hdr[st.hdrN:mpaLength], s.peek(g, data, pos, mpaLength-uint32(st.hdrN))))
	if st.hdrN == 0 {
		st.hdrFrame = g.frame
	}
	if st.hdrN += uint8(n); st.hdrN == mpaLength {
		size := uint32(binary.BigEndian.Uint16(st.hdr[:]))
		st.hdrN = 0
		st.left = (mpaLength+size+3)&^3 - mpaLength + mpaTrailer
		st.asm = s.begun(kindFPDU, st.hdr, st.left, min(st.hdrFrame, g.frame))
		st.asm.ulpdu = size
	}
	return pos + n
}

// fpdu takes a complete unit.
func (s *scanner) fpdu(c *conn, dir int, a *assembly) {
	st := &c.st[dir]
	d := st.direct
	overhead := uint64(mpaLength + a.len)
	defer func() {
		if c.smb {
			s.sum.Unframed += overhead
		}
	}()
	if a.kind == kindSetup || a.ulpdu < untagged || len(a.head) < untagged {
		return
	}
	const (
		tagged, last = 0x80, 0x40 // of the DDP control field
		operation    = 0x0f       // of the RDMAP control field: 3 to 6 are Sends
	)
	b := a.head
	if code := b[1] & operation; b[0]&tagged != 0 || code < 3 || code > 6 || binary.BigEndian.Uint32(b[6:]) != 0 {
		return // what goes straight to memory, or to another queue
	}
	at := binary.BigEndian.Uint32(b[14:])
	if at == 0 {
		d.send.reset(a.first)
	} else if !d.open || at != d.send.len {
		return
	}
	u := run{head: a.head, ext: a.ext, len: a.len, missing: a.missing}
	n := a.ulpdu - untagged
	head, ext, missing := u.cut(untagged, n)
	d.send.add(head, ext, n, missing, s.head+directAnswer)
	overhead -= uint64(n)
	d.open = d.send.len <= maxDirect
	if d.open && b[0]&last != 0 {
		s.received(d, uint8(dir), st.time, func() (uint32, bool) {
			ok := s.recognise(c, dir)
			return c.index, ok
		}, c.smb)
	}
}
