package wire

// KerberosParts are the plaintexts of a Kerberos message's encrypted parts,
// [RFC4120] 5.3 and 5.5. A part is nil when no key opens it. The values of keys
// in them are overwritten with zeros.
type KerberosParts struct {
	Ticket        []byte // EncTicketPart
	Authenticator []byte
	Reply         []byte // EncAPRepPart
}

// KerberosOpener opens the encrypted parts of an AP-REQ or AP-REP, which msg
// begins with.
type KerberosOpener interface {
	OpenKerberos(msg []byte) KerberosParts
}
