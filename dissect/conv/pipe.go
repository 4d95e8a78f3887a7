package conv

import (
	"sort"

	"smbdiff/dissect/dcerpc"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

const ctlPipeTransceive = 0x0011c017

// calls is what the pipe data of messages needs from their conversation, for
// those who read single messages later. Messages without pipe data cost
// nothing here.
type calls struct {
	messages   []callsOf // in rising order
	list       []call
	pieces     []dcerpc.Piece
	interfaces [][16]byte
	index      map[[16]byte]uint16
	exchanges  []*wire.Exchange
}

// callsOf is one message: its part of the lists.
type callsOf struct{ num, call, calls, piece, pieces uint32 }

// call is a wire.Call without its stub.
type call struct {
	bytes, count uint32 // of its seal
	exchange     uint32 // number, 0: it is not sealed
	uuid, opnum  uint16
	flags        uint8
}

const (
	callBound = 1 << iota
	callNDR
	callNDR64
	callNamed
)

// callsOn2 reports whether a request speaks to a pipe, whatever is known of its
// open.
func callsOn2(f *smb2.Facts, command smb2.Command) bool {
	return command == smb2.Write && dcerpc.Is(f.Data) || command == smb2.Ioctl && f.CtlCode == ctlPipeTransceive
}

// callsOn1 is callsOn2 for SMB1.
func callsOn1(f *smb1.Facts, command uint8) bool {
	return command == smb1.WriteAndX && dcerpc.Is(f.Data) || command == smb1.Transaction && f.SubCommand == smb1.TransactPipe
}

// foundPipe notes that an open that the capture does not begin with is a pipe.
func (t *Tracker) foundPipe(s *session, id *[16]byte, o *op.Op) {
	p, ok := s.open(id)
	if !ok {
		t.opens++
		p.num = t.opens
	}
	p.pipe = true
	s.opened(id, p)
	o.Open, o.Path = p.num, p.path
	pipe(o, true)
}

// pipe takes the pipe data of a message.
func (t *Tracker) pipe(m *Message, o *op.Op) {
	if o.Open == 0 {
		return
	}
	whole := m
	if len(m.Bytes) < m.Size && t.Whole != nil && m.Missing == 0 {
		if w := t.Whole(m); w != nil {
			whole = w
		}
	}
	data := PipeData(whole, o)
	if len(data) == 0 {
		return
	}
	seen := t.pipes.Message(o.Open, m.Num, m.Response(), data)
	if len(seen.Text) > 0 && (o.Detail == 0 || m.Response() && !seen.Plain) {
		o.Detail = t.Names.Intern(seen.Text)
	}
	if len(seen.Calls) == 0 && len(seen.Head) == 0 {
		return
	}
	rpc := seen.RPC
	m.Env.RPC = &rpc
	if t.Indexed {
		t.calls.add(m.Num, &seen)
	}
}

// PipeData gives the data that a message of operation o carries to or from a
// pipe.
func PipeData(m *Message, o *op.Op) []byte {
	response := m.Response()
	if m.Proto == op.SMB2 {
		switch m.SMB2.Command {
		case smb2.Write:
			if !response {
				return m.Facts.Data
			}
		case smb2.Read:
			if response {
				return m.Facts.Data
			}
		case smb2.Ioctl:
			if o.Code == ctlPipeTransceive {
				return m.Facts.Data
			}
		}
		return nil
	}
	switch uint8(o.Command) {
	case smb1.WriteAndX, smb1.Write:
		if !response {
			return m.Facts1.Data
		}
	case smb1.ReadAndX, smb1.Read:
		if response {
			return m.Facts1.Data
		}
	case smb1.Transaction:
		if o.Code == smb1.TransactPipe || o.Code == smb1.CallPipe {
			return m.Facts1.Data
		}
	}
	return nil
}

func (c *calls) add(num uint32, seen *dcerpc.Seen) {
	c.messages = append(c.messages, callsOf{num, uint32(len(c.list)), uint32(len(seen.Calls)), uint32(len(c.pieces)), uint32(len(seen.Pieces))})
	c.pieces = append(c.pieces, seen.Pieces...)
	for i := range seen.Calls {
		k := &seen.Calls[i]
		e := call{opnum: k.Opnum, bytes: k.Seal.Bytes, count: k.Seal.Count}
		if x := k.Seal.Exchange; x != nil {
			if n := len(c.exchanges); n == 0 || c.exchanges[n-1] != x {
				c.exchanges = append(c.exchanges, x)
			}
			e.exchange = uint32(len(c.exchanges))
		}
		if k.Bound {
			e.uuid, e.flags = c.number(k.Interface)
		}
		if k.NDR {
			e.flags |= callNDR
		}
		if k.NDR64 {
			e.flags |= callNDR64
		}
		if k.Named {
			e.flags |= callNamed
		}
		c.list = append(c.list, e)
	}
}

// number gives the number of an interface. A capture with more of them than
// have numbers goes on without.
func (c *calls) number(uuid [16]byte) (uint16, uint8) {
	k, ok := c.index[uuid]
	if !ok {
		if len(c.interfaces) > 0xffff {
			return 0, 0
		}
		if c.index == nil {
			c.index = make(map[[16]byte]uint16)
		}
		k = uint16(len(c.interfaces))
		c.index[uuid] = k
		c.interfaces = append(c.interfaces, uuid)
	}
	return k, callBound
}

// Calls gives what the pipe data of message num needs from its conversation:
// the calls, without the stubs that several messages hold, and those earlier
// messages. It gives nil for a message without pipe data.
func (t *Tracker) Calls(num uint32) (*wire.RPC, []dcerpc.Piece) {
	c := &t.calls
	i := sort.Search(len(c.messages), func(i int) bool { return c.messages[i].num >= num })
	if i == len(c.messages) || c.messages[i].num != num {
		return nil, nil
	}
	e := &c.messages[i]
	rpc := new(wire.RPC)
	for _, k := range c.list[e.call : e.call+e.calls] {
		call := wire.Call{Opnum: k.opnum, Bound: k.flags&callBound != 0, NDR: k.flags&callNDR != 0, NDR64: k.flags&callNDR64 != 0,
			Named: k.flags&callNamed != 0}
		if call.Bound {
			call.Interface = c.interfaces[k.uuid]
		}
		if k.exchange > 0 {
			call.Seal = wire.Seal{Exchange: c.exchanges[k.exchange-1], Bytes: k.bytes, Count: k.count}
		}
		rpc.Calls = append(rpc.Calls, call)
	}
	return rpc, c.pieces[e.piece : e.piece+e.pieces]
}
