package capture

import (
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// start is when the first packet of a test was captured, in nanoseconds.
const start = int64(1_700_000_000_123_456_000)

// frame is a packet of a test: its bytes from the IP header on, and how many
// of them were captured (0: all).
type frame struct {
	b   []byte
	cap int
	at  int64 // nanoseconds after start
}

// ends are the two sides of the connections in tests.
type ends struct {
	a, b         string
	aPort, bPort uint16
}

var plainEnds = ends{"10.0.0.1", "10.0.0.2", 40000, 445}

// seg describes a TCP segment of side dir.
type seg struct {
	dir      int
	seq, ack uint32
	flags    string // of S F R; an ack other than 0 sets A
	data     []byte
}

func (e ends) packet(t testing.TB, s seg) []byte {
	t.Helper()
	src, dst, sp, dp := e.a, e.b, e.aPort, e.bPort
	if s.dir == 1 {
		src, dst, sp, dp = dst, src, dp, sp
	}
	tcp := &layers.TCP{
		SrcPort: layers.TCPPort(sp), DstPort: layers.TCPPort(dp), Seq: s.seq, Ack: s.ack, Window: 8192,
		ACK: s.ack != 0, SYN: strings.Contains(s.flags, "S"), FIN: strings.Contains(s.flags, "F"), RST: strings.Contains(s.flags, "R"),
	}
	var ip gopacket.SerializableLayer
	if strings.Contains(src, ":") {
		l := &layers.IPv6{Version: 6, HopLimit: 9, NextHeader: layers.IPProtocolTCP, SrcIP: net.ParseIP(src), DstIP: net.ParseIP(dst)}
		ip = l
		tcp.SetNetworkLayerForChecksum(l)
	} else {
		l := &layers.IPv4{Version: 4, TTL: 9, Id: 7, Protocol: layers.IPProtocolTCP, SrcIP: net.ParseIP(src), DstIP: net.ParseIP(dst)}
		ip = l
		tcp.SetNetworkLayerForChecksum(l)
	}
	buf := gopacket.NewSerializeBuffer()
	opts := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(buf, opts, ip, tcp, gopacket.Payload(s.data)); err != nil {
		t.Fatal(err)
	}
	return append([]byte(nil), buf.Bytes()...)
}

// frames makes packets a millisecond apart.
func (e ends) frames(t testing.TB, segs ...seg) []frame {
	t.Helper()
	var out []frame
	for i, s := range segs {
		out = append(out, frame{b: e.packet(t, s), at: int64(i) * 1e6})
	}
	return out
}

// message makes an SMB2 message of n bytes in its NBSS framing; its other
// bytes count from fill.
func message(n int, fill byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(n))
	b = append(b, 0xfe, 'S', 'M', 'B')
	for i := 4; i < n; i++ {
		b = append(b, fill+byte(i))
	}
	return b
}

// writePcap makes a pcap file.
func writePcap(order binary.AppendByteOrder, magic uint32, link uint32, tick int64, frames []frame) []byte {
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = order.AppendUint32(b, 262144)
	b = order.AppendUint32(b, link)
	for _, f := range frames {
		ns := start + f.at
		n := len(f.b)
		if f.cap > 0 {
			n = min(n, f.cap)
		}
		b = order.AppendUint32(b, uint32(ns/1e9))
		b = order.AppendUint32(b, uint32(ns%1e9/tick))
		b = order.AppendUint32(b, uint32(n))
		b = order.AppendUint32(b, uint32(len(f.b)))
		if magic == 0xa1b2cd34 {
			b = append(b, make([]byte, 8)...)
		}
		b = append(b, f.b[:n]...)
	}
	return b
}

// rawPcap makes the usual file of a test: microseconds, raw IP.
func rawPcap(frames []frame) []byte {
	return writePcap(binary.LittleEndian, 0xa1b2c3d4, linkRaw, 1000, frames)
}

