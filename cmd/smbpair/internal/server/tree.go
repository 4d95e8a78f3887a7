package server

import (
	"encoding/binary"
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/smb2"
)

// tree is a tree connect, [MS-SMB2] 3.3.1.9.
type tree struct {
	id    uint32
	ss    *session
	share *Share // nil for IPC$
	seal  bool
}

// treeConnect is [MS-SMB2] 3.3.5.7.
func (c *conn) treeConnect(rq *request) proto.Status {
	r := rq.reader()
	r.Skip(4)
	raw, ok := rq.bytes(uint32(r.U16()), uint32(r.U16()))
	if !ok || len(raw)%2 != 0 {
		return proto.InvalidParameter
	}
	path := wire.Text(raw)
	name := path[strings.LastIndexByte(path, '\\')+1:]
	if !strings.HasPrefix(path, `\\`) || len(path) == len(name)+2 {
		return proto.InvalidParameter
	}
	ss := rq.ss
	t := &tree{ss: ss}
	if !strings.EqualFold(name, "IPC$") {
		if t.share = c.srv.share(name); t.share == nil {
			return proto.BadNetworkName
		}
		if ss.anonymous && !c.srv.Guest {
			return proto.AccessDenied
		}
		t.seal = t.share.Seal
		if t.seal && ss.cipher == 0 {
			return proto.AccessDenied
		}
	}
	if len(ss.trees) >= c.srv.Limits.Trees {
		return proto.InsufficientResources
	}
	for {
		ss.nextTree++
		if ss.nextTree != 0 && ss.nextTree != 0xffffffff && ss.trees[ss.nextTree] == nil {
			break
		}
	}
	t.id = ss.nextTree
	ss.trees[t.id] = t
	rq.h.TreeID, rq.chain.tree = t.id, t.id
	rq.treeBody(t)
	return proto.OK
}

// treeBody is TREE_CONNECT Response, [MS-SMB2] 2.2.10.
func (rq *request) treeBody(t *tree) {
	b := &rq.out
	kind, flags := uint8(proto.ShareDisk), uint32(0)
	if t.share == nil {
		kind, flags = proto.SharePipe, 0x30
	}
	if t.seal {
		flags |= proto.ShareEncryptData
	}
	b.U16(16)
	b.U8(kind)
	b.U8(0)
	b.U32(flags)
	b.U32(0)
	b.U32(proto.FileAll)
}

// treeDisconnect is [MS-SMB2] 3.3.5.8.
func (c *conn) treeDisconnect(rq *request) proto.Status {
	c.srv.endTree(rq.tc, false)
	rq.short()
	return proto.OK
}

// endTree closes the opens of a tree.
func (s *Server) endTree(t *tree, lost bool) {
	for _, o := range s.opens {
		if o.tree == t {
			s.leave(o, lost)
		}
	}
	delete(t.ss.trees, t.id)
}

// charge checks that the request pays for what it moves, [MS-SMB2] 3.3.5.2.5.
func (rq *request) charge() proto.Status {
	if rq.c.dialect == smb2.Dialect202 {
		return proto.OK
	}
	at := func(i int) uint32 {
		if b, ok := wire.Range(rq.body, int64(i), 4); ok {
			return binary.LittleEndian.Uint32(b)
		}
		return 0
	}
	var n uint32
	switch rq.h.Command {
	case smb2.Read, smb2.Write:
		n = at(4)
	case smb2.Ioctl:
		n = max(at(28)+at(40), at(32)+at(44))
	case smb2.QueryDirectory:
		n = at(28)
	case smb2.ChangeNotify, smb2.SetInfo:
		n = at(4)
	case smb2.QueryInfo:
		n = max(at(4), at(12))
	}
	if n > 0 && uint32(max(rq.h.Charge, 1)) < (n-1)/65536+1 {
		return proto.InvalidParameter
	}
	return proto.OK
}
