package tui

import (
	"github.com/gdamore/tcell/v2"

	"smbdiff/tui/state"
)

// theme gives styles their looks. Colours are those of the terminal's sixteen,
// so that the user's scheme decides.
type theme struct{ mono bool }

func newTheme(mono bool) theme { return theme{mono} }

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
		return color(12)
	case state.SideB:
		return color(3)
	case state.Dim:
		return d.Dim(true)
	case state.Bad:
		if t.mono {
			return d.Bold(true).Reverse(true)
		}
		return color(9).Bold(true)
	case state.Differs:
		return d.Bold(true)
	case state.Unread:
		return d.Underline(true)
	}
	return d
}
