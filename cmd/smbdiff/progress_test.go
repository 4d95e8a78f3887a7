package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"smbdiff/dissect/capture"
)

// TestProgress tells how far reading is, then comparing; what else is said stands
// in lines of its own, and nothing is left in the end.
func TestProgress(t *testing.T) {
	a, b := pair()
	f, err := capture.Open(a)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	p := startProgress(&out, time.Hour, time.Hour)
	p.tell() // nothing is open
	p.add(f)
	p.tell()
	p.Write([]byte("said\n"))
	p.Write([]byte("said\n"))
	p.compared(1, 4)
	p.tell()
	p.hush()
	p.tell()
	p.stop()
	line, gone := "\r\x1b[Ksmbdiff: ", "\r\x1b[K"
	if want := line + "reading 0%" + gone + "said\nsaid\n" + line + "comparing 25%" + gone; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	for _, args := range [][]string{{"diff", a, b}, {"dump", a}, {a}, {"stats", a, b}} {
		wantCode, want, _ := run(t, append(args, "--progress", "never")...)
		code, got, stderr := run(t, append(args, "--progress=always")...)
		if code != wantCode || got != want || strings.Contains(strings.ReplaceAll(stderr, gone, ""), gone) {
			t.Errorf("%q: exit %d, %d bytes of %d, %q", args, code, len(got), len(want), stderr)
		}
	}
	if code, _, stderr := run(t, "dump", a, "--progress", "no"); code != exitTrouble || !strings.Contains(stderr, "auto, always or never") {
		t.Errorf("exit %d, %s", code, stderr)
	}
}
