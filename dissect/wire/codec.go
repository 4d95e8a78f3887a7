// Package wire reads and writes structures byte by byte: it owns all bounds
// checks, so that walks can follow the specification's order without any. A read
// beyond the end gives zero and is noted once; it never fails. With a tree
// attached every read also leaves a node. Writing runs the same walks and appends
// what they would read. It knows no protocol.
package wire

import (
	"encoding/binary"

	"smbdiff/dissect/field"
)

// Env is what a walk needs to know from outside the message: facts of its
// conversation that decide how its bytes are read.
type Env struct {
	Dialect   uint16 // negotiated, 0 when unknown
	Status    uint32 // NT status of a response
	Response  bool
	InfoType  uint8          // of the request, for QUERY_INFO and SET_INFO
	InfoClass uint8          // of the request, also for QUERY_DIRECTORY
	CtlCode   uint32         // of the request, for IOCTL
	Pipe      bool           // the open is a named pipe
	Directory bool           // SMB1: the open is a directory
	SubCode   uint16         // of the request: SMB1 Trans2 and NT transaction function
	Unicode   bool           // SMB1 strings are UTF-16LE
	Tree      string         // name of the tree connect, when known
	RPC       *RPC           // of pipe data, when known
	Kerberos  KerberosOpener // nil without keys
	Form      string         // SMB1: what the request says of the form of a RAP answer
	Earlier   []byte         // SMB1: data of a transaction that earlier messages of it hold
}

// Codec is a cursor over one buffer. A value is reused from message to
// message: Reset it.
//
// A codec that writes stands at the end of its buffer always, so that every
// step of a walk finds nothing left and comes to where bytes are appended.
type Codec struct {
	Env Env

	b    []byte
	base int // offsets in structures count from here
	pos  int
	end  int // reads stop here
	tree *field.Tree
	buf  uint16
	mode mode
	deep int
	cut  bool
	bad  bool // something was not there, or pointed elsewhere
	from int  // where a structure that is kept begins
}

// maxDepth bounds how deep structures may stand in one another.
const maxDepth = 32

// Reset makes c read b from its start. tree may be nil.
func (c *Codec) Reset(b []byte, tree *field.Tree) {
	c.b, c.base, c.pos, c.end, c.tree, c.buf, c.deep, c.cut = b, 0, 0, len(b), tree, 0, 0, false
	c.mode, c.bad = reading, false
}

// ResetAt makes c read b, which is buffer buf of the tree.
func (c *Codec) ResetAt(b []byte, tree *field.Tree, buf uint16) {
	c.Reset(b, tree)
	c.buf = buf
}

// Tree gives the attached tree, or nil.
func (c *Codec) Tree() *field.Tree { return c.tree }

// Pos is the cursor, counted from the buffer's start.
func (c *Codec) Pos() int { return c.pos }

// End is where reading must stop.
func (c *Codec) End() int { return c.end }

// Left is the number of bytes between the cursor and the end.
func (c *Codec) Left() int { return max(0, c.end-c.pos) }

// Cut reports whether something was to be read beyond the end.
func (c *Codec) Cut() bool { return c.cut }

// Base is what offsets in the present structure count from.
func (c *Codec) Base() int { return c.base }

// SetBase makes offsets count from at.
func (c *Codec) SetBase(at int) { c.base = at }

// Seek moves the cursor; a place outside the bounds becomes the nearest inside.
// While writing it stays at the end.
func (c *Codec) Seek(at int) {
	if c.mode != writing {
		c.pos = min(max(at, 0), c.end)
	}
}

// Skip moves the cursor over n bytes; they stay unclaimed. It writes zeros.
func (c *Codec) Skip(n int) {
	if c.mode == writing {
		c.zero(n)
		return
	}
	c.Seek(c.pos + max(0, n))
}

// Align moves the cursor to the next multiple of n from the base; writing puts
// zeros there.
func (c *Codec) Align(n int) {
	if r := (c.pos - c.base) % n; r > 0 {
		if c.mode == writing {
			c.zero(n - r)
			return
		}
		c.Skip(n - r)
	}
}

// Problem notes a finding at the cursor.
func (c *Codec) Problem(text string) {
	if c.tree != nil {
		c.tree.Problem(c.buf, c.pos, 0, text)
	}
}

// fault notes what is wrong with the bytes.
func (c *Codec) fault(text string) {
	c.bad = true
	c.Problem(text)
}

