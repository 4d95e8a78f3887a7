package smb1

import (
	"bytes"

	"smbdiff/dissect/field"
	"smbdiff/dissect/spnego"
	"smbdiff/dissect/wire"
)

const (
	capUnicode          = 0x00000004
	capExtendedSecurity = 0x80000000

	setupGuest = 0x1
)

var (
	fDialect      = &field.Def{Name: "smb.dialect", Label: "Dialect", Kind: field.Known}
	fDialectName  = &field.Def{Name: "smb.dialect.name", Label: "DialectString", Kind: field.Text}
	fDialectIndex = num("smb.dialect.index", "DialectIndex")
	fSecurityMode = flags("smb.sm", "SecurityMode",
		field.Bit{Name: "smb.sm.mode", Label: "NEGOTIATE_USER_SECURITY", Mask: 0x1},
		field.Bit{Name: "smb.sm.password", Label: "NEGOTIATE_ENCRYPT_PASSWORDS", Mask: 0x2},
		field.Bit{Name: "smb.sm.signatures", Label: "NEGOTIATE_SECURITY_SIGNATURES_ENABLED", Mask: 0x4},
		field.Bit{Name: "smb.sm.sig_required", Label: "NEGOTIATE_SECURITY_SIGNATURES_REQUIRED", Mask: 0x8})
	fOldSecurityMode = flags("smb.sm", "SecurityMode",
		field.Bit{Name: "smb.sm.mode", Label: "NEGOTIATE_USER_SECURITY", Mask: 0x1},
		field.Bit{Name: "smb.sm.password", Label: "NEGOTIATE_ENCRYPT_PASSWORDS", Mask: 0x2})
	fRawMode = flags("smb.rm", "RawMode",
		field.Bit{Name: "smb.rm.read", Label: "READ_RAW", Mask: 0x1},
		field.Bit{Name: "smb.rm.write", Label: "WRITE_RAW", Mask: 0x2})
	fMaxVcs          = num("smb.max_vcs", "MaxNumberVcs")
	fMaxBufferSize   = num("smb.max_bufsize", "MaxBufferSize")
	fMaxRawSize      = num("smb.max_raw", "MaxRawSize")
	fSystemTime      = times("smb.system.time", "SystemTime")
	fTimeZone        = num("smb.server_timezone", "ServerTimeZone")
	fChallengeLength = num("smb.challenge_length", "ChallengeLength")
	fChallenge       = octets("smb.challenge", "Challenge")
	fServerGUID      = &field.Def{Name: "smb.server_guid", Label: "ServerGUID", Kind: field.GUID}
	fSecurityBlob    = octets("smb.security_blob", "SecurityBlob")
	fBlobLength      = num("smb.security_blob_len", "SecurityBlobLength")
	fMaxBuf          = num("smb.max_buf", "MaxBufferSize")
	fVC              = num("smb.vc", "VcNumber")
	fPasswordLength  = num("smb.pwlen", "PasswordLength")
	fOEMLength       = num("smb.ansi_pwlen", "OEMPasswordLen")
	fUnicodeLength   = num("smb.unicode_pwlen", "UnicodePasswordLen")
	fPassword        = octets("smb.password", "Password")
	fOEMPassword     = octets("smb.ansi_password", "OEMPassword")
	fUnicodePassword = octets("smb.unicode_password", "UnicodePassword")
	fSetupAction     = flags("smb.setup.action", "Action",
		field.Bit{Name: "smb.setup.action.guest", Label: "SMB_SETUP_GUEST", Mask: 0x1})
	fConnectFlags = flags("smb.connect.flags", "Flags",
		field.Bit{Name: "smb.connect.flags.dtid", Label: "TREE_CONNECT_ANDX_DISCONNECT_TID", Mask: 0x1},
		field.Bit{Name: "smb.connect.flags.extendedsig", Label: "TREE_CONNECT_ANDX_EXTENDED_SIGNATURES", Mask: 0x4},
		field.Bit{Name: "smb.connect.flags.extendedresp", Label: "TREE_CONNECT_ANDX_EXTENDED_RESPONSE", Mask: 0x8})
	fSupport = flags("smb.connect.support", "OptionalSupport",
		field.Bit{Name: "smb.connect.support.search", Label: "SMB_SUPPORT_SEARCH_BITS", Mask: 0x1},
		field.Bit{Name: "smb.connect.support.dfs", Label: "SMB_SHARE_IS_IN_DFS", Mask: 0x2},
		field.Bit{Name: "smb.connect.support.cscmask", Label: "SMB_CSC_MASK", Mask: 0xc, Values: field.Values{
			{V: 0, Name: "SMB_CSC_CACHE_MANUAL_REINT"}, {V: 1, Name: "SMB_CSC_CACHE_AUTO_REINT"}, {V: 2, Name: "SMB_CSC_CACHE_VDO"},
			{V: 3, Name: "SMB_CSC_NO_CACHING"}}},
		field.Bit{Name: "smb.connect.support.uniqfilename", Label: "SMB_UNIQUE_FILE_NAME", Mask: 0x10},
		field.Bit{Name: "smb.connect.support.extendedsig", Label: "SMB_EXTENDED_SIGNATURES", Mask: 0x20})
	fService = &field.Def{Name: "smb.service", Label: "Service", Kind: field.Text}

	tDomain       = textDef("smb.primary_domain", "PrimaryDomain")
	tServerName   = textDef("smb.server", "ServerName")
	tAccount      = textDef("smb.account", "AccountName")
	tNativeOS     = textDef("smb.native_os", "NativeOS")
	tNativeLanMan = textDef("smb.native_lanman", "NativeLanMan")
	tPath         = textDef("smb.path", "Path")
	tNativeFS     = textDef("smb.native_fs", "NativeFileSystem")
)

