package secdesc

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// The types of a claim, [MS-DTYP] 2.4.10.1.
const (
	claimInt    = 1
	claimUint   = 2
	claimString = 3
	claimSID    = 5
	claimBool   = 6
	claimOctets = 16
)

var (
	fClaim     = &field.Def{Name: "nt.ace.sra", Label: "CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1"}
	fClaimAt   = &field.Def{Name: "nt.ace.sra.name_offset", Label: "Name", Kind: field.Uint}
	fClaimName = &field.Def{Name: "nt.ace.sra.name", Label: "Name", Kind: field.UTF16}
	fClaimType = &field.Def{Name: "nt.ace.sra.type", Label: "ValueType", Kind: field.Enum, Values: field.Values{
		{V: claimInt, Name: "CLAIM_SECURITY_ATTRIBUTE_TYPE_INT64"}, {V: claimUint, Name: "CLAIM_SECURITY_ATTRIBUTE_TYPE_UINT64"},
		{V: claimString, Name: "CLAIM_SECURITY_ATTRIBUTE_TYPE_STRING"}, {V: claimSID, Name: "CLAIM_SECURITY_ATTRIBUTE_TYPE_SID"},
		{V: claimBool, Name: "CLAIM_SECURITY_ATTRIBUTE_TYPE_BOOLEAN"}, {V: claimOctets, Name: "CLAIM_SECURITY_ATTRIBUTE_TYPE_OCTET_STRING"}}}
	fClaimReserved = &field.Def{Name: "nt.ace.sra.reserved", Label: "Reserved", Kind: field.Hex}
	fClaimFlags    = &field.Def{Name: "nt.ace.sra.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "nt.ace.sra.flags.non_inheritable", Label: "CLAIM_SECURITY_ATTRIBUTE_NON_INHERITABLE", Mask: 0x1},
		{Name: "nt.ace.sra.flags.case_sensitive", Label: "CLAIM_SECURITY_ATTRIBUTE_VALUE_CASE_SENSITIVE", Mask: 0x2},
		{Name: "nt.ace.sra.flags.deny_only", Label: "CLAIM_SECURITY_ATTRIBUTE_USE_FOR_DENY_ONLY", Mask: 0x4},
		{Name: "nt.ace.sra.flags.disabled_by_default", Label: "CLAIM_SECURITY_ATTRIBUTE_DISABLED_BY_DEFAULT", Mask: 0x8},
		{Name: "nt.ace.sra.flags.disabled", Label: "CLAIM_SECURITY_ATTRIBUTE_DISABLED", Mask: 0x10},
		{Name: "nt.ace.sra.flags.mandatory", Label: "CLAIM_SECURITY_ATTRIBUTE_MANDATORY", Mask: 0x20},
		{Name: "nt.ace.sra.flags.manual", Label: "FCI_CLAIM_SECURITY_ATTRIBUTE_MANUAL", Mask: 0x10000},
		{Name: "nt.ace.sra.flags.policy_derived", Label: "FCI_CLAIM_SECURITY_ATTRIBUTE_POLICY_DERIVED", Mask: 0x20000},
	}}
	fClaimCount  = &field.Def{Name: "nt.ace.sra.value_count", Label: "ValueCount", Kind: field.Uint}
	fClaimOffset = &field.Def{Name: "nt.ace.sra.name_offset", Label: "Values", Kind: field.Uint}
	fClaimLength = &field.Def{Name: "nt.ace.sra.value_length", Label: "Length", Kind: field.Uint}
	fClaimInt    = &field.Def{Name: "nt.ace.sra.value_int64", Label: "Value", Kind: field.Status, Lookup: signed, All: unnamed}
	fClaimUint   = &field.Def{Name: "nt.ace.sra.value_uint64", Label: "Value", Kind: field.Uint}
	fClaimString = &field.Def{Name: "nt.ace.sra.value_string", Label: "Value", Kind: field.UTF16}
	fClaimSID    = &field.Def{Name: "nt.ace.sra.value_sid", Label: "Value", Kind: field.SID}
	fClaimBool   = &field.Def{Name: "nt.ace.sra.value_boolean", Label: "Value", Kind: field.Uint}
	fClaimOctets = &field.Def{Name: "nt.ace.sra.value_octet_string", Label: "Value", Kind: field.Bytes}
)

// Claim walks CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1, [MS-DTYP] 2.4.10.1, and
// leaves the cursor behind what it points to.
func Claim(c *wire.Codec) {
	c.Begin(fClaim)
	c.SetBase(c.Pos())
	name := int(c.Show32(fClaimAt))
	kind := c.Show16(fClaimType)
	c.Show16(fClaimReserved)
	c.Show32(fClaimFlags)
	n := int(c.Show32(fClaimCount))
	at := c.Pos()
	for i := 0; c.More(i, n, 4); i++ {
		c.Show32(fClaimOffset)
	}
	end := c.Pos()
	values := (end - at) / 4
	part := func(at int, walk func(*wire.Codec)) {
		at += c.Base()
		c.At(at, max(0, c.End()-at), func(c *wire.Codec) {
			walk(c)
			end = max(end, c.Pos())
		})
	}
	part(name, func(c *wire.Codec) { c.CString16(fClaimName) })
	for ; values > 0; values-- {
		c.Seek(at)
		part(int(c.Show32(nil)), func(c *wire.Codec) { claimValue(c, kind) })
		at += 4
	}
	c.Seek(end)
	c.Finish()
}

// claimValue walks one value of a claim.
func claimValue(c *wire.Codec, kind uint16) {
	switch kind {
	case claimInt:
		c.Show64(fClaimInt)
	case claimUint:
		c.Show64(fClaimUint)
	case claimBool:
		c.Show64(fClaimBool)
	case claimString:
		c.CString16(fClaimString)
	case claimSID:
		c.Bytes(fClaimSID, int(c.Show32(fClaimLength)))
	case claimOctets:
		c.Bytes(fClaimOctets, int(c.Show32(fClaimLength)))
	}
}
