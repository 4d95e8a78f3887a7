package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestConfig takes the keys of smbcmp over, once, and shows what is in force.
func TestConfig(t *testing.T) {
	home := t.TempDir()
	for name, value := range map[string]string{"HOME": home, "USERPROFILE": home, "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": "", "NO_COLOR": "", "TERM": "xterm"} {
		t.Setenv(name, value)
	}
	run := func(args ...string) (int, string) {
		var out bytes.Buffer
		a := &app{stdout: &out, stderr: &out}
		return a.run(append([]string{"config"}, args...)), strings.ReplaceAll(out.String(), `\`, "/")
	}
	check := func(code int, want string, args ...string) {
		t.Helper()
		got, out := run(args...)
		if out = strings.Join(strings.Fields(out), " "); got != code || !strings.Contains(out, want) {
			t.Errorf("config %v: %d %s; want %d %s", args, got, out, code, want)
		}
	}
	check(exitDone, "file ~/.config/smbdiff/config.toml settings of the screen not there", "show")
	check(exitTrouble, "~/.smbcmp: there is no such file", "import-smbcmp")
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(home, ".smbcmp"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("[global]\nkey_bwin_next = B\n")
	check(exitDone, "~/.config/smbdiff/config.toml: written", "import-smbcmp")
	check(exitDone, "detail-down B lists, details config.toml:5", "show")
	write("[global]\nkey_bwin_next = V\n")
	check(exitTrouble, "~/.config/smbdiff/config.toml: is there already", "import-smbcmp")
	check(exitDone, "detail-down B ", "show")
	check(exitDone, "written", "import-smbcmp", "--force")
	check(exitDone, "detail-down V ", "show")
	other := filepath.Join(t.TempDir(), "other.toml")
	if err := os.WriteFile(other, []byte("theme = \"mono\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	check(exitDone, "theme mono colours other.toml:1", "show", "--config", other)
	check(exitDone, "not read", "show", "--no-config")
	check(exitDone, "detail-down b lists", "show", "--no-config")
	check(exitTrouble, "absent.toml: there is no such file", "show", "--config", filepath.Join(home, "absent.toml"))
	check(exitTrouble, "config show --conf x: unknown", "show", "--conf", "x")
	t.Setenv("NO_COLOR", "1")
	check(exitDone, "theme mono colours $NO_COLOR", "show")
	check(exitTrouble, "config shown: unknown", "shown")
	check(exitDone, "usage: smbdiff config show", "help")
}
