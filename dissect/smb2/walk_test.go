package smb2

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// sample is one message of a real capture. want are the names and bytes of
// fields that tshark 4.0 shows in it.
type sample struct {
	file, title string
	env         wire.Env
	msg         []byte
	want        []string
}

// samples reads testdata/*.txt: lines "message TITLE", "env TYPE CLASS CTL
// TREE", "hex ..." and "want NAME BYTES".
func samples(t testing.TB) []sample {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	var all []sample
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		var s *sample
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			key, rest, _ := strings.Cut(lines.Text(), " ")
			switch key {
			case "message":
				all = append(all, sample{file: filepath.Base(name), title: rest})
				s = &all[len(all)-1]
			case "env":
				tree := rest[strings.IndexByte(rest, '"'):]
				if _, err := fmt.Sscanf(rest, "%d %d %v", &s.env.InfoType, &s.env.InfoClass, &s.env.CtlCode); err != nil {
					t.Fatal(s.title, err)
				}
				if s.env.Tree, err = strconv.Unquote(tree); err != nil {
					t.Fatal(s.title, err)
				}
			case "hex":
				b, err := hex.DecodeString(rest)
				if err != nil {
					t.Fatal(s.title, err)
				}
				s.msg = append(s.msg, b...)
			case "want":
				s.want = append(s.want, rest)
			}
		}
		f.Close()
	}
	return all
}

// walker is what callers keep from message to message.
type walker struct {
	c wire.Codec
	h Header
	f Facts
}

// walk dissects a whole message into tr, which may be nil.
func (w *walker) walk(tr *field.Tree, env wire.Env, msg []byte) {
	if !ParseHeader(msg, &w.h) {
		return
	}
	env.Response, env.Status = w.h.Response(), w.h.Status
	w.c.Env = env
	if tr == nil {
		w.c.Reset(msg, nil)
		w.c.Seek(HeaderSize)
		WalkBody(&w.c, &w.h, &w.f)
		return
	}
	tr.Reset(msg, len(msg))
	w.c.Reset(msg, tr)
	WalkHeader(&w.c, &w.h)
	WalkBody(&w.c, &w.h, &w.f)
	tr.Cover()
}

// TestSamples checks that every field that tshark shows is in the tree with
// the same bytes, as often.
func TestSamples(t *testing.T) {
	var w walker
	var tr field.Tree
	for _, s := range samples(t) {
		w.walk(&tr, s.env, s.msg)
		have := map[string]int{}
		for i := range tr.Nodes {
			n := &tr.Nodes[i]
			raw := hex.EncodeToString(tr.Bytes(i))
			have[n.Def.Name+" "+raw]++
			for _, b := range n.Def.Bits {
				have[b.Name+" "+raw]++
			}
		}
		for _, x := range s.want {
			if have[x]--; have[x] < 0 {
				t.Errorf("%s: %s: missing %s", s.file, s.title, x)
			}
		}
		check(t, &tr, s.title)
	}
}

// check holds a tree against what every tree promises.
func check(t testing.TB, tr *field.Tree, title string) {
	t.Helper()
	claimed := make([]bool, len(tr.Bufs[0].Bytes))
	for i := range tr.Nodes {
		n := &tr.Nodes[i]
		if int(n.Buf) >= len(tr.Bufs) || int64(n.Off)+int64(n.Len) > int64(len(tr.Bufs[n.Buf].Bytes)) {
			t.Fatalf("%s: node %d %s out of bounds: %d+%d", title, i, n.Def.Name, n.Off, n.Len)
		}
		if int(n.End) <= i || int(n.End) > len(tr.Nodes) {
			t.Fatalf("%s: node %d %s ends at %d of %d", title, i, n.Def.Name, n.End, len(tr.Nodes))
		}
		for k := i + 1; k < int(n.End); k = int(tr.Nodes[k].End) {
			if tr.Nodes[k].End > n.End || tr.Nodes[k].Depth != n.Depth+1 {
				t.Fatalf("%s: node %d %s is not inside its parent %s", title, k, tr.Nodes[k].Def.Name, n.Def.Name)
			}
		}
		if n.Buf == 0 && n.Def.Kind != field.Struct && n.Def.Kind != field.Note {
			for k := n.Off; k < n.Off+n.Len; k++ {
				claimed[k] = true
			}
		}
	}
	if i := bytes.IndexByte(boolBytes(claimed), 0); i >= 0 {
		t.Fatalf("%s: byte %d stands in no node", title, i)
	}
	if limit := 64 + 16*len(claimed); len(tr.Nodes) > limit {
		t.Fatalf("%s: %d nodes of %d bytes", title, len(tr.Nodes), len(claimed))
	}
}

