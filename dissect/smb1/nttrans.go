package smb1

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

var (
	fNTFunction  = enum("smb.nt.function", "Function", ntNames)
	fControl     = &field.Def{Name: "smb2.ioctl.function", Label: "FunctionCode", Kind: field.Enum, Lookup: controlName, Bits: smb2.FunctionBits, All: smb2.FsctlNames}
	fControlData = octets("smb2.unknown", "Data")
	fIsFsctl     = num("smb.nt.ioctl.isfsctl", "IsFsctl")
	fIsFlags     = flags("smb.nt.ioctl.completion_filter", "IsFlags",
		field.Bit{Name: "smb.nt.ioctl.flags.root_handle", Label: "ROOT_HANDLE", Mask: 0x1})
	fCompletion = flags("smb.nt.notify.completion_filter", "CompletionFilter",
		field.Bit{Name: "smb.nt.notify.file_name", Label: "FILE_NOTIFY_CHANGE_FILE_NAME", Mask: 0x1},
		field.Bit{Name: "smb.nt.notify.dir_name", Label: "FILE_NOTIFY_CHANGE_DIR_NAME", Mask: 0x2},
		field.Bit{Name: "smb.nt.notify.attributes", Label: "FILE_NOTIFY_CHANGE_ATTRIBUTES", Mask: 0x4},
		field.Bit{Name: "smb.nt.notify.size", Label: "FILE_NOTIFY_CHANGE_SIZE", Mask: 0x8},
		field.Bit{Name: "smb.nt.notify.last_write", Label: "FILE_NOTIFY_CHANGE_LAST_WRITE", Mask: 0x10},
		field.Bit{Name: "smb.nt.notify.last_access", Label: "FILE_NOTIFY_CHANGE_LAST_ACCESS", Mask: 0x20},
		field.Bit{Name: "smb.nt.notify.creation", Label: "FILE_NOTIFY_CHANGE_CREATION", Mask: 0x40},
		field.Bit{Name: "smb.nt.notify.ea", Label: "FILE_NOTIFY_CHANGE_EA", Mask: 0x80},
		field.Bit{Name: "smb.nt.notify.security", Label: "FILE_NOTIFY_CHANGE_SECURITY", Mask: 0x100},
		field.Bit{Name: "smb.nt.notify.stream_name", Label: "FILE_NOTIFY_CHANGE_STREAM_NAME", Mask: 0x200},
		field.Bit{Name: "smb.nt.notify.stream_size", Label: "FILE_NOTIFY_CHANGE_STREAM_SIZE", Mask: 0x400},
		field.Bit{Name: "smb.nt.notify.stream_write", Label: "FILE_NOTIFY_CHANGE_STREAM_WRITE", Mask: 0x800})
	fWatchTree = num("smb.nt.notify.watch_tree", "WatchTree")
	fAction    = enum("smb.nt.notify.action", "Action", field.Values{
		{V: 1, Name: "FILE_ACTION_ADDED"}, {V: 2, Name: "FILE_ACTION_REMOVED"}, {V: 3, Name: "FILE_ACTION_MODIFIED"},
		{V: 4, Name: "FILE_ACTION_RENAMED_OLD_NAME"}, {V: 5, Name: "FILE_ACTION_RENAMED_NEW_NAME"}, {V: 6, Name: "FILE_ACTION_ADDED_STREAM"},
		{V: 7, Name: "FILE_ACTION_REMOVED_STREAM"}, {V: 8, Name: "FILE_ACTION_MODIFIED_STREAM"},
	})
	fSecurity = flags("smb.nt_qsd", "SecurityInfoFields",
		field.Bit{Name: "smb.nt_qsd.owner", Label: "OWNER_SECURITY_INFORMATION", Mask: 0x1},
		field.Bit{Name: "smb.nt_qsd.group", Label: "GROUP_SECURITY_INFORMATION", Mask: 0x2},
		field.Bit{Name: "smb.nt_qsd.dacl", Label: "DACL_SECURITY_INFORMATION", Mask: 0x4},
		field.Bit{Name: "smb.nt_qsd.sacl", Label: "SACL_SECURITY_INFORMATION", Mask: 0x8})
	fNeeded       = num("smb.sec_desc_len", "LengthNeeded")
	fDescriptor   = num("smb.sd.length", "SecurityDescriptorLength")
	fAttributes   = octets("smb.ext_attr", "ExtendedAttributes")
	fNTEAError    = num("smb.ea.error_offset", "EAErrorOffset")
	fResponseType = enum("smb.response_type", "ResponseType", field.Values{{V: 0, Name: "non-extended"}, {V: 1, Name: "extended"}})
	fNTSetup      = octets("smb.nt_transaction_setup", "Setup")
	fRenameFlags  = flags("smb.nt.rename.flags", "RenameFlags",
		field.Bit{Name: "smb.nt.rename.flags.replace", Label: "RENAME_REPLACE_IF_EXISTS", Mask: 0x1})
	fQuotaSingle   = num("smb.quota.query.single", "ReturnSingleEntry")
	fQuotaRestart  = num("smb.quota.query.restart", "RestartScan")
	fQuotaList     = num("smb.quota.query.sid_list_length", "SidListLength")
	fQuotaStart    = num("smb.quota.query.start_sid_length", "StartSidLength")
	fQuotaPlace    = num("smb.quota.query.start_sid_offset", "StartSidOffset")
	fQuotaReturned = num("smb.size_returned_quota_data", "DataLength")
	fNotify        = &field.Def{Name: "smb.nt.notify", Label: "FILE_NOTIFY_INFORMATION"}
)

