package diff

import "testing"

// TestSymmetry compares captures that have little in common, both ways.
func TestSymmetry(t *testing.T) {
	list := []string{"good", "missing", "good-lost", "good-midstream", "sc-NT1-meta-plain", "sc-SMB2_10-links-plain", "torture-compound-210",
		"rec-durable", "auth-wrongpw-SMB3_02", "cause-dialect", "exotic-neg"}
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
