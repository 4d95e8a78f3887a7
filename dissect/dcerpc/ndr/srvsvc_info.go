package ndr

import "smbdiff/dissect/field"

// rec is a structure of srvsvc.
func rec(name string, ms ...member) *typ { return structOf("srvsvc.srvsvc_"+name, ms...) }

// level pairs a level with its structure.
type level struct {
	v uint64
	t *typ
}

// infos is a union of pointers to structures by level: info1, info2.
func infos(name string, levels ...level) *typ {
	var arms []arm
	for _, l := range levels {
		n := decimal(l.v)
		arms = append(arms, on(ptr(of("info"+n, "Level"+n, l.t)), l.v))
	}
	return unionOf("srvsvc.srvsvc_"+name+"Info", u32, append(arms, empty())...)
}

// containers is a union of pointers to counted arrays of such structures.
func containers(name string, levels ...level) *typ {
	var arms []arm
	for _, l := range levels {
		n := decimal(l.v)
		box := rec(name+"Ctr"+n, num("count", "EntriesRead"), list(of("array", "Buffer", l.t)))
		arms = append(arms, on(ptr(of("ctr"+n, "Level"+n, box)), l.v))
	}
	return unionOf("srvsvc.srvsvc_"+name+"Ctr", u32, append(arms, empty())...)
}

// SHARE_INFO_0 to SHARE_INFO_1501, [MS-SRVS] 2.2.4. tshark has no level 503.
var (
	shareLevels = []level{
		{0, rec("NetShareInfo0", optStr("name", "shi0_netname"))},
		{1, rec("NetShareInfo1", optStr("name", "shi1_netname"), shareType("type", "shi1_type"), optStr("comment", "shi1_remark"))},
		{2, rec("NetShareInfo2", optStr("name", "shi2_netname"), shareType("type", "shi2_type"), optStr("comment", "shi2_remark"),
			num("permissions", "shi2_permissions"), num("max_users", "shi2_max_uses"), num("current_users", "shi2_current_uses"),
			optStr("path", "shi2_path"), optStr("password", "shi2_passwd"))},
		{501, rec("NetShareInfo501", optStr("name", "shi501_netname"), shareType("type", "shi501_type"),
			optStr("comment", "shi501_remark"), hex("csc_policy", "shi501_flags"))},
		{502, rec("NetShareInfo502", optStr("name", "shi502_netname"), shareType("type", "shi502_type"), optStr("comment", "shi502_remark"),
			num("permissions", "shi502_permissions"), num("max_users", "shi502_max_uses"), num("current_users", "shi502_current_uses"),
			optStr("path", "shi502_path"), optStr("password", "shi502_passwd"), num("unknown", "shi502_reserved"),
			ptr(of("sd", "shi502_security_descriptor", fileSD)))},
		{503, rec("NetShareInfo503", optStr("name", "shi503_netname"), shareType("type", "shi503_type"), optStr("comment", "shi503_remark"),
			num("permissions", "shi503_permissions"), num("max_users", "shi503_max_uses"), num("current_users", "shi503_current_uses"),
			optStr("path", "shi503_path"), optStr("password", "shi503_passwd"), optStr("servername", "shi503_servername"),
			num("reserved", "shi503_reserved"), ptr(of("sd", "shi503_security_descriptor", fileSD)))},
		{1004, rec("NetShareInfo1004", optStr("comment", "shi1004_remark"))},
		{1005, rec("NetShareInfo1005", flags("dfs_flags", "shi1005_flags", u32, shareFlags))},
		{1006, rec("NetShareInfo1006", num("max_users", "shi1006_max_uses"))},
		{1501, rec("NetShareInfo1501", num("reserved", "shi1501_reserved"), ptr(of("sd", "shi1501_security_descriptor", fileSD)))},
	}
	shareInfo = infos("NetShare", shareLevels...)
	shareCtr  = containers("NetShare", shareLevels...)

	// shi1005_flags, [MS-SRVS] 2.2.4
	shareFlags = []field.Bit{
		{Name: "srvsvc.srvsvc_DFSFlags.SHARE_1005_FLAGS_IN_DFS", Label: "SHI1005_FLAGS_DFS", Mask: 0x1},
		{Name: "srvsvc.srvsvc_DFSFlags.SHARE_1005_FLAGS_DFS_ROOT", Label: "SHI1005_FLAGS_DFS_ROOT", Mask: 0x2},
		{Name: "srvsvc.srvsvc_DFSFlags.CSC_CACHE_AUTO_REINT", Label: "CSC_CACHE_AUTO_REINT", Mask: 0x10},
		{Name: "srvsvc.srvsvc_DFSFlags.CSC_CACHE_VDO", Label: "CSC_CACHE_VDO", Mask: 0x20},
		{Name: "srvsvc.srvsvc_DFSFlags.FLAGS_RESTRICT_EXCLUSIVE_OPENS", Label: "SHI1005_FLAGS_RESTRICT_EXCLUSIVE_OPENS", Mask: 0x100},
		{Name: "srvsvc.srvsvc_DFSFlags.FLAGS_FORCE_SHARED_DELETE", Label: "SHI1005_FLAGS_FORCE_SHARED_DELETE", Mask: 0x200},
		{Name: "srvsvc.srvsvc_DFSFlags.FLAGS_ALLOW_NAMESPACE_CACHING", Label: "SHI1005_FLAGS_ALLOW_NAMESPACE_CACHING", Mask: 0x400},
		{Name: "srvsvc.srvsvc_DFSFlags.FLAGS_ACCESS_BASED_DIRECTORY_ENUM", Label: "SHI1005_FLAGS_ACCESS_BASED_DIRECTORY_ENUM", Mask: 0x800},
		{Name: "srvsvc.srvsvc_DFSFlags.FLAGS_FORCE_LEVELII_OPLOCK", Label: "SHI1005_FLAGS_FORCE_LEVELII_OPLOCK", Mask: 0x1000},
		{Name: "srvsvc.srvsvc_DFSFlags.FLAGS_ENABLE_HASH", Label: "SHI1005_FLAGS_ENABLE_HASH", Mask: 0x2000},
		{Name: "srvsvc.srvsvc_DFSFlags.FLAGS_ENABLE_CA", Label: "SHI1005_FLAGS_ENABLE_CA", Mask: 0x4000},
		{Name: "srvsvc.srvsvc_DFSFlags.FLAGS_ENCRYPT_DATA", Label: "SHI1005_FLAGS_ENCRYPT_DATA", Mask: 0x8000},
	}
)

