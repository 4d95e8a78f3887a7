package diff

import "strings"

// tint is how a part of the text report is painted.
type tint string

// The tints: of the sixteen colours that a terminal's user chooses, blue for A,
// yellow or orange for B. Signs say the same without them.
const (
	tintA     tint = "\x1b[34m"
	tintB     tint = "\x1b[33m"
	tintRow   tint = "\x1b[1m"
	tintWrong tint = "\x1b[1;7m"
	tintDim   tint = "\x1b[2m"
)

const untinted = "\x1b[0m"

// paint gives a text in a colour, where colours are asked for.
func (t *textWriter) paint(c tint, s string) string {
	if !t.r.options.Color || c == "" || strings.TrimSpace(s) == "" {
		return s
	}
	return string(c) + s + untinted
}

// tintOf gives the colour of a sign between the sides.
func tintOf(sign string) tint {
	switch sign {
	case "!":
		return tintWrong
	case "<":
		return tintA
	case ">":
		return tintB
	case "~", "=":
		return tintDim
	case "≠", "#", "⇄":
		return tintRow
	}
	return ""
}

// plainSigns writes the signs of reports in ASCII, as the screen does.
func plainSigns() *strings.Replacer { return strings.NewReplacer("≠", "x", "⇄", "m", "…", ".") }
