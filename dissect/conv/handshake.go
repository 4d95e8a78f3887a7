// Package conv knows what the wire shows of conversations: connections and what
// they negotiated, sessions, tree connects, opens, which response belongs to
// which request, and the preauth integrity hash. It holds no secrets and opens
// nothing.
package conv

import (
	"bytes"
	"crypto/sha512"

	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

const (
	statusSuccess        = 0
	statusPending        = 0x00000103
	statusMoreProcessing = 0xc0000016

	sessionFlagBinding = 0x01
	maxTokens          = 16 // of one exchange; more legs are not kept
	maxChains          = 4096
)

// Handshakes follows NEGOTIATE and SESSION_SETUP messages in the clear, in
// capture order, and says when a session's keys can be derived.
type Handshakes struct {
	conns  map[uint32]*negotiation
	plains map[uint32]*plain // SMB1
	codec  wire.Codec
}

// negotiation is what one connection agreed on.
type negotiation struct {
	dialect smb2.Dialect
	cipher  smb2.Cipher
	signing smb2.SigningAlgorithm
	hash    [64]byte
	chains  map[uint64]*chain // by session id
	fresh   map[uint64]*chain // by message id of the first request
	done    map[uint64]bool
}

// chain is one authentication exchange.
type chain struct {
	hash    [64]byte
	binding bool
	tokens  [][]byte
}

func extend(h *[64]byte, msg []byte) {
	d := sha512.New()
	d.Write(h[:])
	d.Write(msg)
	d.Sum(h[:0])
}

// Wants reports whether the message whose first bytes are head concerns
// Handshakes: it then wants it whole.
func (hs *Handshakes) Wants(head []byte) bool {
	if len(head) >= smb1.HeaderSize && head[0] == 0xff {
		return head[4] == smb1.Negotiate || head[4] == smb1.SessionSetup
	}
	return len(head) >= smb2.HeaderSize && head[0] == 0xfe && head[12] <= byte(smb2.SessionSetup) && head[13] == 0
}

// Message takes one message. It gives a Setup when the message ends an exchange
// in success.
func (hs *Handshakes) Message(conn uint32, msg []byte) *Setup {
	if len(msg) > 0 && msg[0] == 0xff {
		return hs.message1(conn, msg)
	}
	var h smb2.Header
	if !smb2.ParseHeader(msg, &h) {
		return nil
	}
	n := hs.conns[conn]
	if n == nil {
		if hs.conns == nil {
			hs.conns = make(map[uint32]*negotiation)
		}
		n = &negotiation{signing: smb2.AESCMAC, chains: map[uint64]*chain{}, fresh: map[uint64]*chain{}, done: map[uint64]bool{}}
		hs.conns[conn] = n
	}
	var f smb2.Facts
	c := &hs.codec
	c.Reset(msg, nil)
	c.Env = wire.Env{Response: h.Response(), Status: h.Status, Dialect: uint16(n.dialect)}
	c.Seek(smb2.HeaderSize)
	smb2.WalkBody(c, &h, &f)
	switch {
	case h.Command == smb2.Negotiate && !h.Response():
		n.hash = [64]byte{}
		extend(&n.hash, msg)
	case h.Command == smb2.Negotiate:
		if h.Status == statusSuccess && f.Dialect != smb2.DialectWildcard {
			extend(&n.hash, msg)
			n.negotiated(&f)
		}
	case h.Command == smb2.SessionSetup && !h.Response():
		n.request(&h, &f, msg)
	case h.Command == smb2.SessionSetup:
		return n.response(conn, &h, &f, msg)
	}
	return nil
}

func (n *negotiation) negotiated(f *smb2.Facts) {
	n.dialect, n.cipher = f.Dialect, 0
	switch {
	case f.Dialect == smb2.Dialect311:
		n.cipher, n.signing = f.Cipher, smb2.AESCMAC
		if f.HasSigning {
			n.signing = f.Signing
		}
	case f.Dialect >= smb2.Dialect300:
		n.cipher, n.signing = smb2.AES128CCM, smb2.AESCMAC
	default:
		n.signing = smb2.HMACSHA256
	}
}

func (n *negotiation) request(h *smb2.Header, f *smb2.Facts, msg []byte) {
	ch := n.chains[h.SessionID]
	if h.SessionID == 0 || ch == nil {
		ch = &chain{hash: n.hash}
		if h.SessionID != 0 && len(n.chains) < maxChains {
			n.chains[h.SessionID] = ch
		}
	}
	ch.binding = ch.binding || f.Flags&sessionFlagBinding != 0
	extend(&ch.hash, msg)
	ch.add(f.Token)
	if len(n.fresh) < maxChains {
		n.fresh[h.MessageID] = ch
	}
}

func (n *negotiation) response(conn uint32, h *smb2.Header, f *smb2.Facts, msg []byte) *Setup {
	ch := n.fresh[h.MessageID]
	delete(n.fresh, h.MessageID)
	if ch == nil {
		return nil
	}
	ch.add(f.Token)
	switch h.Status {
	case statusMoreProcessing:
		extend(&ch.hash, msg)
		if len(n.chains) < maxChains {
			n.chains[h.SessionID] = ch
		}
		return nil
	case statusSuccess:
		delete(n.chains, h.SessionID)
		s := &Setup{Conn: conn, SessionID: h.SessionID, Dialect: n.dialect, Cipher: n.cipher, Signing: n.signing, Preauth: ch.hash,
			Binding: ch.binding, Reauth: n.done[h.SessionID], Flags: uint16(f.Flags), Tokens: ch.tokens}
		if len(n.done) < maxChains {
			n.done[h.SessionID] = true
		}
		return s
	}
	delete(n.chains, h.SessionID)
	return nil
}

func (ch *chain) add(token []byte) {
	if len(ch.tokens) < maxTokens {
		ch.tokens = append(ch.tokens, bytes.Clone(token))
	}
}
