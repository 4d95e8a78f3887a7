package smb2

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"smbdiff/dissect/wire"
)

// structures are the bodies that can be written, by command: request, response.
var structures = map[Command][2]func() Structure{
	Negotiate:      {func() Structure { return new(NegotiateRequest) }, func() Structure { return new(NegotiateResponse) }},
	SessionSetup:   {func() Structure { return new(SessionSetupRequest) }, func() Structure { return new(SessionSetupResponse) }},
	Logoff:         {emptyBody, emptyBody},
	TreeConnect:    {func() Structure { return new(TreeConnectRequest) }, func() Structure { return new(TreeConnectResponse) }},
	TreeDisconnect: {emptyBody, emptyBody},
	Create:         {func() Structure { return new(CreateRequest) }, func() Structure { return new(CreateResponse) }},
	Close:          {func() Structure { return new(CloseRequest) }, func() Structure { return new(CloseResponse) }},
	Flush:          {func() Structure { return new(FlushRequest) }, emptyBody},
	Read:           {func() Structure { return new(ReadRequest) }, func() Structure { return new(ReadResponse) }},
	Write:          {func() Structure { return new(WriteRequest) }, func() Structure { return new(WriteResponse) }},
	Lock:           {func() Structure { return new(LockRequest) }, emptyBody},
	Ioctl:          {func() Structure { return new(IoctlRequest) }, func() Structure { return new(IoctlResponse) }},
	Cancel:         {emptyBody, emptyBody},
	Echo:           {emptyBody, emptyBody},
	QueryDirectory: {func() Structure { return new(QueryDirectoryRequest) }, func() Structure { return new(QueryDirectoryResponse) }},
	ChangeNotify:   {func() Structure { return new(ChangeNotifyRequest) }, func() Structure { return new(ChangeNotifyResponse) }},
	QueryInfo:      {func() Structure { return new(QueryInfoRequest) }, func() Structure { return new(QueryInfoResponse) }},
	SetInfo:        {func() Structure { return new(SetInfoRequest) }, func() Structure { return new(SetInfoResponse) }},
}

func emptyBody() Structure { return new(EmptyBody) }

// structureOf gives the structure for the body of a message.
func structureOf(h *Header, msg []byte) Structure {
	var c wire.Codec
	c.Reset(msg, nil)
	c.Seek(HeaderSize)
	size := c.Peek(2)
	switch {
	case len(size) < 2:
		return nil
	case h.Response() && isError(&c, h):
		return new(ErrorResponse)
	case h.Command == OplockBreak && size[0] == LeaseAckSize:
		return new(LeaseAcknowledgment)
	case h.Command == OplockBreak && size[0] == LeaseBreakSize:
		return new(LeaseBreak)
	case h.Command == OplockBreak:
		return new(OplockBreakBody)
	}
	pair, ok := structures[h.Command]
	switch {
	case !ok:
		return nil
	case h.Response():
		return pair[1]()
	}
	return pair[0]()
}

// TestWriteSamples reads messages of real peers into structures and writes them
// again: of every kind some come out as the peer wrote them. Peers differ in what
// they write where nothing is to be read: offsets of nothing, a byte after a fixed
// part, padding. What is read from what was written is the same always.
func TestWriteSamples(t *testing.T) {
	all, same := map[string]int{}, map[string]int{}
	for _, s := range samples(t) {
		var h Header
		if !ParseHeader(s.msg, &h) {
			continue
		}
		m := structureOf(&h, s.msg)
		if m == nil || !Decode(s.msg, m) {
			if !strings.Contains(s.title, "zeek-smb-smb2_fscontrol") { // which is made up
				t.Errorf("%s: %s does not decode", s.file, s.title)
			}
			continue
		}
		kind := fmt.Sprintf("%T", m)
		all[kind]++
		got := Append(append([]byte(nil), s.msg[:HeaderSize]...), m)
		if bytes.Equal(got, s.msg) {
			same[kind]++
		}
		again := structureOf(&h, got)
		if again == nil || !Decode(got, again) || !reflect.DeepEqual(m, again) {
			t.Errorf("%s: %s: read %+v, written as %x, which is %+v", s.file, s.title, m, got, again)
		}
	}
	for kind := range all {
		if same[kind] == 0 {
			t.Errorf("%s: none of %d is written as its peer wrote it", kind, all[kind])
		}
	}
}