// block makes a pcapng block.
func block(order binary.AppendByteOrder, kind uint32, body []byte) []byte {
	body = append(body, make([]byte, -len(body)&3)...)
	b := order.AppendUint32(nil, kind)
	b = order.AppendUint32(b, uint32(len(body)+12))
	b = append(b, body...)
	return order.AppendUint32(b, uint32(len(body)+12))
}

func sectionBlock(order binary.AppendByteOrder) []byte {
	b := order.AppendUint32(nil, byteOrderMagic)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(b, 0)
	b = order.AppendUint64(b, 1<<64-1)
	return block(order, blockSection, b)
}

func interfaceBlock(order binary.AppendByteOrder, link uint16, options ...[]byte) []byte {
	b := order.AppendUint16(nil, link)
	b = order.AppendUint16(b, 0)
	b = order.AppendUint32(b, 0)
	for _, o := range options {
		b = append(b, o...)
	}
	return block(order, blockInterface, b)
}

func option(order binary.AppendByteOrder, code uint16, value []byte) []byte {
	b := order.AppendUint16(nil, code)
	b = order.AppendUint16(b, uint16(len(value)))
	b = append(b, value...)
	return append(b, make([]byte, -len(value)&3)...)
}

func enhancedBlock(order binary.AppendByteOrder, id uint32, ts uint64, p []byte) []byte {
	b := order.AppendUint32(nil, id)
	b = order.AppendUint32(b, uint32(ts>>32))
	b = order.AppendUint32(b, uint32(ts))
	b = order.AppendUint32(b, uint32(len(p)))
	b = order.AppendUint32(b, uint32(len(p)))
	return block(order, blockEnhanced, append(b, p...))
}

func tempFile(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// events scans a capture and words what it finds, one line an event. The
// bytes that the extents name are checked against the head.
func events(t testing.TB, f *File) ([]string, *Summary) {
	t.Helper()
	var out []string
	sum, err := f.Scan(Options{}, func(p *PDU) bool {
		out = append(out, eventText(t, f, p))
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, sum
}

func eventText(t testing.TB, f *File, p *PDU) string {
	at := fmt.Sprintf("%d%c %d-%d", p.Conn, 'A'+p.Dir, p.FirstFrame, p.Frame)
	switch p.Kind {
	case EventStart:
		return "start " + at
	case EventEnd:
		if p.Reset {
			return "reset " + at
		}
		return "end " + at
	case EventHole:
		return fmt.Sprintf("hole %s %d", at, p.Missing)
	}
	b, err := f.ReadPDU(nil, p.Extents)
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(b)) > int64(p.Len) || p.Missing == 0 && len(b) != int(p.Len) {
		t.Fatalf("%s: %d bytes in extents, length %d, %d missing", at, len(b), p.Len, p.Missing)
	}
	if !strings.HasPrefix(string(b), string(p.Head)) {
		t.Fatalf("%s: head % x, file % x", at, p.Head, b)
	}
	if p.Missing == 0 && len(p.Head) != min(int(p.Len), defaultHead) {
		t.Fatalf("%s: head of %d bytes", at, len(p.Head))
	}
	kind := "msg"
	if p.Kind == PDUSession {
		kind = fmt.Sprintf("nbss%02x", p.NBSS[0])
	}
	text := fmt.Sprintf("%s %s len %d", kind, at, p.Len)
	if len(b) > 4 && kind == "msg" {
		text += fmt.Sprintf(" fill %d", b[4]-4)
	}
	if p.Missing > 0 {
		text += fmt.Sprintf(" missing %d of which after %d", p.Missing, len(b))
	}
	return text
}

func openBytes(t testing.TB, name string, b []byte) *File {
	t.Helper()
	f, err := Open(tempFile(t, name, b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func compare(t *testing.T, got []string, want string) {
	t.Helper()
	var lines []string
	for _, l := range strings.Split(want, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	g, w := strings.Join(got, "\n"), strings.Join(lines, "\n")
	if g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}
