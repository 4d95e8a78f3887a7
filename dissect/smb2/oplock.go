package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

var (
	fLeaseKey   = &field.Def{Name: "smb2.lease.lease_key", Label: "LeaseKey", Kind: field.GUID}
	fLeaseState = &field.Def{Name: "smb2.lease.lease_state", Label: "LeaseState", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.lease.lease_state.read_caching", Label: "READ_CACHING", Mask: 0x1},
		{Name: "smb2.lease.lease_state.handle_caching", Label: "HANDLE_CACHING", Mask: 0x2},
		{Name: "smb2.lease.lease_state.write_caching", Label: "WRITE_CACHING", Mask: 0x4},
	}}
	fNewLeaseState = &field.Def{Name: fLeaseState.Name, Label: "NewLeaseState", Kind: field.Flags, Bits: fLeaseState.Bits}
	fLeaseFlags    = &field.Def{Name: "smb2.lease.lease_flags", Label: "LeaseFlags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.lease.lease_state.break_ack_required", Label: "BREAK_ACK_REQUIRED", Mask: 0x1},
		{Name: "smb2.lease.lease_state.break_in_progress", Label: "BREAK_IN_PROGRESS", Mask: 0x2},
		{Name: "smb2.lease.lease_state.parent_lease_key_set", Label: "PARENT_LEASE_KEY_SET", Mask: 0x4},
	}}
	fLeaseDuration = &field.Def{Name: "smb2.lease.lease_duration", Label: "LeaseDuration", Kind: field.Hex}
	fParentLease   = &field.Def{Name: "smb2.lease.parent_lease_key", Label: "ParentLeaseKey", Kind: field.GUID}
	fLeaseEpoch    = &field.Def{Name: "smb2.lease.lease_oplock", Label: "Epoch", Kind: field.Hex}
	fLeaseReserved = &field.Def{Name: "smb2.lease.lease_reserved", Label: "Reserved", Kind: field.Hex}
	fBreakReason   = &field.Def{Name: "smb2.lease.lease_break_reason", Label: "BreakReason", Kind: field.Hex}
	fAccessHint    = &field.Def{Name: "smb2.lease.access_mask_hint", Label: "AccessMaskHint", Kind: field.Hex}
	fShareHint     = &field.Def{Name: "smb2.lease.share_mask_hint", Label: "ShareMaskHint", Kind: field.Hex}

	fNotificationType = &field.Def{Name: "smb2.notification.type", Label: "NotificationType", Kind: field.Enum, Values: field.Values{
		{V: 0, Name: "SMB2_NOTIFY_SESSION_CLOSED"}}}
)

// The forms of OPLOCK_BREAK by StructureSize.
const (
	OplockBreakSize = 24
	LeaseAckSize    = 36
	LeaseBreakSize  = 44
)

// oplockBreak is the body of OPLOCK_BREAK, in either direction: of an oplock or of
// a lease.
func oplockBreak(c *wire.Codec, f *Facts) {
	size := 0
	if b := c.Peek(2); len(b) == 2 {
		size = int(b[0]) | int(b[1])<<8
	}
	switch size {
	case LeaseBreakSize:
		new(LeaseBreak).walk(c, f)
	case LeaseAckSize:
		new(LeaseAcknowledgment).walk(c, f)
	default:
		new(OplockBreakBody).walk(c, f)
	}
}

// OplockBreakBody is [MS-SMB2] 2.2.23.1, 2.2.24.1 and 2.2.25.1: notification,
// acknowledgment and response of an oplock.
type OplockBreakBody struct {
	Oplock uint8
	FileID [16]byte
}

func (m *OplockBreakBody) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, OplockBreakSize)
	wire.U8(c, fOplock, &m.Oplock)
	c.Bytes(fReserved, 1)
	c.Bytes(fReserved, 4)
	fileID(c, f, &m.FileID)
	f.Oplock = m.Oplock
}

// The flags of leases, [MS-SMB2] 2.2.13.2.10, 2.2.14.2.10 and 2.2.23.2.
const (
	LeaseAckRequired = 0x1 // of a break
	LeaseBreaking    = 0x2
	LeaseParentSet   = 0x4
)

// LeaseBreak is the notification of [MS-SMB2] 2.2.23.2.
type LeaseBreak struct {
	Epoch    uint16
	Flags    uint32
	Key      [16]byte
	State    uint32
	NewState uint32
}

func (m *LeaseBreak) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, LeaseBreakSize)
	wire.U16(c, fLeaseEpoch, &m.Epoch)
	wire.U32(c, fLeaseFlags, &m.Flags)
	leaseKey(c, f, &m.Key)
	wire.U32(c, fLeaseState, &m.State)
	wire.U32(c, fNewLeaseState, &m.NewState)
	c.Show32(fBreakReason)
	c.Show32(fAccessHint)
	c.Show32(fShareHint)
	f.Flags = m.Flags
}

// LeaseAcknowledgment is [MS-SMB2] 2.2.24.2 and 2.2.25.2: acknowledgment and
// response of a lease.
type LeaseAcknowledgment struct {
	Flags uint32
	Key   [16]byte
	State uint32
}

func (m *LeaseAcknowledgment) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, LeaseAckSize)
	c.Bytes(fReserved, 2)
	wire.U32(c, fLeaseFlags, &m.Flags)
	leaseKey(c, f, &m.Key)
	wire.U32(c, fLeaseState, &m.State)
	c.Show64(fLeaseDuration)
	f.Flags = m.Flags
}

func leaseKey(c *wire.Codec, f *Facts, key *[16]byte) {
	f.HasLease = c.Array(fLeaseKey, key)
	f.LeaseKey = *key
}

// notification is [MS-SMB2] 2.2.44.1, with 2.2.44.2 for a closed session.
func notification(c *wire.Codec, f *Facts) {
	c.Show16(fBufferCode)
	c.Bytes(fReserved, 2)
	c.Show32(fNotificationType)
	c.Bytes(fscc.Reserved, min(4, c.Left()))
}
