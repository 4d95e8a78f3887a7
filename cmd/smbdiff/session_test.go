package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSession drives the program through a whole session in a real terminal:
// sealed captures without keys, which are pasted; filter, find, the divergence
// from elsewhere, a mask, an export.
func TestSession(t *testing.T) {
	binary := buildForScreen(t)
	dir := t.TempDir()
	keyText := map[string]string{}
	for _, n := range []string{"good", "missing"} {
		copyFile(t, filepath.Join(traces, n+".pcap"), filepath.Join(dir, n+".pcap"))
		text, err := os.ReadFile(filepath.Join(traces, n+".keys"))
		if err != nil {
			t.Fatal(err)
		}
		fields := strings.Split(string(text), ",")
		keyText[n] = fields[0] + "," + fields[1]
	}
	s := startScreenIn(t, dir, binary, 120, 40, "good.pcap", "missing.pcap")
	s.wait("nothing opens without keys", has("incomplete", "no key"))

	s.keys("K")
	s.wait("the keys window", has("why 0x", "no key"))
	for _, n := range []string{"good", "missing"} {
		s.keys("a")
		s.wait("the question for a key", has(" key:"))
		s.paste(keyText[n])
		s.wait("the pasted key", has(keyText[n][:20]))
		s.keys("Enter")
		s.wait("the key is taken", func(l []string) bool { return !has(" key:")(l) && !has("reading again")(l) || has("106/106")(l) })
	}
	s.wait("all is open", has("A 106/106 messages open", "B 100/100 messages open"))
	s.keys("Escape")
	s.wait("the verdict", has("CREATE archive\\plan.txt", "SUCCESS vs", "OBJECT_NAME_NOT_FOUND"))

	s.keys("/")
	s.keys("-l", "cmd == READ")
	s.wait("the rows that would be left", has("filter", "2 of 57 rows"))
	s.keys("Enter")
	s.wait("the filtered rows", has("filter: cmd == READ (2 shown"))
	s.keys("Escape")
	s.wait("all rows", func(l []string) bool { return !has("filter: ")(l) })

	s.keys("C-f")
	s.keys("-l", "cmd == TREE_CONNECT")
	s.keys("Enter")
	s.wait("the row that is found", func(l []string) bool { return strings.Contains(cursorLine(l, 3, 20), "TREE_CONNECT") })
	s.keys("Escape", "G")
	s.wait("the last line", has("row 44/57"))

	s.keys("!")
	lines := s.wait("the divergence", has("row 37/57"))
	if got := cursorLine(lines, 3, 22); !strings.Contains(got, "CREATE") || !strings.Contains(got, " ! ") || !strings.Contains(got, "OBJECT_NAME_NOT") {
		t.Errorf("the focused row is %q", got)
	}
	if got := cursorLine(lines, 22, 38); !strings.Contains(got, "Status") || !strings.Contains(got, "SUCCESS") || !strings.Contains(got, "OBJECT_NAME_NOT_FOUND") {
		t.Errorf("the focused field is %q", got)
	}

	s.keys("a")
	s.wait("the question whether an outcome is meant", has("is the outcome of operations"))
	s.keys("y")
	s.wait("the masked status", has("masks: default + 1"))
	s.keys("u")
	s.wait("the mask taken back", func(l []string) bool { return has("row 37/57")(l) && !has("default + 1")(l) })

	s.keys("e")
	s.wait("the question for a file", has(" export: html"))
	s.keys("-l", "report.html")
	s.keys("Enter")
	s.wait("the file", has("written: report.html"))
	if page, err := os.ReadFile(filepath.Join(dir, "report.html")); err != nil || !strings.Contains(string(page), "OBJECT_NAME_NOT_FOUND") {
		t.Errorf("the report has %d bytes, %v", len(page), err)
	}
	s.keys("q")
	s.wait("the end", has("ended 0"))
}

// TestTerminated checks that the terminal is given back on SIGTERM.
func TestTerminated(t *testing.T) {
	binary := buildForScreen(t)
	dir, err := filepath.Abs(traces)
	if err != nil {
		t.Fatal(err)
	}
	s := startScreenIn(t, dir, binary, 80, 24, "good.pcap")
	s.wait("rows", has("57 ops"))
	s.tmux("run-shell", "kill -TERM $(pgrep -P #{pane_pid} | tail -1)")
	lines := s.wait("the end", has("ended "))
	if has("57 ops")(lines) {
		t.Errorf("the screen is left on the terminal:\n%s", strings.Join(lines, "\n"))
	}
	if got := strings.TrimSpace(s.tmux("display-message", "-p", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}")); got != "001" {
		t.Errorf("alternate screen, mouse, cursor: %s, want 001", got)
	}
}

// paste sends text as a terminal sends what is pasted.
func (s *screen) paste(text string) {
	s.t.Helper()
	s.tmux("set-buffer", "-b", "key", text)
	s.tmux("paste-buffer", "-p", "-d", "-b", "key")
}

// cursorLine gives the line of some pane that has the cursor's sign.
func cursorLine(lines []string, from, to int) string {
	for i := from; i < min(to, len(lines)); i++ {
		if strings.HasPrefix(lines[i], ">") {
			return lines[i]
		}
	}
	return ""
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
