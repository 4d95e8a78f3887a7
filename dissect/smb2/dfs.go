package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fReferralLevel = &field.Def{Name: "smb.max_referral_level", Label: "MaxReferralLevel", Kind: field.Uint}
	fReferralFile  = &field.Def{Name: "smb.file", Label: "RequestFileName", Kind: field.UTF16}
	fReferralExt   = &field.Def{Name: "smb.dfs.request_flags", Label: "RequestFlags", Kind: field.Hex}
	fReferralSize  = &field.Def{Name: "smb.dfs.request_data_length", Label: "RequestDataLength", Kind: field.Uint}
	fReferralChars = &field.Def{Name: "smb.dfs.request_file_name_length", Label: "RequestFileNameLength", Kind: field.Uint}
	fSiteLength    = &field.Def{Name: "smb.dfs.site_name_length", Label: "SiteNameLength", Kind: field.Uint}
	fSiteName      = &field.Def{Name: "smb.dfs.site_name", Label: "SiteName", Kind: field.UTF16}

	fConsumed      = &field.Def{Name: "smb.dfs.path_consumed", Label: "PathConsumed", Kind: field.Uint}
	fReferralCount = &field.Def{Name: "smb.dfs.num_referrals", Label: "NumberOfReferrals", Kind: field.Uint}
	fDFSFlags      = &field.Def{Name: "smb.dfs.flags", Label: "ReferralHeaderFlags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb.dfs.flags.fielding", Label: "ReferralServers", Mask: 0x1},
		{Name: "smb.dfs.flags.server_hold_storage", Label: "StorageServers", Mask: 0x2},
		{Name: "smb.dfs.flags.target_failback", Label: "TargetFailback", Mask: 0x4},
	}}
	fDFSPadding      = &field.Def{Name: "smb.padding", Label: "ReferralHeaderFlags (high)", Kind: field.Bytes}
	fReferral        = &field.Def{Name: "smb.dfs.referral", Label: "Referral"}
	fReferralVersion = &field.Def{Name: "smb.dfs.referral.version", Label: "VersionNumber", Kind: field.Uint}
	fReferralLength  = &field.Def{Name: "smb.dfs.referral.size", Label: "Size", Kind: field.Uint}
	fServerType      = &field.Def{Name: "smb.dfs.referral.server.type", Label: "ServerType", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "Non-root targets"}, {V: 1, Name: "Root targets"}}}
	fReferralFlags = &field.Def{Name: "smb.dfs.referral.flags", Label: "ReferralEntryFlags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb.dfs.referral.flags.name_list_referral", Label: "NameListReferral", Mask: 0x2},
		{Name: "smb.dfs.referral.flags.target_set_boundary", Label: "TargetSetBoundary", Mask: 0x4},
	}}
	fProximity       = &field.Def{Name: "smb.dfs.referral.proximity", Label: "Proximity", Kind: field.Uint}
	fTTL             = &field.Def{Name: "smb.dfs.referral.ttl", Label: "TimeToLive", Kind: field.Uint}
	fPathOffset      = &field.Def{Name: "smb.dfs.referral.path_offset", Label: "DFSPathOffset", Kind: field.Uint}
	fPath            = &field.Def{Name: "smb.dfs.referral.path", Label: "DFSPath", Kind: field.UTF16}
	fAltOffset       = &field.Def{Name: "smb.dfs.referral.alt_path_offset", Label: "DFSAlternatePathOffset", Kind: field.Uint}
	fAltPath         = &field.Def{Name: "smb.dfs.referral.alt_path", Label: "DFSAlternatePath", Kind: field.UTF16}
	fNodeOffset      = &field.Def{Name: "smb.dfs.referral.node_offset", Label: "NetworkAddressOffset", Kind: field.Uint}
	fNode            = &field.Def{Name: "smb.dfs.referral.node", Label: "NetworkAddress", Kind: field.UTF16}
	fServiceGUID     = &field.Def{Name: "smb.dfs.referral.server_guid", Label: "ServiceSiteGuid", Kind: field.GUID}
	fDomainOffset    = &field.Def{Name: "smb.dfs.referral.domain_offset", Label: "SpecialNameOffset", Kind: field.Uint}
	fDomainName      = &field.Def{Name: "smb.dfs.referral.domain_name", Label: "SpecialName", Kind: field.UTF16}
	fExpandedCount   = &field.Def{Name: "smb.dfs.referral.number_of_expnames", Label: "NumberOfExpandedNames", Kind: field.Uint}
	fExpandedOffset  = &field.Def{Name: "smb.dfs.referral.expnames_offset", Label: "ExpandedNameOffset", Kind: field.Uint}
	fExpanded        = &field.Def{Name: "smb.dfs.referral.expname", Label: "ExpandedName", Kind: field.UTF16}
	fReferralPadding = &field.Def{Name: "smb.unknown_data", Label: "Padding", Kind: field.Bytes}
)

