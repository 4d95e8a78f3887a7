package capture

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/gopacket/pcapgo"
	"github.com/klauspost/compress/zstd"
)

var (
	little = binary.LittleEndian
	big    = binary.BigEndian
)

// twoMessages is a request and its answer, with the events they make.
func twoMessages(t testing.TB) ([]frame, string) {
	return plainEnds.frames(t, piece(0, 0, 0, 104, 1), piece(1, 0, 104, 308, 105)), `
		start 0A 1-1
		msg 0A 1-1 len 100 fill 1
		msg 0B 2-2 len 200 fill 2`
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func zstded(t testing.TB, b []byte) []byte {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	return z.EncodeAll(b, nil)
}

func ngFile(order binary.AppendByteOrder, blocks ...[]byte) []byte {
	return append(sectionBlock(order), bytes.Join(blocks, nil)...)
}

func TestFormats(t *testing.T) {
	frames, want := twoMessages(t)
	a, b := frames[0].b, frames[1].b
	usec, nsec := uint64(start/1000), uint64(start)
	plainFile := rawPcap(frames)
	simple := func(order binary.AppendByteOrder, p []byte) []byte {
		return block(order, blockSimple, append(order.AppendUint32(nil, uint32(len(p))), p...))
	}
	obsolete := func(order binary.AppendByteOrder, ts uint64, p []byte) []byte {
		h := order.AppendUint16(order.AppendUint16(nil, 0), 5)
		h = order.AppendUint32(order.AppendUint32(h, uint32(ts>>32)), uint32(ts))
		h = order.AppendUint32(order.AppendUint32(h, uint32(len(p))), uint32(len(p)))
		return block(order, blockPacket, append(h, p...))
	}
	ether := append(append(bytes.Repeat([]byte{2}, 12), 8, 0), b...)
	milli := int64(1e6)
	for _, tc := range []struct {
		name   string
		file   []byte
		first  int64
		second int64
	}{
		{"pcap", plainFile, start, start + milli},
		{"pcap, big-endian", writePcap(big, 0xa1b2c3d4, linkRaw, 1000, frames), start, start + milli},
		{"pcap, nanoseconds", writePcap(little, 0xa1b23c4d, linkRaw, 1, frames), start, start + milli},
		{"pcap, nanoseconds, big-endian", writePcap(big, 0xa1b23c4d, linkRaw, 1, frames), start, start + milli},
		{"pcap, modified", writePcap(little, 0xa1b2cd34, linkRaw, 1000, frames), start, start + milli},
		{"pcap with FCS bits", writePcap(little, 0xa1b2c3d4, linkRaw|0x24000000, 1000, frames), start, start + milli},
		{"gzip", zipped(plainFile), start, start + milli},
		{"gzip of two members", append(zipped(plainFile[:100]), zipped(plainFile[100:])...), start, start + milli},
		{"zstd", zstded(t, plainFile), start, start + milli},
		{"pcapng", ngFile(little, interfaceBlock(little, linkRaw), enhancedBlock(little, 0, usec, a), enhancedBlock(little, 0, usec+1000, b)), start, start + milli},
		{"pcapng, big-endian", ngFile(big, interfaceBlock(big, linkRaw), enhancedBlock(big, 0, usec, a), enhancedBlock(big, 0, usec+1000, b)), start, start + milli},
		{"pcapng, nanoseconds and offset", ngFile(little,
			interfaceBlock(little, linkRaw, option(little, 2, []byte("eth0")), option(little, optTimeRes, []byte{9}), option(little, optTimeOffset, little.AppendUint64(nil, 100))),
			enhancedBlock(little, 0, nsec-100e9, a), enhancedBlock(little, 0, nsec-100e9+1e6, b)), start, start + milli},
		{"pcapng, binary resolution", ngFile(little, interfaceBlock(little, linkRaw, option(little, optTimeRes, []byte{0x80 | 10})),
			enhancedBlock(little, 0, 1024+512, a), enhancedBlock(little, 0, 2048, b)), 1.5e9, 2e9},
		{"pcapng, picoseconds", ngFile(little, interfaceBlock(little, linkRaw, option(little, optTimeRes, []byte{12})),
			enhancedBlock(little, 0, 1.5e12, a), enhancedBlock(little, 0, 2e12, b)), 1.5e9, 2e9},
		{"pcapng, two sections of either order", append(ngFile(little, interfaceBlock(little, linkRaw), enhancedBlock(little, 0, usec, a)),
			ngFile(big, interfaceBlock(big, linkRaw), enhancedBlock(big, 0, usec+1000, b))...), start, start + milli},
		{"pcapng, two interfaces", ngFile(little, interfaceBlock(little, linkRaw), interfaceBlock(little, linkEthernet, option(little, optTimeRes, []byte{9})),
			enhancedBlock(little, 0, usec, a), enhancedBlock(little, 1, nsec+1e6, ether)), start, start + milli},
		{"pcapng, other blocks", ngFile(little, block(little, 10, []byte("secret")), interfaceBlock(little, linkRaw), block(little, 0x12345, nil),
			enhancedBlock(little, 0, usec, a), block(little, 5, make([]byte, 12)), enhancedBlock(little, 0, usec+1000, b), block(little, 4, make([]byte, 4))), start, start + milli},
		{"pcapng, obsolete packets", ngFile(little, interfaceBlock(little, linkRaw), obsolete(little, usec, a), obsolete(little, usec+1000, b)), start, start + milli},
		{"pcapng, simple packets", ngFile(big, interfaceBlock(big, linkRaw), simple(big, a), simple(big, b)), 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := openBytes(t, "x", tc.file)
			got, sum := events(t, f)
			compare(t, got, want)
			if sum.FirstTime != tc.first || sum.LastTime != tc.second || sum.Damage != nil {
				t.Errorf("%+v, want times %d %d", sum, tc.first, tc.second)
			}
			if c := f.Connections(); len(c) != 1 || c[0].A.String() != "10.0.0.1:40000" || c[0].B.String() != "10.0.0.2:445" {
				t.Errorf("connections %v", c)
			}
			if done, size := f.Progress(); done != size || size != f.Size() {
				t.Errorf("progress %d of %d, size %d", done, size, f.Size())
			}
		})
	}
}

