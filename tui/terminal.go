package tui

import (
	"os"
	"strings"

	"github.com/gdamore/tcell/v2/terminfo"
)

// knownTerminal makes TERM a name that tcell has a table of: for another one
// tcell would run a program to ask for it. Nearly all of today's terminals know
// the sequences of xterm.
func knownTerminal() error {
	name := os.Getenv("TERM")
	if _, err := terminfo.LookupTerminfo(name); err == nil {
		return nil
	}
	like := "xterm"
	if strings.Contains(name, "256color") || os.Getenv("COLORTERM") != "" {
		like = "xterm-256color"
	}
	return os.Setenv("TERM", like)
}
