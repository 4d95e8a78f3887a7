package ndr

import (
	"strconv"
	"strings"

	"smbdiff/dissect/field"
)

func decimal(v uint64) string { return strconv.FormatUint(v, 10) }

// nums are integers named "name" or "name=label", separated by spaces.
func nums(prefix, names string) (out []member) {
	for _, s := range strings.Fields(names) {
		name, label, ok := strings.Cut(s, "=")
		if !ok {
			label = name
		}
		out = append(out, num(name, prefix+label))
	}
	return out
}

func join(parts ...[]member) (out []member) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// Servers, [MS-SRVS] 2.2.4.40 to 2.2.4.46. tshark has no level 103.
var srvInfo = infos("NetSrv",
	level{100, rec("NetSrvInfo100", platform("srvsvc.srvsvc_NetSrvInfo100.platform_id", "sv100_platform_id"), optStr("server_name", "sv100_name"))},
	level{101, rec("NetSrvInfo101", server101("NetSrvInfo101", "sv101_")...)},
	level{102, rec("NetSrvInfo102", join(server101("NetSrvInfo102", "sv102_"), server102("sv102_"))...)},
	level{103, rec("NetSrvInfo103", join(server101("NetSrvInfo103", "sv103_"), server102("sv103_"), []member{hex("capabilities", "sv103_capabilities")})...)},
	level{502, rec("NetSrvInfo502", join(nums("sv502_", server502), nums("sv502_", server502Tail))...)},
	level{503, rec("NetSrvInfo503", join(nums("sv503_", server502), nums("sv503_", server502Tail),
		[]member{optStr("domain", "sv503_domain")}, nums("sv503_", server503))...)},
)

const (
	server502 = "sessopen=sessopens sesssvc=sessvcs opensearch sizereqbufs=sizreqbuf initworkitems maxworkitems rawworkitems irpstacksize " +
		"maxrawbuflen sessusers sessconns maxpagedmemoryusage maxnonpagedmemoryusage"
	server502Tail = "enablesoftcompat enableforcedlogoff timesource acceptdownlevelapis lmannounce"
	server503     = "maxcopyreadlen maxcopywritelen minkeepsearch maxkeepsearch minkeepcomplsearch maxkeepcomplsearch threadcountadd " +
		"numlockthreads=numblockthreads scavtimeout minrcvqueue minfreeworkitems xactmemsize threadpriority maxmpxct oplockbreakwait " +
		"oplockbreakresponsewait enableoplocks enableoplockforceclose enablefcbopens enableraw enablesharednetdrives minfreeconnections maxfreeconnections"
)

func platform(name, label string) member { return enum(name, label, u32, platforms) }

func server101(name, label string) []member {
	return []member{
		platform("srvsvc.srvsvc_"+name+".platform_id", label+"platform_id"), optStr("server_name", label+"name"),
		num("version_major", label+"version_major"), num("version_minor", label+"version_minor"),
		flags("browser.server_type", label+"type", u32, serverTypes), optStr("comment", label+"comment"),
	}
}

func server102(label string) []member {
	return append(nums(label, "users disc hidden announce anndelta licenses"), optStr("userpath", label+"userpath"))
}

// ServerTypes gives the bits of a server's type, [MS-SRVS] 2.2.2.7.
func ServerTypes() []field.Bit { return serverTypes }

var serverTypes = []field.Bit{
	{Name: "browser.server_type.workstation", Label: "SV_TYPE_WORKSTATION", Mask: 0x1},
	{Name: "browser.server_type.server", Label: "SV_TYPE_SERVER", Mask: 0x2},
	{Name: "browser.server_type.sql", Label: "SV_TYPE_SQLSERVER", Mask: 0x4},
	{Name: "browser.server_type.domain_controller", Label: "SV_TYPE_DOMAIN_CTRL", Mask: 0x8},
	{Name: "browser.server_type.backup_controller", Label: "SV_TYPE_DOMAIN_BAKCTRL", Mask: 0x10},
	{Name: "browser.server_type.time", Label: "SV_TYPE_TIME_SOURCE", Mask: 0x20},
	{Name: "browser.server_type.apple", Label: "SV_TYPE_AFP", Mask: 0x40},
	{Name: "browser.server_type.novell", Label: "SV_TYPE_NOVELL", Mask: 0x80},
	{Name: "browser.server_type.member", Label: "SV_TYPE_DOMAIN_MEMBER", Mask: 0x100},
	{Name: "browser.server_type.print", Label: "SV_TYPE_PRINTQ_SERVER", Mask: 0x200},
	{Name: "browser.server_type.dialin", Label: "SV_TYPE_DIALIN_SERVER", Mask: 0x400},
	{Name: "browser.server_type.xenix", Label: "SV_TYPE_XENIX_SERVER", Mask: 0x800},
	{Name: "browser.server_type.ntw", Label: "SV_TYPE_NT", Mask: 0x1000},
	{Name: "browser.server_type.wfw", Label: "SV_TYPE_WFW", Mask: 0x2000},
	{Name: "browser.server_type.mfpn", Label: "SV_TYPE_SERVER_MFPN", Mask: 0x4000},
	{Name: "browser.server_type.nts", Label: "SV_TYPE_SERVER_NT", Mask: 0x8000},
	{Name: "browser.server_type.browser.potential", Label: "SV_TYPE_POTENTIAL_BROWSER", Mask: 0x10000},
	{Name: "browser.server_type.browser.backup", Label: "SV_TYPE_BACKUP_BROWSER", Mask: 0x20000},
	{Name: "browser.server_type.browser.master", Label: "SV_TYPE_MASTER_BROWSER", Mask: 0x40000},
	{Name: "browser.server_type.browser.domain_master", Label: "SV_TYPE_DOMAIN_MASTER", Mask: 0x80000},
	{Name: "browser.server_type.osf", Label: "SV_TYPE_SERVER_OSF", Mask: 0x100000},
	{Name: "browser.server_type.vms", Label: "SV_TYPE_SERVER_VMS", Mask: 0x200000},
	{Name: "browser.server_type.w95", Label: "SV_TYPE_WINDOWS", Mask: 0x400000},
	{Name: "browser.server_type.dfs", Label: "SV_TYPE_DFS", Mask: 0x800000},
	{Name: "browser.server_type.cluster", Label: "SV_TYPE_CLUSTER_NT", Mask: 0x1000000},
	{Name: "browser.server_type.terminal", Label: "SV_TYPE_TERMINALSERVER", Mask: 0x2000000},
	{Name: "browser.server_type.virtual_cluster", Label: "SV_TYPE_CLUSTER_VS_NT", Mask: 0x4000000},
	{Name: "browser.server_type.dce", Label: "SV_TYPE_DCE", Mask: 0x10000000},
	{Name: "browser.server_type.alternate", Label: "SV_TYPE_ALTERNATE_XPORT", Mask: 0x20000000},
	{Name: "browser.server_type.local", Label: "SV_TYPE_LOCAL_LIST_ONLY", Mask: 0x40000000},
	{Name: "browser.server_type.domainenum", Label: "SV_TYPE_DOMAIN_ENUM", Mask: 0x80000000},
}

