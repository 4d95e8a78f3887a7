package spnego

import (
	"strconv"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

const (
	checksumGSS      = 0x8003 // [RFC4121] 4.1.1
	checksumGSSSize  = 24     // without delegated credentials
	dataIfRelevant   = 1      // [RFC4120] 5.2.6.1
	dataPAC          = 128    // [MS-PAC] 2.3
	dataETypes       = 129    // [RFC4537] 3
	dataRestrictions = 141    // [MS-KILE] 2.2.6
	dataOptions      = 143    // [MS-KILE] 3.2.5.8
	maxAuthorization = 4      // authorization data in authorization data
)

var (
	fAuthCrypt     = &field.Def{Name: "kerberos.authenticator_element", Label: "authenticator"}
	fEncTicket     = &field.Def{Name: "kerberos.encTicketPart_element", Label: "EncTicketPart"}
	fEncReply      = &field.Def{Name: "kerberos.encAPRepPart_element", Label: "EncAPRepPart"}
	fAuthenticator = &field.Def{Name: "kerberos.authenticator_element", Label: "Authenticator"}
	fTicketFlags   = &field.Def{Name: "kerberos.flags", Label: "flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "kerberos.TicketFlags.anonymous", Label: "anonymous", Mask: 1 << 15},
		{Name: "kerberos.TicketFlags.enc.pa.rep", Label: "enc-pa-rep", Mask: 1 << 16},
		{Name: "kerberos.TicketFlags.unused", Label: "unused", Mask: 1 << 17},
		{Name: "kerberos.TicketFlags.ok.as.delegate", Label: "ok-as-delegate", Mask: 1 << 18},
		{Name: "kerberos.TicketFlags.transited.policy.checked", Label: "transited-policy-checked", Mask: 1 << 19},
		{Name: "kerberos.TicketFlags.hw.authent", Label: "hw-authent", Mask: 1 << 20},
		{Name: "kerberos.TicketFlags.pre.authent", Label: "pre-authent", Mask: 1 << 21},
		{Name: "kerberos.TicketFlags.initial", Label: "initial", Mask: 1 << 22},
		{Name: "kerberos.TicketFlags.renewable", Label: "renewable", Mask: 1 << 23},
		{Name: "kerberos.TicketFlags.invalid", Label: "invalid", Mask: 1 << 24},
		{Name: "kerberos.TicketFlags.postdated", Label: "postdated", Mask: 1 << 25},
		{Name: "kerberos.TicketFlags.may.postdate", Label: "may-postdate", Mask: 1 << 26},
		{Name: "kerberos.TicketFlags.proxy", Label: "proxy", Mask: 1 << 27},
		{Name: "kerberos.TicketFlags.proxiable", Label: "proxiable", Mask: 1 << 28},
		{Name: "kerberos.TicketFlags.forwarded", Label: "forwarded", Mask: 1 << 29},
		{Name: "kerberos.TicketFlags.forwardable", Label: "forwardable", Mask: 1 << 30},
		{Name: "kerberos.TicketFlags.reserved", Label: "reserved", Mask: 1 << 31},
	}}
	fKey            = &field.Def{Name: "kerberos.key_element", Label: "key"}
	fSubkey         = &field.Def{Name: "kerberos.subkey_element", Label: "subkey"}
	fKeyType        = &field.Def{Name: "kerberos.keytype", Label: "keytype", Kind: field.Enum, Values: fEType.Values}
	fKeyValue       = &field.Def{Name: "kerberos.keyvalue", Label: "keyvalue", Kind: field.Known}
	fCRealm         = &field.Def{Name: "kerberos.crealm", Label: "crealm", Kind: field.Text}
	fCName          = &field.Def{Name: "kerberos.cname_element", Label: "cname"}
	fCNames         = &field.Def{Name: "kerberos.cname_string", Label: "name-string", Kind: field.Uint}
	fCPart          = &field.Def{Name: "kerberos.CNameString", Label: "KerberosString", Kind: field.Text}
	fTransited      = &field.Def{Name: "kerberos.transited_element", Label: "transited"}
	fTransitedType  = &field.Def{Name: "kerberos.tr_type", Label: "tr-type", Kind: field.Uint}
	fTransitedBytes = &field.Def{Name: "kerberos.contents", Label: "contents", Kind: field.Bytes}
	fAuthTime       = &field.Def{Name: "kerberos.authtime", Label: "authtime", Kind: field.Text}
	fStartTime      = &field.Def{Name: "kerberos.starttime", Label: "starttime", Kind: field.Text}
	fEndTime        = &field.Def{Name: "kerberos.endtime", Label: "endtime", Kind: field.Text}
	fRenewTill      = &field.Def{Name: "kerberos.renew_till", Label: "renew-till", Kind: field.Text}
	fVersion        = &field.Def{Name: "kerberos.authenticator_vno", Label: "authenticator-vno", Kind: field.Uint}
	fSum            = &field.Def{Name: "kerberos.cksum_element", Label: "cksum"}
	fSumType        = &field.Def{Name: "kerberos.cksumtype", Label: "cksumtype", Kind: field.Uint}
	fSumBytes       = &field.Def{Name: "kerberos.checksum", Label: "checksum", Kind: field.Bytes}
	fGSSLength      = &field.Def{Name: "kerberos.gssapi.len", Label: "Lgth", Kind: field.Uint}
	fGSSBinding     = &field.Def{Name: "kerberos.gssapi.bdn", Label: "Bnd", Kind: field.Bytes}
	fGSSDeleg       = &field.Def{Name: "kerberos.gssapi.checksum.flags.deleg", Label: "GSS_C_DELEG_FLAG", Kind: field.Uint}
	fGSSMutual      = &field.Def{Name: "kerberos.gssapi.checksum.flags.mutual", Label: "GSS_C_MUTUAL_FLAG", Kind: field.Uint}
	fGSSReplay      = &field.Def{Name: "kerberos.gssapi.checksum.flags.replay", Label: "GSS_C_REPLAY_FLAG", Kind: field.Uint}
	fGSSSequence    = &field.Def{Name: "kerberos.gssapi.checksum.flags.sequence", Label: "GSS_C_SEQUENCE_FLAG", Kind: field.Uint}
	fGSSConf        = &field.Def{Name: "kerberos.gssapi.checksum.flags.conf", Label: "GSS_C_CONF_FLAG", Kind: field.Uint}
	fGSSInteg       = &field.Def{Name: "kerberos.gssapi.checksum.flags.integ", Label: "GSS_C_INTEG_FLAG", Kind: field.Uint}
	fGSSDCE         = &field.Def{Name: "kerberos.gssapi.checksum.flags.dce-style", Label: "GSS_C_DCE_STYLE", Kind: field.Uint}
	fCTime          = &field.Def{Name: "kerberos.ctime", Label: "ctime", Kind: field.Text}
	fCUsec          = &field.Def{Name: "kerberos.cusec", Label: "cusec", Kind: field.Uint}
	fNumber         = &field.Def{Name: "kerberos.seq_number", Label: "seq-number", Kind: field.Uint}
	fAuthorization  = &field.Def{Name: "kerberos.AuthorizationData_item_element", Label: "AuthorizationData"}
	fDataType       = &field.Def{Name: "kerberos.ad_type", Label: "ad-type", Kind: field.Enum, Values: field.Values{
		{V: dataIfRelevant, Name: "AD-IF-RELEVANT"}, {V: 4, Name: "AD-KDCIssued"}, {V: 5, Name: "AD-AND-OR"}, {V: 8, Name: "AD-MANDATORY-FOR-KDC"},
		{V: dataPAC, Name: "AD-WIN2K-PAC"}, {V: dataETypes, Name: "AD-ETYPE-NEGOTIATION"}, {V: dataRestrictions, Name: "KERB-AUTH-DATA-TOKEN-RESTRICTIONS"},
		{V: 142, Name: "KERB-LOCAL"}, {V: dataOptions, Name: "AD-AUTH-DATA-AP-OPTIONS"}}}
	fData         = &field.Def{Name: "kerberos.ad_data", Label: "ad-data", Kind: field.Bytes}
	fRestriction  = &field.Def{Name: "kerberos.restriction_type", Label: "restriction-type", Kind: field.Uint}
	fRestrictions = &field.Def{Name: "kerberos.restriction", Label: "restriction", Kind: field.Bytes}
	fTokenFlags   = &field.Def{Name: "kerberos.restriction.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "kerberos.restriction.flags.uac_restricted", Label: "UAC-Restricted", Mask: 0x1}}}
	fTokenLevel = &field.Def{Name: "kerberos.restriction.token_il", Label: "TokenIL", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "Untrusted"}, {V: 0x1000, Name: "Low"}, {V: 0x2000, Name: "Medium"}, {V: 0x3000, Name: "High"}, {V: 0x4000, Name: "System"},
		{V: 0x5000, Name: "Protected process"}}}
	fTokenMachine = &field.Def{Name: "kerberos.restriction.machine_id", Label: "MachineID", Kind: field.Bytes}
	fDataOptions  = &field.Def{Name: "kerberos.ad_ap_options", Label: "ad-ap-options", Kind: field.Flags, Bits: []field.Bit{
		{Name: "kerberos.ad_ap_options.cbt", Label: "KERB_AP_OPTIONS_CBT", Mask: 0x4000}}}
	fOffered = &field.Def{Name: "kerberos.ENCTYPE", Label: "EncryptionType", Kind: field.Enum, Values: fEType.Values}
)

