package ndr

import "smbdiff/dissect/field"

// box is a count and a pointer to that many elements.
func box(name, count, countLabel string, elem member) *typ {
	return lrec(name, num(count, countLabel), list(elem))
}

// sidUses is SID_NAME_USE, [MS-SAMR] 2.2.2.3.
var sidUses = values(1, "SidTypeUser", "SidTypeGroup", "SidTypeDomain", "SidTypeAlias", "SidTypeWellKnownGroup", "SidTypeDeletedAccount",
	"SidTypeInvalid", "SidTypeUnknown", "SidTypeComputer", "SidTypeLabel")

func sidUse() member { return enum("sid_type", "Use", enum16, sidUses) }

// Lookups, [MS-LSAT] 2.2.
var (
	trustInformation = lrec("DomainInfo", lstrLarge("name", "Name"), optSID("Sid"))
	refDomains       = lrec("RefDomainList", num("count", "Entries"), list(of("domains", "Domains", trustInformation)), num("max_size", "MaxEntries"))
	sidArray         = box("SidArray", "num_sids", "Entries", of("sids", "SidInfo", lrec("SidPtr", optSID("Sid"))))

	transSids = box("TransSidArray", "count", "Entries", of("sids", "Sids",
		lrec("TranslatedSid", sidUse(), num("rid", "RelativeId"), num("sid_index", "DomainIndex"))))
	transSids2 = box("TransSidArray2", "count", "Entries", of("sids", "Sids",
		lrec("TranslatedSid2", sidUse(), num("rid", "RelativeId"), num("sid_index", "DomainIndex"), hex("unknown", "Flags"))))
	transSids3 = box("TransSidArray3", "count", "Entries", of("sids", "Sids",
		lrec("TranslatedSid3", sidUse(), optSID("Sid"), num("sid_index", "DomainIndex"), hex("unknown", "Flags"))))
	transNames = box("TransNameArray", "count", "Entries", of("names", "Names",
		lrec("TranslatedName", sidUse(), lstr("name", "Name"), num("sid_index", "DomainIndex"))))
	transNames2 = box("TransNameArray2", "count", "Entries", of("names", "Names",
		lrec("TranslatedName2", sidUse(), lstr("name", "Name"), num("sid_index", "DomainIndex"), hex("unknown", "Flags"))))
)

// Accounts, rights and privileges, [MS-LSAD] 2.2.
var (
	luid         = lrec("LUID", num("low", "LowPart"), num("high", "HighPart"))
	privileges   = box("PrivArray", "count", "Entries", of("privs", "Privileges", lrec("PrivEntry", lstrLarge("name", "Name"), of("luid", "LocalValue", luid))))
	rightSet     = box("RightSet", "count", "Entries", lstrLarge("names", "UserRights"))
	privilegeSet = lrec("PrivilegeSet", num("count", "PrivilegeCount"), num("unknown", "Control"),
		items(of("set", "Privilege", lrec("LUIDAttribute", of("luid", "Luid", luid), hex("attribute", "Attributes")))))
	lsaSecurity = structOf("lsarpc", num("sec_desc_buf_len", "Length"), ptr(securityDescriptor("SecurityDescriptor", otherSD)))
)

// policyClasses is POLICY_INFORMATION_CLASS, [MS-LSAD] 2.2.4.1.
var policyClasses = values(1, "PolicyAuditLogInformation", "PolicyAuditEventsInformation", "PolicyPrimaryDomainInformation",
	"PolicyPdAccountInformation", "PolicyAccountDomainInformation", "PolicyLsaServerRoleInformation", "PolicyReplicaSourceInformation",
	"PolicyInformationNotUsedOnWire", "PolicyModificationInformation", "PolicyAuditFullSetInformation", "PolicyAuditFullQueryInformation",
	"PolicyDnsDomainInformation", "PolicyDnsDomainInformationInt", "PolicyLocalAccountDomainInformation")

