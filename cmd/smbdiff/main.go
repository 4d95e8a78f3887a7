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

const usage = `usage: smbdiff [flags] A          view one capture (a list when stdout is no terminal)
       smbdiff [flags] A B        compare two captures (a report when stdout is no terminal)
       smbdiff diff [flags] A B   report of the comparison, exit code 0 same, 1 differ, 2 trouble
       smbdiff dump [flags] A     every message with every field, as ndjson, json or text
       smbdiff keys ...           list, check, derive, export, import, encrypt keys: smbdiff keys help
       smbdiff stats [flags] A [B]   per command count, errors, response times, bytes; two side by side
       smbdiff decrypt [flags] A -o OUT   the capture in plain text, as pcapng; - is stdout
       smbdiff learn [flags] GOOD GOOD... -o FILE   masks that make runs equal which should be
       smbdiff masks [SET|FILE]   the shipped sets of masks, or the rules of one
       smbdiff config ...         the settings of the screen in force; those of smbcmp taken over: smbdiff config help
       smbdiff completion bash|zsh|fish
       smbdiff help | version

Captures are pcap or pcapng, plain, gz or zst; - is stdin; a directory is a file set. The screen opens FILE:N at frame N.

flags of all verbs:
  -k, --key SPEC       key file of any known format, SESSIONID,KEY, or a bare key; repeatable
  --key-a, --key-b     the same for one side
  --identity FILE      secret key that opens wrapped key files; repeatable
  --port N             TCP port that carries SMB whatever it shows; repeatable
  -Y, --filter EXPR    messages of dump, operations of lists that match: smbdiff help filter
flags of diff and of A B:
  --mask SET|FILE      what counts as noise: default, strict, ci, two-sided, none, a TOML file, or the name of one in
                       ~/.config/smbdiff/masks; repeatable, the last counts first
  --ignore GLOB        fields to ignore, by name, or by path with a slash; --only GLOB; repeatable
  --mask-status        --ignore may name an outcome (smb2.nt_status)
  --allow-sealed       what stays sealed is no trouble
flags of diff:
  --format F           text, json, ndjson, html (one page), junit; -o FILE
  -U, --context N      rows of context in text and html: 3; "all" lists equal rows too
  -y, --side-by-side   text with A to the left, B to the right; --width N: 120
  --brief, --first     the verdict alone; the first divergence alone; -q, --quiet: the exit code alone
  --show-masked        list what masks hide, with the rule that does
  --statuses-only      compare commands and outcomes; --timing: response times too
  --anchor 14=15       operation 14 of A and 15 of B are a pair; repeatable, on the screen too
  --redact             words in place of names, addresses and payload
  --session S1, --conn C1     rows of that session or connection of A
  --until 'OP/STATUS'  compare up to the first such operation, e.g. CREATE/ACCESS_DENIED
  --exit-zero          0 where they differ; --bisect: 125 for trouble, as git bisect run wants it
flags of dump:
  --format ndjson|json|text   ndjson; ops: an object an operation; zeek: the same as in Zeek's smb_cmd log
  --raw                bytes of each field, in hex
  --limit N            no more than the first N messages, or operations
flags of stats:
  --format text|json   text
flags of the screen:
  --ascii              no line drawing characters; so without being asked where the locale is not UTF-8
  --no-mouse           the mouse stays with the terminal
  --color auto|never   colours unless NO_COLOR is set

Keys are also read from $SMBDIFF_KEYS (FILE:FILE) and from X.keys beside X.pcap.

examples:
  smbdiff good.pcapng bad.pcapng -k smbd.log
  smbdiff diff good.pcapng bad.pcapng --brief
  smbdiff dump trace.pcapng.gz | jq 'select(.status=="STATUS_ACCESS_DENIED") | {frame,command,path}'
`

const version = "smbdiff 0.1"

func main() {
	app := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	os.Exit(app.run(os.Args[1:]))
}

// app is one invocation, with its streams, so that tests can run it.
type app struct {
	stdin          *os.File
	stdout, stderr io.Writer
	args           []string                            // of this call
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
			if len(args) > 1 && args[1] == "filter" {
				fmt.Fprint(a.stdout, filterUsage)
				return exitDone
			}
			fmt.Fprint(a.stdout, usage)
			return exitDone
		case "completion":
			return a.completion(args[1:])
		case "version", "--version":
			fmt.Fprintln(a.stdout, version)
			return exitDone
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
	switch {
	case f.help:
		fmt.Fprint(a.stdout, usage)
		return exitDone
	case verb == "dump" && (f.format == "ops" || f.format == "zeek"):
		return a.list(f)
	case verb == "dump":
		return a.dump(f)
	case verb == "stats":
		return a.stats(f)
	case verb == "learn":
		return a.learn(f)
	case verb == "masks":
		return a.masksVerb(f)
	case verb == "decrypt":
		return a.decrypt(f)
	case verb == "diff" || len(f.files) == 2 && !a.terminal():
		return a.diff(f)
	case len(f.files) == 1 && !a.terminal():
		return a.list(f)
	}
	return a.view(f)
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
