package main

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
)

// withoutGhosts gives tshark's fields without those that it makes up. Behind
// the FID of an SMB1 message it repeats what the NT_CREATE_ANDX said that
// opened it, each in brackets ("[Access Mask: 0x0002019f]"), over the first
// four bytes of whatever buffer is at hand, mostly 0xFF 'S' 'M' 'B'.
func withoutGhosts(m *theirMessage) []theirs {
	if m.Protocol != "SMB1" || m.Command == nil {
		return m.Fields
	}
	creates := !m.Response && (*m.Command == 0xa2 || *m.Command == 0xa0)
	out := m.Fields[:0]
	ghost := false
	for i, f := range m.Fields {
		if f.Name == "smb.create_flags" {
			ghost = !creates || !shows(&m.Fields[i])
		} else if ghost && !ghostly(f.Name) {
			ghost = false
		}
		if !ghost {
			out = append(out, f)
		}
	}
	return out
}

// shows reports whether a 4-byte field shows the number that its bytes are.
func shows(f *theirs) bool {
	n, ok := number(f.Show)
	v := f.Value
	return ok && len(v) == 8 && fmt.Sprintf("%08x", n) == v[6:]+v[4:6]+v[2:4]+v[:2]
}

func ghostly(name string) bool {
	for _, prefix := range []string{"smb.nt.create.", "smb.access_mask", "smb.access.", "smb.file_attribute", "smb.share_access", "smb.share.access.",
		"smb.create_options", "smb.nt.create_options."} {
		if strings.HasPrefix(name, prefix) && name != "smb.access.time" {
			return true
		}
	}
	return false
}

// misplaced reports whether tshark reads the field from the wrong place in
// messages like m.
func (w *wording) misplaced(f *theirs, m *theirMessage) bool {
	x := w.wrong[f.Name]
	if x == nil || x[0] == "value" {
		return false
	}
	where, dir := strings.TrimSuffix(x[0], " value"), "req"
	if m.Response {
		dir = "rsp"
	}
	if where == "place" || m.Command == nil {
		return where == "place"
	}
	return slices.Contains(strings.Split(where, ", "), fmt.Sprint(m.Protocol, " ", *m.Command, " ", dir))
}

// table reads a list of testdata/parity by its first column.
func table(t *testing.T, name string) map[string][]string {
	text, err := os.ReadFile(filepath.Join(parityData, name))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, l := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		f := strings.Split(l, "\t")
		all[f[0]] = f[1:]
	}
	return all
}

// ownNames holds the names that tshark does not know against the list of ours,
// where each has its section of the specification.
func (p *parity) ownNames(t *testing.T) {
	known := map[string]bool{}
	for _, what := range []string{"fields", "protocols"} {
		out, err := exec.Command("tshark", "-G", what).Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range strings.Split(string(out), "\n") {
			if f := strings.Split(l, "\t"); len(f) > 2 {
				known[f[2]] = true
			}
		}
	}
	list := table(t, "own-fields.tsv")
	var unknown []string
	for n := range p.own {
		if p.names[n] == nil && !known[n] && !listed(list, n) {
			unknown = append(unknown, n)
		}
	}
	sort.Strings(unknown)
	if len(unknown) > 0 {
		t.Errorf("%d names that neither tshark has nor own-fields.tsv: %q", len(unknown), unknown)
	}
}

func listed(list map[string][]string, name string) bool {
	if list[name] != nil {
		return true
	}
	for pattern := range list {
		if ok, _ := path.Match(pattern, name); ok {
			return true
		}
	}
	return false
}

// opaqueBytes counts the bytes that no field explains.
type opaqueBytes struct {
	all    int
	byName map[string]int
	closed map[string][]string // octets that are nothing else, with the reason
}

func newOpaque() opaqueBytes { return opaqueBytes{byName: map[string]int{}} }

// maxOpaque is how long octets may be without counting as opaque.
const maxOpaque = 4

func (p *parity) opaqueOf(m *ourMessage) {
	if m.CommandCode == nil {
		return
	}
	part, end := map[string]int{}, 0
	octets(m.Fields, "", part, &end)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opaque.all += end
	for n, k := range part {
		p.opaque.byName[n] += k
	}
}

func octets(fields []ours, parent string, part map[string]int, end *int) {
	for i := range fields {
		f := &fields[i]
		if f.Buffer == "" {
			*end = max(*end, f.Offset+f.Length)
		}
		if len(f.Children) > 0 {
			octets(f.Children, f.Name, part, end)
		} else if string(f.Value) == "null" && len(f.Raw) > 2*maxOpaque {
			part[f.Name+"\t"+parent] += f.Length
		}
	}
}

func (o *opaqueBytes) report(t *testing.T, s *strings.Builder) {
	o.closed = table(t, "octets.tsv")
	open, closed := 0, 0
	for k, n := range o.byName {
		name, parent, _ := strings.Cut(k, "\t")
		if o.known(name, parent) {
			closed += n
		} else {
			open += n
		}
	}
	fmt.Fprintf(s, "bytes of messages: %d; octets by nature (octets.tsv) %d; opaque %d, %.3f %%\n", o.all, closed, open, percent(open, o.all))
	for _, k := range o.order() {
		name, parent, _ := strings.Cut(k, "\t")
		if !o.known(name, parent) {
			fmt.Fprintf(s, "  %-44s in %-36s %8d\n", name, parent, o.byName[k])
		}
	}
	if float64(open) > opaqueBar/100*float64(o.all) {
		t.Errorf("%.3f %% of the bytes are opaque, the bar is %v", percent(open, o.all), opaqueBar)
	}
}

// known reports whether octets.tsv says what the octets are.
func (o *opaqueBytes) known(name, parent string) bool {
	return listed(o.closed, name) || o.closed[name+" in "+parent] != nil
}

func (o *opaqueBytes) order() []string {
	keys := make([]string, 0, len(o.byName))
	for k := range o.byName {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if a, b := o.byName[keys[i]], o.byName[keys[j]]; a != b {
			return a > b
		}
		return keys[i] < keys[j]
	})
	return keys
}

func (o *opaqueBytes) details(s *strings.Builder) {
	for _, k := range o.order() {
		name, _, _ := strings.Cut(k, "\t")
		fmt.Fprintf(s, "octets\t%s\t%d\t%s\n", k, o.byName[k], strings.Join(o.closed[name], " "))
	}
}
