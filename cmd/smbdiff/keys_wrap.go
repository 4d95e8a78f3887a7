package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"filippo.io/age"

	"smbdiff/dissect/field"
	"smbdiff/keys"
	"smbdiff/keys/agent"
	"smbdiff/keys/wrap"
)

// keysEncrypt wraps a keys file.
func (a *app) keysEncrypt(f *keysFlags) int {
	path := f.files[0]
	text, err := os.ReadFile(path)
	if err != nil {
		return a.failFile(err)
	}
	if keys.Wrapped(text) {
		return a.fail(&keys.Error{File: path, What: "is wrapped already", Hint: "smbdiff keys import " + path + " -o FILE writes it in the clear"})
	}
	if err := f.newRing().AddText(path, text); err != nil { // no keys file, or a slip
		return a.fail(err)
	}
	to, err := a.recipients(f)
	if err != nil {
		return a.fail(err)
	}
	out, err := wrap.Wrap(text, to)
	if err != nil {
		return a.fail(&keys.Error{File: path, What: err.Error(), Hint: "a passphrase goes alone; public keys go together", Err: err})
	}
	if f.out == "" {
		f.out = path + ".age"
	}
	if err := a.write(f, out); err != nil {
		return a.failFile(err)
	}
	if f.out != "-" && filepath.Clean(f.out) != filepath.Clean(path) {
		a.say(path+": still lies there in the clear", "remove it when "+f.out+" opens")
	}
	return exitDone
}

// recipients are those of the command line, or a passphrase that is asked for.
func (a *app) recipients(f *keysFlags) ([]age.Recipient, error) {
	var to []age.Recipient
	for _, s := range f.recipients {
		r, err := wrap.Recipient(s, a.pluginUI())
		if err != nil {
			return nil, err
		}
		to = append(to, r)
	}
	for _, p := range f.recipientFiles {
		list, err := wrap.RecipientFile(p, a.pluginUI())
		if err != nil {
			return nil, err
		}
		to = append(to, list...)
	}
	switch {
	case f.passphrase && len(to) > 0:
		return nil, usageError{what: "a passphrase and public keys at once", hint: "-p, or -r and -R"}
	case len(to) > 0:
		return to, nil
	}
	phrase, err := a.newPassphrase()
	if err != nil {
		return nil, err
	}
	r, err := wrap.Passphrase(phrase, a.work)
	clear(phrase)
	return []age.Recipient{r}, err
}

// newPassphrase asks twice.
func (a *app) newPassphrase() ([]byte, error) {
	ask := a.askTerminal
	if a.ask != nil {
		ask = a.ask
	}
	first, err := ask("New passphrase: ")
	if errors.Is(err, wrap.ErrNoTerminal) {
		return nil, usageError{what: "there is " + err.Error(), hint: "-r PUBLICKEY or -R FILE wraps for public keys"}
	}
	if err != nil {
		return nil, err
	}
	if len(first) == 0 {
		return nil, usageError{what: "an empty passphrase", hint: "smbdiff keys help"}
	}
	second, err := ask("Again: ")
	if err != nil {
		return nil, err
	}
	defer clear(second)
	if !bytes.Equal(first, second) {
		clear(first)
		return nil, usageError{what: "the two passphrases are not the same", hint: "smbdiff keys help"}
	}
	return first, nil
}

// keysAgent runs the agent, or talks to it.
func (a *app) keysAgent(f *keysFlags) int {
	dir, err := agent.Dir()
	if err != nil {
		return a.fail(usageError{what: err.Error(), hint: "a login sets it; XDG_RUNTIME_DIR is a folder of the user's own, such as /run/user/UID"})
	}
	if len(f.files) == 0 {
		return a.runAgent(f, dir)
	}
	c, err := agent.Dial(dir)
	if err != nil {
		return a.fail(usageError{what: err.Error(), hint: "smbdiff keys agent starts one"})
	}
	defer c.Close()
	if f.files[0] == "stop" {
		if err := c.Stop(); err != nil {
			return a.fail(err)
		}
		return exitDone
	}
	list, err := c.List()
	if err != nil {
		return a.fail(err)
	}
	rows := [][]string{{"file", "forgotten in"}}
	for _, it := range list {
		rows = append(rows, []string{field.Safe(it.Name), it.Left.Round(time.Second).String()})
	}
	if _, err := a.stdout.Write(appendTable(fmt.Appendf(nil, "key agent, pid %d, files held: %d\n\n", c.PID(), len(list)), rows)); err != nil {
		return a.fail(err)
	}
	return exitDone
}

// runAgent serves until it is stopped.
func (a *app) runAgent(f *keysFlags, dir string) int {
	say := func(what string) { a.say("keys agent: "+what, "") }
	s, err := agent.Listen(dir, f.timeout, say)
	if err != nil {
		hint := ""
		var running *agent.RunningError
		if errors.As(err, &running) {
			hint = "smbdiff keys agent stop ends it"
		}
		return a.fail(usageError{what: err.Error(), hint: hint})
	}
	say(fmt.Sprintf("pid %d holds what is unlocked from now on, each file for %v", s.PID(), f.timeout))
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer cancel()
	if err := s.Serve(ctx); err != nil {
		return a.fail(err)
	}
	return exitDone
}
