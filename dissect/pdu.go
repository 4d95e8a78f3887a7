package dissect

import (
	"encoding/binary"
	"slices"

	"smbdiff/dissect/capture"
	"smbdiff/dissect/compress"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// worker turns PDUs into messages: unseal, decompress, split compounds, read
// headers and facts.
type worker struct {
	file   *capture.File
	opener Opener
	whole  bool
	codec  wire.Codec
	outer  outer // of the PDU being opened
	opened opened
}

// opened counts the PDUs opened in place until the Opener is told of them: by
// session, each in the place that its id gives it.
type opened [16]struct {
	session uint64
	n       int
}

// add counts a PDU of the session.
func (c *opened) add(o Opener, session uint64) {
	e := &c[session%uint64(len(c))]
	if e.session != session {
		if e.n > 0 {
			o.Opened(e.session, e.n)
		}
		e.session, e.n = session, 0
	}
	e.n++
}

// tell tells of all that was counted.
func (c *opened) tell(o Opener) {
	for i := range c {
		if e := &c[i]; e.n > 0 {
			o.Opened(e.session, e.n)
			e.n = 0
		}
	}
}

// maxCompound bounds the messages of one PDU.
const maxCompound = 4096

func (w *worker) open(b *Batch) {
	for at := 0; at < len(b.pdus); {
		at = w.guarded(b, at)
	}
	w.opened.tell(w.opener)
}

// guarded opens PDUs from number at on and tells where it ended. A fault of ours
// costs one PDU and not the program, which may own a terminal.
func (w *worker) guarded(b *Batch, at int) (end int) {
	before := 0 // messages
	defer func() {
		if recover() != nil {
			p := &b.pdus[end]
			b.Messages = b.Messages[:before]
			m := b.next(p, op.NBSS)
			m.Bytes, m.Size = p.Head, int(p.Len)
			m.Problems = append(m.Problems, fault)
			b.Counts.Add(m)
			end++
		}
	}()
	for end = at; end < len(b.pdus); end++ {
		before = len(b.Messages)
		p := &b.pdus[end]
		if !p.Kind.Carries() && p.Kind != capture.PDUSession {
			b.next(p, op.Hole)
			continue
		}
		w.message(b, p)
		for i := before; i < len(b.Messages); i++ {
			b.Counts.Add(&b.Messages[i])
		}
	}
	return end
}

const fault = "smbdiff failed on these bytes; please report it"

// next appends a message of the PDU to the batch. Headers and facts of the
// message that had the place before are left: they are filled as its protocol
// wants them.
func (b *Batch) next(p *pdu, proto op.Proto) *conv.Message {
	n := len(b.Messages)
	if n < cap(b.Messages) {
		b.Messages = b.Messages[:n+1]
	} else {
		b.Messages = append(b.Messages, conv.Message{})
	}
	m := &b.Messages[n]
	m.FirstFrame, m.Frame, m.Time, m.Conn, m.Dir, m.FromServer = p.FirstFrame, p.Frame, p.Time, p.Conn, p.Dir, p.fromServer
	m.Proto, m.Index, m.Of, m.Off, m.Size, m.Bytes, m.Outer = proto, 0, 1, 0, 0, nil, nil
	m.Extents, m.PDULen, m.Pos, m.NBSS, m.Missing, m.Event, m.Reset = p.Extents, p.Len, p.Pos, p.NBSS, p.Missing, p.Kind, p.Reset
	m.Sealed, m.Seal, m.Packed, m.Signature, m.Session64 = false, conv.Seal{}, false, conv.SignatureUnsigned, 0
	m.Problems = m.Problems[:0]
	m.Num, m.Number, m.Lead = 0, 0, p.lead
	m.Legacy = conv.Modern
	return m
}

// legacy gives room for what an SMB1 message says.
func (b *Batch) legacy() *conv.Legacy {
	if b.old == len(b.olds) {
		b.olds = append(b.olds, new(conv.Legacy))
	}
	b.old++
	return b.olds[b.old-1]
}

// bytes gives the PDU as far as it is wanted: whole or its head.
func (w *worker) bytes(b *Batch, p *pdu, whole bool) []byte {
	have := int(p.Len) - int(p.Missing)
	if !whole || len(p.Head) >= have {
		return p.Head
	}
	return w.reread(b, p)
}

// reread reads the PDU from the file.
func (w *worker) reread(b *Batch, p *pdu) []byte {
	at := len(b.whole)
	b.whole, _ = w.file.ReadPDU(b.whole, p.Extents)
	return b.whole[min(at+len(p.lead), len(b.whole)):len(b.whole):len(b.whole)]
}

func (w *worker) message(b *Batch, p *pdu) {
	if p.Kind == capture.PDUSession {
		m := b.next(p, op.NBSS)
		m.Bytes, m.Size = p.Head, int(p.Len)
		return
	}
	if p.Kind == capture.PDUDirect && p.Len == 0 {
		m := b.next(p, op.Direct)
		m.Bytes, m.Size = p.lead, int(p.Lead)
		return
	}
	in := w.bytes(b, p, w.whole)
	if len(in) < 4 {
		m := b.next(p, op.NBSS)
		m.Bytes, m.Size = in, int(p.Len)
		return
	}
	o := &w.outer
	*o = outer{packed: in[0] == 0xfc}
	switch in[0] {
	case 0xfd:
		in = w.unseal(b, p, in, o)
		if !o.seal.Opened {
			m := b.next(p, op.Sealed)
			o.apply(m)
			m.Bytes, m.Size = in, int(p.Len)
			return
		}
	case 0xfc:
		in = w.bytes(b, p, true)
	}
	in = slices.Clip(in) // another PDU may lie behind it
	if len(in) >= 4 && in[0] == 0xfc {
		head := in[:min(len(in), 16)]
		if w.whole {
			head = in
		}
		o.packed = true
		o.bytes = b.keepAfter(o.bytes, b.keep(head))
		plain, why := compress.Decompress(b.plain[len(b.plain):], in)
		if why != compress.None {
			m := b.next(p, op.Compressed)
			o.apply(m)
			m.Bytes, m.Size = in, int(p.Len)
			m.Problems = append(m.Problems, why.String())
			return
		}
		in, o.size = b.adopt(plain), len(plain)
	}
	if o.size == 0 {
		o.size = int(p.Len)
	}
	if w.more(in, o.size) && !o.whole && len(in) < o.size && p.Missing == 0 {
		w.again(b, p)
		return
	}
	w.split(b, p, in, o)
}

// again reads the PDU whole, because its first bytes were not enough.
func (w *worker) again(b *Batch, p *pdu) {
	was := w.whole
	w.whole = true
	w.message(b, p)
	w.whole = was
}

// outer is what stands around the messages of a PDU.
type outer struct {
	bytes  []byte // the headers
	seal   conv.Seal
	sealed bool
	packed bool
	whole  bool // nothing more can be read
	size   int  // of the plaintext
	id     uint64
}

func (o *outer) apply(m *conv.Message) {
	m.Sealed, m.Seal, m.Packed = o.sealed, o.seal, o.packed
	m.Outer = o.bytes
	if o.sealed {
		m.Session64 = o.id
	}
}

// keep copies bytes into the batch.
func (b *Batch) keep(p []byte) []byte {
	at := len(b.plain)
	b.plain = append(b.plain, p...)
	return b.plain[at:len(b.plain):len(b.plain)]
}

// keepAfter joins two headers in the batch.
func (b *Batch) keepAfter(first, second []byte) []byte {
	if len(first) == 0 {
		return second
	}
	at := len(b.plain)
	b.plain = append(append(b.plain, first...), second...)
	return b.plain[at:len(b.plain):len(b.plain)]
}

// unseal opens a sealed PDU as far as it is wanted. When it stays shut it gives
// the PDU's bytes back.
func (w *worker) unseal(b *Batch, p *pdu, in []byte, o *outer) []byte {
	n := min(len(in), smb2.TransformSize)
	o.sealed, o.bytes = true, in[:n:n]
	if len(in) < smb2.TransformSize {
		o.seal.Why = conv.ReasonDamaged
		if p.Missing > 0 {
			o.seal.Why = conv.ReasonCut
		}
		return in
	}
	o.id = binary.LittleEndian.Uint64(in[44:])
	o.size = int(p.Len) - smb2.TransformSize
	if len(in) < int(p.Len) {
		plain, seal, ok := w.opener.UnsealPrefix(b.plain[len(b.plain):], in, p.fromServer)
		if ok && seal.Opened && len(plain) >= 4 && plain[0] > 0xfc && plain[1] == 'S' {
			o.seal, o.whole = seal, p.Missing > 0
			return b.adopt(plain)
		}
		if ok && !seal.Opened {
			o.seal = seal
			return in
		}
		if p.Missing > 0 {
			o.seal.Why = conv.ReasonCut
			return in
		}
		in = w.bytes(b, p, true)
	} else if cap(in)-len(in) >= SpareBytes {
		behind := [SpareBytes]byte(in[len(in) : len(in)+SpareBytes]) // of another PDU
		plain, seal, spoilt := w.opener.UnsealInPlace(in, p.fromServer)
		copy(in[len(in):len(in)+SpareBytes], behind[:])
		if seal.Opened {
			w.opened.add(w.opener, o.id)
			o.seal, o.whole = seal, true
			return slices.Clip(plain)
		}
		if spoilt {
			in = w.reread(b, p)
		}
	}
	plain, seal := w.opener.Unseal(b.plain[len(b.plain):], in, p.fromServer)
	o.seal, o.whole = seal, true
	if !seal.Opened {
		return in
	}
	return b.adopt(plain)
}

// adopt takes over what was appended at the end of the batch's plaintexts.
func (b *Batch) adopt(p []byte) []byte {
	at := len(b.plain)
	if cap(b.plain)-at >= len(p) && len(p) > 0 && &b.plain[:at+1][at] == &p[0] {
		b.plain = b.plain[:at+len(p)]
		return p[:len(p):len(p)]
	}
	return b.keep(p)
}

// more reports whether the messages in the plaintext prefix b of a PDU with
// size bytes cannot be told without its rest.
func (w *worker) more(b []byte, size int) bool {
	for off := 0; ; {
		if off+smb2.HeaderSize > len(b) {
			return off+smb2.HeaderSize <= size
		}
		if b[off] != 0xfe {
			return b[off] == 0xff
		}
		switch smb2.Command(binary.LittleEndian.Uint16(b[off+12:])) {
		case smb2.Read, smb2.Write, smb2.QueryInfo, smb2.Ioctl, smb2.QueryDirectory, smb2.ChangeNotify:
		default:
			return true
		}
		next := int(binary.LittleEndian.Uint32(b[off+20:]))
		if next < smb2.HeaderSize || next > size-off {
			return false
		}
		off += next
	}
}

// split makes a message of each element of the plaintext.
func (w *worker) split(b *Batch, p *pdu, in []byte, o *outer) {
	if len(in) >= 4 && in[0] == 0xff {
		w.smb1(b, p, in, o)
		return
	}
	first := len(b.Messages)
	for off := 0; len(b.Messages)-first < maxCompound; {
		m := b.next(p, op.SMB2)
		o.apply(m)
		if off > 0 {
			m.Outer = nil
		}
		m.Index = uint8(min(len(b.Messages)-1-first, 255))
		m.Off, m.Size = off, o.size-off
		if !smb2.ParseHeader(in[off:], &m.SMB2) {
			m.Proto, m.Size = op.NBSS, o.size-off
			m.Bytes = in[off:]
			m.Problems = append(m.Problems, "no SMB2 header here")
			break
		}
		next := int(m.SMB2.NextCommand)
		last := next < smb2.HeaderSize || next > o.size-off || off+next+smb2.HeaderSize > len(in)
		if !last {
			m.Size = next
		}
		end := min(len(in), off+m.Size)
		m.Bytes = in[off:end]
		m.FromServer = m.SMB2.Response()
		m.Session64 = m.SMB2.SessionID
		if o.sealed {
			m.Session64 = o.id
		}
		w.facts(m)
		if last {
			break
		}
		off += next
	}
	n := uint8(min(len(b.Messages)-first, 255))
	for i := first; i < len(b.Messages); i++ {
		b.Messages[i].Of = n
	}
}

func (w *worker) facts(m *conv.Message) {
	c := &w.codec
	c.Reset(m.Bytes, nil)
	c.Env.Response, c.Env.Status = m.SMB2.Response(), m.SMB2.Status
	c.Seek(smb2.HeaderSize)
	smb2.WalkBody(c, &m.SMB2, &m.Facts)
	switch {
	case m.Sealed && m.Seal.Verified:
		m.Signature = conv.SignatureSealed
	case m.Seal.Broken():
		m.Signature = conv.SignatureInvalid
		m.Problems = append(m.Problems, conv.FindTag)
	case m.Sealed:
		m.Signature = conv.SignatureUnverified
	case m.SMB2.Flags&smb2.FlagSigned == 0:
		m.Signature = conv.SignatureUnsigned
	case w.whole && len(m.Bytes) == m.Size:
		m.Signature = w.opener.Verify(m.Conn, m.Bytes, m.FromServer)
		if m.Signature == conv.SignatureInvalid {
			m.Problems = append(m.Problems, conv.FindSignature)
		}
	default:
		m.Signature = conv.SignatureUnverified
	}
}

func (w *worker) smb1(b *Batch, p *pdu, in []byte, o *outer) {
	m := b.next(p, op.SMB1)
	m.Legacy = b.legacy()
	o.apply(m)
	m.Size = o.size
	m.Bytes = in
	if !smb1.ParseHeader(m.Bytes, &m.SMB1) {
		m.Proto = op.NBSS
		return
	}
	m.FromServer = m.SMB1.Response()
	m.Session64 = uint64(m.SMB1.UID)
	m.Number = p.number
	if smb1.Signed(m.Bytes) {
		m.Signature = conv.SignatureUnverified
		if w.whole && len(m.Bytes) == m.Size {
			m.Signature = w.opener.VerifySMB1(m.Conn, m.Bytes, m.Number)
		}
	}
	c := &w.codec
	c.Reset(m.Bytes, nil)
	c.Env.Response, c.Env.Status = m.SMB1.Response(), m.SMB1.Status
	c.Seek(smb1.HeaderSize)
	smb1.WalkBody(c, &m.SMB1, &m.Facts1)
}
