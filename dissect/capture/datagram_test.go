package capture

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// netbiosDatagram makes a UDP packet with a NetBIOS datagram.
func netbiosDatagram(kind, flags byte, data []byte) []byte {
	name := append(append([]byte{32}, bytes.Repeat([]byte("CA"), 16)...), 0)
	user := append(append(append(make([]byte, 14), name...), name...), data...)
	user[0], user[1] = kind, flags
	udp := []byte{0, 138, 0, 138, 0, 0, 0, 0}
	binary.BigEndian.PutUint16(udp[4:], uint16(8+len(user)))
	ip := []byte{0x45, 0, 0, 0, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 255}
	binary.BigEndian.PutUint16(ip[2:], uint16(20+len(udp)+len(user)))
	return append(append(ip, udp...), user...)
}

// TestDatagrams finds SMB in NetBIOS datagrams, [RFC1002] 4.4, and nothing in
// what only looks like one.
func TestDatagrams(t *testing.T) {
	smb := message(60, 3)[4:]
	sound := netbiosDatagram(0x11, 2, smb)
	for name, c := range map[string]struct {
		packet []byte
		want   string
	}{
		"group datagram": {sound, "msg 0A 1-1 len 60 fill 3"},
		"more follows":   {netbiosDatagram(0x11, 3, smb), ""},
		"error datagram": {netbiosDatagram(0x13, 2, smb), ""},
		"no SMB":         {netbiosDatagram(0x11, 2, make([]byte, 60)), ""},
		"no data":        {netbiosDatagram(0x11, 2, nil), ""},
		"cut name":       {sound[:60], ""},
	} {
		got, _ := events(t, openBytes(t, "x.pcap", rawPcap([]frame{{b: c.packet}})))
		t.Run(name, func(t *testing.T) { compare(t, got, c.want) })
	}
	cut, _ := events(t, openBytes(t, "x.pcap", rawPcap([]frame{{b: sound, cap: len(sound) - 20}})))
	compare(t, cut, "msg 0A 1-1 len 60 fill 3 missing 20 of which after 40")
}
