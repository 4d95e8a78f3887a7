// Package wrap wraps key files for a passphrase or for public keys, and opens
// them, in the format of age (age-encryption.org/v1). It knows where a user's
// identities lie and asks for passphrases. It must not know what the files hold;
// no secret stands in its errors.
package wrap

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"filippo.io/age/plugin"

	"smbdiff/keys"
)

// Wrap gives text wrapped for all of the recipients, as text itself.
func Wrap(text []byte, to []age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	lines := armor.NewWriter(&out)
	w, err := age.Encrypt(lines, to...)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := lines.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Passphrase makes a recipient of a passphrase. It is then the only one. work is
// what trying one costs, as a power of two; 0 is age's own choice.
func Passphrase(phrase []byte, work int) (age.Recipient, error) {
	r, err := age.NewScryptRecipient(string(phrase))
	if err != nil {
		return nil, err
	}
	if work > 0 {
		r.SetWorkFactor(work)
	}
	return r, nil
}

// Recipient reads a public key: age1..., that of a plugin of age, or a line of an
// ssh public key file, ssh-ed25519 or ssh-rsa.
func Recipient(s string, ui *plugin.ClientUI) (age.Recipient, error) {
	var r age.Recipient
	var err error
	switch {
	case strings.HasPrefix(s, "ssh-"):
		r, err = agessh.ParseRecipient(s)
	case strings.HasPrefix(s, "age1pq1"):
		r, err = age.ParseHybridRecipient(s)
	case strings.HasPrefix(s, "age1") && isPlugin(s):
		r, err = plugin.NewRecipient(s, ui)
	case strings.HasPrefix(s, "age1"):
		r, err = age.ParseX25519Recipient(s)
	case strings.HasPrefix(s, "AGE-"), strings.HasPrefix(s, "-----"):
		return nil, &keys.Error{File: "recipient", What: "is a secret key, not a public one", Hint: "age-keygen -y FILE gives the public key, ssh has it in FILE.pub"}
	default:
		err = errors.New("unknown form")
	}
	if err != nil {
		return nil, &keys.Error{File: "recipient " + shortened(s), What: "not a public key", Hint: "age1..., ssh-ed25519 ... or ssh-rsa ...", Err: err}
	}
	return r, nil
}

// isPlugin tells age1NAME1... from age1...: the data part has no "1".
func isPlugin(s string) bool { return strings.LastIndexByte(s, '1') > 3 }

func shortened(s string) string {
	if len(s) > 24 {
		return s[:24] + "..."
	}
	return s
}

// RecipientFile reads public keys, one a line; # starts a comment.
func RecipientFile(path string, ui *plugin.ClientUI) ([]age.Recipient, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	var list []age.Recipient
	for i, l := range strings.Split(string(b), "\n") {
		if l = strings.TrimSpace(l); l == "" || l[0] == '#' {
			continue
		}
		r, err := Recipient(l, ui)
		if err != nil {
			var own *keys.Error
			if errors.As(err, &own) {
				return nil, &keys.Error{File: path, Line: i + 1, What: own.What, Hint: own.Hint, Err: own.Err}
			}
			return nil, err
		}
		list = append(list, r)
	}
	if len(list) == 0 {
		return nil, &keys.Error{File: path, What: "no public key in it", Hint: "one a line: age1..., ssh-ed25519 ... or ssh-rsa ..."}
	}
	return list, nil
}

const maxIdentity = 1 << 20

// readFile reads a small file of keys.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		what := err.Error()
		var pe *os.PathError
		if errors.As(err, &pe) {
			what = pe.Err.Error()
		}
		return nil, &keys.Error{File: path, What: what, Err: err}
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxIdentity+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(b) > maxIdentity {
		return nil, &keys.Error{File: path, What: "too long for a file of keys"}
	}
	return b, nil
}
