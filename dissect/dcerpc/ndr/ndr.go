// Package ndr walks the stubs of the DCE/RPC interfaces that file clients use
// beside their shares: srvsvc [MS-SRVS], wkssvc [MS-WKST], lsarpc [MS-LSAD]
// and [MS-LSAT], samr [MS-SAMR], svcctl [MS-SCMR], winreg [MS-RRP] and
// dssetup [MS-DSSP], in the transfer syntaxes NDR 2.0
// ([C706] 14, [MS-RPCE] 2.2.4) and NDR64 ([MS-RPCE] 2.2.5), little endian. It must not know how stubs travel:
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
	Svcctl
	Winreg
	Dssetup
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
	case "\x81\xbb\x7a\x36\x44\x98\xf1\x35\xad\x32\x98\xf0\x38\x00\x10\x03":
		return Svcctl
	case "\x01\xd0\x8c\x33\x44\x22\xf1\x31\xaa\xaa\x90\x00\x38\x00\x10\x03":
		return Winreg
	case "\x6a\x28\x19\x39\x0c\xb1\xd0\x11\x9b\xa8\x00\xc0\x4f\xd9\x2e\xf5":
		return Dssetup
	}
	return None
}

// Walk walks the stub of an operation's request or response in NDR 2.0. c
// stands at the stub's first byte and ends with it; what the operation has no
// use for stays unclaimed behind the cursor. It reports false, having added
// nothing, when it does not know the operation.
func Walk(c *wire.Codec, iface Interface, opnum uint16, response bool) bool {
	return stub(c, ndr20, iface, opnum, response)
}

// Walk64 is Walk for the transfer syntax NDR64, [MS-RPCE] 2.2.5, which Windows
// clients and servers prefer among themselves.
func Walk64(c *wire.Codec, iface Interface, opnum uint16, response bool) bool {
	return stub(c, ndr64, iface, opnum, response)
}

func stub(c *wire.Codec, s syntax, iface Interface, opnum uint16, response bool) bool {
	p := operation(iface, opnum)
	if p == nil {
		return false
	}
	if c.Tree() != nil {
		params := p.in
		if response {
			params = p.out
		}
		w := walker{c: c, s: s, base: c.Pos(), next: c.Pos()}
		for _, m := range params {
			w.param(m)
		}
	}
	return true
}

// operation finds what is known of an operation, or nil.
func operation(iface Interface, opnum uint16) *op {
	var ops []*op
	switch iface {
	case Srvsvc:
		ops = srvsvcCalls()
	case Wkssvc:
		ops = wkssvcCalls()
	case Lsarpc:
		ops = lsarpcCalls()
	case Samr:
		ops = samrCalls()
	case Svcctl:
		ops = svcctlCalls()
	case Winreg:
		ops = winregCalls()
	case Dssetup:
		ops = dssetupCalls()
	}
	if int(opnum) < len(ops) {
		return ops[opnum]
	}
	return nil
}
