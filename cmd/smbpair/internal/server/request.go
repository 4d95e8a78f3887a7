package server

import (
	"crypto/sha512"
	"encoding/binary"
	"slices"
	"time"

	"smbdiff/cmd/smbpair/internal/fault"
	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/smb2"
)

// chain is the messages of one PDU and the answers to them.
type chain struct {
	c      *conn
	out    []byte // prefix, then the answers
	parts  []part
	sealer *session    // whose key seals the answer, nil for none
	handed bool        // another goroutine reads on
	cut    bool        // the connection is to end
	packs  bool        // the answer is to be compressed
	bulk   bool        // the answer is many bytes of a file, and nothing else
	fault  fault.Fault // what else is to be wrong with the answer

	// What related messages take over from those before.
	sess   uint64
	tree   uint32
	open   *open
	status proto.Status
	broken proto.Status // what all related messages to come are answered
}

// part is one answer in a chain.
type part struct {
	at     int
	sign   *channel
	hash   *[64]byte
	async  bool
	charge uint16
}

// request is one message and its answer.
type request struct {
	*chain
	h        smb2.Header
	msg      []byte // header and body
	body     []byte
	related  bool
	last     bool // of its chain
	sealed   bool
	signed   bool
	ss       *session
	ch       *channel
	tc       *tree
	async    uint64
	holds    int           // bytes of buffers that it keeps while it waits
	cancel   chan struct{} // closed by CANCEL
	waits    bool          // for ready or gone
	ready    <-chan struct{}
	gone     <-chan struct{}
	credits  uint16    // granted by an interim answer already
	out      []byte    // body of the answer
	hash     *[64]byte // preauth hash that the answer enters
	flags    uint32    // more flags of the answer
	open     *open
	context  string // of CREATE, for a fault: the length of its name, its name, its data
	silent   bool   // no answer
	uncached bool   // neither oplock nor lease
	placed   bool   // out lies where it belongs in the chain already
}

// answer is the body of the answer.
func (rq *request) answer(m smb2.Structure) { rq.out = smb2.Append(nil, m) }

// wait makes the request asynchronous, if it is not yet, and waits with the
// server's mutex let go. It reports false when the request was cancelled or its
// connection ended; gone may be nil, timeout 0 is for ever.
func (rq *request) wait(ready, gone <-chan struct{}, timeout time.Duration) (ok, timedOut bool) {
	s := rq.c.srv
	rq.goAsync()
	var timer <-chan time.Time
	if timeout > 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		timer = t.C
	}
	rq.waits, rq.ready, rq.gone = true, ready, gone
	s.mu.Unlock()
	s.leaveTurn()
	defer func() {
		s.enter(rq.async)
		s.mu.Lock()
		rq.waits = false
	}()
	select {
	case <-ready:
		return true, false
	case <-gone:
		return true, false
	case <-rq.cancel:
		return false, false
	case <-rq.c.done:
		return false, false
	case <-timer:
		return true, true
	}
}

// maxPending is how many requests of a connection may wait, and maxHeld how many
// bytes of PDUs they may hold.
const (
	maxPending = 1024
	maxHeld    = 64 << 20
)

// mayWait tells whether the request can be made to wait. In the middle of a
// compound only a CREATE can, [MS-SMB2] 3.3.5.2.7.
func (rq *request) mayWait() proto.Status {
	switch {
	case rq.async != 0:
		return proto.OK
	case !rq.last && rq.h.Command != smb2.Create:
		return proto.InternalError
	case len(rq.c.pending) >= maxPending, rq.c.held > maxHeld:
		return proto.InsufficientResources
	}
	return proto.OK
}

// goAsync answers STATUS_PENDING and lets another goroutine read on,
// [MS-SMB2] 3.3.4.2. Answers before it in the chain go out first.
func (rq *request) goAsync() {
	c := rq.c
	if rq.async != 0 {
		return
	}
	rq.async = c.srv.id()
	rq.cancel = make(chan struct{})
	c.pending[rq.async] = rq
	rq.chain.flush()
	interim := &chain{c: c, sealer: rq.chain.sealer}
	rq.credits = c.window.grant(rq.h.Credits, c.srv.Limits.Credits)
	h := rq.h
	h.Credits = rq.credits
	interim.begin()
	at := len(interim.out)
	interim.header(h, proto.Pending, smb2.FlagAsync, rq.async, rq.ss)
	interim.errorBody()
	interim.parts = append(interim.parts, part{at: at, async: true})
	interim.flush()
	if !rq.handed {
		rq.holds = cap(c.buf) + cap(c.room)
		c.held += rq.holds
		rq.handed, c.buf, c.room = true, nil, nil // this request keeps the buffers
		c.srv.wait.Add(1)
		go c.loop()
	}
}

