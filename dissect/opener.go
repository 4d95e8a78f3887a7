package dissect

import (
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/wire"
)

// SpareBytes is the room that UnsealInPlace wants behind a PDU: that of a tag.
const SpareBytes = capture.Spare

// Opener opens sealed PDUs and checks signatures. The package decrypt has the
// one that works from keys; Sealed is the one without any. All methods may be
// called from several goroutines at once.
type Opener interface {
	// Setup is told every successful SESSION_SETUP, in capture order and
	// before anything sealed under its keys is opened.
	Setup(s *conv.Setup)
	// Unseal opens a whole PDU, transform header first, and verifies its tag.
	// The plaintext is appended to dst. What a proved key makes a message of
	// is opened although its tag does not hold: Seal.Broken.
	Unseal(dst, pdu []byte, fromServer bool) ([]byte, conv.Seal)
	// UnsealInPlace is Unseal where the PDU lies, for sessions whose key is
	// proved. The PDU's capacity must have SpareBytes to spare, which are
	// overwritten. When it does not open, spoilt says that what stands behind
	// the header is lost.
	UnsealInPlace(pdu []byte, fromServer bool) (plain []byte, seal conv.Seal, spoilt bool)
	// Opened counts n PDUs of the session that UnsealInPlace opened, which does
	// not count them: cores that count together wait for each other.
	Opened(session uint64, n int)
	// UnsealPrefix opens the first bytes of a PDU of which head is the
	// beginning; nothing is verified. It reports false when the session's key
	// is not proved yet and the whole PDU is wanted.
	UnsealPrefix(dst, head []byte, fromServer bool) ([]byte, conv.Seal, bool)
	// Verify checks the signature of one signed message in the clear.
	Verify(conn uint32, msg []byte, fromServer bool) conv.Signature
	// VerifySMB1 checks the signature of one signed SMB1 message that has this
	// number in its connection.
	VerifySMB1(conn uint32, msg []byte, number uint32) conv.Signature
}

// CallOpener is an Opener that also opens calls on pipes which their own
// authentication seals.
type CallOpener interface {
	// OpenCall opens the bytes from to to of a PDU, and checks its signature.
	// It gives nil when it cannot.
	OpenCall(s *wire.Seal, response bool, pdu []byte, from, to int) []byte
}

// callOpeners are what an Opener also opens, nil what it does not: calls on pipes,
// and security tokens.
type callOpeners struct {
	pipes    CallOpener
	kerberos wire.KerberosOpener
}

func callOpenersOf(o Opener) (c callOpeners) {
	c.pipes, _ = o.(CallOpener)
	c.kerberos, _ = o.(wire.KerberosOpener)
	return c
}

// give lets the walk of the message open what is sealed in its pipe data and its
// security tokens.
func (c *callOpeners) give(m *conv.Message) {
	if c.pipes != nil && m.Env.RPC != nil {
		m.Env.RPC.Open = c.pipes.OpenCall
	}
	m.Env.Kerberos = c.kerberos
}
