package capture

import (
	"fmt"
	"testing"
)

// three are three messages in a row: of 100, 200 and 300 bytes, at 1, 105 and 309
// of a stream that starts with sequence number 0.
func three() []byte {
	b := message(100, 1)
	b = append(b, message(200, 2)...)
	return append(b, message(300, 3)...)
}

// piece is bytes [from, to) of the three messages, in sequence from base+1.
func piece(dir int, base uint32, from, to int, ack uint32) seg {
	return seg{dir: dir, seq: base + 1 + uint32(from), ack: ack, data: three()[from:to]}
}

func TestStream(t *testing.T) {
	const (
		c = uint32(1000)
		d = uint32(5000)
	)
	syn := []seg{{seq: c, flags: "S"}, {dir: 1, seq: d, ack: c + 1, flags: "S"}, {seq: c + 1, ack: d + 1}}
	after := func(s ...seg) []seg { return append(append([]seg(nil), syn...), s...) }
	all := `msg 0A 4-4 len 100 fill 1
	        msg 0A 4-4 len 200 fill 2
	        msg 0A 4-4 len 300 fill 3`
	var bytewise []seg
	for i := range len(three()) {
		bytewise = append(bytewise, piece(0, c, i, i+1, d+1))
	}
	for _, tc := range []struct {
		name string
		segs []seg
		cap  map[int]int // bytes captured of frame, from the IP header
		want string
	}{
		{name: "in one segment", segs: after(piece(0, c, 0, 612, d+1)), want: "start 0A 1-1\n" + all},
		{name: "split anywhere", segs: after(piece(0, c, 0, 2, d+1), piece(0, c, 2, 6, d+1), piece(0, c, 6, 310, d+1), piece(0, c, 310, 612, d+1)), want: `
			start 0A 1-1
			msg 0A 4-6 len 100 fill 1
			msg 0A 6-6 len 200 fill 2
			msg 0A 6-7 len 300 fill 3`},
		{name: "byte by byte", segs: after(bytewise...), want: `
			start 0A 1-1
			msg 0A 4-107 len 100 fill 1
			msg 0A 108-311 len 200 fill 2
			msg 0A 312-615 len 300 fill 3`},
		{name: "byte by byte from the middle", segs: bytewise[50:], want: `
			start 0A 1-1
			msg 0A 55-258 len 200 fill 2
			msg 0A 259-562 len 300 fill 3`},
		{name: "swapped", segs: after(piece(0, c, 104, 308, d+1), piece(0, c, 0, 104, d+1), piece(0, c, 308, 612, d+1)), want: `
			start 0A 1-1
			msg 0A 5-5 len 100 fill 1
			msg 0A 4-5 len 200 fill 2
			msg 0A 6-6 len 300 fill 3`},
		{name: "backwards", segs: after(piece(0, c, 400, 612, d+1), piece(0, c, 200, 400, d+1), piece(0, c, 0, 200, d+1)), want: `
			start 0A 1-1
			msg 0A 6-6 len 100 fill 1
			msg 0A 5-6 len 200 fill 2
			msg 0A 4-6 len 300 fill 3`},
		{name: "repeated and overlapping", segs: after(piece(0, c, 0, 150, d+1), piece(0, c, 0, 150, d+1), piece(0, c, 100, 400, d+1), piece(0, c, 120, 130, d+1), piece(0, c, 390, 612, d+1)), want: `
			start 0A 1-1
			msg 0A 4-4 len 100 fill 1
			msg 0A 4-6 len 200 fill 2
			msg 0A 6-8 len 300 fill 3`},
		{name: "overlapping while waiting", segs: after(piece(0, c, 200, 400, d+1), piece(0, c, 300, 612, d+1), piece(0, c, 200, 400, d+1), piece(0, c, 0, 250, d+1)), want: `
			start 0A 1-1
			msg 0A 7-7 len 100 fill 1
			msg 0A 4-7 len 200 fill 2
			msg 0A 4-7 len 300 fill 3`},
		{name: "middle message missing, at the end", segs: after(piece(0, c, 0, 104, d+1), piece(0, c, 308, 612, d+1)), want: `
			start 0A 1-1
			msg 0A 4-4 len 100 fill 1
			hole 0A 4-5 204
			msg 0A 5-5 len 300 fill 3`},
		{name: "missing and acknowledged", segs: after(piece(0, c, 0, 104, d+1), piece(0, c, 308, 612, d+1), piece(1, d, 0, 104, c+613)), want: `
			start 0A 1-1
			msg 0A 4-4 len 100 fill 1
			hole 0A 4-5 204
			msg 0A 5-5 len 300 fill 3
			msg 0B 6-6 len 100 fill 1`},
		{name: "part of a message missing", segs: after(piece(0, c, 0, 150, d+1), piece(0, c, 200, 612, d+1)), want: `
			start 0A 1-1
			msg 0A 4-4 len 100 fill 1
			hole 0A 4-5 50
			msg 0A 4-5 len 200 fill 2 missing 50 of which after 42
			msg 0A 5-5 len 300 fill 3`},
		{name: "header missing, next inside a segment", segs: after(piece(0, c, 0, 90, d+1), piece(0, c, 110, 612, d+1)), want: `
			start 0A 1-1
			hole 0A 4-5 20
			msg 0A 4-4 len 100 fill 1 missing 14 of which after 86
			msg 0A 5-5 len 300 fill 3`},
		{name: "header missing, next across segments", segs: after(piece(0, c, 0, 104, d+1), piece(0, c, 110, 310, d+1), piece(0, c, 310, 313, d+1), piece(0, c, 313, 612, d+1)), want: `
			start 0A 1-1
			msg 0A 4-4 len 100 fill 1
			hole 0A 4-5 6
			msg 0A 5-7 len 300 fill 3`},
		{name: "last bytes missing", segs: after(piece(0, c, 0, 104, d+1), piece(1, d, 0, 104, c+309)), want: `
			start 0A 1-1
			msg 0A 4-4 len 100 fill 1
			msg 0B 5-5 len 100 fill 1
			hole 0A 4-5 204`},
		{name: "capture ends in a message", segs: after(piece(0, c, 0, 150, d+1)), want: `
			start 0A 1-1
			msg 0A 4-4 len 100 fill 1
			msg 0A 4-4 len 200 fill 2 missing 158 of which after 42`},
		{name: "cut frames", segs: after(piece(0, c, 0, 104, d+1), piece(0, c, 104, 308, d+1), piece(0, c, 308, 500, d+1), piece(0, c, 500, 612, d+1)), cap: map[int]int{4: 100, 5: 100, 6: 100, 7: 100}, want: `
			start 0A 1-1
			msg 0A 4-4 len 100 fill 1 missing 44 of which after 56
			msg 0A 5-5 len 200 fill 2 missing 144 of which after 56
			msg 0A 6-6 len 300 fill 3 missing 244 of which after 56`},
		{name: "starts in a message", segs: []seg{piece(0, c, 50, 104, d+1), piece(0, c, 104, 308, d+1), piece(1, d, 0, 104, c+309)}, want: `
			start 0A 1-1
			msg 0A 2-2 len 200 fill 2
			msg 0B 3-3 len 100 fill 1`},
		{name: "starts in a segment", segs: []seg{piece(0, c, 50, 612, d+1)}, want: `
			start 0A 1-1
			msg 0A 1-1 len 200 fill 2
			msg 0A 1-1 len 300 fill 3`},
		{name: "sequence numbers wrap", segs: []seg{{seq: 1<<32 - 200, flags: "S"}, piece(0, 1<<32-200, 0, 150, 1), piece(0, 1<<32-200, 400, 612, 1), piece(0, 1<<32-200, 150, 400, 1)}, want: `
			start 0A 1-1
			msg 0A 2-2 len 100 fill 1
			msg 0A 2-4 len 200 fill 2
			msg 0A 3-4 len 300 fill 3`},
		{name: "port used again", segs: append(after(piece(0, c, 0, 104, d+1)), seg{seq: 9000, flags: "S"}, seg{dir: 1, seq: 100, ack: 9001, flags: "S"}, piece(0, 9000, 104, 308, 101)), want: `
			start 0A 1-1
			msg 0A 4-4 len 100 fill 1
			start 1A 5-5
			msg 1A 7-7 len 200 fill 2`},
		{name: "port used again by the other side", segs: append(after(piece(0, c, 0, 104, d+1), piece(1, d, 0, 104, c+105)),
			seg{dir: 1, seq: 9000, flags: "S"}, piece(0, 100, 0, 104, 9001), piece(1, 9000, 0, 104, 205)), want: `
			start 0A 1-1
			msg 0A 4-4 len 100 fill 1
			msg 0B 5-5 len 100 fill 1
			start 1A 6-6
			msg 1B 7-7 len 100 fill 1
			msg 1A 8-8 len 100 fill 1`},
		{name: "SYN repeated", segs: append([]seg{{seq: c, flags: "S"}}, after(piece(0, c, 0, 104, d+1), seg{seq: c, flags: "S"})...), want: `
			start 0A 1-1
			msg 0A 5-5 len 100 fill 1`},
		{name: "closed", segs: after(piece(0, c, 0, 104, d+1), seg{seq: c + 105, ack: d + 1, flags: "F"}, seg{dir: 1, seq: d + 1, ack: c + 106, flags: "F"}), want: `
			start 0A 1-1
			msg 0A 4-4 len 100 fill 1
			end 0A 5-5
			end 0B 6-6`},
		{name: "FIN before its data", segs: after(seg{seq: c + 105, ack: d + 1, flags: "F"}, piece(0, c, 0, 104, d+1)), want: `
			start 0A 1-1
			msg 0A 5-5 len 100 fill 1
			end 0A 4-4`},
		{name: "reset", segs: after(piece(0, c, 0, 150, d+1), seg{dir: 1, seq: d + 1, flags: "R"}), want: `
			start 0A 1-1
			msg 0A 4-4 len 100 fill 1
			msg 0A 4-4 len 200 fill 2 missing 158 of which after 42
			reset 0B 5-5`},
		{name: "far off", segs: after(piece(0, c, 0, 104, d+1), piece(0, c+1<<30, 104, 308, d+1), piece(0, c+1<<30, 308, 612, d+1)), want: `
			start 0A 1-1
			msg 0A 4-4 len 100 fill 1
			hole 0A 4-5 0
			msg 0A 5-5 len 200 fill 2
			msg 0A 6-6 len 300 fill 3`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			frames := plainEnds.frames(t, tc.segs...)
			for i, n := range tc.cap {
				frames[i-1].cap = n
			}
			f := openBytes(t, "x.pcap", rawPcap(frames))
			got, sum := events(t, f)
			compare(t, got, tc.want)
			if sum.Damage != nil || int(sum.Frames) != len(tc.segs) {
				t.Errorf("summary %+v", sum)
			}
		})
	}
}

