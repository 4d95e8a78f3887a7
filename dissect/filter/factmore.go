package filter

import (
	"net/netip"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
)

// messageAt gives message i of those that the row has.
func (s *Side) messageAt(i int) *conv.Message {
	s.load()
	for k := range s.Looks {
		if m := s.Looks[k].Message; m != nil {
			if i == 0 {
				return m
			}
			i--
		}
	}
	return nil
}

func getSessionID(_ *Row, s *Side, i int, v *value) bool {
	m := s.messageAt(i)
	if m == nil {
		return false
	}
	switch m.Proto {
	case op.SMB2:
		return num(v, 0, m.SMB2.SessionID, true)
	case op.SMB1:
		return num(v, 0, uint64(m.SMB1.UID), true)
	}
	return num(v, 0, m.Session64, true)
}

func getTreeID(_ *Row, s *Side, i int, v *value) bool {
	m := s.messageAt(i)
	switch {
	case m == nil:
		return false
	case m.Proto == op.SMB2:
		return num(v, 0, uint64(m.SMB2.TreeID), !m.SMB2.Async())
	}
	return num(v, 0, uint64(m.SMB1.TID), m.Proto == op.SMB1)
}

func getAsyncID(_ *Row, s *Side, i int, v *value) bool {
	for k := 0; ; k++ {
		m := s.messageAt(k)
		if m == nil {
			return false
		}
		if m.Proto == op.SMB2 && m.SMB2.Async() {
			return num(v, i, m.SMB2.AsyncID, true)
		}
	}
}

func getMessageID(_ *Row, s *Side, i int, v *value) bool {
	m := s.messageAt(i)
	switch {
	case m == nil:
		return false
	case m.Proto == op.SMB2:
		return num(v, 0, m.SMB2.MessageID, true)
	}
	return num(v, 0, uint64(m.SMB1.MID), m.Proto == op.SMB1)
}

func getIndex(_ *Row, s *Side, i int, v *value) bool {
	if s.message != nil {
		return num(v, i, uint64(s.message.Index), true)
	}
	return num(v, i, uint64(s.op.Index), true)
}

func getOf(_ *Row, s *Side, i int, v *value) bool {
	if s.message != nil {
		return num(v, i, uint64(s.message.Of), true)
	}
	return num(v, i, uint64(s.op.Of), true)
}

func getRequestFrame(_ *Row, s *Side, i int, v *value) bool {
	if s.message != nil {
		return num(v, i, uint64(s.message.RequestFrame), s.message.RequestFrame != 0)
	}
	return num(v, i, uint64(s.op.ReqFrame), s.op.ReqFrame != 0)
}

func getSealed(_ *Row, s *Side, i int, v *value) bool {
	if s.message != nil {
		return flag(v, i, s.message.Sealed, true)
	}
	return flag(v, i, s.op.State&op.WasSealed != 0, true)
}

func getDecrypted(_ *Row, s *Side, i int, v *value) bool {
	if s.message != nil {
		return flag(v, i, s.message.Sealed && s.message.Seal.Opened, true)
	}
	return flag(v, i, s.op.State&op.WasSealed != 0 && s.op.Proto != op.Sealed, true)
}

func getCipher(_ *Row, s *Side, i int, v *value) bool {
	m := s.messageAt(i)
	return m != nil && num(v, 0, uint64(m.Seal.Cipher), m.Seal.Cipher != 0)
}

func getWhy(_ *Row, s *Side, i int, v *value) bool {
	m := s.messageAt(i)
	return m != nil && m.Sealed && !m.Seal.Opened && words(v, 0, m.Seal.Why.String())
}

func getSignature(_ *Row, s *Side, i int, v *value) bool {
	m := s.messageAt(i)
	return m != nil && num(v, 0, uint64(m.Signature), true)
}

// getProblem goes through what the conversation and the trees say.
func getProblem(_ *Row, s *Side, i int, v *value) bool {
	s.load()
	for k := range s.Looks {
		l := &s.Looks[k]
		if l.Message != nil {
			if i < len(l.Message.Problems) {
				return words(v, 0, l.Message.Problems[i])
			}
			i -= len(l.Message.Problems)
		}
		if l.Tree != nil {
			if i < len(l.Tree.Notes) {
				return words(v, 0, l.Tree.Notes[i])
			}
			i -= len(l.Tree.Notes)
		}
	}
	return false
}

// ends gives where the row came from and went to; an operation goes as its
// request does.
func (s *Side) ends() (src, dst netip.AddrPort, ok bool) {
	if s.Ends == nil {
		return src, dst, false
	}
	src, dst = s.Ends(s.conn())
	back := false
	switch {
	case s.message != nil:
		back = s.message.Dir != 0
	case s.op.State&op.Unsolicited != 0:
		back = true
	}
	if back {
		src, dst = dst, src
	}
	return src, dst, src.IsValid()
}

func addr(v *value, i int, a netip.AddrPort, there bool) bool {
	v.class = address
	b := a.Addr().Unmap()
	if b.Is4() {
		x := b.As4()
		v.b = append(v.b[:0], x[:]...)
	} else {
		x := b.As16()
		v.b = append(v.b[:0], x[:]...)
	}
	return there && i == 0
}

func getSource(_ *Row, s *Side, i int, v *value) bool {
	src, _, ok := s.ends()
	return addr(v, i, src, ok)
}

func getDestination(_ *Row, s *Side, i int, v *value) bool {
	_, dst, ok := s.ends()
	return addr(v, i, dst, ok)
}

func getEither(_ *Row, s *Side, i int, v *value) bool {
	src, dst, ok := s.ends()
	if i == 1 {
		return addr(v, 0, dst, ok)
	}
	return addr(v, i, src, ok)
}

func getSourcePort(_ *Row, s *Side, i int, v *value) bool {
	src, _, ok := s.ends()
	return num(v, i, uint64(src.Port()), ok)
}

func getDestinationPort(_ *Row, s *Side, i int, v *value) bool {
	_, dst, ok := s.ends()
	return num(v, i, uint64(dst.Port()), ok)
}

func getEitherPort(_ *Row, s *Side, i int, v *value) bool {
	src, dst, ok := s.ends()
	if i == 1 {
		return num(v, 0, uint64(dst.Port()), ok)
	}
	return num(v, i, uint64(src.Port()), ok)
}

func getDiffers(r *Row, _ *Side, i int, v *value) bool {
	if r.Pair == nil {
		return false
	}
	g := r.Pair.Grade
	return flag(v, i, g != "equal" && g != "masked" && g != "unread", true)
}

func getMasked(r *Row, _ *Side, i int, v *value) bool {
	return r.Pair != nil && flag(v, i, r.Pair.Grade == "masked", true)
}

func getMoved(r *Row, _ *Side, i int, v *value) bool {
	return r.Pair != nil && flag(v, i, r.Pair.Moved, true)
}

func getOnly(r *Row, _ *Side, i int, v *value) bool {
	switch {
	case r.Pair == nil:
		return false
	case r.Pair.Grade == "only_a":
		return num(v, i, 0, true)
	}
	return num(v, i, 1, r.Pair.Grade == "only_b")
}

func getSuspect(r *Row, _ *Side, i int, v *value) bool {
	return r.Pair != nil && oneOf(v, i, suspects[:], r.Pair.Suspect)
}

func getGrade(r *Row, _ *Side, i int, v *value) bool {
	return r.Pair != nil && oneOf(v, i, grades[:], r.Pair.Grade)
}

func oneOf(v *value, i int, list []string, s string) bool {
	for k := range list {
		if list[k] == s {
			return num(v, i, uint64(k), true)
		}
	}
	return false
}
