package capture

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// checkScan scans a capture and holds each PDU against what is promised.
func checkScan(t *testing.T, f *File) {
	var last uint32
	var framed uint64
	sum, err := f.Scan(Options{}, func(p *PDU) bool {
		var n int64
		for _, e := range p.Extents {
			if e.Off < 0 || e.Len == 0 || e.Off+int64(e.Len) > f.Size() {
				t.Fatalf("extent %v of a file of %d bytes", e, f.Size())
			}
			n += int64(e.Len)
		}
		if p.FirstFrame > p.Frame || p.Frame == 0 || int(p.Conn) >= len(f.Connections()) || p.Dir > 1 {
			t.Fatalf("%+v", p)
		}
		if p.Kind == PDUMessage || p.Kind == PDUSession {
			if n+int64(p.Missing) > int64(p.Len) || p.Missing == 0 && n != int64(p.Len) || int64(len(p.Head)) > n {
				t.Fatalf("%d bytes in extents: %+v", n, p)
			}
			framed += nbssHeader + uint64(p.Len) - uint64(p.Missing)
			b, err := f.ReadPDU(nil, p.Extents)
			if err != nil || !bytes.HasPrefix(b, p.Head) {
				t.Fatalf("%v: % x, head % x", err, b, p.Head)
			}
			if got, k := DecodeExtents(nil, AppendExtents(nil, p.Extents)); k == 0 || len(got) != len(p.Extents) {
				t.Fatalf("extents %v became %v", p.Extents, got)
			}
		}
		last = max(last, p.Frame)
		return true
	})
	if err == nil && sum.Payload != framed+sum.Passed+sum.Unframed {
		t.Fatalf("%d bytes of SMB streams: %d in PDUs, %d passed over, %d of no PDU", sum.Payload, framed, sum.Passed, sum.Unframed)
	}
	if err == nil && last > sum.Frames {
		t.Fatalf("frame %d of %d", last, sum.Frames)
	}
}

// FuzzOpen gives any bytes to the file readers.
func FuzzOpen(f *testing.F) {
	frames, _ := twoMessages(f)
	file := rawPcap(frames)
	f.Add(file)
	f.Add(writePcap(big, 0xa1b23c4d, linkRaw, 1, frames))
	f.Add(writePcap(little, 0xa1b2cd34, linkSLL, 1000, frames))
	f.Add(ngFile(little, interfaceBlock(little, linkRaw, option(little, optTimeRes, []byte{0x80 | 20})), enhancedBlock(little, 0, 9, frames[0].b)))
	f.Add(ngFile(big, interfaceBlock(big, linkRaw), block(big, blockSimple, append([]byte{0, 0, 0, 140}, frames[0].b...)), block(big, blockCustom, nil)))
	f.Add(zipped(file))
	f.Add(zstded(f, file))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(dir, "x")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Open(path)
		if err != nil {
			return
		}
		defer c.Close()
		checkScan(t, c)
	})
}

// FuzzScan makes a capture from a script of segments: four bytes say the side
// and flags, the place in the stream, the length, and how much was captured.
func FuzzScan(f *testing.F) {
	f.Add([]byte{0x01, 0, 0, 0, 0x02, 1, 104, 0, 0x02, 105, 200, 0, 0x13, 1, 104, 0, 0x08, 106, 0, 0})
	f.Add([]byte{0x02, 50, 200, 0, 0x02, 0, 50, 0, 0x02, 250, 250, 80, 0x12, 1, 150, 0})
	f.Add([]byte{0x42, 0, 97, 0, 0x22, 97, 97, 0, 0x02, 200, 250, 0, 0x04, 0, 0, 0})
	stream := bytes.Repeat(three(), 4)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, script []byte) {
		var frames []frame
		for ; len(script) >= 4 && len(frames) < 400; script = script[4:] {
			op, from, n, cut := script[0], int(script[1]), int(script[2]), int(script[3])
			s := seg{dir: int(op >> 4 & 1), seq: uint32(from) - 100, ack: uint32(n), data: stream[from : from+n]}
			if op&0x20 != 0 {
				s.seq += uint32(op) << 8
				s.data = stream[from+100 : from+100+n]
			}
			if op&0x40 != 0 {
				s.seq = uint32(from) << 24
			}
			for i, flag := range []string{"S", "", "R", "F"} {
				if op>>i&1 != 0 {
					s.flags += flag
				}
			}
			fr := frame{b: plainEnds.packet(t, s), at: int64(op) * 1e5}
			if cut > 0 {
				fr.cap = min(cut, len(fr.b))
			}
			frames = append(frames, fr)
		}
		path := filepath.Join(dir, "x")
		if err := os.WriteFile(path, rawPcap(frames), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		checkScan(t, c)
	})
}
