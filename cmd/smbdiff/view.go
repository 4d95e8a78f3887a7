package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/filter"
	"smbdiff/tui"
	"smbdiff/tui/state"
)

// viewer is the screen's way to captures.
type viewer struct {
	app    *app
	flags  *flags
	files  []*capture.File
	paths  map[string]int // index in flags.files, by the name of a side
	traces map[*capture.File]*dissect.Trace
}

// side makes a side of capture i of the command line.
func (v *viewer) side(i int) (tui.Side, error) {
	s, err := v.flags.open(i)
	if err != nil {
		return tui.Side{}, err
	}
	v.files = append(v.files, s.file)
	v.paths[s.file.Name()] = i
	s.ring.Unwrapper = muted(v.flags.unlock)
	ring := &keyring{ring: s.ring, flags: v.flags, side: i}
	var again func() tui.Side
	again = func() tui.Side {
		ring.opener = decrypt.NewOpener(ring.ring)
		t := dissect.NewTrace(s.file, ring.opener)
		v.traces[s.file] = t
		return tui.Side{Name: s.file.Name(), Trace: t, Load: func(progress func() bool) error { return t.Load(v.flags.ports, progress) },
			Keys: ring, Again: again}
	}
	return again(), nil
}

// open makes a side of another capture.
func (v *viewer) open(path string) (tui.Side, error) {
	f := *v.flags
	f.files = append(f.files[:len(f.files):len(f.files)], path)
	v.flags = &f
	return v.side(len(f.files) - 1)
}

// close closes all captures, and gives the exit code that they ask for.
func (v *viewer) close() int {
	code := exitDone
	for _, f := range v.files {
		if t := v.traces[f]; t.Summary() != nil {
			code = max(code, v.app.aftermath(f.Name(), t.Summary(), t.Counts().Messages))
		}
		f.Close()
	}
	return code
}

// view opens the screen on one or two captures.
func (a *app) view(f *flags) (code int) {
	v := &viewer{app: a, flags: f, paths: map[string]int{}, traces: map[*capture.File]*dissect.Trace{}}
	defer func() { code = max(code, v.close()) }()
	var sides []tui.Side
	for i := range f.files {
		s, err := v.side(i)
		if err != nil {
			return a.fail(err)
		}
		sides = append(sides, s)
	}
	c := tui.Config{A: sides[0], ASCII: f.ascii || asciiLocale(), Mono: f.mono || noColors() != "",
		NoMouse: !f.mouse, Masks: f.masks, Mask: f.masks.Name, Anchors: f.options.Anchors, PairBy: f.options.PairBy, Frames: f.frames,
		History: userFile("XDG_STATE_HOME", ".local/state", "history"), Filters: userFile("XDG_CONFIG_HOME", ".config", "filters.toml"), Statistics: v.statistics, Open: v.open, MaskPath: maskPath}
	if len(sides) == 2 {
		c.B = &sides[1]
	}
	var err error
	if c.Filter, err = f.onScreen(); err != nil {
		return a.fail(err)
	}
	if c.Settings, err = f.settings(); err != nil {
		return a.fail(err)
	}
	err = tui.Run(c)
	var ended tui.Signal
	if errors.As(err, &ended) {
		return signalCode(ended.Signal)
	}
	if err != nil {
		return a.fail(err)
	}
	return exitDone
}

// statistics gives those of captures without a word beside them: what there
// would be said, the log of the screen says.
func (v *viewer) statistics(names []string) string {
	var out bytes.Buffer
	again := *v.flags
	again.format, again.filter, again.sideFilters = "text", nil, [2]*filter.Filter{}
	again.files, again.sideKeys = nil, [2][]string{}
	for k, name := range names {
		i := v.paths[name]
		if v.flags.files[i] == "-" { // a pipe gives its bytes once
			return "statistics want a file: what comes from a pipe is not read a second time"
		}
		again.files = append(again.files, v.flags.files[i])
		if i < len(v.flags.sideKeys) {
			again.sideKeys[k] = v.flags.sideKeys[i]
		}
	}
	(&app{stdin: v.app.stdin, stdout: &out, stderr: io.Discard}).stats(&again)
	return out.String()
}

// settings reads the file about the screen that is named, or the user's if there
// is one.
func (f *flags) settings() (state.Settings, error) {
	path := f.settingsFile()
	if path == "" {
		return state.Settings{}, nil
	}
	text, err := os.ReadFile(path)
	switch {
	case err == nil:
		return state.ParseSettings(path, text)
	case !errors.Is(err, fs.ErrNotExist):
	case f.config == "":
		err = nil
	default:
		err = usageError{what: homely(path) + ": there is no such file", hint: "smbdiff config show lists the settings"}
	}
	return state.Settings{}, err
}

// settingsFile is where the settings of the screen are, "" where none count.
func (f *flags) settingsFile() string {
	switch {
	case f.noConfig:
		return ""
	case f.config != "":
		return f.config
	}
	return settingsFile()
}
