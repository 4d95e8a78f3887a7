package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestOps reads the operations of a sealed trace as objects: as many as the list
// has, with what the list says of them.
func TestOps(t *testing.T) {
	for _, name := range []string{"good", "sc-NT1-meta-plain", "rec-compound"} {
		path := filepath.Join(traces, name+".pcap")
		_, list, _ := run(t, path)
		lines := strings.Split(strings.TrimRight(list, "\n"), "\n")
		for _, format := range []string{"ops", "zeek"} {
			code, out, errs := run(t, "dump", "--format", format, path)
			objects := strings.Split(strings.TrimRight(out, "\n"), "\n")
			if code != exitDone || errs != "" || len(objects) != len(lines) {
				t.Fatalf("%s %s: exit %d, %d objects for %d lines, %s", name, format, code, len(objects), len(lines), errs)
			}
			for i, text := range objects {
				var o struct {
					Schema, Command string
					Status          *string
					TS              any
					Orig            string `json:"id.orig_h"`
				}
				if err := json.Unmarshal([]byte(text), &o); err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				if !strings.Contains(lines[i], o.Command) || o.Status != nil && !strings.Contains(lines[i], *o.Status) {
					t.Errorf("%s\nis not\n%s", text, lines[i])
				}
				if _, number := o.TS.(float64); number != (format == "zeek") || (o.Orig != "") != (format == "zeek") || (o.Schema == "smbdiff/op/1") != (format == "ops") {
					t.Errorf("%s: %s", format, text)
				}
			}
		}
	}
	_, out, _ := run(t, "dump", "--format", "ops", "--limit", "3", "--filter", "cmd == CREATE", filepath.Join(traces, "good.pcap"))
	if n := strings.Count(out, "\n"); n != 3 || strings.Count(out, `"CREATE"`) != 3 {
		t.Errorf("%d operations, want 3:\n%s", n, out)
	}
	_, out, _ = run(t, "dump", "--format", "ops", "--limit", "2", "--filter", "smb2.create.disposition == FILE_OPEN", filepath.Join(traces, "good.pcap"))
	if n := strings.Count(out, "\n"); n != 2 {
		t.Errorf("%d operations, want 2", n)
	}
}

// TestCompletion has bash read its script.
func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		code, out, _ := run(t, "completion", shell)
		if code != exitDone || !strings.Contains(out, "stats") || !strings.Contains(out, "allow-sealed") || strings.Contains(out, "--ignore GLOB") {
			t.Errorf("%s: exit %d\n%s", shell, code, out)
		}
		if _, err := exec.LookPath("bash"); shell == "bash" && err == nil {
			got, err := exec.Command("bash", "-c", out+"\nCOMP_WORDS=(smbdiff st); COMP_CWORD=1; _smbdiff; echo ${COMPREPLY[0]}").CombinedOutput()
			if err != nil || string(got) != "stats\n" {
				t.Errorf("bash completes %q, %v", got, err)
			}
		}
	}
	if code, _, errs := run(t, "completion", "tcsh"); code != exitTrouble || !strings.Contains(errs, "bash|zsh|fish") {
		t.Errorf("exit %d, %s", code, errs)
	}
}