// negotiateRequest is [MS-CIFS] 2.2.4.52.1.
func negotiateRequest(c *wire.Codec, f *Facts) {
	parameters(c, none)
	data(c, func(c *wire.Codec) {
		if c.Tree() == nil {
			return
		}
		for c.Left() >= 2 && c.Peek(1)[0] == 2 {
			n := bytes.IndexByte(c.Peek(c.Left()), 0) + 1
			if n == 0 {
				n = c.Left()
			}
			c.BeginKnown(fDialect, n, string(bytes.Trim(c.Peek(n), "\x00\x02")))
			c.Show8(fBufferFormat)
			c.CString8(fDialectName)
			c.Done()
		}
	})
}

// negotiateResponse is [MS-CIFS] 2.2.4.52.2 and [MS-SMB] 2.2.4.5.2; with 13
// words the one of LAN Manager, with one that of the core protocol.
func negotiateResponse(c *wire.Codec, f *Facts) {
	var challenge int
	var caps uint32
	parameters(c, func(c *wire.Codec, words int) {
		c.Show16(fDialectIndex)
		switch {
		case words >= 17:
			c.Show8(fSecurityMode)
			c.Show16(fMaxMpx)
			c.Show16(fMaxVcs)
			c.Show32(fMaxBufferSize)
			c.Show32(fMaxRawSize)
			c.Show32(fSessionKey)
			caps = c.Show32(fCapabilities)
			c.Show64(fSystemTime)
			c.Show16(fTimeZone)
			challenge = int(c.Show8(fChallengeLength))
		case words >= 13:
			c.Show16(fOldSecurityMode)
			c.Show16(fMaxBufferSize)
			c.Show16(fMaxMpx)
			c.Show16(fMaxVcs)
			c.Show16(fRawMode)
			c.Show32(fSessionKey)
			tServer.timeFirst(c)
			c.Show16(fTimeZone)
			challenge = int(c.Show16(fChallengeLength))
			c.Bytes(fReserved, 2)
		}
	})
	data(c, func(c *wire.Codec) {
		if caps&capExtendedSecurity != 0 && challenge == 0 {
			c.GUID(fServerGUID)
			securityBlob(c, f, c.Left())
			return
		}
		f.Challenge = c.Bytes(fChallenge, challenge)
		for _, t := range [...]*text{tDomain, tServerName} {
			if c.Left() == 0 {
				return
			}
			if f.Unicode || caps&capUnicode != 0 { // not aligned here
				c.CString16(t.unicode)
			} else {
				c.CString8(t.octets)
			}
		}
	})
}

