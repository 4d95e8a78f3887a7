// Package ndr walks the stubs of the DCE/RPC interfaces that file clients use
// beside their shares: srvsvc [MS-SRVS], wkssvc [MS-WKST], lsarpc [MS-LSAD]
// and [MS-LSAT], samr [MS-SAMR], in the transfer syntax NDR 2.0, little
// endian ([C706] 14, [MS-RPCE] 2.2.4). It must not know how stubs travel:
// pipes, fragments, binds and seals are the caller's.
package ndr

import "smbdiff/dissect/wire"

// Interface is one of the interfaces whose stubs are walked.
type Interface uint8

// The interfaces.
const (
	None Interface = iota
	Srvsvc
	Wkssvc
	Lsarpc
	Samr
)

// ByUUID gives the interface of an abstract syntax, [C706] 12.6.3.1, from its
// UUID in wire byte order, little-endian fields.
func ByUUID(uuid [16]byte) Interface {
	switch string(uuid[:]) {
	case "\xc8\x4f\x32\x4b\x70\x16\xd3\x01\x12\x78\x5a\x47\xbf\x6e\xe1\x88":
		return Srvsvc
	case "\x98\xd0\xff\x6b\x12\xa1\x10\x36\x98\x33\x46\xc3\xf8\x7e\x34\x5a":
		return Wkssvc
	case "\x78\x57\x34\x12\x34\x12\xcd\xab\xef\x00\x01\x23\x45\x67\x89\xab":
		return Lsarpc
	case "\x78\x57\x34\x12\x34\x12\xcd\xab\xef\x00\x01\x23\x45\x67\x89\xac":
		return Samr
	}
	return None
}

// Walk walks the stub of an operation's request or response. c stands at the
// stub's first byte and ends with it. It reports false, having added nothing,
// when it does not know the operation.
func Walk(c *wire.Codec, iface Interface, opnum uint16, response bool) bool { return false }
