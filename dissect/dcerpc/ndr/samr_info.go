package ndr

import "smbdiff/dissect/field"

// query and set are the operations on information of one object by class,
// [MS-SAMR] 3.1.5.5 and 3.1.5.6.
func query(name string, on member, classes field.Values, label string, info *typ) *op {
	return sam(name, []member{on, enum("level", label, enum16, classes)}, []member{ptr(of("info", "Buffer", info))})
}

func set(name string, on member, classes field.Values, label string, info *typ) *op {
	return sam(name, []member{on, enum("level", label, enum16, classes), of("info", "Buffer", info)}, nil)
}

// sunion is a union by class; each arm has one structure.
func sunion(name string, arms ...arm) *typ { return unionOf("samr.samr_"+name, enum16, arms...) }

// Lists, [MS-SAMR] 2.2.7.
var (
	samEntries = srec("SamArray", num("count", "EntriesRead"),
		list(of("entries", "Buffer", srec("SamEntry", num("idx", "RelativeId"), ustr("name", "Name")))))
	samIDs     = srec("Ids", num("count", "Count"), list(rid("Element")))
	samUses    = srec("Ids", num("count", "Count"), list(enum("samr.rid", "Element", u32, sidUses)))
	samNames   = structOf("samr.lsa_Strings", num("count", "Count"), list(ustr("names", "Element")))
	samSIDs    = structure([]member{num("dcerpc.nt.count", "Count"), list(optSID("Sids"))})
	samMembers = srec("RidTypeArray", num("count", "MemberCount"), list(rid("Members")), list(flags("types", "Attributes", u32, groupAttributes)))
	samGroups  = srec("RidWithAttributeArray", num("count", "MembershipCount"),
		list(of("rids", "Groups", srec("RidWithAttribute", rid("RelativeId"), flags("attributes", "Attributes", u32, groupAttributes)))))
	samSecurity = structOf("samr", num("sec_desc_buf_len", "Length"), ptr(securityDescriptor("SecurityDescriptor", otherSD)))
)

// Revisions, [MS-SAMR] 2.2.7.15.
var revisionInfo = unionOf("samr.samr_ConnectInfo", u32,
	on(of("info1", "V1", srec("ConnectInfo1", revision(), hex("unknown2", "SupportedFeatures"))), 1))

func revision() member {
	return enum("client_version", "Revision", u32, values(1, "SAM_CLIENT_PRE_NT5", "SAM_CLIENT_NT5", "SAM_CLIENT_POST_NT5"))
}

