package client

import (
	"bytes"
	"crypto/sha512"
	"errors"
	"fmt"
	"io"
	"slices"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

const clientCaps = proto.CapDFS | proto.CapLeasing | proto.CapLargeMTU | proto.CapMultiChan | proto.CapPersistent | proto.CapDirLeasing | proto.CapEncryption

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
	if c.cfg.OldFirst {
		if done, err := c.oldNegotiate(); done || err != nil {
			return err
		}
	}
	m := &smb2.NegotiateRequest{SecurityMode: proto.SigningEnabled, ClientGUID: c.guid, Dialects: list}
	if c.cfg.Sign {
		m.SecurityMode |= proto.SigningReqd
	}
	if newest >= smb2.Dialect300 {
		m.Capabilities = clientCaps
	}
	c.asked = smb2.AppendData(nil, &smb2.ValidateRequest{Capabilities: m.Capabilities, ClientGUID: c.guid, SecurityMode: m.SecurityMode, Dialects: list})
	if newest == smb2.Dialect311 {
		var err error
		if m.Contexts, err = c.contexts(); err != nil {
			return err
		}
	}
	r, err := c.hashed(&Request{Command: smb2.Negotiate, Body: m}, smb2.Dialect311)
	if err != nil {
		return err
	}
	return c.settle(r)
}

// settle takes over what the server chose.
func (c *Conn) settle(r *Response) error {
	var m smb2.NegotiateResponse
	if err := r.decode(&m); err != nil {
		return err
	}
	if !slices.Contains(c.cfg.Dialects, m.Dialect) {
		return fmt.Errorf("NEGOTIATE: the server chose dialect 0x%04x, which was not offered", uint16(m.Dialect))
	}
	c.dialect, c.caps = m.Dialect, m.Capabilities
	c.told = smb2.AppendData(nil, &smb2.ValidateResponse{Capabilities: m.Capabilities, ServerGUID: m.ServerGUID, SecurityMode: m.SecurityMode, Dialect: m.Dialect})
	c.maxIO = max(4096, min(m.MaxTransact, m.MaxRead, m.MaxWrite, 8<<20))
	if c.dialect == smb2.Dialect202 || c.caps&proto.CapLargeMTU == 0 {
		c.maxIO = min(c.maxIO, 65536)
	}
	if c.limit > 0 {
		c.maxIO = min(c.maxIO, c.limit)
	}
	c.signing = smb2.HMACSHA256
	if c.dialect >= smb2.Dialect300 {
		c.signing = smb2.AESCMAC
	}
	for _, x := range m.Contexts {
		if !c.chosen(&x) {
			return r.damaged()
		}
	}
	if (c.dialect == smb2.Dialect300 || c.dialect == smb2.Dialect302) && c.caps&proto.CapEncryption != 0 {
		c.cipher = smb2.AES128CCM
	}
	return nil
}

// chosen takes over a context of the server.
func (c *Conn) chosen(x *smb2.NegotiateContext) (ok bool) {
	switch x.Type {
	case smb2.ContextEncryption:
		var m smb2.EncryptionCapabilities
		if ok = smb2.DecodeData(x.Data, &m) && len(m.Ciphers) > 0; ok {
			c.cipher = m.Ciphers[0]
		}
		return ok
	case smb2.ContextSigning:
		var m smb2.SigningCapabilities
		if ok = smb2.DecodeData(x.Data, &m) && len(m.Algorithms) > 0; ok {
			c.signing = m.Algorithms[0]
		}
		return ok
	case smb2.ContextCompression:
		var m smb2.CompressionCapabilities
		ok = smb2.DecodeData(x.Data, &m)
		c.agree(&m)
		return ok
	}
	return true
}

// oldNegotiate opens with the NEGOTIATE of SMB1 that offers SMB2, [MS-SMB2]
// 3.2.4.2.1. done says that the answer settled the dialect.
func (c *Conn) oldNegotiate() (done bool, err error) {
	names := "\x02NT LM 0.12\x00\x02SMB 2.002\x00"
	if slices.Max(c.cfg.Dialects) > smb2.Dialect202 {
		names += "\x02SMB 2.???\x00"
	}
	b := append(make([]byte, 4), "\xffSMB\x72\x00\x00\x00\x00\x18\x53\xc8"...) // SMB_COM_NEGOTIATE; paths folded, Unicode, NT status, long names
	b = append(b, make([]byte, 12)...)
	b = append(b, 0xff, 0xff, 0xff, 0xfe) // no tree, a process
	b = append(b, 0, 0, 0, 0, 0)          // no user, no multiplex id, no words
	b = append(b, byte(len(names)), 0)
	b = append(b, names...)
	k := &call{Request: &Request{Command: smb2.Negotiate}, answer: make(chan *Response, 1)}
	c.mu.Lock()
	c.waiting[0] = k
	c.next, c.credits = 1, 0
	c.mu.Unlock()
	c.writing.Lock()
	err = c.transmit(b)
	c.writing.Unlock()
	if err != nil {
		return false, err
	}
	r, err := c.wait(k)
	if err != nil {
		return false, err
	}
	var m smb2.NegotiateResponse
	if err := r.decode(&m); err != nil {
		return false, err
	}
	if m.Dialect == smb2.DialectWildcard {
		return false, nil
	}
	return true, c.settle(r)
}

