package main

import (
	"errors"
	"flag"
	"io"
	"slices"
	"strconv"

	"smbdiff/dissect/field"
	"smbdiff/dissect/filter"
)

func safe(s string) string { return field.Safe(s) }

// flags are what the command line says.
type flags struct {
	files       []string
	keys        []string
	sideKeys    [2][]string
	ports       []uint16
	format      string
	raw         bool
	mask        string
	ignore      []string
	only        []string
	allowSealed bool
	showMasked  bool
	brief       bool
	context     int
	ascii       bool
	mono        bool
	help        bool
	filter      *filter.Filter // nil: everything
	wrong       error          // of the filter
}

// list is a repeatable string flag.
type list []string

func (l *list) String() string { return "" }

func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}

// parseFlags reads flags and file names in any order.
func parseFlags(verb string, args []string) (*flags, error) {
	f := &flags{mask: "default", context: 3}
	s := flag.NewFlagSet("smbdiff", flag.ContinueOnError)
	s.SetOutput(io.Discard)
	var k, ka, kb, ports, ignore, only list
	color, context := "auto", "3"
	for _, n := range []string{"k", "key"} {
		s.Var(&k, n, "")
	}
	s.Var(&ka, "key-a", "")
	s.Var(&kb, "key-b", "")
	s.Var(&ports, "port", "")
	for _, n := range []string{"Y", "filter"} {
		s.Func(n, "", f.setFilter)
	}
	s.BoolVar(&f.ascii, "ascii", false, "")
	s.StringVar(&color, "color", color, "")
	if verb != "view" {
		s.StringVar(&f.format, "format", "", "")
	}
	switch verb {
	case "dump":
		s.BoolVar(&f.raw, "raw", false, "")
	default:
		s.StringVar(&f.mask, "mask", f.mask, "")
		s.Var(&ignore, "ignore", "")
		s.Var(&only, "only", "")
		s.BoolVar(&f.allowSealed, "allow-sealed", false, "")
		s.BoolVar(&f.showMasked, "show-masked", false, "")
		s.BoolVar(&f.brief, "brief", false, "")
		for _, n := range []string{"U", "context"} {
			s.StringVar(&context, n, context, "")
		}
	}
	for len(args) > 0 {
		if err := s.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				f.help = true
				return f, nil
			}
			if f.wrong != nil {
				return nil, f.wrong
			}
			return nil, usageError{what: err.Error()}
		}
		rest := s.Args()
		if len(rest) == 0 {
			break
		}
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			f.files = append(f.files, rest...)
			break
		}
		f.files = append(f.files, rest[0])
		args = rest[1:]
	}
	f.keys, f.sideKeys, f.ignore, f.only = k, [2][]string{ka, kb}, ignore, only
	if err := f.check(verb, color, context); err != nil {
		return nil, err
	}
	for _, p := range ports {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return nil, usageError{what: "--port " + p + ": not a TCP port"}
		}
		f.ports = append(f.ports, uint16(n))
	}
	return f, nil
}

// setFilter reads a filter; a second one narrows the first.
func (f *flags) setFilter(expr string) error {
	if f.filter != nil {
		expr = "(" + f.filter.String() + ") && (" + expr + ")"
	}
	f.filter, f.wrong = filter.Parse(expr)
	return f.wrong
}

func (f *flags) check(verb, color, context string) error {
	switch color {
	case "auto", "always":
	case "never":
		f.mono = true
	default:
		return usageError{what: "--color " + color + ": unknown", hint: "auto, always or never"}
	}
	switch n, err := strconv.Atoi(context); {
	case context == "all":
		f.context = -1
	case err != nil || n < 0:
		return usageError{what: "--context " + context + ": not a number", hint: `a number of rows, or "all"`}
	default:
		f.context = n
	}
	switch f.mask {
	case "default", "strict", "ci", "two-sided", "none":
	default:
		return usageError{what: "--mask " + f.mask + ": unknown set", hint: "default, strict, ci, two-sided or none"}
	}
	want, formats := []int{1, 2}, []string{""}
	switch verb {
	case "dump":
		want, formats = []int{1}, []string{"", "ndjson", "json", "text"}
	case "diff":
		want, formats = []int{2}, []string{"", "text", "json"}
	}
	if !slices.Contains(want, len(f.files)) {
		return usageError{what: strconv.Itoa(len(f.files)) + " captures given, " + verb + " takes " + numbers(want)}
	}
	if !slices.Contains(formats, f.format) {
		return usageError{what: "--format " + f.format + ": unknown for " + verb}
	}
	return nil
}

func numbers(n []int) string {
	if len(n) == 2 {
		return "1 or 2"
	}
	return strconv.Itoa(n[0])
}
