package smb1

import (
	"smbdiff/dissect/dcerpc"
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// Functions of a transaction on a pipe that carry calls, [MS-CIFS] 2.2.5.6 and
// 2.2.5.12.
const (
	TransactPipe = 0x26
	CallPipe     = 0x54
)

// The other functions of a transaction on a pipe, [MS-CIFS] 2.2.5.
const (
	setPipeState = 0x01
	rawReadPipe  = 0x11
	pipeState    = 0x21
	pipeInfo     = 0x22
	peekPipe     = 0x23
	rawWritePipe = 0x31
	readPipe     = 0x36
	writePipe    = 0x37
	waitPipe     = 0x53
)

var (
	fPipeLevel     = num("smb_pipe.getinfo.info_level", "Level")
	fPipeOut       = num("smb_pipe.getinfo.output_buffer_size", "OutputBufferSize")
	fPipeIn        = num("smb_pipe.getinfo.input_buffer_size", "InputBufferSize")
	fPipeInstances = num("smb_pipe.getinfo.maximum_instances", "MaximumInstances")
	fPipeCurrent   = num("smb_pipe.getinfo.current_instances", "CurrentInstances")
	fPipeNameSize  = num("smb_pipe.getinfo.pipe_name_length", "PipeNameLength")
	fPipeAvailable = num("smb_pipe.peek.available_bytes", "ReadDataAvailable")
	fPipeRemaining = num("smb_pipe.peek.remaining_bytes", "MessageBytesLength")
	fPeekState     = enum("smb_pipe.peek.status", "NamedPipeState", field.Values{
		{V: 1, Name: "disconnected"}, {V: 2, Name: "listening"}, {V: 3, Name: "connected"}, {V: 4, Name: "closed by the server"},
	})
	fPipeWritten = num("smb_pipe.write_raw.bytes_written", "BytesWritten")
	tPipeName    = textDef("smb_pipe.getinfo.pipe_name", "PipeName")
)

// pipeSetup walks the setup words of a transaction on a pipe.
func pipeSetup(c *wire.Codec, f *Facts) {
	f.SubCommand = c.Show16(fPipeFunction)
	if f.SubCommand == waitPipe || f.SubCommand == CallPipe { // by name
		c.Show16(fPipePriority)
	} else {
		f.fid(c)
	}
}

// pipeParameters walks the parameters of a request.
func pipeParameters(c *wire.Codec, f *Facts) {
	switch f.SubCommand {
	case setPipeState:
		c.Show16(fPipeState)
	case pipeInfo:
		c.Show16(fPipeLevel)
	default:
		c.Rest(fTransParameters)
	}
}

// pipeBytes is the data of a request that holds no calls.
func pipeBytes(c *wire.Codec, f *Facts) {
	if f.SubCommand == rawWritePipe || f.SubCommand == writePipe {
		c.Rest(fFileData)
	} else {
		c.Rest(fTransData)
	}
}

// pipeAnswer walks the parameters of a response.
func pipeAnswer(c *wire.Codec, f *Facts) {
	switch f.SubCommand {
	case pipeState:
		c.Show16(fPipeState)
	case peekPipe:
		c.Show16(fPipeAvailable)
		c.Show16(fPipeRemaining)
		c.Show16(fPeekState)
	case rawWritePipe, writePipe:
		c.Show16(fPipeWritten)
	default:
		c.Rest(fTransParameters)
	}
}

// pipeReturned walks the data of a response that holds no calls.
func pipeReturned(c *wire.Codec, f *Facts) {
	switch f.SubCommand {
	case pipeInfo:
		c.Show16(fPipeOut)
		c.Show16(fPipeIn)
		c.Show8(fPipeInstances)
		c.Show8(fPipeCurrent)
		n := int(c.Show8(fPipeNameSize))
		if f.Unicode {
			even(c)
		}
		tPipeName.sized(c, f, min(n, c.Left()))
	case rawReadPipe, readPipe, peekPipe:
		c.Rest(fFileData)
	default:
		c.Rest(fTransData)
	}
}

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
