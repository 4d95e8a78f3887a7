package smb1

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// dosTime defines a date and a time of [MS-CIFS] 2.2.1.4.1 and 2.2.1.4.2,
// which count in the server's zone.
type dosTime struct{ both, date, time *field.Def }

func dosTimeDef(prefix, label string) *dosTime {
	return &dosTime{
		both: &field.Def{Name: prefix + ".time", Label: label, Kind: field.DOSTime},
		date: &field.Def{Name: prefix + ".smb.date", Label: label + "Date", Kind: field.DOSDate},
		time: &field.Def{Name: prefix + ".smb.time", Label: label + "Time", Kind: field.DOSClock},
	}
}

var (
	tCreated  = dosTimeDef("smb.create", "Creation")
	tAccessed = dosTimeDef("smb.access", "LastAccess")
	tWritten  = dosTimeDef("smb.last_write", "LastWrite")
	tServer   = &dosTime{
		both: &field.Def{Name: "smb.server_date_time", Label: "ServerDateTime", Kind: field.DOSTime},
		date: &field.Def{Name: "smb.server_date_time.smb_date", Label: "ServerDate", Kind: field.DOSDate},
		time: &field.Def{Name: "smb.server_date_time.smb_time", Label: "ServerTime", Kind: field.DOSClock},
	}
)

// dateFirst reads the date, then the time.
func (t *dosTime) dateFirst(c *wire.Codec) { t.walk(c, true) }

// timeFirst reads the time, then the date.
func (t *dosTime) timeFirst(c *wire.Codec) { t.walk(c, false) }

func (t *dosTime) walk(c *wire.Codec, dateFirst bool) {
	b := c.Peek(4)
	if c.Tree() == nil || len(b) < 4 {
		c.Bytes(t.both, 4)
		return
	}
	first, second := uint64(b[0])|uint64(b[1])<<8, uint64(b[2])|uint64(b[3])<<8
	if dateFirst {
		c.BeginLen(t.both, 4, first<<16|second)
		c.Show16(t.date)
		c.Show16(t.time)
	} else {
		c.BeginLen(t.both, 4, second<<16|first)
		c.Show16(t.time)
		c.Show16(t.date)
	}
	c.Done()
}
