package dcerpc

import (
	"smbdiff/dissect/ntlmssp"
	"smbdiff/dissect/spnego"
	"smbdiff/dissect/wire"
)

// trailerSize is the size of sec_trailer without the token.
const trailerSize = 8

// Authentication types and levels, [MS-RPCE] 2.2.1.1.7 and 2.2.1.1.8.
const (
	authNegotiate = 9
	authNTLM      = 10
	authKerberos  = 16

	levelPacket  = 4
	levelPrivacy = 6
)

// authTrailer is what the auth trailer says of the bytes before it.
type authTrailer struct {
	present     bool
	at          int // place in the buffer
	kind, level uint8
	padding     int
}

// findAuth finds the auth trailer, [MS-RPCE] 2.2.2.11: at the PDU's end, with
// padding before it.
func (p *pdu) findAuth() {
	p.end = p.c.End()
	if p.header.auth == 0 {
		return
	}
	p.auth.at = p.base + p.length - p.header.auth - trailerSize
	if p.auth.at < p.c.Pos() {
		p.c.Problem("auth_length points before the PDU's body")
		return
	}
	pos := p.c.Pos()
	p.c.Seek(p.auth.at)
	if b := p.c.Peek(trailerSize); len(b) == trailerSize {
		p.auth.present = true
		p.auth.kind, p.auth.level, p.auth.padding = b[0], b[1], min(int(b[2]), p.auth.at-pos)
		p.end = p.auth.at
	}
	p.c.Seek(pos)
}

// sealed reports whether the stub is encrypted, with its padding.
func (p *pdu) sealed() bool { return p.auth.present && p.auth.level == levelPrivacy }

// walkAuth walks the auth trailer at the cursor.
func (p *pdu) walkAuth() {
	c := p.c
	if !p.auth.present {
		return
	}
	c.Begin(fAuth)
	p.u8(fAuthType)
	p.u8(fAuthLevel)
	p.u8(fAuthPadLength)
	p.u8(fAuthReserved)
	p.u32(fAuthContext)
	c.BeginLen(fAuthValue, c.Left(), 0)
	c.Within(c.Left(), func(c *wire.Codec) { p.token(c) })
	c.Done()
	c.Finish()
}

// token walks a token of the security provider.
func (p *pdu) token(c *wire.Codec) {
	b := c.Peek(4)
	verifier := p.stubs() || p.kind == typeFault
	switch {
	case ntlmssp.Is(c.Peek(8)):
		ntlmssp.Walk(c)
	case verifier && c.Left() == ntlmssp.SignatureSize && string(b) == "\x01\x00\x00\x00":
		ntlmssp.WalkSignature(c)
	case !verifier && (p.auth.kind == authNegotiate || p.auth.kind == authKerberos):
		spnego.Walk(c)
	}
}