// Wireshark gives a frame number to some blocks that are no packets.
func TestNumberedBlocks(t *testing.T) {
	frames, _ := twoMessages(t)
	f := openBytes(t, "x", ngFile(little, interfaceBlock(little, linkRaw), enhancedBlock(little, 0, 1, frames[0].b),
		block(little, blockCustom, make([]byte, 8)), block(little, blockJournal, []byte("x=1\n")), enhancedBlock(little, 0, 1, frames[1].b)))
	got, sum := events(t, f)
	compare(t, got, "start 0A 1-1\nmsg 0A 1-1 len 100 fill 1\nmsg 0B 4-4 len 200 fill 2")
	if sum.Frames != 4 || sum.Damage != nil {
		t.Errorf("%+v", sum)
	}
}

func TestSet(t *testing.T) {
	frames, want := twoMessages(t)
	dir := t.TempDir()
	for name, b := range map[string][]byte{
		"x_00002.pcap.gz": zipped(rawPcap(frames[1:])),
		"x_00001.pcap":    rawPcap(frames[:1]),
		"notes.txt":       []byte("nothing"),
		"empty.pcap":      nil,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, paths := range map[string][]string{
		"directory": {dir},
		"files":     {filepath.Join(dir, "x_00002.pcap.gz"), filepath.Join(dir, "x_00001.pcap")},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Open(paths...)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			got, sum := events(t, f)
			compare(t, got, want)
			if sum.Frames != 2 || f.Name() != paths[0] {
				t.Errorf("%+v %s", sum, f.Name())
			}
			again, _ := events(t, f)
			compare(t, again, want)
		})
	}
}

