package dcerpc

import (
	"strconv"
	"strings"
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/internal/golden"
	"smbdiff/dissect/wire"
)

var other = &field.Def{Name: "test.other", Label: "Other", Kind: field.Bytes}

// walk makes the tree of pipe data. The head names the interface and the number
// of the operation, when they are known.
func walk(head string, b []byte) *field.Tree {
	var call wire.Call
	words := strings.Fields(head)
	for i, w := range words {
		for _, k := range known().all[1:] {
			if k.Name != w {
				continue
			}
			call.Bound, call.Interface, call.NDR = true, k.UUID, w == "epm"
			if i+1 < len(words) {
				if n, err := strconv.ParseUint(strings.Trim(words[i+1], ","), 10, 16); err == nil {
					call.Named, call.Opnum = true, uint16(n)
				}
			}
		}
	}
	return walkWith(b, &wire.RPC{Calls: []wire.Call{call}})
}

func walkWith(b []byte, rpc *wire.RPC) *field.Tree {
	var c wire.Codec
	t := new(field.Tree)
	t.Reset(b, len(b))
	c.Reset(b, t)
	c.Env.RPC = rpc
	Walk(&c, other)
	t.Cover()
	return t
}

func TestTrees(t *testing.T) { golden.Trees(t, walk) }

func FuzzWalk(f *testing.F) { golden.Fuzz(f, walk) }

// TestCovered checks that no byte of a real PDU is unclaimed.
func TestCovered(t *testing.T) {
	for _, s := range golden.Samples(t) {
		tree := walk(s.Head, s.Msg)
		for i := range tree.Nodes {
			if d := tree.Nodes[i].Def; d == field.UnparsedDef || d == field.PaddingDef || d == field.NoteDef {
				t.Errorf("%s: %s at %d: %s", s.Head, d.Name, tree.Nodes[i].Off, tree.Show(i))
			}
		}
	}
}
