package smb1

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fMaxCountLow  = num("smb.maxcount_low", "MaxCountOfBytesToReturn")
	fMaxCountHigh = num("smb.maxcount_high", "MaxCountHigh")
	fMaxCount     = num("smb.maxcount", "MaxCountOfBytesToReturn")
	fMinCount     = num("smb.mincount", "MinCountOfBytesToReturn")
	fCompaction   = num("smb.dcm", "DataCompactionMode")
	fReadHigh     = num("smb.data_len_high", "DataLengthHigh")
	fWriteMode    = flags("smb.write.mode", "WriteMode",
		field.Bit{Name: "smb.write.mode.write_through", Label: "WritethroughMode", Mask: 0x1},
		field.Bit{Name: "smb.write.mode.return_remaining", Label: "ReadBytesAvailable", Mask: 0x2},
		field.Bit{Name: "smb.write.mode.raw", Label: "RAW_MODE", Mask: 0x4},
		field.Bit{Name: "smb.write.mode.message_start", Label: "MSG_START", Mask: 0x8},
		field.Bit{Name: "smb.write.mode.connectionless", Label: "CONNECTIONLESS", Mask: 0x80})
	fCountLow  = num("smb.count_low", "Count")
	fCountHigh = num("smb.count_high", "CountHigh")

	fLockType = flags("smb.lock.type", "TypeOfLock",
		field.Bit{Name: "smb.lock.type.shared", Label: "SHARED_LOCK", Mask: 0x1},
		field.Bit{Name: "smb.lock.type.oplock_release", Label: "OPLOCK_RELEASE", Mask: 0x2},
		field.Bit{Name: "smb.lock.type.change", Label: "CHANGE_LOCKTYPE", Mask: 0x4},
		field.Bit{Name: "smb.lock.type.cancel", Label: "CANCEL_LOCK", Mask: 0x8},
		field.Bit{Name: "smb.lock.type.large", Label: "LARGE_FILES", Mask: 0x10})
	fNewOplock = enum("smb.locking.oplock.level", "NewOpLockLevel", field.Values{{V: 0, Name: "None"}, {V: 1, Name: "Level II"}})
	fUnlocks   = num("smb.locking.num_unlocks", "NumberOfRequestedUnlocks")
	fLocks     = num("smb.locking.num_locks", "NumberOfRequestedLocks")
	fLock      = &field.Def{Name: "smb.locking.lock", Label: "Lock"}
	fUnlock    = &field.Def{Name: "smb.locking.unlock", Label: "Unlock"}
	fLockPID   = num("smb.pid", "PID")
	fLockStart = num("smb.lock.offset", "ByteOffset")
	fLockSize  = num("smb.lock.length", "LengthInBytes")
)

// place walks the data of a block up to off, counted from the header, and there
// n bytes of file data, which the byte count need not reach.
func place(c *wire.Codec, f *Facts, off, n int) {
	end := c.Pos() + 2 + int(c.Show16(fByteCount))
	at := c.Base() + off
	if n == 0 || at < c.Pos() || at > c.End() {
		if n != 0 && at < c.Pos() {
			c.Problem("DataOffset points before the data")
		}
		c.Bytes(fPadding, min(end, c.End())-c.Pos())
		return
	}
	c.Bytes(fPadding, at-c.Pos())
	if c.Tree() == nil {
		f.Data = c.Peek(n)
		c.Skip(n)
		return
	}
	f.Data = fileData(c, n)
	c.Bytes(fData, min(end, c.End())-c.Pos())
}

// readAndXRequest is [MS-CIFS] 2.2.4.42.1 and [MS-SMB] 2.2.4.2.1.
func readAndXRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		andx(c, f)
		f.fid(c)
		off := uint64(c.Show32(fStart))
		n := uint64(c.Show16(fMaxCountLow))
		c.Show16(fMinCount)
		high := c.Show32(fMaxCountHigh)
		c.Show16(fRemaining)
		if words >= 12 {
			off |= uint64(c.Show32(fStartHigh)) << 32
		}
		if high>>16 == 0 {
			n |= uint64(high) << 16
		}
		f.Offset, f.Length = off, n
	})
	data(c, nothing)
}

// readAndXResponse is [MS-CIFS] 2.2.4.42.2 and [MS-SMB] 2.2.4.2.2.
func readAndXResponse(c *wire.Codec, f *Facts) {
	off, n := 0, 0
	if !parameters(c, func(c *wire.Codec, words int) {
		andx(c, f)
		c.Show16(fRemaining)
		c.Show16(fCompaction)
		c.Bytes(fReserved, 2)
		n = int(c.Show16(fDataLenLow))
		off = int(c.Show16(fDataOffset))
		n += int(c.Show32(fReadHigh)&0xffff) << 16
		c.Bytes(fReserved, 6)
	}) {
		data(c, nothing)
		return
	}
	f.Length = uint64(n)
	place(c, f, off, n)
}

