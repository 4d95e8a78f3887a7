package ndr

import (
	"strconv"
	"strings"

	"smbdiff/dissect/field"
	"smbdiff/dissect/ntstatus"
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/wire"
)

// Results of operations: an NT status, or a Win32 error code.
var (
	srvsvcResult = werror("srvsvc.werror")
	wkssvcResult = werror("wkssvc.werror")
	lsarpcResult = status("lsarpc.status")
	samrResult   = status("samr.status")
)

func status(name string) member {
	m := leaf(name, "Return value", field.Status, u32)
	m.def.Lookup, m.def.All = ntstatus.Name, ntstatus.Values
	return m
}

func werror(name string) member { return enum(name, "Return value", u32, win32Errors) }

// Win32Errors gives the names of the codes that remote administration returns.
func Win32Errors() field.Values { return win32Errors }

// win32Errors are the codes of [MS-ERREF] 2.2 that these interfaces return.
var win32Errors = field.Values{
	{V: 0, Name: "ERROR_SUCCESS"}, {V: 1, Name: "ERROR_INVALID_FUNCTION"}, {V: 2, Name: "ERROR_FILE_NOT_FOUND"},
	{V: 3, Name: "ERROR_PATH_NOT_FOUND"}, {V: 5, Name: "ERROR_ACCESS_DENIED"}, {V: 6, Name: "ERROR_INVALID_HANDLE"},
	{V: 8, Name: "ERROR_NOT_ENOUGH_MEMORY"}, {V: 50, Name: "ERROR_NOT_SUPPORTED"}, {V: 53, Name: "ERROR_BAD_NETPATH"},
	{V: 64, Name: "ERROR_NETNAME_DELETED"}, {V: 67, Name: "ERROR_BAD_NET_NAME"}, {V: 71, Name: "ERROR_REQ_NOT_ACCEP"},
	{V: 85, Name: "ERROR_ALREADY_ASSIGNED"}, {V: 86, Name: "ERROR_INVALID_PASSWORD"}, {V: 87, Name: "ERROR_INVALID_PARAMETER"},
	{V: 110, Name: "ERROR_OPEN_FAILED"}, {V: 122, Name: "ERROR_INSUFFICIENT_BUFFER"}, {V: 123, Name: "ERROR_INVALID_NAME"},
	{V: 124, Name: "ERROR_INVALID_LEVEL"}, {V: 161, Name: "ERROR_BAD_PATHNAME"}, {V: 183, Name: "ERROR_ALREADY_EXISTS"},
	{V: 234, Name: "ERROR_MORE_DATA"}, {V: 259, Name: "ERROR_NO_MORE_ITEMS"}, {V: 1060, Name: "ERROR_SERVICE_DOES_NOT_EXIST"},
	{V: 1169, Name: "ERROR_NO_MATCH"}, {V: 1211, Name: "ERROR_DUP_DOMAINNAME"}, {V: 1212, Name: "ERROR_INVALID_DOMAINNAME"},
	{V: 1219, Name: "ERROR_SESSION_CREDENTIAL_CONFLICT"}, {V: 1314, Name: "ERROR_PRIVILEGE_NOT_HELD"},
	{V: 1338, Name: "ERROR_INVALID_SECURITY_DESCR"}, {V: 1355, Name: "ERROR_NO_SUCH_DOMAIN"}, {V: 1702, Name: "RPC_S_INVALID_BINDING"},
	{V: 1717, Name: "RPC_S_UNKNOWN_IF"}, {V: 1722, Name: "RPC_S_SERVER_UNAVAILABLE"}, {V: 2104, Name: "NERR_UnknownServer"},
	{V: 2106, Name: "NERR_RemoteErr"}, {V: 2109, Name: "NERR_WkstaNotStarted"}, {V: 2114, Name: "NERR_ServerNotStarted"},
	{V: 2117, Name: "NERR_RedirectedPath"}, {V: 2118, Name: "NERR_DuplicateShare"}, {V: 2123, Name: "NERR_BufTooSmall"},
	{V: 2136, Name: "NERR_NetNameNotFound"}, {V: 2138, Name: "NERR_NetworkError"}, {V: 2141, Name: "NERR_DeviceNotShared"},
	{V: 2221, Name: "NERR_UserNotFound"}, {V: 2250, Name: "NERR_UseNotFound"}, {V: 2310, Name: "NERR_NetNameNotFound"},
	{V: 2311, Name: "NERR_DeviceNotShared"}, {V: 2312, Name: "NERR_ClientNameNotFound"}, {V: 2314, Name: "NERR_FileIdNotFound"},
	{V: 2351, Name: "NERR_InvalidComputer"}, {V: 2453, Name: "NERR_DCNotFound"}, {V: 2691, Name: "NERR_SetupAlreadyJoined"},
	{V: 2692, Name: "NERR_SetupNotJoined"}, {V: 2693, Name: "NERR_SetupDomainController"}, {V: 2695, Name: "NERR_InvalidWorkgroupName"},
}