func boolBytes(v []bool) []byte {
	b := make([]byte, len(v))
	for i, x := range v {
		if x {
			b[i] = 1
		}
	}
	return b
}

// TestTrees compares what people read with testdata/trees.golden, for the
// first and last message of each direction in each file. SMBDIFF_UPDATE=1
// writes it anew.
func TestTrees(t *testing.T) {
	const name = "testdata/trees.golden"
	var out []byte
	var w walker
	var tr field.Tree
	all := samples(t)
	kind := func(i int) string {
		if i < 0 || i >= len(all) {
			return ""
		}
		what, _, _ := strings.Cut(all[i].title, ",")
		return what
	}
	for i, s := range all {
		if kind(i) == kind(i-1) && kind(i) == kind(i+1) {
			continue
		}
		w.walk(&tr, s.env, s.msg)
		out = fmt.Appendf(out, "%s\n", s.title)
		token := 0 // tokens have their own package and tests
		for i := range tr.Nodes {
			n := &tr.Nodes[i]
			if i < token || n.Off < HeaderSize && n.Def != fHeader {
				continue
			}
			if n.Def == fSecurityBlob {
				token = int(n.End)
			}
			out = fmt.Appendf(out, "%*s%d+%d %s %s\n", 2+2*int(n.Depth), "", n.Off, n.Len, n.Def.Name, field.Safe(tr.Show(i)))
		}
	}
	if os.Getenv("SMBDIFF_UPDATE") != "" {
		if err := os.WriteFile(name, out, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	got, golden := strings.Split(string(out), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(golden)) {
		if i >= len(got) || i >= len(golden) || got[i] != golden[i] {
			t.Fatalf("%s:%d differs: got %q", name, i+1, got[min(i, len(got)-1)])
		}
	}
}

// TestNoAllocations walks every sample without a tree, as the index pass does,
// and again as a prefix of 160 bytes.
func TestNoAllocations(t *testing.T) {
	all := samples(t)
	var w walker
	allocs := testing.AllocsPerRun(10, func() {
		for i := range all {
			w.walk(nil, all[i].env, all[i].msg)
			w.walk(nil, all[i].env, all[i].msg[:min(160, len(all[i].msg))])
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

// TestTreeAllocations reuses one tree: no walk of this package allocates in
// steady state. Tokens are left to their own package.
func TestTreeAllocations(t *testing.T) {
	var w walker
	var tr field.Tree
	for _, s := range samples(t) {
		var h Header
		if ParseHeader(s.msg, &h); h.Command <= SessionSetup {
			continue
		}
		run := func() { w.walk(&tr, s.env, s.msg) }
		run()
		if allocs := testing.AllocsPerRun(2, run); allocs > sortAllocations {
			t.Errorf("%s: %v allocations", s.title, allocs)
		}
	}
}

// sortAllocations is what field.Tree.Cover may need for messages whose fields
// are not in the order of their bytes.
const sortAllocations = 3

func FuzzWalk(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.msg, s.env.InfoType, s.env.InfoClass, s.env.CtlCode)
	}
	f.Fuzz(func(t *testing.T, msg []byte, infoType, infoClass uint8, ctl uint32) {
		var w walker
		var tr field.Tree
		env := wire.Env{InfoType: infoType, InfoClass: infoClass, CtlCode: ctl, Tree: `\\server\share`}
		var h Header
		if !ParseHeader(msg, &h) {
			return
		}
		w.walk(nil, env, msg)
		w.walk(&tr, env, msg)
		check(t, &tr, "fuzz")
		tr.AppendJSON(nil, 0, len(tr.Nodes), true)
	})
}

func FuzzOuter(f *testing.F) {
	f.Add(append([]byte{0xfd, 'S', 'M', 'B'}, make([]byte, 80)...))
	f.Add([]byte("\xfcSMB\x40\x00\x00\x00\x04\x00\x01\x00\x08\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, pdu []byte) {
		for _, walk := range []func(*wire.Codec){WalkTransform, WalkCompression} {
			var c wire.Codec
			var tr field.Tree
			tr.Reset(pdu, len(pdu))
			c.Reset(pdu, &tr)
			walk(&c)
			tr.Cover()
			check(t, &tr, "fuzz")
		}
	})
}

func BenchmarkIndexPass(b *testing.B) {
	var w walker
	for _, s := range samples(b) {
		what, _, _ := strings.Cut(s.title, ",")
		b.Run(strings.ReplaceAll(what, " ", "_"), func(b *testing.B) {
			head := s.msg[:min(160, len(s.msg))]
			for b.Loop() {
				w.walk(nil, s.env, head)
			}
		})
	}
}
