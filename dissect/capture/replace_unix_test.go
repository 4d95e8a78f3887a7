//go:build unix

package capture

import (
	"os"
	"path/filepath"
	"testing"
)

// TestWriteDevice leaves a device what it is.
func TestWriteDevice(t *testing.T) {
	link := filepath.Join(t.TempDir(), "null")
	if err := os.Symlink(os.DevNull, link); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(link, 0o600, put("gone")); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(link); err != nil || st.Mode().IsRegular() {
		t.Errorf("the device is a file now")
	}
}
