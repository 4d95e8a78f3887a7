package ndr

import (
	"sync"

	"smbdiff/dissect/field"
)

var svcctlResult = enum("svcctl.rc", "Return value", u32, win32Errors)

func svc(in, out []member) *op { return call("svcctl", svcctlResult, in, out) }

func service() member   { return handle("hnd", "hService") }
func scManager() member { return handle("hnd", "hSCManager") }

// svcctlCalls are the operations of [MS-SCMR] 3.1.4 that clients use most.
// tshark shows the parameters of some only; the others have names in the same
// manner.
var svcctlCalls = sync.OnceValue(func() []*op {
	return []*op{
		0:  svc([]member{handle("hnd", "hSCObject")}, []member{handle("hnd", "hSCObject")}),
		1:  svc([]member{service(), enum("control", "dwControl", u32, serviceControls)}, []member{of("service_status", "lpServiceStatus", serviceStatus)}),
		2:  svc([]member{service()}, nil),
		3:  svc([]member{scManager()}, []member{handle("lock", "lpLock")}),
		4:  svc([]member{service(), secInfo("dwSecurityInformation"), bufferSize()}, []member{of("sd", "lpSecurityDescriptor", otherSD), needed()}),
		5:  svc([]member{service(), secInfo("dwSecurityInformation"), of("sd", "lpSecurityDescriptor", otherSD), bufferSize()}, nil),
		6:  svc([]member{service()}, []member{of("service_status", "lpServiceStatus", serviceStatus)}),
		8:  svc([]member{handle("lock", "Lock")}, []member{handle("lock", "Lock")}),
		11: svc(changeConfig(char16), []member{tag()}),
		12: svc(createService(char16), []member{tag(), handle("hnd", "lpServiceHandle")}),
		13: svc([]member{service(), serviceState(), bufferSize()}, []member{of("services", "lpServices", bytes), needed(), returned()}),
		14: svc([]member{scManager(), serviceType(), serviceState(), num("size", "cbBufSize"), resume()},
			[]member{of("services", "lpBuffer", bytes), needed(), returned(), resume()}),
		15: svc(openManager(char16), []member{handle("hnd", "lpScHandle")}),
		16: svc(openService(char16), []member{handle("hnd", "lpServiceHandle")}),
		17: svc([]member{service(), bufferSize()}, []member{of("service_config", "lpServiceConfig", serviceConfig(char16)), needed()}),
		18: svc([]member{scManager(), bufferSize()}, []member{num("is_locked", "fIsLocked"), optStr("lock_owner", "lpLockOwner"), num("lock_duration", "dwLockDuration"), needed()}),
		19: svc(startService(char16), nil),
		20: svc(serviceNames(char16), []member{of("displayname", "lpDisplayName", char16), num("buffer", "lpcchBuffer")}),
		21: svc(serviceNames(char16), []member{of("servicename", "lpKeyName", char16), num("buffer", "lpcchBuffer")}),
		23: svc(changeConfig(char8), []member{tag()}),
		24: svc(createService(char8), []member{tag(), handle("hnd", "lpServiceHandle")}),
		27: svc(openManager(char8), []member{handle("hnd", "lpScHandle")}),
		28: svc(openService(char8), []member{handle("hnd", "lpServiceHandle")}),
		29: svc([]member{service(), bufferSize()}, []member{of("service_config", "lpServiceConfig", serviceConfig(char8)), needed()}),
		31: svc(startService(char8), nil),
		38: svc([]member{service(), infoLevel(), bufferSize()}, []member{of("info", "lpBuffer", bytes), needed()}),
		39: svc([]member{service(), infoLevel(), bufferSize()}, []member{of("info", "lpBuffer", bytes), needed()}),
		40: svc([]member{service(), num("info_level", "InfoLevel"), bufferSize()}, []member{of("info", "lpBuffer", bytes), needed()}),
		42: svc([]member{scManager(), num("info_level", "InfoLevel"), serviceType(), serviceState(), num("size", "cbBufSize"), resume(), optStr("group", "pszGroupName")},
			[]member{of("services", "lpBuffer", bytes), needed(), returned(), resume()}),
	}
})

