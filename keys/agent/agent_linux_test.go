package agent

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	secret = bytes.Repeat([]byte("5ec2e7"), 1000)
	id     = ID{1, 2, 3}
)

// nobody is a user that the tests are not.
const nobody = 65534

// TestMain is a stranger when the tests call it as one.
func TestMain(m *testing.M) {
	switch what := os.Getenv("SMBDIFF_AGENT_TEST"); what {
	case "":
		os.Exit(m.Run())
	case "agent":
		strangerAgent(os.Args[1])
	case "listen":
		strangerListens(os.Args[1], os.Args[2])
	case "ask":
		strangerAsks(os.Args[1])
	}
}

// strangerAgent is a true agent in a process of its own.
func strangerAgent(dir string) {
	s, err := Listen(dir, time.Hour, func(string) {})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	s.Serve(context.Background())
}

// strangerListens takes whatever comes, notes it in a file and says yes.
func strangerListens(socket, notes string) {
	l, err := net.Listen("unix", socket)
	if err == nil {
		err = os.Chmod(socket, 0o666)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		writeAnswer(c, answerYes, []byte("made up"))
		b, _ := io.ReadAll(c)
		os.WriteFile(notes, append(b, "end"...), 0o666)
		c.Close()
	}
}

// strangerAsks asks an agent for the secret and prints what comes.
func strangerAsks(socket string) {
	c, err := net.Dial("unix", socket)
	if err != nil {
		fmt.Println("ready", err)
		os.Exit(1)
	}
	(&request{op: askGet, id: id}).write(c)
	b, err := io.ReadAll(c)
	fmt.Printf("ready %d bytes %x %v\n", len(b), b, err)
}

// start runs this test program as a stranger and waits until it is ready.
func start(t *testing.T, self string, uid uint32, what string, args ...string) (*exec.Cmd, string) {
	t.Helper()
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), "SMBDIFF_AGENT_TEST="+what)
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if uid != 0 {
		c.SysProcAttr.Credential = &syscall.Credential{Uid: uid, Gid: uid}
		c.Dir = "/"
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "ready") {
		t.Fatalf("%s: %q, %v", what, line, err)
	}
	return c, line
}

// rootOnly skips tests that need a second user.
func rootOnly(t *testing.T) {
	if os.Geteuid() == 0 {
		return
	}
	if os.Getenv("SMBDIFF_INTEROP") == "require" {
		t.Fatal("not root: no second user")
	}
	t.Skip("not root: no second user")
}

// open is a folder that other users can enter, with this test program in it.
func open(t *testing.T) (dir, self string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "agent")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(me)
	if err != nil {
		t.Fatal(err)
	}
	self = filepath.Join(dir, "stranger")
	if err := os.WriteFile(self, b, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir, self
}

// serve runs an agent in this process and gives what it says.
func serve(t *testing.T, dir string) (s *Server, said func() string, stop func()) {
	t.Helper()
	var text bytes.Buffer
	lines := make(chan string, 100)
	s, err := Listen(dir, time.Hour, func(what string) { lines <- what })
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	stopped := false
	stop = func() {
		if cancel(); !stopped {
			stopped = true
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(stop)
	return s, func() string {
		for len(lines) > 0 {
			text.WriteString(<-lines + "\n")
		}
		return text.String()
	}, stop
}

func dial(t *testing.T, dir string) *Client {
	t.Helper()
	c, err := Dial(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestAgent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "smbdiff")
	if _, err := Dial(dir); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	s, _, stop := serve(t, dir)
	for path, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, entryName): 0o600, filepath.Join(dir, socketName): 0o600} {
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, st.Mode(), err)
		}
	}
	var running *RunningError
	if _, err := Listen(dir, time.Hour, func(string) {}); !errors.As(err, &running) || running.PID != os.Getpid() {
		t.Error(err)
	}
	c := dial(t, dir)
	if _, ok, err := c.Get(id); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if err := c.Put(id, "a\nb.keys", secret); err != nil {
		t.Error(err)
	}
	for range 2 {
		if text, ok, err := c.Get(id); !ok || err != nil || !bytes.Equal(text, secret) {
			t.Errorf("%d bytes, %v, %v", len(text), ok, err)
		}
	}
	if list, err := c.List(); err != nil || len(list) != 1 || list[0].Name != "a\nb.keys" || list[0].Left > time.Hour || list[0].Left < time.Minute {
		t.Errorf("%v, %v", list, err)
	}
	kept := s.held[id].text
	s.forget(time.Now().Add(59 * time.Minute))
	if s.size != len(secret) {
		t.Error("forgotten too early")
	}
	s.forget(time.Now().Add(61 * time.Minute))
	if s.size != 0 || len(s.held) != 0 || !bytes.Equal(kept, make([]byte, len(secret))) {
		t.Error("not forgotten")
	}
	if err := c.Put(id, "x", make([]byte, maxText+1)); err == nil {
		t.Error("too much taken")
	}
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
	stop()
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestSecondUser has a process of another user ask an agent.
func TestSecondUser(t *testing.T) {
	rootOnly(t)
	dir, self := open(t)
	_, said, _ := serve(t, dir)
	if err := dial(t, dir).Put(id, "x", secret); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, socketName), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd, line := start(t, self, nobody, "ask", filepath.Join(dir, socketName))
	if !strings.HasPrefix(line, "ready 0 bytes") {
		t.Errorf("got %.100q", line)
	}
	if want := fmt.Sprintf("refused pid %d of user %d", cmd.Process.Pid, nobody); !strings.Contains(said(), want) {
		t.Errorf("said %q, want %q", said(), want)
	}
}

