package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestColumns holds the fields that are chosen against those of the whole dump.
func TestColumns(t *testing.T) {
	a, _ := pair()
	names := []string{"frame", "command", "sealed", "src", "smb2.filename", "smb2.create.disposition", "smb2.signature", "smb2.tid"}
	_, whole, _ := run(t, "dump", a)
	_, chosen, stderr := run(t, "dump", a, "--fields", strings.Join(names[:5], ","), "--fields", " "+strings.Join(names[3:], ", "))
	want, got := strings.Split(strings.TrimSpace(whole), "\n"), strings.Split(strings.TrimSpace(chosen), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d messages, want %d; %s", len(got), len(want), stderr)
	}
	type node struct {
		Name, Show string
		Children   []node
	}
	for i := range got {
		var m struct {
			Frame        int
			Command, Src string
			Sealed       bool
			Fields       []node
		}
		x := map[string]json.RawMessage{}
		if err := json.Unmarshal([]byte(want[i]), &m); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(got[i]), &x); err != nil {
			t.Fatal(err)
		}
		host, _, _ := strings.Cut(m.Src, ":")
		values := map[string][]string{"frame": {fmt.Sprint(m.Frame)}, "command": {m.Command}, "sealed": {fmt.Sprint(m.Sealed)}, "src": {host}}
		var walk func([]node)
		walk = func(list []node) {
			for _, n := range list {
				if strings.HasPrefix(n.Name, "smb2.") {
					values[n.Name] = append(values[n.Name], n.Show)
				}
				walk(n.Children)
			}
		}
		walk(m.Fields)
		if len(x) != len(names)+1 {
			t.Errorf("keys of %s", got[i])
		}
		for _, n := range names {
			var v []string
			if err := json.Unmarshal(x[n], &v); err != nil || v == nil || !slices.Equal(v, values[n]) && len(v)+len(values[n]) > 0 {
				t.Errorf("%s: %s %q, want %q", want[i][:60], n, v, values[n])
			}
		}
	}
}

// TestColumnForms writes chosen fields as lines, as an array, a few of them, and
// says what is no field.
func TestColumnForms(t *testing.T) {
	a, _ := pair()
	_, out, _ := run(t, "dump", a, "--fields", "frame,cmd,tcp.port", "--format", "text", "--limit", "2")
	if want := "4\tNEGOTIATE\t"; !strings.HasPrefix(out, want) || strings.Count(out, "\n") != 2 {
		t.Errorf("text: %q", out)
	}
	_, out, _ = run(t, "dump", a, "--fields", "frame", "--format", "json", "-Y", "cmd == READ && response == true")
	var list []map[string]any
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 2 {
		t.Errorf("json: %v %s", err, out)
	}
	for args, want := range map[string]string{"--fields comand": "did you mean command?", "--fields frame,": "--fields ", "--fields smb2.cmd[0:1]": "is wanted",
		"--fields frame --raw": "not with --raw", "--fields frame --format zeek": "not with --raw"} {
		if code, out, stderr := run(t, append(strings.Fields("dump "+args), a)...); code != exitTrouble || out != "" || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, %s", args, code, stderr)
		}
	}
}