// shareType is [MS-SRVS] 2.2.2.4: a kind, with modifiers.
func shareType(name, label string) member {
	m := leaf(name, label, field.Enum, u32)
	m.def.Lookup, m.def.All = shareTypeName, shareTypeNames
	return m
}

func shareTypeName(v uint64) string {
	s := shareKinds.Name(v & 0xff)
	for _, b := range shareModifiers {
		if v&b.V != 0 {
			s += "|" + b.Name
		}
	}
	return s
}

func shareTypeNames() (out field.Values) {
	for _, modifier := range []uint64{0, 0x40000000, 0x80000000} {
		for _, k := range shareKinds {
			v := modifier | k.V
			out = append(out, field.Value{V: v, Name: shareTypeName(v)})
		}
	}
	return out
}

var (
	shareKinds     = values(0, "STYPE_DISKTREE", "STYPE_PRINTQ", "STYPE_DEVICE", "STYPE_IPC")
	shareModifiers = field.Values{
		{V: 0x02000000, Name: "STYPE_CLUSTER_FS"}, {V: 0x04000000, Name: "STYPE_CLUSTER_SOFS"}, {V: 0x08000000, Name: "STYPE_CLUSTER_DFS"},
		{V: 0x40000000, Name: "STYPE_TEMPORARY"}, {V: 0x80000000, Name: "STYPE_SPECIAL"},
	}
)

// CONNECTION_INFO, FILE_INFO and SESSION_INFO, [MS-SRVS] 2.2.4.
var (
	connCtr = containers("NetConn",
		level{0, rec("NetConnInfo0", num("conn_id", "coni0_id"))},
		level{1, rec("NetConnInfo1", num("conn_id", "coni1_id"), shareType("conn_type", "coni1_type"), num("num_open", "coni1_num_opens"),
			num("num_users", "coni1_num_users"), num("conn_time", "coni1_time"), optStr("user", "coni1_username"), optStr("share", "coni1_netname"))})

	fileLevels = []level{
		{2, rec("NetFileInfo2", num("fid", "fi2_id"))},
		{3, rec("NetFileInfo3", num("fid", "fi3_id"), flags("permissions", "fi3_permissions", u32, filePermissions),
			num("num_locks", "fi3_num_locks"), optStr("path", "fi3_pathname"), optStr("user", "fi3_username"))},
	}
	fileInfo = infos("NetFile", fileLevels...)
	fileCtr  = containers("NetFile", fileLevels...)

	// fi3_permissions, [MS-SRVS] 2.2.4; tshark does not split it up.
	filePermissions = bits("srvsvc.srvsvc_NetFileInfo3.permissions", "PERM_FILE_READ", "PERM_FILE_WRITE", "PERM_FILE_CREATE",
		"ACCESS_EXEC", "ACCESS_DELETE", "ACCESS_ATRIB", "ACCESS_PERM")

	sessCtr = containers("NetSess",
		level{0, rec("NetSessInfo0", optStr("client", "sesi0_cname"))},
		level{1, rec("NetSessInfo1", optStr("client", "sesi1_cname"), optStr("user", "sesi1_username"), num("num_open", "sesi1_num_opens"),
			num("time", "sesi1_time"), num("idle_time", "sesi1_idle_time"), flags("user_flags", "sesi1_user_flags", u32, sessionFlags))},
		level{2, rec("NetSessInfo2", optStr("client", "sesi2_cname"), optStr("user", "sesi2_username"), num("num_open", "sesi2_num_opens"),
			num("time", "sesi2_time"), num("idle_time", "sesi2_idle_time"), flags("user_flags", "sesi2_user_flags", u32, sessionFlags),
			optStr("client_type", "sesi2_cltype_name"))},
		level{10, rec("NetSessInfo10", optStr("client", "sesi10_cname"), optStr("user", "sesi10_username"),
			num("time", "sesi10_time"), num("idle_time", "sesi10_idle_time"))},
		level{502, rec("NetSessInfo502", optStr("client", "sesi502_cname"), optStr("user", "sesi502_username"), num("num_open", "sesi502_num_opens"),
			num("time", "sesi502_time"), num("idle_time", "sesi502_idle_time"), flags("user_flags", "sesi502_user_flags", u32, sessionFlags),
			optStr("client_type", "sesi502_cltype_name"), optStr("transport", "sesi502_transport"))})

	sessionFlags = bits("srvsvc.srvsvc_SessionUserFlags", "SESS_GUEST", "SESS_NOENCRYPTION")
)
