package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"smbdiff/decrypt"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
	"smbdiff/keys"
)

func smb1Message(m *conv.Message) bool { return m.Proto == op.SMB1 }

func (c *counted) of(list map[uint32]*sealedSession, m *conv.Message) *sealedSession {
	s := list[m.Conn]
	if s == nil {
		s = new(sealedSession)
		list[m.Conn] = s
	}
	return s
}

// of2 gives the session of an SMB2 message; those without an id share one that
// is not shown.
func (c *counted) of2(m *conv.Message) *sealedSession {
	id := m.Session64
	if !m.Sealed && m.Proto != op.SMB2 {
		id = 0
	}
	s := c.sessions[id]
	if s == nil {
		s = new(sealedSession)
		c.sessions[id] = s
	}
	return s
}

// checked is one session as keys check tells of it.
type checked struct {
	decrypt.SessionState
	sealedSession
	what, hint string // what keeps it shut, and what to do
}

// shut reports whether sealed messages of the session stay shut.
func (c *checked) shut() bool { return c.opened < c.sealed }

// changed reports whether the key is right, but not all tags hold.
func (k *checked) changed() bool { return k.shut() && k.opened > 0 && k.Why == conv.ReasonTag }

// check joins what the opener and the messages tell of each session.
func (c *counted) check() []checked {
	var list []checked
	for _, st := range c.side.opener.Sessions() {
		k := checked{SessionState: st}
		if st.SMB1 {
			if s := c.smb1[st.Conn]; s != nil {
				k.sealedSession = *s
			}
		} else if s := c.sessions[st.ID]; s != nil {
			k.sealedSession = *s
		}
		if k.shut() {
			k.Why = k.reason()
			k.what, k.hint = c.side.opener.Explain(k.ID, k.Why)
		}
		list = append(list, k)
	}
	return list
}

// reason gives the reason for which most PDUs stay shut.
func (s *sealedSession) reason() conv.Reason {
	most := 0
	for i, n := range s.whys {
		if n > s.whys[most] {
			most = i
		}
	}
	return conv.Reason(most)
}

// strays finds sessions that a key opens which was given for another one.
func (a *app) strays(f *flags, c *counted, list []checked) error {
	if !slices.ContainsFunc(list, func(k checked) bool { return k.shut() }) || len(c.side.ring.Keys) == 0 {
		return nil
	}
	opener := decrypt.NewOpener(c.side.ring.Bare())
	quiet := &app{stdin: a.stdin, stdout: io.Discard, stderr: io.Discard}
	again, err := quiet.count(f, &side{file: c.side.file, opener: opener})
	if err != nil {
		return err
	}
	found := again.check()
	for i := range list {
		k := &list[i]
		if !k.shut() || i >= len(found) || found[i].ID != k.ID || found[i].opened <= k.opened {
			continue
		}
		for j := range c.side.ring.Keys {
			r := &c.side.ring.Keys[j]
			if r.Source == found[i].Source && !r.Matches(k.ID) {
				k.what = fmt.Sprintf("the key from %s opens it, but is given for session 0x%016x", r.Source, r.SessionID)
				k.hint = fmt.Sprintf("the session id there is wrong: it is %s as Wireshark and Samba write it, 0x%016x as a number", keys.WireID(k.ID), k.ID)
			}
		}
	}
	for i := range list { // a key that is labelled for this session, but another's
		k := &list[i]
		if !k.shut() || k.Why != conv.ReasonTag || k.opened > 0 {
			continue
		}
		for j := range found {
			if found[j].Proved && found[j].ID != k.ID && found[j].Source == k.Source {
				k.what = fmt.Sprintf("the key from %s is of session 0x%016x, which it opens", k.Source, found[j].ID)
				k.hint = "give each key with the id of its own session"
			}
		}
	}
	return nil
}

// unused lists the keys that proved right for no session.
func unused(ring *keys.Ring, list []checked) []keys.Key {
	proved := map[string]bool{}
	for i := range list {
		if list[i].Proved {
			proved[list[i].Source] = true
			for _, s := range list[i].Others {
				proved[s] = true
			}
		}
	}
	var out []keys.Key
	for _, k := range ring.Keys {
		if !proved[k.Source] {
			out = append(out, k)
		}
	}
	return out
}

// keysCheck tells which sessions of a capture open and why the others do not.
func (a *app) keysCheck(f *keysFlags) int {
	s, err := f.open(0)
	if err != nil {
		return a.fail(err)
	}
	defer s.file.Close()
	c, err := a.count(&f.flags, s)
	if err != nil {
		return a.fail(err)
	}
	list := c.check()
	if err := a.strays(&f.flags, c, list); err != nil {
		return a.fail(err)
	}
	code := c.code
	if code == exitDone && slices.ContainsFunc(list, func(k checked) bool { return k.shut() }) {
		code = exitDiffer
	}
	left := unused(s.ring, list)
	var out []byte
	if f.format == "json" {
		out = appendCheckJSON(nil, s.file.Name(), c, list, left, code)
	} else {
		out = appendCheck(nil, s.file.Name(), c, list, left)
	}
	if _, err := a.stdout.Write(out); err != nil {
		return a.fail(err)
	}
	return code
}

func (k *checked) name() string {
	if k.SMB1 {
		return fmt.Sprintf("C%d UID %d", k.Conn+1, k.ID)
	}
	return fmt.Sprintf("0x%016x", k.ID)
}

func (k *checked) version() string {
	if k.SMB1 {
		return "NT1"
	}
	return k.Dialect.String()
}

