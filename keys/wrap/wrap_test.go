package wrap

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/plugin"
	"golang.org/x/crypto/ssh"

	"smbdiff/keys"
)

// TestMain is the plugin of TestPlugin when it is called by its name.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "age-plugin-echo" {
		os.Exit(m.Run())
	}
	p, err := plugin.New("echo")
	if err != nil {
		panic(err)
	}
	p.HandleRecipient(func([]byte) (age.Recipient, error) { return echo{}, nil })
	p.HandleIdentity(func([]byte) (age.Identity, error) { return echo{}, nil })
	os.Exit(p.Main())
}

// echo wraps a file key as it is.
type echo struct{}

func (echo) Wrap(key []byte) ([]*age.Stanza, error) {
	return []*age.Stanza{{Type: "echo", Body: key}}, nil
}

func (echo) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, s := range stanzas {
		if s.Type == "echo" {
			return s.Body, nil
		}
	}
	return nil, age.ErrIncorrectIdentity
}

const secret = "0011223344556677,00112233445566778899aabbccddeeff\n"

func wrapFor(t testing.TB, to ...string) []byte {
	t.Helper()
	var list []age.Recipient
	for _, s := range to {
		r, err := Recipient(s, new(plugin.ClientUI))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	b, err := Wrap([]byte(secret), list)
	if err != nil {
		t.Fatal(err)
	}
	if !keys.Wrapped(b) {
		t.Error("not recognised as wrapped")
	}
	return b
}

func wrapWith(t testing.TB, phrase string) []byte {
	t.Helper()
	r, err := Passphrase([]byte(phrase), 10)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Wrap([]byte(secret), []age.Recipient{r})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func file(t testing.TB, dir, name, text string) string {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// answers gives passphrases in turn.
func answers(list ...string) func(string) ([]byte, error) {
	return func(string) ([]byte, error) {
		if len(list) == 0 {
			return nil, ErrNoTerminal
		}
		a := list[0]
		list = list[1:]
		return []byte(a), nil
	}
}

// check opens a wrapped file. want is a part of the error, "" for none.
func check(t *testing.T, name string, o *Opener, wrapped []byte, want string) {
	t.Helper()
	text, err := o.Unwrap("x.keys", wrapped)
	switch {
	case want == "" && (err != nil || string(text) != secret):
		t.Errorf("%s: %q, %v", name, text, err)
	case want != "":
		var own *keys.Error
		if !errors.As(err, &own) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "8899")) {
			t.Errorf("%s: a secret is in %v", name, err)
		}
	}
}

func TestAge(t *testing.T) {
	dir := t.TempDir()
	one, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	two, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	first, second := file(t, dir, "one", "# mine\n\n"+one.String()+"\n"), file(t, dir, "two", two.String()+"\n")
	sealed := map[string][]byte{"one": wrapFor(t, one.Recipient().String()), "two": wrapFor(t, two.Recipient().String())}
	check(t, "X25519", &Opener{Files: []string{first}}, sealed["one"], "")
	check(t, "hybrid", &Opener{Files: []string{first, second}}, sealed["two"], "")
	check(t, "other key", &Opener{Files: []string{second}}, sealed["one"], "is wrapped for other keys than are given")
	check(t, "no key", &Opener{SSH: dir}, sealed["one"], "its secret key is not given")
	check(t, "no such file", &Opener{Files: []string{first + "x"}}, sealed["one"], "no such file")
	check(t, "not a key", &Opener{Files: []string{file(t, dir, "bad", "AGE-SECRET-KEY-1QQQQ\n")}}, sealed["one"], "bad:1: not a secret key")
	check(t, "cut", &Opener{Files: []string{first}}, sealed["one"][:len(sealed["one"])-60], "damaged")
	flip := bytes.Clone(sealed["one"])
	flip[len(flip)-45] ^= 1
	check(t, "flipped", &Opener{Files: []string{first}}, flip, "damaged")

	var binary bytes.Buffer
	w, err := age.Encrypt(&binary, one.Recipient())
	if err == nil {
		_, err = io.WriteString(w, secret)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil || !keys.Wrapped(binary.Bytes()) {
		t.Fatal(err)
	}
	check(t, "binary", &Opener{Files: []string{first}}, binary.Bytes(), "")

	phrase, err := age.NewScryptRecipient("letmein")
	if err != nil {
		t.Fatal(err)
	}
	phrase.SetWorkFactor(10)
	locked, err := Wrap([]byte(one.String()), []age.Recipient{phrase})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "wrapped identity", &Opener{Files: []string{file(t, dir, "locked", string(locked))}, Ask: answers("letmein")}, sealed["one"], "")
}

func TestPassphrase(t *testing.T) {
	b := wrapWith(t, "correct horse")
	check(t, "right", &Opener{Ask: answers("correct horse")}, b, "")
	check(t, "wrong", &Opener{Ask: answers("battery staple")}, b, "the passphrase does not open it")
	check(t, "none", &Opener{}, b, "no terminal")
	check(t, "given up", &Opener{Ask: func(string) ([]byte, error) { return nil, errors.New("stopped") }}, b, "stopped")
	o := &Opener{Ask: answers("correct horse")}
	check(t, "once", o, b, "")
	check(t, "not asked again", o, b, "")
}

// sshKey makes a key pair as ssh-keygen writes it.
func sshKey(t *testing.T, secret any, phrase string) (private, public string) {
	t.Helper()
	block, err := ssh.MarshalPrivateKey(secret, "")
	if phrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(secret, "", []byte(phrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block)), string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
}

func TestSSH(t *testing.T) {
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, key := range map[string]any{"id_ed25519": ed, "id_rsa": r} {
		private, public := sshKey(t, key, "")
		wrapped := wrapFor(t, strings.TrimSpace(public))
		path := file(t, dir, name+"-given", private)
		check(t, name, &Opener{Files: []string{path}}, wrapped, "")
		check(t, name+" absent", &Opener{SSH: dir}, wrapped, "is wrapped for a public key")
		file(t, dir, name, private)
		check(t, name+" in the folder", &Opener{SSH: dir}, wrapped, "")
		if name == "id_rsa" {
			continue // passphrases of keys take long
		}
		locked, _ := sshKey(t, key, "letmein")
		file(t, dir, name, locked)
		check(t, name+" with a passphrase", &Opener{SSH: dir, Ask: answers("letmein")}, wrapped, "")
		check(t, name+" with a wrong one", &Opener{SSH: dir, Ask: answers("letmeout")}, wrapped, "the passphrase does not open it")
		check(t, name+" nobody to ask", &Opener{SSH: dir}, wrapped, "no terminal")
	}
	list, err := RecipientFile(file(t, dir, "recipients", "# friends\n"+public(t, ed)+"\n"), nil)
	if err != nil || len(list) != 1 {
		t.Errorf("%d recipients, %v", len(list), err)
	}
}

func public(t *testing.T, key any) string {
	_, p := sshKey(t, key, "")
	return p
}

func TestRecipients(t *testing.T) {
	for _, s := range []string{"", "age1", "age1xyz", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1QQQQ", "someone@example.com"} {
		if _, err := Recipient(s, new(plugin.ClientUI)); err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%q: %v", s, err)
		}
	}
	dir := t.TempDir()
	for _, text := range []string{"", "# none\n", "age1x\n"} {
		if _, err := RecipientFile(file(t, dir, "r", text), nil); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

// shelf is a Store.
type shelf struct {
	held map[[sha256.Size]byte]string
}

func (s *shelf) Get(id [sha256.Size]byte) ([]byte, bool) {
	text, ok := s.held[id]
	return []byte(text), ok
}

func (s *shelf) Put(id [sha256.Size]byte, _ string, text []byte) { s.held[id] = string(text) }

func TestStore(t *testing.T) {
	b, s := wrapWith(t, "correct horse"), &shelf{held: map[[sha256.Size]byte]string{}}
	check(t, "not opened", &Opener{Store: s}, b, "no terminal")
	check(t, "opened", &Opener{Store: s, Ask: answers("correct horse")}, b, "")
	check(t, "from the store", &Opener{Store: s}, b, "")
	if s.held[sha256.Sum256(b)] != secret || len(s.held) != 1 {
		t.Errorf("%d held", len(s.held))
	}
}

// FuzzUnwrap gives the opener damaged files.
func FuzzUnwrap(f *testing.F) {
	one, err := age.GenerateX25519Identity()
	if err != nil {
		f.Fatal(err)
	}
	path := file(f, f.TempDir(), "one", one.String())
	f.Add(wrapFor(f, one.Recipient().String()))
	f.Add([]byte("age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 30\nAAAA\n--- AAAA\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		o := &Opener{Files: []string{path}, Ask: func(string) ([]byte, error) { return nil, errors.New("nobody there") }}
		if text, err := o.Unwrap("x", b); err != nil && text != nil {
			t.Error("a text beside an error")
		}
	})
}