// short notes that bytes are missing, once in each structure.
func (c *Codec) short() {
	if !c.cut {
		c.cut = true
		c.fault("the structure ends early")
	}
}

// beyond is what becomes of a number that is not there: it is written, or read
// as zero.
func (c *Codec) beyond(n int, v uint64) uint64 {
	if c.mode == writing {
		c.put(n, v)
		return v
	}
	c.short()
	c.pos = c.end
	return 0
}

func (c *Codec) add(d *field.Def, at, n int, v uint64) {
	if c.tree != nil && d != nil {
		c.tree.Add(d, c.buf, at, n, v)
	}
}

// uint reads n bytes, or writes v.
func (c *Codec) uint(d *field.Def, n int, v uint64) uint64 {
	at := c.pos
	if n > c.end-at {
		return c.beyond(n, v)
	}
	c.pos = at + n
	switch b := c.b[at:]; n {
	case 1:
		v = uint64(b[0])
	case 2:
		v = uint64(binary.LittleEndian.Uint16(b))
	case 4:
		v = uint64(binary.LittleEndian.Uint32(b))
	case 8:
		v = binary.LittleEndian.Uint64(b)
	default:
		v = 0
		for i := n - 1; i >= 0; i-- {
			v = v<<8 | uint64(b[i])
		}
	}
	c.add(d, at, n, v)
	return v
}

// U8 is a byte: read into v, or written from it.
func U8[T ~uint8](c *Codec, d *field.Def, v *T) { *v = T(c.uint(d, 1, uint64(*v))) }

// U16 is 2 bytes, little-endian: read into v, or written from it.
func U16[T ~uint16](c *Codec, d *field.Def, v *T) { *v = T(c.uint(d, 2, uint64(*v))) }

// U32 is 4 bytes, little-endian: read into v, or written from it.
func U32[T ~uint32](c *Codec, d *field.Def, v *T) { *v = T(c.uint(d, 4, uint64(*v))) }

// U64 is 8 bytes, little-endian: read into v, or written from it.
func U64[T ~uint64](c *Codec, d *field.Def, v *T) { *v = T(c.uint(d, 8, uint64(*v))) }

// Show8 reads a byte; it writes zero, as all the others do that keep nothing.
func (c *Codec) Show8(d *field.Def) uint8 { return uint8(c.uint(d, 1, 0)) }

// Show16 reads 2 bytes, little-endian.
func (c *Codec) Show16(d *field.Def) uint16 { return uint16(c.uint(d, 2, 0)) }

// Show24 reads 3 bytes, little-endian.
func (c *Codec) Show24(d *field.Def) uint32 { return uint32(c.uint(d, 3, 0)) }

// Show32 reads 4 bytes, little-endian.
func (c *Codec) Show32(d *field.Def) uint32 { return uint32(c.uint(d, 4, 0)) }

// Show64 reads 8 bytes, little-endian.
func (c *Codec) Show64(d *field.Def) uint64 { return c.uint(d, 8, 0) }

// ShowBE reads n bytes, 1 to 8, big-endian.
func (c *Codec) ShowBE(d *field.Def, n int) uint64 {
	n = min(max(n, 0), 8)
	at := c.pos
	if n > c.end-at {
		return c.beyond(n, 0)
	}
	c.pos = at + n
	var v uint64
	for _, x := range c.b[at : at+n] {
		v = v<<8 | uint64(x)
	}
	c.add(d, at, n, v)
	return v
}

// Known adds what the conversation says of the n bytes before the cursor.
func (c *Codec) Known(d *field.Def, n int, text string) {
	if c.tree != nil && text != "" && n <= c.pos {
		c.tree.Known(d, c.buf, c.pos-n, n, text)
	}
}

// BeginKnown opens a subtree over the n bytes at the cursor that reads as text;
// Done closes it.
func (c *Codec) BeginKnown(d *field.Def, n int, text string) {
	if c.tree != nil {
		c.tree.Texts = append(c.tree.Texts, text)
		c.tree.Open(d, c.buf, c.pos, min(max(n, 0), c.Left()), uint64(len(c.tree.Texts)-1))
	}
}

// Peek gives up to n bytes at the cursor and does not move it.
func (c *Codec) Peek(n int) []byte { return c.b[c.pos:min(c.end, c.pos+max(0, n))] }

