package server

import (
	"encoding/binary"
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
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
	case v.Answer != "" && rq.h.Command == smb2.Create:
		rq.context = v.Answer
	case v.Answer != "":
		return rq.canned([]byte(v.Answer)), true
	}
	return proto.OK, v.Cut
}

// facts are what the dissector's walk takes out of the request.
func (rq *request) facts() (f smb2.Facts) {
	var c wire.Codec
	c.Reset(rq.msg, nil)
	c.Seek(smb2.HeaderSize)
	smb2.WalkBody(&c, &rq.h, &f)
	return f
}

// target is the name of what a request is on, "" for none.
func (rq *request) target() string {
	if rq.h.Command == smb2.Create {
		return rq.path()
	}
	f := rq.facts()
	if !f.HasFileID {
		return ""
	}
	o := rq.open
	if !rq.related {
		o = rq.c.srv.opens[binary.LittleEndian.Uint64(f.FileID[8:])]
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
		var x control
		smb2.Decode(rq.msg, &x.IoctlRequest)
		rq.controlBody(&x, b)
	case smb2.QueryInfo:
		rq.answer(&smb2.QueryInfoResponse{Data: b})
	case smb2.QueryDirectory:
		rq.answer(&smb2.QueryDirectoryResponse{Data: b})
	case smb2.ChangeNotify:
		rq.answer(&smb2.ChangeNotifyResponse{Data: b})
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
