package decrypt

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/binary"
	"slices"
	"sync"

	"smbdiff/dissect/conv"
)

// The places of the SMB1 header, [MS-CIFS] 2.2.3.1.
const (
	head1Flags2    = 10
	head1Signature = 14
	head1Size      = 32
	signature1     = 8
	flags2Signed   = 0x04
)

// SignSMB1 makes the signature of an SMB1 message: MD5 over the MAC key and the
// message, with its number in the connection in place of the signature,
// [MS-CIFS] 3.1.4.1.
func SignSMB1(mac, msg []byte, number uint32) (s [signature1]byte) {
	if len(msg) < head1Size {
		return s
	}
	h := md5.New()
	h.Write(mac)
	h.Write(msg[:head1Signature])
	var n [signature1]byte
	binary.LittleEndian.PutUint32(n[:], number)
	h.Write(n[:])
	h.Write(msg[head1Signature+signature1:])
	var sum [md5.Size]byte
	h.Sum(sum[:0])
	copy(s[:], sum[:])
	return s
}

// plain is what is known of the signatures of one SMB1 connection. Its key is
// made by the first SESSION_SETUP of somebody and stays.
type plain struct {
	mu     sync.Mutex // of what stands below
	setups []setup1
	keys   []macKey
	proved *macKey
	ahead  uint32 // what numbers are ahead of those that were counted
	misses uint32
	uid    uint16
	tried  uint64
	held   uint64

	account string
}

// setup1 is one SMB1 authentication.
type setup1 struct {
	uid      uint16
	ntlm     *exchange
	ticket   *ticket
	response []byte // stands behind the session key in the MAC key, without extended security
}

// macKey is what an SMB1 connection may be signed with.
type macKey struct {
	key     []byte
	session []byte
	source  string
	firm    bool // it should hold: when it does not, the signature is wrong
}

const (
	maxPlain = 1 << 16
	reach1   = 64 // how far numbers may be from those that were counted, at least,
	most1    = 4096
	effort1  = 1 << 20 // and as far as this many bytes go into a search
)

// setup1 takes what an SMB1 SESSION_SETUP showed. The lock is the caller's.
func (o *Opener) setup1(c *conv.Setup) {
	p := o.plains[c.Conn]
	if p == nil {
		if len(o.plains) >= maxPlain {
			return
		}
		p = &plain{uid: uint16(c.SessionID)}
		o.plains[c.Conn] = p
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.setups) >= maxSetups {
		return
	}
	s := setup1{uid: uint16(c.SessionID)}
	if l := c.Logon; l != nil {
		s.ntlm = &exchange{lm: l.LM, nt: l.NT, user: units(l.User, l.Unicode), domain: units(l.Domain, l.Unicode)}
		copy(s.ntlm.challenge[:], l.Challenge)
		if s.response = l.NT; len(l.NT) == 0 {
			s.response = l.LM
		}
	} else {
		s.ntlm, s.ticket = findNTLM(c.Tokens), findKerberos(c.Tokens)
	}
	p.setups = append(p.setups, s)
	o.build1(p)
}

// build1 lists the MAC keys that may be a connection's. Both locks are the
// caller's.
func (o *Opener) build1(p *plain) {
	p.keys, p.misses = nil, 0
	for i := range p.setups {
		s := &p.setups[i]
		add := func(m *material, firm bool) {
			for _, session := range [][]byte{m.key, m.key[:min(16, len(m.key))]} {
				key := append(slices.Clone(session), s.response...)
				p.keys = append(p.keys, macKey{key: key, session: session, source: m.source, firm: firm})
				if len(m.key) <= 16 {
					break
				}
			}
		}
		proofs, client := o.proofs(s.ntlm, s.ticket)
		if p.account == "" {
			if p.account = client; client == "" && s.ntlm != nil {
				p.account = s.ntlm.account()
			}
		}
		for j := range proofs {
			add(&proofs[j], proofs[j].proved && i == 0)
		}
		for _, k := range o.byID[uint64(s.uid)] {
			if k := &o.ring.Keys[k]; k.Session != nil {
				add(&material{key: k.Session, source: k.Source}, i == 0)
			}
		}
		for j := range o.bare {
			if k := &o.bare[j]; k.Session != nil {
				add(&material{key: k.Session, source: k.Source}, false)
			}
		}
	}
}

// VerifySMB1 checks the signature of one signed SMB1 message. number is how the
// message counts in its connection; where the capture lacks messages, numbers
// near it are tried.
func (o *Opener) VerifySMB1(conn uint32, msg []byte, number uint32) conv.Signature {
	if len(msg) < head1Size || msg[head1Flags2]&flags2Signed == 0 {
		return conv.SignatureUnsigned
	}
	o.mu.Lock()
	p := o.plains[conn]
	o.mu.Unlock()
	if p == nil {
		return conv.SignatureUnverified
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tried++
	try := p.keys
	if p.proved != nil {
		try = []macKey{*p.proved}
	}
	firm := p.proved != nil
	for i := range try {
		k := &try[i]
		firm = firm || k.firm
		if n, ok := p.find(k, msg, number); ok {
			p.held++
			p.ahead, p.misses = n-number, 0
			if p.proved == nil {
				p.proved = k
			}
			return conv.SignatureValid
		}
	}
	p.misses++
	if firm {
		return conv.SignatureInvalid
	}
	return conv.SignatureUnverified
}

// find looks for the number under which a key's signature holds.
func (p *plain) find(k *macKey, msg []byte, number uint32) (uint32, bool) {
	holds := func(n uint32) bool {
		s := SignSMB1(k.key, msg, n)
		return subtle.ConstantTimeCompare(s[:], msg[head1Signature:head1Signature+signature1]) == 1
	}
	n := number + p.ahead
	if holds(n) {
		return n, true
	}
	if p.misses > maxMisses {
		return 0, false
	}
	reach := uint32(min(most1, max(reach1, effort1/len(msg))))
	for d := uint32(1); d <= reach; d++ {
		if holds(n + d) {
			return n + d, true
		}
		if holds(n - d) {
			return n - d, true
		}
	}
	return 0, false
}
