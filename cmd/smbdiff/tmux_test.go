package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// screen is the program in a terminal of its own, driven by tmux.
type screen struct {
	t      *testing.T
	socket string
}

// startScreen runs the program at a size. Without tmux the test is skipped,
// unless SMBDIFF_INTEROP=require.
func startScreen(t *testing.T, binary string, width, height int, args ...string) *screen {
	t.Helper()
	return startScreenIn(t, ".", binary, width, height, args...)
}

// startScreenIn runs the program in a directory.
func startScreenIn(t *testing.T, dir, binary string, width, height int, args ...string) *screen {
	t.Helper()
	s := &screen{t: t, socket: filepath.Join(t.TempDir(), "tmux")}
	command := append([]string{"env", "-u", "NO_COLOR", "TERM=screen-256color", "LC_ALL=C.UTF-8", "XDG_STATE_HOME=" + t.TempDir(),
		"XDG_CONFIG_HOME=" + t.TempDir(), binary}, args...)
	for i, c := range command {
		command[i] = "'" + c + "'"
	}
	s.tmux("-f", "/dev/null", "new-session", "-d", "-c", dir, "-x", fmt.Sprint(width), "-y", fmt.Sprint(height), strings.Join(command, " ")+"; printf 'ended %s\\n' $?; sleep 60")
	t.Cleanup(func() { exec.Command("tmux", "-S", s.socket, "kill-server").Run() })
	return s
}

func (s *screen) tmux(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-u", "-S", s.socket}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %v: %v: %s", args, err, out)
	}
	return string(out)
}

func (s *screen) keys(keys ...string) { s.tmux(append([]string{"send-keys"}, keys...)...) }

func (s *screen) lines() []string { return strings.Split(s.tmux("capture-pane", "-p"), "\n") }

// wait reads the screen back until it satisfies ok.
func (s *screen) wait(what string, ok func([]string) bool) []string {
	s.t.Helper()
	var lines []string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if lines = s.lines(); ok(lines) {
			return lines
		}
	}
	s.t.Fatalf("%s: the screen shows\n%s", what, strings.Join(lines, "\n"))
	return nil
}

// has gives a condition: some line holds all the words.
func has(words ...string) func([]string) bool {
	return func(lines []string) bool {
		for _, l := range lines {
			n := 0
			for _, w := range words {
				if strings.Contains(l, w) {
					n++
				}
			}
			if n == len(words) {
				return true
			}
		}
		return false
	}
}

// needTmux skips a test where tmux is not installed.
func needTmux(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		if os.Getenv("SMBDIFF_INTEROP") == "require" {
			t.Fatal("tmux is not installed")
		}
		t.Skip("interop: tmux is not installed (LookPath)")
	}
}

func buildForScreen(t *testing.T) string {
	t.Helper()
	needTmux(t)
	binary := filepath.Join(t.TempDir(), "smbdiff")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return binary
}

// TestScreens drives both views in a real terminal and reads them back.
func TestScreens(t *testing.T) {
	binary := buildForScreen(t)
	pcap := func(n string) string {
		p, err := filepath.Abs(filepath.Join(traces, n+".pcap"))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, size := range [][2]int{{80, 24}, {160, 45}} {
		t.Run(fmt.Sprintf("single %dx%d", size[0], size[1]), func(t *testing.T) {
			s := startScreen(t, binary, size[0], size[1], pcap("missing"))
			lines := s.wait("rows", has("NEGOTIATE"))
			if !strings.HasPrefix(lines[0], " smbdiff") {
				t.Errorf("first line %q", lines[0])
			}
			s.wait("opened of sealed", has("open", "smbdiff"))
			s.keys("G")
			s.wait("the last operation", has("op 54/54"))
			s.keys("g")
			s.wait("the first operation", has("NEGOTIATE"))
			s.keys("/")
			s.keys("-l", "status == OBJECT_NAME_NOT_FOUND")
			s.keys("Enter")
			s.wait("the filtered row", has("CREATE", "plan.txt"))
			s.keys("?")
			s.wait("help", has("Home", "first"))
			s.keys("Escape")
			s.keys("q")
			s.wait("the end", has("ended 0"))
		})
		t.Run(fmt.Sprintf("diff %dx%d", size[0], size[1]), func(t *testing.T) {
			s := startScreen(t, binary, size[0], size[1], pcap("good"), pcap("missing"))
			s.wait("the verdict", has("CREATE", "plan.txt", "OBJECT_NAME_NOT_FOUND"))
			s.keys("g")
			s.keys("!")
			s.wait("the divergence", has("archive", "NOT_FOUND"))
			s.keys("]")
			s.keys("[")
			s.keys("q")
			s.wait("the end", has("ended 0"))
		})
	}
}
