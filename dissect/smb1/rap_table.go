package smb1

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"smbdiff/dissect/dcerpc/ndr"
	"smbdiff/dissect/field"
)

// rapCall is a function of the Remote Administration Protocol, [MS-RAP] 2.5.
type rapCall struct {
	name  string
	ask   []rapItem         // what the parameters of the request hold, in their order
	count *field.Def        // what a request says of the size of its answer's whole
	data  map[int][]rapItem // what an entry holds, by information level
}

// rapItem is a field of a parameter block or of an entry. The letter is that of
// the descriptor: another letter in the message means another field.
type rapItem struct {
	letter byte
	def    *field.Def
}

// rapTable describes the functions: number and name; the items of the request;
// the name of the answer's count; then, by level, the items of an entry. An item
// is the letter of its descriptor (C for a single byte), =, its Wireshark name without "lanman." or
// nothing, /, its name in [MS-RAP].
const rapTable = `
0 NetShareEnum
? W=level/InfoLevel
! available_count/TotalAvailable
0 B=share.name/NetworkName
1 B=share.name/NetworkName C=/Pad1 W=share.type/Type z=share.comment/Remark
2 B=share.name/NetworkName C=/Pad1 W=share.type/Type z=share.comment/Remark W=share.permissions/Permissions W=share.max_uses/MaxUses W=share.current_uses/CurrentUses z=share.path/PathName B=share.password/Password C=/Pad2
1 NetShareGetInfo
? z=share.name/ShareName W=level/InfoLevel
! available_bytes/TotalBytesAvailable
@ 0
3 NetShareAdd
? W=/InfoLevel
@ 0
4 NetShareDel
? z=/ShareName W=/Reserved
6 NetSessionEnum
? W=/InfoLevel
! /TotalAvailable
2 z=/ComputerName z=/UserName W=/NumConnections W=/NumOpens W=/NumUsers D=/SessionTime D=/IdleTime D=/UserFlags z=/ClientType
7 NetSessionGetInfo
? z=/ComputerName W=/InfoLevel
! /TotalBytesAvailable
@ 6
8 NetSessionDel
? z=/ComputerName W=/Reserved
12 NetFileClose
? W=/FileId
13 NetServerGetInfo
? W=level/InfoLevel
! available_bytes/TotalBytesAvailable
0 B=server.name/Name
1 B=server.name/Name C=server.major/VersionMajor C=server.minor/VersionMinor D=server_type/ServerType z=server.comment/ServerComment
48 NetGroupAdd
? W=/InfoLevel
1 B=/GroupName C=/Pad1 z=/Comment
49 NetGroupDel
? z=/GroupName
50 NetGroupAddUser
? z=/GroupName z=/UserName
51 NetGroupDelUser
? z=/GroupName z=/UserName
47 NetGroupEnum
? W=/InfoLevel
! /TotalAvailable
0 B=/GroupName
1 B=/GroupName C=/Pad1 z=/Comment
52 NetGroupGetUsers
? z=/GroupName W=/InfoLevel
! /TotalAvailable
0 B=/UserName
53 NetUserEnum
? W=/InfoLevel
! /TotalAvailable
0 B=/UserName
55 NetUserDel
? z=/UserName
56 NetUserGetInfo
? z=user_name/UserName W=level/InfoLevel
! available_bytes/TotalBytesAvailable
0 B=user_name/Name
1 B=user_name/Name C=/Pad1 B=password/Password D=password_age/PasswordAge W=privilege_level/Priv z=homedir/HomeDir z=comment/Comment W=/Flags z=script_path/ScriptPath
10 B=user_name/Name C=/Pad1 z=comment/Comment z=user_comment/UserComment z=full_name/FullName
11 B=user_name/Name C=/Pad1 z=comment/Comment z=user_comment/UserComment z=full_name/FullName W=privilege_level/Priv D=operator_privileges/AuthFlags D=password_age/PasswordAge z=homedir/HomeDir z=parameters/Params D=last_logon/LastLogon D=last_logoff/LastLogoff W=bad_pw_count/BadPWCount W=num_logons/NumLogons z=logon_server/LogonServer W=country_code/CountryCode z=workstations/Workstations D=max_storage/MaxStorage W=units_per_week/UnitsPerWeek B=logon_hours/LogonHours W=code_page/CodePage
59 NetUserGetGroups
? z=user_name/UserName W=level/InfoLevel
! available_bytes/TotalAvailable
0 B=group_name/GroupName
63 NetWkstaGetInfo
? W=level/InfoLevel
! available_bytes/TotalBytesAvailable
10 z=computer_name/ComputerName z=user_name/UserName z=workstation_domain/LanGroup C=workstation_major/VerMajor C=workstation_minor/VerMinor z=logon_domain/LogonDomain z=other_domains/OtherDomains
69 NetPrintQEnum
? W=/InfoLevel
! /TotalAvailable
0 B=/PrintQueueName
1 B=/PrintQueueName C=/Pad1 W=/Priority W=/StartTime W=/UntilTime z=/SeparatorFileName z=/PrintProcessor z=/PrintDestinations z=/PrintParameters z=/Comment W=/PrintQueueStatus W=/PrintJobCount
2 B=/PrintQueueName C=/Pad1 W=/Priority W=/StartTime W=/UntilTime z=/SeparatorFileName z=/PrintProcessor z=/PrintDestinations z=/PrintParameters z=/Comment W=/PrintQueueStatus
3 z=/PrintQueueName W=/Priority W=/StartTime W=/UntilTime W=/Pad z=/SeparatorFileName z=/PrintProcessor z=/PrintParameters z=/Comment W=/PrintQueueStatus W=/PrintJobCount z=/Printers z=/DriverName
4 z=/PrintQueueName W=/Priority W=/StartTime W=/UntilTime W=/Pad z=/SeparatorFileName z=/PrintProcessor z=/PrintParameters z=/Comment W=/PrintQueueStatus
5 z=/PrintQueueName
70 NetPrintQGetInfo
? z=/PrintQueueName W=/InfoLevel
! /TotalBytesAvailable
@ 69
73 WPrintQDel
? z=/PrintQueueName
74 WPrintQPause
? z=/PrintQueueName
75 WPrintQContinue
? z=/PrintQueueName
76 NetPrintJobEnum
? z=/PrintQueueName W=/InfoLevel
! /TotalAvailable
0 W=/JobID
1 W=/JobID B=/UserName C=/Pad B=/NotifyName B=/DataType z=/PrintParameterString W=/JobPosition W=/JobStatus z=/JobStatusString D=/TimeSubmitted D=/JobSize z=/JobComment
2 W=/JobID W=/Priority z=/UserName W=/JobPosition W=/JobStatus D=/TimeSubmitted D=/JobSize z=/JobComment z=/DocumentName
77 NetPrintJobGetInfo
? W=/JobID W=/InfoLevel
! /TotalBytesAvailable
@ 76
81 NetPrintJobDel
? W=/JobID
82 NetPrintJobPause
? W=/JobID
83 NetPrintJobContinue
? W=/JobID
84 WPrintDestEnum
? W=/InfoLevel
! /TotalAvailable
85 WPrintDestGetInfo
? z=/PrintDestinationName W=/InfoLevel
! /TotalBytesAvailable
91 NetRemoteTOD
0 D=current_time/TimeOfDay D=msecs/Milliseconds C=hour/Hour C=minute/Minute C=second/Second C=hundredths/Hundredths W=tzoffset/TimeZone W=timeinterval/ClockFrequency C=day/Day C=month/Month W=year/Year C=weekday/Weekday
103 WPrintQPurge
? z=/PrintQueueName
104 NetServerEnum2
? W=level/InfoLevel D=server_type/ServerType z=enumeration_domain/Domain
! available_count/EntriesAvailable
@ 13
112 NetFileEnum2
? z=/BasePath z=/UserName W=/InfoLevel b=/ResumeKey
! /TotalAvailable
2 D=/FileId
3 D=/FileId W=/Permissions W=/NumLocks z=/PathName z=/UserName
113 NetUserAdd2
? W=/InfoLevel W=/DataEncryption W=/PasswordLength
@ 56
115 NetUserPasswordSet2
? z=/UserName b=/OldPassword b=/NewPassword W=/EncryptedPassword W=/RealPasswordLength
124 NetFileGetInfo2
? D=/FileId W=/InfoLevel
! /TotalBytesAvailable
@ 112
125 NetFileClose2
? D=/FileId
132 NetWkstaUserLogon
? W=level/InfoLevel B=user_name/Name C=/Pad1 B=password/Password C=/Pad2 B=workstation_name/Workstation W=ustruct_size/Length
! available_bytes/TotalBytesAvailable
1 W=logon_code/Code B=user_name/Name C=/Pad1 W=privilege_level/Priv D=operator_privileges/AuthFlags W=num_logons/NumLogons W=bad_pw_count/BadPWCount D=last_logon/LastLogon D=last_logoff/LastLogoff D=logoff_time/LogoffTime D=kickoff_time/KickoffTime D=password_age/PasswordAge D=password_can_change/PWCanChange D=password_must_change/PWMustChange z=computer_name/Computer z=logon_domain/Domain z=script_path/ScriptPath D=reserved/Reserved1
133 NetWkstaUserLogoff
? z=/Reserved1 z=/Reserved2 W=/InfoLevel b=/Data W=/Length
! available_bytes/TotalBytesAvailable
1 W=logoff_code/Code D=duration/Duration W=num_logons/NumLogons
147 NetPrintJobSetInfo
? W=/JobID W=/InfoLevel W=/ParamNum
@ 76
214 SamOEMChangePassword
? z=user_name/UserName
0 B=new_password/EncryptedPassword B=old_password/EncryptedOldHash
215 NetServerEnum3
? W=level/InfoLevel D=server_type/ServerType z=enumeration_domain/Domain z=last_entry/FirstNameToReturn
! available_count/EntriesAvailable
@ 13
`

