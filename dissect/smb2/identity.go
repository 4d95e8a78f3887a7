package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/wire"
)

// identity defines a field of SMB2_REMOTED_IDENTITY_TREE_CONNECT, [MS-SMB2]
// 2.2.9.2.1.
func identity(name, label string, kind field.Kind) *field.Def {
	return &field.Def{Name: "smb2.remoted_identity." + name, Label: label, Kind: kind}
}

var (
	fTicketType     = identity("ticket_type", "TicketType", field.Hex)
	fTicketSize     = identity("ticket_size", "TicketSize", field.Uint)
	fIdentityPlaces = [...]*field.Def{
		identity("user_offset", "User", field.Hex), identity("user_name_offset", "UserName", field.Hex), identity("domain_offset", "Domain", field.Hex),
		identity("groups_offset", "Groups", field.Hex), identity("restricted_groups_offset", "RestrictedGroups", field.Hex),
		identity("privileges_offset", "Privileges", field.Hex), identity("primary_group_offset", "PrimaryGroup", field.Hex),
		identity("owner_offset", "Owner", field.Hex), identity("default_dacl_offset", "DefaultDacl", field.Hex),
		identity("device_groups_offset", "DeviceGroups", field.Hex), identity("user_claims_offset", "UserClaims", field.Hex),
		identity("device_claims_offset", "DeviceClaims", field.Hex),
	}
	fIdentityUser       = identity("user", "User", field.Struct)
	fIdentityName       = identity("user_name", "UserName", field.UTF16)
	fIdentityDomain     = identity("domain", "Domain", field.UTF16)
	fIdentityGroups     = identity("groups", "Groups", field.Struct)
	fIdentityRestricted = identity("restricted_groups", "RestrictedGroups", field.Struct)
	fIdentityPrivileges = identity("privileges", "Privileges", field.Struct)
	fIdentityPrimary    = identity("primary_group", "PrimaryGroup", field.Struct)
	fIdentityOwner      = identity("owner", "Owner", field.Struct)
	fIdentityDACL       = identity("default_dacl", "DefaultDacl", field.Struct)
	fIdentityDevice     = identity("device_groups", "DeviceGroups", field.Struct)
	fIdentityClaims     = identity("user_claims", "UserClaims", field.Struct)
	fIdentityDevClaims  = identity("device_claims", "DeviceClaims", field.Struct)
	fIdentityCount      = identity("count", "Count", field.Uint)
	fIdentitySize       = identity("blob_size", "BlobSize", field.Uint)
	fIdentityLUID       = identity("luid", "Luid", field.Hex)
	fIdentityLUIDAttr   = &field.Def{Name: "smb2.remoted_identity.luid_attr", Label: "Attr", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.remoted_identity.luid_attr.enabled_by_default", Label: "SE_PRIVILEGE_ENABLED_BY_DEFAULT", Mask: 0x1},
		{Name: "smb2.remoted_identity.luid_attr.enabled", Label: "SE_PRIVILEGE_ENABLED", Mask: 0x2},
	}}
	fIdentityAttr = &field.Def{Name: "smb2.remoted_identity.sid_attr", Label: "Attr", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.remoted_identity.sid_attr.mandatory", Label: "SE_GROUP_MANDATORY", Mask: 0x1},
		{Name: "smb2.remoted_identity.sid_attr.enabled_by_default", Label: "SE_GROUP_ENABLED_BY_DEFAULT", Mask: 0x2},
		{Name: "smb2.remoted_identity.sid_attr.enabled", Label: "SE_GROUP_ENABLED", Mask: 0x4},
		{Name: "smb2.remoted_identity.sid_attr.owner", Label: "SE_GROUP_OWNER", Mask: 0x8},
		{Name: "smb2.remoted_identity.sid_attr.deny_only", Label: "SE_GROUP_USE_FOR_DENY_ONLY", Mask: 0x10},
		{Name: "smb2.remoted_identity.sid_attr.integrity", Label: "SE_GROUP_INTEGRITY", Mask: 0x20},
		{Name: "smb2.remoted_identity.sid_attr.integrity_enabled", Label: "SE_GROUP_INTEGRITY_ENABLED", Mask: 0x40},
		{Name: "smb2.remoted_identity.sid_attr.resource", Label: "SE_GROUP_RESOURCE", Mask: 0x20000000},
		{Name: "smb2.remoted_identity.sid_attr.logon_id", Label: "SE_GROUP_LOGON_ID", Mask: 0xc0000000},
	}}
)

