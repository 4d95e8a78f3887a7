package field

import (
	"encoding/binary"
	"strconv"
)

// AppendSID appends a SID, [MS-DTYP] 2.4.2.2, as S-1-5-...
func AppendSID(dst, b []byte) []byte {
	if len(b) < 8 || len(b) < 8+4*int(b[1]) {
		return append(dst, "(cut)"...)
	}
	dst = append(dst, 'S', '-')
	dst = strconv.AppendUint(dst, uint64(b[0]), 10)
	dst = append(dst, '-')
	dst = strconv.AppendUint(dst, authority(b), 10)
	if b[1] == 0 {
		return dst
	}
	return appendSubs(append(dst, '-'), b[8:8+4*int(b[1])])
}

// appendSubs appends the sub-authorities of a SID as 21-1-2-3.
func appendSubs(dst, b []byte) []byte {
	for i := 0; i+4 <= len(b); i += 4 {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = strconv.AppendUint(dst, uint64(binary.LittleEndian.Uint32(b[i:])), 10)
	}
	return dst
}

func authority(b []byte) uint64 {
	return uint64(binary.BigEndian.Uint16(b[2:]))<<32 | uint64(binary.BigEndian.Uint32(b[4:]))
}

// appendNamedSID appends a SID and, when it is well known, its name.
func appendNamedSID(dst, b []byte) []byte {
	dst = AppendSID(dst, b)
	if len(b) < 8 || len(b) < 8+4*int(b[1]) || b[0] != 1 {
		return dst
	}
	auth, n := authority(b), int(b[1])
	sub := func(i int) uint64 { return uint64(binary.LittleEndian.Uint32(b[8+4*i:])) }
	name := ""
	switch {
	case n == 0 && auth == 5:
		name = "NT_AUTHORITY"
	case n == 1:
		name = sidNames.Name(auth<<32 | sub(0))
	case n == 2 && auth == 5 && sub(0) == 32:
		name = builtinNames.Name(sub(1))
	case n == 5 && auth == 5 && sub(0) == 21:
		name = domainNames.Name(sub(4))
	case n == 2 && auth == 5 && sub(0) == 64:
		name = packageNames.Name(sub(1))
	case n == 2 && auth == 15 && sub(0) == 2 && sub(1) == 1:
		name = "ALL_APP_PACKAGES"
	case n == 3 && auth == 5 && sub(0) == 5:
		name = "LOGON_ID"
	case n == 2 && auth == 22 && sub(0) == 1, n == 3 && auth == 5 && sub(0) == 88 && sub(1) == 1:
		name = "Unix user"
	case n == 2 && auth == 22 && sub(0) == 2, n == 3 && auth == 5 && sub(0) == 88 && sub(1) == 2:
		name = "Unix group"
	case n == 3 && auth == 5 && sub(0) == 88 && sub(1) == 3:
		dst = append(dst, " (Unix mode 0"...)
		return append(strconv.AppendUint(dst, sub(2), 8), ')')
	}
	if name == "" {
		return dst
	}
	return append(append(append(dst, " ("...), name...), ')')
}

// sidNames are those of [MS-DTYP] 2.4.2.4 with one sub-authority, which stands
// below the authority.
var sidNames = Values{
	{V: 0 << 32, Name: "NULL"}, {V: 1 << 32, Name: "EVERYONE"}, {V: 2 << 32, Name: "LOCAL"}, {V: 2<<32 | 1, Name: "CONSOLE_LOGON"},
	{V: 3 << 32, Name: "CREATOR_OWNER"}, {V: 3<<32 | 1, Name: "CREATOR_GROUP"}, {V: 3<<32 | 2, Name: "OWNER_SERVER"},
	{V: 3<<32 | 3, Name: "GROUP_SERVER"}, {V: 3<<32 | 4, Name: "OWNER_RIGHTS"}, {V: 5<<32 | 1, Name: "DIALUP"}, {V: 5<<32 | 2, Name: "NETWORK"},
	{V: 5<<32 | 3, Name: "BATCH"}, {V: 5<<32 | 4, Name: "INTERACTIVE"}, {V: 5<<32 | 6, Name: "SERVICE"}, {V: 5<<32 | 7, Name: "ANONYMOUS"},
	{V: 5<<32 | 8, Name: "PROXY"}, {V: 5<<32 | 9, Name: "ENTERPRISE_DOMAIN_CONTROLLERS"}, {V: 5<<32 | 10, Name: "PRINCIPAL_SELF"},
	{V: 5<<32 | 11, Name: "AUTHENTICATED_USERS"}, {V: 5<<32 | 12, Name: "RESTRICTED_CODE"}, {V: 5<<32 | 13, Name: "TERMINAL_SERVER_USER"},
	{V: 5<<32 | 14, Name: "REMOTE_INTERACTIVE_LOGON"}, {V: 5<<32 | 15, Name: "THIS_ORGANIZATION"}, {V: 5<<32 | 17, Name: "IUSR"},
	{V: 5<<32 | 18, Name: "LOCAL_SYSTEM"}, {V: 5<<32 | 19, Name: "LOCAL_SERVICE"}, {V: 5<<32 | 20, Name: "NETWORK_SERVICE"},
	{V: 5<<32 | 33, Name: "WRITE_RESTRICTED_CODE"}, {V: 5<<32 | 80, Name: "NT_SERVICE"}, {V: 5<<32 | 113, Name: "LOCAL_ACCOUNT"},
	{V: 5<<32 | 114, Name: "LOCAL_ACCOUNT_AND_MEMBER_OF_ADMINISTRATORS_GROUP"}, {V: 5<<32 | 1000, Name: "OTHER_ORGANIZATION"},
	{V: 16 << 32, Name: "ML_UNTRUSTED"}, {V: 16<<32 | 0x1000, Name: "ML_LOW"}, {V: 16<<32 | 0x2000, Name: "ML_MEDIUM"},
	{V: 16<<32 | 0x2100, Name: "ML_MEDIUM_PLUS"}, {V: 16<<32 | 0x3000, Name: "ML_HIGH"}, {V: 16<<32 | 0x4000, Name: "ML_SYSTEM"},
	{V: 16<<32 | 0x5000, Name: "ML_PROTECTED_PROCESS"}, {V: 16<<32 | 0x7000, Name: "ML_SECURE_PROCESS"},
	{V: 18<<32 | 1, Name: "AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY"}, {V: 18<<32 | 2, Name: "SERVICE_ASSERTED_IDENTITY"},
	{V: 18<<32 | 3, Name: "FRESH_PUBLIC_KEY_IDENTITY"}, {V: 18<<32 | 4, Name: "KEY_TRUST_IDENTITY"}, {V: 18<<32 | 5, Name: "KEY_PROPERTY_MFA"},
	{V: 18<<32 | 6, Name: "KEY_PROPERTY_ATTESTATION"},
}

