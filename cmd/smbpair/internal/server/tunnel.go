package server

import (
	"time"

	"smbdiff/cmd/smbpair/internal/vfs"
)

// tunnelKey is a short name in a directory.
type tunnelKey struct {
	dir   *vfs.Node
	short string
}

// tunnelled is what is remembered of a name that went: made again soon by its
// short name, it gets the long one back, as NTFS does, [MS-FSA] 2.1.5.1.1.
type tunnelled struct {
	long string
	at   time.Time
}

const (
	tunnelTime = 15 * time.Second
	maxTunnel  = 256
)

// keepName remembers the names of a node that goes.
func (s *Server) keepName(n *vfs.Node) {
	short := shortName(n)
	if short == n.Name || n.Parent == nil {
		return
	}
	if len(s.tunnel) >= maxTunnel {
		clear(s.tunnel)
	}
	s.tunnel[tunnelKey{n.Parent, vfs.Fold(short)}] = tunnelled{n.Name, s.Now()}
}

// longName gives the long name that belongs to a new name.
func (s *Server) longName(dir *vfs.Node, name string) string {
	k := tunnelKey{dir, vfs.Fold(name)}
	t, ok := s.tunnel[k]
	if !ok || s.Now().Sub(t.at) > tunnelTime {
		return name
	}
	delete(s.tunnel, k)
	if _, err := dir.Child(t.long); err == nil {
		return name
	}
	return t.long
}
