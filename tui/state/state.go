package state

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"smbdiff/diff"
	"smbdiff/dissect"
)

// Side is one capture. Load fills the trace; it is run on a goroutine of its
// own and ends early when progress gives false.
type Side struct {
	Name  string
	Trace *dissect.Trace
	Load  func(progress func() bool) error
	Keys  Keyring     // nil: keys cannot be added
	Again func() Side // makes it anew, to be read with keys added since
}

// Config is what a State is made from.
type Config struct {
	A       Side
	B       *Side // nil: one capture is viewed
	ASCII   bool
	Mask    string
	Masks   *diff.Masks
	Ignore  []string
	Anchors [][2]uint32 // operations of A and B that are pairs whatever else
	PairBy  diff.PairBy // how the others find their partners

	Frames   [2]uint32 // of A and B at which the cursor begins; 0: where it does anyhow
	Settings Settings  // zero: the preset default
	History  string    // file in which answers to questions are kept; "": none
	Filters  string    // file in which filters are kept by name; "": none
	// Statistics counts captures anew, by the names of their sides. nil: it is
	// not there.
	Statistics func(names []string) string
	// MaskPath gives the path of the user's own masks of a name, and other names
	// as they are. nil: there are none.
	MaskPath func(name string) string
	// Open makes a side of another capture. nil: no other one can be opened.
	Open func(name string) (Side, error)
}

// Request is what a key asks of the screen that a State cannot do.
type Request uint8

// The requests.
const (
	Stay Request = iota
	DoQuit
	DoRedraw
	DoSuspend
	DoPrompt // ask what Prompt says
	DoCopy   // hand Clip to the terminal's clipboard
)

// side is a capture on the screen.
type side struct {
	Side
	tally   tally
	loaded  bool
	ended   atomic.Bool // the reading has ended
	err     error
	readers [3]*dissect.Reader // request, interim response, final response
	session string             // dialects and ciphers of its sessions
	check   *keyCheck          // nil: nobody asked
	after   chan struct{}      // closed when it may be read, nil: at once
	done    chan struct{}      // closed when it has been read
	dropped atomic.Bool        // another has taken its place
}

func newSide(from Side) *side {
	d := &side{Side: from, done: make(chan struct{})}
	for i := range d.readers {
		d.readers[i] = d.Trace.NewReader()
	}
	return d
}

// State is what one or two captures show.
type State struct {
	cfg    Config
	keymap keymap
	sides  []*side

	jobs    sync.WaitGroup // all goroutines
	reads   sync.WaitGroup // those that read captures
	stop    atomic.Bool    // stops the reading
	mu      sync.Mutex
	mail    []func() // from goroutines, for Tick
	failure error    // of a goroutine

	width, height int
	inDetails     bool
	frames        []*frame // windows, the one in front last
	prompt        *Prompt
	past          map[string][]string // answers by question, the last one last; nil: not read yet
	history       pastFile
	theme         string
	preset        string
	hinted        bool // it was said that the keys of paging do something else
	preview       preview
	seen          *seenCount // nil: nothing is counted
	filter        Filter
	find          finding
	marks         map[string][2]uint32 // operations by letter
	digits        string               // typed before a key that takes a number
	clip          string
	asked         Request // by the last command
	hex           bool    // the bytes of the field are shown
	zoomed        bool    // the pane with the focus has all lines
	split         int     // lines that the list has more than by itself
	wide          int     // cells that results have more than by themselves
	stacked       bool    // one list; values below each other
	facing        bool    // of one capture: the response beside the request
	showMasked    bool    // masked fields are not folded
	reveals       int     // how often keys were shown
	revealed      bool    // keys are shown
	note          string  // of the last key, for the state line
	rows          listing
	detail        detail
	cmp           comparison
	undone        []undoStep
	times         timeForm
	moved         bool // the user has moved the cursor
	changed       bool
}

// New makes a State. Start begins to read.
func New(c Config) *State {
	s := &State{cfg: c, keymap: c.Settings.keymap(), history: pastFile{path: c.History}, theme: c.Settings.Theme, preset: c.Settings.Preset}
	if s.preset == "" {
		s.preset = Presets()[0]
	}
	s.sides = append(s.sides, newSide(c.A))
	if c.B != nil {
		s.sides = append(s.sides, newSide(*c.B))
	}
	s.rows.want, s.rows.other = -1, -1
	s.cmp.context = contextRows
	s.cmp.anchors, s.cmp.pairBy = slices.Clone(c.Anchors), c.PairBy
	s.cmp.masks = newMaskSet(c.Mask, c.Masks, c.Ignore)
	s.cmp.masks.log = s.remember
	return s
}

func (s *State) diffing() bool { return len(s.sides) == 2 }

