package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/plaintext"
)

// decrypt writes the capture with what opens in plain text.
func (a *app) decrypt(f *flags) int {
	s, err := f.open(0)
	if err != nil {
		return a.fail(err)
	}
	defer s.file.Close()
	out, err := a.create(f.out)
	if err != nil {
		return a.fail(err)
	}
	var t tally
	report, err := plaintext.Write(s.file, out, plaintext.Options{Opener: s.opener, Ports: f.ports, Seen: func(m *conv.Message) {
		if m.Event.Carries() {
			t.add(m)
		}
	}})
	if err = out.close(err); err != nil {
		return a.fail(fmt.Errorf("%s: %w", f.out, err))
	}
	name := s.file.Name()
	a.shut(name, &t)
	if report.Fragmented > 0 {
		a.say(fmt.Sprintf("%s: %d sealed messages open and stay sealed: their connection has TCP segments in IP fragments", name, report.Fragmented), "")
	}
	if report.Rewound > 0 {
		a.say(fmt.Sprintf("%s: %d sealed messages open and stay sealed: the sequence numbers of their connection jump back", name, report.Rewound), "")
	}
	return a.aftermath(name, report.Summary, t.messages)
}

// result is a file that takes its name when it is complete. Streams and devices
// are written as they are.
type result struct {
	io.Writer
	file *os.File // nil for a stream
	name string   // "" for a device
}

// create starts the output file. It holds what was sealed, so that it is the
// user's own to read.
func (a *app) create(name string) (*result, error) {
	if name == "-" {
		if a.terminal() {
			return nil, usageError{what: "a capture is not written to a terminal", hint: "smbdiff decrypt A -o OUT.pcapng"}
		}
		return &result{Writer: a.stdout}, nil
	}
	if st, err := os.Stat(name); err == nil && !st.Mode().IsRegular() {
		if st.IsDir() {
			return nil, usageError{what: name + ": is a directory", hint: "smbdiff decrypt A -o OUT.pcapng"}
		}
		file, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, &capture.Error{File: name, What: causeOf(err), Err: err}
		}
		return &result{Writer: file, file: file}, nil
	}
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*") // mode 0600
	if err != nil {
		return nil, &capture.Error{File: name, What: causeOf(err), Hint: "the output needs a directory that can be written", Err: err}
	}
	return &result{Writer: file, file: file, name: name}, nil
}

// close ends the file, or removes it when err is given.
func (r *result) close(err error) error {
	if r.file == nil {
		return err
	}
	if e := r.file.Close(); err == nil {
		err = e
	}
	if r.name == "" {
		return err
	}
	if err == nil {
		err = os.Rename(r.file.Name(), r.name)
	}
	if err != nil {
		os.Remove(r.file.Name())
	}
	return err
}

// causeOf is the error without the path.
func causeOf(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
