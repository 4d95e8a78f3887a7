package main

import (
	"os"

	"smbdiff/dissect"
	"smbdiff/tui"
)

// view opens the screen on one or two captures.
func (a *app) view(f *flags) int {
	sides := make([]tui.Side, len(f.files))
	traces := make([]*dissect.Trace, len(f.files))
	for i := range sides {
		s, err := f.open(i)
		if err != nil {
			return a.fail(err)
		}
		defer s.file.Close()
		t := dissect.NewTrace(s.file, s.opener)
		traces[i] = t
		sides[i] = tui.Side{Name: s.file.Name(), Trace: t, Load: func(progress func() bool) error { return t.Load(f.ports, progress) }}
	}
	c := tui.Config{A: sides[0], ASCII: f.ascii, Mono: f.mono || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "vt100",
		Masks: f.masks, Mask: f.masks.Name}
	if f.filter != nil {
		c.Filter = f.filter.String()
	}
	if len(sides) == 2 {
		c.B = &sides[1]
	}
	if err := tui.Run(c); err != nil {
		return a.fail(err)
	}
	code := exitDone
	for _, t := range traces {
		code = max(code, a.aftermath(t.File.Name(), t.Summary(), t.Counts().Messages))
	}
	return code
}
