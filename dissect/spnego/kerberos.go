package spnego

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fBlob    = &field.Def{Name: "spnego.krb5.blob", Label: "Kerberos token", Kind: field.Bytes}
	fKrbOID  = &field.Def{Name: "spnego.krb5_oid", Label: "thisMech", Kind: field.Known}
	fTokenID = &field.Def{Name: "spnego.krb5.tok_id", Label: "TOK_ID", Kind: field.Enum, Values: field.Values{
		{V: 0x0001, Name: "KRB_AP_REQ"}, {V: 0x0002, Name: "KRB_AP_REP"}, {V: 0x0003, Name: "KRB_ERROR"}, {V: 0x0101, Name: "MIC (old)"},
		{V: 0x0102, Name: "Wrap (old)"},
		{V: 0x0105, Name: "IAKERB_PROXY"}, {V: 0x0404, Name: "MIC"}, {V: 0x0405, Name: "Wrap"},
	}}
	fCFXFlags = &field.Def{Name: "spnego.krb5.cfx_flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "spnego.krb5.send_by_acceptor", Label: "SentByAcceptor", Mask: 0x1},
		{Name: "spnego.krb5.sealed", Label: "Sealed", Mask: 0x2},
		{Name: "spnego.krb5.acceptor_subkey", Label: "AcceptorSubkey", Mask: 0x4},
	}}
	fFiller   = &field.Def{Name: "spnego.krb5.filler", Label: "Filler", Kind: field.Bytes}
	fSequence = &field.Def{Name: "spnego.krb5.cfx_seq", Label: "SND_SEQ", Kind: field.Uint}
	fChecksum = &field.Def{Name: "spnego.krb5.sgn_cksum", Label: "SGN_CKSUM", Kind: field.Bytes}

	fMessage  = &field.Def{Name: "kerberos", Label: "Kerberos message"}
	fAPReq    = &field.Def{Name: "kerberos.ap_req_element", Label: "ap-req"}
	fAPRep    = &field.Def{Name: "kerberos.ap_rep_element", Label: "ap-rep"}
	fKrbError = &field.Def{Name: "kerberos.krb_error_element", Label: "krb-error"}
	fTicket   = &field.Def{Name: "kerberos.ticket_element", Label: "ticket"}
	fCrypt    = &field.Def{Name: "kerberos.enc_part_element", Label: "enc-part"}
	fName     = &field.Def{Name: "kerberos.sname_element", Label: "sname"}
	fPvno     = &field.Def{Name: "kerberos.pvno", Label: "pvno", Kind: field.Uint}
	fMsgType  = &field.Def{Name: "kerberos.msg_type", Label: "msg-type", Kind: field.Enum, Values: field.Values{
		{V: 14, Name: "KRB_AP_REQ"}, {V: 15, Name: "KRB_AP_REP"}, {V: 30, Name: "KRB_ERROR"},
	}}
	fOptions        = &field.Def{Name: "kerberos.ap_options", Label: "ap-options", Kind: field.Hex}
	fReservedOption = &field.Def{Name: "kerberos.APOptions.reserved", Label: "reserved", Kind: field.Uint}
	fSessionKey     = &field.Def{Name: "kerberos.APOptions.use.session.key", Label: "use-session-key", Kind: field.Uint}
	fMutual         = &field.Def{Name: "kerberos.APOptions.mutual.required", Label: "mutual-required", Kind: field.Uint}
	fTicketVersion  = &field.Def{Name: "kerberos.tkt_vno", Label: "tkt-vno", Kind: field.Uint}
	fRealm          = &field.Def{Name: "kerberos.realm", Label: "realm", Kind: field.Text}
	fNameType       = &field.Def{Name: "kerberos.name_type", Label: "name-type", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "NT-UNKNOWN"}, {V: 1, Name: "NT-PRINCIPAL"}, {V: 2, Name: "NT-SRV-INST"}, {V: 3, Name: "NT-SRV-HST"}, {V: 10, Name: "NT-ENTERPRISE"},
	}}
	fNames = &field.Def{Name: "kerberos.sname_string", Label: "name-string", Kind: field.Uint}
	fPart  = &field.Def{Name: "kerberos.SNameString", Label: "KerberosString", Kind: field.Text}
	fEType = &field.Def{Name: "kerberos.etype", Label: "etype", Kind: field.Enum, Values: field.Values{
		{V: 1, Name: "des-cbc-crc"}, {V: 3, Name: "des-cbc-md5"}, {V: 16, Name: "des3-cbc-sha1-kd"}, {V: 17, Name: "aes128-cts-hmac-sha1-96"},
		{V: 18, Name: "aes256-cts-hmac-sha1-96"}, {V: 19, Name: "aes128-cts-hmac-sha256-128"}, {V: 20, Name: "aes256-cts-hmac-sha384-192"},
		{V: 23, Name: "rc4-hmac"}, {V: 24, Name: "rc4-hmac-exp"},
	}}
	fKvno   = &field.Def{Name: "kerberos.kvno", Label: "kvno", Kind: field.Uint}
	fCipher = &field.Def{Name: "kerberos.cipher", Label: "cipher", Kind: field.Bytes}
	fSTime  = &field.Def{Name: "kerberos.stime", Label: "stime", Kind: field.Text}
	fSUsec  = &field.Def{Name: "kerberos.susec", Label: "susec", Kind: field.Uint}
	fError  = &field.Def{Name: "kerberos.error_code", Label: "error-code", Kind: field.Enum, Values: field.Values{
		{V: 6, Name: "KDC_ERR_C_PRINCIPAL_UNKNOWN"}, {V: 7, Name: "KDC_ERR_S_PRINCIPAL_UNKNOWN"}, {V: 14, Name: "KDC_ERR_ETYPE_NOSUPP"},
		{V: 31, Name: "KRB_AP_ERR_BAD_INTEGRITY"}, {V: 32, Name: "KRB_AP_ERR_TKT_EXPIRED"}, {V: 33, Name: "KRB_AP_ERR_TKT_NYV"},
		{V: 34, Name: "KRB_AP_ERR_REPEAT"}, {V: 35, Name: "KRB_AP_ERR_NOT_US"}, {V: 36, Name: "KRB_AP_ERR_BADMATCH"}, {V: 37, Name: "KRB_AP_ERR_SKEW"},
		{V: 41, Name: "KRB_AP_ERR_MODIFIED"}, {V: 44, Name: "KRB_AP_ERR_BADKEYVER"}, {V: 45, Name: "KRB_AP_ERR_NOKEY"}, {V: 60, Name: "KRB_ERR_GENERIC"},
	}}
)

