package capture

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// account scans a capture and holds what it counts together: every captured
// byte of the streams of SMB is in a PDU, was passed over behind a loss, or
// belongs to no PDU.
func account(t *testing.T, f *File) uint64 {
	var framed uint64
	sum, _ := f.Scan(Options{HeadSize: 16}, func(p *PDU) bool {
		if p.Kind == PDUMessage || p.Kind == PDUSession {
			framed += nbssHeader + uint64(p.Len) - uint64(p.Missing)
		}
		return true
	})
	if sum == nil {
		return 0
	}
	if sum.Payload != framed+sum.Passed+sum.Unframed {
		t.Errorf("%s, %d bytes of it: %d bytes of SMB streams, of which %d in PDUs, %d passed over, %d of no PDU: %d too many or too few",
			filepath.Base(f.name), f.size, sum.Payload, framed, sum.Passed, sum.Unframed, int64(sum.Payload)-int64(framed+sum.Passed+sum.Unframed))
	}
	return sum.Payload
}

// cutTo is the capture of one file as if it ended after n bytes.
func cutTo(f *File, n int64) *File {
	p := f.parts[0]
	p.size, p.damage = n, ""
	return &File{name: f.name, parts: []part{p}, size: n}
}

// records gives the places at which the records of a capture of one file
// begin, and the last one's end.
func records(f *File) (at []int64) {
	w := newWindow(f)
	w.end = f.size
	walk := newWalker(w, &scanner{f: f}, 0)
	var r record
	for end := int64(0); walk != nil && walk.next(&r); at = append(at, end) {
		var start int64
		if start, end = walk.bounds(); len(at) == 0 {
			at = append(at, start)
		}
	}
	return at
}

// cuts chooses where to cut a capture: everywhere when reading it so often
// takes no more bytes than budget; else at the bounds of records, or as many of
// them as the budget allows, and with what is left of it at every byte of some
// records. all is set for the first.
func cuts(f *File, budget int64) (at []int64, all bool) {
	if f.size*(f.size/2+scanCost) <= budget {
		for n := int64(1); n < f.size; n++ {
			at = append(at, n)
		}
		return at, true
	}
	room := int(budget / (f.size/2 + scanCost))
	bounds := records(f)
	for step, i := 1+2*len(bounds)/max(1, room), 0; i < len(bounds); i += step {
		at = append(at, bounds[i])
	}
	some := 1 + (room-len(at))/300
	for k := range some {
		i := len(bounds) * (2*k + 1) / (2 * some)
		if i+1 >= len(bounds) || len(at) > room {
			continue
		}
		for n := bounds[i] + 1; n < min(bounds[i+1], bounds[i]+300); n++ {
			at = append(at, n)
		}
	}
	slices.Sort(at)
	return slices.Compact(at), false
}

// scanCost is what beginning a scan costs, as bytes to read.
const scanCost = 8 << 10

// excerpt writes records of a pcap file to a file of their own: a capture that
// begins in the middle of its streams.
func excerpt(t *testing.T, f *File, from, to int64) *File {
	t.Helper()
	b := make([]byte, pcapFileHeader+to-from)
	if _, err := f.ReadAt(b[:pcapFileHeader], 0); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadAt(b[pcapFileHeader:], from); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), filepath.Base(f.name))
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// TestAccounts holds the checked-in captures, and those of SMBDIFF_CORPUS, and
// what is left of each when it is cut, against the identity of account. Of the
// captures that are too large to be cut everywhere, excerpts are.
func TestAccounts(t *testing.T) {
	paths, _ := filepath.Glob(filepath.Join("..", "..", "testdata", "traces", "*.pcap*"))
	budget := int64(4 << 20)
	if dir := os.Getenv("SMBDIFF_CORPUS"); dir != "" {
		budget = 1 << 30
		for _, pattern := range []string{"*.pcap*", filepath.Join("public", "*cap*")} {
			more, _ := filepath.Glob(filepath.Join(dir, pattern))
			paths = append(paths, more...)
		}
	}
	if len(paths) == 0 {
		t.Fatal("no captures")
	}
	var mu sync.Mutex
	var captures, whole, scans int
	t.Run("captures", func(t *testing.T) {
		for _, path := range paths {
			if strings.HasSuffix(path, ".keys") {
				continue
			}
			t.Run(filepath.Base(path), func(t *testing.T) {
				t.Parallel()
				f, err := Open(path)
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				n, all := accountCuts(t, f, budget)
				if bounds := records(f); !all && os.Getenv("SMBDIFF_CORPUS") != "" && len(bounds) > 0 && bounds[0] == pcapFileHeader {
					from := len(bounds) / 3
					to := from
					for to+1 < len(bounds) && bounds[to+1]-bounds[from] < 8<<10 {
						to++
					}
					m, _ := accountCuts(t, excerpt(t, f, bounds[from], bounds[to]), budget)
					n += m
				}
				mu.Lock()
				defer mu.Unlock()
				captures, scans = captures+1, scans+n
				if all {
					whole++
				}
			})
		}
	})
	t.Logf("%d captures, %d of them cut everywhere, %d scans", captures, whole, scans)
}

// accountCuts takes account of a capture and of its cuts and counts them.
func accountCuts(t *testing.T, f *File, budget int64) (n int, all bool) {
	account(t, f)
	at, all := cuts(f, budget)
	for _, n := range at {
		if account(t, cutTo(f, n)); t.Failed() {
			break
		}
	}
	return 1 + len(at), all
}
