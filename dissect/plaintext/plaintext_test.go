package plaintext

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/smb2"
)

// flipper opens what sealed makes: every byte behind the transform header is
// inverted.
type flipper struct{}

func (flipper) Setup(*conv.Setup) {}

func (flipper) VerifySMB1(uint32, []byte, uint32) conv.Signature { return conv.SignatureUnverified }

func (flipper) Unseal(dst, pdu []byte, _ bool) ([]byte, conv.Seal) {
	if len(pdu) < smb2.TransformSize || pdu[42] != 1 {
		return dst, conv.Seal{Why: conv.ReasonDamaged}
	}
	size := min(int(binary.LittleEndian.Uint32(pdu[36:])), len(pdu)-smb2.TransformSize)
	for _, x := range pdu[smb2.TransformSize:][:size] {
		dst = append(dst, ^x)
	}
	return dst, conv.Seal{Opened: true, Verified: true}
}

func (flipper) UnsealPrefix(dst, head []byte, _ bool) ([]byte, conv.Seal, bool) {
	if len(head) < smb2.TransformSize || head[42] != 1 {
		return dst, conv.Seal{}, false
	}
	for _, x := range head[smb2.TransformSize:] {
		dst = append(dst, ^x)
	}
	return dst, conv.Seal{Opened: true}, true
}

func (flipper) Verify(uint32, []byte, bool) conv.Signature { return conv.SignatureUnverified }

// sealed makes a sealed PDU in its NBSS framing: an SMB2 message of n bytes
// that count from fill, and bytes behind it.
func sealed(n int, fill byte, behind int) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(smb2.TransformSize+n+behind))
	b = append(b, 0xfd, 'S', 'M', 'B')
	b = append(b, make([]byte, smb2.TransformSize-4)...)
	binary.LittleEndian.PutUint32(b[nbssSize+36:], uint32(n))
	b[nbssSize+42] = 1
	for _, x := range clearText(n, fill)[nbssSize:] {
		b = append(b, ^x)
	}
	return append(b, bytes.Repeat([]byte{0xee}, behind)...)
}

// clearText is what the same message is in the clear.
func clearText(n int, fill byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(n))
	b = append(b, 0xfe, 'S', 'M', 'B', 64, 0)
	for i := 6; i < n; i++ {
		b = append(b, fill+byte(i))
	}
	return b
}

// seg is a TCP segment of a test: bytes [from, to) of what dir sends.
type seg struct {
	dir, from, to int
	ack           int // of what the other side sends, from its start
	flags         string
	sack          []int // edges
	cut           int   // bytes missing at the end of the packet
}

// talk is a conversation of a test.
type talk struct {
	sent [2][]byte
	isn  [2]uint32
	v6   bool
	tags int // VLAN
}

func (k *talk) packet(t testing.TB, s seg) []byte {
	t.Helper()
	ends := [2]string{"10.0.0.1", "10.0.0.2"}
	if k.v6 {
		ends = [2]string{"2001:db8::1", "2001:db8::2"}
	}
	ports := [2]layers.TCPPort{40000, 445}
	tcp := &layers.TCP{SrcPort: ports[s.dir], DstPort: ports[1-s.dir], Seq: k.isn[s.dir] + 1 + uint32(s.from), Window: 8192}
	switch s.flags {
	case "S":
		tcp.SYN = true
		tcp.Seq--
	case "F":
		tcp.FIN = true
	}
	if s.ack >= 0 {
		tcp.ACK, tcp.Ack = true, k.isn[1-s.dir]+1+uint32(s.ack)
	}
	if len(s.sack) > 0 {
		var edges []byte
		for _, e := range s.sack {
			edges = binary.BigEndian.AppendUint32(edges, k.isn[1-s.dir]+1+uint32(e))
		}
		tcp.Options = []layers.TCPOption{{OptionType: layers.TCPOptionKindNop}, {OptionType: layers.TCPOptionKindNop},
			{OptionType: layers.TCPOptionKindSACK, OptionData: edges}}
	}
	list := []gopacket.SerializableLayer{&layers.Ethernet{SrcMAC: make([]byte, 6), DstMAC: make([]byte, 6), EthernetType: layers.EthernetTypeIPv4}}
	if k.v6 {
		list[0].(*layers.Ethernet).EthernetType = layers.EthernetTypeIPv6
	}
	for range k.tags {
		list = slices.Insert(list, 1, gopacket.SerializableLayer(&layers.Dot1Q{VLANIdentifier: 5, Type: list[0].(*layers.Ethernet).EthernetType}))
		list[0].(*layers.Ethernet).EthernetType = layers.EthernetTypeDot1Q
	}
	if k.v6 {
		ip := &layers.IPv6{Version: 6, HopLimit: 9, NextHeader: layers.IPProtocolTCP, SrcIP: net.ParseIP(ends[s.dir]), DstIP: net.ParseIP(ends[1-s.dir])}
		tcp.SetNetworkLayerForChecksum(ip)
		list = append(list, ip)
	} else {
		ip := &layers.IPv4{Version: 4, TTL: 9, Protocol: layers.IPProtocolTCP, SrcIP: net.ParseIP(ends[s.dir]), DstIP: net.ParseIP(ends[1-s.dir])}
		tcp.SetNetworkLayerForChecksum(ip)
		list = append(list, ip)
	}
	buf := gopacket.NewSerializeBuffer()
	list = append(list, tcp, gopacket.Payload(k.sent[s.dir][s.from:s.to]))
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, list...); err != nil {
		t.Fatal(err)
	}
	return append([]byte(nil), buf.Bytes()...)
}

