package client

import (
	"bytes"
	"crypto/sha512"
	"errors"
	"fmt"
	"io"
	"slices"

	"smbdiff/cmd/smbpair/internal/auth"
	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/decrypt"
	"smbdiff/dissect/smb2"
	dissect "smbdiff/dissect/wire"
)

// The negotiate contexts, [MS-SMB2] 2.2.3.1.
const (
	ctxPreauth    = 1
	ctxEncryption = 2
	ctxSigning    = 8
)

const clientCaps = proto.CapDFS | proto.CapLeasing | proto.CapLargeMTU | proto.CapMultiChan | proto.CapPersistent | proto.CapDirLeasing | proto.CapEncryption

// facts reads the body of an answer by the dissector's walk.
func facts(r *Response) (f smb2.Facts) {
	var c dissect.Codec
	c.Reset(r.Msg, nil)
	c.Env = dissect.Env{Response: true, Status: r.Status}
	c.Seek(smb2.HeaderSize)
	smb2.WalkBody(&c, &r.Header, &f)
	return f
}

func (c *Conn) extend(msg []byte) {
	h := sha512.New()
	h.Write(c.preauth[:])
	h.Write(msg)
	h.Sum(c.preauth[:0])
}

// negotiate is [MS-SMB2] 3.2.4.2.2.2 and 3.2.5.2.
func (c *Conn) negotiate() error {
	list := c.cfg.Dialects
	newest := slices.Max(list)
	mode := uint16(proto.SigningEnabled)
	if c.cfg.Sign {
		mode |= proto.SigningReqd
	}
	caps := uint32(0)
	if newest >= smb2.Dialect300 {
		caps = clientCaps
	}
	b := wire.Buf{36, 0}
	b.U16(uint16(len(list)))
	b.U16(mode)
	b.U16(0)
	b.U32(caps)
	b.Bytes(c.guid[:])
	place := len(b)
	b.U64(0)
	for _, d := range list {
		b.U16(uint16(d))
	}
	c.asked = slices.Concat(b[8:28], b[4:6], b[2:4], b[36:])
	if newest == smb2.Dialect311 {
		contexts, err := c.contexts()
		if err != nil {
			return err
		}
		for i, x := range contexts {
			b.Align(0, 8)
			if i == 0 {
				b.Put32(place, uint32(smb2.HeaderSize+len(b)))
			}
			b.Bytes(x)
		}
		b.Put32(place+4, uint32(len(contexts)))
	}
	r, err := c.hashed(&Request{Command: smb2.Negotiate, Body: b}, smb2.Dialect311)
	if err != nil {
		return err
	}
	f := facts(r)
	if !slices.Contains(list, f.Dialect) || len(r.Msg) < smb2.HeaderSize+64 {
		return fmt.Errorf("NEGOTIATE: the server chose dialect 0x%04x, which was not offered", uint16(f.Dialect))
	}
	c.dialect, c.caps, c.cipher = f.Dialect, f.Caps, f.Cipher
	body := r.Msg[smb2.HeaderSize:]
	c.told = slices.Concat(body[24:28], body[8:24], body[2:6])
	in := r.Reader()
	in.Skip(28)
	transact, read, write := in.U32(), in.U32(), in.U32()
	c.maxIO = max(4096, min(transact, read, write, 8<<20))
	if c.dialect == smb2.Dialect202 || c.caps&proto.CapLargeMTU == 0 {
		c.maxIO = min(c.maxIO, 65536)
	}
	c.signing = smb2.HMACSHA256
	if c.dialect >= smb2.Dialect300 {
		c.signing = smb2.AESCMAC
		if f.HasSigning {
			c.signing = f.Signing
		}
	}
	if (c.dialect == smb2.Dialect300 || c.dialect == smb2.Dialect302) && c.caps&proto.CapEncryption != 0 {
		c.cipher = smb2.AES128CCM
	}
	return nil
}

// contexts are those of [MS-SMB2] 2.2.3.1.
func (c *Conn) contexts() ([]wire.Buf, error) {
	var salt [32]byte
	if _, err := io.ReadFull(c.cfg.Random, salt[:]); err != nil {
		return nil, err
	}
	var out []wire.Buf
	add := func(kind uint16, data wire.Buf) {
		b := wire.Buf{}
		b.U16(kind)
		b.U16(uint16(len(data)))
		b.U32(0)
		b.Bytes(data)
		out = append(out, b)
	}
	b := wire.Buf{1, 0, 32, 0, 1, 0}
	b.Bytes(salt[:])
	add(ctxPreauth, b)
	b = nil
	b.U16(uint16(len(c.cfg.Ciphers)))
	for _, x := range c.cfg.Ciphers {
		b.U16(uint16(x))
	}
	add(ctxEncryption, b)
	b = nil
	b.U16(uint16(len(c.cfg.Signing)))
	for _, x := range c.cfg.Signing {
		b.U16(uint16(x))
	}
	add(ctxSigning, b)
	return out, nil
}

// hashed sends a request whose bytes, like those of its answer, enter the
// preauth integrity hash when the dialect is the one given.
func (c *Conn) hashed(r *Request, when smb2.Dialect) (*Response, error) {
	c.mu.Lock()
	var msg wire.Buf
	next := c.next
	c.header(&msg, r, false)
	c.next = next
	c.mu.Unlock()
	msg.Bytes(r.Body)
	got, err := c.Do(r)
	if got == nil {
		return nil, err
	}
	d := c.dialect
	if r.Command == smb2.Negotiate {
		d = facts(got).Dialect
	}
	if d == when {
		c.extend(msg)
		if r.Command == smb2.Negotiate || proto.Status(got.Status) == proto.MoreProcessing {
			c.extend(got.Msg)
		}
	}
	return got, err
}

