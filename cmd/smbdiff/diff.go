package main

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"

	"smbdiff/diff"
	"smbdiff/dissect"
)

// gcPercent bounds the memory of a comparison: a quarter of what it needs may be
// garbage, which costs a tenth of the time.
const gcPercent = 25

// exitSkip is what git bisect run takes as "cannot be tested".
const exitSkip = 125

// diffFlags are the flags of diff and of the screen that compares.
type diffFlags struct {
	maskNames   list
	ignore      list
	only        list
	maskStatus  bool
	noMask      bool
	masks       *diff.Masks
	contextText string
	widthText   string
	until       string
	anchors     list
	pair        string
	exitZero    bool
	bisect      bool
	quiet       bool // no report: the exit code says it
	options     diff.Options
}

func (d *diffFlags) define(s *flag.FlagSet, verb string) {
	o := &d.options
	d.contextText = "3"
	s.Var(&d.maskNames, "mask", "")
	s.Var(&d.ignore, "ignore", "")
	s.Var(&d.only, "only", "")
	s.BoolVar(&d.maskStatus, "mask-status", false, "")
	s.BoolVar(&d.noMask, "no-mask", false, "")
	s.IntVar(&o.Most, "max-diffs", 0, "")
	s.BoolVar(&o.AllowSealed, "allow-sealed", false, "")
	s.BoolVar(&o.ShowMasked, "show-masked", false, "")
	s.BoolVar(&o.Brief, "brief", false, "")
	s.BoolVar(&o.First, "first", false, "")
	s.BoolVar(&o.StatusesOnly, "statuses-only", false, "")
	s.BoolFunc("timing", "", d.setTiming)
	s.BoolFunc("redact", "", d.setRedact)
	for _, n := range []string{"U", "context"} {
		s.StringVar(&d.contextText, n, d.contextText, "")
	}
	for _, n := range []string{"y", "side-by-side"} {
		s.BoolVar(&o.SideBySide, n, false, "")
	}
	s.BoolFunc("inline", "", func(string) error {
		o.SideBySide = false
		return nil
	})
	for _, n := range []string{"q", "quiet"} {
		s.BoolVar(&d.quiet, n, false, "")
	}
	s.StringVar(&d.widthText, "width", "120", "")
	s.StringVar(&d.until, "until", "", "")
	s.Var(&d.anchors, "anchor", "")
	s.StringVar(&d.pair, "pair", "auto", "")
	s.BoolVar(&d.exitZero, "exit-zero", false, "")
	s.BoolVar(&d.bisect, "bisect", false, "")
}

func (d *diffFlags) check() error {
	o := &d.options
	switch n, err := strconv.Atoi(d.contextText); {
	case d.contextText == "all":
		o.Context = -1
	case err != nil || n < 0:
		return usageError{what: "--context " + d.contextText + ": not a number", hint: `a number of rows, or "all"`}
	default:
		o.Context = n
	}
	var err error
	if o.Width, err = strconv.Atoi(d.widthText); err != nil || o.Width < 40 || o.Width > 10000 {
		return usageError{what: "--width " + d.widthText + ": not a number of columns from 40"}
	}
	if o.Most < 0 {
		return usageError{what: "--max-diffs " + strconv.Itoa(o.Most) + ": not a number of rows"}
	}
	if d.noMask {
		if len(d.maskNames) > 0 {
			return usageError{what: "--no-mask and --mask exclude each other"}
		}
		d.maskNames = list{"none"}
	}
	for _, g := range d.ignore {
		if diff.IsOutcome(g) && !d.maskStatus {
			return usageError{what: "--ignore " + g + ": that is the outcome of operations", hint: "--mask-status says that it is meant"}
		}
	}
	if d.until != "" {
		if o.Pick.Until, err = diff.ParseUntil(d.until); err != nil {
			return usageError{what: "--until " + err.Error(), hint: "--until CREATE/STATUS_ACCESS_DENIED, or --until 'CREATE docs*/OBJECT_NAME_NOT_FOUND'"}
		}
	}
	ways := []diff.PairBy{diff.PairAuto, diff.PairOrder, diff.PairNone}
	i := slices.IndexFunc(ways, func(p diff.PairBy) bool { return p.String() == d.pair })
	if i < 0 {
		return usageError{what: "--pair " + d.pair + ": unknown", hint: "auto, order or none"}
	}
	o.PairBy = ways[i]
	for _, x := range d.anchors {
		a, b, _ := strings.Cut(x, "=")
		n, wrongA := strconv.ParseUint(a, 10, 32)
		m, wrongB := strconv.ParseUint(b, 10, 32)
		if wrongA != nil || wrongB != nil || n == 0 || m == 0 {
			return usageError{what: "--anchor " + x + ": not a pair of operations", hint: "--anchor 14=15 pairs operation 14 of A with 15 of B"}
		}
		o.Anchors = append(o.Anchors, [2]uint32{uint32(n), uint32(m)})
	}
	if d.masks, err = diff.LoadMasks(maskPaths(d.maskNames), d.ignore, d.only); err != nil {
		return err
	}
	o.Masks = d.masks
	return nil
}

// setTiming reads a factor, or none.
func (d *diffFlags) setTiming(s string) (err error) {
	o := &d.options
	if o.Timing, o.Factor = s != "false", 0; s == "true" || s == "false" {
		return nil
	}
	if o.Factor, err = strconv.ParseFloat(strings.TrimSuffix(s, "x"), 64); err != nil || !(o.Factor >= 1 && o.Factor < 1e9) {
		return errors.New("not a factor from 1")
	}
	return nil
}

