package smb1

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fMaxEntries    = num("smb.maxcount", "MaxCount")
	fKeyLength     = num("smb.resume.key_len", "ResumeKeyLength")
	fResumeKey     = &field.Def{Name: "smb.resume_key", Label: "ResumeKey"}
	fResumeName    = &field.Def{Name: "smb.file", Label: "FileName", Kind: field.Text}
	fFindID        = num("smb.resume.find_id", "FindID")
	fServerCookie  = octets("smb.resume.server.cookie", "ServerState")
	fClientCookie  = octets("smb.resume.client.cookie", "ClientState")
	fByteAttribute = flags("smb.file_attribute", "FileAttributes", attributeBits[:6]...)
	fSearchEntry   = &field.Def{Name: "smb.search_entry", Label: "Entry"}
)

// search is SMB_COM_SEARCH, which FIND and its kin extend.
const search = 0x81

// resumeKeySize is the size of SMB_Resume_Key, [MS-CIFS] 2.2.4.58.1.
const resumeKeySize = 21

// searchRequest is [MS-CIFS] 2.2.4.58.1, that of FIND, FIND_UNIQUE and
// FIND_CLOSE too.
func searchRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		c.Show16(fMaxEntries)
		c.Show16(fSearch)
	})
	data(c, func(c *wire.Codec) {
		f.name(formatted(c, f, tFile))
		if c.Left() < 3 {
			return
		}
		c.Show8(fBufferFormat)
		if c.Show16(fKeyLength) < resumeKeySize {
			return
		}
		c.Begin(fResumeKey)
		resumeKey(c, f)
		c.Finish()
	})
}

// resumeKey is SMB_Resume_Key; FIND and its kin tell which search it is of.
func resumeKey(c *wire.Codec, f *Facts) {
	c.Bytes(fReserved, 1)
	c.Bytes(fResumeName, 11)
	if f.command == search {
		c.Bytes(fServerCookie, 5)
	} else {
		c.Show8(fFindID)
		c.Bytes(fServerCookie, 4)
	}
	c.Bytes(fClientCookie, 4)
}

// findCloseResponse is [MS-CIFS] 2.2.4.61.2.
func findCloseResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Bytes(fReserved, 2) })
	data(c, func(c *wire.Codec) {
		c.Show8(fBufferFormat)
		c.Show16(fDataLength)
	})
}

// searchResponse is [MS-CIFS] 2.2.4.58.2: entries of 43 bytes.
func searchResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Show16(fCount) })
	data(c, func(c *wire.Codec) {
		if c.Tree() == nil {
			return
		}
		c.Show8(fBufferFormat)
		c.Show16(fDataLength)
		for c.Left() >= 43 {
			c.Begin(fSearchEntry)
			resumeKey(c, f)
			c.Show8(fByteAttribute)
			tWritten.timeFirst(c)
			c.Show32(fFileSize)
			c.Bytes(fResumeName, 13)
			c.Finish()
		}
	})
}
