package capture

import (
	"bytes"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"testing"
)

func writeSample(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	a, b := netip.MustParseAddrPort("10.0.0.1:40000"), netip.MustParseAddrPort("10.0.0.2:445")
	six, seven := netip.MustParseAddrPort("[2001:db8::6]:40000"), netip.MustParseAddrPort("[2001:db8::7]:445")
	big := message(1<<20, 3)
	err = errors.Join(
		w.Connect(start, a, b),
		w.WritePacket(start+1, a, b, message(100, 1)),
		w.WritePacket(start+2, b, a, big),
		w.WritePacket(start+3, six, seven, message(200, 2)),
		w.Close(start+4, a, b, false),
		w.Close(start+5, b, a, true),
		w.Connect(start+6, a, b),
		w.WritePacket(start+7, a, b, message(300, 4)),
		w.Flush(),
	)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WritePacket(start, a, seven, nil); err == nil {
		t.Error("no error between IPv4 and IPv6")
	}
	return out.Bytes()
}

func TestWriter(t *testing.T) {
	file := writeSample(t)
	f := openBytes(t, "x.pcapng", file)
	got, sum := events(t, f)
	compare(t, got, `
		start 0A 1-1
		msg 0A 4-4 len 100 fill 1
		msg 0B 5-21 len 1048576 fill 3
		start 1A 22-22
		msg 1A 22-22 len 200 fill 2
		end 0A 23-23
		reset 0B 24-24
		start 2A 25-25
		msg 2A 28-28 len 300 fill 4`)
	if sum.FirstTime != start || sum.LastTime != start+7 || sum.Damage != nil || sum.Holes != 0 {
		t.Errorf("%+v", sum)
	}
	if !bytes.Equal(file, writeSample(t)) {
		t.Error("written twice, not the same")
	}
}

// tshark finds nothing to complain of in what is written.
func TestWriterInterop(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		if os.Getenv("SMBDIFF_INTEROP") == "require" {
			t.Fatal(err)
		}
		t.Skip("interop: no tshark (LookPath)")
	}
	path := tempFile(t, "x.pcapng", writeSample(t))
	out, err := exec.Command(tshark, "-r", path, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE",
		"-Y", "tcp.checksum.status != 1 || ip.checksum.status != 1 || tcp.analysis.lost_segment || tcp.analysis.retransmission || tcp.analysis.ack_lost_segment").Output()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
