package wrap

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/plugin"
	"golang.org/x/crypto/ssh"

	"smbdiff/keys"
)

// identities reads a file of secret keys. It may be wrapped with a passphrase
// itself.
func (o *Opener) identities(path string) ([]age.Identity, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	if keys.Wrapped(b) {
		inner := &Opener{Ask: o.Ask}
		if b, err = inner.Unwrap(path, b); err != nil {
			return nil, err
		}
	}
	if bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("-----BEGIN")) {
		id, err := o.sshIdentity(path, b)
		if err != nil {
			return nil, err
		}
		return []age.Identity{id}, nil
	}
	var list []age.Identity
	for i, l := range strings.Split(string(b), "\n") {
		if l = strings.TrimSpace(l); l == "" || l[0] == '#' {
			continue
		}
		id, ok := o.identity(l)
		if !ok { // its text would show the secret
			return nil, &keys.Error{File: path, Line: i + 1, What: "not a secret key", Hint: "AGE-SECRET-KEY-1..., AGE-PLUGIN-..., or an ssh key file"}
		}
		list = append(list, id)
	}
	if len(list) == 0 {
		return nil, &keys.Error{File: path, What: "no secret key in it", Hint: "AGE-SECRET-KEY-1..., AGE-PLUGIN-..., or an ssh key file"}
	}
	return list, nil
}

func (o *Opener) identity(l string) (age.Identity, bool) {
	var id age.Identity
	var err error
	switch {
	case strings.HasPrefix(l, "AGE-PLUGIN-"):
		id, err = plugin.NewIdentity(l, o.UI)
	case strings.HasPrefix(l, "AGE-SECRET-KEY-PQ-1"):
		id, err = age.ParseHybridIdentity(l)
	default:
		id, err = age.ParseX25519Identity(l)
	}
	return id, err == nil
}

// sshIdentity reads an ssh secret key. One that has a passphrase is opened when
// a file is wrapped for it.
func (o *Opener) sshIdentity(path string, pem []byte) (age.Identity, error) {
	id, err := agessh.ParseIdentity(pem)
	if err == nil {
		return id, nil
	}
	var locked *ssh.PassphraseMissingError
	if !errors.As(err, &locked) {
		return nil, &keys.Error{File: path, What: "not a secret key of ssh that can be used", Hint: "ed25519 and RSA keys can", Err: err}
	}
	public := locked.PublicKey
	if public == nil { // older files do not hold it
		b, err := readFile(path + ".pub")
		if err != nil {
			return nil, err
		}
		if public, _, _, _, err = ssh.ParseAuthorizedKey(b); err != nil {
			return nil, &keys.Error{File: path + ".pub", What: "not a public key of ssh", Err: err}
		}
	}
	l := &lockedSSH{path: path}
	l.EncryptedSSHIdentity, err = agessh.NewEncryptedSSHIdentity(public, pem, func() ([]byte, error) {
		phrase, err := o.ask("Passphrase of " + path + ": ")
		l.unasked = err
		return phrase, err
	})
	if err != nil {
		return nil, &keys.Error{File: path, What: "not a secret key of ssh that can be used", Hint: "ed25519 and RSA keys can", Err: err}
	}
	return l, nil
}

// lockedSSH is an ssh key with a passphrase. It words what went wrong.
type lockedSSH struct {
	*agessh.EncryptedSSHIdentity
	path    string
	unasked error // why no passphrase was given
}

func (l *lockedSSH) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	key, err := l.EncryptedSSHIdentity.Unwrap(stanzas)
	if err == nil || errors.Is(err, age.ErrIncorrectIdentity) {
		return key, err
	}
	switch {
	case errors.Is(l.unasked, ErrNoTerminal):
		return nil, &keys.Error{File: l.path, What: "has a passphrase, and there is " + ErrNoTerminal.Error(), Hint: hintTerminal, Err: err}
	case l.unasked != nil:
		return nil, &keys.Error{File: l.path, What: l.unasked.Error(), Hint: "it wants the passphrase that ssh asks for", Err: l.unasked}
	}
	return nil, &keys.Error{File: l.path, What: "the passphrase does not open it", Hint: "it wants the passphrase that ssh asks for", Err: err}
}

// sshFile is a key in the user's ssh folder. It is read when a file is wrapped
// for a key of ssh.
type sshFile struct {
	opener *Opener
	path   string
	id     age.Identity
}

func (s *sshFile) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if !slices.ContainsFunc(stanzas, func(st *age.Stanza) bool { return strings.HasPrefix(st.Type, "ssh-") }) {
		return nil, age.ErrIncorrectIdentity
	}
	if s.id == nil {
		pem, err := readFile(s.path)
		if err != nil {
			return nil, age.ErrIncorrectIdentity
		}
		if s.id, err = s.opener.sshIdentity(s.path, pem); err != nil {
			return nil, age.ErrIncorrectIdentity
		}
	}
	return s.id.Unwrap(stanzas)
}
