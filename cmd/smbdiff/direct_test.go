package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/dissect/capture"
)

// fragment is how much of a message one data transfer carries here.
const fragment = 500

// sent is one RDMA Send.
type sent struct {
	dir  uint8
	at   int64
	data []byte
}

// overDirect gives the first connection of a trace as SMB Direct would carry
// it, [MS-SMBD] 2.2: negotiation, then data transfers, and credits alone.
func overDirect(t *testing.T, name string) []sent {
	f, err := capture.Open(filepath.Join("..", "..", "testdata", "traces", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	le := binary.LittleEndian
	ask := le.AppendUint32([]byte{0, 1, 0, 1, 0, 0, 10, 0}, 1364)
	ask = le.AppendUint32(le.AppendUint32(ask, 8192), 1<<20)
	answer := le.AppendUint32([]byte{0, 1, 0, 1, 0, 1, 0, 0, 255, 0, 10, 0, 0, 0, 0, 0}, 8<<20)
	answer = le.AppendUint32(le.AppendUint32(le.AppendUint32(answer, 1364), 8192), 1<<20)
	out := []sent{{0, 0, ask}, {1, 0, answer}}
	transfer := func(dir uint8, at int64, part []byte, left int) {
		b := append([]byte{10, 0, 1, 0, 0, 0, 0, 0}, make([]byte, 12)...)
		le.PutUint32(b[8:], uint32(left))
		if len(part) > 0 {
			le.PutUint32(b[12:], 24)
			le.PutUint32(b[16:], uint32(len(part)))
			b = append(append(b, 0, 0, 0, 0), part...)
		}
		out = append(out, sent{dir, at, b})
	}
	_, err = f.Scan(capture.Options{}, func(p *capture.PDU) bool {
		if p.Kind != capture.PDUMessage || p.Conn != 0 {
			return true
		}
		b, err := f.ReadPDU(nil, p.Extents)
		if err != nil {
			t.Fatal(err)
		}
		for len(b) > 0 {
			n := min(len(b), fragment)
			transfer(p.Dir, p.Time, b[:n], len(b)-n)
			b = b[n:]
		}
		if len(out)%7 == 0 {
			transfer(1-p.Dir, p.Time, nil, 0)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// writeRoCE writes the Sends as RoCEv2, [IBTA] annex A17, over IPv4: a pcap of
// raw IP packets that carry mtu bytes.
func writeRoCE(t *testing.T, path string, sends []sent, mtu int) {
	le, be := binary.LittleEndian, binary.BigEndian
	out := []byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0}
	var psn [2]uint32
	for _, s := range sends {
		for at := 0; at < len(s.data); at += mtu {
			part := s.data[at:min(len(s.data), at+mtu)]
			first, last := at == 0, at+len(part) == len(s.data)
			code := byte(1) // middle
			switch {
			case first && last:
				code = 4
			case first:
				code = 0
			case last:
				code = 2
			}
			pad := -len(part) & 3
			bth := []byte{code, byte(pad << 4), 0xff, 0xff, 0, 0, 0, 0x11 + s.dir, 0, 0, 0, 0}
			be.PutUint32(bth[8:], psn[s.dir])
			psn[s.dir]++
			body := append(append(bth, part...), make([]byte, pad+4)...)
			udp := append(be.AppendUint16(be.AppendUint16(be.AppendUint16(nil, 49152), 4791), uint16(8+len(body))), 0, 0)
			ip := []byte{0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1 + s.dir, 10, 0, 0, 2 - s.dir}
			packet := append(append(ip, udp...), body...)
			be.PutUint16(packet[2:], uint16(len(packet)))
			be.PutUint16(packet[10:], checksum(packet[:20]))
			for _, v := range []uint32{uint32(s.at / 1e9), uint32(s.at % 1e9 / 1000), uint32(len(packet)), uint32(len(packet))} {
				out = le.AppendUint32(out, v)
			}
			out = append(out, packet...)
		}
	}
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
}

// checksum is that of an IPv4 header, [RFC791] 3.1.
func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	return ^uint16(sum + sum>>16)
}

// writeIWARP writes the Sends as MPA over TCP, [RFC5044], with DDP segments of
// at most mtu bytes. Several FPDUs share a segment here and there. The port is not
// 5445, which tshark takes for another protocol.
func writeIWARP(t *testing.T, path string, sends []sent, mtu int) {
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := capture.NewWriter(f)
	if err != nil {
		t.Fatal(err)
	}
	ends := [2]netip.AddrPort{netip.MustParseAddrPort("10.0.0.1:49152"), netip.MustParseAddrPort("10.0.0.2:5446")}
	write := func(dir uint8, at int64, b []byte) {
		if err := w.WritePacket(at, ends[dir], ends[1-dir], b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Connect(0, ends[0], ends[1]); err != nil {
		t.Fatal(err)
	}
	write(0, 0, []byte("MPA ID Req Frame\x00\x01\x00\x00"))
	write(1, 0, []byte("MPA ID Rep Frame\x00\x01\x00\x00"))
	be := binary.BigEndian
	var number [2]uint32
	for i, s := range sends {
		number[s.dir]++
		var stream []byte
		for at := 0; at < len(s.data); at += mtu {
			part := s.data[at:min(len(s.data), at+mtu)]
			control := byte(0x01)
			if at+len(part) == len(s.data) {
				control |= 0x40
			}
			unit := append(be.AppendUint16(nil, uint16(18+len(part))), control, 0x43, 0, 0, 0, 0, 0, 0, 0, 0)
			unit = append(be.AppendUint32(be.AppendUint32(unit, number[s.dir]), uint32(at)), part...)
			unit = append(unit, make([]byte, (-len(unit)&3)+4)...)
			stream = append(stream, unit...)
		}
		if i%3 == 0 && len(stream) > 100 { // a unit over two segments
			write(s.dir, s.at, stream[:71])
			stream = stream[71:]
		}
		write(s.dir, s.at, stream)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

// smb2Messages gives what a dump holds of SMB2, and how many messages of SMB
// Direct stand alone.
func smb2Messages(t *testing.T, args ...string) (list []string, direct int) {
	code, out, errs := run(t, append([]string{"dump"}, args...)...)
	if code != 0 || errs != "" {
		t.Fatalf("exit %d, %s", code, errs)
	}
	for line := range strings.Lines(out) {
		var m struct {
			Protocol, Command, Status, Cipher string
			Response                          bool
			ID                                string `json:"message_id"`
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		if strings.Count(line, `"smb_direct.padding"`) != strings.Count(line, `"name":"smb_direct.data_offset","label":"DataOffset","value":24,`) {
			t.Errorf("no leaf over the padding before the data: %.300s", line)
		}
		if m.Protocol == "SMB-DIRECT" {
			direct++
			continue
		}
		list = append(list, fmt.Sprint(m.Command, m.Response, m.ID, m.Status, m.Cipher))
	}
	return list, direct
}

// TestDirect carries a sealed conversation over SMB Direct, on both transports,
// and finds it again. tshark judges what was written.
func TestDirect(t *testing.T) {
	traces := filepath.Join("..", "..", "testdata", "traces")
	keys := filepath.Join(traces, "good.keys")
	want, _ := smb2Messages(t, filepath.Join(traces, "good.pcap"))
	sends := overDirect(t, "good.pcap")
	for _, c := range []struct {
		name  string
		write func(*testing.T, string, []sent, int)
		mtu   int
	}{
		{"roce.pcap", writeRoCE, 1024}, {"iwarp.pcapng", writeIWARP, 1024},
		{"roce-small.pcap", writeRoCE, 256}, {"iwarp-small.pcapng", writeIWARP, 300},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.name)
			c.write(t, path, sends, c.mtu)
			got, direct := smb2Messages(t, path, "-k", keys)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("got %d messages, want %d:\n%v\n%v", len(got), len(want), got, want)
			}
			if direct < 2 {
				t.Errorf("%d messages of SMB Direct", direct)
			}
			code, out, errs := run(t, path, "-k", keys)
			if code != 0 || errs != "" || !strings.Contains(out, "(direct)") {
				t.Errorf("list: exit %d, %s", code, errs)
			}
			if c.mtu < fragment {
				return // tshark does not put such Sends together
			}
			oracle := os.Getenv("SMBDIFF_ORACLE")
			if _, err := exec.LookPath("tshark"); err != nil || oracle == "" {
				if os.Getenv("SMBDIFF_INTEROP") == "require" {
					t.Fatal("tshark or SMBDIFF_ORACLE is missing")
				}
				t.Skip("interop: tshark is not installed (LookPath), or SMBDIFF_ORACLE not set")
			}
			expect := path + ".ndjson"
			if err := runOracle(oracle, corpusCapture{path: path, keys: keys}, expect); err != nil {
				t.Fatal(err)
			}
			compareCapture(t, corpusCapture{path: path, keys: keys}, c.name, expect, path+".dump")
		})
	}
}