// application runs part on the parts of a structure with this application tag.
func application(c *wire.Codec, d *field.Def, tag byte, part func(*wire.Codec, byte)) {
	c.Begin(d)
	inside(c, tag, func(c *wire.Codec) {
		inside(c, tagSequence, func(c *wire.Codec) { each(c, part) })
	})
	c.Finish()
}

func ticketContents(c *wire.Codec, plain []byte) {
	c.In("ticket", plain, func(c *wire.Codec) { application(c, fEncTicket, tagEncTicket, encTicketPart) })
}

func authenticator(c *wire.Codec, plain []byte) {
	c.In("authenticator", plain, func(c *wire.Codec) { application(c, fAuthenticator, tagAuthenticator, authenticatorPart) })
}

func replyPart(c *wire.Codec, plain []byte) {
	c.In("ap-rep", plain, func(c *wire.Codec) { application(c, fEncReply, tagEncReply, encReplyPart) })
}

// encTicketPart is a part of EncTicketPart, [RFC4120] 5.3.
func encTicketPart(c *wire.Codec, tag byte) {
	switch tag - tagContext0 {
	case 0:
		element(c, tagBitString, func(c *wire.Codec, n int) {
			if n == 5 {
				c.Skip(1) // unused bits
				c.ShowBE(fTicketFlags, 4)
			}
		})
	case 1:
		encryptionKey(c, fKey)
	case 2:
		text(c, tagGeneralString, fCRealm)
	case 3:
		principal(c, fCName, fCNames, fCPart)
	case 4:
		c.Begin(fTransited)
		typed(c, fTransitedType, func(c *wire.Codec, _ uint64, n int) { c.Bytes(fTransitedBytes, n) })
		c.Finish()
	case 5:
		text(c, tagGeneralTime, fAuthTime)
	case 6:
		text(c, tagGeneralTime, fStartTime)
	case 7:
		text(c, tagGeneralTime, fEndTime)
	case 8:
		text(c, tagGeneralTime, fRenewTill)
	case 10:
		authorization(c, 0)
	}
}

