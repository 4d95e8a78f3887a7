package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"smbdiff/decrypt"
	"smbdiff/diff"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
	"smbdiff/keys"
)

// plantedEach is how often one field of one kind of message is tried in all
// captures; plantedSize bounds the captures.
const (
	plantedEach = 2
	plantedSize = 400_000
)

// plantedFields flips a bit of every field that tshark shows, where it says
// that the field lies: in the clear, in sealed messages behind their seal, which
// is put on again, and in the headers around them. The report names that field in
// that frame and no other row, or a rule masks the field on purpose, or the field
// is an identifier whose broken correspondence is told. cache holds what tshark
// shows of each capture.
func plantedFields(t *testing.T, captures []corpusCapture, cache string) {
	sum := plantedSum{masks: bitMasks(t), tried: map[string]int{}, names: map[string][2]int{}, masked: map[string]int{}}
	for _, c := range captures {
		info, err := os.Stat(c.path)
		if err != nil || info.Size() > plantedSize || strings.HasSuffix(c.path, ".gz") {
			continue
		}
		p := planter{t: t, c: c, sum: &sum}
		p.run(filepath.Join(cache, oracleName(c)))
	}
	sum.report(t)
}

// planter plants changes in one capture.
type planter struct {
	t       *testing.T
	c       corpusCapture
	sum     *plantedSum
	whole   []byte
	good    *dissect.Trace
	unread  map[uint32]bool               // operations of it that cannot be compared
	sealers map[uint64][2]*decrypt.Sealer // by session: from the client, from the server
	keyed   bool                          // a key of some session is known
}

func (p *planter) run(expect string) {
	var err error
	if p.whole, err = os.ReadFile(p.c.path); err != nil {
		p.t.Fatal(err)
	}
	good, opener := p.load(p.c.path)
	defer good.File.Close()
	p.good, p.sealers, p.unread, p.keyed = good, sealersOf(opener), map[uint32]bool{}, len(opener.Derived()) > 0
	for _, row := range diff.Traces(p.good, p.good, diff.Options{}).Rows {
		if row.Grade == diff.Unread {
			p.unread[row.A] = true
		} else if row.Grade != diff.Equal {
			p.t.Errorf("%s: differs from itself", p.c.path)
		}
	}
	work := make(chan change)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			w := worker{planter: p, whole: bytes.Clone(p.whole), dir: p.t.TempDir(), rd: p.good.NewReader()}
			for x := range work {
				w.plant(&x)
			}
		}()
	}
	p.choose(expect, work)
	close(work)
	wg.Wait()
}

func (p *planter) load(path string) (*dissect.Trace, *decrypt.Opener) {
	f, err := capture.Open(path)
	if err != nil {
		p.t.Fatal(err)
	}
	ring := new(keys.Ring)
	if p.c.keys != "" {
		if err := ring.AddFile(p.c.keys); err != nil {
			p.t.Fatal(err)
		}
	}
	if p.c.password != "" {
		if err := ring.AddText("password", []byte("password * "+p.c.password+"\n")); err != nil {
			p.t.Fatal(err)
		}
	}
	o := decrypt.NewOpener(ring)
	tr := dissect.NewTrace(f, o)
	if err := tr.Load(nil, nil); err != nil {
		p.t.Fatal(err)
	}
	return tr, o
}

// sealersOf gives the keys of both directions of each sealed session.
func sealersOf(o *decrypt.Opener) map[uint64][2]*decrypt.Sealer {
	out := map[uint64][2]*decrypt.Sealer{}
	for _, d := range o.Derived() {
		c2s, errA := decrypt.NewSealer(smb2.Cipher(d.Cipher), d.Key.C2S)
		s2c, errB := decrypt.NewSealer(smb2.Cipher(d.Cipher), d.Key.S2C)
		if errA == nil && errB == nil {
			out[d.ID] = [2]*decrypt.Sealer{c2s, s2c}
		}
	}
	return out
}

// shown is a message as tshark shows it.
type shown struct {
	Frame, Index  uint32
	Command       *int
	Fields, Outer []shownField
}

