package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"filippo.io/age/plugin"
	"golang.org/x/term"

	"smbdiff/keys"
	"smbdiff/keys/agent"
	"smbdiff/keys/wrap"
)

// unlocker opens wrapped key files: by the agent, by the identities that are
// named, by ssh's keys, by a passphrase from the terminal.
func (a *app) unlocker(identities []string) *wrap.Opener {
	o := &wrap.Opener{Ask: a.askTerminal, Store: &agentStore{app: a}, UI: a.pluginUI()}
	if a.ask != nil {
		o.Ask = a.ask
	}
	o.Files = append(o.Files, identities...)
	for _, p := range filepath.SplitList(os.Getenv("SMBDIFF_IDENTITY")) {
		if p != "" {
			o.Files = append(o.Files, p)
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		o.SSH = filepath.Join(home, ".ssh")
	}
	return o
}

// newRing makes a ring that opens wrapped files.
func (f *flags) newRing() *keys.Ring {
	ring := new(keys.Ring)
	if f.unlock != nil {
		ring.Unwrapper = f.unlock
	}
	return ring
}

// muted is the same without a question: for when the screen has the terminal.
func muted(u keys.Unwrapper) keys.Unwrapper {
	o, ok := u.(*wrap.Opener)
	if !ok {
		return nil
	}
	quiet := *o
	quiet.Ask, quiet.UI = nil, new(plugin.ClientUI)
	return &quiet
}

// askTerminal asks for a passphrase, which does not show.
func (a *app) askTerminal(prompt string) ([]byte, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, wrap.ErrNoTerminal
	}
	defer tty.Close()
	fd := int(tty.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return nil, wrap.ErrNoTerminal
	}
	fmt.Fprint(tty, safe(prompt))
	defer fmt.Fprintln(tty)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	defer signal.Stop(stop)
	type reply struct {
		b   []byte
		err error
	}
	done := make(chan reply, 1)
	go func() {
		b, err := term.ReadPassword(fd)
		done <- reply{b, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, errors.New("no passphrase given")
		}
		return r.b, nil
	case <-stop:
		if err := term.Restore(fd, before); err != nil {
			return nil, err
		}
		return nil, errors.New("stopped at the passphrase")
	}
}

// pluginUI lets plugins of age talk to the user.
func (a *app) pluginUI() *plugin.ClientUI {
	tell := func(format string, v ...any) { a.say(fmt.Sprintf(format, v...), "") }
	return plugin.NewTerminalUI(tell, tell)
}

// agentStore is the user's agent, if one runs.
type agentStore struct {
	app  *app
	told bool
}

func (s *agentStore) dial() *agent.Client {
	dir, err := agent.Dir()
	if err != nil {
		return nil
	}
	c, err := agent.Dial(dir)
	if err != nil {
		s.tell(err)
		return nil
	}
	return c
}

// tell says once why the agent is of no use, when one is registered.
func (s *agentStore) tell(err error) {
	if s.told || errors.Is(err, agent.ErrNone) || errors.Is(err, agent.ErrUnsupported) {
		return
	}
	s.told = true
	s.app.say(err.Error(), "smbdiff keys agent starts a new one; nothing was handed over")
}

func (s *agentStore) Get(id [32]byte) ([]byte, bool) {
	c := s.dial()
	if c == nil {
		return nil, false
	}
	defer c.Close()
	text, ok, err := c.Get(id)
	if err != nil {
		s.tell(err)
	}
	return text, ok && err == nil
}

func (s *agentStore) Put(id [32]byte, name string, text []byte) {
	c := s.dial()
	if c == nil {
		return
	}
	defer c.Close()
	if err := c.Put(id, filepath.Base(name), text); err != nil {
		s.tell(err)
	}
}
