package server

import (
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
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
	var m smb2.TreeConnectRequest
	if !smb2.Decode(rq.msg, &m) || len(m.Path)%2 != 0 {
		return proto.InvalidParameter
	}
	path := wire.UTF16(m.Path)
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

// treeBody answers TREE_CONNECT.
func (rq *request) treeBody(t *tree) {
	m := smb2.TreeConnectResponse{ShareType: proto.ShareDisk, Access: proto.FileAll}
	if t.share == nil {
		m.ShareType, m.ShareFlags = proto.SharePipe, 0x30
	}
	if t.seal {
		m.ShareFlags |= proto.ShareEncryptData
	}
	rq.answer(&m)
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
	n := rq.payload()
	if n > 0 && uint32(max(rq.h.Charge, 1)) < (n-1)/65536+1 {
		return proto.InvalidParameter
	}
	return proto.OK
}

// payload is how many bytes the request moves, there or back.
func (rq *request) payload() (n uint32) {
	switch rq.h.Command {
	case smb2.Read:
		var m smb2.ReadRequest
		smb2.Decode(rq.msg, &m)
		n = m.Length
	case smb2.Write:
		var m smb2.WriteRequest
		smb2.Decode(rq.msg, &m)
		n = uint32(len(m.Data))
	case smb2.Ioctl:
		var m smb2.IoctlRequest
		smb2.Decode(rq.msg, &m)
		n = max(uint32(len(m.Input)), m.MaxInput+m.MaxOutput)
	case smb2.QueryDirectory:
		var m smb2.QueryDirectoryRequest
		smb2.Decode(rq.msg, &m)
		n = m.MaxOutput
	case smb2.ChangeNotify:
		var m smb2.ChangeNotifyRequest
		smb2.Decode(rq.msg, &m)
		n = m.MaxOutput
	case smb2.SetInfo:
		var m smb2.SetInfoRequest
		smb2.Decode(rq.msg, &m)
		n = uint32(len(m.Data))
	case smb2.QueryInfo:
		var m smb2.QueryInfoRequest
		smb2.Decode(rq.msg, &m)
		n = max(m.MaxOutput, uint32(len(m.Input)))
	}
	return n
}
