package ndr

import "sync"

func sam(name string, in, out []member) *op { return call("samr.samr_"+name, samrResult, in, out) }

func srec(name string, ms ...member) *typ { return structOf("samr.samr_"+name, ms...) }

// Handles and relative identifiers have one name in all operations.
func samServer() member { return handle("samr.connect_handle", "ServerHandle") }
func samDomain() member { return handle("samr.domain_handle", "DomainHandle") }
func samGroup() member  { return handle("samr.group_handle", "GroupHandle") }
func samAlias() member  { return handle("samr.alias_handle", "AliasHandle") }
func samUser() member   { return handle("samr.user_handle", "UserHandle") }
func samObject(label string) member {
	return handle("samr.handle", label)
}
func rid(label string) member { return num("samr.rid", label) }

// samrCalls are the operations of [MS-SAMR] 3.1.5.
var samrCalls = sync.OnceValue(func() []*op {
	return []*op{
		0:  sam("Connect", []member{ptr(of("system_name", "ServerName", u16)), serverAccess()}, []member{samServer()}),
		1:  sam("Close", []member{samObject("SamHandle")}, []member{samObject("SamHandle")}),
		2:  sam("SetSecurity", []member{samObject("ObjectHandle"), secInfo("SecurityInformation"), of("sdbuf", "SecurityDescriptor", samSecurity)}, nil),
		3:  sam("QuerySecurity", []member{samObject("ObjectHandle"), secInfo("SecurityInformation")}, []member{ptr(of("sdbuf", "SecurityDescriptor", samSecurity))}),
		4:  sam("Shutdown", []member{handle("connect_handle", "ServerHandle")}, nil),
		5:  sam("LookupDomain", []member{samServer(), ustr("domain_name", "Name")}, []member{optSID("DomainId")}),
		6:  enumSAM("EnumDomains", handle("connect_handle", "ServerHandle"), "buf_size"),
		7:  sam("OpenDomain", []member{samServer(), domainAccess(), domainSID("DomainId")}, []member{samDomain()}),
		8:  query("QueryDomainInfo", samDomain(), domainClasses, "DomainInformationClass", domainInfo),
		9:  set("SetDomainInfo", samDomain(), domainClasses, "DomainInformationClass", domainInfo),
		10: sam("CreateDomainGroup", []member{samDomain(), ustr("name", "Name"), groupAccess()}, []member{samGroup(), rid("RelativeId")}),
		11: enumSAM("EnumDomainGroups", samDomain(), "max_size"),
		12: sam("CreateUser", []member{samDomain(), ustr("account_name", "Name"), userAccess()}, []member{samUser(), rid("RelativeId")}),
		13: enumSAM("EnumDomainUsers", samDomain(), "max_size", flags("acct_flags", "UserAccountControl", u32, accountFlags)),
		14: sam("CreateDomAlias", []member{samDomain(), ustr("alias_name", "AccountName"), aliasAccess()}, []member{samAlias(), rid("RelativeId")}),
		15: enumSAM("EnumDomainAliases", samDomain(), "max_size"),
		16: sam("GetAliasMembership", []member{samDomain(), of("sids", "SidArray", samSIDs)}, []member{of("rids", "Membership", samIDs)}),
		17: sam("LookupNames", []member{samDomain(), num("num_names", "Count"), varying(ustr("names", "Names"))},
			[]member{of("rids", "RelativeIds", samIDs), of("types", "Use", samUses)}),
		18: sam("LookupRids", []member{samDomain(), num("num_rids", "Count"), varying(rid("RelativeIds"))},
			[]member{of("names", "Names", samNames), of("types", "Use", samUses)}),
		19: sam("OpenGroup", []member{samDomain(), groupAccess(), rid("GroupId")}, []member{samGroup()}),
		20: query("QueryGroupInfo", samGroup(), groupClasses, "GroupInformationClass", groupInfo),
		21: set("SetGroupInfo", samGroup(), groupClasses, "GroupInformationClass", groupInfo),
		22: sam("AddGroupMember", []member{samGroup(), rid("MemberId"), flags("flags", "Attributes", u32, groupAttributes)}, nil),
		23: sam("DeleteDomainGroup", []member{samGroup()}, []member{samGroup()}),
		24: sam("DeleteGroupMember", []member{samGroup(), rid("MemberId")}, nil),
		25: sam("QueryGroupMember", []member{samGroup()}, []member{ptr(of("rids", "Members", samMembers))}),
		26: sam("SetMemberAttributesOfGroup", []member{samGroup(), num("unknown1", "MemberId"), flags("unknown2", "Attributes", u32, groupAttributes)}, nil),
		27: sam("OpenAlias", []member{samDomain(), aliasAccess(), rid("AliasId")}, []member{samAlias()}),
		28: query("QueryAliasInfo", samAlias(), aliasClasses, "AliasInformationClass", aliasInfo),
		29: set("SetAliasInfo", samAlias(), aliasClasses, "AliasInformationClass", aliasInfo),
		30: sam("DeleteDomAlias", []member{samAlias()}, []member{samAlias()}),
		31: sam("AddAliasMember", []member{samAlias(), domainSID("MemberId")}, nil),
		32: sam("DeleteAliasMember", []member{samAlias(), domainSID("MemberId")}, nil),
		33: sam("GetMembersInAlias", []member{samAlias()}, []member{of("sids", "Members", samSIDs)}),
		34: sam("OpenUser", []member{samDomain(), userAccess(), rid("UserId")}, []member{samUser()}),
		35: sam("DeleteUser", []member{samUser()}, []member{samUser()}),
		36: query("QueryUserInfo", samUser(), userClasses, "UserInformationClass", userInfo),
		37: set("SetUserInfo", samUser(), userClasses, "UserInformationClass", userInfo),
		39: sam("GetGroupsForUser", []member{samUser()}, []member{ptr(of("rids", "Groups", samGroups))}),
		40: display("QueryDisplayInfo"),
		41: sam("GetDisplayEnumerationIndex", []member{samDomain(), displayClass(), ustr("name", "Prefix")}, []member{num("idx", "Index")}),
		44: sam("GetUserPwInfo", []member{samUser()}, []member{of("info", "PasswordInformation", passwordInfo)}),
		45: sam("RemoveMemberFromForeignDomain", []member{samDomain(), domainSID("MemberSid")}, nil),
		46: query("QueryDomainInfo2", samDomain(), domainClasses, "DomainInformationClass", domainInfo),
		47: query("QueryUserInfo2", samUser(), userClasses, "UserInformationClass", userInfo),
		48: display("QueryDisplayInfo2"),
		49: sam("GetDisplayEnumerationIndex2", []member{samDomain(), displayClass(), ustr("name", "Prefix")}, []member{num("idx", "Index")}),
		50: sam("CreateUser2", []member{samDomain(), ustr("account_name", "Name"), flags("acct_flags", "AccountType", u32, accountFlags), userAccess()},
			[]member{samUser(), hex("access_granted", "GrantedAccess"), rid("RelativeId")}),
		51: display("QueryDisplayInfo3"),
		52: sam("AddMultipleMembersToAlias", []member{samAlias(), of("sids", "MembersBuffer", samSIDs)}, nil),
		53: sam("RemoveMultipleMembersFromAlias", []member{samAlias(), of("sids", "MembersBuffer", samSIDs)}, nil),
		55: sam("ChangePasswordUser2", changePassword(), nil),
		56: sam("GetDomPwInfo", []member{ptr(ustr("domain_name", "Unused"))}, []member{of("info", "PasswordInformation", passwordInfo)}),
		57: sam("Connect2", []member{optStr("system_name", "ServerName"), serverAccess()}, []member{samServer()}),
		58: set("SetUserInfo2", samUser(), userClasses, "UserInformationClass", userInfo),
		61: sam("Connect3", []member{optStr("system_name", "ServerName"), num("unknown", "ClientRevision"), serverAccess()}, []member{samServer()}),
		62: sam("Connect4", []member{optStr("system_name", "ServerName"), revision(), serverAccess()}, []member{samServer()}),
		63: sam("ChangePasswordUser3", append(changePassword(), ptr(secret("password3", 516))),
			[]member{ptr(of("dominfo", "DomainPasswordInformation", domainPassword)), ptr(of("reject", "PasswordChangeInfo", changeReject))}),
		64: sam("Connect5",
			[]member{optStr("system_name", "ServerName"), serverAccess(), num("level_in", "InVersion"), of("info_in", "InRevisionInfo", revisionInfo)},
			[]member{num("level_out", "OutVersion"), of("info_out", "OutRevisionInfo", revisionInfo), samServer()}),
		65: sam("RidToSid", []member{samObject("ObjectHandle"), rid("Rid")}, []member{optSID("Sid")}),
	}
})

