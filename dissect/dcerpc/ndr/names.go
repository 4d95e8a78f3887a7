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
	}
	for ; opnum > 0 && names != ""; opnum-- {
		_, names, _ = strings.Cut(names, " ")
	}
	name, _, _ := strings.Cut(names, " ")
	if name == "-" {
		return ""
	}
	return name
}

// The operations of each interface in the order of their numbers; "-" are
// those that are not used on the wire.
const (
	// [MS-SRVS] 3.1.4
	srvsvcOps = "- - - - - - - - " +
		"NetrConnectionEnum NetrFileEnum NetrFileGetInfo NetrFileClose " +
		"NetrSessionEnum NetrSessionDel NetrShareAdd NetrShareEnum " +
		"NetrShareGetInfo NetrShareSetInfo NetrShareDel NetrShareDelSticky " +
		"NetrShareCheck NetrServerGetInfo NetrServerSetInfo NetrServerDiskEnum " +
		"NetrServerStatisticsGet NetrServerTransportAdd NetrServerTransportEnum NetrServerTransportDel " +
		"NetrRemoteTOD - NetprPathType NetprPathCanonicalize " +
		"NetprPathCompare NetprNameValidate NetprNameCanonicalize NetprNameCompare " +
		"NetrShareEnumSticky NetrShareDelStart NetrShareDelCommit NetrpGetFileSecurity " +
		"NetrpSetFileSecurity NetrServerTransportAddEx - NetrDfsGetVersion " +
		"NetrDfsCreateLocalPartition NetrDfsDeleteLocalPartition NetrDfsSetLocalVolumeState - " +
		"NetrDfsCreateExitPoint NetrDfsDeleteExitPoint NetrDfsModifyPrefix NetrDfsFixLocalVolume " +
		"NetrDfsManagerReportSiteInfo NetrServerTransportDelEx NetrServerAliasAdd NetrServerAliasEnum " +
		"NetrServerAliasDel NetrShareDelEx"
	// [MS-WKST] 3.2.4
	wkssvcOps = "NetrWkstaGetInfo NetrWkstaSetInfo NetrWkstaUserEnum - " +
		"- NetrWkstaTransportEnum NetrWkstaTransportAdd NetrWkstaTransportDel " +
		"NetrUseAdd NetrUseGetInfo NetrUseDel NetrUseEnum " +
		"- NetrWorkstationStatisticsGet - - " +
		"- - - - " +
		"NetrGetJoinInformation - NetrJoinDomain2 NetrUnjoinDomain2 " +
		"NetrRenameMachineInDomain2 NetrValidateName2 NetrGetJoinableOUs2 NetrAddAlternateComputerName " +
		"NetrRemoveAlternateComputerName NetrSetPrimaryComputerName NetrEnumerateComputerNames"
	// [MS-LSAD] 3.1.4, [MS-LSAT] 3.1.4
	lsarpcOps = "LsarClose - LsarEnumeratePrivileges LsarQuerySecurityObject " +
		"LsarSetSecurityObject - LsarOpenPolicy LsarQueryInformationPolicy " +
		"LsarSetInformationPolicy - LsarCreateAccount LsarEnumerateAccounts " +
		"LsarCreateTrustedDomain LsarEnumerateTrustedDomains LsarLookupNames LsarLookupSids " +
		"LsarCreateSecret LsarOpenAccount LsarEnumeratePrivilegesAccount LsarAddPrivilegesToAccount " +
		"LsarRemovePrivilegesFromAccount - - LsarGetSystemAccessAccount " +
		"LsarSetSystemAccessAccount LsarOpenTrustedDomain LsarQueryInfoTrustedDomain LsarSetInformationTrustedDomain " +
		"LsarOpenSecret LsarSetSecret LsarQuerySecret LsarLookupPrivilegeValue " +
		"LsarLookupPrivilegeName LsarLookupPrivilegeDisplayName LsarDeleteObject LsarEnumerateAccountsWithUserRight " +
		"LsarEnumerateAccountRights LsarAddAccountRights LsarRemoveAccountRights LsarQueryTrustedDomainInfo " +
		"LsarSetTrustedDomainInfo LsarDeleteTrustedDomain LsarStorePrivateData LsarRetrievePrivateData " +
		"LsarOpenPolicy2 LsarGetUserName LsarQueryInformationPolicy2 LsarSetInformationPolicy2 " +
		"LsarQueryTrustedDomainInfoByName LsarSetTrustedDomainInfoByName LsarEnumerateTrustedDomainsEx LsarCreateTrustedDomainEx " +
		"- LsarQueryDomainInformationPolicy LsarSetDomainInformationPolicy LsarOpenTrustedDomainByName " +
		"- LsarLookupSids2 LsarLookupNames2 LsarCreateTrustedDomainEx2 " +
		"- - - - - - - - LsarLookupNames3 - - - - " +
		"LsarQueryForestTrustInformation LsarSetForestTrustInformation - LsarLookupSids3 LsarLookupNames4"
	// [MS-SAMR] 3.1.5
	samrOps = "SamrConnect SamrCloseHandle SamrSetSecurityObject SamrQuerySecurityObject " +
		"- SamrLookupDomainInSamServer SamrEnumerateDomainsInSamServer SamrOpenDomain " +
		"SamrQueryInformationDomain SamrSetInformationDomain SamrCreateGroupInDomain SamrEnumerateGroupsInDomain " +
		"SamrCreateUserInDomain SamrEnumerateUsersInDomain SamrCreateAliasInDomain SamrEnumerateAliasesInDomain " +
		"SamrGetAliasMembership SamrLookupNamesInDomain SamrLookupIdsInDomain SamrOpenGroup " +
		"SamrQueryInformationGroup SamrSetInformationGroup SamrAddMemberToGroup SamrDeleteGroup " +
		"SamrRemoveMemberFromGroup SamrGetMembersInGroup SamrSetMemberAttributesOfGroup SamrOpenAlias " +
		"SamrQueryInformationAlias SamrSetInformationAlias SamrDeleteAlias SamrAddMemberToAlias " +
		"SamrRemoveMemberFromAlias SamrGetMembersInAlias SamrOpenUser SamrDeleteUser " +
		"SamrQueryInformationUser SamrSetInformationUser SamrChangePasswordUser SamrGetGroupsForUser " +
		"SamrQueryDisplayInformation SamrGetDisplayEnumerationIndex - - " +
		"SamrGetUserDomainPasswordInformation SamrRemoveMemberFromForeignDomain SamrQueryInformationDomain2 SamrQueryInformationUser2 " +
		"SamrQueryDisplayInformation2 SamrGetDisplayEnumerationIndex2 SamrCreateUser2InDomain SamrQueryDisplayInformation3 " +
		"SamrAddMultipleMembersToAlias SamrRemoveMultipleMembersFromAlias SamrOemChangePasswordUser2 SamrUnicodeChangePasswordUser2 " +
		"SamrGetDomainPasswordInformation SamrConnect2 SamrSetInformationUser2 - - " +
		"- SamrConnect4 - SamrConnect5 SamrRidToSid SamrSetDSRMPassword SamrValidatePassword"
)
