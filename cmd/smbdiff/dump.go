package main

import (
	"bufio"
	"bytes"
	"net/netip"

	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/filter"
	"smbdiff/dissect/op"
)

// dump writes every message with every field.
func (a *app) dump(f *flags) int {
	s, err := f.open(0)
	if err != nil {
		return a.fail(err)
	}
	defer s.file.Close()
	w := bufio.NewWriterSize(a.stdout, 1<<16)
	var (
		counts dissect.Counts
		bad    error
		first  = true
		start  int64
		left   = max(1, f.limit) // messages still to be written
	)
	formatters := make([]*formatter, dissect.Workers())
	for i := range formatters {
		formatters[i] = newFormatter(f, s.file, &start)
	}
	if f.format == "json" {
		w.WriteString("[")
	}
	sum, err := dissect.Run(s.file, dissect.Options{Opener: s.opener, Ports: f.ports, Whole: true,
		Tracked: func(b *dissect.Batch) {
			if start == 0 && len(b.Messages) > 0 {
				start = b.Messages[0].Time
			}
		},
		Format: func(worker int, b *dissect.Batch) { formatters[worker].batch(b) },
		Emit: func(b *dissect.Batch) bool {
			counts.Merge(&b.Counts)
			out := b.Out
			if f.limit > 0 {
				out, left = f.head(out, left)
			}
			if first && f.format == "json" && len(out) > 0 {
				out = out[1:] // the comma
			}
			first = first && len(b.Out) == 0
			_, bad = w.Write(out)
			return bad == nil && left > 0
		},
	})
	if f.format == "json" {
		w.WriteString("\n]\n")
	}
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
	a.shut(s.file.Name(), &counts)
	return max(code, a.aftermath(s.file.Name(), sum, counts.Messages))
}

// head gives the text of the first n messages of out, and how many of them are
// still wanted behind it.
func (f *flags) head(out []byte, n int) ([]byte, int) {
	end := "\n" // of an object; in an array it stands before it
	switch {
	case f.format == "text" && f.columns == nil:
		end = "\n\n"
	case f.format == "json":
		end = ",\n"
	}
	at := 0
	for n > 0 {
		i := bytes.Index(out[at:], []byte(end))
		if i < 0 {
			return out, n
		}
		at += i + len(end)
		n--
	}
	if f.format == "json" {
		if i := bytes.Index(out[at:], []byte(end)); i >= 0 {
			return out[:at+i], 0
		}
		return out, 0
	}
	return out[:at], 0
}

// formatter turns the messages of a batch into text; it belongs to one worker.
type formatter struct {
	*flags
	file      *capture.File
	conns     []capture.Connection
	d         dissect.Dissector
	start     *int64 // time of the first message
	row       filter.Row
	message   *conv.Message
	dissected bool // message is
	texts     []string
}

func newFormatter(f *flags, file *capture.File, start *int64) *formatter {
	x := &formatter{flags: f, file: file, start: start}
	x.row.A.Loader, x.row.A.Ends = x, x.sides
	return x
}

// Load dissects the message for the filter.
func (f *formatter) Load(s *filter.Side) {
	f.dissect()
	s.Looks[0].Tree = &f.d.Tree
}

func (f *formatter) dissect() {
	if !f.dissected {
		f.d.Dissect(f.message)
		f.dissected = true
	}
}

// chosen reports whether the message passes the filter.
func (f *formatter) chosen() bool {
	if f.filter == nil {
		return true
	}
	f.row.A.Start = *f.start
	f.row.A.SetMessage(f.message)
	return f.filter.Match(&f.row)
}

func (f *formatter) batch(b *dissect.Batch) {
	for i := range b.Messages {
		m := &b.Messages[i]
		if !m.Event.Carries() && m.Event != capture.PDUSession || m.Proto == op.NBSS && len(m.Bytes) == 0 {
			continue
		}
		if f.message, f.dissected = m, false; !f.chosen() {
			continue
		}
		if f.columns != nil { // a tree is made when one of them needs it
			b.Out = f.values(b.Out)
			continue
		}
		f.dissect()
		src, dst := f.ends(m)
		switch f.format {
		case "text":
			b.Out = f.d.AppendText(b.Out, m, src, dst)
		case "json":
			b.Out = append(b.Out, ',', '\n')
			b.Out = f.d.AppendJSON(b.Out, m, src, dst, f.raw)
		default:
			b.Out = f.d.AppendJSON(b.Out, m, src, dst, f.raw)
			b.Out = append(b.Out, '\n')
		}
	}
}

func (f *formatter) ends(m *conv.Message) (src, dst netip.AddrPort) {
	a, b := f.sides(m.Conn)
	if m.Dir == 0 {
		return a, b
	}
	return b, a
}

// sides gives the ends of a connection, that first which spoke first.
func (f *formatter) sides(conn uint32) (a, b netip.AddrPort) {
	if int(conn) >= len(f.conns) {
		f.conns = f.file.Connections()
	}
	c := &f.conns[conn]
	return c.A, c.B
}