// timeOfDay is TIME_OF_DAY_INFO, [MS-SRVS] 2.2.4.
var timeOfDay = rec("NetRemoteTODInfo", join(
	[]member{leaf("elapsed", "tod_elapsedt", field.UnixTime, u32)},
	nums("tod_", "msecs hours mins secs hunds"),
	[]member{minutes("timezone", "tod_timezone")},
	nums("tod_", "tinterval day month year weekday"))...)

// minutes is a signed number of minutes west of Greenwich.
func minutes(name, label string) member {
	m := leaf(name, label, field.Enum, u32)
	m.def.Lookup = func(v uint64) string {
		if int32(v) == -1 {
			return "undefined"
		}
		return strconv.Itoa(int(int32(v))) + " minutes"
	}
	m.def.All = func() field.Values { return field.Values{{V: 0xffffffff, Name: "undefined"}} }
	return m
}

// diskInfo is DISK_ENUM_CONTAINER, [MS-SRVS] 2.2.4; a drive is a string in an array of three
// characters, which has no maximum count.
var diskInfo = rec("NetDiskInfo", num("count", "EntriesRead"), ptr(varying(of("srvsvc.srvsvc_NetDiskInfo0.disk", "Disk", drive))))

var drive = &typ{shape: text, unit: 2, short: true, size: unknown, align: long}

// statistics is STAT_SERVER_0, [MS-SRVS] 2.2.4.
var statistics = rec("Statistics", join(
	[]member{leaf("start", "sts0_start", field.UnixTime, u32)},
	nums("sts0_", "fopens devopens jobsqueued sopens stimeouts=stimedout serrorout=serrorout pwerrors permerrors syserrors "+
		"bytessent_low bytessent_high bytesrcvd_low bytesrcvd_high avresponse reqbufneed bigbufneed"))...)

// transportCtr is SERVER_XPORT_ENUM_UNION, [MS-SRVS] 2.2.3, with the levels that
// clients ask for.
var transportCtr = containers("NetTransport",
	level{0, rec("NetTransportInfo0", transport("svti0_")...)},
	level{1, rec("NetTransportInfo1", append(transport("svti1_"), optStr("domain", "svti1_domain"))...)},
	level{2, rec("NetTransportInfo2", append(transport("svti2_"), optStr("domain", "svti2_domain"),
		flags("transport_flags", "svti2_flags", u32, transportFlags))...)})

var transportFlags = bits("srvsvc.srvsvc_TransportFlags", "SVTI2_REMAP_PIPE_NAMES", "SVTI2_SCOPED_NAME")

func transport(label string) []member {
	return []member{
		num("vcs", label+"numberofvcs"), optStr("name", label+"transportname"), ptr(of("addr", label+"transportaddress", bytes)),
		num("addr_len", label+"transportaddresslength"), optStr("net_addr", label+"networkaddress"),
	}
}

// srvSecurity is ADT_SECURITY_DESCRIPTOR, [MS-SRVS] 2.2.4.
var srvSecurity = structOf("srvsvc", num("sec_desc_buf_len", "Length"), ptr(securityDescriptor("Buffer", fileSD)))

// secInfo is SECURITY_INFORMATION, [MS-DTYP] 2.4.7.
func secInfo(label string) member { return flags("nt.sec_info", label, u32, securityInformation) }

// fileSecInfo is the same for a file, by the names of NT_TRANSACT_QUERY_SECURITY_DESC.
func fileSecInfo(label string) member {
	return flags("smb.nt_qsd", label, u32, bits("smb.nt_qsd", "owner=OWNER_SECURITY_INFORMATION", "group=GROUP_SECURITY_INFORMATION",
		"dacl=DACL_SECURITY_INFORMATION", "sacl=SACL_SECURITY_INFORMATION"))
}

var securityInformation = []field.Bit{
	{Name: "nt.sec_info.owner", Label: "OWNER_SECURITY_INFORMATION", Mask: 0x1},
	{Name: "nt.sec_info.group", Label: "GROUP_SECURITY_INFORMATION", Mask: 0x2},
	{Name: "nt.sec_info.dacl", Label: "DACL_SECURITY_INFORMATION", Mask: 0x4},
	{Name: "nt.sec_info.sacl", Label: "SACL_SECURITY_INFORMATION", Mask: 0x8},
}