// setRedact reads a level, or none.
func (d *diffFlags) setRedact(s string) error {
	switch s {
	case "true":
		s = diff.RedactAll.String()
	case "false":
		s = diff.RedactNothing.String()
	}
	for l := diff.RedactNothing; l <= diff.RedactAll; l++ {
		if l.String() == s {
			d.options.Redact = l
			return nil
		}
	}
	return errors.New("not names, data or all")
}

// detach takes the number off -U3, as diff programs write it, and puts what may
// stand behind a flag that does without behind its sign of equality.
func detach(args []string) (out []string) {
	for i := 0; i < len(args); i++ {
		x := args[i]
		if n, ok := strings.CutPrefix(x, "-U"); ok && n != "" && n[0] != '=' {
			out = append(out, "-U", n)
			continue
		}
		if x == "--" {
			return append(out, args[i:]...)
		}
		if i+1 < len(args) && (isFlag(x, "redact") && slices.Contains([]string{"names", "data", "all"}, args[i+1]) || isFlag(x, "timing") && isFactor(args[i+1])) {
			if _, err := os.Stat(args[i+1]); err != nil {
				i++
				x += "=" + args[i]
			}
		}
		out = append(out, x)
	}
	return out
}

func isFlag(word, name string) bool { return word == "-"+name || word == "--"+name }

func isFactor(s string) bool {
	_, err := strconv.ParseFloat(strings.TrimSuffix(s, "x"), 64)
	return err == nil
}

// numbered reads S1 or 1.
func numbered(name string, letter byte, s string) (uint32, error) {
	n, err := strconv.ParseUint(strings.TrimLeft(s, string([]byte{letter, letter | 0x20})), 10, 32)
	if err != nil || n == 0 {
		return 0, usageError{what: name + " " + s + ": not a number", hint: name + " " + string(letter) + "1, as lists number them"}
	}
	return uint32(n), nil
}

// traces reads all captures of the command line at once. close gives them back.
func (a *app) traces(f *flags) (out []*dissect.Trace, shut func(), err error) {
	var wg sync.WaitGroup
	var open []io.Closer
	shut = func() {
		for _, c := range open {
			c.Close()
		}
	}
	errs := make([]error, len(f.files))
	for i := range f.files {
		s, err := f.open(i)
		if err != nil {
			wg.Wait()
			return nil, shut, err
		}
		open = append(open, s.file)
		t := dissect.NewTrace(s.file, s.opener)
		out = append(out, t)
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs[i] = t.Load(f.ports, nil)
		}()
	}
	wg.Wait()
	return out, shut, errors.Join(errs...)
}

// diff compares two captures and writes the report.
func (a *app) diff(f *flags) int {
	debug.SetGCPercent(gcPercent)
	traces, shut, err := a.traces(f)
	defer shut()
	if err != nil {
		return a.fail(err)
	}
	code := exitDone
	for _, t := range traces {
		if !f.options.AllowSealed {
			counts := t.Counts()
			a.shut(t.File.Name(), &counts)
		}
		code = max(code, a.aftermath(t.File.Name(), t.Summary(), t.Counts().Messages))
	}
	f.options.Pick.Filter = f.filter
	f.options.Command = commandLine(a.args)
	f.options.Color, f.options.ASCII = f.color || !f.mono && a.colored(), f.ascii
	r := diff.Traces(traces[0], traces[1], f.options)
	write := map[string]func(io.Writer) error{"json": r.WriteJSON, "ndjson": r.WriteNDJSON, "html": r.WriteHTML, "junit": r.WriteJUnit}[f.format]
	if write == nil {
		write = r.WriteText
	}
	if !f.quiet || f.out != "" {
		if err := a.output("", 0, write); err != nil {
			return a.fail(err)
		}
	}
	switch {
	case code == exitTrouble && (r.Exit == exitDone || f.bisect && lacks(r)):
		return exitTrouble
	case r.Exit == exitDiffer && f.exitZero:
		return exitDone
	}
	return r.Exit
}

// lacks reports whether what differs first is that something is not there: of a
// capture that was cut, or holds no SMB, that says nothing.
func lacks(r *diff.Result) bool {
	return r.First != nil && slices.Contains([]string{"missing", "extra", "no_answer"}, r.First.Reason)
}

// commandLine gives the call as a line for a shell, without keys and without the
// folders of this machine.
func commandLine(args []string) string {
	out := []string{"smbdiff"}
	secret := false
	for _, x := range args {
		name, value, given := strings.Cut(x, "=")
		key := slices.Contains([]string{"k", "key", "key-a", "key-b"}, strings.TrimLeft(name, "-")) && strings.HasPrefix(name, "-")
		switch {
		case secret:
			x = "KEYS"
		case key && given && value != "":
			x = name + "=KEYS"
		}
		secret = key && !given && !secret
		if filepath.IsAbs(x) {
			x = filepath.Base(x)
		}
		if x == "" || strings.ContainsAny(x, " \t\"'\\$*?[]{}()<>|&;!#~`") {
			x = "'" + strings.ReplaceAll(x, "'", `'\''`) + "'"
		}
		out = append(out, x)
	}
	return strings.Join(out, " ")
}
