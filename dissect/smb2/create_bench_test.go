package smb2

import (
	"encoding/hex"
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// createSample is the CREATE request of OISF-smb-version-keyword-input.pcap, frame 20, with the
// contexts DHnQ, MxAc, QFid.
const createSample = "" +
	"fe534d4240000100000000000500010000000000000000000700000000000000b8020000050000001500000800d40000000000000000000000000000" +
	"000000003900000002000000000000000000000000000000000000008000100000000000000000000100000021000000780000008000000058000000" +
	"000069006e0064002800000010000400000018001000000044486e510000000000000000000000000000000000000000180000001000040000001800" +
	"000000004d78416300000000000000001000040000001800000000005146696400000000"

func createBytes(t testing.TB) []byte {
	b, err := hex.DecodeString(createSample)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCreateAllocations wants none for the tree of a CREATE request.
func TestCreateAllocations(t *testing.T) {
	msg := createBytes(t)
	var w walker
	var tree field.Tree
	w.walk(&tree, wire.Env{}, msg)
	contexts := 0
	for i := range tree.Nodes {
		if tree.Nodes[i].Def == fTag {
			contexts++
		}
	}
	if contexts < 3 {
		t.Errorf("%d contexts", contexts)
	}
	if n := testing.AllocsPerRun(100, func() { w.walk(&tree, wire.Env{}, msg) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkCreate reads header and body of a CREATE request with three
// contexts: its fields alone, into Header and Facts, and with their tree.
func BenchmarkCreate(b *testing.B) {
	msg := createBytes(b)
	var (
		c    wire.Codec
		h    Header
		f    Facts
		tree field.Tree
	)
	read := func(t *field.Tree) {
		c.Reset(msg, t)
		WalkHeader(&c, &h)
		WalkBody(&c, &h, &f)
	}
	b.Run("struct", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			read(nil)
		}
	})
	b.Run("tree", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			tree.Reset(msg, len(msg))
			read(&tree)
			tree.Cover()
		}
	})
}
