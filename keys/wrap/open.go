package wrap

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"path/filepath"
	"slices"

	"filippo.io/age"
	"filippo.io/age/armor"
	"filippo.io/age/plugin"

	"smbdiff/keys"
)

// maxWork bounds the work factor of a passphrase, as a power of two: a file is
// not to take gigabytes.
const maxWork = 20

// Store keeps texts that were unwrapped for other processes of the user, by the
// digest of the wrapped file.
type Store interface {
	Get(id [sha256.Size]byte) (text []byte, ok bool)
	Put(id [sha256.Size]byte, name string, text []byte)
}

// Opener opens wrapped files. It implements keys.Unwrapper.
type Opener struct {
	// Files hold identities: secret keys of age or its plugins, or ssh's.
	Files []string
	// SSH is a folder with ssh's keys, which are used when a file is wrapped for
	// one of them; "" is none.
	SSH string
	// Ask asks for a passphrase. It gives ErrNoTerminal when nobody can be asked.
	Ask func(prompt string) ([]byte, error)
	// Store may be nil.
	Store Store
	// UI is what plugins talk to the user with.
	UI *plugin.ClientUI

	opened map[[sha256.Size]byte][]byte
}

// ErrNoTerminal says that there is no terminal to ask for a passphrase on.
var ErrNoTerminal = errors.New("no terminal to ask for the passphrase on")

const (
	hintIdentity = "--identity FILE or $SMBDIFF_IDENTITY names the secret key; ssh keys in ~/.ssh are tried; smbdiff keys agent holds what was opened"
	hintPhrase   = "it wants the passphrase that it was wrapped with"
	hintTerminal = "open it once where a terminal is while smbdiff keys agent runs, or wrap it for a public key: smbdiff keys encrypt -r"
)

// Unwrap opens a file: by what the store has, by the identities given, by ssh's
// keys, or by a passphrase that it asks for. A file is opened once.
func (o *Opener) Unwrap(file string, wrapped []byte) ([]byte, error) {
	id := sha256.Sum256(wrapped)
	if text, ok := o.opened[id]; ok {
		return text, nil
	}
	text, ok := []byte(nil), false
	if o.Store != nil {
		text, ok = o.Store.Get(id)
	}
	if !ok {
		var err error
		if text, err = o.open(file, wrapped); err != nil {
			return nil, err
		}
		if o.Store != nil {
			o.Store.Put(id, file, text)
		}
	}
	if o.opened == nil {
		o.opened = map[[sha256.Size]byte][]byte{}
	}
	o.opened[id] = text
	return text, nil
}

func (o *Opener) open(file string, wrapped []byte) ([]byte, error) {
	var list []age.Identity
	for _, path := range o.Files {
		ids, err := o.identities(path)
		if err != nil {
			return nil, err
		}
		list = append(list, ids...)
	}
	if o.SSH != "" {
		for _, name := range []string{"id_ed25519", "id_rsa"} {
			list = append(list, &sshFile{opener: o, path: filepath.Join(o.SSH, name)})
		}
	}
	phrase := &passphrase{opener: o, file: file}
	r, err := age.Decrypt(unarmored(wrapped), append(list, phrase)...)
	if err != nil {
		return nil, o.explain(file, phrase, err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, &keys.Error{File: file, What: "is damaged: it was wrapped as something else or is cut", Err: err}
	}
	return text, nil
}

// unarmored gives a wrapped file as binary.
func unarmored(b []byte) io.Reader {
	if t := bytes.TrimLeft(b, " \t\r\n"); bytes.HasPrefix(t, []byte(armor.Header)) {
		return armor.NewReader(bufio.NewReader(bytes.NewReader(t)))
	}
	return bytes.NewReader(b)
}

// explain words why a file does not open.
func (o *Opener) explain(file string, p *passphrase, err error) error {
	var own *keys.Error
	var none *age.NoIdentityMatchError
	switch {
	case errors.Is(err, ErrNoTerminal):
		return &keys.Error{File: file, What: "is wrapped with a passphrase, and there is " + ErrNoTerminal.Error(), Hint: hintTerminal, Err: err}
	case errors.As(err, &own):
		return own
	case p.err != nil:
		return &keys.Error{File: file, What: p.err.Error(), Hint: hintPhrase, Err: p.err}
	case p.asked:
		return &keys.Error{File: file, What: "the passphrase does not open it", Hint: hintPhrase, Err: err}
	case errors.As(err, &none):
		what := "is wrapped for other keys than are given"
		if len(o.Files) == 0 {
			what = "is wrapped for a public key, and its secret key is not given"
		}
		for _, kind := range none.StanzaTypes {
			if kind == "ssh-ed25519" || kind == "ssh-rsa" {
				what += " (" + kind + ")"
				break
			}
		}
		return &keys.Error{File: file, What: what, Hint: hintIdentity, Err: err}
	}
	return &keys.Error{File: file, What: "is wrapped and damaged", Err: err}
}

// passphrase is the identity of a file that is wrapped with one. It asks when it
// meets such a file.
type passphrase struct {
	opener *Opener
	file   string
	asked  bool
	err    error
}

func (p *passphrase) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if !slices.ContainsFunc(stanzas, func(s *age.Stanza) bool { return s.Type == "scrypt" }) {
		return nil, age.ErrIncorrectIdentity
	}
	phrase, err := p.opener.ask("Passphrase of " + p.file + ": ")
	if err != nil {
		p.err = err
		return nil, err
	}
	p.asked = true
	if len(phrase) == 0 {
		return nil, age.ErrIncorrectIdentity
	}
	id, err := age.NewScryptIdentity(string(phrase))
	clear(phrase)
	if err != nil {
		return nil, err
	}
	id.SetMaxWorkFactor(maxWork)
	return id.Unwrap(stanzas)
}

func (o *Opener) ask(prompt string) ([]byte, error) {
	if o.Ask == nil {
		return nil, ErrNoTerminal
	}
	return o.Ask(prompt)
}