func controlName(v uint64) string { return smb2.FsctlName(uint32(v)) }

// ntTransRequest is [MS-CIFS] 2.2.4.62.1.
func ntTransRequest(c *wire.Codec, f *Facts) {
	var p parts
	parameters(c, func(c *wire.Codec, words int) {
		c.Show8(fMaxSetup)
		c.Bytes(fReserved, 2)
		c.Show32(fTotalParameters)
		p.totalData = int(c.Show32(fTotalData))
		c.Show32(fMaxParameters)
		c.Show32(fMaxData)
		p.params = int(c.Show32(fParameterCount))
		p.paramsAt = int(c.Show32(fParameterOffset))
		p.data = int(c.Show32(fDataCount))
		p.dataAt = int(c.Show32(fDataOffset))
		p.setup = int(c.Show8(fSetupCount))
		f.SubCommand = c.Show16(fNTFunction)
		ntSetup(c, f, p.setup)
	})
	p.walk(c, f, nil, ntParameters, ntData)
}

// ntTransMore is [MS-CIFS] 2.2.4.63.1.
func ntTransMore(c *wire.Codec, f *Facts) {
	var p parts
	parameters(c, func(c *wire.Codec, words int) {
		p.long(c)
		c.Bytes(fReserved, 1)
	})
	p.walk(c, f, nil, nil, nil)
}

// ntTransResponse is [MS-CIFS] 2.2.4.62.2.
func ntTransResponse(c *wire.Codec, f *Facts) {
	var p parts
	parameters(c, func(c *wire.Codec, words int) {
		p.long(c)
		c.Bytes(fNTSetup, 2*int(c.Show8(fSetupCount)))
	})
	f.SubCommand = c.Env.SubCode
	p.walk(c, f, nil, ntResponseParameters, ntResponseData)
}

// long reads the words that secondary requests and responses begin with.
func (p *parts) long(c *wire.Codec) {
	c.Bytes(fReserved, 3)
	c.Show32(fTotalParameters)
	p.totalData = int(c.Show32(fTotalData))
	p.params = int(c.Show32(fParameterCount))
	p.paramsAt = int(c.Show32(fParameterOffset))
	p.paramsPlace = int(c.Show32(fParameterPlace))
	p.data = int(c.Show32(fDataCount))
	p.dataAt = int(c.Show32(fDataOffset))
	p.dataPlace = int(c.Show32(fDataPlace))
}

// ntSetup walks the setup words of a request, [MS-CIFS] 2.2.7.
func ntSetup(c *wire.Codec, f *Facts, n int) {
	switch {
	case f.SubCommand == ntIoctl && n >= 4:
		f.Control = c.Show32(fControl)
		f.fid(c)
		c.Show8(fIsFsctl)
		c.Show8(fIsFlags)
	case f.SubCommand == ntNotify && n >= 4:
		c.Show32(fCompletion)
		f.fid(c)
		c.Show8(fWatchTree)
		c.Bytes(fReserved, 1)
	default:
		setupWords(c, n)
	}
}

