package diff

import (
	"slices"
	"testing"
)

// TestTally holds what is counted of each rule against a comparison without
// that rule.
func TestTally(t *testing.T) {
	for _, pair := range [][2]string{{"good", "missing"}, {"noise-1", "noise-2"}} {
		a, b := load(t, pcap(pair[0]), true), load(t, pcap(pair[1]), true)
		m := NewMasks("default", nil, nil)
		r := Traces(a, b, Options{Masks: m})
		hits := r.Tally(nil)
		if len(hits) != len(m.rules) {
			t.Fatalf("%d hits of %d rules", len(hits), len(m.rules))
		}
		seen := 0
		for i := range m.rules {
			h := hits[i]
			without := *m
			without.rules = slices.Delete(slices.Clone(m.rules), i, i+1)
			other := Traces(a, b, Options{Masks: &without})
			rows, first := 0, -1
			for k := range other.Rows {
				if other.Rows[k].Grade.Shows() && !r.Rows[k].Grade.Shows() {
					rows++
					if first < 0 {
						first = k
					}
				}
			}
			if rows > h.Rows || rows > 0 && first < h.First { // a later rule may hide the same
				t.Errorf("%v, rule %s: %+v, without it %d rows from %d on differ", pair, m.rules[i].glob, h, rows, first)
			}
			if h.Rows > 0 && rows == h.Rows && first == h.First {
				seen++
			}
			if h.Hides > 0 && m.rules[i].glob != nameOperation && m.rules[i].glob != nameProblem && h.A+h.B == 0 {
				t.Errorf("%v, rule %s hides %d values of no field", pair, m.rules[i].glob, h.Hides)
			}
		}
		if seen < 8 {
			t.Errorf("%v: %d rules are counted exactly", pair, seen)
		}
		if i := slices.IndexFunc(m.rules, func(r rule) bool { return r.glob == "smb2.credits.*" }); hits[i].A < 100 || hits[i].B < 90 {
			t.Errorf("%v: credits: %+v", pair, hits[i])
		}
	}
}

// TestTallyStops checks that counting ends when it is told to.
func TestTallyStops(t *testing.T) {
	a, b := load(t, pcap("good"), true), load(t, pcap("missing"), true)
	if got := Traces(a, b, Options{}).Tally(func(int, int) bool { return false }); got != nil {
		t.Errorf("%d hits", len(got))
	}
}
