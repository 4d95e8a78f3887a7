package state

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// pastFile keeps answers in a file from one run to the next: a line each, the
// question and the answer in quotes. The file is the user's alone.
type pastFile struct {
	path string // "": answers are not kept
	err  error  // what went wrong last
}

// Bounds of the file: what is read of it, and the lines from which on it is
// written anew with those that are still asked for.
const (
	historyBytes = 1 << 20
	historyLines = 4 * pastMost
)

// load gives the answers by question, the last one last.
func (h *pastFile) load() map[string][]string {
	out := map[string][]string{}
	if h.path == "" {
		return out
	}
	f, err := os.Open(h.path)
	if err != nil {
		return out // the first run
	}
	defer f.Close()
	lines, size := 0, 0
	in := bufio.NewScanner(f)
	for in.Scan() && size < historyBytes {
		lines, size = lines+1, size+len(in.Bytes())
		label, text, ok := historyLine(in.Text())
		if ok {
			out[label] = remember(out[label], text)
		}
	}
	if lines > historyLines {
		h.err = h.rewrite(out)
	}
	return out
}

// remember adds an answer behind the others, of which the oldest goes away.
func remember(list []string, text string) []string {
	if n := len(list); n == 0 || list[n-1] != text {
		list = append(list, text)
	}
	return list[max(0, len(list)-pastMost):]
}

// historyLine reads a line of the file. What would disturb a screen was not typed
// there.
func historyLine(line string) (label, text string, ok bool) {
	a, err := strconv.QuotedPrefix(line)
	if err != nil || !strings.HasPrefix(line[len(a):], " ") {
		return "", "", false
	}
	label, errA := strconv.Unquote(a)
	text, errB := strconv.Unquote(line[len(a)+1:])
	return label, text, errA == nil && errB == nil && safe(text) == text
}

// add writes one answer behind the others.
func (h *pastFile) add(label, text string) {
	if h.path == "" {
		return
	}
	if h.err = os.MkdirAll(filepath.Dir(h.path), 0o700); h.err != nil {
		return
	}
	f, err := os.OpenFile(h.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		h.err = err
		return
	}
	_, h.err = f.WriteString(strconv.Quote(label) + " " + strconv.Quote(text) + "\n")
	if err := f.Close(); h.err == nil {
		h.err = err
	}
}

// rewrite puts a file with these answers in the place of the present one.
func (h *pastFile) rewrite(all map[string][]string) error {
	f, err := os.CreateTemp(filepath.Dir(h.path), ".history") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	w := bufio.NewWriter(f)
	for _, label := range sortedKeys(all) {
		for _, text := range all[label] {
			w.WriteString(strconv.Quote(label) + " " + strconv.Quote(text) + "\n")
		}
	}
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), h.path)
}
