package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"smbdiff/decrypt"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/field"
	"smbdiff/keys"
)

// addFile adds a key file, or the keys that belong to a capture.
func (f *keysFlags) addFile(ring *keys.Ring, path string) error {
	c, err := capture.Open(path)
	if err != nil {
		return ring.AddFile(path)
	}
	c.Close()
	side, err := (&flags{files: []string{path}, unlock: f.unlock}).open(0)
	if err != nil {
		return err
	}
	defer side.file.Close()
	ring.Append(side.ring)
	return nil
}

// hidden shows a secret as its first and last byte, or whole when that is
// wanted.
func (f *keysFlags) hidden(b []byte) string {
	switch {
	case len(b) == 0:
		return ""
	case f.reveal:
		return hex.EncodeToString(b)
	}
	return fmt.Sprintf("%02x..%02x (%d bytes)", b[0], b[len(b)-1], len(b))
}

// item is one secret of a list.
type item struct {
	source, owner, wire, kind, secret string
}

// keysList shows what keys are given.
func (a *app) keysList(f *keysFlags) int {
	ring, err := f.given()
	if err != nil {
		return a.fail(err)
	}
	for _, p := range filepath.SplitList(os.Getenv("SMBDIFF_KEYS")) {
		if p == "" {
			continue
		}
		if err := ring.AddFile(p); err != nil {
			return a.fail(err)
		}
	}
	items := f.items(ring)
	if f.format == "json" {
		_, err = a.stdout.Write(appendItems(nil, items))
	} else {
		rows := [][]string{{"key from", "whose", "wire order", "what", "secret"}}
		for _, i := range items {
			rows = append(rows, []string{field.Safe(i.source), field.Safe(i.owner), i.wire, i.kind, i.secret})
		}
		_, err = a.stdout.Write(appendTable(nil, rows))
	}
	if err != nil {
		return a.fail(err)
	}
	return exitDone
}

func (f *keysFlags) items(ring *keys.Ring) []item {
	var list []item
	for i := range ring.Keys {
		k := &ring.Keys[i]
		owner, wire := fmt.Sprintf("0x%016x", k.SessionID), keys.WireID(k.SessionID)
		if k.AnyID {
			owner, wire = "any session", ""
		}
		for _, p := range []struct {
			kind string
			b    []byte
		}{{"session key", k.Session}, {"signing key", k.Signing}, {"client to server", k.C2S}, {"server to client", k.S2C}} {
			if p.b != nil {
				list = append(list, item{k.Source, owner, wire, p.kind, f.hidden(p.b)})
			}
		}
	}
	for i := range ring.Secrets {
		s := &ring.Secrets[i]
		it := item{source: s.Source, owner: s.Account(), kind: "NT hash", secret: f.hidden(s.Hash)}
		if s.Hash == nil {
			it.kind, it.secret = "password", "hidden"
			if f.reveal {
				it.secret = field.Safe(s.Password)
			}
		}
		if it.owner == "" {
			it.owner = "anybody"
		}
		list = append(list, it)
	}
	for _, k := range ring.Kerberos {
		kind := fmt.Sprintf("Kerberos key, etype %d, kvno %d", k.EType, k.KVNO)
		if k.Ticket {
			kind = fmt.Sprintf("Kerberos ticket, etype %d", k.EType)
		}
		list = append(list, item{source: k.Source, owner: k.Principal, kind: kind, secret: f.hidden(k.Key)})
	}
	return list
}

func appendItems(out []byte, items []item) []byte {
	out = append(out, `{"schema":"smbdiff/keylist/1","keys":[`...)
	for i, it := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendStrings(append(out, '\n', '{'), "source", it.source, "owner", it.owner, "wire_id", it.wire, "what", it.kind, "secret", it.secret)
		out = append(out, '}')
	}
	return append(out, "]}\n"...)
}

// appendStrings appends members of a JSON object: name, value, name, value ...
func appendStrings(out []byte, pairs ...string) []byte {
	for i := 0; i+1 < len(pairs); i += 2 {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(field.AppendString(out, pairs[i]), ':')
		out = field.AppendString(out, pairs[i+1])
	}
	return out
}

