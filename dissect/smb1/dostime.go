package smb1

import (
	"fmt"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// dosTime defines a date and a time of [MS-CIFS] 2.2.1.4.1 and 2.2.1.4.2,
// which count in the server's zone.
type dosTime struct{ both, date, time *field.Def }

func dosTimeDef(prefix, label string) *dosTime {
	name := prefix + ".smb"
	return &dosTime{
		both: hexNum(prefix+".time", label),
		date: &field.Def{Name: name + ".date", Label: label + "Date", Kind: field.Known},
		time: &field.Def{Name: name + ".time", Label: label + "Time", Kind: field.Known},
	}
}

var (
	tCreated  = dosTimeDef("smb.create", "Creation")
	tAccessed = dosTimeDef("smb.access", "LastAccess")
	tWritten  = dosTimeDef("smb.last_write", "LastWrite")
	tServer   = &dosTime{
		both: hexNum("smb.server_date_time", "ServerDateTime"),
		date: &field.Def{Name: "smb.server_date_time.smb_date", Label: "ServerDate", Kind: field.Known},
		time: &field.Def{Name: "smb.server_date_time.smb_time", Label: "ServerTime", Kind: field.Known},
	}
)

// dateFirst reads the date, then the time.
func (t *dosTime) dateFirst(c *wire.Codec) { t.walk(c, true) }

// timeFirst reads the time, then the date.
func (t *dosTime) timeFirst(c *wire.Codec) { t.walk(c, false) }

func (t *dosTime) walk(c *wire.Codec, dateFirst bool) {
	b := c.Peek(4)
	if c.Tree() == nil || len(b) < 4 {
		c.Show32(t.both)
		return
	}
	v := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24
	c.BeginLen(t.both, 4, v)
	if dateFirst {
		t.showDate(c)
		t.showTime(c)
	} else {
		t.showTime(c)
		t.showDate(c)
	}
	c.Done()
}

func (t *dosTime) showDate(c *wire.Codec) {
	v := c.Show16(nil)
	c.Known(t.date, 2, fmt.Sprintf("%04d-%02d-%02d", 1980+int(v>>9), v>>5&15, v&31))
}

func (t *dosTime) showTime(c *wire.Codec) {
	v := c.Show16(nil)
	c.Known(t.time, 2, fmt.Sprintf("%02d:%02d:%02d", v>>11, v>>5&63, v&31*2))
}