// builtinNames are those below S-1-5-32.
var builtinNames = Values{
	{V: 544, Name: "BUILTIN_ADMINISTRATORS"}, {V: 545, Name: "BUILTIN_USERS"}, {V: 546, Name: "BUILTIN_GUESTS"}, {V: 547, Name: "POWER_USERS"},
	{V: 548, Name: "ACCOUNT_OPERATORS"}, {V: 549, Name: "SERVER_OPERATORS"}, {V: 550, Name: "PRINTER_OPERATORS"}, {V: 551, Name: "BACKUP_OPERATORS"},
	{V: 552, Name: "REPLICATOR"}, {V: 554, Name: "ALIAS_PREW2KCOMPACC"}, {V: 555, Name: "REMOTE_DESKTOP"}, {V: 556, Name: "NETWORK_CONFIGURATION_OPS"},
	{V: 557, Name: "INCOMING_FOREST_TRUST_BUILDERS"}, {V: 558, Name: "PERFMON_USERS"}, {V: 559, Name: "PERFLOG_USERS"},
	{V: 560, Name: "WINDOWS_AUTHORIZATION_ACCESS_GROUP"}, {V: 561, Name: "TERMINAL_SERVER_LICENSE_SERVERS"}, {V: 562, Name: "DISTRIBUTED_COM_USERS"},
	{V: 568, Name: "IIS_IUSRS"}, {V: 569, Name: "CRYPTOGRAPHIC_OPERATORS"}, {V: 573, Name: "EVENT_LOG_READERS"},
	{V: 574, Name: "CERTIFICATE_SERVICE_DCOM_ACCESS"}, {V: 575, Name: "RDS_REMOTE_ACCESS_SERVERS"}, {V: 576, Name: "RDS_ENDPOINT_SERVERS"},
	{V: 577, Name: "RDS_MANAGEMENT_SERVERS"}, {V: 578, Name: "HYPER_V_ADMINS"}, {V: 579, Name: "ACCESS_CONTROL_ASSISTANCE_OPS"},
	{V: 580, Name: "REMOTE_MANAGEMENT_USERS"},
}

// domainNames are those below S-1-5-21 and the three numbers of a domain.
var domainNames = Values{
	{V: 498, Name: "ENTERPRISE_READONLY_DOMAIN_CONTROLLERS"}, {V: 500, Name: "ADMINISTRATOR"}, {V: 501, Name: "GUEST"}, {V: 502, Name: "KRBTGT"},
	{V: 512, Name: "DOMAIN_ADMINS"}, {V: 513, Name: "DOMAIN_USERS"}, {V: 514, Name: "DOMAIN_GUESTS"}, {V: 515, Name: "DOMAIN_COMPUTERS"},
	{V: 516, Name: "DOMAIN_DOMAIN_CONTROLLERS"}, {V: 517, Name: "CERT_PUBLISHERS"}, {V: 518, Name: "SCHEMA_ADMINISTRATORS"},
	{V: 519, Name: "ENTERPRISE_ADMINS"}, {V: 520, Name: "GROUP_POLICY_CREATOR_OWNERS"}, {V: 521, Name: "READONLY_DOMAIN_CONTROLLERS"},
	{V: 522, Name: "CLONEABLE_CONTROLLERS"}, {V: 525, Name: "PROTECTED_USERS"}, {V: 526, Name: "KEY_ADMINS"}, {V: 527, Name: "ENTERPRISE_KEY_ADMINS"},
	{V: 553, Name: "RAS_SERVERS"}, {V: 571, Name: "ALLOWED_RODC_PASSWORD_REPLICATION_GROUP"}, {V: 572, Name: "DENIED_RODC_PASSWORD_REPLICATION_GROUP"},
}

// packageNames are those below S-1-5-64.
var packageNames = Values{{V: 10, Name: "NTLM_AUTHENTICATION"}, {V: 14, Name: "SCHANNEL_AUTHENTICATION"}, {V: 21, Name: "DIGEST_AUTHENTICATION"}}
