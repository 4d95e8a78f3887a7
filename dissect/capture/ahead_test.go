package capture

import (
	"runtime"
	"slices"
	"testing"
)

// TestAhead wants the same from a capture read ahead as from one that is not:
// long messages in short segments, then short messages, then long segments that
// are passed over, then short segments again, up to a cut in a packet.
func TestAhead(t *testing.T) {
	port := func(n uint16) ends { return ends{"10.0.0.8", "10.0.0.9", n, 445} }
	file := port(1).transfer(t, 4, 1448)
	for _, more := range [][]byte{dialogue(t, 3000), port(2).transfer(t, 2, 60000), port(3).transfer(t, 5, 1448)} {
		file = append(file, more[pcapFileHeader:]...)
	}
	file = file[:len(file)-700]
	scan := func(procs int) ([]string, *Summary) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		f := openBytes(t, "bulk.pcap", file)
		return events(t, f)
	}
	want, sum := scan(1)
	got, again := scan(2)
	if !slices.Equal(got, want) || again.Frames != sum.Frames || again.Payload != sum.Payload || len(again.Damage) != 1 ||
		again.Damage[0].Offset != sum.Damage[0].Offset {
		t.Errorf("%d events and %+v, want %d and %+v", len(got), again, len(want), sum)
	}
	if len(want) < 6016 {
		t.Errorf("only %d events", len(want))
	}
}

// TestAheadStops ends a scan while parts of the file are still being read.
func TestAheadStops(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	f := openBytes(t, "bulk.pcap", transfer(t, 6, 1448))
	n := 0
	sum, err := f.Scan(Options{}, func(p *PDU) bool {
		n++
		return n < 4
	})
	if err != nil || !sum.Stopped || n != 4 {
		t.Errorf("%d PDUs, %+v, %v", n, sum, err)
	}
}
