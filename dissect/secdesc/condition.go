package secdesc

import (
	"encoding/binary"
	"strconv"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// The tokens of a conditional expression that carry something, [MS-DTYP]
// 2.4.4.17.5 to 2.4.4.17.8.
const (
	tokenInt8      = 0x01
	tokenInt64     = 0x04
	tokenString    = 0x10
	tokenOctets    = 0x18
	tokenComposite = 0x50
	tokenSID       = 0x51
	tokenLocal     = 0xf8
	tokenUser      = 0xf9
	tokenResource  = 0xfa
	tokenDevice    = 0xfb
)

const (
	conditionMark = "artx"
	maxComposite  = 8 // composites in composites
)

var (
	fCondition = &field.Def{Name: "nt.ace.cond", Label: "Conditional expression"}
	fMark      = &field.Def{Name: "nt.ace.cond.mark", Label: "Signature", Kind: field.Text}
	fToken     = &field.Def{Name: "nt.ace.cond.token", Label: "Token", Kind: field.Enum, Values: field.Values{
		{V: 0x00, Name: "padding"}, {V: tokenInt8, Name: "Signed int8"}, {V: 0x02, Name: "Signed int16"}, {V: 0x03, Name: "Signed int32"},
		{V: tokenInt64, Name: "Signed int64"}, {V: tokenString, Name: "Unicode String"}, {V: tokenOctets, Name: "Octet String"},
		{V: tokenComposite, Name: "Composite"}, {V: tokenSID, Name: "SID"},
		{V: 0x80, Name: "=="}, {V: 0x81, Name: "!="}, {V: 0x82, Name: "<"}, {V: 0x83, Name: "<="}, {V: 0x84, Name: ">"}, {V: 0x85, Name: ">="},
		{V: 0x86, Name: "Contains"}, {V: 0x87, Name: "Exists"}, {V: 0x88, Name: "Any_of"}, {V: 0x89, Name: "Member_of"},
		{V: 0x8a, Name: "Device_Member_of"}, {V: 0x8b, Name: "Member_of_Any"}, {V: 0x8c, Name: "Device_Member_of_Any"}, {V: 0x8d, Name: "Not_Exists"},
		{V: 0x8e, Name: "Not_Contains"}, {V: 0x8f, Name: "Not_Any_of"}, {V: 0x90, Name: "Not_Member_of"}, {V: 0x91, Name: "Not_Device_Member_of"},
		{V: 0x92, Name: "Not_Member_of_Any"}, {V: 0x93, Name: "Not_Device_Member_of_Any"}, {V: 0xa0, Name: "&&"}, {V: 0xa1, Name: "||"}, {V: 0xa2, Name: "!"},
		{V: tokenLocal, Name: "Local attribute"}, {V: tokenUser, Name: "User attribute"}, {V: tokenResource, Name: "Resource attribute"},
		{V: tokenDevice, Name: "Device attribute"}}}
	fInteger = [...]*field.Def{
		{Name: "nt.ace.cond.value_int8", Label: "Value", Kind: field.Status, Lookup: signed, All: unnamed},
		{Name: "nt.ace.cond.value_int16", Label: "Value", Kind: field.Status, Lookup: signed, All: unnamed},
		{Name: "nt.ace.cond.value_int32", Label: "Value", Kind: field.Status, Lookup: signed, All: unnamed},
		{Name: "nt.ace.cond.value_int64", Label: "Value", Kind: field.Status, Lookup: signed, All: unnamed}}
	fSign = &field.Def{Name: "nt.ace.cond.sign", Label: "Sign", Kind: field.Enum, Values: field.Values{
		{V: 1, Name: "+"}, {V: 2, Name: "-"}, {V: 3, Name: "none"}}}
	fBase = &field.Def{Name: "nt.ace.cond.base", Label: "Base", Kind: field.Enum, Values: field.Values{
		{V: 1, Name: "octal"}, {V: 2, Name: "decimal"}, {V: 3, Name: "hexadecimal"}}}
	fCondLength = &field.Def{Name: "nt.ace.cond.length", Label: "Length", Kind: field.Uint}
	fString     = &field.Def{Name: "nt.ace.cond.value_string", Label: "Value", Kind: field.UTF16}
	fOctets     = &field.Def{Name: "nt.ace.cond.value_octet_string", Label: "Value", Kind: field.Bytes}
	fAttribute  = [...]*field.Def{
		{Name: "nt.ace.cond.local_attr", Label: "Attribute", Kind: field.UTF16}, {Name: "nt.ace.cond.user_attr", Label: "Attribute", Kind: field.UTF16},
		{Name: "nt.ace.cond.resource_attr", Label: "Attribute", Kind: field.UTF16}, {Name: "nt.ace.cond.device_attr", Label: "Attribute", Kind: field.UTF16}}
)

// condition walks a conditional expression, [MS-DTYP] 2.4.4.17, in postfix
// order, up to the end of the ACE.
func condition(c *wire.Codec) {
	c.BeginLen(fCondition, c.Left(), 0)
	c.Bytes(fMark, len(conditionMark))
	tokens(c, 0)
	c.Done()
}

func tokens(c *wire.Codec, depth int) {
	for c.Left() > 0 {
		n := tokenSize(c.Peek(5))
		t := c.Peek(1)[0]
		c.BeginLen(fToken, n, uint64(t))
		c.Within(n, func(c *wire.Codec) { token(c, t, depth) })
		c.Done()
	}
}

// tokenSize is the size of the token that b begins with, with what it carries.
func tokenSize(b []byte) int {
	switch t := b[0]; {
	case t >= tokenInt8 && t <= tokenInt64:
		return 1 + 8 + 2
	case t == tokenString, t == tokenOctets, t == tokenComposite, t == tokenSID, t >= tokenLocal && t <= tokenDevice:
		if len(b) == 5 {
			return 5 + int(binary.LittleEndian.Uint32(b[1:]))
		}
	}
	return 1
}

// token walks what the token at the cursor carries.
func token(c *wire.Codec, t byte, depth int) {
	c.Skip(1)
	switch {
	case t >= tokenInt8 && t <= tokenInt64:
		c.Show64(fInteger[t-tokenInt8])
		c.Show8(fSign)
		c.Show8(fBase)
	case t == tokenString:
		counted(c, fString)
	case t == tokenOctets:
		counted(c, fOctets)
	case t == tokenComposite && depth < maxComposite:
		c.Show32(fCondLength)
		tokens(c, depth+1)
	case t == tokenSID:
		c.Show32(fCondLength)
		SID(c)
	case t >= tokenLocal && t <= tokenDevice:
		counted(c, fAttribute[t-tokenLocal])
	}
}

func counted(c *wire.Codec, d *field.Def) { c.Bytes(d, int(c.Show32(fCondLength))) }

// signed is how a number of 8 bytes with a sign reads.
func signed(v uint64) string { return strconv.FormatInt(int64(v), 10) }

func unnamed() field.Values { return nil }
