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

func (flipper) UnsealInPlace([]byte, bool) ([]byte, conv.Seal, bool) {
	return nil, conv.Seal{}, false
}

func (flipper) Opened(uint64, int) {}

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
