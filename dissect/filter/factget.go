package filter

import (
	"smbdiff/dissect/dcerpc"
	"smbdiff/dissect/op"
)

func num(v *value, i int, n uint64, there bool) bool {
	v.class, v.num = number, n
	return there && i == 0
}

func flag(v *value, i int, on, there bool) bool {
	v.class, v.num = boolean, 0
	if on {
		v.num = 1
	}
	return there && i == 0
}

// words gives text; it is copied into the place that the value has for it.
func words(v *value, i int, s string) bool {
	v.class, v.b = text, append(v.b[:0], s...)
	return s != "" && i == 0
}

func getFrame(_ *Row, s *Side, i int, v *value) bool {
	if s.message != nil {
		return num(v, i, uint64(s.message.Frame), true)
	}
	a, b := s.op.ReqFrame, s.op.RespFrame
	if a == 0 {
		a, b = b, 0
	}
	if i == 1 {
		return num(v, 0, uint64(b), b != 0)
	}
	return num(v, i, uint64(a), a != 0)
}

func getOp(_ *Row, s *Side, i int, v *value) bool {
	if s.message != nil {
		return num(v, i, uint64(s.message.Op), s.message.Op != 0)
	}
	return num(v, i, uint64(s.op.Num), true)
}

func (s *Side) time() int64 {
	if s.message != nil {
		return s.message.Time
	}
	return s.op.Start
}

func getTime(_ *Row, s *Side, i int, v *value) bool {
	ok := num(v, i, uint64(s.time()), true)
	v.class = moment
	return ok
}

func getSince(_ *Row, s *Side, i int, v *value) bool {
	ok := num(v, i, uint64(s.time()-s.Start), true)
	v.class = duration
	return ok
}

func getRTT(_ *Row, s *Side, i int, v *value) bool {
	ns := int64(-1)
	if s.message != nil {
		ns = s.message.RTT
	} else {
		ns = s.op.RTT
	}
	ok := num(v, i, uint64(ns), ns >= 0)
	v.class = duration
	return ok
}

func (s *Side) proto() op.Proto {
	if s.message != nil {
		return s.message.Proto
	}
	return s.op.Proto
}

func getCommand(_ *Row, s *Side, i int, v *value) bool {
	p := s.proto()
	code := uint16(0)
	if s.message != nil {
		code = s.message.Command()
	} else {
		code = s.op.Command
	}
	v.target = 0
	if p == op.SMB1 {
		v.target = 1
	}
	return num(v, i, uint64(code), p == op.SMB1 || p == op.SMB2)
}

func getProtocol(_ *Row, s *Side, i int, v *value) bool { return num(v, i, uint64(s.proto()), true) }

func getSMB2(_ *Row, s *Side, i int, v *value) bool {
	p := s.proto()
	return flag(v, i, true, p == op.SMB2 || p == op.Sealed || p == op.Compressed)
}

func getSMB1(_ *Row, s *Side, i int, v *value) bool { return flag(v, i, true, s.proto() == op.SMB1) }

func getResponse(_ *Row, s *Side, i int, v *value) bool {
	if s.message != nil {
		return flag(v, i, s.message.Response(), true)
	}
	return flag(v, i, s.op.Response != 0, true)
}

func getRequest(_ *Row, s *Side, i int, v *value) bool {
	if s.message != nil {
		return flag(v, i, !s.message.Response(), true)
	}
	return flag(v, i, s.op.Request != 0, true)
}

// status gives the NT status of a response; of an operation its final one, or
// STATUS_PENDING while there is none.
func (s *Side) status() (uint32, bool) {
	if p := s.proto(); p != op.SMB1 && p != op.SMB2 {
		return 0, false
	}
	if m := s.message; m != nil {
		return m.Status(), m.Response()
	}
	return s.op.Status, (s.op.Response != 0 || s.op.State&op.Pending != 0) && s.op.State&op.Unsolicited == 0
}

func getStatus(_ *Row, s *Side, i int, v *value) bool {
	n, ok := s.status()
	return num(v, i, uint64(n), ok)
}

func getSeverity(_ *Row, s *Side, i int, v *value) bool {
	n, ok := s.status()
	return num(v, i, uint64(n>>30), ok)
}

func getPath(_ *Row, s *Side, i int, v *value) bool {
	if s.message != nil {
		return words(v, i, s.message.PathName)
	}
	return words(v, i, s.name(s.op.Path))
}

func getCall(_ *Row, s *Side, i int, v *value) bool {
	if m := s.message; m != nil {
		if m.Env.RPC == nil || len(m.Env.RPC.Calls) == 0 {
			return false
		}
		v.class, v.b = text, dcerpc.AppendCall(v.b[:0], &m.Env.RPC.Calls[0])
		return len(v.b) > 0 && i == 0
	}
	return s.op.Env&op.EnvPipe != 0 && words(v, i, s.name(s.op.Detail))
}

func (s *Side) name(k uint32) string {
	if s.Name == nil {
		return ""
	}
	return s.Name(k)
}

func getUser(_ *Row, s *Side, i int, v *value) bool {
	if s.message != nil {
		return words(v, i, s.message.SessionUser)
	}
	if s.User == nil || s.op.Session == 0 {
		return false
	}
	return words(v, i, s.User(s.op.Session))
}

func getConn(_ *Row, s *Side, i int, v *value) bool { return num(v, i, uint64(s.conn())+1, true) }

func (s *Side) conn() uint32 {
	if s.message != nil {
		return s.message.Conn
	}
	return s.op.Conn
}

func getSession(_ *Row, s *Side, i int, v *value) bool {
	if s.message != nil {
		return num(v, i, uint64(s.message.Session), s.message.Session != 0)
	}
	return num(v, i, uint64(s.op.Session), s.op.Session != 0)
}

func getTree(_ *Row, s *Side, i int, v *value) bool {
	if s.message != nil {
		return num(v, i, uint64(s.message.Tree), s.message.Tree != 0)
	}
	return num(v, i, uint64(s.op.Tree), s.op.Tree != 0)
}

func getOpen(_ *Row, s *Side, i int, v *value) bool {
	if s.message != nil {
		return num(v, i, uint64(s.message.Open), s.message.Open != 0)
	}
	return num(v, i, uint64(s.op.Open), s.op.Open != 0)
}
