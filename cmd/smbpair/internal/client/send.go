package client

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/smb2"
)

// Request is one message to be sent.
type Request struct {
	Command smb2.Command
	Tree    *Tree
	Path    string // for errors alone
	Body    smb2.Structure
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
	if c.cfg.Calm != nil && list[0].Command != smb2.OplockBreak {
		c.cfg.Calm()
	}
	if err := c.spend(list); err != nil {
		return nil, fmt.Errorf("%s: %w", list[0].Command, err)
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	out, calls := c.frame(list, wrong.Nonce)
	return calls, c.dispatch(out, &wrong)
}

// spend waits until there are credits for requests, and takes them.
func (c *Conn) spend(list []*Request) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	cost := 0
	for _, r := range list {
		cost += r.charge()
	}
	for c.credits < cost && c.err == nil {
		c.ready.Wait()
	}
	if c.err == nil {
		c.credits -= cost
	}
	return c.err
}

// frame makes the PDU of requests, and has answers to them waited for. What is
// framed is sent before the next one is.
func (c *Conn) frame(list []*Request, stale bool) ([]byte, []*call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var pdu []byte
	var calls []*call
	var last int
	for i, r := range list {
		if i > 0 {
			for len(pdu)%8 != 0 {
				pdu = append(pdu, 0)
			}
			smb2.SetNext(pdu[last:], len(pdu)-last)
		}
		last = len(pdu)
		k := &call{Request: r, id: c.next, answer: make(chan *Response, 1), sealed: c.seals(list[0])}
		if c.err != nil {
			close(k.answer) // it will not come
		} else {
			c.waiting[c.next] = k
		}
		h := c.header(r, i > 0)
		pdu = smb2.Append(smb2.AppendHeader(slices.Grow(pdu, smb2.HeaderSize), &h), r.Body)
		calls = append(calls, k)
	}
	out := c.protect(list[0], pdu, stale)
	if first := list[0]; first.Command <= smb2.SessionSetup {
		first.sent = pdu
	}
	return out, calls
}

// header is that of a request, which uses MessageIds.
func (c *Conn) header(r *Request, related bool) smb2.Header {
	charge := uint16(r.charge())
	h := smb2.Header{Command: r.Command, Flags: r.Flags, MessageID: c.next, SessionID: c.session, Credits: charge + wantCredits}
	if related {
		h.Flags |= smb2.FlagRelated
	}
	if c.dialect > smb2.Dialect202 {
		h.Charge = charge
	}
	if r.Tree != nil {
		h.TreeID = r.Tree.id
	}
	c.next += uint64(charge)
	return h
}

// wantCredits is how many credits each request asks for beside its own.
const wantCredits = 31

// seals reports whether a PDU that begins with a request is to be sealed.
func (c *Conn) seals(first *Request) bool {
	return c.shared.out != nil && (c.shared.sealing || first.Tree != nil && first.Tree.seal) && first.Command != smb2.SessionSetup
}

// protect seals or signs a PDU as session and tree want it; a stale nonce was
// used before.
func (c *Conn) protect(first *Request, pdu []byte, stale bool) []byte {
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
			var h smb2.Header
			if smb2.ParseHeader(pdu[at:], &h); h.NextCommand > 0 {
				end = at + int(h.NextCommand)
			}
			smb2.SetSigned(pdu[at:])
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
	m, ok := r.Body.(*smb2.IoctlRequest)
	return ok && m.CtlCode == proto.FsctlValidate
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
