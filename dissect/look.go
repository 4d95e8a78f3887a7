package dissect

import (
	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// Dissector makes field trees. It is reused from message to message and belongs
// to one goroutine.
type Dissector struct {
	Tree field.Tree
	// Outer is how many of the tree's nodes, from its start, belong to what
	// stands around the message: NBSS, transform and compression headers.
	Outer int

	codec wire.Codec
	h2    smb2.Header
	f2    smb2.Facts
	h1    smb1.Header
	f1    smb1.Facts

	packet []byte
}

// Dissect fills d.Tree with the fields of m. A fault of ours costs the tree of
// one message and not the program.
func (d *Dissector) Dissect(m *conv.Message) {
	defer func() {
		if recover() != nil {
			d.Outer = 0
			d.Tree.Reset(m.Bytes, m.Size)
			d.Tree.Problem(0, 0, 0, fault)
			d.Tree.Cover()
		}
	}()
	d.dissect(m)
}

func (d *Dissector) dissect(m *conv.Message) {
	t := &d.Tree
	t.Reset(m.Bytes, m.Size)
	c := &d.codec
	c.Env = m.Env
	if m.Index == 0 {
		d.outer(m)
	}
	t.CloseTo(0, -1)
	d.Outer = len(t.Nodes)
	c.Env = m.Env
	c.Reset(m.Bytes, t)
	switch m.Proto {
	case op.SMB2:
		d.h2 = m.SMB2
		smb2.WalkHeader(c, &d.h2)
		c.Seek(smb2.HeaderSize)
		smb2.WalkBody(c, &m.SMB2, &d.f2)
	case op.SMB1:
		smb1.WalkHeader(c, &d.h1)
		c.Seek(smb1.HeaderSize)
		smb1.WalkBody(c, &m.SMB1, &d.f1)
	case op.Sealed:
		smb2.WalkTransform(c)
	case op.Compressed:
		smb2.WalkCompression(c)
	case op.Direct:
		smb2.WalkDirect(c)
	case op.NBSS:
		if m.Role == conv.Data {
			smb1.WalkRaw(c)
		} else if m.NBSS[0] != 0 { // the packet with its header
			d.packet = append(append(d.packet[:0], m.NBSS[:]...), m.Bytes...)
			t.Reset(d.packet, m.Size+len(m.NBSS))
			d.Outer = 0
			c.Reset(d.packet, t)
			smb1.WalkNBSS(c)
		}
	}
	t.Cover()
}

func (d *Dissector) outer(m *conv.Message) {
	if len(m.Lead) > 0 && m.Proto != op.Direct {
		d.codec.ResetAt(m.Lead, &d.Tree, d.Tree.AddBuffer("direct", m.Lead))
		smb2.WalkDirect(&d.codec)
	}
	if len(m.Outer) == 0 || m.Proto == op.Sealed {
		return
	}
	t := &d.Tree
	b := t.AddBuffer("outer", m.Outer)
	c := &d.codec
	c.ResetAt(m.Outer, t, b)
	if m.Sealed {
		smb2.WalkTransform(c)
	}
	if m.Packed && c.Left() >= 8 {
		smb2.WalkCompression(c)
	}
}
