package plaintext

import (
	"bufio"
	"encoding/binary"
	"io"

	"smbdiff/dissect/capture"
)

// Block types of draft-ietf-opsawg-pcapng 4.
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockSimple    = 3
	blockEnhanced  = 6

	byteOrderMagic = 0x1a2b3c4d
	optApplication = 4
	optTimeRes     = 9
	pcapHeader     = 24
)

// output writes a pcapng file. Blocks of a pcapng file are taken over as they
// are, up to the packets that change; a pcap file becomes a section.
type output struct {
	w     *bufio.Writer
	src   source
	parts []capture.Part // the one being written first
	begun bool
	pcap  bool // the part is a pcap file
	nano  bool
	order binary.ByteOrder // of the section being written
	next  int64            // what stands before it in the capture is written
	block []byte
	err   error
}

func newOutput(f *capture.File, w io.Writer) *output {
	return &output{w: bufio.NewWriterSize(w, 256<<10), src: source{f: f}, parts: f.Parts()}
}

// reach brings the output to the part in which off lies.
func (o *output) reach(off int64) {
	for len(o.parts) > 0 && o.err == nil {
		if !o.begun {
			o.begin()
		}
		if off < o.parts[0].End {
			return
		}
		o.copyBlocks(o.parts[0].End)
		o.parts, o.begun = o.parts[1:], false
	}
}

// begin starts a part.
func (o *output) begin() {
	p := o.parts[0]
	o.begun, o.next = true, p.Start
	h := o.src.bytes(p.Start, pcapHeader)
	if len(h) < pcapHeader {
		o.pcap = false
		return
	}
	var order binary.ByteOrder = binary.LittleEndian
	if h[0] == 0xa1 {
		order = binary.BigEndian
	}
	magic := order.Uint32(h)
	o.pcap, o.nano = magic>>16 == 0xa1b2, magic == 0xa1b23c4d
	if !o.pcap {
		return
	}
	o.order, o.next = binary.LittleEndian, p.End
	le := binary.LittleEndian
	b := le.AppendUint32(o.block[:0], byteOrderMagic)
	b = le.AppendUint32(b, 1) // version 1.0
	b = le.AppendUint64(b, 1<<64-1)
	b = append(b, optApplication, 0, 7, 0, 's', 'm', 'b', 'd', 'i', 'f', 'f', 0, 0, 0, 0, 0)
	o.put(blockSection, b)
	b = le.AppendUint32(b[:0], order.Uint32(h[20:])&0xffff)
	b = le.AppendUint32(b, order.Uint32(h[16:]))
	if o.nano {
		b = append(b, optTimeRes, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0)
	}
	o.put(blockInterface, b)
	o.block = b
}

// put writes a block of our own.
func (o *output) put(kind uint32, body []byte) {
	var head [8]byte
	total := uint32(len(body) + 12)
	binary.LittleEndian.PutUint32(head[:], kind)
	binary.LittleEndian.PutUint32(head[4:], total)
	o.write(head[:])
	o.write(body)
	o.write(head[4:])
}

func (o *output) write(b []byte) {
	if o.err == nil {
		_, o.err = o.w.Write(b)
	}
}

// keep takes a packet over as it is.
func (o *output) keep(p *capture.Packet) {
	o.reach(p.Start)
	if o.pcap {
		pad := o.enhanced(p, p.Cap, p.Wire)
		o.copy(p.Off, int64(p.Cap))
		o.trail(p.Cap, pad)
	}
}

// packet writes a packet whose bytes have changed.
func (o *output) packet(p *capture.Packet, b []byte, wire uint32) {
	o.reach(p.Start)
	size := uint32(len(b))
	if o.pcap {
		pad := o.enhanced(p, size, wire)
		o.write(b)
		o.trail(size, pad)
		return
	}
	o.copyBlocks(p.Start)
	if o.err != nil || o.order == nil {
		return
	}
	head := append(o.block[:0], o.src.bytes(p.Start, int(p.Off-p.Start))...)
	rest := p.Off + int64(p.Cap+3)&^3
	options := max(p.End-4-rest, 0)
	total := uint32(len(head)) + (size+3)&^3 + uint32(options) + 4
	o.order.PutUint32(head[4:], total)
	if o.order.Uint32(head) == blockSimple {
		o.order.PutUint32(head[8:], size) // has no captured length of its own
	} else {
		o.order.PutUint32(head[20:], size)
		o.order.PutUint32(head[24:], wire)
	}
	o.write(head)
	o.write(b)
	o.pad(size)
	o.copy(rest, options)
	o.order.PutUint32(head, total)
	o.write(head[:4])
	o.block, o.next = head, p.End
}

