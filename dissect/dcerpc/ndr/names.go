package ndr

import "strings"

// OpName gives the name of an operation as the interface's specification
// has it, or "".
func OpName(iface Interface, opnum uint16) string {
	var names string
	switch iface {
	case Srvsvc:
		names = srvsvcOps
	case Wkssvc:
		names = wkssvcOps
	case Lsarpc:
		names = lsarpcOps
	case Samr:
		names = samrOps
	case Svcctl:
		names = svcctlOps
	case Winreg:
		names = winregOps
	case Dssetup:
		names = dssetupOps
	}
	for ; opnum > 0 && names != ""; opnum-- {
		_, names, _ = strings.Cut(names, " ")
	}
	name, _, _ := strings.Cut(names, " ")
	return strings.Trim(name, "-")
}

// The operations of each interface in the order of their numbers. Those that
// the specifications call not used on the wire have the names that they had
// before, or "-".
const (
	// [MS-SRVS] 3.1.4
	srvsvcOps = "NetrCharDevEnum NetrCharDevGetInfo NetrCharDevControl NetrCharDevQEnum " +
		"NetrCharDevQGetInfo NetrCharDevQSetInfo NetrCharDevQPurge NetrCharDevQPurgeSelf " +
		"NetrConnectionEnum NetrFileEnum NetrFileGetInfo NetrFileClose " +
		"NetrSessionEnum NetrSessionDel NetrShareAdd NetrShareEnum " +
		"NetrShareGetInfo NetrShareSetInfo NetrShareDel NetrShareDelSticky " +
		"NetrShareCheck NetrServerGetInfo NetrServerSetInfo NetrServerDiskEnum " +
		"NetrServerStatisticsGet NetrServerTransportAdd NetrServerTransportEnum NetrServerTransportDel " +
		"NetrRemoteTOD NetrServerSetServiceBits NetprPathType NetprPathCanonicalize " +
		"NetprPathCompare NetprNameValidate NetprNameCanonicalize NetprNameCompare " +
		"NetrShareEnumSticky NetrShareDelStart NetrShareDelCommit NetrpGetFileSecurity " +
		"NetrpSetFileSecurity NetrServerTransportAddEx NetrServerSetServiceBitsEx NetrDfsGetVersion " +
		"NetrDfsCreateLocalPartition NetrDfsDeleteLocalPartition NetrDfsSetLocalVolumeState NetrDfsSetServerInfo " +
		"NetrDfsCreateExitPoint NetrDfsDeleteExitPoint NetrDfsModifyPrefix NetrDfsFixLocalVolume " +
		"NetrDfsManagerReportSiteInfo NetrServerTransportDelEx NetrServerAliasAdd NetrServerAliasEnum " +
		"NetrServerAliasDel NetrShareDelEx"
	// [MS-WKST] 3.2.4
	wkssvcOps = "NetrWkstaGetInfo NetrWkstaSetInfo NetrWkstaUserEnum NetrWkstaUserGetInfo " +
		"NetrWkstaUserSetInfo NetrWkstaTransportEnum NetrWkstaTransportAdd NetrWkstaTransportDel " +
		"NetrUseAdd NetrUseGetInfo NetrUseDel NetrUseEnum " +
		"NetrMessageBufferSend NetrWorkstationStatisticsGet NetrLogonDomainNameAdd NetrLogonDomainNameDel " +
		"NetrJoinDomain NetrUnjoinDomain NetrRenameMachineInDomain NetrValidateName " +
		"NetrGetJoinInformation NetrGetJoinableOUs NetrJoinDomain2 NetrUnjoinDomain2 " +
		"NetrRenameMachineInDomain2 NetrValidateName2 NetrGetJoinableOUs2 NetrAddAlternateComputerName " +
		"NetrRemoveAlternateComputerName NetrSetPrimaryComputerName NetrEnumerateComputerNames"
	// [MS-LSAD] 3.1.4, [MS-LSAT] 3.1.4
	lsarpcOps = "LsarClose LsarDelete LsarEnumeratePrivileges LsarQuerySecurityObject " +
		"LsarSetSecurityObject LsarChangePassword LsarOpenPolicy LsarQueryInformationPolicy " +
		"LsarSetInformationPolicy LsarClearAuditLog LsarCreateAccount LsarEnumerateAccounts " +
		"LsarCreateTrustedDomain LsarEnumerateTrustedDomains LsarLookupNames LsarLookupSids " +
		"LsarCreateSecret LsarOpenAccount LsarEnumeratePrivilegesAccount LsarAddPrivilegesToAccount " +
		"LsarRemovePrivilegesFromAccount LsarGetQuotasForAccount LsarSetQuotasForAccount LsarGetSystemAccessAccount " +
		"LsarSetSystemAccessAccount LsarOpenTrustedDomain LsarQueryInfoTrustedDomain LsarSetInformationTrustedDomain " +
		"LsarOpenSecret LsarSetSecret LsarQuerySecret LsarLookupPrivilegeValue " +
		"LsarLookupPrivilegeName LsarLookupPrivilegeDisplayName LsarDeleteObject LsarEnumerateAccountsWithUserRight " +
		"LsarEnumerateAccountRights LsarAddAccountRights LsarRemoveAccountRights LsarQueryTrustedDomainInfo " +
		"LsarSetTrustedDomainInfo LsarDeleteTrustedDomain LsarStorePrivateData LsarRetrievePrivateData " +
		"LsarOpenPolicy2 LsarGetUserName LsarQueryInformationPolicy2 LsarSetInformationPolicy2 " +
		"LsarQueryTrustedDomainInfoByName LsarSetTrustedDomainInfoByName LsarEnumerateTrustedDomainsEx LsarCreateTrustedDomainEx " +
		"LsarCloseTrustedDomainEx LsarQueryDomainInformationPolicy LsarSetDomainInformationPolicy LsarOpenTrustedDomainByName " +
		"- LsarLookupSids2 LsarLookupNames2 LsarCreateTrustedDomainEx2 " +
		"CredrWrite CredrRead CredrEnumerate CredrWriteDomainCredentials " +
		"CredrReadDomainCredentials CredrDelete CredrGetTargetInfo CredrProfileLoaded " +
		"LsarLookupNames3 CredrGetSessionTypes LsarRegisterAuditEvent LsarGenAuditEvent LsarUnregisterAuditEvent " +
		"LsarQueryForestTrustInformation LsarSetForestTrustInformation CredrRename LsarLookupSids3 LsarLookupNames4"
	// [MS-SAMR] 3.1.5
	samrOps = "SamrConnect SamrCloseHandle SamrSetSecurityObject SamrQuerySecurityObject " +
		"SamrShutdownSamServer SamrLookupDomainInSamServer SamrEnumerateDomainsInSamServer SamrOpenDomain " +
		"SamrQueryInformationDomain SamrSetInformationDomain SamrCreateGroupInDomain SamrEnumerateGroupsInDomain " +
		"SamrCreateUserInDomain SamrEnumerateUsersInDomain SamrCreateAliasInDomain SamrEnumerateAliasesInDomain " +
		"SamrGetAliasMembership SamrLookupNamesInDomain SamrLookupIdsInDomain SamrOpenGroup " +
		"SamrQueryInformationGroup SamrSetInformationGroup SamrAddMemberToGroup SamrDeleteGroup " +
		"SamrRemoveMemberFromGroup SamrGetMembersInGroup SamrSetMemberAttributesOfGroup SamrOpenAlias " +
		"SamrQueryInformationAlias SamrSetInformationAlias SamrDeleteAlias SamrAddMemberToAlias " +
		"SamrRemoveMemberFromAlias SamrGetMembersInAlias SamrOpenUser SamrDeleteUser " +
		"SamrQueryInformationUser SamrSetInformationUser SamrChangePasswordUser SamrGetGroupsForUser " +
		"SamrQueryDisplayInformation SamrGetDisplayEnumerationIndex SamrTestPrivateFunctionsDomain SamrTestPrivateFunctionsUser " +
		"SamrGetUserDomainPasswordInformation SamrRemoveMemberFromForeignDomain SamrQueryInformationDomain2 SamrQueryInformationUser2 " +
		"SamrQueryDisplayInformation2 SamrGetDisplayEnumerationIndex2 SamrCreateUser2InDomain SamrQueryDisplayInformation3 " +
		"SamrAddMultipleMembersToAlias SamrRemoveMultipleMembersFromAlias SamrOemChangePasswordUser2 SamrUnicodeChangePasswordUser2 " +
		"SamrGetDomainPasswordInformation SamrConnect2 SamrSetInformationUser2 SamrSetBootKeyInformation SamrGetBootKeyInformation " +
		"SamrConnect3 SamrConnect4 SamrUnicodeChangePasswordUser3 SamrConnect5 SamrRidToSid SamrSetDSRMPassword SamrValidatePassword"
	// [MS-SCMR] 3.1.4
	svcctlOps = "RCloseServiceHandle RControlService RDeleteService RLockServiceDatabase " +
		"RQueryServiceObjectSecurity RSetServiceObjectSecurity RQueryServiceStatus RSetServiceStatus " +
		"RUnlockServiceDatabase RNotifyBootConfigStatus - RChangeServiceConfigW " +
		"RCreateServiceW REnumDependentServicesW REnumServicesStatusW ROpenSCManagerW " +
		"ROpenServiceW RQueryServiceConfigW RQueryServiceLockStatusW RStartServiceW " +
		"RGetServiceDisplayNameW RGetServiceKeyNameW - RChangeServiceConfigA " +
		"RCreateServiceA REnumDependentServicesA REnumServicesStatusA ROpenSCManagerA " +
		"ROpenServiceA RQueryServiceConfigA RQueryServiceLockStatusA RStartServiceA " +
		"RGetServiceDisplayNameA RGetServiceKeyNameA - REnumServiceGroupW " +
		"RChangeServiceConfig2A RChangeServiceConfig2W RQueryServiceConfig2A RQueryServiceConfig2W " +
		"RQueryServiceStatusEx REnumServicesStatusExA REnumServicesStatusExW - " +
		"RCreateServiceWOW64A RCreateServiceWOW64W - RNotifyServiceStatusChange " +
		"RGetNotifyResults RCloseNotifyHandle RControlServiceExA RControlServiceExW " +
		"- - - - RQueryServiceConfigEx - - - RCreateWowService - - - ROpenSCManager2"
	// [MS-RRP] 3.1.5
	winregOps = "OpenClassesRoot OpenCurrentUser OpenLocalMachine OpenPerformanceData " +
		"OpenUsers BaseRegCloseKey BaseRegCreateKey BaseRegDeleteKey " +
		"BaseRegDeleteValue BaseRegEnumKey BaseRegEnumValue BaseRegFlushKey " +
		"BaseRegGetKeySecurity BaseRegLoadKey - BaseRegOpenKey " +
		"BaseRegQueryInfoKey BaseRegQueryValue BaseRegReplaceKey BaseRegRestoreKey " +
		"BaseRegSaveKey BaseRegSetKeySecurity BaseRegSetValue BaseRegUnLoadKey " +
		"- - BaseRegGetVersion OpenCurrentConfig - BaseRegQueryMultipleValues - BaseRegSaveKeyEx " +
		"OpenPerformanceText OpenPerformanceNlsText BaseRegQueryMultipleValues2 BaseRegDeleteKeyEx"
	// [MS-DSSP] 3.2.5
	dssetupOps = "DsRolerGetPrimaryDomainInformation"
)
