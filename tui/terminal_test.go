package tui

import (
	"os"
	"testing"

	"github.com/gdamore/tcell/v2/terminfo"
)

// TestKnownTerminal checks that any name of a terminal becomes one that is known
// without asking, and that none asks for rests.
func TestKnownTerminal(t *testing.T) {
	for name, want := range map[string]string{"xterm-256color": "xterm-256color", "vt100": "vt100", "vt220": "vt220",
		"my-terminal": "xterm", "my-256color": "xterm-256color", "": "xterm"} {
		t.Setenv("TERM", name)
		t.Setenv("COLORTERM", "")
		if err := knownTerminal(); err != nil {
			t.Fatal(err)
		}
		if got := os.Getenv("TERM"); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
		ti, err := terminfo.LookupTerminfo(os.Getenv("TERM"))
		if err != nil || ti.PadChar != "" {
			t.Errorf("%q: %v, rests %q", name, err, ti.PadChar)
		}
	}
}
