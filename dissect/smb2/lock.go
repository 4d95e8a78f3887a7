package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fLockCount    = &field.Def{Name: "smb2.lock_count", Label: "LockCount", Kind: field.Uint}
	fLockSequence = &field.Def{Name: fReserved.Name, Label: "LockSequence", Kind: field.Hex, Bits: []field.Bit{
		{Name: "smb2.lock_sequence_number", Label: "LockSequenceNumber", Mask: 0xf},
		{Name: "smb2.lock_sequence_index", Label: "LockSequenceIndex", Mask: 0xfffffff0},
	}}
	fLockInfo   = &field.Def{Name: "smb2.lock_info", Label: "Lock"}
	fLockLength = &field.Def{Name: "smb2.lock_length", Label: "Length", Kind: field.Uint}
	fLockFlags  = &field.Def{Name: "smb2.lock_flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.lock_flags.shared", Label: "SHARED_LOCK", Mask: 0x1},
		{Name: "smb2.lock_flags.exclusive", Label: "EXCLUSIVE_LOCK", Mask: 0x2},
		{Name: "smb2.lock_flags.unlock", Label: "UNLOCK", Mask: 0x4},
		{Name: "smb2.lock_flags.fail_immediately", Label: "FAIL_IMMEDIATELY", Mask: 0x10},
	}}
)

// lockRequest is [MS-SMB2] 2.2.26.
func lockRequest(c *wire.Codec, f *Facts) {
	c.Show16(fBufferCode)
	n := int(c.Show16(fLockCount))
	if c.Env.Dialect == uint16(Dialect202) {
		c.Bytes(fReserved, 4)
	} else {
		c.Show32(fLockSequence)
	}
	fileID(c, f)
	for i := 0; c.More(i, n, 24); i++ {
		var offset, length uint64
		c.BeginLen(fLockInfo, 24, 0)
		wire.U64(c, fFilePlace, &offset)
		wire.U64(c, fLockLength, &length)
		c.Show32(fLockFlags)
		c.Bytes(fReserved, 4)
		c.Done()
		if i == 0 {
			f.Offset, f.Length = offset, length
			if c.Tree() == nil {
				return
			}
		}
	}
}
