package main

import (
	"bufio"
	"net/netip"

	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
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
		t     tally
		bad   error
		first = true
	)
	formatters := make([]formatter, dissect.Workers())
	for i := range formatters {
		formatters[i] = formatter{flags: f, file: s.file}
	}
	if f.format == "json" {
		w.WriteString("[")
	}
	sum, err := dissect.Run(s.file, dissect.Options{Opener: s.opener, Ports: f.ports, Whole: true,
		Format: func(worker int, b *dissect.Batch) { formatters[worker].batch(b) },
		Emit: func(b *dissect.Batch) bool {
			for i := range b.Messages {
				if m := &b.Messages[i]; m.Event.Carries() {
					t.add(m)
				}
			}
			out := b.Out
			if first && f.format == "json" && len(out) > 0 {
				out = out[1:] // the comma
			}
			first = first && len(b.Out) == 0
			_, bad = w.Write(out)
			return bad == nil
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
	a.shut(s.file.Name(), &t)
	return max(code, a.aftermath(s.file.Name(), sum, t.messages))
}

// formatter turns the messages of a batch into text; it belongs to one worker.
type formatter struct {
	*flags
	file  *capture.File
	conns []capture.Connection
	d     dissect.Dissector
}

func (f *formatter) batch(b *dissect.Batch) {
	for i := range b.Messages {
		m := &b.Messages[i]
		if !m.Event.Carries() && m.Event != capture.PDUSession || m.Proto == op.NBSS && len(m.Bytes) == 0 {
			continue
		}
		src, dst := f.ends(m)
		f.d.Dissect(m)
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
	if int(m.Conn) >= len(f.conns) {
		f.conns = f.file.Connections()
	}
	c := &f.conns[m.Conn]
	if m.Dir == 0 {
		return c.A, c.B
	}
	return c.B, c.A
}
