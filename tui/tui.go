// Package tui shows one capture, or two beside each other, in a terminal. It
// turns keys into names, styles into colours and lines into cells; what the
// screens say and what keys do is decided in package state. It must not know
// protocols, keys or files.
//
// Text goes to the screen cell by cell: no markup of tview's is read in it, so
// what a capture holds cannot colour or click anything.
package tui

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"smbdiff/diff"
	"smbdiff/dissect"
	"smbdiff/tui/state"
)

// Side is one capture. Load is run on a goroutine of the screen's own; it fills
// Trace and ends early when progress gives false.
type Side struct {
	Name  string
	Trace *dissect.Trace
	Load  func(progress func() bool) error
	Keys  state.Keyring // nil: keys cannot be added
	Again func() Side   // makes it anew, to be read with keys added since
}

func (d Side) state() state.Side {
	out := state.Side{Name: d.Name, Trace: d.Trace, Load: d.Load, Keys: d.Keys}
	if d.Again != nil {
		out.Again = func() state.Side { return d.Again().state() }
	}
	return out
}

// Config says what is shown and how.
type Config struct {
	A       Side
	B       *Side // nil: one capture is viewed
	ASCII   bool  // nothing but ASCII on the screen
	Mono    bool  // no colours: bold, underline and inverse alone
	Mask    string
	Masks   *diff.Masks // nil: the set Mask
	Filter  string      // in force from the start
	Ignore  []string
	Anchors [][2]uint32  // operations of A and B that are pairs whatever else
	PairBy  diff.PairBy  // how the others find their partners
	Screen  tcell.Screen // nil: the terminal
	NoMouse bool         // the mouse is the terminal's own
	Frames  [2]uint32    // of A and B at which the cursor begins; 0: where it does anyhow
	History string       // file in which answers to questions are kept; "": none
	Filters string       // file in which filters are kept by name; "": none

	Settings   state.Settings                  // of the user's file; zero: the usual keys
	Statistics func(names []string) string     // counts captures by the names of their sides, as smbdiff stats does
	MaskPath   func(name string) string        // gives the path of the user's own masks of a name; nil: there are none
	Open       func(name string) (Side, error) // makes a side of another capture; nil: there is none
}

// Signal is the error of Run when a signal has ended the screen.
type Signal struct{ os.Signal }

// Error names the signal.
func (s Signal) Error() string { return s.String() }

// tick is how often the screen takes over what has been read.
const tick = 40 * time.Millisecond

// Run shows the captures until the user leaves. The terminal is left as it was
// found, whatever happens.
func Run(c Config) error { return run(c, func(*tview.Application) {}) }

// run is Run; started is told of the application before its loop begins.
func run(c Config, started func(*tview.Application)) (err error) {
	s := state.New(stateConfig(c))
	if err := s.SetFilter(c.Filter); err != nil {
		return err
	}
	defer s.Close()
	app := tview.NewApplication().EnableMouse(!c.NoMouse).EnablePaste(true)
	if c.Screen != nil {
		app.SetScreen(c.Screen)
	} else if err := knownTerminal(); err != nil {
		return err
	}
	defer func() { // the application has given the terminal back by then
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v", p)
		}
	}()
	v := newView(s, c.Mono)
	v.quit = app.Stop
	v.redraw = func() { app.Sync() }
	v.suspend = func() { app.Suspend(suspend) }
	app.SetRoot(v, true)

	stop := make(chan struct{})
	defer close(stop)
	s.Start()
	ended := make(chan os.Signal, 1)
	go watch(app, v, stop, ended)
	started(app)
	err = app.Run()
	select {
	case x := <-ended:
		return Signal{x}
	default:
	}
	if err == nil && s.Failed() {
		err = s.Err()
	}
	return err
}

func stateConfig(c Config) state.Config {
	out := state.Config{A: c.A.state(), ASCII: c.ASCII, Mask: c.Mask, Masks: c.Masks, Ignore: c.Ignore, Anchors: c.Anchors, PairBy: c.PairBy, Settings: c.Settings, Statistics: c.Statistics, History: c.History, Filters: c.Filters, Frames: c.Frames, MaskPath: c.MaskPath}
	if c.B != nil {
		b := c.B.state()
		out.B = &b
	}
	if c.Open != nil {
		out.Open = func(name string) (state.Side, error) {
			d, err := c.Open(name)
			return d.state(), err
		}
	}
	return out
}

// watch lets the state take over news, and ends the screen on a signal, which it
// tells of before.
func watch(app *tview.Application, v *view, stop chan struct{}, ended chan<- os.Signal) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT)
	defer signal.Stop(signals)
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case x := <-signals:
			ended <- x
			app.Stop()
			return
		case <-ticker.C:
		}
		done := make(chan struct{})
		go func() {
			app.QueueUpdate(func() {
				if v.state.Tick() {
					app.ForceDraw()
				}
				if v.state.Failed() {
					app.Stop()
				}
			})
			close(done)
		}()
		select {
		case <-stop:
			return
		case <-done:
		}
	}
}