// finish writes the answer to a request into its chain.
func (rq *request) finish(st proto.Status) {
	c := rq.c
	rq.chain.status = st
	if rq.async != 0 {
		delete(c.pending, rq.async)
		c.held -= rq.holds
	}
	if rq.silent {
		return
	}
	h := rq.h
	h.Credits = 0
	flags := rq.flags
	if rq.async == 0 {
		h.Credits = c.window.grant(rq.h.Credits, c.srv.Limits.Credits)
	} else {
		flags |= smb2.FlagAsync
	}
	if rq.related {
		flags |= smb2.FlagRelated
	}
	ch := rq.chain
	ch.begin()
	if n := len(ch.parts); n > 0 {
		ch.align()
		smb2.SetNext(ch.out[ch.parts[n-1].at:], len(ch.out)-ch.parts[n-1].at)
	}
	at := len(ch.out)
	ch.header(h, st, flags, rq.async, rq.ss)
	switch {
	case len(rq.out) == 0:
		ch.errorBody()
	case rq.placed:
		ch.out = ch.out[:len(ch.out)+len(rq.out)]
	default:
		ch.out = append(ch.out, rq.out...)
	}
	p := part{at: at, hash: rq.hash}
	if rq.ch != nil && !rq.sealed && rq.mustSign(st) {
		p.sign = rq.ch
	}
	ch.parts = append(ch.parts, p)
}

// mustSign tells whether the answer is signed, [MS-SMB2] 3.3.4.1.1.
func (rq *request) mustSign(st proto.Status) bool {
	if rq.ch.signer == nil || rq.ss == nil {
		return false
	}
	if rq.h.Command == smb2.SessionSetup {
		return st == proto.OK && !rq.ss.anonymous && !rq.ss.guest || rq.signed
	}
	return rq.signed || rq.ss.sign
}

// align brings the end of the chain to a multiple of 8 from its first message.
func (ch *chain) align() {
	for (len(ch.out)-prefix)%8 != 0 {
		ch.out = append(ch.out, 0)
	}
}

func (ch *chain) begin() {
	if len(ch.out) == 0 {
		ch.out = make([]byte, prefix, prefix+512)
	}
}

// pooled is the size from which buffers of answers are used again.
const pooled = 64 << 10

// room gives n bytes where the body of the answer belongs, so that it need not be
// copied.
func (rq *request) room(n int) []byte {
	ch := rq.chain
	const spare = 64
	if len(ch.out) == 0 && n >= pooled {
		if b, _ := rq.c.srv.buffers.Get().(*[]byte); b != nil && cap(*b) >= prefix+smb2.HeaderSize+n+spare {
			ch.out = (*b)[:prefix]
		} else {
			ch.out = make([]byte, prefix, prefix+smb2.HeaderSize+n+spare)
		}
	}
	ch.begin()
	at := len(ch.out)
	if len(ch.parts) > 0 {
		at = prefix + (at-prefix+7)&^7
	}
	at += smb2.HeaderSize
	ch.out = slices.Grow(ch.out, at+n+spare-len(ch.out))
	rq.placed = true
	return ch.out[at : at+n]
}

// release takes the buffer of an answer back that was sent.
func (s *Server) release(b []byte) {
	if cap(b) >= pooled {
		b = b[:0]
		s.buffers.Put(&b)
	}
}

// header writes the header of an answer.
func (ch *chain) header(h smb2.Header, st proto.Status, flags uint32, async uint64, ss *session) {
	h.Status, h.AsyncID, h.NextCommand = uint32(st), async, 0
	h.Flags = smb2.FlagResponse | flags | h.Flags&smb2.FlagPriority
	if ss != nil {
		h.SessionID = ss.id
	}
	ch.out = smb2.AppendHeader(ch.out, &h)
}

// errorBody is an error without data.
func (ch *chain) errorBody() { ch.out = smb2.Append(ch.out, &smb2.ErrorResponse{}) }

// flush signs, seals and sends the answers that are there.
func (ch *chain) flush() {
	if len(ch.parts) == 0 {
		return
	}
	if len(ch.parts) > 1 {
		ch.align()
	}
	for i, p := range ch.parts {
		end := len(ch.out)
		if i+1 < len(ch.parts) {
			end = ch.parts[i+1].at
		}
		m := ch.out[p.at:end]
		if p.sign != nil {
			smb2.SetSigned(m)
			p.sign.signer.Sign(m)
		}
		if p.hash != nil {
			*p.hash = nextHash(*p.hash, m)
		}
	}
	b := ch.pack()
	if ch.sealer != nil {
		b = ch.sealer.wrap(b, ch.fault.Nonce)
	} else {
		b = b[prefix-frameSize:]
	}
	ch.spoil(b)
	binary.BigEndian.PutUint32(b, uint32(len(b)-frameSize))
	if ch.fault.Twice {
		ch.c.send(slices.Clone(b))
	}
	if ch.fault.Late {
		ch.c.hold(b)
	} else {
		ch.c.send(b)
	}
	ch.out, ch.parts = nil, nil
}

// nextHash is one step of the preauthentication integrity hash, [MS-SMB2]
// 3.3.5.4.
func nextHash(h [64]byte, msg []byte) [64]byte {
	return sha512.Sum512(append(slices.Clone(h[:]), msg...))
}
