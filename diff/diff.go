// Package diff compares two traces: it puts their operations beside each other,
// renames identifiers, hides what masks hide, compares field by field, and says
// where the two part and on whose side. It knows traces and field trees through
// dissect; it does not know how sealed bytes are opened, nor screens, terminals
// or command lines.
package diff

import (
	"path/filepath"
	"slices"
	"sync"

	"smbdiff/dissect"
	"smbdiff/dissect/field"
	"smbdiff/dissect/smb2"
)

// Grade says how the two sides of a row compare.
type Grade uint8

// The grades of a row.
const (
	Equal   Grade = iota
	Masked        // differs only in what masks hide
	Differs       // a value or a structure differs
	Outcome       // status, no answer, signature, dialect, cipher or signing differs
	OnlyA         // an operation that only A has
	OnlyB         // an operation that only B has
	Unread        // sealed, cut or missing: not comparable
	Grades        // how many there are
)

var gradeNames = [Grades]string{"equal", "masked", "differs", "outcome", "only_a", "only_b", "unread"}

// String gives the grade as in JSON.
func (g Grade) String() string {
	if g < Grades {
		return gradeNames[g]
	}
	return ""
}

// Shows reports whether a row of this grade is an unmasked difference.
func (g Grade) Shows() bool { return g >= Differs && g <= OnlyB }

// Row is one line of a comparison: an operation of each side.
type Row struct {
	A, B  uint32 // operation numbers, 0 for none
	Grade Grade
	Moved bool // concurrent operations in another order
	// Request and Response say which half has unmasked differences.
	Request, Response bool
	Out               bool // Pick leaves it out: it counts for nothing

	guard    guard
	findings bool  // only what is found about messages differs
	signs    signs // how signatures are
}

// The parts of an operation, as Change.Part has them.
const (
	PartRequest = iota
	PartInterim
	PartResponse
	parts
)

var partNames = [parts]string{"request", "interim", "response"}

// Change is one field that differs.
type Change struct {
	Name           string // filter name
	Path           string // response/header/smb2.nt_status
	Op             string // replace, add (only B has it), remove (only A has it)
	A, B           string // what a person reads, not made safe for a terminal
	FrameA, FrameB uint32 // 0: that side lacks the message
	Masked         string // the rule that hides it, ""
	Part           int    // PartRequest, PartInterim, PartResponse
	Text           bool   // the values are texts: Marks tells what changed in them
	NodeA, NodeB   int    // nodes in the trees of that message, -1 for none

	alias bool // an identifier stands for another one
	shut  bool // the call in it opens on one side alone
	order bool // the entries of a list stand in another order
	// of an entry that a side alone has: its path with its place for its key
	placed string
	sides  [2]string  // of what has another key on each side: the paths by those
	kind   field.Kind // of a field of both sides
	val    [2]uint64
	size   [2]uint32
}

// Options say what is compared and what is listed.
type Options struct {
	Masks        *Masks      // what counts as noise; nil: as Mask, Ignore and Only say
	Mask         string      // default, strict, ci, two-sided, none; "" is default
	Ignore       []string    // globs of names, or of paths where they have a slash
	Only         []string    // the same: nothing else is compared
	AllowSealed  bool        // unread rows do not make the exit status 2
	StatusesOnly bool        // commands and status alone
	Timing       bool        // compare response times too
	Factor       float64     // of those that counts; 0: what they vary by anyhow
	Pick         Pick        // which rows count
	Anchors      [][2]uint32 // operations of A and of B that stand beside each other, whatever else
	PairBy       PairBy      // how the others find their partners
	Context      int         // equal rows around a difference in the text; -1: all rows
	ShowMasked   bool        // list what masks hide
	Brief        bool        // the verdict alone
	First        bool        // list the first divergence alone
	Most         int         // rows that differ are listed up to that many; 0: all
	SideBySide   bool        // of the text: A to the left, B to the right
	Width        int         // of that, in cells; 0: 120
	Color        bool        // of the text: painted for a terminal
	ASCII        bool        // of the text: signs in ASCII
	Redact       Redaction   // what is replaced by words
	Command      string      // how the program was called, for the end of the HTML
	// Progress is called on the goroutine of Traces with the rows compared so
	// far and in all. It stops the comparison by giving false.
	Progress func(done, total int) bool
}

