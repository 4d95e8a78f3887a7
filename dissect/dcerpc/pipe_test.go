package dcerpc

import (
	"bytes"
	"encoding/binary"
	"testing"

	"smbdiff/dissect/internal/golden"
	"smbdiff/dissect/wire"
)

// sample gives the real PDU whose head begins so.
func sample(t testing.TB, head string) []byte {
	t.Helper()
	for _, s := range golden.Samples(t) {
		if s.Head == head {
			return s.Msg
		}
	}
	t.Fatalf("no sample %q", head)
	return nil
}

// fragments cuts a PDU with a stub into fragments with n bytes of stub.
func fragments(b []byte, n int) (out [][]byte) {
	head, stub := b[:24], b[24:]
	for at := 0; at < len(stub); at += n {
		end := min(at+n, len(stub))
		f := append(bytes.Clone(head), stub[at:end]...)
		f[3] = 0
		if at == 0 {
			f[3] |= flagFirst
		}
		if end == len(stub) {
			f[3] |= flagLast
		}
		binary.LittleEndian.PutUint16(f[8:], uint16(len(f)))
		out = append(out, f)
	}
	return out
}

// bound gives pipes on which open 1 is bound.
func bound(t testing.TB) *Pipes {
	s := new(Pipes)
	s.Message(1, 1, false, sample(t, "bind srvsvc"))
	s.Message(1, 2, true, sample(t, "bind_ack"))
	return s
}

func TestCalls(t *testing.T) {
	s := bound(t)
	seen := s.Message(1, 3, false, sample(t, "request srvsvc 21"))
	if string(seen.Text) != "srvsvc NetSrvGetInfo" || len(seen.Calls) != 1 || !seen.Calls[0].NDR || seen.Calls[0].Stub != nil {
		t.Errorf("request: %q %+v", seen.Text, seen.Calls)
	}
	seen = s.Message(1, 4, true, sample(t, "response srvsvc 21"))
	if string(seen.Text) != "srvsvc NetSrvGetInfo" || len(seen.Calls) != 1 || seen.Calls[0].Opnum != 21 || !seen.Calls[0].Named {
		t.Errorf("response: %q %+v", seen.Text, seen.Calls)
	}
	seen = s.Message(1, 5, true, sample(t, "response srvsvc 21"))
	if seen.Calls[0].Named {
		t.Errorf("a second response to a call: %+v", seen.Calls)
	}
	s.Close(1)
	if s.held != 0 || len(s.pipes) != 0 {
		t.Errorf("closed: %d bytes, %d pipes", s.held, len(s.pipes))
	}
	seen = s.Message(1, 6, false, sample(t, "request srvsvc 21"))
	if seen.Calls[0].Bound || string(seen.Text) != "opnum 21" {
		t.Errorf("request without a bind: %q %+v", seen.Text, seen.Calls)
	}
}

// TestFragments cuts a request into fragments and those into messages at every
// place, and wants the stub back.
func TestFragments(t *testing.T) {
	whole := sample(t, "request srvsvc 21")
	for _, n := range []int{8, 16, 40} {
		var all []byte
		for _, f := range fragments(whole, n) {
			all = append(all, f...)
		}
		for cut := 1; cut < len(all); cut++ {
			s := bound(t)
			first := s.Message(1, 3, false, all[:cut])
			last := s.Message(1, 4, false, all[cut:])
			calls := append(first.Calls, last.Calls...)
			if len(calls) == 0 {
				t.Fatalf("%d, cut at %d: nothing", n, cut)
			}
			if end := calls[len(calls)-1]; !bytes.Equal(end.Stub, whole[24:]) || end.Opnum != 21 {
				t.Errorf("%d, cut at %d: %x, want %x", n, cut, end.Stub, whole[24:])
			}
			if s.held != 0 {
				t.Errorf("%d, cut at %d: %d bytes held", n, cut, s.held)
			}
			if len(last.Pieces) > 0 {
				replay(t, last, all[:cut], all[cut:])
			}
		}
	}
}

