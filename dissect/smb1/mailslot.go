package smb1

import (
	"smbdiff/dissect/dcerpc/ndr"
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fSlotOpcode   = enum("mailslot.opcode", "MailSlotOpcode", field.Values{{V: 1, Name: "Write"}})
	fSlotPriority = num("mailslot.priority", "Priority")
	fSlotClass    = enum("mailslot.class", "Class", field.Values{{V: 1, Name: "reliable"}, {V: 2, Name: "unreliable"}})
	fSlotSize     = num("mailslot.size", "ByteCount")
	tSlotName     = textDef("mailslot.name", "MailslotName")

	fBrowse = enum("browser.command", "Opcode", field.Values{
		{V: 1, Name: "HostAnnouncement"}, {V: 2, Name: "AnnouncementRequest"}, {V: 8, Name: "RequestElection"}, {V: 9, Name: "GetBackupListRequest"},
		{V: 10, Name: "GetBackupListResponse"}, {V: 11, Name: "BecomeBackup"}, {V: 12, Name: "DomainAnnouncement"}, {V: 13, Name: "MasterAnnouncement"},
		{V: 14, Name: "ResetStateRequest"}, {V: 15, Name: "LocalMasterAnnouncement"},
	})
	fUpdateCount = num("browser.update_count", "UpdateCount")
	fPeriod      = num("browser.period", "Periodicity")
	fBrowser     = &field.Def{Name: "browser.server", Label: "ServerName", Kind: field.Text}
	fWindows     = enum("browser.windows_version", "Windows version", field.Values{
		{V: 0x004, Name: "Windows NT 4.0, Windows 95"}, {V: 0x005, Name: "Windows 2000"}, {V: 0x006, Name: "Windows Vista, Windows Server 2008"},
		{V: 0x00a, Name: "Windows 10"}, {V: 0x105, Name: "Windows XP"}, {V: 0x106, Name: "Windows 7, Windows Server 2008 R2"},
		{V: 0x205, Name: "Windows Server 2003"}, {V: 0x206, Name: "Windows 8, Windows Server 2012"},
		{V: 0x306, Name: "Windows 8.1, Windows Server 2012 R2"}, {V: 0x904, Name: "Samba"}, {V: 0xa04, Name: "Windows 98"}, {V: 0x5a04, Name: "Windows Me"},
	})
	fOSMajor      = num("browser.os_major", "OSVersionMajor")
	fOSMinor      = num("browser.os_minor", "OSVersionMinor")
	fServerType   = flags("browser.server_type", "ServerType", ndr.ServerTypes()...)
	fProtoMajor   = num("browser.proto_major", "BrowserVersionMajor")
	fProtoMinor   = num("browser.proto_minor", "BrowserVersionMinor")
	fBrowserSign  = hexNum("browser.sig", "Signature")
	fComment      = &field.Def{Name: "browser.comment", Label: "Comment", Kind: field.Text}
	fMysterious   = hexNum("browser.mysterious_field", "BrowserConfigVersion")
	fMaster       = &field.Def{Name: "browser.mb_server", Label: "MasterBrowserName", Kind: field.Text}
	fUnused       = hexNum("browser.unused", "Unused")
	fReplyTo      = &field.Def{Name: "browser.response_computer_name", Label: "ResponseName", Kind: field.Text}
	fElectVersion = num("browser.election.version", "Version")
	fCriteria     = &field.Def{Name: "browser.election.criteria", Label: "Criteria", Kind: field.Hex}
	fDesire       = flags("browser.election.desire", "ElectionDesire",
		field.Bit{Name: "browser.election.desire.backup", Label: "BACKUP", Mask: 0x1},
		field.Bit{Name: "browser.election.desire.standby", Label: "STANDBY", Mask: 0x2},
		field.Bit{Name: "browser.election.desire.master", Label: "MASTER", Mask: 0x4},
		field.Bit{Name: "browser.election.desire.domain_master", Label: "DOMAIN_MASTER", Mask: 0x8},
		field.Bit{Name: "browser.election.desire.wins", Label: "WINS", Mask: 0x20},
		field.Bit{Name: "browser.election.desire.nt", Label: "NT", Mask: 0x80})
	fElectOS = flags("browser.election.os", "ElectionOS",
		field.Bit{Name: "browser.election.os.wfw", Label: "WFW", Mask: 0x1},
		field.Bit{Name: "browser.election.os.ntw", Label: "NT_WORKSTATION", Mask: 0x10},
		field.Bit{Name: "browser.election.os.nts", Label: "NT_SERVER", Mask: 0x20})
	fUptime      = num("browser.uptime", "ServerUpTime")
	fBackupCount = num("browser.backup.count", "Count")
	fBackupToken = num("browser.backup.token", "Token")
	fBackup      = &field.Def{Name: "browser.backup.server", Label: "BackupServer", Kind: field.Text}
	fPromote     = &field.Def{Name: "browser.browser_to_promote", Label: "BrowserToPromote", Kind: field.Text}
	fReset       = flags("browser.reset_cmd", "Options",
		field.Bit{Name: "browser.reset_cmd.demote", Label: "RESET_STATE_STOP_MASTER", Mask: 0x1},
		field.Bit{Name: "browser.reset_cmd.flush", Label: "RESET_STATE_CLEAR_ALL", Mask: 0x2},
		field.Bit{Name: "browser.reset_cmd.stop_lmb", Label: "RESET_STATE_STOP", Mask: 0x4})
)

