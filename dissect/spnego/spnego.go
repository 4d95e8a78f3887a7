// Package spnego walks the security tokens of SMB: GSS-API framing, [RFC2743]
// 3.1, the negotiation of mechanisms, [RFC4178] 4.2 and [MS-SPNG] 2.2, and what
// of Kerberos, [RFC4120], stands in the clear or is opened from outside. It
// decrypts nothing and keeps nothing from token to token.
package spnego

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/ntlmssp"
	"smbdiff/dissect/wire"
)

var (
	fToken         = &field.Def{Name: "gss-api", Label: "GSS-API token"}
	fOID           = &field.Def{Name: "gss-api.OID", Label: "thisMech", Kind: field.Known}
	fInit          = &field.Def{Name: "spnego.negTokenInit_element", Label: "negTokenInit"}
	fResponse      = &field.Def{Name: "spnego.negTokenTarg_element", Label: "negTokenResp"}
	fMechTypes     = &field.Def{Name: "spnego.mechTypes", Label: "mechTypes", Kind: field.Uint}
	fMechType      = &field.Def{Name: "spnego.MechType", Label: "MechType", Kind: field.Known}
	fReqFlags      = &field.Def{Name: "spnego.reqFlags", Label: "reqFlags", Kind: field.Bytes}
	fMechToken     = &field.Def{Name: "spnego.mechToken", Label: "mechToken", Kind: field.Bytes}
	fHints         = &field.Def{Name: "spnego.negHints_element", Label: "negHints"}
	fHintName      = &field.Def{Name: "spnego.hintName", Label: "hintName", Kind: field.Text}
	fHintAddress   = &field.Def{Name: "spnego.hintAddress", Label: "hintAddress", Kind: field.Bytes}
	fMIC           = &field.Def{Name: "spnego.mechListMIC", Label: "mechListMIC", Kind: field.Bytes}
	fSupported     = &field.Def{Name: "spnego.supportedMech", Label: "supportedMech", Kind: field.Known}
	fResponseToken = &field.Def{Name: "spnego.responseToken", Label: "responseToken", Kind: field.Bytes}
	fResult        = &field.Def{Name: "spnego.negResult", Label: "negState", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "accept-completed"}, {V: 1, Name: "accept-incomplete"}, {V: 2, Name: "reject"}, {V: 3, Name: "request-mic"},
	}}
)

// Walk walks the token at the cursor, which ends at the codec's end: GSS-API,
// SPNEGO, or a mechanism's own token. Without a tree there is nothing to learn.
func Walk(c *wire.Codec) {
	if c.Tree() == nil || c.Left() == 0 {
		return
	}
	if ntlmssp.Is(c.Peek(8)) {
		ntlmssp.Walk(c)
		return
	}
	switch c.Peek(1)[0] {
	case negoexSignature[0]:
		if string(c.Peek(len(negoexSignature))) == negoexSignature {
			negoex(c)
		}
	case tagApplication0:
		framed(c)
	case tagContext0, tagContext0 + 1:
		negotiation(c)
	case tagAPReq, tagAPRep, tagKrbError:
		kerberos(c)
	}
}

// framed is a token with the framing of [RFC2743] 3.1.
func framed(c *wire.Codec) {
	switch framedOID(c) {
	case oidKerberos, oidKerberosMS, oidKerberosUser, oidIAKerb:
		kerberosToken(c)
		return
	}
	c.Begin(fToken)
	inside(c, tagApplication0, func(c *wire.Codec) {
		element(c, tagOID, func(c *wire.Codec, n int) { showOID(c, fOID, n) })
		Walk(c)
	})
	c.Finish()
}

// framedOID gives the mechanism of the framed token at the cursor.
func framedOID(c *wire.Codec) (oid string) {
	pos := c.Pos()
	if tag, _ := header(c); tag == tagApplication0 {
		if tag, n := header(c); tag == tagOID {
			oid = string(c.Peek(n))
		}
	}
	c.Seek(pos)
	return oid
}

// negotiation is NegotiationToken, [RFC4178] 4.2.
func negotiation(c *wire.Codec) {
	d, part := fInit, initPart
	if c.Peek(1)[0] != tagContext0 {
		d, part = fResponse, responsePart
	}
	c.Begin(d)
	inside(c, c.Peek(1)[0], func(c *wire.Codec) {
		inside(c, tagSequence, func(c *wire.Codec) { each(c, part) })
	})
	c.Finish()
}

// initPart is a part of NegTokenInit, [RFC4178] 4.2.1, or NegTokenInit2,
// [MS-SPNG] 2.2.1.
func initPart(c *wire.Codec, tag byte) {
	switch tag - tagContext0 {
	case 0:
		element(c, tagSequence, func(c *wire.Codec, n int) {
			c.BeginLen(fMechTypes, n, count(c))
			for element(c, tagOID, func(c *wire.Codec, n int) { showOID(c, fMechType, n) }) {
			}
			c.Done()
		})
	case 1:
		element(c, tagBitString, func(c *wire.Codec, n int) { c.Bytes(fReqFlags, n) })
	case 2:
		token(c, fMechToken)
	case 3:
		if !inside(c, tagSequence, func(c *wire.Codec) {
			c.Begin(fHints)
			each(c, hint)
			c.Finish()
		}) {
			mic(c)
		}
	case 4:
		mic(c)
	}
}

// hint is a part of NegHints, [MS-SPNG] 2.2.1.
func hint(c *wire.Codec, tag byte) {
	switch tag - tagContext0 {
	case 0:
		element(c, tagGeneralString, func(c *wire.Codec, n int) { c.Bytes(fHintName, n) })
	case 1:
		element(c, tagOctetString, func(c *wire.Codec, n int) { c.Bytes(fHintAddress, n) })
	}
}

// responsePart is a part of NegTokenResp, [RFC4178] 4.2.2.
func responsePart(c *wire.Codec, tag byte) {
	switch tag - tagContext0 {
	case 0:
		element(c, tagEnumerated, func(c *wire.Codec, n int) { c.ShowBE(fResult, n) })
	case 1:
		element(c, tagOID, func(c *wire.Codec, n int) { showOID(c, fSupported, n) })
	case 2:
		token(c, fResponseToken)
	case 3:
		mic(c)
	}
}

// token is an octet string that holds a mechanism's token.
func token(c *wire.Codec, d *field.Def) {
	element(c, tagOctetString, func(c *wire.Codec, n int) {
		c.BeginLen(d, n, 0)
		Walk(c)
		c.Done()
	})
}

// mic is a mechListMIC. Its form is its mechanism's: the NTLM signature of
// [MS-NLMP] 2.2.2.9 or the Kerberos token of [RFC4121] 4.2.6.1.
func mic(c *wire.Codec) {
	element(c, tagOctetString, func(c *wire.Codec, n int) {
		c.BeginLen(fMIC, n, 0)
		switch b := c.Peek(4); {
		case n == ntlmssp.SignatureSize && string(b) == "\x01\x00\x00\x00":
			ntlmssp.WalkSignature(c)
		case n >= 16 && b[0] == 4 && b[1] == 4:
			kerberosMIC(c)
		}
		c.Done()
	})
}
