package dcerpc

import (
	"bytes"

	"smbdiff/dissect/wire"
)

// Bounds of an authentication.
const (
	maxTokens = 8
	maxToken  = 16 << 10
)

// secure is the authentication of the calls on a pipe: an NTLM exchange, which
// seals with one key stream a direction.
type secure struct {
	exchange *wire.Exchange
	context  uint32 // auth_context_id
	bytes    [2]uint32
	count    [2]uint32
}

// secured follows the auth trailer of a PDU. It gives the place of a sealed one
// in the key stream.
func (r *reading) secured(h *header, b []byte, response bool) (place wire.Seal) {
	at := len(b) - h.auth - trailerSize
	if h.auth == 0 || at < headerSize || (b[at] != authNTLM && b[at] != authNegotiate) {
		return place
	}
	id := h.order().Uint32(b[at+4:])
	s, token := &r.pipe.secure, b[at+trailerSize:]
	switch h.kind {
	case typeRequest, typeResponse, typeFault:
	case typeBind:
		*s = secure{exchange: new(wire.Exchange), context: id}
		fallthrough
	default:
		if s.exchange != nil && s.context == id && len(s.exchange.Tokens) < maxTokens && len(token) <= maxToken {
			old := s.exchange.Tokens
			s.exchange = &wire.Exchange{Tokens: append(old[:len(old):len(old)], bytes.Clone(token))}
		}
		return place
	}
	if s.exchange == nil || s.context != id || b[at+1] < levelPacket {
		return place
	}
	k := 0
	if response {
		k = 1
	}
	if b[at+1] == levelPrivacy {
		place = wire.Seal{Exchange: s.exchange, Bytes: s.bytes[k], Count: s.count[k]}
		if stub := h.stubAt(); stub < at {
			s.bytes[k] += uint32(at - stub)
		}
	}
	s.count[k]++
	return place
}

// stubAt is where the stub of a request or response begins.
func (h *header) stubAt() int {
	if h.kind == typeRequest && h.flags&flagObject != 0 {
		return headerSize + 8 + 16
	}
	return headerSize + 8
}
