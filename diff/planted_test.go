package diff

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// plantedEach is how often one field is tried in one kind of message of a
// capture.
const plantedEach = 1

// TestPlanted flips a bit of every field of real messages in turn, of sealed
// ones behind their seal. The report must name that field in that frame and
// nothing else, or a rule must mask it on purpose, or the field is an identifier
// whose broken correspondence is told. The corpus test of cmd/smbdiff does it at
// the places where tshark sees the fields of many captures.
func TestPlanted(t *testing.T) {
	list := []string{"auth-wrongpw-SMB3_02", "sc-SMB2_10-links-plain", "sc-NT1-openlock-plain", "sc-SMB3_00-share-enc", "rec-notify-seal"}
	for i := range list {
		list[i] = pcap(list[i])
	}
	var sum tally
	for _, path := range list {
		p := planter{t: t, dir: t.TempDir(), path: path, sum: &sum, tried: map[string]int{}}
		p.run()
	}
	sum.judge(t)
}

// tally counts what became of planted changes.
type tally struct {
	tried, good int
	names       map[string][2]int // tried, good
	bad         map[string]int
	sample      map[string]string
}

func (s *tally) add(name, verdict, where string) {
	if s.names == nil {
		s.names, s.bad, s.sample = map[string][2]int{}, map[string]int{}, map[string]string{}
	}
	n := s.names[name]
	s.tried, n[0] = s.tried+1, n[0]+1
	if verdict == "" {
		s.good, n[1] = s.good+1, n[1]+1
	} else {
		s.bad[name+": "+verdict]++
		if s.sample[name+": "+verdict] == "" {
			s.sample[name+": "+verdict] = where
		}
	}
	s.names[name] = n
}

// judge asks for 97 of 100, by name and by occurrence.
func (s *tally) judge(t *testing.T) {
	whole := 0
	for _, n := range s.names {
		if n[1]*2 > n[0] {
			whole++
		}
	}
	t.Logf("%d of %d changes, %d of %d names", s.good, s.tried, whole, len(s.names))
	if s.tried < 400 || s.good*100 < s.tried*97 || whole*100 < len(s.names)*97 {
		t.Errorf("%d of %d changes, %d of %d names", s.good, s.tried, whole, len(s.names))
	}
	var bad []string
	for k := range s.bad {
		bad = append(bad, k)
	}
	sort.Slice(bad, func(i, j int) bool {
		return s.bad[bad[i]] > s.bad[bad[j]] || s.bad[bad[i]] == s.bad[bad[j]] && bad[i] < bad[j]
	})
	for _, k := range bad {
		t.Logf("%4d %s (%s)", s.bad[k], k, s.sample[k])
	}
}

// planter plants changes in one capture.
type planter struct {
	t       *testing.T
	dir     string // for captures with a change
	path    string
	sum     *tally
	tried   map[string]int
	whole   []byte
	good    *dissect.Trace
	sealers map[uint64][2]*decrypt.Sealer // by session: from the client, from the server
}

func (p *planter) run() {
	var err error
	if p.whole, err = os.ReadFile(p.path); err != nil {
		p.t.Fatal(err)
	}
	p.good = load(p.t, p.path, true)
	p.sealers = sealers(p.t, p.path)
	sealed := len(p.sealers) > 0
	rd := p.good.NewReader()
	for num := uint32(1); rd.Read(num); num++ {
		m := &rd.Message
		if m.Proto > op.SMB2 || m.Packed || sealed != m.Sealed || !sealed && m.Signature == conv.SignatureValid {
			continue
		}
		at := p.place(m)
		if at == nil {
			continue
		}
		for _, n := range leaves(&rd.Tree, rd.Outer, m.Response()) {
			key := fmt.Sprint(n.Def.Name, m.Role, m.Command())
			if p.tried[key]++; p.tried[key] <= plantedEach {
				p.plant(m, n, at)
			}
		}
	}
}

