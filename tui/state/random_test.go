package state

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestRandomKeys presses keys at random on several pairs and sizes; the screen
// must stay whole.
func TestRandomKeys(t *testing.T) {
	var names []string
	for _, b := range bindings() {
		if b.action != Suspend && b.action != Redraw {
			names = append(names, strings.Fields(b.keys)...)
		}
	}
	filters := []string{"", "cmd == create", "zzz", "!(status == success)", "op in {5..20}", `smb2.filename contains "a" || differs`}
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range [][2]string{{"good.pcap", ""}, {"good.pcap", "missing.pcap"}, {"good.pcap", "good-midstream.pcap"},
		{"notify-NT1.pcap", "torture-notify-210.pcap"}, {"auth-anon-SMB3_11.pcap", "good-lost.pcap"}} {
		config := Config{A: openSide(t, c[0], false)}
		if c[1] != "" {
			b := openSide(t, c[1], false)
			config.B = &b
		}
		s := New(config)
		s.Start()
		for i := range 400 {
			switch n := r.IntN(40); {
			case n == 0:
				s.Click(r.IntN(120), r.IntN(50))
			case n == 1:
				s.Wheel(r.IntN(50), r.IntN(7)-3)
			case n == 2:
				if err := s.SetFilter(filters[r.IntN(len(filters))]); err != nil {
					t.Fatal(err)
				}
			default:
				s.Press(names[r.IntN(len(names))])
			}
			if r.IntN(3) == 0 {
				s.Tick()
			}
			if i%50 == 49 {
				s.Wait()
			}
			w, h := 50+r.IntN(120), 10+r.IntN(40)
			for k, l := range s.Lines(w, h) {
				if got := l.width(); got != w {
					t.Fatalf("%v: step %d: line %d has %d cells, want %d: %q", c, i, k, got, w, l)
				}
			}
		}
		s.Wait()
		if err := s.Err(); err != nil {
			t.Fatal(err)
		}
		s.Close()
	}
}
