package filter

import "testing"

// TestNumbersOfOctets holds fields against numbers that Wireshark has as numbers
// and we show otherwise: the mark of a header, dates and times of DOS.
func TestNumbersOfOctets(t *testing.T) {
	r := example()
	r.A.Looks[0].Tree = treeOf("\xfeSMB\x75\x5d\x6d\x25", placed{"smb2.protocol_id", 0, 4, 0}, placed{"smb.server_date_time", 4, 4, 0x5d75256d},
		placed{"smb.server_date_time.smb_date", 4, 2, 0x5d75}, placed{"smb.server_date_time.smb_time", 6, 2, 0x256d})
	for src, want := range map[string]bool{
		"smb2.protocol_id == 0xfe534d42":                       true,
		"smb2.protocol_id == 4266872130":                       true,
		"smb2.protocol_id == 0x424d53fe":                       false,
		"smb2.protocol_id == fe:53:4d:42":                      true,
		"smb2.protocol_id > 5":                                 true,
		"smb2.protocol_id & 0x42":                              true,
		"smb2.protocol_id in {0xfe534d42}":                     true,
		"smb2.protocol_id[1:3] == \"SMB\"":                     true,
		"len(smb2.protocol_id) == 4":                           true,
		"smb.server_date_time == \"Nov 21, 2026 04:43:26\"":    true,
		"smb.server_date_time == \"2026-11-21T04:43:26\"":      true,
		"smb.server_date_time < \"2026-11-21 04:43:26\"":       false,
		"smb.server_date_time > 2026-11-20":                    true,
		"smb.server_date_time ~ \"^2026-11\"":                  true,
		"smb.server_date_time.smb_date == 0x5d75":              true,
		"smb.server_date_time.smb_date == 2026-11-21":          true,
		"smb.server_date_time.smb_date < 2026-11-21":           false,
		"smb.server_date_time.smb_date & 0x1f":                 true,
		"smb.server_date_time.smb_time == 0x256d":              true,
		"smb.server_date_time.smb_time == 04:43:26":            true,
		"smb.server_date_time.smb_time >= 05:00:00":            false,
		"smb.server_date_time == smb.server_date_time":         true,
		"smb.server_date_time.smb_date ~ \"-21$\"":             true,
		"smb.server_date_time.smb_date in {2026-01-01, 23925}": true,
	} {
		f, err := Parse(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
		} else if got := f.Match(r); got != want {
			t.Errorf("%s: %v", src, got)
		}
	}
	for _, src := range []string{"smb.server_date_time == \"1979-01-01\"", "smb.server_date_time.smb_date == 04:43:26", "smb.server_date_time.smb_time == 2026-11-21"} {
		if _, err := Parse(src); err == nil {
			t.Errorf("%s is read", src)
		}
	}
}