func bufferSize() member { return num("buffer", "cbBufSize") }
func needed() member     { return num("required_size", "pcbBytesNeeded") }
func returned() member   { return num("services_returned", "lpServicesReturned") }
func resume() member     { return ptr(num("resume", "lpResumeIndex")) }
func tag() member        { return ptr(num("tagid", "lpdwTagId")) }

func infoLevel() member {
	return enum("info_level", "dwInfoLevel", u32, values(1, "SERVICE_CONFIG_DESCRIPTION", "SERVICE_CONFIG_FAILURE_ACTIONS",
		"SERVICE_CONFIG_DELAYED_AUTO_START_INFO", "SERVICE_CONFIG_FAILURE_ACTIONS_FLAG", "SERVICE_CONFIG_SERVICE_SID_INFO",
		"SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO", "SERVICE_CONFIG_PRESHUTDOWN_INFO", "", "SERVICE_CONFIG_PREFERRED_NODE"))
}

// The parameters that the operations for both kinds of characters share.
func openManager(char *typ) []member {
	return []member{ptr(of("machinename", "lpMachineName", char)), ptr(of("database", "lpDatabaseName", char)), access("access_mask", "dwDesiredAccess", managerRights)}
}

func openService(char *typ) []member {
	return []member{scManager(), of("servicename", "lpServiceName", char), access("access_mask", "dwDesiredAccess", serviceRights)}
}

func startService(char *typ) []member {
	return []member{service(), num("argc", "argc"), list(ptr(of("argv", "argv", char)))}
}

func serviceNames(char *typ) []member {
	return []member{scManager(), of("servicename", "lpServiceName", char), num("buffer", "lpcchBuffer")}
}

func createService(char *typ) []member {
	return join([]member{scManager(), of("servicename", "lpServiceName", char), ptr(of("displayname", "lpDisplayName", char)),
		access("access_mask", "dwDesiredAccess", serviceRights), serviceType(), startType(), errorControl(),
		of("binarypathname", "lpBinaryPathName", char), ptr(of("loadordergroup", "lpLoadOrderGroup", char)), tag()}, account(char))
}

func changeConfig(char *typ) []member {
	return join([]member{service(), serviceType(), startType(), errorControl(), ptr(of("binarypathname", "lpBinaryPathName", char)),
		ptr(of("loadordergroup", "lpLoadOrderGroup", char)), tag()}, account(char), []member{ptr(of("displayname", "lpDisplayName", char))})
}

func account(char *typ) []member {
	return []member{ptr(of("dependencies", "lpDependencies", bytes)), num("depend_size", "dwDependSize"),
		ptr(of("service_start_name", "lpServiceStartName", char)), ptr(of("password", "lpPassword", bytes)), num("password_size", "dwPwSize")}
}

func serviceType() member {
	return flags("service_type", "dwServiceType", u32, []field.Bit{
		{Name: "svcctl.service_type.kernel", Label: "SERVICE_KERNEL_DRIVER", Mask: 0x1},
		{Name: "svcctl.service_type.fs", Label: "SERVICE_FILE_SYSTEM_DRIVER", Mask: 0x2},
		{Name: "svcctl.service_type.win32_own", Label: "SERVICE_WIN32_OWN_PROCESS", Mask: 0x10},
		{Name: "svcctl.service_type.win32_shared", Label: "SERVICE_WIN32_SHARE_PROCESS", Mask: 0x20},
		{Name: "svcctl.service_type.interactive", Label: "SERVICE_INTERACTIVE_PROCESS", Mask: 0x100},
	})
}

// orNoChange names values from 0 on, and that which changes nothing.
func orNoChange(names ...string) field.Values {
	return append(values(0, names...), field.Value{V: 0xffffffff, Name: "SERVICE_NO_CHANGE"})
}

func serviceState() member {
	return enum("service_state", "dwServiceState", u32, values(1, "SERVICE_ACTIVE", "SERVICE_INACTIVE", "SERVICE_STATE_ALL"))
}

func startType() member {
	return enum("service_start_type", "dwStartType", u32,
		orNoChange("SERVICE_BOOT_START", "SERVICE_SYSTEM_START", "SERVICE_AUTO_START", "SERVICE_DEMAND_START", "SERVICE_DISABLED"))
}

func errorControl() member {
	return enum("service_error_control", "dwErrorControl", u32,
		orNoChange("SERVICE_ERROR_IGNORE", "SERVICE_ERROR_NORMAL", "SERVICE_ERROR_SEVERE", "SERVICE_ERROR_CRITICAL"))
}

