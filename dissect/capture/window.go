package capture

import "runtime"

const (
	// maxWindow is how much is read at once while records are small. It
	// stays within a core's second-level cache.
	maxWindow = 256 << 10
	// minWindow is how much is read after a skip: a record's header and as
	// much of the packet as is looked at.
	minWindow = 1536
	// farSkip is how many bytes must have been passed over unread before the
	// window shrinks.
	farSkip = 8 << 10
	// fewPDUs is how few PDUs a whole window holds where reading takes longer
	// than looking at what was read.
	fewPDUs = 64
	// packetHead is how many bytes of a packet a record has in memory at
	// least.
	packetHead = 1280
)

// window reads a file forwards, in pieces that grow while most of the bytes
// are wanted and shrink when large records are passed over.
type window struct {
	f    *File
	buf  []byte // what is in memory
	room []byte // the memory, maxWindow bytes or the whole file
	off  int64  // of buf in the joined space
	end  int64  // of the part being read, in the joined space
	size int    // of the next read
	err  error  // of the last read, not io.EOF

	pdus  int    // given out since the last read
	ahead *ahead // nil until it is of use
}

func newWindow(f *File) *window {
	return &window{f: f, room: make([]byte, min(maxWindow, f.size)), size: minWindow * 4}
}

// peek returns the n bytes at off, fewer at the end of the part, which stay
// valid until the next call. n is at most maxWindow.
func (w *window) peek(off int64, n int) []byte {
	if rel := off - w.off; rel >= 0 && rel+int64(n) <= int64(len(w.buf)) {
		return w.buf[rel : rel+int64(n)]
	}
	return w.fill(off, n)
}

// extend returns what is in memory from off on, up to most bytes, after
// making sure of the first n.
func (w *window) extend(off int64, n, most int) []byte {
	rel := off - w.off
	if rel < 0 || rel+int64(n) > int64(len(w.buf)) {
		w.fill(off, n)
		rel = 0
	}
	b := w.buf[rel:]
	if len(b) > most {
		b = b[:most]
	}
	return b
}

// follow fills the window from what is read ahead of it, where that is of use.
func (w *window) follow(off int64, n int) bool {
	few := w.pdus < fewPDUs
	w.pdus = 0
	if off < w.off {
		return false
	}
	if w.ahead == nil {
		if !few || runtime.GOMAXPROCS(0) == 1 {
			return false
		}
		w.ahead = newAhead(w.f)
	}
	var b []byte
	if few {
		b = w.ahead.next(off, w.end, w.buf[min(off-w.off, int64(len(w.buf))):])
	}
	if len(b) < n {
		w.ahead.stop()
		return false
	}
	w.buf, w.off = b, off
	w.f.done.Store(off)
	return true
}

func (w *window) fill(off int64, n int) []byte {
	if off-(w.off+int64(len(w.buf))) > farSkip {
		w.size = minWindow
	} else if w.size < maxWindow {
		w.size = min(2*w.size, maxWindow)
	} else if w.follow(off, n) {
		return w.buf[:min(n, len(w.buf))]
	}
	want := int64(min(max(w.size, n), maxWindow))
	want = max(min(want, w.end-off), 0)
	k, err := 0, error(nil)
	if want > 0 {
		k, err = w.f.ReadAt(w.room[:want], off)
	}
	if err != nil && int64(k) < want {
		w.err = err
	}
	w.buf, w.off = w.room[:k], off
	w.f.done.Store(off)
	return w.buf[:min(n, k)]
}
