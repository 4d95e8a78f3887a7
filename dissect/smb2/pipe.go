package smb2

import (
	"smbdiff/dissect/dcerpc"
	"smbdiff/dissect/wire"
)

// readData reads what a READ gave: of a pipe, calls.
func readData(c *wire.Codec, r wire.Ref) (b []byte) {
	if !c.Env.Pipe || c.Tree() == nil {
		return c.BytesAt(fReadData, r)
	}
	c.To(r, func(c *wire.Codec) {
		b = c.Peek(r.Len)
		c.BeginLen(fReadData, r.Len, 0)
		if c.Env.RPC != nil || dcerpc.Is(b) {
			dcerpc.Walk(c, fPipeData)
		}
		c.Done()
	})
	return b
}

// writeData reads what a WRITE carries: to a pipe, calls.
func writeData(c *wire.Codec, r wire.Ref) (b []byte) {
	if !c.Env.Pipe || c.Tree() == nil {
		return c.BytesAt(fWriteData, r)
	}
	c.To(r, func(c *wire.Codec) {
		b = c.Peek(r.Len)
		dcerpc.Walk(c, fWriteData)
	})
	return b
}

// pipeInput is what a transaction on a pipe carries to it. Some servers send it
// back, where it is no part of the conversation.
func pipeInput(c *wire.Codec) {
	if c.Env.Response {
		was := c.Env.RPC
		c.Env.RPC = nil
		defer func() { c.Env.RPC = was }()
	}
	dcerpc.Walk(c, fPipeData)
}

// pipeOutput is what a transaction on a pipe gave.
func pipeOutput(c *wire.Codec) { dcerpc.Walk(c, fPipeData) }
