package capture

import (
	"encoding/binary"

	"github.com/google/gopacket/layers"
)

// Link types of the tcpdump.org registry that are read.
const (
	linkNull     = 0
	linkEthernet = 1
	linkRawBSD   = 12
	linkRawOpen  = 14
	linkRaw      = 101
	linkLoop     = 108
	linkSLL      = 113
	linkIPv4     = 228
	linkIPv6     = 229
	linkSLL2     = 276
)

const (
	etherIPv4 = 0x0800
	etherIPv6 = 0x86dd
	etherVLAN = 0x8100
	etherQinQ = 0x88a8
	etherOld  = 0x9100 // QinQ before 802.1ad
	maxTags   = 8
	sllLen    = 16
	sll2Len   = 20
)

// feedback takes what gopacket says of short packets. That a packet is cut is
// known from its record.
type feedback struct{}

func (feedback) SetTruncated() {}

// linkLayers are decoded into again and again. The cooked headers are read
// here: gopacket's decoder of them panics on a bad address length.
type linkLayers struct {
	tag  layers.Dot1Q
	loop layers.Loopback
}

// ipOffset finds the IP header of a packet. It reports false for packets that
// hold none, and knows those link types whose packets might.
func (l *linkLayers) ipOffset(link uint32, b []byte) (off int, known, ok bool) {
	switch link {
	case linkEthernet:
		if len(b) < 14 {
			return 0, true, false
		}
		off, ok = l.etherType(binary.BigEndian.Uint16(b[12:]), b, 14)
	case linkSLL:
		if len(b) < sllLen {
			return 0, true, false
		}
		off, ok = l.etherType(binary.BigEndian.Uint16(b[14:]), b, sllLen)
	case linkSLL2:
		if len(b) < sll2Len {
			return 0, true, false
		}
		off, ok = l.etherType(binary.BigEndian.Uint16(b), b, sll2Len)
	case linkNull, linkLoop:
		if l.loop.DecodeFromBytes(b, feedback{}) != nil {
			return 0, true, false
		}
		off, ok = len(l.loop.Contents), true
	case linkRaw, linkRawBSD, linkRawOpen, linkIPv4, linkIPv6:
		ok = true
	case notPacket:
	default:
		return 0, false, false
	}
	return off, true, ok
}

// etherType passes over the VLAN tags.
func (l *linkLayers) etherType(kind uint16, b []byte, off int) (int, bool) {
	for range maxTags {
		switch kind {
		case etherIPv4, etherIPv6:
			return off, true
		case etherVLAN, etherQinQ, etherOld:
			if off > len(b) || l.tag.DecodeFromBytes(b[off:], feedback{}) != nil {
				return 0, false
			}
			kind = uint16(l.tag.Type)
			off += len(l.tag.Contents)
		default:
			return 0, false
		}
	}
	return 0, false
}
