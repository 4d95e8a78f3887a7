package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const traces = "../../testdata/traces"

// run calls the program and gives what it printed.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	a := &app{stdout: &out, stderr: &err}
	code = a.run(args)
	return code, out.String(), err.String()
}

// TestTraces holds the messages found in the checked-in captures against what
// tshark finds there: frame, command, direction, opened or not.
func TestTraces(t *testing.T) {
	lists, _ := filepath.Glob(filepath.Join(traces, "EXPECT", "*.tsv"))
	if len(lists) == 0 {
		t.Fatal("no captures")
	}
	for _, list := range lists {
		name := strings.TrimSuffix(filepath.Base(list), ".tsv")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(list)
			if err != nil {
				t.Fatal(err)
			}
			want := seen{messages: map[string]int{}, closed: map[int]bool{}}
			for _, l := range strings.Split(strings.TrimSpace(string(text)), "\n") {
				f := strings.Split(l, "\t")
				frame, _ := strconv.Atoi(f[0])
				var command *int
				if n, err := strconv.Atoi(f[2]); err == nil {
					command = &n
				}
				want.add(frame, f[1], command, f[3] == "1")
			}
			out := filepath.Join(t.TempDir(), "dump")
			file, err := os.Create(out)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			var stderr bytes.Buffer
			a := &app{stdout: file, stderr: &stderr}
			a.run([]string{"dump", "--raw", filepath.Join(traces, name)})
			ours := read(t, out)
			for k, n := range want.messages {
				if ours.messages[k] < n {
					t.Errorf("missing: %s", k)
				}
			}
			for k, n := range ours.messages {
				if want.messages[k] < n && moreThanTshark[name] == "" {
					t.Errorf("tshark does not have: %s", k)
				}
			}
			if ours.shut > want.shut {
				t.Errorf("%d PDUs stay shut, tshark leaves %d: %s", ours.shut, want.shut, stderr.String())
			}
		})
	}
}

// TestPairs compares the real pairs.
func TestPairs(t *testing.T) {
	pcap := func(n string) string { return filepath.Join(traces, n+".pcap") }
	code, out, stderr := run(t, "diff", pcap("good"), pcap("same"))
	if code != 0 {
		t.Errorf("equal runs: exit %d\n%s%s", code, out, stderr)
	}
	code, out, stderr = run(t, "diff", "--format", "json", pcap("good"), pcap("missing"))
	if code != 1 || !strings.Contains(out, `"command":"CREATE"`) || !strings.Contains(out, "STATUS_OBJECT_NAME_NOT_FOUND") {
		t.Errorf("missing file: exit %d\n%.2000s%s", code, out, stderr)
	}
	bare := t.TempDir()
	for _, n := range []string{"good.pcap", "same.pcap"} {
		b, err := os.ReadFile(filepath.Join(traces, n))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(bare, n), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{filepath.Join(bare, "good.pcap"), filepath.Join(bare, "same.pcap")}
	if code, out, _ := run(t, append([]string{"diff"}, args...)...); code != 2 {
		t.Errorf("sealed without keys: exit %d\n%s", code, out)
	}
	if code, out, _ := run(t, append([]string{"diff", "--allow-sealed", args[0]}, args[0])...); code != 0 {
		t.Errorf("sealed without keys, allowed, with itself: exit %d\n%s", code, out)
	}
}
