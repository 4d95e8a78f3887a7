package capture

import "encoding/binary"

// SMB Direct, [MS-SMBD] 2.2: what its messages look like on any RDMA transport.
const (
	directAsk    = 20 // size of a negotiate request, [MS-SMBD] 2.2.1
	directAnswer = 32 // and of the response, 2.2.2
	directHeader = 20 // of a data transfer message without data, 2.2.3
	directData   = 24 // least DataOffset of one with data
	maxDirect    = 16 << 20
	maxLead      = 64 // greatest DataOffset taken for true
)

// run is bytes in order: the first of them in memory, and where all lie.
type run struct {
	head    []byte
	ext     []Extent
	len     uint32
	missing uint32 // of len, at the end
	first   uint32 // frame
}

func (r *run) reset(frame uint32) {
	*r = run{head: r.head[:0], ext: r.ext[:0], first: frame}
}

// add appends n bytes that start with head and lie at ext; missing of them are
// not in the capture.
func (r *run) add(head []byte, ext []Extent, n, missing uint32, most int) {
	r.len += n
	if r.missing > 0 || len(r.ext)+len(ext) > maxExtents {
		r.missing += n
		return
	}
	if have := r.len - n; len(r.head) == int(have) {
		r.head = append(r.head, head[:min(len(head), max(most-len(r.head), 0))]...)
	}
	for _, e := range ext {
		r.ext = appendExtent(r.ext, e.Off, e.Len)
	}
	r.missing = missing
}

// cut gives n bytes from at on, which must lie in r.
func (r *run) cut(at, n uint32) (head []byte, ext []Extent, missing uint32) {
	head = r.head[min(int(at), len(r.head)):min(int(at+n), len(r.head))]
	have := r.len - r.missing
	missing = n - min(n, have-min(at, have))
	for left, skip, i := n-missing, at, 0; left > 0 && i < len(r.ext); i++ {
		e := r.ext[i]
		if skip >= e.Len {
			skip -= e.Len
			continue
		}
		k := min(e.Len-skip, left)
		ext = append(ext, Extent{e.Off + int64(skip), k})
		left, skip = left-k, 0
	}
	return head, ext, missing
}

// direct is one direction of a connection over RDMA.
type direct struct {
	send run // the RDMA Send in progress
	data run // the message that data transfers carry
	psn  uint32
	open bool // send is in progress
}

// directKind tells the messages of [MS-SMBD] 2.2 apart.
type directKind uint8

const (
	directNone directKind = iota
	directNegotiate
	directTransfer
)

// directMessage says what b, the start of n bytes, is.
func directMessage(b []byte, n uint32) directKind {
	if len(b) < directHeader {
		return directNone
	}
	le := binary.LittleEndian
	const version = 0x0100
	if le.Uint16(b) == version && le.Uint16(b[2:]) == version {
		if n == directAsk && le.Uint16(b[4:]) == 0 || n == directAnswer && len(b) >= directAnswer && le.Uint16(b[4:]) == version {
			return directNegotiate
		}
	}
	offset, length := uint64(le.Uint32(b[12:])), uint64(le.Uint32(b[16:]))
	if le.Uint16(b[4:]) > 1 || le.Uint16(b[6:]) != 0 {
		return directNone
	}
	if length == 0 {
		if offset == 0 && le.Uint32(b[8:]) == 0 && (n == directHeader || n == directData) {
			return directTransfer
		}
		return directNone
	}
	if offset < directData || offset > maxLead || offset%8 != 0 || offset+length > uint64(n) {
		return directNone
	}
	return directTransfer
}

// received takes the RDMA Send in d.send. known makes the connection one with
// SMB and gives its index.
func (s *scanner) received(d *direct, dir uint8, time int64, known func() (uint32, bool), smb bool) {
	m := &d.send
	d.open = false
	kind := directMessage(m.head, m.len)
	if kind == directNone || kind == directTransfer && !smb && !carriesSMB(m.head) {
		if smb {
			s.sum.Unframed += uint64(m.len)
		}
		return
	}
	index, ok := known()
	if !ok {
		return
	}
	p := PDU{Kind: PDUDirect, Conn: index, Dir: dir, FirstFrame: m.first, Frame: s.sum.Frames, Time: time}
	var offset, length, more uint32
	if kind == directTransfer {
		le := binary.LittleEndian
		more, offset, length = le.Uint32(m.head[8:]), le.Uint32(m.head[12:]), le.Uint32(m.head[16:])
	}
	if length == 0 {
		p.Len, p.Lead, p.Head, p.Extents, p.Missing = m.len, m.len, m.head, m.ext, m.missing
		s.pdu = p
		s.emit()
		return
	}
	if s.sum.Unframed += uint64(m.len - offset - length); d.data.len == 0 {
		d.data.reset(m.first)
	}
	head, ext, missing := m.cut(offset, length)
	d.data.add(head, ext, length, missing, s.head)
	leadHead, leadExt, leadMissing := m.cut(0, offset)
	p.Lead = offset
	if more > 0 && d.data.len < maxDirect {
		p.Len, p.Head, p.Extents, p.Missing = offset, leadHead, leadExt, leadMissing
		s.pdu = p
		s.emit()
		return
	}
	d.send.head = append(d.send.head[:len(leadHead)], d.data.head...)
	p.FirstFrame, p.Len, p.Head = d.data.first, offset+d.data.len, d.send.head
	p.Extents, p.Missing = append(leadExt, d.data.ext...), d.data.missing
	d.data.len = 0
	s.pdu = p
	s.emit()
}

// carriesSMB reports whether a data transfer message holds the start of an SMB
// message.
func carriesSMB(b []byte) bool {
	at := binary.LittleEndian.Uint32(b[12:])
	return uint64(at)+4 <= uint64(len(b)) && magic(b[at:])
}
