package main

import (
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"smbdiff/tui/state"
)

const configUsage = `usage: smbdiff config show [--config FILE]            the settings of the screen in force, and where each comes from
       smbdiff config import-smbcmp [FILE] [--force]  the keys of ~/.smbcmp as a settings file; --force writes over one
`

// configVerb runs one of the verbs about the settings of the screen.
func (a *app) configVerb(args []string) int {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "--help"}, args[0]) {
		io.WriteString(a.stdout, configUsage)
		if len(args) == 0 {
			return exitTrouble
		}
		return exitDone
	}
	switch verb, rest := args[0], args[1:]; {
	case verb == "show":
		var f flags
		s := flag.NewFlagSet("smbdiff", flag.ContinueOnError)
		s.SetOutput(io.Discard)
		f.configFlags(s)
		if err := s.Parse(rest); err == nil && s.NArg() == 0 {
			return a.configShow(&f)
		}
	case verb == "import-smbcmp":
		force := slices.Contains(rest, "--force")
		rest = slices.DeleteFunc(slices.Clone(rest), func(s string) bool { return s == "--force" })
		if len(rest) <= 1 && (len(rest) == 0 || !strings.HasPrefix(rest[0], "-")) {
			return a.importSmbcmp(rest, force)
		}
	}
	return a.fail(usageError{what: "config " + strings.Join(args, " ") + ": unknown", hint: "smbdiff config help"})
}

// settingsFile is where the user's settings of the screen lie unless another
// file is named.
func settingsFile() string { return userFile("XDG_CONFIG_HOME", ".config", "config.toml") }

// configShow lists the settings in force.
func (a *app) configShow(f *flags) int {
	s, err := f.settings()
	if err != nil {
		return a.fail(err)
	}
	path, there := f.settingsFile(), "read"
	if _, err := os.Stat(path); err != nil {
		there = "not there"
	}
	if path == "" {
		there = "not read"
	}
	rows := [][]string{{"SETTING", "VALUE", "ABOUT", "FROM"}, {"file", homely(path), "settings of the screen", there},
		{"masks", homely(userFile("XDG_CONFIG_HOME", ".config", "masks")), "your own masks, by name", ""},
		{"filters", homely(userFile("XDG_CONFIG_HOME", ".config", "filters.toml")), "filters kept with Ctrl-S", ""},
		{"history", homely(userFile("XDG_STATE_HOME", ".local/state", "history")), "answers to questions", ""}}
	for _, r := range s.Rows() {
		if why := noColors(); r.Name == "theme" && why != "" {
			r.Value, r.From = "mono", why
		}
		rows = append(rows, []string{r.Name, r.Value, r.About, r.From})
	}
	return a.table(rows)
}

// noColors says what of the environment takes the colours away, "" when nothing
// does.
func noColors() string {
	switch {
	case os.Getenv("NO_COLOR") != "":
		return "$NO_COLOR"
	case os.Getenv("TERM") == "vt100":
		return "$TERM"
	}
	return ""
}

// homely writes a path as its user would, with ~ for the home.
func homely(path string) string {
	if home, err := os.UserHomeDir(); err == nil && home != string(filepath.Separator) {
		if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok {
			return filepath.Join("~", rest)
		}
	}
	return path
}

// importSmbcmp writes the settings file from that of smbcmp.
func (a *app) importSmbcmp(files []string, force bool) int {
	from := ""
	if len(files) == 1 {
		from = files[0]
	} else {
		home, err := os.UserHomeDir()
		if err != nil {
			return a.fail(err)
		}
		from = filepath.Join(home, ".smbcmp")
	}
	in, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return a.fail(usageError{what: homely(from) + ": there is no such file", hint: "smbdiff config import-smbcmp FILE"})
	}
	if err != nil {
		return a.fail(err)
	}
	text, notes, err := state.ImportSmbcmp(homely(from), in)
	if err != nil {
		return a.fail(err)
	}
	to := settingsFile()
	if err := writeSettings(to, text, force); err != nil {
		if errors.Is(err, fs.ErrExist) {
			err = usageError{what: homely(to) + ": is there already", hint: "--force writes over it"}
		}
		return a.fail(err)
	}
	for _, n := range notes {
		a.say(n, "")
	}
	a.say(homely(to)+": written", "smbdiff config show lists all keys")
	return exitDone
}

// writeSettings writes a settings file; it writes over one with force alone.
func writeSettings(path, text string, force bool) error {
	if path == "" {
		return errors.New("no directory for settings: neither $XDG_CONFIG_HOME nor a home is known")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	how := os.O_EXCL
	if force {
		how = os.O_TRUNC
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|how, 0o644)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(f, text); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
