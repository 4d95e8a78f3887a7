// Package dcerpc walks the PDUs of DCE/RPC over connections, [C706] chapter 12
// with the extensions of [MS-RPCE] 2.2.2, as named pipes of SMB carry them, and
// follows the calls on a pipe: what a presentation context stands for, which
// operation a response answers, which fragments belong together. The stubs of
// operations are package ndr's business, security tokens that of packages
// ntlmssp and spnego. It opens nothing that is sealed, and knows pipes by
// number only: SMB is not its business.
package dcerpc

import (
	"encoding/binary"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// headerSize is the size of the common header.
const headerSize = 16

const (
	flagFirst  = 0x01
	flagLast   = 0x02
	flagObject = 0x80
)

// header is the common header of a PDU, [C706] 12.6.3.1.
type header struct {
	kind, flags uint8
	little      bool
	length      int // of the PDU
	auth        int // of the auth token
	call        uint32
}

// parseHeader reads the header at the start of b. It reports false when b
// holds none: the checks are tight, as other protocols use pipes too.
func parseHeader(b []byte, h *header) bool {
	if len(b) < headerSize || b[0] != 5 || b[1] > 1 || b[2] > typeOrphaned || b[4]&0xee != 0 || b[5] > 3 || b[6]|b[7] != 0 {
		return false
	}
	*h = header{kind: b[2], flags: b[3], little: b[4]&0x10 != 0}
	o := h.order()
	h.length, h.auth, h.call = int(o.Uint16(b[8:])), int(o.Uint16(b[10:])), o.Uint32(b[12:])
	return h.length >= headerSize
}

func (h *header) order() binary.ByteOrder {
	if h.little {
		return binary.LittleEndian
	}
	return binary.BigEndian
}

// first and last report whether the PDU begins or ends a call's data.
func (h *header) first() bool { return h.flags&flagFirst != 0 }
func (h *header) last() bool  { return h.flags&flagLast != 0 }

// stubs reports whether the PDU carries a stub.
func (h *header) stubs() bool { return h.kind == typeRequest || h.kind == typeResponse }

// parseJoined reads the header of a PDU of which head stands in earlier
// messages.
func parseJoined(head, b []byte, h *header) bool {
	var joined [headerSize]byte
	n := copy(joined[:], head)
	n += copy(joined[n:], b)
	return parseHeader(joined[:n], h)
}

// begins reports whether b, which is shorter than a header, may begin one.
func begins(b []byte) bool {
	return len(b) > 0 && len(b) < headerSize && b[0] == 5 && (len(b) < 2 || b[1] <= 1) && (len(b) < 3 || b[2] <= typeOrphaned)
}

// Is reports whether b begins as a PDU does.
func Is(b []byte) bool {
	var h header
	return parseHeader(b, &h)
}

// Walk walks the pipe data at the cursor up to the codec's end. What is no
// DCE/RPC becomes a node of other. Without a tree there is nothing to learn:
// Pipes follows the calls.
func Walk(c *wire.Codec, other *field.Def) {
	if c.Tree() == nil {
		return
	}
	var known wire.RPC
	if c.Env.RPC != nil {
		known = *c.Env.RPC
	}
	call := func() *wire.Call {
		if len(known.Calls) == 0 {
			return &wire.Call{}
		}
		next := &known.Calls[0]
		known.Calls = known.Calls[1:]
		return next
	}
	var h header
	if head := known.Head; len(head) > 0 && parseJoined(head, c.Peek(headerSize), &h) && h.length > len(head) {
		n := min(h.length-len(head), c.Left())
		pdu := append(head[:len(head):len(head)], c.Bytes(fPiece, n)...)
		if len(pdu) == h.length {
			c.In("pipe", pdu, func(c *wire.Codec) { walkPDU(c, call()) })
		}
	}
	for n := 0; c.Left() > 0; n++ {
		if n == maxPDUs {
			c.Problem("too many PDUs")
			c.Rest(other)
			return
		}
		if b := c.Peek(headerSize); !parseHeader(b, &h) {
			if begins(b) {
				other = fPiece
			}
			c.Rest(other)
			return
		}
		if h.length > c.Left() {
			start(c, &h)
			return
		}
		c.Within(h.length, func(c *wire.Codec) { walkPDU(c, call()) })
	}
}

// start walks the header of a PDU that goes on in a later message.
func start(c *wire.Codec, h *header) {
	c.Begin(fPDU)
	p := pdu{c: c, header: *h}
	p.common()
	c.Rest(fPiece)
	c.Finish()
}
