package ntlmssp

import "smbdiff/dissect/field"

// payload is a variable part with its descriptor in the fixed part.
type payload struct {
	length, room, offset *field.Def
	octets               *field.Def // as octets or 8-bit text
	unicode              *field.Def // as UTF-16LE text, for names
	empty                *field.Def // the descriptor of an empty one
}

// named defines a name: descriptor and text.
func named(name, label string) payload {
	p := described("string", label)
	p.octets = &field.Def{Name: name, Label: label, Kind: field.Text}
	p.unicode = &field.Def{Name: name, Label: label, Kind: field.UTF16}
	p.empty = &field.Def{Name: name, Label: label + "Fields (empty)", Kind: field.Known}
	return p
}

// blob defines octets: descriptor and octets.
func blob(name, label string) payload {
	p := described("blob", label)
	p.octets = &field.Def{Name: name, Label: label, Kind: field.Bytes}
	p.empty = &field.Def{Name: name, Label: label + "Fields (empty)", Kind: field.Known}
	return p
}

func described(kind, label string) payload {
	return payload{
		length: &field.Def{Name: "ntlmssp." + kind + ".length", Label: label + "Len", Kind: field.Uint},
		room:   &field.Def{Name: "ntlmssp." + kind + ".maxlen", Label: label + "MaxLen", Kind: field.Uint},
		offset: &field.Def{Name: "ntlmssp." + kind + ".offset", Label: label + "BufferOffset", Kind: field.Uint},
	}
}

var (
	negotiateDomain      = named("ntlmssp.negotiate.domain", "DomainName")
	negotiateWorkstation = named("ntlmssp.negotiate.callingworkstation", "Workstation")
	targetName           = named("ntlmssp.challenge.target_name", "TargetName")
	domain               = named("ntlmssp.auth.domain", "DomainName")
	user                 = named("ntlmssp.auth.username", "UserName")
	host                 = named("ntlmssp.auth.hostname", "Workstation")
	lmResponse           = blob("ntlmssp.auth.lmresponse", "LmChallengeResponse")
	ntResponse           = blob("ntlmssp.auth.ntresponse", "NtChallengeResponse")
	sessionKey           = blob("ntlmssp.auth.sesskey", "EncryptedRandomSessionKey")
)

var (
	fMessage     = &field.Def{Name: "ntlmssp", Label: "NTLM Secure Service Provider"}
	fIdentifier  = &field.Def{Name: "ntlmssp.identifier", Label: "Signature", Kind: field.Text}
	fMessageType = &field.Def{Name: "ntlmssp.messagetype", Label: "MessageType", Kind: field.Enum, Values: field.Values{
		{V: 1, Name: "NtLmNegotiate"}, {V: 2, Name: "NtLmChallenge"}, {V: 3, Name: "NtLmAuthenticate"},
	}}
	fServerChallenge = &field.Def{Name: "ntlmssp.ntlmserverchallenge", Label: "ServerChallenge", Kind: field.Bytes}
	fClientChallenge = &field.Def{Name: "ntlmssp.ntlmclientchallenge", Label: "ChallengeFromClient", Kind: field.Bytes}
	fReserved        = &field.Def{Name: "ntlmssp.reserved", Label: "Reserved", Kind: field.Bytes}
	fInfoLength      = &field.Def{Name: "ntlmssp.challenge.target_info.length", Label: "TargetInfoLen", Kind: field.Uint}
	fInfoRoom        = &field.Def{Name: "ntlmssp.challenge.target_info.maxlen", Label: "TargetInfoMaxLen", Kind: field.Uint}
	fInfoOffset      = &field.Def{Name: "ntlmssp.challenge.target_info.offset", Label: "TargetInfoBufferOffset", Kind: field.Uint}
	fInfo            = &field.Def{Name: "ntlmssp.challenge.target_info", Label: "TargetInfo"}
	fMIC             = &field.Def{Name: "ntlmssp.authenticate.mic", Label: "MIC", Kind: field.Bytes}

	fVersion         = &field.Def{Name: "ntlmssp.version", Label: "Version"}
	fNoVersion       = &field.Def{Name: "ntlmssp.version.unused", Label: "Version (not negotiated)", Kind: field.Bytes}
	fMajor           = &field.Def{Name: "ntlmssp.version.major", Label: "ProductMajorVersion", Kind: field.Uint}
	fMinor           = &field.Def{Name: "ntlmssp.version.minor", Label: "ProductMinorVersion", Kind: field.Uint}
	fBuild           = &field.Def{Name: "ntlmssp.version.build_number", Label: "ProductBuild", Kind: field.Uint}
	fVersionReserved = &field.Def{Name: "ntlmssp.version.reserved", Label: "Reserved", Kind: field.Bytes}
	fRevision        = &field.Def{Name: "ntlmssp.version.ntlm_current_revision", Label: "NTLMRevisionCurrent", Kind: field.Uint}

	fV2              = &field.Def{Name: "ntlmssp.ntlmv2_response", Label: "NTLMv2_RESPONSE", Kind: field.Bytes}
	fProof           = &field.Def{Name: "ntlmssp.ntlmv2_response.ntproofstr", Label: "Response", Kind: field.Bytes}
	fResponseVersion = &field.Def{Name: "ntlmssp.ntlmv2_response.rversion", Label: "RespType", Kind: field.Uint}
	fHighestVersion  = &field.Def{Name: "ntlmssp.ntlmv2_response.hirversion", Label: "HiRespType", Kind: field.Uint}
	fZero            = &field.Def{Name: "ntlmssp.ntlmv2_response.z", Label: "Reserved", Kind: field.Bytes}
	fTime            = &field.Def{Name: "ntlmssp.ntlmv2_response.time", Label: "TimeStamp", Kind: field.FileTime}
	fV2Challenge     = &field.Def{Name: "ntlmssp.ntlmv2_response.chal", Label: "ChallengeFromClient", Kind: field.Bytes}

	fSignature         = &field.Def{Name: "ntlmssp.verf", Label: "NTLMSSP_MESSAGE_SIGNATURE"}
	fSignatureVersion  = &field.Def{Name: "ntlmssp.verf.vers", Label: "Version", Kind: field.Uint}
	fSignatureBody     = &field.Def{Name: "ntlmssp.verf.body", Label: "Body", Kind: field.Bytes}
	fSignatureChecksum = &field.Def{Name: "ntlmssp.verf.hmacmd5", Label: "Checksum", Kind: field.Bytes}
	fSignatureSequence = &field.Def{Name: "ntlmssp.verf.sequence", Label: "SeqNum", Kind: field.Uint}
)

