package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"smbdiff/dissect/capture"
)

// progressAfter is how long a verb works before it says how far it is, and
// progressEach how often it does.
const progressAfter, progressEach = 500 * time.Millisecond, 200 * time.Millisecond

// progress tells on the terminal how far a verb is, in a line that goes away. It
// stands before stderr, so that what is said there comes in lines of its own.
type progress struct {
	mu          sync.Mutex
	out         io.Writer
	files       []*capture.File
	done, total int // rows compared
	shown, over bool
	end         chan struct{}
	ended       sync.WaitGroup
}

// startProgress begins to tell; end ends that.
func startProgress(out io.Writer, after, each time.Duration) *progress {
	p := &progress{out: out, end: make(chan struct{})}
	p.ended.Go(func() {
		wait := time.NewTimer(after)
		defer wait.Stop()
		for {
			select {
			case <-p.end:
				return
			case <-wait.C:
				p.tell()
				wait.Reset(each)
			}
		}
	})
	return p
}

func (p *progress) add(f *capture.File) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files = append(p.files, f)
}

// compared takes how many rows have been compared; it never stops that.
func (p *progress) compared(done, total int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total = done, total
	return true
}

func (p *progress) tell() {
	p.mu.Lock()
	defer p.mu.Unlock()
	what, done, total := "reading", int64(0), int64(0)
	for _, f := range p.files {
		n, size := f.Progress()
		done, total = done+n, total+size
	}
	if p.total > 0 {
		what, done, total = "comparing", int64(p.done), int64(p.total)
	}
	if total > 0 && !p.over {
		fmt.Fprintf(p.out, "\r\x1b[Ksmbdiff: %s %d%%", what, min(100, done*100/total))
		p.shown = true
	}
}

// Write says something in a line of its own.
func (p *progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	return p.out.Write(b)
}

func (p *progress) clear() {
	if p.shown {
		io.WriteString(p.out, "\r\x1b[K")
		p.shown = false
	}
}

// hush tells no more: what a verb found is about to be written.
func (p *progress) hush() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	p.clear()
}

// stop ends it and takes the line away.
func (p *progress) stop() {
	close(p.end)
	p.ended.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

// watch has a verb tell how far it is, where that is asked for: by itself where
// the terminal shows nothing else meanwhile, which a pager might.
func (a *app) watch(f *flags, verb string) (stop func()) {
	file, ok := a.stderr.(*os.File)
	told := ok && term.IsTerminal(int(file.Fd())) && os.Getenv("TERM") != "dumb"
	if verb != "diff" && verb != "stats" && verb != "learn" && f.out == "" { // they write while they read
		out, ok := a.stdout.(*os.File)
		if !ok {
			told = false
		} else if st, err := out.Stat(); err != nil || !st.Mode().IsRegular() {
			told = false
		}
	}
	if f.progress != "always" && (f.progress == "never" || !told) {
		return func() {}
	}
	before, p := a.stderr, startProgress(a.stderr, progressAfter, progressEach)
	f.watcher, a.telling, a.stderr, f.options.Progress = p, p, p, p.compared
	return func() {
		p.stop()
		f.watcher, a.telling, a.stderr = nil, nil, before
	}
}
