package smb1

import (
	"bytes"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fSeekMode = enum("smb.seek_mode", "Mode", field.Values{
		{V: 0, Name: "from the start of the file"}, {V: 1, Name: "from the current position"}, {V: 2, Name: "from the end of the file"},
	})
	fTotalLength  = num("smb.total_data_len", "CountOfBytes")
	fShortLength  = num("smb.data_len", "DataLength")
	fRequestMask  = hexNum("smb.request.mask", "RequestMask")
	fResponseMask = hexNum("smb.response.mask", "ResponseMask")
	fOtherTID     = num("smb.tid", "TID2")
	fMoveFlags    = flags("smb.move.flags", "RenameFlags",
		field.Bit{Name: "smb.move.flags.file", Label: "target is a file", Mask: 0x1},
		field.Bit{Name: "smb.move.flags.dir", Label: "target is a directory", Mask: 0x2},
		field.Bit{Name: "smb.move.flags.verify", Label: "verify writes", Mask: 0x10})
	fCopyFlags = flags("smb.copy.flags", "CopyFlags",
		field.Bit{Name: "smb.copy.flags.file", Label: "target is a file", Mask: 0x1},
		field.Bit{Name: "smb.copy.flags.dir", Label: "target is a directory", Mask: 0x2},
		field.Bit{Name: "smb.copy.flags.dest_mode", Label: "target in ASCII mode", Mask: 0x4},
		field.Bit{Name: "smb.copy.flags.source_mode", Label: "source in ASCII mode", Mask: 0x8},
		field.Bit{Name: "smb.copy.flags.verify", Label: "verify writes", Mask: 0x10},
		field.Bit{Name: "smb.copy.flags.tree_copy", Label: "copy a tree", Mask: 0x20},
		field.Bit{Name: "smb.copy.flags.ea_action", Label: "fail without EAs", Mask: 0x40})
	fMoved   = num("smb.files_moved", "Count")
	fMonitor = hexNum("smb.monitor_handle", "SID")

	tSource   = textDef("smb.file", "SourceFileName")
	tTarget   = textDef("smb.file", "DestinationFileName")
	tFailed   = textDef("smb.file", "ErrorFileName")
	tOldShare = &field.Def{Name: "smb.path", Label: "Path", Kind: field.Text}
)

// seekRequest is [MS-CIFS] 2.2.4.19.1. Its offset has a sign.
func seekRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		f.fid(c)
		c.Show16(fSeekMode)
		c.Show32(fStart)
	})
	data(c, nothing)
}

// seekResponse is [MS-CIFS] 2.2.4.19.2.
func seekResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Show32(fStart) })
	data(c, nothing)
}

// readMpxRequest is [MS-CIFS] 2.2.4.23.1.
func readMpxRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		f.fid(c)
		f.Offset = uint64(c.Show32(fStart))
		f.Length = uint64(c.Show16(fMaxCount))
		c.Show16(fMinCount)
		c.Bytes(fReserved, 6)
	})
	data(c, nothing)
}

// readMpxResponse is [MS-CIFS] 2.2.4.23.2.
func readMpxResponse(c *wire.Codec, f *Facts) {
	off, n := 0, 0
	if !parameters(c, func(c *wire.Codec, words int) {
		f.Offset = uint64(c.Show32(fStart))
		c.Show16(fCount)
		c.Bytes(fReserved, 2)
		c.Show16(fCompaction)
		c.Bytes(fReserved, 2)
		n = int(c.Show16(fShortLength))
		off = int(c.Show16(fDataOffset))
	}) {
		data(c, nothing)
		return
	}
	f.Length = uint64(n)
	place(c, f, off, n)
}

// writeRawRequest is [MS-CIFS] 2.2.4.25.1: what does not fit follows without a
// header.
func writeRawRequest(c *wire.Codec, f *Facts) {
	off, n := 0, 0
	parameters(c, func(c *wire.Codec, words int) {
		f.fid(c)
		f.Length = uint64(c.Show16(fTotalLength))
		c.Bytes(fReserved, 2)
		f.Offset = uint64(c.Show32(fStart))
		c.Show32(fAllotted)
		c.Show16(fWriteMode)
		c.Bytes(fReserved, 4)
		n = int(c.Show16(fShortLength))
		off = int(c.Show16(fDataOffset))
		if words >= 14 {
			f.Offset |= uint64(c.Show32(fStartHigh)) << 32
		}
	})
	place(c, f, off, n)
}

// remainingResponse is [MS-CIFS] 2.2.4.25.2, the interim response.
func remainingResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Show16(fRemaining) })
	data(c, nothing)
}

// writeMpxRequest is [MS-CIFS] 2.2.4.26.1.
func writeMpxRequest(c *wire.Codec, f *Facts) {
	off, n := 0, 0
	parameters(c, func(c *wire.Codec, words int) {
		f.fid(c)
		c.Show16(fTotalLength)
		c.Bytes(fReserved, 2)
		f.Offset = uint64(c.Show32(fStart))
		c.Show32(fAllotted)
		c.Show16(fWriteMode)
		c.Show32(fRequestMask)
		n = int(c.Show16(fShortLength))
		off = int(c.Show16(fDataOffset))
	})
	f.Length = uint64(n)
	place(c, f, off, n)
}

// writeMpxResponse is [MS-CIFS] 2.2.4.26.2.
func writeMpxResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Show32(fResponseMask) })
	data(c, nothing)
}

// copyRequest is SMB_COM_COPY, [XOPEN-SMB] 12.1; [MS-CIFS] 2.2.4.36 only names
// it.
func copyRequest(c *wire.Codec, f *Facts) { transfer(c, f, fCopyFlags) }

// moveRequest is SMB_COM_MOVE, [XOPEN-SMB] 12.2; [MS-CIFS] 2.2.4.37.
func moveRequest(c *wire.Codec, f *Facts) { transfer(c, f, fMoveFlags) }

func transfer(c *wire.Codec, f *Facts, how *field.Def) {
	parameters(c, func(c *wire.Codec, words int) {
		c.Show16(fOtherTID)
		c.Show16(fOpenFunction)
		c.Show16(how)
	})
	data(c, func(c *wire.Codec) {
		f.name(formatted(c, f, tSource))
		formatted(c, f, tTarget)
	})
}

// transferResponse is the response to COPY and MOVE.
func transferResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Show16(fMoved) })
	data(c, func(c *wire.Codec) { formatted(c, f, tFailed) })
}

// notifyCloseRequest is SMB_COM_FIND_NOTIFY_CLOSE, [MS-CIFS] 2.2.4.49.
func notifyCloseRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Show16(fMonitor) })
	data(c, nothing)
}

// oldConnectRequest is [MS-CIFS] 2.2.4.50.1.
func oldConnectRequest(c *wire.Codec, f *Facts) {
	parameters(c, none)
	data(c, func(c *wire.Codec) {
		c.Show8(fBufferFormat)
		f.Name = c.CString8(tOldShare)
		c.Show8(fBufferFormat)
		c.Bytes(fPassword, bytes.IndexByte(c.Peek(c.Left()), 0)+1)
		c.Show8(fBufferFormat)
		c.CString8(fService)
	})
}

// oldConnectResponse is [MS-CIFS] 2.2.4.50.2.
func oldConnectResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		c.Show16(fMaxBuf)
		c.Show16(fTID)
	})
	data(c, nothing)
}
