package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/ntstatus"
	"smbdiff/dissect/wire"
)

var (
	fDirectAsk     = &field.Def{Name: "smb_direct.negotiate_request", Label: "SMB Direct Negotiate Request"}
	fDirectAnswer  = &field.Def{Name: "smb_direct.negotiate_response", Label: "SMB Direct Negotiate Response"}
	fDirectData    = &field.Def{Name: "smb_direct.data_message", Label: "SMB Direct Data Transfer"}
	fDirectMin     = &field.Def{Name: "smb_direct.version.min", Label: "MinVersion", Kind: field.Hex}
	fDirectMax     = &field.Def{Name: "smb_direct.version.max", Label: "MaxVersion", Kind: field.Hex}
	fDirectVersion = &field.Def{Name: "smb_direct.version.negotiated", Label: "NegotiatedVersion", Kind: field.Hex}
	fDirectWanted  = &field.Def{Name: "smb_direct.credits.requested", Label: "CreditsRequested", Kind: field.Uint}
	fDirectGranted = &field.Def{Name: "smb_direct.credits.granted", Label: "CreditsGranted", Kind: field.Uint}
	fDirectStatus  = &field.Def{Name: "smb_direct.status", Label: "Status", Kind: field.Status, Lookup: ntstatus.Name, All: ntstatus.Values}
	fDirectRW      = &field.Def{Name: "smb_direct.max_read_write_size", Label: "MaxReadWriteSize", Kind: field.Uint}
	fDirectSend    = &field.Def{Name: "smb_direct.preferred_send_size", Label: "PreferredSendSize", Kind: field.Uint}
	fDirectReceive = &field.Def{Name: "smb_direct.max_receive_size", Label: "MaxReceiveSize", Kind: field.Uint}
	fDirectMaxFrag = &field.Def{Name: "smb_direct.max_fragmented_size", Label: "MaxFragmentedSize", Kind: field.Uint}
	fDirectFlags   = &field.Def{Name: "smb_direct.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb_direct.flags.response_requested", Label: "SMB_DIRECT_RESPONSE_REQUESTED", Mask: 0x1}}}
	fDirectLeft    = &field.Def{Name: "smb_direct.remaining_length", Label: "RemainingDataLength", Kind: field.Uint}
	fDirectOffset  = &field.Def{Name: "smb_direct.data_offset", Label: "DataOffset", Kind: field.Uint}
	fDirectLength  = &field.Def{Name: "smb_direct.data_length", Label: "DataLength", Kind: field.Uint}
	fDirectPadding = &field.Def{Name: "smb_direct.padding", Label: "Padding", Kind: field.Bytes}
)

// Sizes of the negotiate messages of [MS-SMBD] 2.2.1 and 2.2.2, and the only
// version there is.
const (
	directAskSize    = 20
	directAnswerSize = 32
	directVersion    = 0x0100
)

// WalkDirect walks a message of SMB Direct, [MS-SMBD] 2.2, little-endian: a
// negotiate request or response, or the header of a data transfer.
func WalkDirect(c *wire.Codec) {
	b := c.Peek(4)
	negotiate := len(b) == 4 && b[0] == 0 && b[1] == directVersion>>8 && b[2] == 0 && b[3] == directVersion>>8
	switch {
	case negotiate && c.Left() == directAskSize:
		c.Begin(fDirectAsk)
		c.Show16(fDirectMin)
		c.Show16(fDirectMax)
		c.Bytes(fReserved, 2)
		c.Show16(fDirectWanted)
		c.Show32(fDirectSend)
		c.Show32(fDirectReceive)
		c.Show32(fDirectMaxFrag)
	case negotiate && c.Left() == directAnswerSize:
		c.Begin(fDirectAnswer)
		c.Show16(fDirectMin)
		c.Show16(fDirectMax)
		c.Show16(fDirectVersion)
		c.Bytes(fReserved, 2)
		c.Show16(fDirectWanted)
		c.Show16(fDirectGranted)
		c.Show32(fDirectStatus)
		c.Show32(fDirectRW)
		c.Show32(fDirectSend)
		c.Show32(fDirectReceive)
		c.Show32(fDirectMaxFrag)
	default:
		c.Begin(fDirectData)
		c.Show16(fDirectWanted)
		c.Show16(fDirectGranted)
		c.Show16(fDirectFlags)
		c.Bytes(fReserved, 2)
		c.Show32(fDirectLeft)
		c.Show32(fDirectOffset)
		c.Show32(fDirectLength)
		c.Rest(fDirectPadding)
	}
	c.Finish()
}
