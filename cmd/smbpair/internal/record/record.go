// Package record writes the bytes of connections, as they cross, to a capture
// with the keys of its sessions beside it. It knows no SMB.
package record

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"smbdiff/dissect/capture"
)

// File is a capture being written. It may be used by several goroutines at once.
// The first error is kept and told by Close.
type File struct {
	mu   sync.Mutex
	file *os.File
	buf  *bufio.Writer
	w    *capture.Writer
	keys *os.File
	last int64
	err  error
}

// Create starts a capture; the keys go beside it under the name X.keys.
func Create(name string, keys bool) (*File, error) {
	f, err := os.Create(name)
	if err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	r := &File{file: f, buf: bufio.NewWriterSize(f, 1<<20)}
	if r.w, err = capture.NewWriter(r.buf); err == nil && keys {
		r.keys, err = os.OpenFile(strings.TrimSuffix(name, filepath.Ext(name))+".keys", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("recording: %w", err)
	}
	return r, nil
}

func addr(a net.Addr) netip.AddrPort {
	p, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(p.Addr().Unmap().WithZone(""), p.Port())
}

// do runs one write under the lock; time never goes back.
func (r *File) do(at time.Time, write func(at int64) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = max(r.last, at.UnixNano())
	if r.err == nil && r.w != nil {
		r.err = write(r.last)
	}
}

// Connect notes that a connection was made.
func (r *File) Connect(at time.Time, client, server net.Addr) {
	r.do(at, func(at int64) error { return r.w.Connect(at, addr(client), addr(server)) })
}

// Data notes bytes.
func (r *File) Data(at time.Time, src, dst net.Addr, b []byte) {
	r.do(at, func(at int64) error { return r.w.WritePacket(at, addr(src), addr(dst), b) })
}

// End notes that one side sends no more.
func (r *File) End(at time.Time, src, dst net.Addr) {
	r.do(at, func(at int64) error { return r.w.Close(at, addr(src), addr(dst), false) })
}

// Key notes the key of a session, in the form of Wireshark's list.
func (r *File) Key(session uint64, key []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys == nil || r.err != nil {
		return
	}
	var id [8]byte
	for i := range id {
		id[i] = byte(session >> (8 * i))
	}
	_, r.err = fmt.Fprintf(r.keys, "%s,%s,\"\",\"\"\n", hex.EncodeToString(id[:]), hex.EncodeToString(key))
}

// Password notes the password of an account; the keys of its sessions follow from
// what is recorded of their authentication.
func (r *File) Password(user, password string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys != nil && r.err == nil {
		_, r.err = fmt.Fprintf(r.keys, "password %s %s\n", user, password)
	}
}

// Close ends the capture and gives the first error.
func (r *File) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.err
	for _, step := range []func() error{r.w.Flush, r.buf.Flush, r.file.Close} {
		if e := step(); err == nil {
			err = e
		}
	}
	if r.keys != nil {
		if e := r.keys.Close(); err == nil {
			err = e
		}
	}
	r.w = nil
	if err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	return nil
}
