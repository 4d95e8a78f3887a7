package ndr

import (
	"sync"

	"smbdiff/dissect/field"
)

func wks(name string, in, out []member) *op {
	return call("wkssvc.wkssvc_"+name, wkssvcResult, in, out)
}

func wrec(name string, ms ...member) *typ { return structOf("wkssvc.wkssvc_"+name, ms...) }

func serverName() member { return optStr("server_name", "ServerName") }

// password524 is a pointer to JOINPR_ENCRYPTED_USER_PASSWORD, [MS-WKST] 2.2.5.18.
func password524(name string) member { return ptr(of(name, "Password", plain(524, 1))) }

func resumeHandle() member { return ptr(num("resume_handle", "ResumeHandle")) }

func joinFlags(name string) member { return flags(name, "Options", u32, joinOptions) }

// machine is the account and password that operations on names and domains
// begin or end with.
func machine(name, label string, more ...member) []member {
	return append([]member{serverName(), optStr(name, label)}, more...)
}

// wkssvcCalls are the operations of [MS-WKST] 3.2.4, and those that it calls
// not used on the wire but that clients try.
var wkssvcCalls = sync.OnceValue(func() []*op {
	return []*op{
		0: wks("NetWkstaGetInfo", []member{serverName(), num("level", "Level")}, []member{of("info", "WkstaInfo", wkstaInfo)}),
		1: wks("NetWkstaSetInfo", []member{serverName(), num("level", "Level"), of("info", "WkstaInfo", wkstaInfo), ptr(num("parm_error", "ErrorParameter"))},
			[]member{ptr(num("parm_error", "ErrorParameter"))}),
		2: wks("NetWkstaEnumUsers",
			[]member{serverName(), of("info", "UserInfo", wkstaUsers), num("prefmaxlen", "PreferredMaximumLength"), resumeHandle()},
			[]member{of("info", "UserInfo", wkstaUsers), num("entries_read", "TotalEntries"), resumeHandle()}),
		3: wks("NetrWkstaUserGetInfo", []member{optStr("unknown", "Reserved"), num("level", "Level")}, []member{of("info", "UserInfo", wkstaUser)}),
		5: wks("NetWkstaTransportEnum",
			[]member{serverName(), of("info", "TransportInfo", wkstaTransports), num("max_buffer", "PreferredMaximumLength"), resumeHandle()},
			[]member{of("info", "TransportInfo", wkstaTransports), num("total_entries", "TotalEntries"), resumeHandle()}),
		6: wks("NetrWkstaTransportAdd",
			[]member{serverName(), num("level", "Level"), of("info0", "TransportInfo", wkstaTransport), ptr(num("parm_err", "ErrorParameter"))},
			[]member{ptr(num("parm_err", "ErrorParameter"))}),
		7: wks("NetrWkstaTransportDel", machine("transport_name", "TransportName", num("unknown3", "ForceLevel")), nil),
		8: wks("NetrUseAdd",
			[]member{serverName(), num("level", "Level"), of("ctr", "InfoStruct", useInfo), ptr(num("parm_err", "ErrorParameter"))},
			[]member{ptr(num("parm_err", "ErrorParameter"))}),
		9:  wks("NetrUseGetInfo", []member{serverName(), str("use_name", "UseName"), num("level", "Level")}, []member{of("ctr", "InfoStruct", useInfo)}),
		10: wks("NetrUseDel", []member{serverName(), str("use_name", "UseName"), num("force_cond", "ForceLevel")}, nil),
		11: wks("NetrUseEnum",
			[]member{serverName(), of("info", "InfoStruct", uses), num("prefmaxlen", "PreferredMaximumLength"), resumeHandle()},
			[]member{of("info", "InfoStruct", uses), num("entries_read", "TotalEntries"), resumeHandle()}),
		12: wks("NetrMessageBufferSend",
			[]member{serverName(), str("message_name", "MessageName"), optStr("message_sender_name", "MessageSenderName"),
				of("message_buffer", "MessageBuffer", bytes), num("message_size", "MessageSize")}, nil),
		13: wks("NetrWorkstationStatisticsGet", machine("unknown2", "ServiceName", num("unknown3", "Level"), hex("unknown4", "Options")),
			[]member{ptr(of("info", "Buffer", wkstaStatistics))}),
		14: wks("NetrLogonDomainNameAdd", []member{str("domain_name", "DomainName")}, nil),
		15: wks("NetrLogonDomainNameDel", []member{str("domain_name", "DomainName")}, nil),
		16: wks("NetrJoinDomain",
			[]member{serverName(), str("domain_name", "DomainNameParam"), optStr("account_ou", "MachineAccountOU"),
				optStr("Account", "AccountName"), optStr("unknown", "Password"), joinFlags("join_flags")}, nil),
		17: wks("NetrUnjoinDomain", machine("Account", "AccountName", optStr("password", "Password"), joinFlags("unjoin_flags")), nil),
		18: wks("NetrRenameMachineInDomain",
			machine("NewMachineName", "MachineName", optStr("Account", "AccountName"), optStr("password", "Password"), hex("RenameOptions", "Options")), nil),
		19: wks("NetrValidateName",
			[]member{serverName(), str("name", "NameToValidate"), optStr("Account", "AccountName"), optStr("Password", "Password"), nameType()}, nil),
		20: wks("NetrGetJoinInformation", machine("name_buffer", "NameBuffer"),
			[]member{optStr("name_buffer", "NameBuffer"), enum("name_type", "BufferType", enum16, joinStatus)}),
		21: wks("NetrGetJoinableOus",
			[]member{serverName(), str("domain_name", "DomainNameParam"), optStr("Account", "AccountName"), optStr("unknown", "Password"), num("num_ous", "OUCount")},
			[]member{num("num_ous", "OUCount"), list(optStr("ous", "OUs"))}),
		22: wks("NetrJoinDomain2",
			[]member{serverName(), str("domain_name", "DomainNameParam"), optStr("account_name", "MachineAccountOU"),
				optStr("admin_account", "AccountName"), password524("encrypted_password"), joinFlags("join_flags")}, nil),
		23: wks("NetrUnjoinDomain2", machine("account", "AccountName", password524("encrypted_password"), joinFlags("unjoin_flags")), nil),
		24: wks("NetrRenameMachineInDomain2",
			machine("NewMachineName", "MachineName", optStr("Account", "AccountName"), password524("EncryptedPassword"), hex("RenameOptions", "Options")), nil),
		25: wks("NetrValidateName2",
			[]member{serverName(), str("name", "NameToValidate"), optStr("Account", "AccountName"), password524("EncryptedPassword"), nameType()}, nil),
		26: wks("NetrGetJoinableOus2",
			[]member{serverName(), str("domain_name", "DomainNameParam"), optStr("Account", "AccountName"), password524("EncryptedPassword"), num("num_ous", "OUCount")},
			[]member{num("num_ous", "OUCount"), list(optStr("ous", "OUs"))}),
		27: wks("NetrAddAlternateComputerName",
			machine("NewAlternateMachineName", "AlternateName", optStr("Account", "DomainAccount"), password524("EncryptedPassword"), num("Reserved", "Reserved")), nil),
		28: wks("NetrRemoveAlternateComputerName",
			machine("AlternateMachineNameToRemove", "AlternateName", optStr("Account", "DomainAccount"), password524("EncryptedPassword"), num("Reserved", "Reserved")), nil),
		29: wks("NetrSetPrimaryComputername",
			machine("primary_name", "PrimaryName", optStr("Account", "DomainAccount"), password524("EncryptedPassword"), num("Reserved", "Reserved")), nil),
		30: wks("NetrEnumerateComputerNames",
			[]member{serverName(), enum("name_type", "NameType", enum16, computerNameTypes), num("Reserved", "Reserved")},
			[]member{ptr(of("ctr", "ComputerNames", wrec("ComputerNamesCtr", num("count", "EntriesRead"), list(ustr("computer_name", "Buffer")))))}),
	}
})

