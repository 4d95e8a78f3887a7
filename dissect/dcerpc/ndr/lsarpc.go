package ndr

import (
	"sync"

	"smbdiff/dissect/field"
)

// lsa is an operation on a handle, but for raw.
func lsa(name string, in, out []member) *op {
	return lsaRaw(name, append([]member{handle("handle", "PolicyHandle")}, in...), out)
}

func lsaRaw(name string, in, out []member) *op {
	return call("lsarpc.lsa_"+name, lsarpcResult, in, out)
}

func lrec(name string, ms ...member) *typ { return structOf("lsarpc.lsa_"+name, ms...) }

var (
	fLsaChars = &field.Def{Name: "lsarpc.lsa.string", Label: "Buffer", Kind: field.UTF16}

	lsaString = countedOf(stringDefs{
		&field.Def{Name: "lsarpc.lsa_String.length", Label: "Length", Kind: field.Uint},
		&field.Def{Name: "lsarpc.lsa_String.size", Label: "MaximumLength", Kind: field.Uint}, fLsaChars})
	lsaStringLarge = countedOf(stringDefs{
		&field.Def{Name: "lsarpc.lsa_StringLarge.length", Label: "Length", Kind: field.Uint},
		&field.Def{Name: "lsarpc.lsa_StringLarge.size", Label: "MaximumLength", Kind: field.Uint}, fLsaChars})
)

func lstr(name, label string) member      { return of(name, label, lsaString) }
func lstrLarge(name, label string) member { return of(name, label, lsaStringLarge) }

