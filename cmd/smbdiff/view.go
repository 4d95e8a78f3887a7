package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/conv"
	"smbdiff/keys"
	"smbdiff/tui"
	"smbdiff/tui/state"
)

// view opens the screen on one or two captures.
func (a *app) view(f *flags) int {
	sides := make([]tui.Side, len(f.files))
	traces := make([]*dissect.Trace, len(f.files)) // as they are in the end
	for i := range sides {
		s, err := f.open(i)
		if err != nil {
			return a.fail(err)
		}
		defer s.file.Close()
		s.ring.Unwrapper = muted(f.unlock)
		ring := &keyring{ring: s.ring}
		var again func() tui.Side
		again = func() tui.Side {
			ring.opener = decrypt.NewOpener(ring.ring)
			t := dissect.NewTrace(s.file, ring.opener)
			traces[i] = t
			return tui.Side{Name: s.file.Name(), Trace: t, Load: func(progress func() bool) error { return t.Load(f.ports, progress) },
				Keys: ring, Again: again}
		}
		sides[i] = again()
	}
	c := tui.Config{A: sides[0], ASCII: f.ascii, Mono: f.mono || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "vt100",
		Masks: f.masks, Mask: f.masks.Name, Anchors: f.options.Anchors}
	if f.filter != nil {
		c.Filter = f.filter.String()
	}
	if len(sides) == 2 {
		c.B = &sides[1]
	}
	c.Statistics = func(turned bool) string { return a.quietly(f, turned) }
	var err error
	if c.Settings, err = settings(); err != nil {
		return a.fail(err)
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

// quietly gives the statistics without a word beside them: what it would say,
// the log of the screen says.
func (a *app) quietly(f *flags, turned bool) string {
	var out bytes.Buffer
	again := *f
	again.format, again.filter = "text", nil
	if turned {
		again.files = []string{f.files[1], f.files[0]}
		again.sideKeys = [2][]string{f.sideKeys[1], f.sideKeys[0]}
	}
	(&app{stdin: a.stdin, stdout: &out, stderr: io.Discard}).stats(&again)
	return out.String()
}

// settings reads the user's file about the screen, if there is one.
func settings() (state.Settings, error) {
	dir := os.Getenv("XDG_CONFIG_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return state.Settings{}, nil
		}
		dir = filepath.Join(home, ".config")
	}
	path := filepath.Join(dir, "smbdiff", "config.toml")
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
