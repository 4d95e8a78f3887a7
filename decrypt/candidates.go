package decrypt

import (
	"slices"
	"strings"
	"unicode/utf16"

	"smbdiff/dissect/smb2"
	"smbdiff/keys"
)

var (
	small = []smb2.Cipher{smb2.AES128GCM, smb2.AES128CCM}
	large = []smb2.Cipher{smb2.AES256GCM, smb2.AES256CCM}
)

// ofSize lists the ciphers that take a key of n bytes, the likely ones first.
func ofSize(n int, likely ...smb2.Cipher) []smb2.Cipher {
	all := small
	switch n {
	case 16:
	case 32:
		all = large
	default:
		return nil
	}
	var list []smb2.Cipher
	for _, c := range likely {
		if c != 0 && keySize(c) == n {
			list = append(list, c)
		}
	}
	for _, c := range all {
		if len(list) == 0 || list[0] != c {
			list = append(list, c)
		}
	}
	return list
}

// material is a session key that may be a session's.
type material struct {
	key    []byte
	source string
	proved bool // by the NTLM response
	bare   bool
	guess  bool // of an anonymous authentication, which may go unsigned
}

// builder gathers what may open a session.
type builder struct {
	st   *state
	seen map[string]bool
}

func (b *builder) cipher(k cipherKey) {
	id := string(rune('0'+k.cipher)) + string(k.key[0]) + "/" + string(k.key[1])
	if !b.seen[id] {
		b.seen[id] = true
		b.st.ciphers = append(b.st.ciphers, k)
	}
}

// build makes a session's state of its setups and of what the user gave.
func (o *Opener) build(id uint64, setups []setup) *state {
	b := builder{st: &state{setups: setups, bare: o.bare, secrets: len(o.hashes)+len(o.ring.Kerberos) > 0}, seen: map[string]bool{}}
	st := b.st
	for i := range setups {
		if s := &setups[i]; st.dialect == 0 || s.dialect != 0 && !s.binding && !s.reauth {
			st.dialect, st.cipher = s.dialect, s.cipher
		}
		if x := setups[i].ntlm; x != nil && st.account == "" {
			st.account = x.account()
		}
	}
	var given []material
	var own []keys.Key
	for _, i := range o.byID[id] {
		k := o.ring.Keys[i]
		own = append(own, k)
		if st.source == "" {
			st.source = k.Source
		}
		if k.C2S != nil || k.S2C != nil {
			st.halves = (!st.explicit || st.halves) && len(k.C2S) <= 16 && len(k.S2C) <= 16
			st.explicit = true
		}
		if k.Session != nil {
			st.short = (!st.session || st.short) && len(k.Session) <= 16
			st.session = true
			given = append(given, material{key: k.Session, source: k.Source})
		}
	}
	for i := range setups {
		proofs := setups[i].proofs
		if st.account == "" {
			st.account = setups[i].client
		}
		for j := range proofs {
			if proofs[j].proved && !setups[i].binding && !setups[i].reauth {
				st.proof, st.source = true, proofs[j].source
			}
		}
		b.derive(&setups[i], slices.Concat(proofs, given))
	}
	b.undated(given)
	for i := range own {
		b.explicit(&own[i])
	}
	return st
}

// one makes the state of a single bare key.
func one(st *state, k *keys.Key) *state {
	b := builder{st: &state{setups: st.setups, dialect: st.dialect, cipher: st.cipher}, seen: map[string]bool{}}
	given := []material{{key: k.Session, source: k.Source, bare: true}}
	if k.Session != nil {
		for i := range st.setups {
			b.derive(&st.setups[i], given)
		}
		b.undated(given)
		// A bare key may be a cipher key or a signing key just as well.
		for _, c := range ofSize(len(k.Session), st.cipher) {
			b.cipher(cipherKey{cipher: c, key: [2][]byte{k.Session, k.Session}, source: k.Source})
		}
		if len(k.Session) == 16 {
			b.st.signs = append(b.st.signs, signKey{key: k.Session, source: k.Source})
		}
	}
	b.explicit(k)
	for i := range b.st.signs {
		b.st.signs[i].firm = false
	}
	return b.st
}

// prove finds the session keys that secrets give under a setup.
func (o *Opener) prove(s *setup) { s.proofs, s.client = o.proofs(s.ntlm, s.ticket) }

