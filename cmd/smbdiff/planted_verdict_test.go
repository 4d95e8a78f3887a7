package main

import (
	"crypto/sha256"
	"encoding/hex"
	"math/bits"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"smbdiff/diff"
	"smbdiff/dissect"
	"smbdiff/dissect/conv"
)

// shownField is a field as tshark shows it.
type shownField struct {
	Name, Value, Masked string
	Rel, Pos            *int64
	Size                int64
	outer               bool // Rel counts from the header around the message
}

func (f *shownField) at() int64 {
	if f.Rel == nil {
		return -1
	}
	return *f.Rel
}

// outerOf places the fields of the headers around a message.
func outerOf(list []shownField) (out []shownField) {
	for _, x := range list {
		if x.Pos != nil && list[0].Pos != nil && strings.HasPrefix(x.Name, "smb2.") {
			rel := *x.Pos - *list[0].Pos
			x.Rel, x.outer = &rel, true
			out = append(out, x)
		}
	}
	return out
}

// repeated reports whether tshark shows a field of the request again in the
// response, where other bytes lie.
func repeated(m *conv.Message, x *shownField) bool {
	return m.Response() && (x.Name == "smb2.class" || strings.HasSuffix(x.Name, "infolevel"))
}

// otherNames are fields that tshark names by what is in them. A bit there makes
// it another one.
var otherNames = map[string]string{
	"dcerpc.null_pointer":           "dcerpc.referent_id",
	"kerberos.APOptions.reserved":   "kerberos.ap_options",
	"ntlmssp.ntlmclientchallenge":   "ntlmssp.auth.lmresponse",
	"smb.server_date_time.smb_date": "smb.server_date_time",
	"smb.server_date_time.smb_time": "smb.server_date_time",
}

var identifiers = regexp.MustCompile(`^(smb2?\.(sesid|previous_sesid|uid|tid|tree|fid|msg_id|aid|mid)|.*lease_key|.*(client|server|create|app)_guid|.*resume_key|.*assoc_group|.*handle|.*hnd)$`)

// change is one bit to flip.
type change struct {
	num    uint32 // message
	field  shownField
	at     int64 // byte, in the message or in the header around it
	bit    byte
	accept []string // names of the field, of its word, and of what is in it there
	around []string // names of fields that hold it
	id     bool     // it is an identifier
	plain  bool     // it lies in a stub that is not taken apart
}

// changeOf says which bit of a field to flip, the nth time.
func (s *plantedSum) changeOf(rd *dissect.Reader, all []shownField, x *shownField, nth int) (c change, ok bool) {
	at, b := x.at(), rd.Message.Bytes
	if x.outer {
		b = buffer(rd, "outer")
	}
	if at < 0 || x.Size <= 0 || at+x.Size > int64(len(b)) {
		return c, false
	}
	v := b[at : at+x.Size]
	if h := sha256.Sum256(v); hex.EncodeToString(v) != x.Value && "sha256:"+hex.EncodeToString(h[:]) != x.Value {
		return c, false
	}
	c.num, c.field = rd.Message.Num, *x
	switch mask := s.masks[x.Name]; {
	case x.Masked != "" && mask != 0:
		k := int64(bits.TrailingZeros64(mask))
		if nth%2 == 1 {
			k = int64(63 - bits.LeadingZeros64(mask))
		}
		if c.at, c.bit = k/8, 1<<(k%8); !maskedIs(v, mask, x.Masked) { // in the order of the network
			c.at = x.Size - 1 - c.at
		}
		if c.at < 0 || c.at >= x.Size {
			return c, false
		}
	case nth%3 == 0:
		c.bit = 1
	case nth%3 == 1:
		c.at, c.bit = x.Size-1, 0x80
	default:
		c.at, c.bit = x.Size/2, 8
	}
	c.at += at
	c.names(all, at)
	return c, c.nodes(rd, at)
}

// names collects what tshark shows at the bit.
func (c *change) names(all []shownField, at int64) {
	c.accept = append(c.accept, otherNames[c.field.Name])
	for k := range all {
		y := &all[k]
		switch a := y.at(); {
		case a > c.at || c.at >= a+y.Size || a < 0:
		case a >= at && a+y.Size <= at+c.field.Size:
			c.accept = append(c.accept, y.Name)
			c.id = c.id || identifiers.MatchString(y.Name)
		default:
			c.around = append(c.around, y.Name)
		}
	}
}

// nodes collects what the tree has at the bit. It reports false for a field that
// lies elsewhere, in bytes that were put together or opened.
func (c *change) nodes(rd *dissect.Reader, at int64) bool {
	here, elsewhere := false, false
	for k := range rd.Tree.Nodes {
		n := &rd.Tree.Nodes[k]
		outer := rd.Tree.Bufs[n.Buf].Name == "outer"
		if n.Def.Name == c.field.Name {
			here, elsewhere = here || outer || n.Buf == 0, elsewhere || !outer && n.Buf != 0
		}
		a := int64(n.Off)
		if outer != c.field.outer || !outer && n.Buf != 0 || a > c.at || c.at >= a+int64(n.Len) {
			continue
		}
		if a >= at && a+int64(n.Len) <= at+c.field.Size {
			c.accept = append(c.accept, n.Def.Name)
		}
		if n.Def.Name == "dcerpc.stub_data" && int(n.End) == k+1 {
			c.plain = true
		}
	}
	return here || !elsewhere
}

