package diff

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"smbdiff/dissect"
	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
)

const (
	maxRounds   = 5  // of widening rules until all runs are equal
	maxPairs    = 45 // of runs that are compared
	maxSamples  = 64 // kept of one field
	maxEvidence = 3  // told of one rule
	maxScopes   = 3  // objects to which one rule is bound
)

// Learned is masks that make runs equal.
type Learned struct {
	Runs   []string // files of the runs
	Pairs  int      // of runs that were compared
	Left   int      // rows that still differ
	Unread int      // rows that could not be compared

	extends []string
	found   []*finding
}

// Learn compares runs that should be equal, each with each other, and finds the
// narrowest rules that make them so, on top of the masks that names say.
func Learn(runs []*dissect.Trace, names []string, o Options) (*Learned, error) {
	l := &Learned{extends: names}
	if len(names) == 0 {
		l.extends = []string{"default"}
	}
	for _, t := range runs {
		l.Runs = append(l.Runs, side(t).File)
	}
	known := map[findingKey]*finding{}
	for round := range maxRounds {
		masks, err := l.masks()
		if err != nil {
			return nil, err
		}
		o.Masks = masks
		l.Left, l.Unread, l.Pairs = 0, 0, 0
		for i := range runs {
			for j := i + 1; j < len(runs) && l.Pairs < maxPairs; j++ {
				l.Pairs++
				r := Traces(runs[i], runs[j], o)
				l.Left, l.Unread = l.Left+r.Differ(), l.Unread+r.Unread
				l.gather(known, r, l.Pairs, round)
			}
		}
		if l.Left == 0 {
			break
		}
	}
	return l, nil
}

// masks gives the rules found so far on top of those that were given.
// Outcomes is how many of the rules hide an outcome: a status, a missing answer or
// a missing operation.
func (l *Learned) Outcomes() (n int) {
	for i := range l.found {
		if outcomes(l.found[i].name) {
			n++
		}
	}
	return n
}

func (l *Learned) masks() (*Masks, error) {
	m := &Masks{Name: "learned"}
	var text strings.Builder
	l.rules(&text, func(name string) string { return name })
	return m, m.file("", []byte(text.String()), 0)
}

type findingKey struct {
	name, command, op string
	part              int
	object            string // of the operations, unnamed where it differs too
}

// unnamed stands for objects that have another name in each run.
const unnamed = "\x00"

// finding is a field that differs among runs that should be equal.
type finding struct {
	findingKey
	samples []sample
	paths   map[string]bool // of the field
	objects map[string]bool // names of what the operations worked on
	pairs   map[int]bool    // of runs
	seen    map[seenAt]bool // differences
	level   int             // how often its rule was not enough
	round   int             // in which it was seen last
}

// seenAt is where a difference was seen: as often as rules were tried, it is one.
type seenAt struct {
	pair int
	ops  [2]uint32
	path string
}

// sample is one difference.
type sample struct {
	Change
	pair   int
	ops    [2]uint32
	object [2]string
}

func (l *Learned) gather(known map[findingKey]*finding, r *Result, pair, round int) {
	c := r.Comparer()
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Out || !row.Grade.Shows() {
			continue
		}
		a, b := r.pairOps(row)
		s := sample{pair: pair, ops: [2]uint32{row.A, row.B}, object: [2]string{r.traces[0].Name(a.Path), r.traces[1].Name(b.Path)}}
		o := &a
		if row.A == 0 {
			o, s.object[0] = &b, s.object[1]
		} else if row.B == 0 {
			s.object[1] = s.object[0]
		}
		if row.A == 0 || row.B == 0 {
			result := string(o.AppendResult(nil))
			s.Change = Change{Name: nameOperation, Path: nameOperation, Op: "replace", A: result, B: result}
			l.note(known, o, s, round)
			continue
		}
		for _, ch := range c.Compare(*row) {
			if ch.Masked == "" {
				s.Change = ch
				l.note(known, o, s, round)
			}
		}
	}
}