func nameType() member { return enum("name_type", "NameType", enum16, nameTypes) }

var (
	// NETSETUP_JOIN_STATUS, [MS-WKST] 2.2.3
	joinStatus = values(0, "NetSetupUnknownStatus", "NetSetupUnjoined", "NetSetupWorkgroupName", "NetSetupDomainName")
	// NETSETUP_NAME_TYPE
	nameTypes = values(0, "NetSetupUnknown", "NetSetupMachine", "NetSetupWorkgroup", "NetSetupDomain", "NetSetupNonExistentDomain", "NetSetupDnsMachine")
	// NET_COMPUTER_NAME_TYPE
	computerNameTypes = values(0, "NetPrimaryComputerName", "NetAlternateComputerNames", "NetAllComputerNames")

	// [MS-WKST] 3.2.4.13
	joinOptions = bits("wkssvc.wkssvc_joinflags",
		"WKSSVC_JOIN_FLAGS_JOIN_TYPE=NETSETUP_JOIN_DOMAIN", "WKSSVC_JOIN_FLAGS_ACCOUNT_CREATE=NETSETUP_ACCT_CREATE",
		"WKSSVC_JOIN_FLAGS_ACCOUNT_DELETE=NETSETUP_ACCT_DELETE", "", "WKSSVC_JOIN_FLAGS_WIN9X_UPGRADE=NETSETUP_WIN9X_UPGRADE",
		"WKSSVC_JOIN_FLAGS_DOMAIN_JOIN_IF_JOINED=NETSETUP_DOMAIN_JOIN_IF_JOINED", "WKSSVC_JOIN_FLAGS_JOIN_UNSECURE=NETSETUP_JOIN_UNSECURE",
		"WKSSVC_JOIN_FLAGS_MACHINE_PWD_PASSED=NETSETUP_MACHINE_PWD_PASSED", "WKSSVC_JOIN_FLAGS_DEFER_SPN=NETSETUP_DEFER_SPN_SET",
		"WKSSVC_JOIN_FLAGS_JOIN_DC_ACCOUNT=NETSETUP_JOIN_DC_ACCOUNT", "WKSSVC_JOIN_FLAGS_JOIN_WITH_NEW_NAME=NETSETUP_JOIN_WITH_NEW_NAME")
)

