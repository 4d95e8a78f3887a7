package spnego

import (
	"smbdiff/dissect/dcerpc/ndr"
	"smbdiff/dissect/field"
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/wire"
)

// The buffers of [MS-PAC] 2.4 that are no NDR.
const (
	pacCredentials = 2
	pacServerSum   = 6
	pacCentreSum   = 7
	pacClientInfo  = 10
	pacUPN         = 12
	pacTicketSum   = 16
	pacAttributes  = 17
	pacRequestor   = 18
	pacFullSum     = 19
)

var (
	fPACCount   = &field.Def{Name: "kerberos.pac.entries", Label: "cBuffers", Kind: field.Uint}
	fPACVersion = &field.Def{Name: "kerberos.pac.version", Label: "Version", Kind: field.Uint}
	fPACType    = &field.Def{Name: "kerberos.pac.type", Label: "ulType", Kind: field.Enum, Values: field.Values{
		{V: ndr.PACLogonInfo, Name: "Logon information"}, {V: pacCredentials, Name: "Credentials information"}, {V: pacServerSum, Name: "Server checksum"},
		{V: pacCentreSum, Name: "KDC checksum"}, {V: pacClientInfo, Name: "Client name and ticket information"},
		{V: ndr.PACDelegation, Name: "Constrained delegation information"}, {V: pacUPN, Name: "UPN and DNS information"},
		{V: ndr.PACClientClaims, Name: "Client claims information"}, {V: ndr.PACDevice, Name: "Device information"},
		{V: ndr.PACDeviceClaims, Name: "Device claims information"}, {V: pacTicketSum, Name: "Ticket checksum"}, {V: pacAttributes, Name: "PAC Attributes"},
		{V: pacRequestor, Name: "PAC Requestor"}, {V: pacFullSum, Name: "Extended KDC checksum"}}}
	fPACBuffer = &field.Def{Name: "kerberos.pac.buffer", Label: "PAC_INFO_BUFFER"}
	fPACSize   = &field.Def{Name: "kerberos.pac.size", Label: "cbBufferSize", Kind: field.Uint}
	fPACOffset = &field.Def{Name: "kerberos.pac.offset", Label: "Offset", Kind: field.Uint}

	fPACCredentials = &field.Def{Name: "kerberos.pac_credential_info", Label: "PAC_CREDENTIAL_INFO", Kind: field.Bytes}
	fPACCredVersion = &field.Def{Name: "kerberos.pac_credential_info.version", Label: "Version", Kind: field.Uint}
	fPACCredType    = &field.Def{Name: "kerberos.pac_credential_info.etype", Label: "EncryptionType", Kind: field.Enum, Values: fEType.Values}
	fPACCredData    = &field.Def{Name: "kerberos.pac_credential_data", Label: "SerializedData", Kind: field.Bytes}
	fPACSumType     = &field.Def{Name: "kerberos.pac.signature.type", Label: "SignatureType", Kind: field.Enum, Lookup: pacSumName, All: pacSumNames}
	fPACSum         = &field.Def{Name: "kerberos.pac.signature.signature", Label: "Signature", Kind: field.Bytes}
	fPACReadOnly    = &field.Def{Name: "kerberos.pac.signature.rodc", Label: "RODCIdentifier", Kind: field.Uint}
	fPACClientTime  = &field.Def{Name: "kerberos.pac.clientid", Label: "ClientId", Kind: field.FileTime}
	fPACNameLength  = &field.Def{Name: "kerberos.pac.namelen", Label: "NameLength", Kind: field.Uint}
	fPACName        = &field.Def{Name: "kerberos.pac.name", Label: "Name", Kind: field.UTF16}
	fPACUPNFlags    = &field.Def{Name: "kerberos.pac.upn.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "kerberos.pac.upn.flags.upn_constructed", Label: "U", Mask: 0x1},
		{Name: "kerberos.pac.upn.flags.has_sam_name_and_sid", Label: "S", Mask: pacHasSAM},
	}}
	fPACLengths = [...]*field.Def{
		{Name: "kerberos.pac.upn.upn_len", Label: "UpnLength", Kind: field.Uint}, {Name: "kerberos.pac.upn.dns_len", Label: "DnsDomainNameLength", Kind: field.Uint},
		{Name: "kerberos.pac.upn.samaccountname_len", Label: "SamNameLength", Kind: field.Uint}, {Name: "kerberos.pac.upn.objectsid_len", Label: "SidLength", Kind: field.Uint},
	}
	fPACPlaces = [...]*field.Def{
		{Name: "kerberos.pac.upn.upn_offset", Label: "UpnOffset", Kind: field.Uint}, {Name: "kerberos.pac.upn.dns_offset", Label: "DnsDomainNameOffset", Kind: field.Uint},
		{Name: "kerberos.pac.upn.samaccountname_offset", Label: "SamNameOffset", Kind: field.Uint}, {Name: "kerberos.pac.upn.objectsid_offset", Label: "SidOffset", Kind: field.Uint},
	}
	fPACNames = [...]*field.Def{
		{Name: "kerberos.pac.upn.upn_name", Label: "Upn", Kind: field.UTF16}, {Name: "kerberos.pac.upn.dns_name", Label: "DnsDomainName", Kind: field.UTF16},
		{Name: "kerberos.pac.upn.samaccountname", Label: "SamName", Kind: field.UTF16},
	}
	fPACAttrLength = &field.Def{Name: "kerberos.pac.attributes_info.length", Label: "FlagsLength", Kind: field.Uint} // in bits
	fPACAttrFlags  = &field.Def{Name: "kerberos.pac.attributes_info.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "kerberos.pac.attributes.flags.pac_was_requested", Label: "PAC_WAS_REQUESTED", Mask: 0x1},
		{Name: "kerberos.pac.attributes.flags.pac_was_given_implicitly", Label: "PAC_WAS_GIVEN_IMPLICITLY", Mask: 0x2},
	}}
	fPACOther = &field.Def{Name: "kerberos.pac.data", Label: "Buffer", Kind: field.Bytes}
)

