package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func trace(name string) string { return filepath.Join(traces, name+".pcap") }

// TestDiffExit holds exit codes and what is said against each call.
func TestDiffExit(t *testing.T) {
	good, missing, same := trace("good"), trace("missing"), trace("same")
	mask := filepath.Join(t.TempDir(), "m.toml")
	if err := os.WriteFile(mask, []byte("[[mask]]\nfield = 'smb2.nt_status'\nhow = 'drop'\nstatus = true\ncommand = 'create'\nwhen = 'path ~ \"plan\"'\n"+
		"[[mask]]\nfield = 'smbdiff.operation'\nhow = 'drop'\nstatus = true\nwhen = 'path ~ \"plan\"'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.toml")
	if err := os.WriteFile(bad, []byte("[[mask]]\nfield = 'smb2.tid'\nhow = 'drop'\nwhen = 'pth ~ 1'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	cut, empty, shut := filepath.Join(t.TempDir(), "cut.pcap"), filepath.Join(t.TempDir(), "empty.pcap"), filepath.Join(t.TempDir(), "shut.pcap")
	keys, late := strings.TrimSuffix(good, ".pcap")+".keys", filepath.Join(t.TempDir(), "late.pcap")
	other, err := os.ReadFile(missing)
	if err != nil {
		t.Fatal(err)
	}
	for path, part := range map[string][]byte{cut: whole[:len(whole)*2/3+3], empty: whole[:24], shut: whole, late: other[:len(other)-300]} {
		if err := os.WriteFile(path, part, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args string
		code int
		want string // in stdout or stderr
	}{
		{cut + " " + cut + " -k " + keys, 2, "verdict: incomplete: part of both captures could not be read; equal: 36 of 36 pairs"},
		{cut + " " + cut + " --format json -k " + keys, 2, `"verdict":"incomplete","exit":2,`},
		{cut + " " + cut + " --allow-sealed --format junit -k " + keys, 2, `errors="1"`},
		{cut + " GOOD -k " + keys, 1, "suspect: none (nothing more of A could be read)"},
		{"GOOD " + empty, 1, "suspect: none (nothing more of B could be read)"},
		{empty + " " + empty + " --format junit", 2, `<error message="incomplete: neither side has an operation"/>`},
		{shut + " GOOD", 2, "106 of 106 sealed messages could not be opened: no key"},
		{"GOOD SAME --ignore smb2.filenam", 2, "--ignore smb2.filenam: no field is called smb2.filenam; did you mean smb2.filename?"},
		{"GOOD SAME --until CREATE/ACCESS_DENID", 2, "did you mean ACCESS_DENIED?"},
		{"GOOD SAME", 0, "equal: 57 of 57 pairs"},
		{"GOOD MISSING", 1, "CREATE archive\\plan.txt F10, STATUS_SUCCESS vs STATUS_OBJECT_NAME_NOT_FOUND"},
		{"GOOD MISSING --exit-zero", 0, "differ at op 37"},
		{"GOOD MISSING --bisect", 1, "differ at op 37"},
		{"GOOD SAME --bisect", 0, "equal: "},
		{"GOOD " + cut + " --bisect -k " + keys, 125, "only in A"},
		{"GOOD " + empty + " --bisect", 125, "only in A"},
		{"MISSING " + cut + " --bisect -k " + keys, 125, "only in"},
		{late + " GOOD --bisect -k " + strings.TrimSuffix(missing, ".pcap") + ".keys", 1, "differ at op 37"},
		{"GOOD nothere --bisect", 125, "nothere: no such file"},
		{"GOOD nothere", 2, "nothere: no such file"},
		{"GOOD MISSING --bisect --nonsense", 125, "nonsense"},
		{"GOOD MISSING --mask " + mask, 0, "equal: 57 of 57 pairs"},
		{"GOOD MISSING --mask ci --mask strict", 1, "(mask: ci + strict)"},
		{"GOOD SAME --mask " + bad, 2, "bad.toml:4: filter: char 1: no field \"pth\""},
		{"GOOD SAME --mask nothere", 2, "a mask is a file, or one of default, strict, ci, two-sided, none"},
		{"GOOD MISSING --ignore smb2.nt_status", 2, "--mask-status says that it is meant"},
		{"GOOD MISSING --ignore smb2.nt_status --mask-status", 1, "only in A"},
		{"GOOD MISSING --ignore *", 1, "STATUS_OBJECT_NAME_NOT_FOUND"},
		{"GOOD MISSING --until TREE_CONNECT/*", 0, "equal: 5 of 5 pairs"},
		{"GOOD MISSING --until create/OBJECT_NAME_NOT_FOUND -U0", 1, "20 rows left out"},
		{"GOOD MISSING --until CREATE", 2, "CREATE is no OP/STATUS"},
		{"GOOD MISSING --session S1 --brief", 1, "differ at op 37"},
		{"GOOD MISSING --session 7", 2, "none of 57 rows"},
		{"GOOD MISSING --conn C1 --first -U 0", 1, "@@ op 37 / 37"},
		{"GOOD MISSING --conn x", 2, "--conn x: not a number"},
		{"GOOD MISSING -Y cmd==READ", 1, "op 39 (A) / - (B): READ"},
		{"GOOD MISSING --statuses-only", 1, "STATUS_OBJECT_NAME_NOT_FOUND"},
		{"GOOD SAME --timing --mask ci", 0, "equal: "},
		{"GOOD MISSING --format xml", 2, "--format xml: unknown for diff"},
		{"GOOD MISSING -y --width 20", 2, "--width 20"},
		{"GOOD MISSING --format junit", 1, "<testsuites"},
		{"GOOD MISSING --format html", 1, "<!DOCTYPE html>"},
		{"GOOD MISSING --format ndjson", 1, `"record":"summary"`},
	} {
		args := []string{"diff"}
		for _, a := range strings.Fields(c.args) {
			args = append(args, map[string]string{"GOOD": good, "SAME": same, "MISSING": missing}[a])
			if args[len(args)-1] == "" {
				args[len(args)-1] = a
			}
		}
		code, stdout, stderr := run(t, args...)
		if code != c.code || !strings.Contains(stdout+stderr, c.want) {
			t.Errorf("%s: exit %d, want %d, %q:\n%.600s%s", c.args, code, c.code, c.want, stdout, stderr)
		}
	}
}

// TestDiffQuiet says by the exit code alone whether two captures differ.
func TestDiffQuiet(t *testing.T) {
	for name, want := range map[string]int{"same": 0, "missing": 1} {
		if code, stdout, stderr := run(t, "diff", "-q", trace("good"), trace(name)); code != want || stdout+stderr != "" {
			t.Errorf("%s: exit %d %q %q", name, code, stdout, stderr)
		}
	}
}

// TestDiffOutput writes a report to a file, or nothing when that cannot be.
func TestDiffOutput(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "r.html")
	code, stdout, stderr := run(t, "diff", "--format", "html", "-o", path, "-k", "password:secret", "--key-a=0011,2233", trace("good"), trace("missing"))
	page, err := os.ReadFile(path)
	if code != 1 && code != 2 || stdout != "" || code == 1 && (err != nil || !strings.Contains(string(page), "smbdiff diff --format html -o r.html -k KEYS --key-a=KEYS ")) {
		t.Errorf("exit %d %q %q %v", code, stdout, stderr, err)
	}
	if strings.Contains(string(page), "secret") || strings.Contains(string(page), "2233") {
		t.Error("the page holds what was given as keys")
	}
	if code, _, stderr := run(t, "diff", "-o", filepath.Join(dir, "no", "r"), trace("good"), trace("same")); code != 2 || !strings.Contains(stderr, "no such file") {
		t.Errorf("exit %d %s", code, stderr)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".smbdiff-*")); len(left) > 0 {
		t.Error("left behind:", left)
	}
}

func TestMasksVerb(t *testing.T) {
	for args, want := range map[string]string{"": "two-sided  captures of one run", "default": "smb2.sesid", "strict": "client guid", "none": "FIELD"} {
		code, out, stderr := run(t, append([]string{"masks"}, strings.Fields(args)...)...)
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("masks %s: exit %d\n%s%s", args, code, out, stderr)
		}
	}
	if code, _, _ := run(t, "masks", "nothere"); code != 2 {
		t.Errorf("exit %d", code)
	}
}

// TestLearnVerb learns from equal runs and finds a change with that.
func TestLearnVerb(t *testing.T) {
	path := filepath.Join(t.TempDir(), "masks.toml")
	if code, out, stderr := run(t, "learn", trace("noise-1"), trace("noise-2"), trace("noise-3"), "-o", path); code != 0 || out != "" {
		t.Fatalf("exit %d %s%s", code, out, stderr)
	}
	if code, out, _ := run(t, "diff", "--mask", path, trace("noise-1"), trace("noise-2")); code != 0 {
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, out, _ := run(t, "diff", "--mask", path, trace("noise-1"), trace("noise-bad")); code != 1 || !strings.Contains(out, "smb2.file_attribute") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, _, stderr := run(t, "learn", trace("good"), trace("missing"), "-o", path, "--force"); code != 0 || !strings.Contains(stderr, "hidden by 4 of 4 learned masks") {
		t.Errorf("exit %d %s", code, stderr)
	}
	for _, c := range []struct{ args, has, lacks string }{
		{"--ignore smb2.nt_status", "smbdiff.operation", "smb2.nt_status\""},
		{"--filter cmd==CREATE", "smb2.nt_status", "smbdiff.operation"},
	} {
		args := append([]string{"learn", trace("good"), trace("missing"), "--mask-status"}, strings.Fields(c.args)...)
		if _, out, stderr := run(t, args...); !strings.Contains(out, c.has) || strings.Contains(out, c.lacks) {
			t.Errorf("%s: %s\n%s", c.args, stderr, out)
		}
	}
	if code, _, stderr := run(t, "learn", trace("good")); code != 2 || !strings.Contains(stderr, "takes at least 2") {
		t.Errorf("exit %d %s", code, stderr)
	}
}
