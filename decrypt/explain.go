package decrypt

import (
	"fmt"
	"strings"

	"smbdiff/dissect/conv"
)

// Hints that several reasons share.
const (
	hintSources = "-k FILE takes a Samba log (debug encryption = yes), kernel messages or smbinfo output of cifs.ko, " +
		"a Wireshark key list, ID,KEY"
	hintWhen = "take the key that was printed when this very session was set up; each mount and login makes a new one"
	hintPair = "give the derived pair (ServerIn and ServerOut), or start the capture before the connection is made"
)

// Explain says for people what lies behind the reason for which sealed PDUs of a
// session stay shut, and what to do.
func (o *Opener) Explain(id uint64, why conv.Reason) (what, hint string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s := o.make(id); s != nil {
		return o.explain(s, s.state.Load(), why)
	}
	return "", ""
}

// explain says for people what lies behind the reason for which sealed PDUs of a
// session stay shut, and what to do. No secret stands in it.
func (o *Opener) explain(s *session, st *state, why conv.Reason) (what, hint string) {
	m := st.main()
	from := st.source
	if from == "" && len(st.bare) > 0 {
		from = st.bare[0].Source
	}
	switch why {
	case conv.ReasonNoKey:
		return o.explainNoKey(s, st)
	case conv.ReasonTag:
		if s.open[0].Load() != nil || s.open[1].Load() != nil {
			return "its key opens other messages of the session; these were sealed with another key, or changed on the way",
				"compare the frames with a capture taken at the other end"
		}
		return "no tag fits the key from " + from + ": it is of another session, cut, or mistyped", hintWhen
	case conv.ReasonShortKey:
		if m == nil {
			return "the key has 16 bytes", hintWhen
		}
		return "the key from " + from + " has 16 bytes; " + m.cipher.String() + " needs all 32 bytes, which Kerberos gives",
			"give the full session key, or the 32-byte pair (ServerIn and ServerOut): newer kernels print it in smbinfo keys FILE"
	case conv.ReasonNoHandshake:
		if len(o.hashes)+len(o.ring.Kerberos) > 0 && !st.session {
			return "the capture lacks the SESSION_SETUP, in which the password, NT hash or ticket would be proved", hintPair
		}
		return "the session key from " + from + " alone is not enough: the capture starts after NEGOTIATE and SESSION_SETUP, and 3.1.1 makes its keys of them",
			hintPair
	case conv.ReasonCipher:
		if m != nil {
			return fmt.Sprintf("cipher 0x%04x was negotiated, which nobody knows; AES-128 and AES-256 in CCM and GCM were tried", uint16(m.cipher)),
				"check the NEGOTIATE response: its bytes may have been changed"
		}
		return "the capture lacks the NEGOTIATE; the pair from " + from + " fits with none of the four ciphers", hintWhen
	case conv.ReasonCut:
		return "bytes of the sealed messages are missing, so that no tag can hold", "capture whole frames (tcpdump -s 0) and watch for packets dropped by the kernel"
	case conv.ReasonDamaged:
		return "the transform header is not one that [MS-SMB2] 2.2.41 allows", "look at its fields: smbdiff dump --format text"
	case conv.ReasonReauth:
		return "the key opens the messages before the re-authentication, not these", hintWhen
	case conv.ReasonBinding:
		return "the capture holds the binding of a channel alone, not the SESSION_SETUP that made the session",
			"capture on all interfaces of the multichannel connection, from its start; or give the pair (ServerIn and ServerOut)"
	}
	return "", ""
}

func (o *Opener) explainNoKey(s *session, st *state) (what, hint string) {
	for dir, names := range [2][2]string{{"server-to-client", "client-to-server"}, {"client-to-server", "server-to-client"}} {
		if p := s.open[dir].Load(); p != nil && s.open[1-dir].Load() == nil {
			return "the key from " + p.from.source + " is the " + names[1] + " one; the " + names[0] + " key is not there",
				"give both of the pair (ServerIn and ServerOut), or the session key"
		}
	}
	var user, service string
	if m := st.main(); m != nil {
		if m.ntlm != nil {
			user = m.ntlm.account()
		}
		if m.ticket != nil {
			service = m.ticket.service()
		}
	}
	ids, none := o.others(s.id), "no key was given"
	if o.ring.Len() > 0 {
		none = "none of what was given is for this session"
	}
	switch {
	case len(o.ring.Kerberos) > 0 && service != "":
		return "no Kerberos key given opens the ticket for " + service, "give a keytab with that principal, encryption type and key version (klist -kte)"
	case len(o.hashes) > 0 && service != "":
		return "the login was by Kerberos, which a password or NT hash of the user does not open", "give the keytab of " + service
	case len(o.hashes) > 0 && user != "":
		return "no password or NT hash given is that of " + user, "check the account; domain and user name may be spelt as in the SESSION_SETUP"
	case ids != "":
		return "the keys given are of other sessions: " + ids, hintWhen
	case service != "":
		return none, "the keytab of " + service + " opens it, or any record of its keys: " + hintSources
	case user != "":
		return none, "the password of " + user + " opens it, -k password:@FILE, or any record of its keys: " + hintSources
	}
	return none, hintSources
}

// others names the sessions that the ring's keys are for.
func (o *Opener) others(id uint64) string {
	const most = 3
	var list []string
	for i := range o.ring.Keys {
		k := &o.ring.Keys[i]
		if k.Matches(id) {
			continue
		}
		if len(list) == most {
			list = append(list, "and others")
			break
		}
		list = append(list, fmt.Sprintf("0x%016x (%s)", k.SessionID, k.Source))
	}
	return strings.Join(list, ", ")
}
