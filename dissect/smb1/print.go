package smb1

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fSetupLength = num("smb.print.setup.len", "SetupLength")
	fPrintMode   = enum("smb.print.mode", "Mode", field.Values{{V: 0, Name: "text"}, {V: 1, Name: "graphics"}})
	fIdentifier  = &field.Def{Name: "smb.print.identifier", Label: "Identifier", Kind: field.Text}
	fFromEntry   = num("smb.print.start_index", "StartIndex")
	fNextIndex   = num("smb.print.restart_index", "RestartIndex")
	fQueueEntry  = &field.Def{Name: "smb.print.entry", Label: "Queue entry"}
	fPrintStatus = enum("smb.print.status", "Status", field.Values{
		{V: 1, Name: "held or stopped"}, {V: 2, Name: "printing"}, {V: 3, Name: "awaiting print"}, {V: 4, Name: "in intercept"},
		{V: 5, Name: "file had an error"}, {V: 6, Name: "printer error"},
	})
	fSpoolNumber = num("smb.print.spool.file_number", "SpoolFileNumber")
	fSpoolSize   = num("smb.print.spool.file_size", "SpoolFileSize")
	fSpoolName   = &field.Def{Name: "smb.print.spool.name", Label: "Name", Kind: field.Text}
	tQueued      = &dosTime{
		both: &field.Def{Name: "smb.print.queued.date", Label: "Queued", Kind: field.DOSTime},
		date: &field.Def{Name: "smb.print.queued.smb.date", Label: "FileDate", Kind: field.DOSDate},
		time: &field.Def{Name: "smb.print.queued.smb.time", Label: "FileTime", Kind: field.DOSClock},
	}
)

// openPrintRequest is [MS-CIFS] 2.2.4.67.1.
func openPrintRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		c.Show16(fSetupLength)
		c.Show16(fPrintMode)
	})
	data(c, func(c *wire.Codec) {
		c.Show8(fBufferFormat)
		f.Name = c.CString8(fIdentifier)
	})
}

// writePrintRequest is [MS-CIFS] 2.2.4.68.1.
func writePrintRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { f.fid(c) })
	data(c, func(c *wire.Codec) { counted(c, f) })
}

// printQueueRequest is GET_PRINT_QUEUE, [XOPEN-SMB] 10.4; [MS-CIFS] 2.2.4.70
// only names it.
func printQueueRequest(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		c.Show16(fMaxEntries)
		c.Show16(fFromEntry)
	})
	data(c, nothing)
}

// queueEntrySize is the size of an entry of the print queue.
const queueEntrySize = 28

// printQueueResponse is the answer to it.
func printQueueResponse(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) {
		c.Show16(fCount)
		c.Show16(fNextIndex)
	})
	data(c, func(c *wire.Codec) {
		c.Show8(fBufferFormat)
		c.Show16(fDataLength)
		for c.Tree() != nil && c.Left() >= queueEntrySize {
			c.Begin(fQueueEntry)
			tQueued.dateFirst(c)
			c.Show8(fPrintStatus)
			c.Show16(fSpoolNumber)
			c.Show32(fSpoolSize)
			c.Bytes(fReserved, 1)
			c.Bytes(fSpoolName, 16)
			c.Finish()
		}
	})
}
