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
	leaseAckSize   = 36
	leaseBreakSize = 44
)

// oplockBreak is [MS-SMB2] 2.2.23, 2.2.24 and 2.2.25: a notification, an
// acknowledgment or its response, of an oplock or of a lease.
func oplockBreak(c *wire.Codec, f *Facts) {
	switch c.Show16(fBufferCode) {
	case leaseBreakSize:
		c.Show16(fLeaseEpoch)
		wire.U32(c, fLeaseFlags, &f.Flags)
		leaseKey(c, f)
		c.Show32(fLeaseState)
		c.Show32(fNewLeaseState)
		c.Show32(fBreakReason)
		c.Show32(fAccessHint)
		c.Show32(fShareHint)
	case leaseAckSize:
		c.Bytes(fReserved, 2)
		wire.U32(c, fLeaseFlags, &f.Flags)
		leaseKey(c, f)
		c.Show32(fLeaseState)
		c.Show64(fLeaseDuration)
	default:
		wire.U8(c, fOplock, &f.Oplock)
		c.Bytes(fReserved, 1)
		c.Bytes(fReserved, 4)
		fileID(c, f)
	}
}

func leaseKey(c *wire.Codec, f *Facts) {
	f.HasLease = copy(f.LeaseKey[:], c.GUID(fLeaseKey)) == 16
}

// notification is [MS-SMB2] 2.2.44.1, with 2.2.44.2 for a closed session.
func notification(c *wire.Codec, f *Facts) {
	c.Show16(fBufferCode)
	c.Bytes(fReserved, 2)
	c.Show32(fNotificationType)
	c.Bytes(fscc.Reserved, min(4, c.Left()))
}
