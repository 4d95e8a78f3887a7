package tui

import (
	"os"
	"strings"

	"github.com/gdamore/tcell/v2/terminfo"
)

// knownTerminal makes TERM a name that tcell has a table of: for another one
// tcell would run a program to ask for it. Nearly all of today's terminals know
// the sequences of xterm.
//
// The tables of old terminals ask for rests behind sequences, which tcell takes:
// a screen would be seconds late. Today's terminals by those names need none.
func knownTerminal() error {
	name := os.Getenv("TERM")
	if ti, err := terminfo.LookupTerminfo(name); err == nil {
		if ti.PadChar != "" {
			prompt := *ti
			prompt.PadChar = ""
			terminfo.AddTerminfo(&prompt)
		}
		return nil
	}
	like := "xterm"
	if strings.Contains(name, "256color") || os.Getenv("COLORTERM") != "" {
		like = "xterm-256color"
	}
	return os.Setenv("TERM", like)
}