// TestWriteAt appends a body behind other messages and another header.
func TestWriteAt(t *testing.T) {
	m := &CreateRequest{Name: []byte("a\x00b\x00c\x00"), Contexts: []CreateContext{
		{Name: []byte("RqLs"), Data: AppendData(nil, &Lease{State: 7, V2: true, Epoch: 3})},
		{Name: []byte("QFid")},
	}}
	alone := Append(make([]byte, HeaderSize), m)
	behind := Append(make([]byte, 8*17+HeaderSize), m)[8*17:]
	if !bytes.Equal(alone, behind) {
		t.Errorf("%x behind other bytes, %x alone", behind, alone)
	}
	var got CreateRequest
	var l Lease
	if !Decode(alone, &got) || len(got.Contexts) != 2 || !DecodeData(got.Contexts[0].Data, &l) || l.Epoch != 3 || l.State != 7 {
		t.Errorf("%+v, lease %+v", got, l)
	}
	for n := HeaderSize; n < len(alone)-1; n++ { // where QFid has no data
		if Decode(alone[:n:n], new(CreateRequest)) {
			t.Errorf("a request cut at %d of %d decodes", n, len(alone))
		}
	}
}

// TestReadInPlace writes a response around bulk data that stands where it
// belongs: it is not copied.
func TestReadInPlace(t *testing.T) {
	buf := make([]byte, HeaderSize+16+5)
	copy(buf[HeaderSize+16:], "hello")
	got := Append(buf[:HeaderSize], &ReadResponse{Data: buf[HeaderSize+16:]})
	if &got[0] != &buf[0] || string(got[HeaderSize+16:]) != "hello" || got[HeaderSize+2] != HeaderSize+16 || got[HeaderSize+4] != 5 {
		t.Errorf("%x", got)
	}
}

// FuzzDecode reads a body into a structure and writes it, which has to be
// possible whatever stands there.
func FuzzDecode(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.msg)
	}
	f.Fuzz(func(t *testing.T, msg []byte) {
		var h Header
		if len(msg) < HeaderSize || !ParseHeader(msg, &h) {
			return
		}
		m := structureOf(&h, msg)
		if m == nil || !Decode(msg, m) {
			return
		}
		got := Append(append([]byte(nil), msg[:HeaderSize]...), m)
		if len(got) > 2*len(msg)+64 {
			t.Errorf("%d bytes of %d", len(got), len(msg))
		}
	})
}

// TestWriteHeaders writes the headers of real messages again.
func TestWriteHeaders(t *testing.T) {
	same := 0
	for _, s := range samples(t) {
		var h Header
		if !ParseHeader(s.msg, &h) || s.msg[4] != HeaderSize { // which one message has not
			continue
		}
		want := bytes.Clone(s.msg[:HeaderSize])
		clear(want[48:]) // Signature
		got := AppendHeader(nil, &h)
		if bytes.Equal(got, want) {
			same++
			continue
		}
		clear(want[32:36]) // ProcessId, where peers differ
		clear(got[32:36])
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %s:\n%x\n%x", s.file, s.title, got, want)
		}
	}
	if same < 20 {
		t.Errorf("%d headers are as their peers wrote them", same)
	}
}

// BenchmarkAppend writes the CREATE request of BenchmarkCreate, BenchmarkDecode
// reads it into its structure, contexts kept.
func BenchmarkAppend(b *testing.B) {
	var m CreateRequest
	msg := createBytes(b)
	if !Decode(msg, &m) {
		b.Fatal("does not decode")
	}
	buf := make([]byte, HeaderSize, 2*len(msg))
	b.ReportAllocs()
	for b.Loop() {
		Append(buf, &m)
	}
}

func BenchmarkDecode(b *testing.B) {
	msg := createBytes(b)
	b.ReportAllocs()
	for b.Loop() {
		var m CreateRequest
		Decode(msg, &m)
	}
}