// A segment that the other side acknowledged before it was captured is late,
// not lost.
func TestLateSegment(t *testing.T) {
	segs := []seg{{seq: 0, flags: "S"}, piece(0, 0, 104, 308, 1), {dir: 1, seq: 1, ack: 309}, piece(0, 0, 0, 104, 1)}
	frames := plainEnds.frames(t, segs...)
	for i := range frames {
		frames[i].at = int64(i) * 1000
	}
	f := openBytes(t, "x.pcap", rawPcap(frames))
	got, _ := events(t, f)
	compare(t, got, `
		start 0A 1-1
		msg 0A 4-4 len 100 fill 1
		msg 0A 2-4 len 200 fill 2`)
}

// The queue of a stream that misses a segment stays bounded.
func TestQueueBound(t *testing.T) {
	segs := []seg{{seq: 0, flags: "S"}, piece(0, 0, 0, 104, 1)}
	one := message(100, 7)
	seq := uint32(1 + 104 + 50)
	for range maxQueue + 10 {
		segs = append(segs, seg{seq: seq, ack: 1, data: one})
		seq += uint32(len(one))
	}
	f := openBytes(t, "x.pcap", rawPcap(plainEnds.frames(t, segs...)))
	n := 0
	var at uint32
	sum, err := f.Scan(Options{}, func(p *PDU) bool {
		switch p.Kind {
		case PDUMessage:
			n++
		case EventHole:
			at = p.Frame
		}
		return true
	})
	if err != nil || n != maxQueue+11 || at != 3 || sum.HoleBytes != 50 {
		t.Errorf("%d messages, hole before frame %d, %+v, %v", n, at, sum, err)
	}
}

