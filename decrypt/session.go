package decrypt

import (
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/smb2"
	"smbdiff/keys"
)

const (
	buckets     = 4096
	maxSessions = 1 << 17
	maxSetups   = 64  // of one session
	maxSigners  = 256 // proved ones of one session
	maxMisses   = 64  // messages after which bare keys are not tried on a session any more
)

// table finds sessions by id. Reading takes no lock; adding happens under the
// Opener's.
type table struct {
	seed   uint64
	n      int
	bucket [buckets]atomic.Pointer[session]
}

func newTable() table { return table{seed: rand.Uint64() | 1} }

func (t *table) slot(id uint64) *atomic.Pointer[session] {
	return &t.bucket[(id^t.seed>>7)*t.seed>>52]
}

func (t *table) find(id uint64) *session {
	for s := t.slot(id).Load(); s != nil; s = s.next {
		if s.id == id {
			return s
		}
	}
	return nil
}

func (t *table) add(s *session) {
	slot := t.slot(s.id)
	s.next = slot.Load()
	slot.Store(s)
	t.n++
}

// all gives the sessions sorted by id.
func (t *table) all() []*session {
	list := make([]*session, 0, t.n)
	for i := range t.bucket {
		for s := t.bucket[i].Load(); s != nil; s = s.next {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b *session) int {
		if a.id < b.id {
			return -1
		}
		return 1
	})
	return list
}

// session is one session id. What a session's keys may be stands in state,
// which is replaced as a whole; what was proved stands in open and signers.
type session struct {
	id   uint64
	next *session

	state   atomic.Pointer[state]
	open    [2]atomic.Pointer[proved] // by direction, 1 from the server
	signers atomic.Pointer[[]provedSigner]

	_ [64]byte // counters change all the time: keep them off the lines that every opening reads

	tagsFailed, tagsHeld  atomic.Uint64
	signsTried, signsHeld atomic.Uint64
	sealMiss, signMiss    atomic.Uint32
	lastWhy               atomic.Uint32

	_ [64]byte

	setups []setup // guarded by the Opener's lock, never changed in place
}

// proved is a cipher key whose tag held.
type proved struct {
	sealer *Sealer
	key    []byte
	from   *cipherKey
}

// provedSigner is a signing key whose signature held on a connection.
type provedSigner struct {
	conn   uint32
	signer *Signer
	from   *signKey
}

// setup is what is kept of a conv.Setup.
type setup struct {
	conn    uint32
	dialect smb2.Dialect
	cipher  smb2.Cipher
	signing smb2.SigningAlgorithm
	preauth [64]byte
	binding bool
	reauth  bool
	flags   uint16
	ntlm    *exchange
	ticket  *ticket // Kerberos

	proofs []material // session keys that secrets lead to
	client string     // who a ticket says it is
}

// state is what may open a session. It is not changed once it is published.
type state struct {
	setups  []setup
	ciphers []cipherKey
	signs   []signKey
	bare    []keys.Key // tried besides, one by one

	dialect  smb2.Dialect
	cipher   smb2.Cipher
	account  string
	explicit bool // some cipher keys were given for this session
	halves   bool // and none has more than 16 bytes
	session  bool // some session key was given for this session
	short    bool // and none has more than 16 bytes
	proof    bool // a password, NT hash or Kerberos key is proved to be the right one
	secrets  bool // passwords, NT hashes or Kerberos keys were given
	source   string
}

// cipherKey is a pair of cipher keys that may be a session's.
type cipherKey struct {
	cipher  smb2.Cipher
	key     [2][]byte // client to server, server to client; either may be nil
	session []byte    // session key it was derived from, or nil
	source  string
}

// signKey is a signing key that may be a session's.
type signKey struct {
	key     []byte
	session []byte       // session key it was derived from, or nil
	dialect smb2.Dialect // 0 when unknown
	conn    uint32
	bound   bool                  // conn is the connection whose setup it was derived from
	signing smb2.SigningAlgorithm // of that setup
	firm    bool                  // on that connection it should hold: when it does not, the signature is wrong
	source  string
}

// main is the setup that made the session: the first that neither binds a
// channel nor authenticates anew.
func (st *state) main() *setup {
	for i := range st.setups {
		if s := &st.setups[i]; !s.binding && !s.reauth && s.dialect != 0 {
			return s
		}
	}
	return nil
}

func (st *state) has(pick func(*setup) bool) bool {
	for i := range st.setups {
		if pick(&st.setups[i]) {
			return true
		}
	}
	return false
}

func (st *state) keyless() bool { return len(st.ciphers) == 0 && len(st.bare) == 0 }

// gives reports whether some cipher key is known for a direction.
func (st *state) gives(dir int) bool {
	for i := range st.ciphers {
		if st.ciphers[i].key[dir] != nil {
			return true
		}
	}
	return len(st.bare) > 0
}

// unknown reports whether a cipher was negotiated that nobody knows.
func unknown(c smb2.Cipher) bool { return c > smb2.AES256GCM }

// why gives the reason for which a sealed PDU of the session stays shut.
func (s *session) why(st *state, dir int) conv.Reason {
	binding := func(x *setup) bool { return x.binding }
	m := st.main()
	switch {
	case s.open[dir].Load() == nil && s.open[1-dir].Load() != nil && !st.gives(dir):
		return conv.ReasonNoKey
	case s.open[0].Load() != nil || s.open[1].Load() != nil:
		if st.has(func(x *setup) bool { return x.reauth }) {
			return conv.ReasonReauth
		}
		return conv.ReasonTag
	case m != nil && unknown(m.cipher) && !st.keyless():
		return conv.ReasonCipher
	case st.proof:
		return conv.ReasonTag
	case st.explicit && m != nil:
		if keySize(m.cipher) == 32 && st.halves && (!st.session || st.short) {
			return conv.ReasonShortKey
		}
		return conv.ReasonTag
	case st.explicit:
		return conv.ReasonCipher
	case m == nil && (st.session || st.secrets || len(st.bare) > 0):
		if st.has(binding) {
			return conv.ReasonBinding
		}
		return conv.ReasonNoHandshake
	case st.session && st.short && keySize(m.cipher) == 32 && m.ntlm == nil:
		return conv.ReasonShortKey
	case !st.keyless():
		return conv.ReasonTag
	}
	return conv.ReasonNoKey
}
