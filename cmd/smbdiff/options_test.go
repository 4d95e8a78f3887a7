package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"smbdiff/diff"
)

// pair gives the paths of two checked-in captures that differ.
func pair() (a, b string) {
	return filepath.Join(traces, "good.pcap"), filepath.Join(traces, "missing.pcap")
}

// TestSideFilters chooses rows by one side of a comparison, and operations of
// one capture of stats.
func TestSideFilters(t *testing.T) {
	a, b := pair()
	for _, c := range []struct{ side, both []string }{
		{[]string{"--filter-a", "cmd == READ"}, []string{"--filter", "a.cmd == READ"}},
		{[]string{"--filter-b", "status == STATUS_OBJECT_NAME_NOT_FOUND"}, []string{"-Y", "b.status == STATUS_OBJECT_NAME_NOT_FOUND"}},
		{[]string{"--filter-b", "plan", "--filter-a", "cmd == CREATE", "--filter-a", "path ~ plan"}, []string{"-Y", `b.path ~ plan && a.cmd == CREATE && a.path ~ plan`}},
		{[]string{"--filter-a", "cmd == CREATE", "-Y", "differs"}, []string{"-Y", "differs && a.cmd == CREATE"}},
	} {
		wantCode, want, _ := run(t, append([]string{"diff", a, b}, c.both...)...)
		if code, got, _ := run(t, append([]string{"diff", a, b}, c.side...)...); code != wantCode || got != want {
			t.Errorf("%q: exit %d\n%s\n%q: exit %d\n%s", c.side, code, got, c.both, wantCode, want)
		}
	}
	_, got, _ := run(t, "stats", a, b, "--filter-a", "cmd == READ", "--filter-b", "cmd == CLOSE")
	if !strings.Contains(got, "READ") || !strings.Contains(got, "CLOSE") || strings.Contains(got, "CREATE") {
		t.Errorf("stats of READ in A and CLOSE in B:\n%s", got)
	}
	for _, args := range [][]string{{"diff", a, b, "--filter-a", "cmd = READ"}, {a, "--filter-b", "cmd == READ"}, {"stats", a, "--filter-a", "READ"}, {"dump", a, "--filter-a", "READ"}} {
		if code, _, stderr := run(t, args...); code != exitTrouble || !strings.Contains(stderr, "hint: ") {
			t.Errorf("%q: exit %d, %s", args[2:], code, stderr)
		}
	}
}

// TestPairing compares two operations alone, and operations by their place.
func TestPairing(t *testing.T) {
	a, b := pair()
	code, out, _ := run(t, "diff", a, b, "--pair", "none", "--anchor", "37=37", "--filter", "!only")
	if code != exitDiffer || strings.Count(out, "\n@@ ") != 1 || !strings.Contains(out, "@@ op 37 / 37 ") {
		t.Errorf("one pair: exit %d\n%s", code, out)
	}
	if code, out, _ := run(t, "diff", a, a, "--pair", "order"); code != exitDone {
		t.Errorf("with itself, by order: exit %d\n%s", code, out)
	}
	if code, _, stderr := run(t, "diff", a, b, "--pair", "no"); code != exitTrouble || !strings.Contains(stderr, "auto, order or none") {
		t.Errorf("exit %d, %s", code, stderr)
	}
}

// TestPicks chooses sessions and connections, by number or id, of both sides or
// of one, with every verb that reads operations.
func TestPicks(t *testing.T) {
	a, b := pair()
	id := "0x0000000057a465cd" // of S1 in A
	for _, c := range []struct{ args, same string }{
		{a + " --session S1", a + " --filter session==S1"},
		{a + " --conn 1", a + " --filter connection==C1"},
		{"dump " + a + " --session " + id, "dump " + a + " -Y session_id==" + id},
		{"dump --format ops --session 1 " + a, "dump --format ops -Y session==S1 " + a},
		{"stats --session s1 " + a, "stats -Y session==S1 " + a},
		{"diff " + a + " " + b + " --session-a S1", "diff " + a + " " + b + " --filter a.session==S1"},
		{"diff " + a + " " + b + " --conn-b C1 --session-b S7", "diff " + a + " " + b + " --filter b.connection==C1&&b.session==S7"},
		{"diff " + a + " " + b + " --session " + id, "diff " + a + " " + b + " --filter session_id==" + id},
	} {
		wantCode, want, _ := run(t, strings.Fields(c.same)...)
		if code, got, _ := run(t, strings.Fields(c.args)...); code != wantCode || got != want || len(got) < 100 {
			t.Errorf("%s: exit %d, %d bytes; %s: exit %d, %d bytes", c.args, code, len(got), c.same, wantCode, len(want))
		}
	}
	for _, args := range [][]string{{a, "--session", "x"}, {a, "--conn-a", "C1"}, {"dump", a, "--session", "S0"}, {"decrypt", a, "-o", "x", "--session", "S1"}} {
		if code, _, stderr := run(t, args...); code != exitTrouble || !strings.Contains(stderr, "hint: ") {
			t.Errorf("%q: exit %d, %s", args[1:], code, stderr)
		}
	}
}

