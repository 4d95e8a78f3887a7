package plaintext

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"smbdiff/dissect/capture"
)

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

// fragments cuts the IPv4 packet of an Ethernet frame in two.
func fragments(packet []byte) [2][]byte {
	const head, at = 14 + 20, 160
	one, two := bytes.Clone(packet[:head+at]), slices.Concat(packet[:head], packet[head+at:])
	for i, b := range [2][]byte{one, two} {
		binary.BigEndian.PutUint16(b[16:], uint16(len(b)-14))
		binary.BigEndian.PutUint16(b[20:], [2]uint16{0x2000, at / 8}[i])
	}
	return [2][]byte{one, two}
}

// TestLeft leaves sealed what cannot be written in plain text, and counts it.
func TestLeft(t *testing.T) {
	k := talk{sent: [2][]byte{three(), nil}}
	whole := k.pcap(t, []seg{{to: second}, {from: second, to: third}, {from: third, to: all}})
	record := func(p []byte) []byte {
		le := binary.LittleEndian
		return append(le.AppendUint32(le.AppendUint32(make([]byte, 8), uint32(len(p))), uint32(len(p))), p...)
	}
	last := fragments(k.packet(t, seg{from: third, to: all}))
	cut := slices.Concat(whole[:len(whole)-16-54-(all-third)], record(last[0]), record(last[1]))
	got, r := unsealed(t, cut)
	_, _, was := packets(t, cut)
	_, _, is := packets(t, got)
	if r.Fragmented != 2 || r.Opened != 0 || !slices.Equal(is, was) || len(is) != 3 {
		t.Errorf("%+v\n%.200q\n%.200q", r, is, was)
	}

	back := talk{sent: k.sent, isn: [2]uint32{1<<32 - 100<<20, 0}}
	again := slices.Concat(whole, back.pcap(t, []seg{{to: second}})[24:])
	got, r = unsealed(t, again)
	frames, _, pdus := packets(t, got)
	if r.Rewound != 1 || r.Opened != 2 || len(frames) != 4 || len(pdus) != 4 {
		t.Errorf("%+v, %d frames, %d PDUs", r, len(frames), len(pdus))
	}
}

// TestSet makes one file of a set: pcap and pcapng, microseconds and nanoseconds.
func TestSet(t *testing.T) {
	k := talk{sent: [2][]byte{three(), nil}}
	dir := t.TempDir()
	nano := k.pcap(t, []seg{{from: third, to: all}})
	binary.LittleEndian.PutUint32(nano, 0xa1b23c4d)
	ng, _ := unsealed(t, k.pcap(t, []seg{{to: 0}}))
	for name, b := range map[string][]byte{"1": k.pcap(t, []seg{{to: second + 20}}), "2": ng, "3": k.pcap(t, []seg{{from: second + 20, to: third}}), "4": nano} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := capture.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	if _, err := Write(f, &out, Options{Opener: flipper{}}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		fmt.Sprintf("1-1 0A %x", clearText(200, 1)[nbssSize:]),
		fmt.Sprintf("1-3 0A %x", clearText(100, 2)[nbssSize:]),
		fmt.Sprintf("4-4 0A %x", clearText(3000, 3)[nbssSize:]),
	}
	if frames, _, got := packets(t, out.Bytes()); len(frames) != 4 || !slices.Equal(got, want) {
		t.Errorf("%d frames, %.200q", len(frames), got)
	}
}
