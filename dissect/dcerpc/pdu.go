package dcerpc

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// pdu is a PDU while it is walked.
type pdu struct {
	header
	c     *wire.Codec
	base  int // place of the first byte
	bytes []byte
	call  *wire.Call
	end   int // place where the body ends: the auth trailer or the PDU's end
	auth  authTrailer
}

// walkPDU walks the PDU that fills the codec's bounds.
func walkPDU(c *wire.Codec, call *wire.Call) {
	p := pdu{c: c, base: c.Pos(), bytes: c.Peek(c.Left()), call: call}
	if !parseHeader(c.Peek(headerSize), &p.header) {
		c.Rest(fUnknown)
		return
	}
	c.Begin(fPDU)
	c.SetBase(p.base)
	p.common()
	p.findAuth()
	if walk := bodies[p.kind]; walk != nil {
		c.At(c.Pos(), max(0, p.end-c.Pos()), func(*wire.Codec) {
			walk(&p)
			c.Rest(fUnknown)
		})
	}
	c.Seek(p.end)
	p.walkAuth()
	c.Rest(fUnknown)
	c.Finish()
}

// bodies are the walks of what stands between header and auth trailer, by PDU
// type.
var bodies = [typeOrphaned + 1]func(*pdu){
	typeRequest: (*pdu).request, typeResponse: (*pdu).response, typeFault: (*pdu).fault,
	typeBind: (*pdu).bind, typeAlter: (*pdu).bind, typeBindAck: (*pdu).bindAck, typeAlterAck: (*pdu).bindAck,
	typeBindNak: (*pdu).bindNak, typeAuth3: (*pdu).auth3, typeShutdown: nil, typeCancel: nil, typeOrphaned: nil,
}

func (p *pdu) u8(d *field.Def) uint8 { return p.c.Show8(d) }

func (p *pdu) u16(d *field.Def) uint16 {
	if p.little {
		return p.c.Show16(d)
	}
	return uint16(p.c.ShowBE(d, 2))
}

func (p *pdu) u32(d *field.Def) uint32 {
	if p.little {
		return p.c.Show32(d)
	}
	return uint32(p.c.ShowBE(d, 4))
}

// common walks the common header.
func (p *pdu) common() {
	c := p.c
	p.u8(fVersion)
	p.u8(fMinor)
	p.u8(fType)
	switch p.kind {
	case typeBind, typeBindAck, typeAlter, typeAlterAck:
		p.u8(fBindFlags)
	default:
		p.u8(fFlags)
	}
	at := c.Pos()
	c.BeginLen(fDrep, 4, 0)
	if b := c.Peek(4); len(b) == 4 {
		c.Mark(fByteOrder, at, 1, uint64(b[0]>>4))
		c.Mark(fCharacter, at, 1, uint64(b[0]&15))
		c.Mark(fFloat, at+1, 1, uint64(b[1]))
	}
	c.Skip(4)
	c.Done()
	p.u16(fFragLength)
	p.u16(fAuthLength)
	p.u32(fCallID)
}

// bind walks bind and alter_context, [C706] 12.6.4.3 and 12.6.4.1.
func (p *pdu) bind() {
	c := p.c
	p.u16(fMaxXmit)
	p.u16(fMaxRecv)
	p.u32(fAssocGroup)
	n := int(p.u8(fNumContexts))
	c.Bytes(fReserved, min(3, c.Left()))
	for ; n > 0 && c.Left() >= contextSize; n-- {
		c.Begin(fContext)
		p.u16(fContextID)
		m := int(p.u8(fNumTransfer))
		c.Bytes(fReserved, 1)
		c.Begin(fAbstract)
		fInterface.read(c, p.little)
		p.u16(fIfVersion)
		p.u16(fIfMinor)
		c.Finish()
		for ; m > 0 && c.Left() >= syntaxSize; m-- {
			p.transfer()
		}
		c.Finish()
	}
}