// changePassword is [MS-SAMR] 3.1.5.10.3.
func changePassword() []member {
	return []member{ptr(ustr("server", "ServerName")), ustr("account", "UserName"), ptr(of("nt_password", "NewPasswordEncryptedWithOldNt", plain(516, 1))),
		ptr(owf("nt_verifier", "OldNtOwfPasswordEncryptedWithNewNt")), of("lm_change", "LmPresent", u8),
		ptr(of("lm_password", "NewPasswordEncryptedWithOldLm", plain(516, 1))), ptr(owf("lm_verifier", "OldLmOwfPasswordEncryptedWithNewNt"))}
}

// changeReject tells why; the specification no longer does.
var changeReject = srec("ChangeReject", num("reason", "ExtendedFailureReason"), num("unknown1", "FilterModuleName.Length"), num("unknown2", "FilterModuleName"))

// enumSAM is [MS-SAMR] 3.1.5.2.
func enumSAM(name string, on member, size string, filter ...member) *op {
	in := append([]member{on, num("resume_handle", "EnumerationContext")}, filter...)
	return sam(name, append(in, num(size, "PreferedMaximumLength")),
		[]member{num("resume_handle", "EnumerationContext"), ptr(of("sam", "Buffer", samEntries)), num("num_entries", "CountReturned")})
}

