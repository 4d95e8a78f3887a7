package server

import (
	"bytes"
	"io"
	"slices"

	"smbdiff/cmd/smbpair/internal/auth"
	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/compress"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
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
	posix      bool
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
	var m smb2.NegotiateRequest
	if !smb2.Decode(rq.msg, &m) || len(m.Dialects) == 0 {
		return proto.InvalidParameter
	}
	c.caps, c.guid, c.mode, c.dialects = m.Capabilities, m.ClientGUID, m.SecurityMode, m.Dialects
	var d smb2.Dialect
	for _, v := range m.Dialects {
		if slices.Contains(c.srv.Dialects, v) {
			d = max(d, v)
		}
	}
	if d == 0 {
		return proto.NotSupported
	}
	var o offer
	if d == smb2.Dialect311 {
		if st := o.parse(m.Contexts); st != proto.OK {
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
func (o *offer) parse(list []smb2.NegotiateContext) proto.Status {
	for i := range list {
		if st := o.context(&list[i]); st != proto.OK {
			return st
		}
	}
	if o.preauth != 1 {
		return proto.InvalidParameter
	}
	if !o.sha512 {
		return proto.NoPreauthOverlap
	}
	return proto.OK
}

func (o *offer) context(x *smb2.NegotiateContext) proto.Status {
	ok := true
	switch x.Type {
	case smb2.ContextPreauth:
		var m smb2.PreauthCapabilities
		ok = smb2.DecodeData(x.Data, &m) && len(m.Hashes) > 0
		o.preauth++
		o.sha512 = o.sha512 || slices.Contains(m.Hashes, smb2.HashSHA512)
	case smb2.ContextEncryption:
		var m smb2.EncryptionCapabilities
		ok = smb2.DecodeData(x.Data, &m) && len(m.Ciphers) > 0 && !o.hasCiphers
		o.ciphers, o.hasCiphers = m.Ciphers, true
	case smb2.ContextCompression:
		var m smb2.CompressionCapabilities
		ok = smb2.DecodeData(x.Data, &m) && len(m.Algorithms) > 0 && len(o.compress.Algorithms) == 0
		o.compress = compress.Codec{Algorithms: m.Algorithms, Chained: m.Flags&smb2.CompressionChained != 0}
	case smb2.ContextSigning:
		var m smb2.SigningCapabilities
		ok = smb2.DecodeData(x.Data, &m) && len(m.Algorithms) > 0 && !o.hasSigning
		o.signing, o.hasSigning = m.Algorithms, true
	case smb2.ContextPosix:
		o.posix = string(x.Data) == smb2.TagPosix
	}
	if !ok {
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
	c.posix = o.posix && d == smb2.Dialect311
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
		caps |= c.caps & (proto.CapMultiChan | proto.CapDirLeasing)
		if c.dialect < smb2.Dialect311 && c.cipher != 0 {
			caps |= proto.CapEncryption
		}
	}
	return caps
}

// contexts are those of the response.
func (c *conn) contexts(o *offer) (list []smb2.NegotiateContext) {
	if c.dialect != smb2.Dialect311 {
		return nil
	}
	salt := make([]byte, 32)
	_, _ = io.ReadFull(c.srv.Random, salt)
	add := func(kind uint16, m smb2.Structure) {
		list = append(list, smb2.NegotiateContext{Type: kind, Data: smb2.AppendData(nil, m)})
	}
	add(smb2.ContextPreauth, &smb2.PreauthCapabilities{Hashes: []uint16{smb2.HashSHA512}, Salt: salt})
	if o.hasCiphers {
		add(smb2.ContextEncryption, &smb2.EncryptionCapabilities{Ciphers: []smb2.Cipher{c.cipher}})
	}
	if len(o.compress.Algorithms) > 0 {
		add(smb2.ContextCompression, c.compression())
	}
	if o.hasSigning {
		add(smb2.ContextSigning, &smb2.SigningCapabilities{Algorithms: []smb2.SigningAlgorithm{c.signing}})
	}
	if c.posix {
		list = append(list, smb2.NegotiateContext{Type: smb2.ContextPosix, Data: []byte(smb2.TagPosix)})
	}
	return list
}

func (c *conn) securityMode() uint8 {
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

// negotiateBody answers NEGOTIATE.
func (rq *request) negotiateBody(d smb2.Dialect, caps uint32, contexts []smb2.NegotiateContext) {
	c := rq.c
	rq.answer(&smb2.NegotiateResponse{SecurityMode: c.securityMode(), Dialect: d, ServerGUID: c.srv.guid, Capabilities: caps,
		MaxTransact: c.maxIO(), MaxRead: c.maxIO(), MaxWrite: c.maxIO(), SystemTime: wire.FileTime(c.srv.Now()),
		Token: auth.Hint(), Contexts: contexts})
}
