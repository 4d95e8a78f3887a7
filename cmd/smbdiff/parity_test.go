package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// bar is what the fields of some prefixes must reach, in percent of their
// occurrences, and of their names that are there at least sometimes.
type bar struct {
	group       string
	prefixes    []string
	occurrences float64
	names       float64
}

var bars = []bar{
	{"SMB2, NTLMSSP, SPNEGO", []string{"smb2", "ntlmssp", "spnego", "gss-api"}, 99.5, 98},
	{"SMB1", []string{"smb", "smb_pipe"}, 97, 0},
	{"security descriptors", []string{"nt"}, 97, 0},
	{"Kerberos", []string{"kerberos"}, 97, 0},
	{"DCE/RPC", []string{"dcerpc"}, 99, 0},
	{"srvsvc, wkssvc, lsarpc, samr", []string{"srvsvc", "wkssvc", "lsarpc", "samr"}, 95, 0},
}

const (
	valueBar  = 99  // percent of the values that read as tshark's
	opaqueBar = 0.5 // percent of the bytes that may be opaque
)

// theirs is a field occurrence of tshark.
type theirs struct {
	Name   string
	Rel    *int
	Size   int
	Value  string
	Masked *string
	Show   string
}

type theirMessage struct {
	Frame     int
	Protocol  string
	Command   *int
	Response  bool
	MessageID json.RawMessage `json:"message_id"`
	Fields    []theirs
	Outer     []theirs
}

// ours is a field of the dump.
type ours struct {
	Name     string
	Value    json.RawMessage
	Show     string
	Offset   int
	Length   int
	Buffer   string
	Raw      string
	Children []ours

	used bool
	sum  string
}

type ourMessage struct {
	Frame       int
	Protocol    string
	CommandCode *int            `json:"command_code"`
	Response    bool            `json:"response"`
	MessageID   json.RawMessage `json:"message_id"`
	Decrypted   bool
	Outer       []ours
	Fields      []ours
}

// count is what the comparison finds of one name.
type count struct {
	have, match, values, agree, surplus int
	example                             string // of a value that differs
	absent                              string // a place where it is not there
}

// parity adds up the comparison over captures.
type parity struct {
	mu     sync.Mutex
	names  map[string]*count
	words  *wording
	odd    map[string]*oddity // values that differ, by field and both texts
	own    map[string]int     // names that tshark does not have
	opaque opaqueBytes
}

type oddity struct {
	field, theirs, ours string
	n                   int
	where               string
}

func newParity(t *testing.T) *parity {
	return &parity{names: map[string]*count{}, words: readWording(t), odd: map[string]*oddity{}, own: map[string]int{}, opaque: newOpaque()}
}

func lines[T any](t *testing.T, path string) (all []*T) {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := r.ReadBytes('\n')
		if len(line) > 1 {
			v := new(T)
			if e := json.Unmarshal(line, v); e != nil {
				t.Errorf("%s: %v: %.100s", filepath.Base(path), e, line)
				return all
			}
			all = append(all, v)
		}
		if err != nil {
			return all
		}
	}
}

func messageKey(frame int, protocol string, command *int, response bool, id json.RawMessage) string {
	if command == nil {
		return ""
	}
	n, _ := strconv.ParseUint(strings.Trim(string(id), `"`), 0, 64)
	return fmt.Sprint(frame, protocol, *command, response, n)
}

