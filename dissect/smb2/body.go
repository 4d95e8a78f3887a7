package smb2

import "smbdiff/dissect/wire"

// Structure is a body of a message, or a part of one, that can be read and
// written: one walk does both. Each structure of this package names its section.
type Structure interface {
	walk(c *wire.Codec, f *Facts)
}

// Append appends the body m of a message to b, behind its header.
func Append(b []byte, m Structure) []byte { return write(b, len(b)-HeaderSize, m) }

// AppendData appends a structure in which offsets count from its own start: the
// data of a context or of a control code.
func AppendData(b []byte, m Structure) []byte { return write(b, len(b), m) }

func write(b []byte, base int, m Structure) []byte {
	var f Facts
	return wire.Append(b, base, func(c *wire.Codec) { m.walk(c, &f) })
}

// Decode reads the body of a message, which begins with its header, into m. It
// reports whether all that m names is there; slices point into msg.
func Decode(msg []byte, m Structure) bool { return decode(msg, HeaderSize, m) }

// DecodeData is Decode for what AppendData writes.
func DecodeData(b []byte, m Structure) bool { return decode(b, 0, m) }

func decode(b []byte, at int, m Structure) bool {
	var f Facts
	return wire.Decode(b, at, func(c *wire.Codec) { m.walk(c, &f) })
}

// body is the walk of one direction of one command.
type body func(*wire.Codec, *Facts)

// bodies holds the walks by command: request, response. Each has a structure of
// its own on the stack.
var bodies = [...][2]body{
	Negotiate: {
		func(c *wire.Codec, f *Facts) { new(NegotiateRequest).walk(c, f) },
		func(c *wire.Codec, f *Facts) { new(NegotiateResponse).walk(c, f) },
	},
	SessionSetup: {
		func(c *wire.Codec, f *Facts) { new(SessionSetupRequest).walk(c, f) },
		func(c *wire.Codec, f *Facts) { new(SessionSetupResponse).walk(c, f) },
	},
	Logoff: {short(fReserved), short(fReserved)},
	TreeConnect: {
		func(c *wire.Codec, f *Facts) { new(TreeConnectRequest).walk(c, f) },
		func(c *wire.Codec, f *Facts) { new(TreeConnectResponse).walk(c, f) },
	},
	TreeDisconnect: {short(fReserved), short(fReserved)},
	Create: {
		func(c *wire.Codec, f *Facts) { new(CreateRequest).walk(c, f) },
		func(c *wire.Codec, f *Facts) { new(CreateResponse).walk(c, f) },
	},
	Close: {
		func(c *wire.Codec, f *Facts) { new(CloseRequest).walk(c, f) },
		func(c *wire.Codec, f *Facts) { new(CloseResponse).walk(c, f) },
	},
	Flush: {
		func(c *wire.Codec, f *Facts) { new(FlushRequest).walk(c, f) },
		short(fUnknown),
	},
	Read: {
		func(c *wire.Codec, f *Facts) { new(ReadRequest).walk(c, f) },
		func(c *wire.Codec, f *Facts) { new(ReadResponse).walk(c, f) },
	},
	Write: {
		func(c *wire.Codec, f *Facts) { new(WriteRequest).walk(c, f) },
		func(c *wire.Codec, f *Facts) { new(WriteResponse).walk(c, f) },
	},
	Lock: {
		func(c *wire.Codec, f *Facts) { new(LockRequest).walk(c, f) },
		short(fUnknown),
	},
	Ioctl: {
		func(c *wire.Codec, f *Facts) { new(IoctlRequest).walk(c, f) },
		func(c *wire.Codec, f *Facts) { new(IoctlResponse).walk(c, f) },
	},
	Cancel: {short(fUnknown), short(fUnknown)},
	Echo:   {short(fUnknown), short(fUnknown)},
	QueryDirectory: {
		func(c *wire.Codec, f *Facts) { new(QueryDirectoryRequest).walk(c, f) },
		func(c *wire.Codec, f *Facts) { new(QueryDirectoryResponse).walk(c, f) },
	},
	ChangeNotify: {
		func(c *wire.Codec, f *Facts) { new(ChangeNotifyRequest).walk(c, f) },
		func(c *wire.Codec, f *Facts) { new(ChangeNotifyResponse).walk(c, f) },
	},
	QueryInfo: {
		func(c *wire.Codec, f *Facts) { new(QueryInfoRequest).walk(c, f) },
		func(c *wire.Codec, f *Facts) { new(QueryInfoResponse).walk(c, f) },
	},
	SetInfo: {
		func(c *wire.Codec, f *Facts) { new(SetInfoRequest).walk(c, f) },
		func(c *wire.Codec, f *Facts) { new(SetInfoResponse).walk(c, f) },
	},
	OplockBreak:  {oplockBreak, oplockBreak},
	Notification: {nil, notification},
}

// sizes are the values of StructureSize by command: request, response. The
// lowest bit stands for the part of variable length. OPLOCK_BREAK has four.
var sizes = [...][2]uint16{
	Negotiate: {36, 65}, SessionSetup: {25, 9}, Logoff: {4, 4}, TreeConnect: {9, 16}, TreeDisconnect: {4, 4}, Create: {57, 89}, Close: {24, 60},
	Flush: {24, 4}, Read: {49, 17}, Write: {49, 17}, Lock: {48, 4}, Ioctl: {57, 49}, Cancel: {4, 4}, Echo: {4, 4}, QueryDirectory: {33, 9},
	ChangeNotify: {32, 9}, QueryInfo: {41, 9}, SetInfo: {33, 2}, OplockBreak: {0, 0}, Notification: {0, 4},
}

// StructureSize gives the StructureSize of a command's body, 0 for one that has
// several forms or none.
func StructureSize(cmd Command, response bool) uint16 {
	switch {
	case int(cmd) >= len(sizes):
		return 0
	case response:
		return sizes[cmd][1]
	}
	return sizes[cmd][0]
}

// silent are the commands whose answers tell no facts.
var silent = [len(bodies)]bool{Close: true, Flush: true, Lock: true, Echo: true, QueryInfo: true, QueryDirectory: true, SetInfo: true,
	ChangeNotify: true, Logoff: true, TreeDisconnect: true}

// checkSize notes a StructureSize other than the specification's.
func checkSize(c *wire.Codec, h *Header, dir int) {
	b := c.Peek(2)
	if c.Tree() == nil || len(b) < 2 {
		return
	}
	got := uint16(b[0]) | uint16(b[1])<<8
	switch {
	case h.Command == OplockBreak && (got == OplockBreakSize || got == LeaseAckSize || got == LeaseBreakSize), got == sizes[h.Command][dir]:
	default:
		c.Problem("StructureSize is not that of the command")
	}
}

// WalkBody walks what follows the header of a message. The cursor stands
// behind the header, offsets count from the header's first byte. Responses with
// an error status have the form of [MS-SMB2] 2.2.2.
func WalkBody(c *wire.Codec, h *Header, f *Facts) {
	*f = Facts{}
	if int(h.Command) >= len(bodies) {
		c.Rest(fUnknown)
		return
	}
	dir := 0
	if c.Env.Response {
		dir = 1
		if isError(c, h) {
			if h.Command == QueryInfo || h.Command == SetInfo {
				requestedClass(c)
			}
			errorResponse(c, h)
			return
		}
	}
	if dir == 1 && silent[h.Command] && c.Tree() == nil {
		return
	}
	if walk := bodies[h.Command][dir]; walk != nil {
		checkSize(c, h, dir)
		walk(c, f)
	} else {
		c.Rest(fUnknown)
	}
}
