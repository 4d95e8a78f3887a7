package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/dissect"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
)

// library gives the scenarios by name.
func library(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join("..", "..", "testdata", "scenarios", "*.txt"))
	if err != nil || len(list) == 0 {
		t.Fatal("no scenarios", err)
	}
	return list
}

// recordScenario runs smbpair record and fails the test when it does.
func recordScenario(t *testing.T, args ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(context.Background(), append([]string{"record"}, args...), &out, &errs); code != exitDone {
		t.Fatalf("%v: exit %d: %s", args, code, &errs)
	}
}

// TestLibrary records every scenario twice from one seed: the bytes are the same,
// every byte of every message is explained, every seal opens, every signature
// holds, and nothing is said to be wrong. What the recordings hold is counted
// against what the dissector knows.
func TestLibrary(t *testing.T) {
	held := make(coverage)
	for _, name := range library(t) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			dir := t.TempDir()
			a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
			recordScenario(t, name, "--seed", "7", "-o", a)
			recordScenario(t, name, "--seed", "7", "-o", b)
			for _, kind := range []string{".pcapng", ".keys"} {
				x, err1 := os.ReadFile(a + kind)
				y, err2 := os.ReadFile(b + kind)
				if err1 != nil || err2 != nil || !bytes.Equal(x, y) {
					t.Errorf("two recordings of one seed differ: %v, %v", err1, err2)
				}
			}
			trace := judge(t, name, a+".pcapng")
			explained(t, trace)
			held.count(trace)
			recordScenario(t, name, "-o", b) // as fast as it goes, clients at once
			explained(t, judge(t, name, b+".pcapng"))
		})
	}
	if !t.Failed() {
		held.compare(t, filepath.Join("..", "..", "testdata", "scenarios", "uncovered.tsv"))
	}
}

// TestReadmeScenario records the scenario that the README shows.
func TestReadmeScenario(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "### Scenarios")
	_, rest, _ = strings.Cut(rest, "```\n")
	text, _, _ := strings.Cut(rest, "```")
	name := filepath.Join(t.TempDir(), "readme.txt")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out := strings.TrimSuffix(name, ".txt")
	recordScenario(t, name, "--seed", "7", "-o", out)
	explained(t, judge(t, name, out+".pcapng"))
}

// TestScenarioErrors holds that what is wrong with a scenario is told with file
// and line before anything runs.
func TestScenarioErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "no commands",
		"ls\nfrob":                    `:2: no command "frob"`,
		"ls\ndialect 3.0":             ":2: dialect stands before all commands",
		"dialect 4":                   ":1: --dialect 4",
		"cipher X":                    ":1: --cipher X",
		"fault READ":                  ":1: rule",
		"b: ls":                       ":1: no client b",
		"client":                      ":1: client wants a name",
		"client b frob=1":             ":1: client: no frob=1",
		"parallel\nls":                ":1: parallel has no end",
		"end":                         ":1: end without parallel",
		"parallel\nparallel":          ":2: parallel inside",
		"get a":                       ":1: get is not for scenarios",
		"rename a":                    ":1: rename wants FROM TO",
		"ls -> NOTHING":               ":1: no status STATUS_NOTHING",
		"start t frob":                `:1: no command "frob"`,
		`ls "x`:                       ":1: a quotation mark is missing",
		"max-io x":                    ":1: strconv",
		"offer x":                     ":1: offer wants TYPE:HEX",
		"ls\ncat none":                ":2: CREATE none: STATUS_OBJECT_NAME_NOT_FOUND",
		"ls -> ACCESS_DENIED":         ":1: ls: no STATUS_ACCESS_DENIED",
		"client b user=tester%no\nls": ":1: SESSION_SETUP: STATUS_LOGON_FAILURE",
	} {
		name := filepath.Join(t.TempDir(), "x.txt")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		code := run(context.Background(), []string{"record", name, "-o", filepath.Join(t.TempDir(), "x")}, &out, &errs)
		if code != exitTrouble || !strings.Contains(errs.String(), "x.txt") || !strings.Contains(errs.String(), want) {
			t.Errorf("%q: exit %d, %s", text, code, &errs)
		}
	}
}

// explained goes through all messages of a recording.
func explained(t *testing.T, trace *dissect.Trace) {
	t.Helper()
	if c := trace.Counts(); c.Sealed != c.Opened || c.Messages < 6 {
		t.Errorf("%d messages, %d sealed, %d open", c.Messages, c.Sealed, c.Opened)
	}
	r := trace.NewReader()
	for num := uint32(1); r.Read(num); num++ {
		m := &r.Message
		if m.Signature == conv.SignatureInvalid || m.Signature == conv.SignatureUnverified || len(m.Problems) > 0 {
			t.Errorf("frame %d: %s, signature %s, %q", m.Frame, m.SMB2.Command, m.Signature, m.Problems)
		}
		if m.Event.Carries() && m.Proto != op.SMB2 && m.Proto != op.SMB1 {
			t.Errorf("frame %d: no message", m.Frame)
		}
		for i := range r.Tree.Nodes {
			if d := r.Tree.Nodes[i].Def; d == field.UnparsedDef || d == field.NoteDef {
				t.Errorf("frame %d: %s: %s %x", m.Frame, m.SMB2.Command, r.Tree.Show(i), r.Tree.Bytes(i))
			}
		}
	}
}

// TestLibraryTshark has tshark look at the recordings: nothing is malformed, and
// nothing stays sealed.
func TestLibraryTshark(t *testing.T) {
	peer(t, "tshark")
	dir := t.TempDir()
	for _, name := range library(t) {
		out := filepath.Join(dir, "x")
		recordScenario(t, name, "--seed", "7", "-o", out)
		args := []string{"-r", out + ".pcapng", "-Y", "_ws.malformed || _ws.expert.severity >= 0x800000 || smb2.protocol_id == 0xfd534d42 && !smb2.cmd",
			"-T", "fields", "-e", "frame.number", "-e", "smb2.cmd", "-e", "_ws.expert.message"}
		b, err := os.ReadFile(out + ".keys")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			if part := strings.Split(strings.TrimSpace(line), ","); len(part) == 4 {
				args = append(args, "-o", fmt.Sprintf(`uat:smb2_seskey_list:%s,%s,"",""`, part[0], part[1]))
			}
		}
		found, err := exec.CommandContext(t.Context(), "tshark", args...).Output()
		if err != nil || len(found) > 0 {
			t.Errorf("%s: %v: tshark finds\n%s", filepath.Base(name), err, found)
		}
	}
}
