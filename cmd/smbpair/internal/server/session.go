package server

import (
	"encoding/binary"
	"slices"
	"sync/atomic"
	"time"

	"smbdiff/cmd/smbpair/internal/auth"
	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/decrypt"
	"smbdiff/dissect/smb2"
)

// session is an authenticated user, [MS-SMB2] 3.3.1.8.
type session struct {
	id        uint64
	srv       *Server
	valid     bool
	expired   bool
	user      string
	guest     bool
	anonymous bool
	sign      bool // requests have to be signed
	seal      bool
	dialect   smb2.Dialect
	cipher    smb2.Cipher
	signing   smb2.SigningAlgorithm // of its first connection
	guid      [16]byte              // of the client
	key       []byte
	signKey   []byte
	in, out   *decrypt.Sealer
	nonce     atomic.Uint64
	channels  map[*conn]*channel
	trees     map[uint32]*tree
	nextTree  uint32
	ended     bool
}

// channel is a connection of a session, [MS-SMB2] 3.3.1.14.
type channel struct {
	conn    *conn
	signer  *decrypt.Signer
	preauth [64]byte
	auth    *auth.Server // while somebody authenticates
	binding bool
}

// sessionSetup is [MS-SMB2] 3.3.5.5.
func (c *conn) sessionSetup(rq *request) proto.Status {
	var m smb2.SessionSetupRequest
	if !rq.sized() || !smb2.Decode(rq.msg, &m) || len(m.Token) == 0 {
		return proto.InvalidParameter
	}
	ss, ch, st := c.setupSession(rq, m.Flags)
	if st != proto.OK {
		rq.signAs(c.srv.sessions[rq.h.SessionID])
		return st
	}
	rq.ss, rq.ch = ss, ch
	if c.dialect == smb2.Dialect311 && (!ss.valid || ch.binding) {
		ch.preauth = nextHash(ch.preauth, rq.msg)
	}
	out, done, res, ok := ch.auth.Step(m.Token)
	if !ok {
		c.dropSetup(ss, ch)
		rq.ch = ch
		return proto.InvalidParameter
	}
	if !done {
		if c.dialect == smb2.Dialect311 && (!ss.valid || ch.binding) {
			rq.hash = &ch.preauth
		}
		rq.answer(&smb2.SessionSetupResponse{Token: out})
		return proto.MoreProcessing
	}
	ch.auth = nil
	if st := c.logon(ss, ch, res, m.SecurityMode); st != proto.OK {
		c.dropSetup(ss, ch)
		return st
	}
	c.known.Store(true)
	_ = c.nc.SetReadDeadline(time.Time{})
	if m.Previous != 0 && m.Previous != ss.id && !ch.binding {
		c.replaceSession(ss, m.Previous)
	}
	rq.answer(&smb2.SessionSetupResponse{Flags: ss.flags(), Token: out})
	return proto.OK
}

// setupSession finds or makes session and channel of a SESSION_SETUP.
func (c *conn) setupSession(rq *request, flags uint8) (*session, *channel, proto.Status) {
	s := c.srv
	if rq.h.SessionID == 0 {
		if len(s.sessions) >= s.Limits.Sessions || len(c.sessions) >= maxSessions {
			return nil, nil, proto.InsufficientResources
		}
		ss := &session{id: s.sessionID(), srv: s, dialect: c.dialect, cipher: c.cipher, guid: c.guid,
			channels: make(map[*conn]*channel), trees: make(map[uint32]*tree)}
		ch := c.newChannel(ss)
		s.sessions[ss.id], c.sessions[ss.id] = ss, ss
		return ss, ch, proto.OK
	}
	const binding = 1
	ss := c.sessions[rq.h.SessionID]
	if flags&binding != 0 {
		return c.bind(rq, ss)
	}
	if ss == nil {
		return nil, nil, proto.UserSessionDeleted
	}
	ch := ss.channels[c]
	if rq.sealed && rq.chain.sealer != ss {
		return nil, nil, proto.AccessDenied
	}
	if ss.valid && rq.signed && !rq.sealed && ch.signer != nil && !ch.signer.Verify(rq.msg) {
		return nil, nil, proto.AccessDenied
	}
	if ch.auth == nil { // somebody authenticates again
		ch.auth = c.newAuth()
	}
	return ss, ch, proto.OK
}

