package ndr

import "smbdiff/dissect/field"

// userClasses is USER_INFORMATION_CLASS, [MS-SAMR] 2.2.6.28.
var userClasses = values(1, "UserGeneralInformation", "UserPreferencesInformation", "UserLogonInformation", "UserLogonHoursInformation",
	"UserAccountInformation", "UserNameInformation", "UserAccountNameInformation", "UserFullNameInformation", "UserPrimaryGroupInformation",
	"UserHomeInformation", "UserScriptInformation", "UserProfileInformation", "UserAdminCommentInformation", "UserWorkStationsInformation",
	"", "UserControlInformation", "UserExpiresInformation", "UserInternal1Information", "", "UserParametersInformation", "UserAllInformation",
	"", "UserInternal4Information", "UserInternal5Information", "UserInternal4InformationNew", "UserInternal5InformationNew",
	"", "", "", "", "UserInternal7Information", "UserInternal8Information")

// fieldsPresent is [MS-SAMR] 2.2.1.8.
var fieldsPresent = bits("samr.samr_FieldsPresent",
	"SAMR_FIELD_ACCOUNT_NAME=USER_ALL_USERNAME", "SAMR_FIELD_FULL_NAME=USER_ALL_FULLNAME", "SAMR_FIELD_RID=USER_ALL_USERID",
	"SAMR_FIELD_PRIMARY_GID=USER_ALL_PRIMARYGROUPID", "SAMR_FIELD_DESCRIPTION=USER_ALL_ADMINCOMMENT", "SAMR_FIELD_COMMENT=USER_ALL_USERCOMMENT",
	"SAMR_FIELD_HOME_DIRECTORY=USER_ALL_HOMEDIRECTORY", "SAMR_FIELD_HOME_DRIVE=USER_ALL_HOMEDIRECTORYDRIVE", "SAMR_FIELD_LOGON_SCRIPT=USER_ALL_SCRIPTPATH",
	"SAMR_FIELD_PROFILE_PATH=USER_ALL_PROFILEPATH", "SAMR_FIELD_WORKSTATIONS=USER_ALL_WORKSTATIONS", "SAMR_FIELD_LAST_LOGON=USER_ALL_LASTLOGON",
	"SAMR_FIELD_LAST_LOGOFF=USER_ALL_LASTLOGOFF", "SAMR_FIELD_LOGON_HOURS=USER_ALL_LOGONHOURS", "SAMR_FIELD_BAD_PWD_COUNT=USER_ALL_BADPASSWORDCOUNT",
	"SAMR_FIELD_NUM_LOGONS=USER_ALL_LOGONCOUNT", "SAMR_FIELD_ALLOW_PWD_CHANGE=USER_ALL_PASSWORDCANCHANGE",
	"SAMR_FIELD_FORCE_PWD_CHANGE=USER_ALL_PASSWORDMUSTCHANGE", "SAMR_FIELD_LAST_PWD_CHANGE=USER_ALL_PASSWORDLASTSET",
	"SAMR_FIELD_ACCT_EXPIRY=USER_ALL_ACCOUNTEXPIRES", "SAMR_FIELD_ACCT_FLAGS=USER_ALL_USERACCOUNTCONTROL", "SAMR_FIELD_PARAMETERS=USER_ALL_PARAMETERS",
	"SAMR_FIELD_COUNTRY_CODE=USER_ALL_COUNTRYCODE", "SAMR_FIELD_CODE_PAGE=USER_ALL_CODEPAGE", "SAMR_FIELD_NT_PASSWORD_PRESENT=USER_ALL_NTPASSWORDPRESENT",
	"SAMR_FIELD_LM_PASSWORD_PRESENT=USER_ALL_LMPASSWORDPRESENT", "SAMR_FIELD_PRIVATE_DATA=USER_ALL_PRIVATEDATA",
	"SAMR_FIELD_EXPIRED_FLAG=USER_ALL_PASSWORDEXPIRED", "SAMR_FIELD_SEC_DESC=USER_ALL_SECURITYDESCRIPTOR", "SAMR_FIELD_OWF_PWD=USER_ALL_OWFPASSWORD")

// The parts of which the structures of [MS-SAMR] 2.2.6 are made.
func userName21() member     { return ustr("account_name", "UserName") }
func fullName() member       { return ustr("full_name", "FullName") }
func adminComment() member   { return ustr("description", "AdminComment") }
func userComment() member    { return ustr("comment", "UserComment") }
func workStations() member   { return ustr("workstations", "WorkStations") }
func primaryGroup() member   { return num("primary_gid", "PrimaryGroupId") }
func accountControl() member { return flags("acct_flags", "UserAccountControl", u32, accountFlags) }
func lastLogon() member      { return date("last_logon", "LastLogon", old64) }
func lastLogoff() member     { return date("last_logoff", "LastLogoff", old64) }
func lastSet() member        { return date("last_password_change", "PasswordLastSet", old64) }
func canChange() member      { return date("allow_password_change", "PasswordCanChange", old64) }
func mustChange() member     { return date("force_password_change", "PasswordMustChange", old64) }
func expires() member        { return date("acct_expiry", "AccountExpires", old64) }
func badPasswords() member   { return of("bad_password_count", "BadPasswordCount", u16) }
func logons() member         { return of("logon_count", "LogonCount", u16) }
func hours() member          { return of("logon_hours", "LogonHours", logonHours) }
func expired() member        { return of("password_expired", "PasswordExpired", u8) }

