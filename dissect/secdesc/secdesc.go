// Package secdesc walks security descriptors, access control lists and
// security identifiers, [MS-DTYP] 2.4. It knows no message.
package secdesc

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fRevision = &field.Def{Name: "nt.sec_desc.revision", Label: "Revision", Kind: field.Uint}
	fControl  = &field.Def{Name: "nt.sec_desc.type", Label: "Control", Kind: field.Flags, Bits: []field.Bit{
		{Name: "nt.sec_desc.type.owner_defaulted", Label: "OD", Mask: 0x1},
		{Name: "nt.sec_desc.type.group_defaulted", Label: "GD", Mask: 0x2},
		{Name: "nt.sec_desc.type.dacl_present", Label: "DP", Mask: 0x4},
		{Name: "nt.sec_desc.type.dacl_defaulted", Label: "DD", Mask: 0x8},
		{Name: "nt.sec_desc.type.sacl_present", Label: "SP", Mask: 0x10},
		{Name: "nt.sec_desc.type.sacl_defaulted", Label: "SD", Mask: 0x20},
		{Name: "nt.sec_desc.type.dacl_trusted", Label: "DT", Mask: 0x40},
		{Name: "nt.sec_desc.type.server_security", Label: "SS", Mask: 0x80},
		{Name: "nt.sec_desc.type.dacl_auto_inherit_req", Label: "DC", Mask: 0x100},
		{Name: "nt.sec_desc.type.sacl_auto_inherit_req", Label: "SC", Mask: 0x200},
		{Name: "nt.sec_desc.type.dacl_auto_inherited", Label: "DI", Mask: 0x400},
		{Name: "nt.sec_desc.type.sacl_auto_inherited", Label: "SI", Mask: 0x800},
		{Name: "nt.sec_desc.type.dacl_protected", Label: "PD", Mask: 0x1000},
		{Name: "nt.sec_desc.type.sacl_protected", Label: "PS", Mask: 0x2000},
		{Name: "nt.sec_desc.type.rm_control_valid", Label: "RM", Mask: 0x4000},
		{Name: "nt.sec_desc.type.self_relative", Label: "SR", Mask: 0x8000},
	}}
	fOwner     = &field.Def{Name: "nt.offset_to_owner_sid", Label: "OffsetOwner", Kind: field.Uint}
	fGroup     = &field.Def{Name: "nt.offset_to_group_sid", Label: "OffsetGroup", Kind: field.Uint}
	fSACL      = &field.Def{Name: "nt.offset_to_sacl", Label: "OffsetSacl", Kind: field.Uint}
	fDACL      = &field.Def{Name: "nt.offset_to_dacl", Label: "OffsetDacl", Kind: field.Uint}
	fOwnerSID  = &field.Def{Name: "nt.sec_desc.owner", Label: "Owner"}
	fGroupSID  = &field.Def{Name: "nt.sec_desc.group", Label: "Group"}
	fSACLTree  = &field.Def{Name: "nt.sec_desc.sacl", Label: "SACL"}
	fDACLTree  = &field.Def{Name: "nt.sec_desc.dacl", Label: "DACL"}
	fACE       = &field.Def{Name: "nt.ace", Label: "ACE"}
	fACLRev    = &field.Def{Name: "nt.acl.revision", Label: "AclRevision", Kind: field.Uint}
	fACLSize   = &field.Def{Name: "nt.acl.size", Label: "AclSize", Kind: field.Uint}
	fACECount  = &field.Def{Name: "nt.acl.num_aces", Label: "AceCount", Kind: field.Uint}
	fSID       = &field.Def{Name: "nt.sid", Label: "SID", Kind: field.SID}
	fSIDRev    = &field.Def{Name: "nt.sid.revision", Label: "Revision", Kind: field.Uint}
	fSIDCount  = &field.Def{Name: "nt.sid.num_auth", Label: "SubAuthorityCount", Kind: field.Uint}
	fAuthority = &field.Def{Name: "nt.sid.auth", Label: "IdentifierAuthority", Kind: field.Uint}
	fSubs      = &field.Def{Name: "nt.sid.subauth", Label: "SubAuthority", Kind: field.SubAuthorities}
	fRID       = &field.Def{Name: "nt.sid.rid", Label: "RID", Kind: field.Uint}
)

