// Package client is an SMB2/3 client, [MS-SMB2] 3.2: one connection with one
// session and the trees on it. Requests may overlap as far as credits reach. It
// knows no command line.
package client

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"smbdiff/cmd/smbpair/internal/fault"
	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/decrypt"
	"smbdiff/dissect/compress"
	"smbdiff/dissect/ntstatus"
	"smbdiff/dissect/smb2"
)

// Recorder takes the bytes of a connection as they cross, and its keys.
type Recorder interface {
	Connect(at time.Time, client, server net.Addr)
	Data(at time.Time, src, dst net.Addr, b []byte)
	End(at time.Time, src, dst net.Addr)
	Key(session uint64, key []byte)
}

// Config says how a connection is made.
type Config struct {
	Server                 string // HOST:PORT
	User, Domain, Password string
	Dialects               []smb2.Dialect          // rising
	Ciphers                []smb2.Cipher           // best first
	Signing                []smb2.SigningAlgorithm // best first
	Sign, Seal             bool                    // wanted, whatever the server does
	Offers                 []smb2.NegotiateContext // beside those that the client knows
	Again                  bool                    // a command whose connection is lost is done over a new one
	OldFirst               bool                    // SMB1's NEGOTIATE opens the connection
	GUID                   [16]byte                // who the client is; zero: somebody new
	Previous               uint64                  // session that the new one takes the place of
	Faults                 *fault.Half             // nil: none
	Pause                  func(time.Duration)     // nil: the clock's
	Calm                   func()                  // nil, or waits before each request until nothing is on its way
	Compress               compress.Codec          // offered, best first; no algorithms for none
	Record                 Recorder                // nil: none
	Random                 io.Reader               // nil: the system's
	Now                    func() time.Time        // nil: the clock
	Timeout                time.Duration           // of an answer, 0: 60 s
}

// StatusError is a refusal by the server.
type StatusError struct {
	Command smb2.Command
	Path    string
	Status  proto.Status
}

// Error gives command, path and status in one line.
func (e *StatusError) Error() string {
	text := e.Command.String()
	if e.Path != "" {
		text += " " + e.Path
	}
	name := ntstatus.Name(uint64(e.Status))
	if name == "" {
		name = fmt.Sprintf("0x%08x", uint32(e.Status))
	}
	return text + ": " + name
}

// Conn is a connection to a server.
type Conn struct {
	cfg Config
	nc  net.Conn

	dialect smb2.Dialect
	cipher  smb2.Cipher
	signing smb2.SigningAlgorithm
	codec   *compress.Codec // nil when nothing is compressed
	caps    uint32
	maxIO   uint32
	guid    [16]byte
	asked   []byte // what NEGOTIATE said, as FSCTL_VALIDATE_NEGOTIATE_INFO repeats it
	told    []byte
	preauth [64]byte

	session uint64
	signer  *decrypt.Signer // of this channel
	shared  *session

	writing sync.Mutex // to the connection, in the order of MessageIds; taken before mu
	held    []byte     // behind the next PDU; under writing

	mu      sync.Mutex
	ready   sync.Cond
	next    uint64 // MessageId
	credits int
	waiting map[uint64]*call
	took    atomic.Int64 // PDUs
	async   chan *call   // that the server said STATUS_PENDING to
	limit   uint32       // of READ and WRITE, for a fault; 0 for none
	err     error
	ended   chan struct{}
}

// maxAsync bounds how many interim answers are kept for who asks for them.
const maxAsync = 64

// Response is an answer.
type Response struct {
	smb2.Header
	Msg []byte // header and body
}

// decode reads the body.
func (r *Response) decode(m smb2.Structure) error {
	if !smb2.Decode(r.Msg, m) {
		return r.damaged()
	}
	return nil
}

func (r *Response) damaged() error { return fmt.Errorf("%s: the answer is damaged", r.Command) }