var (
	// [MS-SAMR] 2.2.1.10
	groupAttributes = []field.Bit{
		{Name: "samr.samr_GroupAttrs.SE_GROUP_MANDATORY", Label: "SE_GROUP_MANDATORY", Mask: 0x1},
		{Name: "samr.samr_GroupAttrs.SE_GROUP_ENABLED_BY_DEFAULT", Label: "SE_GROUP_ENABLED_BY_DEFAULT", Mask: 0x2},
		{Name: "samr.samr_GroupAttrs.SE_GROUP_ENABLED", Label: "SE_GROUP_ENABLED", Mask: 0x4},
		{Name: "samr.samr_GroupAttrs.SE_GROUP_OWNER", Label: "SE_GROUP_OWNER", Mask: 0x8},
		{Name: "samr.samr_GroupAttrs.SE_GROUP_USE_FOR_DENY_ONLY", Label: "SE_GROUP_USE_FOR_DENY_ONLY", Mask: 0x10},
		{Name: "samr.samr_GroupAttrs.SE_GROUP_RESOURCE", Label: "SE_GROUP_RESOURCE", Mask: 0x20000000},
		{Name: "samr.samr_GroupAttrs.SE_GROUP_LOGON_ID", Label: "SE_GROUP_LOGON_ID", Mask: 0xc0000000},
	}
	// [MS-SAMR] 2.2.1.12
	accountFlags = bits("samr.samr_AcctFlags",
		"ACB_DISABLED=USER_ACCOUNT_DISABLED", "ACB_HOMDIRREQ=USER_HOME_DIRECTORY_REQUIRED", "ACB_PWNOTREQ=USER_PASSWORD_NOT_REQUIRED",
		"ACB_TEMPDUP=USER_TEMP_DUPLICATE_ACCOUNT", "ACB_NORMAL=USER_NORMAL_ACCOUNT", "ACB_MNS=USER_MNS_LOGON_ACCOUNT",
		"ACB_DOMTRUST=USER_INTERDOMAIN_TRUST_ACCOUNT", "ACB_WSTRUST=USER_WORKSTATION_TRUST_ACCOUNT", "ACB_SVRTRUST=USER_SERVER_TRUST_ACCOUNT",
		"ACB_PWNOEXP=USER_DONT_EXPIRE_PASSWORD", "ACB_AUTOLOCK=USER_ACCOUNT_AUTO_LOCKED", "ACB_ENC_TXT_PWD_ALLOWED=USER_ENCRYPTED_TEXT_PASSWORD_ALLOWED",
		"ACB_SMARTCARD_REQUIRED=USER_SMARTCARD_REQUIRED", "ACB_TRUSTED_FOR_DELEGATION=USER_TRUSTED_FOR_DELEGATION",
		"ACB_NOT_DELEGATED=USER_NOT_DELEGATED", "ACB_USE_DES_KEY_ONLY=USER_USE_DES_KEY_ONLY", "ACB_DONT_REQUIRE_PREAUTH=USER_DONT_REQUIRE_PREAUTH",
		"ACB_PW_EXPIRED=USER_PASSWORD_EXPIRED", "ACB_TRUST_AUTH_DELEGAT=USER_TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION",
		"ACB_NO_AUTH_DATA_REQD=USER_NO_AUTH_DATA_REQUIRED", "ACB_PARTIAL_SECRETS_ACCOUNT=USER_PARTIAL_SECRETS_ACCOUNT",
		"ACB_USE_AES_KEYS=USER_USE_AES_KEYS")
	// PasswordProperties of DOMAIN_PASSWORD_INFORMATION, [MS-SAMR] 2.2.3
	passwordProperties = bits("samr.samr_PasswordProperties", "DOMAIN_PASSWORD_COMPLEX", "DOMAIN_PASSWORD_NO_ANON_CHANGE",
		"DOMAIN_PASSWORD_NO_CLEAR_CHANGE", "DOMAIN_PASSWORD_LOCKOUT_ADMINS=DOMAIN_LOCKOUT_ADMINS", "DOMAIN_PASSWORD_STORE_CLEARTEXT",
		"DOMAIN_REFUSE_PASSWORD_CHANGE")
)

// Domains, [MS-SAMR] 2.2.3.
var (
	domainClasses = values(1, "DomainPasswordInformation", "DomainGeneralInformation", "DomainLogoffInformation", "DomainOemInformation",
		"DomainNameInformation", "DomainReplicationInformation", "DomainServerRoleInformation", "DomainModifiedInformation",
		"DomainStateInformation", "", "DomainGeneralInformation2", "DomainLockoutInformation", "DomainModifiedInformation2")
	serverStates = values(1, "DomainServerEnabled", "DomainServerDisabled")
	serverRoles  = values(2, "DomainServerRoleBackup", "DomainServerRolePrimary")

	passwordInfo = srec("PwInfo", of("min_password_length", "MinPasswordLength", u16),
		flags("password_properties", "PasswordProperties", u32, passwordProperties))
	domainGeneral = srec("DomGeneralInformation", duration("force_logoff_time", "ForceLogoff", old64),
		ustr("oem_information", "OemInformation"), ustr("domain_name", "DomainName"), ustr("primary", "ReplicaSourceNodeName"),
		leaf("sequence_num", "DomainModifiedCount", field.Uint, old64), enum("domain_server_state", "DomainServerState", u32, serverStates),
		enum("role", "DomainServerRole", u32, serverRoles), num("unknown3", "UasCompatibilityRequired"),
		num("num_users", "UserCount"), num("num_groups", "GroupCount"), num("num_aliases", "AliasCount"))

	domainPassword = srec("DomInfo1", of("min_password_length", "MinPasswordLength", u16),
		of("password_history_length", "PasswordHistoryLength", u16), flags("password_properties", "PasswordProperties", u32, passwordProperties),
		duration("max_password_age", "MaxPasswordAge", old64), duration("min_password_age", "MinPasswordAge", old64))

	domainInfo = sunion("DomainInfo",
		on(of("info1", "Password", domainPassword), 1),
		on(of("general", "General", domainGeneral), 2),
		on(of("info3", "Logoff", srec("DomInfo3", duration("force_logoff_time", "ForceLogoff", old64))), 3),
		on(of("oem", "Oem", srec("DomOEMInformation", ustr("oem_information", "OemInformation"))), 4),
		on(of("info5", "Name", srec("DomInfo5", ustr("domain_name", "DomainName"))), 5),
		on(of("info6", "Replication", srec("DomInfo6", ustr("primary", "ReplicaSourceNodeName"))), 6),
		on(of("info7", "Role", srec("DomInfo7", enum("role", "DomainServerRole", enum16, serverRoles))), 7),
		on(of("info8", "Modified", srec("DomInfo8", leaf("sequence_num", "DomainModifiedCount", field.Uint, old64),
			date("domain_create_time", "CreationTime", old64))), 8),
		on(of("info9", "State", srec("DomInfo9", enum("domain_server_state", "DomainServerState", enum16, serverStates))), 9),
		on(of("general2", "General2", srec("DomGeneralInformation2", append([]member{of("general", "I1", domainGeneral)}, lockout()...)...)), 11),
		on(of("info12", "Lockout", srec("DomInfo12", lockout()...)), 12),
		on(of("info13", "Modified2", srec("DomInfo13", leaf("sequence_num", "DomainModifiedCount", field.Uint, old64),
			date("domain_create_time", "CreationTime", old64), leaf("modified_count_at_last_promotion", "ModifiedCountAtLastPromotion", field.Uint, old64))), 13))
)