// proofs gives the session keys that passwords, NT hashes and Kerberos keys lead
// to, and who a ticket says it is.
func (o *Opener) proofs(x *exchange, t *ticket) (list []material, client string) {
	if t != nil {
		if g := t.open(o.ring.Kerberos, o.hashes); g != nil {
			for _, k := range g.keys {
				list = append(list, material{key: k, source: g.source, proved: true})
			}
			client = g.client
		}
	}
	if x == nil { // else a server that wanted NTLM may have been offered a ticket first
		return list, client
	}
	if x.anonymous() {
		return append(list, material{key: x.anonymousKey(), source: "anonymous", guess: true}), client
	}
	tickets := len(list)
	// A dump may hold thousands of accounts: the user's own come first.
	user := string(utf16.Decode(x.user))
	for _, own := range []bool{true, false} {
		for i := range o.hashes {
			h := &o.hashes[i]
			if strings.EqualFold(h.user, user) != own {
				continue
			}
			for _, k := range x.sessionKeys(h) {
				list = append(list, material{key: k, source: h.source, proved: true})
			}
			if len(list) > tickets {
				return list, client
			}
		}
	}
	return list, client
}

// derive takes the keys that session keys give under a setup.
func (b *builder) derive(s *setup, from []material) {
	if s.dialect == 0 {
		return
	}
	ciphers := []smb2.Cipher{s.cipher}
	switch {
	case s.dialect < smb2.Dialect300 || s.binding:
		ciphers = nil
	case s.dialect != smb2.Dialect311:
		ciphers = []smb2.Cipher{smb2.AES128CCM, smb2.AES128GCM}
	case s.cipher == 0 || unknown(s.cipher):
		ciphers = []smb2.Cipher{smb2.AES128GCM, smb2.AES128CCM, smb2.AES256GCM, smb2.AES256CCM}
	}
	for _, g := range from {
		k := Derive(s.dialect, s.cipher, g.key, s.preauth[:])
		fresh := !s.binding && !s.reauth
		b.st.signs = append(b.st.signs, signKey{key: k.Signing, session: g.key, dialect: s.dialect, conn: s.conn, bound: true, signing: s.signing, source: g.source,
			firm: s.flags&3 == 0 && !g.bare && !g.guess && (fresh || s.binding && g.proved)})
		for _, c := range ciphers {
			k := Derive(s.dialect, c, g.key, s.preauth[:])
			b.cipher(cipherKey{cipher: c, key: [2][]byte{k.C2S, k.S2C}, session: g.key, source: g.source})
			if keySize(c) == 32 && len(g.key) > 16 {
				// Some clients cut the key to 16 bytes here.
				k := Derive(s.dialect, c, g.key[:16], s.preauth[:])
				b.cipher(cipherKey{cipher: c, key: [2][]byte{k.C2S, k.S2C}, session: g.key, source: g.source})
			}
		}
	}
}

// undated takes the keys that session keys give where the capture lacks the
// setup that made the session: what 3.0 and what 2.x would make of them.
func (b *builder) undated(from []material) {
	if b.st.main() != nil || b.st.dialect == smb2.Dialect311 {
		return
	}
	for _, g := range from {
		if b.st.dialect < smb2.Dialect300 {
			b.st.signs = append(b.st.signs, signKey{key: first16(g.key), session: g.key, dialect: smb2.Dialect210, source: g.source})
		}
		if b.st.dialect != 0 && b.st.dialect < smb2.Dialect300 {
			continue
		}
		k := Derive(smb2.Dialect300, smb2.AES128CCM, g.key, nil)
		b.st.signs = append(b.st.signs, signKey{key: k.Signing, session: g.key, dialect: smb2.Dialect300, source: g.source})
		for _, c := range []smb2.Cipher{smb2.AES128CCM, smb2.AES128GCM} {
			b.cipher(cipherKey{cipher: c, key: [2][]byte{k.C2S, k.S2C}, session: g.key, source: g.source})
		}
	}
}

// explicit takes the cipher and signing keys of a record.
func (b *builder) explicit(k *keys.Key) {
	for n := 16; n <= 32; n += 16 {
		var pair [2][]byte
		if len(k.C2S) == n {
			pair[0] = k.C2S
		}
		if len(k.S2C) == n {
			pair[1] = k.S2C
		}
		if pair[0] == nil && pair[1] == nil {
			continue
		}
		for _, c := range ofSize(n, b.st.cipher, smb2.Cipher(k.Cipher)) {
			b.cipher(cipherKey{cipher: c, key: pair, session: k.Session, source: k.Source})
		}
	}
	if len(k.Signing) == 16 {
		firm := !b.st.has(func(s *setup) bool { return s.binding || s.flags&3 != 0 })
		b.st.signs = append(b.st.signs, signKey{key: k.Signing, session: k.Session, dialect: b.st.dialect, source: k.Source, firm: firm})
	}
}
