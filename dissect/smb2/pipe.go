package smb2

import (
	"smbdiff/dissect/dcerpc"
	"smbdiff/dissect/wire"
)

// readData is what a READ gave: of a pipe, calls.
func readData(c *wire.Codec, r wire.Ref, data *[]byte) {
	if !c.Env.Pipe || c.Tree() == nil {
		c.DataAt(fReadData, r, data)
		return
	}
	c.PayloadAt(r, data, func(c *wire.Codec) {
		c.BeginLen(fReadData, r.Len, 0)
		if c.Env.RPC != nil || dcerpc.Is(*data) {
			dcerpc.Walk(c, fPipeData)
		}
		c.Done()
	})
}

// writeData is what a WRITE carries: to a pipe, calls.
func writeData(c *wire.Codec, r wire.Ref, data *[]byte) {
	if !c.Env.Pipe || c.Tree() == nil {
		c.DataAt(fWriteData, r, data)
		return
	}
	c.PayloadAt(r, data, func(c *wire.Codec) { dcerpc.Walk(c, fWriteData) })
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
