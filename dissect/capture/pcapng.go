package capture

import (
	"encoding/binary"
	"math/bits"
)

var pcapngMagic = []byte{0x0a, 0x0d, 0x0d, 0x0a}

// Block types of draft-ietf-opsawg-pcapng 4.
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockEnhanced  = 6
	// Blocks without a packet that Wireshark gives a frame number to.
	blockJournal      = 9
	blockCustom       = 0xbad
	blockCustomNoCopy = 0x40000bad
	blockSysdig       = 0x204
	blockSysdigFlags  = 0x208
)

const (
	byteOrderMagic = uint32(0x1a2b3c4d)
	maxInterfaces  = 1 << 14
	maxOptions     = 64 << 10  // bytes of options looked at
	noLink         = 1<<32 - 1 // of a packet without an interface
	notPacket      = 1<<32 - 2 // of a block that is no packet
	optTimeRes     = 9
	optTimeOffset  = 14
)

// ngInterface is what an interface description says of its packets.
type ngInterface struct {
	link, snap uint32
	units      timeUnits
}

// timeUnits is the resolution and offset of an interface's clock.
type timeUnits struct {
	binary bool
	exp    uint8
	mul    int64 // nanoseconds in a unit, where that is a whole number
	offset int64 // seconds
}

func newTimeUnits(res byte) timeUnits {
	u := timeUnits{binary: res&0x80 != 0, exp: res & 0x7f}
	if !u.binary && u.exp <= 9 {
		u.mul = pow10(9 - u.exp)
	}
	return u
}

func pow10(n uint8) int64 {
	v := int64(1)
	for range n {
		v *= 10
	}
	return v
}

// nanos turns a time stamp into nanoseconds since 1970.
func (u *timeUnits) nanos(ts uint64) int64 {
	var ns int64
	switch {
	case u.mul != 0:
		ns = int64(ts) * u.mul
	case !u.binary:
		if u.exp-9 < 19 {
			ns = int64(ts / uint64(pow10(u.exp-9)))
		}
	case u.exp < 64:
		hi, lo := bits.Mul64(ts&(1<<u.exp-1), 1e9)
		ns = int64(ts>>u.exp)*1e9 + int64(hi<<(64-u.exp)|lo>>u.exp)
	default:
		hi, _ := bits.Mul64(ts, 1e9)
		if u.exp-64 < 64 {
			ns = int64(hi >> (u.exp - 64))
		}
	}
	return ns + u.offset*1e9
}

// ngWalker reads the blocks of a pcapng file.
type ngWalker struct {
	w     *window
	rep   reporter
	order binary.ByteOrder
	start int64 // of the block read last
	pos   int64
	last  int64 // time of the last packet that had one
	ifs   []ngInterface
}

func newNgWalker(w *window, rep reporter, base int64) *ngWalker {
	return &ngWalker{w: w, rep: rep, order: binary.LittleEndian, pos: base}
}

// next passes over the blocks up to the one after the next packet. Blocks of
// unknown types are skipped.
func (g *ngWalker) next(r *record) bool {
	for {
		h := g.w.peek(g.pos, 32)
		if len(h) < 12 {
			if len(h) > 0 {
				g.rep.damaged(g.pos, "cut in the middle of a block after frame %d", g.rep.frame())
			}
			return false
		}
		kind := g.order.Uint32(h)
		if kind == blockSection || binary.BigEndian.Uint32(h) == blockSection {
			if !g.section(h) {
				return false
			}
			kind = blockSection
		}
		total := g.order.Uint32(h[4:])
		next := g.pos + (int64(total)+3)&^3
		if total < 12 {
			g.rep.damaged(g.pos, "%s after frame %d claims %d bytes; the rest of the file is not read", blockName(kind), g.rep.frame(), total)
			return false
		}
		if g.pos+int64(total) > g.w.end {
			g.rep.damaged(g.pos, "cut in the middle of a %s after frame %d", blockName(kind), g.rep.frame())
			return false
		}
		body, size := g.pos+8, int64(total)-12
		g.start, g.pos = g.pos, next
		switch kind {
		case blockInterface:
			g.describe(body, size)
		case blockJournal, blockCustom, blockCustomNoCopy, blockSysdig, blockSysdigFlags:
			*r = record{off: body, link: notPacket, time: g.last}
			return true
		case blockEnhanced, blockPacket, blockSimple:
			if g.packet(r, kind, h[8:], body, size) {
				return true
			}
		}
	}
}