func (k *checked) proof() string {
	var parts []string
	if k.sealed > 0 {
		parts = append(parts, fmt.Sprintf("%d/%d tags", k.verified, k.sealed))
	}
	if k.signed > 0 {
		parts = append(parts, fmt.Sprintf("%d/%d signatures", k.valid, k.signed))
	}
	text := strings.Join(parts, ", ")
	switch {
	case text == "":
		return "nothing sealed, nothing signed"
	case k.changed():
		return "! " + text + " verify"
	case k.shut():
		return "! " + text + " verify: " + k.Why.String()
	case k.invalid > 0:
		return "! " + text + " verify"
	case k.valid < k.signed:
		return fmt.Sprintf("%s verify, %d not checked for want of a key", text, k.signed-k.valid-k.invalid)
	case k.cut > 0:
		return fmt.Sprintf("%s verify, %d cut", text, k.cut)
	}
	return text + " verify"
}

func appendCheck(out []byte, file string, c *counted, list []checked, left []keys.Key) []byte {
	out = fmt.Appendf(out, "%s: %d of %d sealed PDUs open\n\n", field.Safe(file), c.total.opened, c.total.sealed)
	rows := [][]string{{"session", "user", "dialect", "cipher", "key from", "proof"}}
	for i := range list {
		k := &list[i]
		row := []string{k.name(), field.Safe(k.Account), k.version(), k.Cipher.String(), "", k.proof()}
		if k.Proved {
			row[4] = field.Safe(k.Source)
		}
		rows = append(rows, row)
	}
	out = appendTable(out, rows)
	for i := range list {
		k := &list[i]
		if k.shut() {
			what := "stays shut: " + k.Why.String()
			if k.changed() {
				what = "has " + several(k.sealed-k.opened, "PDU") + " whose tag does not hold"
			}
			out = fmt.Appendf(out, "\n%s %s\n  frame %d", k.name(), what, k.first)
			out = fmt.Appendf(out, "; client to server %d of %d open, server to client %d of %d\n", k.way[0][0], k.way[0][1], k.way[1][0], k.way[1][1])
			out = fmt.Appendf(out, "  why:  %s\n  hint: %s\n", field.Safe(k.what), field.Safe(k.hint))
		}
		if k.Swapped {
			out = fmt.Appendf(out, "\nnote: the id of %s is in the other byte order; Wireshark and Samba write %s\n", field.Safe(k.Source), keys.WireID(k.ID))
		}
	}
	if len(left) > 0 {
		out = fmt.Appendf(out, "\nkeys that open nothing here: %d\n", len(left))
		const most = 8
		for i := range left {
			if i == most {
				out = fmt.Appendf(out, "  and %d more\n", len(left)-most)
				break
			}
			out = fmt.Appendf(out, "  %s\n", field.Safe(left[i].String()))
		}
	}
	return out
}

// appendTable sets columns under each other; an empty cell is a dash.
func appendTable(out []byte, rows [][]string) []byte {
	width := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			width[i] = max(width[i], len([]rune(cell)), 1)
		}
	}
	for _, r := range rows {
		for i, cell := range r {
			if cell == "" {
				cell = "-"
			}
			if i == len(r)-1 {
				out = append(out, cell...)
				break
			}
			out = fmt.Appendf(out, "%-*s  ", width[i], cell)
		}
		out = append(out, '\n')
	}
	return out
}

func appendCheckJSON(out []byte, file string, c *counted, list []checked, left []keys.Key, code int) []byte {
	out = append(out, `{"schema":"smbdiff/keys/1","file":`...)
	out = field.AppendString(out, file)
	out = fmt.Appendf(out, `,"exit":%d,"sealed":%d,"opened":%d,"verified":%d,"sessions":[`, code, c.total.sealed, c.total.opened, c.total.verified)
	for i := range list {
		k := &list[i]
		if i > 0 {
			out = append(out, ',')
		}
		out = fmt.Appendf(out, "\n"+`{"session_id":"0x%016x","wire_id":"%s","connection":"C%d"`, k.ID, keys.WireID(k.ID), k.Conn+1)
		for _, f := range [][2]string{{"user", k.Account}, {"dialect", k.version()}, {"cipher", k.Cipher.String()}, {"key_source", k.Source}} {
			out = append(append(append(out, `,"`...), f[0]...), `":`...)
			out = field.AppendString(out, f[1])
		}
		out = fmt.Appendf(out, `,"proved":%v,"open":%v,"sealed":%d,"opened":%d,"verified":%d,"client_to_server":[%d,%d],"server_to_client":[%d,%d]`,
			k.Proved, !k.shut(), k.sealed, k.opened, k.verified, k.way[0][0], k.way[0][1], k.way[1][0], k.way[1][1])
		out = fmt.Appendf(out, `,"signed":%d,"valid":%d,"invalid":%d,"swapped_id":%v`, k.signed, k.valid, k.invalid, k.Swapped)
		if k.shut() {
			out = fmt.Appendf(out, `,"frame":%d,"why":`, k.first)
			out = field.AppendString(out, k.Why.String())
			out = field.AppendString(append(out, `,"what":`...), k.what)
			out = field.AppendString(append(out, `,"hint":`...), k.hint)
		}
		out = append(out, '}')
	}
	out = append(out, `],"unused":[`...)
	for i := range left {
		if i > 0 {
			out = append(out, ',')
		}
		out = field.AppendString(append(out, `{"source":`...), left[i].Source)
		out = fmt.Appendf(out, `,"session_id":"0x%016x","bare":%v}`, left[i].SessionID, left[i].AnyID)
	}
	return append(out, "]}\n"...)
}