// TestJoin reads the files of a ring buffer as one capture, in the order of
// their names, with the keys beside any of them.
func TestJoin(t *testing.T) {
	dir, whole := t.TempDir(), good(t)
	at, n := 24, 0
	for n < 50 { // frames
		at += 16 + int(binary.LittleEndian.Uint32(whole[at+8:]))
		n++
	}
	first, second := filepath.Join(dir, "ring_1.pcap"), filepath.Join(dir, "ring_2.pcap")
	for path, b := range map[string][]byte{first: whole[:at], second: append(whole[:24:24], whole[at:]...)} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	copyFile(t, filepath.Join(traces, "good.keys"), filepath.Join(dir, "ring_2.keys"))
	a, _ := pair()
	for _, verb := range []string{"", "dump ", "stats --format json ", "dump --format ops "} {
		_, want, _ := run(t, strings.Fields(verb+a)...)
		code, got, stderr := run(t, strings.Fields(verb+"--join "+second+" "+first)...)
		got = strings.ReplaceAll(got, "ring_2.pcap", "good.pcap")
		if code != exitDone || stderr != "" || got != want {
			t.Errorf("%s: exit %d, %s; %d bytes, want %d", verb, code, stderr, len(got), len(want))
		}
	}
	for _, args := range [][]string{{"diff", "--join", first, second}, {"--join", first, "-"}} {
		if code, _, stderr := run(t, args...); code != exitTrouble || !strings.Contains(stderr, "--join") {
			t.Errorf("%q: exit %d, %s", args, code, stderr)
		}
	}
}

// TestVerbose tells what was read on stderr, and nothing of it elsewhere; keys
// stay secret.
func TestVerbose(t *testing.T) {
	a, b := pair()
	for _, verb := range []string{"", "dump", "stats", "diff"} {
		args := append(strings.Fields(verb), a)
		if verb == "diff" {
			args = append(args, b)
		}
		wantCode, want, quiet := run(t, args...)
		code, out, stderr := run(t, append(args, "-v")...)
		if code != wantCode || quiet != "" || strings.ReplaceAll(out, " -v", "") != want {
			t.Errorf("%s: exit %d, %s, %d bytes, want %d", verb, code, quiet, len(out), len(want))
		}
		for _, w := range []string{"122 packets, 1 TCP connection", "good.pcap: keys: 1\n", "0x0000000057a465cd, LAB\\tester, 3.1.1, AES-128-GCM, key from good.keys:1, all tags verify"} {
			if !strings.Contains(stderr, w) {
				t.Errorf("%s: %q is not in %s", verb, w, stderr)
			}
		}
		key, err := os.ReadFile(filepath.Join(traces, "good.keys"))
		if err != nil || strings.Contains(stderr, strings.Split(strings.TrimSpace(string(key)), ",")[1]) {
			t.Errorf("%s: %v, a key is in %s", verb, err, stderr)
		}
	}
}

// TestColor paints the text report where that is asked for, and changes nothing
// else in it; --ascii leaves no other signs.
func TestColor(t *testing.T) {
	a, b := pair()
	t.Setenv("NO_COLOR", "")
	t.Setenv("CLICOLOR_FORCE", "")
	escapes := regexp.MustCompile("\x1b\\[[0-9;]*m")
	for _, more := range [][]string{nil, {"-y"}, {"--mask", "none", "-U", "all"}, {"-y", "--mask", "none", "--width", "60"}, {"--show-masked"}} {
		args := append([]string{"diff", a, b}, more...)
		_, plain, _ := run(t, args...)
		_, painted, _ := run(t, append(args, "--color", "always")...)
		if strings.Contains(plain, "\x1b") || !strings.Contains(painted, "\x1b[34m") || escapes.ReplaceAllString(painted, "") != plain {
			t.Errorf("%q: painted\n%.600s\nplain\n%.600s", more, painted, plain)
		}
		_, ascii, _ := run(t, append(args, "--ascii")...)
		if i := strings.IndexFunc(ascii, func(r rune) bool { return r > 0x7e }); i >= 0 || len([]rune(ascii)) != len([]rune(plain)) {
			t.Errorf("%q: %d runes, want %d; %.40q", more, len([]rune(ascii)), len([]rune(plain)), ascii[max(i, 0):])
		}
	}
	t.Setenv("CLICOLOR_FORCE", "1")
	for _, c := range []struct {
		args, noColor string
		want          bool
	}{{"", "", true}, {"--color never", "", false}, {"", "1", false}, {"--color always", "1", true}, {"--format json", "", false}, {"--format html", "", false}} {
		t.Setenv("NO_COLOR", c.noColor)
		if _, out, _ := run(t, append([]string{"diff", a, b}, strings.Fields(c.args)...)...); strings.Contains(out, "\x1b") != c.want {
			t.Errorf("%s, NO_COLOR=%s: painted %v", c.args, c.noColor, !c.want)
		}
	}
}