// authenticatorPart is a part of Authenticator, [RFC4120] 5.5.1.
func authenticatorPart(c *wire.Codec, tag byte) {
	switch tag - tagContext0 {
	case 0:
		integer(c, fVersion)
	case 1:
		text(c, tagGeneralString, fCRealm)
	case 2:
		principal(c, fCName, fCNames, fCPart)
	case 3:
		c.Begin(fSum)
		typed(c, fSumType, checksum)
		c.Finish()
	case 4:
		integer(c, fCUsec)
	case 5:
		text(c, tagGeneralTime, fCTime)
	case 6:
		encryptionKey(c, fSubkey)
	case 7:
		integer(c, fNumber)
	case 8:
		authorization(c, 0)
	}
}

// encReplyPart is a part of EncAPRepPart, [RFC4120] 5.5.2.
func encReplyPart(c *wire.Codec, tag byte) {
	switch tag - tagContext0 {
	case 0:
		text(c, tagGeneralTime, fCTime)
	case 1:
		integer(c, fCUsec)
	case 2:
		encryptionKey(c, fSubkey)
	case 3:
		integer(c, fNumber)
	}
}

// typed is a sequence of a type, shown as d, and the octets it is the type of.
func typed(c *wire.Codec, d *field.Def, walk func(c *wire.Codec, kind uint64, n int)) {
	var kind uint64
	inside(c, tagSequence, func(c *wire.Codec) {
		each(c, func(c *wire.Codec, tag byte) {
			switch tag - tagContext0 {
			case 0:
				element(c, tagInteger, func(c *wire.Codec, n int) {
					if n <= 8 {
						kind = c.ShowBE(d, n)
					}
				})
			case 1:
				element(c, tagOctetString, func(c *wire.Codec, n int) { walk(c, kind, n) })
			}
		})
	})
}

