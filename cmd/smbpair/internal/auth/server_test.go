package auth

import (
	"crypto/rand"
	"testing"
	"time"

	"smbdiff/decrypt"
)

func newServer() *Server {
	return &Server{Name: "srv", Random: rand.Reader, Now: time.Now, Lookup: func(user, _ string) ([]byte, bool) {
		return decrypt.NTHash("secret"), user == "user"
	}}
}

// FuzzStep holds that no token of a client panics, and that none gets in that
// knows no password.
func FuzzStep(f *testing.F) {
	negotiate := append([]byte(mark), 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff)
	auth := append([]byte(mark), 3, 0, 0, 0)
	auth = append(auth, make([]byte, 76)...)
	f.Add(initToken(mechList(), negotiate, nil), response(incomplete, false, auth, nil))
	f.Add(negotiate, auth)
	f.Add(initToken(mechList(), nil, nil), response(incomplete, false, negotiate, []byte("mic")))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		s := newServer()
		for _, in := range [][]byte{first, second} {
			if _, done, r, ok := s.Step(in); ok && done && r.Known {
				t.Errorf("%+v got in", r)
			}
		}
	})
}
