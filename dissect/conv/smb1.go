package conv

import (
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
)

// smb1Session marks session keys of SMB1, whose ids count on one connection
// only.
const smb1Session = 1 << 63

// key1 is what pairs SMB1 messages: MID and PID.
func key1(h *smb1.Header) uint64 { return uint64(h.MID) | uint64(h.PID)<<16 }

func (t *Tracker) session1(c *connection, m *Message) *session {
	if m.SMB1.UID == 0 {
		return nil
	}
	return t.session(c, m, smb1Session|uint64(m.Conn)<<16|uint64(m.SMB1.UID))
}

// request1 takes an SMB1 request.
func (t *Tracker) request1(c *connection, m *Message) {
	h, f := &m.SMB1, &m.Facts1
	if smb1.Secondary(h.Command) {
		if o := t.Ops.At(c.one[key1(h)]); o != nil {
			m.Op, m.Role, m.RequestFrame = o.Num, Request, o.ReqFrame
			o.State |= op.Parts
			t.Env1(m, o)
			t.join(m, o)
			return
		}
	}
	o := t.add(m)
	o.Code, o.Offset, o.Length, o.InfoClass = uint32(f.SubCommand), f.Offset, f.Length, f.InfoClass
	o.Form, o.Process = f.Control, h.PID
	if f.Form[0] != nil {
		o.Form = t.form(f)
	}
	if f.Unicode {
		o.Env |= op.EnvUnicode
	}
	if s := t.session1(c, m); s != nil {
		o.Session = s.num
		if tr, ok := s.tree(uint32(h.TID)); ok {
			o.Tree, m.Env.Tree = tr.num, t.told(tr.name)
			pipe(o, tr.pipe)
		}
		if f.HasFID {
			if p, ok := s.open(fid1(f.FID)); ok {
				o.Open, o.Path = p.num, p.path
				pipe(o, p.pipe)
				if p.directory {
					o.Env |= op.EnvDirectory
				}
			}
			if (o.Open == 0 || o.Tree == 0) && callsOn1(f, h.Command) {
				t.foundPipe(s, fid1(f.FID), o)
			}
		}
	}
	if len(f.Name) > 0 && (h.Command != smb1.Transaction || o.Path == 0) {
		o.Path = t.text1(f)
	}
	switch h.Command {
	case smb1.Negotiate:
		c.negotiat = o.Num
	case smb1.SessionSetup:
		if f.User != nil {
			o.Path = t.text1(&smb1.Facts{Name: f.User, Unicode: f.Unicode})
			c.user = o.Path
		}
		t.authenticated(c, f.Token)
		o.Path = c.user
	case smb1.NTCancel:
		o.State |= op.OneWay
	case smb1.ReadRaw, smb1.WriteRaw:
		c.raw = o.Num
	}
	t.Env1(m, o)
	t.join(m, o)
	if !o.Done() && len(c.one) < maxWaiting {
		c.one[key1(h)] = o.Num
	}
}

func fid1(fid uint16) *[16]byte { return &[16]byte{byte(fid), byte(fid >> 8)} }

// form keeps the descriptors of a RAP call, which its answer needs.
func (t *Tracker) form(f *smb1.Facts) uint32 {
	var all [64]byte
	b := all[:0]
	for _, d := range f.Form {
		b = append(append(b, d...), 0)
	}
	return t.Names.Intern(b)
}

// Env1 gives the walks of an SMB1 message what they need of the request.
func (t *Tracker) Env1(m *Message, o *op.Op) {
	m.Env.SubCode, m.Env.InfoClass, m.Env.Pipe = uint16(o.Code), o.InfoClass, o.Env&op.EnvPipe != 0
	m.Env.Directory = o.Env&op.EnvDirectory != 0
	m.Env.CtlCode = o.Form
	if uint8(o.Command) == smb1.Transaction {
		m.Env.Form, m.Env.CtlCode = t.Names.Get(o.Form), 0
	}
}

func (t *Tracker) text1(f *smb1.Facts) uint32 {
	if f.Unicode {
		return t.named(f.Name)
	}
	return t.Names.Intern(f.Name)
}

// response1 takes an SMB1 response.
func (t *Tracker) response1(c *connection, m *Message) {
	h, f := &m.SMB1, &m.Facts1
	if h.Command == smb1.Locking && h.MID == 0xffff {
		o := t.add(m)
		o.State |= op.Unsolicited | op.OneWay
		return
	}
	o := t.Ops.At(c.one[key1(h)])
	if o == nil || o.Proto != op.SMB1 || uint8(o.Command) != h.Command && !(h.Command == smb1.WriteComplete && o.Command == smb1.WriteRaw) {
		o = t.add(m)
		o.State |= op.Orphan | op.Answered
		m.Role = Final
		m.Problems = append(m.Problems, "answer without a request in the capture")
		return
	}
	m.Op, m.RequestFrame, m.Role = o.Num, o.ReqFrame, Final
	t.Env1(m, o)
	t.join(m, o)
	if h.Command == smb1.Negotiate {
		c.negotiat = 0
	}
	if o.State&op.Answered == 0 {
		o.RTT = m.Time - o.Start
	} else {
		o.State |= op.Parts
	}
	m.RTT = o.RTT
	o.State |= op.Answered
	o.Status, o.Response, o.RespFrame = h.Status, m.Num, m.Frame
	s := t.session1(c, m)
	if s == nil || h.Status&0xc0000000 == 0xc0000000 {
		return
	}
	if o.Session == 0 {
		o.Session = s.num
	}
	switch h.Command {
	case smb1.SessionSetup:
		if e := &t.Sessions[s.num]; e.User == 0 {
			e.User = c.user
		}
	case smb1.TreeConnect:
		tr := t.newTree(o.Path, f.Pipe)
		s.connected(uint32(h.TID), tr)
		o.Tree = tr.num
	case smb1.Transaction2, smb1.NTTransaction:
		fid, directory, ok := smb1.Opened(m.Bytes, h, &m.Env)
		t.opened1(s, o, fid, directory, ok)
	default:
		if smb1.Opens(h.Command) {
			t.opened1(s, o, f.FID, f.Directory, f.HasFID)
		}
	}
	if tr, ok := s.tree(uint32(h.TID)); ok {
		m.Env.Tree = t.told(tr.name)
	}
}

// raw takes a packet without a header for the data of the READ_RAW or WRITE_RAW
// before it, [MS-CIFS] 2.2.4.22.2 and 3.2.4.15. It reports false when there is
// none that waits.
func (t *Tracker) raw(m *Message) bool {
	c := t.conn(m.Conn)
	o := t.Ops.At(c.raw)
	if o == nil || m.FromServer != (o.Command == smb1.ReadRaw) || m.FromServer && o.State&op.Answered != 0 {
		return false
	}
	c.raw = 0
	m.Op, m.Role, m.RequestFrame = o.Num, Data, o.ReqFrame
	m.Problems = m.Problems[:0]
	if m.FromServer {
		o.RTT = m.Time - o.Start
		m.RTT = o.RTT
		o.State |= op.Answered
		o.Response, o.RespFrame = m.Num, m.Frame
	} else {
		o.State |= op.Parts
	}
	return true
}

// opened1 notes what an SMB1 response opened.
func (t *Tracker) opened1(s *session, o *op.Op, fid uint16, directory, ok bool) {
	if ok {
		t.opens++
		s.opened(fid1(fid), open{num: t.opens, path: o.Path, directory: directory})
		o.Open = t.opens
	}
}
