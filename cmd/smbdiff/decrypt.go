package main

import (
	"fmt"
	"io"

	"smbdiff/dissect"
	"smbdiff/dissect/plaintext"
)

// decrypt writes the capture with what opens in plain text.
func (a *app) decrypt(f *flags) int {
	s, err := f.open(0)
	if err != nil {
		return a.fail(err)
	}
	defer s.file.Close()
	if f.out == "-" && a.terminal() {
		return a.fail(usageError{what: "a capture is not written to a terminal", hint: "smbdiff decrypt A -o OUT.pcapng"})
	}
	var counts dissect.Counts
	var report *plaintext.Report
	err = a.output(f.out, 0o600, func(w io.Writer) (err error) {
		report, err = plaintext.Write(s.file, w, plaintext.Options{Opener: s.opener, Ports: f.ports, Seen: counts.Add})
		return err
	})
	if err != nil {
		return a.fail(err)
	}
	name := s.file.Name()
	a.shut(name, &counts)
	if report.Fragmented > 0 {
		a.say(fmt.Sprintf("%s: %d sealed messages open and stay sealed: their connection has TCP segments in IP fragments", name, report.Fragmented), "")
	}
	if report.Rewound > 0 {
		a.say(fmt.Sprintf("%s: %d sealed messages open and stay sealed: the sequence numbers of their connection jump back", name, report.Rewound), "")
	}
	return a.aftermath(name, report.Summary, counts.Messages)
}