// serviceConfig is QUERY_SERVICE_CONFIG, [MS-SCMR] 2.2.
func serviceConfig(char *typ) *typ {
	return structOf("svcctl", serviceType(), startType(), errorControl(), ptr(of("binarypathname", "lpBinaryPathName", char)),
		ptr(of("loadordergroup", "lpLoadOrderGroup", char)), num("tagid", "dwTagId"), ptr(of("dependencies", "lpDependencies", char)),
		ptr(of("service_start_name", "lpServiceStartName", char)), ptr(of("displayname", "lpDisplayName", char)))
}

var (
	// SERVICE_STATUS, [MS-SCMR] 2.2
	serviceStatus = structOf("svcctl", serviceType(),
		enum("svcctl.service_status.state", "dwCurrentState", u32, values(1, "SERVICE_STOPPED", "SERVICE_START_PENDING", "SERVICE_STOP_PENDING",
			"SERVICE_RUNNING", "SERVICE_CONTINUE_PENDING", "SERVICE_PAUSE_PENDING", "SERVICE_PAUSED")),
		flags("svcctl.service_status.controls", "dwControlsAccepted", u32, bits("svcctl.service_status.controls", "SERVICE_ACCEPT_STOP",
			"SERVICE_ACCEPT_PAUSE_CONTINUE", "SERVICE_ACCEPT_SHUTDOWN", "SERVICE_ACCEPT_PARAMCHANGE", "SERVICE_ACCEPT_NETBINDCHANGE",
			"SERVICE_ACCEPT_HARDWAREPROFILECHANGE", "SERVICE_ACCEPT_POWEREVENT", "SERVICE_ACCEPT_SESSIONCHANGE", "SERVICE_ACCEPT_PRESHUTDOWN",
			"SERVICE_ACCEPT_TIMECHANGE", "SERVICE_ACCEPT_TRIGGEREVENT")),
		enum("svcctl.service_status.exit_code", "dwWin32ExitCode", u32, win32Errors),
		num("svcctl.service_status.specific_exit_code", "dwServiceSpecificExitCode"),
		num("svcctl.service_status.check_point", "dwCheckPoint"), num("svcctl.service_status.wait_hint", "dwWaitHint"))

	// [MS-SCMR] 3.1.4.2
	serviceControls = values(1, "SERVICE_CONTROL_STOP", "SERVICE_CONTROL_PAUSE", "SERVICE_CONTROL_CONTINUE", "SERVICE_CONTROL_INTERROGATE",
		"", "SERVICE_CONTROL_PARAMCHANGE", "SERVICE_CONTROL_NETBINDADD", "SERVICE_CONTROL_NETBINDREMOVE", "SERVICE_CONTROL_NETBINDENABLE",
		"SERVICE_CONTROL_NETBINDDISABLE")

	// [MS-SCMR] 3.1.4: rights on the manager and on a service. tshark has
	// one set of names for both.
	managerRights = bits("svcctl", "scm_rights_connect=SC_MANAGER_CONNECT", "scm_rights_create_service=SC_MANAGER_CREATE_SERVICE",
		"scm_rights_enumerate_service=SC_MANAGER_ENUMERATE_SERVICE", "scm_rights_lock=SC_MANAGER_LOCK",
		"scm_rights_query_lock_status=SC_MANAGER_QUERY_LOCK_STATUS", "scm_rights_modify_boot_config=SC_MANAGER_MODIFY_BOOT_CONFIG")
	serviceRights = bits("svcctl", "scm_rights_connect=SERVICE_QUERY_CONFIG", "scm_rights_create_service=SERVICE_CHANGE_CONFIG",
		"scm_rights_enumerate_service=SERVICE_QUERY_STATUS", "scm_rights_lock=SERVICE_ENUMERATE_DEPENDENTS",
		"scm_rights_query_lock_status=SERVICE_START", "scm_rights_modify_boot_config=SERVICE_STOP", "service_rights_pause_continue=SERVICE_PAUSE_CONTINUE",
		"service_rights_interrogate=SERVICE_INTERROGATE", "service_rights_user_defined_control=SERVICE_USER_DEFINED_CONTROL")
)
