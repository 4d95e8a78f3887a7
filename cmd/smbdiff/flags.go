package main

import (
	"errors"
	"flag"
	"io"
	"slices"
	"strconv"
	"strings"

	"smbdiff/dissect/field"
	"smbdiff/dissect/filter"
	"smbdiff/keys"
)

func safe(s string) string { return field.Safe(s) }

// flags are what the command line says.
type flags struct {
	files    []string
	opened   []*side
	columns  []*filter.Column // of dump, nil: everything
	verbose  bool
	progress string
	watcher  *progress // nil: nothing is told
	joined   []string  // files that are one capture, which goes by the first
	keys     []string
	sideKeys [2][]string
	ports    []uint16
	format   string
	raw      bool
	diffFlags
	ascii  bool
	mono   bool
	color  bool // always
	mouse  bool
	frames [2]uint32 // of FILE:N, 0 for none
	help   bool
	filter *filter.Filter // nil: everything
	limit  int            // messages of dump, 0: all

	sideFilters [2]*filter.Filter // of stats; what compares has them in filter
	session     [3]string         // to choose, of both sides, of A, of B
	conn        [3]string
	wrong       error  // of a filter or a list of fields
	config      string // settings file that is named
	noConfig    bool
	out         string
	force       bool // out may be there already

	identities []string
	unlock     keys.Unwrapper        // opens wrapped key files
	piped      map[string]*keys.Ring // what was read from pipes, by spec
}

// list is a repeatable string flag.
type list []string

func (l *list) String() string { return "" }

func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}

// keyFile takes the number of an open file for the keys that are in it.
func keyFile(s *flag.FlagSet, specs *list) {
	s.Func("key-fd", "", func(n string) error {
		if _, err := strconv.ParseUint(n, 10, 16); err != nil {
			return errors.New("not the number of an open file")
		}
		return specs.Set("/dev/fd/" + n)
	})
}

// outputFlags are those of verbs that write to standard output or to a file.
func (f *flags) outputFlags(s *flag.FlagSet) {
	for _, n := range []string{"o", "output"} {
		s.StringVar(&f.out, n, "", "")
	}
	s.BoolVar(&f.force, "force", false, "")
}

// configFlags choose the settings of the screen.
func (f *flags) configFlags(s *flag.FlagSet) {
	s.StringVar(&f.config, "config", "", "")
	s.BoolVar(&f.noConfig, "no-config", false, "")
}

