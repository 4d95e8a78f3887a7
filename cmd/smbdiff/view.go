package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/keys"
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
	ring := &keyring{ring: s.ring}
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
	c := tui.Config{A: sides[0], ASCII: f.ascii || asciiLocale(), Mono: f.mono || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "vt100",
		NoMouse: !f.mouse, Masks: f.masks, Mask: f.masks.Name, Anchors: f.options.Anchors, Frames: f.frames,
		History: userFile("XDG_STATE_HOME", ".local/state", "history"), Statistics: v.statistics, Open: v.open}
	if f.filter != nil {
		c.Filter = f.filter.String()
	}
	if len(sides) == 2 {
		c.B = &sides[1]
	}
	var err error
	if c.Settings, err = settings(); err != nil {
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
	again.format, again.filter, again.files, again.sideKeys = "text", nil, nil, [2][]string{}
	for k, name := range names {
		i := v.paths[name]
		again.files = append(again.files, v.flags.files[i])
		if i < len(v.flags.sideKeys) {
			again.sideKeys[k] = v.flags.sideKeys[i]
		}
	}
	(&app{stdin: v.app.stdin, stdout: &out, stderr: io.Discard}).stats(&again)
	return out.String()
}

// settings reads the user's file about the screen, if there is one.
func settings() (state.Settings, error) {
	path := userFile("XDG_CONFIG_HOME", ".config", "config.toml")
	if path == "" {
		return state.Settings{}, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return state.Settings{}, nil
	}
	if err != nil {
		return state.Settings{}, err
	}
	return state.ParseSettings(path, text)
}

// keyring shows the screen what an opener knows of its keys, and takes further
// ones for the next.
type keyring struct {
	ring   *keys.Ring
	opener *decrypt.Opener
}

func (k *keyring) Sessions() []state.KeySession {
	var out []state.KeySession
	for _, s := range k.opener.Sessions() {
		t := state.KeySession{Name: fmt.Sprintf("0x%016x", s.ID), User: s.Account, Dialect: s.Dialect.String(), Cipher: s.Cipher.String()}
		if s.SMB1 {
			t.Name, t.Dialect = fmt.Sprintf("C%d UID %d", s.Conn+1, s.ID), "NT1"
		}
		if s.Proved {
			t.From = s.Source
		}
		switch { // the counts grow with every look at a message
		case s.TagsTried > 0:
			t.Proof = proof("tags", s.TagsVerified, s.TagsTried)
		case s.SignaturesTried > 0:
			t.Proof = proof("signatures", s.SignaturesVerified, s.SignaturesTried)
		}
		if s.Why != conv.ReasonNone {
			t.Shut = s.Why.String()
			what, hint := k.opener.Explain(s.ID, s.Why)
			if what != "" {
				t.Shut += ": " + what
			}
			t.Hint = hint
		}
		out = append(out, t)
	}
	return out
}

// Keys lists what was proved to be a key of the capture.
func (k *keyring) Keys(whole bool) []string {
	f := keysFlags{reveal: whole}
	var out []string
	for _, x := range k.opener.Keys() {
		for _, it := range f.items(&keys.Ring{Keys: []keys.Key{x}}) {
			out = append(out, fmt.Sprintf("%s  %-16s  %s", it.owner, it.kind, it.secret))
		}
	}
	return out
}

func (k *keyring) Add(text string) error { return k.ring.AddSpec(text) }

func proof(what string, held, tried uint64) string {
	switch held {
	case tried:
		return "all " + what + " verify"
	case 0:
		return "no " + what + " verify"
	}
	return fmt.Sprintf("%d%% of %s verify", 100*held/tried, what)
}
