package dissect

import (
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// Dissector makes field trees. It is reused from message to message and belongs
// to one goroutine.
type Dissector struct {
	Tree field.Tree
	// Outer is how many of the tree's nodes, from its start, belong to what
	// stands around the message: NBSS, transform and compression headers.
	Outer int

	codec wire.Codec
	h2    smb2.Header
	f2    smb2.Facts
	h1    smb1.Header
	f1    smb1.Facts

	packet []byte
}

// Dissect fills d.Tree with the fields of m. A fault of ours costs the tree of
// one message and not the program.
func (d *Dissector) Dissect(m *conv.Message) {
	defer func() {
		if recover() != nil {
			d.Outer = 0
			d.Tree.Reset(m.Bytes, m.Size)
			d.Tree.Problem(0, 0, 0, fault)
			d.Tree.Cover()
		}
	}()
	d.dissect(m)
}

func (d *Dissector) dissect(m *conv.Message) {
	t := &d.Tree
	t.Reset(m.Bytes, m.Size)
	c := &d.codec
	c.Env = m.Env
	if m.Index == 0 {
		d.outer(m)
	}
	t.CloseTo(0, -1)
	d.Outer = len(t.Nodes)
	c.Env = m.Env
	c.Reset(m.Bytes, t)
	switch m.Proto {
	case op.SMB2:
		d.h2 = m.SMB2
		smb2.WalkHeader(c, &d.h2)
		c.Seek(smb2.HeaderSize)
		smb2.WalkBody(c, &m.SMB2, &d.f2)
	case op.SMB1:
		smb1.WalkHeader(c, &d.h1)
		c.Seek(smb1.HeaderSize)
		smb1.WalkBody(c, &m.SMB1, &d.f1)
	case op.Sealed:
		smb2.WalkTransform(c)
	case op.Compressed:
		smb2.WalkCompression(c)
	case op.NBSS:
		if m.NBSS[0] != 0 { // the packet with its header
			d.packet = append(append(d.packet[:0], m.NBSS[:]...), m.Bytes...)
			t.Reset(d.packet, m.Size+len(m.NBSS))
			d.Outer = 0
			c.Reset(d.packet, t)
			smb1.WalkNBSS(c)
		}
	}
	t.Cover()
}

func (d *Dissector) outer(m *conv.Message) {
	if len(m.Outer) == 0 || m.Proto == op.Sealed {
		return
	}
	t := &d.Tree
	b := t.AddBuffer("outer", m.Outer)
	c := &d.codec
	c.ResetAt(m.Outer, t, b)
	if m.Sealed {
		smb2.WalkTransform(c)
	}
	if m.Packed && c.Left() >= 8 {
		smb2.WalkCompression(c)
	}
}

// Reader reads messages of a trace again, to look at them. It belongs to one
// goroutine.
type Reader struct {
	Dissector
	Message conv.Message // the message read last
	trace   *Trace
	worker  worker
	batch   Batch
	ext     []capture.Extent
}

// NewReader makes a reader of t.
func (t *Trace) NewReader() *Reader {
	return &Reader{trace: t, worker: worker{file: t.File, opener: t.opener, whole: true}}
}

// Read reads message num, from 1, whole, verifies it and fills r.Message and
// r.Tree. It reports false when there is no such message.
func (r *Reader) Read(num uint32) bool {
	rec, ext, ok := r.trace.record(num)
	if !ok {
		return false
	}
	r.ext, _ = capture.DecodeExtents(r.ext[:0], ext)
	p := capture.PDU{Kind: capture.PDUMessage, Conn: rec.conn, Dir: rec.dir & 1, FirstFrame: rec.first, Frame: rec.frame, Time: rec.time,
		Len: rec.pduLen, Missing: rec.missing, NBSS: rec.nbss}
	if rec.nbss[0] != 0 {
		p.Kind = capture.PDUSession
	}
	r.batch.reset()
	r.batch.whole, _ = r.trace.File.ReadPDU(r.batch.whole, r.ext)
	p.Head = r.batch.whole
	r.batch.pdus = append(r.batch.pdus, pdu{PDU: p, place: ext, number: rec.number, fromServer: rec.dir&2 != 0})
	r.worker.open(&r.batch)
	at := -1
	for i := range r.batch.Messages {
		if int(rec.index) == int(r.batch.Messages[i].Index) {
			at = i
			break
		}
	}
	if at < 0 {
		return false
	}
	r.Message = r.batch.Messages[at]
	m := &r.Message
	m.Num, m.Op, m.Role = num, rec.op, rec.role
	r.env(m)
	r.Dissect(m)
	return true
}

// env gives the message what the index knows of its conversation.
func (r *Reader) env(m *conv.Message) {
	t := r.trace
	t.mu.RLock()
	defer t.mu.RUnlock()
	m.RTT = -1
	m.Problems = append(m.Problems, t.tracker.Findings(m.Num)...)
	o := t.tracker.Ops.At(m.Op)
	if o == nil {
		return
	}
	m.Session, m.Tree, m.Open, m.Path = o.Session, o.Tree, o.Open, o.Path
	m.Env.Dialect = t.tracker.Dialect(m.Conn)
	m.Env.Response, m.Env.Status = m.Response(), m.Status()
	m.Env.InfoType, m.Env.InfoClass, m.Env.CtlCode = o.InfoType, o.InfoClass, o.Code
	m.PathName = t.tracker.Names.Get(o.Path)
	if m.Proto == op.SMB2 && m.SMB2.TreeID != 0 {
		m.Env.Tree = t.tracker.TreeName(o.Tree)
	}
	m.Env.Pipe, m.Env.SubCode = o.Env&op.EnvPipe != 0, uint16(o.Code)
	if m.Role == conv.Final {
		m.RequestFrame, m.RTT = o.ReqFrame, o.RTT
	}
}