func buffer(rd *dissect.Reader, name string) []byte {
	for i := range rd.Tree.Bufs {
		if rd.Tree.Bufs[i].Name == name {
			return rd.Tree.Bufs[i].Bytes
		}
	}
	return nil
}

// maskedIs reports whether a part of a number, lowest byte first, is what
// tshark says.
func maskedIs(b []byte, mask uint64, hex string) bool {
	var v uint64
	for i, x := range b {
		if i < 8 {
			v |= uint64(x) << (8 * i)
		}
	}
	want, err := strconv.ParseUint(hex, 16, 64)
	return err == nil && v&mask>>bits.TrailingZeros64(mask) == want
}

// bitMasks gives the bits of each field of tshark that is a part of a number.
func bitMasks(t *testing.T) map[string]uint64 {
	out, err := exec.Command("tshark", "-G", "fields").Output()
	if err != nil {
		t.Fatal(err)
	}
	masks := map[string]uint64{}
	for l := range strings.Lines(string(out)) {
		f := strings.Split(l, "\t")
		if len(f) > 6 && f[0] == "F" {
			if m, err := strconv.ParseUint(strings.TrimPrefix(f[6], "0x"), 16, 64); err == nil && m != 0 {
				masks[f[2]] = m
			}
		}
	}
	return masks
}

// The verdicts on a change beside "", which is good, and what is wrong.
const (
	plantedMasked = "masked"
	plantedStub   = "stub" // the stub is named in which the field lies
)

// proofs are told where a message is not what its sender made; they may stand
// beside the field.
var proofs = []string{"smbdiff.signature", "smb2.header.transform.signature", "dcerpc.encrypted_stub_data"}

// verdict says what is wrong with the report of a change.
func (w *worker) verdict(other *dissect.Trace, m *conv.Message, c *change) string {
	r := diff.Traces(w.good, other, diff.Options{})
	cmp := r.Comparer()
	named, proved, ids, rows, more, rule := false, false, true, 0, "", ""
	for _, row := range r.Rows {
		if row.Grade == diff.Equal || row.Grade == diff.Unread && w.unread[row.A] {
			continue
		}
		shows, told := row.Grade.Shows() || row.Grade == diff.Unread, false
		if shows {
			rows++
		}
		for _, ch := range cmp.Compare(row) {
			frame := ch.FrameA == m.Frame || ch.FrameB == m.Frame
			here := slices.Contains(c.accept, ch.Name) && (frame || c.id)
			if ch.Masked != "" {
				if here {
					rule = ch.Masked
				}
				continue
			}
			told = true
			switch {
			case here:
				named = true
			case slices.Contains(proofs, ch.Name) && frame:
				proved = true
			default:
				more, ids = ch.Name, ids && identifiers.MatchString(ch.Name)
			}
		}
		if shows && !told {
			more, ids = row.Grade.String(), false
		}
	}
	switch {
	case named && rows == 1 && more == "", named && c.id && ids:
		return ""
	case rows == 1 && more == "dcerpc.stub_data" && c.plain:
		return plantedStub
	case rows == 0 && (rule == "the same bytes, read in another way" || rule == "follows from another field"):
		return "hidden: " + rule
	case (rows == 0 || rows == 1 && more == "" && proved) && w.masked(other, c):
		return plantedMasked
	case rows == 0:
		return "hidden"
	case !named:
		return "not named, but " + more
	case rows > 1:
		return "other rows too: " + more
	}
	return "other fields too: " + more
}

// masked reports whether the field is told when nothing is masked.
func (w *worker) masked(other *dissect.Trace, c *change) bool {
	r := diff.Traces(w.good, other, diff.Options{Mask: "none"})
	cmp := r.Comparer()
	for _, row := range r.Rows {
		for _, ch := range cmp.Compare(row) {
			if slices.Contains(c.accept, ch.Name) || slices.Contains(c.around, ch.Name) {
				return true
			}
		}
	}
	return false
}

// plantedSum counts what became of the changes.
type plantedSum struct {
	masks  map[string]uint64
	tried  map[string]int
	mu     sync.Mutex
	names  map[string][2]int // tried, good
	masked map[string]int
	bad    []string
	stubs  int
	lost   int
}

func (s *plantedSum) miss() {
	s.mu.Lock()
	s.lost++
	s.mu.Unlock()
}

func (s *plantedSum) add(name, verdict, where string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.names[name]
	n[0]++
	switch verdict {
	case plantedMasked:
		s.masked[name]++
		return
	case plantedStub:
		s.stubs++
		return
	case "":
		n[1]++
	default:
		s.bad = append(s.bad, name+": "+verdict+" ("+where+")")
	}
	s.names[name] = n
}

// report asks for 97 of 100, by name and by occurrence.
func (s *plantedSum) report(t *testing.T) {
	tried, good, whole, hidden := 0, 0, 0, 0
	for _, n := range s.names {
		tried, good = tried+n[0], good+n[1]
		if n[1]*2 > n[0] {
			whole++
		}
	}
	for _, n := range s.masked {
		hidden += n
	}
	t.Logf("%d of %d changes, %d of %d names; %d changes of %d names masked, %d in stubs that are not taken apart, %d fields not placed",
		good, tried, whole, len(s.names), hidden, len(s.masked), s.stubs, s.lost)
	if tried < 10_000 || good*100 < tried*97 || whole*100 < len(s.names)*97 {
		t.Error("too few are told")
	}
	slices.Sort(s.bad)
	for _, l := range s.bad {
		t.Log(l)
	}
}
