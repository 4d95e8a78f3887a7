package capture

import (
	"slices"
	"testing"
)

// TestSteps reads a capture in steps, with and without memory for them, and wants
// what Scan gives. Heads that stay must say at the end of their step what the file
// says, and have room behind them.
func TestSteps(t *testing.T) {
	port := func(n uint16) ends { return ends{"10.0.0.8", "10.0.0.9", n, 445} }
	file := dialogue(t, 4000)
	for _, more := range [][]byte{port(1).transfer(t, 1, 1448), dialogue(t, 2000), port(2).transfer(t, 1, 60000), dialogue(t, 1000)} {
		file = append(file, more[pcapFileHeader:]...)
	}
	f := openBytes(t, "x.pcap", file[:len(file)-100])
	want, sum := events(t, f)
	for _, room := range [][]byte{nil, make([]byte, RoomSize), make([]byte, 256<<10+Spare)} {
		for _, few := range []int{1, 100, len(want) + 1} {
			var (
				got   []string
				steps = f.Steps(Options{})
				held  []PDU
				count int
				stays int
			)
			for more := true; more; {
				held, count = held[:0], 0
				more = steps.Next(room, func(p *PDU) bool {
					got = append(got, eventText(t, f, p))
					if p.Stays {
						q := *p
						q.Extents = slices.Clone(p.Extents)
						held = append(held, q)
					}
					count++
					return count < few
				})
				for _, p := range held {
					eventText(t, f, &p)
					if cap(p.Head)-len(p.Head) < Spare {
						t.Fatalf("no room behind the head of a PDU of frame %d", p.Frame)
					}
				}
				stays += len(held)
			}
			again, err := steps.End()
			if err != nil || !slices.Equal(got, want) || again.Frames != sum.Frames || len(again.Damage) != len(sum.Damage) {
				t.Errorf("%d bytes of room, %d PDUs a step: %d events and %+v, want %d and %+v (%v)", len(room), few, len(got), again, len(want), sum, err)
			}
			if (room != nil) != (stays > 0) || few > len(want) && room != nil && stays < 5000 {
				t.Errorf("%d bytes of room, %d PDUs a step: %d heads stay", len(room), few, stays)
			}
		}
	}
}
