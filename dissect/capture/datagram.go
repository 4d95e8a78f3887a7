package capture

import (
	"encoding/binary"
	"net/netip"
)

const (
	protoUDP      = 17
	datagramPort  = 138
	datagramHead  = 14
	maxNameLabels = 128
)

// udp takes a UDP packet whose header is at off of the record, with size bytes
// on the wire from there. A NetBIOS datagram ([RFC1002] 4.4) on port 138 that
// carries SMB is a PDU of its own.
func (s *scanner) udp(r *record, d *datagram) {
	if d.off+8 > len(r.data) || d.size < 8 {
		return
	}
	h := r.data[d.off:]
	sp, dp := binary.BigEndian.Uint16(h), binary.BigEndian.Uint16(h[2:])
	if sp == dnsPort || sp == kerberosPort {
		s.answer(r, d, sp)
	}
	if dp == quicPort && d.off+8+quicHead <= len(r.data) {
		s.quic(r.time, netip.AddrPortFrom(d.dst.netip(d.v6), dp), r.data[d.off+8:])
	}
	if dp == rocePort {
		s.roce(r, d, d.off+8, min(int(binary.BigEndian.Uint16(h[4:])), d.size)-8)
	}
	if dp != datagramPort {
		return
	}
	size := min(int(binary.BigEndian.Uint16(h[4:])), d.size) - 8
	have := min(int(r.cap)-d.off-8, size)
	if size < datagramHead || have < datagramHead {
		return
	}
	at := r.off + int64(d.off) + 8
	b, err := s.f.ReadPDU(s.scratch[:0], []Extent{{at, uint32(have)}})
	if err != nil {
		return
	}
	s.scratch = b
	skip := userData(b)
	if skip == 0 || !magic(b[skip:]) {
		return
	}
	src, dst := netip.AddrPortFrom(d.src.netip(d.v6), sp), netip.AddrPortFrom(d.dst.netip(d.v6), dp)
	index, ok := s.exchange(src, dst, r.time)
	if !ok {
		return
	}
	s.one[0] = Extent{at + int64(skip), uint32(len(b) - skip)}
	s.pdu = PDU{Kind: PDUDatagram, Conn: index, FirstFrame: s.sum.Frames, Frame: s.sum.Frames, Time: r.time, Len: uint32(size - skip),
		Head: b[skip:min(len(b), skip+s.head)], Extents: s.one[:], Missing: uint32(size - have)}
	s.emit()
}

// answer takes a UDP answer of a name server or KDC.
func (s *scanner) answer(r *record, d *datagram, port uint16) {
	n := min(int(r.cap)-d.off, d.size, maxAnswer) - 8
	if n <= 0 {
		return
	}
	b, err := s.f.ReadPDU(s.scratch[:0], []Extent{{r.off + int64(d.off) + 8, uint32(n)}})
	if err != nil {
		return
	}
	s.scratch = b
	if port == dnsPort {
		s.dns(r.time, b)
	} else {
		s.kerberos(r.time, b)
	}
}

// userData gives where the user data of a direct datagram starts, 0 when it is
// none or a fragment.
func userData(b []byte) int {
	if b[0] < 0x10 || b[0] > 0x12 || b[1]&1 != 0 || b[12]|b[13] != 0 {
		return 0
	}
	at := datagramHead
	for range 2 { // source and destination name, [RFC1002] 4.1
		for labels := 0; ; labels++ {
			if at >= len(b) || b[at] > 63 || labels > maxNameLabels {
				return 0
			}
			n := int(b[at])
			at += 1 + n
			if n == 0 {
				break
			}
		}
	}
	if at >= len(b) {
		return 0
	}
	return at
}

// magic reports whether b starts with an SMB protocol identifier.
func magic(b []byte) bool {
	return len(b) >= 4 && b[0] >= 0xfc && b[1] == 'S' && b[2] == 'M' && b[3] == 'B'
}

// exchange gives the index of the connection that stands for the datagrams
// from src to dst.
func (s *scanner) exchange(src, dst netip.AddrPort, time int64) (uint32, bool) {
	k := [2]netip.AddrPort{src, dst}
	if index, ok := s.datagrams[k]; ok {
		return index, true
	}
	if s.sum.SMBConnections >= maxSMB {
		return 0, false
	}
	if s.datagrams == nil {
		s.datagrams = make(map[[2]netip.AddrPort]uint32)
	}
	index := s.f.addConnection(Connection{A: src, B: dst, FirstFrame: s.sum.Frames, FirstTime: time, Client: SideA})
	s.datagrams[k] = index
	s.sum.SMBConnections++
	return index, true
}
