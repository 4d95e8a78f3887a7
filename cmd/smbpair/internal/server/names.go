package server

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// createName is the name in a CREATE request.
func (rq *request) createName() (string, bool) {
	var m smb2.CreateRequest
	if rq.h.Command != smb2.Create || !smb2.Decode(rq.msg, &m) || len(m.Name)%2 != 0 {
		return "", false
	}
	return rq.pathText(m.Name), true
}

// target is where a name points to.
type target struct {
	parent *vfs.Node // nil for the root
	name   string    // last component, without stream
	node   *vfs.Node // nil when it does not exist
	stream string    // name of the stream, "" for the unnamed one
	named  bool      // a stream was named, ::$DATA too
	index  bool      // :$I30:$INDEX_ALLOCATION, the directory itself
	st     *vfs.Stream
	rest   int // bytes of the path behind a node where the walk stopped
}

const (
	maxName = 255
	maxPath = 32 << 10
)

// resolve walks a path. Its status is of what comes before the last component.
func resolve(v *vfs.Volume, path string) (target, proto.Status) {
	if path == "" {
		return target{node: v.Root}, proto.OK
	}
	if len(path) > maxPath {
		return target{}, proto.ObjectNameInvalid
	}
	if path[0] == '\\' {
		return target{}, proto.InvalidParameter
	}
	path = strings.TrimSuffix(path, `\`)
	parts := strings.Split(path, `\`)
	dir, done := v.Root, -1
	for _, p := range parts[:len(parts)-1] {
		if st := checkName(p); st != proto.OK {
			return target{}, st
		}
		n := child(dir, p)
		if n == nil || !n.Dir {
			if n != nil && n.Reparse != nil {
				return target{node: n, rest: behind(path, done+1+len(p))}, proto.StoppedOnSymlink
			}
			return target{}, proto.ObjectPathNotFound
		}
		if done += 1 + len(p); n.Reparse != nil {
			return target{node: n, rest: behind(path, done)}, proto.StoppedOnSymlink
		}
		dir = n
	}
	t := target{parent: dir}
	if st := t.last(parts[len(parts)-1]); st != proto.OK {
		return target{}, st
	}
	if t.name == "" {
		t.parent, t.node = nil, v.Root
	} else {
		t.node = child(dir, t.name)
	}
	if t.node != nil && t.stream != "" {
		t.st = t.node.Stream(t.stream)
	}
	return t, proto.OK
}

// behind counts the bytes of UTF-16 that a path has from place at on.
func behind(path string, at int) int { return len(wire.AppendUTF16(nil, path[at:])) }

// child finds an entry by its name, or else by its short name.
func child(dir *vfs.Node, name string) *vfs.Node {
	if n, err := dir.Child(name); err == nil {
		return n
	}
	if dir.Dir && strings.Contains(name, "~") {
		for _, n := range dir.Children() {
			if strings.EqualFold(shortName(n), name) {
				return n
			}
		}
	}
	return nil
}

// last takes the last component apart: NAME:STREAM:TYPE.
func (t *target) last(s string) proto.Status {
	parts := strings.Split(s, ":")
	t.name = parts[0]
	if len(parts) > 1 && t.name == "" && t.parent.Parent != nil {
		return proto.ObjectNameInvalid
	}
	if t.name != "" || len(parts) == 1 {
		if st := checkName(t.name); st != proto.OK {
			return st
		}
	}
	switch len(parts) {
	case 1:
		return proto.OK
	case 2, 3:
		t.named, t.stream = true, parts[1]
	default:
		return proto.ObjectNameInvalid
	}
	if len(parts) == 2 && t.stream == "" || len(t.stream) > maxName || strings.ContainsAny(t.stream, "/\x00") {
		return proto.ObjectNameInvalid
	}
	if len(parts) == 3 {
		switch strings.ToUpper(parts[2]) {
		case "$DATA":
		case "$INDEX_ALLOCATION":
			if t.stream != "" && !strings.EqualFold(t.stream, "$I30") {
				return proto.ObjectNameInvalid
			}
			t.stream, t.index = "", true
		default:
			return proto.ObjectNameInvalid
		}
	}
	return proto.OK
}

// checkName checks one component, [MS-FSCC] 2.1.5.
func checkName(s string) proto.Status {
	switch {
	case s == "..":
		return proto.ObjectPathSyntaxBad
	case s == "" || s == ".":
		return proto.ObjectNameInvalid
	case len(s) > 4*maxName || len([]rune(s)) > maxName:
		return proto.ObjectNameInvalid
	}
	for _, r := range s {
		if r < 0x20 || strings.ContainsRune(`"*/:<>?|`, r) {
			return proto.ObjectNameInvalid
		}
	}
	return proto.OK
}

// statusOf gives the status of a volume's error.
func statusOf(err error) proto.Status {
	switch {
	case err == nil:
		return proto.OK
	case errors.Is(err, vfs.ErrExist), errors.Is(err, fs.ErrExist):
		return proto.ObjectNameCollision
	case errors.Is(err, vfs.ErrNotExist), errors.Is(err, fs.ErrNotExist):
		return proto.ObjectNameNotFound
	case errors.Is(err, vfs.ErrNotDir):
		return proto.NotADirectory
	case errors.Is(err, vfs.ErrNotEmpty), errors.Is(err, syscall.ENOTEMPTY):
		return proto.DirectoryNotEmpty
	case errors.Is(err, vfs.ErrFull), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EFBIG):
		return proto.DiskFull
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return proto.TooManyOpenedFiles
	case errors.Is(err, syscall.ENAMETOOLONG):
		return proto.ObjectNameInvalid
	case errors.Is(err, syscall.EINVAL):
		return proto.InvalidParameter
	}
	return proto.AccessDenied
}

// matches tells whether a name fits a pattern, [MS-FSA] 2.1.4.4. Both are in
// folded form. States are the places of the pattern that can be reached.
func matches(pattern, name []rune) bool {
	cur := make([]bool, len(pattern)+1)
	next := make([]bool, len(pattern)+1)
	cur[0] = true
	lastDot := -1
	for i, r := range name {
		if r == '.' {
			lastDot = i
		}
	}
	for i := 0; i <= len(name); i++ {
		clear(next)
		for j := range pattern {
			if cur[j] {
				step(pattern, name, i, j, lastDot, cur, next)
			}
		}
		if i == len(name) {
			return cur[len(pattern)]
		}
		cur, next = next, cur
	}
	return false
}

// step follows one state over one character of the name, i == len(name) being
// its end.
func step(pattern, name []rune, i, j, lastDot int, cur, next []bool) {
	end := i == len(name)
	switch p := pattern[j]; {
	case p == '*':
		cur[j+1] = true
		next[j] = true
	case p == '<': // any characters up to the last dot
		cur[j+1] = true
		if !end && (name[i] != '.' || i != lastDot) {
			next[j] = true
		}
	case p == '>': // any character but a dot, or the end of the part
		if end || name[i] == '.' {
			cur[j+1] = true
		} else {
			next[j+1] = true
		}
	case p == '"': // a dot, or the end
		if end {
			cur[j+1] = true
		} else if name[i] == '.' {
			next[j+1] = true
		}
	case !end && (p == '?' || p == name[i]):
		next[j+1] = true
	}
}