const nameListReferral = 0x2

// Referrals walks RESP_GET_DFS_REFERRAL, [MS-DFSC] 2.2.4, which SMB1 has too.
func Referrals(c *wire.Codec) { dfsResponse(c) }

// dfsRequest is REQ_GET_DFS_REFERRAL, [MS-DFSC] 2.2.2.
func dfsRequest(c *wire.Codec) {
	c.Show16(fReferralLevel)
	c.CString16(fReferralFile)
}

// dfsRequestEx is REQ_GET_DFS_REFERRAL_EX, [MS-DFSC] 2.2.3.
func dfsRequestEx(c *wire.Codec) {
	c.Show16(fReferralLevel)
	flags := c.Show16(fReferralExt)
	c.Show32(fReferralSize)
	c.Bytes(fReferralFile, int(c.Show16(fReferralChars)))
	if flags&1 != 0 {
		c.Bytes(fSiteName, int(c.Show16(fSiteLength)))
	}
}

// dfsResponse is RESP_GET_DFS_REFERRAL, [MS-DFSC] 2.2.4.
func dfsResponse(c *wire.Codec) {
	c.Show16(fConsumed)
	n := int(c.Show16(fReferralCount))
	c.Show16(fDFSFlags)
	c.Bytes(fDFSPadding, 2)
	names := referralNames{limit: c.End(), end: c.Pos(), budget: 4 * c.Left()}
	for i := 0; c.More(i, n, 4); i++ {
		referral(c, &names)
	}
	c.Seek(max(names.end, c.Pos()))
}

// referralNames reads the names that referrals point to. Referrals may share
// them, so the bytes read in all are bounded.
type referralNames struct {
	start  int // of the present referral
	limit  int // of the response
	end    int // of the last name
	budget int
}

// text reads the name at off from the referral's start and gives the offset
// behind it, 0 when there is none.
func (r *referralNames) text(c *wire.Codec, d *field.Def, off int) int {
	if off == 0 || r.start+off >= r.limit || r.budget <= 0 {
		return 0
	}
	at := r.start + off
	stop := at
	c.At(at, r.limit-at, func(c *wire.Codec) {
		c.CString16(d)
		stop = c.Pos()
	})
	r.budget -= 2 + stop - at
	r.end = max(r.end, stop)
	return stop - r.start
}

// referral is DFS_REFERRAL, [MS-DFSC] 2.2.5.1 to 2.2.5.4.
func referral(c *wire.Codec, names *referralNames) {
	p := c.Peek(4)
	size := max(4, int(p[2])|int(p[3])<<8)
	names.start = c.Pos()
	c.BeginLen(fReferral, size, 0)
	version := c.Show16(fReferralVersion)
	c.Show16(fReferralLength)
	c.Show16(fServerType)
	flags := c.Show16(fReferralFlags)
	switch {
	case version == 1:
		c.CString16(fNode)
	case version == 2:
		c.Show32(fProximity)
		c.Show32(fTTL)
		targets(c, names, false)
	case flags&nameListReferral != 0:
		c.Show32(fTTL)
		domain, n, at := int(c.Show16(fDomainOffset)), int(c.Show16(fExpandedCount)), int(c.Show16(fExpandedOffset))
		names.text(c, fDomainName, domain)
		for i := 0; i < n && at > 0; i++ {
			at = names.text(c, fExpanded, at)
		}
	default:
		c.Show32(fTTL)
		targets(c, names, true)
	}
	if left := names.start + size - c.Pos(); left > 0 {
		c.Bytes(fReferralPadding, min(left, c.Left()))
	}
	c.Done()
}

// targets reads the three names of a referral to targets.
func targets(c *wire.Codec, names *referralNames, guid bool) {
	path, alt, node := int(c.Show16(fPathOffset)), int(c.Show16(fAltOffset)), int(c.Show16(fNodeOffset))
	if guid {
		c.GUID(fServiceGUID)
	}
	names.text(c, fPath, path)
	names.text(c, fAltPath, alt)
	names.text(c, fNode, node)
}
