package ndr

import "sync"

// serverName is the first parameter of all operations of srvsvc and wkssvc.
func serverUNC() member { return optStr("server_unc", "ServerName") }

func srv(name string, in, out []member) *op {
	return call("srvsvc.srvsvc_"+name, srvsvcResult, in, out)
}

// enumerate is an operation that lists: level and union are one structure on
// the wire, [MS-SRVS] 2.2.4.
func enumerate(name, infoLabel string, info *typ, filter ...member) *op {
	both := func() []member {
		return []member{group(num("level", "Level"), of("ctr", infoLabel, info))}
	}
	resume := func() member { return ptr(num("resume_handle", "ResumeHandle")) }
	in := append(append([]member{serverUNC()}, filter...), both()...)
	return srv(name, append(in, num("max_buffer", "PreferedMaximumLength"), resume()),
		append(both(), num("totalentries", "TotalEntries"), resume()))
}

// getInfo and setInfo are the operations on one object.
func getInfo(name string, info member, which ...member) *op {
	in := append(append([]member{serverUNC()}, which...), num("level", "Level"))
	return srv(name, in, []member{info})
}

func setInfo(name string, info member, which ...member) *op {
	in := append(append([]member{serverUNC()}, which...), num("level", "Level"), info, ptr(num("parm_error", "ParmErr")))
	return srv(name, in, []member{ptr(num("parm_error", "ParmErr"))})
}

func shareName() member { return str("share_name", "NetName") }

// srvsvcCalls are the operations of [MS-SRVS] 3.1.4.
var srvsvcCalls = sync.OnceValue(func() []*op {
	return []*op{
		8:  enumerate("NetConnEnum", "ConnectInfo", connCtr, optStr("path", "Qualifier")),
		9:  enumerate("NetFileEnum", "FileInfo", fileCtr, optStr("path", "BasePath"), optStr("user", "UserName")),
		10: getInfo("NetFileGetInfo", of("info", "InfoStruct", fileInfo), num("fid", "FileId")),
		11: srv("NetFileClose", []member{serverUNC(), num("fid", "FileId")}, nil),
		12: enumerate("NetSessEnum", "SessionInfo", sessCtr, optStr("client", "ClientName"), optStr("user", "UserName")),
		13: srv("NetSessDel", []member{serverUNC(), optStr("client", "ClientName"), optStr("user", "UserName")}, nil),
		14: setInfo("NetShareAdd", of("info", "InfoStruct", shareInfo)),
		15: enumerate("NetShareEnumAll", "ShareInfo", shareCtr),
		16: getInfo("NetShareGetInfo", of("info", "InfoStruct", shareInfo), shareName()),
		17: setInfo("NetShareSetInfo", of("info", "ShareInfo", shareInfo), shareName()),
		18: srv("NetShareDel", []member{serverUNC(), shareName(), num("reserved", "Reserved")}, nil),
		19: srv("NetShareDelSticky", []member{serverUNC(), shareName(), num("reserved", "Reserved")}, nil),
		20: srv("NetShareCheck", []member{serverUNC(), str("device_name", "Device")}, []member{shareType("type", "Type")}),
		21: getInfo("NetSrvGetInfo", of("info", "InfoStruct", srvInfo)),
		22: setInfo("NetSrvSetInfo", of("info", "ServerInfo", srvInfo)),
		23: srv("NetDiskEnum",
			[]member{serverUNC(), num("level", "Level"), of("info", "DiskInfoStruct", diskInfo),
				num("maxlen", "PreferedMaximumLength"), ptr(num("resume_handle", "ResumeHandle"))},
			[]member{of("info", "DiskInfoStruct", diskInfo), num("totalentries", "TotalEntries"), ptr(num("resume_handle", "ResumeHandle"))}),
		24: srv("NetServerStatisticsGet",
			[]member{serverUNC(), optStr("service", "Service"), num("level", "Level"), hex("options", "Options")},
			[]member{ptr(of("stat", "InfoStruct", statistics))}),
		26: srv("NetTransportEnum",
			[]member{serverUNC(), transports(), num("max_buffer", "PreferedMaximumLength"), ptr(num("resume_handle", "ResumeHandle"))},
			[]member{transports(), num("totalentries", "TotalEntries"), ptr(num("resume_handle", "ResumeHandle"))}),
		28: srv("NetRemoteTOD", []member{serverUNC()}, []member{ptr(of("info", "BufferPtr", timeOfDay))}),
		30: srv("NetPathType", []member{serverUNC(), str("path", "PathName"), hex("pathflags", "Flags")}, []member{hex("pathtype", "PathType")}),
		31: srv("NetPathCanonicalize",
			[]member{serverUNC(), str("path", "PathName"), num("maxbuf", "OutbufLen"), str("prefix", "Prefix"), hex("pathtype", "PathType"), hex("pathflags", "Flags")},
			[]member{of("can_path", "Outbuf", bytes), hex("pathtype", "PathType")}),
		32: srv("NetPathCompare",
			[]member{serverUNC(), str("path1", "PathName1"), str("path2", "PathName2"), hex("pathtype", "PathType"), hex("pathflags", "Flags")}, nil),
		33: srv("NetNameValidate", []member{serverUNC(), str("name", "Name"), num("name_type", "NameType"), hex("flags", "Flags")}, nil),
		35: srv("NetPRNameCompare",
			[]member{serverUNC(), str("name1", "Name1"), str("name2", "Name2"), num("name_type", "NameType"), hex("flags", "Flags")}, nil),
		36: enumerate("NetShareEnum", "ShareInfo", shareCtr),
		37: srv("NetShareDelStart", []member{serverUNC(), str("share", "NetName"), num("reserved", "Reserved")}, []member{handle("hnd", "ContextHandle")}),
		38: srv("NetShareDelCommit", []member{handle("hnd", "ContextHandle")}, []member{handle("hnd", "ContextHandle")}),
		39: srv("NetGetFileSecurity",
			[]member{serverUNC(), optStr("share", "ShareName"), str("file", "lpFileName"), fileSecInfo("RequestedInformation")},
			[]member{ptr(of("sd_buf", "SecurityDescriptor", srvSecurity))}),
		40: srv("NetSetFileSecurity",
			[]member{serverUNC(), optStr("share", "ShareName"), str("file", "lpFileName"), fileSecInfo("SecurityInformation"),
				of("sd_buf", "SecurityDescriptor", srvSecurity)}, nil),
	}
})

func transports() member {
	return group(num("level", "Level"), of("transports", "TransportInfo", transportCtr))
}
