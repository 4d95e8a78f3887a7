package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// focused gives the line of the list, or of the details, on which the cursor is.
func focused(lines []string, details bool) string {
	below := false
	for i, l := range lines {
		if i > 2 && strings.HasPrefix(l, "── ") {
			below = true
		}
		if strings.HasPrefix(l, ">") && below == details {
			return l
		}
	}
	return ""
}

// on gives a condition: the focused row and the focused field have the words.
func on(row, field string) func([]string) bool {
	return func(lines []string) bool {
		return strings.Contains(focused(lines, false), row) && strings.Contains(focused(lines, true), field)
	}
}

// TestWholeSession goes through a day's work on a real terminal: a key is pasted,
// rows are filtered and found, the divergence is looked for from elsewhere, a
// field is masked, the window changes its size, a report is written.
func TestWholeSession(t *testing.T) {
	binary := buildForScreen(t)
	dir := t.TempDir()
	for _, n := range []string{"good.pcap", "good.keys", "missing.pcap"} {
		b, err := os.ReadFile(filepath.Join(traces, n))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, n), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	keyLine, err := os.ReadFile(filepath.Join(traces, "missing.keys"))
	if err != nil {
		t.Fatal(err)
	}
	s := startScreenIn(t, dir, binary, 120, 40, "good.pcap", "missing.pcap")
	s.wait("what is shut", has("incomplete", "no key"))

	s.keys("K")
	s.wait("the keys", has("B 0/100 messages open"))
	s.keys("a")
	s.wait("the question for a key", has(" key:"))
	s.tmux("set-buffer", strings.TrimSpace(string(keyLine)))
	s.tmux("paste-buffer", "-p")
	s.keys("Enter")
	s.wait("all open", has("A 106/106 messages open", "B 100/100 messages open"))
	s.keys("Escape")
	s.wait("the divergence", on("archive\\plan.txt", "Status"))

	s.keys("/")
	s.keys("-l", "cmd == CLOSE")
	s.wait("the count", has("of 57 rows"))
	s.keys("Enter")
	s.wait("the filtered rows", has("filter: cmd == CLOSE", "15 shown"))
	s.keys("Escape")
	s.wait("all rows", func(lines []string) bool { return !has("filter: cmd")(lines) })
	s.keys("C-f")
	s.keys("-l", "smb2.write_length > 0")
	s.keys("Enter")
	s.wait("the row that was found", on("WRITE", ""))
	s.keys("Escape")
	s.wait("the end of the search", func(lines []string) bool { return !has("find: smb2")(lines) })

	s.keys("g")
	s.keys("Tab")
	s.keys("!")
	lines := s.wait("the divergence from elsewhere", on("archive\\plan.txt", "Status"))
	if f := focused(lines, true); !strings.Contains(f, "SUCCESS") || !strings.Contains(f, "OBJECT_NAME_NOT_FOUND") {
		t.Errorf("the focused field is %q", f)
	}

	s.keys("a")
	s.wait("the question", has("smb2.nt_status is the outcome of operations; mask it?"))
	s.keys("y")
	s.wait("the mask", has("masked: smb2.nt_status"))
	s.wait("what it hides", has("1 row equal only by masks of this session"))
	s.keys("u")
	s.wait("no mask", has("masks: as before"))
	s.wait("the field again", on("archive\\plan.txt", "Status"))

	s.tmux("resize-window", "-x", "80", "-y", "24")
	s.wait("the small screen", func(lines []string) bool {
		return has("difference 1/4")(lines) && on("plan.txt", "Status")(lines) && len(lines) <= 25
	})
	s.tmux("resize-window", "-x", "160", "-y", "45")
	s.wait("the large screen", on("archive\\plan.txt", "Status"))

	s.keys("e")
	s.wait("the question for a file", has("export: html"))
	s.keys("-l", "report.html")
	s.keys("Enter")
	s.wait("the report", has("written: report.html"))
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil || !strings.Contains(string(page), "OBJECT_NAME_NOT_FOUND") || strings.Contains(string(page), strings.Split(strings.TrimSpace(string(keyLine)), ",")[1]) {
		t.Errorf("the report: %v, %d bytes", err, len(page))
	}
	s.keys("q")
	s.wait("the end", has("ended 0"))
}
