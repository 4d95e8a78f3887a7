// Package plaintext writes a capture anew with its sealed PDUs in plain text: the
// same frames at the same times, without the transform headers ([MS-SMB2]
// 2.2.41). It knows how the bytes that fall away change TCP sequence numbers,
// lengths and checksums, and how packets stand in pcap and pcapng files. It must
// not know keys (a dissect.Opener opens) nor what the messages say.
package plaintext

import (
	"encoding/binary"
	"fmt"
	"io"

	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/smb2"
)

// Options say how a capture is read.
type Options struct {
	Opener dissect.Opener
	Ports  []uint16            // TCP ports that are SMB whatever they show
	Seen   func(*conv.Message) // called for each message, in capture order
}

// Report says what came of it.
type Report struct {
	Summary *capture.Summary
	Opened  int // PDUs written in plain text
	// Fragmented and Rewound count PDUs that were opened and stay sealed all the
	// same: segments of their connection came in IP fragments, or its sequence
	// numbers jumped back.
	Fragmented, Rewound int
}

// Write reads the capture twice: to find out which PDUs open and where they
// stand, and to write the packets. Between the two it keeps some forty bytes for
// each sealed PDU and its place in the file. The output is pcapng; each file of a
// set is a section of it.
func Write(f *capture.File, w io.Writer, o Options) (*Report, error) {
	p := &plan{opener: o.Opener, file: f}
	sum, err := dissect.Run(f, dissect.Options{Opener: o.Opener, Ports: o.Ports, Whole: true, Tracked: func(b *dissect.Batch) {
		for i := range b.Messages {
			m := &b.Messages[i]
			if o.Seen != nil {
				o.Seen(m)
			}
			p.message(m)
		}
	}})
	if err != nil {
		return nil, err
	}
	p.report.Summary = sum
	p.settle()
	out := newOutput(f, w)
	rw := &rewriter{plan: p, texts: texts{file: f, opener: o.Opener}}
	if _, err := f.Scan(capture.Options{Ports: o.Ports, Packet: func(pk *capture.Packet) { rw.packet(pk, out) }},
		func(*capture.PDU) bool { return out.err == nil && rw.err == nil }); err != nil {
		return nil, err
	}
	if rw.err != nil {
		return nil, rw.err
	}
	if err := out.finish(); err != nil {
		return nil, fmt.Errorf("writing the capture: %w", err)
	}
	return &p.report, nil
}

// plan is what the first reading finds out.
type plan struct {
	file    *capture.File
	opener  dissect.Opener
	streams [][2]edits        // by connection and direction
	first   map[uint32]uint32 // connections with edits, by their first frame
	arena   [][]byte
	report  Report
	buf     []byte
	ext     []capture.Extent
}

const arenaChunk = 1 << 20

// message notes the PDU whose first message is m, when it was opened. A cut one
// opens up to its first missing byte.
func (p *plan) message(m *conv.Message) {
	if m.Event != capture.PDUMessage || m.Index != 0 || !m.Sealed || !m.Seal.Opened || m.Seal.Broken() || m.PDULen < smb2.TransformSize {
		return
	}
	e := edit{pos: m.Pos - nbssSize, len: m.PDULen, plain: m.PDULen - smb2.TransformSize, fromServer: m.FromServer, cut: m.Missing > 0}
	if !e.cut && len(m.Outer) >= smb2.TransformSize && binary.LittleEndian.Uint32(m.Outer[36:]) != e.plain {
		// Bytes behind the message, or another size than the header says.
		b, err := p.file.ReadPDU(p.buf[:0], m.Extents)
		text, seal := p.opener.Unseal(nil, b, e.fromServer)
		p.buf = b
		if err != nil || !seal.Opened || seal.Broken() {
			return
		}
		e.plain = uint32(len(text))
	}
	for int(m.Conn) >= len(p.streams) {
		p.streams = append(p.streams, [2]edits{})
	}
	list := &p.streams[m.Conn][m.Dir]
	if n := len(*list); n > 0 {
		last := &(*list)[n-1]
		if e.pos < last.end() {
			p.report.Rewound++
			return
		}
		e.removed = last.removed + last.shrink()
	}
	e.place = p.keep(m.Extents)
	*list = append(*list, e)
}

// keep copies the place of a PDU and gives where it lies.
func (p *plan) keep(ext []capture.Extent) uint64 {
	k, most := len(p.arena)-1, capture.MaxExtents(len(ext))
	if k < 0 || len(p.arena[k])+most > cap(p.arena[k]) {
		p.arena = append(p.arena, make([]byte, 0, max(arenaChunk, most)))
		k++
	}
	at := len(p.arena[k])
	p.arena[k] = capture.AppendExtents(p.arena[k], ext)
	return uint64(k)<<32 | uint64(at)
}

func (p *plan) extents(e *edit) []capture.Extent {
	p.ext, _ = capture.DecodeExtents(p.ext[:0], p.arena[e.place>>32][uint32(e.place):])
	return p.ext
}

// settle ends the first reading.
func (p *plan) settle() {
	for _, i := range p.report.Summary.Fragmented {
		if int(i) < len(p.streams) {
			p.report.Fragmented += len(p.streams[i][0]) + len(p.streams[i][1])
			p.streams[i] = [2]edits{}
		}
	}
	p.first = make(map[uint32]uint32)
	conns := p.file.Connections()
	for i := range p.streams {
		if n := len(p.streams[i][0]) + len(p.streams[i][1]); n > 0 {
			p.first[conns[i].FirstFrame] = uint32(i)
			p.report.Opened += n
		}
	}
}
