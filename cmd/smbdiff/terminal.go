package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// terminal reports whether the screen can be used.
func (a *app) terminal() bool { return a.isTerminal() && os.Getenv("TERM") != "dumb" }

// colored reports whether text should have colours without being asked.
func (a *app) colored() bool {
	if os.Getenv("NO_COLOR") != "" {
		return false
	}
	force := os.Getenv("CLICOLOR_FORCE")
	return a.terminal() || force != "" && force != "0"
}

// signalCode gives the exit code that shells have for the end by a signal.
func signalCode(s os.Signal) int {
	n, ok := s.(syscall.Signal)
	if !ok {
		return exitTrouble
	}
	return 128 + int(n)
}

// asciiLocale reports whether the locale says that the terminal knows no UTF-8.
func asciiLocale() bool {
	locale := ""
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale = os.Getenv(name); locale != "" {
			break
		}
	}
	locale, _, _ = strings.Cut(locale, "@")
	_, set, has := strings.Cut(locale, ".")
	if !has {
		return locale == "C" || locale == "POSIX"
	}
	set = strings.ToUpper(strings.ReplaceAll(set, "-", ""))
	return set != "UTF8"
}

// userFile gives the path of one of the user's files: below the directory that a
// variable of the XDG base directories names, else below one in the home. It is
// "" where neither is known.
func userFile(variable, home, name string) string {
	dir := os.Getenv(variable)
	if !filepath.IsAbs(dir) {
		h, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(h, home)
	}
	return filepath.Join(dir, "smbdiff", name)
}

// splitFrame takes the frame from FILE:N, where no file has the whole as its
// name.
func splitFrame(path string) (file string, frame uint32) {
	i := strings.LastIndexByte(path, ':')
	if i <= 0 {
		return path, 0
	}
	n, err := strconv.ParseUint(path[i+1:], 10, 32)
	if err != nil || n == 0 {
		return path, 0
	}
	if _, err := os.Stat(path); err == nil {
		return path, 0
	}
	return path[:i], uint32(n)
}
