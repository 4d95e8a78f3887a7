package state

import (
	"sync/atomic"

	"smbdiff/diff"
)

// hitCount counts on a goroutine what each mask rule does.
type hitCount struct {
	of      *result
	hits    []diff.Hits // once it is done
	percent atomic.Int32
	stop    atomic.Bool
	running bool
}

// hits gives what the rules in force do, nil until it has been counted.
func (s *State) hits() []diff.Hits {
	c := &s.cmp
	if c.counting == nil || c.counting.of != c.result {
		s.stopHits()
		if c.result == nil || c.job != nil {
			return nil
		}
		s.countHits()
	}
	return c.counting.hits
}

func (s *State) countHits() {
	h := &hitCount{of: s.cmp.result, running: true}
	s.cmp.counting = h
	report := s.cmp.differ.report
	s.run(func() func() {
		got := report.Tally(func(done, total int) bool {
			h.percent.Store(int32(int64(done) * 100 / int64(max(total, 1))))
			return !h.stop.Load()
		})
		return func() { h.hits, h.running = got, false }
	})
}

// stopHits ends the counting and forgets it unless it is done.
func (s *State) stopHits() {
	if h := s.cmp.counting; h != nil {
		h.stop.Store(true)
		if h.running || h.of != s.cmp.result {
			s.cmp.counting = nil
		}
	}
}

// bareRows are the rows that differ where no rule of the session counts.
type bareRows struct {
	diffs []uint32
	rows  int
}

// thanks gives how many rows do not differ only by rules of the session, 0
// where that is not known.
func (s *State) thanks() (n int) {
	c := &s.cmp
	if c.bare == nil || c.result == nil || c.bare.rows != len(c.result.Rows) {
		return 0
	}
	for _, row := range c.bare.diffs {
		if !c.result.Rows[row].shows() {
			n++
		}
	}
	return n
}