// masks gives the rules in force.
func (o *Options) masks() *Masks {
	if o.Masks != nil {
		return o.Masks.with(o.Ignore, o.Only)
	}
	set := o.Mask
	if set == "" {
		set = "default"
	}
	return NewMasks(set, o.Ignore, o.Only)
}

// Side is what a report says of one capture.
type Side struct {
	File                 string
	Messages, Operations int
	Sealed, Opened       int // messages that came sealed, and those of them that opened
	Dialect, Cipher      string
	Damaged              bool // part of the file could not be read
}

// First is the first divergence.
type First struct {
	Row     int    // index in Result.Rows; where rows of both sides cross, the one that the side with less work has first
	Reason  string // status, missing, extra, no_answer, signature, negotiated, field
	Command string
	Path    string // of the operation's object
	Field   string // that says most; "" of an operation that one side lacks
	Suspect string // server, client, network, consequence, none
	Text    string
	Of      uint32 // Suspect consequence: the operation of A that differed before

	login bool   // a proof of identity is refused
	asked bool   // of Of, the request differed
	anew  bool   // a connection goes on another one
	ended string // the side that ends here, damaged or empty
}

// Cause is an earlier difference that may explain the first divergence.
type Cause struct {
	Row   int // index in Result.Rows
	Field string
	Path  string
	A, B  string
	Why   string
}

// Result is a finished comparison.
type Result struct {
	A, B     Side
	Mask     string
	Rows     []Row
	Counts   [Grades]int
	Verdict  string // differ, same, incomplete
	Exit     int    // 0, 1, 2
	Unread   int    // rows that were not comparable
	Left     int    // rows that Pick leaves out
	Unlisted int    // rows that differ behind the last one that Options.Most lets be listed
	First    *First
	FirstAny int // index of the first row with an unmasked difference, as of First, -1: none
	Causes   []Cause

	end     int // of the rows that are listed, when some are Unlisted
	traces  [2]*dissect.Trace
	options Options
	alias   *aliases
	edges   [2]*edges
	// pairs of connections and of sessions
	conns, sessions *pairing
	torn            [2][]uint32 // operations that lack a request or a response, while pairing
	roots           [2][]int32  // by session: the one that it goes on
	resumed         *resumed    // nil: none goes on another one
	turned          bool        // pairing exchanged the sides
	seq             []int       // the rows in the order of pairing, when asked for
	red             *redactor   // nil: as captured
	joins           joins
	parts           [2]map[uint32]bool // operations that are part of a joined one
	looked          looked
	names           [2]map[uint64]bool // hashes of those of each side; nil: one has all of the other's
	guards          guards
	times           int64           // what response times vary by, in ns
	entailed        map[uint32]bool // operations of A of which findings follow from earlier ones
	spoilt          int             // those of them whose signatures do not hold
}

// Traces compares two traces that have been read. It gives nil when Progress
// stopped it.
func Traces(a, b *dissect.Trace, o Options) *Result {
	o.Masks = o.masks()
	o.Ignore, o.Only = nil, nil
	r := &Result{traces: [2]*dissect.Trace{a, b}, options: o, Mask: o.Masks.Name, FirstAny: -1}
	r.A, r.B = side(a), side(b)
	if o.Redact != RedactNothing {
		r.red = newRedactor(o.Redact)
		r.A.File, r.B.File = "A", "B"
		r.Mask = unnamedMasks(r.Mask)
	}
	la, lb := r.gatherBoth()
	var wg sync.WaitGroup
	wg.Go(func() { prove(a) })
	prove(b)
	wg.Wait()
	r.edges = [2]*edges{la.edges, lb.edges}
	r.pairUp(la, lb)
	if !r.compare() {
		return nil
	}
	r.overlook()
	r.names = [2]map[uint64]bool{}
	r.entail()
	r.doubt()
	r.pick()
	r.judge()
	return r
}

