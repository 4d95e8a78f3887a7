package wire

import "smbdiff/dissect/field"

// Ref is a place and length elsewhere in the message, counted from the
// codec's base. While writing it is where these two stand, to be filled in when
// they are known.
type Ref struct {
	Off, Len         int
	offSize, lenSize uint8 // of the two numbers, in bytes; 0: not there
}

// Ref16 is a 2-byte offset and a 2-byte length.
func (c *Codec) Ref16(off, length *field.Def) (r Ref) {
	if c.mode == writing {
		c.offset(off, 2, &r)
		c.length(length, 2, &r)
		return r
	}
	o := int(c.Show16(off))
	return Ref{Off: o, Len: int(c.Show16(length))}
}

// Ref32 is a 4-byte offset and a 4-byte length.
func (c *Codec) Ref32(off, length *field.Def) (r Ref) {
	if c.mode == writing {
		c.offset(off, 4, &r)
		c.length(length, 4, &r)
		return r
	}
	o := int(c.Show32(off))
	return Ref{Off: o, Len: int(c.Show32(length))}
}

// Off8 is the offset of r, 1 byte.
func (c *Codec) Off8(d *field.Def, r *Ref) { c.offset(d, 1, r) }

// Off16 is the offset of r, 2 bytes.
func (c *Codec) Off16(d *field.Def, r *Ref) { c.offset(d, 2, r) }

// Off32 is the offset of r, 4 bytes.
func (c *Codec) Off32(d *field.Def, r *Ref) { c.offset(d, 4, r) }

// Len16 is the length of r, 2 bytes.
func (c *Codec) Len16(d *field.Def, r *Ref) { c.length(d, 2, r) }

// Len32 is the length of r, 4 bytes.
func (c *Codec) Len32(d *field.Def, r *Ref) { c.length(d, 4, r) }

func (c *Codec) offset(d *field.Def, n int, r *Ref) {
	if c.mode == writing {
		r.Off, r.offSize = c.pos, uint8(n)
	}
	v := int(c.uint(d, n, 0))
	if c.mode != writing {
		r.Off = v
	}
}

func (c *Codec) length(d *field.Def, n int, r *Ref) {
	if c.mode == writing {
		r.Len, r.lenSize = c.pos, uint8(n)
	}
	v := int(c.uint(d, n, 0))
	if c.mode != writing {
		r.Len = v
	}
}

// To runs walk on the bytes that r names; nothing when its length is zero. What
// walk writes lands at the cursor.
func (c *Codec) To(r Ref, walk func(*Codec)) {
	if c.mode == writing {
		c.write(r, walk)
		return
	}
	if r.Len == 0 {
		return
	}
	at := c.base + r.Off
	if c.mode == keeping && at < c.from {
		c.fault("offset points before the structure")
		return
	}
	c.At(at, r.Len, walk)
}

// BytesAt reads the bytes that r names, as far as they are there.
func (c *Codec) BytesAt(d *field.Def, r Ref) (b []byte) {
	if r.Len == 0 {
		return nil
	}
	if at := c.base + r.Off; c.Skims() && r.Len > 0 && at >= 0 && at <= c.end-r.Len {
		return c.b[at : at+r.Len : at+r.Len]
	}
	c.To(r, func(c *Codec) { b = c.Bytes(d, min(r.Len, c.Left())) })
	return b
}

// More reports whether entry i of n, of size bytes or more, is there. A list
// that ends before its count is noted. While writing all are.
func (c *Codec) More(i, n, size int) bool {
	if i >= n {
		return false
	}
	if c.end-c.pos < size && c.mode != writing {
		c.fault("the list ends before its count")
		return false
	}
	return true
}

// Chain walks a list of entries in which each begins with a 4-byte offset to
// the next, counted from its own start, 0 in the last: the form of
// [MS-FSCC] 2.4 and of create contexts. walk starts at the entry's first byte
// and is bounded by the next entry; offsets count from the entry's start.
func (c *Codec) Chain(walk func(*Codec)) {
	c.Entries(0, 1, func(c *Codec, _ int) { walk(c) })
}

// Entries is Chain for a list that can be written too: n entries then, each at a
// multiple of align from the base. walk is told which it is.
func (c *Codec) Entries(n, align int, walk func(c *Codec, i int)) {
	if c.mode == writing {
		c.writeEntries(n, align, walk)
		return
	}
	for i := 0; c.Left() >= 4; i++ {
		at := c.pos
		p := c.Peek(4)
		next := int(p[0]) | int(p[1])<<8 | int(p[2])<<16 | int(p[3])<<24
		n := c.Left()
		if next >= 4 && next < n {
			n = next
		}
		c.At(at, n, func(c *Codec) {
			c.base = at
			walk(c, i)
		})
		if next == 0 {
			c.Skip(n)
			return
		}
		if next < 4 || next > c.Left() {
			c.fault("next entry offset points outside the list")
			c.pos = c.end
			return
		}
		c.pos = at + next
	}
}

func (c *Codec) writeEntries(n, align int, walk func(c *Codec, i int)) {
	base, last := c.base, 0
	for i := range n {
		c.base = base
		c.Align(align)
		at := c.pos
		if i > 0 {
			c.patch(last, 4, at-last)
		}
		c.base, last = at, at
		walk(c, i)
	}
	c.base = base
}
