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
	room []byte // the memory that is read into
	off  int64  // of buf in the joined space
	end  int64  // of the part being read, in the joined space
	size int    // of the next read
	err  error  // of the last read, not io.EOF

	pdus  int    // given out since the last read
	ahead *ahead // nil until it is of use

	lent  bool // room is the caller's
	stays bool // PDUs may point into buf: it is not overwritten before the step ends
	shown bool // and one does
}

func newWindow(f *File) *window { return &window{f: f, size: minWindow * 4} }

// begin starts a step, with memory for it or without.
func (w *window) begin(room []byte) {
	if w.stays { // of the step before: what is left of it is read again
		w.off += int64(len(w.buf))
		w.buf, w.stays, w.shown = nil, false, false
	}
	w.lent = room != nil
	if w.lent {
		w.room = room[:len(room)-Spare]
	} else if w.room == nil {
		w.room = make([]byte, min(maxWindow, w.f.size))
	}
}

// spent reports that the next packet, at off, may not be in memory whole and that
// what is there must stay.
func (w *window) spent(off int64) bool {
	end := w.off + int64(len(w.buf))
	return w.shown && end-off < 2*packetHead && end < w.end
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

// follow fills the window from what is read ahead of it, where that is of use:
// where there are few PDUs.
func (w *window) follow(off int64, n int, few bool) bool {
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
	few := w.pdus < fewPDUs
	w.pdus = 0
	if w.shown {
		w.room = make([]byte, len(w.room), len(w.room)+Spare)
	}
	w.stays, w.shown = false, false
	if off-(w.off+int64(len(w.buf))) > farSkip {
		w.size = minWindow
	} else if w.size < len(w.room) {
		w.size = min(2*w.size, len(w.room))
	} else if w.follow(off, n, few) {
		return w.buf[:min(n, len(w.buf))]
	} else {
		w.stays = w.lent && !few
	}
	want := int64(min(max(w.size, n), len(w.room)))
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
