// Package ntlmssp walks the messages of the NT LAN Manager security support
// provider, [MS-NLMP] 2.2, and tells who authenticates. It knows single
// messages only: keys, proofs and conversations are not its business.
package ntlmssp

import "smbdiff/dissect/wire"

// The message types, [MS-NLMP] 2.2.1.
const (
	Negotiate    uint32 = 1
	Challenge    uint32 = 2
	Authenticate uint32 = 3
)

const (
	flagUnicode = 0x00000001
	flagVersion = 0x02000000
	signature   = "NTLMSSP\x00"
)

// message is what a walk must remember while it goes through the fixed part.
type message struct {
	unicode bool
	payload int // lowest offset of a payload, from the message's start
}

// Is reports whether b starts as an NTLMSSP message does.
func Is(b []byte) bool {
	return len(b) >= len(signature) && string(b[:len(signature)]) == signature
}

// Walk walks the NTLMSSP message at the cursor, which ends at the codec's end.
// Without a tree there is nothing to learn: Identify tells who authenticates.
func Walk(c *wire.Codec) {
	if c.Tree() == nil {
		return
	}
	c.SetBase(c.Pos())
	c.Begin(fMessage)
	c.Bytes(fIdentifier, 8)
	switch kind := c.Show32(fMessageType); kind {
	case Negotiate:
		negotiate(c)
	case Challenge:
		challenge(c)
	case Authenticate:
		authenticate(c)
	default:
		c.Problem("unknown NTLMSSP message type")
	}
	c.Seek(c.End())
	c.Finish()
}

// negotiate is [MS-NLMP] 2.2.1.1. Its names are 8-bit text always.
func negotiate(c *wire.Codec) {
	m := message{payload: c.Left() + 12}
	flags := c.Show32(fFlags)
	m.text(c, &negotiateDomain)
	m.text(c, &negotiateWorkstation)
	m.version(c, flags)
}

// challenge is [MS-NLMP] 2.2.1.2.
func challenge(c *wire.Codec) {
	m := message{payload: c.Left() + 12}
	at := c.Pos() + 8 // the flags, which say how the name before them is read
	m.unicode = peek32(c, at)&flagUnicode != 0
	m.text(c, &targetName)
	flags := c.Show32(fFlags)
	c.Bytes(fServerChallenge, 8)
	if c.Left() < 8 {
		return
	}
	c.Bytes(fReserved, 8)
	if c.Left() < 8 || c.Pos()-c.Base() >= m.payload {
		return
	}
	m.targetInfo(c)
	m.version(c, flags)
}

// authenticate is [MS-NLMP] 2.2.1.3.
func authenticate(c *wire.Codec) {
	m := message{payload: c.Left() + 12}
	m.unicode = peek32(c, c.Base()+60)&flagUnicode != 0
	lm := m.ref(c, &lmResponse)
	nt := m.ref(c, &ntResponse)
	responses(c, lm, nt)
	m.text(c, &domain)
	m.text(c, &user)
	m.text(c, &host)
	if c.Pos()-c.Base() >= m.payload {
		return
	}
	if key := m.ref(c, &sessionKey); key.Len > 0 {
		c.BytesAt(sessionKey.octets, key)
	}
	if c.Pos()-c.Base() >= m.payload {
		return
	}
	flags := c.Show32(fFlags)
	m.version(c, flags)
	if m.payload-(c.Pos()-c.Base()) >= 16 {
		c.Bytes(fMIC, 16)
	}
}

// ref reads the descriptor of a payload: length, room and offset. An empty one
// is a node over the descriptor, as there is no other place for it.
func (m *message) ref(c *wire.Codec, p *payload) wire.Ref {
	if b := c.Peek(2); len(b) == 2 && b[0]|b[1] == 0 {
		b := c.Bytes(nil, 8)
		if c.Known(p.empty, len(b), "NULL"); len(b) == 8 {
			off := int(uint32(b[4]) | uint32(b[5])<<8 | uint32(b[6])<<16 | uint32(b[7])<<24)
			if off >= 32 {
				m.payload = min(m.payload, off)
			}
		}
		return wire.Ref{}
	}
	r := wire.Ref{Len: int(c.Show16(p.length))}
	c.Show16(p.room)
	r.Off = int(c.Show32(p.offset))
	m.payload = min(m.payload, r.Off)
	return r
}

// text reads a descriptor and the name it points to.
func (m *message) text(c *wire.Codec, p *payload) {
	r := m.ref(c, p)
	if r.Len == 0 {
		return
	}
	if m.unicode {
		c.BytesAt(p.unicode, r)
	} else {
		c.BytesAt(p.octets, r)
	}
}

// version is [MS-NLMP] 2.2.2.10. Old messages end before it.
func (m *message) version(c *wire.Codec, flags uint32) {
	if c.Left() < 8 || m.payload-(c.Pos()-c.Base()) < 8 {
		return
	}
	if flags&flagVersion == 0 {
		c.Bytes(fNoVersion, 8)
		return
	}
	c.Begin(fVersion)
	c.Show8(fMajor)
	c.Show8(fMinor)
	c.Show16(fBuild)
	c.Bytes(fVersionReserved, 3)
	c.Show8(fRevision)
	c.Finish()
}

func (m *message) targetInfo(c *wire.Codec) {
	r := wire.Ref{Len: int(c.Show16(fInfoLength))}
	c.Show16(fInfoRoom)
	r.Off = int(c.Show32(fInfoOffset))
	if r.Len == 0 {
		return
	}
	m.payload = min(m.payload, r.Off)
	c.To(r, func(c *wire.Codec) {
		c.BeginLen(fInfo, r.Len, 0)
		pairs(c, &challengePairs)
		c.Done()
	})
}

// peek32 reads the 4 bytes at place at, 0 when they are not there.
func peek32(c *wire.Codec, at int) (v uint32) {
	pos := c.Pos()
	c.Seek(at)
	if b := c.Peek(4); len(b) == 4 && c.Pos() == at {
		v = uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
	}
	c.Seek(pos)
	return v
}
