// Package keys knows the forms in which people hold SMB keys: Wireshark's key
// list, the debug output of Samba, cifs.ko, smbinfo and ksmbd, keys typed by
// hand, passwords and NT hashes, Kerberos keytabs and credential caches. It turns them into a Ring and knows where each
// came from. It must not know captures, ciphers or how keys are derived, and no
// secret ever stands in its errors.
package keys

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
)

// Key is what one record gives for one session. Fields that the record lacks
// are nil.
type Key struct {
	SessionID uint64 // as in the SMB2 header; 0 with AnyID
	AnyID     bool   // a bare key: it may be any session's
	AltID     uint64 // the id in the other byte order, when its order is unknown; else 0
	Session   []byte // session key of the authentication, 16 or 32 bytes
	Signing   []byte // 16 bytes
	C2S       []byte // client to server ("ServerIn"), 16 or 32 bytes
	S2C       []byte // server to client ("ServerOut"), 16 or 32 bytes
	Cipher    uint16 // [MS-SMB2] 2.2.3.1.2, 0 when not said
	Source    string // FILE:LINE, for display
}

// Matches reports whether the key may belong to the session.
func (k *Key) Matches(id uint64) bool {
	return k.AnyID || k.SessionID == id || k.AltID != 0 && k.AltID == id
}

// String shows where the key is from and whose it is, never the key.
func (k Key) String() string {
	if k.AnyID {
		return k.Source + ": bare key"
	}
	return fmt.Sprintf("%s: key of session 0x%016x", k.Source, k.SessionID)
}

// GoString is String: keys are not for printing.
func (k Key) GoString() string { return k.String() }

// Wireshark gives the record of Wireshark's smb2_seskey_list: session id in
// wire order, session key, server-to-client key, client-to-server key. The
// session key has 16 bytes there: a longer one, which Wireshark 4.0 would derive
// wrong keys from, is left out beside the pair, else cut to the part that signs.
// It shows secrets.
func (k *Key) Wireshark() string { return k.line(true) }

func (k *Key) line(short bool) string {
	field := func(b []byte) string {
		if len(b) == 0 {
			return `""`
		}
		return hex.EncodeToString(b)
	}
	session := k.Session
	if short && len(session) > 16 {
		if session = session[:16]; k.C2S != nil && k.S2C != nil {
			session = nil
		}
	}
	return WireID(k.SessionID) + "," + field(session) + "," + field(k.S2C) + "," + field(k.C2S)
}

// WireID is a session id in the order of its bytes in a message, as Wireshark's
// list and Samba have it.
func WireID(id uint64) string { return fmt.Sprintf("%016x", bits.ReverseBytes64(id)) }

// Bare gives the ring's keys as if no session id had been given with them: each
// is then tried on every session.
func (r *Ring) Bare() *Ring {
	b := new(Ring)
	for _, k := range r.Keys {
		k.AnyID, k.SessionID, k.AltID = true, 0, 0
		b.Keys = append(b.Keys, k)
	}
	return b
}

func (k *Key) empty() bool {
	return k.Session == nil && k.Signing == nil && k.C2S == nil && k.S2C == nil
}

// merge takes over what other adds, when both are of one session and nothing
// contradicts. It reports whether it did.
func (k *Key) merge(o *Key) bool {
	if k.AnyID != o.AnyID || k.SessionID != o.SessionID && (k.AltID == 0 || k.AltID != o.SessionID) {
		return false
	}
	fits := func(a, b []byte) bool { return a == nil || b == nil || bytes.Equal(a, b) }
	if !fits(k.Session, o.Session) || !fits(k.Signing, o.Signing) || !fits(k.C2S, o.C2S) || !fits(k.S2C, o.S2C) {
		return false
	}
	if k.Cipher != 0 && o.Cipher != 0 && k.Cipher != o.Cipher {
		return false
	}
	shared := k.Session != nil && o.Session != nil || k.C2S != nil && o.C2S != nil || k.S2C != nil && o.S2C != nil
	if !shared {
		return false
	}
	for _, f := range []struct{ to, from *[]byte }{{&k.Session, &o.Session}, {&k.Signing, &o.Signing}, {&k.C2S, &o.C2S}, {&k.S2C, &o.S2C}} {
		if *f.to == nil {
			*f.to = *f.from
		}
	}
	if k.Cipher == 0 {
		k.Cipher = o.Cipher
	}
	return true
}

