package main

import (
	"flag"
	"slices"
	"strings"
	"testing"
)

// TestHelp checks that each page fits 80 columns and that every flag of diff is
// told of.
func TestHelp(t *testing.T) {
	for _, words := range []string{"", "diff", "dump", "stats", "learn", "masks", "decrypt", "view", "filter", "json", "exit"} {
		code, out, _ := run(t, strings.Fields("help "+words)...)
		if code != exitDone || len(out) < 100 {
			t.Errorf("help %s: exit %d\n%s", words, code, out)
		}
		for l := range strings.Lines(out) {
			if len(strings.TrimSuffix(l, "\n")) > 80 {
				t.Errorf("help %s: wide line %s", words, l)
			}
		}
		if slices.Contains([]string{"", "filter", "json", "exit"}, words) {
			continue
		}
		if _, again, _ := run(t, words, "--help"); again != out {
			t.Errorf("%s --help is not help %s:\n%s", words, words, again)
		}
		if !strings.HasPrefix(out, "usage: smbdiff ") {
			t.Errorf("help %s begins %.40q", words, out)
		}
	}
	text := usage("diff")
	s := flag.NewFlagSet("", flag.ContinueOnError)
	new(diffFlags).define(s, "diff")
	s.VisitAll(func(f *flag.Flag) {
		if !strings.Contains(text, "-"+f.Name+" ") && !strings.Contains(text, "-"+f.Name+",") && !strings.Contains(text, "-"+f.Name+":") {
			t.Errorf("help diff is silent on %s", f.Name)
		}
	})
	if code, _, stderr := run(t, "help", "dif"); code != exitTrouble || !strings.Contains(stderr, "did you mean diff?") {
		t.Errorf("help dif: exit %d, %s", code, stderr)
	}
}