// Bytes reads n bytes; what is not there is left out and noted. It writes zeros.
func (c *Codec) Bytes(d *field.Def, n int) []byte {
	if n > c.Left() && n > 0 {
		if c.mode == writing {
			c.zero(n)
			return nil
		}
		c.short()
		n = c.Left()
	}
	if n <= 0 {
		return nil
	}
	at := c.pos
	c.pos += n
	c.add(d, at, n, 0)
	return c.b[at : at+n : at+n]
}

// Rest reads all bytes up to the end.
func (c *Codec) Rest(d *field.Def) []byte { return c.Bytes(d, c.Left()) }

// GUID reads 16 bytes; it writes zeros.
func (c *Codec) GUID(d *field.Def) []byte { return c.Bytes(d, 16) }

// CString8 reads 8-bit text up to and with its NUL.
func (c *Codec) CString8(d *field.Def) []byte {
	b := c.Peek(c.Left())
	for i, x := range b {
		if x == 0 {
			return c.Bytes(d, i+1)[:i]
		}
	}
	return c.Rest(d)
}

// CString16 reads UTF-16LE text up to and with its NUL.
func (c *Codec) CString16(d *field.Def) []byte {
	b := c.Peek(c.Left())
	for i := 0; i+1 < len(b); i += 2 {
		if b[i]|b[i+1] == 0 {
			return c.Bytes(d, i+2)[:i]
		}
	}
	return c.Rest(d)
}

// Begin opens a subtree at the cursor; Finish closes it.
func (c *Codec) Begin(d *field.Def) {
	if c.tree != nil {
		c.tree.Open(d, c.buf, c.pos, 0, 0)
	}
}

// BeginLen opens a subtree over n bytes; Done closes it.
func (c *Codec) BeginLen(d *field.Def, n int, v uint64) {
	if c.tree != nil {
		c.tree.Open(d, c.buf, c.pos, min(max(n, 0), c.Left()), v)
	}
}

// Done closes the subtree opened last and keeps its length.
func (c *Codec) Done() {
	if c.tree != nil {
		c.tree.Close(-1)
	}
}

// Finish closes the subtree opened last, up to the cursor.
func (c *Codec) Finish() {
	if c.tree != nil {
		c.tree.Close(c.pos)
	}
}

// Within runs walk on the n bytes at the cursor and then moves the cursor
// behind them, wherever walk left it. Bytes beyond the present end are not
// there for walk either.
func (c *Codec) Within(n int, walk func(*Codec)) {
	c.At(c.pos, n, walk)
	c.Skip(n)
}

// At runs walk on n bytes at place at (from the buffer's start), with the
// cursor there, and puts cursor, bounds and base back. Nodes that walk left
// open are closed.
func (c *Codec) At(at, n int, walk func(*Codec)) {
	if n < 0 || at < 0 || at > c.end {
		c.fault("offset or length points outside the message")
		return
	}
	if c.deep >= maxDepth {
		c.fault("structures nested too deep")
		return
	}
	pos, end, base, cut := c.pos, c.end, c.base, c.cut
	level := 0
	if c.tree != nil {
		level = c.tree.Level()
	}
	c.pos, c.cut = at, false
	if n < c.end-at {
		c.end = at + n
	} else if n > c.end-at {
		c.fault("length points outside the message")
	}
	c.deep++
	walk(c)
	c.deep--
	if c.tree != nil {
		c.tree.CloseTo(level, c.pos)
	}
	c.pos, c.end, c.base, c.cut = pos, end, base, cut
}

// In runs walk over another buffer (decompressed, put together), whose nodes
// become children of the present node.
func (c *Codec) In(name string, b []byte, walk func(*Codec)) {
	if c.deep >= maxDepth {
		c.fault("structures nested too deep")
		return
	}
	sub := Codec{Env: c.Env, b: b, end: len(b), tree: c.tree, mode: c.mode, deep: c.deep + 1}
	if c.tree != nil {
		sub.buf = c.tree.AddBuffer(name, b)
		level := c.tree.Level()
		walk(&sub)
		c.tree.CloseTo(level, sub.pos)
		return
	}
	walk(&sub)
}

// Mark adds a node over n bytes at place at, as far as they are there, with a
// value that the walk knows from elsewhere. The cursor stays.
func (c *Codec) Mark(d *field.Def, at, n int, v uint64) {
	if at >= 0 && n >= 0 && at <= c.end {
		c.add(d, at, min(n, c.end-at), v)
	}
}
