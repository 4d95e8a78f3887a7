package smb1

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

var (
	fTrans2Function = enum("smb.trans2.cmd", "Setup", trans2Names)
	fSearchCount    = num("smb.search_count", "SearchCount")
	fFindFlags      = flags("smb.find_first2.flags", "Flags",
		field.Bit{Name: "smb.find_first2.flags.close", Label: "SMB_FIND_CLOSE_AFTER_REQUEST", Mask: 0x1},
		field.Bit{Name: "smb.find_first2.flags.eos", Label: "SMB_FIND_CLOSE_AT_EOS", Mask: 0x2},
		field.Bit{Name: "smb.find_first2.flags.resume", Label: "SMB_FIND_RETURN_RESUME_KEYS", Mask: 0x4},
		field.Bit{Name: "smb.find_first2.flags.continue", Label: "SMB_FIND_CONTINUE_FROM_LAST", Mask: 0x8},
		field.Bit{Name: "smb.find_first2.flags.backup", Label: "SMB_FIND_WITH_BACKUP_INTENT", Mask: 0x10})
	fStorageType   = num("smb.storage_type", "SearchStorageType")
	fResume        = num("smb.resume", "ResumeKey")
	fEndOfSearch   = num("smb.end_of_search", "EndOfSearch")
	fLastName      = num("smb.last_name_offset", "LastNameOffset")
	fReferralLevel = num("smb.max_referral_level", "MaxReferralLevel")
	fChanges       = num("smb.change_count", "ChangeCount")
	fNotifyLevel   = num("smb.fn_loi", "InformationLevel")
	fFileID        = hexNum("smb.create.file_id", "FileID")

	tPattern = textDef("smb.search_pattern", "FileName")
)

// function reads the setup word of a Trans2 request.
func function(c *wire.Codec, f *Facts, n int) {
	if n > 0 {
		f.SubCommand = c.Show16(fTrans2Function)
		setupWords(c, n-1)
	}
}

// trans2Request is [MS-CIFS] 2.2.4.46.1.
func trans2Request(c *wire.Codec, f *Facts) {
	var p parts
	parameters(c, func(c *wire.Codec, words int) {
		p.request(c)
		function(c, f, p.setup)
	})
	p.walk(c, f, nil, trans2Parameters, trans2Data)
}

// trans2More is [MS-CIFS] 2.2.4.47.1.
func trans2More(c *wire.Codec, f *Facts) {
	var p parts
	parameters(c, func(c *wire.Codec, words int) {
		p.more(c)
		if words >= 9 {
			f.fid(c)
		}
	})
	f.SubCommand, f.InfoClass = c.Env.SubCode, c.Env.InfoClass
	p.walk(c, f, nil, nil, trans2Data)
}

// trans2Response is [MS-CIFS] 2.2.4.46.2.
func trans2Response(c *wire.Codec, f *Facts) {
	var p parts
	parameters(c, func(c *wire.Codec, words int) {
		p.response(c)
		setupWords(c, p.setup)
	})
	f.SubCommand, f.InfoClass = c.Env.SubCode, c.Env.InfoClass
	if c.Tree() == nil {
		p.walk(c, f, nil, nil, nil)
		return
	}
	p.walk(c, f, nil, trans2ResponseParameters, trans2ResponseData)
}

// trans2Parameters walks the parameters of a request, [MS-CIFS] 2.2.6.
func trans2Parameters(c *wire.Codec, f *Facts) {
	switch f.SubCommand {
	case trans2Open:
		openMode(c)
		c.Bytes(fReserved, 10)
		f.name(tFile.zero(c, f))
	case trans2FindFirst:
		c.Show16(fSearch)
		c.Show16(fSearchCount)
		keys := c.Show16(fFindFlags)
		f.level(c, fFindLevel)
		f.resumeKeys(keys)
		c.Show32(fStorageType)
		f.name(tPattern.zero(c, f))
	case trans2FindNext:
		c.Show16(fSearchID)
		c.Show16(fSearchCount)
		f.level(c, fFindLevel)
		c.Show32(fResume)
		f.resumeKeys(c.Show16(fFindFlags))
		f.name(tFile.zero(c, f))
	case trans2QueryFS:
		f.level(c, fQueryFSLevel)
	case trans2SetFS:
		c.Show16(fReservedFID)
		f.level(c, fSetFSLevel)
	case trans2QueryPath, trans2SetPath:
		if f.SubCommand == trans2QueryPath {
			f.level(c, fQueryLevel)
		} else {
			f.level(c, fSetLevel)
		}
		c.Bytes(fReserved, 4)
		f.name(tFile.zero(c, f))
	case trans2QueryFile:
		f.fid(c)
		f.level(c, fQueryLevel)
	case trans2SetFile:
		f.fid(c)
		f.level(c, fSetLevel)
		c.Bytes(fReserved, min(2, c.Left()))
	case trans2NotifyFirst:
		c.Show16(fSearch)
		c.Show16(fChanges)
		f.level(c, fNotifyLevel)
		c.Bytes(fReserved, 4)
		f.name(tFile.zero(c, f))
	case trans2NotifyNext:
		c.Show16(fMonitor)
		c.Show16(fChanges)
	case trans2CreateDir:
		c.Bytes(fReserved, 4)
		f.name(tDirName.zero(c, f))
	case trans2GetReferral:
		c.Show16(fReferralLevel)
		f.name(tFile.zero(c, f))
	case trans2Inconsistency:
		f.name(tFile.zero(c, f))
	}
}

