package ndr

import "testing"

func TestOpName(t *testing.T) {
	for _, x := range []struct {
		iface Interface
		op    uint16
		want  string
	}{
		{Srvsvc, 15, "NetrShareEnum"}, {Srvsvc, 21, "NetrServerGetInfo"}, {Srvsvc, 36, "NetrShareEnumSticky"},
		{Srvsvc, 43, "NetrDfsGetVersion"}, {Srvsvc, 53, "NetrServerTransportDelEx"}, {Srvsvc, 57, "NetrShareDelEx"}, {Srvsvc, 0, "NetrCharDevEnum"}, {Srvsvc, 58, ""},
		{Wkssvc, 0, "NetrWkstaGetInfo"}, {Wkssvc, 20, "NetrGetJoinInformation"}, {Wkssvc, 30, "NetrEnumerateComputerNames"},
		{Lsarpc, 0, "LsarClose"}, {Lsarpc, 31, "LsarLookupPrivilegeValue"}, {Lsarpc, 44, "LsarOpenPolicy2"}, {Lsarpc, 58, "LsarLookupNames2"},
		{Lsarpc, 68, "LsarLookupNames3"}, {Lsarpc, 56, ""}, {Lsarpc, 73, "LsarQueryForestTrustInformation"}, {Lsarpc, 77, "LsarLookupNames4"},
		{Samr, 1, "SamrCloseHandle"}, {Samr, 34, "SamrOpenUser"}, {Samr, 50, "SamrCreateUser2InDomain"}, {Samr, 62, "SamrConnect4"},
		{Samr, 64, "SamrConnect5"}, {Samr, 67, "SamrValidatePassword"}, {Samr, 65535, ""}, {Svcctl, 15, "ROpenSCManagerW"}, {Svcctl, 42, "REnumServicesStatusExW"}, {Svcctl, 64, "ROpenSCManager2"},
		{Svcctl, 56, "RQueryServiceConfigEx"},
		{Winreg, 17, "BaseRegQueryValue"}, {Winreg, 35, "BaseRegDeleteKeyEx"},
		{Dssetup, 0, "DsRolerGetPrimaryDomainInformation"}, {None, 0, ""},
	} {
		if got := OpName(x.iface, x.op); got != x.want {
			t.Errorf("interface %d, operation %d: %q, want %q", x.iface, x.op, got, x.want)
		}
	}
}