// replay puts a message's parts together from the pieces that it names.
func replay(t *testing.T, want Seen, first, last []byte) {
	t.Helper()
	s := new(Pipes)
	for _, p := range want.Pieces {
		s.Message(0, p.Num, false, first[p.Off:])
	}
	got := s.Message(0, 4, false, last)
	if !bytes.Equal(got.Head, want.Head) || len(got.Calls) != len(want.Calls) {
		t.Fatalf("replayed: head %x, want %x; %d calls, want %d", got.Head, want.Head, len(got.Calls), len(want.Calls))
	}
	for i := range got.Calls {
		if !bytes.Equal(got.Calls[i].Stub, want.Calls[i].Stub) {
			t.Fatalf("replayed: stub %x, want %x", got.Calls[i].Stub, want.Calls[i].Stub)
		}
	}
}

// TestBounds feeds a pipe without end.
func TestBounds(t *testing.T) {
	s := bound(t)
	b := make([]byte, 60000)
	copy(b, sample(t, "request srvsvc 21")[:24])
	binary.LittleEndian.PutUint16(b[8:], uint16(len(b)))
	b[3] = flagFirst
	for i := range uint32(2000) {
		s.Message(1+i%16, i, false, b)
		b[3] = 0
		if i%16 == 0 {
			b[12]++
			b[3] = flagFirst
		}
	}
	if s.held > maxHeld {
		t.Errorf("%d bytes held", s.held)
	}
	for open := range uint32(17) {
		s.Close(open)
	}
	if s.held != 0 {
		t.Errorf("%d bytes held after all", s.held)
	}
}

// FuzzPipes feeds any bytes as messages of two pipes: a byte says which and in
// which direction, two say how long, then the data.
func FuzzPipes(f *testing.F) {
	var all []byte
	add := func(side byte, b []byte) {
		all = append(binary.LittleEndian.AppendUint16(append(all, side), uint16(len(b))), b...)
	}
	for _, s := range golden.Samples(f) {
		add(byte(s.Msg[2]>>1)&1, s.Msg)
	}
	f.Add(all)
	all = nil
	add(0, sample(f, "bind srvsvc"))
	for _, p := range fragments(sample(f, "request srvsvc 21"), 16) {
		add(0, p[:20])
		add(0, p[20:])
	}
	f.Add(all)
	f.Fuzz(func(t *testing.T, b []byte) {
		s := new(Pipes)
		for num := uint32(1); len(b) >= 3; num++ {
			side, n := b[0], min(int(binary.LittleEndian.Uint16(b[1:])), len(b)-3)
			data := b[3 : 3+n]
			b = b[3+n:]
			seen := s.Message(uint32(side>>1&1), num, side&1 != 0, data)
			golden.Check(t, walkWith(data, &wire.RPC{Head: seen.Head, Calls: seen.Calls}), len(data)+len(seen.Head)+stubs(seen.Calls))
		}
		s.Close(0)
		s.Close(1)
		if s.held != 0 {
			t.Errorf("%d bytes held after all", s.held)
		}
	})
}

func stubs(calls []wire.Call) (n int) {
	for i := range calls {
		n += len(calls[i].Stub)
	}
	return n
}

func TestTexts(t *testing.T) {
	s := new(Pipes)
	text := func(response bool, b []byte) string { return string(s.Message(1, 1, response, b).Text) }
	ack := bytes.Clone(sample(t, "bind_ack"))
	ack[44], ack[46] = 2, 1
	nak := []byte{5, 0, typeBindNak, 3, 0x10, 0, 0, 0, 21, 0, 0, 0, 1, 0, 0, 0, 8, 0, 1, 5, 0}
	for _, c := range []struct {
		response bool
		b        []byte
		want     string
	}{
		{false, sample(t, "bind srvsvc"), "bind srvsvc"},
		{true, sample(t, "bind_ack"), "bind_ack"},
		{false, sample(t, "bind srvsvc"), "bind srvsvc"},
		{true, ack, "bind_ack srvsvc refused: abstract_syntax_not_supported"},
		{true, nak, "bind_nak authentication_type_not_recognized"},
		{false, sample(t, "alter_context"), "alter_context lsarpc"},
		{true, sample(t, "fault"), "fault nca_s_fault_context_mismatch"},
	} {
		if got := text(c.response, c.b); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
