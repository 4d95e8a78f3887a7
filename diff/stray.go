package diff

import (
	"strings"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// strayIDs are the fields of a header by which a response finds its request.
func strayIDs(p op.Proto) []string {
	if p == op.SMB1 {
		return []string{"smb.mid", "smb.pid", "smb.pid.high", "smb.uid", "smb.tid"}
	}
	return []string{"smb2.msg_id"}
}

// headerID is one id of a header.
type headerID struct {
	node  int
	val   uint64
	text  string
	frame uint32
}

// strays tells of the ids of an operation that was put together: request and
// response of one side do not have the same.
func (c *Comparer) strays() {
	a, b := &c.ops[0], &c.ops[1]
	for _, name := range strayIDs(a.Proto) {
		if c.strayInterim(name) {
			continue
		}
		var ids [2][2]headerID // by side: of the request, of the response
		for part, nums := range [2][2]uint32{{a.Request, b.Request}, {a.Response, b.Response}} {
			for k, num := range nums {
				if ids[k][part] = c.id(k, num, name); ids[k][part].node < 0 {
					return
				}
			}
		}
		if (ids[0][0].val == ids[0][1].val) == (ids[1][0].val == ids[1][1].val) {
			continue
		}
		request, response := ids[0][0].val != ids[1][0].val, ids[0][1].val != ids[1][1].val
		if !request || response {
			c.stray(name, PartResponse, ids[0][1], ids[1][1])
		}
		if request {
			c.stray(name, PartRequest, ids[0][0], ids[1][0])
		}
	}
}

// strayInterim tells of an interim response that does not have the id of its
// request on one side.
func (c *Comparer) strayInterim(name string) bool {
	a, b := &c.ops[0], &c.ops[1]
	if a.Interim == 0 || b.Interim == 0 {
		return false
	}
	x, y := c.id(0, a.Interim, name), c.id(1, b.Interim, name)
	p, q := c.id(0, a.Request, name), c.id(1, b.Request, name)
	if min(x.node, y.node, p.node, q.node) < 0 || (x.val == p.val) == (y.val == q.val) {
		return false
	}
	c.stray(name, PartInterim, x, y)
	return true
}

func (c *Comparer) id(side int, num uint32, name string) headerID {
	if r := c.readers[side]; r.Read(num) {
		if i := r.Tree.Find(name, r.Outer); i >= 0 {
			return headerID{i, r.Tree.Nodes[i].Val, r.Tree.Show(i), r.Message.Frame}
		}
	}
	return headerID{node: -1}
}

func (c *Comparer) stray(name string, part int, a, b headerID) {
	for i := range c.changes {
		if c.changes[i].Name == name && c.changes[i].Part == part && c.changes[i].Masked == "" {
			return
		}
	}
	c.part = part
	c.frames = [2]uint32{a.frame, b.frame}
	c.put(Change{Name: name, Path: partNames[part] + "/header/" + name, Op: "replace", A: a.text, B: b.text, NodeA: a.node, NodeB: b.node, alias: true})
}

// unknown compares messages that begin with another protocol's id, or none, but
// have the same size. It reports false for others.
func (c *Comparer) unknown() bool {
	ma, mb := &c.readers[0].Message, &c.readers[1].Message
	hex := func(b []byte) string { return "0x" + string(field.AppendHexBytes(nil, b[:4])) }
	if x, y := seals(ma, mb); x != nil {
		c.put(Change{Name: "smb2.protocol_id", Path: partNames[c.part] + "/outer/header.transform/smb2.protocol_id", Op: "replace", A: hex(x), B: hex(y), NodeA: -1, NodeB: -1})
		return true
	}
	known := func(p op.Proto) bool {
		return p == op.SMB1 || p == op.SMB2 || p == op.NBSS || p <= op.Compressed && !(ma.Sealed && mb.Sealed)
	}
	if ma.Proto == mb.Proto || !known(ma.Proto) || !known(mb.Proto) || len(ma.Bytes) != len(mb.Bytes) || len(ma.Bytes) < 4 {
		return false
	}
	name := "smb.server_component"
	if len(ma.Bytes) > 5 && ma.Bytes[4] == smb2.HeaderSize && ma.Bytes[5] == 0 { // StructureSize, [MS-SMB2] 2.2.1
		name = "smb2.protocol_id"
	}
	c.put(Change{Name: name, Path: partNames[c.part] + "/header/" + name, Op: "replace", A: hex(ma.Bytes), B: hex(mb.Bytes), NodeA: -1, NodeB: -1})
	return true
}

// sealed compares what stands around a message that one side could not open.
func (c *Comparer) sealed(part int) {
	ma, mb := &c.readers[0].Message, &c.readers[1].Message
	if !ma.Sealed || !mb.Sealed || ma.Seal.Opened == mb.Seal.Opened {
		return
	}
	var spans [2]span
	shut := 0
	for k, r := range c.readers {
		spans[k] = span{0, r.Outer}
		if !r.Message.Seal.Opened {
			shut, spans[k].to = k, len(r.Tree.Nodes)
		}
	}
	path := partNames[part] + "/outer"
	start := len(c.changes)
	c.level(&c.readers[0].Tree, &c.readers[1].Tree, spans[0], spans[1], path)
	if c.readers[shut].Message.Seal.Why == conv.ReasonTag {
		c.tag(path, shut == 0, start)
	}
}

// tag tells that the tag of one side's seal does not hold, of A's when a is set,
// unless one of the changes from number start on says which field of the
// headers around the message broke it: reserved bytes are noise elsewhere.
func (c *Comparer) tag(outer string, a bool, start int) {
	for i := start; i < len(c.changes); i++ {
		ch := &c.changes[i]
		if ch.Name == nameReserved {
			ch.Masked = ""
		}
		if ch.Masked == "" && strings.HasPrefix(ch.Path, outer+"/") {
			return
		}
	}
	ch := Change{Name: nameTag, Path: outer + "/header.transform/" + nameTag, Op: "replace", A: "holds", B: "does not hold", NodeA: -1, NodeB: -1}
	if a {
		ch.A, ch.B = ch.B, ch.A
	}
	c.put(ch)
}