// policyInfo is LSAPR_POLICY_INFORMATION, [MS-LSAD] 2.2.4. tshark has no name for the last class.
var policyInfo = unionOf("lsarpc.lsa_PolicyInformation", enum16,
	on(of("audit_log", "PolicyAuditLogInfo", lrec("AuditLogInfo", num("percent_full", "AuditLogPercentFull"), num("log_size", "MaximumLogSize"),
		duration("retention_time", "AuditRetentionPeriod", u64), of("shutdown_in_progress", "AuditLogFullShutdownInProgress", u8),
		duration("time_to_shutdown", "TimeToShutdown", u64), num("next_audit_record", "NextAuditRecordId"))), 1),
	on(of("audit_events", "PolicyAuditEventsInfo", lrec("AuditEventsInfo", num("auditing_mode", "AuditingMode"),
		list(flags("settings", "EventAuditingOptions", u32, auditOptions)), num("count", "MaximumAuditEventCount"))), 2),
	on(of("domain", "PolicyPrimaryDomainInfo", trustInformation), 3),
	on(of("pd", "PolicyPdAccountInfo", lrec("PDAccountInfo", lstr("name", "Name"))), 4),
	on(of("account_domain", "PolicyAccountDomainInfo", trustInformation), 5),
	on(of("role", "PolicyServerRoleInfo", lrec("ServerRole",
		enum("role", "LsaServerRole", enum16, values(2, "PolicyServerRoleBackup", "PolicyServerRolePrimary")))), 6),
	on(of("replica", "PolicyReplicaSourceInfo", lrec("ReplicaSourceInfo", lstr("source", "ReplicaSource"), lstr("account", "ReplicaAccountName"))), 7),
	on(of("quota", "PolicyDefaultQuotaInfo", lrec("DefaultQuotaInfo", append(nums("", "paged_pool=PagedPoolLimit non_paged_pool=NonPagedPoolLimit "+
		"min_wss=MinimumWorkingSetSize max_wss=MaximumWorkingSetSize pagefile=PagefileLimit"), leaf("unknown", "TimeLimit", field.Uint, u64))...)), 8),
	on(of("db", "PolicyModificationInfo", lrec("ModificationInfo",
		leaf("modified_id", "ModifiedId", field.Uint, u64), date("db_create_time", "DatabaseCreationTime", u64))), 9),
	on(of("auditfullset", "PolicyAuditFullSetInfo", lrec("AuditFullSetInfo", of("shutdown_on_full", "ShutDownOnFull", u8))), 10),
	on(of("auditfullquery", "PolicyAuditFullQueryInfo", lrec("AuditFullQueryInfo",
		of("shutdown_on_full", "ShutDownOnFull", u8), of("log_is_full", "LogIsFull", u8))), 11),
	on(of("dns", "PolicyDnsDomainInfo", dnsDomain), 12, 13),
	on(of("l_account_domain", "PolicyLocalAccountDomainInfo", trustInformation), 14),
)

var (
	dnsDomain = lrec("DnsDomainInfo", lstrLarge("name", "Name"), lstrLarge("dns_domain", "DnsDomainName"), lstrLarge("dns_forest", "DnsForestName"),
		leaf("domain_guid", "DomainGuid", field.GUID, guid), optSID("Sid"))
	auditOptions = bits("lsarpc.lsa_AuditEventsInfo.settings", "POLICY_AUDIT_EVENT_SUCCESS", "POLICY_AUDIT_EVENT_FAILURE", "POLICY_AUDIT_EVENT_NONE")
)

// domainClass is POLICY_DOMAIN_INFORMATION_CLASS, domainPolicy its union,
// [MS-LSAD] 2.2.4.
func domainClass() member {
	return enum("level", "InformationClass", enum16, values(1, "PolicyDomainQualityOfServiceInformation",
		"PolicyDomainEfsInformation", "PolicyDomainKerberosTicketInformation"))
}

