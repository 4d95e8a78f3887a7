package server

import (
	"encoding/binary"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/decrypt"
	"smbdiff/dissect/smb2"
)

// handle answers one PDU. keep says that the connection goes on, handed that
// another goroutine reads on.
func (c *conn) handle(pdu []byte) (keep, handed bool) {
	s := c.srv
	ch := &chain{c: c}
	if len(pdu) >= smb2.TransformSize && pdu[0] == 0xfd {
		plain, ss := c.unseal(pdu)
		if plain == nil {
			return false, false
		}
		pdu, ch.sealer = plain, ss
	}
	if len(pdu) >= 4 && pdu[0] == 0xfc {
		if pdu = c.unpack(pdu); pdu == nil {
			return false, false
		}
		ch.packs = true
	}
	s.mu.Lock()
	keep, handed = c.answer(ch, pdu)
	s.mu.Unlock()
	if keep {
		ch.flush()
	}
	return keep || handed, handed
}

// answer handles the messages of a PDU under the server's mutex, and sends the
// answers, but for those that make work and may come after what others send.
func (c *conn) answer(ch *chain, pdu []byte) (keep, handed bool) {
	if c.stopped {
		return false, false
	}
	if len(pdu) >= 4 && pdu[0] == 0xff && ch.sealer == nil {
		return c.oldNegotiate(ch, pdu), false
	}
	keep = c.messages(ch, pdu)
	if keep && !ch.bulk {
		ch.flush()
	}
	if ch.handed && !keep {
		c.stop()
	}
	return keep, ch.handed
}

// messages handles the messages of a PDU in turn.
func (c *conn) messages(ch *chain, pdu []byte) bool {
	for first := true; ; first = false {
		rq := &request{chain: ch, sealed: ch.sealer != nil, msg: pdu}
		if len(pdu) < smb2.HeaderSize || !smb2.ParseHeader(pdu, &rq.h) || binary.LittleEndian.Uint16(pdu[4:]) != smb2.HeaderSize || rq.h.Response() {
			return false
		}
		next := int64(rq.h.NextCommand)
		if next != 0 {
			if next < smb2.HeaderSize || next%8 != 0 || next > int64(len(pdu)) {
				return false
			}
			rq.msg, pdu = pdu[:next:next], pdu[next:]
		}
		rq.body, rq.last = rq.msg[smb2.HeaderSize:], next == 0
		rq.related = rq.h.Flags&smb2.FlagRelated != 0
		rq.signed = rq.h.Flags&smb2.FlagSigned != 0
		if !c.admit(rq) {
			return false
		}
		if rq.h.Command == smb2.Cancel {
			c.cancel(rq)
		} else {
			st := c.run(rq, first)
			if ch.cut || c.stopped {
				return false
			}
			rq.finish(st)
		}
		if next == 0 {
			return true
		}
	}
}

// admit takes the MessageIds that the request uses, [MS-SMB2] 3.3.5.2.3.
func (c *conn) admit(rq *request) bool {
	if rq.h.Command == smb2.Cancel {
		return true
	}
	n := max(int(rq.h.Charge), 1)
	if c.dialect == smb2.Dialect202 || c.dialect == 0 {
		n = 1
	}
	return c.window.take(rq.h.MessageID, n)
}

// run checks what all commands have in common, [MS-SMB2] 3.3.5.2, and does the
// command.
func (c *conn) run(rq *request, first bool) proto.Status {
	if rq.h.Command == smb2.Negotiate {
		if st, hit := rq.goesWrong(); hit {
			return st
		}
		return c.negotiate(rq)
	}
	if c.dialect == 0 {
		rq.cut = true
		return proto.InvalidParameter
	}
	if rq.related && first && rq.h.Command != smb2.SessionSetup {
		rq.chain.broken = proto.InvalidParameter
	}
	if !rq.related {
		rq.chain.broken = proto.OK
	}
	if rq.chain.broken != proto.OK {
		return rq.chain.broken
	}
	if rq.related {
		rq.h.SessionID = rq.chain.sess
		rq.h.TreeID = rq.chain.tree
		rq.open = rq.chain.open
	} else {
		rq.chain.open = nil
	}
	rq.chain.sess, rq.chain.tree = rq.h.SessionID, rq.h.TreeID
	if rq.h.Command == smb2.SessionSetup {
		if st, hit := rq.goesWrong(); hit {
			return st
		}
		return c.sessionSetup(rq)
	}
	if st := c.authorize(rq); st != proto.OK {
		rq.chain.broken = proto.InvalidParameter
		return st
	}
	if st := rq.charge(); st != proto.OK {
		return st
	}
	if st, hit := rq.goesWrong(); hit {
		return st
	}
	st := c.command(rq)
	if rq.open != nil {
		rq.chain.open = rq.open
	}
	return st
}

