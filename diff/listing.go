package diff

// listKind is how a report lists a row.
type listKind uint8

const (
	listedFull  listKind = iota // with its fields
	listedBrief                 // on a line, as context
	listedGap                   // rows are left out here; their number stands in place of a row's
)

// Differ is how many rows have an unmasked difference.
func (r *Result) Differ() (n int) {
	for g := Grade(0); g < Grades; g++ {
		if g.Shows() {
			n += r.Counts[g]
		}
	}
	return n
}

// upTo gives the end of the rows that reports list.
func (r *Result) upTo() int {
	if r.Unlisted > 0 && !r.options.First {
		return r.end
	}
	return len(r.Rows)
}

// lists reports whether a row is listed for its own sake.
func (r *Result) lists(i int) bool {
	row := &r.Rows[i]
	switch {
	case row.Out || i >= r.upTo():
		return false
	case r.options.First:
		return r.First != nil && r.First.Row == i
	}
	return row.Grade.Shows() || row.Grade == Masked && r.options.ShowMasked
}

// listing tells emit in order what a report for people lists: the rows that
// differ with the fields, the rows around them in short, and what is left out
// between.
func (r *Result) listing(emit func(what listKind, i int)) {
	context := r.options.Context
	next, gap := 0, 0 // the first row not told yet, rows left out since the last one told
	for i := range r.upTo() {
		if !r.lists(i) {
			continue
		}
		from := next
		if context >= 0 {
			from = i
			for k, n := i-1, context; k >= next && n > 0; k-- {
				if !r.Rows[k].Out {
					from, n = k, n-1
				}
			}
		}
		for ; next < i; next++ {
			if next >= from {
				gap = tell(emit, listedBrief, next, gap, r.Rows[next].Out)
			} else if !r.Rows[next].Out {
				gap++
			}
		}
		gap = tell(emit, listedFull, i, gap, false)
		next = i + 1
		for n := context; n > 0 && next < r.upTo() && !r.lists(next); next++ {
			if !r.Rows[next].Out {
				emit(listedBrief, next)
				n--
			}
		}
	}
	for ; next < r.upTo(); next++ {
		if context < 0 {
			gap = tell(emit, listedBrief, next, gap, r.Rows[next].Out)
		} else if !r.Rows[next].Out {
			gap++
		}
	}
	if gap > 0 {
		emit(listedGap, gap)
	}
}

// tell emits a row that is not left out, and before it how many were skipped. It
// gives how many are skipped after that.
func tell(emit func(listKind, int), what listKind, i, gap int, out bool) int {
	if out {
		return gap
	}
	if gap > 0 {
		emit(listedGap, gap)
	}
	emit(what, i)
	return 0
}
