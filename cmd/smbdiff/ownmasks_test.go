package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestOwnMasks finds the user's own masks by their name, behind sets and files.
func TestOwnMasks(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	dir := filepath.Join(config, "smbdiff", "masks")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"mynas.toml", "strict.toml"} {
		if err := os.WriteFile(filepath.Join(dir, n), []byte("[[mask]]\nfield = \"smb2.filename\"\nhow = \"drop\"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"mynas": filepath.Join(dir, "mynas.toml"), "strict": "strict", "other": "other", "./mynas": "./mynas", "masks.go": "masks.go"} {
		if got := maskPath(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	f, err := parseFlags("diff", []string{"a", "b", "--mask", "mynas"})
	if err != nil || f.masks.Name != "mynas.toml" {
		t.Errorf("--mask mynas: %v", err)
	}
}