// fFlags is [MS-NLMP] 2.2.2.5.
var fFlags = &field.Def{Name: "ntlmssp.negotiateflags", Label: "NegotiateFlags", Kind: field.Flags, Bits: []field.Bit{
	{Name: "ntlmssp.negotiateunicode", Label: "NEGOTIATE_UNICODE", Mask: 0x00000001},
	{Name: "ntlmssp.negotiateoem", Label: "NEGOTIATE_OEM", Mask: 0x00000002},
	{Name: "ntlmssp.requesttarget", Label: "REQUEST_TARGET", Mask: 0x00000004},
	{Name: "ntlmssp.negotiate00000008", Label: "0x00000008", Mask: 0x00000008},
	{Name: "ntlmssp.negotiatesign", Label: "NEGOTIATE_SIGN", Mask: 0x00000010},
	{Name: "ntlmssp.negotiateseal", Label: "NEGOTIATE_SEAL", Mask: 0x00000020},
	{Name: "ntlmssp.negotiatedatagram", Label: "NEGOTIATE_DATAGRAM", Mask: 0x00000040},
	{Name: "ntlmssp.negotiatelmkey", Label: "NEGOTIATE_LM_KEY", Mask: 0x00000080},
	{Name: "ntlmssp.negotiate00000100", Label: "0x00000100", Mask: 0x00000100},
	{Name: "ntlmssp.negotiatentlm", Label: "NEGOTIATE_NTLM", Mask: 0x00000200},
	{Name: "ntlmssp.negotiatentonly", Label: "0x00000400", Mask: 0x00000400},
	{Name: "ntlmssp.negotiateanonymous", Label: "ANONYMOUS", Mask: 0x00000800},
	{Name: "ntlmssp.negotiateoemdomainsupplied", Label: "NEGOTIATE_OEM_DOMAIN_SUPPLIED", Mask: 0x00001000},
	{Name: "ntlmssp.negotiateoemworkstationsupplied", Label: "NEGOTIATE_OEM_WORKSTATION_SUPPLIED", Mask: 0x00002000},
	{Name: "ntlmssp.negotiate00004000", Label: "0x00004000", Mask: 0x00004000},
	{Name: "ntlmssp.negotiatealwayssign", Label: "NEGOTIATE_ALWAYS_SIGN", Mask: 0x00008000},
	{Name: "ntlmssp.targettypedomain", Label: "TARGET_TYPE_DOMAIN", Mask: 0x00010000},
	{Name: "ntlmssp.targettypeserver", Label: "TARGET_TYPE_SERVER", Mask: 0x00020000},
	{Name: "ntlmssp.targettypeshare", Label: "0x00040000", Mask: 0x00040000},
	{Name: "ntlmssp.negotiatentlm2", Label: "NEGOTIATE_EXTENDED_SESSIONSECURITY", Mask: 0x00080000},
	{Name: "ntlmssp.negotiateidentify", Label: "NEGOTIATE_IDENTIFY", Mask: 0x00100000},
	{Name: "ntlmssp.negotiatent00200000", Label: "0x00200000", Mask: 0x00200000},
	{Name: "ntlmssp.requestnonntsession", Label: "REQUEST_NON_NT_SESSION_KEY", Mask: 0x00400000},
	{Name: "ntlmssp.negotiatetargetinfo", Label: "NEGOTIATE_TARGET_INFO", Mask: 0x00800000},
	{Name: "ntlmssp.negotiatent01000000", Label: "0x01000000", Mask: 0x01000000},
	{Name: "ntlmssp.negotiateversion", Label: "NEGOTIATE_VERSION", Mask: 0x02000000},
	{Name: "ntlmssp.negotiatent04000000", Label: "0x04000000", Mask: 0x04000000},
	{Name: "ntlmssp.negotiatent08000000", Label: "0x08000000", Mask: 0x08000000},
	{Name: "ntlmssp.negotiatent10000000", Label: "0x10000000", Mask: 0x10000000},
	{Name: "ntlmssp.negotiate128", Label: "NEGOTIATE_128", Mask: 0x20000000},
	{Name: "ntlmssp.negotiatekeyexch", Label: "NEGOTIATE_KEY_EXCH", Mask: 0x40000000},
	{Name: "ntlmssp.negotiate56", Label: "NEGOTIATE_56", Mask: 0x80000000},
}}

