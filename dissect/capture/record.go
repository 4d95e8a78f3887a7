package capture

import (
	"encoding/binary"
	"fmt"
)

// record is one captured packet.
type record struct {
	off  int64  // of its first byte in the joined space
	cap  uint32 // bytes in the file
	wire uint32 // bytes on the wire, at least cap
	link uint32 // link type
	time int64  // nanoseconds since 1970 UTC
	data []byte // its first bytes, at least packetHead of them if so many are in the file
}

// walker finds the records of one file.
type walker interface {
	// next returns false at the end. What it cannot read it reports.
	next(r *record) bool
	// bounds gives where the record that next gave last starts and ends, with
	// all that the format has around the packet.
	bounds() (start, end int64)
}

// reporter takes notes of damage at an offset of the joined space.
type reporter interface {
	damaged(off int64, format string, args ...any)
	frame() uint32
}

// maxRecord bounds the length of one packet: the largest snapshot length in
// use, unless the file announces a larger one.
const maxRecord = 256 << 10

// pcapFormat is what the magic number of a pcap file says
// (draft-ietf-opsawg-pcap 4).
type pcapFormat struct {
	order    binary.ByteOrder
	nano     bool
	modified bool // records have 8 more bytes of header
}

func pcapMagic(head []byte) (pcapFormat, bool) {
	if len(head) < 4 {
		return pcapFormat{}, false
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(head) {
		case 0xa1b2c3d4:
			return pcapFormat{order: order}, true
		case 0xa1b23c4d:
			return pcapFormat{order: order, nano: true}, true
		case 0xa1b2cd34:
			return pcapFormat{order: order, modified: true}, true
		}
	}
	return pcapFormat{}, false
}

const pcapFileHeader = 24

// pcapWalker reads pcap records (draft-ietf-opsawg-pcap 5).
type pcapWalker struct {
	w      *window
	rep    reporter
	little bool
	tick   int64 // nanoseconds in a unit of the fraction
	header int
	limit  uint32
	link   uint32
	start  int64
	pos    int64
}

func newPcapWalker(w *window, rep reporter, base int64, format pcapFormat) *pcapWalker {
	h := w.peek(base, pcapFileHeader)
	if len(h) < pcapFileHeader {
		rep.damaged(base+int64(len(h)), "cut in the middle of the file header")
		return nil
	}
	p := &pcapWalker{
		w: w, rep: rep, pos: base + pcapFileHeader, little: format.order == binary.LittleEndian,
		tick: 1000, header: 16, limit: maxRecord,
		link: format.order.Uint32(h[20:]) & 0xffff,
	}
	if snap := format.order.Uint32(h[16:]); snap > p.limit && snap <= 16<<20 {
		p.limit = snap
	}
	if format.nano {
		p.tick = 1
	}
	if format.modified {
		p.header = 24
	}
	return p
}

func (p *pcapWalker) next(r *record) bool {
	h := p.w.peek(p.pos, p.header)
	if len(h) < p.header {
		if len(h) > 0 {
			p.rep.damaged(p.pos, "cut in the header of frame %d", p.rep.frame()+1)
		}
		return false
	}
	var sec, frac uint32
	if p.little {
		sec, frac = binary.LittleEndian.Uint32(h), binary.LittleEndian.Uint32(h[4:])
		r.cap, r.wire = binary.LittleEndian.Uint32(h[8:]), binary.LittleEndian.Uint32(h[12:])
	} else {
		sec, frac = binary.BigEndian.Uint32(h), binary.BigEndian.Uint32(h[4:])
		r.cap, r.wire = binary.BigEndian.Uint32(h[8:]), binary.BigEndian.Uint32(h[12:])
	}
	if r.cap > p.limit {
		p.rep.damaged(p.pos, "frame %d claims %d bytes; the rest of the file is not read", p.rep.frame()+1, r.cap)
		return false
	}
	r.off = p.pos + int64(p.header)
	if r.off+int64(r.cap) > p.w.end {
		p.rep.damaged(r.off, "cut in the middle of frame %d: %d of %d bytes are there", p.rep.frame()+1, p.w.end-r.off, r.cap)
		return false
	}
	r.wire = max(r.wire, r.cap)
	r.link = p.link
	r.time = int64(sec)*1e9 + int64(frac)*p.tick
	r.data = p.w.extend(r.off, int(min(r.cap, packetHead)), int(r.cap))
	p.start, p.pos = p.pos, r.off+int64(r.cap)
	return true
}

func (p *pcapWalker) bounds() (start, end int64) { return p.start, p.pos }

// newWalker tells the format of a file by its first bytes; nil when there is
// nothing to walk.
func newWalker(w *window, rep reporter, base int64) walker {
	head := w.peek(base, sniffLen)
	if format, ok := pcapMagic(head); ok {
		if p := newPcapWalker(w, rep, base, format); p != nil {
			return p
		}
		return nil
	}
	if len(head) >= 4 && string(head[:4]) == string(pcapngMagic) {
		return newNgWalker(w, rep, base)
	}
	rep.damaged(base, "not a capture")
	return nil
}

// blockName words a block's type for reports.
func blockName(kind uint32) string {
	switch kind {
	case blockSection:
		return "section header block"
	case blockInterface:
		return "interface description block"
	case blockEnhanced:
		return "enhanced packet block"
	case blockSimple:
		return "simple packet block"
	case blockPacket:
		return "packet block"
	}
	return fmt.Sprintf("block of type 0x%08x", kind)
}
