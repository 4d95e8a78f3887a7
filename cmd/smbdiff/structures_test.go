package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"smbdiff/dissect/filter"
)

// TestStructures holds the table of structures against the sources: each has a
// walk in the folder that it tells, known there by a name of the code, a field, a
// label or a file, and is proved by a field that tshark shows of it in real
// captures, which a filter can name here, or by a test. What is not there says why, and is of the last priority.
func TestStructures(t *testing.T) {
	const root = "../.."
	text, err := os.ReadFile(filepath.Join(root, "testdata", "structures.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	read := func(path string) string {
		b, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			return ""
		}
		return string(b)
	}
	folders := map[string]string{}
	walked := func(place string) bool {
		folder, what, ok := strings.Cut(place, " ")
		if _, done := folders[folder]; !done {
			var all strings.Builder
			names, _ := filepath.Glob(filepath.Join(root, folder, "*"))
			for _, path := range names {
				name := filepath.Base(path)
				if strings.HasSuffix(name, "_test.go") {
					continue
				}
				if ext := filepath.Ext(name); ext == ".go" || ext == ".txt" {
					all.WriteString(name + "\n" + read(filepath.Join(folder, name)) + "\n")
				}
			}
			folders[folder] = all.String()
		}
		word := `(^|[^\w.])` + regexp.QuoteMeta(what) + `($|[^\w])`
		return ok && what != "" && regexp.MustCompile(word).MatchString(folders[folder])
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
	missing := 0
	for _, l := range lines {
		f := strings.Split(l, "\t")
		if len(f) != 6 {
			t.Errorf("%d columns: %s", len(f), l)
			continue
		}
		name, priority, walk, proof := f[1], f[3], f[4], f[5]
		if why, ok := strings.CutPrefix(walk, "not there: "); ok {
			if missing++; priority != "3" || why == "" {
				t.Errorf("%s: priority %s, and it is not there", name, priority)
			}
			continue
		}
		if !walked(walk) {
			t.Errorf("%s: no walk at %s", name, walk)
		}
		if shown, ok := strings.CutPrefix(proof, "tshark "); ok {
			if _, err := filter.Parse(shown); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		} else if path, what, _ := strings.Cut(proof, " "); !strings.Contains(read(path), what) || read(path) == "" {
			t.Errorf("%s: no proof at %q", name, proof)
		}
	}
	t.Logf("%d structures, %d of them are not there", len(lines), missing)
}