// wkstaInfo is WKSTA_INFO, [MS-WKST] 2.2.4, with its levels of 2.2.5.
var wkstaInfo = wunion("NetWkstaInfo", "info",
	level{100, wrec("NetWkstaInfo100", wksta("wki100_")...)},
	level{101, wrec("NetWkstaInfo101", append(wksta("wki101_"), optStr("lan_root", "wki101_lanroot"))...)},
	level{102, wrec("NetWkstaInfo102", append(wksta("wki102_"), optStr("lan_root", "wki102_lanroot"), num("logged_on_users", "wki102_logged_on_users"))...)},
	level{502, wrec("NetWkstaInfo502", nums("wki502_", wksta502)...)},
	level{1013, wrec("NetWkstaInfo1013", num("keep_connection", "wki1013_keep_conn"))},
	level{1018, wrec("NetWkstaInfo1018", num("session_timeout", "wki1018_sess_timeout"))},
	level{1046, wrec("NetWkstaInfo1046", num("dormant_file_limit", "wki1046_dormant_file_limit"))})

func wksta(label string) []member {
	return []member{
		platform("wkssvc.platform_id", label+"platform_id"), optStr("server_name", label+"computername"), optStr("domain_name", label+"langroup"),
		num("version_major", label+"ver_major"), num("version_minor", label+"ver_minor"),
	}
}

const wksta502 = "char_wait collection_time maximum_collection_count keep_connection=keep_conn max_commands=max_cmds session_timeout=sess_timeout " +
	"size_char_buf=siz_char_buf max_threads lock_quota lock_increment lock_maximum pipe_increment pipe_maximum cache_file_timeout " +
	"dormant_file_limit read_ahead_throughput num_mailslot_buffers num_srv_announce_buffers max_illegal_dgram_events=max_illegal_datagram_events " +
	"dgram_event_reset_freq=illegal_datagram_event_reset_frequency log_election_packets use_opportunistic_locking use_unlock_behind use_close_behind " +
	"buf_named_pipes use_lock_read_unlock utilize_nt_caching use_raw_read use_raw_write use_write_raw_data use_encryption buf_files_deny_write " +
	"buf_read_only_files force_core_create_mode use_512_byte_max_transfer"

// wunion is a union of pointers to structures by level.
func wunion(name, arms string, levels ...level) *typ {
	var list []arm
	for _, l := range levels {
		n := decimal(l.v)
		list = append(list, on(ptr(of(arms+n, "Level"+n, l.t)), l.v))
	}
	return unionOf("wkssvc.wkssvc_"+name, u32, append(list, empty())...)
}

// wbox is a counted array, the container of a level, [MS-WKST] 2.2.5.
func wbox(name, count, elems string, t *typ) *typ {
	return wrec(name, num(count, "EntriesRead"), list(of(elems, "Buffer", t)))
}