// writeAndXRequest is [MS-CIFS] 2.2.4.43.1 and [MS-SMB] 2.2.4.3.1.
func writeAndXRequest(c *wire.Codec, f *Facts) {
	off, n := 0, 0
	parameters(c, func(c *wire.Codec, words int) {
		andx(c, f)
		f.fid(c)
		f.Offset = uint64(c.Show32(fStart))
		c.Bytes(fReserved, 4)
		c.Show16(fWriteMode)
		c.Show16(fRemaining)
		n = int(c.Show16(fDataLenHigh)) << 16
		n |= int(c.Show16(fDataLenLow))
		off = int(c.Show16(fDataOffset))
		if words >= 14 {
			f.Offset |= uint64(c.Show32(fStartHigh)) << 32
		}
	})
	f.Length = uint64(n)
	place(c, f, off, n)
}

// writeAndXResponse is [MS-CIFS] 2.2.4.43.2 and [MS-SMB] 2.2.4.3.2.
func writeAndXResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		andx(c, f)
		f.Length = uint64(c.Show16(fCountLow))
		c.Show16(fRemaining)
		f.Length |= uint64(c.Show16(fCountHigh)) << 16
		c.Bytes(fReserved, 2)
	})
	data(c, nothing)
}

// readRequest is [MS-CIFS] 2.2.4.11.1, that of LOCK_AND_READ too.
func readRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		f.fid(c)
		f.Length = uint64(c.Show16(fCount))
		f.Offset = uint64(c.Show32(fStart))
		c.Show16(fRemaining)
	})
	data(c, nothing)
}

// readResponse is [MS-CIFS] 2.2.4.11.2.
func readResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		f.Length = uint64(c.Show16(fCount))
		c.Bytes(fReserved, 8)
	})
	data(c, func(c *wire.Codec) { counted(c, f) })
}

// counted is file data with a format and a length before it.
func counted(c *wire.Codec, f *Facts) {
	c.Show8(fBufferFormat)
	f.Data = fileData(c, int(c.Show16(fDataLength)))
}

// writeRequest is [MS-CIFS] 2.2.4.12.1, that of WRITE_AND_UNLOCK too.
func writeRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		f.fid(c)
		f.Length = uint64(c.Show16(fCount))
		f.Offset = uint64(c.Show32(fStart))
		c.Show16(fRemaining)
	})
	data(c, func(c *wire.Codec) { counted(c, f) })
}

func countResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { f.Length = uint64(c.Show16(fCount)) })
	data(c, nothing)
}

// writeCloseRequest is [MS-CIFS] 2.2.4.40.1.
func writeCloseRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		f.fid(c)
		f.Length = uint64(c.Show16(fCount))
		f.Offset = uint64(c.Show32(fStart))
		c.Show32(fWriteUTime)
		if words >= 12 {
			c.Bytes(fReserved, 12)
		}
	})
	data(c, func(c *wire.Codec) {
		c.Bytes(fPadding, 1)
		f.Data = c.Rest(fFileData)
	})
}

// readRawRequest is [MS-CIFS] 2.2.4.22.1.
func readRawRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		f.fid(c)
		f.Offset = uint64(c.Show32(fStart))
		f.Length = uint64(c.Show16(fMaxCount))
		c.Show16(fMinCount)
		c.Show32(fAllotted)
		c.Bytes(fReserved, 2)
		if words >= 10 {
			f.Offset |= uint64(c.Show32(fStartHigh)) << 32
		}
	})
	data(c, nothing)
}

// WalkRaw walks the data of READ_RAW and WRITE_RAW, which have no header,
// [MS-CIFS] 2.2.4.22.2 and 2.2.4.25.1.
func WalkRaw(c *wire.Codec) { c.Rest(fFileData) }

// lockRequest is [MS-CIFS] 2.2.4.13.1, that of UNLOCK_BYTE_RANGE too.
func lockRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		f.fid(c)
		f.Length = uint64(c.Show32(fCount))
		f.Offset = uint64(c.Show32(fStart))
	})
	data(c, nothing)
}

// lockingRequest is [MS-CIFS] 2.2.4.32.1. A server sends it to break an oplock.
func lockingRequest(c *wire.Codec, f *Facts) {
	var large bool
	unlocks, locks := 0, 0
	parameters(c, func(c *wire.Codec, words int) {
		andx(c, f)
		f.fid(c)
		large = c.Show8(fLockType)&0x10 != 0
		c.Show8(fNewOplock)
		c.Show32(fAllotted)
		unlocks = int(c.Show16(fUnlocks))
		locks = int(c.Show16(fLocks))
	})
	data(c, func(c *wire.Codec) {
		size := 10
		if large {
			size = 20
		}
		for i := 0; i < unlocks+locks && c.Left() >= size; i++ {
			d := fLock
			if i < unlocks {
				d = fUnlock
			}
			c.Begin(d)
			off, n := lockRange(c, large)
			c.Finish()
			if i == 0 {
				f.Offset, f.Length = off, n
			}
		}
	})
}

// lockRange is LOCKING_ANDX_RANGE: 32-bit numbers, or 64-bit ones with their
// high half first.
func lockRange(c *wire.Codec, large bool) (off, n uint64) {
	c.Show16(fLockPID)
	if !large {
		off = uint64(c.Show32(fStart))
		return off, uint64(c.Show32(fCount))
	}
	c.Bytes(fReserved, 2)
	return highFirst(c, fLockStart), highFirst(c, fLockSize)
}

func highFirst(c *wire.Codec, d *field.Def) uint64 {
	at := c.Pos()
	v := uint64(c.Show32(nil)) << 32
	v |= uint64(c.Show32(nil))
	c.Mark(d, at, 8, v)
	return v
}