// ntParameters walks the parameters of a request.
func ntParameters(c *wire.Codec, f *Facts) {
	switch f.SubCommand {
	case ntCreate:
		c.Show32(fCreateFlags)
		c.Show32(fRootFID)
		c.Show32(fAccessMask)
		c.Show64(fAlloc64)
		c.Show32(fExtAttributes)
		c.Show32(fShareAccess)
		c.Show32(fDisposition)
		c.Show32(fCreateOptions)
		f.descriptor = int(c.Show32(fDescriptor))
		f.attributes = int(c.Show32(fEALength))
		n := int(c.Show32(fNameLength))
		c.Show32(fImpersonation)
		c.Show8(fSecurityFlags)
		if f.Unicode {
			even(c)
		}
		f.name(tFile.ended(c, f, n))
	case ntSetSecurity, ntQuerySecurity:
		f.fid(c)
		c.Bytes(fReserved, 2)
		c.Show32(fSecurity)
	case ntRename:
		f.fid(c)
		c.Show16(fRenameFlags)
		f.name(tFile.zero(c, f))
	case ntQueryQuota:
		f.fid(c)
		c.Show8(fQuotaSingle)
		c.Show8(fQuotaRestart)
		c.Show32(fQuotaList)
		c.Show32(fQuotaStart)
		c.Show32(fQuotaPlace)
	case ntSetQuota:
		f.fid(c)
	}
}

// ntData walks the data of a request.
func ntData(c *wire.Codec, f *Facts) {
	switch f.SubCommand {
	case ntSetSecurity:
		descriptor(c)
	case ntQueryQuota:
		if c.Tree() != nil {
			fscc.QuotaSIDs(c)
		}
	case ntSetQuota:
		if c.Tree() != nil {
			fscc.Quota(c)
		}
	case ntIoctl:
		control(c, f.Control, true)
	case ntCreate:
		if c.Tree() == nil {
			return
		}
		if f.descriptor > 0 {
			c.Within(min(f.descriptor, c.Left()), secdesc.Walk)
		}
		c.Align(4)
		if f.attributes > 0 {
			c.BeginLen(fAttributes, f.attributes, 0)
			c.Within(min(f.attributes, c.Left()), new(fscc.EAs).Walk)
			c.Done()
		}
	}
}

// control walks the input or the output of a control code.
func control(c *wire.Codec, code uint32, in bool) {
	if c.Tree() != nil {
		c.SetBase(c.Pos())
		smb2.WalkControl(c, code, in)
		c.Rest(fControlData)
	}
}

// ntResponseParameters walks the parameters of a response.
func ntResponseParameters(c *wire.Codec, f *Facts) {
	switch f.SubCommand {
	case ntCreate:
		c.Show8(fOplockLevel)
		c.Show8(fResponseType)
		f.fid(c)
		c.Show32(fCreateAction)
		c.Show32(fNTEAError)
		created(c, f)
		if c.Left() >= 32 {
			c.GUID(fVolumeGUID)
			c.Show64(fFileID64)
			c.Show32(fAccessMask)
			c.Show32(fAccessMask)
		}
	case ntNotify:
		if c.Tree() == nil {
			return
		}
		c.Chain(func(c *wire.Codec) {
			c.BeginLen(fNotify, c.Left(), 0)
			c.Show32(fNextEntry)
			c.Show32(fAction)
			c.Bytes(tFile.unicode, int(c.Show32(fNameLength)))
			c.Done()
		})
	case ntQuerySecurity:
		c.Show32(fNeeded)
	case ntQueryQuota:
		c.Show32(fQuotaReturned)
	}
}

// ntResponseData walks the data of a response.
func ntResponseData(c *wire.Codec, f *Facts) {
	switch f.SubCommand {
	case ntQuerySecurity:
		descriptor(c)
	case ntIoctl:
		control(c, c.Env.CtlCode, false)
	case ntQueryQuota:
		if c.Tree() != nil {
			fscc.Quota(c)
		}
	}
}
