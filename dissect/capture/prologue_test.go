package capture

import (
	"encoding/binary"
	"fmt"
	"testing"
)

// krbError is a KRB-ERROR, [RFC4120] 5.9.1, with this error-code.
func krbError(code byte) []byte {
	return append([]byte("\x7e\x29\x30\x27\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x1e\xa4\x11\x18\x0f20260101000000Z\xa5\x03\x02\x01\x00\xa6\x03\x02\x01"), code)
}

func udpAnswer(port uint16, data []byte) frame { return udpFrame(port, 40000, data) }

func udpTo(port uint16, data string) frame { return udpFrame(40000, port, []byte(data)) }

func udpFrame(from, to uint16, data []byte) frame {
	udp := make([]byte, 8, 8+len(data))
	binary.BigEndian.PutUint16(udp, from)
	binary.BigEndian.PutUint16(udp[2:], to)
	binary.BigEndian.PutUint16(udp[4:], uint16(8+len(data)))
	ip := []byte{0x45, 0, 0, 0, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 2, 10, 0, 0, 1}
	binary.BigEndian.PutUint16(ip[2:], uint16(20+8+len(data)))
	return frame{b: append(append(ip, udp...), data...)}
}

// TestPrologue lists what failed before SMB.
func TestPrologue(t *testing.T) {
	dns := func(code byte) []byte {
		return []byte("\x12\x34\x81" + string([]byte{0x80 | code}) + "\x00\x01\x00\x00\x00\x00\x00\x00\x02fs\x03lab\x00\x00\x01\x00\x01")
	}
	kdc := plainEnds
	kdc.bPort = kerberosPort
	stream := append([]byte{0, 0, 0, 43}, krbError(37)...)
	for _, c := range []struct {
		name   string
		frames []frame
		want   string
	}{
		{"unknown name", []frame{udpAnswer(dnsPort, dns(3))}, "[{1 DNS: fs.lab: Non-Existent Domain}]"},
		{"known name", []frame{udpAnswer(dnsPort, dns(0))}, "[]"},
		{"cut", []frame{udpAnswer(dnsPort, dns(3)[:14])}, "[]"},
		{"ticket denied", []frame{udpAnswer(kerberosPort, krbError(7))}, "[{1 Kerberos: KDC_ERR_S_PRINCIPAL_UNKNOWN}]"},
		{"unnamed error", []frame{udpAnswer(kerberosPort, krbError(99))}, "[{1 Kerberos: error 99}]"},
		{"pre-authentication", []frame{udpAnswer(kerberosPort, krbError(25))}, "[]"},
		{"another message", []frame{udpAnswer(kerberosPort, []byte("\x6b\x03\x02\x01\x05"))}, "[]"},
		{"QUIC", []frame{udpTo(quicPort, "\xc3\x00\x00\x00\x01\x08abcdefgh"), udpTo(quicPort, "\xc3\x00\x00\x00\x01\x08abcdefgh")},
			"[{1 QUIC to 10.0.0.1:443, inside of which SMB is not read}]"},
		{"no handshake of QUIC", []frame{udpTo(quicPort, "\x43abcdefghijk"), udpTo(quicPort, "\xc3\x00\x00\x00\x01")}, "[]"},
		{"over TCP", kdc.frames(t, seg{dir: 1, seq: 1, data: stream}), "[{1 Kerberos: KRB_AP_ERR_SKEW}]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, sum := events(t, openBytes(t, "x.pcap", rawPcap(c.frames)))
			got := []string{}
			for _, f := range sum.Prologue {
				got = append(got, fmt.Sprintf("{%d %s}", f.Frame, f.Text))
			}
			if fmt.Sprint(got) != c.want {
				t.Errorf("%v, want %s", got, c.want)
			}
		})
	}
}