// register writes a registration.
func register(t *testing.T, dir string, pid int) {
	t.Helper()
	e := entry{pid: pid, socket: filepath.Join(dir, socketName)}
	if err := os.WriteFile(filepath.Join(dir, entryName), []byte(e.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// nothingFor makes sure that a client does not take a stranger for its agent,
// and that the stranger gets nothing.
func nothingFor(t *testing.T, dir string, uid, pid int, notes string) {
	t.Helper()
	var stranger *StrangerError
	c, err := Dial(dir)
	if !errors.As(err, &stranger) || stranger.UID != uid || stranger.PID != pid {
		t.Errorf("%v", err)
	}
	if c != nil {
		if err := c.Put(id, "x", secret); !errors.As(err, &stranger) {
			t.Errorf("put: %v", err)
		}
		if text, ok, err := c.Get(id); ok || text != nil || !errors.As(err, &stranger) {
			t.Errorf("get: %q, %v, %v", text, ok, err)
		}
	}
	for range 500 { // it notes what came when a connection ends
		if b, _ := os.ReadFile(notes); len(b) > 0 {
			if string(b) != "end" {
				t.Errorf("the stranger got %.100q", b)
			}
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the stranger noted nothing")
}

// TestRegisteredPID has a process of another user on the registered pid.
func TestRegisteredPID(t *testing.T) {
	rootOnly(t)
	dir, self := open(t)
	theirs := filepath.Join(dir, "theirs")
	if err := os.Mkdir(theirs, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(theirs, 0o777); err != nil {
		t.Fatal(err)
	}
	socket, notes := filepath.Join(theirs, socketName), filepath.Join(theirs, "notes")
	cmd, _ := start(t, self, nobody, "listen", socket, notes)
	register(t, dir, cmd.Process.Pid)
	if err := os.Symlink(socket, filepath.Join(dir, socketName)); err != nil {
		t.Fatal(err)
	}
	nothingFor(t, dir, nobody, cmd.Process.Pid, notes)
}

// TestOtherPID has a process of the same user at the socket that is not the one
// that registered.
func TestOtherPID(t *testing.T) {
	dir, self := open(t)
	notes := filepath.Join(dir, "notes")
	cmd, _ := start(t, self, 0, "listen", filepath.Join(dir, socketName), notes)
	register(t, dir, os.Getpid())
	nothingFor(t, dir, os.Geteuid(), cmd.Process.Pid, notes)
}

// killing kills a process when the first bytes of an answer have come.
type killing struct {
	net.Conn
	victim *exec.Cmd
}

func (k *killing) Read(b []byte) (int, error) {
	if k.victim != nil {
		n, err := k.Conn.Read(b[:1])
		k.victim.Process.Kill()
		k.victim.Wait()
		k.victim = nil
		return n, err
	}
	return k.Conn.Read(b)
}

// TestKilled kills an agent in the middle of an answer: no part of it is taken.
// The next client is told that it is gone, and the next agent takes over.
func TestKilled(t *testing.T) {
	dir, self := open(t)
	cmd, _ := start(t, self, 0, "agent", dir)
	c := dial(t, dir)
	big := bytes.Repeat(secret, 1000)
	if err := c.Put(id, "x", big); err != nil {
		t.Fatal(err)
	}
	if err := c.connect(); err != nil {
		t.Fatal(err)
	}
	c.conn = &killing{c.conn, cmd}
	if text, ok, err := c.Get(id); ok || text != nil || err == nil || !strings.Contains(err.Error(), "broke off") {
		t.Errorf("%d bytes, %v, %v", len(text), ok, err)
	}
	var gone *GoneError
	if _, err := Dial(dir); !errors.As(err, &gone) || gone.PID != cmd.Process.Pid {
		t.Error(err)
	}
	_, said, _ := serve(t, dir)
	if !strings.Contains(said(), "takes over from the key agent that registered (pid "+strconv.Itoa(cmd.Process.Pid)+")") {
		t.Errorf("%q", said())
	}
	if _, ok, err := dial(t, dir).Get(id); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

// TestStale registers over what others left: a dead socket, a registration cut
// short, one with a pid that somebody has by now.
func TestStale(t *testing.T) {
	for name, left := range map[string]string{"dead": "pid 999999999\nsocket %s\n", "cut": "pid 12", "used again": "pid 1\nsocket %s\n", "empty": ""} {
		dir := filepath.Join(t.TempDir(), "smbdiff")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		socket := filepath.Join(dir, socketName)
		l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		l.SetUnlinkOnClose(false)
		l.Close()
		if err := os.WriteFile(filepath.Join(dir, entryName), []byte(strings.ReplaceAll(left, "%s", socket)), 0o600); err != nil {
			t.Fatal(err)
		}
		var gone *GoneError
		if _, err := Dial(dir); !errors.As(err, &gone) && !errors.Is(err, ErrNone) {
			t.Errorf("%s: %v", name, err)
		}
		_, _, stop := serve(t, dir)
		if err := dial(t, dir).Put(id, "x", secret); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		stop()
	}
}

// TestOthersFolder does not register where others can write.
func TestOthersFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(dir, time.Hour, func(string) {}); err == nil {
		t.Error("registered")
	}
	register(t, dir, os.Getpid())
	if err := os.Chmod(filepath.Join(dir, entryName), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(dir); err == nil || errors.Is(err, ErrNone) {
		t.Errorf("%v", err)
	}
}
