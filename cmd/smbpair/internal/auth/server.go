package auth

import (
	"bytes"
	"crypto/hmac"
	"encoding/binary"
	"io"
	"time"
)

// Accounts gives the NT hash of an account.
type Accounts func(user, domain string) (hash []byte, ok bool)

// Result is how an authentication ended.
type Result struct {
	User, Domain string
	Key          []byte // of the GSS exchange, 16 bytes
	Anonymous    bool
	Known        bool // the response proved a password
	Unknown      bool // no such account
}

// Server is the server's side of one authentication.
type Server struct {
	Name   string
	Lookup Accounts
	Random io.Reader
	Now    func() time.Time

	nonce     [8]byte
	raw       bool
	mechs     []byte
	started   bool
	negotiate []byte
	challenge []byte
}

// Step takes the client's token and gives the answer. done says that the
// exchange is over, ok that it was well-formed; the result then tells who it is.
func (s *Server) Step(in []byte) (out []byte, done bool, r Result, ok bool) {
	if s.challenge == nil && kind(in) != 0 {
		s.raw = true
	}
	if s.raw {
		out, done, r, ok = s.ntlm(in)
		return out, done, r, ok
	}
	t, ok := parseToken(in)
	if !ok {
		return nil, true, r, false
	}
	if t.init {
		if !t.ntlm {
			return nil, true, r, false
		}
		s.mechs, s.started = bytes.Clone(t.mechs), true
		if !t.first || len(t.mech) == 0 {
			return response(incomplete, true, nil, nil), false, r, true
		}
	}
	if !s.started || len(t.mech) == 0 {
		return nil, true, r, false
	}
	answer, done, r, ok := s.ntlm(t.mech)
	if !ok {
		return nil, true, r, false
	}
	if !done {
		return response(incomplete, true, answer, nil), false, r, true
	}
	return s.finish(t, &r)
}

// finish ends the SPNEGO exchange; the list of mechanisms is proved when the
// client does so, [RFC4178] 5.
func (s *Server) finish(t token, r *Result) ([]byte, bool, Result, bool) {
	var mic []byte
	if t.mic != nil && len(r.Key) == 16 && !r.Anonymous {
		m, _ := parseAuth(t.mech)
		if r.Known && !hmac.Equal(t.mic, signature(r.Key, m.flags, true, s.mechs)) {
			return nil, true, *r, false
		}
		mic = signature(r.Key, m.flags, false, s.mechs)
	}
	return response(accepted, false, nil, mic), true, *r, true
}

func (s *Server) ntlm(in []byte) (out []byte, done bool, r Result, ok bool) {
	switch kind(in) {
	case 1:
		if len(in) < 16 || s.challenge != nil {
			return nil, true, r, false
		}
		if _, err := io.ReadFull(s.Random, s.nonce[:]); err != nil {
			return nil, true, r, false
		}
		s.negotiate = bytes.Clone(in)
		s.challenge = challenge(s.Name, s.nonce, binary.LittleEndian.Uint32(in[12:]), s.Now())
		return s.challenge, false, r, true
	case 3:
		if s.challenge == nil {
			return nil, true, r, false
		}
		r, ok = s.authenticate(in)
		return nil, true, r, ok
	}
	return nil, true, r, false
}

func (s *Server) authenticate(in []byte) (r Result, ok bool) {
	m, ok := parseAuth(in)
	if !ok {
		return r, false
	}
	r.User, r.Domain = m.user, m.domain
	if m.user == "" && len(m.nt) == 0 {
		r.Anonymous, r.Key = true, m.exported(make([]byte, 16))
		return r, true
	}
	hash, found := s.Lookup(m.user, m.domain)
	if !found {
		r.Unknown = true
		return r, true
	}
	base, proved := m.proves(hash, s.nonce)
	if !proved {
		return r, true
	}
	r.Key, r.Known = m.exported(base), true
	if m.wantsMIC() && len(in) >= m.mic+16 {
		clean := bytes.Clone(in)
		clear(clean[m.mic : m.mic+16])
		if !hmac.Equal(hmacMD5(r.Key, s.negotiate, s.challenge, clean), in[m.mic:m.mic+16]) {
			return r, false
		}
	}
	return r, true
}
