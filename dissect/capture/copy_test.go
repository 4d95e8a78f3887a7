package capture

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestCopyPackets checks that the packets of one PDU are found again in the
// copy, and that extents which are not there are no packets.
func TestCopyPackets(t *testing.T) {
	f, err := Open(filepath.Join("..", "..", "testdata", "traces", "missing.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var ext []Extent
	var want []byte
	n := 0
	if _, err := f.Scan(Options{}, func(p *PDU) bool {
		if n++; n == 40 && p.Kind.Carries() {
			ext = slices.Clone(p.Extents)
			want, _ = f.ReadPDU(nil, ext)
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy.pcapng")
	var out bytes.Buffer
	count, err := f.CopyPackets(&out, ext)
	if err != nil || count < 1 {
		t.Fatalf("%d packets, %v", count, err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sum, err := c.Scan(Options{}, func(p *PDU) bool {
		if got, _ := c.ReadPDU(nil, p.Extents); p.Kind.Carries() && !bytes.Equal(got, want) {
			t.Errorf("the copy holds %x, want %x", got, want)
		}
		return true
	})
	if err != nil || int(sum.Frames) != count || len(sum.Damage) > 0 {
		t.Errorf("%+v, %v", sum, err)
	}
	if _, err := f.CopyPackets(&out, []Extent{{Off: 1 << 60, Len: 5}}); err == nil {
		t.Error("packets beyond the end")
	}
}
