package main

import (
	"fmt"
	"io"
	"strings"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/keys"
	"smbdiff/tui/state"
)

// keyring shows the screen what an opener knows of its keys, and takes further
// ones for the next.
type keyring struct {
	ring   *keys.Ring
	opener *decrypt.Opener
	flags  *flags
	side   int      // index in flags.files
	typed  []string // keys that were added on the screen
}

func (k *keyring) Sessions() []state.KeySession {
	var out []state.KeySession
	for _, s := range k.opener.Sessions() {
		t := state.KeySession{Name: fmt.Sprintf("0x%016x", s.ID), User: s.Account, Dialect: s.Dialect.String(), Cipher: s.Cipher.String()}
		if s.SMB1 {
			t.Name, t.Dialect = fmt.Sprintf("C%d UID %d", s.Conn+1, s.ID), "NT1"
		}
		if s.Proved {
			t.From = s.Source
		}
		switch { // the counts grow with every look at a message
		case s.TagsTried > 0:
			t.Proof = proof("tags", s.TagsVerified, s.TagsTried)
		case s.SignaturesTried > 0:
			t.Proof = proof("signatures", s.SignaturesVerified, s.SignaturesTried)
		}
		if s.Why != conv.ReasonNone {
			t.Shut = s.Why.String()
			what, hint := k.opener.Explain(s.ID, s.Why)
			if what != "" {
				t.Shut += ": " + what
			}
			t.Hint = hint
		}
		out = append(out, t)
	}
	return out
}

// Keys lists what was proved to be a key of the capture.
func (k *keyring) Keys(whole bool) []string {
	f := keysFlags{reveal: whole}
	var out []string
	for _, x := range k.opener.Keys() {
		for _, it := range f.items(&keys.Ring{Keys: []keys.Key{x}}) {
			out = append(out, fmt.Sprintf("%s  %-16s  %s", it.owner, it.kind, it.secret))
		}
	}
	return out
}

// Add takes a further key.
func (k *keyring) Add(text string) error {
	if err := k.ring.AddSpec(text); err != nil {
		return err
	}
	k.typed = append(k.typed, text)
	return nil
}

// Loaded tells how many keys were read, and which of them proved right for no
// session.
func (k *keyring) Loaded() string {
	proved := map[string]bool{}
	for _, s := range k.opener.Sessions() {
		if s.Proved {
			proved[s.Source] = true
		}
	}
	var unused []string
	for _, x := range k.ring.Keys {
		if !proved[x.Source] {
			unused = append(unused, x.String())
		}
	}
	out := fmt.Sprint(k.ring.Len())
	if n := len(unused); n > 0 {
		out += fmt.Sprintf(" (%d unused: %s", n, strings.Join(unused[:min(n, 3)], "; "))
		if n > 3 {
			out += "; ..."
		}
		out += ")"
	}
	return out
}

// Reread reads the files again, and takes what was typed.
func (k *keyring) Reread() error {
	f := *k.flags
	f.unlock = muted(f.unlock) // the screen has the terminal
	ring, err := f.ringOf(k.side)
	if err != nil {
		return err
	}
	for _, text := range k.typed {
		if err := ring.AddSpec(text); err != nil {
			return err
		}
	}
	k.ring = ring
	return nil
}

// Check gives what reads the capture whole, as keys check does, and tells the
// same.
func (k *keyring) Check() func() ([]state.KeySession, error) {
	parts := k.flags.parts(k.side)
	if parts[0] == "-" { // a pipe gives its bytes once
		return nil
	}
	ring := new(keys.Ring) // the other one may grow meanwhile
	ring.Append(k.ring)
	return func() ([]state.KeySession, error) {
		file, err := capture.Open(parts...)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		quiet := &app{stdout: io.Discard, stderr: io.Discard}
		c, err := quiet.count(k.flags, &side{file: file, ring: ring, opener: decrypt.NewOpener(ring)})
		if err != nil {
			return nil, err
		}
		list := c.check()
		if err := quiet.strays(k.flags, c, list); err != nil {
			return nil, err
		}
		out := make([]state.KeySession, len(list))
		for i := range list {
			x := &list[i]
			out[i] = state.KeySession{Name: x.name(), User: x.Account, Dialect: x.version(), Cipher: x.Cipher.String(), Proof: x.proof()}
			if x.Proved {
				out[i].From = x.Source
			}
			if x.shut() {
				out[i].Shut, out[i].Hint = x.Why.String(), x.hint
				if x.what != "" {
					out[i].Shut += ": " + x.what
				}
			}
		}
		return out, nil
	}
}

// Try reads the capture with one key alone and tells what opens.
func (k *keyring) Try(text string) (string, error) {
	ring := new(keys.Ring)
	if err := ring.AddSpec(text); err != nil {
		return "", err
	}
	parts := k.flags.parts(k.side)
	if parts[0] == "-" {
		return "what comes from a pipe cannot be read a second time: a adds the key", nil
	}
	file, err := capture.Open(parts...)
	if err != nil {
		return "", err
	}
	defer file.Close()
	t := dissect.NewTrace(file, decrypt.NewOpener(ring))
	if err := t.Load(k.flags.ports, nil); err != nil {
		return "", err
	}
	c := t.Counts()
	return fmt.Sprintf("%d of %d sealed messages open", c.Opened, c.Sealed), nil
}

func proof(what string, held, tried uint64) string {
	switch held {
	case tried:
		return "all " + what + " verify"
	case 0:
		return "no " + what + " verify"
	}
	return fmt.Sprintf("%d%% of %s verify", 100*held/tried, what)
}
