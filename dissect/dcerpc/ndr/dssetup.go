package ndr

import (
	"sync"

	"smbdiff/dissect/field"
)

// dssetupCalls are the operations of [MS-DSSP] 3.2.5.
var dssetupCalls = sync.OnceValue(func() []*op {
	return []*op{
		0: call("dssetup.dssetup_DsRoleGetPrimaryDomainInformation", werror("dssetup.werror"),
			[]member{enum("level", "InfoLevel", enum16, values(1, "DsRolePrimaryDomainInfoBasic", "DsRoleUpgradeStatus", "DsRoleOperationState"))},
			[]member{ptr(of("info", "DomainInfo", roleInfo))}),
	}
})

func drec(name string, ms ...member) *typ { return structOf("dssetup.dssetup_"+name, ms...) }

// roleInfo is DSROLER_PRIMARY_DOMAIN_INFORMATION, [MS-DSSP] 2.2.
var roleInfo = unionOf("dssetup.dssetup_DsRoleInfo", enum16,
	on(of("basic", "DomainInfoBasic", drec("DsRolePrimaryDomInfoBasic",
		enum("role", "MachineRole", enum16, values(0, "DsRole_RoleStandaloneWorkstation", "DsRole_RoleMemberWorkstation", "DsRole_RoleStandaloneServer",
			"DsRole_RoleMemberServer", "DsRole_RoleBackupDomainController", "DsRole_RolePrimaryDomainController")),
		flags("flags", "Flags", u32, roleFlags), optStr("domain", "DomainNameFlat"), optStr("dns_domain", "DomainNameDns"),
		optStr("forest", "DomainForestName"), leaf("domain_guid", "DomainGuid", field.GUID, guid))), 1),
	on(of("upgrade", "UpgradStatusInfo", drec("DsRoleUpgradeStatus", hex("upgrading", "OperationState"),
		enum("previous_role", "PreviousServerState", enum16, values(0, "DsRoleServerUnknown", "DsRoleServerPrimary", "DsRoleServerBackup")))), 2),
	on(of("opstatus", "OperationStateInfo", drec("DsRoleOpStatus",
		enum("status", "OperationState", enum16, values(0, "DsRoleOperationIdle", "DsRoleOperationActive", "DsRoleOperationNeedReboot")))), 3))

var roleFlags = []field.Bit{
	{Name: "dssetup.dssetup_DsRoleFlags.DS_ROLE_PRIMARY_DS_RUNNING", Label: "DSROLE_PRIMARY_DS_RUNNING", Mask: 0x1},
	{Name: "dssetup.dssetup_DsRoleFlags.DS_ROLE_PRIMARY_DS_MIXED_MODE", Label: "DSROLE_PRIMARY_DS_MIXED_MODE", Mask: 0x2},
	{Name: "dssetup.dssetup_DsRoleFlags.DS_ROLE_UPGRADE_IN_PROGRESS", Label: "DSROLE_UPGRADE_IN_PROGRESS", Mask: 0x4},
	{Name: "dssetup.dssetup_DsRoleFlags.DS_ROLE_PRIMARY_DOMAIN_GUID_PRESENT", Label: "DSROLE_PRIMARY_DOMAIN_GUID_PRESENT", Mask: 0x1000000},
}