// proved reads a capture and gives the keys of all sessions that open. It tells
// of those that do not.
func (a *app) proved(f *keysFlags) (list []decrypt.Derived, name string, code int) {
	s, err := f.open(0)
	if err != nil {
		return nil, "", a.fail(err)
	}
	defer s.file.Close()
	c, err := a.count(&f.flags, s)
	if err != nil {
		return nil, "", a.fail(err)
	}
	for _, k := range c.check() {
		if k.shut() {
			a.say(fmt.Sprintf("%s: session %s stays shut: %s", s.file.Name(), k.name(), k.Why), k.hint)
		}
	}
	list = s.opener.Derived()
	if len(list) == 0 && c.code == exitDone {
		a.say(s.file.Name()+": no key given proves right", "smbdiff keys check tells why")
		return nil, "", exitTrouble
	}
	return list, s.file.Name(), c.code
}

// keysDerive shows the keys of each session that opens.
func (a *app) keysDerive(f *keysFlags) int {
	list, name, code := a.proved(f)
	if len(list) == 0 {
		return code
	}
	var out []byte
	if f.format == "json" {
		out = append(out, `{"schema":"smbdiff/derived/1","file":`...)
		out = append(field.AppendString(out, name), `,"sessions":[`...)
	}
	for i := range list {
		d := &list[i]
		k := checked{SessionState: d.SessionState}
		pairs := []string{"session_id", fmt.Sprintf("0x%016x", d.ID), "wire_id", keys.WireID(d.ID), "user", d.Account, "dialect", k.version(), "cipher", d.Cipher.String(),
			"key_source", d.Source, "session_key", f.hidden(d.Key.Session), "signing_key", f.hidden(d.Key.Signing), "application_key", f.hidden(d.Application),
			"client_to_server_key", f.hidden(d.Key.C2S), "server_to_client_key", f.hidden(d.Key.S2C), "preauth_hash", hex.EncodeToString(d.Preauth)}
		if f.format == "json" {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(appendStrings(append(out, '\n', '{'), pairs...), '}')
			continue
		}
		for j := 0; j+1 < len(pairs); j += 2 {
			if pairs[j+1] != "" {
				out = fmt.Appendf(out, "%-22s%s\n", strings.ReplaceAll(pairs[j], "_", " "), field.Safe(pairs[j+1]))
			}
		}
		out = append(out, '\n')
	}
	if f.format == "json" {
		out = append(out, "]}\n"...)
	}
	if _, err := a.stdout.Write(out); err != nil {
		return a.fail(err)
	}
	return code
}

// keysExport writes the keys of each session that opens as another tool wants
// them.
func (a *app) keysExport(f *keysFlags) int {
	list, _, code := a.proved(f)
	if len(list) == 0 {
		return code
	}
	var out []byte
	for i := range list {
		d := &list[i]
		if d.SMB1 {
			continue
		}
		switch f.tool {
		case "samba":
			out = append(out, d.Key.Samba(d.Application)...)
		case "tshark":
			out = append(out, "-o 'uat:smb2_seskey_list:"+d.Key.Wireshark()+"'\n"...)
		default:
			out = append(out, d.Key.Wireshark()+"\n"...)
		}
	}
	if err := a.write(f, out); err != nil {
		return a.failFile(err)
	}
	return code
}

// keysImport turns key material of any known form into one keys file.
func (a *app) keysImport(f *keysFlags) int {
	ring, err := f.given()
	if err != nil {
		return a.fail(err)
	}
	if f.out == "" && a.terminal() {
		return a.fail(usageError{what: "keys import shows secrets", hint: "-o FILE writes them; -o - shows them; keys list hides them"})
	}
	text, left := ring.Text()
	if left > 0 {
		a.say(fmt.Sprintf("%d Kerberos keys are not written: they stay in their keytab or cache", left), "give that file itself with -k")
	}
	if err := a.write(f, []byte(text)); err != nil {
		return a.failFile(err)
	}
	return exitDone
}

// failFile is fail for trouble with the file that was to be written.
func (a *app) failFile(err error) int {
	var pe *os.PathError
	if errors.As(err, &pe) {
		err = fmt.Errorf("%s: %w", filepath.Base(pe.Path), pe.Err)
	}
	return a.fail(err)
}