// leaves gives the fields of a message that have bytes of their own.
func leaves(t *field.Tree, from int, response bool) (out []field.Node) {
	for i := from; i < len(t.Nodes); i++ {
		n := t.Nodes[i]
		if n.Buf != 0 || n.Len == 0 || int(n.End) != i+1 || n.Def.Kind == field.Note || n.Def.Kind == field.Known || strings.HasPrefix(n.Def.Name, "smbdiff.") {
			continue
		}
		if response && (n.Def.Name == "smb2.class" || strings.HasSuffix(n.Def.Name, "infolevel")) {
			continue // the request says so
		}
		out = append(out, n)
	}
	return out
}

// place gives the bytes of the capture in which the message's PDU stands, when
// that is one run.
func (p *planter) place(m *conv.Message) []byte {
	if len(m.Extents) != 1 || m.Extents[0].Len < m.PDULen {
		return nil
	}
	off := m.Extents[0].Off + int64(m.Extents[0].Len) - int64(m.PDULen)
	return p.whole[off : off+int64(m.PDULen)]
}

// plant flips a bit and compares.
func (p *planter) plant(m *conv.Message, n field.Node, pdu []byte) {
	other, undo := p.alter(m, n.Off, []byte{m.Bytes[n.Off] ^ 1}, pdu)
	defer undo()
	if other == nil {
		return
	}
	r := Traces(p.good, other, Options{})
	p.sum.add(n.Def.Name, verdictOf(r, m, n.Def), fmt.Sprintf("%s message %d frame %d", filepath.Base(p.path), m.Num, m.Frame))
}

// alter changes bytes of a message, behind its seal if it has one, and reads the
// capture. It gives nil when no key is there. undo puts everything back.
func (p *planter) alter(m *conv.Message, off uint32, v, pdu []byte) (other *dissect.Trace, undo func()) {
	before := bytes.Clone(pdu)
	undo = func() { copy(pdu, before) }
	at := m.Off + int(off)
	if m.Sealed {
		s := p.sealers[m.Session64][0]
		if m.FromServer {
			s = p.sealers[m.Session64][1]
		}
		if s == nil {
			return nil, undo
		}
		plain, ok := s.Open(nil, pdu)
		if !ok {
			p.t.Fatalf("%s: message %d: does not open", p.path, m.Num)
		}
		copy(plain[at:], v)
		copy(pdu, s.Seal(nil, before[20:36], plain, m.Session64))
	} else {
		copy(pdu[at:], v)
	}
	file := filepath.Join(p.dir, "x.pcap")
	if err := os.WriteFile(file, p.whole, 0o600); err != nil {
		p.t.Fatal(err)
	}
	other = loadKeys(p.t, file, p.path)
	return other, func() { // there are thousands
		other.File.Close()
		copy(pdu, before)
	}
}

// verdictOf says what is wrong with a report of one planted change.
func verdictOf(r *Result, m *conv.Message, d *field.Def) string {
	id := newMask(NewMasks("default", nil, nil)).decide(d).how == alias
	c := r.Comparer()
	rows, named, others := 0, false, ""
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Grade == Equal {
			continue
		}
		if row.Grade.Shows() || row.Grade == Unread {
			rows++
		}
		for _, ch := range c.Compare(*row) {
			here := ch.Name == d.Name && (id || ch.FrameA == m.Frame || ch.FrameB == m.Frame)
			switch {
			case here:
				named = true
			case ch.Masked == "" && others == "":
				others = ch.Name
			}
		}
	}
	switch {
	case named && id, named && rows <= 1 && others == "":
		return ""
	case !named && rows == 0 && masked(d):
		return ""
	case rows == 0:
		return "hidden"
	case !named && others == "":
		return "another row alone"
	case !named:
		return "not named, but " + others
	case rows > 1:
		return "other rows too"
	}
	return "other fields too: " + others
}

func masked(d *field.Def) bool { return newMask(NewMasks("default", nil, nil)).decide(d).how != keep }