// pair compares one capture.
func (p *parity) pair(t *testing.T, name, expect, dump string) {
	want, got := lines[theirMessage](t, expect), lines[ourMessage](t, dump)
	byKey, around := map[string][]*ourMessage{}, map[int]*bag{}
	pools := map[*ourMessage]*bag{}
	opened := map[int]bool{}
	for _, m := range got {
		opened[m.Frame] = opened[m.Frame] || m.Decrypted
		k := messageKey(m.Frame, m.Protocol, m.CommandCode, m.Response, m.MessageID)
		outer := around[m.Frame]
		if outer == nil {
			outer = newBag()
			around[m.Frame] = outer
		}
		outer.add(m.Outer)
		b := newBag()
		b.add(m.Fields)
		pools[m] = b
		if k == "" {
			outer.add(m.Fields)
			continue
		}
		byKey[k] = append(byKey[k], m)
	}
	part := map[string]*count{}
	odd := map[string]*oddity{}
	for _, w := range want {
		k := messageKey(w.Frame, w.Protocol, w.Command, w.Response, w.MessageID)
		var b *bag
		if q := byKey[k]; k != "" && len(q) > 0 {
			b, byKey[k] = pools[q[0]], q[1:]
		}
		where := fmt.Sprintf("%s frame %d", name, w.Frame)
		for _, f := range withoutGhosts(w) {
			p.field(part, odd, b, &f, w, where)
		}
		for _, f := range w.Outer {
			if k == "" && opened[w.Frame] && f.Name == "smb2.header.transform.enc_data" {
				continue // opened here, shut in tshark
			}
			in := around[w.Frame]
			if !in.has(&f) {
				in = b // tshark hangs what a sealed message carries on its transform header
			}
			p.field(part, odd, in, &f, w, where)
		}
	}
	rest := map[string]int{}
	for m, b := range pools {
		b.left(rest)
		p.opaqueOf(m)
	}
	p.merge(part, odd, rest)
}

func (p *parity) merge(part map[string]*count, odd map[string]*oddity, rest map[string]int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n, c := range part {
		a := p.names[n]
		if a == nil {
			a = &count{}
			p.names[n] = a
		}
		a.have, a.match, a.values, a.agree = a.have+c.have, a.match+c.match, a.values+c.values, a.agree+c.agree
		if a.example == "" {
			a.example = c.example
		}
		if a.absent == "" {
			a.absent = c.absent
		}
	}
	for k, o := range odd {
		if a := p.odd[k]; a != nil {
			a.n += o.n
		} else {
			p.odd[k] = o
		}
	}
	for n, k := range rest {
		p.own[n] += k
	}
}

func (p *parity) field(part map[string]*count, odd map[string]*oddity, b *bag, f *theirs, m *theirMessage, where string) {
	c := part[f.Name]
	if c == nil {
		c = &count{}
		part[f.Name] = c
	}
	o := b.take(f)
	if o == nil && (p.words.misplaced(f, m) || b.explains(f) || b.counts(f)) {
		return
	}
	c.have++
	if o == nil {
		if c.absent == "" {
			c.absent = where + " bytes " + f.Value[:min(len(f.Value), 40)] + b.others(f)
		}
		return
	}
	c.match++
	c.values++
	if p.words.agree(f, o) {
		c.agree++
		return
	}
	if c.example == "" {
		c.example = fmt.Sprintf("%s: %q, tshark %q", where, o.Show, f.Show)
	}
	x := oddity{f.Name, p.words.theirText(f), o.Show, 1, where}
	k := x.field + "\t" + x.theirs + "\t" + x.ours
	if a := odd[k]; a != nil {
		a.n++
	} else {
		odd[k] = &x
	}
}

