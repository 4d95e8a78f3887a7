package decrypt

import (
	"bytes"
	"encoding/asn1"
	"fmt"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
	"smbdiff/keys"
)

// Token ids behind the OID of Kerberos in a GSS token, RFC 4121 4.1.
var (
	gssRequest = []byte("\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00")
	gssReply   = []byte("\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x02\x00")
)

// ticket is what a Kerberos authentication shows on the wire.
type ticket struct {
	request, reply []byte // AP-REQ and AP-REP, RFC 4120 5.5
}

// maxTickets bounds how many authentications are kept for OpenKerberos.
const maxTickets = 4096

// keep remembers the authentication that a reply belongs to.
func (o *Opener) keep(t *ticket) {
	if t == nil || t.reply == nil || len(o.tickets) >= maxTickets {
		return
	}
	if o.tickets == nil {
		o.tickets = make(map[string]*ticket)
	}
	o.tickets[string(t.reply)] = t
}

// OpenKerberos opens the encrypted parts of an AP-REQ or AP-REP, which msg
// begins with. An AP-REP opens after the Setup that it is part of.
func (o *Opener) OpenKerberos(msg []byte) wire.KerberosParts {
	msg = whole(msg)
	o.mu.Lock()
	t, ring, hashes := o.tickets[string(msg)], o.ring.Kerberos, o.hashes
	o.mu.Unlock()
	reply := t != nil
	if !reply {
		t = &ticket{request: msg}
	}
	g := t.open(ring, hashes)
	switch {
	case g == nil:
		return wire.KerberosParts{}
	case reply:
		return wire.KerberosParts{Reply: g.parts.Reply}
	}
	return g.parts
}

// whole cuts off what stands behind the DER element that b begins with.
func whole(b []byte) []byte {
	var v asn1.RawValue
	if _, err := asn1.Unmarshal(b, &v); err != nil {
		return b
	}
	return v.FullBytes
}

// blank gives plaintext with zeros in place of a key.
func blank(plain, key []byte) []byte {
	if len(key) == 0 {
		return plain
	}
	return bytes.ReplaceAll(plain, key, make([]byte, len(key)))
}

// findKerberos looks for the AP-REQ and the AP-REP in the security buffers of
// one authentication, nil when there is none.
func findKerberos(tokens [][]byte) *ticket {
	var t ticket
	for _, b := range tokens {
		if i := bytes.Index(b, gssRequest); i >= 0 {
			t.request = whole(b[i+len(gssRequest):])
		}
		if i := bytes.Index(b, gssReply); i >= 0 {
			t.reply = whole(b[i+len(gssReply):])
		}
	}
	if t.request == nil {
		return nil
	}
	return &t
}

// service names the one whom the ticket is for, its encryption type and key
// version.
func (t *ticket) service() (name string) {
	defer func() {
		if recover() != nil {
			name = ""
		}
	}()
	var req messages.APReq
	if req.Unmarshal(t.request) != nil {
		return ""
	}
	k := &req.Ticket
	return field.Safe(fmt.Sprintf("%s@%s (etype %d, kvno %d)", k.SName.PrincipalNameString(), k.Realm, k.EncPart.EType, k.EncPart.KVNO))
}

// granted is what an opened ticket gives.
type granted struct {
	keys   [][]byte // the session key, and what it is if the best of them is not in the capture
	client string   // NAME@REALM
	source string
	parts  wire.KerberosParts
}

// open opens the ticket with the first key that fits, nil when there is none.
func (t *ticket) open(ring []keys.Kerberos, hashes []secret) (g *granted) {
	defer func() {
		if recover() != nil { // the library trusts lengths in what it decodes
			g = nil
		}
	}()
	var req messages.APReq
	if err := req.Unmarshal(t.request); err != nil {
		return nil
	}
	for i := range ring {
		k := types.EncryptionKey{KeyType: ring[i].EType, KeyValue: ring[i].Key}
		if ring[i].Ticket {
			if g := t.accept(&req, k); g != nil {
				g.source = ring[i].Source
				return g
			}
			continue
		}
		if g := t.unlock(&req, k, ring[i].Source); g != nil {
			return g
		}
	}
	for i := range hashes { // the key of RC4 is the NT hash of the service's account
		k := types.EncryptionKey{KeyType: etypeID.RC4_HMAC, KeyValue: hashes[i].hash}
		if g := t.unlock(&req, k, hashes[i].source); g != nil {
			return g
		}
	}
	return nil
}

// unlock opens the ticket with a service's long-term key.
func (t *ticket) unlock(req *messages.APReq, k types.EncryptionKey, source string) *granted {
	if req.Ticket.EncPart.EType != k.KeyType {
		return nil
	}
	plain, err := crypto.DecryptEncPart(req.Ticket.EncPart, k, keyusage.KDC_REP_TICKET)
	if err != nil {
		return nil
	}
	var part messages.EncTicketPart
	if part.Unmarshal(plain) != nil {
		return nil
	}
	g := t.accept(req, part.Key)
	if g == nil {
		g = &granted{keys: [][]byte{part.Key.KeyValue}}
	}
	g.parts.Ticket = blank(whole(plain), part.Key.KeyValue)
	g.client, g.source = part.CName.PrincipalNameString()+"@"+part.CRealm, source
	return g
}

// accept opens authenticator and reply with the ticket's session key. The key of
// the session is the subkey of the one who accepts, else of the one who asks,
// else the ticket's, RFC 4121 2.
func (t *ticket) accept(req *messages.APReq, k types.EncryptionKey) *granted {
	if req.EncryptedAuthenticator.EType != k.KeyType {
		return nil
	}
	b, err := crypto.DecryptEncPart(req.EncryptedAuthenticator, k, keyusage.AP_REQ_AUTHENTICATOR)
	if err != nil {
		return nil
	}
	var a types.Authenticator
	if err := a.Unmarshal(b); err != nil {
		return nil
	}
	g := &granted{client: a.CName.PrincipalNameString() + "@" + a.CRealm}
	s, reply := t.acceptor(k)
	if s != nil {
		g.keys = append(g.keys, s)
	}
	g.parts.Authenticator, g.parts.Reply = blank(blank(whole(b), a.SubKey.KeyValue), k.KeyValue), blank(reply, k.KeyValue)
	if len(a.SubKey.KeyValue) > 0 {
		g.keys = append(g.keys, a.SubKey.KeyValue)
	}
	g.keys = append(g.keys, k.KeyValue)
	return g
}

// acceptor gives the subkey in the AP-REP, nil when there is none, and the rest
// of it.
func (t *ticket) acceptor(k types.EncryptionKey) (key, plain []byte) {
	var rep messages.APRep
	if t.reply == nil || rep.Unmarshal(t.reply) != nil || rep.EncPart.EType != k.KeyType {
		return nil, nil
	}
	b, err := crypto.DecryptEncPart(rep.EncPart, k, keyusage.AP_REP_ENCPART)
	if err != nil {
		return nil, nil
	}
	var part messages.EncAPRepPart
	if part.Unmarshal(b) != nil {
		return nil, nil
	}
	if len(part.Subkey.KeyValue) == 0 {
		return nil, whole(b)
	}
	return part.Subkey.KeyValue, blank(whole(b), part.Subkey.KeyValue)
}