const (
	headerSize = 20
	sidHeader  = 8
	maxSubs    = 15

	ntAuthority = 5
	subDomain   = 21
	subBuiltin  = 32
)

// Walk walks a self-relative security descriptor, [MS-DTYP] 2.4.6, that begins
// at the cursor and ends where the codec ends.
func Walk(c *wire.Codec) { WalkRights(c, fMask) }

// WalkRights is Walk for an object that is no file: mask is nt.access_mask
// with the names of its rights.
func WalkRights(c *wire.Codec, mask *field.Def) {
	if c.Tree() == nil {
		return
	}
	start, end := c.Pos(), c.Pos()
	c.Show16(fRevision) // and Sbz1
	c.Show16(fControl)
	owner := int(c.Show32(fOwner))
	group := int(c.Show32(fGroup))
	sacl := int(c.Show32(fSACL))
	dacl := int(c.Show32(fDACL))
	part := func(at int, d *field.Def, walk func(*wire.Codec)) {
		if at == 0 {
			return
		}
		if at < headerSize {
			c.Problem("offset points into the security descriptor's header")
			return
		}
		c.At(start+at, max(0, c.End()-start-at), func(c *wire.Codec) {
			c.Begin(d)
			walk(c)
			c.Finish()
			end = max(end, c.Pos())
		})
	}
	part(owner, fOwnerSID, SID)
	part(group, fGroupSID, SID)
	list := func(c *wire.Codec) { acl(c, mask) }
	part(sacl, fSACLTree, list)
	part(dacl, fDACLTree, list)
	c.Seek(max(end, c.Pos()))
}

// ACL walks an access control list of a file that stands alone.
func ACL(c *wire.Codec) { acl(c, fMask) }

// acl is [MS-DTYP] 2.4.5.
func acl(c *wire.Codec, mask *field.Def) {
	start := c.Pos()
	c.Show16(fACLRev) // and Sbz1
	size := int(c.Show16(fACLSize))
	n := int(c.Show32(fACECount)) & 0xffff // and Sbz2
	c.Within(max(0, start+size-c.Pos()), func(c *wire.Codec) {
		for i := 0; c.More(i, n, 4); i++ {
			ace(c, mask)
		}
	})
}

// inDomain reports whether the SID that starts with p is relative to a domain
// or to BUILTIN: its last part is a RID.
func inDomain(p []byte, n int) bool {
	if len(p) < sidHeader+4 || p[7] != ntAuthority || p[9]|p[10]|p[11] != 0 {
		return false
	}
	return p[8] == subDomain && n > 4 || p[8] == subBuiltin && n == 2
}

// SID walks a security identifier, [MS-DTYP] 2.4.2.2.
func SID(c *wire.Codec) {
	p := c.Peek(sidHeader)
	if len(p) < sidHeader {
		c.Skip(len(p))
		return
	}
	c.BeginLen(fSID, sidHeader+4*int(p[1]), 0)
	SIDFields(c)
	c.Done()
}

// SIDFields walks the parts of a security identifier that has a node already.
func SIDFields(c *wire.Codec) {
	p := c.Peek(sidHeader + 4)
	if len(p) < sidHeader {
		c.Skip(len(p))
		return
	}
	n := int(p[1])
	if n > maxSubs || sidHeader+4*n > c.Left() {
		c.Problem("the security identifier is longer than its place")
		c.Skip(c.Left())
		return
	}
	c.Show8(fSIDRev)
	c.Show8(fSIDCount)
	c.ShowBE(fAuthority, 6)
	c.Bytes(fSubs, 4*n)
	if inDomain(p, n) {
		c.Seek(c.Pos() - 4)
		c.Show32(fRID)
	}
}