func lockout() []member {
	return []member{duration("lockout_duration", "LockoutDuration", u64), duration("lockout_window", "LockoutObservationWindow", u64),
		of("lockout_threshold", "LockoutThreshold", u16)}
}

// Groups and aliases, [MS-SAMR] 2.2.4 and 2.2.5.
var (
	groupClasses = values(1, "GroupGeneralInformation", "GroupNameInformation", "GroupAttributeInformation",
		"GroupAdminCommentInformation", "GroupReplicationInformation")
	groupAll = srec("GroupInfoAll", ustr("name", "Name"), flags("attributes", "Attributes", u32, groupAttributes),
		num("num_members", "MemberCount"), ustr("description", "AdminComment"))
	groupInfo = sunion("GroupInfo",
		on(of("all", "General", groupAll), 1), on(ustr("name", "Name"), 2),
		on(of("attributes", "Attribute", srec("GroupInfoAttributes", flags("attributes", "Attributes", u32, groupAttributes))), 3),
		on(ustr("description", "AdminComment"), 4), on(of("all2", "DoNotUse", groupAll), 5))

	aliasClasses = values(1, "AliasGeneralInformation", "AliasNameInformation", "AliasAdminCommentInformation")
	aliasInfo    = sunion("AliasInfo",
		on(of("all", "General", srec("AliasInfoAll", ustr("name", "Name"), num("num_members", "MemberCount"), ustr("description", "AdminComment"))), 1),
		on(ustr("name", "Name"), 2), on(ustr("description", "AdminComment"), 3))
)

// Lists to show, [MS-SAMR] 2.2.8.
var (
	displayClasses = values(1, "DomainDisplayUser", "DomainDisplayMachine", "DomainDisplayGroup", "DomainDisplayOemUser", "DomainDisplayOemGroup")
	displayInfo    = sunion("DispInfo",
		on(of("info1", "UserInformation", shown("DispInfoGeneral", srec("DispEntryGeneral",
			append(displayed("AccountControl", accountFlags), ustr("full_name", "FullName"))...))), 1),
		on(of("info2", "MachineInformation", shown("DispInfoFull", srec("DispEntryFull", displayed("AccountControl", accountFlags)...))), 2),
		on(of("info3", "GroupInformation", shown("DispInfoFullGroups", srec("DispEntryFullGroup", displayed("Attributes", groupAttributes)...))), 3),
		on(of("info4", "OemUserInformation", shown("DispInfoAscii", displayOEM("OemAccountName"))), 4),
		on(of("info5", "OemGroupInformation", shown("DispInfoAscii", displayOEM("OemAccountName"))), 5))
)

func shown(name string, entry *typ) *typ {
	return srec(name, num("count", "EntriesRead"), list(of("entries", "Buffer", entry)))
}

func displayed(label string, bits []field.Bit) []member {
	return []member{num("idx", "Index"), rid("Rid"), flags("acct_flags", label, u32, bits), ustr("account_name", "AccountName"), ustr("description", "AdminComment")}
}

// displayOEM has an RPC_STRING, [MS-SAMR] 2.2.2.1.
func displayOEM(label string) *typ {
	return srec("DispEntryAscii", num("idx", "Index"), leaf("account_name", label, field.Text, oemString))
}

var oemString = &typ{shape: counted, size: unicode.size, align: unicode.align, elem: char8, strings: &stringDefs{
	&field.Def{Name: "dcerpc.nt.str.len", Label: "Length", Kind: field.Uint},
	&field.Def{Name: "dcerpc.nt.str.size", Label: "MaximumLength", Kind: field.Uint}, nil}}