const (
	syntaxSize  = 20              // UUID and version
	contextSize = 4 + syntaxSize  // without its transfer syntaxes
	resultSize  = 4 + syntaxSize  // of an answer to a context
	bindSize    = headerSize + 12 // up to the first context
)

// transfer walks a transfer syntax, or the bitmask of the features that are
// negotiated in its place, [MS-RPCE] 2.2.2.14.
func (p *pdu) transfer() {
	c := p.c
	c.Begin(fTransfer)
	at := c.Pos()
	if syntaxOf(fTransferID.read(c, p.little)) == syntaxFeatures {
		end := c.Pos()
		c.Seek(at + 8)
		c.Show16(fFeatures) // octets of a UUID that have no order
		c.Seek(end)
	}
	p.u32(fTransferVer)
	c.Finish()
}

// bindAck walks bind_ack and alter_context_resp, [C706] 12.6.4.4 and 12.6.4.2.
func (p *pdu) bindAck() {
	c := p.c
	p.u16(fMaxXmit)
	p.u16(fMaxRecv)
	p.u32(fAssocGroup)
	if n := int(p.u16(fAddressLength)); n > 0 {
		c.Bytes(fAddress, min(n, c.Left()))
	}
	if r := (c.Pos() - p.base) % 4; r > 0 {
		c.Bytes(fReserved, min(4-r, c.Left()))
	}
	n := int(p.u8(fNumResults))
	c.Bytes(fReserved, min(3, c.Left()))
	for ; n > 0 && c.Left() >= resultSize; n-- {
		c.Begin(fResult)
		switch p.u16(fAckResult) {
		case resultAcceptance:
			c.Bytes(fReserved, 2)
		case resultNegotiate:
			p.u16(fFeatures)
		default:
			p.u16(fAckReason)
		}
		fAckTransfer.read(c, p.little)
		p.u32(fAckTransferVer)
		c.Finish()
	}
}

const (
	resultAcceptance = 0
	resultNegotiate  = 3
)

// bindNak walks bind_nak, [C706] 12.6.4.5.
func (p *pdu) bindNak() {
	p.u16(fRejectReason)
	n := int(p.u8(fNumProtocols))
	for ; n > 0 && p.c.Left() >= 2; n-- {
		p.u8(fProtocolMajor)
		p.u8(fProtocolMinor)
	}
}

// auth3 walks rpc_auth_3, [MS-RPCE] 2.2.2.5: four bytes without meaning.
func (p *pdu) auth3() { p.c.Bytes(fReserved, min(4, p.c.Left())) }

// request walks a request, [C706] 12.6.4.9.
func (p *pdu) request() {
	p.u32(fAllocHint)
	p.u16(fContextID)
	opnum := p.u16(fOpnum)
	p.operation(opnum, 2)
	if p.flags&flagObject != 0 {
		fObject.read(p.c, p.little)
	}
	p.stub(opnum, true)
}

// operation names the operation: the n bytes before the cursor say which.
func (p *pdu) operation(opnum uint16, n int) {
	if !p.call.Bound {
		return
	}
	if i := ByUUID(p.call.Interface); i != nil {
		p.c.Mark(&i.opnum, p.c.Pos()-n, n, uint64(opnum))
	}
}

// response walks a response, [C706] 12.6.4.10.
func (p *pdu) response() {
	p.u32(fAllocHint)
	p.u16(fContextID)
	p.u8(fCancelCount)
	p.c.Bytes(fReserved, min(1, p.c.Left()))
	if p.call.Named {
		p.operation(p.call.Opnum, 0)
	}
	p.stub(p.call.Opnum, p.call.Named)
}

// fault walks a fault, [C706] 12.6.4.7 and [MS-RPCE] 2.2.2.10.
func (p *pdu) fault() {
	c := p.c
	p.u32(fAllocHint)
	p.u16(fContextID)
	p.u8(fCancelCount)
	p.u8(fFaultFlags)
	p.u32(fStatus)
	c.Bytes(fReserved, min(4, c.Left()))
	if p.call.Named {
		p.operation(p.call.Opnum, 0)
	}
	c.Rest(fFaultStub)
}