func TestStandardInput(t *testing.T) {
	frames, want := twoMessages(t)
	for _, b := range [][]byte{rawPcap(frames), zipped(rawPcap(frames))} {
		f, err := openAll([]string{"-"}, bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		got, _ := events(t, f)
		compare(t, got, want)
		if mode, err := f.parts[0].file.Stat(); err != nil || mode.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", mode, err)
		}
		f.Close()
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if err := os.Mkdir(filepath.Join(dir, "none"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ path, want string }{
		{filepath.Join(dir, "missing"), "no such file or directory"},
		{file("empty", nil), "the file is empty"},
		{file("picture", []byte("\x89PNG\r\n\x1a\n0123456789abcdef")), "not a capture: a PNG image"},
		{file("text", []byte("hello, world")), "not a capture: text"},
		{file("bytes", []byte{1, 2, 3, 4, 5}), "not a capture: it starts with 01 02 03 04"},
		{file("text.gz", zipped([]byte("hello, world"))), "not a capture: text"},
		{file("empty.gz", zipped(nil)), "the file is empty"},
		{file("bad.gz", []byte("\x1f\x8b\x08\xff\xff\xff")), "damaged gzip data"},
		{filepath.Join(dir, "none"), "a directory without captures"},
	} {
		_, err := Open(tc.path)
		var e *Error
		if !errors.As(err, &e) || e.What != tc.want || e.File != tc.path || err.Error() != tc.path+": "+tc.want {
			t.Errorf("%s: %v, want %s", tc.path, err, tc.want)
		}
	}
	if _, err := Open(); err == nil {
		t.Error("no error without paths")
	}
}

// Every truncation is survived, reported, and what comes before it is read.
func TestTruncated(t *testing.T) {
	frames, want := twoMessages(t)
	usec := uint64(start / 1000)
	for name, b := range map[string][]byte{
		"pcap":   rawPcap(frames),
		"pcapng": ngFile(little, interfaceBlock(little, linkRaw), enhancedBlock(little, 0, usec, frames[0].b), enhancedBlock(little, 0, usec, frames[1].b)),
	} {
		for n := 4; n < len(b); n++ {
			f := openBytes(t, "x", b[:n])
			got, sum := events(t, f)
			if !strings.HasPrefix(strings.Join(strings.Fields(want), " "), strings.Join(strings.Fields(strings.Join(got, " ")), " ")) {
				t.Fatalf("%s cut at %d: %q", name, n, got)
			}
			if whole := len(sum.Damage) == 0; whole != recordEnd(name, b, n) {
				t.Fatalf("%s cut at %d: damage %v", name, n, sum.Damage)
			}
			f.Close()
		}
	}
	f := openBytes(t, "x", rawPcap(frames)[:200])
	_, sum := events(t, f)
	if d := sum.Damage[0]; len(sum.Damage) != 1 || d.File != f.Name() || d.Frame != 1 || d.Offset != 200 {
		t.Errorf("%+v", sum.Damage)
	}
}

// recordEnd reports whether a file cut to n bytes ends where a record does.
func recordEnd(name string, b []byte, n int) bool {
	if name == "pcap" {
		for at := 24; at <= n; at += 16 + int(little.Uint32(b[at+8:])) {
			if at == n {
				return true
			}
		}
		return false
	}
	for at := 0; at <= n; at += int(little.Uint32(b[at+4:])) {
		if at == n {
			return true
		}
	}
	return false
}

func TestDamage(t *testing.T) {
	frames, _ := twoMessages(t)
	plainFile := rawPcap(frames)
	huge := bytes.Clone(plainFile)
	little.PutUint32(huge[24+8:], 1<<30)
	noise := make([]byte, 1<<16)
	for i, x := uint64(0), uint64(1); i < uint64(len(noise)); i++ {
		x = x*6364136223846793005 + 1442695040888963407
		noise[i] = byte(x >> 56)
	}
	long := zipped(append(rawPcap(frames), noise...))
	for _, tc := range []struct {
		name string
		file []byte
		want string
	}{
		{"length", huge, "frame 1 claims 1073741824 bytes; the rest of the file is not read"},
		{"gzip", long[:len(long)/2], "the gzip data is damaged or cut after"},
		{"link type", writePcap(little, 0xa1b2c3d4, 105, 1000, frames), "frames of link type 105 are not read (first: frame 1)"},
		{"interface", ngFile(little, enhancedBlock(little, 3, 0, frames[0].b)), "frame 1 belongs to no interface described before it"},
		{"block length", ngFile(little, []byte{6, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0}), "enhanced packet block after frame 0 claims 4 bytes; the rest of the file is not read"},
		{"packet length", ngFile(little, interfaceBlock(little, linkRaw), block(little, blockEnhanced, append(make([]byte, 12), 200, 0, 0, 0, 200, 0, 0, 0))), "frame 1 claims 200 bytes in a block with room for 0"},
		{"byte order", ngFile(little, block(little, blockSection, make([]byte, 16))), "section header without byte order after frame 0; the rest of the file is not read"},
	} {
		_, sum := events(t, openBytes(t, "x", tc.file))
		found := false
		for _, d := range sum.Damage {
			found = found || strings.HasPrefix(d.Text, tc.want)
		}
		if !found {
			t.Errorf("%s: %+v", tc.name, sum.Damage)
		}
	}
}

func TestReadAt(t *testing.T) {
	frames, _ := twoMessages(t)
	one, two := rawPcap(frames[:1]), rawPcap(frames[1:])
	f, err := Open(tempFile(t, "1", one), tempFile(t, "2", two))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := append(bytes.Clone(one), two...)
	got, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil || !bytes.Equal(got, all) {
		t.Errorf("%v, %d bytes of %d", err, len(got), len(all))
	}
	at := len(one) - 3
	b, err := f.ReadPDU([]byte("x"), []Extent{{int64(at), 6}, {0, 4}})
	if err != nil || string(b) != "x"+string(all[at:at+6])+string(all[:4]) {
		t.Errorf("% x, %v", b, err)
	}
	for _, e := range []Extent{{f.Size(), 1}, {-1, 1}, {0, 1 << 31}, {1 << 62, 1 << 31}} {
		if _, err := f.ReadPDU(nil, []Extent{e}); err == nil {
			t.Errorf("%v: no error", e)
		}
	}
}

// Others may read while a scan runs.
func TestConcurrent(t *testing.T) {
	f := openBytes(t, "x", dialogue(t, 500))
	stop, done := make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
			}
			f.Progress()
			f.Connections()
			if _, err := f.ReadPDU(nil, []Extent{{24, 100}}); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	for range 20 {
		events(t, f)
	}
	close(stop)
	<-done
}

func TestExtents(t *testing.T) {
	for _, ext := range [][]Extent{nil, {{1000, 100}}, {{1 << 40, 1448}, {1<<40 + 1514, 1448}, {7, 1<<32 - 1}}} {
		b := AppendExtents([]byte("ab"), ext)
		got, n := DecodeExtents(nil, b[2:])
		if n != len(b)-2 || !reflect.DeepEqual(got, ext) {
			t.Errorf("%v: %v of %d", ext, got, n)
		}
		for i := range n {
			if _, k := DecodeExtents(nil, b[2:2+i]); k != 0 {
				t.Errorf("%v cut to %d bytes: used %d", ext, i, k)
			}
		}
	}
	if b := AppendExtents(nil, []Extent{{100_000_000, 120}}); len(b) > 6 {
		t.Errorf("%d bytes for one extent", len(b))
	}
}

// The record walkers agree with gopacket's.
func TestAgainstGopacket(t *testing.T) {
	frames, _ := twoMessages(t)
	file := writePcap(big, 0xa1b23c4d, linkRaw, 1, frames)
	r, err := pcapgo.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	f := openBytes(t, "x", file)
	w := newWindow(f)
	w.end = f.Size()
	walk := newWalker(w, &scanner{f: f}, 0)
	var rec record
	for {
		b, info, err := r.ReadPacketData()
		if err != nil {
			break
		}
		if !walk.next(&rec) || !bytes.Equal(b, rec.data) || info.Timestamp.UnixNano() != rec.time || fmt.Sprint(info.Length) != fmt.Sprint(rec.wire) {
			t.Errorf("%v, gopacket %v", rec, info)
		}
	}
}
