package plaintext

import (
	"encoding/binary"

	"smbdiff/dissect/capture"
)

const (
	maxPacket = 16 << 20 // larger ones are no TCP segments
	flagSYN   = 2
	flagACK   = 16
	optEnd    = 0
	optNop    = 1
	optSACK   = 5 // [RFC2018] 3
)

// rewriter writes packets anew.
type rewriter struct {
	plan  *plan
	texts texts
	in    []byte
	out   []byte
	err   error
}

// packet writes one packet of the second reading.
func (r *rewriter) packet(p *capture.Packet, out *output) {
	if r.err != nil || out.err != nil {
		return
	}
	i, ok := r.plan.first[p.First]
	if !p.TCP || !ok || p.Cap > maxPacket {
		out.keep(p)
		return
	}
	r.in = append(r.in[:0], out.src.bytes(p.Off, int(p.Cap))...)
	if len(r.in) < int(p.Cap) {
		out.keep(p)
		return
	}
	wire := r.segment(p, &r.plan.streams[i])
	if r.err == nil {
		out.packet(p, r.out, wire)
	}
}

// segment makes r.out of the TCP segment r.in and gives its length on the wire.
func (r *rewriter) segment(p *capture.Packet, c *[2]edits) uint32 {
	own, other := c[p.Dir], c[1-p.Dir]
	b := r.in
	have := max(min(p.DataLen, len(b)-p.DataOff), 0)
	head := min(p.DataOff, len(b))
	r.out = append(r.out[:0], b[:head]...)
	r.payload(own, p.Pos, b[head:head+have])
	if r.err != nil {
		return 0
	}
	newHave := len(r.out) - head
	r.out = append(r.out, b[head+have:]...)
	newLen := int(own.to(p.Pos+int64(p.DataLen)) - own.to(p.Pos))
	less := p.DataLen - newLen

	tcp := r.out[p.TCPOff:head]
	shift := own.to(p.Pos) - p.Pos
	binary.BigEndian.PutUint32(tcp[4:], binary.BigEndian.Uint32(tcp[4:])+uint32(shift))
	if tcp[13]&flagACK != 0 {
		shift = other.to(p.Ack) - p.Ack
		binary.BigEndian.PutUint32(tcp[8:], binary.BigEndian.Uint32(tcp[8:])+uint32(shift))
		sack(tcp[20:], p.Ack, binary.BigEndian.Uint32(b[p.TCPOff+8:]), other)
	}
	fixIP(r.out, b, p, less)
	fixTCP(r.out[:head+newHave], b[:head+have], p, less)
	return p.Wire - uint32(less)
}

// payload appends what becomes of the bytes b, which stand at pos of the stream.
func (r *rewriter) payload(own edits, pos int64, b []byte) {
	end := pos + int64(len(b))
	i := own.at(pos)
	if i < 0 || own[i].end() <= pos {
		i++
	}
	at := pos
	for ; i < len(own) && own[i].pos < end; i++ {
		e := &own[i]
		if e.pos > at {
			r.out = append(r.out, b[at-pos:e.pos-pos]...)
			at = e.pos
		}
		to := min(e.end(), end)
		from, until := e.inner(at-e.pos), e.inner(to-e.pos)
		if until > from {
			whole := at == e.pos && to == e.end()
			text, err := r.texts.get(e, r.plan.extents(e), whole)
			if err != nil {
				r.err = err
				return
			}
			if n := int64(len(text)); from < n {
				r.out = append(r.out, text[from:min(until, n)]...)
				from = min(until, n)
			}
			r.out = append(r.out, b[to-pos-(until-from):to-pos]...) // behind a missing byte
		}
		if to == e.end() {
			r.texts.done(e)
		}
		at = to
	}
	r.out = append(r.out, b[at-pos:]...)
}

