package smb1

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fOriginator  = &field.Def{Name: "smb.originator_name", Label: "OriginatorName", Kind: field.Text}
	fDestination = &field.Def{Name: "smb.destination_name", Label: "DestinationName", Kind: field.Text}
	fForwarded   = &field.Def{Name: "smb.forwarded_name", Label: "ForwardedName", Kind: field.Text}
	fMachine     = &field.Def{Name: "smb.machine_name", Label: "MachineName", Kind: field.Text}
	fTextLength  = num("smb.message.len", "MessageLength")
	fText        = &field.Def{Name: "smb.message", Label: "Message", Kind: field.Text}
	fGroup       = hexNum("smb.mgid", "MessageGroupID")
)

// The commands of the messenger service, [XOPEN-SMB] 16; [MS-CIFS] 2.2.2.1
// leaves their numbers free.
const (
	sendMessage   = 0xd0
	sendBroadcast = 0xd1
	forwardName   = 0xd2
	cancelForward = 0xd3
	machineName   = 0xd4
	startMessage  = 0xd5
	endMessage    = 0xd6
	messageText   = 0xd7
)

// messengerRequest is a request of the messenger service.
func messengerRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Show16(fGroup) })
	data(c, func(c *wire.Codec) {
		switch f.command {
		case forwardName, cancelForward:
			person(c, f, fForwarded)
		case sendMessage, startMessage:
			person(c, f, fOriginator)
			person(c, f, fDestination)
		case sendBroadcast:
			person(c, f, fOriginator)
		}
		if c.Left() > 0 {
			c.Show8(fBufferFormat)
			c.Bytes(fText, int(c.Show16(fTextLength)))
		}
	})
}

func person(c *wire.Codec, f *Facts, d *field.Def) {
	c.Show8(fBufferFormat)
	f.name(c.CString8(d))
}

// startMessageResponse gives the group of the blocks that follow.
func startMessageResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Show16(fGroup) })
	data(c, nothing)
}

// machineNameResponse answers who the machine is.
func machineNameResponse(c *wire.Codec, f *Facts) {
	parameters(c, none)
	data(c, func(c *wire.Codec) { person(c, f, fMachine) })
}