// display is [MS-SAMR] 3.1.5.3.1.
func display(name string) *op {
	return sam(name,
		[]member{samDomain(), displayClass(), num("start_idx", "Index"), num("max_entries", "EntryCount"), num("buf_size", "PreferredMaximumLength")},
		[]member{num("total_size", "TotalAvailable"), num("returned_size", "TotalReturned"), of("info", "Buffer", displayInfo)})
}

func displayClass() member { return enum("level", "DisplayInformationClass", enum16, displayClasses) }

// Access rights, [MS-SAMR] 2.2.1.3 to 2.2.1.7.
func serverAccess() member {
	return access("samr.connect.access_mask", "DesiredAccess", bits("samr.samr_ConnectAccessMask",
		"SAMR_ACCESS_CONNECT_TO_SERVER=SAM_SERVER_CONNECT", "SAMR_ACCESS_SHUTDOWN_SERVER=SAM_SERVER_SHUTDOWN",
		"SAMR_ACCESS_INITIALIZE_SERVER=SAM_SERVER_INITIALIZE", "SAMR_ACCESS_CREATE_DOMAIN=SAM_SERVER_CREATE_DOMAIN",
		"SAMR_ACCESS_ENUM_DOMAINS=SAM_SERVER_ENUMERATE_DOMAINS", "SAMR_ACCESS_LOOKUP_DOMAIN=SAM_SERVER_LOOKUP_DOMAIN"))
}