// kerberosMessage is a message with what of it was opened.
type kerberosMessage struct{ parts wire.KerberosParts }

// kerberosToken is [RFC4121] 4.1: framing, TOK_ID and a Kerberos message.
func kerberosToken(c *wire.Codec) {
	c.BeginLen(fBlob, c.Left(), 0)
	inside(c, tagApplication0, func(c *wire.Codec) {
		element(c, tagOID, func(c *wire.Codec, n int) { showOID(c, fKrbOID, n) })
		c.Show16(fTokenID)
		if c.Left() > 0 {
			kerberos(c)
		}
	})
	c.Done()
}

// kerberosMIC is [RFC4121] 4.2.6.1. The sequence number is big-endian.
func kerberosMIC(c *wire.Codec) {
	c.BeginLen(fBlob, c.Left(), 0)
	c.Show16(fTokenID)
	c.Show8(fCFXFlags)
	c.Bytes(fFiller, 5)
	c.ShowBE(fSequence, 8)
	c.Rest(fChecksum)
	c.Done()
}

// kerberos is the AP-REQ, AP-REP or KRB-ERROR at the cursor, [RFC4120] 5.5 and
// 5.9.
func kerberos(c *wire.Codec) {
	tag := c.Peek(1)[0]
	if tag != tagAPReq && tag != tagAPRep && tag != tagKrbError {
		return
	}
	var m kerberosMessage
	if o := c.Env.Kerberos; o != nil && tag != tagKrbError {
		m.parts = o.OpenKerberos(c.Peek(c.Left()))
	}
	d, part := fAPReq, m.apReqPart
	switch tag {
	case tagAPRep:
		d, part = fAPRep, m.apRepPart
	case tagKrbError:
		d, part = fKrbError, errorPart
	}
	c.Begin(fMessage)
	inside(c, tag, func(c *wire.Codec) {
		c.Begin(d)
		inside(c, tagSequence, func(c *wire.Codec) { each(c, part) })
		c.Finish()
	})
	c.Finish()
}

func integer(c *wire.Codec, d *field.Def) {
	element(c, tagInteger, func(c *wire.Codec, n int) {
		if n <= 8 {
			c.ShowBE(d, n)
		}
	})
}

