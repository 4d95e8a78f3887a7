package client

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/smb2"
)

// Request is one message to be sent.
type Request struct {
	Command smb2.Command
	Tree    *Tree
	Path    string // for errors alone
	Body    wire.Buf
	Payload int // bytes asked for or sent, which cost credits
	Flags   uint32
	Signed  bool // even when the session is not

	sent []byte // of NEGOTIATE and SESSION_SETUP, as the wire has it
	OK   []proto.Status
}

func (r *Request) charge() int { return max(1, (r.Payload+65535)/65536) }

// call is a request on its way.
type call struct {
	*Request
	id     uint64 // MessageId
	answer chan *Response
	sealed bool
	async  uint64 // AsyncId of the interim answer, 0 before it
}

// Do sends one request and waits for its answer.
func (c *Conn) Do(r *Request) (*Response, error) {
	out, err := c.Chain(r)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// Chain sends related requests in one PDU and waits for all answers. The first
// refusal is the error; answers up to it are given.
func (c *Conn) Chain(list ...*Request) ([]*Response, error) {
	calls, err := c.send(list)
	if err != nil {
		return nil, err
	}
	var out []*Response
	for _, k := range calls {
		r, e := c.wait(k)
		if e != nil {
			if err == nil {
				err = e
			}
			continue
		}
		if err == nil {
			out = append(out, r)
		}
	}
	return out, err
}

// wait waits for an answer and judges it.
func (c *Conn) wait(k *call) (*Response, error) {
	timer := time.NewTimer(c.cfg.Timeout)
	defer timer.Stop()
	select {
	case r, ok := <-k.answer:
		if !ok {
			c.mu.Lock()
			defer c.mu.Unlock()
			return nil, fmt.Errorf("%s: %w", k.Command, c.err)
		}
		if st := proto.Status(r.Status); st != proto.OK {
			for _, s := range k.OK {
				if s == st {
					return r, nil
				}
			}
			return r, &StatusError{k.Command, k.Path, st}
		}
		return r, nil
	case <-timer.C:
		return nil, fmt.Errorf("%s: no answer within %v", k.Command, c.cfg.Timeout)
	}
}

// send sends requests in one PDU.
func (c *Conn) send(list []*Request) ([]*call, error) {
	wrong := c.wrong(list)
	if wrong.Delay > 0 {
		c.pause(wrong.Delay)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	cost := 0
	for _, r := range list {
		cost += r.charge()
	}
	for c.credits < cost && c.err == nil {
		c.ready.Wait()
	}
	if c.err != nil {
		return nil, fmt.Errorf("%s: %w", list[0].Command, c.err)
	}
	c.credits -= cost
	var pdu wire.Buf
	var calls []*call
	var last int
	for i, r := range list {
		if i > 0 {
			pdu.Align(0, 8)
			pdu.Put32(last+20, uint32(len(pdu)-last))
		}
		last = len(pdu)
		k := &call{Request: r, id: c.next, answer: make(chan *Response, 1), sealed: c.seals(list[0])}
		c.waiting[c.next] = k
		c.header(&pdu, r, i > 0)
		pdu.Bytes(r.Body)
		calls = append(calls, k)
	}
	out := c.protect(list[0], pdu, wrong.Nonce)
	if first := list[0]; first.Command <= smb2.SessionSetup {
		first.sent = pdu
	}
	if err := c.dispatch(out, &wrong); err != nil {
		return nil, err
	}
	return calls, nil
}

// header writes the packet header, [MS-SMB2] 2.2.1.2.
func (c *Conn) header(b *wire.Buf, r *Request, related bool) {
	charge := r.charge()
	flags := r.Flags
	if related {
		flags |= smb2.FlagRelated
	}
	b.Bytes([]byte("\xfeSMB"))
	b.U16(smb2.HeaderSize)
	if c.dialect > smb2.Dialect202 {
		b.U16(uint16(charge))
	} else {
		b.U16(0)
	}
	b.U32(0)
	b.U16(uint16(r.Command))
	b.U16(uint16(charge + wantCredits))
	b.U32(flags)
	b.U32(0)
	b.U64(c.next)
	b.U32(0xfeff)
	tree := uint32(0)
	if r.Tree != nil {
		tree = r.Tree.id
	}
	b.U32(tree)
	b.U64(c.session)
	b.Zero(16)
	c.next += uint64(charge)
}

// wantCredits is how many credits each request asks for beside its own.
const wantCredits = 31

// seals reports whether a PDU that begins with a request is to be sealed.
func (c *Conn) seals(first *Request) bool {
	return c.shared.out != nil && (c.shared.sealing || first.Tree != nil && first.Tree.seal) && first.Command != smb2.SessionSetup
}

// protect seals or signs a PDU as session and tree want it; a stale nonce was
// used before.
func (c *Conn) protect(first *Request, pdu wire.Buf, stale bool) []byte {
	if c.seals(first) {
		pdu = c.pack(first, pdu)
		var nonce [16]byte
		n := c.shared.nonce.Load()
		if !stale {
			n = c.shared.nonce.Add(1)
		}
		binary.LittleEndian.PutUint64(nonce[:], n)
		return c.shared.out.Seal(make([]byte, 4), nonce[:], pdu, c.session)
	}
	if c.signs(first) {
		for at := 0; at < len(pdu); {
			end := len(pdu)
			if n := int(binary.LittleEndian.Uint32(pdu[at+20:])); n > 0 {
				end = at + n
			}
			pdu.Put32(at+16, binary.LittleEndian.Uint32(pdu[at+16:])|smb2.FlagSigned)
			c.signer.Sign(pdu[at:end])
			at = end
		}
	}
	pdu = c.pack(first, pdu)
	return append(make([]byte, 4, 4+len(pdu)), pdu...)
}

// signs reports whether a PDU that begins with a request is to be signed.
func (c *Conn) signs(first *Request) bool {
	if c.signer == nil {
		return false
	}
	return c.cfg.Sign || first.Signed || c.dialect == smb2.Dialect311 && first.Command == smb2.TreeConnect || validates(first)
}

// validates reports whether a request is FSCTL_VALIDATE_NEGOTIATE_INFO, which is
// always signed.
func validates(r *Request) bool {
	return r.Command == smb2.Ioctl && len(r.Body) > 8 && binary.LittleEndian.Uint32(r.Body[4:]) == proto.FsctlValidate
}

// transmit frames and writes bytes that have room for the frame.
func (c *Conn) transmit(b []byte) error {
	if len(b)-4 >= 1<<24 {
		return errors.New("a request is too long")
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	if r := c.cfg.Record; r != nil {
		r.Data(c.cfg.Now(), c.nc.LocalAddr(), c.nc.RemoteAddr(), b)
	}
	if _, err := c.nc.Write(b); err != nil {
		return fmt.Errorf("sending: %w", err)
	}
	return nil
}
