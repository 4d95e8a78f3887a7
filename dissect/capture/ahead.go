package capture

// ahead reads a file in front of a window, two stretches at the same time. Where
// messages are long, most of the time goes into copying the file from the page
// cache, which two cores do faster than one.
type ahead struct {
	f       *File
	used    *stretch   // what the window shows
	waiting []*stretch // being read, in the order of the file
	idle    []*stretch
}

// stretch is a part of the file, behind room for the rest of the stretch before it.
type stretch struct {
	room []byte // stretchMargin and maxWindow bytes
	off  int64
	n    int
	err  error
	done chan struct{} // takes a value when the stretch has been read
}

const (
	stretches     = 2 // read at the same time
	stretchMargin = 2 << 10
)

func newAhead(f *File) *ahead {
	a := &ahead{f: f}
	for range stretches + 1 {
		a.idle = append(a.idle, &stretch{room: make([]byte, stretchMargin+maxWindow), done: make(chan struct{}, 1)})
	}
	return a
}

// request begins to read stretches from off on, up to end, or behind those that
// are being read.
func (a *ahead) request(off, end int64) {
	for len(a.waiting) < stretches && len(a.idle) > 0 {
		if k := len(a.waiting); k > 0 {
			off = a.waiting[k-1].off + maxWindow
		}
		if off >= end {
			return
		}
		b := a.idle[len(a.idle)-1]
		a.idle = a.idle[:len(a.idle)-1]
		a.waiting = append(a.waiting, b)
		b.off = off
		part := b.room[stretchMargin : stretchMargin+min(maxWindow, end-off)]
		go func() {
			b.n, b.err = a.f.ReadAt(part, b.off)
			b.done <- struct{}{}
		}()
	}
}

// next gives the bytes from off on. left is what the window has of them; they go
// on in the stretch that comes next. It is nil when that stretch does not serve.
func (a *ahead) next(off, end int64, left []byte) []byte {
	at := off + int64(len(left))
	if len(a.waiting) == 0 {
		a.request(at, end)
	}
	if len(a.waiting) == 0 || len(left) > stretchMargin {
		return nil
	}
	b := a.waiting[0]
	<-b.done
	skip := at - b.off
	if b.err != nil || skip < 0 || skip >= int64(b.n) || skip > 0 && len(left) > 0 {
		b.done <- struct{}{}
		return nil
	}
	a.waiting = append(a.waiting[:0], a.waiting[1:]...)
	start := stretchMargin + int(skip) - len(left)
	copy(b.room[start:], left) // of the stretch in use
	if a.used != nil {
		a.idle = append(a.idle, a.used)
	}
	a.used = b
	a.request(b.off+maxWindow, end)
	return b.room[start : stretchMargin+b.n]
}

// stop waits for what is being read and forgets it.
func (a *ahead) stop() {
	for _, b := range a.waiting {
		<-b.done
	}
	a.idle, a.waiting = append(a.idle, a.waiting...), a.waiting[:0]
}