func (l *Learned) note(known map[findingKey]*finding, o *op.Op, s sample, round int) {
	k := findingKey{name: s.Name, command: o.CommandName(), part: s.Part, op: s.Op, object: s.object[0]}
	if s.object[0] != s.object[1] {
		k.object = unnamed
	}
	if s.Op != "replace" || s.placed != "" {
		k.op = "presence"
	}
	if s.order {
		k.op = "order"
	}
	f := known[k]
	if f == nil {
		f = &finding{findingKey: k, paths: map[string]bool{}, objects: map[string]bool{}, pairs: map[int]bool{}, seen: map[seenAt]bool{}, round: round}
		known[k] = f
		l.found = append(l.found, f)
	}
	if f.round != round {
		f.level, f.round = f.level+1, round
	}
	if s.sides[0] != "" {
		f.paths[s.sides[0]], f.paths[s.sides[1]] = true, true
	} else {
		f.paths[s.Path] = true
	}
	f.objects[s.object[0]], f.objects[s.object[1]], f.pairs[s.pair] = true, true, true
	if at := (seenAt{s.pair, s.ops, s.Path}); !f.seen[at] {
		f.seen[at] = true
		if len(f.samples) < maxSamples {
			f.samples = append(f.samples, s)
		}
	}
}

// Write writes the mask file, which will stand in the folder dir.
func (l *Learned) Write(out io.Writer, dir string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Learned from %d runs that should be equal:\n", len(l.Runs))
	for _, f := range l.Runs {
		b.WriteString("#   " + comment(f) + "\n")
	}
	if l.Left > 0 {
		fmt.Fprintf(&b, "# With these masks %s of %s still differ.\n", number(l.Left, "row"), number(l.Pairs, "pair"))
	}
	l.rules(&b, func(name string) string {
		if slices.ContainsFunc(Sets(), func(s Set) bool { return s.Name == name }) || filepath.IsAbs(name) {
			return name
		}
		if rel, err := filepath.Rel(dir, name); err == nil {
			return filepath.ToSlash(rel)
		}
		return name
	})
	_, err := io.WriteString(out, b.String())
	return err
}

// Rules is how many rules were found.
func (l *Learned) Rules() int { return len(l.found) }

func (l *Learned) rules(b *strings.Builder, file func(string) string) {
	list := make([]string, len(l.extends))
	for i, n := range l.extends {
		list[i] = quoteTOML(file(n))
	}
	b.WriteString("extends = [" + strings.Join(list, ", ") + "]\n")
	found := l.merged()
	slices.SortStableFunc(found, func(x, y *finding) int {
		return cmp.Or(strings.Compare(x.name, y.name), strings.Compare(x.command, y.command), cmp.Compare(x.part, y.part),
			strings.Compare(x.op, y.op), strings.Compare(x.object, y.object))
	})
	for i, f := range found {
		f.evidence(b, l.Pairs)
		f.rule(b, i+1)
	}
}

// merged gives the findings, those of many objects as one.
func (l *Learned) merged() (out []*finding) {
	byField := map[findingKey][]*finding{}
	for _, f := range l.found {
		k := f.findingKey
		k.object = ""
		byField[k] = append(byField[k], f)
	}
	for _, f := range l.found {
		k := f.findingKey
		k.object = ""
		list := byField[k]
		if len(list) <= maxScopes {
			out = append(out, f)
			continue
		}
		if list[0] == f {
			out = append(out, merge(k, list))
		}
	}
	return out
}

// merge makes one finding of those of several objects.
func merge(k findingKey, list []*finding) *finding {
	all := &finding{findingKey: k, paths: map[string]bool{}, objects: map[string]bool{}, pairs: map[int]bool{}, seen: map[seenAt]bool{}}
	all.object = unnamed
	for _, f := range list {
		all.samples = append(all.samples, f.samples...)
		maps.Copy(all.seen, f.seen)
		all.level = max(all.level, f.level)
		maps.Copy(all.paths, f.paths)
		maps.Copy(all.objects, f.objects)
		maps.Copy(all.pairs, f.pairs)
	}
	return all
}

// evidence tells in a comment what was seen.
func (f *finding) evidence(b *strings.Builder, pairs int) {
	fmt.Fprintf(b, "\n# %s %s %s: %s in %d of %s\n", f.command, partNames[f.part], f.name, number(len(f.seen), "difference"), len(f.pairs), number(pairs, "pair"))
	for i := range f.samples {
		if i == maxEvidence {
			fmt.Fprintf(b, "#   and %d more\n", len(f.seen)-i)
			break
		}
		s := &f.samples[i]
		line := "op " + opNumber(s.ops[0]) + " / " + opNumber(s.ops[1])
		if s.object[0] != "" {
			line += " " + s.object[0]
		}
		switch {
		case s.ops[0] == 0:
			line += ": only in B, " + s.B
		case s.ops[1] == 0:
			line += ": only in A, " + s.A
		default:
			line += ": " + shorten(orNone(s.A)) + " vs " + shorten(orNone(s.B))
		}
		b.WriteString("#   " + comment(line) + "\n")
	}
}

func comment(s string) string { return field.Safe(s) }