// slotSetup walks the setup words of a write to a mailslot, [MS-MAIL] 2.2.1.
func slotSetup(c *wire.Codec) {
	c.Show16(fSlotOpcode)
	c.Show16(fSlotPriority)
	c.Show16(fSlotClass)
}

// slotName walks the name of a mailslot; the byte count before it is the size
// of what is written.
func slotName(c *wire.Codec, f *Facts) {
	c.Mark(fSlotSize, c.Pos()-2, 2, uint64(f.bytes))
	d := tSlotName.octets
	if f.Unicode {
		even(c)
		d = tSlotName.unicode
	}
	c.Mark(d, c.Pos(), len(trimmed(c.Peek(c.Left()), f.Unicode)), 0)
	transName(c, f)
}

// browse walks what is written to \MAILSLOT\BROWSE, [MS-BRWS] 2.2.
func browse(c *wire.Codec, f *Facts) {
	if c.Tree() == nil {
		return
	}
	switch c.Show8(fBrowse) {
	case 1, 15:
		announcement(c)
		c.Show8(fProtoMajor)
		c.Show8(fProtoMinor)
		c.Show16(fBrowserSign)
		c.CString8(fComment)
	case 12:
		announcement(c)
		c.Show32(fMysterious)
		c.CString8(fMaster)
	case 2:
		c.Show8(fUnused)
		c.CString8(fReplyTo)
	case 8:
		election(c)
	case 9:
		c.Show8(fBackupCount)
		c.Show32(fBackupToken)
	case 10:
		n := int(c.Show8(fBackupCount))
		c.Show32(fBackupToken)
		for i := 0; c.More(i, n, 1); i++ {
			c.CString8(fBackup)
		}
	case 11:
		c.CString8(fPromote)
	case 13:
		c.CString8(fMaster)
	case 14:
		c.Show8(fReset)
	}
}

// announcement is what announcements of hosts and domains begin with.
func announcement(c *wire.Codec) {
	c.Show8(fUpdateCount)
	c.Show32(fPeriod)
	c.Bytes(fBrowser, 16)
	osVersion(c)
	c.Show32(fServerType)
}

func osVersion(c *wire.Codec) {
	if b := c.Peek(2); len(b) == 2 {
		c.Mark(fWindows, c.Pos(), 2, uint64(b[0])|uint64(b[1])<<8)
	}
	c.Show8(fOSMajor)
	c.Show8(fOSMinor)
}

// election is [MS-BRWS] 2.2.3.
func election(c *wire.Codec) {
	c.Show8(fElectVersion)
	c.BeginLen(fCriteria, 4, value(c, 4))
	c.Show8(fDesire)
	c.Show8(fProtoMajor)
	c.Show8(fProtoMinor)
	c.Show8(fElectOS)
	c.Done()
	c.Show32(fUptime)
	c.Bytes(fReserved, 4)
	c.CString8(fBrowser)
}

// lanmanBrowse walks what LAN Manager writes to \MAILSLOT\LANMAN, [MS-BRWS]
// 2.2.2.
func lanmanBrowse(c *wire.Codec, f *Facts) {
	if c.Tree() == nil {
		return
	}
	if c.Show8(fBrowse) != 1 {
		return
	}
	c.Show8(fUpdateCount)
	c.Show32(fServerType)
	osVersion(c)
	c.Show16(fPeriod)
	c.CString8(fBrowser)
	c.CString8(fComment)
}

// value gives the number in the n bytes at the cursor, 0 when they are not there.
func value(c *wire.Codec, n int) (v uint64) {
	b := c.Peek(n)
	if len(b) < n {
		return 0
	}
	for i := n - 1; i >= 0; i-- {
		v = v<<8 | uint64(b[i])
	}
	return v
}

// trimmed gives a text up to and with its NUL.
func trimmed(b []byte, unicode bool) []byte {
	step := 1
	if unicode {
		step = 2
	}
	for i := 0; i+step <= len(b); i += step {
		if b[i]|b[i+step-1] == 0 {
			return b[:i+step]
		}
	}
	return b
}
