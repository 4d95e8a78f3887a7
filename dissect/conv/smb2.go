package conv

import (
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

const unasked = 1<<64 - 1 // MessageId of breaks and notifications

// request2 takes an SMB2 request.
func (t *Tracker) request2(c *connection, m *Message) {
	h, f := &m.SMB2, &m.Facts
	if m.Index == 0 {
		c.last, c.lastTree, c.lastOpen = nil, 0, open{}
	}
	o := t.add(m)
	o.InfoType, o.InfoClass, o.Code, o.Offset, o.Length = f.InfoType, f.InfoClass, f.CtlCode, f.Offset, f.Length
	o.Process = h.Process
	related := h.Flags&smb2.FlagRelated != 0 && m.Index > 0
	if related {
		o.State |= op.Related
	}
	s := t.session(c, m, h.SessionID)
	if s == nil && related {
		s = c.last
	}
	tid := h.TreeID
	if related && tid == 1<<32-1 {
		tid = c.lastTree
	}
	c.last, c.lastTree = s, tid
	if s != nil {
		o.Session = s.num
		if tr, ok := s.tree(tid); ok {
			o.Tree, m.Env.Tree = tr.num, t.told(tr.name)
			pipe(o, tr.pipe)
		}
	}
	if f.HasFileID {
		if fid := f.FileID; related && allOnes(fid) {
			o.Open, o.Path = c.lastOpen.num, c.lastOpen.path
		} else if s != nil {
			if p, ok := s.open(&fid); ok {
				o.Open, o.Path = p.num, p.path
				pipe(o, p.pipe)
				c.lastOpen = p
			}
			if (o.Open == 0 || o.Tree == 0) && callsOn2(f, h.Command) {
				t.foundPipe(s, &fid, o)
			}
		}
	}
	switch h.Command {
	case smb2.Create:
		o.Path = t.name(c, f.Name)
		c.lastOpen = open{path: o.Path}
	case smb2.TreeConnect:
		o.Path = t.named(f.Name)
	case smb2.SessionSetup:
		t.authenticated(c, f.Token)
		o.Path = c.user
	case smb2.QueryDirectory, smb2.SetInfo:
		o.Detail = t.name(c, f.Name)
	case smb2.Cancel:
		o.State |= op.OneWay
		if r := t.Ops.At(c.target(h)); r != nil {
			o.Path, o.Open, o.Tree = r.Path, r.Open, r.Tree
		}
		return
	}
	m.Env.Pipe = o.Env&op.EnvPipe != 0
	m.Env.InfoType, m.Env.InfoClass, m.Env.CtlCode = o.InfoType, o.InfoClass, o.Code
	c.waiting.put(h.MessageID, o.Num, &f.FileID)
}

// target finds the operation that a CANCEL means.
func (c *connection) target(h *smb2.Header) uint32 {
	if h.Async() {
		return c.async[h.AsyncID]
	}
	return c.waiting.get(h.MessageID).op
}

// response2 takes an SMB2 response.
func (t *Tracker) response2(c *connection, m *Message) {
	h := &m.SMB2
	if m.Index == 0 {
		c.last, c.lastTree, c.lastOpen = nil, 0, open{}
	}
	if h.MessageID == unasked {
		t.unasked(c, m)
		return
	}
	req := c.waiting.get(h.MessageID)
	num := req.op
	if h.Async() {
		if k := c.async[h.AsyncID]; k != 0 {
			num = k
		}
	}
	if num == 0 && h.Command == smb2.Negotiate {
		num, c.negotiat = c.negotiat, 0
	}
	o := t.Ops.At(num)
	if o == nil || (o.Command != uint16(h.Command) && o.Proto == op.SMB2) {
		t.orphan(c, m)
		return
	}
	m.Op, m.RequestFrame, m.Role = num, o.ReqFrame, Final
	m.Env.InfoType, m.Env.InfoClass, m.Env.CtlCode, m.Env.Pipe = o.InfoType, o.InfoClass, o.Code, o.Env&op.EnvPipe != 0
	if h.Async() && h.Status == statusPending {
		m.Role = Interim
		o.State |= op.Pending
		o.Interim = m.Num
		if o.Status == 0 {
			o.Status = h.Status
		}
		if len(c.async) < maxWaiting {
			c.async[h.AsyncID] = num
		}
		t.place(c, m, o)
		return
	}
	c.waiting.remove(h.MessageID)
	if h.Async() {
		delete(c.async, h.AsyncID)
	}
	if o.State&(op.Orphan|op.Answered) == op.Orphan && o.Interim == 0 {
		o.Interim = o.Response // what came first was no more than that
	}
	o.State |= op.Answered
	o.Status, o.Response, o.RespFrame = h.Status, m.Num, m.Frame
	o.RTT = m.Time - o.Start
	m.RTT = o.RTT
	t.place(c, m, o) // a TREE_DISCONNECT forgets the tree
	t.finish(c, m, o, &req)
	t.place(c, m, o) // a TREE_CONNECT makes it known
}

// place gives the response the name of its operation's tree.
func (t *Tracker) place(c *connection, m *Message, o *op.Op) {
	if !t.Named || m.Env.Tree != "" {
		return
	}
	if s := t.sessionOf(c, m, o); s != nil {
		if tr, ok := s.tree(m.SMB2.TreeID); ok && !m.SMB2.Async() {
			m.Env.Tree = t.told(tr.name)
		}
	}
}

func (t *Tracker) sessionOf(c *connection, m *Message, o *op.Op) *session {
	if m.SMB2.SessionID == 1<<64-1 && m.Index > 0 {
		return c.last
	}
	return t.session(c, m, m.SMB2.SessionID)
}

// finish draws what the final response changes.
func (t *Tracker) finish(c *connection, m *Message, o *op.Op, req *wait) {
	h, f := &m.SMB2, &m.Facts
	if h.Command == smb2.Negotiate {
		if h.Status == statusSuccess {
			c.dialect, c.cipher = f.Dialect, f.Cipher
			if c.dialect == smb2.Dialect300 || c.dialect == smb2.Dialect302 {
				c.cipher = smb2.AES128CCM
			}
			m.Env.Dialect = uint16(c.dialect)
			o.Code = uint32(f.Dialect) | uint32(f.Cipher)<<16
		}
		return
	}
	s := t.sessionOf(c, m, o)
	c.last = s
	if s != nil && o.Session == 0 {
		o.Session = s.num
	}
	if f.HasFileID && o.Open == 0 && h.Command != smb2.Create && s != nil {
		if p, ok := s.open(&f.FileID); ok {
			o.Open, o.Path = p.num, p.path
		}
	}
	if o.State&op.Related != 0 && o.Open == 0 && c.lastOpen.num != 0 {
		o.Open = c.lastOpen.num
		if o.Path == 0 {
			o.Path = c.lastOpen.path
		}
	}
	if h.Status&0xc0000000 == 0xc0000000 || s == nil {
		return
	}
	switch h.Command {
	case smb2.SessionSetup:
		if h.Status == statusSuccess && s.ended {
			s = t.newSession(c, m, sessionKey{h.SessionID, c.server})
			o.Session = s.num
		}
		if e := &t.Sessions[s.num]; h.Status == statusSuccess {
			e.Dialect, e.Cipher = c.dialect, c.cipher
			if e.User == 0 {
				e.User = c.user
			}
		}
	case smb2.Logoff:
		s.ended = true
	case smb2.TreeConnect:
		tr := t.newTree(o.Path, f.ShareType == 2)
		s.connected(h.TreeID, tr)
		o.Tree = tr.num
		m.Env.Tree = t.told(o.Path)
		o.InfoClass = f.ShareType
	case smb2.TreeDisconnect:
		s.disconnected(h.TreeID)
	case smb2.Create:
		t.opens++
		p := open{num: t.opens, path: o.Path, pipe: o.Env&op.EnvPipe != 0}
		s.opened(&f.FileID, p)
		c.lastOpen = p
		o.Open = p.num
		o.InfoClass = f.Oplock
	case smb2.Close:
		s.closed(&req.closes)
		if o.Env&op.EnvPipe != 0 {
			t.pipes.Close(o.Open)
		}
	}
}

// unasked takes a break or notification.
func (t *Tracker) unasked(c *connection, m *Message) {
	o := t.add(m)
	o.State |= op.Unsolicited | op.OneWay
	f := &m.Facts
	o.InfoClass = f.Oplock
	s := t.session(c, m, m.SMB2.SessionID)
	for i := 0; s == nil && f.HasFileID && i < len(t.list); i++ {
		if t.list[i].isOpen(&f.FileID) {
			s = t.list[i]
		}
	}
	if s == nil {
		return
	}
	o.Session = s.num
	if p, ok := s.open(&f.FileID); ok && f.HasFileID {
		o.Open, o.Path = p.num, p.path
	}
}

// orphan takes a response whose request the capture lacks.
func (t *Tracker) orphan(c *connection, m *Message) {
	h := &m.SMB2
	o := t.add(m)
	o.State |= op.Orphan | op.Answered
	m.Role = Final
	if h.Async() && h.Status == statusPending {
		m.Role = Interim
		o.State |= op.Pending
		o.State &^= op.Answered
		if len(c.async) < maxWaiting {
			c.async[h.AsyncID] = o.Num
		}
		return
	}
	m.Problems = append(m.Problems, "answer without a request in the capture")
	if h.Command == smb2.Cancel {
		return
	}
	t.finish(c, m, o, &wait{})
	t.place(c, m, o)
}

func pipe(o *op.Op, yes bool) {
	if yes {
		o.Env |= op.EnvPipe
	}
}

func allOnes(id [16]byte) bool {
	for _, b := range id {
		if b != 0xff {
			return false
		}
	}
	return true
}
