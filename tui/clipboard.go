package tui

import (
	"encoding/base64"
	"strings"
)

// clipboardSequence gives what hands a text to the clipboard of the terminal, by
// OSC 52, also over SSH and through tmux and screen; getenv tells of the
// terminal. It reports false for terminals that are known to have none.
func clipboardSequence(text string, getenv func(string) string) (string, bool) {
	osc := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\x07"
	term := getenv("TERM")
	switch {
	case getenv("TMUX") != "": // tmux takes it as its own where it may, or hands it on where that is allowed
		return osc + "\x1bPtmux;" + strings.ReplaceAll(osc, "\x1b", "\x1b\x1b") + "\x1b\\", true
	case getenv("STY") != "":
		return "\x1bP" + osc + "\x1b\\", true
	case term == "linux" || strings.HasPrefix(term, "vt") || term == "ansi":
		return "", false
	}
	return osc, true
}
