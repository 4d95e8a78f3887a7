package diff

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"smbdiff/dissect"
)

// TestLate compares two equal runs of a client that closes and looks again when
// a time is over.
func TestLate(t *testing.T) {
	a, b := load(t, pcap("kernel-1"), false), load(t, pcap("kernel-2"), false)
	r := Traces(a, b, Options{})
	if r.Verdict != "same" || r.Differ() != 0 {
		t.Error(r.Sentence())
	}
	checkTurned(t, "kernel", a, b, r, Options{})
	rules := map[string]int{}
	moved := 0
	c := r.Comparer()
	for _, row := range r.Rows {
		if row.Moved {
			moved++
		}
		for _, ch := range c.Compare(row) {
			rules[ch.Masked]++
		}
	}
	if moved != 3 || rules[ruleLook] < 11 || rules[ruleLate] != 4 || rules[""] != 0 {
		t.Errorf("%d moved, rules %v", moved, rules)
	}
	if r := Traces(a, b, Options{Mask: "strict"}); r.Counts[OnlyA]+r.Counts[OnlyB] < 5 {
		t.Error("strict hides looks")
	}
}

// TestLatePlanted plants changes in what stands elsewhere, or alone, in an
// equal run: those show.
func TestLatePlanted(t *testing.T) {
	good := load(t, pcap("kernel-1"), false)
	for _, c := range []struct {
		what  string
		frame uint32
		field string
		value func(old []byte, rd *dissect.Reader) []byte
		rows  int
	}{
		{"what a look found that the other side has not", 123, "smb2.file_attribute", func(b []byte, _ *dissect.Reader) []byte { return []byte{b[0] ^ 2} }, 3},
		{"the rights of a look", 122, "smb.access_mask", func(b []byte, _ *dissect.Reader) []byte { return []byte{b[0] | 2} }, 3},
		{"what a look through a handle found", 135, "smb2.eof", func(b []byte, _ *dissect.Reader) []byte { return []byte{b[0] ^ 1} }, 3},
		{"the handle of a late close", 96, "smb2.fid", handleOf(83), 1},
		{"the answer to a late close", 97, "smb2.nt_status", func([]byte, *dissect.Reader) []byte { return []byte{0x28, 1, 0, 0xc0} }, 1},
	} {
		whole, err := os.ReadFile(pcap("kernel-2"))
		if err != nil {
			t.Fatal(err)
		}
		tr := load(t, pcap("kernel-2"), false)
		rd := tr.NewReader()
		num := uint32(1)
		for rd.Read(num) && rd.Message.Frame != c.frame {
			num++
		}
		i := rd.Tree.Find(c.field, rd.Outer)
		if i < 0 {
			t.Fatalf("%s: frame %d has no %s", c.what, c.frame, c.field)
		}
		at := bytes.Index(whole, rd.Message.Bytes) + int(rd.Tree.Nodes[i].Off)
		copy(whole[at:], c.value(bytes.Clone(rd.Tree.Bytes(i)), tr.NewReader()))
		file := filepath.Join(t.TempDir(), "x.pcap")
		if err := os.WriteFile(file, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		r := Traces(good, load(t, file, false), Options{})
		if r.Verdict != "differ" || r.Differ() > c.rows {
			t.Errorf("%s: %d rows: %s", c.what, r.Differ(), r.Sentence())
		}
	}
}
