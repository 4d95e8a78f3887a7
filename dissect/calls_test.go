package dissect

import (
	"encoding/binary"
	"encoding/hex"
	"path/filepath"
	"testing"

	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/internal/golden"
	"smbdiff/dissect/smb2"
)

// TestCalls holds the trees that a reader makes of single messages, from what
// the index keeps, against those of a run over the whole capture, on real calls
// whose PDUs and stubs lie in several messages.
func TestCalls(t *testing.T) {
	for name, want := range map[string]int{"rpc-fragments-SMB2_10.pcap": 68, "rpc-fragments-NT1.pcap": 68, "rpcclient-wkssvc-NT1.pcap": 0} {
		path := filepath.Join("..", "testdata", "traces", name)
		f := openCapture(t, path)
		var all []string
		var d Dissector
		_, err := Run(f, Options{Whole: true, Emit: func(b *Batch) bool {
			for i := range b.Messages {
				if m := &b.Messages[i]; m.Num != 0 {
					d.Dissect(m)
					all = append(all, golden.Render(&d.Tree))
				}
			}
			return true
		}})
		if err != nil {
			t.Fatal(err)
		}
		trace := NewTrace(openCapture(t, path), nil)
		if err := trace.Load(nil, nil); err != nil {
			t.Fatal(err)
		}
		shares, buffers := 0, map[string]int{}
		r := trace.NewReader()
		for i, want := range all {
			if !r.Read(uint32(i + 1)) {
				t.Fatalf("%s: no message %d of %d", name, i+1, len(all))
			}
			if got := golden.Render(&r.Tree); got != want {
				t.Errorf("%s, message %d: the reader shows\n%s\nthe dump\n%s", name, i+1, got, want)
			}
			shares += count(&r.Tree, "srvsvc.srvsvc_NetShareInfo1.name")
			for _, b := range r.Tree.Bufs[1:] {
				buffers[b.Name]++
			}
		}
		if shares != want {
			t.Errorf("%s: %d shares, want %d", name, shares, want)
		}
		if want > 0 && (buffers["pipe"] != 1 || buffers["dcerpc"] != 2) {
			t.Errorf("%s: buffers %v", name, buffers)
		}
	}
}

func count(t *field.Tree, name string) (n int) {
	for i := t.Find(name, 0); i >= 0; i = t.Find(name, i+1) {
		n++
	}
	return n
}

func openCapture(t *testing.T, path string) *capture.File {
	t.Helper()
	f, err := capture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestFoundPipe writes a bind and a request to an open that the capture does not
// begin with.
func TestFoundPipe(t *testing.T) {
	bind, _ := hex.DecodeString("05000b03100000004800000001000000b810b810000000000100000000000100c84f324b7016d30112785a47bf6ee188" +
		"03000000045d888aeb1cc9119fe808002b10486002000000")
	request, _ := hex.DecodeString("050000031000000018000000020000000000000000001500")
	write := func(mid uint64, data []byte) []byte {
		body := make([]byte, 48)
		le := binary.LittleEndian
		le.PutUint16(body, 49)
		le.PutUint16(body[2:], 112)
		le.PutUint32(body[4:], uint32(len(data)))
		body[16] = 9 // of the FileId
		return header(uint16(smb2.Write), 0, 0, mid, append(body, data...))
	}
	tracker := new(conv.Tracker)
	b := open(tracker, write(1, []byte("no call")), write(2, bind), write(3, request))
	for i, want := range []string{"", "F1 bind srvsvc", "F1 srvsvc NetSrvGetInfo"} {
		m := &b.Messages[i]
		got := string(tracker.Ops.At(m.Op).AppendObject(nil, tracker.Names.Get))
		if i > 0 && got != want || m.Env.Pipe != (i > 0) || (m.Env.RPC != nil) != (i > 0) {
			t.Errorf("message %d: %q, pipe %v, calls %v", i+1, got, m.Env.Pipe, m.Env.RPC)
		}
	}
}
