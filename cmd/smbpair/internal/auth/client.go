package auth

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf16"

	"smbdiff/cmd/smbpair/internal/raw"
	"smbdiff/decrypt"
	"smbdiff/dissect/wire"
)

// Client is the client's side of one authentication by NTLMv2 inside SPNEGO.
// Without a user it is anonymous.
type Client struct {
	User, Domain, Password string
	Random                 io.Reader
	Now                    func() time.Time

	negotiate []byte
	key       []byte
	flags     uint32
}

const clientFlags = flagUnicode | flagTarget | flagSign | flagSeal | flagNTLM | flagAlways | flagESS | flagVersion | flag128 | flagKeyExch | flag56

// Start gives the first token.
func (c *Client) Start() []byte {
	b := raw.Buf(mark)
	b.U32(1)
	b.U32(clientFlags)
	b.Zero(16) // no domain, no workstation
	b.Bytes(version)
	c.negotiate = b
	return initToken(mechList(), b, nil)
}

// Next answers the server's challenge.
func (c *Client) Next(in []byte) ([]byte, error) {
	t, ok := parseToken(in)
	if !ok || kind(t.mech) != 2 || len(t.mech) < 48 {
		return nil, errors.New("the server's token is no NTLM challenge")
	}
	challenge := t.mech
	c.flags = binary.LittleEndian.Uint32(challenge[20:]) & clientFlags
	n, off := int64(binary.LittleEndian.Uint16(challenge[40:])), int64(binary.LittleEndian.Uint32(challenge[44:]))
	info, ok := raw.Range(challenge, off, n)
	if !ok {
		return nil, errors.New("the server's challenge is damaged")
	}
	var nt, base []byte
	if c.User != "" {
		var err error
		if nt, base, err = c.respond([8]byte(challenge[24:32]), info); err != nil {
			return nil, err
		}
	} else {
		c.flags |= flagAnonymous
		base = make([]byte, 16)
	}
	c.key = base
	var sent []byte
	if c.flags&flagKeyExch != 0 {
		c.key = make([]byte, 16)
		if _, err := io.ReadFull(c.Random, c.key); err != nil {
			return nil, err
		}
		sent = rc4Bytes(base, c.key)
	}
	auth := c.authenticate(nt, sent)
	if c.User == "" {
		return response(incomplete, false, auth, nil), nil
	}
	copy(auth[72:], hmacMD5(c.key, c.negotiate, challenge, auth))
	return response(incomplete, false, auth, signature(c.key, c.flags, true, mechList())), nil
}

// respond makes NTLMv2_RESPONSE and the base key, [MS-NLMP] 3.3.2.
func (c *Client) respond(nonce [8]byte, info []byte) (nt, base []byte, err error) {
	when := binary.LittleEndian.AppendUint64(nil, wire.FileTime(c.Now()))
	var pairs raw.Buf
	for p := info; len(p) >= 4; {
		id, n := binary.LittleEndian.Uint16(p), int(binary.LittleEndian.Uint16(p[2:]))
		if id == avEnd || n > len(p)-4 {
			break
		}
		if id == avTimestamp && n == 8 {
			when = p[4:12]
		}
		if id != avFlags {
			pairs.Bytes(p[:4+n])
		}
		p = p[4+n:]
	}
	pairs.U16(avFlags)
	pairs.U16(4)
	pairs.U32(flagMICPresent)
	pairs.U32(avEnd)
	var own [8]byte
	if _, err := io.ReadFull(c.Random, own[:]); err != nil {
		return nil, nil, err
	}
	temp := raw.Buf{1, 1, 0, 0, 0, 0, 0, 0}
	temp.Bytes(when)
	temp.Bytes(own[:])
	temp.Zero(4)
	temp.Bytes(pairs)
	temp.Zero(4)
	rk := decrypt.NTOWFv2(decrypt.NTHash(c.Password), utf16.Encode([]rune(c.User)), utf16.Encode([]rune(c.Domain)))
	proof := hmacMD5(rk, nonce[:], temp)
	return append(bytes.Clone(proof), temp...), hmacMD5(rk, proof), nil
}

// authenticate is AUTHENTICATE_MESSAGE, [MS-NLMP] 2.2.1.3, its MIC zero.
func (c *Client) authenticate(nt, key []byte) []byte {
	lm := make([]byte, 24) // a zero response goes with a time stamp
	if nt == nil {
		lm = []byte{0}
	}
	const fixed = 88
	b := raw.Buf(mark)
	b.U32(3)
	var tail raw.Buf
	for _, v := range [][]byte{lm, nt, wire.AppendUTF16(nil, c.Domain), wire.AppendUTF16(nil, c.User), nil, key} {
		b.U16(uint16(len(v)))
		b.U16(uint16(len(v)))
		b.U32(uint32(fixed + len(tail)))
		tail.Bytes(v)
	}
	b.U32(c.flags)
	b.Bytes(version)
	b.Zero(16)
	b.Bytes(tail)
	return b
}

// Finish takes the last token, if there is one, and gives the session key.
func (c *Client) Finish(in []byte) ([]byte, error) {
	if len(in) == 0 || c.User == "" {
		return c.key, nil
	}
	t, ok := parseToken(in)
	if !ok || t.state > accepted {
		return nil, fmt.Errorf("the server's last token is damaged")
	}
	if t.mic != nil && !bytes.Equal(t.mic, signature(c.key, c.flags, false, mechList())) {
		return nil, errors.New("the server does not prove the list of mechanisms")
	}
	return c.key, nil
}
