package spnego

import (
	"strconv"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// The tags of DER, [X.690] 8.1.2, that tokens use.
const (
	tagInteger       = 0x02
	tagBitString     = 0x03
	tagOctetString   = 0x04
	tagOID           = 0x06
	tagEnumerated    = 0x0a
	tagGeneralString = 0x1b
	tagGeneralTime   = 0x18
	tagSequence      = 0x30
	tagApplication0  = 0x60
	tagTicket        = 0x61
	tagAuthenticator = 0x62
	tagEncTicket     = 0x63
	tagEncReply      = 0x7b
	tagAPReq         = 0x6e
	tagAPRep         = 0x6f
	tagKrbError      = 0x7e
	tagContext0      = 0xa0
)

// header reads the tag and the length of an element. A length that is not
// definite or beyond 4 bytes ends the structure: there is no place to resume.
func header(c *wire.Codec) (tag byte, n int) {
	if c.Left() < 2 {
		c.Seek(c.End())
		return 0, 0
	}
	tag = c.Show8(nil)
	n = int(c.Show8(nil))
	if n < 0x80 {
		return tag, n
	}
	size := n & 0x7f
	if size == 0 || size > 4 || size > c.Left() {
		c.Problem("the length of an ASN.1 element is not readable")
		c.Seek(c.End())
		return 0, 0
	}
	n = int(uint32(c.ShowBE(nil, size)))
	return tag, n
}

// element runs walk on the n content bytes of the element at the cursor when it
// has this tag, and moves behind it. Otherwise it reports false and stays.
func element(c *wire.Codec, tag byte, walk func(c *wire.Codec, n int)) bool {
	if b := c.Peek(1); len(b) == 0 || b[0] != tag {
		return false
	}
	got, n := header(c)
	if got != tag {
		return false
	}
	c.Within(n, func(c *wire.Codec) { walk(c, min(n, c.Left())) })
	return true
}

// inside is element for constructed ones.
func inside(c *wire.Codec, tag byte, walk func(*wire.Codec)) bool {
	return element(c, tag, func(c *wire.Codec, _ int) { walk(c) })
}

// each runs part on the content of every element up to the end.
func each(c *wire.Codec, part func(c *wire.Codec, tag byte)) {
	for c.Left() >= 2 {
		tag, n := header(c)
		c.Within(n, func(c *wire.Codec) { part(c, tag) })
	}
}

// count is the number of elements up to the end.
func count(c *wire.Codec) (k uint64) {
	pos := c.Pos()
	for c.Left() >= 2 {
		_, n := header(c)
		c.Skip(n)
		k++
	}
	c.Seek(pos)
	return k
}

// The content bytes of mechanisms' identifiers.
const (
	oidSPNEGO       = "\x2b\x06\x01\x05\x05\x02"
	oidKerberos     = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
	oidKerberosMS   = "\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"
	oidKerberosUser = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03"
	oidNTLM         = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"
	oidNegoEx       = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x1e"
	oidIAKerb       = "\x2b\x06\x01\x05\x02\x05"
)

// showOID reads an object identifier of n content bytes.
func showOID(c *wire.Codec, d *field.Def, n int) {
	b := c.Bytes(nil, n)
	var text string
	switch string(b) {
	case oidSPNEGO:
		text = "SPNEGO (1.3.6.1.5.5.2)"
	case oidKerberos:
		text = "Kerberos 5 (1.2.840.113554.1.2.2)"
	case oidKerberosMS:
		text = "MS Kerberos 5 (1.2.840.48018.1.2.2)"
	case oidKerberosUser:
		text = "Kerberos 5 user to user (1.2.840.113554.1.2.2.3)"
	case oidNTLM:
		text = "NTLMSSP (1.3.6.1.4.1.311.2.2.10)"
	case oidNegoEx:
		text = "NEGOEX (1.3.6.1.4.1.311.2.2.30)"
	case oidIAKerb:
		text = "IAKERB (1.3.6.1.5.2.5)"
	default:
		text = string(appendOID(nil, b))
	}
	c.Known(d, len(b), text)
}

// appendOID appends the identifier in dotted form, [X.690] 8.19.
func appendOID(dst, b []byte) []byte {
	var v uint64
	first := true
	for _, x := range b {
		v = v<<7 | uint64(x&0x7f)
		if x&0x80 != 0 {
			continue
		}
		if first {
			root := min(v/40, 2)
			dst = strconv.AppendUint(dst, root, 10)
			v -= root * 40
			first = false
		}
		dst = append(dst, '.')
		dst = strconv.AppendUint(dst, v, 10)
		v = 0
	}
	return dst
}