// TestOptional takes what may stand behind a flag that does without.
func TestOptional(t *testing.T) {
	for _, c := range []struct {
		args   string
		redact diff.Redaction
		factor float64
		files  int
	}{
		{"a b --redact --timing", diff.RedactAll, 0, 2},
		{"--redact names a --timing 5 b", diff.RedactNames, 5, 2},
		{"a b --redact=data --timing=2.5x", diff.RedactData, 2.5, 2},
		{"--timing a --redact all b", diff.RedactAll, 0, 2},
		{"-- --redact names", diff.RedactNothing, 0, 2},
	} {
		f, err := parseFlags("diff", strings.Fields(c.args))
		if err != nil || f.options.Redact != c.redact || f.options.Factor != c.factor || len(f.files) != c.files || f.options.Timing != strings.Contains(c.args, "timing") {
			t.Errorf("%s: %v %+v", c.args, err, f)
		}
	}
	for _, args := range []string{"a b --redact=some", "a b --timing=0", "a b --timing=nan", "a b --timing 1e99", "a b --redact some"} {
		if _, err := parseFlags("diff", strings.Fields(args)); err == nil {
			t.Errorf("%s: no error", args)
		}
	}
}

// TestWords answers to what is asked for by one word or two.
func TestWords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.toml")
	if err := os.WriteFile(path, []byte("[[mask]]\nfield = \"smb2.filenam\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"version", exitDone, "smbdiff " + version + "\n"},
		{"version --json", exitDone, `{"schema":"smbdiff/version/1","version":"` + version + "\"}\n"},
		{"version --jso", exitTrouble, "smbdiff version [--json]"},
		{"masks list", exitDone, "two-sided"},
		{"masks show ci", exitDone, "smb2.sesid"},
		{"masks check ci", exitDone, "ci: "},
		{"masks check " + path, exitTrouble, "m.toml:1: "},
		{"masks ci strict", exitTrouble, "unknown"},
		{"help exit", exitDone, "143 terminated"},
		{"help json", exitDone, "smbdiff/message/1"},
	} {
		if code, out, stderr := run(t, strings.Fields(c.args)...); code != c.code || !strings.Contains(out+stderr, c.want) {
			t.Errorf("%s: exit %d, %s%s", c.args, code, out, stderr)
		}
	}
}

// TestOutput writes what verbs say into a file, whole or not at all, and over
// none without being asked.
func TestOutput(t *testing.T) {
	a, b := pair()
	dir := t.TempDir()
	cut := filepath.Join(dir, "cut.pcap")
	if err := os.WriteFile(cut, good(t)[:9000], 0o600); err != nil {
		t.Fatal(err)
	}
	for i, args := range [][]string{{"dump", a}, {"dump", "--format", "ops", a}, {"stats", a, b}, {a}, {a, b}, {"diff", a, b, "--first"}, {"dump", cut}} {
		path := filepath.Join(dir, fmt.Sprint(i))
		wantCode, want, _ := run(t, args...)
		args = append(args, "--output", path)
		if code, out, _ := run(t, args...); code != wantCode || out != "" {
			t.Errorf("%q: exit %d, want %d; %.80q", args, code, wantCode, out)
		}
		got, err := os.ReadFile(path)
		if err != nil || strings.ReplaceAll(string(got), " --output "+filepath.Base(path), "") != want {
			t.Errorf("%q: %v, %d bytes, want %d", args, err, len(got), len(want))
		}
		if code, _, stderr := run(t, args...); code != exitTrouble || !strings.Contains(stderr, "is there already") || !strings.Contains(stderr, "--force") {
			t.Errorf("%q again: exit %d, %s", args, code, stderr)
		}
		if code, _, _ := run(t, append(args, "--force")...); code != wantCode {
			t.Errorf("%q --force: exit %d, want %d", args, code, wantCode)
		}
	}
	path := filepath.Join(dir, "none")
	if code, _, stderr := run(t, "dump", filepath.Join(dir, "absent"), "-o", path); code != exitTrouble || strings.Count(stderr, "smbdiff: ") != 2 {
		t.Errorf("no capture: exit %d, %s", code, stderr)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("an output without anything in it is there")
	}
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{os.DevNull, empty} {
		if code, _, stderr := run(t, "dump", a, "-o", path); code != exitDone {
			t.Errorf("into %s: exit %d, %s", path, code, stderr)
		}
	}
}
