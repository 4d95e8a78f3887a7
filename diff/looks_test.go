package diff

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
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

// TestEqualRuns compares equal runs of clients that take turns in another way,
// keep what they read, take other handles for the same, or ask for the time.
func TestEqualRuns(t *testing.T) {
	for name, want := range map[string][]string{
		"together": {ruleLook, ruleLate},
		"cached":   {ruleLook, ruleReread},
		"clock":    {"time"},
		"held":     {ruleLook, ruleReopen, ruleIdle},
		"first":    {ruleRace},
	} {
		a, b := load(t, pcap(name+"-1"), false), load(t, pcap(name+"-2"), false)
		r := Traces(a, b, Options{})
		if r.Verdict != "same" || r.Differ() != 0 {
			t.Errorf("%s: %s", name, r.Sentence())
		}
		checkTurned(t, name, a, b, r, Options{})
		rules := map[string]int{}
		c := r.Comparer()
		for _, row := range r.Rows {
			for _, ch := range c.Compare(row) {
				rules[ch.Masked]++
			}
		}
		for _, rule := range append(want, "") {
			if (rules[rule] > 0) != (rule != "") {
				t.Errorf("%s: rule %q hides %d", name, rule, rules[rule])
			}
		}
	}
}

// flip changes bits of the first byte of a field.
func flip(bits byte) func([]byte, *dissect.Reader) []byte {
	return func(b []byte, _ *dissect.Reader) []byte { b[0] ^= bits; return b }
}

// TestLatePlanted plants changes in what stands elsewhere, or alone, in an
// equal run: those show.
func TestLatePlanted(t *testing.T) {
	for _, c := range []struct {
		what, name string // name ends in 1 if that one is changed, not the second
		frame      uint32
		field      string
		value      func(old []byte, rd *dissect.Reader) []byte
		rows       int
	}{
		{"what a look found that the other side has not", "kernel", 123, "smb2.file_attribute", flip(2), 3},
		{"the rights of a look", "kernel", 122, "smb.access_mask", func(b []byte, _ *dissect.Reader) []byte { return []byte{b[0] | 2} }, 3},
		{"what a look through a handle found", "kernel", 135, "smb2.eof", flip(1), 3},
		{"the handle of a late close", "kernel", 96, "smb2.fid", handleOf(83), 1},
		{"the answer to a late close", "kernel", 97, "smb2.nt_status", func([]byte, *dissect.Reader) []byte { return []byte{0x28, 1, 0, 0xc0} }, 1},
		{"attributes that a file never had", "together", 203, "smb2.file_attribute", flip(4), 1},
		{"an order by a compound", "together", 217, "smb2.file_attribute", flip(2), 4},
		{"the answer to an order by a compound", "together", 218, "smb2.nt_status", func([]byte, *dissect.Reader) []byte { return []byte{0x22, 0, 0, 0xc0} }, 4},
		{"the handle of one of two programs", "together", 212, "smb2.fid", handleOf(183), 2},
		{"a close by a handle that is closed", "together", 65, "smb2.fid", func([]byte, *dissect.Reader) []byte { return bytes.Repeat([]byte{0xff}, 16) }, 1},
		{"the answer to a tree connect of one of two clients", "cached", 98, "smb2.nt_status", func([]byte, *dissect.Reader) []byte { return []byte{0x22, 0, 0, 0xc0} }, 1},
		{"what was read again", "cached", 249, "smb2.read.blob", flip(1), 1},
		{"where it was read again", "cached", 245, "smb2.file_offset", flip(8), 1},
		{"how it was read again", "cached", 245, "smb2.read_flags", flip(1), 1},
		{"the rights of an open that the other side has not", "held", 117, "smb.access_mask", func(b []byte, _ *dissect.Reader) []byte { return []byte{b[0] | 2} }, 1},
		{"what an open that the other side has not found", "held", 118, "smb2.eof", flip(1), 1},
		{"the lease key of such an open", "held", 139, "smb2.lease.lease_key", flip(1), 1},
		{"the answer to an open that is closed late", "held", 42, "smb2.nt_status", func([]byte, *dissect.Reader) []byte { return []byte{0x22, 0, 0, 0xc0} }, 1},
		{"a close by a handle that is closed, beside one that only one side has", "held", 111, "smb2.fid", handleOf(73), 1},
		{"the answer to the close of it", "held", 123, "smb2.nt_status", func([]byte, *dissect.Reader) []byte { return []byte{0x28, 1, 0, 0xc0} }, 1},
		{"what was read through it", "held", 120, "smb2.read.blob", flip(1), 1},
		{"through which handle it was read", "held", 119, "smb2.fid", handleOf(106), 3},
		{"what the open asks for that the other side repeats", "held1", 110, "smb2.fid", flip(1), 1},
		{"a size that is set", "held1", 90, "smb.end_of_file", flip(1), 1},
		{"a flag of the order that sets it", "held1", 90, "smb2.flags", flip(0x10), 1},
		{"the answer to that", "held1", 91, "smb2.nt_status", func([]byte, *dissect.Reader) []byte { return []byte{0x22, 0, 0, 0xc0} }, 1},
		{"which of a file and its copy was read", "copy", 94, "smb2.fid", handleOf(83), 1},
		{"which of a file and its copy was read again", "copy", 97, "smb2.fid", handleOf(89), 1},
		{"the answer to a break of a lease", "first", 94, "smb2.nt_status", func([]byte, *dissect.Reader) []byte { return []byte{0x22, 0, 0, 0xc0} }, 1},
		{"a flag of that", "first", 93, "smb2.flags", flip(0x10), 1},
		{"whose lease that gives up", "first", 93, "smb2.lease.lease_key", flip(1), 2},
		{"the lease that nobody got as good", "first", 83, "smb2.lease.lease_state", flip(4), 6},
		{"whose lease it is", "first", 82, "smb2.lease.lease_key", flip(1), 4},
		{"the time zone", "clock", 63, "srvsvc.srvsvc_NetRemoteTODInfo.timezone", flip(1), 1},
	} {
		name, first := strings.CutSuffix(c.name, "1")
		good, bad := pcap(name+"-1"), pcap(name+"-2")
		if first {
			good, bad = bad, good
		}
		whole, err := os.ReadFile(bad)
		if err != nil {
			t.Fatal(err)
		}
		tr := load(t, bad, false)
		rd := tr.NewReader()
		num, i := uint32(1), -1
		for ; i < 0 && rd.Read(num); num++ { // the first of a compound that has it
			if rd.Message.Frame == c.frame {
				i = rd.Tree.Find(c.field, rd.Outer)
			}
			if i >= 0 && c.field == nameAttributes && rd.Tree.Nodes[i].Val == 0 {
				i = -1
			}
		}
		if i < 0 {
			t.Fatalf("%s: frame %d has no %s", c.what, c.frame, c.field)
		}
		n := &rd.Tree.Nodes[i]
		old := bytes.Clone(rd.Tree.Bytes(i))
		at := bytes.Index(whole, rd.Tree.Bufs[n.Buf].Bytes) + int(n.Off)
		copy(whole[at:], c.value(old, tr.NewReader()))
		file := filepath.Join(t.TempDir(), "x.pcap")
		if err := os.WriteFile(file, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		r := Traces(load(t, good, false), load(t, file, false), Options{})
		if r.Verdict != "differ" || r.Differ() > c.rows {
			t.Errorf("%s: %d rows: %s", c.what, r.Differ(), r.Sentence())
		}
	}
}