// encryptionKey is EncryptionKey, [RFC4120] 5.2.9, without its value.
func encryptionKey(c *wire.Codec, d *field.Def) {
	c.Begin(d)
	typed(c, fKeyType, func(c *wire.Codec, _ uint64, n int) {
		c.Skip(n)
		c.Known(fKeyValue, n, strconv.Itoa(n)+" bytes, hidden")
	})
	c.Finish()
}

// checksum is Checksum, [RFC4120] 5.2.9; that of GSS-API is [RFC4121] 4.1.1,
// little-endian.
func checksum(c *wire.Codec, kind uint64, n int) {
	c.BeginLen(fSumBytes, n, 0)
	if kind != checksumGSS || n < checksumGSSSize {
		c.Skip(n)
		c.Done()
		return
	}
	c.Show32(fGSSLength)
	c.Bytes(fGSSBinding, 16)
	at := c.Pos()
	v := uint64(c.Show32(nil))
	c.Mark(fGSSDCE, at, 4, v>>12&1)
	c.Mark(fGSSInteg, at, 4, v>>5&1)
	c.Mark(fGSSConf, at, 4, v>>4&1)
	c.Mark(fGSSSequence, at, 4, v>>3&1)
	c.Mark(fGSSReplay, at, 4, v>>2&1)
	c.Mark(fGSSMutual, at, 4, v>>1&1)
	c.Mark(fGSSDeleg, at, 4, v&1)
	c.Skip(n - checksumGSSSize)
	c.Done()
}

// restriction is LSAP_TOKEN_INFO_INTEGRITY, [MS-KILE] 2.2.5, little-endian.
func restriction(c *wire.Codec, kind uint64, n int) {
	c.BeginLen(fRestrictions, n, 0)
	if kind == 0 && n >= 8 {
		c.Show32(fTokenFlags)
		c.Show32(fTokenLevel)
		c.Bytes(fTokenMachine, n-8)
	}
	c.Done()
}

// authorization is AuthorizationData, [RFC4120] 5.2.6.
func authorization(c *wire.Codec, depth int) {
	inside(c, tagSequence, func(c *wire.Codec) {
		for c.Left() >= 2 && c.Peek(1)[0] == tagSequence {
			c.Begin(fAuthorization)
			typed(c, fDataType, func(c *wire.Codec, kind uint64, n int) {
				c.BeginLen(fData, n, 0)
				switch {
				case kind == dataIfRelevant && depth < maxAuthorization:
					authorization(c, depth+1)
				case kind == dataPAC:
					pac(c)
				case kind == dataRestrictions:
					inside(c, tagSequence, func(c *wire.Codec) {
						for c.Left() >= 2 && c.Peek(1)[0] == tagSequence {
							typed(c, fRestriction, restriction)
						}
					})
				case kind == dataOptions:
					c.Show32(fDataOptions)
				case kind == dataETypes:
					inside(c, tagSequence, func(c *wire.Codec) {
						for c.Left() >= 2 && c.Peek(1)[0] == tagInteger {
							integer(c, fOffered)
						}
					})
				}
				c.Skip(c.Left())
				c.Done()
			})
			c.Finish()
		}
	})
}