// securityBlob walks a token of n bytes: SPNEGO or a bare mechanism.
func securityBlob(c *wire.Codec, f *Facts, n int) {
	if n == 0 {
		return
	}
	f.Token = c.Peek(n)
	c.Within(n, func(c *wire.Codec) {
		if c.Tree() == nil {
			return
		}
		c.BeginLen(fSecurityBlob, n, 0)
		spnego.Walk(c)
		c.Done()
	})
}

// texts reads texts up to the end of the data.
func texts(c *wire.Codec, f *Facts, ts ...*text) {
	if c.Tree() == nil {
		return
	}
	for _, t := range ts {
		if c.Left() == 0 {
			return
		}
		t.zero(c, f)
	}
}

// sessionSetupRequest is [MS-CIFS] 2.2.4.53.1, with extended security [MS-SMB]
// 2.2.4.6.1, with 10 words that of LAN Manager.
func sessionSetupRequest(c *wire.Codec, f *Facts) {
	var blob, oem, unicode, kind int
	parameters(c, func(c *wire.Codec, words int) {
		kind = words
		andx(c, f)
		c.Show16(fMaxBuf)
		c.Show16(fMaxMpx)
		c.Show16(fVC)
		c.Show32(fSessionKey)
		switch words {
		case 12:
			blob = int(c.Show16(fBlobLength))
			c.Bytes(fReserved, 4)
			c.Show32(fCapabilities)
		case 13:
			oem = int(c.Show16(fOEMLength))
			unicode = int(c.Show16(fUnicodeLength))
			c.Bytes(fReserved, 4)
			c.Show32(fCapabilities)
		case 10:
			oem = int(c.Show16(fPasswordLength))
			c.Bytes(fReserved, 4)
		}
	})
	data(c, func(c *wire.Codec) {
		switch kind {
		case 12:
			securityBlob(c, f, blob)
			texts(c, f, tNativeOS, tNativeLanMan, tDomain)
			return
		case 13:
			f.LM = c.Bytes(fOEMPassword, oem)
			f.NT = c.Bytes(fUnicodePassword, unicode)
		case 10:
			f.LM = c.Bytes(fPassword, oem)
		default:
			return
		}
		if c.Left() > 0 {
			f.User = trimNUL(tAccount.zero(c, f), f.Unicode)
		}
		if c.Left() > 0 {
			f.Domain = trimNUL(tDomain.zero(c, f), f.Unicode)
		}
		texts(c, f, tNativeOS, tNativeLanMan)
	})
}

// sessionSetupResponse is [MS-CIFS] 2.2.4.53.2 and [MS-SMB] 2.2.4.6.2.
func sessionSetupResponse(c *wire.Codec, f *Facts) {
	blob := 0
	parameters(c, func(c *wire.Codec, words int) {
		andx(c, f)
		f.Guest = c.Show16(fSetupAction)&setupGuest != 0
		if words >= 4 {
			blob = int(c.Show16(fBlobLength))
		}
	})
	data(c, func(c *wire.Codec) {
		securityBlob(c, f, blob)
		texts(c, f, tNativeOS, tNativeLanMan, tDomain)
	})
}

// treeConnectRequest is [MS-CIFS] 2.2.4.55.1.
func treeConnectRequest(c *wire.Codec, f *Facts) {
	password := 0
	parameters(c, func(c *wire.Codec, words int) {
		andx(c, f)
		c.Show16(fConnectFlags)
		password = int(c.Show16(fPasswordLength))
	})
	data(c, func(c *wire.Codec) {
		c.Bytes(fPassword, password)
		f.name(tPath.zero(c, f))
		c.CString8(fService)
	})
}

// treeConnectResponse is [MS-CIFS] 2.2.4.55.2 and [MS-SMB] 2.2.4.7.2.
func treeConnectResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		andx(c, f)
		if words >= 3 {
			c.Show16(fSupport)
		}
		if words >= 7 {
			c.Show32(fAccessMask)
			c.Show32(fAccessMask)
		}
	})
	data(c, func(c *wire.Codec) {
		f.Pipe = bytes.HasPrefix(c.CString8(fService), []byte("IPC"))
		texts(c, f, tNativeFS)
	})
}
