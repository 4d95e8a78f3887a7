package wire

// RPC is what a conversation knows of the pipe data in a message that carries
// PDUs of DCE/RPC.
type RPC struct {
	Head  []byte // bytes of its first PDU that stand in earlier messages
	Calls []Call // one for each PDU that begins or ends in it, in order
	// Open opens the sealed bytes from to to of a PDU, nil when it cannot. It
	// may be nil itself.
	Open func(s *Seal, response bool, pdu []byte, from, to int) []byte
}

// Exchange is the authentication of the calls on a pipe: its tokens in order.
type Exchange struct{ Tokens [][]byte }

// Seal is the place of a PDU in the key stream of its direction: the bytes
// that were sealed before it and the PDUs that were signed.
type Seal struct {
	*Exchange
	Bytes, Count uint32
}

// Call is what a conversation knows of the call that a PDU belongs to.
type Call struct {
	Interface [16]byte // UUID of the abstract syntax, fields little-endian
	Bound     bool     // Interface is known
	NDR       bool     // the transfer syntax is NDR 2.0
	NDR64     bool     // the transfer syntax is NDR64
	Named     bool     // Opnum is known
	Opnum     uint16
	Seal      Seal   // of a sealed stub
	Stub      []byte // put together from this PDU and earlier ones; nil when this one holds it all
}
