package smb1

import (
	"smbdiff/dissect/dcerpc"
	"smbdiff/dissect/wire"
)

// Functions of a transaction on a pipe that carry calls, [MS-CIFS] 2.2.5.6 and
// 2.2.5.12.
const (
	TransactPipe = 0x26
	CallPipe     = 0x54
)

// fileData reads n bytes of a file or a pipe.
func fileData(c *wire.Codec, n int) []byte {
	if !c.Env.Pipe || c.Tree() == nil {
		return c.Bytes(fFileData, n)
	}
	b := c.Peek(n)
	c.Within(n, func(c *wire.Codec) { dcerpc.Walk(c, fFileData) })
	return b
}

// carriesCalls reports whether a transaction's function carries calls.
func carriesCalls(function uint16) bool { return function == TransactPipe || function == CallPipe }

// pipeData is the data of a transaction on a pipe, or a part of it.
func pipeData(c *wire.Codec, f *Facts) { dcerpc.Walk(c, fTransData) }
