package capture

import (
	"bytes"
	"encoding/binary"
	"testing"
)

func TestLinks(t *testing.T) {
	six := ends{"2001:db8::1", "2001:db8::2", 40000, 445}
	mac := bytes.Repeat([]byte{2}, 12)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	kind := func(v6 bool) []byte {
		if v6 {
			return []byte{0x86, 0xdd}
		}
		return []byte{8, 0}
	}
	for _, tc := range []struct {
		name string
		link uint32
		head func(v6 bool) []byte
	}{
		{"Ethernet", linkEthernet, func(v6 bool) []byte { return join(mac, kind(v6)) }},
		{"VLAN", linkEthernet, func(v6 bool) []byte { return join(mac, []byte{0x81, 0, 0, 5}, kind(v6)) }},
		{"QinQ", linkEthernet, func(v6 bool) []byte { return join(mac, []byte{0x88, 0xa8, 0, 5, 0x81, 0, 0, 6}, kind(v6)) }},
		{"Linux cooked", linkSLL, func(v6 bool) []byte { return join([]byte{0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0}, kind(v6)) }},
		{"Linux cooked v2", linkSLL2, func(v6 bool) []byte {
			return join(kind(v6), []byte{0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0})
		}},
		{"raw", linkRaw, func(bool) []byte { return nil }},
		{"raw 12", linkRawBSD, func(bool) []byte { return nil }},
		{"IPv4", linkIPv4, func(bool) []byte { return nil }},
		{"IPv6", linkIPv6, func(bool) []byte { return nil }},
		{"null", linkNull, func(v6 bool) []byte {
			if v6 {
				return []byte{30, 0, 0, 0}
			}
			return []byte{2, 0, 0, 0}
		}},
		{"null, big-endian", linkNull, func(v6 bool) []byte {
			if v6 {
				return []byte{0, 0, 0, 24}
			}
			return []byte{0, 0, 0, 2}
		}},
		{"loop", linkLoop, func(v6 bool) []byte {
			if v6 {
				return []byte{0, 0, 0, 24}
			}
			return []byte{0, 0, 0, 2}
		}},
	} {
		for _, e := range []ends{plainEnds, six} {
			v6 := e == six
			frames := e.frames(t, piece(0, 0, 0, 104, 1), piece(1, 0, 104, 308, 105))
			for i := range frames {
				frames[i].b = join(tc.head(v6), frames[i].b, make([]byte, 4)) // and a trailer
			}
			f := openBytes(t, "x", writePcap(binary.LittleEndian, 0xa1b2c3d4, tc.link, 1000, frames))
			got, sum := events(t, f)
			t.Run(tc.name, func(t *testing.T) {
				compare(t, got, "start 0A 1-1\nmsg 0A 1-1 len 100 fill 1\nmsg 0B 2-2 len 200 fill 2")
			})
			if c := f.Connections(); len(c) != 1 || c[0].A.Addr().String() != e.a || sum.Damage != nil {
				t.Errorf("%s: %v %+v", tc.name, c, sum)
			}
		}
	}
}

// fragment4 cuts an IPv4 packet up after each of the given places of its
// payload, which are multiples of 8.
func fragment4(p []byte, at ...int) []frame {
	body := p[20:]
	var out []frame
	from := 0
	for _, to := range append(at, len(body)) {
		h := bytes.Clone(p[:20])
		binary.BigEndian.PutUint16(h[2:], uint16(20+to-from))
		part := uint16(from / 8)
		if to < len(body) {
			part |= 0x2000
		}
		binary.BigEndian.PutUint16(h[6:], part)
		out = append(out, frame{b: append(h, body[from:to]...)})
		from = to
	}
	return out
}

func fragment6(p []byte, at ...int) []frame {
	body := p[40:]
	var out []frame
	from := 0
	for _, to := range append(at, len(body)) {
		h := bytes.Clone(p[:40])
		h[6] = extFragment
		binary.BigEndian.PutUint16(h[4:], uint16(8+to-from))
		part := uint16(from)
		if to < len(body) {
			part |= 1
		}
		h = append(h, protoTCP, 0, byte(part>>8), byte(part), 0, 0, 0, 9)
		out = append(out, frame{b: append(h, body[from:to]...)})
		from = to
	}
	return out
}

func TestFragments(t *testing.T) {
	six := ends{"2001:db8::1", "2001:db8::2", 40000, 445}
	p4 := plainEnds.packet(t, piece(0, 0, 0, 612, 1))
	p6 := six.packet(t, piece(0, 0, 0, 612, 1))
	order := func(f []frame, places ...int) []frame {
		var out []frame
		for _, i := range places {
			out = append(out, f[i])
		}
		return out
	}
	const want = `start 0A 3-3
		msg 0A 3-3 len 100 fill 1
		msg 0A 3-3 len 200 fill 2
		msg 0A 3-3 len 300 fill 3`
	for _, tc := range []struct {
		name   string
		frames []frame
		want   string
	}{
		{"IPv4", fragment4(p4, 200, 400), want},
		{"IPv4, backwards", order(fragment4(p4, 200, 400), 2, 1, 0), want},
		{"IPv4, repeated", order(fragment4(p4, 400), 0, 0, 1), want},
		{"IPv4, header cut", order(fragment4(p4, 8, 16), 1, 2, 0), want},
		{"IPv4, overlapping", append(fragment4(p4, 400)[:1], fragment4(p4, 200, 600)[1:]...), want},
		{"IPv6", fragment6(p6, 200, 400), want},
		{"IPv6, backwards", order(fragment6(p6, 200, 400), 2, 1, 0), want},
		{"incomplete", order(fragment4(p4, 200, 400), 0, 2), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, _ := events(t, openBytes(t, "x", rawPcap(tc.frames)))
			compare(t, got, tc.want)
		})
	}
}

func TestExtensionHeaders(t *testing.T) {
	six := ends{"2001:db8::1", "2001:db8::2", 40000, 445}
	p := six.packet(t, piece(0, 0, 0, 104, 1))
	ext := append([]byte{extDest, 0, 1, 4, 0, 0, 0, 0}, append([]byte{extRouting, 0, 1, 4, 0, 0, 0, 0}, protoTCP, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)...)
	h := bytes.Clone(p[:40])
	h[6] = extHopByHop
	binary.BigEndian.PutUint16(h[4:], uint16(len(ext)+len(p)-40))
	whole := append(append(h, ext...), p[40:]...)
	got, _ := events(t, openBytes(t, "x", rawPcap([]frame{{b: whole}})))
	compare(t, got, "start 0A 1-1\nmsg 0A 1-1 len 100 fill 1")
}

// Packets that the card was to cut up have no length of their own.
func TestOffload(t *testing.T) {
	p := plainEnds.packet(t, piece(0, 0, 0, 612, 1))
	p[2], p[3] = 0, 0
	got, _ := events(t, openBytes(t, "x", rawPcap([]frame{{b: p}})))
	compare(t, got, "start 0A 1-1\nmsg 0A 1-1 len 100 fill 1\nmsg 0A 1-1 len 200 fill 2\nmsg 0A 1-1 len 300 fill 3")
}