var domainPolicy = unionOf("lsarpc.lsa_DomainInformationPolicy", enum16,
	on(of("efs_info", "PolicyDomainEfsInfo", structOf("lsarpc.lsa_DomainInfoEfs", num("blob_size", "InfoLength"), ptr(of("efs_blob", "EfsBlob", bytes)))), 2),
	on(of("kerberos_info", "PolicyDomainKerbTicketInfo", lrec("DomainInfoKerberos", hex("enforce_restrictions", "AuthenticationOptions"),
		duration("service_tkt_lifetime", "MaxServiceTicketAge", u64), duration("user_tkt_lifetime", "MaxTicketAge", u64),
		duration("user_tkt_renewaltime", "MaxRenewAge", u64), duration("clock_skew", "MaxClockSkew", u64), leaf("unknown6", "Reserved", field.Uint, u64))), 3))

// Trusted domains, [MS-LSAD] 2.2.7.
var (
	domainList = box("DomainList", "count", "EntriesRead", of("domains", "Information", trustInformation))
	trustEx    = lrec("TrustDomainInfoInfoEx", lstrLarge("domain_name", "Name"), lstrLarge("netbios_name", "FlatName"), optSID("Sid"),
		flags("trust_direction", "TrustDirection", u32, bits("lsarpc.lsa_TrustDomainInfoInfoEx.trust_direction", "TRUST_DIRECTION_INBOUND", "TRUST_DIRECTION_OUTBOUND")),
		enum("trust_type", "TrustType", u32, values(1, "TRUST_TYPE_DOWNLEVEL", "TRUST_TYPE_UPLEVEL", "TRUST_TYPE_MIT", "TRUST_TYPE_DCE", "TRUST_TYPE_AAD")),
		hex("trust_attributes", "TrustAttributes"))
	domainListEx = box("DomainListEx", "count", "EntriesRead", of("domains", "EnumerationBuffer", trustEx))

	trustedInfo = unionOf("lsarpc.lsa_TrustedDomainInfo", enum16,
		on(of("name", "TrustedDomainNameInfo", lrec("TrustDomainInfoName", lstrLarge("netbios_name", "Name"))), 1),
		on(of("posix_offset", "TrustedPosixOffsetInfo", lrec("TrustDomainInfoPosixOffset", num("posix_offset", "Offset"))), 3),
		on(of("info_basic", "TrustedDomainInfoBasic", lrec("TrustDomainInfoBasic", lstr("netbios_name", "Name"), optSID("Sid"))), 5),
		on(of("info_ex", "TrustedDomainInfoEx", trustEx), 6))
)

func trustClass() member {
	return enum("level", "InformationClass", enum16, values(1, "TrustedDomainNameInformation", "TrustedControllersInformation",
		"TrustedPosixOffsetInformation", "TrustedPasswordInformation", "TrustedDomainInformationBasic", "TrustedDomainInformationEx",
		"TrustedDomainAuthInformation", "TrustedDomainFullInformation", "TrustedDomainAuthInformationInternal",
		"TrustedDomainFullInformationInternal", "TrustedDomainInformationEx2Internal", "TrustedDomainFullInformation2Internal",
		"TrustedDomainSupportedEncryptionTypes"))
}

func trustInfo() []member {
	return []member{ptr(of("info", "TrustedDomainInformation", trustedInfo))}
}

// Secrets: LSAPR_CR_CIPHER_VALUE, [MS-LSAD] 2.2.6 and 3.1.4.6.
var (
	cipherValue   = lrec("DATA_BUF", num("length", "Length"), num("size", "MaximumLength"), ptr(of("data", "Buffer", vbytes)))
	cipherPointer = lrec("DATA_BUF_PTR", ptr(of("buf", "Value", cipherValue)))
)

func secretValues() []member {
	return []member{
		ptr(of("new_val", "EncryptedCurrentValue", cipherPointer)), ptr(date("new_mtime", "CurrentValueSetTime", u64)),
		ptr(of("old_val", "EncryptedOldValue", cipherPointer)), ptr(date("old_mtime", "OldValueSetTime", u64)),
	}
}
