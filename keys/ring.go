package keys

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const maxFile = 256 << 20

const formatHint = "a key file holds Wireshark's smb2_seskey_list, debug output of Samba, cifs.ko, smbinfo or ksmbd, " +
	`bare keys, or lines "password USER PASSWORD" and "nthash USER HEX"`

// AddFile adds the keys of a file of any known format, several formats in one
// file allowed.
func (r *Ring) AddFile(path string) error {
	return r.withFile(path, func(f io.Reader) error {
		p := newParser(path)
		if err := p.read(f); err != nil {
			return err
		}
		r.Append(&p.ring)
		return nil
	})
}

// AddText adds the keys of a text, such as one that was pasted. The name stands
// for a file's name in errors and sources.
func (r *Ring) AddText(name string, text []byte) error {
	p := newParser(name)
	if err := p.read(bytes.NewReader(text)); err != nil {
		return err
	}
	r.Append(&p.ring)
	return nil
}

// specName stands for a file's name where a key was typed.
const specName = "key"

// AddSpec adds what a user names with one word: a file, "ID,KEY", Wireshark's
// four columns, a bare key, or "password:@FILE" (or "nthash:@FILE") whose lines
// are passwords of anybody.
func (r *Ring) AddSpec(spec string) error {
	for _, kind := range []string{"password", "nthash"} {
		if rest, ok := strings.CutPrefix(spec, kind+":"); ok {
			path, ok := strings.CutPrefix(rest, "@")
			if !ok {
				return &Error{File: specName, What: "a " + kind + " on the command line shows in the list of processes",
					Hint: "put it into a file and give " + kind + ":@FILE"}
			}
			return r.addSecretFile(kind, path)
		}
	}
	if spec == "" {
		return &Error{File: specName, What: "nothing given", Hint: "give a file, ID,KEY or a bare key"}
	}
	if Typed(spec) {
		return r.AddText(specName, []byte(spec))
	}
	return r.AddFile(spec)
}

// Typed reports whether AddSpec takes a spec as a key typed on the command line,
// where other users of the machine can see it.
func Typed(spec string) bool {
	_, err := os.Stat(spec)
	return err != nil && looksTyped(spec)
}

// looksTyped tells a key typed by hand from a file's name.
func looksTyped(spec string) bool {
	if recordLike(spec) {
		return true
	}
	s := strings.TrimPrefix(strings.ToLower(spec), "0x")
	return len(s) >= 24 && isHex(s)
}

func (r *Ring) addSecretFile(kind, path string) error {
	return r.withFile(path, func(f io.Reader) error {
		p := newParser(path)
		err := p.lines(f, func(line string) error {
			line = strings.TrimRight(line, "\r\n")
			if strings.TrimSpace(line) == "" {
				return nil
			}
			if kind == "nthash" {
				h, err := p.hash(strings.TrimSpace(line))
				if err != nil {
					return err
				}
				p.ring.addSecret(Secret{Hash: h, Source: p.source()})
				return nil
			}
			p.ring.addSecret(Secret{Password: line, Source: p.source()})
			return nil
		})
		if err != nil {
			return err
		}
		if p.ring.Len() == 0 {
			return &Error{File: path, What: "no " + kind + " in it"}
		}
		r.Append(&p.ring)
		return nil
	})
}

// withFile opens a file for reading, unwrapped, and says in one line why it
// cannot.
func (r *Ring) withFile(path string, read func(io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fileError(path, err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return fileError(path, err)
	}
	if st.IsDir() {
		return &Error{File: path, What: "is a folder, not a key file"}
	}
	text, err := r.unwrapped(path, f)
	if err == nil {
		err = read(text)
	}
	if err != nil {
		var own *Error
		if errors.As(err, &own) {
			return err
		}
		return fileError(path, err)
	}
	return nil
}

func fileError(path string, err error) error {
	e := &Error{File: path, What: err.Error(), Err: err}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		e.What = pe.Err.Error()
	}
	if errors.Is(err, fs.ErrNotExist) {
		e.What, e.Hint = "no such key file", "give a file, ID,KEY (hex) or a bare key of 32 or 64 hex digits"
	}
	return e
}

// Beside gives the key file that lies beside a capture: X.keys beside X.pcap,
// X.pcapng.gz and the like, or X.keys.age, which is wrapped. It is "" when there
// is none.
func Beside(capture string) string {
	if capture == "" || capture == "-" {
		return ""
	}
	dir, base := filepath.Split(capture)
	for _, pack := range []string{".gz", ".zst"} {
		if cut := len(base) - len(pack); cut > 0 && strings.EqualFold(base[cut:], pack) {
			base = base[:cut]
			break
		}
	}
	if ext := filepath.Ext(base); ext != base {
		base = strings.TrimSuffix(base, ext)
	}
	for _, ext := range []string{".keys", ".keys.age"} {
		path := filepath.Join(dir, base+ext)
		if path == filepath.Clean(capture) {
			return ""
		}
		if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() {
			return path
		}
	}
	return ""
}