var (
	wkstaUser0 = wrec("NetrWkstaUserInfo0", optStr("user_name", "wkui0_username"))
	wkstaUser1 = wrec("NetrWkstaUserInfo1", optStr("user_name", "wkui1_username"), optStr("logon_domain", "wkui1_logon_domain"),
		optStr("other_domains", "wkui1_oth_domains"), optStr("logon_server", "wkui1_logon_server"))
	wkstaUser  = wunion("NetrWkstaUserInfo", "info", level{0, wkstaUser0}, level{1, wkstaUser1})
	wkstaUsers = wrec("NetWkstaEnumUsersInfo", num("level", "Level"), of("ctr", "WkstaUserInfo", wunion("NetWkstaEnumUsersCtr", "user",
		level{0, wbox("NetWkstaEnumUsersCtr0", "entries_read", "user0", wkstaUser0)},
		level{1, wbox("NetWkstaEnumUsersCtr1", "entries_read", "user1", wkstaUser1)})))

	wkstaTransport = wrec("NetWkstaTransportInfo0", num("quality_of_service", "wkti0_quality_of_service"), num("vc_count", "wkti0_number_of_vcs"),
		optStr("name", "wkti0_transport_name"), optStr("address", "wkti0_transport_address"), num("wan_link", "wkti0_wan_ish"))
	wkstaTransports = wrec("NetWkstaTransportInfo", num("level", "Level"), of("ctr", "WkstaTransportInfo", wunion("NetWkstaTransportCtr", "ctr",
		level{0, wbox("NetWkstaTransportCtr0", "count", "array", wkstaTransport)})))

	use0    = wrec("NetrUseInfo0", useMembers("ui0_")...)
	use1    = wrec("NetrUseInfo1", append(useMembers("ui1_"), useStatus("ui1_")...)...)
	use2    = wrec("NetrUseInfo2", append(append(useMembers("ui2_"), useStatus("ui2_")...), optStr("user_name", "ui2_username"), optStr("domain_name", "ui2_domainname"))...)
	useInfo = wunion("NetrUseGetInfoCtr", "info", level{0, use0}, level{1, use1}, level{2, use2})
	uses    = wrec("NetrUseEnumInfo", num("level", "Level"), of("ctr", "UseInfo", wunion("NetrUseEnumCtr", "ctr",
		level{0, wbox("NetrUseEnumCtr0", "count", "array", use0)},
		level{1, wbox("NetrUseEnumCtr1", "count", "array", use1)},
		level{2, wbox("NetrUseEnumCtr2", "count", "array", use2)})))
)

func useMembers(label string) []member {
	return []member{optStr("local", label+"local"), optStr("remote", label+"remote")}
}

func useStatus(label string) []member {
	return append([]member{optStr("password", label+"password")}, nums(label, "status asg_type ref_count=refcount use_count=usecount")...)
}

// wkstaStatistics is STAT_WORKSTATION_0, [MS-WKST] 2.2.5.
var wkstaStatistics = func() *typ {
	ms := []member{date("unknown1", "StatisticsStartTime", u64)}
	for i, label := range []string{"BytesReceived", "SmbsReceived", "PagingReadBytesRequested", "NonPagingReadBytesRequested",
		"CacheReadBytesRequested", "NetworkReadBytesRequested", "BytesTransmitted", "SmbsTransmitted", "PagingWriteBytesRequested",
		"NonPagingWriteBytesRequested", "CacheWriteBytesRequested", "NetworkWriteBytesRequested"} {
		ms = append(ms, leaf("unknown"+decimal(uint64(i+2)), label, field.Uint, u64))
	}
	for i, label := range []string{"InitiallyFailedOperations", "FailedCompletionOperations", "ReadOperations", "RandomReadOperations", "ReadSmbs",
		"LargeReadSmbs", "SmallReadSmbs", "WriteOperations", "RandomWriteOperations", "WriteSmbs", "LargeWriteSmbs", "SmallWriteSmbs",
		"RawReadsDenied", "RawWritesDenied", "NetworkErrors", "Sessions", "FailedSessions", "Reconnects", "CoreConnects", "Lanman20Connects",
		"Lanman21Connects", "LanmanNtConnects", "ServerDisconnects", "HungSessions", "UseCount", "FailedUseCount", "CurrentCommands"} {
		ms = append(ms, num("unknown"+decimal(uint64(i+14)), label))
	}
	return wrec("NetrWorkstationStatistics", ms...)
}()