// sessionID gives an id that no session has. It has 32 bits, as clients exist
// that keep no more of it.
func (s *Server) sessionID() uint64 {
	for {
		id := s.random64() >> 32
		if id != 0 && id != 0xffffffff && s.sessions[id] == nil {
			return id
		}
	}
}

// maxSessions is how many sessions a connection may have.
const maxSessions = 256

// maxChannels is how many connections a session may have.
const maxChannels = 32

// bind adds a connection to a session, [MS-SMB2] 3.3.5.5.2.
func (c *conn) bind(rq *request, here *session) (*session, *channel, proto.Status) {
	ss := c.srv.sessions[rq.h.SessionID]
	if ss == nil {
		if c.dialect < smb2.Dialect300 {
			return nil, nil, proto.RequestNotAccepted
		}
		return nil, nil, proto.UserSessionDeleted
	}
	signer, err := decrypt.NewSigner(ss.signing, ss.signKey)
	sound := err == nil && rq.signed && signer.Verify(rq.msg)
	gmac := c.signing == smb2.AESGMAC
	switch {
	case sound && gmac && ss.signing != smb2.AESGMAC:
		return nil, nil, proto.NotSupported
	case sound && !gmac && ss.signing == smb2.AESGMAC:
		return nil, nil, proto.RequestOutOfSequence
	case c.dialect < smb2.Dialect300:
		return nil, nil, proto.RequestNotAccepted
	case ss.dialect != c.dialect || ss.guid != c.guid || ss.cipher != c.cipher:
		return nil, nil, proto.InvalidParameter
	case !rq.signed:
		return nil, nil, proto.InvalidParameter
	case !ss.valid:
		return nil, nil, proto.RequestNotAccepted
	case ss.guest || ss.anonymous:
		return nil, nil, proto.NotSupported
	}
	ch := ss.channels[c]
	if here != nil && !ch.binding {
		return nil, nil, proto.RequestNotAccepted
	}
	if !sound {
		return nil, nil, proto.AccessDenied
	}
	if ch == nil {
		if len(ss.channels) >= maxChannels {
			return nil, nil, proto.InsufficientResources
		}
		ch = c.newChannel(ss)
		ch.binding = true
		c.sessions[ss.id] = ss
	}
	ch.signer = signer
	return ss, ch, proto.OK
}

func (c *conn) newChannel(ss *session) *channel {
	ch := &channel{conn: c, preauth: c.preauth, auth: c.newAuth()}
	ss.channels[c] = ch
	return ch
}

func (c *conn) newAuth() *auth.Server {
	return &auth.Server{Name: c.srv.Name, Lookup: c.srv.lookup, Random: c.srv.Random, Now: c.srv.Now}
}

// dropSetup forgets a session, or a binding, that did not come about.
func (c *conn) dropSetup(ss *session, ch *channel) {
	ch.auth = nil
	switch {
	case ch.binding:
		delete(ss.channels, c)
		delete(c.sessions, ss.id)
	default:
		for at, other := range ss.channels {
			at.ghost, at.ghostID = &channel{conn: at, signer: other.signer}, ss.id
		}
		c.srv.endSession(ss, false)
	}
}

// logon takes over the result of an authentication.
func (c *conn) logon(ss *session, ch *channel, res auth.Result, mode uint8) proto.Status {
	s := c.srv
	guest := res.Unknown && s.Guest
	if !res.Known && !guest && !res.Anonymous {
		return proto.LogonFailure
	}
	if ch.binding {
		if res.User != ss.user || !res.Known {
			return proto.AccessDenied
		}
		return c.bound(ss, ch, res)
	}
	if ss.valid {
		if res.Anonymous != ss.anonymous && !ss.guest || res.User != ss.user {
			ss.user = res.User
		}
		ss.expired = false
		return proto.OK
	}
	if s.Seal == SealRequired && !res.Known {
		return proto.AccessDenied // there is no key to seal with
	}
	ss.user, ss.guest, ss.anonymous, ss.key, ss.valid = res.User, guest, res.Anonymous, res.Key, true
	ss.sign = (s.Sign || mode&proto.SigningReqd != 0) && !guest && !res.Anonymous
	if len(ss.key) == 0 {
		return proto.OK
	}
	if st := ss.secure(ch); st != proto.OK {
		return st
	}
	if s.Record != nil {
		s.Record.Key(ss.id, ss.key)
	}
	ss.seal = s.Seal == SealRequired && !guest && !res.Anonymous
	if ss.seal && ss.cipher == 0 {
		return proto.AccessDenied
	}
	return proto.OK
}

