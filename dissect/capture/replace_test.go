package capture

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func put(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// TestWriteFile has an output there as a whole, or not at all.
func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	if err := WriteFile(path, 0o600, put("first")); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("half way")
	err := WriteFile(path, 0o600, func(w io.Writer) error {
		io.WriteString(w, "second")
		return failed
	})
	if err != failed {
		t.Errorf("error %v, want that of the writer", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "first" {
		t.Errorf("the file holds %q after a failure", text)
	}
	if all, _ := os.ReadDir(dir); len(all) != 1 {
		t.Errorf("%d files stand in the folder, want one", len(all))
	}
	if err := WriteFile(dir, 0o600, put("")); err == nil || !strings.HasPrefix(err.Error(), dir+": ") {
		t.Errorf("a directory gives %v", err)
	}
}
