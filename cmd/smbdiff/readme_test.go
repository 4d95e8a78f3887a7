package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// readmeScreen is a recorded screen: a comment with its size, the captures and
// the keys that are pressed, then the screen.
var readmeScreen = regexp.MustCompile("(?s)(<!-- screen (\\d+)x(\\d+) (\\S+) (\\S+) keys:([^>]*) -->\n```\n)(.*?)(```\n)")

// TestReadmeScreens holds the screens in the README against what the program
// shows in a terminal; SMBDIFF_UPDATE=1 writes them.
func TestReadmeScreens(t *testing.T) {
	binary := buildForScreen(t)
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "README.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	screens := 0
	out := readmeScreen.ReplaceAllStringFunc(string(text), func(part string) string {
		screens++
		m := readmeScreen.FindStringSubmatch(part)
		var w, h int
		fmt.Sscan(m[2]+" "+m[3], &w, &h)
		keys := strings.Fields(m[6])
		if len(keys) >= 6 {
			t.Errorf("%d keys to the cause: %v", len(keys), keys)
		}
		s := startScreenIn(t, root, binary, w, h, m[4], m[5])
		s.wait("the comparison", has("suspect: "))
		for _, k := range keys {
			s.still()
			s.keys(k)
		}
		got := strings.TrimRight(s.still(), "\n") + "\n"
		if got != m[7] && os.Getenv("SMBDIFF_UPDATE") != "1" {
			t.Errorf("%s %s keys%v: the screen is\n%s\nthe README has\n%s", m[4], m[5], keys, got, m[7])
		}
		return m[1] + got + m[8]
	})
	if screens < 3 {
		t.Errorf("%d screens in the README", screens)
	}
	if os.Getenv("SMBDIFF_UPDATE") == "1" {
		if err := os.WriteFile(path, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// still waits until the screen changes no more, and gives it.
func (s *screen) still() string {
	s.t.Helper()
	last, same := "", 0
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(60 * time.Millisecond) {
		got := s.tmux("capture-pane", "-p")
		if same++; got != last || strings.Contains(got, "comparing ") || strings.Contains(got, "reading ") {
			last, same = got, 0
		}
		if same >= 5 {
			var lines []string
			for l := range strings.Lines(got) {
				lines = append(lines, strings.TrimRight(l, " \n"))
			}
			return strings.Join(lines, "\n")
		}
	}
	s.t.Fatal("the screen does not come to rest")
	return ""
}
