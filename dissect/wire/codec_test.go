package wire

import (
	"testing"

	"smbdiff/dissect/field"
)

var (
	num   = &field.Def{Name: "t.num", Label: "Num", Kind: field.Uint}
	blob  = &field.Def{Name: "t.blob", Label: "Blob", Kind: field.Bytes}
	entry = &field.Def{Name: "t.entry", Label: "Entry"}
)

func start(b []byte) (*Codec, *field.Tree) {
	t := new(field.Tree)
	t.Reset(b, len(b))
	c := new(Codec)
	c.Reset(b, t)
	return c, t
}

func TestIntegers(t *testing.T) {
	c, tr := start([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9})
	if v := c.Show16(num); v != 0x0201 {
		t.Errorf("Show16 %#x", v)
	}
	if v := c.Show24(num); v != 0x050403 {
		t.Errorf("Show24 %#x", v)
	}
	if v := c.ShowBE(num, 2); v != 0x0607 {
		t.Errorf("ShowBE %#x", v)
	}
	if v := c.Show32(num); v != 0 || !c.Cut() {
		t.Errorf("a read beyond the end gave %#x", v)
	}
	if c.Left() != 0 || len(tr.Notes) != 1 {
		t.Errorf("%d left, notes %q", c.Left(), tr.Notes)
	}
}

// TestRef checks places elsewhere in the message, and that bad ones are noted.
func TestRef(t *testing.T) {
	b := []byte{6, 0, 2, 0, 0xff, 0xff, 'x', 'y'}
	c, tr := start(b)
	if got := c.BytesAt(blob, c.Ref16(num, num)); string(got) != "xy" {
		t.Errorf("%q", got)
	}
	if c.Pos() != 4 {
		t.Errorf("cursor at %d", c.Pos())
	}
	for _, r := range []Ref{{Off: 7, Len: 5}, {Off: 9, Len: 1}, {Off: -1, Len: 2}, {Off: 2, Len: -3}} {
		c.BytesAt(blob, r)
	}
	if len(tr.Notes) != 4 {
		t.Errorf("notes %q", tr.Notes)
	}
}

// TestChain walks lists of entries, also hostile ones.
func TestChain(t *testing.T) {
	for _, c := range []struct {
		name    string
		b       []byte
		entries int
		notes   int
	}{
		{"two", []byte{8, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8}, 2, 0},
		{"beyond the end", []byte{99, 0, 0, 0, 1, 2, 3, 4}, 1, 1},
		{"to itself", []byte{1, 0, 0, 0, 1, 2, 3, 4}, 1, 1},
		{"negative", []byte{0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4}, 1, 1},
		{"short", []byte{1, 2}, 0, 0},
	} {
		k, tr := start(c.b)
		n := 0
		k.Chain(func(k *Codec) {
			n++
			k.Begin(entry)
			k.Show32(num)
			k.Rest(blob)
			k.Finish()
		})
		if n != c.entries || len(tr.Notes) != c.notes {
			t.Errorf("%s: %d entries, notes %q", c.name, n, tr.Notes)
		}
	}
}

// TestDepth checks that structures in structures end somewhere.
func TestDepth(t *testing.T) {
	c, tr := start(make([]byte, 8))
	calls := 0
	var walk func(*Codec)
	walk = func(c *Codec) {
		calls++
		c.Within(8, walk)
		c.In("again", make([]byte, 4), walk)
	}
	c.deep = maxDepth - 4
	walk(c)
	if calls > 64 || len(tr.Notes) == 0 {
		t.Errorf("%d calls, %d notes", calls, len(tr.Notes))
	}
}

func TestNoTree(t *testing.T) {
	b := make([]byte, 64)
	c := new(Codec)
	var v uint16
	if n := testing.AllocsPerRun(100, func() {
		c.Reset(b, nil)
		c.Begin(entry)
		U16(c, num, &v)
		c.BytesAt(blob, Ref{Off: 8, Len: 8})
		c.Within(8, func(c *Codec) { c.Show32(num) })
		c.Finish()
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