// parseFlags reads flags and file names in any order.
func parseFlags(verb string, args []string) (*flags, error) {
	f := new(flags)
	s := flag.NewFlagSet("smbdiff", flag.ContinueOnError)
	s.SetOutput(io.Discard)
	var k, ka, kb, ports list
	color := "auto"
	for _, n := range []string{"k", "key"} {
		s.Var(&k, n, "")
	}
	keyFile(s, &k)
	s.Var(&ka, "key-a", "")
	s.Var(&kb, "key-b", "")
	s.Var((*list)(&f.identities), "identity", "")
	s.Var(&ports, "port", "")
	for _, n := range []string{"v", "vv", "verbose"} {
		s.BoolVar(&f.verbose, n, false, "")
	}
	s.StringVar(&f.progress, "progress", "auto", "")
	join := s.Bool("join", false, "")
	f.pickFlags(s, verb)
	s.BoolVar(&f.ascii, "ascii", false, "")
	noMouse := s.Bool("no-mouse", false, "")
	s.StringVar(&color, "color", color, "")
	f.configFlags(s)
	if verb != "view" {
		s.StringVar(&f.format, "format", "", "")
	}
	f.outputFlags(s)
	switch verb {
	case "stats":
	case "dump":
		s.BoolVar(&f.raw, "raw", false, "")
		s.IntVar(&f.limit, "limit", 0, "")
		s.Func("fields", "", f.setFields)
	case "decrypt":
	default:
		f.diffFlags.define(s, verb)
	}
	args = detach(args)
	for len(args) > 0 {
		if err := s.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				f.help = true
				return f, nil
			}
			if f.wrong != nil {
				return nil, f.wrong
			}
			return nil, usageError{what: noFlag(s, verb, err)}
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
	f.keys, f.sideKeys, f.mouse = k, [2][]string{ka, kb}, !*noMouse
	if verb == "view" {
		for i := range f.files[:min(len(f.files), len(f.frames))] {
			f.files[i], f.frames[i] = splitFrame(f.files[i])
		}
	}
	if *join && len(f.files) > 0 && verb != "masks" {
		if verb == "diff" || verb == "learn" {
			return nil, usageError{what: "--join makes one capture of all files, " + verb + " wants several", hint: "a directory is a file set too: smbdiff " + verb + " DIR DIR"}
		}
		if slices.Contains(f.files, "-") {
			return nil, usageError{what: "--join wants files: what comes from a pipe has no place among them"}
		}
		f.joined, f.files = f.files, f.files[:1]
	}
	if err := f.pick(verb); err != nil {
		return nil, err
	}
	if err := f.check(verb, color); err != nil {
		return nil, err
	}
	if err := f.bindFilters(verb); err != nil {
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

// noFlag says what is wrong with a flag, and of one that is not there which may
// have been meant.
func noFlag(s *flag.FlagSet, verb string, err error) string {
	name, missing := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !missing {
		return err.Error()
	}
	var names []string
	s.VisitAll(func(f *flag.Flag) {
		if len(f.Name) > 1 {
			names = append(names, "--"+f.Name)
		}
	})
	if len(name) > 1 {
		name = "-" + name
	}
	if verb == "view" && slices.Contains([]string{"-format", "-raw", "-limit"}, name) {
		return "-" + name + " is for a verb: smbdiff diff A B, smbdiff dump A"
	}
	return "-" + name + ": no flag of " + verb + meant("-"+name, names)
}

// meant says which of some names a word may have been meant to be.
func meant(word string, names []string) string {
	if n := filter.Nearest(word, names); n != "" {
		return "; did you mean " + n + "?"
	}
	return ""
}

func (f *flags) check(verb, color string) error {
	switch color {
	case "auto", "always":
		f.color = color == "always"
	case "never":
		f.mono = true
	default:
		return usageError{what: "--color " + color + ": unknown", hint: "auto, always or never"}
	}
	if verb != "dump" && verb != "stats" && verb != "decrypt" {
		if err := f.diffFlags.check(); err != nil {
			return err
		}
	}
	if !slices.Contains([]string{"auto", "always", "never"}, f.progress) {
		return usageError{what: "--progress " + f.progress + ": unknown", hint: "auto, always or never"}
	}
	if f.noConfig && f.config != "" {
		return usageError{what: "--no-config and --config exclude each other"}
	}
	if i := slices.Index(f.files, "-"); i >= 0 && slices.Contains(f.files[i+1:], "-") {
		return usageError{what: "- is given twice: standard input can be read once"}
	}
	want, formats := []int{1, 2}, []string{""}
	switch verb {
	case "dump":
		want, formats = []int{1}, []string{"", "ndjson", "json", "text", "ops", "zeek"}
		if f.columns != nil && (f.raw || f.format == "ops" || f.format == "zeek") {
			return usageError{what: "--fields chooses fields of messages: not with --raw, ops or zeek", hint: "--format ndjson, json or text"}
		}
	case "decrypt":
		want = []int{1}
		if f.filter != nil {
			return usageError{what: "--filter chooses nothing for decrypt: it writes every frame", hint: "tshark -Y on what it writes"}
		}
		if f.out == "" {
			return usageError{what: "no output given", hint: "smbdiff decrypt A -o OUT.pcapng"}
		}
	case "diff":
		want, formats = []int{2}, []string{"", "text", "json", "ndjson", "html", "junit"}
	case "stats":
		formats = []string{"", "text", "json"}
	case "learn":
		want = nil
	case "masks":
		want = []int{0, 1, 2}
	}
	if len(f.files) == 0 && verb == "view" {
		return usageError{what: "no capture given", hint: "smbdiff A shows one, smbdiff A B compares two; smbdiff help"}
	}
	if want != nil && !slices.Contains(want, len(f.files)) {
		return usageError{what: several(len(f.files), "capture") + " given, " + verb + " takes " + numbers(want)}
	}
	if !slices.Contains(formats, f.format) {
		return usageError{what: "--format " + f.format + ": unknown for " + verb}
	}
	return f.mayWrite()
}

func numbers(n []int) string {
	if len(n) > 1 {
		return "1 or 2"
	}
	return strconv.Itoa(n[0])
}
