package diff

import (
	"smbdiff/dissect"
	"smbdiff/dissect/filter"
)

// when is the condition of a rule.
type when struct{ filter *filter.Filter }

// UnmarshalText reads a filter expression.
func (w *when) UnmarshalText(b []byte) (err error) {
	w.filter, err = filter.Parse(string(b))
	return err
}

// lookers make the operations of both sides ready for filters.
type lookers struct {
	looker [2]*filter.Looker
	row    filter.Row
}

func newLookers(traces [2]*dissect.Trace) *lookers {
	return &lookers{looker: [2]*filter.Looker{filter.NewLooker(traces[0]), filter.NewLooker(traces[1])}}
}

// one reports whether a filter holds for one operation.
func (l *lookers) one(f *filter.Filter, side int, num uint32) bool {
	l.row.Pair = nil
	l.row.B.SetOp(nil)
	return l.looker[side].Look(&l.row.A, num) && f.Match(&l.row)
}

// conditions tells for each conditional rule whether it holds for the pair of
// operations: for each that is there.
func (c *Comparer) conditions() string {
	if c.lookers == nil {
		c.lookers = newLookers(c.traces)
	}
	out := make([]byte, len(c.mask.whens))
	for n, i := range c.mask.whens {
		out[n] = '1'
		for side := range c.ops {
			if num := c.ops[side].Num; num != 0 && !c.lookers.one(c.mask.all[i].when, side, num) {
				out[n] = '0'
			}
		}
	}
	return string(out)
}

// lets reports whether a filter lets a row through.
func (l *lookers) lets(f *filter.Filter, row *Row) bool {
	for side, s := range []*filter.Side{&l.row.A, &l.row.B} {
		num := row.A
		if side == 1 {
			num = row.B
		}
		if num == 0 || !l.looker[side].Look(s, num) {
			s.SetOp(nil)
		}
	}
	l.row.Pair = &filter.Pair{Grade: row.Grade.String(), Suspect: row.side(), Moved: row.Moved}
	return f.Match(&l.row)
}
