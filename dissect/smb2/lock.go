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

// LockRequest is [MS-SMB2] 2.2.26.
type LockRequest struct {
	Sequence uint32 // LockSequenceNumber and LockSequenceIndex
	FileID   [16]byte
	Locks    []LockElement
}

// LockElement is [MS-SMB2] 2.2.26.1.
type LockElement struct {
	Offset, Length uint64
	Flags          uint32
}

func (m *LockRequest) walk(c *wire.Codec, f *Facts) {
	c.Const16(fBufferCode, 48)
	n := int(c.Const16(fLockCount, uint16(len(m.Locks))))
	if c.Env.Dialect == uint16(Dialect202) {
		c.Bytes(fReserved, 4)
	} else {
		wire.U32(c, fLockSequence, &m.Sequence)
	}
	fileID(c, f, &m.FileID)
	for i := 0; c.More(i, n, 24); i++ {
		x := wire.Nth(c, m.Locks, i)
		c.BeginLen(fLockInfo, 24, 0)
		wire.U64(c, fFilePlace, &x.Offset)
		wire.U64(c, fLockLength, &x.Length)
		wire.U32(c, fLockFlags, &x.Flags)
		c.Bytes(fReserved, 4)
		c.Done()
		wire.Keep(c, &m.Locks, x)
		if i == 0 {
			f.Offset, f.Length = x.Offset, x.Length
			if c.Skims() {
				return
			}
		}
	}
}
