package decrypt

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sync"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/smb2"
	"smbdiff/keys"
)

// Opener opens sealed PDUs and checks signatures with the keys of a ring. A key
// counts as right when a tag or a signature holds. All methods may be called
// from several goroutines at once.
type Opener struct {
	sessions table
	calls    calls

	mu      sync.Mutex
	ring    keys.Ring
	byID    map[uint64][]int // keys of the ring by session id, in either byte order
	bare    []keys.Key
	hashes  []secret
	conns   map[uint32]*connection
	plains  map[uint32]*plain  // SMB1
	tickets map[string]*ticket // by their AP-REP
}

// connection is what setups told of one connection.
type connection struct {
	dialect  smb2.Dialect
	signing  smb2.SigningAlgorithm
	sessions []uint64
}

// NewOpener makes an Opener. The ring may be nil.
func NewOpener(ring *keys.Ring) *Opener {
	o := &Opener{sessions: newTable(), byID: map[uint64][]int{}, conns: map[uint32]*connection{}, plains: map[uint32]*plain{}}
	if ring != nil {
		o.Add(ring)
	}
	return o
}

// Add takes further keys, such as pasted ones. They count for what is opened
// from now on.
func (o *Opener) Add(ring *keys.Ring) {
	defer o.calls.forget()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ring.Append(ring)
	o.byID, o.bare, o.hashes = map[uint64][]int{}, nil, nil
	for _, s := range o.ring.Secrets {
		h := secret{hash: s.Hash, user: s.User, source: s.Source}
		if h.hash == nil {
			h.hash, h.lm = NTHash(s.Password), lmHash(s.Password)
		}
		o.hashes = append(o.hashes, h)
	}
	for i := range o.ring.Keys {
		k := &o.ring.Keys[i]
		if k.AnyID {
			o.bare = append(o.bare, *k)
			if len(k.Session) == 16 {
				o.hashes = append(o.hashes, secret{hash: k.Session, source: k.Source})
			}
			continue
		}
		o.byID[k.SessionID] = append(o.byID[k.SessionID], i)
		if k.AltID != 0 {
			o.byID[k.AltID] = append(o.byID[k.AltID], i)
		}
	}
	for _, s := range o.sessions.all() {
		s.setups = slices.Clone(s.setups)
		for i := range s.setups {
			o.prove(&s.setups[i])
		}
		s.publish(o.build(s.id, s.setups))
	}
	for _, p := range o.plains {
		p.mu.Lock()
		o.build1(p)
		p.mu.Unlock()
	}
}

func (s *session) publish(st *state) {
	s.state.Store(st)
	s.sealMiss.Store(0)
	s.signMiss.Store(0)
}

// session finds a session, or makes it. It is nil when there are too many.
func (o *Opener) session(id uint64) *session {
	if s := o.sessions.find(id); s != nil {
		return s
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.make(id)
}

func (o *Opener) make(id uint64) *session {
	s := o.sessions.find(id)
	if s == nil && o.sessions.n < maxSessions {
		s = &session{id: id}
		s.publish(o.build(id, nil))
		o.sessions.add(s)
	}
	return s
}

// Setup takes what a successful SESSION_SETUP showed.
func (o *Opener) Setup(c *conv.Setup) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := findKerberos(c.Tokens)
	o.keep(t)
	if c.SMB1 {
		o.setup1(c)
		return
	}
	s := o.make(c.SessionID)
	if s == nil {
		return
	}
	conn := o.conns[c.Conn]
	if conn == nil {
		conn = &connection{}
		o.conns[c.Conn] = conn
	}
	conn.dialect, conn.signing = c.Dialect, c.Signing
	if len(conn.sessions) < maxSetups && !slices.Contains(conn.sessions, c.SessionID) {
		conn.sessions = append(conn.sessions, c.SessionID)
	}
	n := setup{conn: c.Conn, dialect: c.Dialect, cipher: c.Cipher, signing: c.Signing, preauth: c.Preauth, binding: c.Binding,
		reauth: c.Reauth, flags: c.Flags, ntlm: findNTLM(c.Tokens), ticket: t}
	o.prove(&n)
	old := s.setups
	if len(old) >= maxSetups { // an id that is used again and again: the first setup and the latest count
		old = slices.Concat(old[:1], old[2:])
	}
	s.setups = append(old[:len(old):len(old)], n)
	s.publish(o.build(s.id, s.setups))
}

func direction(fromServer bool) int {
	if fromServer {
		return 1
	}
	return 0
}

