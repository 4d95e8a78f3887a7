package smb1

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fNBSSType = enum("nbss.type", "Type", field.Values{
		{V: 0x00, Name: "SESSION MESSAGE"}, {V: 0x81, Name: "SESSION REQUEST"}, {V: 0x82, Name: "POSITIVE SESSION RESPONSE"},
		{V: 0x83, Name: "NEGATIVE SESSION RESPONSE"}, {V: 0x84, Name: "RETARGET SESSION RESPONSE"}, {V: 0x85, Name: "SESSION KEEP ALIVE"},
	})
	fNBSSFlags   = flags("nbss.flags", "Flags", field.Bit{Name: "nbss.flags.e", Label: "E", Mask: 0x1})
	fNBSSLength  = num("nbss.length", "Length")
	fCalledName  = &field.Def{Name: "nbss.called_name", Label: "Called name", Kind: field.Known}
	fCallingName = &field.Def{Name: "nbss.calling_name", Label: "Calling name", Kind: field.Known}
	fNBSSError   = enum("nbss.error_code", "Error code", field.Values{
		{V: 0x80, Name: "Not listening on called name"}, {V: 0x81, Name: "Not listening for calling name"},
		{V: 0x82, Name: "Called name not present"}, {V: 0x83, Name: "Called name present, but insufficient resources"},
		{V: 0x8f, Name: "Unspecified error"},
	})
	fRetargetIP   = &field.Def{Name: "nbss.retarget_ip_address", Label: "Retarget IP address", Kind: field.IPv4}
	fRetargetPort = num("nbss.retarget_port", "Retarget port")
)

// WalkNBSS walks a session service packet, [RFC1002] 4.3: its 4-byte header,
// and what follows unless that is a message. Over direct TCP flags and length
// are one 24-bit length, [MS-SMB2] 2.1, of which 17 bits mean the same.
func WalkNBSS(c *wire.Codec) {
	kind := c.Show8(fNBSSType)
	if kind == 0 {
		c.ShowBE(fNBSSLength, 3)
		return
	}
	c.Show8(fNBSSFlags)
	c.ShowBE(fNBSSLength, 2)
	switch kind {
	case 0x81:
		netbiosName(c, fCalledName)
		netbiosName(c, fCallingName)
	case 0x83:
		c.Show8(fNBSSError)
	case 0x84:
		c.Bytes(fRetargetIP, 4)
		c.ShowBE(fRetargetPort, 2)
	}
}

// netbiosName reads a name in the encoding of [RFC1001] 14.1: a length of 32,
// two letters for each of 16 bytes, a scope.
func netbiosName(c *wire.Codec, d *field.Def) {
	b := c.Peek(34)
	if len(b) < 34 || b[0] != 32 {
		c.Rest(fUnknownData)
		return
	}
	var name [16]byte
	for i := range name {
		name[i] = (b[1+2*i]-'A')<<4 | (b[2+2*i]-'A')&15
	}
	n := 15
	for n > 0 && (name[n-1] == ' ' || name[n-1] == 0) {
		n--
	}
	end := 33
	for end < c.Left() && c.Peek(end + 1)[end] != 0 {
		end++
	}
	end = min(end+1, c.Left())
	c.Bytes(nil, end)
	const digits = "0123456789abcdef"
	c.Known(d, end, string(name[:n])+"<"+string([]byte{digits[name[15]>>4], digits[name[15]&15]})+">")
}
