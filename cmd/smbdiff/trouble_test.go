package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func good(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(traces, "good.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func gz(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zst(t *testing.T, b []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(b, nil)
}

// TestTrouble gives the program what it cannot read: each time one line that
// names the file, a hint, exit code 2, and what could be read before.
func TestTrouble(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	pcap := good(t)
	pcapng, err := os.ReadFile(filepath.Join(traces, "x-pcapng-2.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	noSMB := append(bytes.Clone(pcap[:24]), make([]byte, 16)...)
	noSMB[24+8], noSMB[24+12] = 60, 60
	noSMB = append(noSMB, make([]byte, 60)...)
	keys := file("bad.keys", []byte("# keys\n0011223344556677,zz\n"))
	flip := bytes.Clone(pcap)
	copy(flip[len(flip)/2:], bytes.Repeat([]byte{0xff}, 4000))
	for _, c := range []struct {
		name  string
		args  []string
		words []string
		rows  bool // something could be read
	}{
		{"no such file", []string{filepath.Join(dir, "absent.pcap")}, []string{"absent.pcap"}, false},
		{"empty", []string{file("empty.pcap", nil)}, []string{"empty.pcap"}, false},
		{"directory", []string{t.TempDir()}, []string{"capture"}, false},
		{"png", []string{file("x.png", []byte("\x89PNG\r\n\x1a\n rest of a picture, which is no capture"))}, []string{"x.png"}, false},
		{"text", []string{file("x.txt", []byte("hello, this is a text file and no capture at all\n"))}, []string{"x.txt"}, false},
		{"header alone, cut", []string{file("short.pcap", pcap[:10])}, []string{"short.pcap"}, false},
		{"no SMB", []string{file("nosmb.pcap", noSMB)}, []string{"nosmb.pcap", "no SMB"}, false},
		{"cut pcap", []string{file("cut.pcap", pcap[:len(pcap)*2/3+3])}, []string{"cut.pcap", "frame"}, true},
		{"corrupt pcap", []string{file("flip.pcap", flip)}, []string{"flip.pcap"}, true},
		{"cut gz", []string{file("cut.pcap.gz", gz(t, pcap)[:9000])}, []string{"cut.pcap.gz"}, true},
		{"cut zst", []string{file("cut.pcap.zst", zst(t, pcap)[:9000])}, []string{"cut.pcap.zst"}, false},
		{"missing keys file", []string{filepath.Join(traces, "good.pcap"), "-k", filepath.Join(dir, "absent.keys")}, []string{"absent.keys"}, false},
		{"malformed key line", []string{filepath.Join(traces, "good.pcap"), "-k", keys}, []string{"bad.keys:2"}, false},
		{"malformed key", []string{filepath.Join(traces, "good.pcap"), "-k", "0011223344556677,xyz"}, nil, false},
		{"unknown flag", []string{"--frobnicate", "x"}, []string{"--frobnicate: no flag of view"}, false},
		{"flag with a slip", []string{"diff", "--exit-zer", "a", "b"}, []string{"--exit-zer: no flag of diff; did you mean --exit-zero?"}, false},
		{"verb with a slip", []string{"dif", "a", "b"}, []string{"dif: no such file, and no verb; did you mean diff?"}, false},
		{"standard input twice", []string{"diff", "-", "-"}, []string{"- is given twice"}, false},
		{"nothing", nil, []string{"no capture given", "smbdiff A B compares two"}, false},
		{"flag of keys with a slip", []string{"keys", "check", "--prt", "1", "x"}, []string{"--prt: no flag of keys check; did you mean --port?"}, false},
		{"one capture", []string{"diff", "a"}, []string{"1 capture given"}, false},
		{"three captures", []string{"a", "b", "c"}, []string{"3 captures"}, false},
		{"cut pcapng", []string{file("cut.pcapng", pcapng[:len(pcapng)*2/3+1])}, []string{"cut.pcapng"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, stderr := run(t, c.args...)
			if code != exitTrouble {
				t.Errorf("exit %d", code)
			}
			lines := strings.Split(strings.TrimRight(stderr, "\n"), "\n")
			if len(lines) < 2 || !strings.HasPrefix(lines[0], "smbdiff: ") || !strings.Contains(stderr, "smbdiff: hint: ") {
				t.Errorf("stderr %q", stderr)
			}
			for _, l := range lines {
				if !strings.HasPrefix(l, "smbdiff: ") {
					t.Errorf("line %q", l)
				}
			}
			for _, w := range c.words {
				if !strings.Contains(stderr, w) {
					t.Errorf("%q is not in %q", w, stderr)
				}
			}
			if strings.Contains(stderr, "xyz") {
				t.Errorf("a key is in %q", stderr)
			}
			if (out != "") != c.rows {
				t.Errorf("output %.200q", out)
			}
		})
	}
}

// TestCompressed reads the same capture plain, gz and zst: the same bytes come
// out.
func TestCompressed(t *testing.T) {
	dir := t.TempDir()
	keys := filepath.Join(traces, "good.keys")
	_, want, _ := run(t, "dump", "--raw", filepath.Join(traces, "good.pcap"))
	for name, b := range map[string][]byte{"a.pcap.gz": gz(t, good(t)), "a.pcap.zst": zst(t, good(t))} {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if code, got, stderr := run(t, "dump", "--raw", p, "-k", keys); code != 0 || got != want {
			t.Errorf("%s: exit %d, same output: %v, %s", name, code, got == want, stderr)
		}
	}
}

// TestEveryCut cuts a capture at many places: never a panic, always exit 2 or
// 0, and only lines of the program on stderr.
func TestEveryCut(t *testing.T) {
	b := good(t)
	p := filepath.Join(t.TempDir(), "cut.pcap")
	for n := 0; n < len(b); n += 331 {
		if err := os.WriteFile(p, b[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		code, _, stderr := run(t, p, "-k", filepath.Join(traces, "good.keys"))
		if code != exitTrouble && code != exitDone {
			t.Errorf("cut at %d: exit %d %s", n, code, stderr)
		}
	}
}
