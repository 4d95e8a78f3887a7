package keys

import (
	"bytes"
	"io"
)

// Unwrapper opens key files that are wrapped for a passphrase or public keys.
type Unwrapper interface {
	// Unwrap gives the text inside. The file's name is for messages.
	Unwrap(file string, wrapped []byte) ([]byte, error)
}

const (
	wrappedMagic = "age-encryption.org/v1\n"
	wrappedArmor = "-----BEGIN AGE ENCRYPTED FILE-----"
)

// Wrapped reports whether a file that starts with head is wrapped, as binary or
// as text.
func Wrapped(head []byte) bool {
	return bytes.HasPrefix(head, []byte(wrappedMagic)) || bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte(wrappedArmor))
}

// unwrapped gives the text of a file, wrapped or not.
func (r *Ring) unwrapped(path string, f io.Reader) (io.Reader, error) {
	head := make([]byte, 256)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	head = head[:n]
	f = io.MultiReader(bytes.NewReader(head), f)
	if !Wrapped(head) {
		return f, nil
	}
	if r.Unwrapper == nil {
		return nil, &Error{File: path, What: "is wrapped, and cannot be opened here", Hint: "give it with -k when smbdiff starts"}
	}
	all, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(all) > maxFile {
		return nil, &Error{File: path, What: "larger than 256 MiB"}
	}
	text, err := r.Unwrapper.Unwrap(path, all)
	if err != nil {
		return nil, err
	}
	return bytes.NewReader(text), nil
}
