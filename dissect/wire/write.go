package wire

import (
	"encoding/binary"

	"smbdiff/dissect/field"
)

// mode is what a codec does.
type mode uint8

const (
	reading mode = iota // for a tree or for the few facts that a walk takes out
	keeping             // for a structure, with its lists
	writing
)

// Append appends to b what walk writes. Offsets count from place base of b, which
// may lie before its start.
func Append(b []byte, base int, walk func(*Codec)) []byte {
	c := Codec{b: b, base: base, pos: len(b), end: len(b), mode: writing}
	walk(&c)
	return c.b
}

// Decode has walk read b from place at on, and lists too. It reports whether all
// that the structure names was there, none of it before at. Offsets count from the
// start of b.
func Decode(b []byte, at int, walk func(*Codec)) bool {
	c := Codec{b: b, pos: min(at, len(b)), end: len(b), mode: keeping, from: at}
	walk(&c)
	return !c.bad
}

// Writing reports whether walks write.
func (c *Codec) Writing() bool { return c.mode == writing }

// Skims reports that nobody looks at what is read but the walk itself, which may
// leave out the rest.
func (c *Codec) Skims() bool { return c.tree == nil && c.mode == reading }

// grown moves the cursor behind what was appended.
func (c *Codec) grown() { c.pos, c.end = len(c.b), len(c.b) }

// put appends a number of n bytes, little-endian.
func (c *Codec) put(n int, v uint64) {
	switch n {
	case 1:
		c.b = append(c.b, byte(v))
	case 2:
		c.b = binary.LittleEndian.AppendUint16(c.b, uint16(v))
	case 4:
		c.b = binary.LittleEndian.AppendUint32(c.b, uint32(v))
	default:
		for ; n > 0; n-- {
			c.b = append(c.b, byte(v))
			v >>= 8
		}
	}
	c.grown()
}

func (c *Codec) zero(n int) {
	for ; n > 0; n-- {
		c.b = append(c.b, 0)
	}
	c.grown()
}

// patch changes a number of n bytes that was written.
func (c *Codec) patch(at, n, v int) {
	for i := range n {
		c.b[at+i] = byte(v >> (8 * i))
	}
}

// Fill writes zeros until n bytes from the base on are there. Reading does
// nothing.
func (c *Codec) Fill(n int) {
	if c.mode == writing {
		c.zero(c.base + n - c.pos)
	}
}

// Trailer is n bytes that some peers leave out: those that are there are read,
// zeros are written.
func (c *Codec) Trailer(d *field.Def, n int) {
	if c.mode != writing {
		n = min(n, c.Left())
	}
	c.Bytes(d, n)
}

// Pad writes zeros up to the next multiple of n from the base. Reading does
// nothing: offsets say where to go on.
func (c *Codec) Pad(n int) {
	if c.mode == writing {
		c.Align(n)
	}
}

// Fixed runs walk on n bytes, or as many as are there; what it leaves of them is
// written as zeros.
func (c *Codec) Fixed(n int, walk func(*Codec)) {
	if c.mode == writing {
		at := c.pos
		walk(c)
		c.zero(at + n - c.pos)
		return
	}
	c.Within(min(n, c.Left()), walk)
}

// Const8 is a byte that is always v: written, or read as it is.
func (c *Codec) Const8(d *field.Def, v uint8) uint8 { return uint8(c.uint(d, 1, uint64(v))) }

// Const16 is 2 bytes, little-endian, that are always v: written, or read as they
// are. So are counts, which follow from lists.
func (c *Codec) Const16(d *field.Def, v uint16) uint16 { return uint16(c.uint(d, 2, uint64(v))) }

// Const32 is 4 bytes, little-endian, that are always v: written, or read as they
// are.
func (c *Codec) Const32(d *field.Def, v uint32) uint32 { return uint32(c.uint(d, 4, uint64(v))) }

// Literal is bytes that are always those of s: written, or read as they are.
func (c *Codec) Literal(d *field.Def, s string) {
	if c.mode == writing {
		c.b = append(c.b, s...)
		c.grown()
		return
	}
	c.Bytes(d, len(s))
}