// secure makes the keys of a session, [MS-SMB2] 3.3.5.5.3.
func (ss *session) secure(ch *channel) proto.Status {
	k := decrypt.Derive(ss.dialect, ss.cipher, ss.key, ch.preauth[:])
	ss.signKey, ss.signing = k.Signing, ch.conn.signing
	var err error
	if ch.signer, err = decrypt.NewSigner(ch.conn.signing, k.Signing); err != nil {
		return proto.InternalError
	}
	if ss.cipher == 0 {
		return proto.OK
	}
	if ss.in, err = decrypt.NewSealer(ss.cipher, k.C2S); err != nil {
		return proto.InternalError
	}
	if ss.out, err = decrypt.NewSealer(ss.cipher, k.S2C); err != nil {
		return proto.InternalError
	}
	return proto.OK
}

// bound ends a binding: the channel signs with a key of its own.
func (c *conn) bound(ss *session, ch *channel, res auth.Result) proto.Status {
	k := decrypt.Derive(ss.dialect, ss.cipher, res.Key, ch.preauth[:])
	signer, err := decrypt.NewSigner(c.signing, k.Signing)
	if err != nil {
		return proto.InternalError
	}
	ch.signer, ch.binding = signer, false
	if s := c.srv; s.Record != nil {
		s.Record.Key(ss.id, res.Key)
	}
	return proto.OK
}

// flags are SessionFlags, [MS-SMB2] 2.2.6.
func (ss *session) flags() (f uint16) {
	if ss.guest {
		f |= proto.SessionGuest
	}
	if ss.anonymous {
		f |= proto.SessionNull
	}
	if ss.seal {
		f |= proto.SessionEncrypt
	}
	return f
}

// replaceSession ends a session that the same user had before, [MS-SMB2]
// 3.3.5.5.3.
func (c *conn) replaceSession(ss *session, previous uint64) {
	old := c.srv.sessions[previous]
	if old == nil || old.user != ss.user || !old.valid {
		return
	}
	c.srv.endSession(old, true)
}

// logoff is [MS-SMB2] 3.3.5.6.
func (c *conn) logoff(rq *request) proto.Status {
	c.srv.endSession(rq.ss, true)
	rq.short()
	return proto.OK
}

// endSession lets a session and its trees and opens go; durable opens stay when
// the connection was lost.
func (s *Server) endSession(ss *session, lost bool) {
	if ss.ended {
		return
	}
	ss.ended, ss.valid = true, false
	for _, t := range ss.trees {
		s.endTree(t, lost)
	}
	for _, o := range s.opens {
		if o.ss == ss {
			s.leave(o, lost)
		}
	}
	for c := range ss.channels {
		delete(c.sessions, ss.id)
	}
	delete(s.sessions, ss.id)
}

// wrap seals an answer that stands behind room for frame and transform header; a
// stale nonce was used before.
func (ss *session) wrap(b []byte, stale bool) []byte {
	var nonce [16]byte
	n := ss.nonce.Load()
	if !stale {
		n = ss.nonce.Add(1)
	}
	binary.LittleEndian.PutUint64(nonce[:], n)
	const spare = 16
	b = slices.Grow(b, spare)
	ss.out.SealInPlace(b[frameSize:], nonce[:], ss.id)
	return b
}

// unseal opens a sealed PDU in its place, [MS-SMB2] 3.3.5.2.1.1. It gives nil when the
// connection has to end.
func (c *conn) unseal(pdu []byte) ([]byte, *session) {
	s := c.srv
	var h smb2.Transform
	smb2.DecodeData(pdu, &h)
	s.mu.Lock()
	ss := c.sessions[h.SessionID]
	var in *decrypt.Sealer
	if ss != nil {
		in = ss.in
	}
	s.mu.Unlock()
	if in == nil {
		return nil, nil
	}
	plain, ok := in.Open(pdu[smb2.TransformSize:smb2.TransformSize], pdu)
	if !ok || len(plain) < 4 || plain[0] == 0xfd {
		return nil, nil
	}
	return plain, ss
}
