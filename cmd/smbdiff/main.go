// Command smbdiff opens one or two captures of SMB traffic, unseals them from
// keys and shows, dumps or compares them.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/term"

	"smbdiff/diff"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/filter"
	"smbdiff/keys"
	"smbdiff/tui/state"
)

// The exit codes.
const (
	exitDone    = 0
	exitDiffer  = 1
	exitTrouble = 2
)

const version = "0.1"

func main() {
	app := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	os.Exit(app.run(os.Args[1:]))
}

// app is one invocation, with its streams, so that tests can run it.
type app struct {
	stdin          *os.File
	stdout, stderr io.Writer
	args           []string // of this call
	verbose        bool
	telling        *progress                           // nil: nothing is told
	ask            func(prompt string) ([]byte, error) // for a passphrase; nil: the terminal
	work           int                                 // of wrapping with one; 0: as usual
}

// run runs a verb. Whatever goes wrong under --bisect means that git cannot test
// this commit.
func (a *app) run(args []string) int {
	code := a.verb(args)
	if code == exitTrouble && (slices.Contains(args, "--bisect") || slices.Contains(args, "-bisect")) {
		return exitSkip
	}
	return code
}

func (a *app) verb(args []string) int {
	a.args = args
	verb := "view"
	if len(args) > 0 {
		switch args[0] {
		case "diff", "dump", "view", "decrypt", "learn", "masks", "stats":
			verb, args = args[0], args[1:]
		case "keys":
			return a.keysVerb(args[1:])
		case "config":
			return a.configVerb(args[1:])
		case "help", "-h", "--help":
			return a.help(args[1:])
		case "completion":
			return a.completion(args[1:])
		case "version", "--version":
			return a.version(args[1:])
		}
	}
	if verb == "view" {
		if err := noVerb(args); err != nil {
			return a.fail(err)
		}
	}
	f, err := parseFlags(verb, args)
	if err != nil {
		return a.fail(err)
	}
	a.warnTyped(f)
	f.unlock = a.unlocker(f.identities)
	if a.verbose = f.verbose; f.verbose && !f.help {
		defer a.tellKeys(f)
	}
	if !f.help && (verb != "view" || f.out != "" || !a.terminal()) {
		defer a.watch(f, verb)()
	}
	switch {
	case f.help:
		return a.help([]string{verb})
	case verb == "dump" && (f.format == "ops" || f.format == "zeek"):
		return a.into(f, (*app).list)
	case verb == "dump":
		return a.into(f, (*app).dump)
	case verb == "stats":
		return a.into(f, (*app).stats)
	case verb == "learn":
		return a.learn(f)
	case verb == "masks":
		return a.masksVerb(f)
	case verb == "decrypt":
		return a.decrypt(f)
	case verb == "diff" || len(f.files) == 2 && (f.out != "" || !a.terminal()):
		return a.into(f, (*app).diff)
	case len(f.files) == 1 && (f.out != "" || !a.terminal()):
		return a.into(f, (*app).list)
	}
	return a.view(f)
}

// version tells which program this is.
func (a *app) version(args []string) int {
	switch {
	case len(args) == 0:
		fmt.Fprintln(a.stdout, "smbdiff "+version)
	case len(args) == 1 && args[0] == "--json":
		fmt.Fprintf(a.stdout, "{\"schema\":\"smbdiff/version/1\",\"version\":%q}\n", version)
	default:
		return a.fail(usageError{what: "version " + strings.Join(args, " ") + ": unknown", hint: "smbdiff version [--json]"})
	}
	return exitDone
}

// verbs are what a first argument may be that names no capture.
var verbs = [...]string{"completion", "config", "decrypt", "diff", "dump", "help", "keys", "learn", "masks", "stats", "version", "view"}

// noVerb gives an error for a first word that is no file but close to a verb.
func noVerb(args []string) error {
	if len(args) == 0 || strings.ContainsAny(args[0], `.:-/\`) {
		return nil
	}
	word := args[0]
	if _, err := os.Stat(word); err == nil {
		return nil
	}
	if m := meant(word, verbs[:]); m != "" {
		return usageError{what: word + ": no such file, and no verb" + m}
	}
	return nil
}

// isTerminal reports whether the output is a terminal.
func (a *app) isTerminal() bool {
	f, ok := a.stdout.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// usageError is a wrong call.
type usageError struct{ what, hint string }

func (e usageError) Error() string { return e.what }

// fail prints err in one line, a hint in a second, and gives the exit code.
func (a *app) fail(err error) int {
	if errors.Is(err, syscall.EPIPE) {
		return exitDone
	}
	hint := ""
	var c *capture.Error
	var k *keys.Error
	var u usageError
	var e *filter.Error
	var m *diff.MaskError
	var s *state.SettingsError
	switch {
	case errors.As(err, &s):
		hint = s.Hint
	case errors.As(err, &m):
		hint = m.Hint
	case errors.As(err, &c):
		if hint = c.Hint; hint == "" {
			hint = "a capture is pcap or pcapng, plain, gz or zst; - is stdin, a directory is a file set"
		}
	case errors.As(err, &k):
		if hint = k.Hint; hint == "" {
			hint = "-k takes a key file, SESSIONID,KEY or a bare key"
		}
	case errors.As(err, &e):
		a.wrongFilter(e)
		return exitTrouble
	case errors.As(err, &u):
		hint = u.hint
		if hint == "" {
			hint = "smbdiff help"
		}
	}
	a.say(err.Error(), hint)
	return exitTrouble
}

// wrongFilter prints what is wrong with a filter and marks the place.
func (a *app) wrongFilter(e *filter.Error) {
	line, marks := e.Caret()
	hint := e.Hint
	if hint == "" {
		hint = "smbdiff help filter"
	}
	fmt.Fprintf(a.stderr, "smbdiff: %s\n  %s\n  %s\nsmbdiff: hint: %s\n", oneLine(e.Error()), line, marks, oneLine(hint))
}

// say prints a line for people, safe for a terminal, and a hint.
func (a *app) say(what, hint string) {
	fmt.Fprintf(a.stderr, "smbdiff: %s\n", oneLine(what))
	if hint != "" {
		fmt.Fprintf(a.stderr, "smbdiff: hint: %s\n", oneLine(hint))
	}
}

func oneLine(s string) string {
	return safe(strings.ReplaceAll(strings.TrimSpace(s), "\n", "; "))
}
