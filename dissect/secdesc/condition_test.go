package secdesc

import (
	"strings"
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

const (
	everyone = "\x01\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00"
	users    = "\x01\x02\x00\x00\x00\x00\x00\x05\x20\x00\x00\x00\x21\x02\x00\x00"
)

// entry is an ACE of this type without rights.
func entry(kind byte, data string) string {
	return string([]byte{kind, 0, byte(8 + len(everyone) + len(data)), 0, 0, 0, 0, 0}) + everyone + data
}

// condition1 is (@User.a >= -5 && Member_of{SID(BU)}) || Exists @Device.d, and
// a list of an octet string and a number.
const condition1 = "artx" + "\xf9\x02\x00\x00\x00a\x00" + "\x04\xfb\xff\xff\xff\xff\xff\xff\xff\x02\x02" + "\x85" +
	"\x51\x10\x00\x00\x00" + users + "\x89" + "\xa0" + "\xfb\x02\x00\x00\x00d\x00" + "\x87" + "\xa1" +
	"\x50\x11\x00\x00\x00" + "\x18\x01\x00\x00\x00x" + "\x01\x07\x00\x00\x00\x00\x00\x00\x00\x03\x03" + "\x10\x02\x00\x00\x00b\x00"

// claims are claims named c: two strings, and a SID.
const (
	claim1 = "\x18\x00\x00\x00\x03\x00\x00\x00\x02\x00\x01\x00\x02\x00\x00\x00" + "\x1c\x00\x00\x00\x20\x00\x00\x00" + "c\x00\x00\x00" + "v\x00\x00\x00" + "w\x00\x00\x00"
	claim2 = "\x14\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00" + "\x18\x00\x00\x00" + "c\x00\x00\x00" + "\x10\x00\x00\x00" + users
)

func TestConditions(t *testing.T) {
	for _, test := range []struct{ ace, want string }{
		{entry(9, condition1), "mark=artx|token=User attribute (249)|length=2|user_attr=a|token=Signed int64 (4)|value_int64=-5|sign=- (2)|base=decimal (2)|" +
			"token=>= (133)|token=SID (81)|length=16|token=Member_of (137)|token=&& (160)|token=Device attribute (251)|length=2|device_attr=d|" +
			"token=Exists (135)|token=|| (161)|token=Composite (80)|length=17|token=Octet String (24)|length=1|value_octet_string=78|" +
			"token=Signed int8 (1)|value_int8=7|sign=none (3)|base=hexadecimal (3)|token=Unicode String (16)|length=2|value_string=b|"},
		{entry(18, claim1), "name_offset=24|type=CLAIM_SECURITY_ATTRIBUTE_TYPE_STRING (3)|reserved=0x0000|" +
			"flags=CLAIM_SECURITY_ATTRIBUTE_VALUE_CASE_SENSITIVE|FCI_CLAIM_SECURITY_ATTRIBUTE_MANUAL (0x00010002)|value_count=2|name_offset=28|name_offset=32|" +
			"name=c|value_string=v|value_string=w|"},
		{entry(18, claim2), "name_offset=20|type=CLAIM_SECURITY_ATTRIBUTE_TYPE_SID (5)|reserved=0x0000|flags=0x00000000|value_count=1|name_offset=24|" +
			"name=c|value_length=16|value_sid=S-1-5-32-545 (BUILTIN_USERS)|"},
	} {
		var tr field.Tree
		walk(&tr, test.ace, func(c *wire.Codec) { ace(c, fMask) })
		var got strings.Builder
		for i := range tr.Nodes {
			n := &tr.Nodes[i]
			_, name, ok := strings.Cut(n.Def.Name, "nt.ace.cond.")
			if !ok {
				_, name, ok = strings.Cut(n.Def.Name, "nt.ace.sra.")
			}
			if ok {
				got.WriteString(name + "=" + tr.Show(i) + "|")
			}
			if n.Def.Kind == field.Unparsed || n.Def.Kind == field.Note || n.Def == fApplication {
				t.Errorf("%s at %d: %s", n.Def.Name, n.Off, tr.Show(i))
			}
		}
		if got.String() != test.want {
			t.Errorf("got\n%s\nwant\n%s", got.String(), test.want)
		}
		for n := range len(test.ace) { // nothing may stand outside
			walk(&tr, test.ace[:n], func(c *wire.Codec) { ace(c, fMask) })
			for _, x := range []byte{0, 1, 0x50, 0x7f, 0xff} {
				b := []byte(test.ace)
				b[n] = x
				walk(&tr, string(b), func(c *wire.Codec) { ace(c, fMask) })
			}
		}
	}
}
