package state

import (
	"bufio"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/keys"
)

// millionMessages is how many messages the large capture has.
const millionMessages = 1_000_000

// writeMillion writes a capture of one connection that asks for so many ECHOs,
// [MS-SMB2] 2.2.28; every so manieth answer is a failure.
func writeMillion(b *testing.B, name string, bad int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	le, be := binary.LittleEndian, binary.BigEndian
	head := le.AppendUint32(nil, 0xa1b2c3d4)
	head = le.AppendUint16(le.AppendUint16(head, 2), 4)
	head = le.AppendUint32(le.AppendUint32(le.AppendUint64(head, 0), 1<<18), 101) // raw IP
	w.Write(head)
	const perFrame = 250
	seq := [2]uint32{1000, 2000}
	for first := 0; first < millionMessages/2; first += perFrame {
		for side := range 2 {
			var payload []byte
			for id := first; id < first+perFrame; id++ {
				m := make([]byte, 68)
				copy(m, "\xfeSMB")
				le.PutUint16(m[4:], 64)
				le.PutUint16(m[12:], 13)
				le.PutUint32(m[16:], uint32(side))
				if side == 1 && id%bad == bad-1 {
					le.PutUint32(m[8:], 0xc0000022)
				}
				le.PutUint64(m[24:], uint64(id))
				le.PutUint16(m[64:], 4)
				payload = append(be.AppendUint32(payload, uint32(len(m))), m...)
			}
			ip := append([]byte{0x45, 0}, be.AppendUint16(nil, uint16(40+len(payload)))...)
			ip = append(ip, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, byte(1+side), 10, 0, 0, byte(2-side))
			ports := [2]uint16{49000, 445}
			ip = be.AppendUint16(be.AppendUint16(ip, ports[side]), ports[1-side])
			ip = be.AppendUint32(be.AppendUint32(ip, seq[side]), seq[1-side])
			ip = append(ip, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0)
			seq[side] += uint32(len(payload))
			rec := le.AppendUint32(nil, uint32(1700000000+first/1000))
			rec = le.AppendUint32(rec, uint32(first%1000*1000+side*500))
			n := uint32(len(ip) + len(payload))
			w.Write(le.AppendUint32(le.AppendUint32(rec, n), n))
			w.Write(ip)
			w.Write(payload)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkStep measures a key with the screen that follows it, on captures of a
// million messages.
func BenchmarkStep(b *testing.B) {
	side := func(name string, bad int) Side {
		f, err := capture.Open(writeMillion(b, name, bad))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { f.Close() })
		trace := dissect.NewTrace(f, decrypt.NewOpener(new(keys.Ring)))
		return Side{Name: name, Trace: trace, Load: func(progress func() bool) error { return trace.Load(nil, progress) }}
	}
	second := side("b.pcap", 1500)
	for _, c := range []struct {
		name string
		b    *Side
	}{{"single", nil}, {"diff", &second}} {
		s := New(Config{A: side("a.pcap", 1000), B: c.b})
		s.Start()
		s.Wait()
		if err := s.Err(); err != nil {
			b.Fatal(err)
		}
		if n := s.sides[0].Trace.Len(); n != millionMessages/2 {
			b.Fatalf("%d operations", n)
		}
		s.Lines(200, 60)
		for _, k := range [][]string{{"↓"}, {"PgDn"}, {"End", "Home"}, {"b"}, {"d"}, {"]"}, {"!"}, {"Tab"}, {"c"}, {"H"}} {
			b.Run(c.name+"/"+k[0], func(b *testing.B) {
				for i := range b.N {
					s.Press(k[i%len(k)])
					s.Lines(200, 60)
				}
				b.StopTimer()
				s.Wait()
			})
		}
	}
}
