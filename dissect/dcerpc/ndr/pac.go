package ndr

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// The parts of a PAC that are serialized in NDR, [MS-PAC] 2.4.
const (
	PACLogonInfo    = 1
	PACDelegation   = 11
	PACClientClaims = 13
	PACDevice       = 14
	PACDeviceClaims = 15
)

// The headers of type serialization version 1, [MS-RPCE] 2.2.6.
var (
	fSerialVersion = &field.Def{Name: "kerberos.midl.version", Label: "Version", Kind: field.Uint}
	fSerialOrder   = &field.Def{Name: "dcerpc.drep.byteorder", Label: "Endianness", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "Big-endian"}, {V: littleEndian, Name: "Little-endian"}}}
	fSerialHeader = &field.Def{Name: "kerberos.midl.hdr_len", Label: "CommonHeaderLength", Kind: field.Uint}
	fSerialFill   = &field.Def{Name: "kerberos.midl.fill_bytes", Label: "Filler", Kind: field.Hex}
	fSerialLength = &field.Def{Name: "kerberos.midl_blob_len", Label: "ObjectBufferLength", Kind: field.Uint}
)

const littleEndian = 1

// WalkPAC walks a buffer of a PAC that is serialized in NDR, [MS-PAC] 2.2.
// It reports false, having added nothing, for other kinds and byte orders.
func WalkPAC(c *wire.Codec, kind uint32) bool {
	b := c.Peek(2)
	if len(b) < 2 || b[0] != 1 || b[1]>>4 != littleEndian || pacMember(kind) == nil {
		return false
	}
	base := c.Pos()
	c.Show8(fSerialVersion)
	c.Mark(fSerialOrder, c.Pos(), 1, littleEndian)
	c.Skip(1)
	c.Show16(fSerialHeader)
	c.Show32(fSerialFill)
	c.Show64(fSerialLength)
	if c.Tree() != nil {
		w := walker{c: c, base: base, next: c.Pos()}
		w.param(*pacMember(kind))
		c.Seek(w.next)
	}
	return true
}

func pacMember(kind uint32) *member {
	switch kind {
	case PACLogonInfo:
		return &pacLogon
	case PACDelegation:
		return &pacDelegation
	case PACDevice:
		return &pacDevice
	case PACClientClaims, PACDeviceClaims:
		return &pacClaims
	}
	return nil
}

var (
	pacLogon      = ptr(of("netlogon.validation_info", "KERB_VALIDATION_INFO", validationInfo))
	pacDelegation = ptr(of("netlogon.s4u_delegation_info", "S4U_DELEGATION_INFO", nrec("s4u_delegation_info",
		ntstr("proxy_target", "S4U2proxyTarget"), num("transited_count", "TransitedListSize"), list(ntstr("transited", "S4UTransitedServices")))))
	pacDevice = ptr(of("netlogon.device_info", "PAC_DEVICE_INFO", nrec("",
		num("rid", "UserId"), num("group_rid", "PrimaryGroupId"), optSID("AccountDomainId"), num("num_rids", "AccountGroupCount"),
		groupIDs("AccountGroupIds"), num("num_sid", "SidCount"), extraSIDs("ExtraSids"), num("domaingroupcount", "DomainGroupCount"),
		list(of("netlogon.domain_group", "DOMAIN_GROUP_MEMBERSHIP", nrec("", optSID("DomainId"), num("num_rids", "GroupCount"), groupIDs("GroupIds")))))))
	pacClaims = ptr(of("netlogon.claims", "CLAIMS_SET_METADATA", nrec("claims",
		num("set_size", "ulClaimsSetSize"), ptr(of("set", "ClaimsSet", bytes)),
		enum("compression", "usCompressionFormat", enum16, field.Values{{V: 0, Name: "COMPRESSION_FORMAT_NONE"}, {V: 2, Name: "COMPRESSION_FORMAT_LZNT1"},
			{V: 3, Name: "COMPRESSION_FORMAT_XPRESS"}, {V: 4, Name: "COMPRESSION_FORMAT_XPRESS_HUFF"}}),
		num("uncompressed_size", "ulUncompressedClaimsSetSize"), of("reserved_type", "usReservedType", u16), num("reserved_size", "ulReservedFieldSize"),
		ptr(of("reserved", "ReservedField", bytes)))))
)

// nrec is a structure of [MS-PAC], in names that tshark has for [MS-NRPC].
func nrec(name string, ms ...member) *typ {
	if name != "" {
		name = "." + name
	}
	return structOf("netlogon"+name, ms...)
}

// ntstr is an RPC_UNICODE_STRING as tshark names its parts here.
func ntstr(name, label string) member {
	return of(name, label, ntString)
}

var ntString = countedOf(stringDefs{
	&field.Def{Name: "dcerpc.nt.str.len", Label: "Length", Kind: field.Uint},
	&field.Def{Name: "dcerpc.nt.str.size", Label: "MaximumLength", Kind: field.Uint}, nil})

