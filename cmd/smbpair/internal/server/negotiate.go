package server

import (
	"bytes"
	"io"
	"slices"

	"smbdiff/cmd/smbpair/internal/auth"
	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/compress"
	"smbdiff/dissect/smb2"
)

// Negotiate contexts, [MS-SMB2] 2.2.3.1.
const (
	ctxPreauth     = 1
	ctxEncryption  = 2
	ctxCompression = 3
	ctxNetname     = 5
	ctxSigning     = 8
)

// offer is what the contexts of a NEGOTIATE request hold.
type offer struct {
	preauth    int
	sha512     bool
	ciphers    []smb2.Cipher
	signing    []smb2.SigningAlgorithm
	hasCiphers bool
	hasSigning bool
	compress   compress.Codec
}

// oldNegotiate answers an SMB1 NEGOTIATE that offers SMB2 as well, [MS-SMB2]
// 3.3.5.3.
func (c *conn) oldNegotiate(ch *chain, pdu []byte) bool {
	if len(pdu) < 35 || pdu[4] != 0x72 || c.dialect != 0 || c.asked {
		return false
	}
	names := pdu[35:]
	var d smb2.Dialect
	wild := slices.ContainsFunc(c.srv.Dialects, func(d smb2.Dialect) bool { return d > smb2.Dialect202 })
	switch {
	case wild && bytes.Contains(names, []byte("\x02SMB 2.???\x00")):
		d = smb2.DialectWildcard
	case slices.Contains(c.srv.Dialects, smb2.Dialect202) && bytes.Contains(names, []byte("\x02SMB 2.002\x00")):
		d = smb2.Dialect202
	default:
		return false
	}
	c.window.take(0, 1)
	rq := &request{chain: ch, h: smb2.Header{Command: smb2.Negotiate, Credits: 1}}
	if d == smb2.Dialect202 {
		c.dialect, c.signing = d, smb2.HMACSHA256
	}
	c.asked = true
	rq.negotiateBody(d, 0, nil)
	rq.finish(proto.OK)
	ch.flush()
	return true
}

// negotiate is [MS-SMB2] 3.3.5.4.
func (c *conn) negotiate(rq *request) proto.Status {
	if c.dialect != 0 {
		rq.cut = true
		return proto.InvalidParameter
	}
	r := rq.reader()
	r.Skip(2)
	n := int(r.U16())
	c.mode = r.U16()
	r.Skip(2)
	c.caps = r.U32()
	c.guid = r.GUID()
	at, count := r.U32(), r.U16()
	r.Skip(2)
	c.dialects = bytes.Clone(r.Bytes(2 * n))
	if r.Cut() || n == 0 {
		return proto.InvalidParameter
	}
	var d smb2.Dialect
	for l := wire.Read(c.dialects); l.Left() >= 2; {
		if v := smb2.Dialect(l.U16()); slices.Contains(c.srv.Dialects, v) {
			d = max(d, v)
		}
	}
	if d == 0 {
		return proto.NotSupported
	}
	var o offer
	if d == smb2.Dialect311 {
		if st := o.parse(rq.msg, int64(at), int(count)); st != proto.OK {
			return st
		}
	}
	c.choose(d, &o)
	rq.negotiateBody(d, c.serverCaps(), c.contexts(&o))
	if d == smb2.Dialect311 {
		c.preauth = nextHash(c.preauth, rq.msg)
		rq.hash = &c.preauth
	}
	return proto.OK
}

// parse reads the contexts of a request.
func (o *offer) parse(msg []byte, at int64, count int) proto.Status {
	for i := range count {
		if i > 0 {
			at = (at + 7) &^ 7
		}
		head, ok := wire.Range(msg, at, 8)
		if !ok || at < smb2.HeaderSize {
			return proto.InvalidParameter
		}
		r := wire.Read(head)
		kind, n := r.U16(), int64(r.U16())
		data, ok := wire.Range(msg, at+8, n)
		if !ok {
			return proto.InvalidParameter
		}
		if st := o.context(kind, wire.Read(data)); st != proto.OK {
			return st
		}
		at += 8 + n
	}
	if o.preauth != 1 {
		return proto.InvalidParameter
	}
	if !o.sha512 {
		return proto.NoPreauthOverlap
	}
	return proto.OK
}