func domainAccess() member {
	return access("samr.domain.access_mask", "DesiredAccess", bits("samr.samr_DomainAccessMask",
		"SAMR_DOMAIN_ACCESS_LOOKUP_INFO_1=DOMAIN_READ_PASSWORD_PARAMETERS", "SAMR_DOMAIN_ACCESS_SET_INFO_1=DOMAIN_WRITE_PASSWORD_PARAMS",
		"SAMR_DOMAIN_ACCESS_LOOKUP_INFO_2=DOMAIN_READ_OTHER_PARAMETERS", "SAMR_DOMAIN_ACCESS_SET_INFO_2=DOMAIN_WRITE_OTHER_PARAMETERS",
		"SAMR_DOMAIN_ACCESS_CREATE_USER=DOMAIN_CREATE_USER", "SAMR_DOMAIN_ACCESS_CREATE_GROUP=DOMAIN_CREATE_GROUP",
		"SAMR_DOMAIN_ACCESS_CREATE_ALIAS=DOMAIN_CREATE_ALIAS", "SAMR_DOMAIN_ACCESS_LOOKUP_ALIAS=DOMAIN_GET_ALIAS_MEMBERSHIP",
		"SAMR_DOMAIN_ACCESS_ENUM_ACCOUNTS=DOMAIN_LIST_ACCOUNTS", "SAMR_DOMAIN_ACCESS_OPEN_ACCOUNT=DOMAIN_LOOKUP",
		"SAMR_DOMAIN_ACCESS_SET_INFO_3=DOMAIN_ADMINISTER_SERVER"))
}

func groupAccess() member {
	return access("samr.group.access_mask", "DesiredAccess", bits("samr.samr_GroupAccessMask",
		"SAMR_GROUP_ACCESS_LOOKUP_INFO=GROUP_READ_INFORMATION", "SAMR_GROUP_ACCESS_SET_INFO=GROUP_WRITE_ACCOUNT",
		"SAMR_GROUP_ACCESS_ADD_MEMBER=GROUP_ADD_MEMBER", "SAMR_GROUP_ACCESS_REMOVE_MEMBER=GROUP_REMOVE_MEMBER",
		"SAMR_GROUP_ACCESS_GET_MEMBERS=GROUP_LIST_MEMBERS"))
}

func aliasAccess() member {
	return access("samr.alias.access_mask", "DesiredAccess", bits("samr.samr_AliasAccessMask",
		"SAMR_ALIAS_ACCESS_ADD_MEMBER=ALIAS_ADD_MEMBER", "SAMR_ALIAS_ACCESS_REMOVE_MEMBER=ALIAS_REMOVE_MEMBER",
		"SAMR_ALIAS_ACCESS_GET_MEMBERS=ALIAS_LIST_MEMBERS", "SAMR_ALIAS_ACCESS_LOOKUP_INFO=ALIAS_READ_INFORMATION",
		"SAMR_ALIAS_ACCESS_SET_INFO=ALIAS_WRITE_ACCOUNT"))
}

func userAccess() member {
	return access("samr.user.access_mask", "DesiredAccess", bits("samr.samr_UserAccessMask",
		"SAMR_USER_ACCESS_GET_NAME_ETC=USER_READ_GENERAL", "SAMR_USER_ACCESS_GET_LOCALE=USER_READ_PREFERENCES",
		"SAMR_USER_ACCESS_SET_LOC_COM=USER_WRITE_PREFERENCES", "SAMR_USER_ACCESS_GET_LOGONINFO=USER_READ_LOGON",
		"SAMR_USER_ACCESS_GET_ATTRIBUTES=USER_READ_ACCOUNT", "SAMR_USER_ACCESS_SET_ATTRIBUTES=USER_WRITE_ACCOUNT",
		"SAMR_USER_ACCESS_CHANGE_PASSWORD=USER_CHANGE_PASSWORD", "SAMR_USER_ACCESS_SET_PASSWORD=USER_FORCE_PASSWORD_CHANGE",
		"SAMR_USER_ACCESS_GET_GROUPS=USER_LIST_GROUPS", "SAMR_USER_ACCESS_GET_GROUP_MEMBERSHIP=USER_READ_GROUP_INFORMATION",
		"SAMR_USER_ACCESS_CHANGE_GROUP_MEMBERSHIP=USER_WRITE_GROUP_INFORMATION"))
}