func TestRecognition(t *testing.T) {
	request := append([]byte{0x81, 0, 0, 68, 0x20}, make([]byte, 67)...)
	for i := range 32 {
		request[5+i], request[39+i] = 'C'+byte(i%2), 'A'+byte(i%16)
	}
	request[38] = 0x20
	web := []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	for _, tc := range []struct {
		name  string
		port  uint16
		segs  []seg
		want  string
		ports string
	}{
		{"any port", 4450, []seg{{seq: 0, flags: "S"}, piece(0, 0, 0, 104, 1)}, "start 0A 1-1\nmsg 0A 2-2 len 100 fill 1", "[]"},
		{"no SMB", 8080, []seg{{seq: 0, flags: "S"}, {seq: 1, ack: 1, data: web}}, "", "[8080]"},
		{"no SYN, no SMB", 80, []seg{{seq: 1, ack: 1, data: web}}, "", "[80]"},
		{"session request", 1139, []seg{
			{seq: 0, flags: "S"}, {seq: 1, ack: 1, data: request}, {dir: 1, seq: 1, ack: 73, data: []byte{0x82, 0, 0, 0}},
			piece(0, 72, 0, 104, 5), piece(1, 4, 0, 104, 105), {seq: 177, ack: 109, data: []byte{0x85, 0, 0, 0}},
		}, `start 0A 1-1
			nbss81 0A 2-2 len 68
			nbss82 0B 3-3 len 0
			msg 0A 4-4 len 100 fill 1
			msg 0B 5-5 len 100 fill 1
			nbss85 0A 6-6 len 0`, "[]"},
		{"raw data without identifier", 445, []seg{piece(0, 0, 0, 104, 1), {seq: 105, ack: 1, data: append([]byte{0, 0, 0, 50}, make([]byte, 50)...)}, piece(0, 54, 104, 308, 1)}, `
			start 0A 1-1
			msg 0A 1-1 len 100 fill 1
			msg 0A 2-2 len 50 fill 252
			msg 0A 3-3 len 200 fill 2`, "[]"},
		{"garbage between messages", 445, []seg{piece(0, 0, 0, 104, 1), {seq: 105, ack: 1, data: []byte("garbage")}, piece(0, 7, 104, 308, 1)}, `
			start 0A 1-1
			msg 0A 1-1 len 100 fill 1
			msg 0A 3-3 len 200 fill 2`, "[]"},
		{"in the middle of a segment on port 445", 445, []seg{{seq: 1, ack: 1, data: append([]byte("xyz"), message(64, 9)...)}}, "start 0A 1-1\nmsg 0A 1-1 len 64 fill 9", "[]"},
		{"in the middle of a segment elsewhere", 8080, []seg{{seq: 1, ack: 1, data: append([]byte("xyz"), message(64, 9)...)}}, "", "[8080]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := plainEnds
			e.bPort = tc.port
			got, sum := events(t, openBytes(t, "x.pcap", rawPcap(e.frames(t, tc.segs...))))
			compare(t, got, tc.want)
			if p := fmt.Sprint(sum.Ports); p != tc.ports {
				t.Errorf("ports %s, want %s", p, tc.ports)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	f := openBytes(t, "x.pcap", rawPcap(plainEnds.frames(t, seg{seq: 5, flags: "S"}, seg{dir: 1, ack: 6, flags: "R"})))
	got, sum := events(t, f)
	if len(got) != 0 || len(sum.Prologue) != 1 || sum.Prologue[0].Text != "connection to 10.0.0.2:445 refused" || sum.Prologue[0].Frame != 2 || sum.TCPConnections != 1 {
		t.Errorf("%q %+v", got, sum)
	}
}

func TestStop(t *testing.T) {
	f := openBytes(t, "x.pcap", rawPcap(plainEnds.frames(t, piece(0, 0, 0, 612, 1), piece(0, 612, 0, 612, 1))))
	n := 0
	sum, err := f.Scan(Options{}, func(p *PDU) bool { n++; return n < 3 })
	if err != nil || n != 3 || !sum.Stopped || sum.Frames != 1 {
		t.Errorf("%d calls, %+v, %v", n, sum, err)
	}
}