// Unseal opens a whole PDU, transform header first, and verifies its tag. The
// plaintext is appended to dst. What a proved key makes a message of is opened
// although its tag does not hold: Seal.Broken.
func (o *Opener) Unseal(dst, pdu []byte, fromServer bool) ([]byte, conv.Seal) {
	if !isSealed(pdu) {
		if len(pdu) < sealHeader {
			return dst, conv.Seal{Why: conv.ReasonCut}
		}
		return dst, conv.Seal{Why: conv.ReasonDamaged}
	}
	s := o.session(binary.LittleEndian.Uint64(pdu[sealSession:]))
	if s == nil {
		return dst, conv.Seal{Why: conv.ReasonNoKey}
	}
	dir := direction(fromServer)
	if p := s.open[dir].Load(); p != nil {
		if out, ok := p.sealer.Open(dst, pdu); ok {
			s.tagsHeld.Add(1)
			return out, conv.Seal{Opened: true, Verified: true, Cipher: p.sealer.cipher}
		}
	}
	st := s.state.Load()
	size := int64(binary.LittleEndian.Uint32(pdu[sealSize:]))
	have := int64(len(pdu) - sealHeader)
	why := s.why(st, dir)
	if !st.keyless() {
		if out, p := s.try(st, dst, pdu, dir); p != nil {
			return out, conv.Seal{Opened: true, Verified: true, Cipher: p.sealer.cipher}
		}
		if size < have && size > 0 { // bytes behind the message
			if out, p := s.try(st, dst, pdu[:sealHeader+size], dir); p != nil {
				return out, conv.Seal{Opened: true, Verified: true, Cipher: p.sealer.cipher}
			}
		}
		switch {
		case size > have:
			why = conv.ReasonCut
		case binary.LittleEndian.Uint16(pdu[sealFlags:]) != 1:
			why = conv.ReasonDamaged
		}
		s.sealMiss.Add(1)
	}
	s.tagsFailed.Add(1)
	s.lastWhy.Store(uint32(why))
	if p := s.open[dir].Load(); p != nil && why == conv.ReasonTag {
		if out := p.sealer.Prefix(dst, pdu); isPlain(out[len(dst):]) {
			return out, conv.Seal{Opened: true, Cipher: p.sealer.cipher, Why: why}
		}
	}
	return dst, conv.Seal{Why: why}
}

// isPlain reports whether b begins as a message does, which bytes opened with
// another key do not: the ProtocolId and StructureSize of an SMB2 header,
// [MS-SMB2] 2.2.1, or the ProtocolId of a compressed message, 2.2.42.
func isPlain(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\xfeSMB\x40\x00")) || bytes.HasPrefix(b, []byte("\xfcSMB"))
}

// UnsealInPlace is Unseal where the PDU lies, for sessions whose key is proved. Its
// capacity must have 16 bytes to spare, which are overwritten. When it does not
// open, spoilt says that what stands behind the header is lost.
func (o *Opener) UnsealInPlace(pdu []byte, fromServer bool) (plain []byte, seal conv.Seal, spoilt bool) {
	if !isSealed(pdu) {
		return nil, conv.Seal{}, false
	}
	s := o.session(binary.LittleEndian.Uint64(pdu[sealSession:]))
	if s == nil {
		return nil, conv.Seal{}, false
	}
	p := s.open[direction(fromServer)].Load()
	if p == nil {
		return nil, conv.Seal{}, false
	}
	plain, ok := p.sealer.OpenInPlace(pdu)
	if !ok {
		return nil, conv.Seal{}, true
	}
	return plain, conv.Seal{Opened: true, Verified: true, Cipher: p.sealer.cipher}, false
}

// Opened counts n PDUs of the session that UnsealInPlace opened.
func (o *Opener) Opened(session uint64, n int) {
	if s := o.session(session); s != nil {
		s.tagsHeld.Add(uint64(n))
	}
}

// try opens a PDU with every key that may be the session's, in both directions.
func (s *session) try(st *state, dst, pdu []byte, dir int) ([]byte, *proved) {
	if out, p := s.tryKeys(st.ciphers, dst, pdu, dir); p != nil {
		return out, p
	}
	if s.sealMiss.Load() > maxMisses {
		return dst, nil
	}
	for i := range st.bare {
		if out, p := s.tryKeys(one(st, &st.bare[i]).ciphers, dst, pdu, dir); p != nil {
			return out, p
		}
	}
	return dst, nil
}

func (s *session) tryKeys(list []cipherKey, dst, pdu []byte, dir int) ([]byte, *proved) {
	for i := range list {
		k := &list[i]
		for _, d := range [2]int{dir, 1 - dir} {
			if k.key[d] == nil {
				continue
			}
			sealer, err := NewSealer(k.cipher, k.key[d])
			if err != nil {
				continue
			}
			if out, ok := sealer.Open(dst, pdu); ok {
				p := &proved{sealer: sealer, key: k.key[d], from: k}
				s.open[dir].Store(p)
				s.tagsHeld.Add(1)
				return out, p
			}
		}
	}
	return dst, nil
}

// UnsealPrefix opens the first bytes of a PDU of which head is the beginning;
// nothing is verified. It reports false when the key is not proved yet, or does
// not fit, and the whole PDU is wanted.
func (o *Opener) UnsealPrefix(dst, head []byte, fromServer bool) ([]byte, conv.Seal, bool) {
	if !isSealed(head) {
		return dst, conv.Seal{}, false
	}
	s := o.session(binary.LittleEndian.Uint64(head[sealSession:]))
	if s == nil {
		return dst, conv.Seal{Why: conv.ReasonNoKey}, true
	}
	p := s.open[direction(fromServer)].Load()
	if p == nil {
		st := s.state.Load()
		if !st.keyless() {
			return dst, conv.Seal{}, false
		}
		why := s.why(st, direction(fromServer))
		s.tagsFailed.Add(1)
		s.lastWhy.Store(uint32(why))
		return dst, conv.Seal{Why: why}, true
	}
	at := len(dst)
	out := p.sealer.Prefix(dst, head)
	if !plausible(out[at:]) {
		return dst, conv.Seal{}, false
	}
	return out, conv.Seal{Opened: true, Cipher: p.sealer.cipher}, true
}

// plausible reports whether plaintext starts as an SMB2 message or a
// compression transform does.
func plausible(b []byte) bool {
	return len(b) >= 4 && (b[0] == 0xfe || b[0] == 0xfc) && b[1] == 'S' && b[2] == 'M' && b[3] == 'B'
}
