package ndr

import (
	"sync"

	"smbdiff/dissect/field"
)

var winregResult = werror("winreg.werror")

// reg is an operation on a key.
func reg(name string, in, out []member) *op {
	return call("winreg.winreg_"+name, winregResult, append([]member{regKey()}, in...), out)
}

func openRoot(name string) *op {
	return call("winreg.winreg_"+name, winregResult, []member{ptr(of("winreg.system_name", "ServerName", u16)), keyAccess()}, []member{regKey()})
}

func regKey() member    { return handle("winreg.handle", "hKey") }
func keyAccess() member { return access("winreg.access_mask", "samDesired", keyRights) }

// rstr is an RRP_UNICODE_STRING, [MS-RRP] 2.2.
func rstr(name, label string) member { return of(name, label, regString) }

var (
	regString = countedOf(stringDefs{
		&field.Def{Name: "winreg.winreg_String.name_len", Label: "Length", Kind: field.Uint},
		&field.Def{Name: "winreg.winreg_String.name_size", Label: "MaximumLength", Kind: field.Uint}, nil})
	regStringBuf = countedOf(stringDefs{
		&field.Def{Name: "winreg.winreg_StringBuf.length", Label: "Length", Kind: field.Uint},
		&field.Def{Name: "winreg.winreg_StringBuf.size", Label: "MaximumLength", Kind: field.Uint}, nil})
	regNameBuf = countedOf(stringDefs{
		&field.Def{Name: "winreg.winreg_ValNameBuf.length", Label: "Length", Kind: field.Uint},
		&field.Def{Name: "winreg.winreg_ValNameBuf.size", Label: "MaximumLength", Kind: field.Uint}, nil})
)

// winregCalls are the operations of [MS-RRP] 3.1.5 that clients use most.
var winregCalls = sync.OnceValue(func() []*op {
	return []*op{
		0: openRoot("OpenHKCR"),
		1: openRoot("OpenHKCU"),
		2: openRoot("OpenHKLM"),
		3: openRoot("OpenHKPD"),
		4: openRoot("OpenHKU"),
		5: reg("CloseKey", nil, []member{regKey()}),
		6: reg("CreateKey",
			[]member{rstr("name", "lpSubKey"), rstr("keyclass", "lpClass"), keyOptions(), keyAccess(), keySecurity("secdesc"), disposition()},
			[]member{handle("new_handle", "phkResult"), disposition()}),
		7: reg("DeleteKey", []member{rstr("key", "lpSubKey")}, nil),
		8: reg("DeleteValue", []member{rstr("value", "lpValueName")}, nil),
		9: reg("EnumKey", append([]member{num("enum_index", "dwIndex")}, enumKey("In")...), enumKey("Out")),
		10: reg("EnumValue",
			append([]member{num("enum_index", "dwIndex"), of("name", "lpValueNameIn", regNameBuf)}, regValue("value", "size", "length")...),
			append([]member{of("name", "lpValueNameOut", regNameBuf)}, regValue("value", "size", "length")...)),
		11: reg("FlushKey", nil, nil),
		12: reg("GetKeySecurity", []member{secInfo("SecurityInformation"), of("winreg.sd", "pRpcSecurityDescriptorIn", keyDescriptor)},
			[]member{of("winreg.sd", "pRpcSecurityDescriptorOut", keyDescriptor)}),
		13: reg("LoadKey", []member{rstr("keyname", "lpSubKey"), rstr("filename", "lpFile")}, nil),
		15: call("winreg.winreg_OpenKey", winregResult, []member{handle("parent_handle", "hKey"), rstr("keyname", "lpSubKey"), keyOptions(), keyAccess()}, []member{regKey()}),
		16: reg("QueryInfoKey", []member{rstr("classname", "lpClassIn")},
			append(append([]member{rstr("classname", "lpClassOut")}, nums("lpc", "num_subkeys=SubKeys max_subkeylen=bMaxSubKeyLen max_classlen=bMaxClassLen num_values=Values "+
				"max_valnamelen=bMaxValueNameLen max_valbufsize=bMaxValueLen secdescsize=bSecurityDescriptor")...), date("last_changed_time", "lpftLastWriteTime", old64))),
		17: reg("QueryValue", append([]member{rstr("value_name", "lpValueName")}, regValue("data", "data_size", "data_length")...), regValue("data", "data_size", "data_length")),
		20: reg("SaveKey", []member{rstr("filename", "lpFile"), keySecurity("sec_attrib")}, nil),
		21: reg("SetKeySecurity", []member{secInfo("SecurityInformation"), of("winreg.sd", "pRpcSecurityDescriptor", keyDescriptor)}, nil),
		22: reg("SetValue", []member{rstr("name", "lpValueName"), regType(), of("data", "lpData", bytes), num("size", "cbData")}, nil),
		23: reg("UnLoadKey", []member{rstr("subkey", "lpSubKey")}, nil),
		26: reg("GetVersion", nil, []member{num("version", "lpdwVersion")}),
		27: openRoot("OpenHKCC"),
		31: reg("SaveKeyEx", []member{rstr("filename", "lpFile"), keySecurity("sec_attrib"), hex("flags", "Flags")}, nil),
		35: reg("DeleteKeyEx", []member{rstr("key", "lpSubKey"), keyAccess(), num("reserved", "Reserved")}, nil),
	}
})

