package diff

import (
	"fmt"
	"strings"
	"testing"

	"smbdiff/dissect"
)

// TestSymmetry compares captures that have little in common, both ways.
func TestSymmetry(t *testing.T) {
	list := []string{"good", "missing", "good-lost", "good-midstream", "sc-NT1-meta-plain", "sc-SMB2_10-links-plain", "torture-compound-210",
		"rec-durable", "auth-wrongpw-SMB3_02", "cause-dialect", "cause-kchannels", "exotic-neg"}
	both := func(a, b string) {
		x, y := load(t, pcap(a), true), load(t, pcap(b), true)
		checkTurned(t, a+" "+b, x, y, Traces(x, y, Options{}), Options{})
	}
	for i, a := range list {
		for _, b := range list[i+1:] {
			both(a, b)
		}
	}
	both("cause-missing", "sc-encreq-multi") // part of the second stays sealed
}

// checkTurned compares the other way round: the report is the same one, sides
// swapped.
func checkTurned(t *testing.T, name string, a, b *dissect.Trace, r *Result, o Options) {
	t.Helper()
	there, back := tale(r, false), tale(Traces(b, a, o), true)
	left := map[string]int{}
	for _, l := range there {
		left[l]++
	}
	for _, l := range back {
		left[l]--
	}
	for _, l := range append(there, back...) {
		if left[l] != 0 {
			t.Errorf("%s: %+d the other way round: %s", name, -left[l], l)
			left[l] = 0
		}
	}
}

// tale gives what a result tells, a line for each of its facts, with B for A when
// turned is set. The order is that of the lines, but for rows.
func tale(r *Result, turned bool) (out []string) {
	swap := map[string]string{"only_a": "only_b", "only_b": "only_a", "add": "remove", "remove": "add", "missing": "extra", "extra": "missing"}
	word := func(s string) string {
		if x, ok := swap[s]; ok && turned {
			return x
		}
		return s
	}
	sides := func(a, b any) string {
		if turned {
			a, b = b, a
		}
		return fmt.Sprint(a, " | ", b)
	}
	ops := func(i int) string { return sides(r.Rows[i].A, r.Rows[i].B) }
	for g, n := range r.Counts {
		out = append(out, fmt.Sprint(word(Grade(g).String()), " ", n))
	}
	out = append(out, fmt.Sprint(r.Verdict, r.Exit, r.Unread, r.Left))
	if f := r.First; f != nil {
		out = append(out, fmt.Sprint("first ", ops(f.Row), word(f.Reason), f.Field, f.Suspect, ", any ", ops(r.FirstAny)))
	}
	for i, c := range r.Causes {
		out = append(out, fmt.Sprint("cause ", i, " ", ops(c.Row), c.Field, c.Path, sides(c.A, c.B), c.Why))
	}
	c := r.Comparer()
	for i := range r.Rows {
		row := &r.Rows[i]
		a, b := r.pairOps(row)
		line := "row " + ops(i)
		out = append(out, fmt.Sprint(line, " ", word(row.Grade.String()), row.Moved, row.side(), row.Out, sides(a.CommandName(), b.CommandName()),
			sides(r.name(0)(a.Path), r.name(1)(b.Path))))
		for n, ch := range c.Compare(*row) {
			out = append(out, fmt.Sprint(line, " field ", n, " ", ch.Name, " ", ch.Path, word(ch.Op), sides(ch.A, ch.B), sides(ch.FrameA, ch.FrameB), ch.Masked))
		}
	}
	return out
}

// TestEntryPath looks at entries that have another key on each side: their paths
// are the same ones whichever side is A, and masks find them by both keys.
func TestEntryPath(t *testing.T) {
	all := defs()
	ace := func(sid, v string) string { return "nt.ace/\n  nt.sid " + sid + "\n  x.v " + v + "\n" }
	a, b := ace("S-1", "1")+ace("S-2", "2"), ace("S-1", "1")+ace("S-7", "3")
	for ignore, want := range map[string]string{
		"":                     "nt.ace[1]/nt.sid replace S-2 > S-7\nnt.ace[1]/x.v replace 2 > 3",
		"*/nt.ace[S-2]/x.v":    "nt.ace[1]/nt.sid replace S-2 > S-7\nnt.ace[1]/x.v replace 2 > 3 ~ignore",
		"*/nt.ace[S-7]/nt.sid": "nt.ace[1]/nt.sid replace S-2 > S-7 ~ignore\nnt.ace[1]/x.v replace 2 > 3",
		"*/nt.ace[1]/x.v":      "nt.ace[1]/nt.sid replace S-2 > S-7\nnt.ace[1]/x.v replace 2 > 3 ~ignore",
		"*/nt.ace[S-3]/*":      "nt.ace[1]/nt.sid replace S-2 > S-7\nnt.ace[1]/x.v replace 2 > 3",
	} {
		var globs []string
		if ignore != "" {
			globs = []string{ignore}
		}
		c := &Comparer{mask: newMask(NewMasks("default", globs, nil))}
		c.differ(PartResponse, plant(all, a), plant(all, b))
		if got := strings.ReplaceAll(listed(c), "ignore "+ignore, "ignore"); got != want {
			t.Errorf("%q: %s, want %s", ignore, got, want)
		}
		turned := &Comparer{mask: newMask(NewMasks("default", globs, nil)), lead: 1}
		turned.differ(PartResponse, plant(all, b), plant(all, a))
		if got := strings.NewReplacer("S-7 > S-2", "S-2 > S-7", "3 > 2", "2 > 3", "ignore "+ignore, "ignore").Replace(listed(turned)); got != want {
			t.Errorf("%q turned: %s, want %s", ignore, got, want)
		}
	}
}