// sack moves the edges in selective acknowledgements, [RFC2018] 3. The
// acknowledgement number was ack in the capture, which stands at pos.
func sack(options []byte, pos int64, ack uint32, other edits) {
	for len(options) > 1 && options[0] != optEnd {
		if options[0] == optNop {
			options = options[1:]
			continue
		}
		n := int(options[1])
		if n < 2 || n > len(options) {
			return
		}
		if options[0] == optSACK {
			for edge := options[2:n]; len(edge) >= 4; edge = edge[4:] {
				seq := binary.BigEndian.Uint32(edge)
				at := pos + int64(int32(seq-ack))
				binary.BigEndian.PutUint32(edge, seq+uint32(other.to(at)-at))
			}
		}
		options = options[n:]
	}
}

// fixIP takes less bytes off the lengths in the IP header, [RFC791] 3.1 and
// [RFC8200] 3. A length that left the work to the network card stays as it is.
func fixIP(b, was []byte, p *capture.Packet, less int) {
	h := b[p.IPOff:]
	at, fixed := 2, 0
	if h[0]>>4 == 6 {
		at, fixed = 4, 40
	}
	n := int(binary.BigEndian.Uint16(h[at:]))
	if n == 0 || n+fixed > int(p.Wire)-p.IPOff || n < less {
		return
	}
	binary.BigEndian.PutUint16(h[at:], uint16(n-less))
	if h[0]>>4 == 6 {
		return
	}
	size := int(h[0]&15) * 4
	if old := binary.BigEndian.Uint16(h[10:]); old != 0 {
		binary.BigEndian.PutUint16(h[10:], adjust(old, sum(0, was[p.IPOff:][2:4]), sum(0, h[2:4])))
	} else {
		binary.BigEndian.PutUint16(h[10:], ^fold(sum(0, h[:size])))
	}
}

// fixTCP makes the checksum fit, [RFC9293] 3.1. b and was are the packets up to
// the end of their captured payloads. A checksum that held holds again, and one
// that did not, does not ([RFC1624]). One that the network card would have
// filled in (a part of the sum, or nothing) becomes the whole one.
func fixTCP(b, was []byte, p *capture.Packet, less int) {
	tcp, old := b[p.TCPOff:], was[p.TCPOff:]
	size := p.DataOff - p.TCPOff + p.DataLen
	stored := binary.BigEndian.Uint16(old[16:])
	pseudo := addresses(b[p.IPOff:])
	before, after := pseudo+tcpLength(size), pseudo+tcpLength(size-less)
	if stored == fold(before) || stored == 0 {
		left := size - len(old)
		binary.BigEndian.PutUint16(tcp[16:], 0)
		check := ^fold(sum(after, tcp))
		if left > 0 {
			check = fold(after) // the rest is not in the capture
		}
		binary.BigEndian.PutUint16(tcp[16:], check)
		return
	}
	// The field counts in neither sum: it is the same in both.
	binary.BigEndian.PutUint16(tcp[16:], adjust(stored, sum(before, old), sum(after, tcp)))
}

// addresses sums the addresses and the protocol for the pseudo header.
func addresses(ip []byte) uint64 {
	if ip[0]>>4 == 6 {
		return sum(6, ip[8:40])
	}
	return sum(6, ip[12:20])
}

func tcpLength(n int) uint64 { return uint64(n>>16) + uint64(n&0xffff) }

// sum adds the 16-bit words of b to s.
func sum(s uint64, b []byte) uint64 {
	for len(b) >= 8 {
		v := binary.BigEndian.Uint64(b)
		s += v>>48 + v>>32&0xffff + v>>16&0xffff + v&0xffff
		b = b[8:]
	}
	for len(b) >= 2 {
		s += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		s += uint64(b[0]) << 8
	}
	return s
}

// fold makes a 16-bit sum in ones' complement of a long one.
func fold(s uint64) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}

// adjust gives the checksum of changed bytes, of which the sum was before and is
// after.
func adjust(check uint16, before, after uint64) uint16 {
	return ^fold(uint64(^check) + uint64(^fold(before)) + uint64(fold(after)))
}
