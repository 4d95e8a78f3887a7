package decrypt

import (
	"encoding/binary"
	"math"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/smb2"
)

// Verify checks the signature of one message in the clear. The message runs
// from its header to the next of its compound, padding included.
func (o *Opener) Verify(conn uint32, msg []byte, _ bool) conv.Signature {
	if len(msg) < headSize || msg[headFlags]&flagSigned == 0 {
		return conv.SignatureUnsigned
	}
	id := binary.LittleEndian.Uint64(msg[headSession:])
	switch id {
	case 0: // some servers leave it out once the session is gone
		if o.verifyRelated(conn, msg) == conv.SignatureValid {
			return conv.SignatureValid
		}
		return conv.SignatureUnverified
	case math.MaxUint64: // in a related compound: the session of the message before
		return o.verifyRelated(conn, msg)
	}
	s := o.session(id)
	if s == nil {
		return conv.SignatureUnverified
	}
	return o.verify(s, conn, msg)
}

func (o *Opener) verifyRelated(conn uint32, msg []byte) conv.Signature {
	o.mu.Lock()
	c := o.conns[conn]
	var ids []uint64
	if c != nil {
		ids = append(ids, c.sessions...)
	}
	o.mu.Unlock()
	result := conv.SignatureUnverified
	for _, id := range ids {
		switch r := o.verify(o.session(id), conn, msg); {
		case r == conv.SignatureValid:
			return r
		case r == conv.SignatureInvalid && len(ids) == 1:
			result = r
		}
	}
	return result
}

func (o *Opener) verify(s *session, conn uint32, msg []byte) conv.Signature {
	s.signsTried.Add(1)
	st := s.state.Load()
	// On a channel that was bound to the session, what was signed with the
	// session's own key before says nothing about later messages.
	bound := st.has(func(x *setup) bool { return x.binding && x.conn == conn })
	firm := false
	if list := s.signers.Load(); list != nil {
		for i := range *list {
			p := &(*list)[i]
			if p.conn != conn {
				continue
			}
			if p.signer.Verify(msg) {
				s.signsHeld.Add(1)
				return conv.SignatureValid
			}
			firm = firm || !bound || p.from.bound && p.from.conn == conn
		}
	}
	if len(st.signs) == 0 && len(st.bare) == 0 && !firm {
		return conv.SignatureUnverified
	}
	alg := o.algorithms(conn)
	held, f := s.trySigns(st.signs, conn, msg, alg)
	firm = firm || f
	if !held && len(st.bare) > 0 && s.signMiss.Load() <= maxMisses {
		for i := range st.bare {
			if held, _ = s.trySigns(one(st, &st.bare[i]).signs, conn, msg, alg); held {
				break
			}
		}
	}
	switch {
	case held:
		s.signsHeld.Add(1)
		return conv.SignatureValid
	case firm:
		return conv.SignatureInvalid
	}
	s.signMiss.Add(1)
	return conv.SignatureUnverified
}

// algorithms lists what a connection may be signed with.
func (o *Opener) algorithms(conn uint32) []smb2.SigningAlgorithm {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c := o.conns[conn]; c != nil && c.dialect != 0 {
		return []smb2.SigningAlgorithm{c.signing}
	}
	return []smb2.SigningAlgorithm{smb2.AESCMAC, smb2.AESGMAC, smb2.HMACSHA256}
}

// trySigns tries every signing key that may be the session's. It also tells
// whether one of them should have held.
func (s *session) trySigns(list []signKey, conn uint32, msg []byte, algs []smb2.SigningAlgorithm) (held, firm bool) {
	for i := range list {
		k := &list[i]
		firm = firm || k.firm && (!k.bound || k.conn == conn)
		try := algs
		switch {
		case len(algs) > 1 && !k.bound && k.dialect != 0:
			try = []smb2.SigningAlgorithm{k.algorithm()}
		case len(algs) == 1 && k.bound && k.signing != algs[0]:
			// A channel is bound with the session's key; some take the algorithm
			// of the session's first connection along with it.
			try = []smb2.SigningAlgorithm{algs[0], k.signing}
		}
		for _, a := range try {
			signer, err := NewSigner(a, k.key)
			if err == nil && signer.Verify(msg) {
				s.proveSigner(provedSigner{conn: conn, signer: signer, from: k})
				return true, true
			}
		}
	}
	return false, firm
}

// algorithm is what the key's dialect signs with by default.
func (k *signKey) algorithm() smb2.SigningAlgorithm {
	if k.dialect < smb2.Dialect300 {
		return smb2.HMACSHA256
	}
	return smb2.AESCMAC
}

// proveSigner keeps a signing key for the connection, the latest first.
func (s *session) proveSigner(p provedSigner) {
	for {
		old := s.signers.Load()
		list := []provedSigner{p}
		if old != nil {
			list = append(list, (*old)[:min(len(*old), maxSigners-1)]...)
		}
		if s.signers.CompareAndSwap(old, &list) {
			return
		}
	}
}
