package capture

import (
	"encoding/binary"
	"net/netip"
)

// address is an IPv6 address, or an IPv4 one in lo.
type address struct{ hi, lo uint64 }

func (a address) netip(v6 bool) netip.Addr {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], a.hi)
	binary.BigEndian.PutUint64(b[8:], a.lo)
	if !v6 {
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return netip.AddrFrom16(b)
}

func addressOf(b []byte) address {
	return address{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

func (a address) less(b address) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

const (
	protoTCP     = 6
	extHopByHop  = 0
	extRouting   = 43
	extFragment  = 44
	extAuth      = 51
	extDest      = 60
	maxExtension = 16
)

// datagram is an IP packet: whose it is and what it carries.
type datagram struct {
	src, dst address
	v6       bool
	proto    uint8
	// The payload starts at off of the record's bytes and has size bytes on
	// the wire.
	off, size int
	// A fragment is bytes [frag, frag+size) of datagram id; more follow.
	fragment, more bool
	frag           int
	id             uint32
}

// parseIP reads the IP header at off of a packet with wire bytes on the wire
// ([RFC791] 3.1, [RFC8200] 3 and 4).
func parseIP(d *datagram, b []byte, off, wire int) bool {
	if off >= len(b) {
		return false
	}
	h := b[off:]
	switch h[0] >> 4 {
	case 4:
		return parseIPv4(d, h, off, wire)
	case 6:
		return parseIPv6(d, h, off, wire)
	}
	return false
}

func parseIPv4(d *datagram, h []byte, off, wire int) bool {
	if len(h) < 20 {
		return false
	}
	head, total := int(h[0]&15)*4, int(binary.BigEndian.Uint16(h[2:]))
	if total == 0 || total > wire-off {
		total = wire - off // left to the card that cuts it up, or damaged
	}
	if head < 20 || total < head {
		return false
	}
	part := binary.BigEndian.Uint16(h[6:])
	*d = datagram{
		src:   address{lo: uint64(binary.BigEndian.Uint32(h[12:]))},
		dst:   address{lo: uint64(binary.BigEndian.Uint32(h[16:]))},
		proto: h[9], off: off + head, size: total - head,
		fragment: part&0x3fff != 0, more: part&0x2000 != 0, frag: int(part&0x1fff) * 8,
		id: uint32(binary.BigEndian.Uint16(h[4:])),
	}
	return true
}

func parseIPv6(d *datagram, h []byte, off, wire int) bool {
	if len(h) < 40 {
		return false
	}
	size := int(binary.BigEndian.Uint16(h[4:]))
	if size == 0 || size > wire-off-40 {
		size = wire - off - 40
	}
	if size < 0 {
		return false
	}
	*d = datagram{src: addressOf(h[8:]), dst: addressOf(h[24:]), v6: true, proto: h[6], off: off + 40, size: size}
	b := h[40:]
	for range maxExtension {
		n := 8
		switch d.proto {
		case extHopByHop, extRouting, extDest:
			if len(b) < 8 {
				return false
			}
			n = int(b[1])*8 + 8
		case extAuth:
			if len(b) < 8 {
				return false
			}
			n = int(b[1])*4 + 8
		case extFragment:
			if len(b) < 8 || d.fragment {
				return false
			}
			part := binary.BigEndian.Uint16(b[2:])
			d.fragment, d.more, d.frag = part&0xfff9 != 0, part&1 != 0, int(part&0xfff8)
			d.id = binary.BigEndian.Uint32(b[4:])
		default:
			return true
		}
		if n > len(b) || n > d.size {
			return false
		}
		d.proto = b[0]
		b = b[n:]
		d.off += n
		d.size -= n
		if d.fragment {
			return true // headers after this one are part of the fragments
		}
	}
	return false
}