// fPACParts are the nodes over the buffers, by ulType.
var fPACParts = [...]*field.Def{
	ndr.PACLogonInfo:    {Name: "kerberos.pac_logon_info", Label: "KERB_VALIDATION_INFO", Kind: field.Bytes},
	pacCredentials:      fPACCredentials,
	pacServerSum:        {Name: "kerberos.pac_server_checksum", Label: "PAC_SIGNATURE_DATA", Kind: field.Bytes},
	pacCentreSum:        {Name: "kerberos.pac_privsvr_checksum", Label: "PAC_SIGNATURE_DATA", Kind: field.Bytes},
	pacClientInfo:       {Name: "kerberos.pac_client_info_type", Label: "PAC_CLIENT_INFO", Kind: field.Bytes},
	ndr.PACDelegation:   {Name: "kerberos.pac_s4u_delegation_info", Label: "S4U_DELEGATION_INFO", Kind: field.Bytes},
	pacUPN:              {Name: "kerberos.pac_upn_dns_info", Label: "UPN_DNS_INFO", Kind: field.Bytes},
	ndr.PACClientClaims: {Name: "kerberos.pac_client_claims_info", Label: "PAC_CLIENT_CLAIMS_INFO", Kind: field.Bytes},
	ndr.PACDevice:       {Name: "kerberos.pac_device_info", Label: "PAC_DEVICE_INFO", Kind: field.Bytes},
	ndr.PACDeviceClaims: {Name: "kerberos.pac_device_claims_info", Label: "PAC_DEVICE_CLAIMS_INFO", Kind: field.Bytes},
	pacTicketSum:        {Name: "kerberos.pac_ticket_checksum", Label: "PAC_SIGNATURE_DATA", Kind: field.Bytes},
	pacAttributes:       {Name: "kerberos.pac_attributes_info", Label: "PAC_ATTRIBUTES_INFO", Kind: field.Bytes},
	pacRequestor:        {Name: "kerberos.pac_requester_sid", Label: "PAC_REQUESTOR", Kind: field.Bytes},
	pacFullSum:          {Name: "kerberos.pac_full_checksum", Label: "PAC_SIGNATURE_DATA", Kind: field.Bytes},
}