// pcap writes a capture of the segments, a millisecond apart.
func (k *talk) pcap(t testing.TB, segs []seg) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0xa1b2c3d4)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	b = le.AppendUint32(b, 262144)
	b = le.AppendUint32(b, 1)
	for i, s := range segs {
		p := k.packet(t, s)
		b = le.AppendUint32(b, 1_700_000_000)
		b = le.AppendUint32(b, uint32(i)*1000)
		b = le.AppendUint32(b, uint32(len(p)-s.cut))
		b = le.AppendUint32(b, uint32(len(p)))
		b = append(b, p[:len(p)-s.cut]...)
	}
	return b
}

// unsealed writes a capture to a file and gives its decrypted form.
func unsealed(t testing.TB, b []byte) ([]byte, *Report) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := capture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	r, err := Write(f, &out, Options{Opener: flipper{}})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), r
}

// packets gives the packets of a capture and what PDUs it holds.
func packets(t testing.TB, b []byte) (frames [][]byte, wire []uint32, pdus []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "b")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := capture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, err = f.Scan(capture.Options{Packet: func(p *capture.Packet) {
		b, _ := f.ReadPDU(nil, []capture.Extent{{Off: p.Off, Len: p.Cap}})
		frames, wire = append(frames, b), append(wire, p.Wire)
	}}, func(p *capture.PDU) bool {
		if p.Kind.Carries() {
			b, _ := f.ReadPDU(nil, p.Extents)
			pdus = append(pdus, fmt.Sprintf("%d-%d %d%c %x", p.FirstFrame, p.Frame, p.Conn, 'A'+p.Dir, b))
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return frames, wire, pdus
}

// three is a side that sends a sealed message, one in the clear and a sealed one.
func three() []byte {
	return slices.Concat(sealed(200, 1, 0), clearText(100, 2), sealed(3000, 3, 0))
}

// places of the parts of three, as captured and as written
const (
	second, third, all = 4 + 52 + 200, second + 104, third + 4 + 52 + 3000
)

// TestFrames takes conversations of all kinds apart: lost, repeated, late,
// overlapping and cut segments, whatever the layers around. The frames stay; the
// PDUs are those of the conversation in the clear, in the same frames.
func TestFrames(t *testing.T) {
	shapes := map[string][]seg{
		"plain": {{dir: 0, to: second}, {dir: 0, from: second, to: third}, {dir: 0, from: third, to: all}, {dir: 1, ack: all}},
		"split": {{dir: 0, to: 2}, {dir: 0, from: 2, to: 30}, {dir: 0, from: 30, to: 50}, {dir: 0, from: 50, to: second + 3},
			{dir: 0, from: second + 3, to: third + 1}, {dir: 0, from: third + 1, to: third + 56}, {dir: 0, from: third + 56, to: all}},
		"late": {{dir: 0, to: 100}, {dir: 0, from: third + 1000, to: all}, {dir: 0, from: 100, to: third}, {dir: 1, ack: third, sack: []int{third + 1000, all}},
			{dir: 0, from: third, to: third + 1000}, {dir: 1, ack: all}},
		"again": {{dir: 0, to: third}, {dir: 0, to: third}, {dir: 0, from: 60, to: third + 500}, {dir: 0, from: 10, to: 70}, {dir: 0, from: third + 500, to: all},
			{dir: 0, from: all - 1, to: all}},
		"both": {{dir: 0, flags: "S", ack: -1}, {dir: 1, flags: "S"}, {dir: 0, to: all}, {dir: 1, to: all, ack: all}, {dir: 0, from: all, to: all, ack: all, flags: "F"},
			{dir: 1, from: all, to: all, ack: all + 1, flags: "F"}},
	}
	for name, segs := range shapes {
		for _, k := range []talk{{}, {v6: true}, {tags: 2}, {isn: [2]uint32{1<<32 - 300, 1<<32 - 3100}}} {
			t.Run(fmt.Sprintf("%s/%v %d %d", name, k.v6, k.tags, k.isn[0]), func(t *testing.T) {
				k.sent = [2][]byte{three(), three()}
				was := k.pcap(t, segs)
				got, r := unsealed(t, was)
				if r.Opened == 0 || r.Fragmented+r.Rewound != 0 {
					t.Errorf("%+v", r)
				}
				_, _, before := packets(t, was)
				frames, _, after := packets(t, got)
				if len(frames) != len(segs) {
					t.Fatalf("%d frames of %d", len(frames), len(segs))
				}
				for i := range before {
					before[i] = inClear(before[i])
				}
				if !slices.Equal(before, after) {
					t.Errorf("PDUs\n%.300q\nwant\n%.300q", after, before)
				}
				for i, f := range frames {
					checkSums(t, i+1, f)
				}
			})
		}
	}
}

// inClear gives the line of a PDU as it is without the seal of flipper.
func inClear(line string) string {
	var first, last int
	var side string
	var b []byte
	if _, err := fmt.Sscanf(line, "%d-%d %s %x", &first, &last, &side, &b); err != nil || b[0] != 0xfd {
		return line
	}
	b, _ = flipper{}.Unseal(nil, b, false)
	return fmt.Sprintf("%d-%d %s %x", first, last, side, b)
}

// checkSums has gopacket write the packet again: lengths and checksums stay.
func checkSums(t *testing.T, frame int, b []byte) {
	t.Helper()
	p := gopacket.NewPacket(b, layers.LayerTypeEthernet, gopacket.Default)
	tcp, ok := p.TransportLayer().(*layers.TCP)
	if !ok || p.ErrorLayer() != nil {
		t.Errorf("frame %d: %v", frame, p)
		return
	}
	if err := tcp.SetNetworkLayerForChecksum(p.NetworkLayer()); err != nil {
		t.Fatal(err)
	}
	buf := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializePacket(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, p); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(buf.Bytes(), b) { // it pads short frames
		t.Errorf("frame %d:\n%x\nwant\n%x", frame, b, buf.Bytes())
	}
}

// TestNumbers looks at sequence and acknowledgement numbers.
func TestNumbers(t *testing.T) {
	k := talk{sent: [2][]byte{three(), nil}, isn: [2]uint32{1000, 2000}}
	got, _ := unsealed(t, k.pcap(t, []seg{
		{dir: 0, to: second},
		{dir: 1, ack: second},
		{dir: 0, from: third, to: all},
		{dir: 1, ack: second, sack: []int{third, all}},
		{dir: 0, from: second, to: third},
		{dir: 1, ack: 30},
		{dir: 1, ack: all},
	}))
	frames, _, _ := packets(t, got)
	for i, want := range []string{"1001 0 204", "2001 1205 0", "1309 0 3004", "2001 1205 0 [1309 4313]", "1205 0 104", "2001 1005 0", "2001 4313 0"} {
		tcp := gopacket.NewPacket(frames[i], layers.LayerTypeEthernet, gopacket.Default).TransportLayer().(*layers.TCP)
		is := fmt.Sprint(tcp.Seq, tcp.Ack, len(tcp.Payload))
		if k.isn[0]+1 == tcp.Seq || tcp.SrcPort == 40000 {
			is = fmt.Sprint(tcp.Seq, 0, len(tcp.Payload))
		}
		for _, o := range tcp.Options {
			if o.OptionType == layers.TCPOptionKindSACK {
				is += fmt.Sprint(" ", []uint32{binary.BigEndian.Uint32(o.OptionData), binary.BigEndian.Uint32(o.OptionData[4:])})
			}
		}
		if is != want {
			t.Errorf("frame %d: %s, want %s", i+1, is, want)
		}
	}
}

// TestBehind has bytes behind a message: they fall away, and the PDU still ends
// in its last frame.
func TestBehind(t *testing.T) {
	k := talk{sent: [2][]byte{sealed(200, 1, 40), nil}}
	got, _ := unsealed(t, k.pcap(t, []seg{{to: 230}, {from: 230, to: 260}, {from: 260, to: 296}}))
	_, _, pdus := packets(t, got)
	if want := fmt.Sprintf("1-3 0A %x", clearText(200, 1)[nbssSize:]); len(pdus) != 1 || pdus[0] != want {
		t.Errorf("%q, want %q", pdus, want)
	}
}

// TestCut opens what lies before the first missing byte and leaves the rest.
func TestCut(t *testing.T) {
	k := talk{sent: [2][]byte{slices.Concat(sealed(200, 1, 0), sealed(300, 2, 0)), nil}}
	got, _ := unsealed(t, k.pcap(t, []seg{{to: second}, {from: second, to: second + 356, cut: 100}}))
	frames, wire, pdus := packets(t, got)
	if len(frames[1]) != 54+204 || wire[1] != 54+304 {
		t.Errorf("%d of %d bytes", len(frames[1]), wire[1])
	}
	if want := fmt.Sprintf("2-2 0A %x", clearText(300, 2)[nbssSize:204]); len(pdus) != 2 || pdus[1] != want {
		t.Errorf("%q, want %q", pdus, want)
	}
}

// TestChecksums keeps a wrong checksum wrong and fills in one that was left to
// the network card.
func TestChecksums(t *testing.T) {
	k := talk{sent: [2][]byte{three(), nil}}
	for name, c := range map[string]struct {
		spoil func(tcp []byte)
		good  bool
	}{
		"wrong": {func(tcp []byte) { tcp[16]++ }, false},
		"zero":  {func(tcp []byte) { tcp[16], tcp[17] = 0, 0 }, true},
		"partial": {func(tcp []byte) {
			binary.BigEndian.PutUint16(tcp[16:], fold(addresses(append([]byte(nil), offloaded...))+tcpLength(len(tcp))))
		}, true},
	} {
		b := k.pcap(t, []seg{{to: second}})
		c.spoil(b[24+16+34:])
		got, _ := unsealed(t, b)
		frames, _, _ := packets(t, got)
		ip := frames[0][14:]
		if good := fold(sum(addresses(ip)+tcpLength(len(ip)-20), ip[20:])) == 0xffff; good != c.good {
			t.Errorf("%s: the checksum holds: %v", name, good)
		}
	}
}

// offloaded is an IP header with the addresses of talk.
var offloaded = []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2}

// TestBlocks keeps all that a pcapng file has around its packets.
func TestBlocks(t *testing.T) {
	k := talk{sent: [2][]byte{three(), nil}}
	packet := k.packet(t, seg{to: second})
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		block := func(kind uint32, body []byte) []byte {
			for len(body)%4 != 0 {
				body = append(body, 0)
			}
			b := order.AppendUint32(nil, kind)
			b = order.AppendUint32(b, uint32(len(body)+12))
			return order.AppendUint32(append(b, body...), uint32(len(body)+12))
		}
		enhanced := func(p []byte) []byte {
			b := order.AppendUint32(nil, 0)
			b = order.AppendUint64(b, 77)
			b = order.AppendUint32(b, uint32(len(p)))
			b = append(order.AppendUint32(b, uint32(len(p))), p...)
			for len(b)%4 != 0 {
				b = append(b, 0)
			}
			b = order.AppendUint16(b, 1) // comment
			b = order.AppendUint16(b, 4)
			return block(blockEnhanced, append(b, "note\x00\x00\x00\x00"...))
		}
		section := order.AppendUint32(order.AppendUint32(nil, byteOrderMagic), 1<<16)
		description := order.AppendUint32(order.AppendUint16(order.AppendUint16(nil, 1), 0), 0)
		file := func(p []byte, length uint64) []byte {
			s := order.AppendUint64(section[:8:8], length)
			return slices.Concat(block(blockSection, s), block(blockInterface, description), block(4, []byte("names")),
				enhanced([]byte("no packet at all")), enhanced(p), block(5, []byte("statistics")))
		}
		got, _ := unsealed(t, file(packet, 1234))
		frames, _, _ := packets(t, got)
		if want := file(frames[1], 1<<64-1); !bytes.Equal(got, want) {
			t.Errorf("%v:\n%x\nwant\n%x", order, got, want)
		}
		if again, r := unsealed(t, got); r.Opened != 0 || !bytes.Equal(again, got) {
			t.Error("what has no seal is not taken over as it is")
		}
	}
}

// FuzzWrite rewrites damaged captures: no panic, and no frame more or less.
func FuzzWrite(f *testing.F) {
	k := talk{sent: [2][]byte{three(), sealed(80, 9, 3)}}
	f.Add(k.pcap(f, []seg{{to: 100}, {from: third, to: all}, {from: 80, to: third, cut: 20}, {dir: 1, to: 50, ack: all}, {dir: 1, from: 40, to: 139, ack: 7}}))
	k.v6 = true
	b, _ := unsealed(f, k.pcap(f, []seg{{to: 300}, {dir: 1, ack: 300, sack: []int{20, 300}}}))
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "a")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := capture.Open(path)
		if err != nil {
			return
		}
		defer file.Close()
		var out bytes.Buffer
		r, err := Write(file, &out, Options{Opener: flipper{}})
		if err != nil || r.Summary.Frames == 0 {
			return
		}
		frames, _, _ := packets(t, out.Bytes())
		if len(frames) != int(r.Summary.Frames) {
			t.Errorf("%d frames of %d", len(frames), r.Summary.Frames)
		}
	})
}
