package conv

import (
	"bytes"
	"encoding/binary"

	"smbdiff/dissect/ntlmssp"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/wire"
)

// plain is what Handshakes follows of an SMB1 connection.
type plain struct {
	challenge []byte
	requests  map[uint64]*logon // SESSION_SETUP requests without an answer
	legs      map[uint16]*logon // exchanges that go on, by UID
}

// logon is one SMB1 authentication.
type logon struct {
	uid    uint16
	tokens [][]byte
	plain  *Logon
}

// message1 takes one SMB1 message. It gives a Setup when the message ends a
// SESSION_SETUP in success.
func (hs *Handshakes) message1(conn uint32, msg []byte) *Setup {
	var h smb1.Header
	if !smb1.ParseHeader(msg, &h) {
		return nil
	}
	n := hs.plains[conn]
	if n == nil {
		if hs.plains == nil {
			hs.plains = make(map[uint32]*plain)
		}
		n = &plain{requests: map[uint64]*logon{}, legs: map[uint16]*logon{}}
		hs.plains[conn] = n
	}
	var f smb1.Facts
	c := &hs.codec
	c.Reset(msg, nil)
	c.Env = wire.Env{Response: h.Response(), Status: h.Status}
	c.Seek(smb1.HeaderSize)
	smb1.WalkBody(c, &h, &f)
	switch {
	case h.Command == smb1.Negotiate:
		if h.Response() {
			n.challenge = bytes.Clone(f.Challenge)
		}
	case !h.Response():
		n.request(&h, &f)
	default:
		return n.response(conn, &h, &f)
	}
	return nil
}

func (n *plain) request(h *smb1.Header, f *smb1.Facts) {
	l := n.legs[h.UID]
	if l == nil || h.UID == 0 {
		l = &logon{}
	}
	if f.Token != nil {
		l.add(f.Token)
	} else {
		l.plain = &Logon{Challenge: n.challenge, LM: bytes.Clone(f.LM), NT: bytes.Clone(f.NT), User: bytes.Clone(f.User),
			Domain: bytes.Clone(f.Domain), Unicode: f.Unicode}
	}
	if len(n.requests) < maxChains {
		n.requests[key1(h)] = l
	}
}

func (n *plain) response(conn uint32, h *smb1.Header, f *smb1.Facts) *Setup {
	l := n.requests[key1(h)]
	delete(n.requests, key1(h))
	if l == nil {
		return nil
	}
	l.add(f.Token)
	switch h.Status {
	case statusMoreProcessing:
		if len(n.legs) < maxChains {
			n.legs[h.UID] = l
		}
	case statusSuccess:
		delete(n.legs, h.UID)
		if !f.Guest && !l.anonymous() {
			return &Setup{Conn: conn, SessionID: uint64(h.UID), SMB1: true, Tokens: l.tokens, Logon: l.plain}
		}
	default:
		delete(n.legs, h.UID)
	}
	return nil
}

func (l *logon) add(token []byte) {
	if len(token) > 0 && len(l.tokens) < maxTokens {
		l.tokens = append(l.tokens, bytes.Clone(token))
	}
}

// anonymous reports whether nobody authenticated.
func (l *logon) anonymous() bool {
	if l.plain != nil {
		return len(l.plain.User) == 0 && len(l.plain.NT) == 0
	}
	for _, t := range l.tokens {
		if a, ok := ntlmssp.Identify(t); ok && a.Type == ntlmssp.Authenticate {
			return len(a.User) == 0
		}
	}
	return false
}

// Sequences counts the messages of SMB1 connections, in capture order, as their
// signatures do, [MS-CIFS] 3.1.4.1: the SESSION_SETUP that makes the signing key
// has number 0 and its answer 1; a request takes the next number, its answers
// take the one behind it.
type Sequences struct {
	conns map[uint32]*sequence
}

type sequence struct {
	on      bool // the signing key is made
	next    uint32
	waiting map[uint64]uint32 // requests, by MID and PID
}

// Number gives a message's number. head is the start of the message.
func (s *Sequences) Number(conn uint32, head []byte, fromServer bool) uint32 {
	var h smb1.Header
	if !smb1.ParseHeader(head, &h) {
		return 0
	}
	q := s.conns[conn]
	if q == nil {
		if s.conns == nil {
			s.conns = make(map[uint32]*sequence)
		}
		q = &sequence{waiting: map[uint64]uint32{}}
		s.conns[conn] = q
	}
	k := key1(&h)
	if !q.on && h.Command == smb1.SessionSetup {
		q.next = 0
	}
	if h.Response() {
		if n, ok := q.waiting[k]; ok {
			return n + 1
		}
		return q.next - 1
	}
	if fromServer { // an oplock break, which is not signed
		return 0
	}
	n := q.next
	if !oneWay(&h, head) {
		if len(q.waiting) < maxWaiting {
			q.waiting[k] = n
		}
		q.next++
	}
	q.next++
	return n
}

// Start tells that a SESSION_SETUP was a success. The first one makes the
// connection's signing key, and the next request has number 2.
func (s *Sequences) Start(conn uint32) {
	if q := s.conns[conn]; q != nil && !q.on {
		q.on, q.next = true, 2
		clear(q.waiting)
	}
}

// oneWay reports whether a request gets no answer of its own and takes one
// number, not two: cancels, secondaries, the answer to an oplock break.
func oneWay(h *smb1.Header, head []byte) bool {
	if h.Command == smb1.NTCancel || smb1.Secondary(h.Command) {
		return true
	}
	// WordCount, AndX block, FID, TypeOfLock ... NumberOfUnlocks, NumberOfLocks.
	const words = smb1.HeaderSize
	return h.Command == smb1.Locking && len(head) > words+16 && head[words] == 8 && head[words+7]&lockOplockRelease != 0 &&
		binary.LittleEndian.Uint32(head[words+13:]) == 0
}

const lockOplockRelease = 0x02 // [MS-CIFS] 2.2.4.32.1