// findKeys marks the oldest levels of a search when each entry begins with a
// key to resume from.
const findKeys = 0x20

func (f *Facts) resumeKeys(flags uint16) {
	if flags&0x4 != 0 && f.InfoClass > 0 && f.InfoClass <= infoEAsFrom {
		f.InfoClass |= findKeys
	}
}

// trans2Data walks the data of a request.
func trans2Data(c *wire.Codec, f *Facts) {
	if c.Tree() == nil {
		return
	}
	switch f.SubCommand {
	case trans2Open, trans2CreateDir:
		c.BeginLen(fUnknownData, c.Left(), 0)
		eaList(c)
		c.Done()
	case trans2FindFirst, trans2FindNext, trans2QueryPath, trans2QueryFile:
		c.BeginLen(fUnknownData, c.Left(), 0)
		eaNames(c)
		c.Done()
	case trans2SetPath, trans2SetFile:
		setLevel(c, f)
	case trans2SetFS:
		setFSLevel(c, f)
	}
}

// trans2ResponseParameters walks the parameters of a response.
func trans2ResponseParameters(c *wire.Codec, f *Facts) {
	switch f.SubCommand {
	case trans2Open:
		f.fid(c)
		c.Show16(fFileAttributes)
		tCreated.dateFirst(c)
		c.Show32(fDataSize)
		c.Show16(fGranted)
		c.Show16(fFileType)
		c.Show16(fPipeState)
		c.Show16(fOpenAction)
		c.Show32(fFileID)
		c.Show16(fEAError)
		c.Show32(fEALength)
	case trans2FindFirst, trans2FindNext:
		if f.SubCommand == trans2FindFirst {
			c.Show16(fSearchID)
		}
		c.Show16(fSearchCount)
		c.Show16(fEndOfSearch)
		c.Show16(fEAError)
		c.Show16(fLastName)
	case trans2NotifyFirst, trans2NotifyNext:
		if f.SubCommand == trans2NotifyFirst {
			c.Show16(fMonitor)
		}
		c.Show16(fChanges)
		c.Show16(fEAError)
	case trans2QueryPath, trans2SetPath, trans2QueryFile, trans2SetFile, trans2CreateDir:
		c.Show16(fEAError)
	}
}

// trans2ResponseData walks the data of a response.
func trans2ResponseData(c *wire.Codec, f *Facts) {
	switch f.SubCommand {
	case trans2FindFirst, trans2FindNext:
		findLevel(c, f)
	case trans2QueryFS:
		queryFSLevel(c, f)
	case trans2QueryPath, trans2QueryFile:
		queryLevel(c, f)
	case trans2SetPath, trans2SetFile:
		if f.InfoClass == posixOpen {
			posixOpened(c, f)
		}
	case trans2SetFS:
		if f.InfoClass == fsEncryption {
			securityBlob(c, f, c.Left())
		}
	case trans2GetReferral:
		smb2.Referrals(c)
	}
}

// eaNames walks SMB_GEA_LIST, [MS-CIFS] 2.2.1.2.1: the names asked for.
func eaNames(c *wire.Codec) {
	if c.Left() < 4 {
		return
	}
	c.Show32(fEALength)
	for c.Left() >= 2 {
		c.Bytes(fEAName, int(c.Show8(fEANameLength))+1)
	}
}

// eaList walks SMB_FEA_LIST, [MS-CIFS] 2.2.1.2.2.
func eaList(c *wire.Codec) {
	if c.Left() < 4 {
		return
	}
	c.Show32(fEALength)
	for c.Left() >= 4 {
		c.Begin(fEA)
		c.Show8(fEAFlags)
		name := int(c.Show8(fEANameLength))
		size := int(c.Show16(fEADataLength))
		c.Bytes(fEAName, name+1)
		c.Bytes(fEAData, size)
		c.Finish()
	}
}
