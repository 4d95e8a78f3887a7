package ndr

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/wire"
)

var (
	fReferent   = &field.Def{Name: "dcerpc.referent_id", Label: "Referent ID", Kind: field.Hex}
	fReferent64 = &field.Def{Name: "dcerpc.referent_id64", Label: "Referent ID", Kind: field.Hex}
	fNull       = &field.Def{Name: "dcerpc.null_pointer", Label: "NULL pointer", Kind: field.Known}
	fMaxCount   = &field.Def{Name: "dcerpc.array.max_count", Label: "Maximum count", Kind: field.Uint}
	fOffset     = &field.Def{Name: "dcerpc.array.offset", Label: "Offset", Kind: field.Uint}
	fActual     = &field.Def{Name: "dcerpc.array.actual_count", Label: "Actual count", Kind: field.Uint}
	fSIDCount   = &field.Def{Name: "dcerpc.nt.count", Label: "Maximum count", Kind: field.Uint}
	fPadding    = &field.Def{Name: "dcerpc.ndr_padding", Label: "Padding", Kind: field.Bytes}
	fStrLength  = &field.Def{Name: "dcerpc.lsa_String.name_len", Label: "Length", Kind: field.Uint}
	fStrMax     = &field.Def{Name: "dcerpc.lsa_String.name_size", Label: "MaximumLength", Kind: field.Uint}
	// Not shown by tshark: [C706] 14.3.8.
	fDiscriminant = &field.Def{Name: "dcerpc.union_discriminant", Label: "Discriminant", Kind: field.Uint}
)

// walker follows types over a stub. Structures and arrays are read in two
// places at once: at the cursor, and at next, where the referents of their
// pointers stand one behind the other. So every referent gets its place in
// the tree at its pointer.
type walker struct {
	c    *wire.Codec
	s    syntax
	base int  // alignment counts from here
	next int  // where the next referent begins
	lost bool // the rest cannot be told apart
}

// param walks a parameter of an operation: it stands, with all referents,
// behind the one before.
func (w *walker) param(m member) {
	if w.lost {
		return
	}
	at := w.up(w.next, m.t)
	w.c.Seek(w.next)
	w.next = w.after(m.t, at)
	w.value(m.t, m.def)
	if !w.lost {
		w.c.Seek(w.next)
	}
}

// up gives the first place at or behind at where t may begin.
func (w *walker) up(at int, t *typ) int { return w.base + up(at-w.base, t.align[w.s]) }

// pad moves the cursor to where t may begin.
func (w *walker) pad(t *typ) { w.padTo(t.align[w.s]) }

func (w *walker) padTo(align int) {
	at := w.c.Pos() - w.base
	if n := up(at, align) - at; n > 0 {
		w.c.Bytes(fPadding, min(n, w.c.Left()))
	}
}

// peek gives an integer of up to 8 bytes at a place, 0 when it is not there.
func (w *walker) peek(at, n int) (v uint64) {
	pos := w.c.Pos()
	w.c.Seek(at)
	if b := w.c.Peek(n); w.c.Pos() == at && len(b) == n {
		for i := n - 1; i >= 0; i-- {
			v = v<<8 | uint64(b[i])
		}
	}
	w.c.Seek(pos)
	return v
}

// within bounds a count of things of size bytes by the bytes behind at.
func (w *walker) within(n uint64, at, size int) int {
	return int(min(n, uint64(max(0, w.c.End()-at))/uint64(max(1, size))))
}

// after gives the place behind t, its referents apart, when it begins at at.
func (w *walker) after(t *typ, at int) int {
	at = w.up(at, t)
	if n := t.size[w.s]; n >= 0 {
		return at + n
	}
	count := long[w.s]
	switch t.shape {
	case record:
		fixed, n := t.members, uint64(0)
		if t.hoist {
			fixed = fixed[:len(fixed)-1]
			n = w.peek(at, count)
			at = w.up(at+count, t)
		}
		for _, m := range fixed {
			at = w.after(m.t, at)
		}
		if t.hoist {
			at = w.afterAll(t.members[len(fixed)].t.elem, at, n)
		}
		if w.s == ndr64 {
			at = w.up(at, t)
		}
	case choice:
		n := t.elem.size[w.s]
		v := w.peek(at, n)
		at = w.base + up(at+n-w.base, t.inner[w.s])
		if a, ok := t.arm(v); ok && a.t != nil {
			at = w.after(a.t, at)
		}
	case sid:
		return at + count + sidSize(w.peek(at, count))
	default:
		at += t.header(w.s)
		n := w.peek(at-count, count)
		if t.elem == nil {
			return at + t.unit*w.within(n, at, t.unit)
		}
		return w.afterAll(t.elem, at, n)
	}
	return at
}

