package state

import (
	"os"
	"path/filepath"
	"strings"
)

// completePath completes the name of a file as far as there is one way only, or
// takes the first. Names that would disturb a screen are left out.
func completePath(text string) string {
	dir, base := filepath.Split(text)
	from := dir
	if from == "" {
		from = "."
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return text
	}
	same, first, found := "", "", 0
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, base) || base == "" && name[0] == '.' || safe(name) != name {
			continue
		}
		if e.IsDir() {
			name += string(filepath.Separator)
		}
		if found++; found == 1 {
			same, first = name, name
		}
		for !strings.HasPrefix(name, same) {
			same = same[:len(same)-1]
		}
	}
	switch {
	case found == 0:
		return text
	case len(same) > len(base):
		return dir + same
	}
	return dir + first
}

// completeLast completes the name of a file that is the last word of a text.
func completeLast(text string) string {
	i := strings.LastIndexByte(text, ' ') + 1
	return text[:i] + completePath(text[i:])
}
