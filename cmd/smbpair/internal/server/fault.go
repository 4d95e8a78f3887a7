package server

import (
	"encoding/binary"
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/smb2"
)

// goesWrong does what a rule wants done to the request. hit says that the
// operation itself does not take place.
func (rq *request) goesWrong() (st proto.Status, hit bool) {
	v := rq.c.srv.Faults.Find(rq.h.Command, rq.target())
	if v.Delay > 0 {
		rq.pause(v.Delay)
	}
	ch := rq.chain
	ch.cut = ch.cut || v.Cut
	f := &ch.fault
	f.Flip, f.Badly, f.Twice = f.Flip || v.Flip, f.Badly || v.Badly, f.Twice || v.Twice
	f.Late, f.Nonce = f.Late || v.Late, f.Nonce || v.Nonce
	rq.silent, rq.uncached = v.Drop, v.NoCache
	if v.MaxIO > 0 {
		rq.c.limit = v.MaxIO
	}
	switch {
	case v.Status != 0:
		return proto.Status(v.Status), true
	case v.Answer != "":
		return rq.canned([]byte(v.Answer)), true
	}
	return proto.OK, v.Cut
}

// fileID tells where the FileId of a request stands in its body, in bytes.
func fileID(cmd smb2.Command) (at int, ok bool) {
	switch cmd {
	case smb2.Close, smb2.Flush, smb2.Lock, smb2.Ioctl, smb2.QueryDirectory, smb2.ChangeNotify, smb2.OplockBreak:
		return 8, true
	case smb2.Read, smb2.Write, smb2.SetInfo:
		return 16, true
	case smb2.QueryInfo:
		return 24, true
	}
	return 0, false
}

// target is the name of what a request is on, "" for none.
func (rq *request) target() string {
	if rq.h.Command == smb2.Create {
		return rq.path()
	}
	at, ok := fileID(rq.h.Command)
	if !ok {
		return ""
	}
	o := rq.open
	if b, there := wire.Range(rq.body, int64(at+8), 8); there && !rq.related {
		o = rq.c.srv.opens[binary.LittleEndian.Uint64(b)]
	}
	if o == nil || o.file == nil || o.ss != rq.ss {
		return ""
	}
	return o.file.path()
}

// canned answers with given bytes where the data of an answer stands.
func (rq *request) canned(b []byte) proto.Status {
	switch rq.h.Command {
	case smb2.Ioctl:
		r := rq.reader()
		r.Skip(4)
		x := control{code: r.U32(), persistent: r.U64(), volatile: r.U64()}
		rq.controlBody(&x, b)
	case smb2.QueryInfo, smb2.QueryDirectory, smb2.ChangeNotify:
		rq.infoBody(b)
	default:
		return proto.NotSupported
	}
	return proto.OK
}

// spoil does to the bytes of an answer what a fault wants.
func (ch *chain) spoil(b []byte) {
	if ch.fault.Flip {
		b[len(b)-1] ^= 1
	}
	if ch.fault.Badly {
		at := 48 // Signature of the header
		if ch.sealer != nil {
			at = 4 // that of the transform header
		}
		b[frameSize+at] ^= 0xff
	}
}

// holdTime is how long an answer that is to be late waits for one to be late to.
const holdTime = 200 * time.Millisecond

// hold keeps a PDU back until the next one was sent.
func (c *conn) hold(b []byte) {
	c.out.Lock()
	before := c.out.held
	c.out.held = b
	c.out.Unlock()
	if before != nil {
		c.send(before)
	}
	time.AfterFunc(holdTime, func() {
		c.out.Lock()
		mine := c.out.held != nil && &c.out.held[0] == &b[0]
		if mine {
			c.out.held = nil
		}
		c.out.Unlock()
		if mine {
			c.send(b)
		}
	})
}
