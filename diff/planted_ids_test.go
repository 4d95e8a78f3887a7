package diff

import (
	"os"
	"testing"
)

// TestPlantedHandles flips a bit of each handle and tree id, where a server
// gives it out and where it is used: one row says so.
func TestPlantedHandles(t *testing.T) {
	for _, x := range [][]string{{"sc-SMB3_00-share-enc", "smb2.fid"}, {"plain-1", "smb2.fid", "smb2.tid"}, {"sc-NT1-meta-plain", "smb.fid", "smb.tid"}} {
		path := pcap(x[0])
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		good := load(t, path, true)
		p := planter{t: t, path: path, whole: whole, good: good, dir: t.TempDir(), sealers: sealers(t, path)}
		rd := good.NewReader()
		for _, name := range x[1:] {
			tried := [2]int{}
			for num := uint32(1); rd.Read(num); num++ {
				m := &rd.Message
				i, pdu := rd.Tree.Find(name, rd.Outer), p.place(m)
				if i < 0 || pdu == nil {
					continue
				}
				k := 0
				if m.Response() {
					k = 1
				}
				off, frame := rd.Tree.Nodes[i].Off, m.Frame
				if _, none := special(&rd.Tree, i); none {
					continue
				}
				if tried[k]++; tried[k] > 15 {
					continue
				}
				other, undo := p.alter(m, off, []byte{m.Bytes[off] ^ 1}, pdu)
				r := Traces(good, other, Options{})
				if r.Differ() != 1 || r.Unread != 0 {
					t.Errorf("%s: %s in frame %d: %d rows, %s", x[0], name, frame, r.Differ(), r.Sentence())
				}
				if back := Traces(other, good, Options{}); back.Differ() != r.Differ() {
					t.Errorf("%s: %s in frame %d: %d rows, turned %d", x[0], name, frame, r.Differ(), back.Differ())
				}
				undo()
			}
			if min(tried[0], tried[1]) < 4 {
				t.Errorf("%s: %s: %v tried", x[0], name, tried)
			}
		}
	}
}