func enumKey(which string) []member {
	return []member{of("name", "lpName"+which, regStringBuf), ptr(of("keyclass", "lpClass"+which, regStringBuf)), ptr(date("last_changed_time", "lpftLastWriteTime", old64))}
}

// regValue is a value's type and data with the sizes of both ends.
func regValue(data, size, length string) []member {
	return []member{ptr(regType()), ptr(of(data, "lpData", vbytes)), ptr(num(size, "lpcbData")), ptr(num(length, "lpcbLen"))}
}

// regType is [MS-RRP] 3.1.1.5.
func regType() member {
	return enum("type", "lpType", u32, values(0, "REG_NONE", "REG_SZ", "REG_EXPAND_SZ", "REG_BINARY", "REG_DWORD", "REG_DWORD_BIG_ENDIAN",
		"REG_LINK", "REG_MULTI_SZ", "REG_RESOURCE_LIST", "REG_FULL_RESOURCE_DESCRIPTOR", "REG_RESOURCE_REQUIREMENTS_LIST", "REG_QWORD"))
}

func keyOptions() member {
	return flags("options", "dwOptions", u32, bits("winreg.winreg_KeyOptions", "REG_OPTION_VOLATILE", "REG_OPTION_CREATE_LINK",
		"REG_OPTION_BACKUP_RESTORE", "REG_OPTION_OPEN_LINK"))
}

func disposition() member {
	return ptr(enum("action_taken", "lpdwDisposition", u32, values(1, "REG_CREATED_NEW_KEY", "REG_OPENED_EXISTING_KEY")))
}

func keySecurity(name string) member { return ptr(of(name, "lpSecurityAttributes", keyAttributes)) }

var (
	// RPC_SECURITY_DESCRIPTOR and RPC_SECURITY_ATTRIBUTES, [MS-RRP] 2.2
	keyDescriptor = structOf("winreg.KeySecurityData", ptr(of("data", "lpSecurityDescriptor", vbytes)), num("size", "cbInSecurityDescriptor"), num("len", "cbOutSecurityDescriptor"))
	keyAttributes = structOf("winreg.KeySecurityAttribute", num("data_size", "nLength"), of("sec_data", "RpcSecurityDescriptor", keyDescriptor), of("inherit", "bInheritHandle", u8))

	// REGSAM, [MS-RRP] 2.2
	keyRights = []field.Bit{
		{Name: "winreg.winreg_AccessMask.KEY_QUERY_VALUE", Label: "KEY_QUERY_VALUE", Mask: 0x1},
		{Name: "winreg.winreg_AccessMask.KEY_SET_VALUE", Label: "KEY_SET_VALUE", Mask: 0x2},
		{Name: "winreg.winreg_AccessMask.KEY_CREATE_SUB_KEY", Label: "KEY_CREATE_SUB_KEY", Mask: 0x4},
		{Name: "winreg.winreg_AccessMask.KEY_ENUMERATE_SUB_KEYS", Label: "KEY_ENUMERATE_SUB_KEYS", Mask: 0x8},
		{Name: "winreg.winreg_AccessMask.KEY_NOTIFY", Label: "KEY_NOTIFY", Mask: 0x10},
		{Name: "winreg.winreg_AccessMask.KEY_CREATE_LINK", Label: "KEY_CREATE_LINK", Mask: 0x20},
		{Name: "winreg.winreg_AccessMask.KEY_WOW64_64KEY", Label: "KEY_WOW64_64KEY", Mask: 0x100},
		{Name: "winreg.winreg_AccessMask.KEY_WOW64_32KEY", Label: "KEY_WOW64_32KEY", Mask: 0x200},
	}
)
