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
		walk(c, f)
	} else {
		c.Rest(fUnknown)
	}
}
