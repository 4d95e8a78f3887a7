package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports guards the direction of imports: what a folder must not know.
func TestImports(t *testing.T) {
	for _, c := range []struct {
		packages string
		never    []string
	}{
		{"smbdiff/dissect/...", []string{"smbdiff/decrypt", "smbdiff/diff", "smbdiff/tui", "smbdiff/keys"}},
		{"smbdiff/dissect/field", []string{"smbdiff/dissect/"}},
		{"smbdiff/dissect/capture", []string{"smbdiff/dissect/smb1", "smbdiff/dissect/smb2", "smbdiff/dissect/conv"}},
		{"smbdiff/decrypt/...", []string{"smbdiff/diff", "smbdiff/tui"}},
		{"smbdiff/keys/...", []string{"smbdiff/decrypt", "smbdiff/dissect", "smbdiff/diff", "smbdiff/tui"}},
		{"smbdiff/diff/...", []string{"smbdiff/decrypt", "smbdiff/keys", "smbdiff/tui"}},
		{"smbdiff/tui/...", []string{"smbdiff/decrypt", "smbdiff/keys"}},
		{"smbdiff/cmd/smbpair/...", []string{"smbdiff/diff", "smbdiff/tui"}},
		{"smbdiff/tui/state", []string{"github.com/rivo/tview", "github.com/gdamore/tcell"}},
	} {
		out, err := exec.Command("go", "list", "-deps", c.packages).Output()
		if err != nil {
			t.Fatalf("%s: %v", c.packages, err)
		}
		for _, p := range strings.Fields(string(out)) {
			for _, n := range c.never {
				if strings.HasPrefix(p, n) && p != strings.TrimSuffix(c.packages, "/...") {
					t.Errorf("%s imports %s", c.packages, p)
				}
			}
		}
	}
}
