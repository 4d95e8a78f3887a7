package tui

import (
	"strings"
	"testing"
)

func TestClipboardSequence(t *testing.T) {
	const osc = "\x1b]52;c;YSBi\x07"
	for _, c := range []struct {
		env, want string
		ok        bool
	}{
		{"TERM=xterm-256color", osc, true},
		{"TERM=foot", osc, true},
		{"TERM=tmux-256color TMUX=/x,1,0", osc + "\x1bPtmux;\x1b\x1b]52;c;YSBi\x07\x1b\\", true},
		{"TERM=screen STY=1.x", "\x1bP" + osc + "\x1b\\", true},
		{"TERM=linux", "", false},
		{"TERM=vt100", "", false},
	} {
		env := map[string]string{}
		for f := range strings.FieldsSeq(c.env) {
			k, v, _ := strings.Cut(f, "=")
			env[k] = v
		}
		got, ok := clipboardSequence("a b", func(k string) string { return env[k] })
		if got != c.want || ok != c.ok {
			t.Errorf("%s: %q, %v, want %q", c.env, got, ok, c.want)
		}
	}
}