// rapCalls are the functions by number.
var rapCalls = sync.OnceValue(readRapTable)

func readRapTable() map[uint16]*rapCall {
	calls := map[uint16]*rapCall{}
	var call *rapCall
	for _, line := range strings.Split(strings.TrimSpace(rapTable), "\n") {
		head, rest, _ := strings.Cut(line, " ")
		level, err := strconv.Atoi(head)
		switch {
		case head == "?":
			call.ask = rapItems(rest)
		case head == "!":
			call.count = rapItems("W=" + rest)[0].def
		case head == "@":
			other, _ := strconv.Atoi(rest)
			call.data = calls[uint16(other)].data
		case err == nil && !strings.Contains(rest, "="):
			call = &rapCall{name: rest, data: map[int][]rapItem{}}
			calls[uint16(level)] = call
		default:
			call.data[level] = rapItems(rest)
		}
	}
	return calls
}

// rapGeneric are the names of fields without one of their own.
var rapGeneric = map[byte]string{'W': "word_param", 'D': "doubleword_param", 'B': "bytes_param", 'b': "bytes_param", 'C': "byte_param", 'z': "string_param"}

func rapItems(text string) (items []rapItem) {
	for _, s := range strings.Fields(text) {
		name, label, _ := strings.Cut(s[2:], "/")
		if name == "" {
			items = append(items, rapItem{s[0], rapDef("smb_pipe."+rapGeneric[s[0]], label, s[0])})
			continue
		}
		items = append(items, rapItem{s[0], rapDef("lanman."+name, label, s[0])})
	}
	return items
}

