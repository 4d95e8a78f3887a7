package dcerpc

import (
	"bytes"
	"encoding/binary"

	"smbdiff/dissect/dcerpc/ndr"
	"smbdiff/dissect/wire"
)

// stub walks the stub of a request or response, up to the end of the body, with
// the padding of the auth trailer. opnum counts when named is set.
func (p *pdu) stub(opnum uint16, named bool) {
	c := p.c
	if p.sealed() {
		p.unseal(opnum, named)
		return
	}
	n := max(0, c.Left()-p.auth.padding)
	if p.first() && p.last() {
		c.Within(n, func(c *wire.Codec) { p.whole(c, opnum, named) })
	} else {
		c.Bytes(fFragment, n)
		if p.call.Stub != nil {
			c.In("dcerpc", p.call.Stub, func(c *wire.Codec) { p.whole(c, opnum, named) })
		}
	}
	c.Rest(fAuthPadding)
}

// unseal walks a sealed stub, which is opened with its padding.
func (p *pdu) unseal(opnum uint16, named bool) {
	c := p.c
	from := c.Pos() - p.base
	c.BeginLen(fSealed, c.Left(), 0)
	to := from + c.Left()
	c.Skip(c.Left())
	if rpc := c.Env.RPC; rpc != nil && rpc.Open != nil && p.call.Seal.Exchange != nil && p.first() && p.last() {
		if plain := rpc.Open(&p.call.Seal, p.kind == typeResponse, p.bytes, from, to); plain != nil {
			c.In("unsealed", plain, func(c *wire.Codec) {
				c.Within(max(0, c.Left()-p.auth.padding), func(c *wire.Codec) { p.whole(c, opnum, named) })
				c.Rest(fAuthPadding)
			})
		}
	}
	c.Done()
}

// whole walks a stub that is complete, up to the codec's end.
func (p *pdu) whole(c *wire.Codec, opnum uint16, named bool) {
	if c.Left() == 0 {
		return
	}
	n := c.Left()
	trailer := -1
	if p.kind == typeRequest {
		if trailer = findTrailer(c.Peek(n)); trailer >= 0 {
			n = trailer
		}
	}
	c.Within(n, func(c *wire.Codec) { p.operationStub(c, opnum, named) })
	if trailer >= 0 {
		verification(c)
	}
}

// operationStub walks what the operation carries, below the bytes of it.
func (p *pdu) operationStub(c *wire.Codec, opnum uint16, named bool) {
	if c.Left() == 0 {
		return
	}
	at := c.Pos()
	c.BeginLen(fStub, c.Left(), 0)
	if named && p.call.Bound && p.little {
		c.SetBase(at)
		iface, response := ndr.ByUUID(p.call.Interface), p.kind == typeResponse
		switch {
		case iface != ndr.None && p.call.NDR:
			ndr.Walk(c, iface, opnum, response)
		case iface != ndr.None && p.call.NDR64:
			ndr.Walk64(c, iface, opnum, response)
		case p.call.Interface == uuidEPM && p.call.NDR:
			walkEPM(c, opnum, response)
		}
	}
	if c.Pos() > at {
		c.Rest(fUnknown)
	}
	c.Done()
}

// trailerMark begins the verification trailer.
var trailerMark = []byte{0x8a, 0xe3, 0x13, 0x71, 0x02, 0xf4, 0x36, 0x71}

const (
	commandEnd     = 0x4000
	commandNumber  = 0x3fff
	commandBitmask = 1
	commandContext = 2
)

// findTrailer finds the verification trailer of a request's stub, [MS-RPCE]
// 2.2.2.13, which ends with the stub. It gives -1 when there is none.
func findTrailer(b []byte) int {
	for at := len(b); ; {
		at = bytes.LastIndex(b[:at], trailerMark)
		if at < 0 {
			return -1
		}
		if at%4 == 0 && commandsEnd(b[at+len(trailerMark):]) {
			return at
		}
	}
}

// commandsEnd reports whether b holds commands up to its end.
func commandsEnd(b []byte) bool {
	for len(b) >= 4 {
		command, n := binary.LittleEndian.Uint16(b), 4+int(binary.LittleEndian.Uint16(b[2:]))
		if n > len(b) {
			return false
		}
		b = b[n:]
		if command&commandEnd != 0 {
			return len(b) == 0
		}
	}
	return false
}

// verification walks the verification trailer.
func verification(c *wire.Codec) {
	c.Begin(fTrailer)
	c.Bytes(fTrailerMark, len(trailerMark))
	for c.Left() >= 4 {
		command := c.Show16(fTrailerCommand)
		n := int(c.Show16(fTrailerLength))
		c.Within(min(n, c.Left()), func(c *wire.Codec) {
			switch command & commandNumber {
			case commandBitmask:
				c.Show32(fTrailerBits)
			case commandContext:
				fTrailerInterface.read(c, true)
				c.Show32(fTrailerVersion)
				fTrailerTransfer.read(c, true)
				c.Show32(fTrailerVersion)
			}
			c.Rest(fTrailerOther)
		})
	}
	c.Finish()
}
