package main

import (
	"bufio"

	"smbdiff/dissect"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
)

// list writes one line an operation, in the order of the requests.
func (a *app) list(f *flags) int {
	s, err := f.open(0)
	if err != nil {
		return a.fail(err)
	}
	defer s.file.Close()
	w := bufio.NewWriterSize(a.stdout, 1<<16)
	tracker := new(conv.Tracker)
	var (
		t     tally
		line  []byte
		start int64
		bad   error
	)
	emit := func(o *op.Op) {
		if o.Num == 1 {
			start = o.Start
		}
		line = o.AppendLine(line[:0], start, tracker.Names.Get)
		if _, err := w.Write(line); err != nil {
			bad = err
		}
	}
	sum, err := dissect.Run(s.file, dissect.Options{Opener: s.opener, Ports: f.ports, Tracker: tracker,
		Tracked: func(b *dissect.Batch) {
			for i := range b.Messages {
				if m := &b.Messages[i]; m.Event.Carries() {
					t.add(m)
				}
			}
			if bad == nil {
				tracker.Ops.Flush(false, emit)
			}
		},
	})
	tracker.Ops.Flush(true, emit)
	if e := w.Flush(); bad == nil {
		bad = e
	}
	if err == nil {
		err = bad
	}
	code := exitDone
	if err != nil {
		code = a.fail(err)
	}
	a.shut(s.file.Name(), &t)
	return max(code, a.aftermath(s.file.Name(), sum, t.messages))
}