// Array is 16 bytes, such as a GUID: read into v, or written from it. It reports
// whether they are there.
func (c *Codec) Array(d *field.Def, v *[16]byte) bool {
	if c.mode == writing {
		c.b = append(c.b, v[:]...)
		c.grown()
		return true
	}
	return copy(v[:], c.Bytes(d, 16)) == 16
}

// Data is n bytes: read into v, or all of v written.
func (c *Codec) Data(d *field.Def, n int, v *[]byte) {
	if c.mode == writing {
		c.append(*v)
		return
	}
	*v = c.Bytes(d, n)
}

// DataAt is the bytes that r names: read into v as far as they are there, or
// written at the cursor.
func (c *Codec) DataAt(d *field.Def, r Ref, v *[]byte) {
	if c.mode == writing {
		c.dataTo(r, *v)
		return
	}
	*v = c.BytesAt(d, r)
}

// PayloadAt is DataAt for bytes that are a structure of their own. It runs walk
// on what was read, unless the bytes are all that is to be kept.
func (c *Codec) PayloadAt(r Ref, v *[]byte, walk func(*Codec)) {
	if c.mode == writing {
		c.dataTo(r, *v)
		return
	}
	*v = nil
	c.To(r, func(c *Codec) {
		*v = c.Peek(r.Len)
		if c.mode == reading {
			walk(c)
		}
	})
}

// Payload is PayloadAt for n bytes at the cursor.
func (c *Codec) Payload(n int, v *[]byte, walk func(*Codec)) {
	if c.mode == writing {
		c.append(*v)
		return
	}
	*v = nil
	c.Within(n, func(c *Codec) {
		*v = c.Peek(n)
		if c.mode == reading {
			walk(c)
		}
	})
}

// ToEnd is To for bytes whose length is said nowhere: they reach to the end.
func (c *Codec) ToEnd(r Ref, walk func(*Codec)) {
	if c.mode == writing {
		c.write(r, walk)
		return
	}
	at := c.base + r.Off
	if c.mode == keeping && at < c.from {
		c.fault("offset points before the structure")
		return
	}
	c.At(at, max(0, c.end-at), walk)
}

// append writes b. It may stand there already, behind what is written, as bulk
// data does that was read into its place.
func (c *Codec) append(b []byte) {
	at, n := len(c.b), len(b)
	if room := c.b[at:cap(c.b)]; n > 0 && len(room) >= n && &room[0] == &b[0] {
		c.b = c.b[:at+n]
	} else {
		c.b = append(c.b, b...)
	}
	c.grown()
}

func (c *Codec) dataTo(r Ref, b []byte) {
	c.patch(r.Off, int(r.offSize), c.pos-c.base)
	c.patch(r.Len, int(r.lenSize), len(b))
	c.append(b)
}

// write runs walk at the cursor and has r name what it writes. Of nothing it says
// nothing.
func (c *Codec) write(r Ref, walk func(*Codec)) {
	at, base := c.pos, c.base
	walk(c)
	c.base = base
	if n := c.pos - at; n > 0 {
		c.patch(r.Off, int(r.offSize), at-c.base)
		c.patch(r.Len, int(r.lenSize), n)
	}
}

// List is numbers of 2 bytes: n of them read, or all that v holds written. It
// gives the first.
func List[T ~uint16](c *Codec, d *field.Def, n int, v *[]T) (first T) {
	if c.mode == writing {
		n = len(*v)
	}
	for i := 0; c.More(i, n, 2); i++ {
		x := Nth(c, *v, i)
		U16(c, d, &x)
		if i == 0 {
			first = x
		}
		Keep(c, v, x)
	}
	return first
}

// Nth gives the element of a list that is to be written, a zero one to be read
// into.
func Nth[T any](c *Codec, list []T, i int) (x T) {
	if c.mode == writing {
		x = list[i]
	}
	return x
}

// Keep adds what was read to a list that somebody wants.
func Keep[T any](c *Codec, list *[]T, x T) {
	if c.mode == keeping {
		*list = append(*list, x)
	}
}
