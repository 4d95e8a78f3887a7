package smb1

import "smbdiff/dissect/wire"

var (
	fNTRenameLevel = num("smb.ntr_loi", "InformationLevel")
	fClusters      = num("smb.ntr_clu", "ClusterCount")
	fEchoCount     = num("smb.echo.count", "EchoCount")
	fEchoSequence  = num("smb.echo.seq_num", "SequenceNumber")
	fEchoData      = octets("smb.echo.data", "Data")
	fUnits         = num("smb.units", "TotalUnits")
	fBlocksPerUnit = num("smb.bpu", "BlocksPerUnit")
	fBlockSize     = num("smb.blocksize", "BlockSize")
	fFreeUnits     = num("smb.free_units", "FreeUnits")
)

// formatted reads a path with its format byte before it.
func formatted(c *wire.Codec, f *Facts, t *text) []byte {
	c.Show8(fBufferFormat)
	return t.zero(c, f)
}

// fileRequest is [MS-CIFS] 2.2.4.9.1.
func fileRequest(c *wire.Codec, f *Facts) {
	parameters(c, none)
	data(c, func(c *wire.Codec) { f.name(formatted(c, f, tFile)) })
}

// pathRequest has the name of a directory: [MS-CIFS] 2.2.4.1.1, 2.2.4.2.1 and
// 2.2.4.17.1.
func pathRequest(c *wire.Codec, f *Facts) {
	parameters(c, none)
	data(c, func(c *wire.Codec) { f.name(formatted(c, f, tDirName)) })
}

// openRequest is [MS-CIFS] 2.2.4.3.1.
func openRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		c.Show16(fDesired)
		c.Show16(fSearch)
	})
	data(c, func(c *wire.Codec) { f.name(formatted(c, f, tFile)) })
}

// openResponse is [MS-CIFS] 2.2.4.3.2.
func openResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		f.fid(c)
		c.Show16(fFileAttributes)
		c.Show32(fWriteUTime)
		c.Show32(fFileSize)
		c.Show16(fGranted)
	})
	data(c, nothing)
}

// createRequest is [MS-CIFS] 2.2.4.4.1, that of CREATE_NEW too.
func createRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		c.Show16(fFileAttributes)
		c.Show32(fCreateUTime)
	})
	data(c, func(c *wire.Codec) { f.name(formatted(c, f, tFile)) })
}

// temporaryRequest is [MS-CIFS] 2.2.4.15.1.
func temporaryRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		c.Bytes(fReserved, 2)
		c.Show32(fCreateUTime)
	})
	data(c, func(c *wire.Codec) { f.name(formatted(c, f, tDirName)) })
}

// temporaryResponse is [MS-CIFS] 2.2.4.15.2.
func temporaryResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { f.fid(c) })
	data(c, func(c *wire.Codec) { f.name(c.CString8(tFile.octets)) })
}

func fidRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { f.fid(c) })
	data(c, nothing)
}

func fidResponse(c *wire.Codec, f *Facts) { fidRequest(c, f) }

// closeRequest is [MS-CIFS] 2.2.4.5.1.
func closeRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		f.fid(c)
		c.Show32(fWriteUTime)
	})
	data(c, nothing)
}

// deleteRequest is [MS-CIFS] 2.2.4.7.1.
func deleteRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Show16(fSearch) })
	data(c, func(c *wire.Codec) { f.name(formatted(c, f, tFile)) })
}

// renameRequest is [MS-CIFS] 2.2.4.8.1. The old name is the fact.
func renameRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Show16(fSearch) })
	data(c, func(c *wire.Codec) { twoNames(c, f) })
}

// ntRenameRequest is [MS-CIFS] 2.2.4.66.1.
func ntRenameRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		c.Show16(fSearch)
		c.Show16(fNTRenameLevel)
		c.Show32(fClusters)
	})
	data(c, func(c *wire.Codec) { twoNames(c, f) })
}

func twoNames(c *wire.Codec, f *Facts) {
	f.name(formatted(c, f, tOldFile))
	formatted(c, f, tFile)
}

// queryInformationResponse is [MS-CIFS] 2.2.4.9.2.
func queryInformationResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		c.Show16(fFileAttributes)
		c.Show32(fWriteUTime)
		c.Show32(fFileSize)
		c.Bytes(fReserved, 10)
	})
	data(c, nothing)
}

// setInformationRequest is [MS-CIFS] 2.2.4.10.1.
func setInformationRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		c.Show16(fFileAttributes)
		c.Show32(fWriteUTime)
		c.Bytes(fReserved, 10)
	})
	data(c, func(c *wire.Codec) { f.name(formatted(c, f, tFile)) })
}

// setInformation2Request is [MS-CIFS] 2.2.4.30.1.
func setInformation2Request(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		f.fid(c)
		threeTimes(c)
	})
	data(c, nothing)
}

func threeTimes(c *wire.Codec) {
	tCreated.dateFirst(c)
	tAccessed.dateFirst(c)
	tWritten.dateFirst(c)
}

// queryInformation2Response is [MS-CIFS] 2.2.4.31.2.
func queryInformation2Response(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		threeTimes(c)
		c.Show32(fDataSize)
		c.Show32(fAllocation)
		c.Show16(fFileAttributes)
	})
	data(c, nothing)
}

// echoRequest is [MS-CIFS] 2.2.4.39.1.
func echoRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Show16(fEchoCount) })
	data(c, func(c *wire.Codec) { c.Rest(fEchoData) })
}

// echoResponse is [MS-CIFS] 2.2.4.39.2.
func echoResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Show16(fEchoSequence) })
	data(c, func(c *wire.Codec) { c.Rest(fEchoData) })
}

// queryDiskResponse is [MS-CIFS] 2.2.4.57.2.
func queryDiskResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		c.Show16(fUnits)
		c.Show16(fBlocksPerUnit)
		c.Show16(fBlockSize)
		c.Show16(fFreeUnits)
		c.Bytes(fReserved, 2)
	})
	data(c, nothing)
}

// findCloseRequest is [MS-CIFS] 2.2.4.48.1.
func findCloseRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Show16(fSearchID) })
	data(c, nothing)
}
