package decrypt

import (
	"smbdiff/dissect/conv"
	"smbdiff/dissect/smb2"
	"smbdiff/keys"
)

// SessionState is what is known of one session's keys, for people to see.
type SessionState struct {
	ID      uint64
	Dialect smb2.Dialect // 0 when the capture lacks the handshake
	Cipher  smb2.Cipher  // proved, else as negotiated
	Account string       // DOMAIN\USER of an NTLM authentication
	Source  string       // where the key is from: the proved one, else one that was tried
	Proved  bool         // a tag or a signature holds

	TagsTried, TagsVerified             uint64 // sealed PDUs
	SignaturesTried, SignaturesVerified uint64 // signed messages in the clear

	Why conv.Reason // why sealed PDUs stay shut; ReasonNone when all opened, or there were none
}

// Sessions lists the sessions that were set up, sealed or signed, by id.
func (o *Opener) Sessions() []SessionState {
	o.mu.Lock()
	all := o.sessions.all()
	o.mu.Unlock()
	list := make([]SessionState, 0, len(all))
	for _, s := range all {
		st := s.state.Load()
		r := SessionState{ID: s.id, Dialect: st.dialect, Cipher: st.cipher, Account: st.account, Source: st.source,
			TagsTried: s.tagsFailed.Load() + s.tagsHeld.Load(), TagsVerified: s.tagsHeld.Load(),
			SignaturesTried: s.signsTried.Load(), SignaturesVerified: s.signsHeld.Load()}
		if l := s.signers.Load(); l != nil {
			r.Proved, r.Source = true, (*l)[0].from.source
		}
		for d := range s.open {
			if p := s.open[d].Load(); p != nil {
				r.Proved, r.Source, r.Cipher = true, p.from.source, p.sealer.cipher
			}
		}
		if r.TagsTried > r.TagsVerified {
			r.Why = conv.Reason(s.lastWhy.Load())
		}
		list = append(list, r)
	}
	return list
}

// Keys gives the keys that were proved, one record a session, by id. It holds
// secrets.
func (o *Opener) Keys() []keys.Key {
	o.mu.Lock()
	all := o.sessions.all()
	o.mu.Unlock()
	var list []keys.Key
	for _, s := range all {
		k := keys.Key{SessionID: s.id}
		for d := range s.open {
			p := s.open[d].Load()
			if p == nil {
				continue
			}
			k.Source, k.Session, k.Cipher = p.from.source, p.from.session, uint16(p.sealer.cipher)
			if pair := p.from.key; d == 0 {
				k.C2S, k.S2C = p.key, other(pair, p.key)
			} else {
				k.S2C = p.key
				if k.C2S == nil {
					k.C2S = other(pair, p.key)
				}
			}
		}
		if l := s.signers.Load(); l != nil {
			from := (*l)[len(*l)-1].from // the first that was proved: later ones may be channels'
			k.Signing = from.key
			if k.Source == "" {
				k.Source, k.Session = from.source, from.session
			}
		}
		if k.Source != "" {
			list = append(list, k)
		}
	}
	return list
}

// other gives the key of a pair that is not the one in use.
func other(pair [2][]byte, used []byte) []byte {
	if len(used) > 0 && len(pair[0]) > 0 && &pair[0][0] == &used[0] {
		return pair[1]
	}
	return pair[0]
}
