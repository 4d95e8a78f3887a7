package state

import (
	"fmt"
	"slices"
	"testing"
)

// rowsOf makes rows from marks.
func rowsOf(marks string) []pair {
	var out []pair
	var p [2]uint32
	for _, m := range marks {
		g := map[rune]grade{'=': equal, '~': masked, 'x': differs, '!': outcome, '<': onlyA, '>': onlyB, '#': unread}[m]
		row := pair{grade: g}
		if g != onlyB {
			p[0]++
			row.A = p[0]
		}
		if g != onlyA {
			p[1]++
			row.B = p[1]
		}
		out = append(out, row)
	}
	return out
}

func resultOf(marks string) *result {
	r := &result{Rows: rowsOf(marks), first: -1}
	n := [2]int{}
	for _, p := range r.Rows {
		n[0], n[1] = max(n[0], int(p.A)), max(n[1], int(p.B))
	}
	r.index(n)
	return r
}

func TestFold(t *testing.T) {
	for _, c := range []struct {
		marks   string
		context int
		want    string
	}{
		{"", 3, ""},
		{"======", 3, "+6"},
		{"=", 3, "0"},
		{"=====!=====", 3, "+2 2 3 4 5 6 7 8 +2"},
		{"====!====", 3, "0 1 2 3 4 5 6 7 8"},
		{"=====x=====", 0, "+5 5 +5"},
		{"x~~x", 0, "0 +2 3"},
		{"x======!", 2, "0 1 2 +2 5 6 7"},
		{"<>#", 1, "0 1 2"},
	} {
		b := &build{}
		b.fold(resultOf(c.marks), c.context)
		got, done := b.state()
		text := ""
		for _, e := range got {
			if text != "" {
				text += " "
			}
			if e.fold > 0 {
				text += fmt.Sprintf("+%d", e.fold)
			} else {
				text += fmt.Sprint(e.row)
			}
		}
		if text != c.want || !done {
			t.Errorf("%s with context %d: %s, want %s", c.marks, c.context, text, c.want)
		}
	}
}

func TestNextDiff(t *testing.T) {
	r := resultOf("=!==x=<")
	for _, c := range []struct {
		row        uint32
		next, prev int
	}{{0, 1, -1}, {1, 4, -1}, {2, 4, 1}, {4, 6, 1}, {6, -1, 4}} {
		if got := r.nextDiff(c.row, false); got != c.next {
			t.Errorf("behind %d: %d, want %d", c.row, got, c.next)
		}
		if got := r.nextDiff(c.row, true); got != c.prev {
			t.Errorf("before %d: %d, want %d", c.row, got, c.prev)
		}
	}
	if !slices.Equal(r.rowOf[0], []uint32{0, 1, 2, 3, 4, 5, 6}) || !slices.Equal(r.rowOf[1], []uint32{0, 1, 2, 3, 4, 5}) {
		t.Errorf("rows by operation: %v", r.rowOf)
	}
	if r.place(4) != 2 || r.place(5) != 0 {
		t.Errorf("place of a difference: %d, %d", r.place(4), r.place(5))
	}
}
