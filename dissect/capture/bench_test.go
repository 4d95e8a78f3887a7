package capture

import (
	"encoding/binary"
	"testing"
)

// ethernet puts packets behind Ethernet headers.
func ethernet(frames []frame) []frame {
	for i := range frames {
		frames[i].b = append([]byte{2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 8, 0}, frames[i].b...)
	}
	return frames
}

func etherPcap(frames []frame) []byte {
	return writePcap(binary.LittleEndian, 0xa1b2c3d4, linkEthernet, 1000, ethernet(frames))
}

// dialogue makes n requests and answers of small messages over 4 connections.
func dialogue(t testing.TB, n int) []byte {
	var frames []frame
	var seq [4][2]uint32
	msg := [2][]byte{message(120, 1), message(230, 2)}
	for i := range n {
		k := i & 3
		e := plainEnds
		e.aPort += uint16(k)
		for dir := range 2 {
			s := seg{dir: dir, seq: seq[k][dir], ack: seq[k][1-dir] + 1, data: msg[dir]}
			frames = append(frames, frame{b: e.packet(t, s), at: int64(len(frames)) * 1000})
			seq[k][dir] += uint32(len(msg[dir]))
		}
	}
	return etherPcap(frames)
}

// transfer makes n messages of 1 MiB in segments of the given size.
func transfer(t testing.TB, n, size int) []byte { return plainEnds.transfer(t, n, size) }

func (e ends) transfer(t testing.TB, n, size int) []byte {
	var frames []frame
	body := message(1<<20, 1)
	seq := uint32(1)
	for range n {
		for at := 0; at < len(body); at += size {
			data := body[at:min(at+size, len(body))]
			frames = append(frames, frame{b: e.packet(t, seg{seq: seq, ack: 1, data: data}), at: int64(len(frames)) * 1000})
			seq += uint32(len(data))
		}
	}
	return etherPcap(frames)
}

func BenchmarkScan(b *testing.B) {
	for _, bc := range []struct {
		name string
		file func() []byte
	}{
		{"small", func() []byte { return dialogue(b, 50_000) }},
		{"mtu1500", func() []byte { return transfer(b, 64, 1448) }},
		{"segments64k", func() []byte { return transfer(b, 128, 65000) }},
	} {
		b.Run(bc.name, func(b *testing.B) {
			f := openBytes(b, "x.pcap", bc.file())
			b.SetBytes(f.Size())
			b.ReportAllocs()
			var frames uint32
			for b.Loop() {
				sum, err := f.Scan(Options{}, func(*PDU) bool { return true })
				if err != nil {
					b.Fatal(err)
				}
				frames = sum.Frames
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(frames), "ns/packet")
		})
	}
}

// A packet takes no allocation: scans of captures of any length take the same
// few.
func TestAllocations(t *testing.T) {
	allocs := func(file []byte) float64 {
		f := openBytes(t, "x.pcap", file)
		return testing.AllocsPerRun(3, func() {
			if _, err := f.Scan(Options{}, func(*PDU) bool { return true }); err != nil {
				t.Fatal(err)
			}
		})
	}
	if short, long := allocs(dialogue(t, 20)), allocs(dialogue(t, 1000)); long > short+2 {
		t.Errorf("%v allocations for 40 packets, %v for 2000", short, long)
	}
	if short, long := allocs(transfer(t, 2, 9000)), allocs(transfer(t, 8, 9000)); long > short+2 {
		t.Errorf("%v allocations for 2 messages, %v for 8", short, long)
	}
}
