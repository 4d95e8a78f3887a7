package client

import (
	"encoding/binary"
	"testing"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/smb2"
)

// answer makes a response with this body to request 0.
func answer(command smb2.Command, status proto.Status, body string) []byte {
	b := make([]byte, smb2.HeaderSize)
	copy(b, "\xfeSMB\x40")
	binary.LittleEndian.PutUint32(b[8:], uint32(status))
	binary.LittleEndian.PutUint16(b[12:], uint16(command))
	b[14] = 1 // credits
	binary.LittleEndian.PutUint32(b[16:], smb2.FlagResponse)
	return append(b, body...)
}

// FuzzAnswers has the client read whatever a server may send, and take it for the
// answer to each kind of request.
func FuzzAnswers(f *testing.F) {
	f.Add(answer(smb2.Read, proto.OK, "\x11\x00\x50\x00\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00abc"))
	f.Add(answer(smb2.QueryInfo, proto.OK, "\x09\x00\x48\x00\x04\x00\x00\x00data"))
	f.Add(answer(smb2.Create, proto.OK, string(make([]byte, 88))))
	f.Add(answer(smb2.SessionSetup, proto.MoreProcessing, "\x09\x00\x00\x00\x48\x00\x02\x00\x30\x00"))
	f.Add([]byte("\xfdSMB"))
	f.Fuzz(func(t *testing.T, pdu []byte) {
		c := &Conn{waiting: map[uint64]*call{}, dialect: smb2.Dialect311, shared: newSession()}
		c.ready.L = &c.mu
		k := &call{Request: &Request{Command: smb2.Read}, answer: make(chan *Response, 1)}
		c.waiting[0] = k
		_ = c.answers(pdu)
		select {
		case r := <-k.answer:
			if b, err := readData(r); err == nil && len(b) > len(r.Msg) {
				t.Errorf("%d bytes out of %d", len(b), len(r.Msg))
			}
			c.cfg.Dialects = []smb2.Dialect{smb2.Dialect311}
			_ = c.settle(r)
			_ = (&File{t: &Tree{c: c}}).opened(r)
			for _, m := range []smb2.Structure{&smb2.QueryInfoResponse{}, &smb2.SessionSetupResponse{}, &smb2.TreeConnectResponse{}, &smb2.IoctlResponse{}} {
				_ = r.decode(m)
			}
		default:
		}
	})
}

// TestAnswers checks what is taken for the answer to a request.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		sealed bool
		status proto.Status
		ok     bool
	}{
		{"plain to plain", false, proto.OK, true},
		{"plain to sealed", true, proto.OK, false},
		{"refusal to sealed", true, proto.UserSessionDeleted, true},
	} {
		conn := &Conn{waiting: map[uint64]*call{}, dialect: smb2.Dialect311, shared: newSession()}
		conn.ready.L = &conn.mu
		k := &call{Request: &Request{Command: smb2.Echo}, answer: make(chan *Response, 1), sealed: c.sealed}
		conn.waiting[0] = k
		err := conn.answers(answer(smb2.Echo, c.status, "\x04\x00\x00\x00"))
		if (err == nil) != c.ok || len(k.answer) == 1 != c.ok {
			t.Errorf("%s: %v, %d answers", c.name, err, len(k.answer))
		}
	}
}