func (o *offer) context(kind uint16, r *wire.Reader) proto.Status {
	switch kind {
	case ctxPreauth:
		o.preauth++
		n := int(r.U16())
		r.U16()
		if n == 0 {
			return proto.InvalidParameter
		}
		for ; n > 0 && r.Left() >= 2; n-- {
			o.sha512 = o.sha512 || r.U16() == 1
		}
	case ctxEncryption:
		n := int(r.U16())
		if n == 0 || o.hasCiphers {
			return proto.InvalidParameter
		}
		o.hasCiphers = true
		for ; n > 0 && r.Left() >= 2; n-- {
			o.ciphers = append(o.ciphers, smb2.Cipher(r.U16()))
		}
	case ctxCompression:
		n := int(r.U16())
		r.U16()
		if n == 0 || len(o.compress.Algorithms) > 0 {
			return proto.InvalidParameter
		}
		o.compress.Chained = r.U32()&compressChained != 0
		for ; n > 0 && r.Left() >= 2; n-- {
			o.compress.Algorithms = append(o.compress.Algorithms, compress.Algorithm(r.U16()))
		}
	case ctxSigning:
		n := int(r.U16())
		if n == 0 || o.hasSigning {
			return proto.InvalidParameter
		}
		o.hasSigning = true
		for ; n > 0 && r.Left() >= 2; n-- {
			o.signing = append(o.signing, smb2.SigningAlgorithm(r.U16()))
		}
	}
	if r.Cut() {
		return proto.InvalidParameter
	}
	return proto.OK
}

// choose settles dialect, cipher and signing algorithm. The client's order of
// ciphers counts among those that the server has.
func (c *conn) choose(d smb2.Dialect, o *offer) {
	c.dialect = d
	c.signing = smb2.HMACSHA256
	if d >= smb2.Dialect300 {
		c.signing = smb2.AESCMAC
	}
	switch {
	case c.srv.Seal == SealOff:
	case d == smb2.Dialect311:
		for _, v := range o.ciphers {
			if slices.Contains(c.srv.Ciphers, v) {
				c.cipher = v
				break
			}
		}
	case d >= smb2.Dialect300 && slices.Contains(c.srv.Ciphers, smb2.AES128CCM) && c.caps&proto.CapEncryption != 0:
		c.cipher = smb2.AES128CCM
	}
	c.agree(&o.compress)
	for _, v := range o.signing {
		if v <= smb2.AESGMAC {
			c.signing = v
			break
		}
	}
}

// serverCaps is [MS-SMB2] 3.3.5.4 Capabilities.
func (c *conn) serverCaps() (caps uint32) {
	if c.dialect >= smb2.Dialect210 {
		caps |= proto.CapLeasing | proto.CapLargeMTU
	}
	if c.dialect >= smb2.Dialect300 {
		caps |= c.caps & proto.CapMultiChan
		if c.dialect < smb2.Dialect311 && c.cipher != 0 {
			caps |= proto.CapEncryption
		}
	}
	return caps
}

// contexts writes the contexts of the response and counts them.
func (c *conn) contexts(o *offer) []wire.Buf {
	if c.dialect != smb2.Dialect311 {
		return nil
	}
	var salt [32]byte
	_, _ = io.ReadFull(c.srv.Random, salt[:])
	var list []wire.Buf
	add := func(kind uint16, data wire.Buf) {
		var b wire.Buf
		b.U16(kind)
		b.U16(uint16(len(data)))
		b.U32(0)
		b.Bytes(data)
		list = append(list, b)
	}
	var b wire.Buf
	b.U16(1)
	b.U16(uint16(len(salt)))
	b.U16(1)
	b.Bytes(salt[:])
	add(ctxPreauth, b)
	if o.hasCiphers {
		add(ctxEncryption, wire.Buf{1, 0, byte(c.cipher), 0})
	}
	if len(o.compress.Algorithms) > 0 {
		add(ctxCompression, c.compression())
	}
	if o.hasSigning {
		add(ctxSigning, wire.Buf{1, 0, byte(c.signing), 0})
	}
	return list
}

func (c *conn) securityMode() uint16 {
	if c.srv.Sign {
		return proto.SigningEnabled | proto.SigningReqd
	}
	return proto.SigningEnabled
}

// maxIO is the most bytes of one READ or WRITE.
func (c *conn) maxIO() uint32 {
	most := c.srv.MaxIO
	if c.dialect == smb2.Dialect202 || c.dialect == 0 {
		most = 65536
	}
	if c.limit > 0 {
		most = min(most, c.limit)
	}
	return most
}

// negotiateBody is NEGOTIATE Response, [MS-SMB2] 2.2.4.
func (rq *request) negotiateBody(d smb2.Dialect, caps uint32, contexts []wire.Buf) {
	c, b := rq.c, &rq.out
	token := auth.Hint()
	b.U16(65)
	b.U16(c.securityMode())
	b.U16(uint16(d))
	b.U16(uint16(len(contexts)))
	b.Bytes(c.srv.guid[:])
	b.U32(caps)
	for range 3 {
		b.U32(c.maxIO())
	}
	b.U64(wire.FileTime(c.srv.Now()))
	b.U64(0)
	b.U16(smb2.HeaderSize + 64)
	b.U16(uint16(len(token)))
	place := len(*b)
	b.U32(0)
	b.Bytes(token)
	for i, x := range contexts {
		b.Align(0, 8)
		if i == 0 {
			b.Put32(place, uint32(smb2.HeaderSize+len(*b)))
		}
		b.Bytes(x)
	}
}