// run does work on a goroutine; what it gives is called by a later Tick.
func (s *State) run(work func() func()) {
	s.jobs.Add(1)
	go func() {
		defer s.jobs.Done()
		defer func() {
			if p := recover(); p != nil {
				s.post(func() { s.failure = fmt.Errorf("internal error: %v", p) })
			}
		}()
		if f := work(); f != nil {
			s.post(f)
		}
	}()
}

func (s *State) post(f func()) {
	s.mu.Lock()
	s.mail = append(s.mail, f)
	s.mu.Unlock()
}

// Start begins to read the captures.
func (s *State) Start() {
	for _, d := range s.sides {
		s.read(d)
	}
}

// read begins to read one capture.
func (s *State) read(d *side) {
	s.reads.Add(1)
	s.run(func() func() {
		defer s.reads.Done()
		defer close(d.done)
		defer d.ended.Store(true)
		if d.after != nil {
			<-d.after
		}
		err := d.Load(func() bool { return !s.stop.Load() && !d.dropped.Load() })
		return func() {
			if !d.dropped.Load() {
				d.loaded, d.err = true, err
				s.sideLoaded()
			}
		}
	})
	s.run(func() func() {
		d.tally.follow(d.Trace, d.ended.Load, d.done)
		return nil
	})
}

func (s *State) sideLoaded() {
	if s.loading() {
		return
	}
	if s.diffing() {
		s.compare()
		return
	}
	if !s.filter.Empty() { // what was judged before its answer came is judged again
		s.rebuild()
	}
	if rows := s.firstRows(); len(rows) > 0 {
		s.visit(rows[0])
	}
}

// Loading reports whether a capture is still being read.
func (s *State) loading() bool {
	for _, d := range s.sides {
		if !d.loaded {
			return true
		}
	}
	return false
}

// Tick takes over what goroutines have done. It reports whether the screen has
// changed.
func (s *State) Tick() bool {
	s.mu.Lock()
	mail := s.mail
	s.mail = nil
	s.mu.Unlock()
	for _, f := range mail {
		f()
		s.changed = true
	}
	for _, d := range s.sides {
		if d.tally.moved.Swap(false) {
			s.changed = true
		}
	}
	if s.rows.follow(s) {
		s.changed = true
	}
	if s.loading() || s.cmp.job != nil || s.preview.running() || s.seen != nil && !s.seen.done || s.cmp.counting != nil && s.cmp.counting.running {
		s.changed = true
	}
	changed := s.changed
	s.changed = false
	return changed
}

// Wait waits until nothing runs in the background any more and takes it over.
func (s *State) Wait() {
	for {
		s.jobs.Wait()
		s.mu.Lock()
		more := len(s.mail) > 0
		s.mu.Unlock()
		s.Tick()
		if !more {
			return
		}
	}
}

// Close stops the reading and waits for its end. A comparison that still runs
// is left alone.
func (s *State) Close() {
	s.stop.Store(true)
	s.rows.cancel()
	if s.cmp.job != nil {
		s.cmp.job.stop.Store(true)
	}
	s.stopHits()
	s.reads.Wait()
}

// Err gives what went wrong in reading, or nil.
func (s *State) Err() error {
	if s.failure != nil {
		return s.failure
	}
	for _, d := range s.sides {
		if d.err != nil {
			return d.err
		}
	}
	return nil
}

// Failed reports whether going on makes no sense.
func (s *State) Failed() bool {
	if s.failure != nil {
		return true
	}
	for _, d := range s.sides {
		if d.err != nil && d.Trace.Len() == 0 {
			return true
		}
	}
	return false
}

// place says where keys go.
func (s *State) place() Place {
	switch {
	case s.front() != nil:
		return s.front().place()
	case s.diffing() && s.inDetails:
		return DiffDetails
	case s.diffing():
		return DiffList
	case s.inDetails:
		return SingleDetails
	}
	return SingleList
}

// barPlace gives the places whose keys the key bar tells.
func (s *State) barPlace() Place {
	if s.find.open && s.front() == nil {
		return s.place() | FindOpen
	}
	return s.place()
}

// panes gives the places of the view in which the user is.
func (s *State) panes() Place {
	if s.diffing() {
		return inDiff
	}
	return SingleList | SingleDetails
}

// Press does what the key of this name does here.
func (s *State) Press(key string) Request {
	if s.front() == nil {
		if len(key) == 1 && key[0] >= '0' && key[0] <= '9' && (s.digits != "" || key != "0") {
			s.digits = s.digits[:min(len(s.digits), 8)] + key
			s.note, s.changed = s.digits+": g goes to this operation", true
			return Stay
		}
		if s.find.open {
			if a := s.keymap.action(key, FindOpen); a != None {
				return s.Do(a)
			}
		}
	}
	return s.Do(s.keymap.action(key, s.place()))
}