// enhanced writes the start of an Enhanced Packet Block for a packet of a pcap
// file and gives the block's length.
func (o *output) enhanced(p *capture.Packet, size, wire uint32) uint32 {
	le := binary.LittleEndian
	ts := uint64(p.Time)
	if !o.nano {
		ts = uint64(p.Time / 1000)
	}
	total := (size+3)&^3 + 32
	b := le.AppendUint32(o.block[:0], blockEnhanced)
	b = le.AppendUint32(b, total)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint32(b, uint32(ts>>32))
	b = le.AppendUint32(b, uint32(ts))
	b = le.AppendUint32(b, size)
	b = le.AppendUint32(b, wire)
	o.write(b)
	o.block = b
	return total
}

func (o *output) trail(size, total uint32) {
	o.pad(size)
	o.block = binary.LittleEndian.AppendUint32(o.block[:0], total)
	o.write(o.block)
}

func (o *output) pad(size uint32) {
	var zero [3]byte
	o.write(zero[:-size&3])
}

// copyBlocks takes over the blocks of a pcapng file up to end. It stops for good
// where a block is not sound, as reading does.
func (o *output) copyBlocks(end int64) {
	for o.next < end && o.err == nil {
		h := append(o.block[:0], o.src.bytes(o.next, pcapHeader)...)
		o.block = h
		if len(h) < 12 {
			o.next = o.parts[0].End
			return
		}
		section := binary.BigEndian.Uint32(h) == blockSection
		if section {
			o.order = binary.LittleEndian
			if binary.BigEndian.Uint32(h[8:]) == byteOrderMagic {
				o.order = binary.BigEndian
			}
		}
		if o.order == nil {
			return
		}
		total := int64(o.order.Uint32(h[4:]))
		if total < 12 || o.next+total > o.parts[0].End {
			o.next = o.parts[0].End
			return
		}
		total = (total + 3) &^ 3
		if section && total >= 28 && len(h) == pcapHeader {
			copy(h[16:24], "\xff\xff\xff\xff\xff\xff\xff\xff") // its length changes: not told
			o.write(h)
			o.copy(o.next+pcapHeader, total-pcapHeader)
		} else {
			o.copy(o.next, total)
		}
		o.next += total
	}
}

// copy takes over n bytes of the capture.
func (o *output) copy(off, n int64) {
	for n > 0 && o.err == nil {
		b := o.src.bytes(off, int(min(n, copyStep)))
		if len(b) == 0 {
			if o.err = o.src.err; o.err == nil {
				o.err = io.ErrUnexpectedEOF
			}
			return
		}
		o.write(b)
		off += int64(len(b))
		n -= int64(len(b))
	}
}

// finish writes what follows the last packet.
func (o *output) finish() error {
	if len(o.parts) > 0 {
		o.reach(o.parts[len(o.parts)-1].End)
	}
	if o.err != nil {
		return o.err
	}
	return o.w.Flush()
}

const copyStep = 64 << 10

// source reads a capture forwards.
type source struct {
	f   *capture.File
	buf []byte
	off int64
	err error
}

// bytes gives n bytes at off, fewer at the end. They stay valid until the next
// call.
func (s *source) bytes(off int64, n int) []byte {
	rel := off - s.off
	if rel < 0 || rel+int64(n) > int64(len(s.buf)) {
		size := max(n, 4*copyStep)
		if cap(s.buf) < size {
			s.buf = make([]byte, size)
		}
		k, err := s.f.ReadAt(s.buf[:size], off)
		if err != nil && err != io.EOF {
			s.err = err
		}
		s.buf, s.off, rel = s.buf[:k], off, 0
	}
	return s.buf[rel:min(rel+int64(n), int64(len(s.buf)))]
}