// form is StructureSize of the body, 0 when it is not there.
func (r *Response) form() uint16 {
	if b := r.Msg[smb2.HeaderSize:]; len(b) >= 2 {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// maxPDU bounds an answer, in bytes.
const maxPDU = 16<<20 + 1<<16

// Dial connects, negotiates and sets up a session.
func Dial(ctx context.Context, cfg Config) (*Conn, error) {
	c, err := connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err = c.negotiate(); err == nil {
		err = c.setup()
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Channel makes another connection and binds it to the session.
func (c *Conn) Channel(ctx context.Context) (*Conn, error) {
	cfg := c.cfg
	cfg.GUID, cfg.Previous = c.guid, 0
	n, err := connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err = n.negotiate(); err == nil {
		err = n.bind(c)
	}
	if err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

// Replacement makes a new connection with a session that takes the place of this
// one, [MS-SMB2] 3.2.4.4.
func (c *Conn) Replacement(ctx context.Context) (*Conn, error) {
	cfg := c.cfg
	cfg.GUID, cfg.Previous = c.guid, c.session
	return Dial(ctx, cfg)
}

// connect makes the connection and reads from it.
func connect(ctx context.Context, cfg Config) (*Conn, error) {
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = time.Minute
	}
	var d net.Dialer
	nc, err := d.DialContext(ctx, "tcp", cfg.Server)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	c := &Conn{cfg: cfg, nc: nc, guid: cfg.GUID, credits: 1, waiting: map[uint64]*call{}, async: make(chan *call, maxAsync),
		ended: make(chan struct{}), maxIO: 65536, shared: newSession()}
	c.ready.L = &c.mu
	if c.guid == ([16]byte{}) {
		if _, err := io.ReadFull(cfg.Random, c.guid[:]); err != nil {
			nc.Close()
			return nil, err
		}
	}
	if r := cfg.Record; r != nil {
		r.Connect(cfg.Now(), nc.LocalAddr(), nc.RemoteAddr())
	}
	go c.read()
	return c, nil
}

// closeWait is how long the server has to end the connection from its side.
const closeWait = time.Second

// Close ends the connection. The server notices before Close returns, if it can
// at all.
func (c *Conn) Close() {
	if half, ok := c.nc.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		select {
		case <-c.ended:
		case <-time.After(closeWait):
		}
	}
	c.nc.Close()
	<-c.ended
}

// Dialect gives what was negotiated.
func (c *Conn) Dialect() smb2.Dialect { return c.dialect }

// Cipher gives the cipher in use, 0 when nothing is sealed.
func (c *Conn) Cipher() smb2.Cipher {
	if c.shared.sealing {
		return c.cipher
	}
	return 0
}

func (c *Conn) random(b []byte) error {
	_, err := io.ReadFull(c.cfg.Random, b)
	return err
}

// Lost reports whether the connection is gone.
func (c *Conn) Lost() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err != nil
}

// fail ends everything that waits.
func (c *Conn) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
	for id, k := range c.waiting {
		close(k.answer)
		delete(c.waiting, id)
	}
	c.ready.Broadcast()
}

// read takes answers until the connection ends.
func (c *Conn) read() {
	defer close(c.ended)
	for {
		pdu, err := c.pdu()
		if err == nil {
			err = c.answers(pdu)
			c.took.Add(1)
		}
		if err != nil {
			if r := c.cfg.Record; r != nil {
				first, other := c.nc.RemoteAddr(), c.nc.LocalAddr()
				if errors.Is(err, net.ErrClosed) {
					first, other = other, first
				}
				r.End(c.cfg.Now(), first, other)
				r.End(c.cfg.Now(), other, first)
			}
			if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
				err = errors.New("the connection ended")
			}
			c.fail(err)
			return
		}
	}
}

func (c *Conn) pdu() ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(c.nc, head[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(head[:]) & 0xffffff)
	if head[0] != 0 || n > maxPDU {
		return nil, errors.New("the server sends no SMB")
	}
	b := make([]byte, 4+n)
	copy(b, head[:])
	if _, err := io.ReadFull(c.nc, b[4:]); err != nil {
		return nil, err
	}
	if r := c.cfg.Record; r != nil {
		r.Data(c.cfg.Now(), c.nc.RemoteAddr(), c.nc.LocalAddr(), b)
	}
	return b[4:], nil
}

// answers hands out the messages of a PDU.
func (c *Conn) answers(pdu []byte) error {
	sealed := len(pdu) > 4 && pdu[0] == 0xfd
	if sealed {
		plain, ok := []byte(nil), false
		if c.shared.in != nil {
			plain, ok = c.shared.in.Open(nil, pdu)
		}
		if !ok {
			return errors.New("an answer does not unseal")
		}
		pdu = plain
	}
	if len(pdu) > 4 && pdu[0] == 0xfc {
		plain, why := []byte(nil), compress.NotCompressed
		if c.codec != nil {
			plain, why = c.codec.Unpack(nil, pdu, maxPDU)
		}
		if why != compress.None {
			return fmt.Errorf("an answer does not decompress: %v", why)
		}
		pdu = plain
	}
	for len(pdu) > 0 {
		var h smb2.Header
		if len(pdu) < smb2.HeaderSize || !smb2.ParseHeader(pdu, &h) || !h.Response() {
			return errors.New("an answer is damaged")
		}
		msg := pdu
		if n := int(h.NextCommand); n > 0 {
			if n < smb2.HeaderSize || n > len(pdu) {
				return errors.New("an answer is damaged")
			}
			msg = pdu[:n]
		}
		if err := c.verify(&h, msg, sealed); err != nil {
			return err
		}
		if err := c.hand(&Response{h, msg}, sealed); err != nil {
			return err
		}
		pdu = pdu[len(msg):]
	}
	return nil
}

// verify checks the signature of an answer, [MS-SMB2] 3.2.5.1.3.
func (c *Conn) verify(h *smb2.Header, msg []byte, sealed bool) error {
	if sealed || c.signer == nil || h.Command == smb2.SessionSetup || h.MessageID == unasked || h.Async() && proto.Status(h.Status) == proto.Pending {
		return nil
	}
	if h.Flags&smb2.FlagSigned == 0 {
		if !c.cfg.Sign {
			return nil
		}
		return fmt.Errorf("%s: the answer is not signed", h.Command)
	}
	if !c.signer.Verify(msg) {
		return fmt.Errorf("%s: the signature of the answer is wrong", h.Command)
	}
	return nil
}

// hand gives an answer to who waits for it, and takes its credits. What was asked
// under seal is answered under seal, [MS-SMB2] 3.3.4.1.4, but for refusals of a
// server that has lost the session.
func (c *Conn) hand(r *Response, sealed bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.credits += int(r.Credits)
	c.ready.Broadcast()
	if r.MessageID == unasked && r.Command == smb2.OplockBreak {
		c.broken(r)
		return nil
	}
	k := c.waiting[r.MessageID]
	if k == nil {
		return nil
	}
	if r.Async() && proto.Status(r.Status) == proto.Pending {
		k.async = r.AsyncID
		select {
		case c.async <- k:
		default:
		}
		return nil
	}
	if k.sealed && !sealed && r.Status>>30 != 3 {
		return fmt.Errorf("%s: the answer to a sealed request is not sealed", r.Command)
	}
	delete(c.waiting, r.MessageID)
	k.answer <- r
	return nil
}