// lsarpcCalls are the operations of [MS-LSAD] 3.1.4 and [MS-LSAT] 3.1.4.
var lsarpcCalls = sync.OnceValue(func() []*op {
	return []*op{
		0:  lsa("Close", nil, []member{handle("handle", "ObjectHandle")}),
		1:  lsa("Delete", nil, nil),
		2:  lsaEnum("EnumPrivs", "max_count", of("privs", "EnumerationBuffer", privileges)),
		3:  lsa("QuerySecurity", []member{flags("sec_info", "SecurityInformation", u32, securityInformation)}, []member{ptr(of("sdbuf", "SecurityDescriptor", lsaSecurity))}),
		4:  lsa("SetSecObj", []member{secInfo("SecurityInformation"), of("sdbuf", "SecurityDescriptor", lsaSecurity)}, nil),
		6:  lsaRaw("OpenPolicy", append([]member{ptr(of("system_name", "SystemName", u16))}, openPolicy()...), policyHandle()),
		7:  lsa("QueryInfoPolicy", []member{policyClass()}, []member{ptr(of("info", "PolicyInformation", policyInfo))}),
		8:  lsa("SetInfoPolicy", []member{policyClass(), of("info", "PolicyInformation", policyInfo)}, nil),
		10: lsa("CreateAccount", []member{domainSID("AccountSid"), accountAccess()}, []member{handle("acct_handle", "AccountHandle")}),
		11: lsaEnum("EnumAccounts", "num_entries", of("sids", "EnumerationBuffer", sidArray)),
		13: lsaEnum("EnumTrustDom", "max_size", of("domains", "EnumerationBuffer", domainList)),
		14: lookupNames("LookupNames", transSids, true, false),
		15: lookupSids("LookupSids", transNames, true, false),
		16: lsa("CreateSecret", []member{lstr("name", "SecretName"), secretAccess()}, []member{handle("sec_handle", "SecretHandle")}),
		17: lsa("OpenAccount", []member{domainSID("AccountSid"), accountAccess()}, []member{handle("acct_handle", "AccountHandle")}),
		18: lsa("EnumPrivsAccount", nil, []member{ptr(of("privs", "Privileges", privilegeSet))}),
		19: lsa("AddPrivilegesToAccount", []member{of("privs", "Privileges", privilegeSet)}, nil),
		20: lsa("RemovePrivilegesFromAccount", []member{of("remove_all", "AllPrivileges", u8), ptr(of("privs", "Privileges", privilegeSet))}, nil),
		// tshark has no fields for the parameters of 23 and 24.
		23: lsa("GetSystemAccessAccount", nil, []member{hex("access_mask", "SystemAccess")}),
		24: lsa("SetSystemAccessAccount", []member{hex("access_mask", "SystemAccess")}, nil),
		25: lsa("OpenTrustedDomain", []member{domainSID("TrustedDomainSid"), trustAccess()}, []member{handle("trustdom_handle", "TrustedDomainHandle")}),
		26: lsaRaw("QueryTrustedDomainInfo", []member{handle("trustdom_handle", "TrustedDomainHandle"), trustClass()}, trustInfo()),
		28: lsa("OpenSecret", []member{lstr("name", "SecretName"), secretAccess()}, []member{handle("sec_handle", "SecretHandle")}),
		29: lsaRaw("SetSecret",
			[]member{handle("sec_handle", "SecretHandle"), ptr(of("new_val", "EncryptedCurrentValue", cipherValue)),
				ptr(of("old_val", "EncryptedOldValue", cipherValue))}, nil),
		30: lsaRaw("QuerySecret", append([]member{handle("sec_handle", "SecretHandle")}, secretValues()...), secretValues()),
		31: lsa("LookupPrivValue", []member{lstr("name", "Name")}, []member{of("luid", "Value", luid)}),
		32: lsa("LookupPrivName", []member{of("luid", "Value", luid)}, []member{ptr(lstrLarge("name", "Name"))}),
		33: lsa("LookupPrivDisplayName",
			[]member{lstr("name", "Name"), of("language_id", "ClientLanguage", u16), of("unknown", "ClientSystemDefaultLanguage", u16)},
			[]member{ptr(lstrLarge("disp_name", "DisplayName")), of("language_id", "LanguageReturned", u16)}),
		34: lsa("DeleteObject", nil, []member{handle("handle", "ObjectHandle")}),
		35: lsa("EnumAccountsWithUserRight", []member{ptr(lstr("name", "UserRight"))}, []member{of("sids", "EnumerationBuffer", sidArray)}),
		36: lsa("EnumAccountRights", []member{domainSID("AccountSid")}, []member{of("rights", "UserRights", rightSet)}),
		37: lsa("AddAccountRights", []member{domainSID("AccountSid"), of("rights", "UserRights", rightSet)}, nil),
		38: lsa("RemoveAccountRights", []member{domainSID("AccountSid"), of("unknown", "AllRights", u8), of("rights", "UserRights", rightSet)}, nil),
		39: lsa("QueryTrustedDomainInfoBySid", []member{domainSID("TrustedDomainSid"), trustClass()}, trustInfo()),
		44: lsaRaw("OpenPolicy2", append([]member{optStr("system_name", "SystemName")}, openPolicy()...), policyHandle()),
		45: lsaRaw("GetUserName", append([]member{optStr("system_name", "SystemName")}, userName()...), userName()),
		46: lsa("QueryInfoPolicy2", []member{policyClass()}, []member{ptr(of("info", "PolicyInformation", policyInfo))}),
		47: lsa("SetInfoPolicy2", []member{policyClass(), of("info", "PolicyInformation", policyInfo)}, nil),
		48: lsa("QueryTrustedDomainInfoByName", []member{lstr("trusted_domain", "TrustedDomainName"), trustClass()}, trustInfo()),
		50: lsaEnum("EnumTrustedDomainsEx", "max_size", of("domains", "EnumerationBuffer", domainListEx)),
		53: lsa("QueryDomainInformationPolicy", []member{domainClass()}, []member{ptr(of("info", "PolicyDomainInformation", domainPolicy))}),
		55: lsa("OpenTrustedDomainByName", []member{lstr("name", "TrustedDomainName"), trustAccess()}, []member{handle("trustdom_handle", "TrustedDomainHandle")}),
		57: lookupSids("LookupSids2", transNames2, true, true),
		58: lookupNames("LookupNames2", transSids2, true, true),
		68: lookupNames("LookupNames3", transSids3, true, true),
		76: lookupSids("LookupSids3", transNames2, false, true),
		77: lookupNames("LookupNames4", transSids3, false, true),
	}
})