// contexts are those of [MS-SMB2] 2.2.3.1.
func (c *Conn) contexts() (list []smb2.NegotiateContext, err error) {
	salt := make([]byte, 32)
	if _, err := io.ReadFull(c.cfg.Random, salt); err != nil {
		return nil, err
	}
	add := func(kind uint16, m smb2.Structure) {
		list = append(list, smb2.NegotiateContext{Type: kind, Data: smb2.AppendData(nil, m)})
	}
	add(smb2.ContextPreauth, &smb2.PreauthCapabilities{Hashes: []uint16{smb2.HashSHA512}, Salt: salt})
	add(smb2.ContextEncryption, &smb2.EncryptionCapabilities{Ciphers: c.cfg.Ciphers})
	add(smb2.ContextSigning, &smb2.SigningCapabilities{Algorithms: c.cfg.Signing})
	if m := c.compression(); m != nil {
		add(smb2.ContextCompression, m)
	}
	if host, _, err := splitHost(c.cfg.Server); err == nil {
		list = append(list, smb2.NegotiateContext{Type: smb2.ContextNetname, Data: wire.AppendUTF16(nil, host)})
	}
	return append(list, c.cfg.Offers...), nil
}

// hashed sends a request whose bytes, like those of its answer, enter the
// preauth integrity hash when the dialect is the one given.
func (c *Conn) hashed(r *Request, when smb2.Dialect) (*Response, error) {
	got, err := c.Do(r)
	if got == nil {
		return nil, err
	}
	d := c.dialect
	if r.Command == smb2.Negotiate {
		var m smb2.NegotiateResponse
		if e := got.decode(&m); e != nil && err == nil {
			err = e
		}
		d = m.Dialect
	}
	if d == when {
		c.extend(r.sent)
		if r.Command == smb2.Negotiate || proto.Status(got.Status) == proto.MoreProcessing {
			c.extend(got.Msg)
		}
	}
	return got, err
}

// Tree is a share that the session uses.
type Tree struct {
	c     *Conn
	id    uint32
	seal  bool
	Name  string
	Share string
}

// Connect connects to a share. With the dialects that need it what was negotiated
// is validated then, [MS-SMB2] 3.2.5.5.
func (c *Conn) Connect(share string) (*Tree, error) {
	host, _, _ := splitHost(c.cfg.Server)
	name := `\\` + host + `\` + share
	r, err := c.Do(&Request{Command: smb2.TreeConnect, Path: name, Body: &smb2.TreeConnectRequest{Path: wire.AppendUTF16(nil, name)}})
	if err != nil {
		return nil, err
	}
	var m smb2.TreeConnectResponse
	if err := r.decode(&m); err != nil {
		return nil, err
	}
	t := &Tree{c: c, id: r.TreeID, Name: name, Share: share, seal: m.ShareFlags&proto.ShareEncryptData != 0}
	if t.seal && c.shared.out == nil {
		return nil, fmt.Errorf("TREE_CONNECT %s: the share wants sealing, which was not negotiated", name)
	}
	if c.signer != nil && (c.dialect == smb2.Dialect300 || c.dialect == smb2.Dialect302) {
		return t, c.validate(t)
	}
	return t, nil
}

func (c *Conn) validate(t *Tree) error {
	out, err := t.Ioctl(proto.FsctlValidate, c.asked, 24)
	if err == nil && !bytes.Equal(out, c.told) {
		err = errors.New("FSCTL_VALIDATE_NEGOTIATE_INFO: the server says other than in NEGOTIATE")
	}
	return err
}

// Disconnect leaves the share.
func (t *Tree) Disconnect() error {
	_, err := t.c.Do(&Request{Command: smb2.TreeDisconnect, Tree: t, Body: &smb2.EmptyBody{}})
	return err
}

// Echo asks for a sign of life.
func (c *Conn) Echo() error {
	_, err := c.Do(&Request{Command: smb2.Echo, Body: &smb2.EmptyBody{}})
	return err
}
