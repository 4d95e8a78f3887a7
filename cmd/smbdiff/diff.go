package main

import (
	"bufio"
	"errors"
	"sync"

	"smbdiff/diff"
	"smbdiff/dissect"
)

// diff compares two captures and writes the report.
func (a *app) diff(f *flags) int {
	var (
		traces [2]*dissect.Trace
		errs   [2]error
		wg     sync.WaitGroup
	)
	for i := range traces {
		s, err := f.open(i)
		if err != nil {
			return a.fail(err)
		}
		defer s.file.Close()
		traces[i] = dissect.NewTrace(s.file, s.opener)
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs[i] = traces[i].Load(f.ports, nil)
		}()
	}
	wg.Wait()
	if err := errors.Join(errs[0], errs[1]); err != nil {
		return a.fail(err)
	}
	code := exitDone
	for _, t := range traces {
		code = max(code, a.aftermath(t.File.Name(), t.Summary(), t.Counts().Messages))
	}
	r := diff.Traces(traces[0], traces[1], f.diffOptions())
	w := bufio.NewWriter(a.stdout)
	var err error
	if f.format == "json" {
		err = r.WriteJSON(w)
	} else {
		err = r.WriteText(w)
	}
	if e := w.Flush(); err == nil {
		err = e
	}
	if err != nil {
		return a.fail(err)
	}
	if code == exitTrouble && r.Exit == exitDone {
		return exitTrouble
	}
	return r.Exit
}

func (f *flags) diffOptions() diff.Options {
	return diff.Options{Mask: f.mask, Ignore: f.ignore, Only: f.only, AllowSealed: f.allowSealed, Context: f.context,
		ShowMasked: f.showMasked, Brief: f.brief}
}
