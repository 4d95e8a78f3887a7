package wire

import "smbdiff/dissect/field"

// Ref is a place and length elsewhere in the message, counted from the
// codec's base.
type Ref struct{ Off, Len int }

// Ref16 reads a 2-byte offset and a 2-byte length.
func (c *Codec) Ref16(off, length *field.Def) Ref {
	o := int(c.Show16(off))
	return Ref{o, int(c.Show16(length))}
}

// Ref32 reads a 4-byte offset and a 4-byte length.
func (c *Codec) Ref32(off, length *field.Def) Ref {
	o := int(c.Show32(off))
	return Ref{o, int(c.Show32(length))}
}

// To runs walk on the bytes that r names; nothing when its length is zero.
func (c *Codec) To(r Ref, walk func(*Codec)) {
	if r.Len == 0 {
		return
	}
	c.At(c.base+r.Off, r.Len, walk)
}

// BytesAt reads the bytes that r names, as far as they are there.
func (c *Codec) BytesAt(d *field.Def, r Ref) (b []byte) {
	if r.Len == 0 {
		return nil
	}
	c.At(c.base+r.Off, r.Len, func(c *Codec) { b = c.Bytes(d, min(r.Len, c.Left())) })
	return b
}

// More reports whether entry i of n, of size bytes or more, is there. A list
// that ends before its count is noted.
func (c *Codec) More(i, n, size int) bool {
	if i >= n {
		return false
	}
	if c.end-c.pos < size {
		c.Problem("the list ends before its count")
		return false
	}
	return true
}

// Chain walks a list of entries in which each begins with a 4-byte offset to
// the next, counted from its own start, 0 in the last: the form of
// [MS-FSCC] 2.4 and of create contexts. walk starts at the entry's first byte
// and is bounded by the next entry; offsets count from the entry's start.
func (c *Codec) Chain(walk func(*Codec)) {
	for c.Left() >= 4 {
		at := c.pos
		p := c.Peek(4)
		next := int(p[0]) | int(p[1])<<8 | int(p[2])<<16 | int(p[3])<<24
		n := c.Left()
		if next >= 4 && next < n {
			n = next
		}
		c.At(at, n, func(c *Codec) {
			c.base = at
			walk(c)
		})
		if next == 0 {
			c.Skip(n)
			return
		}
		if next < 4 || next > c.Left() {
			c.Problem("next entry offset points outside the list")
			c.pos = c.end
			return
		}
		c.pos = at + next
	}
}
