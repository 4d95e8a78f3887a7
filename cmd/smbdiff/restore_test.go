package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// onTerminal runs a program on a terminal that has been written to before, and
// keeps the terminal's settings before and behind it.
const onTerminal = `#!/bin/sh
dir=$1
shift
echo written before
stty -g >"$dir/before"
sh -c 'echo $$ >"$0/pid"; exec "$@" 2>"$0/stderr"' "$dir" "$@"
code=$?
stty -g >"$dir/after"
echo "left $code"
`

// restoring is a program on a terminal that it must give back.
type restoring struct {
	*screen
	dir string
}

func startRestoring(t *testing.T, cwd string, command ...string) *restoring {
	t.Helper()
	dir := t.TempDir()
	script := filepath.Join(dir, "run")
	if err := os.WriteFile(script, []byte(onTerminal), 0o700); err != nil {
		t.Fatal(err)
	}
	return &restoring{startScreenIn(t, cwd, script, 100, 30, append([]string{dir}, command...)...), dir}
}

func (r *restoring) file(name string) string {
	b, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

func (r *restoring) pid() int {
	n, err := strconv.Atoi(r.file("pid"))
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

// restored checks that the program has ended with a code and left the terminal
// as it was: what stood there, no other screen, a cursor, no mouse, the settings
// of the line.
func (r *restoring) restored(code string) {
	r.t.Helper()
	r.wait("the end", has("left "+code))
	if lines := r.lines(); !has("written before")(lines) {
		r.t.Errorf("what was on the terminal is gone:\n%s", strings.Join(lines, "\n"))
	}
	if before, after := r.file("before"), r.file("after"); before != after {
		r.t.Errorf("settings of the terminal: %s, were %s", after, before)
	}
	if got := strings.TrimSpace(r.tmux("display-message", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}")); got != "0 1 0" {
		r.t.Errorf("other screen, cursor, mouse: %s, want 0 1 0", got)
	}
}

// TestSignalRestores ends the program by signals while it shows a comparison.
func TestSignalRestores(t *testing.T) {
	binary := buildForScreen(t)
	for _, c := range []struct{ signal, code string }{{"TERM", "143"}, {"HUP", "129"}, {"INT", "130"}} {
		t.Run(c.signal, func(t *testing.T) {
			r := startRestoring(t, traces, binary, "good.pcap", "missing.pcap")
			r.wait("the comparison", has("suspect: "))
			if out, err := exec.Command("kill", "-"+c.signal, strconv.Itoa(r.pid())).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			r.restored(c.code)
			if got := r.file("stderr"); got != "" {
				t.Errorf("it says %q", got)
			}
		})
	}
}

// TestPanicRestores lets the screen fail in the middle of drawing and in the
// middle of reading: the terminal is given back, and one line tells why.
func TestPanicRestores(t *testing.T) {
	needTmux(t)
	tests := filepath.Join(t.TempDir(), "tui.test")
	dir, err := filepath.Abs(filepath.Join("..", "..", "tui"))
	if err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "test", "-c", "-o", tests, ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, where := range []string{"draw", "load"} {
		t.Run(where, func(t *testing.T) {
			r := startRestoring(t, dir, "env", "SMBDIFF_TEST_PANIC="+where, tests, "-test.run=^TestPanicChild$")
			if where == "draw" {
				r.wait("the screen", has("good.pcap"))
				r.keys("K")
			}
			r.restored("1")
			if got := r.file("stderr"); got != "ended: internal error: fault of the test" {
				t.Errorf("it says %q", got)
			}
		})
	}
}

// TestSuspend stops the program with Ctrl-Z and goes on with it: the terminal
// is the shell's in between, and the screen is drawn again after that.
func TestSuspend(t *testing.T) {
	binary := buildForScreen(t)
	s := startScreenIn(t, traces, "sh", 100, 30, "-i")
	s.keys("-l", "PS1='ready> '")
	s.keys("Enter")
	s.wait("a shell", has("ready> "))
	s.keys("-l", binary+" good.pcap missing.pcap")
	s.keys("Enter")
	s.wait("the comparison", has("suspect: "))
	s.keys("C-z")
	s.wait("the shell", has("ready> "))
	time.Sleep(100 * time.Millisecond)
	s.keys("-l", "echo the shell has the terminal")
	s.keys("Enter")
	s.wait("an answer of the shell", has("the shell has the terminal"))
	s.keys("-l", "fg")
	s.keys("Enter")
	s.wait("the comparison again", has("suspect: "))
	s.keys("g")
	s.wait("keys work", has("row 1/"))
	s.keys("q")
	s.wait("the shell at the end", has("ready> "))
}
