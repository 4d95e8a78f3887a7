//go:build unix

package wrap

import (
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age/plugin"
)

// TestPlugin has this program, by another name, be the plugin.
func TestPlugin(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, "age-plugin-echo")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	wrapped := wrapFor(t, plugin.EncodeRecipient("echo", []byte("to me")))
	id := file(t, dir, "id", plugin.EncodeIdentity("echo", []byte("me")))
	check(t, "plugin", &Opener{Files: []string{id}, UI: new(plugin.ClientUI)}, wrapped, "")
}
