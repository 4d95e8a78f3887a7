package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/keys"
)

// side is one opened capture with its keys.
type side struct {
	file   *capture.File
	ring   *keys.Ring
	opener *decrypt.Opener
}

// open opens capture i of the command line with all keys that are meant for it.
func (f *flags) open(i int) (*side, error) {
	file, err := capture.Open(f.parts(i)...)
	if err != nil {
		return nil, err
	}
	ring, err := f.ringOf(i)
	if err != nil {
		file.Close()
		return nil, err
	}
	s := &side{file: file, ring: ring, opener: decrypt.NewOpener(ring)}
	f.opened = append(f.opened, s)
	f.watcher.add(file)
	return s, nil
}

// parts gives the files of capture i of the command line.
func (f *flags) parts(i int) []string {
	if len(f.joined) > 0 && f.files[i] == f.joined[0] {
		return f.joined
	}
	return f.files[i : i+1]
}

// ringOf reads all keys that are meant for capture i of the command line.
func (f *flags) ringOf(i int) (*keys.Ring, error) {
	ring := f.newRing()
	specs := slices.Clone(f.keys)
	if i < len(f.sideKeys) {
		specs = append(specs, f.sideKeys[i]...)
	}
	for _, spec := range specs {
		if err := f.addSpec(ring, spec); err != nil {
			return nil, err
		}
	}
	for _, p := range filepath.SplitList(os.Getenv("SMBDIFF_KEYS")) {
		if p == "" {
			continue
		}
		if err := ring.AddFile(p); err != nil {
			return nil, err
		}
	}
	for _, file := range f.parts(i) {
		p := keys.Beside(file)
		if p == "" {
			continue
		}
		// A recorder that saw no key leaves an empty file.
		if err := ring.AddFile(p); err != nil && !errors.Is(err, keys.ErrNoKey) {
			return nil, err
		}
	}
	return ring, nil
}

// addSpec adds what a spec names. A pipe can be read once and is kept for the
// other capture.
func (f *flags) addSpec(ring *keys.Ring, spec string) error {
	if info, err := os.Stat(spec); err != nil || info.Mode().IsRegular() {
		return ring.AddSpec(spec)
	}
	piped := f.piped[spec]
	if piped == nil {
		piped = f.newRing()
		if err := piped.AddSpec(spec); err != nil {
			return err
		}
		if f.piped == nil {
			f.piped = map[string]*keys.Ring{}
		}
		f.piped[spec] = piped
	}
	ring.Append(piped)
	return nil
}

// warnTyped warns of keys on the command line.
func (a *app) warnTyped(f *flags) {
	if slices.ContainsFunc(slices.Concat(f.keys, f.sideKeys[0], f.sideKeys[1]), keys.Typed) {
		a.say("a key on the command line shows in the list of processes", "put it into a file: -k FILE")
	}
}

// aftermath says what of a capture could not be read, and whether that is
// trouble.
func (a *app) aftermath(name string, sum *capture.Summary, messages int) int {
	code := exitDone
	if sum == nil {
		return code
	}
	if a.verbose {
		a.tellRead(name, sum, messages)
	}
	for _, d := range sum.Damage {
		where := d.File
		if d.Frame != 0 {
			where = fmt.Sprintf("%s: frame %d", where, d.Frame)
		}
		if d.Offset >= 0 {
			where = fmt.Sprintf("%s: byte %d", where, d.Offset)
		}
		a.say(where+": "+d.Text, "what could be read is shown")
		code = exitTrouble
	}
	if messages == 0 {
		what := fmt.Sprintf("%s: no SMB found in %s; %s seen", name, several(int(sum.Frames), "packet"), several(sum.TCPConnections, "TCP connection"))
		for i, p := range sum.Ports {
			if i == 0 {
				what += ", server ports"
			}
			if i == 8 {
				what += " and others"
				break
			}
			what += fmt.Sprintf(" %d", p)
		}
		for i, f := range sum.Prologue {
			if i == 4 {
				what += fmt.Sprintf("; %d more", len(sum.Prologue)-i)
				break
			}
			what += fmt.Sprintf("; frame %d: %s", f.Frame, field.Safe(f.Text))
		}
		a.say(what, "--port N if the server listens elsewhere and the start is missing")
		code = exitTrouble
	}
	return code
}

// shut tells which sealed messages stayed shut and why, and which opened though
// something changed them on their way.
func (a *app) shut(name string, c *dissect.Counts) {
	if c.Broken > 0 {
		a.say(fmt.Sprintf("%s: %d of %d sealed messages opened though their tag does not hold: something changed them on their way", name, c.Broken, c.Sealed),
			"--filter 'sealed && signature == invalid' chooses them")
	}
	left := c.Sealed - c.Opened - c.Broken
	if left <= 0 {
		return
	}
	reasons, most := c.Reasons, 0
	reasons[conv.ReasonTag] -= c.Broken
	for i, n := range reasons {
		if n > reasons[most] {
			most = i
		}
	}
	a.say(fmt.Sprintf("%s: %d of %d sealed messages could not be opened: %s", name, left, c.Sealed, conv.Reason(most)),
		"-k FILE gives keys: a Wireshark list, a Samba log, cifs kernel messages, or ID,KEY; smbdiff keys check tells of each session")
}

// several gives a number of things in words.
func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
