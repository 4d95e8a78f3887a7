package ndr

import (
	"strconv"
	"strings"
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/internal/golden"
	"smbdiff/dissect/wire"
)

var interfaceNames = []string{"", "srvsvc", "wkssvc", "lsarpc", "samr", "svcctl", "winreg", "dssetup"}

// stubOf is one of the stubs of testdata/messages.txt: "srvsvc 15 response
// NDR64".
type stubOf struct {
	iface          Interface
	op             uint16
	response, wide bool
}

func parseHead(head string) (s stubOf) {
	for i, part := range strings.Fields(head) {
		switch i {
		case 0:
			for k, name := range interfaceNames {
				if name == part {
					s.iface = Interface(k)
				}
			}
		case 1:
			n, _ := strconv.ParseUint(part, 10, 16)
			s.op = uint16(n)
		case 2:
			s.response = part == "response"
		case 3:
			s.wide = part == "NDR64"
		}
	}
	return s
}

// walk makes the tree of a stub.
func (s stubOf) walk(b []byte) *field.Tree {
	var tree field.Tree
	tree.Reset(b, len(b))
	var c wire.Codec
	c.Reset(b, &tree)
	if s.wide {
		Walk64(&c, s.iface, s.op, s.response)
	} else {
		Walk(&c, s.iface, s.op, s.response)
	}
	tree.Cover()
	return &tree
}

func TestTrees(t *testing.T) {
	golden.Trees(t, func(head string, b []byte) *field.Tree { return parseHead(head).walk(b) })
}

// TestWhole wants every byte of the real stubs in a field.
func TestWhole(t *testing.T) {
	for _, s := range golden.Samples(t) {
		tree := parseHead(s.Head).walk(s.Msg)
		for i := range tree.Nodes {
			if n := &tree.Nodes[i]; n.Def.Kind == field.Unparsed || n.Def.Kind == field.Note {
				t.Errorf("%s: %s at %d: %s", s.Head, n.Def.Name, n.Off, tree.Show(i))
			}
		}
	}
}

func FuzzWalk(f *testing.F) {
	for _, s := range golden.Samples(f) {
		h := parseHead(s.Head)
		f.Add(uint8(h.iface), uint8(h.op), h.response, h.wide, s.Msg)
	}
	f.Fuzz(func(t *testing.T, iface, op uint8, response, wide bool, b []byte) {
		golden.Check(t, stubOf{Interface(iface), uint16(op), response, wide}.walk(b), len(b))
	})
}

// TestEverywhere walks every operation over bytes that mean large counts,
// pointers everywhere, or nothing.
func TestEverywhere(t *testing.T) {
	fill := [][]byte{{0}, {1}, {0xff}, {1, 0, 0, 0}, {0, 0, 0, 1}, {2, 0, 0, 0, 3, 0, 0, 0}, {0xff, 0xff, 0, 0}}
	for _, f := range fill {
		b := make([]byte, 0, 400)
		for len(b) < 400 {
			b = append(b, f...)
		}
		for iface := Srvsvc; iface <= Dssetup; iface++ {
			for op := range uint16(100) {
				for k := range 4 {
					s := stubOf{iface, op, k&1 != 0, k&2 != 0}
					for _, n := range []int{0, 1, 5, 22, 100, len(b)} {
						golden.Check(t, s.walk(b[:n]), n)
					}
				}
			}
		}
	}
}

// TestAllocates wants no memory once the tree has grown.
func TestAllocates(t *testing.T) {
	samples := golden.Samples(t)
	var tree field.Tree
	var c wire.Codec
	heads := make([]stubOf, len(samples))
	for i, s := range samples {
		heads[i] = parseHead(s.Head)
	}
	all := func() {
		for i, s := range samples {
			h := heads[i]
			tree.Reset(s.Msg, len(s.Msg))
			c.Reset(s.Msg, &tree)
			if h.wide {
				Walk64(&c, h.iface, h.op, h.response)
			} else {
				Walk(&c, h.iface, h.op, h.response)
			}
		}
	}
	all()
	if n := testing.AllocsPerRun(10, all); n > 0 {
		t.Errorf("%v allocations for %d stubs", n, len(samples))
	}
}
