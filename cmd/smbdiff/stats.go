package main

import (
	"io"
	"path/filepath"

	"smbdiff/dissect"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/filter"
	"smbdiff/dissect/op"
	"smbdiff/dissect/stats"
)

// stats counts one capture, or two side by side.
func (a *app) stats(f *flags) int {
	var sides []stats.Side
	code := exitDone
	for i := range f.files {
		s, err := f.open(i)
		if err != nil {
			return a.fail(err)
		}
		defer s.file.Close()
		t, c := a.tabulate(f, s, f.filterOf(i))
		sides = append(sides, stats.Side{Name: filepath.Base(s.file.Name()), Table: t})
		code = max(code, c)
	}
	var out []byte
	if f.format == "json" {
		out = stats.AppendJSON(nil, sides)
	} else {
		out = stats.AppendText(nil, sides)
	}
	err := a.output("", 0, func(w io.Writer) error {
		_, err := w.Write(out)
		return err
	})
	if err != nil {
		return a.fail(err)
	}
	return code
}

// tabulate reads a capture and counts what passes the filter.
func (a *app) tabulate(f *flags, s *side, only *filter.Filter) (*stats.Table, int) {
	code := exitDone
	chosen, err := f.choose(s, only)
	if err != nil {
		code = a.fail(err)
	}
	tracker := new(conv.Tracker)
	var (
		counts  dissect.Counts
		counter stats.Counter
	)
	row := opRow(tracker, s.file)
	done := func(o *op.Op) {
		if o.Num == 1 {
			row.A.Start = o.Start
		}
		ok := true
		switch {
		case chosen != nil:
			ok = int64(o.Num) < int64(len(chosen)) && chosen[o.Num]
		case only != nil:
			row.A.SetOp(o)
			ok = only.Match(row)
		}
		counter.Done(o, ok)
	}
	sum, err := dissect.Run(s.file, dissect.Options{Opener: s.opener, Ports: f.ports, Tracker: tracker,
		Tracked: func(b *dissect.Batch) {
			counts.Merge(&b.Counts)
			counter.Add(b.Messages)
			tracker.Ops.Flush(false, done)
		},
	})
	tracker.Ops.Flush(true, done)
	if err != nil {
		code = a.fail(err)
	}
	a.shut(s.file.Name(), &counts)
	return counter.Table(), max(code, a.aftermath(s.file.Name(), sum, counts.Messages))
}

// choose tells, by number, which operations pass a filter that looks into
// messages; nil when there is no such filter.
func (f *flags) choose(s *side, only *filter.Filter) ([]bool, error) {
	if only == nil || !only.NeedsMessages() {
		return nil, nil
	}
	t := dissect.NewTrace(s.file, s.opener)
	err := t.Load(f.ports, nil)
	look := filter.NewLooker(t)
	var row filter.Row
	chosen := make([]bool, t.Len()+1)
	for num := range chosen {
		chosen[num] = num > 0 && look.Look(&row.A, uint32(num)) && only.Match(&row)
	}
	return chosen, err
}
