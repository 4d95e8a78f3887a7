package tui

import (
	"fmt"
	"os"
	"testing"

	"smbdiff/tui/state"
)

// faultyRing fails when the screen asks it for anything.
type faultyRing struct{}

func (faultyRing) Sessions() []state.KeySession { panic("fault of the test") }
func (faultyRing) Keys(bool) []string           { return nil }
func (faultyRing) Loaded() string               { return "" }
func (faultyRing) Add(string) error             { return nil }
func (faultyRing) Reread() error                { return nil }

func (faultyRing) Check() func() ([]state.KeySession, error) { return nil }

func (faultyRing) Try(string) (string, error) { return "", nil }

// TestPanicChild is no test: run by itself on a terminal it shows a capture and
// fails, in drawing or in reading, for a test that looks at the terminal then.
func TestPanicChild(t *testing.T) {
	where := os.Getenv("SMBDIFF_TEST_PANIC")
	if where == "" {
		t.Skip("run by the test of the program on a terminal")
	}
	a := openSide(t, "good.pcap")
	a.Keys = faultyRing{}
	if where == "load" {
		a.Load = func(func() bool) error { panic("fault of the test") }
	}
	if err := Run(Config{A: a}); err != nil {
		fmt.Fprintln(os.Stderr, "ended:", err)
		os.Exit(1)
	}
}
