package main

import (
	"fmt"
	"io"
	"path/filepath"

	"smbdiff/diff"
)

// learn finds masks that make runs equal, and writes them.
func (a *app) learn(f *flags) int {
	if len(f.files) < 2 {
		return a.fail(usageError{what: several(len(f.files), "capture") + " given, learn takes at least 2", hint: "smbdiff learn GOOD GOOD -o masks.toml"})
	}
	traces, shut, err := a.traces(f)
	defer shut()
	if err != nil {
		return a.fail(err)
	}
	code := exitDone
	for _, t := range traces {
		counts := t.Counts()
		a.shut(t.File.Name(), &counts)
		code = max(code, a.aftermath(t.File.Name(), t.Summary(), t.Counts().Messages))
	}
	f.options.Pick.Filter, f.options.Ignore, f.options.Only = f.filter, f.ignore, f.only
	l, err := diff.Learn(traces, f.maskNames, f.options)
	if err != nil {
		return a.fail(err)
	}
	if err := a.output(f.out, 0o644, func(w io.Writer) error { return l.Write(w, filepath.Dir(f.out)) }); err != nil {
		return a.fail(err)
	}
	if n := l.Outcomes(); n > 0 {
		a.say(fmt.Sprintf("outcomes, such as a status or an operation that is missing, are hidden by %d of %s", n, several(l.Rules(), "learned mask")), "are the runs equal? the masks say so with status = true")
	}
	switch {
	case l.Unread > 0 && !f.options.AllowSealed:
		a.say(fmt.Sprintf("%d rows could not be compared, so their noise is not known", l.Unread), "keys for all sealed sessions, or --allow-sealed")
		code = exitTrouble
	case l.Left > 0 && code == exitDone:
		a.say(fmt.Sprintf("%d rows still differ with the %d masks learned", l.Left, l.Rules()), "smbdiff diff --mask FILE shows them: are the runs equal?")
		code = exitDiffer
	}
	return code
}
