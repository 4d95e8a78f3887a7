package diff

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/dissect"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
)

// TestPlantedPairs plants one change in one of two runs of the same work, at
// several places: that change shows, in that frame, and no other row. SMBDIFF_PAIRS
// names a folder of captures X-1.pcap and X-2.pcap of which each two are such
// runs.
func TestPlantedPairs(t *testing.T) {
	pairs := [][2]string{{pcap("good"), pcap("same")}, {pcap("plain-1"), pcap("plain-2")}, {pcap("kernel-1"), pcap("kernel-2")},
		{pcap("together-1"), pcap("together-2")}, {pcap("cached-1"), pcap("cached-2")}, {pcap("held-1"), pcap("held-2")}}
	if dir := os.Getenv("SMBDIFF_PAIRS"); dir != "" {
		all, _ := filepath.Glob(filepath.Join(dir, "*-1.pcap"))
		for _, a := range all {
			pairs = append(pairs, [2]string{a, strings.TrimSuffix(a, "1.pcap") + "2.pcap"})
		}
		if len(all) == 0 {
			t.Fatal("no captures in " + dir)
		}
	}
	var sum tally
	for _, x := range pairs {
		a, b := load(t, x[0], true), load(t, x[1], true)
		if r := Traces(a, b, Options{}); r.Verdict != "same" {
			t.Logf("%s: %s", x[0], r.Sentence())
			continue
		}
		p := pairPlanter{planter{t: t, dir: t.TempDir(), path: x[1], sum: &sum, good: a, tried: map[string]int{}}, b}
		p.run()
		a.File.Close()
		b.File.Close()
	}
	t.Logf("%d of %d changes", sum.good, sum.tried)
	for name, n := range sum.names {
		t.Logf("%s: %d of %d", name, n[1], n[0])
	}
	for k, n := range sum.bad {
		t.Logf("%4d %s (%s)", n, k, sum.sample[k])
	}
	if sum.tried < 30 || sum.good*100 < sum.tried*97 {
		t.Errorf("%d of %d changes", sum.good, sum.tried)
	}
}

// pairPlanter plants changes in the second of two equal runs.
type pairPlanter struct {
	planter
	other *dissect.Trace
}

// planted is one change: what it is called, and what a field becomes.
type planted struct {
	what, field string
	value       func(old []byte) []byte
}

func (p *pairPlanter) run() {
	var err error
	if p.whole, err = os.ReadFile(p.path); err != nil {
		p.t.Fatal(err)
	}
	p.sealers = sealers(p.t, p.path)
	var (
		live, gone [][]byte // handles
		leases     [][]byte
		count      = map[string]int{}
		rd         = p.other.NewReader()
	)
	try := func(c planted) {
		i := rd.Tree.Find(c.field, rd.Outer)
		m := &rd.Message
		if i < 0 || rd.Tree.Nodes[i].Buf != 0 || len(p.sealers) > 0 != m.Sealed || m.Packed {
			return
		}
		old := bytes.Clone(rd.Tree.Bytes(i))
		if len(old) == 0 || !m.Sealed && m.Signature == conv.SignatureValid {
			return
		}
		if count[c.what]++; count[c.what]%5 != 1 || count[c.what] > 20 {
			return
		}
		if at := p.place(m); at != nil {
			if v := c.value(old); !bytes.Equal(v, old) {
				p.set(m, rd.Tree.Nodes[i].Off, v, at, c)
			}
		}
	}
	for num := uint32(1); rd.Read(num); num++ {
		m := &rd.Message
		if m.Proto > op.SMB2 {
			continue
		}
		fid, lease := "smb2.fid", "smb2.lease.lease_key"
		o, _ := p.other.Op(m.Op)
		if o.Proto == op.SMB1 {
			fid = "smb.fid"
		}
		own := handle(rd, fid)
		switch {
		case establishes(&o), m.Response() && m.Role != conv.Final: // more than a row rests on it
		case m.Response() && o.Status == 0:
			if o.Open != 0 && opening(&o) {
				live = append(live, own)
			}
			if closing(&o) {
				gone = append(gone, handleIn(p.other, o.Request, fid))
				live = others(live, gone[len(gone)-1])
			}
			try(planted{"one status", statusOf(o.Proto), func([]byte) []byte { return []byte{0x22, 0, 0, 0xc0} }})
			try(planted{"write time not set", "smb2.last_write.time", func(b []byte) []byte { return make([]byte, len(b)) }})
			try(planted{"write time not set", "smb.last_write.time", func(b []byte) []byte { return make([]byte, len(b)) }})
		case !m.Response():
			if o.Proto == op.SMB2 {
				try(planted{"one flag", "smb2.flags", func(b []byte) []byte { return []byte{b[0], b[1], b[2], b[3] ^ 0x10} }})
				try(planted{"one flag of sharing", "smb.share_access", func(b []byte) []byte { b[0] ^= 4; return b }})
			} else {
				try(planted{"one flag", "smb.flags2", func(b []byte) []byte { b[1] ^= 0x20; return b }})
			}
			if len(own) > 0 && o.Open != 0 && !special16(own) {
				if x := others(live, own); len(x) > 0 {
					try(planted{"another handle", fid, func([]byte) []byte { return x[len(x)-1] }})
				}
				if len(gone) > 0 {
					try(planted{"a closed handle", fid, func([]byte) []byte { return gone[len(gone)-1] }})
				}
			}
			if k := handle(rd, lease); len(k) > 0 {
				if x := others(leases, k); len(x) > 0 {
					try(planted{"another lease key", lease, func([]byte) []byte { return x[len(x)-1] }})
				}
				leases = append(leases, k)
			}
		}
	}
}