// afterAll gives the place behind n elements that begin at at.
func (w *walker) afterAll(t *typ, at int, n uint64) int {
	for k := w.within(n, at, t.size[w.s]); k > 0 && at < w.c.End(); k-- {
		at = w.after(t, at)
	}
	return at
}

// header is the size of the counts before an array: a maximum count, an
// offset and an actual count, or some of them.
func (t *typ) header(s syntax) int {
	switch {
	case t.short:
		return 2 * long[s]
	case t.varies():
		return 3 * long[s]
	}
	return long[s]
}

func (t *typ) varies() bool { return t.vary || t.shape == text }

// arm gives what a union holds for a discriminant.
func (t *typ) arm(v uint64) (arm, bool) {
	for _, a := range t.arms {
		for _, x := range a.values {
			if x == v {
				return a, true
			}
		}
		if len(a.values) == 0 {
			return a, true
		}
	}
	return arm{}, false
}

// named reports whether t has one node of its own: arrays have one for each
// element, pointers that of their referent.
func (t *typ) named() bool { return t.shape != array && t.shape != pointer }

// open opens a node whose bytes are known only when it is closed.
func (w *walker) open(d *field.Def) int {
	if d == nil {
		return -1
	}
	i := len(w.c.Tree().Nodes)
	w.c.BeginLen(d, 0, 0)
	return i
}

func (w *walker) close(i int, b extent) {
	if i < 0 {
		return
	}
	n := &w.c.Tree().Nodes[i]
	n.Off, n.Len, n.Val = uint32(b.from), uint32(max(0, b.to-b.from)), b.v
	w.c.Done()
}

// extent is what a node claims, with its value.
type extent struct {
	from, to int
	v        uint64
}

// value walks t at the cursor.
func (w *walker) value(t *typ, d *field.Def) {
	if w.lost {
		return
	}
	w.pad(t)
	switch {
	case t.shape == scalar:
		w.scalar(t, d)
	case t.shape == pointer:
		w.pointer(t, d)
	case t.named():
		i := w.open(d)
		w.close(i, w.inside(t))
	default:
		w.elements(t.elem, d, w.counts(t))
	}
}

// pointer walks a pointer at the cursor and its referent at next.
func (w *walker) pointer(t *typ, d *field.Def) {
	c, n := w.c, long[w.s]
	if c.Left() < n {
		w.referent()
		return
	}
	if w.peek(c.Pos(), n) == 0 {
		c.Skip(n)
		if d != nil {
			c.Known(fNull, n, d.Label)
		}
		return
	}
	i := -1
	if t.elem.named() {
		i = w.open(d)
	}
	w.referent()
	back, at := c.Pos(), w.next
	w.next = w.after(t.elem, at)
	c.Seek(at)
	if i >= 0 {
		w.pad(t.elem)
		w.close(i, w.inside(t.elem))
	} else {
		w.value(t.elem, d)
	}
	if !w.lost {
		c.Seek(back)
	}
}

func (w *walker) referent() {
	if w.s == ndr64 {
		w.c.Show64(fReferent64)
	} else {
		w.c.Show32(fReferent)
	}
}

// count reads a count of an array.
func (w *walker) count(d *field.Def) uint64 {
	if w.s == ndr64 {
		return w.c.Show64(d)
	}
	return uint64(w.c.Show32(d))
}

// scalar reads a base type.
func (w *walker) scalar(t *typ, d *field.Def) (v uint64) {
	switch n := t.size[w.s]; n {
	case 1:
		return uint64(w.c.Show8(d))
	case 2:
		return uint64(w.c.Show16(d))
	case 4:
		return uint64(w.c.Show32(d))
	case 8:
		return w.c.Show64(d)
	default:
		w.c.Bytes(d, n)
	}
	return 0
}

