package fscc

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/wire"
)

var (
	fEAFlags   = &field.Def{Name: "smb2.ea.flags", Label: "Flags", Kind: field.Hex}
	fEANameLen = &field.Def{Name: "smb2.ea.name_len", Label: "EaNameLength", Kind: field.Uint}
	fEADataLen = &field.Def{Name: "smb2.ea.data_len", Label: "EaValueLength", Kind: field.Uint}
	fEAName    = &field.Def{Name: "smb2.ea.name", Label: "EaName", Kind: field.Text}
	fEAData    = &field.Def{Name: "smb2.ea.data", Label: "EaValue", Kind: field.Bytes}

	fQuota        = &field.Def{Name: "smb2.quota_info", Label: "FileQuotaInformation"}
	fQuotaNext    = &field.Def{Name: "smb.quota.user.offset", Label: "NextEntryOffset", Kind: field.Uint}
	fSIDLength    = &field.Def{Name: "smb.length_of_sid", Label: "SidLength", Kind: field.Uint}
	fQuotaChange  = &field.Def{Name: "smb.quota.user.change_time", Label: "ChangeTime", Kind: field.FileTime}
	fQuotaUsed    = &field.Def{Name: "smb.quota.used", Label: "QuotaUsed", Kind: field.Uint}
	fQuotaSoft    = &field.Def{Name: "smb.quota.soft.default", Label: "QuotaThreshold", Kind: field.Uint}
	fQuotaHard    = &field.Def{Name: "smb.quota.hard.default", Label: "QuotaLimit", Kind: field.Uint}
	fQueryQuota   = &field.Def{Name: "smb2.query_quota_info", Label: "SMB2_QUERY_QUOTA_INFO"}
	fQuerySingle  = &field.Def{Name: "smb2.query_quota_info.single", Label: "ReturnSingle", Kind: field.Uint}
	fQueryRestart = &field.Def{Name: "smb2.query_quota_info.restart", Label: "RestartScan", Kind: field.Uint}
	fQuerySIDs    = &field.Def{Name: "smb2.query_quota_info.sidlistlen", Label: "SidListLength", Kind: field.Uint}
	fQueryStart   = &field.Def{Name: "smb2.query_quota_info.startsidlen", Label: "StartSidLength", Kind: field.Uint}
	fQueryPlace   = &field.Def{Name: "smb2.query_quota_info.startsidoffset", Label: "StartSidOffset", Kind: field.Uint}
)

// EAs is FileFullEaInformation, a list of extended attributes, [MS-FSCC] 2.4.16.
type EAs struct{ List []EA }

// EA is one of them. A name is 8-bit text.
type EA struct {
	Flags       uint8
	Name, Value []byte
}

// Walk reads or writes the list. Inlined elsewhere it would have x on the heap.
//
//go:noinline
func (x *EAs) Walk(c *wire.Codec) {
	c.Entries(len(x.List), 4, func(c *wire.Codec, i int) {
		e := wire.Nth(c, x.List, i)
		c.Show32(NextEntry)
		wire.U8(c, fEAFlags, &e.Flags)
		n := int(c.Const8(fEANameLen, uint8(len(e.Name))))
		size := int(c.Const16(fEADataLen, uint16(len(e.Value))))
		c.Data(fEAName, n, &e.Name)
		c.Skip(1) // NUL
		c.Data(fEAData, size, &e.Value)
		wire.Keep(c, &x.List, e)
	})
}

// EANames are the names that a query of extended attributes asks for, [MS-FSCC]
// 2.4.16.1.
type EANames struct{ List [][]byte }

// Walk reads or writes the list. Inlined elsewhere it would have x on the heap.
//
//go:noinline
func (x *EANames) Walk(c *wire.Codec) {
	c.Entries(len(x.List), 4, func(c *wire.Codec, i int) {
		e := wire.Nth(c, x.List, i)
		c.Show32(NextEntry)
		n := int(c.Const8(fEANameLen, uint8(len(e))))
		c.Data(fEAName, n, &e)
		c.Skip(1) // NUL
		wire.Keep(c, &x.List, e)
	})
}

// Quota walks a list of quotas, [MS-FSCC] 2.4.41.
func Quota(c *wire.Codec) {
	c.Chain(func(c *wire.Codec) {
		c.BeginLen(fQuota, c.Left(), 0)
		c.Show32(fQuotaNext)
		n := int(c.Show32(fSIDLength))
		c.Show64(fQuotaChange)
		c.Show64(fQuotaUsed)
		c.Show64(fQuotaSoft)
		c.Show64(fQuotaHard)
		c.Within(n, secdesc.SID)
		c.Done()
	})
}

// QuotaSIDs walks a list of security identifiers, FILE_GET_QUOTA_INFORMATION,
// [MS-FSCC] 2.4.41.1.
func QuotaSIDs(c *wire.Codec) { c.Chain(sidEntry) }

// QueryQuota walks SMB2_QUERY_QUOTA_INFO, [MS-SMB2] 2.2.37.1.
func QueryQuota(c *wire.Codec) {
	c.BeginLen(fQueryQuota, c.Left(), 0)
	c.Show8(fQuerySingle)
	c.Show8(fQueryRestart)
	c.Bytes(Reserved, 2)
	list := int(c.Show32(fQuerySIDs))
	start := int(c.Show32(fQueryStart))
	c.Show32(fQueryPlace)
	if list > 0 {
		c.Chain(sidEntry)
	} else if start > 0 {
		secdesc.SID(c)
	}
	c.Done()
}

// sidEntry is FILE_GET_QUOTA_INFORMATION, [MS-FSCC] 2.4.41.1.
func sidEntry(c *wire.Codec) {
	c.Show32(fQuotaNext)
	n := int(c.Show32(fSIDLength))
	c.Within(n, secdesc.SID)
}
