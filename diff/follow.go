package diff

import (
	"bytes"

	"smbdiff/dissect/field"
)

// What hides a change that another one entails.
const (
	ruleSameBytes = "the same bytes, read in another way"
	ruleFollows   = "follows from another field"
)

// follow hides, among the changes of one message, those whose bytes are the same
// on both sides: a length, a count or a type that differs makes what stands
// behind it read differently. Findings about the message go with a field that
// differs.
func (c *Comparer) follow(changes []Change, ra, rb *message) {
	if !c.mask.lenient {
		return
	}
	real := c.torn || c.otherPipe() // what tore it differs
	for i := range changes {
		ch := &changes[i]
		switch {
		case ch.Masked != "" || ch.shut && ch.Name == nameSealedStub || ch.alias && !misread(ch, ra.tree, rb.tree) || isNote(ch, ra, rb):
			real = real || ch.Masked == "" && ch.alias
		case sameBytes(ra.tree, rb.tree, ch.NodeA, ch.NodeB):
			ch.Masked = ruleSameBytes
		case ch.shut: // it never is what differs first
		default:
			real = true
		}
	}
	for i := range changes {
		if ch := &changes[i]; ch.Masked == "" && !ch.alias && !ch.shut && explained(changes, i, ra.tree, rb.tree) {
			ch.Masked = ruleFollows
		}
	}
	for i := range changes {
		if ch := &changes[i]; ch.Masked == "" && ch.Name == "dcerpc.cn_call_id" && c.otherPipe() {
			ch.Masked = ruleFollows // ids of calls count on their pipe
		}
	}
	for i := range changes {
		if ch := &changes[i]; real && ch.Masked == "" && (isNote(ch, ra, rb) || ch.shut && ch.Name == nameStub) {
			ch.Masked = ruleFollows
		}
	}
}

// misread reports whether an identifier stands in another place on each side, in
// messages of one size.
func misread(ch *Change, ta, tb *field.Tree) bool {
	return ch.NodeA >= 0 && ch.NodeB >= 0 && ta.Nodes[ch.NodeA].Off != tb.Nodes[ch.NodeB].Off
}

// explained reports whether all bytes of a change that are not the same on both
// sides belong to fields that are told to differ and are no more than it is: a
// field below it, or one that reads the same bytes in its own place.
func explained(changes []Change, i int, ta, tb *field.Tree) bool {
	ch := &changes[i]
	return ch.NodeA >= 0 && explainedOf(changes, i, ch.NodeA, ta, tb, ta, tb) || ch.NodeB >= 0 && explainedOf(changes, i, ch.NodeB, tb, ta, ta, tb)
}

// explainedOf is explained as seen from node k of t.
func explainedOf(changes []Change, i, k int, t, other, ta, tb *field.Tree) bool {
	if t.Nodes[k].Len == 0 {
		return false
	}
	n := &t.Nodes[k]
	b := counterpart(t, other, n)
	if len(b) != len(t.Bufs[n.Buf].Bytes) {
		return false
	}
	x, y := t.Bytes(k), part(b, n)
	for at := range x {
		if at < len(y) && x[at] != y[at] && !told(changes, i, n, n.Off+uint32(at), ta, tb) {
			return false
		}
	}
	return true
}

// told reports whether a change other than i says that a byte differs.
func told(changes []Change, i int, n *field.Node, at uint32, ta, tb *field.Tree) bool {
	for k := range changes {
		c := &changes[k]
		if k == i || c.Masked != "" || c.NodeA < 0 && c.NodeB < 0 {
			continue
		}
		var x, y *field.Node
		if c.NodeA >= 0 {
			x = &ta.Nodes[c.NodeA]
		}
		if c.NodeB >= 0 {
			y = &tb.Nodes[c.NodeB]
		}
		both := x != nil && y != nil
		if both && (x.Off != y.Off || x.Len != y.Len) {
			continue
		}
		if x == nil {
			x = y
		}
		if x.Buf != n.Buf || at < x.Off || at >= x.Off+x.Len {
			continue
		}
		if both && changes[i].Op != "replace" || x.Len < n.Len || x.Len == n.Len && len(c.Path) > len(changes[i].Path) {
			return true
		}
	}
	return false
}

// isNote reports whether a change is a finding, with no bytes of its own.
func isNote(ch *Change, ra, rb *message) bool {
	if ch.Name == nameProblem {
		return true
	}
	if ch.NodeA >= 0 {
		return ra.tree.Nodes[ch.NodeA].Def.Kind == field.Note
	}
	return ch.NodeB >= 0 && rb.tree.Nodes[ch.NodeB].Def.Kind == field.Note
}

// sameBytes reports whether the bytes of nodes i of ta and j of tb, -1 for none,
// are the same at the same place of both messages.
func sameBytes(ta, tb *field.Tree, i, j int) bool {
	return (i >= 0 || j >= 0) && (i < 0 || alike(ta, tb, &ta.Nodes[i])) && (j < 0 || alike(tb, ta, &tb.Nodes[j]))
}

// alike reports whether the bytes of a node of t stand in the other tree too.
// Messages of another size hold other things.
func alike(t, other *field.Tree, n *field.Node) bool {
	name := t.Bufs[n.Buf].Name
	for k := range other.Bufs {
		if b := &other.Bufs[k]; b.Name == name {
			x := t.Bufs[n.Buf].Bytes
			return len(x) == len(b.Bytes) && bytes.Equal(part(x, n), part(b.Bytes, n))
		}
	}
	return false
}