// platforms is [MS-SRVS] 2.2.2.6.
var platforms = field.Values{
	{V: 300, Name: "PLATFORM_ID_DOS"}, {V: 400, Name: "PLATFORM_ID_OS2"}, {V: 500, Name: "PLATFORM_ID_NT"},
	{V: 600, Name: "PLATFORM_ID_OSF"}, {V: 700, Name: "PLATFORM_ID_VMS"},
}

// domainSID is an RPC_SID, [MS-DTYP] 2.4.2.3, optSID a pointer to one.
func domainSID(label string) member { return leaf("dcerpc.nt.domain_sid", label, field.SID, rpcSID) }
func optSID(label string) member    { return ptr(domainSID(label)) }

// never is the longest of times.
const never = 1 << 63

// span names a time to go by: 100 ns, negative.
func span(v uint64) string {
	if v == 0 {
		return "none"
	}
	if v == never || v == never-1 {
		return "never"
	}
	d := int64(v)
	if d > 0 {
		return strconv.FormatInt(d, 10)
	}
	s := -(d / 1e7)
	var out []string
	for _, u := range []struct {
		name string
		n    int64
	}{{"days", 86400}, {"hours", 3600}, {"minutes", 60}, {"seconds", 1}} {
		if k := s / u.n; k > 0 {
			out = append(out, strconv.FormatInt(k, 10)+" "+u.name)
		}
		s %= u.n
	}
	if out == nil {
		return "less than a second"
	}
	return strings.Join(out, " ")
}

func duration(name, label string, t *typ) member {
	m := leaf(name, label, field.Enum, t)
	m.def.Lookup = span
	m.def.All = func() field.Values { return field.Values{{V: 0, Name: "none"}, {V: never, Name: "never"}} }
	return m
}

// date is a FILETIME or a LARGE_INTEGER that holds the like.
func date(name, label string, t *typ) member { return leaf(name, label, field.FileTime, t) }

// genericRights are the bits that all access masks have, [MS-DTYP] 2.4.3.
var genericRights = []field.Bit{
	{Name: "nt.access_mask.delete", Label: "DELETE", Mask: 0x10000},
	{Name: "nt.access_mask.read_control", Label: "READ_CONTROL", Mask: 0x20000},
	{Name: "nt.access_mask.write_dac", Label: "WRITE_DAC", Mask: 0x40000},
	{Name: "nt.access_mask.write_owner", Label: "WRITE_OWNER", Mask: 0x80000},
	{Name: "nt.access_mask.synchronise", Label: "SYNCHRONIZE", Mask: 0x100000},
	{Name: "nt.access_mask.access_sacl", Label: "ACCESS_SYSTEM_SECURITY", Mask: 0x1000000},
	{Name: "nt.access_mask.maximum_allowed", Label: "MAXIMUM_ALLOWED", Mask: 0x2000000},
	{Name: "nt.access_mask.generic_all", Label: "GENERIC_ALL", Mask: 0x10000000},
	{Name: "nt.access_mask.generic_execute", Label: "GENERIC_EXECUTE", Mask: 0x20000000},
	{Name: "nt.access_mask.generic_write", Label: "GENERIC_WRITE", Mask: 0x40000000},
	{Name: "nt.access_mask.generic_read", Label: "GENERIC_READ", Mask: 0x80000000},
}

// fOtherMask is the access mask of objects whose kind a stub does not tell:
// the low bits have numbers only.
var fOtherMask = access("nt.access_mask", "Mask", bits("nt.access_mask", numbered("specific_", "SPECIFIC_", 16)...)).def

func otherRights(c *wire.Codec) { secdesc.WalkRights(c, fOtherMask) }

func numbered(name, label string, n int) (out []string) {
	for i := range n {
		out = append(out, name+strconv.Itoa(i)+"="+label+strconv.Itoa(i))
	}
	return out
}

// access is an access mask; specific are the rights of its kind of object.
func access(name, label string, specific []field.Bit) member {
	return flags(name, label, u32, append(append([]field.Bit(nil), specific...), genericRights...))
}

// bits names single bits from the lowest on: "NAME=LABEL", "" for none.
func bits(prefix string, names ...string) (out []field.Bit) {
	for i, s := range names {
		if s == "" {
			continue
		}
		name, label, ok := strings.Cut(s, "=")
		if !ok {
			label = name
		}
		out = append(out, field.Bit{Name: prefix + "." + name, Label: label, Mask: 1 << i})
	}
	return out
}

// values names the values from first on.
func values(first uint64, names ...string) (out field.Values) {
	for i, s := range names {
		if s != "" {
			out = append(out, field.Value{V: first + uint64(i), Name: s})
		}
	}
	return out
}

// securityDescriptor is a self-relative one, [MS-DTYP] 2.4.6, that fills an
// array of bytes; tshark has no name for it.
func securityDescriptor(label string, t *typ) member { return of("nt.sec_desc", label, t) }
