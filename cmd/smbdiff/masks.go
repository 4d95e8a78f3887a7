package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"smbdiff/diff"
	"smbdiff/dissect/field"
)

// masksVerb lists the shipped sets, or the rules of a set or a file; list, show
// and check may stand before it.
func (a *app) masksVerb(f *flags) int {
	names, check := f.files, false
	if len(names) > 0 {
		switch word := names[0]; {
		case word == "list" && len(names) == 1:
			return a.sets()
		case (word == "show" || word == "check") && len(names) == 2:
			names, check = names[1:], word == "check"
		}
	}
	if len(names) > 1 {
		return a.fail(usageError{what: "masks " + strings.Join(names, " ") + ": unknown", hint: "smbdiff help masks"})
	}
	if len(names) == 0 {
		names = f.maskNames
	}
	if len(names) == 0 {
		return a.sets()
	}
	m, err := diff.LoadMasks(maskPaths(names), f.ignore, f.only)
	if err != nil {
		return a.fail(err)
	}
	if check {
		return a.table([][]string{{names[0] + ": " + several(len(m.List()), "rule")}})
	}
	rows := [][]string{{"FIELD", "HOW", "SCOPE", "NAME"}}
	for _, r := range m.List() {
		rows = append(rows, []string{r.Field, r.How, r.Scope, r.Name})
	}
	return a.table(rows)
}

// maskPaths gives names as LoadMasks wants them.
func maskPaths(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, maskPath(n))
	}
	return out
}

// maskPath gives the path of one of the user's own masks that is named without
// it; sets and paths stay as they are.
func maskPath(name string) string {
	if strings.ContainsAny(name, `/\`) || slices.ContainsFunc(diff.Sets(), func(s diff.Set) bool { return s.Name == name }) {
		return name
	}
	if _, err := os.Stat(name); err == nil {
		return name
	}
	own := userFile("XDG_CONFIG_HOME", ".config", filepath.Join("masks", name+".toml"))
	if _, err := os.Stat(own); own == "" || err != nil {
		return name
	}
	return own
}

func (a *app) sets() int {
	rows := [][]string{{"SET", "WHAT"}}
	for _, s := range diff.Sets() {
		rows = append(rows, []string{s.Name, s.What})
	}
	return a.table(rows)
}

// table writes columns that are as wide as they need to be.
func (a *app) table(rows [][]string) int {
	var width [8]int
	for _, r := range rows {
		for i, c := range r {
			width[i] = max(width[i], len([]rune(field.Safe(c))))
		}
	}
	err := a.output("", 0, func(w io.Writer) error {
		for _, r := range rows {
			line := ""
			for i, c := range r {
				c = field.Safe(c)
				line += c + strings.Repeat(" ", width[i]-len([]rune(c))+2)
			}
			if _, err := io.WriteString(w, strings.TrimRight(line, " ")+"\n"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return a.fail(err)
	}
	return exitDone
}
