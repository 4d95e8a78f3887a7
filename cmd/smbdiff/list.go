package main

import (
	"bufio"
	"net/netip"
	"runtime/debug"

	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/filter"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// collectAt is how much larger than what is kept a list's memory may grow, in
// percent, before it is collected. A list keeps little beside the names in the
// capture, so that most end before the first collection.
const collectAt = 300

// writeAt is how many bytes of a list wait at most until they are written.
const writeAt = 64 << 10

// list writes one line an operation, in the order of the requests.
func (a *app) list(f *flags) int {
	s, err := f.open(0)
	if err != nil {
		return a.fail(err)
	}
	defer s.file.Close()
	if f.filter != nil && f.filter.NeedsMessages() {
		return a.listRead(f, s)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(collectAt))
	tracker := new(conv.Tracker)
	var (
		counts dissect.Counts
		bad    error
		row    = opRow(tracker, s.file)
		out    []byte // what is not written yet, in a batch's own memory: it stays on one core

		written int // operations
	)
	write := func() {
		if bad == nil && len(out) > 0 {
			_, bad = a.stdout.Write(out)
		}
		out = out[:0]
	}
	tell := &teller{name: tracker.Names.Get, tree: tracker.TreeName, ends: row.A.Ends}
	tell.session = func(num uint32) (uint64, string, smb2.Dialect) {
		if int(num) >= len(tracker.Sessions) {
			return 0, "", 0
		}
		return tracker.Sessions[num].ID, tracker.User(num), tracker.Sessions[num].Dialect
	}
	emit := func(o *op.Op) {
		if o.Num == 1 {
			tell.start, row.A.Start = o.Start, o.Start
		}
		if f.filter != nil {
			if row.A.SetOp(o); !f.filter.Match(row) {
				return
			}
		}
		if written++; f.limit > 0 && written > f.limit {
			return
		}
		if out = tell.line(out, o, f.format); len(out) >= writeAt {
			write()
		}
	}
	sum, err := dissect.Run(s.file, dissect.Options{Opener: s.opener, Ports: f.ports, Tracker: tracker,
		Tracked: func(b *dissect.Batch) {
			counts.Merge(&b.Counts)
			if bad == nil {
				out = b.Out
				tracker.Ops.Flush(false, emit)
				write()
				b.Out = out
			}
		},
	})
	out = nil
	tracker.Ops.Flush(true, emit)
	write()
	if err == nil {
		err = bad
	}
	code := exitDone
	if err != nil {
		code = a.fail(err)
	}
	a.shut(s.file.Name(), &counts)
	return max(code, a.aftermath(s.file.Name(), sum, counts.Messages))
}

// opRow makes a row for the operations of a tracker, for filters to which facts
// are enough.
func opRow(tracker *conv.Tracker, file *capture.File) *filter.Row {
	row := new(filter.Row)
	row.A.Name, row.A.User = tracker.Names.Get, tracker.User
	var conns []capture.Connection
	row.A.Ends = func(conn uint32) (a, b netip.AddrPort) {
		if int(conn) >= len(conns) {
			conns = file.Connections()
		}
		return conns[conn].A, conns[conn].B
	}
	return row
}

// listRead is list with a filter that looks into messages: they are read again,
// operation by operation, once the capture is indexed.
func (a *app) listRead(f *flags, s *side) int {
	t := dissect.NewTrace(s.file, s.opener)
	err := t.Load(f.ports, nil)
	w := bufio.NewWriterSize(a.stdout, 1<<16)
	look := filter.NewLooker(t)
	sessions := t.Sessions()
	tell := &teller{name: t.Name, tree: t.TreeName, ends: opRow(new(conv.Tracker), s.file).A.Ends}
	tell.session = func(num uint32) (uint64, string, smb2.Dialect) {
		if num == 0 || int(num) > len(sessions) {
			return 0, "", 0
		}
		return sessions[num-1].ID, t.User(num), sessions[num-1].Dialect
	}
	var (
		row  filter.Row
		line []byte
		left = max(f.limit, 1) // operations still to be written
	)
	for num := uint32(1); int64(num) <= int64(t.Len()) && left > 0; num++ {
		if !look.Look(&row.A, num) || !f.filter.Match(&row) {
			continue
		}
		tell.start = row.A.Start
		if f.limit > 0 {
			left--
		}
		line = tell.line(line[:0], row.A.Op(), f.format)
		if _, e := w.Write(line); e != nil {
			err = e
			break
		}
	}
	if e := w.Flush(); err == nil {
		err = e
	}
	code := exitDone
	if err != nil {
		code = a.fail(err)
	}
	c := t.Counts()
	a.shut(s.file.Name(), &c)
	return max(code, a.aftermath(s.file.Name(), t.Summary(), c.Messages))
}