// part gives what of b a node stands on, as far as it is there.
func part(b []byte, n *field.Node) []byte {
	from := min(uint64(n.Off), uint64(len(b)))
	return b[from:min(from+uint64(n.Len), uint64(len(b)))]
}

// mostLeaves bounds the fields named of a structure that reads as another one.
const mostLeaves = 4

// descend replaces structures that only one side has by the fields in them that
// made it so, where most of their bytes are the same on both sides: a key, a
// type or a mark that differs hides the rest. Messages of another size hold other
// things.
func (c *Comparer) descend(start int, ra, rb *message) {
	if !c.mask.lenient {
		return
	}
	old := append([]Change(nil), c.changes[start:]...)
	c.changes = c.changes[:start]
	for _, ch := range old {
		if leaves := culprits(&ch, ra.tree, rb.tree); ch.Masked != "" || len(leaves) == 0 {
			c.changes = append(c.changes, ch)
		} else {
			c.expand(&ch, leaves, ra.tree, rb.tree)
		}
	}
	c.unite(start, ra.tree, rb.tree)
}

// culprits gives the fields below a structure that one side lacks whose bytes
// differ, if most of its bytes do not.
func culprits(ch *Change, ta, tb *field.Tree) (out []int) {
	t, other, i := ta, tb, ch.NodeA
	if ch.Op == "add" {
		t, other, i = tb, ta, ch.NodeB
	}
	if ch.Op == "replace" || i < 0 || int(t.Nodes[i].End) == i+1 || t.Nodes[i].Len == 0 {
		return nil
	}
	b := counterpart(t, other, &t.Nodes[i])
	if len(b) != len(t.Bufs[t.Nodes[i].Buf].Bytes) || 2*differing(t, i, b) > int(t.Nodes[i].Len) {
		return nil
	}
	for k := i + 1; k < int(t.Nodes[i].End); k++ {
		if n := &t.Nodes[k]; int(n.End) == k+1 && n.Buf == t.Nodes[i].Buf && n.Len > 0 && differing(t, k, b) > 0 {
			if out = append(out, k); len(out) > mostLeaves {
				return nil
			}
		}
	}
	return out
}

// counterpart gives the buffer of the other tree that has the name of a node's.
func counterpart(t, other *field.Tree, n *field.Node) []byte {
	for k := range other.Bufs {
		if other.Bufs[k].Name == t.Bufs[n.Buf].Name {
			return other.Bufs[k].Bytes
		}
	}
	return nil
}

// differing counts the bytes of a node that are not the same in b.
func differing(t *field.Tree, i int, b []byte) (n int) {
	x, y := t.Bytes(i), part(b, &t.Nodes[i])
	for k := range x {
		if k >= len(y) || x[k] != y[k] {
			n++
		}
	}
	return n
}

// expand lists fields below a structure in its place.
func (c *Comparer) expand(ch *Change, leaves []int, ta, tb *field.Tree) {
	t, from := ta, ch.NodeA
	if ch.Op == "add" {
		t, from = tb, ch.NodeB
	}
	for _, k := range leaves {
		x := child{span: span{k, k + 1}, node: k, name: t.Nodes[k].Def.Name}
		y := *ch
		below := between(t, from, k) + "/" + x.name
		y.Name, y.Path, y.placed = x.name, ch.Path+below, ch.placed+below
		y.A, y.B, y.NodeA, y.NodeB, y.Text = "", "", -1, -1, isText(t.Nodes[k].Def.Kind)
		if ch.Op == "add" {
			y.B, y.NodeB = c.show(t, &x), k
		} else {
			y.A, y.NodeA = c.show(t, &x), k
		}
		d := c.mask.byPath(*c.mask.at(k, t.Nodes[k].Def), x.name, t.Nodes[k].Def.Kind, y.Path)
		if d.how == drop || d.how == hide {
			y.Masked = d.name
		}
		c.changes = append(c.changes, y)
	}
}

// between gives the path from a node to one below it, without the two.
func between(t *field.Tree, from, to int) (path string) {
	for i := from + 1; i < to; i++ {
		if int(t.Nodes[i].End) > to {
			path += "/" + t.Nodes[i].Def.Name
		}
	}
	return path
}

// unite makes one change of a field that A lacks and the same field that B lacks
// at the same place.
func (c *Comparer) unite(start int, ta, tb *field.Tree) {
	list := c.changes[start:]
	kept := list[:0]
	for i := range list {
		ch := list[i]
		if k := twin(kept, &ch, ta, tb); k >= 0 {
			x := &kept[k]
			path := x.Path // of the side that comes first
			if x.placed == ch.placed {
				path = x.placed
			}
			if ch.Op == "add" {
				x.B, x.NodeB, x.sides = ch.B, ch.NodeB, [2]string{x.Path, ch.Path}
			} else {
				x.A, x.NodeA, x.sides = ch.A, ch.NodeA, [2]string{ch.Path, x.Path}
			}
			x.Op, x.Path = "replace", path
			continue
		}
		kept = append(kept, ch)
	}
	c.changes = c.changes[:start+len(kept)]
}

func twin(list []Change, ch *Change, ta, tb *field.Tree) int {
	for k := range list {
		x := &list[k]
		if x.Name != ch.Name || x.Masked != "" || ch.Masked != "" || x.Op == "replace" || ch.Op == "replace" || x.Op == ch.Op {
			continue
		}
		i, j := x.NodeA, ch.NodeB
		if x.Op == "add" {
			i, j = ch.NodeA, x.NodeB
		}
		if i >= 0 && j >= 0 && ta.Nodes[i].Off == tb.Nodes[j].Off && ta.Nodes[i].Buf == tb.Nodes[j].Buf {
			return k
		}
	}
	return -1
}
