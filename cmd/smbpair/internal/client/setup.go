package client

import (
	"bytes"
	"crypto/sha512"
	"errors"
	"fmt"
	"io"
	"slices"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/smb2"
	dissect "smbdiff/dissect/wire"
)

// The negotiate contexts, [MS-SMB2] 2.2.3.1.
const (
	ctxPreauth     = 1
	ctxEncryption  = 2
	ctxCompression = 3
	ctxNetname     = 5
	ctxSigning     = 8
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
	if c.cfg.OldFirst {
		if done, err := c.oldNegotiate(); done || err != nil {
			return err
		}
	}
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
	return c.settle(r)
}

// settle takes over what the server chose.
func (c *Conn) settle(r *Response) error {
	list := c.cfg.Dialects
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
	if c.limit > 0 {
		c.maxIO = min(c.maxIO, c.limit)
	}
	c.signing = smb2.HMACSHA256
	if c.dialect >= smb2.Dialect300 {
		c.signing = smb2.AESCMAC
		if f.HasSigning {
			c.signing = f.Signing
		}
	}
	c.agree(&f)
	if (c.dialect == smb2.Dialect300 || c.dialect == smb2.Dialect302) && c.caps&proto.CapEncryption != 0 {
		c.cipher = smb2.AES128CCM
	}
	return nil
}

// oldNegotiate opens with the NEGOTIATE of SMB1 that offers SMB2, [MS-SMB2]
// 3.2.4.2.1. done says that the answer settled the dialect.
func (c *Conn) oldNegotiate() (done bool, err error) {
	names := "\x02NT LM 0.12\x00\x02SMB 2.002\x00"
	if slices.Max(c.cfg.Dialects) > smb2.Dialect202 {
		names += "\x02SMB 2.???\x00"
	}
	b := make(wire.Buf, 4)
	b.Bytes([]byte("\xffSMB\x72\x00\x00\x00\x00\x18")) // SMB_COM_NEGOTIATE, paths folded and canonical
	b.U16(0xc853)                                      // Unicode, NT status, extended security, long names
	b.Zero(12)
	b.U16(0xffff) // no tree
	b.U16(0xfeff)
	b.Zero(5) // no user, no multiplex id, no words
	b.U16(uint16(len(names)))
	b.Bytes([]byte(names))
	k := &call{Request: &Request{Command: smb2.Negotiate}, answer: make(chan *Response, 1)}
	c.mu.Lock()
	c.waiting[0] = k
	c.next, c.credits = 1, 0
	err = c.transmit(b)
	c.mu.Unlock()
	if err != nil {
		return false, err
	}
	r, err := c.wait(k)
	if err != nil {
		return false, err
	}
	if facts(r).Dialect == smb2.DialectWildcard {
		return false, nil
	}
	return true, c.settle(r)
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
	if b = c.compression(); b != nil {
		add(ctxCompression, b)
	}
	if host, _, err := splitHost(c.cfg.Server); err == nil {
		add(ctxNetname, wire.AppendText(nil, host))
	}
	for _, x := range c.cfg.Offers {
		add(x.Type, x.Data)
	}
	return out, nil
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
		d = facts(got).Dialect
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
	path := wire.AppendText(nil, name)
	b := wire.Buf{9, 0, 0, 0}
	b.U16(smb2.HeaderSize + 8)
	b.U16(uint16(len(path)))
	b.Bytes(path)
	r, err := c.Do(&Request{Command: smb2.TreeConnect, Path: name, Body: b})
	if err != nil {
		return nil, err
	}
	t := &Tree{c: c, id: r.TreeID, Name: name, Share: share, seal: facts(r).Flags&proto.ShareEncryptData != 0}
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
	_, err := t.c.Do(&Request{Command: smb2.TreeDisconnect, Tree: t, Body: wire.Buf{4, 0, 0, 0}})
	return err
}

// Echo asks for a sign of life.
func (c *Conn) Echo() error {
	_, err := c.Do(&Request{Command: smb2.Echo, Body: wire.Buf{4, 0, 0, 0}})
	return err
}
