package secdesc

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fType = &field.Def{Name: "nt.ace.type", Label: "AceType", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "ACCESS_ALLOWED_ACE_TYPE"}, {V: 1, Name: "ACCESS_DENIED_ACE_TYPE"}, {V: 2, Name: "SYSTEM_AUDIT_ACE_TYPE"},
		{V: 3, Name: "SYSTEM_ALARM_ACE_TYPE"}, {V: 4, Name: "ACCESS_ALLOWED_COMPOUND_ACE_TYPE"}, {V: 5, Name: "ACCESS_ALLOWED_OBJECT_ACE_TYPE"},
		{V: 6, Name: "ACCESS_DENIED_OBJECT_ACE_TYPE"}, {V: 7, Name: "SYSTEM_AUDIT_OBJECT_ACE_TYPE"}, {V: 8, Name: "SYSTEM_ALARM_OBJECT_ACE_TYPE"},
		{V: 9, Name: "ACCESS_ALLOWED_CALLBACK_ACE_TYPE"}, {V: 10, Name: "ACCESS_DENIED_CALLBACK_ACE_TYPE"},
		{V: 11, Name: "ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE"}, {V: 12, Name: "ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE"},
		{V: 13, Name: "SYSTEM_AUDIT_CALLBACK_ACE_TYPE"}, {V: 14, Name: "SYSTEM_ALARM_CALLBACK_ACE_TYPE"},
		{V: 15, Name: "SYSTEM_AUDIT_CALLBACK_OBJECT_ACE_TYPE"}, {V: 16, Name: "SYSTEM_ALARM_CALLBACK_OBJECT_ACE_TYPE"},
		{V: 17, Name: "SYSTEM_MANDATORY_LABEL_ACE_TYPE"}, {V: 18, Name: "SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE"},
		{V: 19, Name: "SYSTEM_SCOPED_POLICY_ID_ACE_TYPE"}}}
	fFlags = &field.Def{Name: "nt.ace.flags", Label: "AceFlags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "nt.ace.flags.object_inherit", Label: "OBJECT_INHERIT_ACE", Mask: 0x1},
		{Name: "nt.ace.flags.container_inherit", Label: "CONTAINER_INHERIT_ACE", Mask: 0x2},
		{Name: "nt.ace.flags.non_propagate_inherit", Label: "NO_PROPAGATE_INHERIT_ACE", Mask: 0x4},
		{Name: "nt.ace.flags.inherit_only", Label: "INHERIT_ONLY_ACE", Mask: 0x8},
		{Name: "nt.ace.flags.inherited_ace", Label: "INHERITED_ACE", Mask: 0x10},
		{Name: "nt.ace.flags.successful_access", Label: "SUCCESSFUL_ACCESS_ACE_FLAG", Mask: 0x40},
		{Name: "nt.ace.flags.failed_access", Label: "FAILED_ACCESS_ACE_FLAG", Mask: 0x80},
	}}
	fSize        = &field.Def{Name: "nt.ace.size", Label: "AceSize", Kind: field.Uint}
	fMask        = Rights(fileRights)
	fObjectFlags = &field.Def{Name: "nt.ace.object.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "nt.ace.object.flags.object_type_present", Label: "ACE_OBJECT_TYPE_PRESENT", Mask: objectPresent},
		{Name: "nt.ace.object.flags.inherited_object_type_present", Label: "ACE_INHERITED_OBJECT_TYPE_PRESENT", Mask: inheritedPresent},
	}}
	fObject      = &field.Def{Name: "nt.ace.object.guid", Label: "ObjectType", Kind: field.GUID}
	fInherited   = &field.Def{Name: "nt.ace.object.inherited_guid", Label: "InheritedObjectType", Kind: field.GUID}
	fApplication = &field.Def{Name: "nt.ace.application_data", Label: "ApplicationData", Kind: field.Bytes}
)

