package tui

import (
	"github.com/gdamore/tcell/v2"

	"smbdiff/tui/state"
)

// theme gives styles their looks. Without a name colours are those of the
// terminal's sixteen, so that the user's scheme decides.
type theme struct {
	mono      bool
	a, b, bad int // of the palette: both sides, failures
}

func newTheme(name string, mono bool) theme {
	switch name {
	case "mono":
		mono = true
	case "dark256":
		return theme{mono, 75, 215, 203}
	case "light256":
		return theme{mono, 25, 130, 160}
	case "classic":
		return theme{mono, 1, 2, 5}
	}
	return theme{mono, 12, 3, 9}
}

func (t theme) style(s state.Style) tcell.Style {
	out := t.plain(s &^ (state.Selected | state.Changed))
	if s&state.Changed != 0 {
		out = out.Dim(false).Bold(true).Underline(true)
	}
	if s&state.Selected != 0 {
		out = out.Dim(false).Reverse(true)
	}
	return out
}

func (t theme) plain(s state.Style) tcell.Style {
	d := tcell.StyleDefault
	color := func(n int) tcell.Style {
		if t.mono {
			return d
		}
		return d.Foreground(tcell.PaletteColor(n))
	}
	switch s {
	case state.Title, state.Key:
		return d.Bold(true)
	case state.SideA:
		return color(t.a)
	case state.SideB:
		return color(t.b)
	case state.Dim:
		return d.Dim(true)
	case state.Bad:
		if t.mono {
			return d.Bold(true).Reverse(true)
		}
		return color(t.bad).Bold(true)
	case state.Alarm:
		return color(t.bad).Bold(true).Reverse(true)
	case state.Differs:
		return d.Bold(true)
	case state.Unread:
		return d.Underline(true)
	}
	return d
}
