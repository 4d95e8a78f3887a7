package state

import (
	"time"

	"smbdiff/dissect/op"
)

// timeForm says how the list shows times.
type timeForm uint8

const (
	sinceStart timeForm = iota
	sinceRow            // the one before
	ofDay
	timeForms
)

var timeTitles = [timeForms]string{"time", "delta", "time UTC"}

// nextTimes goes to the next form of times.
func (s *State) nextTimes() {
	s.times = (s.times + 1) % timeForms
	s.note = "times: " + [timeForms]string{"since the start", "since the row before", "of day, UTC"}[s.times]
}

// timeText gives the time of an operation in the form that is asked for.
func (s *State) timeText(r *op.Row, o *op.Op, row uint32) string {
	switch s.times {
	case sinceRow:
		before, ok := s.sides[0].Trace.Op(row)
		if row == 0 || !ok {
			return ""
		}
		return string(op.AppendSeconds(nil, o.Start-before.Start))
	case ofDay:
		return time.Unix(0, o.Start).UTC().Format("15:04:05.0000")
	}
	return r.Time
}
