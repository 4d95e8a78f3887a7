//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKeyFile reads keys from an open file, a pipe too, for both sides.
func TestKeyFile(t *testing.T) {
	var captures []string
	text := ""
	for _, n := range []string{"good", "missing"} {
		captures = append(captures, unkeyed(t, n))
		b, err := os.ReadFile(filepath.Join(traces, n+".keys"))
		if err != nil {
			t.Fatal(err)
		}
		text += string(b)
	}
	given := func(verb string, files ...string) (int, string) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		w.WriteString(text)
		w.Close()
		code, _, stderr := run(t, append(append(strings.Fields(verb), "--key-fd", fmt.Sprint(r.Fd())), files...)...)
		return code, stderr
	}
	if code, stderr := given("diff", captures...); code != exitDiffer || stderr != "" {
		t.Errorf("diff: exit %d, %s", code, stderr)
	}
	if code, stderr := given("keys check", captures[0]); code != exitDone || stderr != "" {
		t.Errorf("keys check: exit %d, %s", code, stderr)
	}
	for _, n := range []string{"x", "-1", "999"} {
		if code, _, stderr := run(t, "dump", captures[0], "--key-fd="+n); code != exitTrouble || !strings.Contains(stderr, "hint: ") {
			t.Errorf("--key-fd %s: exit %d, %s", n, code, stderr)
		}
	}
}
