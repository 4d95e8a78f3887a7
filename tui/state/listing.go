package state

import (
	"sort"
	"sync"
	"time"
)

// entry is one line of the list: a row, or with fold that many rows from row on.
type entry struct{ row, fold uint32 }

// listing is which rows the list shows, and where its cursor stands. While
// nothing is hidden there are no entries: line i is row i.
type listing struct {
	hides   bool
	entries []entry
	job     *build
	cur     int
	top     int
	want    int64  // row that the cursor goes to once it is listed, -1: none
	show    bool   // that row is shown even where rows without a difference are folded
	last    uint32 // row that the cursor was on last
	height  int    // lines on the screen
	other   int64  // row of B that is compared with the cursor's A, -1: the same
}

// build fills a listing on a goroutine.
type build struct {
	mu      sync.Mutex
	entries []entry
	done    bool
	stopped bool
}

func (b *build) put(e []entry) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.entries = append(b.entries, e...)
	return !b.stopped
}

func (b *build) state() (entries []entry, done bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.entries, b.done
}

func (l *listing) cancel() {
	if l.job != nil {
		l.job.mu.Lock()
		l.job.stopped = true
		l.job.mu.Unlock()
	}
}

// follow takes over what a build has found. It reports whether there is news.
func (l *listing) follow(s *State) bool {
	if l.job == nil {
		return false
	}
	entries, done := l.job.state()
	news := len(entries) != len(l.entries) || done
	l.entries = entries
	if done {
		l.job = nil
	}
	if l.show && done && l.want >= 0 {
		l.cur, l.want, l.show = s.keepRow(uint32(l.want)), -1, false
	} else if n := len(entries); !l.show && l.want >= 0 && (done || n > 0 && int64(entries[n-1].row) >= l.want) {
		l.cur, l.want = l.find(uint32(l.want)), -1
	}
	l.clamp(s)
	return news
}

// find gives the line that holds row, or the one nearest before it.
func (l *listing) find(row uint32) int {
	if !l.hides {
		return int(row)
	}
	i := sort.Search(len(l.entries), func(i int) bool { return l.entries[i].row > row })
	return max(i-1, 0)
}

// lines is the number of lines of the list.
func (s *State) lines() int {
	if s.rows.hides {
		return len(s.rows.entries)
	}
	return s.rowCount()
}

// rowCount is the number of rows, shown or hidden.
func (s *State) rowCount() int {
	if s.cmp.result != nil {
		return len(s.cmp.result.Rows)
	}
	n := 0
	for _, d := range s.sides {
		n = max(n, d.Trace.Len())
	}
	return n
}

// line gives line i of the list.
func (s *State) line(i int) (entry, bool) {
	if i < 0 || i >= s.lines() {
		return entry{}, false
	}
	if s.rows.hides {
		return s.rows.entries[i], true
	}
	return entry{row: uint32(i)}, true
}

func (l *listing) clamp(s *State) {
	n := s.lines()
	l.cur = max(0, min(l.cur, n-1))
	h := max(1, l.height)
	l.top = max(min(l.top, l.cur), l.cur-h+1)
	l.top = max(0, min(l.top, n-h))
}

// currentRow gives the row under the cursor.
func (s *State) currentRow() (uint32, bool) {
	if s.rows.want >= 0 {
		return uint32(s.rows.want), true
	}
	e, ok := s.line(s.rows.cur)
	if ok {
		s.rows.last = e.row
	}
	return e.row, ok
}

// moveTo puts the cursor on a line.
func (s *State) moveTo(i int) {
	s.rows.cur, s.rows.want, s.rows.other = i, -1, -1
	s.rows.clamp(s)
	s.moved = true
}

// goTo puts the cursor on a row; when the row is hidden, on the line before it.
func (s *State) goTo(row uint32) {
	s.rows.other = -1
	if s.rows.hides && s.rows.job != nil {
		if n := len(s.rows.entries); n == 0 || s.rows.entries[n-1].row < row {
			s.rows.want = int64(row)
			return
		}
	}
	s.rows.cur, s.rows.want = s.reveal(row), -1
	s.rows.clamp(s)
}

// reveal unfolds the rows among which a row is, and gives its line.
func (s *State) reveal(row uint32) int {
	i := s.rows.find(row)
	if e, ok := s.line(i); ok && e.fold > 0 && row < e.row+e.fold && s.rows.job == nil {
		cur := s.rows.cur
		before := len(s.rows.entries)
		s.unfoldRows(i, row)
		if i < cur {
			s.rows.cur += len(s.rows.entries) - before
		}
		i = s.rows.find(row)
	}
	return i
}

