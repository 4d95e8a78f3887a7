package smb1

import (
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/internal/golden"
	"smbdiff/dissect/wire"
)

func TestTrees(t *testing.T) { golden.Trees(t, walk) }

func FuzzWalk(f *testing.F) { golden.Fuzz(f, walk) }

// FuzzNBSS walks any bytes as a session service packet.
func FuzzNBSS(f *testing.F) {
	name := " EMEBECFDFCFGCACACACACACACACACACA\x00"
	f.Add([]byte("\x81\x00\x00\x44" + name + name))
	f.Add([]byte("\x82\x00\x00\x00"))
	f.Add([]byte("\x83\x00\x00\x01\x80"))
	f.Add([]byte("\x84\x00\x00\x06\x7f\x00\x00\x01\x01\xbd"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var tree field.Tree
		var c wire.Codec
		tree.Reset(b, len(b))
		c.Reset(b, &tree)
		WalkNBSS(&c)
		tree.Cover()
		golden.Check(t, &tree, len(b))
	})
}