func text(c *wire.Codec, tag byte, d *field.Def) {
	element(c, tag, func(c *wire.Codec, n int) { c.Bytes(d, n) })
}

func (m *kerberosMessage) apReqPart(c *wire.Codec, tag byte) {
	switch tag - tagContext0 {
	case 0:
		integer(c, fPvno)
	case 1:
		integer(c, fMsgType)
	case 2:
		element(c, tagBitString, func(c *wire.Codec, n int) {
			if n == 5 {
				c.Skip(1) // unused bits
				options(c)
			}
		})
	case 3:
		inside(c, tagTicket, func(c *wire.Codec) {
			c.Begin(fTicket)
			inside(c, tagSequence, func(c *wire.Codec) { each(c, m.ticketPart) })
			c.Finish()
		})
	case 4:
		encrypted(c, fAuthCrypt, m.parts.Authenticator, authenticator)
	}
}

// options is APOptions, [RFC4120] 5.5.1: the bits of its first byte.
func options(c *wire.Codec) {
	b := c.Peek(4)
	if len(b) < 4 {
		return
	}
	v := uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
	c.BeginLen(fOptions, 4, v)
	c.Mark(fReservedOption, c.Pos(), 1, v>>31)
	c.Mark(fSessionKey, c.Pos(), 1, v>>30&1)
	c.Mark(fMutual, c.Pos(), 1, v>>29&1)
	c.Skip(4)
	c.Done()
}

func (m *kerberosMessage) apRepPart(c *wire.Codec, tag byte) {
	switch tag - tagContext0 {
	case 0:
		integer(c, fPvno)
	case 1:
		integer(c, fMsgType)
	case 2:
		encrypted(c, fCrypt, m.parts.Reply, replyPart)
	}
}

func errorPart(c *wire.Codec, tag byte) {
	switch tag - tagContext0 {
	case 0:
		integer(c, fPvno)
	case 1:
		integer(c, fMsgType)
	case 4:
		text(c, tagGeneralTime, fSTime)
	case 5:
		integer(c, fSUsec)
	case 6:
		integer(c, fError)
	case 7:
		text(c, tagGeneralString, fCRealm)
	case 8:
		principal(c, fCName, fCNames, fCPart)
	case 9:
		text(c, tagGeneralString, fRealm)
	case 10:
		principal(c, fName, fNames, fPart)
	}
}

// ticketPart is a part of Ticket, [RFC4120] 5.3.
func (m *kerberosMessage) ticketPart(c *wire.Codec, tag byte) {
	switch tag - tagContext0 {
	case 0:
		integer(c, fTicketVersion)
	case 1:
		text(c, tagGeneralString, fRealm)
	case 2:
		principal(c, fName, fNames, fPart)
	case 3:
		encrypted(c, fCrypt, m.parts.Ticket, ticketContents)
	}
}

// principal is PrincipalName, [RFC4120] 5.2.2.
func principal(c *wire.Codec, name, names, part *field.Def) {
	c.Begin(name)
	inside(c, tagSequence, func(c *wire.Codec) {
		each(c, func(c *wire.Codec, tag byte) {
			switch tag - tagContext0 {
			case 0:
				integer(c, fNameType)
			case 1:
				element(c, tagSequence, func(c *wire.Codec, n int) {
					c.BeginLen(names, n, count(c))
					for c.Left() >= 2 && element(c, tagGeneralString, func(c *wire.Codec, n int) { c.Bytes(part, n) }) {
					}
					c.Done()
				})
			}
		})
	})
	c.Finish()
}

// encrypted is EncryptedData, [RFC4120] 5.2.9, with what it holds when it was
// opened.
func encrypted(c *wire.Codec, d *field.Def, plain []byte, walk func(*wire.Codec, []byte)) {
	c.Begin(d)
	inside(c, tagSequence, func(c *wire.Codec) {
		each(c, func(c *wire.Codec, tag byte) {
			switch tag - tagContext0 {
			case 0:
				integer(c, fEType)
			case 1:
				integer(c, fKvno)
			case 2:
				element(c, tagOctetString, func(c *wire.Codec, n int) {
					c.BeginLen(fCipher, n, 0)
					c.Skip(n)
					if plain != nil {
						walk(c, plain)
					}
					c.Done()
				})
			}
		})
	})
	c.Finish()
}
