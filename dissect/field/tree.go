package field

import "sort"

// Node is one field of a tree. Nodes stand in preorder: the children of node i
// are those from i+1 on, and End is the index behind its last descendant.
type Node struct {
	Def   *Def
	Val   uint64 // integers; the index of the text for Note and Known
	Off   uint32 // first byte in the node's buffer
	Len   uint32 // bytes on the wire
	End   int32
	Depth uint16
	Buf   uint16 // index of the buffer
}

// Buffer is what offsets count in: the message, its outer headers, something
// decompressed or put together.
type Buffer struct {
	Name  string // "" for the message itself
	Bytes []byte
	Size  int // bytes it should have; more than len(Bytes) when cut
}

// Tree is the dissection of one message. The zero value is empty; Reset makes
// it ready for the next message and keeps its memory.
type Tree struct {
	Nodes []Node
	Bufs  []Buffer
	Notes []string
	Texts []string

	stack []int32
	spans []span
}

type span struct{ from, to uint32 }

// Reset empties the tree and makes b its first buffer.
func (t *Tree) Reset(b []byte, size int) {
	t.Nodes = t.Nodes[:0]
	t.Notes = t.Notes[:0]
	t.Texts = t.Texts[:0]
	t.stack = t.stack[:0]
	t.Bufs = append(t.Bufs[:0], Buffer{Bytes: b, Size: size})
}

// AddBuffer gives the index of a further buffer.
func (t *Tree) AddBuffer(name string, b []byte) uint16 {
	t.Bufs = append(t.Bufs, Buffer{Name: name, Bytes: b, Size: len(b)})
	return uint16(len(t.Bufs) - 1)
}

// Add appends a leaf.
func (t *Tree) Add(d *Def, buf uint16, off, n int, val uint64) {
	i := int32(len(t.Nodes))
	t.Nodes = append(t.Nodes, Node{Def: d, Val: val, Off: uint32(off), Len: uint32(n), End: i + 1, Depth: uint16(len(t.stack)), Buf: buf})
}

// Open appends a node whose children follow, up to Close.
func (t *Tree) Open(d *Def, buf uint16, off, n int, val uint64) {
	t.Add(d, buf, off, n, val)
	t.stack = append(t.stack, int32(len(t.Nodes)-1))
}

// Close ends the node opened last. With end at or behind its start the node's
// length is set to reach there; a negative end keeps the length.
func (t *Tree) Close(end int) {
	if len(t.stack) == 0 {
		return
	}
	i := t.stack[len(t.stack)-1]
	t.stack = t.stack[:len(t.stack)-1]
	n := &t.Nodes[i]
	n.End = int32(len(t.Nodes))
	if end >= int(n.Off) {
		n.Len = uint32(end) - n.Off
	}
}

// Level is the number of open nodes.
func (t *Tree) Level() int { return len(t.stack) }

// CloseTo closes nodes until only level are open.
func (t *Tree) CloseTo(level, end int) {
	for len(t.stack) > level {
		t.Close(end)
	}
}

// Problem appends a finding about the bytes at off.
func (t *Tree) Problem(buf uint16, off, n int, text string) {
	t.Notes = append(t.Notes, text)
	t.Add(NoteDef, buf, off, n, uint64(len(t.Notes)-1))
}

// Known appends what the conversation says of the n bytes at off.
func (t *Tree) Known(d *Def, buf uint16, off, n int, text string) {
	t.Texts = append(t.Texts, text)
	t.Add(d, buf, off, n, uint64(len(t.Texts)-1))
}

// Bytes gives the bytes of node i, as many as the buffer has.
func (t *Tree) Bytes(i int) []byte {
	n := &t.Nodes[i]
	b := t.Bufs[n.Buf].Bytes
	from, to := uint64(n.Off), uint64(n.Off)+uint64(n.Len)
	if to > uint64(len(b)) {
		to = uint64(len(b))
	}
	if from >= to {
		return nil
	}
	return b[from:to]
}

// Find gives the index of the first node with this name at or behind from,
// or -1.
func (t *Tree) Find(name string, from int) int {
	for i := from; i < len(t.Nodes); i++ {
		if t.Nodes[i].Def.Name == name {
			return i
		}
	}
	return -1
}

// Cover appends nodes for the bytes of the first buffer that no leaf claims,
// so that every byte of the message stands in the tree.
func (t *Tree) Cover() {
	t.CloseTo(0, -1)
	t.spans = t.spans[:0]
	sorted := true
	var last uint32
	for i := range t.Nodes {
		n := &t.Nodes[i]
		if n.Buf != 0 || n.Len == 0 || n.Def.Kind == Struct || n.Def.Kind == Note {
			continue
		}
		if k := len(t.spans); k > 0 && t.spans[k-1].to == n.Off {
			t.spans[k-1].to = n.Off + n.Len
		} else {
			t.spans = append(t.spans, span{n.Off, n.Off + n.Len})
		}
		if n.Off < last {
			sorted = false
		}
		last = n.Off
	}
	if !sorted {
		sort.Slice(t.spans, func(i, j int) bool { return t.spans[i].from < t.spans[j].from })
	}
	b := t.Bufs[0].Bytes
	at := uint32(0)
	gap := func(to uint32) {
		if at >= to {
			return
		}
		d := UnparsedDef
		if to-at < 8 && zero(b[at:to]) {
			d = PaddingDef
		}
		t.Add(d, 0, int(at), int(to-at), 0)
	}
	size := uint32(len(b))
	for _, s := range t.spans {
		if s.from >= size {
			break
		}
		gap(s.from)
		if s.to > at {
			at = s.to
		}
	}
	gap(size)
	if t.Bufs[0].Size > len(b) {
		t.Problem(0, len(b), 0, "cut: the capture lacks the rest of this message")
	}
}

func zero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