func homes() []member {
	return []member{ustr("home_directory", "HomeDirectory"), ustr("home_drive", "HomeDirectoryDrive"),
		ustr("logon_script", "ScriptPath"), ustr("profile_path", "ProfilePath")}
}

// logonHours is [MS-SAMR] 2.2.6.5.
var logonHours = srec("LogonHours", of("units_per_week", "UnitsPerWeek", u16), ptr(of("bits", "LogonHours", vbytes)))

// userAll is SAMPR_USER_ALL_INFORMATION, [MS-SAMR] 2.2.6.6.
var userAll = srec("UserInfo21", join(
	[]member{lastLogon(), lastLogoff(), lastSet(), expires(), canChange(), mustChange(), userName21(), fullName()},
	homes(),
	[]member{adminComment(), workStations(), userComment(), ustr("parameters", "Parameters"), ustr("lm_password", "LmOwfPassword"),
		ustr("nt_password", "NtOwfPassword"), ustr("private", "PrivateData"), num("buf_count", "SecurityDescriptor.Length"),
		ptr(of("buffer", "SecurityDescriptor", bytes)), rid("UserId"), primaryGroup(), accountControl(),
		flags("fields_present", "WhichFields", u32, fieldsPresent), hours(), badPasswords(), logons(),
		of("country_code", "CountryCode", u16), of("code_page", "CodePage", u16), of("lm_password_set", "LmPasswordPresent", u8),
		of("nt_password_set", "NtPasswordPresent", u8), expired(), of("unknown4", "PrivateDataSensitive", u8)})...)

// userInfo is SAMPR_USER_INFO_BUFFER, [MS-SAMR] 2.2.6.29.
var userInfo = sunion("UserInfo",
	on(of("info1", "General", srec("UserInfo1", userName21(), fullName(), primaryGroup(), adminComment(), userComment())), 1),
	on(of("info2", "Preferences", srec("UserInfo2", userComment(), ustr("unknown", "Reserved1"),
		of("country_code", "CountryCode", u16), of("code_page", "CodePage", u16))), 2),
	on(of("info3", "Logon", srec("UserInfo3", join(
		[]member{userName21(), fullName(), rid("UserId"), primaryGroup()}, homes(),
		[]member{workStations(), lastLogon(), lastLogoff(), lastSet(), canChange(), mustChange(), hours(), badPasswords(), logons(), accountControl()})...)), 3),
	on(of("info4", "LogonHours", srec("UserInfo4", hours())), 4),
	on(of("info5", "Account", srec("UserInfo5", join(
		[]member{userName21(), fullName(), rid("UserId"), primaryGroup()}, homes(),
		[]member{adminComment(), workStations(), lastLogon(), lastLogoff(), hours(), badPasswords(), logons(), lastSet(), expires(), accountControl()})...)), 5),
	on(of("info6", "Name", srec("UserInfo6", userName21(), fullName())), 6),
	on(of("info7", "AccountName", srec("UserInfo7", userName21())), 7),
	on(of("info8", "FullName", srec("UserInfo8", fullName())), 8),
	on(of("info9", "PrimaryGroup", srec("UserInfo9", primaryGroup())), 9),
	on(of("info10", "Home", srec("UserInfo10", homes()[:2]...)), 10),
	on(of("info11", "Script", srec("UserInfo11", homes()[2])), 11),
	on(of("info12", "Profile", srec("UserInfo12", homes()[3])), 12),
	on(of("info13", "AdminComment", srec("UserInfo13", adminComment())), 13),
	on(of("info14", "WorkStations", srec("UserInfo14", workStations())), 14),
	on(of("info16", "Control", srec("UserInfo16", accountControl())), 16),
	on(of("info17", "Expires", srec("UserInfo17", expires())), 17),
	on(of("info18", "Internal1", srec("UserInfo18", owf("nt_pwd", "EncryptedNtOwfPassword"), owf("lm_pwd", "EncryptedLmOwfPassword"),
		of("nt_pwd_active", "NtPasswordPresent", u8), of("lm_pwd_active", "LmPasswordPresent", u8), expired())), 18),
	on(of("info20", "Parameters", srec("UserInfo20", ustr("parameters", "Parameters"))), 20),
	on(of("info21", "All", userAll), 21),
	on(of("info23", "Internal4", srec("UserInfo23", of("info", "I1", userAll), secret("password", 516))), 23),
	on(of("info24", "Internal5", srec("UserInfo24", secret("password", 516), expired())), 24),
	on(of("info25", "Internal4New", srec("UserInfo25", of("info", "I1", userAll), secret("password", 532))), 25),
	on(of("info26", "Internal5New", srec("UserInfo26", secret("password", 532), expired())), 26))

// owf is an encrypted hash, secret an encrypted password: bytes of constant
// size.
func owf(name, label string) member { return of(name, label, plain(16, 1)) }

func secret(name string, size int) member {
	return leaf(name, "UserPassword", field.Bytes, plain(size, 1))
}