func (g *ngWalker) bounds() (start, end int64) { return g.start, g.pos }

// section starts a section: its byte order holds, its interfaces are its own.
func (g *ngWalker) section(h []byte) bool {
	switch byteOrderMagic {
	case binary.LittleEndian.Uint32(h[8:]):
		g.order = binary.LittleEndian
	case binary.BigEndian.Uint32(h[8:]):
		g.order = binary.BigEndian
	default:
		g.rep.damaged(g.pos, "section header without byte order after frame %d; the rest of the file is not read", g.rep.frame())
		return false
	}
	g.ifs = g.ifs[:0]
	return true
}

func (g *ngWalker) describe(body, size int64) {
	itf := ngInterface{link: noLink, units: newTimeUnits(6)}
	b := g.w.peek(body, int(min(size, maxOptions)))
	if len(g.ifs) >= maxInterfaces {
		return
	}
	if len(b) >= 8 {
		itf.link, itf.snap = uint32(g.order.Uint16(b)), g.order.Uint32(b[4:])
		b = b[8:]
	} else {
		b = nil
	}
	var offset int64
	for len(b) >= 4 {
		code, n := g.order.Uint16(b), int(g.order.Uint16(b[2:]))
		b = b[4:]
		if code == 0 || n > len(b) {
			break
		}
		switch {
		case code == optTimeRes && n == 1:
			itf.units = newTimeUnits(b[0])
		case code == optTimeOffset && n == 8:
			offset = int64(g.order.Uint64(b))
		}
		b = b[min((n+3)&^3, len(b)):]
	}
	itf.units.offset = offset
	g.ifs = append(g.ifs, itf)
}

// packet fills r from a packet block whose body starts with h. It reports
// false when the block is too short to hold a packet at all.
func (g *ngWalker) packet(r *record, kind uint32, h []byte, body, size int64) bool {
	id, head := uint32(0), int64(20)
	r.link, r.time = noLink, g.last
	if kind == blockSimple {
		head = 4
	}
	if size < head || int64(len(h)) < head {
		g.rep.damaged(body-8, "%s of %d bytes after frame %d", blockName(kind), size+12, g.rep.frame())
		return false
	}
	switch kind {
	case blockSimple:
		r.wire = g.order.Uint32(h)
		r.cap = r.wire
		if len(g.ifs) > 0 && g.ifs[0].snap != 0 {
			r.cap = min(r.cap, g.ifs[0].snap)
		}
		r.cap = uint32(min(int64(r.cap), size-head))
	case blockEnhanced:
		id = g.order.Uint32(h)
		r.cap, r.wire = g.order.Uint32(h[12:]), g.order.Uint32(h[16:])
	default:
		id = uint32(g.order.Uint16(h))
		r.cap, r.wire = g.order.Uint32(h[12:]), g.order.Uint32(h[16:])
	}
	if int64(r.cap) > size-head {
		g.rep.damaged(body-8, "frame %d claims %d bytes in a block with room for %d", g.rep.frame()+1, r.cap, size-head)
		r.cap = uint32(size - head)
	}
	r.wire = max(r.wire, r.cap)
	if int64(id) < int64(len(g.ifs)) {
		r.link = g.ifs[id].link
		if kind != blockSimple {
			ts := uint64(g.order.Uint32(h[4:]))<<32 | uint64(g.order.Uint32(h[8:]))
			r.time = g.ifs[id].units.nanos(ts)
			g.last = r.time
		}
	}
	r.off = body + head
	r.data = g.w.extend(r.off, int(min(r.cap, packetHead)), int(r.cap))
	return true
}
