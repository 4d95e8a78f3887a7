package decrypt

import (
	"cmp"
	"slices"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/smb2"
	"smbdiff/keys"
)

// SessionState is what is known of one session's keys, for people to see.
type SessionState struct {
	ID      uint64       // SMB1: the UID
	SMB1    bool         // one connection's signing, Conn
	Conn    uint32       // index of the connection that set it up, when it is known
	Dialect smb2.Dialect // 0 when the capture lacks the handshake
	Cipher  smb2.Cipher  // proved, else as negotiated
	Signing smb2.SigningAlgorithm
	Account string   // DOMAIN\USER, or NAME@REALM of a ticket that was opened
	Source  string   // where the key is from: the proved one, else one that was tried
	Others  []string // where the other keys are from that are proved: each channel signs with its own
	Proved  bool     // a tag or a signature holds
	Swapped bool     // the id was given in the other byte order

	TagsTried, TagsVerified             uint64 // sealed PDUs
	SignaturesTried, SignaturesVerified uint64 // signed messages in the clear

	Why conv.Reason // why sealed PDUs stay shut; ReasonNone when all opened, or there were none
}

// Sessions lists the sessions that were set up, sealed or signed: those of SMB1
// by connection, then the others by id.
func (o *Opener) Sessions() []SessionState {
	o.mu.Lock()
	defer o.mu.Unlock()
	var list []SessionState
	for conn, p := range o.plains {
		list = append(list, p.report(conn))
	}
	slices.SortFunc(list, func(a, b SessionState) int { return cmp.Compare(a.Conn, b.Conn) })
	for _, s := range o.sessions.all() {
		list = append(list, o.report(s))
	}
	return list
}

func (o *Opener) report(s *session) SessionState {
	st := s.state.Load()
	r := SessionState{ID: s.id, Dialect: st.dialect, Cipher: st.cipher, Account: st.account, Source: st.source,
		TagsTried: s.tagsFailed.Load() + s.tagsHeld.Load(), TagsVerified: s.tagsHeld.Load(),
		SignaturesTried: s.signsTried.Load(), SignaturesVerified: s.signsHeld.Load()}
	if m := st.main(); m != nil {
		r.Conn, r.Signing = m.conn, m.signing
	}
	if l := s.signers.Load(); l != nil {
		r.Proved, r.Source = true, (*l)[0].from.source
		for _, k := range (*l)[1:] {
			r.Others = append(r.Others, k.from.source)
		}
	}
	for d := range s.open {
		if p := s.open[d].Load(); p != nil {
			r.Proved, r.Source, r.Cipher = true, p.from.source, p.sealer.cipher
		}
	}
	for _, i := range o.byID[s.id] {
		if k := &o.ring.Keys[i]; k.Source == r.Source && k.SessionID != s.id {
			r.Swapped = true
		}
	}
	if r.TagsTried > r.TagsVerified {
		r.Why = conv.Reason(s.lastWhy.Load())
	}
	return r
}

// key gives the MAC key that was proved, nil when none was.
func (p *plain) key() *macKey {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.proved
}

func (p *plain) report(conn uint32) SessionState {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := SessionState{ID: uint64(p.uid), SMB1: true, Conn: conn, SignaturesTried: p.tried, SignaturesVerified: p.held, Account: p.account}
	switch {
	case p.proved != nil:
		r.Proved, r.Source = true, p.proved.source
	case len(p.keys) > 0:
		r.Source = p.keys[0].source
	}
	return r
}

// Derived is what is known of a session's keys once one of them is proved. It
// holds secrets.
type Derived struct {
	SessionState
	Key         keys.Key // Session may have 16 or 32 bytes
	Application []byte
	Preauth     []byte // hash at the end of the SESSION_SETUP, 3.1.1; no secret
}

// Derived gives the keys of each session of which some key was proved, in the
// order of Sessions.
func (o *Opener) Derived() []Derived {
	var list []Derived
	for _, st := range o.Sessions() {
		if !st.Proved {
			continue
		}
		o.mu.Lock()
		d := Derived{SessionState: st}
		if st.SMB1 {
			if k := o.plains[st.Conn].key(); k != nil {
				d.Key = keys.Key{SessionID: st.ID, Session: k.session, Signing: k.key, Source: st.Source}
			}
		} else if s := o.sessions.find(st.ID); s != nil {
			d.Key = s.proved()
			s.derive(&d)
		}
		o.mu.Unlock()
		list = append(list, d)
	}
	return list
}

// derive fills in what the session key gives and the proofs did not need.
func (s *session) derive(d *Derived) {
	m := s.state.Load().main()
	if m == nil || d.Key.Session == nil {
		return
	}
	if m.dialect == smb2.Dialect311 {
		d.Preauth = m.preauth[:]
	}
	k := Derive(m.dialect, d.Cipher, d.Key.Session, m.preauth[:])
	d.Application = k.Application
	for _, f := range []struct {
		to   *[]byte
		from []byte
	}{{&d.Key.Signing, k.Signing}, {&d.Key.C2S, k.C2S}, {&d.Key.S2C, k.S2C}} {
		if *f.to == nil {
			*f.to = f.from
		}
	}
}

// Keys gives the keys that were proved, one record a session, by id. It holds
// secrets.
func (o *Opener) Keys() []keys.Key {
	o.mu.Lock()
	all := o.sessions.all()
	o.mu.Unlock()
	var list []keys.Key
	for _, s := range all {
		if k := s.proved(); k.Source != "" {
			list = append(list, k)
		}
	}
	return list
}

// proved gives a session's keys as far as they were proved; without a source
// when there are none.
func (s *session) proved() keys.Key {
	k := keys.Key{SessionID: s.id}
	for d := range s.open {
		p := s.open[d].Load()
		if p == nil {
			continue
		}
		k.Source, k.Session, k.Cipher = p.from.source, p.from.session, uint16(p.sealer.cipher)
		if pair := p.from.key; d == 0 {
			k.C2S, k.S2C = p.key, other(pair, p.key)
		} else {
			k.S2C = p.key
			if k.C2S == nil {
				k.C2S = other(pair, p.key)
			}
		}
	}
	if l := s.signers.Load(); l != nil {
		from := (*l)[len(*l)-1].from // the first that was proved: later ones may be channels'
		k.Signing = from.key
		if k.Source == "" {
			k.Source, k.Session = from.source, from.session
		}
	}
	return k
}

// other gives the key of a pair that is not the one in use.
func other(pair [2][]byte, used []byte) []byte {
	if len(used) > 0 && len(pair[0]) > 0 && &pair[0][0] == &used[0] {
		return pair[1]
	}
	return pair[0]
}
