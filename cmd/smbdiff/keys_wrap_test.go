package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"smbdiff/keys/wrap"
)

// asked runs the program with somebody who answers what it asks.
func asked(t *testing.T, ask func(string) ([]byte, error), args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	a := &app{stdout: &out, stderr: &err, ask: ask, work: 10}
	code = a.run(args)
	if all := out.String() + err.String(); strings.Contains(all, "correct horse") || strings.Contains(all, "3c6d86a5") {
		t.Errorf("%q: a secret shows", args)
	}
	return code, out.String(), err.String()
}

func nobody(string) ([]byte, error) { return nil, wrap.ErrNoTerminal }

// says answers every question with the same, and counts them.
func says(phrase string, n *int) func(string) ([]byte, error) {
	return func(string) ([]byte, error) {
		*n++
		return []byte(phrase), nil
	}
}

// wrapped is a capture whose keys are wrapped beside it, in a home of its own.
func wrapped(t *testing.T) (capture, plainKeys string) {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_RUNTIME_DIR", home)
	t.Setenv("SMBDIFF_IDENTITY", "")
	t.Setenv("SMBDIFF_KEYS", "")
	capture, plainKeys = filepath.Join(home, "a.pcap"), filepath.Join(home, "a.keys")
	for from, to := range map[string]string{"good.pcap": capture, "good.keys": plainKeys} {
		b, err := os.ReadFile(filepath.Join(traces, from))
		if err == nil {
			err = os.WriteFile(to, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return capture, plainKeys
}

func TestKeysEncrypt(t *testing.T) {
	capture, keys := wrapped(t)
	n := 0
	code, out, stderr := asked(t, says("correct horse", &n), "keys", "encrypt", keys)
	if code != exitDone || out != "" || n != 2 || !strings.Contains(stderr, "still lies there in the clear") {
		t.Fatalf("exit %d, asked %d times, %s%s", code, n, out, stderr)
	}
	if st, err := os.Stat(keys + ".age"); err != nil || st.Mode().Perm() != 0o600 {
		t.Error(err)
	}
	if err := os.Remove(keys); err != nil {
		t.Fatal(err)
	}
	n = 0
	_, want, _ := run(t, "dump", filepath.Join(traces, "good.pcap"))
	if code, got, stderr := asked(t, says("correct horse", &n), "dump", capture); code != exitDone || got != want || n != 1 {
		t.Errorf("exit %d, asked %d times, %s", code, n, stderr)
	}
	if code, _, stderr := asked(t, says("wrong", &n), capture); code != exitTrouble || !strings.Contains(stderr, "the passphrase does not open it") {
		t.Errorf("exit %d, %s", code, stderr)
	}
	if code, _, stderr := asked(t, nobody, capture); code != exitTrouble || !strings.Contains(stderr, "no terminal") || !strings.Contains(stderr, "hint: ") {
		t.Errorf("exit %d, %s", code, stderr)
	}
	n = 0
	if code, _, stderr := asked(t, says("correct horse", &n), "diff", capture, capture, "-k", keys+".age"); code != exitDone || n != 1 || stderr != "" {
		t.Errorf("exit %d, asked %d times, %s", code, n, stderr)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{keys + ".age"}, "wrapped already"},
		{[]string{capture}, "keys"},
		{[]string{filepath.Join(traces, "good.keys"), "-r", "age1x"}, "not a public key"},
		{[]string{filepath.Join(traces, "good.keys")}, "there is no terminal"},
		{nil, "0 files given"},
	} {
		if code, _, stderr := asked(t, nobody, append([]string{"keys", "encrypt"}, c.args...)...); code != exitTrouble || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: exit %d, %s", c.args, code, stderr)
		}
	}
	different := 0
	if code, _, stderr := asked(t, func(string) ([]byte, error) { different++; return fmt.Append(nil, different), nil }, "keys", "encrypt",
		filepath.Join(traces, "good.keys"), "-o", keys); code != exitTrouble || !strings.Contains(stderr, "not the same") {
		t.Errorf("exit %d, %s", code, stderr)
	}
}

func TestKeysIdentity(t *testing.T) {
	capture, keys := wrapped(t)
	one, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	id := filepath.Join(filepath.Dir(keys), "id")
	if err := os.WriteFile(id, []byte(one.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := asked(t, nobody, "keys", "encrypt", keys, "-r", one.Recipient().String(), "-o", keys, "--force"); code != exitDone || stderr != "" {
		t.Fatalf("exit %d, %s", code, stderr)
	}
	if code, _, stderr := asked(t, nobody, capture); code != exitTrouble || !strings.Contains(stderr, "secret key is not given") {
		t.Errorf("exit %d, %s", code, stderr)
	}
	if code, _, stderr := asked(t, nobody, "--identity", id, capture); code != exitDone || stderr != "" {
		t.Errorf("exit %d, %s", code, stderr)
	}
	if code, out, stderr := asked(t, nobody, "keys", "check", "--identity", id, capture); code != exitDone || !strings.Contains(out, "106 of 106") {
		t.Errorf("exit %d, %s%s", code, out, stderr)
	}
	t.Setenv("SMBDIFF_IDENTITY", id)
	t.Setenv("SMBDIFF_KEYS", keys)
	if code, _, stderr := asked(t, nobody, "diff", capture, capture); code != exitDone || stderr != "" {
		t.Errorf("exit %d, %s", code, stderr)
	}
}