// groupIDs is an array of GROUP_MEMBERSHIP, [MS-PAC] 2.2.2.
func groupIDs(label string) member {
	return list(of("netlogon.group_membership", label, nrec("", num("group_rid", "RelativeId"), groupFlags("netlogon.attrs"))))
}

// extraSIDs is an array of KERB_SID_AND_ATTRIBUTES, [MS-PAC] 2.2.1.
func extraSIDs(label string) member {
	return list(of("netlogon.sid_and_attributes", label, nrec("", optSID("Sid"), groupFlags("dcerpc.nt.attr"))))
}

// groupFlags are the attributes of a group, [MS-PAC] 2.2.1.
func groupFlags(name string) member {
	bits := []field.Bit{
		{Name: "netlogon.groups.attrs.mandatory", Label: "SE_GROUP_MANDATORY", Mask: 0x1},
		{Name: "netlogon.groups.attrs.enabled_by_default", Label: "SE_GROUP_ENABLED_BY_DEFAULT", Mask: 0x2},
		{Name: "netlogon.groups.attrs.enabled", Label: "SE_GROUP_ENABLED", Mask: 0x4},
		{Name: "netlogon.groups.attrs.owner", Label: "SE_GROUP_OWNER", Mask: 0x8},
		{Name: "netlogon.groups.attrs.resource", Label: "SE_GROUP_RESOURCE", Mask: 0x20000000},
	}
	return flags(name, "Attributes", u32, bits)
}

// validationInfo is KERB_VALIDATION_INFO, [MS-PAC] 2.5.
var validationInfo = nrec("",
	date("logon_time", "LogonTime", old64), date("logoff_time", "LogoffTime", old64), date("kickoff_time", "KickOffTime", old64),
	date("pwd_last_set_time", "PasswordLastSet", old64), date("pwd_can_change_time", "PasswordCanChange", old64),
	date("pwd_must_change_time", "PasswordMustChange", old64),
	ntstr("acct_name", "EffectiveName"), ntstr("full_name", "FullName"), ntstr("logon_script", "LogonScript"), ntstr("profile_path", "ProfilePath"),
	ntstr("home_dir", "HomeDirectory"), ntstr("dir_drive", "HomeDirectoryDrive"),
	of("logon_count16", "LogonCount", u16), of("bad_pw_count16", "BadPasswordCount", u16), num("rid", "UserId"), num("group_rid", "PrimaryGroupId"),
	num("num_rids", "GroupCount"), groupIDs("GroupIds"),
	flags("user_flags", "UserFlags", u32, []field.Bit{
		{Name: "netlogon.user.flags.extra_sids", Label: "LOGON_EXTRA_SIDS", Mask: 0x20},
		{Name: "netlogon.user.flags.resource_groups", Label: "LOGON_RESOURCE_GROUPS", Mask: 0x200}}),
	of("user_session_key", "UserSessionKey", plain(16, 1)), ntstr("server", "LogonServer"), ntstr("domain", "LogonDomainName"), optSID("LogonDomainId"),
	hex("netlogon.dummy.long1", "Reserved1"), hex("netlogon.dummy.long2", "Reserved1"), flags("user_account_control", "UserAccountControl", u32, logonControl),
	num("netlogon.dummy.long4", "SubAuthStatus"), date("last_successful_ilogon", "LastSuccessfulILogon", old64),
	date("last_failed_ilogon", "LastFailedILogon", old64), num("netlogon.dummy.long9", "FailedILogonCount"), hex("netlogon.dummy.long10", "Reserved3"),
	num("num_sid", "SidCount"), extraSIDs("ExtraSids"),
	optSID("ResourceGroupDomainSid"), num("resourcegroupcount", "ResourceGroupCount"), groupIDs("ResourceGroupIds"))

// logonControl is UserAccountControl, [MS-SAMR] 2.2.1.12.
var logonControl = bits("netlogon.user.account_control",
	"account_disabled=USER_ACCOUNT_DISABLED", "home_directory_required=USER_HOME_DIRECTORY_REQUIRED", "password_not_required=USER_PASSWORD_NOT_REQUIRED",
	"temp_duplicate_account=USER_TEMP_DUPLICATE_ACCOUNT", "normal_account=USER_NORMAL_ACCOUNT", "mns_logon_account=USER_MNS_LOGON_ACCOUNT",
	"interdomain_trust_account=USER_INTERDOMAIN_TRUST_ACCOUNT", "workstation_trust_account=USER_WORKSTATION_TRUST_ACCOUNT",
	"server_trust_account=USER_SERVER_TRUST_ACCOUNT", "dont_expire_password=USER_DONT_EXPIRE_PASSWORD", "account_auto_locked=USER_ACCOUNT_AUTO_LOCKED",
	"encrypted_text_password_allowed=USER_ENCRYPTED_TEXT_PASSWORD_ALLOWED", "smartcard_required=USER_SMARTCARD_REQUIRED",
	"trusted_for_delegation=USER_TRUSTED_FOR_DELEGATION", "not_delegated=USER_NOT_DELEGATED", "use_des_key_only=USER_USE_DES_KEY_ONLY",
	"dont_require_preauth=USER_DONT_REQUIRE_PREAUTH")