var pairNames = field.Values{
	{V: 0, Name: "MsvAvEOL"}, {V: 1, Name: "MsvAvNbComputerName"}, {V: 2, Name: "MsvAvNbDomainName"}, {V: 3, Name: "MsvAvDnsComputerName"},
	{V: 4, Name: "MsvAvDnsDomainName"}, {V: 5, Name: "MsvAvDnsTreeName"}, {V: 6, Name: "MsvAvFlags"}, {V: 7, Name: "MsvAvTimestamp"},
	{V: 8, Name: "MsvAvSingleHost"}, {V: 9, Name: "MsvAvTargetName"}, {V: 10, Name: "MsvAvChannelBindings"},
}

// pairDefs are the fields of AV pairs, [MS-NLMP] 2.2.2.1, in one place.
type pairDefs struct {
	pair, id, length, flags, timestamp, unknown, pad *field.Def
	hostSize, hostZero, hostData, machine            *field.Def
	values                                           [11]*field.Def
}

var (
	challengePairs = definePairs("ntlmssp.challenge.target_info.")
	responsePairs  = definePairs("ntlmssp.ntlmv2_response.")
)

func definePairs(prefix string) pairDefs {
	text := func(name, label string) *field.Def {
		return &field.Def{Name: prefix + name, Label: label, Kind: field.UTF16}
	}
	octets := func(name, label string) *field.Def {
		return &field.Def{Name: prefix + name, Label: label, Kind: field.Bytes}
	}
	return pairDefs{
		pair:   &field.Def{Name: prefix + "item", Label: "AV_PAIR"},
		id:     &field.Def{Name: prefix + "item.type", Label: "AvId", Kind: field.Enum, Values: pairNames},
		length: &field.Def{Name: prefix + "item.length", Label: "AvLen", Kind: field.Uint},
		flags: &field.Def{Name: prefix + "flags", Label: "MsvAvFlags", Kind: field.Flags, Bits: []field.Bit{
			{Name: prefix + "flags.constrained", Label: "AUTHENTICATION_CONSTRAINED", Mask: 0x1},
			{Name: prefix + "flags.mic", Label: "MIC_PRESENT", Mask: 0x2},
			{Name: prefix + "flags.untrusted_spn", Label: "UNTRUSTED_SPN_SOURCE", Mask: 0x4},
		}},
		timestamp: &field.Def{Name: prefix + "timestamp", Label: "MsvAvTimestamp", Kind: field.FileTime},
		unknown:   octets("unknown", "Value"),
		pad:       octets("pad", "Padding"),
		hostSize:  &field.Def{Name: prefix + "restrictions.size", Label: "Size", Kind: field.Uint},
		hostZero:  octets("restrictions.reserved", "Z4"),
		hostData:  octets("restrictions.custom_data", "CustomData"),
		machine:   octets("restrictions.machine_id", "MachineID"),
		values: [11]*field.Def{
			1:  text("nb_computer_name", "MsvAvNbComputerName"),
			2:  text("nb_domain_name", "MsvAvNbDomainName"),
			3:  text("dns_computer_name", "MsvAvDnsComputerName"),
			4:  text("dns_domain_name", "MsvAvDnsDomainName"),
			5:  text("dns_tree_name", "MsvAvDnsTreeName"),
			8:  octets("restrictions", "MsvAvSingleHost"),
			9:  text("target_name", "MsvAvTargetName"),
			10: octets("channel_bindings", "MsvAvChannelBindings"),
		},
	}
}
