package client

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"smbdiff/cmd/smbpair/internal/auth"
	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/decrypt"
	"smbdiff/dissect/smb2"
)

// session is what all channels of a session share, [MS-SMB2] 3.2.1.3.
type session struct {
	signer  *decrypt.Signer // of the first channel, which signs new bindings
	sealing bool
	in, out *decrypt.Sealer
	nonce   atomic.Uint64

	mu     sync.Mutex
	manual bool // breaks are acknowledged by hand
	files  map[[16]byte]*File
	leases map[[16]byte]*Lease
	early  []Break // of what is not known yet
	acks   int     // on their way
}

func newSession() *session {
	return &session{files: map[[16]byte]*File{}, leases: map[[16]byte]*Lease{}}
}

// setup is [MS-SMB2] 3.2.4.2.3.
func (c *Conn) setup() error {
	r, key, err := c.authenticate(0)
	if err != nil {
		return err
	}
	var m smb2.SessionSetupResponse
	if err := r.decode(&m); err != nil {
		return err
	}
	if m.Flags&(proto.SessionGuest|proto.SessionNull) != 0 || c.cfg.User == "" {
		if c.cfg.Sign || c.cfg.Seal {
			return errors.New("SESSION_SETUP: the server took the user for a guest, who can neither sign nor seal")
		}
		return nil
	}
	return c.secure(key, m.Flags&proto.SessionEncrypt != 0, r)
}

// authenticate goes through SESSION_SETUP and gives the last answer and the key
// of the exchange.
func (c *Conn) authenticate(flags byte) (*Response, []byte, error) {
	a := &auth.Client{User: c.cfg.User, Domain: c.cfg.Domain, Password: c.cfg.Password, Random: c.cfg.Random, Now: c.cfg.Now}
	r, err := c.hashed(c.setupRequest(a.Start(), flags), smb2.Dialect311)
	if err != nil {
		return nil, nil, err
	}
	c.mu.Lock()
	c.session = r.SessionID
	c.mu.Unlock()
	var m smb2.SessionSetupResponse
	if err := r.decode(&m); err != nil {
		return nil, nil, err
	}
	token, err := a.Next(m.Token)
	if err != nil {
		return nil, nil, err
	}
	if r, err = c.hashed(c.setupRequest(token, flags), smb2.Dialect311); err != nil {
		return nil, nil, err
	}
	if proto.Status(r.Status) != proto.OK {
		return nil, nil, errors.New("SESSION_SETUP: the server wants more than NTLM has")
	}
	if err := r.decode(&m); err != nil {
		return nil, nil, err
	}
	key, err := a.Finish(m.Token)
	if err != nil {
		return nil, nil, fmt.Errorf("SESSION_SETUP: %w", err)
	}
	return r, key, nil
}

// bindingFlag is SMB2_SESSION_FLAG_BINDING, [MS-SMB2] 2.2.5.
const bindingFlag = 1

func (c *Conn) setupRequest(token []byte, flags byte) *Request {
	mode := byte(proto.SigningEnabled)
	if c.cfg.Sign {
		mode |= proto.SigningReqd
	}
	m := &smb2.SessionSetupRequest{Flags: flags, SecurityMode: mode, Capabilities: proto.CapDFS, Previous: c.cfg.Previous, Token: token}
	return &Request{Command: smb2.SessionSetup, Body: m, Signed: true, OK: []proto.Status{proto.MoreProcessing}}
}

// secure makes the keys, [MS-SMB2] 3.2.5.3.1, and checks the answer that ended
// the exchange.
func (c *Conn) secure(key []byte, sealed bool, last *Response) error {
	k := decrypt.Derive(c.dialect, c.cipher, key, c.preauth[:])
	signer, err := c.proved(k.Signing, last, c.dialect == smb2.Dialect311 || c.cfg.Sign)
	if err != nil {
		return err
	}
	if r := c.cfg.Record; r != nil {
		r.Key(last.SessionID, key)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.shared
	c.signer, s.signer = signer, signer
	s.sealing = sealed || c.cfg.Seal
	if c.cipher == 0 {
		if s.sealing {
			return errors.New("SESSION_SETUP: no cipher was negotiated")
		}
		return nil
	}
	if s.out, err = decrypt.NewSealer(c.cipher, k.C2S); err != nil {
		return err
	}
	s.in, err = decrypt.NewSealer(c.cipher, k.S2C)
	return err
}

// proved makes the signer of a channel and checks the answer that ended the
// exchange with it.
func (c *Conn) proved(key []byte, last *Response, must bool) (*decrypt.Signer, error) {
	signer, err := decrypt.NewSigner(c.signing, key)
	if err != nil {
		return nil, err
	}
	switch signed := last.Flags&smb2.FlagSigned != 0; {
	case !signed && must:
		return nil, errors.New("SESSION_SETUP: the answer is not signed")
	case signed && !signer.Verify(last.Msg):
		return nil, errors.New("SESSION_SETUP: the signature of the answer is wrong")
	}
	return signer, nil
}

// Again authenticates once more in the session, [MS-SMB2] 3.2.4.2.3. Its keys
// stay.
func (c *Conn) Again() error {
	r, _, err := c.authenticate(0)
	if err == nil && c.signer != nil && r.Flags&smb2.FlagSigned != 0 && !c.signer.Verify(r.Msg) {
		err = errors.New("SESSION_SETUP: the signature of the answer is wrong")
	}
	return err
}

// bind makes the connection a channel of another one's session, [MS-SMB2]
// 3.2.4.2.3. Requests are signed with the key of the session until the channel
// has its own.
func (c *Conn) bind(first *Conn) error {
	c.mu.Lock()
	c.shared, c.session, c.signer = first.shared, first.session, first.shared.signer
	c.mu.Unlock()
	if c.signer == nil {
		return errors.New("SESSION_SETUP: a session without a key cannot be bound")
	}
	r, key, err := c.authenticate(bindingFlag)
	if err != nil {
		return err
	}
	k := decrypt.Derive(c.dialect, c.cipher, key, c.preauth[:])
	signer, err := c.proved(k.Signing, r, true)
	if err != nil {
		return err
	}
	if rec := c.cfg.Record; rec != nil {
		rec.Key(r.SessionID, key)
	}
	c.mu.Lock()
	c.signer = signer
	c.mu.Unlock()
	return nil
}

// Logoff ends the session.
func (c *Conn) Logoff() error {
	_, err := c.Do(&Request{Command: smb2.Logoff, Body: &smb2.EmptyBody{}})
	return err
}
