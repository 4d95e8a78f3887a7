package conv

import "smbdiff/dissect/smb2"

// Setup is one SESSION_SETUP exchange that ended in success, with all that
// key derivation needs to know from the wire.
type Setup struct {
	Conn      uint32 // index of the connection
	SessionID uint64
	Dialect   smb2.Dialect
	Cipher    smb2.Cipher           // 0 when none was negotiated
	Signing   smb2.SigningAlgorithm // as negotiated, or the dialect's default
	Preauth   [64]byte              // hash after the last request, 3.1.1 only
	Binding   bool                  // SMB2_SESSION_FLAG_BINDING in the request
	Reauth    bool                  // the session existed on this connection before
	Flags     uint16                // SessionFlags of the response, [MS-SMB2] 2.2.6
	Tokens    [][]byte              // security buffers in order, requests and responses in turn
	SMB1      bool                  // of SMB1: SessionID is the UID, and of the rest only Tokens or Logon count
	Logon     *Logon                // SMB1 without extended security
}

// Logon is an SMB1 SESSION_SETUP without extended security, [MS-CIFS] 2.2.4.53.
// The names are UTF-16LE when Unicode is set.
type Logon struct {
	Challenge    []byte // of the NEGOTIATE response
	LM, NT       []byte // responses
	User, Domain []byte
	Unicode      bool
}

// Reason says why a sealed message stays shut.
type Reason uint8

// The closed list of reasons.
const (
	ReasonNone        Reason = iota
	ReasonNoKey              // no key for this session
	ReasonTag                // a key is there, no tag verifies
	ReasonShortKey           // AES-256 needs the full session key
	ReasonNoHandshake        // session key given, but the capture lacks the handshake
	ReasonCipher             // cipher unknown, all four tried
	ReasonCut                // frame cut or bytes missing
	ReasonDamaged            // transform header damaged
	ReasonReauth             // re-authentication changed the key
	ReasonBinding            // channel binding incomplete
)

var reasons = [...]string{"", "no key", "tag mismatch (key of another session or side swapped)",
	"AES-256 needs full key", "no handshake in capture", "cipher unknown (all four tried)", "frame cut",
	"transform header damaged", "re-authentication changed the key", "channel binding incomplete"}

// String gives the reason as shown to people and in JSON.
func (r Reason) String() string {
	if int(r) < len(reasons) {
		return reasons[r]
	}
	return ""
}

// Seal is what came of unsealing one PDU.
type Seal struct {
	Opened   bool
	Verified bool // the whole PDU was read and its tag holds
	Cipher   smb2.Cipher
	Why      Reason // when not opened, or opened although the tag does not hold
}

// Broken reports that a proved key opened the PDU, whose tag does not hold:
// something changed it on its way.
func (s *Seal) Broken() bool { return s.Opened && s.Why == ReasonTag }

// Signature is the state of a message's signature.
type Signature uint8

// The states of a signature.
const (
	SignatureUnsigned   Signature = iota
	SignatureValid                // verified
	SignatureInvalid              // a key is there and the signature does not hold
	SignatureUnverified           // signed, no key
	SignatureSealed               // inside a sealed PDU whose tag holds
)

var signatures = [...]string{"unsigned", "valid", "invalid", "unverified", "sealed"}

// String gives the state as in JSON.
func (s Signature) String() string { return signatures[s] }