// report prints the table of coverage and holds it against the bars.
func (p *parity) report(t *testing.T) {
	var s strings.Builder
	fmt.Fprintf(&s, "%-29s %11s %11s %8s %11s %9s %8s\n", "fields", "in tshark", "here too", "%", "names", "some", "values %")
	var values, agree int
	groups := append([]bar(nil), bars...)
	for _, other := range p.otherPrefixes() {
		groups = append(groups, bar{other + ".*", []string{other}, 0, 0})
	}
	for _, g := range groups {
		var c count
		names, some := 0, 0
		for n, x := range p.names {
			if !g.has(n) {
				continue
			}
			c.have, c.match, c.values, c.agree = c.have+x.have, c.match+x.match, c.values+x.values, c.agree+x.agree
			names++
			if x.match > 0 {
				some++
			}
		}
		values, agree = values+c.values, agree+c.agree
		fmt.Fprintf(&s, "%-29s %11d %11d %8.2f %11d %9d %8.2f\n", g.group, c.have, c.match, percent(c.match, c.have), names, some, percent(c.agree, c.values))
		if percent(c.match, c.have) < g.occurrences {
			t.Errorf("%s: %.2f %% of the field occurrences, the bar is %v", g.group, percent(c.match, c.have), g.occurrences)
		}
		if percent(some, names) < g.names {
			t.Errorf("%s: %.2f %% of the names, the bar is %v", g.group, percent(some, names), g.names)
		}
	}
	fmt.Fprintf(&s, "values that read as tshark's: %d of %d, %.2f %%\n", agree, values, percent(agree, values))
	if percent(agree, values) < valueBar {
		t.Errorf("%.2f %% of the values read as tshark's, the bar is %d", percent(agree, values), valueBar)
	}
	p.opaque.report(t, &s)
	t.Log("\n" + s.String())
	if path := os.Getenv("SMBDIFF_PARITY_DETAILS"); path != "" {
		p.details(t, path)
	}
	p.ownNames(t)
}

func (g *bar) has(name string) bool {
	prefix, _, _ := strings.Cut(name, ".")
	for _, x := range g.prefixes {
		if x == prefix {
			return true
		}
	}
	return false
}

func (p *parity) otherPrefixes() (all []string) {
	seen := map[string]bool{}
	for n := range p.names {
		prefix, _, _ := strings.Cut(n, ".")
		if !seen[prefix] && !barred(n) {
			seen[prefix] = true
			all = append(all, prefix)
		}
	}
	sort.Strings(all)
	return all
}

func barred(name string) bool {
	for i := range bars {
		if bars[i].has(name) {
			return true
		}
	}
	return false
}

func percent(part, whole int) float64 {
	if whole == 0 {
		return 100
	}
	return 100 * float64(part) / float64(whole)
}

// details writes what is behind the table, for the one who works on it.
func (p *parity) details(t *testing.T, path string) {
	var s strings.Builder
	keys := make([]string, 0, len(p.names))
	for n := range p.names {
		keys = append(keys, n)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, b := p.names[keys[i]], p.names[keys[j]]
		if x, y := a.have-a.match, b.have-b.match; x != y {
			return x > y
		}
		return keys[i] < keys[j]
	})
	for _, n := range keys {
		if c := p.names[n]; c.have > c.match {
			fmt.Fprintf(&s, "missing\t%s\t%d of %d\t%s\n", n, c.have-c.match, c.have, c.absent)
		}
	}
	odd := make([]*oddity, 0, len(p.odd))
	for _, o := range p.odd {
		odd = append(odd, o)
	}
	sort.Slice(odd, func(i, j int) bool {
		if odd[i].field != odd[j].field {
			return odd[i].field < odd[j].field
		}
		return odd[i].n > odd[j].n || odd[i].n == odd[j].n && odd[i].theirs+odd[i].ours < odd[j].theirs+odd[j].ours
	})
	for _, o := range odd {
		fmt.Fprintf(&s, "value\t%s\t%d\t%q\t%q\t%s\n", o.field, o.n, o.theirs, o.ours, o.where)
	}
	keys = keys[:0]
	for n := range p.own {
		keys = append(keys, n)
	}
	sort.Strings(keys)
	for _, n := range keys {
		known := ""
		if c := p.names[n]; c != nil {
			known = fmt.Sprintf("tshark has %d", c.have)
		}
		fmt.Fprintf(&s, "own\t%s\t%d\t%s\n", n, p.own[n], known)
	}
	p.opaque.details(&s)
	if err := os.WriteFile(path, []byte(s.String()), 0o666); err != nil {
		t.Error(err)
	}
}
