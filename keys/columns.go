package keys

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
)

const columnsHint = "ID,KEY or Wireshark's columns: session id (16 hex digits), session key, server-to-client key, client-to-server key"

// split gives the columns of a record, blanks and quotes taken off. Wireshark's
// own command line form, uat:smb2_seskey_list:..., may stand in front.
func split(text string) []string {
	if i := strings.Index(text, "smb2_seskey_list:"); i >= 0 {
		text = strings.Trim(text[i+len("smb2_seskey_list:"):], "'")
	}
	f := strings.Split(text, ",")
	for i := range f {
		s := strings.TrimSpace(f[i])
		s = strings.ReplaceAll(s, `\x22`, `"`)
		s = strings.ReplaceAll(s, `\"`, `"`)
		f[i] = strings.Trim(s, `"`)
	}
	return f
}

// recordLike tells a record of columns, a damaged one too, from other text that
// holds commas.
func recordLike(text string) bool {
	if strings.Contains(text, "smb2_seskey_list:") {
		return true
	}
	if strings.IndexByte(text, ',') < 0 {
		return false
	}
	f := split(text)
	if len(f) > 8 || f[0] == "" || strings.ContainsAny(f[0], " \t") {
		return false
	}
	id, prefixed := strings.CutPrefix(strings.ToLower(f[0]), "0x")
	if isHex(id) && (len(id) == 16 || prefixed && len(id) >= 8) {
		return true
	}
	for _, s := range f[1:] {
		if len(s) >= 24 && isHex(s) {
			return true
		}
	}
	return false
}

// columns takes a record of two to four columns.
func (p *parser) columns(text string) error {
	f := split(text)
	for len(f) > 4 && f[len(f)-1] == "" {
		f = f[:len(f)-1]
	}
	if len(f) < 2 || len(f) > 4 {
		return p.fail("a key record has 2 to 4 columns, this one has "+strconv.Itoa(len(f)), columnsHint)
	}
	k := Key{Source: p.source()}
	var ok bool
	if k.SessionID, k.AltID, ok = sessionID(f[0]); !ok {
		return p.fail("the session id is not 16 hex digits", columnsHint)
	}
	for i, to := range []*[]byte{&k.Session, &k.S2C, &k.C2S}[:len(f)-1] {
		name := [...]string{"session key", "server-to-client key", "client-to-server key"}[i]
		s := strings.TrimPrefix(strings.ToLower(f[i+1]), "0x")
		if s == "" {
			continue
		}
		if !isHex(s) {
			return p.fail("the "+name+" is not hex", columnsHint)
		}
		if len(s) != 32 && len(s) != 64 {
			return p.fail("the "+name+" has "+strconv.Itoa(len(s))+" hex digits, 32 or 64 are wanted", columnsHint)
		}
		b, err := hex.DecodeString(s)
		if err != nil {
			return p.fail("the "+name+" is not hex", columnsHint)
		}
		*to = b
	}
	if k.empty() {
		return p.fail("a key record without a key", columnsHint)
	}
	p.ring.add(k)
	return nil
}

// sessionID reads a session id of 16 hex digits, which are taken as wire order
// with the other order beside it; a number (0x) the other way round.
func sessionID(s string) (id, alt uint64, ok bool) {
	digits, prefixed := strings.CutPrefix(strings.ToLower(s), "0x")
	if !isHex(digits) || len(digits) > 16 || !prefixed && len(digits) != 16 {
		return 0, 0, false
	}
	n, err := strconv.ParseUint(digits, 16, 64)
	if err != nil {
		return 0, 0, false
	}
	if prefixed {
		return n, swapped(n), true
	}
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], n)
	return binary.LittleEndian.Uint64(b[:]), n, true
}

const secretHint = `lines are "password [DOMAIN\]USER PASSWORD" and "nthash [DOMAIN\]USER HEX"; the user * is anybody`

// secretLine takes a line that names a password or an NT hash.
func (p *parser) secretLine(line string) (bool, error) {
	word, rest, _ := strings.Cut(line, " ")
	if w, r, ok := strings.Cut(line, "\t"); ok && len(w) < len(word) {
		word, rest = w, r
	}
	switch strings.ToLower(word) {
	case "password":
		return true, p.account(rest, func(s *Secret, value string) error {
			if value == `""` {
				value = ""
			}
			s.Password = value
			return nil
		})
	case "nthash":
		return true, p.account(rest, func(s *Secret, value string) (err error) {
			s.Hash, err = p.hash(strings.TrimSpace(value))
			return err
		})
	}
	if value, ok := strings.CutPrefix(line, "ntlmssp.nt_password:"); ok {
		p.log = true
		if value = strings.TrimPrefix(value, " "); value != "" {
			p.ring.addSecret(Secret{Password: value, Source: p.source()})
		}
		return true, nil
	}
	if lm, nt, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && len(lm) == 32 && len(nt) == 32 && isHex(nt) && (isHex(lm) || strings.Trim(lm, "Xx*") == "") {
		h, err := p.hash(nt)
		if err == nil {
			p.ring.addSecret(Secret{Hash: h, Source: p.source()})
		}
		return true, err
	}
	return p.dumped(line)
}

// account reads [DOMAIN\]USER, in quotes when there are blanks in it, and gives
// what follows to set.
func (p *parser) account(rest string, set func(*Secret, string) error) error {
	rest = strings.TrimLeft(rest, " \t")
	var name, value string
	ok := true
	if strings.HasPrefix(rest, `"`) {
		if name, value, ok = strings.Cut(rest[1:], `"`); ok {
			ok = strings.HasPrefix(value, " ") || strings.HasPrefix(value, "\t")
		}
		value = strings.TrimPrefix(strings.TrimPrefix(value, " "), "\t")
	} else if i := strings.IndexAny(rest, " \t"); i > 0 {
		name, value = rest[:i], rest[i+1:]
	} else {
		ok = false
	}
	if !ok || name == "" || value == "" {
		return p.fail("a user and a secret are wanted", secretHint)
	}
	s := Secret{Source: p.source(), User: name}
	if d, u, ok := strings.Cut(name, `\`); ok {
		s.Domain, s.User = d, u
	}
	if name == "*" { // anybody
		s.User = ""
	}
	if err := set(&s, value); err != nil {
		return err
	}
	p.ring.addSecret(s)
	return nil
}

// hash reads an NT hash, alone or after an LM hash: HEX or LM:HEX.
func (p *parser) hash(s string) ([]byte, error) {
	if _, nt, ok := strings.Cut(s, ":"); ok {
		s = nt
	}
	if len(s) != 32 || !isHex(s) {
		return nil, p.fail("an NT hash has 32 hex digits", secretHint)
	}
	return hex.DecodeString(s)
}

// dumped takes a line of an account dump, USER:ID:LM:NT:..., as pwdump,
// smbpasswd and pdbedit write it.
func (p *parser) dumped(line string) (bool, error) {
	f := strings.SplitN(line, ":", 6)
	if len(f) < 5 || len(f[2]) != 32 || len(f[3]) != 32 || !isHex(f[3]) {
		return false, nil
	}
	if _, err := strconv.ParseUint(f[1], 10, 64); err != nil || f[0] == "" {
		return false, nil
	}
	p.log = true
	h, err := hex.DecodeString(f[3])
	if err != nil {
		return false, nil
	}
	s := Secret{User: f[0], Hash: h, Source: p.source()}
	if d, u, ok := strings.Cut(f[0], `\`); ok {
		s.Domain, s.User = d, u
	}
	p.ring.addSecret(s)
	return true, nil
}
