package conv

import (
	"encoding/binary"
	"slices"
	"testing"

	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// talk feeds a tracker with messages made up by a test.
type talk struct {
	Tracker
	t     *testing.T
	nonce uint64
	codec wire.Codec
}

func newTalk(t *testing.T) *talk {
	k := &talk{t: t}
	k.Check = true
	return k
}

// say gives the tracker one message and returns what it finds.
func (k *talk) say(h smb2.Header, body string, edit ...func(*Message)) []string {
	b := make([]byte, smb2.HeaderSize)
	copy(b, "\xfeSMB\x40")
	le := binary.LittleEndian
	le.PutUint16(b[6:], h.Charge)
	le.PutUint32(b[8:], h.Status)
	le.PutUint16(b[12:], uint16(h.Command))
	le.PutUint16(b[14:], h.Credits)
	le.PutUint32(b[16:], h.Flags)
	le.PutUint64(b[24:], h.MessageID)
	le.PutUint32(b[36:], h.TreeID)
	le.PutUint64(b[40:], h.SessionID)
	m := &Message{Proto: op.SMB2, Of: 1, Bytes: append(b, body...), FromServer: h.Response(), Session64: h.SessionID}
	m.Size = len(m.Bytes)
	m.PDULen = uint32(m.Size)
	if !smb2.ParseHeader(m.Bytes, &m.SMB2) {
		k.t.Fatal("no header")
	}
	k.codec.Reset(m.Bytes, nil)
	k.codec.Env = wire.Env{Response: h.Response(), Status: h.Status}
	k.codec.Seek(smb2.HeaderSize)
	smb2.WalkBody(&k.codec, &m.SMB2, &m.Facts)
	for _, f := range edit {
		f(m)
	}
	k.Message(m)
	if !slices.Equal(m.Problems, k.Findings(m.Num)) {
		k.t.Errorf("problems %q, kept %q", m.Problems, k.Findings(m.Num))
	}
	return m.Problems
}

// sealed makes a message one that came sealed, with a new nonce.
func (k *talk) sealed(m *Message) {
	k.nonce++
	m.Outer = make([]byte, smb2.TransformSize)
	binary.LittleEndian.PutUint64(m.Outer[20:], k.nonce)
	binary.LittleEndian.PutUint32(m.Outer[36:], uint32(m.Size))
	m.PDULen += smb2.TransformSize
	m.Sealed, m.Seal = true, Seal{Opened: true, Cipher: smb2.AES128GCM}
}

const answer = smb2.FlagResponse

var (
	negotiateAsk = "\x24\x00\x01\x00\x01\x00\x00\x00\x7f\x00\x00\x00" + "client guid 0123" + "\x00\x00\x00\x00\x00\x00\x00\x00" + "\x02\x03"
	negotiated   = "\x41\x00\x01\x00\x02\x03\x00\x00" + "server guid 4567" + "\x07\x00\x00\x00" + string(make([]byte, 37))
)

// begin negotiates and sets up session 7 with tree 1.
func (k *talk) begin(sessionFlags, shareFlags byte) {
	for _, found := range [][]string{
		k.say(smb2.Header{Command: smb2.Negotiate, Credits: 1}, negotiateAsk),
		k.say(smb2.Header{Command: smb2.Negotiate, Flags: answer, Credits: 1}, negotiated),
		k.say(smb2.Header{Command: smb2.SessionSetup, MessageID: 1}, "\x19"+string(make([]byte, 24))),
		k.say(smb2.Header{Command: smb2.SessionSetup, MessageID: 1, SessionID: 7, Flags: answer, Credits: 10}, "\x09\x00"+string(sessionFlags)+"\x00\x48\x00\x00\x00\x00"),
		k.say(smb2.Header{Command: smb2.TreeConnect, MessageID: 2, SessionID: 7}, "\x09\x00\x00\x00\x48\x00\x00\x00\x00", k.sealed),
		k.say(smb2.Header{Command: smb2.TreeConnect, MessageID: 2, SessionID: 7, TreeID: 1, Flags: answer}, "\x10\x00\x01\x00\x00"+string([]byte{shareFlags})+string(make([]byte, 10)), k.sealed),
	} {
		if len(found) > 0 {
			k.t.Fatalf("found %q where all is well", found)
		}
	}
}

func TestFindings(t *testing.T) {
	echo := smb2.Header{Command: smb2.Echo, MessageID: 3, SessionID: 7, TreeID: 1}
	echoed := echo
	echoed.Flags = answer
	validate := func(data string, response bool) string {
		at, b := 24, make([]byte, 56)
		if response {
			at, b = 32, make([]byte, 48)
		}
		binary.LittleEndian.PutUint16(b, 57)
		binary.LittleEndian.PutUint32(b[4:], ctlValidate)
		binary.LittleEndian.PutUint32(b[at:], uint32(smb2.HeaderSize+len(b)))
		binary.LittleEndian.PutUint32(b[at+4:], uint32(len(data)))
		return string(b) + data
	}
	ioctl := echo
	ioctl.Command = smb2.Ioctl
	ioctled := ioctl
	ioctled.Flags = answer
	asked := "\x7f\x00\x00\x00" + "client guid 0123" + "\x01\x00\x01\x00\x02\x03"
	answered := "\x07\x00\x00\x00" + "server guid 4567" + "\x01\x00\x02\x03"
	const body = "\x04\x00\x00\x00"
	for _, c := range []struct {
		name           string
		session, share byte
		tell           func(k *talk) []string
		want           string
	}{
		{"sealed as demanded", 4, 0, func(k *talk) []string { return k.say(echo, body, k.sealed) }, ""},
		{"plaintext on a sealed session", 4, 0, func(k *talk) []string { return k.say(echo, body) }, findPlainSession},
		{"plaintext on a sealed share", 0, 0x80, func(k *talk) []string { return k.say(echo, body) }, findPlainShare},
		{"plaintext where nothing is demanded", 0, 0, func(k *talk) []string { return k.say(echo, body) }, ""},
		{"plaintext answer", 0, 0, func(k *talk) []string {
			k.say(echo, body, k.sealed)
			return k.say(echoed, body)
		}, findPlainAnswer},
		{"plaintext error", 0, 0, func(k *talk) []string {
			k.say(echo, body, k.sealed)
			refused := echoed
			refused.Status = 0xc0000203
			return k.say(refused, "\x09\x00\x00\x00\x00\x00\x00\x00\x00")
		}, ""},
		{"session of another", 0, 0, func(k *talk) []string {
			return k.say(echo, body, k.sealed, func(m *Message) { m.Session64 = 8 })
		}, findInnerSession},
		{"size of another", 0, 0, func(k *talk) []string {
			return k.say(echo, body, k.sealed, func(m *Message) { m.Outer[36]++ })
		}, findSize},
		{"nonce of another", 0, 0, func(k *talk) []string {
			return k.say(echo, body, k.sealed, func(m *Message) { m.Outer[20] = 1 })
		}, findNonce},
		{"credits kept", 0, 0, func(k *talk) []string {
			far := echo
			far.MessageID = 11
			return k.say(far, body)
		}, ""},
		{"credits overdrawn", 0, 0, func(k *talk) []string {
			far := echo
			far.MessageID, far.Charge = 11, 2
			return k.say(far, body)
		}, FindCredits},
		{"negotiation validated", 0, 0, func(k *talk) []string {
			return append(k.say(ioctl, validate(asked, false)), k.say(ioctled, validate(answered, true))...)
		}, ""},
		{"downgrade of the request", 0, 0, func(k *talk) []string {
			return k.say(ioctl, validate(asked[:len(asked)-1]+"\x02", false))
		}, findValidateAsk},
		{"downgrade of the answer", 0, 0, func(k *talk) []string {
			k.say(ioctl, validate(asked, false))
			return k.say(ioctled, validate("\x00"+answered[1:], true))
		}, findValidate},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newTalk(t)
			k.t = t
			k.begin(c.session, c.share)
			got := c.tell(k)
			if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || got[0] != c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func TestNonces(t *testing.T) {
	var n nonces
	for i := range uint64(100000) {
		nonce := [12]byte{11: 3}
		binary.LittleEndian.PutUint64(nonce[:], 5+i)
		if n.reused(&nonce) {
			t.Fatalf("nonce %d is new", i)
		}
	}
	if len(n.runs) != 1 || len(n.seen) != 0 {
		t.Errorf("a counter takes %d runs and %d single ones", len(n.runs), len(n.seen))
	}
	for i := range byte(100) { // as from a random source
		if nonce := [12]byte{0: i * 2, 7: 9, 8: i}; n.reused(&nonce) {
			t.Fatalf("random nonce %d is new", i)
		}
	}
	for _, again := range [][12]byte{{0: 5, 11: 3}, {0: 20, 11: 3}, {0: 20, 7: 9, 8: 10}, {0: 198, 7: 9, 8: 99}} {
		if !n.reused(&again) {
			t.Errorf("%x was there", again)
		}
	}
}