// Secret is what an NTLM session key is derived from: a password or an NT hash,
// of a named user or of anybody.
type Secret struct {
	Domain   string // "" when not said
	User     string // "" when not said
	Password string // when Hash is nil
	Hash     []byte // NT hash, 16 bytes
	Source   string // FILE:LINE, for display
}

// String shows where the secret is from and whose it is, never the secret.
func (s Secret) String() string {
	kind := "password"
	if s.Hash != nil {
		kind = "NT hash"
	}
	if s.User == "" {
		return s.Source + ": " + kind
	}
	return s.Source + ": " + kind + " of " + s.Account()
}

// GoString is String: secrets are not for printing.
func (s Secret) GoString() string { return s.String() }

// Account is DOMAIN\USER, or USER alone.
func (s *Secret) Account() string {
	if s.Domain == "" {
		return s.User
	}
	return s.Domain + `\` + s.User
}

// Ring holds all that the user supplied. The zero value is empty and ready.
type Ring struct {
	Keys     []Key
	Secrets  []Secret
	Kerberos []Kerberos
	// Unwrapper opens wrapped files for those methods that read files.
	Unwrapper Unwrapper

	byID map[uint64][]int // indices of Keys by SessionID
}

// Len is the number of keys and secrets of all kinds.
func (r *Ring) Len() int { return len(r.Keys) + len(r.Secrets) + len(r.Kerberos) }

// Append adds what another ring holds.
func (r *Ring) Append(other *Ring) {
	for i := range other.Keys {
		r.add(other.Keys[i])
	}
	for _, s := range other.Secrets {
		r.addSecret(s)
	}
	for _, k := range other.Kerberos {
		r.addKerberos(k)
	}
}

const mergeReach = 8 // how many earlier records of the session are looked at

func (r *Ring) add(k Key) {
	if k.empty() {
		return
	}
	if r.byID == nil || len(r.Keys) == 0 {
		r.byID = make(map[uint64][]int)
		for i := range r.Keys {
			r.byID[r.Keys[i].SessionID] = append(r.byID[r.Keys[i].SessionID], i)
		}
	}
	same := r.byID[k.SessionID]
	for i := len(same) - 1; i >= max(0, len(same)-mergeReach); i-- {
		if same[i] < len(r.Keys) && r.Keys[same[i]].merge(&k) {
			return
		}
	}
	r.byID[k.SessionID] = append(same, len(r.Keys))
	r.Keys = append(r.Keys, k)
}

func (r *Ring) addSecret(s Secret) {
	for i := range r.Secrets {
		o := &r.Secrets[i]
		if o.Domain == s.Domain && o.User == s.User && o.Password == s.Password && bytes.Equal(o.Hash, s.Hash) {
			return
		}
	}
	r.Secrets = append(r.Secrets, s)
}

// swapped is an id in the other byte order, 0 when both orders are the same.
func swapped(id uint64) uint64 {
	if s := bits.ReverseBytes64(id); s != id {
		return s
	}
	return 0
}

// Error is trouble with what the user supplied. It never shows a secret.
type Error struct {
	File string // file name, or what stands for it
	Line int    // from 1; 0 when the file as a whole is meant
	What string
	Hint string // what to do, may be empty
	Err  error  // cause, may be nil
}

// Error gives FILE:LINE: WHAT.
func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.What)
	}
	return e.File + ": " + e.What
}

// ErrNoKey is the cause where a file holds no key at all.
var ErrNoKey = errors.New("no key")

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
