package dcerpc

import (
	"slices"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// Bounds of what is kept.
const (
	maxStub     = 4 << 20  // bytes put together for one call
	maxHeld     = 64 << 20 // bytes put together for all calls
	maxPipes    = 1 << 16
	maxContexts = 256  // presentation contexts of a pipe
	maxWaiting  = 256  // calls of a pipe without an answer
	maxCalls    = 8    // calls of a pipe that are put together side by side
	maxPieces   = 64   // messages that one PDU may lie in
	maxPDUs     = 1024 // that begin in one message
)

// Pipes follows the calls on named pipes. It is told of the data of each pipe
// in capture order.
type Pipes struct {
	pipes map[uint32]*pipe
	held  int // bytes
}

// pipe is the state of one open.
type pipe struct {
	contexts map[uint16]context
	offered  []uint16 // contexts of the latest bind or alter_context, in order
	waiting  map[uint32]wire.Call
	flows    [2]flow // requests, responses
	secure   secure
}

// context is what a presentation context stands for.
type context struct {
	uuid   [16]byte
	syntax syntax
}

// flow is one direction of a pipe.
type flow struct {
	part   []byte // first bytes of a PDU whose rest is to come
	pieces []Piece
	calls  []assembly
}

// assembly is the stub of a call as far as its fragments have come.
type assembly struct {
	call   uint32
	stub   []byte
	pieces []Piece
}

// Piece is a place in the pipe data of a message.
type Piece struct{ Num, Off uint32 }

// Seen is what the pipe data of one message turned out to be.
type Seen struct {
	wire.RPC
	Pieces []Piece // earlier messages, rising, that hold parts of its PDUs and calls
	Text   []byte  // what the first PDU is, for people
	Plain  bool    // the text says less than that of what is answered
}

// Message takes the pipe data of message num.
func (s *Pipes) Message(open, num uint32, response bool, data []byte) Seen {
	var seen Seen
	p := s.pipes[open]
	if p == nil {
		if !Is(data) && !begins(data) || len(s.pipes) >= maxPipes {
			return seen
		}
		if s.pipes == nil {
			s.pipes = make(map[uint32]*pipe)
		}
		p = &pipe{contexts: map[uint16]context{}, waiting: map[uint32]wire.Call{}}
		s.pipes[open] = p
	}
	r := reading{Pipes: s, pipe: p, flow: &p.flows[0], num: num, seen: &seen, response: response}
	if response {
		r.flow = &p.flows[1]
	}
	r.data(data)
	seen.sort()
	return seen
}

// Close forgets a pipe.
func (s *Pipes) Close(open uint32) {
	p := s.pipes[open]
	if p == nil {
		return
	}
	for i := range p.flows {
		s.held -= p.flows[i].size()
	}
	delete(s.pipes, open)
}

func (f *flow) size() int {
	n := len(f.part)
	for i := range f.calls {
		n += len(f.calls[i].stub)
	}
	return n
}

// sort puts the pieces in order, each message once.
func (s *Seen) sort() {
	if len(s.Pieces) < 2 {
		return
	}
	s.Pieces = slices.Clone(s.Pieces)
	slices.SortFunc(s.Pieces, func(a, b Piece) int {
		if a.Num != b.Num {
			return int(int64(a.Num) - int64(b.Num))
		}
		return int(int64(a.Off) - int64(b.Off))
	})
	s.Pieces = slices.CompactFunc(s.Pieces, func(a, b Piece) bool { return a.Num == b.Num })
}

// reading is the data of one message while it is read.
type reading struct {
	*Pipes
	pipe     *pipe
	flow     *flow
	num      uint32
	seen     *Seen
	response bool

	refused string // why a server refused every context
}

func (r *reading) data(data []byte) {
	f := r.flow
	off := 0
	var h header
	if len(f.part) > 0 && len(f.part)+len(data) >= headerSize && (!parseJoined(f.part, data, &h) || h.length < len(f.part)) {
		r.drop()
	}
	if len(f.part) > 0 {
		r.seen.Head, r.seen.Pieces = f.part, slices.Clip(f.pieces)
		need := h.length - len(f.part)
		if need > len(data) || len(f.part)+len(data) < headerSize {
			r.keep(data, Piece{r.num, 0})
			return
		}
		pdu := append(f.part[:len(f.part):len(f.part)], data[:need]...)
		pieces := f.pieces
		r.drop()
		r.pdu(&h, pdu, append(pieces[:len(pieces):len(pieces)], Piece{r.num, 0}))
		off = need
	}
	for n := 0; off < len(data) && parseHeader(data[off:], &h); n++ {
		if n == maxPDUs {
			return
		}
		if h.length > len(data)-off {
			r.keep(data[off:], Piece{r.num, uint32(off)})
			return
		}
		r.pdu(&h, data[off:off+h.length], []Piece{{r.num, uint32(off)}})
		off += h.length
	}
	if begins(data[off:]) {
		r.keep(data[off:], Piece{r.num, uint32(off)})
	}
}

// keep keeps bytes of a PDU whose rest is to come.
func (r *reading) keep(b []byte, at Piece) {
	f := r.flow
	if len(f.pieces) >= maxPieces || r.held+len(b) > maxHeld {
		r.drop()
		return
	}
	r.held += len(b)
	f.part = append(f.part[:len(f.part):len(f.part)], b...)
	f.pieces = append(f.pieces[:len(f.pieces):len(f.pieces)], at)
}

// drop forgets the first bytes of a PDU.
func (r *reading) drop() {
	r.held -= len(r.flow.part)
	r.flow.part, r.flow.pieces = nil, nil
}

// pdu takes a whole PDU; the messages that hold it are pieces.
func (r *reading) pdu(h *header, b []byte, pieces []Piece) {
	var call wire.Call
	switch h.kind {
	case typeBind, typeAlter:
		r.bind(h, b)
	case typeBindAck, typeAlterAck:
		r.bindAck(h, b)
	case typeRequest:
		call = r.request(h, b)
		call.Stub = r.fragment(h, b, pieces)
	case typeResponse:
		call = r.pipe.waiting[h.call]
		call.Stub = r.fragment(h, b, pieces)
		if h.last() {
			delete(r.pipe.waiting, h.call)
		}
	case typeFault:
		call = r.pipe.waiting[h.call]
		delete(r.pipe.waiting, h.call)
		r.forget(h.call)
	}
	call.Seal = r.secured(h, b, r.response)
	if len(r.seen.Calls) == 0 {
		r.seen.Text = r.text(h, b, &call)
	}
	r.seen.Calls = append(r.seen.Calls, call)
}

// request notes which operation a call is.
func (r *reading) request(h *header, b []byte) (call wire.Call) {
	if len(b) < headerSize+8 {
		return call
	}
	o := h.order()
	if ctx, ok := r.pipe.contexts[o.Uint16(b[headerSize+4:])]; ok {
		call.Bound, call.Interface, call.NDR, call.NDR64 = true, ctx.uuid, ctx.syntax == syntaxNDR, ctx.syntax == syntaxNDR64
	}
	call.Named, call.Opnum = true, o.Uint16(b[headerSize+6:])
	if h.first() {
		if len(r.pipe.waiting) >= maxWaiting {
			clear(r.pipe.waiting)
		}
		r.pipe.waiting[h.call] = call
	}
	return call
}

// fragment takes the stub of one PDU of a call. It gives the whole stub with the
// last of several.
func (r *reading) fragment(h *header, b []byte, pieces []Piece) []byte {
	part, ok := stubOf(h, b)
	if h.first() {
		r.forget(h.call)
		if h.last() || !ok || len(r.flow.calls) >= maxCalls {
			return nil
		}
		r.flow.calls = append(r.flow.calls, assembly{call: h.call})
	}
	i := slices.IndexFunc(r.flow.calls, func(a assembly) bool { return a.call == h.call })
	if i < 0 {
		return nil
	}
	a := &r.flow.calls[i]
	if !ok || len(a.stub)+len(part) > maxStub || r.held+len(part) > maxHeld {
		r.forget(h.call)
		return nil
	}
	a.stub = append(a.stub, part...)
	r.held += len(part)
	for _, p := range pieces {
		if n := len(a.pieces); n == 0 || a.pieces[n-1].Num != p.Num {
			a.pieces = append(a.pieces, p)
		}
	}
	if !h.last() {
		return nil
	}
	stub := a.stub
	for _, p := range a.pieces {
		if p.Num != r.num {
			r.seen.Pieces = append(r.seen.Pieces, p)
		}
	}
	r.forget(h.call)
	return stub
}

// forget drops what was put together of a call.
func (r *reading) forget(call uint32) {
	r.flow.calls = slices.DeleteFunc(r.flow.calls, func(a assembly) bool {
		if a.call == call {
			r.held -= len(a.stub)
		}
		return a.call == call
	})
}

// stubOf gives the stub in a request or response, without the auth trailer and
// its padding. It reports false for one that is sealed or damaged.
func stubOf(h *header, b []byte) ([]byte, bool) {
	at, end := h.stubAt(), len(b)
	if h.auth > 0 {
		end -= h.auth + trailerSize
		if end < at || b[end+1] == levelPrivacy {
			return nil, false
		}
		end -= int(b[end+2])
	}
	if end < at {
		return nil, false
	}
	return b[at:end], true
}

// bind notes what the contexts of a bind or alter_context stand for.
func (r *reading) bind(h *header, b []byte) {
	o := h.order()
	p := r.pipe
	p.offered = p.offered[:0]
	if len(b) < bindSize {
		return
	}
	n := int(b[bindSize-4])
	b = b[bindSize:]
	for ; n > 0 && len(b) >= contextSize; n-- {
		id, m := o.Uint16(b), int(b[2])
		ctx := context{uuid: h.uuid(b[4:])}
		b = b[contextSize:]
		for ; m > 0 && len(b) >= syntaxSize; m-- {
			if ctx.syntax == syntaxOther {
				ctx.syntax = syntaxOf(h.uuid(b))
			}
			b = b[syntaxSize:]
		}
		if len(p.offered) < maxContexts {
			p.offered = append(p.offered, id)
		}
		if ctx.syntax != syntaxFeatures && (len(p.contexts) < maxContexts || p.contexts[id] != context{}) {
			p.contexts[id] = ctx
		}
	}
}

// bindAck notes which transfer syntax a server chose for each context.
func (r *reading) bindAck(h *header, b []byte) {
	o := h.order()
	p := r.pipe
	const address = bindSize - 4
	if len(b) < address+2 {
		return
	}
	at := address + 2 + int(o.Uint16(b[address:]))
	at = (at + 3) &^ 3
	if len(b) < at+4 {
		return
	}
	n := int(b[at])
	b = b[at+4:]
	accepted := false
	for i := 0; i < n && i < len(p.offered) && len(b) >= resultSize; i++ {
		if ctx, ok := p.contexts[p.offered[i]]; ok && o.Uint16(b) == resultAcceptance {
			ctx.syntax = syntaxOf(h.uuid(b[4:]))
			p.contexts[p.offered[i]] = ctx
		}
		switch result := o.Uint16(b); {
		case result == resultAcceptance:
			accepted = true
		case result != resultNegotiate && r.refused == "":
			r.refused = fAckReason.NameOf(uint64(o.Uint16(b[2:])))
		}
		b = b[resultSize:]
	}
	if accepted {
		r.refused = ""
	}
}

// uuid reads a UUID; the fields of the result are little-endian.
func (h *header) uuid(b []byte) (u [16]byte) {
	copy(u[:], b)
	if !h.little {
		swapUUID(&u)
	}
	return u
}

// text says what a PDU is: the interface and the operation.
func (r *reading) text(h *header, b []byte, call *wire.Call) []byte {
	switch h.kind {
	case typeRequest, typeResponse, typeFault:
		text := AppendCall(nil, call)
		if h.kind == typeFault && len(b) >= headerSize+12 {
			v := h.order().Uint32(b[headerSize+8:])
			if len(text) == 0 {
				text = append(text, "fault"...)
			}
			text = append(text, ' ')
			if name := statusNames.Name(uint64(v)); name != "" {
				return append(text, name...)
			}
			return field.AppendHex32(append(text, "fault "...), v)
		}
		return text
	case typeBind, typeAlter:
		text := []byte(typeNames.Name(uint64(h.kind)))
		if len(r.pipe.offered) > 0 {
			if ctx, ok := r.pipe.contexts[r.pipe.offered[0]]; ok {
				text = appendInterface(append(text, ' '), ctx.uuid)
			}
		}
		return text
	case typeBindAck, typeAlterAck:
		text := []byte(typeNames.Name(uint64(h.kind)))
		if r.seen.Plain = r.refused == ""; !r.seen.Plain && len(r.pipe.offered) > 0 {
			text = appendInterface(append(text, ' '), r.pipe.contexts[r.pipe.offered[0]].uuid)
			text = append(append(text, " refused: "...), r.refused...)
		}
		return text
	case typeBindNak:
		text := []byte("bind_nak")
		if len(b) >= headerSize+2 {
			text = append(append(text, ' '), fRejectReason.NameOf(uint64(h.order().Uint16(b[headerSize:])))...)
		}
		return text
	}
	return []byte(typeNames.Name(uint64(h.kind)))
}
