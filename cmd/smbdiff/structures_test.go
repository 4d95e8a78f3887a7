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
// walk in the file and under the name that it tells, and is proved by a field
// that tshark shows of it in real captures, which a filter can name here, or by
// a test. What is not there says why, and is of the last priority.
func TestStructures(t *testing.T) {
	const root = "../.."
	text, err := os.ReadFile(filepath.Join(root, "testdata", "structures.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	holds := func(place string, word bool) bool {
		path, what, _ := strings.Cut(place, " ")
		if _, ok := files[path]; !ok {
			b, err := os.ReadFile(filepath.Join(root, path))
			if err != nil {
				return false
			}
			files[path] = string(b)
		}
		if word {
			return regexp.MustCompile(`\b` + regexp.QuoteMeta(what) + `\b`).MatchString(files[path])
		}
		return strings.Contains(files[path], what)
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
		if !holds(walk, true) {
			t.Errorf("%s: no walk at %s", name, walk)
		}
		if shown, ok := strings.CutPrefix(proof, "tshark "); ok {
			if _, err := filter.Parse(shown); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		} else if proof == "" || !holds(proof, false) {
			t.Errorf("%s: no proof at %q", name, proof)
		}
	}
	t.Logf("%d structures, %d of them are not there", len(lines), missing)
}
