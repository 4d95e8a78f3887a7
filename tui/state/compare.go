package state

import (
	"slices"

	"smbdiff/diff"
)

// grade says how the two sides of a row or field compare.
type grade uint8

const (
	pending grade = iota // not compared yet
	equal
	masked
	differs
	outcome
	onlyA
	onlyB
	unread
	grades
)

type markText struct {
	mark  string
	style Style
	help  string
}

// marks gives the marks of the grades behind pending, in their order, then that
// of a moved row.
func marks() []markText {
	return []markText{{"=", Dim, "equal"}, {"~", Dim, "differs only in masked fields"}, {"≠", Differs, "differs"},
		{"!", Alarm, "outcome differs"}, {"<", SideA, "only in A"}, {">", SideB, "only in B"},
		{"#", Unread, "sealed or cut, not compared"}, {"⇄", Dim, "moved: equal, but in another place"}}
}

func (g grade) mark() Span {
	if g == pending || g >= grades {
		return Span{"·", Dim}
	}
	m := marks()[g-1]
	return Span{m.mark, m.style}
}

// String gives the grade as filters and JSON name it.
func (g grade) String() string {
	return [grades]string{"", "equal", "masked", "differs", "outcome", "only_a", "only_b", "unread"}[g]
}

// pair is one row of a comparison: an operation of each side, 0 for none.
type pair struct {
	A, B  uint32
	grade grade
	moved bool
}

func (p pair) mark() Span {
	if p.moved && p.grade == equal {
		m := marks()[len(marks())-1]
		return Span{m.mark, m.style}
	}
	return p.grade.mark()
}

// shows reports whether the row is a difference that the user wants to see.
func (p pair) shows() bool { return p.grade != equal && p.grade != masked }

// result is a finished comparison with what the screen looks up in it.
type result struct {
	Rows     []pair
	sentence string
	first    int // row of the first divergence, -1: none
	verdict  Style
	causes   []diff.Cause // of the first divergence
	diffs    []uint32     // rows that show
	counts   [grades]int
	rowOf    [2][]uint32 // row by operation less one
}

// index fills what is looked up from the rows.
func (r *result) index(ops [2]int) {
	for k := range r.rowOf {
		r.rowOf[k] = make([]uint32, ops[k])
	}
	for i, p := range r.Rows {
		r.counts[p.grade]++
		if p.shows() {
			r.diffs = append(r.diffs, uint32(i))
		}
		for k, num := range [2]uint32{p.A, p.B} {
			if num > 0 && int(num) <= ops[k] {
				r.rowOf[k][num-1] = uint32(i)
			}
		}
	}
}

// contextRows is how many equal rows stand around a difference.
const contextRows = 3

// comparison is what the diff view knows of its two sides.
type comparison struct {
	result  *result // nil: not compared yet
	differ  *differ
	context int        // rows around a difference; -1: all rows
	masks   maskSet    // what the user masks beside the set
	job     *comparing // the one that runs, nil: none
	anchors [][2]uint32
	pairBy  diff.PairBy
	bare    *bareRows // nil: not known
	// counting is what counts what each mask rule does, nil: nobody asked
	counting *hitCount
	back     [2]uint32 // operations to go to once it is compared, 0: those under the cursor
}

// compare compares the sides on a goroutine.
func (s *State) compare() {
	c := &s.cmp
	if c.job != nil {
		c.job.stop.Store(true)
	}
	job := &comparing{}
	c.job = job
	d := newDiffer(s.sides[0].Trace, s.sides[1].Trace, c.masks.force(), c.pairBy, slices.Clone(c.anchors))
	ops := [2]int{s.sides[0].Trace.Len(), s.sides[1].Trace.Len()}
	s.run(func() func() {
		r := d.compare(job)
		if r == nil {
			return nil
		}
		r.index(ops)
		return func() { s.compared(job, d, r) }
	})
}

// compared takes over a comparison, unless a later one runs.
func (s *State) compared(job *comparing, d *differ, r *result) {
	c := &s.cmp
	if c.job != job {
		return
	}
	c.job = nil
	row, at := s.currentRow()
	line, _ := s.line(s.rows.cur)
	var ops [2]uint32
	if at {
		ops, _ = s.rowOps(row)
	}
	if c.back != [2]uint32{} {
		ops, c.back = c.back, [2]uint32{}
	}
	c.result, c.differ = r, d
	switch {
	case len(c.masks.rules) == 0:
		c.bare = &bareRows{diffs: r.diffs, rows: len(r.Rows)}
	case c.bare != nil && c.bare.rows != len(r.Rows):
		c.bare = nil
	}
	s.detail.forget()
	s.rows.other = -1
	goal := uint32(0)
	switch {
	case !s.moved && r.first >= 0:
		goal = uint32(r.first)
	case !s.moved && len(r.diffs) > 0:
		goal = r.diffs[0]
	case s.moved && ops[0] > 0 && int(ops[0]) <= len(r.rowOf[0]):
		goal = r.rowOf[0][ops[0]-1]
	case s.moved && ops[1] > 0 && int(ops[1]) <= len(r.rowOf[1]):
		goal = r.rowOf[1][ops[1]-1]
	}
	s.rows.want = int64(goal)
	s.rows.show = s.moved && ops != [2]uint32{} && line.fold == 0 // where the user stands, the row stays
	if rows := s.firstRows(); len(rows) > 0 {
		s.rows.want, s.rows.show, s.moved = int64(rows[0]), true, true
		if len(rows) == 2 && rows[1] != rows[0] { // both are to be seen
			s.rows.other, c.context = int64(rows[1]), -1
		}
	}
	s.rebuild()
	if !s.rows.hides {
		s.rows.show = false
	}
}

// rowOps gives the operations of a row, 0 for none.
func (s *State) rowOps(row uint32) (ops [2]uint32, g pair) {
	if r := s.cmp.result; r != nil {
		if int64(row) < int64(len(r.Rows)) {
			g = r.Rows[row]
			ops = [2]uint32{g.A, g.B}
		}
		return ops, g
	}
	for k, d := range s.sides {
		if int64(row) < int64(d.Trace.Len()) {
			ops[k] = row + 1
		}
	}
	return ops, pair{A: ops[0], B: ops[1]}
}

// fold lists the rows around differences, and folds of those between.
func (b *build) fold(r *result, context int) {
	defer b.finish()
	var out []entry
	next := 0 // first row not listed yet
	skip := func(to int) {
		if to > next {
			out = append(out, entry{uint32(next), uint32(to - next)})
			next = to
		}
	}
	for k, d := range r.diffs {
		from, to := max(next, int(d)-context), min(len(r.Rows), int(d)+context+1)
		if from-next > 1 || context == 0 {
			skip(from)
		}
		for ; next < to; next++ {
			out = append(out, entry{row: uint32(next)})
		}
		if k%256 == 0 {
			if !b.put(out) {
				return
			}
			out = out[:0]
		}
	}
	if len(r.Rows)-next == 1 {
		out = append(out, entry{row: uint32(next)})
	} else {
		skip(len(r.Rows))
	}
	b.put(out)
}

// nextIndex gives the index of the first difference at or behind a row.
func (r *result) nextIndex(row uint32) int {
	i, _ := slices.BinarySearch(r.diffs, row)
	return i
}

// nextDiff gives the difference behind or before a row, -1 when there is none.
func (r *result) nextDiff(row uint32, back bool) int {
	i := r.nextIndex(row) - 1
	if !back {
		i = r.nextIndex(row + 1)
	}
	if i < 0 || i >= len(r.diffs) {
		return -1
	}
	return int(r.diffs[i])
}