// lsaEnum is an operation that lists in pieces.
func lsaEnum(name, size string, result member) *op {
	resume := func() member { return num("resume_handle", "EnumerationContext") }
	return lsa(name, []member{resume(), num(size, "PreferedMaximumLength")}, []member{resume(), result})
}

func policyHandle() []member { return []member{handle("handle", "PolicyHandle")} }

func policyClass() member { return enum("level", "InformationClass", enum16, policyClasses) }

// userName is two pointers to pointers, [MS-LSAT] 3.1.4.4.
func userName() []member {
	return []member{ptr(lstr("account_name", "UserName")), ptr(of("authority_name", "DomainName", stringPointer))}
}

var stringPointer = lrec("StringPointer", ptr(lstr("string", "String")))

// openPolicy is what LsarOpenPolicy and LsarOpenPolicy2 share, [MS-LSAD]
// 3.1.4.4, with LSAPR_OBJECT_ATTRIBUTES of 2.2.2.
func openPolicy() []member {
	return []member{of("attr", "ObjectAttributes", objectAttributes), lsaAccess(policyRights)}
}

var (
	objectAttributes = lrec("ObjectAttribute", num("len", "Length"), ptr(of("root_dir", "RootDirectory", u8)), optStr("object_name", "ObjectName"),
		hex("attributes", "Attributes"), ptr(of("sec_desc", "SecurityDescriptor", bytes)), ptr(of("sec_qos", "SecurityQualityOfService", quality)))
	// SECURITY_QUALITY_OF_SERVICE, [MS-LSAD] 2.2.3
	quality = lrec("QosInfo", num("len", "Length"),
		enum("impersonation_level", "ImpersonationLevel", enum16,
			values(0, "SecurityAnonymous", "SecurityIdentification", "SecurityImpersonation", "SecurityDelegation")),
		enum("context_mode", "ContextTrackingMode", u8, values(0, "SECURITY_CONTEXT_STATIC", "SECURITY_CONTEXT_DYNAMIC")), of("effective_only", "EffectiveOnly", u8))

	// [MS-LSAD] 2.2.1.1.2
	policyRights = bits("lsarpc.lsa_PolicyAccessMask",
		"LSA_POLICY_VIEW_LOCAL_INFORMATION=POLICY_VIEW_LOCAL_INFORMATION", "LSA_POLICY_VIEW_AUDIT_INFORMATION=POLICY_VIEW_AUDIT_INFORMATION",
		"LSA_POLICY_GET_PRIVATE_INFORMATION=POLICY_GET_PRIVATE_INFORMATION", "LSA_POLICY_TRUST_ADMIN=POLICY_TRUST_ADMIN",
		"LSA_POLICY_CREATE_ACCOUNT=POLICY_CREATE_ACCOUNT", "LSA_POLICY_CREATE_SECRET=POLICY_CREATE_SECRET",
		"LSA_POLICY_CREATE_PRIVILEGE=POLICY_CREATE_PRIVILEGE", "LSA_POLICY_SET_DEFAULT_QUOTA_LIMITS=POLICY_SET_DEFAULT_QUOTA_LIMITS",
		"LSA_POLICY_SET_AUDIT_REQUIREMENTS=POLICY_SET_AUDIT_REQUIREMENTS", "LSA_POLICY_AUDIT_LOG_ADMIN=POLICY_AUDIT_LOG_ADMIN",
		"LSA_POLICY_SERVER_ADMIN=POLICY_SERVER_ADMIN", "LSA_POLICY_LOOKUP_NAMES=POLICY_LOOKUP_NAMES", "LSA_POLICY_NOTIFICATION=POLICY_NOTIFICATION")
	// [MS-LSAD] 2.2.1.1, for the other objects
	accountRights = bits("lsarpc.lsa_AccountAccessMask", "LSA_ACCOUNT_VIEW=ACCOUNT_VIEW", "LSA_ACCOUNT_ADJUST_PRIVILEGES=ACCOUNT_ADJUST_PRIVILEGES",
		"LSA_ACCOUNT_ADJUST_QUOTAS=ACCOUNT_ADJUST_QUOTAS", "LSA_ACCOUNT_ADJUST_SYSTEM_ACCESS=ACCOUNT_ADJUST_SYSTEM_ACCESS")
	secretRights = bits("lsarpc.lsa_SecretAccessMask", "LSA_SECRET_SET_VALUE=SECRET_SET_VALUE", "LSA_SECRET_QUERY_VALUE=SECRET_QUERY_VALUE")
	trustRights  = bits("lsarpc.lsa_DomainAccessMask", "LSA_DOMAIN_QUERY_DOMAIN_NAME=TRUSTED_QUERY_DOMAIN_NAME",
		"LSA_DOMAIN_QUERY_CONTROLLERS=TRUSTED_QUERY_CONTROLLERS", "LSA_DOMAIN_SET_CONTROLLERS=TRUSTED_SET_CONTROLLERS",
		"LSA_DOMAIN_QUERY_POSIX=TRUSTED_QUERY_POSIX", "LSA_DOMAIN_SET_POSIX=TRUSTED_SET_POSIX",
		"LSA_DOMAIN_SET_AUTH=TRUSTED_SET_AUTH", "LSA_DOMAIN_QUERY_AUTH=TRUSTED_QUERY_AUTH")
)

