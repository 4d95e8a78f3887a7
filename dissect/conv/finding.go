package conv

import (
	"bytes"
	"encoding/binary"

	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// What a conversation may not show, each with the section of the specification
// that says so. The texts hold no ids, so that two runs can be compared.
const (
	findPlainSession = "plaintext on a session that demands sealing ([MS-SMB2] 3.3.5.2.9)"
	findPlainShare   = "plaintext on a share that demands sealing ([MS-SMB2] 3.3.5.2.11)"
	findPlainAnswer  = "plaintext answer to a sealed request ([MS-SMB2] 3.3.4.1.4)"
	findInnerSession = "the SessionId inside is not the transform header's ([MS-SMB2] 3.2.5.1.1.1, 3.3.5.2.1.1)"
	findSize         = "OriginalMessageSize does not fit the message ([MS-SMB2] 2.2.41)"
	findNonce        = "nonce used before under the same key ([MS-SMB2] 3.1.4.3)"
	findValidateAsk  = "FSCTL_VALIDATE_NEGOTIATE_INFO asks for other than NEGOTIATE did ([MS-SMB2] 3.3.5.15.12)"
	findValidate     = "FSCTL_VALIDATE_NEGOTIATE_INFO answers other than NEGOTIATE did ([MS-SMB2] 3.2.5.14.12)"
	FindCredits      = "MessageId beyond the credits granted ([MS-SMB2] 3.3.5.2.3)"

	// FindSignature is told of by the opener's check of each message.
	FindSignature = "the signature does not hold ([MS-SMB2] 3.2.5.1.3, 3.3.5.2.4)"
	// FindTag is that of the check of what seals it.
	FindTag = "the tag of the seal does not hold ([MS-SMB2] 3.2.5.1.1, 3.3.5.2.1)"
)

const (
	sessionFlagEncrypt = 0x0004 // SMB2_SESSION_FLAG_ENCRYPT_DATA, [MS-SMB2] 2.2.6
	shareFlagEncrypt   = 0x8000 // SMB2_SHAREFLAG_ENCRYPT_DATA, [MS-SMB2] 2.2.10
	ctlValidate        = 0x00140204

	maxFindings = 1 << 16 // kept to be looked at again
)

// Findings gives what the conversation said of message num when it passed.
func (t *Tracker) Findings(num uint32) []string { return t.found[num] }

func (t *Tracker) find(m *Message, text string) {
	m.Problems = append(m.Problems, text)
	if t.found == nil {
		t.found = make(map[uint32][]string)
	}
	if len(t.found) < maxFindings {
		t.found[m.Num] = append(t.found[m.Num], text)
	}
}

// check looks for what m may not be, after the tracker has placed it.
func (t *Tracker) check(c *connection, m *Message, o *op.Op) {
	h, f := &m.SMB2, &m.Facts
	s := c.last
	if h.SessionID != 1<<64-1 {
		s = t.sessions[sessionKey{h.SessionID, c.server}]
	}
	if m.Sealed {
		t.checkSeal(c, m)
	}
	t.checkCredits(c, m)
	if h.Command == smb2.Negotiate || h.Command == smb2.Ioctl && f.CtlCode == ctlValidate || o.Code == ctlValidate && h.Command == smb2.Ioctl {
		t.checkNegotiation(c, m)
	}
	if s == nil {
		return
	}
	switch {
	case h.Response() && h.Status == statusSuccess && h.Command == smb2.SessionSetup:
		s.sealed = s.sealed || f.Flags&sessionFlagEncrypt != 0
	case h.Response() && h.Status == statusSuccess && h.Command == smb2.TreeConnect:
		if tr, ok := s.tree(h.TreeID); ok {
			tr.sealed = f.Flags&shareFlagEncrypt != 0
			s.connected(h.TreeID, tr)
		}
	case m.Sealed || h.Command == smb2.Negotiate || h.Command == smb2.SessionSetup:
	case h.Response():
		if o.State&op.WasSealed != 0 && h.Status&0xc0000000 != 0xc0000000 {
			t.find(m, findPlainAnswer)
		}
	case s.sealed:
		t.find(m, findPlainSession)
	case s.trees[h.TreeID].sealed && !h.Async():
		t.find(m, findPlainShare)
	}
}

// checkSeal compares an opened message with its transform header, [MS-SMB2]
// 2.2.41.
func (t *Tracker) checkSeal(c *connection, m *Message) {
	if m.Index > 0 || len(m.Outer) < smb2.TransformSize {
		return
	}
	h := m.Outer[:smb2.TransformSize]
	if m.SMB2.SessionID != m.Session64 && m.SMB2.MessageID != unasked {
		t.find(m, findInnerSession)
	}
	if !m.Packed && binary.LittleEndian.Uint32(h[36:]) != m.PDULen-smb2.TransformSize {
		t.find(m, findSize)
	}
	s := t.sessions[sessionKey{m.Session64, c.server}]
	if s == nil {
		return
	}
	nonce := [12]byte(h[20:32])
	if m.Seal.Cipher == smb2.AES128CCM || m.Seal.Cipher == smb2.AES256CCM {
		nonce[11] = 0 // CCM takes eleven bytes
	}
	dir := 0
	if m.FromServer {
		dir = 1
	}
	if s.nonces[dir].reused(&nonce) {
		t.find(m, findNonce)
	}
}

// checkCredits holds MessageIds against the credits granted on the connection,
// as far as the capture shows all of them.
func (t *Tracker) checkCredits(c *connection, m *Message) {
	h := &m.SMB2
	if h.Response() {
		c.granted += uint64(h.Credits)
		if h.Command == smb2.Negotiate && h.MessageID == 0 && !c.counted {
			c.counted, c.granted = true, 1+uint64(h.Credits)
		}
		return
	}
	if c.counted && h.Command != smb2.Cancel && h.MessageID != unasked && h.MessageID+uint64(max(h.Charge, 1)) > c.granted {
		t.find(m, FindCredits)
	}
}

// checkNegotiation compares FSCTL_VALIDATE_NEGOTIATE_INFO, [MS-SMB2] 2.2.31.4
// and 2.2.32.6, with the NEGOTIATE that it repeats.
func (t *Tracker) checkNegotiation(c *connection, m *Message) {
	h, b := &m.SMB2, m.Bytes
	if h.Command == smb2.Ioctl {
		switch said := c.said[dirOf(h)]; {
		case len(said) == 0 || len(m.Facts.Data) == 0 || h.Response() && h.Status != statusSuccess:
		case bytes.Equal(said, m.Facts.Data):
		case h.Response():
			t.find(m, findValidate)
		default:
			t.find(m, findValidateAsk)
		}
		return
	}
	// Capabilities, Guid, SecurityMode and Dialects stand in another order there.
	const body = smb2.HeaderSize
	if !h.Response() && len(b) >= body+36+2*m.Facts.Dialects {
		c.said[0] = append(append(append(c.said[0][:0], b[body+8:body+28]...), b[body+4:body+6]...), b[body+2:body+4]...)
		c.said[0] = append(c.said[0], b[body+36:body+36+2*m.Facts.Dialects]...)
	} else if h.Response() && h.Status == statusSuccess && len(b) >= body+28 {
		c.said[1] = append(append(append(c.said[1][:0], b[body+24:body+28]...), b[body+8:body+24]...), b[body+2:body+6]...)
	}
}

func dirOf(h *smb2.Header) int {
	if h.Response() {
		return 1
	}
	return 0
}

// nonces remembers the nonces used in one direction under one key: runs, as
// counters make them, and single ones.
type nonces struct {
	runs []nonceRun
	seen map[[12]byte]struct{}
}

// nonceRun is a run of nonces whose first eight bytes count up, little-endian.
type nonceRun struct {
	lo, hi uint64
	rest   uint32
}

const (
	maxNonceRuns = 16
	maxNonces    = 1 << 20
)

// reused takes the next nonce and reports whether it was there before.
func (n *nonces) reused(nonce *[12]byte) bool {
	count, rest := binary.LittleEndian.Uint64(nonce[:]), binary.LittleEndian.Uint32(nonce[8:])
	if _, again := n.seen[*nonce]; again {
		return true
	}
	for i := len(n.runs) - 1; i >= 0; i-- {
		r := &n.runs[i]
		if r.rest != rest {
			continue
		}
		if count >= r.lo && count <= r.hi {
			return true
		}
		if count == r.hi+1 && count != 0 {
			r.hi++
			return false
		}
	}
	if len(n.runs) < maxNonceRuns {
		n.runs = append(n.runs, nonceRun{count, count, rest})
		return false
	}
	if n.seen == nil {
		n.seen = make(map[[12]byte]struct{})
	}
	if len(n.seen) < maxNonces {
		n.seen[*nonce] = struct{}{}
	}
	return false
}