// fileRights are the lower bits of the mask of a file, [MS-DTYP] 2.4.3.
var fileRights = []field.Bit{
	{Name: "nt.access_mask.specific_0", Label: "FILE_READ_DATA", Mask: 0x1},
	{Name: "nt.access_mask.specific_1", Label: "FILE_WRITE_DATA", Mask: 0x2},
	{Name: "nt.access_mask.specific_2", Label: "FILE_APPEND_DATA", Mask: 0x4},
	{Name: "nt.access_mask.specific_3", Label: "FILE_READ_EA", Mask: 0x8},
	{Name: "nt.access_mask.specific_4", Label: "FILE_WRITE_EA", Mask: 0x10},
	{Name: "nt.access_mask.specific_5", Label: "FILE_EXECUTE", Mask: 0x20},
	{Name: "nt.access_mask.specific_6", Label: "FILE_DELETE_CHILD", Mask: 0x40},
	{Name: "nt.access_mask.specific_7", Label: "FILE_READ_ATTRIBUTES", Mask: 0x80},
	{Name: "nt.access_mask.specific_8", Label: "FILE_WRITE_ATTRIBUTES", Mask: 0x100},
	{Name: "nt.access_mask.specific_9", Label: "SPECIFIC_9", Mask: 0x200},
	{Name: "nt.access_mask.specific_10", Label: "SPECIFIC_10", Mask: 0x400},
	{Name: "nt.access_mask.specific_11", Label: "SPECIFIC_11", Mask: 0x800},
	{Name: "nt.access_mask.specific_12", Label: "SPECIFIC_12", Mask: 0x1000},
	{Name: "nt.access_mask.specific_13", Label: "SPECIFIC_13", Mask: 0x2000},
	{Name: "nt.access_mask.specific_14", Label: "SPECIFIC_14", Mask: 0x4000},
	{Name: "nt.access_mask.specific_15", Label: "SPECIFIC_15", Mask: 0x8000},
}

// commonRights are those of any object.
var commonRights = []field.Bit{
	{Name: "nt.access_mask.delete", Label: "DELETE", Mask: 0x10000},
	{Name: "nt.access_mask.read_control", Label: "READ_CONTROL", Mask: 0x20000},
	{Name: "nt.access_mask.write_dac", Label: "WRITE_DAC", Mask: 0x40000},
	{Name: "nt.access_mask.write_owner", Label: "WRITE_OWNER", Mask: 0x80000},
	{Name: "nt.access_mask.synchronise", Label: "SYNCHRONIZE", Mask: 0x100000},
	{Name: "nt.access_mask.access_sacl", Label: "ACCESS_SYSTEM_SECURITY", Mask: 0x1000000},
	{Name: "nt.access_mask.maximum_allowed", Label: "MAXIMUM_ALLOWED", Mask: 0x2000000},
	{Name: "nt.access_mask.generic_all", Label: "GENERIC_ALL", Mask: 0x10000000},
	{Name: "nt.access_mask.generic_execute", Label: "GENERIC_EXECUTE", Mask: 0x20000000},
	{Name: "nt.access_mask.generic_write", Label: "GENERIC_WRITE", Mask: 0x40000000},
	{Name: "nt.access_mask.generic_read", Label: "GENERIC_READ", Mask: 0x80000000},
}

// Rights defines the access mask of an object with rights of its own.
func Rights(own []field.Bit) *field.Def {
	return &field.Def{Name: "nt.access_mask", Label: "Mask", Kind: field.Flags, Bits: append(own[:len(own):len(own)], commonRights...)}
}

const (
	objectPresent    = 0x1
	inheritedPresent = 0x2
)

// ace is [MS-DTYP] 2.4.4.1 with the types of 2.4.4.2 to 2.4.4.17.
func ace(c *wire.Codec, mask *field.Def) {
	p := c.Peek(4)
	if len(p) < 4 {
		c.Skip(len(p))
		return
	}
	size := max(4, int(p[2])|int(p[3])<<8)
	c.BeginLen(fACE, size, 0)
	c.Within(size, func(c *wire.Codec) {
		kind := c.Show8(fType)
		c.Show8(fFlags)
		c.Show16(fSize)
		if kind == 4 || kind > 19 {
			c.Rest(fApplication)
			return
		}
		c.Show32(mask)
		switch kind {
		case 5, 6, 7, 8, 11, 12, 15, 16:
			flags := c.Show32(fObjectFlags)
			if flags&objectPresent != 0 {
				c.GUID(fObject)
			}
			if flags&inheritedPresent != 0 {
				c.GUID(fInherited)
			}
		}
		SID(c)
		switch {
		case kind == 18 && c.Left() > 0:
			Claim(c)
		case string(c.Peek(len(conditionMark))) == conditionMark:
			condition(c)
		}
		c.Rest(fApplication)
	})
	c.Done()
}
