package dissect

import (
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/dcerpc"
	"smbdiff/dissect/op"
)

// Reader reads messages of a trace again, to look at them. It belongs to one
// goroutine.
type Reader struct {
	Dissector
	Message conv.Message // the message read last
	trace   *Trace
	openers callOpeners
	again   again
	earlier again // messages that hold fragments of what Message completes
}

// NewReader makes a reader of t.
func (t *Trace) NewReader() *Reader {
	w := worker{file: t.File, opener: t.opener, whole: true}
	return &Reader{trace: t, openers: callOpenersOf(t.opener), again: again{worker: w}, earlier: again{worker: w}}
}

// Read reads message num, from 1, whole, verifies it and fills r.Message and
// r.Tree. It reports false when there is no such message.
func (r *Reader) Read(num uint32) bool {
	m := r.trace.bare(&r.again, num)
	if m == nil {
		return false
	}
	r.Message = *m
	r.env(&r.Message)
	if r.Message.Env.Pipe {
		r.calls(&r.Message)
	}
	if r.Message.Proto == op.SMB1 {
		r.join(&r.Message)
	}
	r.Dissect(&r.Message)
	return true
}

// join gives the last message of an SMB1 transaction the data of those before.
func (r *Reader) join(m *conv.Message) {
	t := r.trace
	t.mu.RLock()
	nums := t.tracker.Earlier(m.Num)
	t.mu.RUnlock()
	for _, n := range nums {
		if e := t.bare(&r.earlier, n); e != nil {
			m.Env.Earlier = append(m.Env.Earlier, e.Facts1.Data...)
		}
	}
}

// bare reads message num without what its conversation says of it. The result
// is good until a is used again.
func (t *Trace) bare(a *again, num uint32) *conv.Message {
	rec, ext, ok := t.record(num)
	if !ok {
		return nil
	}
	a.ext, _ = capture.DecodeExtents(a.ext[:0], ext)
	p := capture.PDU{Kind: capture.PDUMessage, Conn: rec.conn, Dir: rec.dir & 1, FirstFrame: rec.first, Frame: rec.frame, Time: rec.time,
		Len: rec.pduLen + uint32(rec.lead), Lead: uint32(rec.lead), Extents: a.ext, Missing: rec.missing, NBSS: rec.nbss}
	if rec.nbss[0] != 0 {
		p.Kind = capture.PDUSession
	} else if rec.lead > 0 {
		p.Kind = capture.PDUDirect
	}
	m := a.message(pdu{PDU: p, number: rec.number, fromServer: rec.dir&2 != 0}, rec.index)
	if m != nil {
		m.Num, m.Op, m.Role = num, rec.op, rec.role
	}
	return m
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
	if m.Proto == op.SMB2 && m.SMB2.TreeID != 0 || m.Proto == op.SMB1 && m.SMB1.TID != 0 && m.SMB1.TID != 0xffff {
		m.Env.Tree = t.tracker.TreeName(o.Tree)
	}
	m.Env.Directory = o.Env&op.EnvDirectory != 0
	m.Env.Pipe, m.Env.SubCode = o.Env&op.EnvPipe != 0, uint16(o.Code)
	if m.Proto == op.SMB1 {
		t.tracker.Env1(m, o)
	}
	if m.Role == conv.Final || m.Role == conv.Data && m.Response() {
		m.RequestFrame, m.RTT = o.ReqFrame, o.RTT
	}
}

// calls gives the message what the index knows of the calls in its pipe data,
// and puts together what earlier messages hold of them.
func (r *Reader) calls(m *conv.Message) {
	t := r.trace
	t.mu.RLock()
	rpc, pieces := t.tracker.Calls(m.Num)
	t.mu.RUnlock()
	m.Env.RPC = rpc
	r.openers.give(m)
	if len(pieces) == 0 {
		return
	}
	var pipes dcerpc.Pipes
	for _, p := range pieces {
		if e := t.bare(&r.earlier, p.Num); e != nil {
			if data := t.pipeData(e); int(p.Off) < len(data) {
				pipes.Message(0, p.Num, m.Response(), data[p.Off:])
			}
		}
	}
	seen := pipes.Message(0, m.Num, m.Response(), t.pipeData(m))
	rpc.Head = seen.Head
	for i := range min(len(rpc.Calls), len(seen.Calls)) {
		rpc.Calls[i].Stub = seen.Calls[i].Stub
	}
}

func (t *Trace) pipeData(m *conv.Message) []byte {
	o, _ := t.Op(m.Op)
	return conv.PipeData(m, &o)
}
