package smb2

import "smbdiff/dissect/wire"

// body is the walk of one direction of one command.
type body func(*wire.Codec, *Facts)

// bodies holds the walks by command: request, response.
var bodies = [...][2]body{
	Negotiate:      {negotiateRequest, negotiateResponse},
	SessionSetup:   {sessionSetupRequest, sessionSetupResponse},
	Logoff:         {short(fReserved), short(fReserved)},
	TreeConnect:    {treeConnectRequest, treeConnectResponse},
	TreeDisconnect: {short(fReserved), short(fReserved)},
	Create:         {createRequest, createResponse},
	Close:          {closeRequest, closeResponse},
	Flush:          {flushRequest, short(fUnknown)},
	Read:           {readRequest, readResponse},
	Write:          {writeRequest, writeResponse},
	Lock:           {lockRequest, short(fUnknown)},
	Ioctl:          {ioctlRequest, ioctlResponse},
	Cancel:         {short(fUnknown), short(fUnknown)},
	Echo:           {short(fUnknown), short(fUnknown)},
	QueryDirectory: {queryDirectoryRequest, queryDirectoryResponse},
	ChangeNotify:   {changeNotifyRequest, changeNotifyResponse},
	QueryInfo:      {queryInfoRequest, queryInfoResponse},
	SetInfo:        {setInfoRequest, setInfoResponse},
	OplockBreak:    {oplockBreak, oplockBreak},
	Notification:   {nil, notification},
}

// sizes are the values of StructureSize by command: request, response. The
// lowest bit stands for the part of variable length. OPLOCK_BREAK has four.
var sizes = [...][2]uint16{
	Negotiate: {36, 65}, SessionSetup: {25, 9}, Logoff: {4, 4}, TreeConnect: {9, 16}, TreeDisconnect: {4, 4}, Create: {57, 89}, Close: {24, 60},
	Flush: {24, 4}, Read: {49, 17}, Write: {49, 17}, Lock: {48, 4}, Ioctl: {57, 49}, Cancel: {4, 4}, Echo: {4, 4}, QueryDirectory: {33, 9},
	ChangeNotify: {32, 9}, QueryInfo: {41, 9}, SetInfo: {33, 2}, OplockBreak: {0, 0}, Notification: {0, 4},
}

// checkSize notes a StructureSize other than the specification's.
func checkSize(c *wire.Codec, h *Header, dir int) {
	b := c.Peek(2)
	if c.Tree() == nil || len(b) < 2 {
		return
	}
	got := uint16(b[0]) | uint16(b[1])<<8
	switch {
	case h.Command == OplockBreak && (got == 24 || got == leaseAckSize || got == leaseBreakSize), got == sizes[h.Command][dir]:
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
	if walk := bodies[h.Command][dir]; walk != nil {
		checkSize(c, h, dir)
		walk(c, f)
	} else {
		c.Rest(fUnknown)
	}
}
