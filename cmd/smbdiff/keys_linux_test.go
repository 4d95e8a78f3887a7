package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPipedKeys gives two captures the keys from one pipe, as a shell does with
// -k <(COMMAND).
func TestPipedKeys(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	path := fmt.Sprintf("/dev/fd/%d", r.Fd())
	text, err := os.ReadFile(strings.TrimSuffix(trace("good"), ".pcap") + ".keys")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	w.Close()
	shut := filepath.Join(t.TempDir(), "shut.pcap")
	if err := os.WriteFile(shut, good(t), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, stderr := run(t, "diff", "--brief", shut, shut, "-k", path); code != exitDone {
		t.Errorf("exit %d: %s%s", code, out, stderr)
	}
}

// TestKeysAgent has one process open a file with its passphrase and the next
// ones without.
func TestKeysAgent(t *testing.T) {
	capture, keys := wrapped(t)
	n := 0
	if code, _, stderr := asked(t, says("correct horse", &n), "keys", "encrypt", keys, "-p", "--force", "-o", keys); code != exitDone {
		t.Fatalf("exit %d, %s", code, stderr)
	}
	if code, _, stderr := asked(t, nobody, "keys", "agent", "list"); code != exitTrouble || !strings.Contains(stderr, "no key agent runs") {
		t.Errorf("exit %d, %s", code, stderr)
	}
	done := make(chan string, 1)
	go func() {
		code, out, stderr := asked(t, nobody, "keys", "agent", "--timeout", "1h")
		done <- fmt.Sprint(code, out, stderr)
	}()
	for range 500 {
		if code, _, _ := asked(t, nobody, "keys", "agent", "list"); code == exitDone {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if code, _, stderr := asked(t, nobody, capture); code != exitTrouble || !strings.Contains(stderr, "no terminal") {
		t.Errorf("exit %d, %s", code, stderr)
	}
	n = 0
	if code, _, stderr := asked(t, says("correct horse", &n), capture); code != exitDone || n != 1 || stderr != "" {
		t.Errorf("exit %d, asked %d times, %s", code, n, stderr)
	}
	if code, _, stderr := asked(t, nobody, capture); code != exitDone || stderr != "" {
		t.Errorf("exit %d, %s", code, stderr)
	}
	if code, out, stderr := asked(t, nobody, "keys", "agent", "list"); code != exitDone || !strings.Contains(out, "files held: 1") || !strings.Contains(out, "a.keys") {
		t.Errorf("exit %d, %s%s", code, out, stderr)
	}
	if code, _, stderr := asked(t, nobody, "keys", "agent"); code != exitTrouble || !strings.Contains(stderr, "runs already") {
		t.Errorf("exit %d, %s", code, stderr)
	}
	if code, _, stderr := asked(t, nobody, "keys", "agent", "stop"); code != exitDone {
		t.Errorf("exit %d, %s", code, stderr)
	}
	if said := <-done; !strings.HasPrefix(said, "0") || !strings.Contains(said, "each file for 1h0m0s") {
		t.Error(said)
	}
	// One that has died is told of, and the file asks for its passphrase again.
	dir := filepath.Join(filepath.Dir(keys), "smbdiff")
	if err := os.WriteFile(filepath.Join(dir, "agent"), []byte("pid 999999999\nsocket "+filepath.Join(dir, "agent.sock")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	n = 0
	if code, _, stderr := asked(t, says("correct horse", &n), capture); code != exitDone || n != 1 || !strings.Contains(stderr, "(pid 999999999) is gone") {
		t.Errorf("exit %d, asked %d times, %s", code, n, stderr)
	}
	stopped := func(string) ([]byte, error) { return nil, errors.New("stopped at the passphrase") }
	if code, _, stderr := asked(t, stopped, capture); code != exitTrouble || !strings.Contains(stderr, "stopped at the passphrase") {
		t.Errorf("exit %d, %s", code, stderr)
	}
	t.Setenv("XDG_RUNTIME_DIR", "")
	if code, _, stderr := asked(t, nobody, "keys", "agent"); code != exitTrouble || !strings.Contains(stderr, "XDG_RUNTIME_DIR is not set") {
		t.Errorf("exit %d, %s", code, stderr)
	}
}