// keepRow shows a row that would be folded away, with those around it, and gives
// its line.
func (s *State) keepRow(row uint32) int {
	i := s.rows.find(row)
	if e, ok := s.line(i); ok && e.fold > 0 && row < e.row+e.fold {
		near := uint32(max(s.cmp.context, 0))
		s.unfoldRange(i, max(e.row, row-min(row, near)), min(e.row+e.fold, row+near+1))
		i = s.rows.find(row)
	}
	return i
}

// unfoldMost bounds how many rows one key unfolds.
const unfoldMost = 1000

// unfoldRows shows the rows of the fold on line i, at most unfoldMost from the
// one that holds row.
func (s *State) unfoldRows(i int, row uint32) {
	e := s.rows.entries[i]
	from, to := e.row, e.row+e.fold
	if e.fold > unfoldMost {
		from = max(from, row-min(row, unfoldMost/2))
		to = min(to, from+unfoldMost)
	}
	s.unfoldRange(i, from, to)
}

// unfoldRange shows rows of the fold on line i.
func (s *State) unfoldRange(i int, from, to uint32) {
	e := s.rows.entries[i]
	var out []entry
	if from > e.row {
		out = append(out, entry{e.row, from - e.row})
	}
	for r := from; r < to; r++ {
		out = append(out, entry{row: r})
	}
	if end := e.row + e.fold; to < end {
		out = append(out, entry{to, end - to})
	}
	rest := s.rows.entries[i+1:]
	all := make([]entry, 0, i+len(out)+len(rest))
	all = append(append(append(all, s.rows.entries[:i]...), out...), rest...)
	s.rows.entries = all
}

// rebuild finds anew which rows are shown. The cursor stays on its row.
func (s *State) rebuild() {
	l := &s.rows
	row, ok := s.currentRow()
	if !ok {
		row, ok = l.last, s.rowCount() > 0
	}
	l.cancel()
	l.entries, l.job = nil, nil
	compared := s.cmp.result != nil
	l.hides = !s.filter.Empty() || compared && s.cmp.context >= 0
	if !l.hides {
		if ok {
			l.cur, l.want = int(row), -1
		}
		l.clamp(s)
		return
	}
	if ok {
		l.want = int64(row)
	}
	b := &build{}
	l.job = b
	if s.filter.Empty() {
		result, context := s.cmp.result, s.cmp.context
		s.run(func() func() { b.fold(result, context); return nil })
		return
	}
	w := s.newWalk(s.filter)
	s.run(func() func() { b.filter(w); return nil })
}

func (b *build) finish() {
	b.mu.Lock()
	b.done = true
	b.mu.Unlock()
}

// walk gives the rows to a filter.
type walk struct {
	sides   []*side
	matcher *matcher
	result  *result // nil: row i is operation i of each side
}

func (s *State) newWalk(f Filter) *walk {
	return &walk{sides: s.sides, matcher: newMatcher(f, s.sides), result: s.cmp.result}
}

// row gives the operations of row i; it reports false when there is no such
// row yet.
func (w *walk) row(i uint32) (ops [2]uint32, p *pair, ok bool) {
	if w.result != nil {
		if int64(i) >= int64(len(w.result.Rows)) {
			return ops, nil, false
		}
		p = &w.result.Rows[i]
		return [2]uint32{p.A, p.B}, p, true
	}
	for k, d := range w.sides {
		if int64(i) < int64(d.Trace.Len()) {
			ops[k], ok = i+1, true
		}
	}
	return ops, nil, ok
}

// ended reports whether no more rows come.
func (w *walk) ended() bool {
	if w.result != nil {
		return true
	}
	for _, d := range w.sides {
		if !d.ended.Load() {
			return false
		}
	}
	return true
}

// filter lists the rows of which an operation matches.
func (b *build) filter(w *walk) {
	defer b.finish()
	var found []entry
	for i := uint32(0); ; i++ {
		if i%256 == 0 {
			if !b.put(found) {
				return
			}
			found = found[:0]
		}
		ended := w.ended()
		ops, p, ok := w.row(i)
		if !ok {
			if !b.put(found) || ended {
				return
			}
			found = found[:0]
			time.Sleep(followRest)
			i--
			continue
		}
		if w.matcher.match(ops, p) {
			found = append(found, entry{row: i})
		}
	}
}