// setup is [MS-SMB2] 3.2.4.2.3.
func (c *Conn) setup() error {
	a := &auth.Client{User: c.cfg.User, Domain: c.cfg.Domain, Password: c.cfg.Password, Random: c.cfg.Random, Now: c.cfg.Now}
	r, err := c.hashed(c.setupRequest(a.Start()), smb2.Dialect311)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.session = r.SessionID
	c.mu.Unlock()
	token, err := a.Next(facts(r).Token)
	if err != nil {
		return err
	}
	r, err = c.hashed(c.setupRequest(token), smb2.Dialect311)
	if err != nil {
		return err
	}
	if proto.Status(r.Status) != proto.OK {
		return errors.New("SESSION_SETUP: the server wants more than NTLM has")
	}
	f := facts(r)
	key, err := a.Finish(f.Token)
	if err != nil {
		return fmt.Errorf("SESSION_SETUP: %w", err)
	}
	if f.Flags&(proto.SessionGuest|proto.SessionNull) != 0 || c.cfg.User == "" {
		if c.cfg.Sign || c.cfg.Seal {
			return errors.New("SESSION_SETUP: the server took the user for a guest, who can neither sign nor seal")
		}
		return nil
	}
	return c.secure(key, f.Flags&proto.SessionEncrypt != 0, r)
}

func (c *Conn) setupRequest(token []byte) *Request {
	mode := byte(proto.SigningEnabled)
	if c.cfg.Sign {
		mode |= proto.SigningReqd
	}
	b := wire.Buf{25, 0, 0, mode}
	b.U32(proto.CapDFS)
	b.U32(0)
	b.U16(smb2.HeaderSize + 24)
	b.U16(uint16(len(token)))
	b.U64(0)
	b.Bytes(token)
	return &Request{Command: smb2.SessionSetup, Body: b, OK: []proto.Status{proto.MoreProcessing}}
}

// secure makes the keys, [MS-SMB2] 3.2.5.3.1, and checks the answer that ended
// the exchange.
func (c *Conn) secure(key []byte, sealed bool, last *Response) error {
	k := decrypt.Derive(c.dialect, c.cipher, key, c.preauth[:])
	signer, err := decrypt.NewSigner(c.signing, k.Signing)
	if err != nil {
		return err
	}
	switch signed := last.Flags&smb2.FlagSigned != 0; {
	case !signed && (c.dialect == smb2.Dialect311 || c.cfg.Sign):
		return errors.New("SESSION_SETUP: the answer is not signed")
	case signed && !signer.Verify(last.Msg):
		return errors.New("SESSION_SETUP: the signature of the answer is wrong")
	}
	if r := c.cfg.Record; r != nil {
		r.Key(last.SessionID, key)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.signer = signer
	c.sealing = sealed || c.cfg.Seal
	if c.cipher == 0 {
		if c.sealing {
			return errors.New("SESSION_SETUP: no cipher was negotiated")
		}
		return nil
	}
	if c.out, err = decrypt.NewSealer(c.cipher, k.C2S); err != nil {
		return err
	}
	c.in, err = decrypt.NewSealer(c.cipher, k.S2C)
	return err
}

// Tree is a share that the session uses.
type Tree struct {
	c    *Conn
	id   uint32
	seal bool
	Name string
}

// Connect connects to a share. With the dialects that need it what was negotiated
// is validated then, [MS-SMB2] 3.2.5.5.
func (c *Conn) Connect(share string) (*Tree, error) {
	host, _, _ := splitHost(c.cfg.Server)
	name := `\\` + host + `\` + share
	path := wire.AppendText(nil, name)
	b := wire.Buf{9, 0, 0, 0}
	b.U16(smb2.HeaderSize + 8)
	b.U16(uint16(len(path)))
	b.Bytes(path)
	r, err := c.Do(&Request{Command: smb2.TreeConnect, Path: name, Body: b})
	if err != nil {
		return nil, err
	}
	t := &Tree{c: c, id: r.TreeID, Name: name, seal: facts(r).Flags&proto.ShareEncryptData != 0}
	if t.seal && c.out == nil {
		return nil, fmt.Errorf("TREE_CONNECT %s: the share wants sealing, which was not negotiated", name)
	}
	if c.signer != nil && (c.dialect == smb2.Dialect300 || c.dialect == smb2.Dialect302) {
		return t, c.validate(t)
	}
	return t, nil
}

func (c *Conn) validate(t *Tree) error {
	out, err := t.Ioctl(allOnes, proto.FsctlValidate, c.asked, 24)
	if err == nil && !bytes.Equal(out, c.told) {
		err = errors.New("FSCTL_VALIDATE_NEGOTIATE_INFO: the server says other than in NEGOTIATE")
	}
	return err
}

// Disconnect leaves the share.
func (t *Tree) Disconnect() error {
	_, err := t.c.Do(&Request{Command: smb2.TreeDisconnect, Tree: t, Body: wire.Buf{4, 0, 0, 0}})
	return err
}

// Logoff ends the session.
func (c *Conn) Logoff() error {
	_, err := c.Do(&Request{Command: smb2.Logoff, Body: wire.Buf{4, 0, 0, 0}})
	return err
}

// Echo asks for a sign of life.
func (c *Conn) Echo() error {
	_, err := c.Do(&Request{Command: smb2.Echo, Body: wire.Buf{4, 0, 0, 0}})
	return err
}