// choose picks the fields to try.
func (p *planter) choose(expect string, work chan<- change) {
	list := readShown(p.t, expect)
	rd := p.good.NewReader()
	index := map[uint32]uint32{}
	for num := uint32(1); rd.Read(num); num++ {
		m := &rd.Message
		if m.Proto > op.SMB2 {
			continue
		}
		i := index[m.Frame]
		index[m.Frame]++
		for len(list) > 0 && (list[0].Frame < m.Frame || list[0].Frame == m.Frame && list[0].Index < i) {
			list = list[1:]
		}
		if len(list) == 0 || list[0].Frame != m.Frame || list[0].Index != i || list[0].Command == nil {
			continue
		}
		if p.unread[m.Op] || m.Op == 0 || m.Packed || m.Missing > 0 {
			continue
		}
		kind := fmt.Sprint(m.Proto, m.Role, *list[0].Command, m.Sealed)
		if o, _ := p.good.Op(m.Op); o.Tree == 0 { // keys may derive from it
			kind += fmt.Sprint(p.keyed, len(p.sealers) > 0)
		}
		p.pick(rd, list[0].Fields, kind, work)
		p.pick(rd, outerOf(list[0].Outer), kind+" outer", work)
	}
}

// pick tries each field of a message that was not tried often in one of its
// kind.
func (p *planter) pick(rd *dissect.Reader, fields []shownField, kind string, work chan<- change) {
	seen := map[string]bool{}
	for k := range fields {
		x := &fields[k]
		key := x.Name + " " + kind
		if seen[key] || p.sum.tried[key] >= plantedEach || repeated(&rd.Message, x) {
			continue
		}
		c, ok := p.sum.changeOf(rd, fields, x, p.sum.tried[key])
		if !ok {
			p.sum.miss()
			continue
		}
		seen[key] = true
		p.sum.tried[key]++
		work <- c
	}
}

func readShown(t *testing.T, path string) (list []shown) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for d := json.NewDecoder(bufio.NewReaderSize(f, 1<<20)); ; {
		var m shown
		if d.Decode(&m) != nil {
			return list
		}
		list = append(list, m)
	}
}

// worker plants changes one by one.
type worker struct {
	*planter
	whole []byte
	dir   string
	rd    *dissect.Reader
}

// plant flips the bit, compares and counts.
func (w *worker) plant(c *change) {
	m := &w.rd.Message
	if !w.rd.Read(c.num) {
		w.t.Error("not read again")
		return
	}
	ext := slices.Clone(m.Extents)
	var pdu []byte
	for _, e := range ext {
		pdu = append(pdu, w.whole[e.Off:e.Off+int64(e.Len)]...)
	}
	head := len(pdu) - int(m.PDULen)
	before := bytes.Clone(pdu)
	if head < 0 || !w.flip(m, c, pdu[head:]) {
		w.sum.miss()
		return
	}
	put := func(b []byte) {
		for _, e := range ext {
			copy(w.whole[e.Off:], b[:e.Len])
			b = b[e.Len:]
		}
	}
	put(pdu)
	defer put(before)
	file := filepath.Join(w.dir, "x.pcap")
	if err := os.WriteFile(file, w.whole, 0o600); err != nil {
		w.t.Error(err)
	}
	other, _ := w.load(file)
	defer other.File.Close()
	where := fmt.Sprintf("%s frame %d message %d byte %d bit %#x", filepath.Base(w.c.path), m.Frame, m.Index, c.at, c.bit)
	w.sum.add(c.field.Name, w.verdict(other, m, c), where)
}

// flip changes a bit of a PDU.
func (w *worker) flip(m *conv.Message, c *change, pdu []byte) bool {
	if c.field.outer || !m.Sealed {
		at := int(c.at)
		if !c.field.outer {
			at += m.Off
		}
		pdu[at] ^= c.bit
		return true
	}
	s := w.sealers[m.Session64][0]
	if m.FromServer {
		s = w.sealers[m.Session64][1]
	}
	if s == nil {
		return false
	}
	plain, ok := s.Open(nil, pdu)
	if !ok {
		return false
	}
	plain[m.Off+int(c.at)] ^= c.bit
	copy(pdu, s.Seal(nil, bytes.Clone(pdu[20:36]), plain, m.Session64))
	return true
}