// remotedIdentity is [MS-SMB2] 2.2.9.2.1, up to the codec's end. Offsets count
// from its first byte; what one of them leads to ends where its length says.
func remotedIdentity(c *wire.Codec) {
	c.SetBase(c.Pos())
	c.Show16(fTicketType)
	c.Show16(fTicketSize)
	var at [len(fIdentityPlaces)]int
	for i, d := range fIdentityPlaces {
		at[i] = int(c.Show16(d))
	}
	end := c.Pos()
	part := func(i int, walk func(*wire.Codec)) {
		if at[i] == 0 {
			return
		}
		place := c.Base() + at[i]
		c.At(place, max(0, c.End()-place), func(c *wire.Codec) {
			walk(c)
			end = max(end, c.Pos())
		})
	}
	tree := func(i int, d *field.Def, walk func(*wire.Codec)) {
		part(i, func(c *wire.Codec) {
			c.Begin(d)
			walk(c)
			c.Finish()
		})
	}
	tree(0, fIdentityUser, attributedSID)
	part(1, func(c *wire.Codec) { c.CString16(fIdentityName) })
	part(2, func(c *wire.Codec) { c.CString16(fIdentityDomain) })
	tree(3, fIdentityGroups, attributedSIDs)
	tree(4, fIdentityRestricted, attributedSIDs)
	tree(5, fIdentityPrivileges, privileges)
	tree(6, fIdentityPrimary, attributedSIDs)
	tree(7, fIdentityOwner, func(c *wire.Codec) { blob(c, secdesc.SID) })
	tree(8, fIdentityDACL, func(c *wire.Codec) { blob(c, secdesc.ACL) })
	tree(9, fIdentityDevice, attributedSIDs)
	tree(10, fIdentityClaims, func(c *wire.Codec) { blob(c, identityClaims) })
	tree(11, fIdentityDevClaims, func(c *wire.Codec) { blob(c, identityClaims) })
	c.Seek(end)
}

// blob is BLOB_DATA, [MS-SMB2] 2.2.9.2.1.1.
func blob(c *wire.Codec, walk func(*wire.Codec)) { c.Within(int(c.Show16(fIdentitySize)), walk) }

// attributedSID is SID_ATTR_DATA, [MS-SMB2] 2.2.9.2.1.2.
func attributedSID(c *wire.Codec) {
	blob(c, secdesc.SID)
	c.Show32(fIdentityAttr)
}

// attributedSIDs is SID_ARRAY_DATA, [MS-SMB2] 2.2.9.2.1.3.
func attributedSIDs(c *wire.Codec) {
	n := int(c.Show16(fIdentityCount))
	for i := 0; c.More(i, n, 6); i++ {
		attributedSID(c)
	}
}

// privileges is PRIVILEGE_ARRAY_DATA, [MS-SMB2] 2.2.9.2.1.6.
func privileges(c *wire.Codec) {
	n := int(c.Show16(fIdentityCount))
	for i := 0; c.More(i, n, 14); i++ {
		blob(c, func(c *wire.Codec) {
			c.Show64(fIdentityLUID)
			c.Show32(fIdentityLUIDAttr)
		})
	}
}

// identityClaims is an array of claims.
func identityClaims(c *wire.Codec) {
	for c.Left() > 0 {
		secdesc.Claim(c)
	}
}

// identityDefs gives the fields of this file.
func identityDefs() []*field.Def {
	return append([]*field.Def{
		fTicketType, fTicketSize, fIdentityUser, fIdentityName, fIdentityDomain, fIdentityGroups, fIdentityRestricted, fIdentityPrivileges,
		fIdentityPrimary, fIdentityOwner, fIdentityDACL, fIdentityDevice, fIdentityClaims, fIdentityDevClaims, fIdentityCount,
		fIdentitySize, fIdentityLUID, fIdentityLUIDAttr, fIdentityAttr,
	}, fIdentityPlaces[:]...)
}