// rapDef makes the definition of an item.
func rapDef(name, label string, letter byte) *field.Def {
	d := &field.Def{Name: name, Label: label, Kind: field.Uint}
	if letter == 'z' || letter == 'B' {
		d.Kind = field.Text
	}
	switch name {
	case "lanman.server_type":
		d.Name, d.Kind, d.Bits = "browser.server_type", field.Flags, ndr.ServerTypes()
	case "lanman.share.type":
		d.Kind, d.Values = field.Enum, field.Values{{V: 0, Name: "disk"}, {V: 1, Name: "print queue"}, {V: 2, Name: "communications device"}, {V: 3, Name: "IPC"}}
	case "lanman.current_time", "lanman.last_logon", "lanman.last_logoff", "lanman.logoff_time", "lanman.kickoff_time",
		"lanman.password_can_change", "lanman.password_must_change":
		d.Kind = field.UnixTime
	case "lanman.logon_hours", "lanman.new_password", "lanman.old_password", "smb_pipe.bytes_param":
		d.Kind = field.Bytes
		if letter == 'B' && strings.HasSuffix(label, "Name") {
			d.Kind = field.Text
		}
	}
	return d
}

// defs appends the definitions of a call.
func (r *rapCall) defs(all []*field.Def) []*field.Def {
	add := func(items []rapItem) {
		for _, i := range items {
			all = append(all, i.def)
		}
	}
	add(r.ask)
	if r.count != nil {
		all = append(all, r.count)
	}
	levels := make([]int, 0, len(r.data))
	for l := range r.data {
		levels = append(levels, l)
	}
	slices.Sort(levels)
	for _, l := range levels {
		add(r.data[l])
	}
	return all
}
