package filter

import (
	"net/netip"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
)

// Row is what a filter looks at: a message, an operation, or a pair of
// operations that are compared. It is reused from row to row and belongs to one
// goroutine.
type Row struct {
	A, B Side  // B of comparisons alone
	Pair *Pair // of comparisons alone
	buf  [2][]byte
	at   [2]cursor // of the two sides of a test
}

// Look is a message and its tree; either may be missing.
type Look struct {
	Message *conv.Message
	Tree    *field.Tree
}

// Side is one message or one operation. SetMessage and SetOp make it ready for
// the next.
type Side struct {
	// Looks hold, for a message, itself at 0; for an operation its request,
	// first interim and final response.
	Looks [3]Look
	// Name gives the texts that an operation names by number.
	Name func(uint32) string
	// User gives the user of a session, by its number.
	User func(uint32) string
	// Ends gives the two ends of a connection.
	Ends func(conn uint32) (a, b netip.AddrPort)
	// Start is the time that counts as zero, ns since 1970 UTC.
	Start int64
	// Loader fills Looks when a filter needs more than the facts. It may be nil.
	Loader Loader

	message *conv.Message
	op      *op.Op
	loaded  bool
}

// Loader fills s.Looks, at most once a row.
type Loader interface{ Load(s *Side) }

// Pair is what a comparison says of a row.
type Pair struct {
	Grade   string // as in JSON: outcome, differs, masked, equal, only_a, only_b, unread
	Suspect string // client, server, both or ""
	Moved   bool
}

// SetMessage makes s the message m. Its tree, where there is one already, is
// set after that in s.Looks[0].Tree.
func (s *Side) SetMessage(m *conv.Message) {
	s.message, s.op, s.loaded = m, nil, false
	s.Looks = [3]Look{{Message: m}}
}

// SetOp makes s the operation o, nil for none.
func (s *Side) SetOp(o *op.Op) {
	s.message, s.op, s.loaded = nil, o, false
	s.Looks = [3]Look{}
}

// Op gives the operation, nil for a message.
func (s *Side) Op() *op.Op { return s.op }

func (s *Side) there() bool { return s.message != nil || s.op != nil }

// load makes the trees available.
func (s *Side) load() {
	if !s.loaded && s.Loader != nil && s.there() {
		s.Loader.Load(s)
	}
	s.loaded = true
}
