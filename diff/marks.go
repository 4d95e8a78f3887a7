package diff

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Span is a run of bytes of a text, from From to before To.
type Span struct{ From, To int }

// markMost bounds the texts of which the changed parts are looked for.
const markMost = 2048

// Marks gives the parts of two texts that differ, for marks inside a value. It
// gives none where the texts have too little in common for marks to help.
func Marks(a, b string) (x, y []Span) {
	if a == b || len(a) > markMost || len(b) > markMost || !utf8.ValidString(a) || !utf8.ValidString(b) {
		return nil, nil
	}
	if na, nb := flagsIn(a), flagsIn(b); na != nil && nb != nil && len(na)+len(nb) > 2 {
		if x, y = flagMarks(na, nb), flagMarks(nb, na); x != nil || y != nil {
			return x, y
		}
	}
	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // the result must not hang on a clock
	var i, j, same int
	for _, p := range d.DiffCleanupSemantic(d.DiffMain(a, b, false)) {
		n := len(p.Text)
		switch p.Type {
		case diffmatchpatch.DiffEqual:
			i, j, same = i+n, j+n, same+n
		case diffmatchpatch.DiffDelete:
			x, i = append(x, Span{i, i + n}), i+n
		case diffmatchpatch.DiffInsert:
			y, j = append(y, Span{j, j + n}), j+n
		}
	}
	if same*3 < min(len(a), len(b)) || same == 0 {
		return nil, nil
	}
	return x, y
}

// flagsIn gives the names in A|B (0x3), nil of other texts.
func flagsIn(s string) []string {
	if names, ok := flagNames(s); ok && strings.Contains(s, " (0x") {
		return names
	}
	return nil
}

// flagMarks gives the flags of a list that the other one does not have; those
// that follow each other are one part.
func flagMarks(list, other []string) (out []Span) {
	at, before := 0, false
	for _, name := range list {
		alone := !slices.Contains(other, name)
		switch {
		case alone && before:
			out[len(out)-1].To = at + len(name)
		case alone:
			out = append(out, Span{at, at + len(name)})
		}
		at, before = at+len(name)+1, alone
	}
	return out
}