func statusOf(p op.Proto) string {
	if p == op.SMB1 {
		return "smb.nt_status"
	}
	return "smb2.nt_status"
}

func opening(o *op.Op) bool {
	return o.Proto == op.SMB2 && smb2.Command(o.Command) == smb2.Create || o.Proto == op.SMB1 && (o.Command == smb1.NTCreate || o.Command == smb1.OpenAndX)
}

func special16(b []byte) bool { return bytes.Count(b, []byte{0xff}) == len(b) }

func others(list [][]byte, x []byte) (out [][]byte) {
	for _, y := range list {
		if !bytes.Equal(x, y) {
			out = append(out, y)
		}
	}
	return out
}

func handle(rd *dissect.Reader, name string) []byte {
	if i := rd.Tree.Find(name, rd.Outer); i >= 0 {
		return bytes.Clone(rd.Tree.Bytes(i))
	}
	return nil
}

func handleIn(t *dissect.Trace, num uint32, name string) []byte {
	rd := t.NewReader()
	if !rd.Read(num) {
		return nil
	}
	return handle(rd, name)
}

// set changes bytes of a message and compares.
func (p *pairPlanter) set(m *conv.Message, off uint32, v, pdu []byte, c planted) {
	other, undo := p.alter(m, off, v, pdu)
	defer undo()
	if other == nil {
		return
	}
	r := Traces(p.good, other, Options{})
	checkTurned(p.t, fmt.Sprintf("%s in frame %d of %s", c.what, m.Frame, filepath.Base(p.path)), p.good, other, r, Options{})
	p.sum.add(c.what, p.verdict(r, m, c), fmt.Sprintf("%s message %d frame %d", filepath.Base(p.path), m.Num, m.Frame))
}

// verdict says what is wrong with a report of a change in the second run.
func (p *pairPlanter) verdict(r *Result, m *conv.Message, c planted) string {
	cmp := r.Comparer()
	named, rows, more := false, 0, ""
	for _, row := range r.Rows {
		if !row.Grade.Shows() && row.Grade != Unread {
			continue
		}
		rows++
		here := row.B == m.Op
		for _, ch := range cmp.Compare(row) {
			switch {
			case ch.Masked != "":
			case ch.Name == c.field && ch.FrameB == m.Frame:
				named = true
			default:
				more = ch.Name
			}
		}
		named = named || here && row.Grade == OnlyB
	}
	switch {
	case rows == 0:
		return "hidden"
	case !named:
		return "not named, but " + more
	case rows > 1:
		return fmt.Sprintf("%d rows", rows)
	case more != "":
		return "other fields too: " + more
	}
	return ""
}