func accountAccess() member { return lsaAccess(accountRights) }
func secretAccess() member  { return lsaAccess(secretRights) }
func trustAccess() member   { return lsaAccess(trustRights) }

func lsaAccess(rights []field.Bit) member {
	return access("lsarpc.policy.access_mask", "DesiredAccess", rights)
}

// lookupNames is [MS-LSAT] 3.1.4.5 to 3.1.4.8.
func lookupNames(name string, sids *typ, onHandle, options bool) *op {
	in := []member{num("num_names", "Count"), items(lstr("lsarpc.lsa_LookupNames3.names", "Names")), of("sids", "TranslatedSids", sids),
		lookupLevel(), num("count", "MappedCount")}
	out := []member{ptr(of("domains", "ReferencedDomains", refDomains)), of("sids", "TranslatedSids", sids), num("count", "MappedCount")}
	return lookup(name, in, out, onHandle, options)
}

// lookupSids is [MS-LSAT] 3.1.4.9 to 3.1.4.11.
func lookupSids(name string, names *typ, onHandle, options bool) *op {
	in := []member{of("sids", "SidEnumBuffer", sidArray), of("names", "TranslatedNames", names), lookupLevel(), num("count", "MappedCount")}
	out := []member{ptr(of("domains", "ReferencedDomains", refDomains)), of("names", "TranslatedNames", names), num("count", "MappedCount")}
	return lookup(name, in, out, onHandle, options)
}

func lookup(name string, in, out []member, onHandle, options bool) *op {
	if options {
		in = append(in, hex("unknown1", "LookupOptions"), enum("unknown2", "ClientRevision", u32, clientRevisions))
	}
	if onHandle {
		return lsa(name, in, out)
	}
	return lsaRaw(name, in, out)
}

func lookupLevel() member { return enum("level", "LookupLevel", enum16, lookupLevels) }

var (
	// [MS-LSAT] 2.2.16
	lookupLevels = values(1, "LsapLookupWksta", "LsapLookupPDC", "LsapLookupTDL", "LsapLookupGC", "LsapLookupXForestReferral",
		"LsapLookupXForestResolve", "LsapLookupRODCReferralToFullDC")
	// [MS-LSAT] 3.1.4.5
	clientRevisions = values(1, "LSA_CLIENT_REVISION_1", "LSA_CLIENT_REVISION_2")
)