const (
	pacHasSAM     = 0x2
	pacBufferSize = 16 // of PAC_INFO_BUFFER
)

// pac walks a privilege attribute certificate, [MS-PAC] 2.3, little-endian.
// Each buffer stands below the entry that names it.
func pac(c *wire.Codec) {
	c.SetBase(c.Pos())
	n := int(c.Show32(fPACCount))
	c.Show32(fPACVersion)
	end := c.Pos()
	for i := 0; c.More(i, n, pacBufferSize); i++ {
		c.Begin(fPACBuffer)
		kind := c.Show32(fPACType)
		size := int(c.Show32(fPACSize))
		at := int(min(c.Show64(fPACOffset), 1<<31))
		next := c.Pos()
		c.To(wire.Ref{Off: at, Len: size}, func(c *wire.Codec) { pacBuffer(c, kind) })
		end = max(end, c.Base()+at+size)
		c.Seek(next)
		c.Finish()
	}
	c.Seek(max(c.Pos(), end))
}

// pacBuffer walks one buffer up to the codec's end.
func pacBuffer(c *wire.Codec, kind uint32) {
	d := fPACOther
	if int(kind) < len(fPACParts) && fPACParts[kind] != nil {
		d = fPACParts[kind]
	}
	if d == fPACOther {
		c.Rest(d)
		return
	}
	c.SetBase(c.Pos())
	c.BeginLen(d, c.Left(), 0)
	switch kind {
	case pacCredentials:
		c.Show32(fPACCredVersion)
		c.Show32(fPACCredType)
		c.Rest(fPACCredData)
	case pacServerSum, pacCentreSum, pacTicketSum, pacFullSum:
		pacSignature(c)
	case pacClientInfo:
		c.Show64(fPACClientTime)
		c.Bytes(fPACName, int(c.Show16(fPACNameLength)))
	case pacUPN:
		pacUPNInfo(c)
	case pacAttributes:
		c.Show32(fPACAttrLength)
		c.Show32(fPACAttrFlags)
	case pacRequestor:
		secdesc.SID(c)
	default:
		ndr.WalkPAC(c, kind)
	}
	c.Rest(fPACOther)
	c.Done()
}

// pacSignature is PAC_SIGNATURE_DATA, [MS-PAC] 2.8: its type tells how long
// the signature is, behind which a read-only domain controller has a number.
func pacSignature(c *wire.Codec) {
	n := 12
	if c.Show32(fPACSumType) == pacSumMD5 {
		n = 16
	}
	c.Bytes(fPACSum, min(n, c.Left()))
	if c.Left() == 2 {
		c.Show16(fPACReadOnly)
	}
}

// pacUPNInfo is UPN_DNS_INFO, [MS-PAC] 2.10.
func pacUPNInfo(c *wire.Codec) {
	var refs [len(fPACLengths)]wire.Ref
	read := func(from, to int) {
		for i := from; i < to; i++ {
			n := int(c.Show16(fPACLengths[i]))
			refs[i] = wire.Ref{Off: int(c.Show16(fPACPlaces[i])), Len: n}
		}
	}
	read(0, 2)
	if c.Show32(fPACUPNFlags)&pacHasSAM != 0 {
		read(2, len(refs))
	}
	end := c.Pos()
	for i, r := range refs {
		if i < len(fPACNames) {
			c.BytesAt(fPACNames[i], r)
		} else {
			c.To(r, secdesc.SID)
		}
		end = max(end, c.Base()+r.Off+r.Len)
	}
	c.Seek(min(end+(8-end&7)&7, c.End()))
}

const pacSumMD5 = 0xffffff76 // KERB_CHECKSUM_HMAC_MD5

// pacSumName names the types of [MS-PAC] 2.8.
func pacSumName(v uint64) string { return pacSumNames().Name(v) }

func pacSumNames() field.Values {
	return field.Values{{V: 15, Name: "HMAC_SHA1_96_AES128"}, {V: 16, Name: "HMAC_SHA1_96_AES256"}, {V: pacSumMD5, Name: "KERB_CHECKSUM_HMAC_MD5"}}
}