// inside walks what stands inside the node of t, which is open.
func (w *walker) inside(t *typ) extent {
	from := w.c.Pos()
	var v uint64
	switch t.shape {
	case scalar:
		v = w.scalar(t, nil)
	case record:
		w.record(t)
		if w.s == ndr64 && !w.lost {
			w.pad(t)
		}
	case choice:
		w.union(t)
	case counted:
		return w.counted(t)
	case sid:
		return w.sid()
	default:
		return w.run(t)
	}
	return extent{from, w.c.Pos(), v}
}

// record walks the members of a structure.
func (w *walker) record(t *typ) {
	fixed, n := t.members, uint64(0)
	if t.hoist {
		fixed = fixed[:len(fixed)-1]
		n = w.count(fMaxCount)
		w.pad(t)
	}
	for _, m := range fixed {
		w.value(m.t, m.def)
	}
	if t.hoist {
		m := t.members[len(fixed)]
		w.elements(m.t.elem, m.def, n)
	}
}

// union walks the discriminant and the arm it names.
func (w *walker) union(t *typ) {
	v := w.scalar(t.elem, fDiscriminant)
	w.padTo(t.inner[w.s])
	a, ok := t.arm(v)
	if !ok {
		w.c.Problem("no such arm of the union")
		w.lost = true
	}
	if a.t != nil {
		w.value(a.t, a.def)
	}
}

// counts reads the counts before an array and gives the number of elements.
func (w *walker) counts(t *typ) (n uint64) {
	if !t.short {
		n = w.count(fMaxCount)
	}
	if t.varies() {
		w.count(fOffset)
		n = w.count(fActual)
	}
	return n
}

// bounded is within for the things at the cursor, and notes what is missing.
func (w *walker) bounded(n uint64, size int) int {
	k := w.within(n, w.c.Pos(), size)
	if uint64(k) < n && !w.c.Cut() {
		w.c.Problem("the array is longer than the stub")
	}
	return k
}

// elements walks the elements of an array, [C706] 14.3.3.
func (w *walker) elements(t *typ, d *field.Def, n uint64) {
	for k := w.bounded(n, t.size[w.s]); k > 0 && w.c.Left() > 0 && !w.lost; k-- {
		w.value(t, d)
	}
}

// run walks an array of characters or bytes that one node shows.
func (w *walker) run(t *typ) extent {
	n := t.unit * w.bounded(w.counts(t), t.unit)
	from := w.c.Pos()
	if t.shape == secure && n > 0 {
		w.c.Within(n, t.rights)
	} else {
		w.c.Skip(n)
	}
	return extent{from, from + n, 0}
}

// counted walks an RPC_UNICODE_STRING, [MS-DTYP] 2.3.10, and its characters.
func (w *walker) counted(t *typ) extent {
	c, d, n := w.c, t.strings, long[w.s]
	chars := t.elem
	c.Show16(d.length)
	c.Show16(d.max)
	w.pad(t)
	if c.Left() < n || w.peek(c.Pos(), n) == 0 {
		if c.Left() < n {
			w.referent()
		} else {
			c.Skip(n)
			c.Known(fNull, n, "Buffer")
		}
		return extent{c.Pos(), c.Pos(), 0}
	}
	w.referent()
	back, at := c.Pos(), w.next
	w.next = w.after(chars, at)
	c.Seek(at)
	w.pad(chars)
	b := w.run(chars)
	if d.chars != nil && b.to > b.from {
		c.Mark(d.chars, b.from, b.to-b.from, 0)
	}
	c.Seek(back)
	return b
}

const (
	sidHeader = 8
	maxSubs   = 15
)

// sidSize is the size of an RPC_SID by its number of parts.
func sidSize(parts uint64) int { return sidHeader + 4*int(min(parts, maxSubs)) }

// sid walks an RPC_SID, [MS-DTYP] 2.4.2.3.
func (w *walker) sid() extent {
	n := min(sidSize(w.count(fSIDCount)), w.c.Left())
	from := w.c.Pos()
	w.c.Within(n, secdesc.SIDFields)
	return extent{from, from + n, 0}
}