// sealers gives the keys of both directions of each sealed session of a capture,
// from those beside it.
func sealers(t *testing.T, path string) map[uint64][2]*decrypt.Sealer {
	out := map[uint64][2]*decrypt.Sealer{}
	for _, d := range opened(t, path).Derived() {
		c2s, errA := decrypt.NewSealer(smb2.Cipher(d.Cipher), d.Key.C2S)
		s2c, errB := decrypt.NewSealer(smb2.Cipher(d.Cipher), d.Key.S2C)
		if errA == nil && errB == nil {
			out[d.ID] = [2]*decrypt.Sealer{c2s, s2c}
		}
	}
	return out
}

// TestPlantedInNoise plants changes in one of two runs that are equal but for
// their noise: that change shows and no other row.
func TestPlantedInNoise(t *testing.T) {
	good := load(t, pcap("plain-1"), false)
	if r := Traces(good, load(t, pcap("plain-2"), false), Options{}); r.Verdict != "same" {
		t.Fatal(r.Sentence())
	}
	for _, c := range []struct {
		what  string
		frame uint32
		field string
		value func(old []byte, rd *dissect.Reader) []byte
	}{
		{"write time not set", 53, "smb2.last_write.time", func([]byte, *dissect.Reader) []byte { return make([]byte, 8) }},
		{"one flag", 52, "smb.share_access", func(b []byte, _ *dissect.Reader) []byte { return []byte{b[0] ^ 4} }},
		{"one flag of the header", 56, "smb2.flags", func(b []byte, _ *dissect.Reader) []byte { return []byte{b[0], b[1], b[2], b[3] | 0x10} }},
		{"another status", 55, "smb2.nt_status", func([]byte, *dissect.Reader) []byte { return []byte{0x22, 0, 0, 0xc0} }},
		{"another open's handle", 88, "smb2.fid", handleOf(84)},
		{"a closed handle", 96, "smb2.fid", handleOf(52)},
		{"handles swapped", 86, "smb2.fid", handleOf(80)},
		{"another tree", 56, "smb2.tid", func(b []byte, _ *dissect.Reader) []byte { return []byte{b[0] ^ 0x40} }},
		{"other data", 57, "smb2.read.blob", func(b []byte, _ *dissect.Reader) []byte { return []byte{b[0] ^ 1} }},
	} {
		whole, err := os.ReadFile(pcap("plain-2"))
		if err != nil {
			t.Fatal(err)
		}
		tr := load(t, pcap("plain-2"), false)
		rd, other := tr.NewReader(), tr.NewReader()
		num := uint32(1)
		for rd.Read(num) && rd.Message.Frame != c.frame {
			num++
		}
		i := rd.Tree.Find(c.field, rd.Outer)
		if i < 0 {
			t.Fatalf("%s: frame %d has no %s", c.what, c.frame, c.field)
		}
		at := bytes.Index(whole, rd.Message.Bytes) + int(rd.Tree.Nodes[i].Off)
		copy(whole[at:], c.value(bytes.Clone(rd.Tree.Bytes(i)), other))
		file := filepath.Join(t.TempDir(), "x.pcap")
		if err := os.WriteFile(file, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		r := Traces(good, load(t, file, false), Options{})
		cmp := r.Comparer()
		found := ""
		for _, row := range r.Rows {
			if !row.Grade.Shows() && row.Grade != Unread {
				continue
			}
			found += fmt.Sprintf(" row %d/%d:", row.A, row.B)
			for _, ch := range cmp.Compare(row) {
				if ch.Masked == "" {
					found += fmt.Sprintf(" %s in %d", ch.Name, ch.FrameB)
				}
			}
		}
		if want := fmt.Sprintf(": %s in %d", c.field, c.frame); r.Differ() != 1 || !strings.HasSuffix(found, want) || strings.Count(found, " in ") != 1 {
			t.Errorf("%s:%s, want%s alone", c.what, found, want)
		}
	}
}

// handleOf gives the handle that the CREATE in a frame made.
func handleOf(frame uint32) func([]byte, *dissect.Reader) []byte {
	return func(_ []byte, rd *dissect.Reader) []byte {
		for num := uint32(1); rd.Read(num); num++ {
			if rd.Message.Frame == frame+1 {
				return bytes.Clone(rd.Tree.Bytes(rd.Tree.Find("smb2.fid", rd.Outer)))
			}
		}
		return nil
	}
}