// pairUp makes the rows. Mending goes on in the order of pairing.
func (r *Result) pairUp(a, b *list) {
	p := pairUp(a, b, r.options.PairBy, r.options.Anchors)
	turned := p.turned
	r.torn = [2][]uint32{a.torn, b.torn}
	if turned {
		r.traces[0], r.traces[1] = r.traces[1], r.traces[0]
		r.torn[0], r.torn[1] = r.torn[1], r.torn[0]
	}
	r.conns, r.sessions, r.roots, r.turned = p.conns, p.sessions, p.roots, turned
	r.Rows = p.all.rows(false)
	mended := r.options.PairBy == PairAuto && r.mend()
	r.torn = [2][]uint32{}
	if mended {
		p.all = pairingOf(r.Rows)
	}
	if turned {
		r.traces[0], r.traces[1] = r.traces[1], r.traces[0]
		r.joins[0], r.joins[1] = r.joins[1], r.joins[0]
		r.parts[0], r.parts[1] = r.parts[1], r.parts[0]
		p.turn()
		r.roots = p.roots
	}
	if mended || turned {
		r.Rows = p.all.rows(turned)
	}
	r.resumed = r.newResumed([2]*list{a, b})
}

// order gives the rows in the order of pairing, which is the same one whichever
// side comes first.
func (r *Result) order() []int {
	if r.seq != nil {
		return r.seq
	}
	r.seq = make([]int, 0, len(r.Rows))
	if !r.turned {
		for i := range r.Rows {
			r.seq = append(r.seq, i)
		}
		return r.seq
	}
	p := pairingOf(r.Rows)
	p.turn()
	list := p.rows(false)
	for i := range list {
		list[i].A, list[i].B = list[i].B, list[i].A
	}
	r.seq = r.find(list)
	return r.seq
}

// find gives where rows stand that have the same operations as those of a list.
func (r *Result) find(list []Row) []int {
	var ofA, ofB []int // rows, from 1; those of a pair by B
	put := func(of *[]int, num uint32, i int) {
		*of = append(*of, make([]int, max(0, int(num)+1-len(*of)))...)
		(*of)[num] = i + 1
	}
	for i := range r.Rows {
		if row := &r.Rows[i]; row.B != 0 {
			put(&ofB, row.B, i)
		} else {
			put(&ofA, row.A, i)
		}
	}
	out := make([]int, 0, len(r.Rows))
	for i := range list {
		of, num := ofB, list[i].B
		if num == 0 {
			of, num = ofA, list[i].A
		}
		if int(num) < len(of) && of[num] > 0 {
			out = append(out, of[num]-1)
		}
	}
	return out
}

// relist takes rows with other pairs than before, and puts them in order.
func (r *Result) relist(rows []Row) {
	r.Rows = rows
	sorted := make([]Row, 0, len(rows))
	for _, i := range r.find(pairingOf(rows).rows(r.turned)) {
		sorted = append(sorted, rows[i])
	}
	r.Rows, r.seq = sorted, nil
}

// earlier gives the rows before the first divergence, in the order of pairing.
func (r *Result) earlier() []int {
	all := r.order()
	return all[:slices.Index(all, r.First.Row)]
}

// Comparer gives a comparer that knows the identifiers of the whole result.
func (r *Result) Comparer() *Comparer {
	c := r.grader()
	c.red = r.red
	return c
}

func (r *Result) grader() *Comparer {
	c := NewComparer(r.traces[0], r.traces[1], r.options)
	c.alias, c.edges, c.joins, c.parts, c.looked, c.resumed, c.guards, c.slack = r.alias, r.edges, &r.joins, &r.parts, &r.looked, r.resumed, r.guards, r.times
	c.entailed = r.entailed
	return c
}

// side sums up a trace.
func side(t *dissect.Trace) Side {
	c := t.Counts()
	s := Side{File: t.File.Name(), Messages: c.Messages, Operations: c.Operations, Sealed: c.Sealed, Opened: c.Opened}
	if sum := t.Summary(); sum != nil {
		s.Damaged = len(sum.Damage) > 0
	}
	if filepath.IsAbs(s.File) {
		s.File = filepath.Base(s.File)
	}
	var seen []smb2.Dialect
	for _, x := range t.Sessions() {
		if x.Dialect != 0 && !slices.Contains(seen, x.Dialect) {
			seen = append(seen, x.Dialect)
			s.Dialect = x.Dialect.String()
		}
		if s.Cipher == "" {
			s.Cipher = x.Cipher.String()
		}
	}
	if len(seen) > 1 {
		s.Dialect = "several dialects"
	}
	return s
}
