package diff

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestPlantedSeal flips bits of a transform header, so that the message does
// not open: the row is told with the field, or with the tag that does not hold.
func TestPlantedSeal(t *testing.T) {
	path := pcap("sc-SMB3_00-share-enc")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	good := load(t, path, true)
	p := planter{t: t, path: path, whole: whole, good: good}
	rd := good.NewReader()
	for _, num := range []uint32{20, 21, 40, 41} {
		if !rd.Read(num) || !rd.Message.Sealed {
			t.Fatalf("message %d is not sealed", num)
		}
		pdu := p.place(&rd.Message)
		before := bytes.Clone(pdu)
		for at, name := range map[int]string{0: "smb2.protocol_id", 4: nameTag, 20: nameTag, 36: "smb2.header.transform.msg_size", 40: nameReserved,
			42: "smb2.header.transform.flags", 44: "smb2.sesid"} {
			pdu[at] ^= 1
			file := filepath.Join(t.TempDir(), "x.pcap")
			if err := os.WriteFile(file, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			copy(pdu, before)
			r := Traces(good, loadKeys(t, file, path), Options{})
			c, told := r.Comparer(), ""
			for _, row := range r.Rows {
				for _, ch := range c.Compare(row) {
					if ch.Masked == "" {
						told += fmt.Sprintf("%s in %d ", ch.Name, ch.FrameB)
					}
				}
			}
			if want := fmt.Sprintf("%s in %d ", name, rd.Message.Frame); told != want || r.Differ() != 1 || r.Unread != 0 {
				t.Errorf("message %d, byte %d: %swant %s; %s", num, at, told, want, r.Sentence())
			}
		}
	}
}