// authorize finds session, channel and tree, and checks signature and sealing.
func (c *conn) authorize(rq *request) proto.Status {
	s := c.srv
	if rq.h.Command == smb2.Echo && rq.h.SessionID == 0 {
		return proto.OK
	}
	ss := c.sessions[rq.h.SessionID]
	if ss == nil || !ss.valid && !ss.expired {
		if c.ghost != nil && c.ghostID == rq.h.SessionID {
			rq.answerAs(&session{id: c.ghostID}, c.ghost)
		} else {
			rq.signAs(s.sessions[rq.h.SessionID])
		}
		return proto.UserSessionDeleted
	}
	rq.ss, rq.ch = ss, ss.channels[c]
	if rq.sealed && rq.chain.sealer != ss {
		return proto.AccessDenied
	}
	if rq.signed && !rq.sealed {
		if rq.ch == nil || rq.ch.signer == nil || !rq.ch.signer.Verify(rq.msg) {
			return proto.AccessDenied
		}
	} else if !rq.sealed && ss.sign && !ss.guest && !ss.anonymous {
		return proto.AccessDenied
	}
	if !rq.sealed && ss.seal && s.Seal == SealRequired {
		return proto.AccessDenied
	}
	if ss.expired && rq.h.Command != smb2.Logoff && rq.h.Command != smb2.Close && rq.h.Command != smb2.Lock {
		return proto.NetworkSessionExpired
	}
	switch rq.h.Command {
	case smb2.Logoff, smb2.TreeConnect, smb2.Echo:
		return proto.OK
	}
	if rq.tc = ss.trees[rq.h.TreeID]; rq.tc == nil {
		return proto.NetworkNameDeleted
	}
	if rq.tc.seal && !rq.sealed {
		return proto.AccessDenied
	}
	return proto.OK
}

// signAs signs the answer for a session that the connection is no channel of.
func (rq *request) signAs(ss *session) {
	if ss == nil || !rq.signed || len(ss.signKey) == 0 {
		return
	}
	if signer, err := decrypt.NewSigner(ss.signing, ss.signKey); err == nil {
		rq.answerAs(ss, &channel{conn: rq.c, signer: signer})
	}
}

// answerAs signs the answer when the request has a sound signature.
func (rq *request) answerAs(ss *session, ch *channel) {
	if rq.signed && ch.signer != nil && ch.signer.Verify(rq.msg) {
		rq.ss, rq.ch = ss, ch
	}
}

// command does what the request asks for.
func (c *conn) command(rq *request) proto.Status {
	if !rq.sized() {
		return proto.InvalidParameter
	}
	switch rq.h.Command {
	case smb2.Logoff:
		return c.logoff(rq)
	case smb2.TreeConnect:
		return c.treeConnect(rq)
	case smb2.TreeDisconnect:
		return c.treeDisconnect(rq)
	case smb2.Create:
		return rq.create()
	case smb2.Close:
		return rq.close()
	case smb2.Flush:
		return rq.flushFile()
	case smb2.Read:
		return rq.read()
	case smb2.Write:
		return rq.write()
	case smb2.Lock:
		return rq.lock()
	case smb2.Ioctl:
		return rq.ioctl()
	case smb2.Echo:
		rq.short()
		return proto.OK
	case smb2.QueryDirectory:
		return rq.queryDirectory()
	case smb2.ChangeNotify:
		return rq.changeNotify()
	case smb2.QueryInfo:
		return rq.queryInfo()
	case smb2.SetInfo:
		return rq.setInfo()
	case smb2.OplockBreak:
		return rq.oplockBreak()
	}
	return proto.InvalidParameter
}

// sized reports whether StructureSize is what it has to be, and as much is there.
func (rq *request) sized() bool {
	want := smb2.StructureSize(rq.h.Command, false)
	return want == 0 || len(rq.body) >= max(2, int(want&^1)) && binary.LittleEndian.Uint16(rq.body) == want
}

// short is the body of answers that hold nothing.
func (rq *request) short() { rq.answer(&smb2.EmptyBody{}) }

// cancel ends a request that waits, [MS-SMB2] 3.3.5.16. It has no answer.
func (c *conn) cancel(rq *request) {
	for _, p := range c.pending {
		if rq.h.Async() && p.async == rq.h.AsyncID || !rq.h.Async() && p.h.MessageID == rq.h.MessageID {
			p.stop()
			return
		}
	}
}

// stop ends a waiting request once.
func (rq *request) stop() {
	select {
	case <-rq.cancel:
	default:
		close(rq.cancel)
	}
}
